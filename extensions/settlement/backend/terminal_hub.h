/* terminal_hub.h: between the connections (terminal_hub.c) and what is said on them (terminal_talk.c). */
#ifndef SETTLEMENT_TERMINAL_HUB_H
#define SETTLEMENT_TERMINAL_HUB_H

#include "terminal_starts.h"

/* A challenge or ticket: so many bytes nobody can guess, as hexadecimal digits. */
enum { HUB_SECRET = 32, HUB_SECRET_TEXT = 2 * HUB_SECRET + 1, HUB_WORD_BYTES = 8192 };

struct waiting_text {
    char *text;
    size_t size;
};

struct terminal_connection {
    uint64_t number;
    char challenge[HUB_SECRET_TEXT];
    char start[OCPP_SETTLE_ID_SIZE]; /* "": nobody yet */
    int64_t sent;                    /* the number of the last thing it was told */
    int64_t until_mono_ms;           /* it has to say who it is; OCPP_NEVER: it did */
    int64_t minute_mono_ms;
    int words; /* since then */
    bool is_over;
    struct waiting_text *waiting; /* settings.terminals.waiting */
    size_t first;
    size_t count;
    char *fetched; /* the text that was given out last */
};

struct terminal_hub {
    struct terminal_connection **connections;
    size_t count;
    size_t room;
    int64_t refused; /* connections with a bad ticket, since that was told */
    int64_t refused_mono_ms;
    bool has_refused;
};

/* hub_find: NULL: it is gone. hub_end: what waits is sent, then it is closed. */
struct terminal_connection *hub_find(const struct ocpp_settle *settle, uint64_t number);
void hub_end(struct ocpp_settle *settle, struct terminal_connection *connection);

void hub_secret(struct ocpp_settle *settle, char text[HUB_SECRET_TEXT]);

/* hub_answer: |text| goes to connection |number| once all is durable; "" ends it. */
void hub_answer(struct command *command, uint64_t number, const char *text);

/* hub_take: connection |number| is that of |start| then, whose terminal heard everything up to |last|. */
void hub_take(struct command *command, uint64_t number, const struct row_start *start, int64_t last);

#endif
