/* curves.c: points of transactions, in a table of slots that are used in turn. */
#include "curves.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    char identity[OCPP_IDENTITY_SIZE];
    char id[CURVE_ID_SIZE];
    uint64_t print;
    struct slot *same; /* the next of the same bucket */
    struct curve curve;
};

struct curves {
    pthread_mutex_t lock;
    struct slot *slots[CURVES_MAX];   /* NULL: never used */
    struct slot *buckets[CURVES_MAX]; /* by print */
    size_t next;                      /* whose turn it is to go */
};

struct curves *curves_new(void)
{
    struct curves *curves = calloc(1, sizeof *curves);

    if (curves) {
        pthread_mutex_init(&curves->lock, NULL);
    }
    return curves;
}

void curves_free(struct curves *curves)
{
    if (!curves) {
        return;
    }
    for (size_t i = 0; i < CURVES_MAX; i++) {
        free(curves->slots[i]);
    }
    pthread_mutex_destroy(&curves->lock);
    free(curves);
}

/* --- finding, under the lock ------------------------------------------------------------------------------------------------ */

static uint64_t print_of(const char *identity, const char *id) /* FNV-1a */
{
    uint64_t print = UINT64_C(14695981039346656037);

    for (const char *c = identity; *c; c++) {
        print = (print ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    for (const char *c = id; *c; c++) {
        print = (print ^ (unsigned char)*c) * UINT64_C(1099511628211);
    }
    return print;
}

static struct slot *find(const struct curves *curves, const char *identity, const char *id)
{
    const uint64_t print = print_of(identity, id);

    for (struct slot *slot = curves->buckets[print % CURVES_MAX]; slot; slot = slot->same) {
        if (slot->print == print && strcmp(slot->identity, identity) == 0 && strcmp(slot->id, id) == 0) {
            return slot;
        }
    }
    return NULL;
}

static void leave_bucket(struct curves *curves, const struct slot *slot)
{
    struct slot **place = &curves->buckets[slot->print % CURVES_MAX];

    while (*place != slot) {
        place = &(*place)->same;
    }
    *place = slot->same;
}

/* A slot for a transaction that has none. */
static struct slot *begin(struct curves *curves, const char *identity, const char *id)
{
    struct slot **turn = &curves->slots[curves->next];
    struct slot *slot = *turn;

    if (strlen(identity) >= OCPP_IDENTITY_SIZE || strlen(id) >= CURVE_ID_SIZE) {
        return NULL;
    }
    if (slot) {
        leave_bucket(curves, slot);
    } else {
        slot = *turn = malloc(sizeof *slot);
        if (!slot) {
            return NULL;
        }
    }
    curves->next = (curves->next + 1) % CURVES_MAX;
    memset(slot, 0, sizeof *slot);
    memcpy(slot->identity, identity, strlen(identity) + 1);
    memcpy(slot->id, id, strlen(id) + 1);
    slot->print = print_of(identity, id);
    slot->same = curves->buckets[slot->print % CURVES_MAX];
    curves->buckets[slot->print % CURVES_MAX] = slot;
    return slot;
}

/* --- points ------------------------------------------------------------------------------------------------------------------
 */

/* Every second point goes; the first and the last stay. */
static void thin(struct curve *curve)
{
    size_t kept = 0;

    for (size_t i = 0; i + 1 < curve->count; i += 2) {
        curve->points[kept++] = curve->points[i];
    }
    curve->points[kept++] = curve->points[curve->count - 1];
    curve->count = kept;
    curve->thinned = true;
}

/* The point of that time; a new one goes where its time is. */
static struct curve_point *point_at(struct curve *curve, int64_t utc_ms)
{
    size_t place = curve->count;

    while (place > 0 && curve->points[place - 1].utc_ms > utc_ms) {
        place--;
    }
    if (place > 0 && curve->points[place - 1].utc_ms == utc_ms) {
        return &curve->points[place - 1];
    }
    if (curve->count == CURVE_POINTS) {
        thin(curve);
        return point_at(curve, utc_ms);
    }
    memmove(&curve->points[place + 1], &curve->points[place], (curve->count - place) * sizeof curve->points[0]);
    curve->points[place] = (struct curve_point){ .utc_ms = utc_ms };
    curve->count++;
    return &curve->points[place];
}

static bool reads(const struct ocpp_meter_sample *sample, int64_t minimum, int64_t maximum, int64_t *value)
{
    return sample->timestamp_utc_ms != OCPP_UTC_UNKNOWN && ocpp_decimal_to_integer(sample->sample.value, 0, value) == OCPP_OK &&
           *value >= minimum && *value <= maximum;
}

static void note_sample(struct curve *curve, const struct ocpp_meter_sample *sample)
{
    struct curve_point *point;
    int64_t value;

    if (sample->sample.phase != OCPP_PHASE_NONE) {
        return; /* of one phase: not the whole */
    }
    if (sample->sample.measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && reads(sample, 0, INT64_MAX, &value)) {
        point = point_at(curve, sample->timestamp_utc_ms);
        point->register_wh = value;
        point->has |= CURVE_HAS_ENERGY;
    } else if (sample->sample.measurand == OCPP_MEASURAND_POWER_ACTIVE_IMPORT && reads(sample, INT32_MIN, INT32_MAX, &value)) {
        point = point_at(curve, sample->timestamp_utc_ms);
        point->power_w = (int32_t)value;
        point->has |= CURVE_HAS_POWER;
    } else if (sample->sample.measurand == OCPP_MEASURAND_SOC && reads(sample, 0, 100, &value)) {
        point = point_at(curve, sample->timestamp_utc_ms);
        point->soc = (int8_t)value;
        point->has |= CURVE_HAS_SOC;
    }
}

/* meterStart and meterStop of 1.6 come without a sample. */
static void note_register(struct curve *curve, const struct ocpp_transaction_event *told)
{
    const bool is_end = told->phase == OCPP_TRANSACTION_ENDED;
    const int64_t utc_ms = is_end ? told->transaction->ended_utc_ms : told->transaction->started_utc_ms;

    if (told->has_register && utc_ms != OCPP_UTC_UNKNOWN) {
        struct curve_point *point = point_at(curve, utc_ms);
        point->register_wh = told->register_wh;
        point->has |= CURVE_HAS_ENERGY;
    }
}

void curves_note(struct curves *curves, const struct ocpp_transaction_event *told)
{
    const struct ocpp_transaction *transaction = told->transaction;
    struct slot *slot;

    if (told->sample_count == 0 && !told->has_register) {
        return;
    }
    pthread_mutex_lock(&curves->lock);
    slot = find(curves, transaction->identity, transaction->id);
    slot = slot ? slot : begin(curves, transaction->identity, transaction->id);
    if (slot) {
        note_register(&slot->curve, told);
        for (size_t i = 0; i < told->sample_count; i++) {
            note_sample(&slot->curve, &told->samples[i]);
        }
    }
    pthread_mutex_unlock(&curves->lock);
}

bool curves_copy(struct curves *curves, const char *identity, const char *id, struct curve *copy)
{
    const struct slot *slot;

    pthread_mutex_lock(&curves->lock);
    slot = find(curves, identity, id);
    if (slot) {
        *copy = slot->curve;
    }
    pthread_mutex_unlock(&curves->lock);
    return slot != NULL;
}
