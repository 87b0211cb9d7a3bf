/* town_piles.c: piles: a charge point, its agent, its cabinet, its store that loses power. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5000 };

static void fill_random(void *bytes, size_t size, void *user)
{
    struct town_pile *pile = user;

    (void)pile->keys.contract.random(bytes, size, pile->keys.contract.user);
}

static void permit_changed(int evse, void *user)
{
    (void)evse, (void)user;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    const struct town_pile *pile = user;

    if (evse != 1 || room == 0) {
        return 0;
    }
    samples[0] =
        (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { pile->meter_wh, 0 } };
    return 1;
}

static void on_event(const struct ocpp_settle_agent_event *event, void *user)
{
    struct town_pile *pile = user;

    if (event->kind == OCPP_SETTLE_AGENT_TAKE_BANK && event->rental) {
        (void)snprintf(pile->out[event->slot], sizeof pile->out[0], "%s", event->rental);
    }
    if (event->kind == OCPP_SETTLE_AGENT_SLOT) {
        (void)snprintf(pile->busy[event->slot], sizeof pile->busy[0], "%s", event->rental ? event->rental : "");
    }
    if (pile->town->is_loud) {
        (void)fprintf(stderr, "                %s event %d slot %d %s %s\n", pile->name, (int)event->kind, event->slot,
                      event->rental ? event->rental : "", event->text ? event->text : "");
    }
}

static void stock(struct town_pile *pile, int slot, int number)
{
    struct town *town = pile->town;
    struct ocpp_settle_mint mint = { .keys = &town->keys.contract, .key_name = "fleet" };
    unsigned char mark[OCPP_SETTLE_MARK_SIZE];
    char id[16];

    (void)snprintf(id, sizeof id, "B%d", number);
    town_require(town, ocpp_settle_mark_fleet(mint.keys, "operator", &mint.fleet) == OCPP_OK, "no fleet");
    town_require(town, ocpp_settle_mark_mint(&mint, OCPP_SETTLE_MARK_NEUTRAL, 1, NULL, mark) == OCPP_OK, "no mark");
    cabinet_stock(&pile->cabinet, slot, id, mark, 80);
}

static bool link_is_encrypted(void *user)
{
    (void)user;
    return true;
}

void town_pile_new(struct town *town, int number)
{
    static const enum ocpp_version versions[TOWN_PILES] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6 };
    struct town_pile *pile = &town->piles[number];

    pile->town = town;
    pile->number = number;
    pile->version = versions[number];
    (void)snprintf(pile->name, sizeof pile->name, "PILE-%d", number + 1);
    settle_keys_start(&pile->keys, town->seed * 31 + (uint64_t)number + 1);
    pile->skew_ms = town_chance(town, 2) ? (int64_t)town_chance(town, 600000) - 300000 : 0;
    pile->has_no_calendar = town_chance(town, 8) == 0;
    pile->memory = ocpp_memory_storage_new(NULL, 0);
    pile->storage = test_storage_new(pile->memory);
    cabinet_init(&pile->cabinet, TOWN_SLOTS, OCPP_SETTLE_MARK_ROOM_BYTES);
    cabinet_bay(&pile->cabinet, &pile->bay);
    for (int slot = 1; slot < TOWN_SLOTS - number; slot++) {
        stock(pile, slot, 10 * (number + 1) + slot);
    }
    pile->cp_settings = ocpp_charge_point_settings_default();
    pile->cp_settings.identity = pile->name;
    pile->cp_settings.vendor = "Example";
    pile->cp_settings.model = "Banks";
    pile->cp_settings.random = fill_random;
    pile->cp_settings.random_user = pile;
    pile->cp_settings.sample_interval_ms = 4 * 3600000;
    pile->cp_settings.offline_unknown_allowed = true;
    pile->cp_settings.transaction_attempts = 1000;
    pile->meter_wh = 100000 * (int64_t)(number + 1);
    pile->car = -1;
    pile->hardware = (struct ocpp_hardware){ .permit_changed = permit_changed, .read_meter = read_meter, .user = pile };
    pile->settings = ocpp_settle_agent_settings_default();
    pile->settings.keys = pile->keys.contract;
    pile->settings.bay = &pile->bay;
    pile->settings.on_event = on_event;
    pile->settings.link_is_encrypted = link_is_encrypted;
    pile->settings.user = pile;
    town_pile_on(pile);
    pile->link_at_ms = town->now_ms;
}

void town_pile_on(struct town_pile *pile)
{
    struct town *town = pile->town;
    const struct ocpp_now now = { 700, town_pile_now(pile).utc_ms };

    pile->mono_at_ms = town->now_ms;
    if (test_storage_is_cut(pile->storage)) {
        test_storage_power_on(pile->storage);
    }
    test_storage_delay(pile->storage, town->seed % 2 == 0);
    pile->cp = ocpp_charge_point_new(&pile->cp_settings, &pile->hardware, test_storage_face(pile->storage), now);
    town_require(town, pile->cp, "%s has no charge point", pile->name);
    pile->settings.cp = pile->cp;
    pile->settings.storage = test_storage_face(pile->storage);
    pile->cabinet.now = now;
    const enum ocpp_status status = ocpp_settle_agent_new(&pile->settings, now, &pile->agent);
    town_require(town, status == OCPP_OK, "%s has no agent: %s", pile->name, ocpp_status_sentence(status));
    pile->cabinet.listener = ocpp_settle_agent_bay_listener(pile->agent);
    pile->link_at_ms = town->now_ms + 2000;
    town_note(town, "%s begins", pile->name);
}

void town_pile_off(struct town_pile *pile)
{
    struct town *town = pile->town;

    if (!pile->agent) {
        return;
    }
    if (!test_storage_is_cut(pile->storage)) {
        test_storage_cut_now(pile->storage, town_chance(town, 4));
    }
    cabinet_power_cut(&pile->cabinet, town_chance(town, 13));
    town_car_loses_power(pile);
    town_note(town, "%s ends", pile->name);
    ocpp_settle_agent_free(pile->agent);
    pile->agent = NULL;
    ocpp_charge_point_free(pile->cp);
    pile->cp = NULL;
    town_line_link(pile, false);
    pile->link_at_ms = OCPP_NEVER;
    pile->power_at_ms = town->now_ms + 1000 + town_chance(town, 120000);
}

void town_pile_free(struct town_pile *pile)
{
    ocpp_settle_agent_free(pile->agent);
    ocpp_charge_point_free(pile->cp);
    test_storage_free(pile->storage);
    ocpp_memory_storage_free(pile->memory);
    settle_keys_end(&pile->keys);
}

/* What the charge point says, until it has no more to say now. */
static bool run_charge_point(struct town_pile *pile)
{
    bool did = false;

    for (int i = 0; i < ROUNDS && !test_storage_is_cut(pile->storage); i++) {
        size_t size = 0;
        const char *text = ocpp_charge_point_next_output(pile->cp, &size, town_pile_now(pile));

        if (text) {
            town_line_tell_backend(pile, text, size);
        } else if (test_storage_waiting(pile->storage) > 0) {
            test_storage_face(pile->storage)->flush(test_storage_face(pile->storage)->user);
        } else if (ocpp_charge_point_deadline(pile->cp) <= town_pile_now(pile).mono_ms) {
            ocpp_charge_point_advance(pile->cp, town_pile_now(pile));
        } else {
            return did;
        }
        did = true;
    }
    town_require(pile->town, test_storage_is_cut(pile->storage), "the charge point of %s never comes to rest", pile->name);
    return did;
}

static bool run_awake(struct town_pile *pile)
{
    struct town *town = pile->town;
    bool did = false;

    if (!pile->agent) {
        if (pile->power_at_ms > town->now_ms) {
            return false;
        }
        town_pile_on(pile);
    }
    if (pile->link_at_ms <= town->now_ms && town->settle && !town->is_cut) {
        town_line_link(pile, true);
        did = true;
    }
    if (cabinet_deadline(&pile->cabinet) <= town_pile_now(pile).mono_ms) {
        cabinet_run(&pile->cabinet, town_pile_now(pile));
        did = true;
    }
    pile->cabinet.now = town_pile_now(pile);
    did = run_charge_point(pile) || did;
    if (!test_storage_is_cut(pile->storage) && ocpp_settle_agent_deadline(pile->agent) <= town_pile_now(pile).mono_ms) {
        ocpp_settle_agent_advance(pile->agent, town_pile_now(pile));
        did = true;
    }
    if (test_storage_is_cut(pile->storage)) {
        town_pile_off(pile);
        return true;
    }
    return did;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t deadline_of(const struct town_pile *pile)
{
    if (!pile->agent) {
        return pile->power_at_ms;
    }
    const int64_t own = sooner(sooner(ocpp_charge_point_deadline(pile->cp), ocpp_settle_agent_deadline(pile->agent)),
                               cabinet_deadline(&pile->cabinet));
    const int64_t link = pile->town->settle ? pile->link_at_ms : OCPP_NEVER;

    return sooner(own == OCPP_NEVER ? own : own - 700 + pile->mono_at_ms, link);
}

bool town_pile_run(struct town_pile *pile)
{
    if (!pile->is_awake && pile->due_ms > pile->town->now_ms) {
        return false;
    }
    pile->is_awake = run_awake(pile);
    pile->due_ms = deadline_of(pile);
    return pile->is_awake;
}

int64_t town_pile_deadline(const struct town_pile *pile)
{
    return pile->is_awake ? pile->town->now_ms : pile->due_ms;
}
