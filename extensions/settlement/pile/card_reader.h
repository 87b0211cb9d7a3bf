/* card_reader.h: the state of the reader. Private to pile/. */
#ifndef SETTLEMENT_CARD_READER_H
#define SETTLEMENT_CARD_READER_H

#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/reader.h>

enum { READER_CARDS = 32, READER_TOKEN_SIZE = 256, READER_TYPE_SIZE = 21, READER_SALT_SIZE = 33 };

struct card_reader {
    enum ocpp_settle_reader_act act;
    int64_t act_until;    /* mono ms */
    int64_t manage_until; /* mono ms; 0: management is closed */
    bool is_asking;
    char by[READER_TOKEN_SIZE];
    char by_type[READER_TYPE_SIZE];
    char shown[READER_TOKEN_SIZE];
    char shown_type[READER_TYPE_SIZE];
    /* the list */
    int64_t version;
    char salt[READER_SALT_SIZE];
    unsigned char digests[READER_CARDS][OCPP_SETTLE_DIGEST_SIZE];
    size_t count;
};

#endif
