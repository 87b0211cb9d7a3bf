/* metering.h: meters, what is read from them, and when.
 *
 * Every EVSE has a place for its meter, and the station one for its main meter (number 0). A reading is filtered once, when it is
 * taken, and goes its way: into a fact of the transaction (recording.c), into the account that the end of the transaction gives
 * (transaction_data.c), or into a fact of its own where no transaction runs (aligned.c).
 */
#ifndef OCPP_LIB_CHARGE_POINT_METERING_H
#define OCPP_LIB_CHARGE_POINT_METERING_H

#include "changes.h"
#include "facts.h"
#include "measurand_lists.h"
#include "variables.h"

struct evse;
struct ocpp_charge_point;

#define EVERY_MEASURAND INT64_MAX

enum {
    MOST_SIGNED = 8,           /* signed samples of one reading */
    MOST_SIGNED_BYTES = 16000, /* texts of all of them */
    SIGNED_CHUNK = 4000,       /* bytes of them under one key: no more than a fact has */
    CLOCK_LATE_MS = 10000,     /* a reading due by the clock is taken this late at most … */
    CLOCK_SNAP_MS = 1000       /* … and counts as taken in time up to here */
};

/* Who sends an account at the end of a transaction, and what is in it: a family of versions has its own rules for both. */
enum data_source { DATA_STOP_SAMPLED, DATA_END_SAMPLED, DATA_STOP_ALIGNED, DATA_END_ALIGNED, DATA_SOURCE_COUNT };

/* One of these series while it is collected. Samples are counted from 1; those whose number |stride| divides are kept. */
struct data_series {
    uint32_t taken;
    uint32_t stride;
    int64_t due_mono_ms; /* of the sampled ones; OCPP_NEVER */
    bool clock_due;      /* of the clock-aligned ones, at struct meter's |clock_at| */
};

/* The clock's grid: the next point of it, and when the last one was met. */
struct clock_grid {
    int64_t next_utc_ms; /* OCPP_UTC_UNKNOWN */
    int64_t last_mono_ms;
};

enum clock_grid_use { GRID_SENT, GRID_AT_END, GRID_COUNT };

/* A reading that firmware pushed: it counts while it is fresh. */
struct pushed_reading {
    struct reading reading; /* its signed values are in |texts| */
    size_t texts_size;
    uint8_t *texts;
};

enum meter_write { METER_WRITES_NOTHING, METER_WRITES_READING, METER_WRITES_DATA };

/* The meter of an EVSE, or the main one. */
struct meter {
    int evse; /* 0: the main meter */
    bool is_silent;
    bool reading_triggered; /* the central system asked for a reading */
    bool has_power;         /* it told the power: … */
    struct ocpp_decimal power_w;
    int64_t power_mono_ms; /* … then */
    bool has_fallen;       /* both as last said in the log */
    bool is_awaited;       /* a start or an end waits for it */
    bool begun;            /* its transaction has just begun: the reading behind the start is to come */
    bool resumed;          /* its transaction was interrupted by a power cut; the reading at the end of that is to come */
    bool clock_due;        /* a reading by the clock, at |clock_at| */
    struct moment clock_at;
    struct pushed_reading *pushed; /* NULL: readings are not pushed */
    enum meter_write writing;
    struct queued added;
    struct write_slot slot;
    /* the account of the transaction that runs (transaction_data.c) */
    uint8_t data_uuid[UUID_BYTES]; /* of the transaction that the rest is about */
    struct data_series series[DATA_SOURCE_COUNT];
    struct moment data_at; /* of the clock-aligned ones that are due */
    uint32_t *kept;        /* slots */
    int data_slot;         /* being written; … */
    uint32_t data_before;  /* … what was in it */
};

/* --- metering.c: one reading -------------------------------------------------------------------------------------------------
 */

/* What a reading is for decides which measurands stay in it and whether they stay signed. */
enum reading_use {
    USE_STARTED, /* the message that tells the start */
    USE_BEGUN,   /* the one behind it, where the start itself has no room for readings */
    USE_SAMPLED, /* a message on the way */
    USE_CLOCK,   /* the same, due by the clock; with and without a transaction */
    USE_TRIGGERED,
    USE_RESUMED, /* when a transaction goes on after the power was gone */
    USE_ENDS,    /* the first and the last reading of the account at the end */
    USE_COUNT
};

/* ocpp_cp_read_meter: fills |reading| with what the meter shows, or with what was pushed lately, or leaves it empty; notes the
 * register. A register below what the running transaction has seen is left out. It calls the firmware. */
void ocpp_cp_read_meter(struct ocpp_charge_point *cp, int evse, enum ocpp_reading_context context, struct reading *reading);

/* ocpp_cp_reading_at: |reading| belongs to what happened at |when|; one that was pushed longer ago keeps its own moment. */
void ocpp_cp_reading_at(struct reading *reading, const struct moment *when);
/* ocpp_cp_reading_for: leaves in |reading| what |use| asks for. ocpp_cp_reading_keep: the |wanted| measurands only;
 * _unsign: without signed values. */
void ocpp_cp_reading_for(const struct ocpp_charge_point *cp, enum reading_use use, struct reading *reading);
void ocpp_cp_reading_keep(struct reading *reading, const struct measurands *wanted);
void ocpp_cp_reading_unsign(struct reading *reading);

/* ocpp_cp_look_at_meters: once, when the station wakes: what the meters show before anything is metered. */
void ocpp_cp_look_at_meters(struct ocpp_charge_point *cp);
/* ocpp_cp_awaits_meter: |reading| of a start or an end is without a register, and there is still time to wait for one, counted
 * from |since|: the EVSE's retry is set then. */
bool ocpp_cp_awaits_meter(struct ocpp_charge_point *cp, struct evse *evse, const struct reading *reading,
                          const struct moment *since);

/* ocpp_cp_meter_interval: an interval in ms; 0 when it is switched off. */
int64_t ocpp_cp_meter_interval(const struct ocpp_charge_point *cp, enum variable variable);

/* ocpp_cp_take_meters: the memory of all meters; false without it. _free. */
bool ocpp_cp_take_meters(struct ocpp_charge_point *cp);
void ocpp_cp_free_meters(struct ocpp_charge_point *cp);

bool ocpp_cp_send_reading(struct ocpp_charge_point *cp);
void ocpp_cp_reading_answered(struct ocpp_charge_point *cp);

/* --- samples.c: when a transaction is sampled ---------------------------------------------------------------------------------
 */

/* ocpp_cp_grid_next: the first of from + n * interval behind |now|; OCPP_NEVER without an interval. */
int64_t ocpp_cp_grid_next(int64_t from_ms, int64_t now_ms, int64_t interval_ms);
/* ocpp_cp_schedule_samples: everything that is sampled in a transaction, counted from its start. */
void ocpp_cp_schedule_samples(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_record_samples: records what is due now, one reading at most. */
void ocpp_cp_record_samples(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_metering_changed: a setting of metering has another value. */
void ocpp_cp_metering_changed(struct ocpp_charge_point *cp);

/* --- aligned.c: the clock's grid, and readings outside of transactions ---------------------------------------------------------
 */

/* ocpp_cp_clock_point: the last point of the grid at or before |utc_ms|; the grid starts anew at each midnight of a day that is
 * |offset_ms| ahead of UTC. ocpp_cp_clock_point_after: the first one behind it. */
int64_t ocpp_cp_clock_point(int64_t utc_ms, int64_t offset_ms, int64_t interval_ms);
int64_t ocpp_cp_clock_point_after(int64_t utc_ms, int64_t offset_ms, int64_t interval_ms);
/* ocpp_cp_clock_moment: when a reading that was due at |due| is taken now; false: it is too late for it. */
bool ocpp_cp_clock_moment(const struct ocpp_charge_point *cp, const struct moment *due, struct moment *when);
/* ocpp_cp_align: notes what the clock makes due. ocpp_cp_meter_work: records what is due at a place without a transaction and
 * for the account of one. */
void ocpp_cp_align(struct ocpp_charge_point *cp);
void ocpp_cp_meter_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_meter_deadline(const struct ocpp_charge_point *cp);

/* --- transaction_data.c: the account at the end of a transaction
 * ----------------------------------------------------------------- */

/* ocpp_cp_data_family_of: of the versions that will take the end of the transaction, as far as anybody can say. */
enum family ocpp_cp_data_family_of(const struct ocpp_charge_point *cp, const struct evse *evse);
/* ocpp_cp_data_wanted: the measurands that the first and the last reading of the account have. */
struct measurands ocpp_cp_data_wanted(const struct ocpp_charge_point *cp, enum family family);
/* ocpp_cp_data_schedule: from now on, counted from |from_mono_ms|. _clock_due: a point of |grid| was met. */
void ocpp_cp_data_schedule(struct ocpp_charge_point *cp, struct evse *evse, int64_t from_mono_ms);
void ocpp_cp_data_clock_due(struct ocpp_charge_point *cp, struct evse *evse, enum clock_grid_use grid);
/* ocpp_cp_data_keep: keeps one sample that is due, if any. _ended: the write of one has ended. */
void ocpp_cp_data_keep(struct ocpp_charge_point *cp, struct evse *evse);
void ocpp_cp_data_ended(struct ocpp_charge_point *cp, int evse, enum ocpp_status status);
int64_t ocpp_cp_data_deadline(const struct ocpp_charge_point *cp, const struct evse *evse);
/* ocpp_cp_data_begin: adds the first reading, in cp->scratch, to the write that opens the transaction; its bytes go behind |used|
 * of cp->bytes. */
enum ocpp_status ocpp_cp_data_begin(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], struct changes *changes,
                                    size_t used);
/* ocpp_cp_data_prefix: of everything that is kept of a transaction. _key: of one record; slot -1 is the first reading. _slot: the
 * other way, -2 for a key of another kind; false in |is_record|: the key is of something beside that record. _family: of the
 * versions that a series is for. */
void ocpp_cp_data_prefix(const uint8_t uuid[UUID_BYTES], char key[OCPP_KEY_SIZE]);
void ocpp_cp_data_key(const uint8_t uuid[UUID_BYTES], int slot, char key[OCPP_KEY_SIZE]);
int ocpp_cp_data_slot(const char *key, bool *is_record);
enum family ocpp_cp_data_family(int source);

/* --- account.c: the account as it is told
 * ------------------------------------------------------------------------------------------ */

/* The account: what fits into a message, in the order of time. Lives in cp->arena; nothing else may use
 * cp->scratch meanwhile. */
struct account_line {
    int64_t at_utc_ms;
    size_t bytes; /* about what it takes in a message */
    int32_t slot; /* SLOT_BEGIN, SLOT_OLD_BEGIN, or that of a sample */
};

enum { SLOT_BEGIN = -1, SLOT_OLD_BEGIN = -3 };

struct account {
    struct ocpp_charge_point *cp;
    const struct fact *fact;
    const struct told *told;
    enum family family;
    struct account_line *lines;
    size_t count;
    size_t room;
    size_t next;
};

/* ocpp_cp_account_open: the account of the transaction that |fact| ends, for a version of |family|; how many readings it has.
 * |told|, how far it was told, is for a family that tells one session as several transactions: only what was read during this
 * one counts.
 * _next: the next one, its signed values in the arena; NULL behind the last. */
size_t ocpp_cp_account_open(struct ocpp_charge_point *cp, const struct fact *fact, const struct told *told, enum family family,
                            struct account *account);
struct reading *ocpp_cp_account_next(struct account *account);

/* --- first_release.c
 * --------------------------------------------------------------------------------------------------------------- */

/* ocpp_cp_adopt_begin: a transaction that began under the first release gets its first reading where it belongs. _old_begin: the
 * one in the last fact of such a transaction, which is at the head of the queue; false: it has none. */
enum ocpp_status ocpp_cp_adopt_begin(struct ocpp_charge_point *cp, const struct evse *evse);
bool ocpp_cp_old_begin(struct ocpp_charge_point *cp, struct reading *begin);

/* --- signed_values.c: what meters signed, beside the records
 * -------------------------------------------------------------------- */

/* ocpp_cp_signed_check: leaves out signed values that are too long for any message, or for the station. */
void ocpp_cp_signed_check(struct ocpp_charge_point *cp, int evse, struct reading *reading);
/* ocpp_cp_signed_pack: the signed values of |reading| as bytes; 0: it has none. _unpack: the other way; the texts stay in
 * |bytes|, |values| has room for MOST_SIGNED. */
size_t ocpp_cp_signed_pack(const struct reading *reading, uint8_t *bytes, size_t room);
bool ocpp_cp_signed_unpack(struct reading *reading, const uint8_t *bytes, size_t size, struct ocpp_signed_value *values);
/* ocpp_cp_signed_put: adds those of |reading| under "<prefix>/…" to a write. */
enum ocpp_status ocpp_cp_signed_put(struct ocpp_charge_point *cp, const struct reading *reading, const char *prefix,
                                    struct changes *changes);
/* ocpp_cp_signed_load: gives |reading| what is kept under "<prefix>/…", in the arena. */
void ocpp_cp_signed_load(struct ocpp_charge_point *cp, const char *prefix, struct reading *reading);
/* ocpp_cp_signed_prefix: of a fact in the queue. _drop: deletes what is kept for one. _of_head: loads those of the fact that is
 * being told. */
void ocpp_cp_signed_prefix(int64_t number, char key[OCPP_KEY_SIZE]);
void ocpp_cp_signed_drop(const struct ocpp_charge_point *cp, int64_t number, struct changes *changes);
void ocpp_cp_signed_of_head(struct ocpp_charge_point *cp);

/* How public keys travel: not, with the first signed value of a transaction, with each. */
struct key_rule {
    bool gives;
    bool once;
};

struct key_rule ocpp_cp_key_rule(const struct ocpp_charge_point *cp, const struct told *told);
/* ocpp_cp_key_of: the public key to tell with |value|: its own or "". */
const char *ocpp_cp_key_of(struct ocpp_charge_point *cp, const struct ocpp_signed_value *value, struct key_rule *rule);

#endif
