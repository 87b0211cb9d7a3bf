/* records.h: how the central system writes down what must survive a restart: small JSON texts, described like messages.
 *
 * Keys (ordinals are 16 lower-case hexadecimal digits, so that the order of bytes is the order of recording):
 *   station/<identity>            struct station_record: the station was accepted
 *   last/<identity>/transaction   ordinal of its newest transaction
 *   tx/<identity>/<ordinal>       struct transaction_record
 *   txid/<identity>/<kind><id>    ordinal; |kind| is n for numbers given here, t for ids given by the station. Of two
 * transactions a station gives the same id, the newer one; a stop without a number has one of its own
 *   start/<identity>/<hash>       ordinal; finds a repeated start of a numbered transaction
 *   open/<identity>/<ordinal>     the transaction has not ended: "e<evse>", "s<evse>" when the next one has started there; "1"
 *                                 where the first release wrote it
 *   security/<identity>           the highest security profile it connected with, one digit; none: 0
 *   list/<identity>               struct list_record (list_record.h): what is known of its local list
 *   order/<identity>/<id>         struct remote_start_record: an order to start that has not led to a transaction yet
 *   number/<shard>                the highest transaction number that shard gave, in decimal
 *
 * A record only gains members: an older one is read with the new ones absent.
 */
#ifndef OCPP_CENTRAL_RECORDS_H
#define OCPP_CENTRAL_RECORDS_H

#include <ocpp/central_system.h>

struct station_record {
    const char *version;
    const char *vendor;
    const char *model;
    const char *serial_number;
    const char *firmware_version;
};

struct transaction_record {
    const char *id;
    const char *version;
    int64_t evse;
    int64_t connector;
    const char *token;
    const char *token_type;
    bool has_token_seq;
    int64_t token_seq; /* seq_no of the event that told the token: the first one counts */
    bool has_started;
    int64_t started; /* dateTime */
    bool has_ended;
    int64_t ended; /* dateTime */
    bool has_meter_start_wh;
    int64_t meter_start_wh;
    bool has_meter_start_time;
    int64_t meter_start_time;
    bool has_meter_last_wh;
    int64_t meter_last_wh;
    bool has_meter_last_time;
    int64_t meter_last_time;
    const char *reason;
    int64_t charging_state; /* enum ocpp_charging_state */
    bool has_remote_start_id;
    int64_t remote_start_id;
    bool has_seq_no;
    int64_t seq_no; /* the highest; with the next four struct sequence */
    bool has_seq_first;
    int64_t seq_first;
    bool has_seq_floor;
    int64_t seq_floor;
    const char *seq_missing;
    bool has_seq_seen;
    int64_t seq_seen; /* of the first release, instead: bit i: seq_no - i was received */
    bool start_told;
    bool end_told;
    bool offline;
    bool number_used;    /* the station told of it by its number */
    bool has_told_start; /* a meterStart that is no reading (-1): what a repeated start says again */
    int64_t told_start;
    bool has_start_print; /* prints (transaction_repeats.c) of the start, of the end and of the newest event */
    int64_t start_print;
    bool has_end_print;
    int64_t end_print;
    bool has_newest;
    int64_t newest; /* dateTime of the newest event, its print, and in 2.x its number */
    int64_t newest_print;
    int64_t newest_seq;
    bool has_superseded;
    int64_t superseded; /* dateTime: the next one started at its EVSE */
    const char *group;  /* of the token that pays */
    int64_t anomalies;  /* those that stay; the others follow from the rest */
};

struct remote_start_record {
    int64_t evse; /* 0: any */
    const char *token;
    bool has_given;
    int64_t given; /* dateTime */
};

extern const struct ocpp_type remote_start_record_type;
extern const struct ocpp_type station_record_type;
extern const struct ocpp_type transaction_record_type;

enum { ORDINAL_SIZE = 17 };

void station_key(char key[OCPP_KEY_SIZE], const char *identity);
void security_key(char key[OCPP_KEY_SIZE], const char *identity);
void number_key(char key[OCPP_KEY_SIZE], int shard);

/* record_key: "<family>/<identity>/<rest>". Errors: OCPP_ERR_LIMIT the key would be too long. */
enum ocpp_status record_key(char key[OCPP_KEY_SIZE], const char *family, const char *identity, const char *rest);

/* transaction_id_key: of the index by id; |numbered|: the number was given here. Errors: OCPP_ERR_LIMIT. */
enum ocpp_status transaction_id_key(char key[OCPP_KEY_SIZE], const char *identity, bool numbered, const char *id);

void ordinal_format(uint64_t ordinal, char text[ORDINAL_SIZE]);
uint64_t ordinal_parse(const char *text, size_t size);

/* record_read: the record of |key| with its texts in |arena|. Errors: those of storage read; OCPP_ERR_CORRUPT; OCPP_ERR_NOMEM. */
enum ocpp_status record_read(struct ocpp_storage *storage, const char *key, const struct ocpp_type *type,
                             struct ocpp_arena *arena, void *record);

/* ordinal_read: the ordinal that |key| holds. Errors: those of storage read; OCPP_ERR_CORRUPT it holds something else. */
enum ocpp_status ordinal_read(struct ocpp_storage *storage, const char *key, uint64_t *ordinal);

/* record_compare_visit: for storage read: is the value just these bytes? */
struct record_compare {
    const void *value;
    size_t size;
    bool equal;
};

bool record_compare_visit(const char *key, const void *value, size_t size, void *user);

/* transaction_anomalies: those that stay, and those that follow from the record. */
uint32_t transaction_anomalies(const struct transaction_record *record);

/* record_sequence: the numbers of a record, whichever release wrote it; one that is damaged counts as without gaps.
 * record_keep_sequence: writes them into the record; |text| is borrowed. */
struct sequence;
void record_sequence(const struct transaction_record *record, struct sequence *sequence);
void record_keep_sequence(struct transaction_record *record, const struct sequence *sequence, char *text);

/* transaction_show: the public view of a record. */
void transaction_show(const struct transaction_record *record, const char *identity, struct ocpp_transaction *transaction);

#endif
