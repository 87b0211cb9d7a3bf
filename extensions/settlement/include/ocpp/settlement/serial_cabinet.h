/* serial_cabinet.h: a cabinet of power banks whose slot boards hang on one serial line (UART, RS-485): a bay (bay.h) that speaks
 * the protocol of PROTOCOL.md, "A cabinet on a serial line".
 *
 *     serial = new(settings)                      bay(serial) into the settings of the agent
 *     listen(serial, listener of the agent)
 *     receive(serial, bytes), next_output(serial), deadline(serial), advance(serial)    whatever the line is
 *
 * or, on a system with termios, ocpp_settle_tty_open(), whose run() does the last line.
 *
 * The first part is sans-I/O and may be used on a board with a UART driver of its own. Nothing is allocated after new, nothing
 * waits, and there is no thread. One request is on the line at a time; what is not answered is repeated, then its board counts as
 * lost: its acts fail (FAILED: nobody knows) and it is greeted again every now and then. A driver that starts forgets, and makes
 * the boards forget, what was under way.
 */
#ifndef OCPP_SETTLEMENT_SERIAL_CABINET_H
#define OCPP_SETTLEMENT_SERIAL_CABINET_H

#include <ocpp/settlement/bay.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_SERIAL_BOARDS: a line has no more; addresses are 1 to that. OCPP_SETTLE_SERIAL_FRAME: no frame is longer, bytes. */
enum { OCPP_SETTLE_SERIAL_BOARDS = 32, OCPP_SETTLE_SERIAL_FRAME = 103 };

/* ocpp_settle_serial_settings: start from ocpp_settle_serial_settings_default(). Copied; the allocator is borrowed for life. */
struct ocpp_settle_serial_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;                    /* a board is lost, or is there again */
    int boards;                             /* addresses 1 to |boards|; default 1 */
    int slots_per_board;                    /* default 8; with |boards| 64 at most. Slots of the bay go on from board to board */
    enum ocpp_settle_mark_room mark_room;
    bool cannot_retract; /* default false; likewise the next two. The callback is NULL then */
    bool cannot_force_eject;
    bool cannot_test;
    int baud;         /* for the length of time-outs: 9,600, 19,200, 38,400, 57,600 or 115,200 (default) */
    int answer_ms;    /* within which an answer begins, 5 to 5,000; default 100 */
    int attempts;     /* at a request, 1 to 10; default 3 */
    int turn_ms;      /* silence between an answer and the next request, 0 to 100; default 2 */
    int poll_ms;      /* between questions for news at a board, 10 to 10,000; default 200 */
    int busy_poll_ms; /* while an act is under way there, and before an act is tried again that found its slot busy; 1 to 10,000;
                         default 30 */
    int lost_ms;      /* a lost board is greeted again after so long, 100 to 600,000; default 5,000 */
};

OCPP_API struct ocpp_settle_serial_settings ocpp_settle_serial_settings_default(void);

struct ocpp_settle_serial;

/* ocpp_settle_serial_new: NULL: a setting is outside its range, or no memory. */
OCPP_API struct ocpp_settle_serial *ocpp_settle_serial_new(const struct ocpp_settle_serial_settings *settings,
                                                           struct ocpp_now now);

/* ocpp_settle_serial_free: NULL is fine. After the agent. */
OCPP_API void ocpp_settle_serial_free(struct ocpp_settle_serial *serial);

/* ocpp_settle_serial_bay: for the settings of the agent; lives as long as |serial|. An act that is begun is taken note of, and
 * leaves with next_output. */
OCPP_API struct ocpp_settle_bay ocpp_settle_serial_bay(struct ocpp_settle_serial *serial);

/* ocpp_settle_serial_listen: who is told, from within receive and advance. Before, nobody is; a zeroed listener: nobody again. */
OCPP_API void ocpp_settle_serial_listen(struct ocpp_settle_serial *serial, const struct ocpp_settle_bay_listener *listener);

/* ocpp_settle_serial_receive: |size| bytes came, in pieces as they come. Whatever is no frame, or no answer to the request on the
 * line, is passed over and counted. */
OCPP_API void ocpp_settle_serial_receive(struct ocpp_settle_serial *serial, const void *bytes, size_t size, struct ocpp_now now);

/* ocpp_settle_serial_next_output: a whole frame that wants to leave now, |*size| bytes, valid until the next call; NULL: none.
 * The time for its answer begins. */
OCPP_API const void *ocpp_settle_serial_next_output(struct ocpp_settle_serial *serial, size_t *size, struct ocpp_now now);

/* ocpp_settle_serial_deadline: mono ms at which advance and then next_output want to be called at the latest. Ask again after
 * each call, also of the bay's callbacks. */
OCPP_API int64_t ocpp_settle_serial_deadline(const struct ocpp_settle_serial *serial);
OCPP_API void ocpp_settle_serial_advance(struct ocpp_settle_serial *serial, struct ocpp_now now);

/* ocpp_settle_serial_view: how the line does. Counts never go back. */
struct ocpp_settle_serial_view {
    int boards_ready;
    uint64_t requests; /* repetitions left out */
    uint64_t repeats;
    uint64_t answers;   /* that were expected */
    uint64_t strays;    /* frames that were not: late, twice, of another board, an echo */
    uint64_t bad_bytes; /* that belong to no frame */
    uint64_t bad_news;  /* answers and events without sense */
};

OCPP_API struct ocpp_settle_serial_view ocpp_settle_serial_view(const struct ocpp_settle_serial *serial);
/* ocpp_settle_serial_is_ready: whether the board |address| is greeted and answers. */
OCPP_API bool ocpp_settle_serial_is_ready(const struct ocpp_settle_serial *serial, int address);

/* --- over termios -------------------------------------------------------------------------------------------------- */

struct ocpp_settle_tty;

/* ocpp_settle_tty_open: |device| ("/dev/ttyS1"; copied), raw, 8 data bits, no parity, 1 stop bit, at the baud rate of |serial|,
 * which is borrowed for life. A device that is not there (any more) is tried again every second, so that an adapter may be pulled
 * and plugged. NULL: no memory, or not a system with termios. */
OCPP_API struct ocpp_settle_tty *ocpp_settle_tty_open(const char *device, struct ocpp_settle_serial *serial);

/* ocpp_settle_tty_free: the line is closed; before |serial| is freed. NULL is fine. */
OCPP_API void ocpp_settle_tty_free(struct ocpp_settle_tty *tty);

/* ocpp_settle_tty_fd: to wait for something to read; -1: the device is not open. It may be another one after each run.
 * ocpp_settle_tty_wants_to_write: whether to wait for room to write as well. */
OCPP_API int ocpp_settle_tty_fd(const struct ocpp_settle_tty *tty);
OCPP_API bool ocpp_settle_tty_wants_to_write(const struct ocpp_settle_tty *tty);

/* ocpp_settle_tty_deadline: when run wants to be called at the latest. ocpp_settle_tty_run: reads, advances and writes what can
 * be without waiting; calls the listener. When the descriptor is ready, and when the deadline has come. */
OCPP_API int64_t ocpp_settle_tty_deadline(const struct ocpp_settle_tty *tty);
OCPP_API void ocpp_settle_tty_run(struct ocpp_settle_tty *tty, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
