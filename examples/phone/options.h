/* options.h: what ocpp-phone was told on its command line. */
#ifndef OCPP_PHONE_OPTIONS_H
#define OCPP_PHONE_OPTIONS_H

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/trust.h>

enum { PHONE_WORDS = 16, PHONE_TOKEN_SIZE = 600 };

struct options {
    const char *link;             /* "unix:PATH" or a terminal */
    const char *server;           /* https://HOST[:PORT] */
    char token[PHONE_TOKEN_SIZE]; /* for the server; "": none */
    const char *terminals;        /* ws[s]://HOST[:PORT], where the server listens to them; NULL */
    const char *state;            /* a folder that the phone remembers in; NULL: it forgets */
    const char *scenario;         /* a file to play; "-": standard input */
    const char *shared;           /* the folder of its story */
    const char *pile;             /* whose identity alone is accepted; NULL: any */
    bool has_root;
    struct ocpp_settle_trust trust;
    bool has_key;
    unsigned char key[OCPP_SETTLE_POINT_SIZE]; /* of the pile */
    bool unproved;                             /* also a pile that nobody certified */
    const char *id;                            /* of the request; NULL: a new one */
    int frame_bytes;
    int timeout_s;
    bool json;
    bool help;
    bool version;
    char *words[PHONE_WORDS]; /* the command and what belongs to it */
    int word_count;
};

/* options_read: false after one line that says what to type instead. */
bool options_read(int argc, char **argv, struct options *options);

/* options_wrong: that line; false. */
bool options_wrong(const char *what, const char *value);

#endif
