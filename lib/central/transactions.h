/* transactions.h: what the files about transactions share: the work on one request, finding its record, applying what a station
 * told to it. */
#ifndef OCPP_CENTRAL_TRANSACTION_WORK_H
#define OCPP_CENTRAL_TRANSACTION_WORK_H

#include "central_internal.h"
#include "records.h"

/* What stands in the pending's arena while the request waits. */
struct work {
    struct transaction_facts facts;
    struct transaction_record record;
    const char *identity;
    uint64_t ordinal; /* 0: no record yet */
    bool fresh;       /* the record is made by this request */
    bool news;        /* the application is to be told */
    bool odd;         /* of anomalies alone */
    int64_t tied;     /* the order to start that this request answers; 0: none */
    bool unrecorded;  /* samples of a transaction nobody knows: told as plain samples */
    bool indexed;     /* its id leads to the record already */
    bool guessed;     /* the record was found by what a stop without number says beside it */
    uint32_t new_anomalies;
    int64_t placed_evse; /* of the record before this request; 0: none */
    bool was_superseded; /* likewise */
    struct {
        uint64_t ordinal; /* of the open transaction this one succeeds at its EVSE; 0: none */
        struct transaction_record record;
    } older;
    void (*answer)(struct pending *pending);
};

/* transaction_find: loads the record |work| is about. Errors: OCPP_ERR_NOT_FOUND there is none; those of the store. */
enum ocpp_status transaction_find(struct pending *pending, struct work *work);

/* transaction_recent.c: what the store says of the transaction a station spoke of last. transaction_recall: the record of the
 * transaction that |work| names; false: the store has to be asked. transaction_forget: before records of the station are written;
 * transaction_remember: once they are durable. */
bool transaction_recall(struct pending *pending, struct work *work);
void transaction_forget(struct ocpp_station *station);
void transaction_remember(struct ocpp_station *station, const struct work *work);

/* transaction_start_key: where a numbered start is found again. Errors: OCPP_ERR_LIMIT. */
enum ocpp_status transaction_start_key(char key[OCPP_KEY_SIZE], const struct work *work);

/* transaction_last_ordinal: of the newest record of a station, 0 when there is none. Errors: those of the store. */
enum ocpp_status transaction_last_ordinal(struct ocpp_central *central, const char *identity, uint64_t *ordinal);

/* transaction_take: writes |facts| into |record|, whose texts are borrowed from the facts or stand in |arena|. NOTHING_NEW: they
 * repeat what was told, and nothing changed; NEWS; ODD: what they repeat they repeat with other content, which changed the
 * anomalies alone; NO_ROOM: no memory, and the record is not to be used. */
enum transaction_outcome { TRANSACTION_NOTHING_NEW, TRANSACTION_NEWS, TRANSACTION_ODD, TRANSACTION_NO_ROOM };

enum transaction_outcome transaction_take(struct transaction_record *record, const struct transaction_facts *facts,
                                          const struct ocpp_central *central, struct ocpp_arena *arena);

/* transaction_repeats.c: whether |facts| repeat what the record has; notes their number and prints where they do not. */
enum transaction_repeat {
    REPEAT_NONE,   /* they are new */
    REPEAT_EXACT,  /* they were told before */
    REPEAT_DIFFERS /* such a start, or such an end, was told before with other content */
};

enum transaction_repeat transaction_repeat(struct transaction_record *record, const struct transaction_facts *facts,
                                           int64_t order_ms, char *numbers);

/* transaction_readings.c: the registers among |facts|. */
void transaction_read_meter(struct transaction_record *record, const struct transaction_facts *facts,
                            const struct ocpp_central *central);

/* transaction_is_register: what a transaction is measured by: all phases together, imported. */
bool transaction_is_register(const struct ocpp_meter_sample *sample);

/* transaction_is_reading: a register as a meter can show it, as opposed to the -1 of a station that has none. */
bool transaction_is_reading(int64_t wh);

/* transaction_order_time: when something dated |utc_ms| happened, for ordering: a date that cannot be counts as now. */
int64_t transaction_order_time(int64_t utc_ms, const struct ocpp_central *central);
bool transaction_is_odd_date(int64_t utc_ms, const struct ocpp_central *central);

/* transaction_succession.c: two transactions at one EVSE. Finds the open one that |work|'s succeeds and marks it; or marks
 * |work|'s own when it turns out to be the older one. Errors: those of the store. */
enum ocpp_status transaction_succeed(struct pending *pending, struct work *work);

/* transaction_open_value: what stands at open/<identity>/<ordinal>. */
enum { OPEN_VALUE_SIZE = 16 };
void transaction_open_value(const struct transaction_record *record, char text[OPEN_VALUE_SIZE]);

/* transaction_load: the record |ordinal| of work->identity into |work|. Errors: those of the store. */
enum ocpp_status transaction_load(struct pending *pending, struct work *work, uint64_t ordinal);

/* transaction_open_from: the ordinal from which on open transactions are looked at: a station has few connectors, and one that
 * leaves a trail of open starts behind is not to make every message dearer. */
uint64_t transaction_open_from(uint64_t last);

#endif
