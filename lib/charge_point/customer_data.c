/* customer_data.c: what the engine knows of the holder of a token, and how it is forgotten (OCPP 2.0.1 N09, N10).
 *
 * Told are the cache, the local list, reservations, and records of transactions. Forgotten are the cache, reservations, records
 * that were given up, and the last transaction as memory still has it. The local list stays: its version is the central system's
 * (N10.FR.02, FR.03). Records that wait to be told stay until they are: they are what the customer is billed by, and go to the
 * one who asks. */
#include "customer_information.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void ocpp_cp_gather(struct gathered *found, const char *format, ...)
{
    va_list arguments;
    const size_t left = found->room - found->size;
    va_start(arguments, format);
    const int size = vsnprintf(found->text + found->size, left, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= left) { /* a line is whole or left out */
        found->text[found->size] = '\0';
        found->is_cut = true;
        return;
    }
    found->size += (size_t)size;
}

/* --- told ------------------------------------------------------------------------------------------------------------------- */

static void gather_info(struct gathered *found, const char *where, const struct token_info *info)
{
    char date[OCPP_TIME_TEXT_SIZE] = "no date";
    if (info->expires && ocpp_time_format(info->expires_utc_ms, date) != OCPP_OK) {
        ocpp_text_copy(date, sizeof(date), "a date that is none");
    }
    ocpp_cp_gather(found, "%s: %s, expires: %s, group: %s, language: %s\n", where,
                   ocpp_authorization_name((enum ocpp_authorization)info->authorization), date,
                   info->group[0] == '\0' ? "none" : info->group, info->language[0] == '\0' ? "none" : info->language);
}

static bool is_of(const struct fact *fact, const struct token *token)
{
    return ocpp_token_same(&fact->token, token) || ocpp_token_same(&fact->ender, token);
}

/* Records of a kind that are about |token|. */
struct count {
    struct ocpp_charge_point *cp;
    const struct token *token;
    size_t count;
    char key[OCPP_KEY_SIZE]; /* of the last one */
    bool stops_at_first;
};

static bool count_fact(const char *key, const void *value, size_t size, void *user)
{
    struct count *count = user;
    struct fact *fact = &count->cp->scratch;
    if (ocpp_record_read(&fact_layout, value, size, fact) != OCPP_OK || !is_of(fact, count->token)) {
        return true;
    }
    count->count++;
    ocpp_text_copy(count->key, sizeof(count->key), key);
    return !count->stops_at_first;
}

static void gather_records(struct ocpp_charge_point *cp, const struct token *token, const char *prefix, const char *what,
                           struct gathered *found)
{
    struct count count = { .cp = cp, .token = token };
    const enum ocpp_status status = cp->storage->each(prefix, NULL, count_fact, &count, cp->storage->user);
    if (status != OCPP_OK) {
        ocpp_cp_gather(found, "%s: the store cannot be read\n", what);
    } else if (count.count > 0) {
        ocpp_cp_gather(found, "%s: %lu\n", what, (unsigned long)count.count);
    }
}

static void gather_reservations(const struct ocpp_charge_point *cp, const struct token *token, struct gathered *found)
{
    for (size_t i = 0; i < cp->reservations.room; i++) {
        const struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state == RESERVATION_HELD && ocpp_token_same(&entry->token, token)) {
            ocpp_cp_gather(found, "Reservation %ld: EVSE %d, group: %s\n", (long)entry->id, (int)entry->evse,
                           entry->group[0] == '\0' ? "none" : entry->group);
        }
    }
}

static void gather_sessions(const struct ocpp_charge_point *cp, const struct token *token, struct gathered *found)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (ocpp_token_same(&evse->transaction.token, token) || ocpp_token_same(&evse->ender, token)) {
            char uuid[UUID_TEXT_SIZE];
            ocpp_uuid_text(evse->transaction.uuid, uuid);
            ocpp_cp_gather(found, "EVSE %d: %s transaction %s\n", i + 1, ocpp_cp_has_transaction(evse) ? "running" : "last",
                           uuid);
        }
    }
}

void ocpp_cp_customer_gather(struct ocpp_charge_point *cp, const struct token *token, struct gathered *found)
{
    struct token_info info;
    if (ocpp_cp_cache_look(cp, token, &info)) {
        gather_info(found, "Authorization cache", &info);
    }
    if (ocpp_cp_list_look(cp, token, &info)) {
        gather_info(found, "Local authorization list", &info);
    }
    gather_reservations(cp, token, found);
    gather_sessions(cp, token, found);
    gather_records(cp, token, "queue/", "Records of transactions that wait to be sent", found);
    gather_records(cp, token, "dead/", "Records of transactions that were given up", found);
}

/* --- forgotten -------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_customer_is_here(const struct ocpp_charge_point *cp, const struct token *token)
{
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        const struct authorization *authorization = &cp->authorizations[i];
        if (authorization->state != AUTHORIZATION_NONE && ocpp_token_same(&authorization->token, token)) {
            return true;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (ocpp_cp_has_transaction(&cp->evses[i]) && ocpp_token_same(&cp->evses[i].transaction.token, token)) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status forget_letters(struct ocpp_charge_point *cp, const struct token *token)
{
    for (;;) {
        struct count count = { .cp = cp, .token = token, .stops_at_first = true };
        enum ocpp_status status = cp->storage->each("dead/", NULL, count_fact, &count, cp->storage->user);
        if (status != OCPP_OK || count.count == 0) {
            return status;
        }
        status = ocpp_cp_discard(cp, count.key);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

static void forget_token(struct token *kept, const struct token *token)
{
    if (ocpp_token_same(kept, token)) {
        memset(kept, 0, sizeof(*kept));
    }
}

static void forget_in_memory(struct ocpp_charge_point *cp, const struct token *token)
{
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        struct authorization *authorization = &cp->authorizations[i];
        if (authorization->state == AUTHORIZATION_NONE && ocpp_token_same(&authorization->token, token)) {
            memset(authorization->group, 0, sizeof(authorization->group));
        }
        if (authorization->state == AUTHORIZATION_NONE) {
            forget_token(&authorization->token, token);
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (!ocpp_cp_has_transaction(&cp->evses[i])) {
            forget_token(&cp->evses[i].transaction.token, token);
            forget_token(&cp->evses[i].ender, token);
        }
    }
}

enum ocpp_status ocpp_cp_customer_forget(struct ocpp_charge_point *cp, const struct token *token)
{
    enum ocpp_status status = ocpp_cp_cache_forget(cp, token);
    if (status == OCPP_OK) {
        status = forget_letters(cp, token);
    }
    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state == RESERVATION_HELD && ocpp_token_same(&entry->token, token)) {
            ocpp_cp_reservation_end(cp, entry, RESERVATION_REMOVED);
        }
    }
    forget_in_memory(cp, token);
    return OCPP_OK;
}
