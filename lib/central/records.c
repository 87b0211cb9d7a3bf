/* records.c: the tables of the records, their keys, and reading them back. */
#include "records.h"

#include "require.h"
#include "sequence.h"
#include <ocpp/central_transactions.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
#define ROW(record, wire, field, kind, flags)  { wire, { NULL }, offsetof(struct record, field), 0, kind, flags, 0 }
#define TEXT(record, wire, field, flags)       ROW(record, wire, field, OCPP_MEMBER_STRING, flags)
#define INTEGER(record, wire, field)           ROW(record, wire, field, OCPP_MEMBER_INTEGER, OCPP_MEMBER_REQUIRED)
#define FLAG(record, wire, field)              ROW(record, wire, field, OCPP_MEMBER_BOOLEAN, OCPP_MEMBER_REQUIRED)
#define BESIDE(record, wire, field, has, kind) \
    { wire, { NULL }, offsetof(struct record, field), 0, kind, 0, offsetof(struct record, field) - offsetof(struct record, has) }
#define OPTIONAL(record, wire, field, kind) \
    { wire, { NULL }, offsetof(struct record, field), 0, kind, 0, offsetof(struct record, field) - offsetof(struct record, has_##field) }

static const struct ocpp_member station_members[] = {
    TEXT(station_record, "version", version, OCPP_MEMBER_REQUIRED),
    TEXT(station_record, "vendor", vendor, 0),
    TEXT(station_record, "model", model, 0),
    TEXT(station_record, "serialNumber", serial_number, 0),
    TEXT(station_record, "firmwareVersion", firmware_version, 0),
};

static const struct ocpp_member transaction_members[] = {
    TEXT(transaction_record, "id", id, OCPP_MEMBER_REQUIRED),
    TEXT(transaction_record, "version", version, OCPP_MEMBER_REQUIRED),
    INTEGER(transaction_record, "evse", evse),
    INTEGER(transaction_record, "connector", connector),
    TEXT(transaction_record, "token", token, 0),
    TEXT(transaction_record, "tokenType", token_type, 0),
    OPTIONAL(transaction_record, "tokenSeq", token_seq, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "started", started, OCPP_MEMBER_DATE_TIME),
    OPTIONAL(transaction_record, "ended", ended, OCPP_MEMBER_DATE_TIME),
    OPTIONAL(transaction_record, "meterStart", meter_start_wh, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "meterStartTime", meter_start_time, OCPP_MEMBER_DATE_TIME),
    OPTIONAL(transaction_record, "meterLast", meter_last_wh, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "meterLastTime", meter_last_time, OCPP_MEMBER_DATE_TIME),
    TEXT(transaction_record, "reason", reason, 0),
    INTEGER(transaction_record, "chargingState", charging_state),
    OPTIONAL(transaction_record, "remoteStartId", remote_start_id, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "seqNo", seq_no, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "seqFirst", seq_first, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "seqFloor", seq_floor, OCPP_MEMBER_INTEGER),
    TEXT(transaction_record, "seqMissing", seq_missing, 0),
    OPTIONAL(transaction_record, "seqSeen", seq_seen, OCPP_MEMBER_INTEGER),
    FLAG(transaction_record, "startTold", start_told),
    FLAG(transaction_record, "endTold", end_told),
    FLAG(transaction_record, "offline", offline),
    ROW(transaction_record, "numberUsed", number_used, OCPP_MEMBER_BOOLEAN, 0),
    OPTIONAL(transaction_record, "toldStart", told_start, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "startPrint", start_print, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "endPrint", end_print, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "newest", newest, OCPP_MEMBER_DATE_TIME),
    BESIDE(transaction_record, "newestPrint", newest_print, has_newest, OCPP_MEMBER_INTEGER),
    BESIDE(transaction_record, "newestSeq", newest_seq, has_newest, OCPP_MEMBER_INTEGER),
    OPTIONAL(transaction_record, "superseded", superseded, OCPP_MEMBER_DATE_TIME),
    TEXT(transaction_record, "group", group, 0),
    ROW(transaction_record, "anomalies", anomalies, OCPP_MEMBER_INTEGER, 0),
};

static const struct ocpp_member remote_start_members[] = {
    INTEGER(remote_start_record, "evse", evse),
    TEXT(remote_start_record, "token", token, OCPP_MEMBER_REQUIRED),
    OPTIONAL(remote_start_record, "given", given, OCPP_MEMBER_DATE_TIME),
};
/* clang-format on */

const struct ocpp_type remote_start_record_type = { "RemoteStartRecord", remote_start_members,
                                                    sizeof remote_start_members / sizeof remote_start_members[0],
                                                    sizeof(struct remote_start_record) };
const struct ocpp_type station_record_type = { "StationRecord", station_members,
                                               sizeof station_members / sizeof station_members[0],
                                               sizeof(struct station_record) };
const struct ocpp_type transaction_record_type = { "TransactionRecord", transaction_members,
                                                   sizeof transaction_members / sizeof transaction_members[0],
                                                   sizeof(struct transaction_record) };

/* --- keys ---------------------------------------------------------------------------------------------------------------- */

static void key_of(char key[OCPP_KEY_SIZE], const char *family, const char *identity)
{
    int size = snprintf(key, OCPP_KEY_SIZE, "%s/%s", family, identity);

    ocpp_require(size > 0 && size < OCPP_KEY_SIZE);
    (void)size;
}

void station_key(char key[OCPP_KEY_SIZE], const char *identity)
{
    key_of(key, "station", identity);
}

void security_key(char key[OCPP_KEY_SIZE], const char *identity)
{
    key_of(key, "security", identity);
}

void number_key(char key[OCPP_KEY_SIZE], int shard)
{
    (void)snprintf(key, OCPP_KEY_SIZE, "number/%d", shard);
}

enum ocpp_status record_key(char key[OCPP_KEY_SIZE], const char *family, const char *identity, const char *rest)
{
    const char *const parts[] = { family, "/", identity, "/", rest };
    size_t used = 0;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const size_t size = strlen(parts[i]);
        if (size >= OCPP_KEY_SIZE - used) {
            return OCPP_ERR_LIMIT;
        }
        memcpy(key + used, parts[i], size);
        used += size;
    }
    key[used] = '\0';
    return OCPP_OK;
}

enum ocpp_status transaction_id_key(char key[OCPP_KEY_SIZE], const char *identity, bool numbered, const char *id)
{
    char rest[OCPP_KEY_SIZE];
    const size_t size = strlen(id);

    if (size + 2 > sizeof rest) {
        return OCPP_ERR_LIMIT;
    }
    rest[0] = numbered ? 'n' : 't';
    memcpy(rest + 1, id, size + 1);
    return record_key(key, "txid", identity, rest);
}

static const char digits[] = "0123456789abcdef";

void ordinal_format(uint64_t ordinal, char text[ORDINAL_SIZE])
{
    for (int i = ORDINAL_SIZE - 2; i >= 0; i--) {
        text[i] = digits[ordinal & 15];
        ordinal >>= 4;
    }
    text[ORDINAL_SIZE - 1] = '\0';
}

uint64_t ordinal_parse(const char *text, size_t size)
{
    uint64_t ordinal = 0;

    for (size_t i = 0; i < size && i < ORDINAL_SIZE - 1; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (!digit) {
            return 0;
        }
        ordinal = ordinal << 4 | (uint64_t)(digit - digits);
    }
    return ordinal;
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

struct reading {
    const struct ocpp_type *type;
    struct ocpp_arena *arena;
    void *record;
    enum ocpp_status status;
};

static bool read_record(const char *key, const void *value, size_t size, void *user)
{
    struct reading *reading = user;
    const void *message;

    (void)key;
    reading->status = ocpp_message_decode(reading->type, value, size, NULL, NULL, reading->arena, &message, NULL);
    if (reading->status == OCPP_OK) {
        memcpy(reading->record, message, reading->type->size);
    }
    return false;
}

enum ocpp_status record_read(struct ocpp_storage *storage, const char *key, const struct ocpp_type *type,
                             struct ocpp_arena *arena, void *record)
{
    struct reading reading = { type, arena, record, OCPP_ERR_NOT_FOUND };
    enum ocpp_status status = storage->read(key, read_record, &reading, storage->user);

    if (status != OCPP_OK) {
        return status;
    }
    return ocpp_status_class_of(reading.status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_CORRUPT : reading.status;
}

static bool read_ordinal(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    *(uint64_t *)user = size == ORDINAL_SIZE - 1 ? ordinal_parse(value, size) : 0;
    return false;
}

enum ocpp_status ordinal_read(struct ocpp_storage *storage, const char *key, uint64_t *ordinal)
{
    enum ocpp_status status;

    *ordinal = 0;
    status = storage->read(key, read_ordinal, ordinal, storage->user);
    return status == OCPP_OK && *ordinal == 0 ? OCPP_ERR_CORRUPT : status; /* they count from 1 */
}

bool record_compare_visit(const char *key, const void *value, size_t size, void *user)
{
    struct record_compare *compare = user;

    (void)key;
    compare->equal = size == compare->size && memcmp(value, compare->value, size) == 0;
    return false;
}

/* --- what follows from a record ----------------------------------------------------------------------------------------- */

void record_sequence(const struct transaction_record *record, struct sequence *sequence)
{
    if (record->has_seq_seen && record->has_seq_no) {
        sequence_of_bits(sequence, record->seq_no, record->seq_seen);
        return;
    }
    *sequence = (struct sequence){
        .any = record->has_seq_no,
        .first = record->has_seq_first ? record->seq_first : record->seq_no,
        .last = record->seq_no,
        .has_floor = record->has_seq_floor,
        .floor = record->seq_floor,
    };
    if (record->seq_missing && !sequence_parse(sequence, record->seq_missing)) {
        sequence->count = 0;
    }
}

void record_keep_sequence(struct transaction_record *record, const struct sequence *sequence, char *text)
{
    sequence_format(sequence, text);
    record->has_seq_no = sequence->any;
    record->seq_no = sequence->last;
    record->has_seq_first = sequence->any && sequence->first != sequence->last;
    record->seq_first = sequence->first;
    record->has_seq_floor = sequence->has_floor;
    record->seq_floor = sequence->floor;
    record->seq_missing = text[0] ? text : NULL;
    record->has_seq_seen = false;
}

/* A numbered start sets both readings; in 2.x one sample is both. */
static bool has_two_readings(const struct transaction_record *record)
{
    const bool is_one = record->has_meter_start_time && record->has_meter_last_time &&
                        record->meter_start_time == record->meter_last_time && record->meter_start_wh == record->meter_last_wh;

    return record->has_meter_start_wh && record->has_meter_last_wh && !is_one;
}

static uint32_t bit_if(bool is_so, enum ocpp_anomaly anomaly)
{
    return is_so ? (uint32_t)anomaly : 0;
}

static uint32_t anomalies_of(const struct transaction_record *record, int64_t missing)
{
    return (uint32_t)record->anomalies | bit_if(missing > 0, OCPP_ANOMALY_GAP) |
           bit_if(!record->start_told, OCPP_ANOMALY_NO_START) |
           bit_if(!record->end_told && record->has_superseded, OCPP_ANOMALY_SUPERSEDED) |
           bit_if(record->end_told && !has_two_readings(record), OCPP_ANOMALY_NO_METER);
}

static int64_t missing_of(const struct transaction_record *record)
{
    struct sequence sequence;

    record_sequence(record, &sequence);
    return sequence_missing(&sequence);
}

uint32_t transaction_anomalies(const struct transaction_record *record)
{
    return anomalies_of(record, missing_of(record));
}

/* --- the public view ------------------------------------------------------------------------------------------------------ */

void transaction_show(const struct transaction_record *record, const char *identity, struct ocpp_transaction *transaction)
{
    const int64_t missing = missing_of(record);

    *transaction = (struct ocpp_transaction){
        .identity = identity,
        .id = record->id,
        .version = ocpp_version_of(record->version),
        .evse = (int)record->evse,
        .connector = (int)record->connector,
        .token = record->token ? record->token : "",
        .token_type = record->token_type ? ocpp_token_type_of(record->token_type) : OCPP_TOKEN_UNKNOWN,
        .started_utc_ms = record->has_started ? record->started : OCPP_UTC_UNKNOWN,
        .ended_utc_ms = record->has_ended ? record->ended : OCPP_UTC_UNKNOWN,
        .has_meter_start = record->has_meter_start_wh,
        .meter_start_wh = record->meter_start_wh,
        .has_meter_last = record->has_meter_last_wh,
        .meter_last_wh = record->meter_last_wh,
        .reason = record->reason ? ocpp_stop_reason_of(record->reason) : OCPP_STOP_UNKNOWN,
        .charging_state = (enum ocpp_charging_state)record->charging_state,
        .remote_start_id = record->has_remote_start_id ? record->remote_start_id : 0,
        .last_seq_no = record->has_seq_no ? record->seq_no : -1,
        .ended = record->end_told,
        .offline = record->offline,
        .anomalies = anomalies_of(record, missing),
        .missing_events = missing,
    };
}

const char *ocpp_anomaly_name(uint32_t bit)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        { OCPP_ANOMALY_GAP, "Gap" },
        { OCPP_ANOMALY_NO_START, "NoStart" },
        { OCPP_ANOMALY_SUPERSEDED, "Superseded" },
        { OCPP_ANOMALY_NO_METER, "NoMeter" },
        { OCPP_ANOMALY_METER_FELL, "MeterFell" },
        { OCPP_ANOMALY_METER_JUMPED, "MeterJumped" },
        { OCPP_ANOMALY_METER_PLACEHOLDER, "MeterPlaceholder" },
        { OCPP_ANOMALY_CLOCK, "Clock" },
        { OCPP_ANOMALY_OVERLAP, "Overlap" },
        { OCPP_ANOMALY_SECOND_START, "SecondStart" },
        { OCPP_ANOMALY_SECOND_END, "SecondEnd" },
        { OCPP_ANOMALY_NUMBER_REUSED, "NumberReused" },
        { OCPP_ANOMALY_ID_REUSED, "IdReused" },
        { OCPP_ANOMALY_GUESSED, "Guessed" },
        { OCPP_ANOMALY_OTHER_TOKEN, "OtherToken" },
        { OCPP_ANOMALY_TOKEN_REFUSED, "TokenRefused" },
        { OCPP_ANOMALY_AFTER_END, "AfterEnd" },
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].bit == bit) {
            return names[i].name;
        }
    }
    return NULL;
}
