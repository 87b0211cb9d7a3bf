/* body.h: JSON bodies: what a request may say, as a table; and small pieces of answers. */
#ifndef CSMS_BODY_H
#define CSMS_BODY_H

#include <ocpp/types.h>

#include <cjson/cJSON.h>

enum body_kind {
    BODY_TEXT,    /* |minimum| to |maximum| characters */
    BODY_WORD,    /* one of |words| */
    BODY_INTEGER, /* |minimum| to |maximum| */
    BODY_NUMBER,  /* the same */
    BODY_DECIMAL, /* a text of at most 20 characters, like "12.50", at least 0: exact, unlike a number */
    BODY_BOOLEAN,
    BODY_ANY,
    BODY_TIME,     /* RFC 3339 */
    BODY_TEXTS,    /* |minimum| to |maximum| texts of 1 to 64 characters, or of |words| */
    BODY_INTEGERS, /* at most |maximum| integers above 0 */
    BODY_OBJECT,   /* as |members| say; whatever it likes without them */
    BODY_OBJECTS   /* |minimum| to |maximum| of them */
};

/* A list of members ends with one that has no name: BODY_END. */
struct body_member {
    const char *name;
    enum body_kind kind;
    bool required;
    int64_t minimum;
    int64_t maximum;
    const char *const *words; /* ended by NULL */
    const struct body_member *members;
};

#define BODY_END                                                                                                                 \
    {                                                                                                                            \
        .name = NULL                                                                                                             \
    }

/* body_issue: |path| is a JSON pointer into the body. */
struct body_issue {
    char path[192];
    char why[320];
};

/* body_check: whether |body| is an object that says what |members| allow; null counts as absent, other members are refused. */
bool body_check(const cJSON *body, const struct body_member *members, struct body_issue *issue);

/* body_fail: always false; |path| and |why| are noted. */
bool body_fail(struct body_issue *issue, const char *path, const char *why);

/* What a checked body says; the second value where it says nothing. |body| may be NULL: it says nothing. */
const char *body_text(const cJSON *body, const char *name, const char *otherwise);
int64_t body_integer(const cJSON *body, const char *name, int64_t otherwise);
bool body_flag(const cJSON *body, const char *name, bool otherwise);
int64_t body_time(const cJSON *body, const char *name);                /* OCPP_UTC_UNKNOWN */
struct ocpp_decimal body_decimal(const cJSON *body, const char *name); /* 0 */
size_t body_count(const cJSON *body, const char *name);                /* of a list */
const cJSON *body_value(const cJSON *body, const char *name);          /* NULL, also for null */

/* body_word: the place of a word among |words|; |otherwise| where there is none. */
int body_word(const cJSON *body, const char *name, const char *const *words, int otherwise);

/* body_parse: |size| bytes of JSON and nothing behind it; NULL when it is not. */
cJSON *body_parse(const char *text, size_t size);

/* Adding to answers: nothing for NULL and OCPP_UTC_UNKNOWN. */
void json_add_text(cJSON *object, const char *name, const char *text);
void json_add_time(cJSON *object, const char *name, int64_t utc_ms);
void json_add_integer(cJSON *object, const char *name, int64_t value);
void json_add_decimal(cJSON *object, const char *name, struct ocpp_decimal value);

#endif
