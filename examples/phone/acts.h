/* acts.h: what people do with a phone, as requests to the server. */
#ifndef OCPP_PHONE_ACTS_H
#define OCPP_PHONE_ACTS_H

#include "story.h"

#include <stdbool.h>

enum { ACT_PATH_SIZE = 512, ACT_BODY_SIZE = 65536, ACT_WORDS = 16 };

struct act {
    const char *name;
    int least;
    int most;
    const char *method;
    const char *path; /* {1} is the first word behind the name, {2:60} the second or else 60, {$visit} what that was told to be */
    const char *body; /* NULL: none; likewise */
    const char *keep; /* "NAME /POINTER" of what the answer tells for the acts that follow; NULL: nothing */
    const char *usage;
};

/* A request that is ready. */
struct act_request {
    const char *method;
    char path[ACT_PATH_SIZE];
    bool has_body;
    char body[ACT_BODY_SIZE];
};

/* acts_find: the act of that name; NULL: there is none. */
const struct act *acts_find(const char *name);

/* acts_fill: the request of |act| with |count| |words| behind its name. False with what is wrong in |reason|. */
bool acts_fill(const struct act *act, const struct story *story, char *const *words, int count, struct act_request *request,
               char *reason, size_t reason_size);

/* acts_print: the list of all. */
void acts_print(void);

#endif
