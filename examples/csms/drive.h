/* drive.h: what the pages of drivers ask for (/api/drive/…, docs/web-pages.md). A driver has no account with an operator: who
 * begins a visit gets a key that opens this one visit for a while, and nothing else; who has an account gets a key from an
 * operator, to begin visits that the account pays. A key says what it opens, and is signed: nothing of it is stored. */
#ifndef CSMS_DRIVE_H
#define CSMS_DRIVE_H

#include "address_rate.h"
#include "body.h"
#include "drive_claim.h"
#include "settlement_reply.h"

#include <ocpp/settlement/visits.h>

enum { DRIVE_PROVIDER_SIZE = SETTLEMENT_NAME_SIZE, DRIVE_POWERS = 1024 };

/* drive_power: what a vehicle drew when its station told it last. */
struct drive_power {
    uint64_t transaction; /* hash; 0: none */
    int64_t power_w;
};

/* drive: NULL in the settlement: its file has no "drive", and nothing of all this is served. */
struct drive {
    bool is_open; /* to strangers, who pay by |provider| */
    char provider[DRIVE_PROVIDER_SIZE];
    int64_t minutes;            /* a stranger's reservation at most */
    int64_t key_s;              /* a visit's key lives so long */
    struct address_rate looks;  /* anything */
    struct address_rate finds;  /* what looks through places */
    struct address_rate begins; /* visits of strangers */
    struct address_rate wrongs; /* keys that open nothing */
    pthread_mutex_t lock;       /* of |powers| */
    struct drive_power powers[DRIVE_POWERS];
};

/* --- drive_key.c --- */

/* drive_key_write: the settlement is the caller's (settlement_enter). False: the keys failed. */
bool drive_key_write(struct settlement *settlement, const struct drive_claim *claim, char key[DRIVE_KEY_SIZE]);

/* drive_key_read: false: it is no key of ours, or not any more. Likewise. */
bool drive_key_read(struct settlement *settlement, const char *key, int64_t utc_ms, struct drive_claim *claim);

/* --- drive.c --- */

/* drive_members: what the member "drive" of the settlement's file may say. */
extern const struct body_member drive_members[];

/* drive_new: as |json|, which was checked by them, says; NULL: |why| tells what went wrong. */
struct drive *drive_new(const cJSON *json, char *why);
void drive_free(struct drive *drive);

/* drive_is_stranger: whether |token| is one of those made for who has no account. */
bool drive_is_stranger(const struct ocpp_token *token);

/* drive_hear: a transaction was told: what its vehicle draws is kept for a while. drive_power_of: -1: nobody knows. */
void drive_hear(struct drive *drive, const struct ocpp_transaction_event *event);
int64_t drive_power_of(struct drive *drive, const char *station, const char *transaction);

/* drive_name_stranger: who pays for a visit of somebody without an account: a name nobody else has. */
void drive_name_stranger(struct settlement *settlement, char token[DRIVE_TOKEN_SIZE]);

/* drive_may: false: too often; answered. */
bool drive_may(const struct request *request, struct address_rate *rate);

/* drive_wanted: false: nothing of the sort here, or too often; answered. */
bool drive_wanted(const struct request *request);

/* drive_caller: what the key in the header opens; false: it opens nothing (401), or its token is blocked; answered. The claim is
 * empty for who shows none, where |may_be_stranger|. */
bool drive_caller(const struct request *request, bool may_be_stranger, struct drive_claim *claim);

#endif
