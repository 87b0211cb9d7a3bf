/* option_kinds.h: a row of the table of options, and how each kind of row takes its value. */
#ifndef CSMS_OPTION_KINDS_H
#define CSMS_OPTION_KINDS_H

#include "options.h"

enum option_kind {
    OPTION_OWN,    /* |apply| does it all */
    OPTION_FLAG,   /* a bool becomes true */
    OPTION_TEXT,   /* a const char *, given once; it belongs to argv or to the configuration file */
    OPTION_NUMBER, /* an int64_t from |minimum| to |maximum| */
    OPTION_WORD,   /* an int: the value of one of |words| */
    OPTION_LATER   /* not part of this release */
};

struct option_word {
    const char *word; /* NULL ends a list of them */
    int value;
};

struct option_row {
    const char *name;
    const char *argument; /* NULL: takes none */
    enum option_kind kind;
    size_t place; /* in struct options */
    int64_t minimum;
    int64_t maximum;
    const struct option_word *words;
    bool (*apply)(struct options *options, const char *value, char *why);
    const char *help;
};

/* option_set: gives |row| its value, NULL where none was given. False: |why| (OPTIONS_WHY_SIZE bytes) says what is wrong. */
bool option_set(const struct option_row *row, struct options *options, const char *value, char *why);

/* option_wrong: always false, so that "return option_wrong(…)" says both. */
__attribute__((format(printf, 2, 3))) bool option_wrong(char *why, const char *format, ...);

/* Rows that are more than a value in its place. */
bool option_set_listen(struct options *options, const char *value, char *why);
bool option_set_http(struct options *options, const char *value, char *why);
bool option_set_terminals(struct options *options, const char *value, char *why);
bool option_set_proxy(struct options *options, const char *value, char *why);
bool option_set_certificate(struct options *options, const char *value, char *why);
bool option_set_key(struct options *options, const char *value, char *why);
bool option_set_organization(struct options *options, const char *value, char *why);
bool option_set_station(struct options *options, const char *value, char *why);
bool option_set_versions(struct options *options, const char *value, char *why);

#endif
