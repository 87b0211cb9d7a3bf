/* phone.h: one run of ocpp-phone: what it was told, and what it speaks with. */
#ifndef OCPP_PHONE_PHONE_H
#define OCPP_PHONE_PHONE_H

#include "client.h"
#include "line.h"

enum phone_code { PHONE_DONE = 0, PHONE_REFUSED = 1, PHONE_WRONG = 2 };

struct phone {
    const struct options *options;
    struct line *line; /* NULL: no --link */
    struct client client;
    struct story story;
};

/* say_done: one thing that happened: |text| for people, or with --json |json|, which is deleted. */
void say_done(const struct phone *phone, cJSON *json, const char *format, ...) OCPP_PRINTF(3, 4);

/* say_failed: one line on standard error; PHONE_REFUSED. */
enum phone_code say_failed(const char *what, const char *why);

/* ask_server: |body| (NULL: GET) is deleted. False after a line that says why; |quiet|: without one, where it refused. */
bool ask_server(struct phone *phone, const char *path, cJSON *body, bool quiet);

/* server_refusal: the newest answer's code or title, as a word for people. */
const char *server_refusal(const struct phone *phone);

/* path_escape: |text| as a part of a path. */
void path_escape(const char *text, char *escaped, size_t size);

#endif
