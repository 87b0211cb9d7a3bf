/* client.h: requests to the server, and their answers as JSON. */
#ifndef OCPP_PHONE_CLIENT_H
#define OCPP_PHONE_CLIENT_H

#include "acts.h"

#include <cjson/cJSON.h>

struct client {
    const char *server;
    char bearer[600]; /* "": none */
    int timeout_s;
    long status;   /* of the newest answer; 0: none came */
    cJSON *answer; /* NULL: it was no JSON */
    char *text;    /* as it came; NULL: nothing did */
    size_t size;
};

/* A request of any length. */
struct client_question {
    const char *method;
    const char *path;
    const char *body; /* NULL: none */
};

/* client_ask, client_ask_this: asks, and keeps the answer. False: none came, after a line that says why. */
bool client_ask(struct client *client, const struct act_request *request);
bool client_ask_this(struct client *client, const struct client_question *question);
void client_end(struct client *client);

/* client_value: what |pointer| leads to in the newest answer. A part of it is a name, the number of an item, or NAME=VALUE for
 * the first item whose NAME is VALUE. NULL: nothing. */
const cJSON *client_value(const struct client *client, const char *pointer);

/* client_text: a value as a word: texts without quotes, the rest as JSON. For free(). */
char *client_text(const cJSON *value);

#endif
