/* backend_parts.c: a settlement backend for fuzz targets. */
#include "backend_parts.h"
#include "settle_store_check.h"
#include "toy_keys.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/adapters.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 200 };

struct backend_parts backend;

void backend_must(bool holds)
{
    if (!holds) {
        abort();
    }
}

void backend_any(enum ocpp_status status)
{
    (void)status;
}

static void *reallocate(void *pointer, size_t size, void *user)
{
    (void)user;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    if (backend.fails) {
        backend.fails = false;
        return NULL;
    }
    return realloc(pointer, size);
}

static const struct ocpp_allocator allocator = { reallocate, NULL };

static void fill(void *bytes, size_t size, void *user)
{
    unsigned char *at = bytes;

    (void)user;
    for (size_t i = 0; i < size; i++) {
        backend.random = backend.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        at[i] = (unsigned char)(backend.random >> 56);
    }
}

static enum ocpp_status keep_secret(const char *name, const void *bytes, size_t size, void *user)
{
    (void)name, (void)bytes, (void)size, (void)user;
    return OCPP_OK;
}

void backend_key(const char *prefix, char name[16])
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE] = { 0 };

    for (int i = 0; point[0] != 4; i++) {
        snprintf(name, 16, "%s%d", prefix, i);
        toy_point(name, point);
    }
}

/* --- the store's hashes, which nobody looks at here ----------------------------------------------------------------------- */

struct settle_hasher {
    int none;
};

struct settle_hasher *settle_hasher_new(void)
{
    static struct settle_hasher hasher;

    return &hasher;
}

void settle_hasher_free(struct settle_hasher *hasher)
{
    (void)hasher;
}

enum ocpp_status settle_hasher_next(struct settle_hasher *hasher, struct ocpp_settle_head *head,
                                    const struct ocpp_settle_entry *entry, int64_t utc_ms)
{
    (void)hasher, (void)entry, (void)utc_ms;
    head->number++;
    return OCPP_OK;
}

/* --- the application --------------------------------------------------------------------------------------------------- */

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    static const struct ocpp_settle_price_component price[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 500000 },
    };
    static const struct ocpp_settle_tariff_element element[] = { { .components = { price, 1 } } };
    static const struct ocpp_settle_tariff tariff = {
        .id = "T", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { element, 1 }
    };

    (void)station, (void)user;
    *found = &tariff;
    *zone = "UTC";
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)user, (void)room;
    transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    return 1;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)user;
    *payer = (struct ocpp_settle_payer){ token->id, "wallet", false };
    return true;
}

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)station, (void)data, (void)token, (void)user;
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *given, void *user)
{
    (void)station, (void)token, (void)given, (void)user;
}

static void stop_transaction(const char *station, const char *transaction, const char *why, void *user)
{
    (void)station, (void)transaction, (void)why, (void)user;
}

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    (void)user;
    backend.events += event->kind == OCPP_SETTLE_EVENT_SECURITY;
}

/* --- life ---------------------------------------------------------------------------------------------------------------- */

void backend_open(void (*change)(struct ocpp_settle_settings *settings))
{
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();
    const struct ocpp_settle_wallet_change money = {
        .account = "CARD", .currency = "EUR", .amount_minor = BACKEND_MONEY, .through = "till", .key = "1"
    };

    memset(&backend, 0, sizeof backend);
    backend.now = (struct ocpp_now){ 1000, 1790000000000 };
    backend.keys = toy_keys;
    backend.keys.random = fill;
    backend.keys.keep_secret = keep_secret;
    backend.arena = ocpp_arena_new(NULL, 0);
    backend.store = ocpp_settle_memory_store_new(NULL, 64 << 20);
    backend_must(backend.arena && backend.store);
    settings.allocator = &allocator;
    settings.store = *backend.store;
    settings.keys = backend.keys;
    settings.transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    settings.stop_transaction = stop_transaction;
    settings.on_event = on_event;
    if (change) {
        change(&settings);
    }
    backend_must(ocpp_settle_new(&settings, backend.now, &backend.settle) == OCPP_OK);
    backend_must(ocpp_settle_wallet_top_up(backend.settle, &money, NULL, backend.now) == OCPP_OK);
}

void backend_close(void)
{
    ocpp_settle_free(backend.settle);
    ocpp_settle_memory_store_free(backend.store);
    ocpp_arena_free(backend.arena);
}

void backend_pass(int64_t seconds)
{
    backend.now.mono_ms += 1000 * seconds;
    backend.now.utc_ms += 1000 * seconds;
    ocpp_settle_advance(backend.settle, backend.now);
}

static void done(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    (void)reason, (void)user;
    snprintf(backend.id, sizeof backend.id, "%s", status == OCPP_OK && !code && id ? id : "");
}

const struct ocpp_settle_done *backend_done(void)
{
    static const struct ocpp_settle_done what = { done, NULL };

    backend.id[0] = '\0';
    return &what;
}

void backend_lines(const uint8_t *data, size_t size, void (*event)(const char *line), void (*holds)(void))
{
    char *script = calloc(1, size + 1);
    char *line = script;

    backend_must(script != NULL);
    memcpy(script, data, size);
    for (int i = 0; i < LINES && line != NULL && *line != '\0'; i++) {
        char *end = strchr(line, '\n');

        if (end != NULL) {
            *end = '\0';
        }
        event(line);
        backend.fails = false;
        holds();
        line = end != NULL ? end + 1 : NULL;
    }
    free(script);
}

void backend_fill(const char *text, const char *(*find)(char x), char *to, size_t room)
{
    size_t size = 0;

    for (; *text != '\0' && size + 1 < room; text++) {
        const char *found = *text == '$' && text[1] != '\0' ? find(text[1]) : NULL;

        if (found) {
            size += (size_t)snprintf(to + size, room - size, "%s", found);
            size = size < room ? size : room - 1;
            text++;
        } else {
            to[size++] = *text;
        }
    }
    to[size] = '\0';
}
