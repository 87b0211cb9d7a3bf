/* resuming.c: transactions that ran when the power went, or the software stopped. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* Nobody knows what the latch did meanwhile: it is asked to open. */
static void ask_to_open(struct ocpp_charge_point *cp, int evse, int number)
{
    struct connector *connector = ocpp_cp_connector(cp, evse, number);
    if (connector != NULL) {
        connector->lock_wish = false;
        connector->lock_due = true;
    }
}

/* A record of a release that knew no points: vehicle and driver were both there, and either could end it. */
static void complete_old_record(struct transaction *transaction)
{
    if (transaction->start_points == 0) {
        transaction->start_points = 1 << TX_POINT_POWER_PATH_CLOSED;
        transaction->stop_points = 1 << TX_POINT_EV_CONNECTED | 1 << TX_POINT_AUTHORIZED;
        transaction->points = transaction->start_points | transaction->stop_points;
    }
}

/* How far the central system knows it. */
static void load_told(const struct ocpp_charge_point *cp, struct evse *evse)
{
    struct transaction *transaction = &evse->transaction;
    struct told told;
    char key[OCPP_KEY_SIZE];
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(transaction->uuid, uuid);
    snprintf(key, sizeof(key), "told/%s", uuid);
    if (ocpp_cp_peek(cp, key, &told_layout, &told) == OCPP_OK) {
        transaction->family = told.family;
        transaction->has_wire_number = told.has_wire_number;
        transaction->wire_number = told.wire_number;
        ocpp_cp_wire_id(&told, transaction->uuid, evse->wire_id);
    }
}

static enum ocpp_stop_reason reason_of_end(const struct ocpp_charge_point *cp)
{
    return cp->boot_reason == OCPP_BOOT_REASON_POWER_UP ? OCPP_STOP_POWER_LOSS : OCPP_STOP_REBOOT;
}

static void end_now(struct ocpp_charge_point *cp, struct evse *evse)
{
    const int connector = evse->transaction.connector;
    ocpp_cp_close(cp, evse, reason_of_end(cp), OCPP_TRIGGER_ABNORMAL_CONDITION);
    ask_to_open(cp, evse->number, connector);
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: the transaction that ran when the software stopped ends now", evse->number);
}

/* --- held: it goes on when its vehicle is seen again
 * ---------------------------------------------------------------------------- */

bool ocpp_cp_is_held(const struct evse *evse)
{
    return evse->held_mono_ms != OCPP_NEVER;
}

/* A reset ends transactions (2.0.1 B12.FR.03, FR.04; 1.6 errata 3.36): one that could not be ended in time is not resumed. */
static bool may_resume(const struct ocpp_charge_point *cp, const struct transaction *transaction)
{
    const bool was_reset =
        cp->boot_reason == OCPP_BOOT_REASON_REMOTE_RESET || cp->boot_reason == OCPP_BOOT_REASON_SCHEDULED_RESET;
    return cp->settings.resume_transactions_ms > 0 && !was_reset && (transaction->points & 1 << TX_POINT_EV_CONNECTED) != 0;
}

static void hold(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    const bool is_authorized = (evse->points & 1 << TX_POINT_AUTHORIZED) != 0;
    evse->points &= ~(1 << TX_POINT_ENERGY_TRANSFER);
    evse->state = is_authorized ? EVSE_AWAIT_REPLUG : EVSE_IDLE;
    evse->held_mono_ms = cp->now.mono_ms + cp->settings.resume_transactions_ms;
    if (connector != NULL && is_authorized) {
        connector->lock_wish = true;
        connector->lock_due = true;
    }
    ocpp_cp_schedule_samples(cp, evse);
    cp->meters[evse->number].resumed = true;
    ocpp_cp_log(cp, OCPP_LOG_INFO, "EVSE %d: a transaction waits for its vehicle to be seen again", evse->number);
}

void ocpp_cp_hold_expires(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->now.mono_ms >= cp->evses[i].held_mono_ms) {
            end_now(cp, &cp->evses[i]);
        }
    }
}

void ocpp_cp_not_there(struct ocpp_charge_point *cp, struct evse *evse, int connector)
{
    if (ocpp_cp_is_held(evse) && evse->transaction.connector == connector) {
        end_now(cp, evse);
    }
}

/* By default it ends now: nobody can say whether the same vehicle is still there. No energy has flowed since: the contactor
 * opened with the power. */
static void recover(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct transaction *transaction = &evse->transaction;
    complete_old_record(transaction);
    load_told(cp, evse);
    evse->session = SESSION_OPEN;
    evse->points = transaction->points;
    evse->reserved = ocpp_cp_places_kept(transaction, transaction->points);
    cp->queue.reserved += evse->reserved;
    evse->last_meter_wh = transaction->meter_wh;
    evse->metered = transaction->metered;
    evse->retry_mono_ms = cp->now.mono_ms;
    if (may_resume(cp, transaction)) {
        hold(cp, evse);
    } else {
        end_now(cp, evse);
    }
}

/* A transaction of an EVSE that is no more: hardware was taken away since. Its end is written down at once, as far as it is
 * known. */
static enum ocpp_status close_orphan(struct ocpp_charge_point *cp, const char *key, const struct transaction *transaction)
{
    struct fact *fact = &cp->scratch;
    char queue[OCPP_KEY_SIZE];
    size_t size;
    memset(fact, 0, sizeof(*fact));
    memcpy(fact->uuid, transaction->uuid, UUID_BYTES);
    ocpp_cp_uuid(cp, fact->id);
    fact->number = transaction->next_number;
    fact->evse = transaction->evse;
    fact->connector = transaction->connector;
    fact->when = ocpp_cp_moment(cp);
    fact->trigger = OCPP_TRIGGER_ABNORMAL_CONDITION;
    fact->closed = true;
    fact->kept = true;
    fact->early = transaction->early;
    fact->grants = transaction->grants;
    fact->reason = OCPP_STOP_POWER_LOSS;
    fact->token = transaction->token;
    fact->meter_wh = transaction->meter_wh;
    fact->metered = transaction->metered;
    ocpp_cp_number_key("queue", cp->queue.next_number++, queue);
    const enum ocpp_status status = ocpp_record_write(&fact_layout, fact, cp->bytes, sizeof(cp->bytes), &size);
    const struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = queue, .value = cp->bytes, .size = size },
        { .kind = OCPP_CHANGE_DELETE, .key = key },
    };
    return status == OCPP_OK ? ocpp_cp_write_now(cp, changes, 2) : status;
}

struct found_key {
    char key[OCPP_KEY_SIZE];
};

static bool note_first(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct found_key *found = user;
    ocpp_text_copy(found->key, sizeof(found->key), key);
    return false;
}

/* The transactions behind those of the EVSEs there are; each is gone from the store when the next is looked for. */
static enum ocpp_status close_orphans(struct ocpp_charge_point *cp)
{
    char from[OCPP_KEY_SIZE];
    snprintf(from, sizeof(from), "transaction/%04d", cp->settings.evse_count + 1);
    for (;;) {
        struct found_key found = { .key = "" };
        struct transaction transaction;
        enum ocpp_status status = cp->storage->each("transaction/", from, note_first, &found, cp->storage->user);
        if (status != OCPP_OK || found.key[0] == '\0') {
            return status;
        }
        status = ocpp_cp_read_record(cp, found.key, &transaction_layout, &transaction);
        if (status == OCPP_OK) {
            status = close_orphan(cp, found.key, &transaction);
        }
        if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
            return status;
        }
    }
}

enum ocpp_status ocpp_cp_load_transactions(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        char key[OCPP_KEY_SIZE];
        snprintf(key, sizeof(key), "transaction/%04d", evse->number);
        const enum ocpp_status status = ocpp_cp_read_record(cp, key, &transaction_layout, &evse->transaction);
        if (status == OCPP_OK) {
            recover(cp, evse);
        }
        const enum ocpp_status adopted = status == OCPP_OK ? ocpp_cp_adopt_begin(cp, evse) : status;
        if (adopted != OCPP_OK && adopted != OCPP_ERR_NOT_FOUND) {
            return adopted;
        }
    }
    return close_orphans(cp);
}
