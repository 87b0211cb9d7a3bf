/* store_meter.c: each write that is not durable yet has a slot; slots are made as they are needed and used again. */
#include "store_meter.h"

#include <stdlib.h>

struct pending_write {
    struct pending_write *next; /* of those that are free */
    struct store_meter *meter;
    void (*done)(enum ocpp_status status, void *user);
    void *user;
    int64_t since_us;
};

struct store_meter {
    struct ocpp_storage face;
    struct ocpp_storage *inner;
    struct store_counters *counters;
    struct pending_write *spare;
};

static enum ocpp_status meter_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                   void *visit_user, void *user)
{
    struct store_meter *meter = user;

    metrics_add(&meter->counters->reads, 1);
    return meter->inner->read(key, visit, visit_user, meter->inner->user);
}

static enum ocpp_status meter_each(const char *prefix, const char *from,
                                   bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                   void *user)
{
    struct store_meter *meter = user;

    metrics_add(&meter->counters->reads, 1);
    return meter->inner->each(prefix, from, visit, visit_user, meter->inner->user);
}

static struct pending_write *take_slot(struct store_meter *meter)
{
    struct pending_write *slot = meter->spare;

    if (slot) {
        meter->spare = slot->next;
        return slot;
    }
    return malloc(sizeof *slot);
}

static void give_back(struct store_meter *meter, struct pending_write *slot)
{
    slot->next = meter->spare;
    meter->spare = slot;
}

/* The slot is free before |done| runs, which may write again. */
static void on_done(enum ocpp_status status, void *user)
{
    struct pending_write slot = *(struct pending_write *)user;
    struct store_counters *counters = slot.meter->counters;

    give_back(slot.meter, user);
    metrics_add(&counters->pending, UINT64_MAX);
    metrics_add(&counters->failed, status != OCPP_OK);
    metrics_observe(&counters->durable, metrics_now_us() - slot.since_us);
    if (slot.done) {
        slot.done(status, slot.user);
    }
}

static void count_write(struct store_counters *counters, const struct ocpp_change *changes, size_t count)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        bytes += changes[i].size;
    }
    metrics_add(&counters->writes, 1);
    metrics_add(&counters->changes, count);
    metrics_add(&counters->bytes, bytes);
}

static enum ocpp_status meter_write(const struct ocpp_change *changes, size_t count,
                                    void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct store_meter *meter = user;
    struct pending_write *slot = take_slot(meter);
    enum ocpp_status status;

    if (!slot) {
        metrics_add(&meter->counters->refused, 1);
        return OCPP_ERR_NOMEM;
    }
    *slot = (struct pending_write){ .meter = meter, .done = done, .user = done_user, .since_us = metrics_now_us() };
    metrics_add(&meter->counters->pending, 1);
    status = meter->inner->write(changes, count, on_done, slot, meter->inner->user);
    if (status == OCPP_OK) {
        count_write(meter->counters, changes, count);
        return OCPP_OK;
    }
    metrics_add(&meter->counters->pending, UINT64_MAX);
    metrics_add(&meter->counters->refused, 1);
    give_back(meter, slot);
    return status;
}

static void meter_flush(void *user)
{
    struct store_meter *meter = user;

    metrics_add(&meter->counters->flushes, atomic_load_explicit(&meter->counters->pending.value, memory_order_relaxed) > 0);
    meter->inner->flush(meter->inner->user);
}

struct store_meter *store_meter_new(struct ocpp_storage *inner, struct store_counters *counters)
{
    struct store_meter *meter = calloc(1, sizeof *meter);

    if (!meter) {
        return NULL;
    }
    meter->inner = inner;
    meter->counters = counters;
    meter->face = (struct ocpp_storage){ .read = meter_read,
                                         .each = meter_each,
                                         .write = meter_write,
                                         .flush = inner->flush ? meter_flush : NULL,
                                         .max_value_bytes = inner->max_value_bytes,
                                         .user = meter };
    return meter;
}

void store_meter_free(struct store_meter *meter)
{
    while (meter && meter->spare) {
        struct pending_write *slot = meter->spare;
        meter->spare = slot->next;
        free(slot);
    }
    free(meter);
}

struct ocpp_storage *store_meter_face(struct store_meter *meter)
{
    return &meter->face;
}
