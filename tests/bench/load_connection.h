/* load_connection.h: one simulated station on a WebSocket: handshake, boot, one call at a time. Just enough of RFC 6455 to be
 * cheap; no library for it, so that what is measured is the server. */
#ifndef OCPP_BENCH_LOAD_CONNECTION_H
#define OCPP_BENCH_LOAD_CONNECTION_H

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOAD_READ_ROOM = 4096, LOAD_WRITE_ROOM = 8192 };

enum load_state {
    LOAD_FREE,
    LOAD_CONNECTING,
    LOAD_SECURING,
    LOAD_UPGRADING,
    LOAD_BOOTING,
    LOAD_STARTING, /* a transaction */
    LOAD_READY,
    LOAD_WAITING,
    LOAD_DEAD
};

struct load_connection {
    int fd;
    int index;
    enum load_state state;
    void *tls;         /* load_link.h */
    uint32_t sequence; /* of the outstanding call */
    int64_t transaction;
    uint64_t opened_us;
    uint64_t sent_us;
    uint64_t due_us; /* of the next call, when the fleet is paced */
    int next_due;    /* index of the next in the queue; -1 */
    bool is_due;     /* in the queue */
    int step;        /* in the mix */
    bool wants_out;
    int read_fill;
    int write_size;
    int write_sent;
    unsigned char *read_buffer;
    unsigned char *write_buffer;
};

struct load {
    const char *host; /* 127.x.x.x */
    int port;
    const char *path;     /* before the identity */
    const char *version;  /* "1.6" */
    const char *mix;      /* letters of load_texts.h */
    const char *password; /* NULL: none */
    bool boots;
    bool starts; /* a transaction, before it is ready: the mix has a t */
    bool tls;
    bool deflate;
    int epoll;
    struct load_connection *connections;
    int count;
    int opened;
    int connecting;
    int ready;
    int dead;
    bool running;     /* calls are made */
    bool measuring;   /* and counted */
    int64_t think_us; /* between two calls of one station; 0: none */
    int queue_head;   /* connections by due_us; -1 */
    int queue_tail;
    uint64_t calls;
    uint64_t errors;       /* answered with CALLERROR */
    uint64_t wrong_ids;    /* answers that belong to no call */
    uint64_t server_calls; /* answered with NotImplemented */
    struct histogram latency;
    struct histogram coming; /* from connect() to ready */
};

uint64_t load_now_us(void);

/* load_open: opens the |index|th connection. */
void load_open(struct load *load, int index);

/* load_reopen: cuts a connection without a word and opens it again. */
void load_reopen(struct load *load, int index);

/* load_event: what epoll said. */
void load_event(struct load *load, struct load_connection *connection, uint32_t events);

/* load_start_calls, load_due: begins calling; makes the calls that are due and returns the milliseconds to the next (100 at
 * most). */
void load_start_calls(struct load *load);
int load_due(struct load *load);

#endif
