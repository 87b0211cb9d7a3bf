/* settle_bay.c: banks and bays as things. */
#include "unit.h"

#include "settle_bay.h"
#include "settle_checker.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

#define RECEIPT(conf) ((conf) ? &(conf)->receipt : NULL)

static void *take(struct settle_bays *bays, size_t size)
{
    void *memory = ocpp_arena_take(bays->world->arena, size);

    assert_non_null(memory);
    return memory;
}

static const char *keep(struct settle_bays *bays, const char *text)
{
    const char *copy = text ? ocpp_arena_text(bays->world->arena, text, strlen(text)) : NULL;

    assert_true(!text || copy);
    return copy;
}

const char *bay_id(struct settle_bays *bays)
{
    char *id = take(bays, OCPP_SETTLE_ID_SIZE);

    settle_keys_id(&bays->world->keys, id);
    id[0] = '0';
    return id;
}

struct settle_bays *settle_bays_new(struct settle_world *world)
{
    struct settle_bays *bays = ocpp_arena_take(world->arena, sizeof *bays);

    assert_non_null(bays);
    bays->world = world;
    return bays;
}

struct settle_bank *bank_named(struct settle_bays *bays, const char *id)
{
    for (size_t i = 0; i < bays->bank_count; i++) {
        if (strcmp(bays->banks[i].id, id) == 0) {
            return &bays->banks[i];
        }
    }
    fail_msg("no bank %s", id);
    return NULL;
}

struct settle_pile *pile_named(struct settle_bays *bays, const char *station)
{
    for (size_t i = 0; i < bays->pile_count; i++) {
        if (strcmp(bays->piles[i].station, station) == 0) {
            return &bays->piles[i];
        }
    }
    return NULL;
}

struct ocpp_settle_moment bay_moment(const struct settle_bays *bays, const char *station)
{
    const struct settle_pile *pile = NULL;
    struct ocpp_settle_moment moment = pile_time(bays->world);

    for (size_t i = 0; i < bays->pile_count; i++) {
        pile = strcmp(bays->piles[i].station, station) == 0 ? &bays->piles[i] : pile;
    }
    moment.utc += pile->skew_ms;
    moment.boot = pile->boot;
    moment.has_utc = !pile->has_no_calendar;
    moment.status = moment.has_utc ? OCPP_SETTLE_TIME_STATUS_SYNCHRONISED : OCPP_SETTLE_TIME_STATUS_UNKNOWN;
    return moment;
}

static void note_in_world(struct settle_world *world, const char *station)
{
    for (size_t i = 0; i < world->pile_count; i++) {
        if (strcmp(world->piles[i], station) == 0) {
            return;
        }
    }
    assert_true(world->pile_count < COUNT_OF(world->piles));
    snprintf(world->piles[world->pile_count++], sizeof world->piles[0], "%s", station);
}

void bay_open(struct settle_bays *bays, const char *station, int64_t slots)
{
    static const char *const versions[] = { "2", "1" };
    static const enum ocpp_settle_feature features[] = { OCPP_SETTLE_FEATURE_POWER_BANKS, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS };
    struct settle_pile *pile = pile_named(bays, station);

    if (!pile) {
        assert_true(bays->pile_count < SETTLE_BAYS);
        pile = &bays->piles[bays->pile_count++];
        snprintf(pile->station, sizeof pile->station, "%s", station);
        pile->boot = 1;
    }
    pile->slots = slots;
    note_in_world(bays->world, station);
    const struct ocpp_settle_hello_req hello = { .versions = { versions, 2 },
                                                 .features = { features, 2 },
                                                 .max_bytes = 8192,
                                                 .serial = station,
                                                 .now = bay_moment(bays, station),
                                                 .has_slots = true,
                                                 .slots = slots };
    ocpp_settle_connected(bays->world->settle, station, true, bays->world->now);
    assert_non_null(pile_says(bays->world, station, OCPP_SETTLE_ACTION_HELLO, &hello));
}

static void mint(struct settle_bays *bays, struct settle_bank *bank, int64_t generation)
{
    struct ocpp_settle_mint with = { &bays->world->keys.contract, "fleet", 0, 0 };
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    assert_int_equal(ocpp_settle_mark_fleet(with.keys, "operator", &with.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_mint(&with, OCPP_SETTLE_MARK_NEUTRAL, (uint32_t)generation, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, bank->mark);
    bank->generation = generation;
    bank->state = OCPP_SETTLE_MARK_STATE_NEUTRAL;
}

struct settle_bank *bay_bank(struct settle_bays *bays, const char *id, const char *station, int64_t slot)
{
    struct settle_bank *bank = &bays->banks[bays->bank_count++];

    assert_true(bays->bank_count <= SETTLE_BANKS);
    snprintf(bank->id, sizeof bank->id, "%s", id);
    snprintf(bank->hardware, sizeof bank->hardware, "HW-%.30s", id);
    snprintf(bank->station, sizeof bank->station, "%s", station);
    bank->slot = slot;
    bank->condition = OCPP_SETTLE_BANK_CONDITION_GOOD;
    mint(bays, bank, 1);
    return bank;
}

static struct settle_bank *bank_in(struct settle_bays *bays, const char *station, int64_t slot)
{
    for (size_t i = 0; i < bays->bank_count; i++) {
        if (bays->banks[i].slot == slot && strcmp(bays->banks[i].station, station) == 0) {
            return &bays->banks[i];
        }
    }
    return NULL;
}

static struct ocpp_settle_slot_report report_of(const struct settle_bank *bank, int64_t slot)
{
    struct ocpp_settle_slot_report report = { .slot = slot, .state = OCPP_SETTLE_SLOT_STATE_EMPTY };

    if (bank) {
        report = (struct ocpp_settle_slot_report){ .slot = slot,
                                                   .state = OCPP_SETTLE_SLOT_STATE_IDLE,
                                                   .bank = bank->id,
                                                   .hardware_id = bank->hardware,
                                                   .has_generation = true,
                                                   .generation = bank->generation,
                                                   .mark = bank->state,
                                                   .has_charge = true,
                                                   .charge = 80 };
    }
    return report;
}

const struct ocpp_settle_receipt *bay_lists(struct settle_bays *bays, const char *station)
{
    struct ocpp_settle_slot_report slots[64];
    const struct settle_pile *pile = pile_named(bays, station);
    const struct ocpp_settle_inventory_req message = { .envelope = pile_envelope(bays->world, station),
                                                       .at = bay_moment(bays, station),
                                                       .slots = { slots, (size_t)pile->slots } };

    for (int64_t i = 0; i < pile->slots; i++) {
        slots[i] = report_of(bank_in(bays, station, i + 1), i + 1);
    }
    return RECEIPT(
        (const struct ocpp_settle_inventory_conf *)pile_says(bays->world, station, OCPP_SETTLE_ACTION_INVENTORY, &message));
}

struct settle_bays *settle_bays_usual(struct settle_world *world)
{
    static const char *const ids[] = { "BANK-1", "BANK-2", "BANK-3", "BANK-4", "BANK-5", "BANK-6" };
    struct settle_bays *bays = settle_bays_new(world);

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        (void)bay_bank(bays, ids[i], i < 4 ? "PILE-1" : "PILE-2", (int64_t)(i < 4 ? i + 1 : i - 3));
    }
    bay_open(bays, "PILE-1", 8);
    bay_open(bays, "PILE-2", 8);
    (void)bay_lists(bays, "PILE-1");
    (void)bay_lists(bays, "PILE-2");
    return bays;
}

/* --- message by message -------------------------------------------------------------------------------------------------------
 */

struct ocpp_settle_bank_choice bay_choice(const struct settle_bank *bank)
{
    return (struct ocpp_settle_bank_choice){
        .slot = bank->slot, .bank = bank->id, .hardware_id = bank->hardware, .generation = bank->generation
    };
}

const struct ocpp_settle_rent_request_conf *bay_asks(struct settle_bays *bays, const char *station, const char *token,
                                                     const char *const *ids, size_t count, const char *request)
{
    const struct ocpp_settle_user_token user = { token, "ISO14443" };
    struct ocpp_settle_bank_choice choices[16];
    const struct ocpp_settle_rent_request_req message = { .request = request ? request : bay_id(bays),
                                                          .token = token ? &user : NULL,
                                                          .banks = { choices, count },
                                                          .at = bay_moment(bays, station) };

    for (size_t i = 0; i < count; i++) {
        choices[i] = bay_choice(bank_named(bays, ids[i]));
    }
    return pile_says(bays->world, station, OCPP_SETTLE_ACTION_RENT_REQUEST, &message);
}

const struct ocpp_settle_rent_grant_req *bay_grant(struct settle_bays *bays, const char *station)
{
    const struct ocpp_settle_rent_grant_req *grant = pile_heard(bays->world, station, OCPP_SETTLE_ACTION_RENT_GRANT);

    assert_non_null(grant);
    return grant;
}

struct settle_bank *bay_marks(struct settle_bays *bays, const char *station, const struct ocpp_settle_bank_grant *grant)
{
    struct settle_bank *bank = bank_in(bays, station, grant->slot);

    assert_non_null(bank);
    assert_true(grant->generation > bank->generation);
    snprintf(bank->mark, sizeof bank->mark, "%s", grant->mark);
    bank->generation = grant->generation;
    bank->state = OCPP_SETTLE_MARK_STATE_MARKED;
    return bank;
}

struct settle_bank *bay_gives(struct settle_bays *bays, const char *station, const struct ocpp_settle_bank_grant *grant)
{
    struct settle_bank *bank = bay_marks(bays, station, grant);

    bank->slot = 0;
    return bank;
}

struct ocpp_settle_bank_taken_req bay_taken(struct settle_bays *bays, const char *station,
                                            const struct ocpp_settle_bank_grant *grant)
{
    const struct settle_bank *bank = NULL;

    for (size_t i = 0; i < bays->bank_count; i++) {
        bank = strcmp(bays->banks[i].mark, grant->mark) == 0 ? &bays->banks[i] : bank;
    }
    return (struct ocpp_settle_bank_taken_req){ .envelope = pile_envelope(bays->world, station),
                                                .rental = grant->rental,
                                                .slot = grant->slot,
                                                .bank = bank ? bank->id : NULL,
                                                .hardware_id = bank ? bank->hardware : NULL,
                                                .generation = grant->generation,
                                                .at = bay_moment(bays, station) };
}

const struct ocpp_settle_receipt *bay_tells_taken(struct settle_bays *bays, const char *station,
                                                  const struct ocpp_settle_bank_taken_req *message)
{
    return RECEIPT(
        (const struct ocpp_settle_bank_taken_conf *)pile_says(bays->world, station, OCPP_SETTLE_ACTION_BANK_TAKEN, message));
}

const struct ocpp_settle_receipt *bay_tells_failed(struct settle_bays *bays, const char *station,
                                                   const struct ocpp_settle_bank_grant *grant, enum ocpp_settle_rent_failure why,
                                                   bool is_neutral, int64_t generation)
{
    const struct ocpp_settle_rent_failed_req message = { .envelope = pile_envelope(bays->world, station),
                                                         .rental = grant->rental,
                                                         .slot = grant->slot,
                                                         .why = why,
                                                         .generation = generation,
                                                         .is_neutral = is_neutral,
                                                         .at = bay_moment(bays, station) };
    struct settle_bank *bank = bank_in(bays, station, grant->slot);

    if (bank && is_neutral && generation > grant->generation) {
        snprintf(bank->mark, sizeof bank->mark, "%s", grant->undo);
        bank->state = OCPP_SETTLE_MARK_STATE_NEUTRAL;
    }
    if (bank) {
        bank->generation = generation;
    }
    return RECEIPT(
        (const struct ocpp_settle_rent_failed_conf *)pile_says(bays->world, station, OCPP_SETTLE_ACTION_RENT_FAILED, &message));
}

struct ocpp_settle_bank_returned_req bay_returned(struct settle_bays *bays, struct settle_bank *bank, const char *station,
                                                  int64_t slot)
{
    const bool is_read = bank->state == OCPP_SETTLE_MARK_STATE_NEUTRAL || bank->state == OCPP_SETTLE_MARK_STATE_MARKED;

    snprintf(bank->station, sizeof bank->station, "%s", station);
    bank->slot = slot;
    snprintf(bank->insertion, sizeof bank->insertion, "%s", bay_id(bays));
    return (struct ocpp_settle_bank_returned_req){ .envelope = pile_envelope(bays->world, station),
                                                   .insertion = keep(bays, bank->insertion),
                                                   .slot = slot,
                                                   .bank = bank->id[0] ? bank->id : NULL,
                                                   .hardware_id = bank->hardware[0] ? bank->hardware : NULL,
                                                   .mark_state = bank->state,
                                                   .mark = is_read ? bank->mark : NULL,
                                                   .has_generation = is_read,
                                                   .generation = bank->generation,
                                                   .condition = bank->condition,
                                                   .has_charge = true,
                                                   .charge = 40,
                                                   .at = bay_moment(bays, station) };
}

const struct ocpp_settle_receipt *bay_tells_returned(struct settle_bays *bays, const char *station,
                                                     const struct ocpp_settle_bank_returned_req *message)
{
    return RECEIPT((const struct ocpp_settle_bank_returned_conf *)pile_says(bays->world, station,
                                                                            OCPP_SETTLE_ACTION_BANK_RETURNED, message));
}

const struct ocpp_settle_bank_decision_req *bay_decision(struct settle_bays *bays, const struct settle_bank *bank)
{
    const struct ocpp_settle_bank_decision_req *decision =
        pile_heard(bays->world, bank->station, OCPP_SETTLE_ACTION_BANK_DECISION);

    assert_non_null(decision);
    assert_string_equal(decision->insertion, bank->insertion);
    assert_int_equal(decision->slot, bank->slot);
    return decision;
}

const struct ocpp_settle_receipt *bay_resets(struct settle_bays *bays, struct settle_bank *bank)
{
    const struct ocpp_settle_bank_decision_req *decision = bay_decision(bays, bank);
    const struct ocpp_settle_mark_reset_req message = { .envelope = pile_envelope(bays->world, bank->station),
                                                        .insertion = decision->insertion,
                                                        .slot = bank->slot,
                                                        .bank = bank->id,
                                                        .generation = decision->generation,
                                                        .at = bay_moment(bays, bank->station) };

    assert_true(decision->verdict != OCPP_SETTLE_BANK_VERDICT_HELD);
    assert_true(decision->generation > bank->generation);
    snprintf(bank->mark, sizeof bank->mark, "%s", decision->mark);
    bank->generation = decision->generation;
    bank->state = OCPP_SETTLE_MARK_STATE_NEUTRAL;
    return RECEIPT((const struct ocpp_settle_mark_reset_conf *)pile_says(bays->world, bank->station,
                                                                         OCPP_SETTLE_ACTION_MARK_RESET, &message));
}

void bay_refused(struct settle_bays *bays, const char *station, enum ocpp_settle_action action, const void *message,
                 enum ocpp_settle_refusal_code code)
{
    const struct ocpp_action *said = &ocpp_settle_actions[action];
    struct settle_world *world = bays->world;
    struct ocpp_data_transfer data = { .vendor_id = world->settings.vendor_id, .message_id = said->name, .kind = OCPP_DATA_JSON };
    const void *answer = NULL;
    const char *broken;
    size_t size;

    settle_world_run(world);
    assert_int_equal(ocpp_message_encode(said->request, message, world->arena, &data.data, &size, NULL), OCPP_OK);
    ocpp_settle_receive(world->settle, station, &data, ++world->token, world->now);
    world->store->flush(world->store->user);
    broken = settle_checker_refused(world->checker);
    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
    assert_int_equal(world->answer_status, OCPP_DATA_TRANSFER_ACCEPTED);
    assert_int_equal(
        ocpp_message_decode(said->response, world->answer, strlen(world->answer), NULL, NULL, world->arena, &answer, NULL),
        OCPP_OK);
    const struct ocpp_settle_receipt *receipt = ocpp_settle_wire_receipt(said->response, answer);
    assert_int_equal(receipt->reception, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_string_equal(ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)receipt->code),
                        ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)code));
    assert_true(receipt->reason && receipt->reason[0]);
}

/* --- the usual
 * ------------------------------------------------------------------------------------------------------------------ */

const char *rent(struct settle_bays *bays, const char *station, const char *token, const char *bank)
{
    const struct ocpp_settle_rent_request_conf *asked = bay_asks(bays, station, token, &bank, 1, NULL);
    const struct ocpp_settle_bank_grant *grant;

    assert_non_null(asked);
    assert_int_equal(asked->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    grant = &bay_grant(bays, station)->banks.items[0];
    assert_int_equal(grant->slot, bank_named(bays, bank)->slot);
    (void)bay_gives(bays, station, grant);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(bays, station, grant);
    assert_int_equal(bay_tells_taken(bays, station, &taken)->reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    return grant->rental;
}

const struct ocpp_settle_receipt *put_back(struct settle_bays *bays, const char *id, const char *station, int64_t slot)
{
    struct settle_bank *bank = bank_named(bays, id);
    const struct ocpp_settle_bank_returned_req message = bay_returned(bays, bank, station, slot);
    const struct ocpp_settle_receipt *receipt = bay_tells_returned(bays, station, &message);

    assert_non_null(receipt);
    if (bay_decision(bays, bank)->verdict != OCPP_SETTLE_BANK_VERDICT_HELD) {
        assert_int_equal(bay_resets(bays, bank)->reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    }
    return receipt;
}
