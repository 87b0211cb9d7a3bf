/* records.h: how the central system writes down what must survive a restart: small JSON texts, described like messages.
 *
 * Keys (ordinals are 16 lower-case hexadecimal digits, so that the order of bytes is the order of recording):
 *   station/<identity>            struct station_record: the station was accepted
 *   last/<identity>/transaction   ordinal of its newest transaction
 *   tx/<identity>/<ordinal>       struct transaction_record
 *   txid/<identity>/<kind><id>    ordinal; |kind| is n for numbers given here, t for ids given by the station. Of two
 * transactions a station gives the same id, the newer one; a stop without a number has one of its own start/<identity>/<hash>
 * ordinal; finds a repeated start of a numbered transaction open/<identity>/<ordinal>     the transaction has not ended
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
    int64_t seq_no;
    int64_t seq_seen; /* bit i: seq_no - i was received */
    bool start_told;
    bool end_told;
    bool offline;
    bool number_used; /* the station told of it by its number */
};

/* How far back a repeated sequence number is recognised; updates beyond count as new, for samples told twice do less harm than
 * samples lost. 48 bits stay exact as a JSON number. */
enum { SEQ_WINDOW = 48 };

extern const struct ocpp_type station_record_type;
extern const struct ocpp_type transaction_record_type;

enum { ORDINAL_SIZE = 17 };

void station_key(char key[OCPP_KEY_SIZE], const char *identity);
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

/* transaction_show: the public view of a record. */
void transaction_show(const struct transaction_record *record, const char *identity, struct ocpp_transaction *transaction);

#endif
