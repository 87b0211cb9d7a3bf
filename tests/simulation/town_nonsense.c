/* town_nonsense.c: commands and messages that are wrong: they are refused, and nothing is changed but what a refusal may note
 * (I6). */
#include "settle_checker.h"
#include "town.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/wire.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char nobody[] = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";

/* --- commands ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status of_no_order(struct town *town)
{
    switch (town_chance(town, 4)) {
    case 0:
        return ocpp_settle_pay_debt(town->settle, nobody, town_done(town), town_now(town));
    case 1:
        return ocpp_settle_write_off(town->settle, nobody, "no reason", town_done(town), town_now(town));
    case 2:
        return ocpp_settle_adjust(town->settle, nobody, 100, "no reason", town_done(town), town_now(town));
    default:
        return ocpp_settle_try_again(town->settle, nobody, town_done(town), town_now(town));
    }
}

/* Nothing, less than nothing, more than there is. */
static enum ocpp_status impossible_amount(struct town *town)
{
    static const int64_t amounts[] = { 0, -1000000000, INT64_MAX, INT64_MIN };
    char order[TOWN_ID];

    (void)town_any_order(town, order);
    return ocpp_settle_adjust(town->settle, order[0] ? order : nobody, amounts[town_chance(town, 4)], "no reason",
                              town_done(town), town_now(town));
}

static enum ocpp_status strange_money(struct town *town)
{
    static const struct ocpp_settle_wallet_change changes[] = {
        { .account = "ISO14443:WALLET-1", .currency = "XXQ", .amount_minor = 100, .through = "bank", .key = "n-1" },
        { .account = "ISO14443:WALLET-1", .currency = "EUR", .amount_minor = -100, .through = "bank", .key = "n-2" },
        { .account = "ISO14443:WALLET-1", .currency = "EUR", .amount_minor = 0, .through = "bank", .key = "n-3" },
        { .account = "", .currency = "EUR", .amount_minor = 100, .through = "bank", .key = "n-4" },
        { .account = "ISO14443:WALLET-1", .currency = "EUR", .amount_minor = 100, .through = "a/b", .key = "n-5" },
    };

    return ocpp_settle_wallet_top_up(town->settle, &changes[town_chance(town, 5)], town_done(town), town_now(town));
}

/* JPY and no yen in it. */
static enum ocpp_status empty_purse(struct town *town)
{
    const struct ocpp_settle_wallet_change change = {
        .account = "ISO14443:WALLET-1", .currency = "JPY", .amount_minor = 100, .through = "bank", .key = "n-6"
    };

    return ocpp_settle_wallet_pay_out(town->settle, &change, town_done(town), town_now(town));
}

static enum ocpp_status of_no_rental(struct town *town)
{
    switch (town_chance(town, 4)) {
    case 0:
        return ocpp_settle_rental_report(town->settle, nobody, town_done(town), town_now(town));
    case 1:
        return ocpp_settle_rental_swap(town->settle, nobody, town_done(town), town_now(town));
    case 2:
        return ocpp_settle_rental_keep(town->settle, nobody, town_done(town), town_now(town));
    default:
        return ocpp_settle_rent_cancel(town->settle, nobody, town_done(town), town_now(town));
    }
}

static enum ocpp_status rent_nowhere(struct town *town)
{
    const struct ocpp_token token = { "CARD-1", OCPP_TOKEN_ISO14443 };

    return ocpp_settle_rent(town->settle, "PILE-9", &token, 1, town_done(town), town_now(town));
}

static enum ocpp_status resolve_nothing(struct town *town)
{
    const struct ocpp_settle_resolve resolve = { .suspense = nobody, .resolution = OCPP_SETTLE_RESOLVE_DISMISS };

    return ocpp_settle_suspense_resolve(town->settle, &resolve, town_done(town), town_now(town));
}

static enum ocpp_status paid_by_nobody(struct town *town)
{
    const struct ocpp_settle_payment_answer answer = { .result = OCPP_SETTLE_PAYMENT_OK, .amount_minor = 100, .currency = "EUR" };

    (void)town_done(town);
    return ocpp_settle_payment_answered(town->settle, nobody, &answer, town_now(town));
}

/* --- messages ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status say(struct town *town, const char *station, const char *name, const char *members)
{
    char id[OCPP_SETTLE_ID_SIZE];
    char text[700];
    const struct ocpp_data_transfer data = {
        .vendor_id = OCPP_SETTLE_VENDOR_ID, .message_id = name, .kind = OCPP_DATA_JSON, .data = text
    };

    settle_keys_id(&town->keys, id);
    (void)snprintf(text, sizeof text, "{\"envelope\":{\"id\":\"%s\",\"stream\":\"n/%s\",\"seq\":1},%s}", id, id, members);
    (void)town_done(town);
    town_line_say(town, station, &data);
    return OCPP_OK;
}

#define NOW "\"at\":{\"utc\":\"2026-11-20T10:00:00Z\",\"boot\":1,\"monoMs\":5,\"status\":\"Synchronised\"}"

static const char *any_station(struct town *town)
{
    return town->piles[town_chance(town, TOWN_PILES)].name;
}

static enum ocpp_status taken_of_nobody(struct town *town)
{
    return say(town, any_station(town), "BankTaken",
               "\"rental\":\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\",\"slot\":1,\"bank\":\"B11\",\"generation\":9," NOW);
}

/* The rental of one pile, told by another one. */
static enum ocpp_status taken_elsewhere(struct town *town)
{
    const struct town_taking *taking = town->taking_count > 0 ? &town->takings[town->taking_count - 1] : NULL;
    char members[300];

    if (!taking || !taking->rental[0]) {
        return taken_of_nobody(town);
    }
    (void)snprintf(members, sizeof members, "\"rental\":\"%s\",\"slot\":%d,\"bank\":\"%s\",\"generation\":9," NOW, taking->rental,
                   taking->slot, taking->bank);
    return say(town, town->piles[(taking->pile + 1) % TOWN_PILES].name, "BankTaken", members);
}

static enum ocpp_status reset_of_nothing(struct town *town)
{
    return say(town, any_station(town), "MarkReset",
               "\"insertion\":\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\",\"slot\":1,\"bank\":\"B11\",\"generation\":9," NOW);
}

static enum ocpp_status returned_to_no_slot(struct town *town)
{
    return say(town, any_station(town), "BankReturned",
               "\"insertion\":\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\",\"slot\":99,\"bank\":\"B11\",\"markState\":\"Unreadable\","
               "\"condition\":\"Good\"," NOW);
}

static enum ocpp_status words_of_no_message(struct town *town)
{
    static const char *const members[] = { "\"slot\":\"one\"," NOW, "\"slot\":-1,\"state\":\"Idle\"," NOW,
                                           "\"x\":[[[[[[[[]]]]]]]]", "\"slot\":1,\"state\":\"Happy\"," NOW };

    return say(town, any_station(town), "SlotNotice", members[town_chance(town, 4)]);
}

static enum ocpp_status pile_nobody_knows(struct town *town)
{
    return say(town, "PILE-9", "SlotNotice", "\"slot\":1,\"state\":\"Held\"," NOW);
}

/* --- prices ------------------------------------------------------------------------------------------------------------------
 */

static const struct ocpp_settle_price_component less_than_nothing[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = -500000 },
};
static const struct ocpp_settle_price_component some[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 500000 },
};
static const struct ocpp_settle_price_component by_the_day[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_HOUR, .price_micro = 500000 },
};
static const struct ocpp_settle_tariff_element elements[] = { { .components = { less_than_nothing, 1 } },
                                                              { .components = { some, 1 } },
                                                              { .components = { by_the_day, 1 } } };
static const struct ocpp_settle_bank_tariff odd_banks = { .deposit_minor = -1000,
                                                          .free_s = 300,
                                                          .unit_s = 1800,
                                                          .unit_price_micro = 1000000,
                                                          .daily_cap_minor = 600,
                                                          .buy_out_minor = 2000 };

#define OWN OCPP_SETTLE_TARIFF_DIALECT_OWN

static const struct ocpp_settle_tariff odd_tariffs[] = {
    { .id = "T", .currency = "EUR", .dialect = OWN, .elements = { &elements[0], 1 } },
    { .id = "T", .currency = "XXQ", .dialect = OWN, .elements = { &elements[1], 1 } },
    { .id = "T", .currency = "", .dialect = OWN, .elements = { &elements[1], 1 } },
    { .id = "T", .currency = "EUR", .dialect = OWN, .elements = { &elements[2], 1 } },
    { .id = "T", .currency = "EUR", .dialect = OWN, .elements = { &elements[1], 1 }, .bank = &odd_banks },
};

/* Somebody who has no order yet wants a bank while the application knows such a tariff only. */
static enum ocpp_status priced_by_nonsense(struct town *town)
{
    char id[OCPP_SETTLE_ID_SIZE];
    char text[400];
    const struct ocpp_data_transfer data = {
        .vendor_id = OCPP_SETTLE_VENDOR_ID, .message_id = "RentRequest", .kind = OCPP_DATA_JSON, .data = text
    };

    settle_keys_id(&town->keys, id);
    (void)snprintf(text, sizeof text,
                   "{\"request\":\"%s\",\"token\":{\"id\":\"CARD-OF-NOBODY-YET\",\"type\":\"ISO14443\"},"
                   "\"banks\":[{\"slot\":1,\"bank\":\"B11\",\"generation\":1}]," NOW "}",
                   id);
    (void)town_done(town);
    town->odd_tariff = &odd_tariffs[town_chance(town, sizeof odd_tariffs / sizeof odd_tariffs[0])];
    town_line_say(town, any_station(town), &data);
    town->odd_tariff = NULL;
    return OCPP_OK;
}

/* --- one of them -------------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *what;
    enum ocpp_status (*say)(struct town *town);
} nonsense[] = {
    { "an order nobody has", of_no_order },
    { "an amount that cannot be", impossible_amount },
    { "money that is none", strange_money },
    { "money that is not there", empty_purse },
    { "a rental nobody has", of_no_rental },
    { "a pile nobody has", rent_nowhere },
    { "an entry nobody made", resolve_nothing },
    { "a payment nobody asked for", paid_by_nobody },
    { "a bank nobody was let", taken_of_nobody },
    { "another pile's bank", taken_elsewhere },
    { "a mark nobody wrote", reset_of_nothing },
    { "a slot that is not there", returned_to_no_slot },
    { "words of no message", words_of_no_message },
    { "a pile nobody has heard of", pile_nobody_knows },
    { "a tariff that makes no sense", priced_by_nonsense },
};

void town_nonsense(struct town *town)
{
    const unsigned chosen = town_chance(town, sizeof nonsense / sizeof nonsense[0]);

    town_pass(town, 0); /* what is under way has arrived: what changes now is the nonsense's doing */
    if (!town->settle || town->is_cut || town->cut_at > 0) {
        return;
    }
    town->settings.store.flush(town->settings.store.user);
    town_check(town);
    town_note(town, "nonsense: %s", nonsense[chosen].what);
    const enum ocpp_status status = nonsense[chosen].say(town);
    town->settings.store.flush(town->settings.store.user);
    town_require(town, status != OCPP_OK || town->was_refused, "%s is not refused", nonsense[chosen].what);
    const char *broken = settle_checker_refused(town->checker);
    town_require(town, !broken, "%s: %s", nonsense[chosen].what, broken);
}
