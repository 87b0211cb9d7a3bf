/* event_loop.h: a libwebsockets context on an event library of its own choosing: libev, libuv or plain poll(), in rounds.
 *
 * The libraries are loaded at run time, as libwebsockets' plug-ins for them are: nothing is linked, and what is missing is found
 * out here and not by the dynamic linker. Each context has its own loop. A loop belongs to one thread; ocpp_event_loop_wake() may
 * come from any.
 */
#ifndef OCPP_EVENT_LOOP_H
#define OCPP_EVENT_LOOP_H

#include <ocpp/adapters.h>

#include <libwebsockets.h>

/* What is called of libev 4 and libuv 1. */
struct ocpp_event_calls {
    void *(*ev_loop_new)(unsigned flags);
    int (*ev_run)(void *loop, int flags);
    void (*ev_loop_destroy)(void *loop);
    size_t (*uv_loop_size)(void);
    int (*uv_loop_init)(void *loop);
    int (*uv_run)(void *loop, int mode);
    int (*uv_backend_fd)(const void *loop);
    int (*uv_backend_timeout)(const void *loop);
    int (*uv_loop_close)(void *loop);
};

struct ocpp_event_loop {
    enum ocpp_event_library library; /* never _BEST once open */
    struct ocpp_event_calls calls;
    void *handle; /* struct ev_loop *, uv_loop_t *; NULL for poll */
    struct lws_context *context;
    int timer_fd;         /* belongs to libwebsockets once it was adopted; -1 */
    int64_t timer_due_ms; /* what the timer is set to; OCPP_NEVER */
};

/* ocpp_event_loop_open: tries |libraries| (ended by _BEST) in order and makes the context of |info| on the first there is; what
 * concerns event libraries is filled into |info| here. Errors: OCPP_ERR_NETWORK  none could be had. */
enum ocpp_status ocpp_event_loop_open(struct ocpp_event_loop *loop, const enum ocpp_event_library *libraries,
                                      struct lws_context_creation_info *info);

/* ocpp_event_loop_close: closes every connection and gives all back. Not from inside a round. Fine for a zeroed loop. */
void ocpp_event_loop_close(struct ocpp_event_loop *loop);

/* ocpp_event_loop_round: handles what is ready; with |wait| and nothing ready, waits for the first event. */
void ocpp_event_loop_round(struct ocpp_event_loop *loop, bool wait);

/* ocpp_event_loop_fd: readable when a round has something to do; -1 where the library cannot tell. */
int ocpp_event_loop_fd(const struct ocpp_event_loop *loop);

/* ocpp_event_loop_ready: whether that descriptor is readable now. */
bool ocpp_event_loop_ready(const struct ocpp_event_loop *loop);

/* ocpp_event_loop_due_ms: when a round has work that the descriptor does not show: |now_ms| for at once; OCPP_NEVER. */
int64_t ocpp_event_loop_due_ms(const struct ocpp_event_loop *loop, int64_t now_ms);

/* ocpp_event_loop_start_timer: makes the one timer of the loop on |vhost|, whose protocols[0] is told LWS_CALLBACK_RAW_RX_FILE
 * when it expires and calls ocpp_event_loop_timer_expired(). libwebsockets' own timers are not used: under libev, a later one
 * that is set hides an earlier one (4.1.6). Errors: OCPP_ERR_NOMEM. */
enum ocpp_status ocpp_event_loop_start_timer(struct ocpp_event_loop *loop, struct lws_vhost *vhost);
void ocpp_event_loop_timer_expired(struct ocpp_event_loop *loop);

/* ocpp_event_loop_set_timer: a waiting round ends at |due_ms| of ocpp_system_now() at the latest (and perhaps at an earlier time
 * that was set before). */
void ocpp_event_loop_set_timer(struct ocpp_event_loop *loop, int64_t due_ms);

/* ocpp_event_loop_wake: LWS_CALLBACK_EVENT_WAIT_CANCELLED comes soon on the loop's thread. */
void ocpp_event_loop_wake(struct ocpp_event_loop *loop);

/* ocpp_event_library_name: "libev", "libuv", "poll". */
const char *ocpp_event_library_name(enum ocpp_event_library library);

#endif
