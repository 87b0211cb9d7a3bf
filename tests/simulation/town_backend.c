/* town_backend.c: the backend, its tariff, its store that loses power. */
#define _POSIX_C_SOURCE 200809L

#include "settle_checker.h"
#include "town.h"

#include "power_vfs.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- the tariff: that of settle_world.h ------------------------------------------------------------------------------------- */

static const struct ocpp_settle_tax reduced[] = { { .name = "VAT", .rate_ppm = 100000 } };
static const struct ocpp_settle_tax full[] = { { .name = "VAT", .rate_ppm = 200000 } };
static const struct ocpp_settle_price_component prices[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
      .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
      .price_micro = 500000,
      .taxes = { reduced, 1 } },
};
static const struct ocpp_settle_tariff_element elements[] = { { .components = { prices, 1 } } };
static const struct ocpp_settle_bank_tariff bank = { .deposit_minor = 1000,
                                                     .free_s = 300,
                                                     .unit_s = 1800,
                                                     .unit_price_micro = 1000000,
                                                     .has_daily_cap_minor = true,
                                                     .daily_cap_minor = 600,
                                                     .buy_out_minor = 2000,
                                                     .rental_taxes = { full, 1 },
                                                     .purchase_taxes = { full, 1 } };
static const struct ocpp_settle_tariff tariff = {
    .id = "town", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { elements, 1 }, .bank = &bank
};

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    const struct town *town = user;

    (void)station;
    *found = town->odd_tariff ? town->odd_tariff : &tariff;
    *zone = "UTC";
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)user;
    if (room == 0) {
        return 0;
    }
    transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    return 1;
}

/* WALLET-1 pays from a wallet, STATEMENT-1 by statement, NOBODY-1 not at all, others by card. */
static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)user;
    payer->provider = strncmp(token->id, "WALLET", 6) == 0      ? "wallet"
                      : strncmp(token->id, "STATEMENT", 9) == 0 ? "postpaid"
                                                                : "card";
    payer->known_renter = strncmp(token->id, "KNOWN", 5) == 0;
    return strncmp(token->id, "NOBODY", 6) != 0;
}

static bool may_tell_key(const char *station, void *user)
{
    (void)station, (void)user;
    return true;
}

static void stop_transaction(const char *station, const char *transaction, const char *reason, void *user)
{
    struct town *town = user;

    (void)station, (void)reason;
    if (town->stop_count < 8) {
        (void)snprintf(town->stopped[town->stop_count++], sizeof town->stopped[0], "%s", transaction);
    }
}

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    const struct town *town = user;

    if (town->is_loud) {
        (void)fprintf(stderr, "                event %d %s %s %s\n", (int)event->kind, event->id,
                      event->state ? event->state : "", event->text ? event->text : "");
    }
}

/* --- the store, and the power ------------------------------------------------------------------------------------------------
 */

static enum ocpp_status read_row(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                                 void *user)
{
    const struct town *town = user;

    return town->store->read(key, visit, visit_user, town->store->user);
}

static enum ocpp_status each_row(const char *prefix, const char *from,
                                 bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    const struct town *town = user;

    return town->store->each(prefix, from, visit, visit_user, town->store->user);
}

/* Who is told that a write is durable. Nobody hears anything any more once the power has gone. */
struct hearing {
    struct town *town;
    void (*done)(enum ocpp_status status, void *user);
    void *user;
    int64_t entry; /* the last one of the journal with this write */
};

static void hear(enum ocpp_status status, void *user)
{
    const struct hearing *hearing = user;
    struct town *town = hearing->town;

    if (!town->is_cut && status == OCPP_OK) {
        town->durable_moment = town->is_on_disk ? power_vfs_moment() : 0;
        town->durable_entry = hearing->entry;
    }
    if (hearing->done) {
        hearing->done(town->is_cut ? OCPP_ERR_STORAGE : status, hearing->user);
    }
}

static enum ocpp_status write_rows(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                   void *done_user, void *user)
{
    struct town *town = user;
    struct hearing *hearing = ocpp_arena_take(town->arena, sizeof *hearing);
    struct ocpp_settle_head had = { .number = 0 };

    town_require(town, hearing, "no memory");
    town->writes++;
    if (town->is_cut) {
        return OCPP_ERR_STORAGE;
    }
    (void)town->store->head(&had, town->store->user);
    *hearing = (struct hearing){ town, done, done_user, had.number + (int64_t)write->entry_count };
    if (town->cut_at > 0 && town->writes >= town->cut_at) {
        town->is_cut = true;
        if (!town->cut_after) {
            return OCPP_ERR_STORAGE;
        }
    }
    return town->store->write(write, hear, hearing, town->store->user);
}

static uint64_t changes(void *user)
{
    const struct town *town = user;

    return town->store->changes(town->store->user);
}

static void flush(void *user)
{
    const struct town *town = user;

    town->store->flush(town->store->user);
}

static enum ocpp_status journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                void *visit_user, void *user)
{
    const struct town *town = user;

    return town->store->journal(from, visit, visit_user, town->store->user);
}

static enum ocpp_status head(struct ocpp_settle_head *found, void *user)
{
    const struct town *town = user;

    return town->store->head(found, town->store->user);
}

static enum ocpp_status take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user)
{
    const struct town *town = user;

    return town->store->take_lease(name, holder, now_utc_ms, until_utc_ms, token, town->store->user);
}

/* --- birth and death ---------------------------------------------------------------------------------------------------------
 */

static void disk_of(const struct town *town, char folder[96])
{
    (void)snprintf(folder, 96, "%s/%d", town->folder, town->disk_count);
}

static void open_store(struct town *town)
{
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    char folder[96];
    char path[128];
    char reason[256] = "";

    town->durable_moment = 0;
    if (!town->is_on_disk) {
        town->store = ocpp_settle_memory_store_new(NULL, 0);
        return;
    }
    settings.group = true;
    settings.check = false;
    disk_of(town, folder);
    power_vfs_forget();
    power_vfs_begin_with(folder);
    (void)snprintf(path, sizeof path, "%s/" POWER_VFS_FILE, folder);
    town_require(town, ocpp_settle_sqlite_open(path, &settings, &town->store, reason, sizeof reason) == OCPP_OK, "%s", reason);
    town->durable_moment = power_vfs_moment();
}

static void new_disk(const struct town *town)
{
    char folder[96];

    disk_of(town, folder);
    town_require(town, mkdir(folder, 0700) == 0, "no folder");
}

/* As the disk is when the power goes while what was gathered is being written, somewhere behind what the backend knows to be
 * durable: of what was not synced each sector is there or not. */
static void lose_power(struct town *town)
{
    char folder[96];

    if (town_chance(town, 3) > 0) {
        town->store->flush(town->store->user);
    }
    const size_t unsure = power_vfs_moment() - town->durable_moment;
    const size_t moment = town->durable_moment + town_chance(town, (unsigned)unsure + 1);
    const uint32_t dice = town_chance(town, UINT32_MAX);
    ocpp_settle_sqlite_close(town->store);
    town->disk_count++;
    new_disk(town);
    disk_of(town, folder);
    power_vfs_lay_out(folder, moment, dice);
    open_store(town);
}

void town_backend_prepare(struct town *town)
{
    struct ocpp_settle_settings *settings = &town->settings;

    town->is_on_disk = town->seed % 20 == 0;
    if (town->is_on_disk) {
        scratch_make(town->folder, sizeof town->folder);
        new_disk(town);
    }
    open_store(town);
    *settings = ocpp_settle_settings_default();
    settings->keys = town->keys.contract;
    settings->store = (struct ocpp_settle_store){ .read = read_row,
                                                  .each = each_row,
                                                  .write = write_rows,
                                                  .flush = flush,
                                                  .journal = journal,
                                                  .head = head,
                                                  .take_lease = take_lease,
                                                  .max_value_bytes = town->store->max_value_bytes,
                                                  .user = town,
                                                  .changes = changes };
    settings->policy.rental_longest_s = 5 * 86400; /* also of a bank that nobody pays for */
    town_line_transport(town, &settings->transport);
    town->providers[0] = town->provider.contract;
    settings->providers = town->providers;
    settings->provider_count = 1;
    settings->find_tariff = find_tariff;
    settings->find_transitions = find_transitions;
    settings->find_payer = find_payer;
    settings->may_tell_key = may_tell_key;
    settings->stop_transaction = stop_transaction;
    settings->on_event = on_event;
    settings->user = town;
}

void town_backend_on(struct town *town)
{
    const enum ocpp_status status = ocpp_settle_new(&town->settings, town_now(town), &town->settle);

    town_require(town, status == OCPP_OK, "the backend does not open: %s", ocpp_status_sentence(status));
    town_note(town, "the backend begins");
    for (int i = 0; i < TOWN_PILES; i++) {
        town->piles[i].is_awake = true;
    }
    ocpp_settle_advance(town->settle, town_now(town));
    town_central_on(town);
}

void town_backend_off(struct town *town)
{
    for (int i = 0; i < TOWN_PILES; i++) {
        town_line_link(&town->piles[i], false);
    }
    const bool is_lost = town->is_cut;
    struct ocpp_settle_head had = { .number = 0 };
    struct ocpp_settle_head has = { .number = 0 };
    (void)town->store->head(&had, town->store->user);
    town_central_off(town);
    ocpp_settle_free(town->settle);
    town->settle = NULL;
    if (is_lost && town->is_on_disk) {
        lose_power(town);
    }
    town->is_cut = false;
    town->cut_at = 0;
    memset(town->heard, 0, sizeof town->heard);
    memset(town->said, 0, sizeof town->said);
    town->said_until_ms = OCPP_NEVER;
    (void)town->store->head(&has, town->store->user);
    town_require(town, has.number >= town->durable_entry, "the journal ends at %d, and %d entries were durable", (int)has.number,
                 (int)town->durable_entry);
    if (is_lost && town->is_on_disk) { /* what was looked at before it was durable never happened */
        settle_checker_free(town->checker);
        town->checker = settle_checker_new(&town->settings.store, &town->keys.contract);
    }
    town_note(town, "the backend ends, and %d entries of its journal with it", (int)(had.number - has.number));
}

void town_backend_end(struct town *town)
{
    if (!town->is_on_disk) {
        ocpp_settle_memory_store_free(town->store);
        return;
    }
    ocpp_settle_sqlite_close(town->store);
    power_vfs_forget();
    scratch_remove(town->folder);
}

/* --- commands ----------------------------------------------------------------------------------------------------------------
 */

static void on_done(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct town *town = user;

    (void)reason;
    town->was_done = status == OCPP_OK && !code;
    town->was_refused = status == OCPP_OK && code;
    (void)snprintf(town->asked, sizeof town->asked, "%s", town->was_done ? id : "");
    if (town->is_loud) {
        (void)fprintf(stderr, "                done %d %s %s\n", (int)status, code ? code : "", id);
    }
}

const struct ocpp_settle_done *town_done(struct town *town)
{
    struct ocpp_settle_done *done = ocpp_arena_take(town->arena, sizeof *done);

    town_require(town, done, "no memory");
    *done = (struct ocpp_settle_done){ on_done, town };
    town->asked[0] = '\0';
    town->was_done = town->was_refused = false;
    return done;
}

void town_command(struct town *town, enum ocpp_status status)
{
    town_require(town, status == OCPP_OK || status == OCPP_ERR_ARGUMENT || town->is_cut, "a command: %s",
                 ocpp_status_sentence(status));
    if (!town->is_cut) {
        town->settings.store.flush(town->settings.store.user);
    }
}
