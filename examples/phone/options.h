/* options.h: what ocpp-phone was told on its command line. */
#ifndef OCPP_PHONE_OPTIONS_H
#define OCPP_PHONE_OPTIONS_H

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/trust.h>

enum { PHONE_WORDS = 4 };

struct options {
    const char *link;   /* "unix:PATH" or a terminal */
    const char *server; /* https://HOST[:PORT] */
    const char *token;  /* for the server */
    const char *pile;   /* whose identity alone is accepted; NULL: any */
    bool has_root;
    struct ocpp_settle_trust trust;
    bool has_key;
    unsigned char key[OCPP_SETTLE_POINT_SIZE]; /* of the pile */
    bool unproved;                             /* also a pile that nobody certified */
    const char *id;                            /* of the request; NULL: a new one */
    int frame_bytes;
    int timeout_s;
    bool json;
    const char *words[PHONE_WORDS]; /* the command and what belongs to it */
    int word_count;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* options_read: OPTIONS_DONE after --help or --version; OPTIONS_WRONG after one line that says what to type instead. */
enum options_outcome options_read(int argc, char **argv, struct options *options);

/* options_wrong: that line. */
enum options_outcome options_wrong(const char *what, const char *value);

#endif
