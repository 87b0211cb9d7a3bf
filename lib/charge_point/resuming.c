/* resuming.c: transactions that ran when the power went, or the software stopped. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static void resume_lock(struct ocpp_charge_point *cp, const struct transaction *transaction)
{
    struct connector *connector = ocpp_cp_connector(cp, transaction->evse, transaction->connector);
    if (connector != NULL) { /* nobody knows what the latch did meanwhile: it is asked to open */
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

static void load_family(const struct ocpp_charge_point *cp, struct transaction *transaction)
{
    struct told told;
    char key[OCPP_KEY_SIZE];
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(transaction->uuid, uuid);
    snprintf(key, sizeof(key), "told/%s", uuid);
    if (ocpp_cp_peek(cp, key, &told_layout, &told) == OCPP_OK) {
        transaction->family = told.family;
    }
}

/* It ends now. Nobody can say whether the same vehicle is still there, and no energy has flowed since: the contactor opened with
 * the power. */
static void recover(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct transaction *transaction = &evse->transaction;
    complete_old_record(transaction);
    load_family(cp, transaction);
    evse->session = SESSION_OPEN;
    evse->points = transaction->points;
    evse->reserved = 1;
    cp->queue.reserved++;
    evse->last_meter_wh = transaction->meter_wh;
    evse->metered = transaction->metered;
    ocpp_cp_close(cp, evse, cp->boot_reason == OCPP_BOOT_REASON_POWER_UP ? OCPP_STOP_POWER_LOSS : OCPP_STOP_REBOOT,
                  OCPP_TRIGGER_ABNORMAL_CONDITION);
    resume_lock(cp, transaction);
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: the transaction that ran when the software stopped ends now", evse->number);
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
