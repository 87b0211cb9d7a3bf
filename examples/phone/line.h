/* line.h: the phone link of ocpp-phone: one request at a time over a socket or a terminal. */
#ifndef OCPP_PHONE_LINE_H
#define OCPP_PHONE_LINE_H

#include "options.h"

#include <ocpp/settlement/phone.h>

struct line;

/* line_open: connected, and the pile believed. NULL after a line that says why. */
struct line *line_open(const struct options *options);
void line_close(struct line *line);

/* line_ask: the answer's JSON, until the next request; NULL after a line that says why. */
const char *line_ask(struct line *line, enum ocpp_settle_link_action action, const void *message);

/* line_answer: the same as a struct of the response. */
const void *line_answer(const struct line *line);

/* line_hear: what the pile says by itself goes to |heard| from now on. line_wait: until |is_done|; false: the time is over. */
void line_hear(struct line *line, void (*heard)(enum ocpp_settle_link_action action, const void *message, void *user),
               void *user);
bool line_wait(struct line *line, bool (*is_done)(void *user), void *user);

/* line_listen: prints what the pile says, until the time is over. */
void line_listen(struct line *line);

bool line_binding(const struct line *line, unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE]);

#endif
