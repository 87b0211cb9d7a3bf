/* town_operator.c: what an operator does to money: takes it off or adds it, fills wallets and empties them, bounds what may be
 * owed, says who is known; and what of that the books have to show in the end. */
#include "town.h"

#include <ocpp/settlement/accounts.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char wallet[] = "ISO14443:WALLET-1";

static bool has_backend(const struct town *town)
{
    return town->settle && !town->is_cut;
}

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

struct picking {
    struct town *town;
    char id[TOWN_ID];
    unsigned count;
};

static void pick(const struct ocpp_settle_order *order, void *user)
{
    struct picking *picking = user;

    if (town_chance(picking->town, ++picking->count) == 0) {
        (void)snprintf(picking->id, sizeof picking->id, "%s", order->id);
    }
}

const char *town_any_order(struct town *town, char id[TOWN_ID])
{
    struct picking picking = { .town = town };
    struct ocpp_settle_order_query query = { .limit = 0 };

    town_require(town, ocpp_settle_orders(town->settle, &query, pick, &picking) == OCPP_OK, "no orders");
    memcpy(id, picking.id, sizeof picking.id);
    return id;
}

void town_adjusts(struct town *town)
{
    char order[TOWN_ID];
    int64_t net = 1 + (int64_t)town_chance(town, 900);

    if (!has_backend(town) || town->adjustment_count == TOWN_ADJUSTMENTS || !town_any_order(town, order)[0]) {
        return;
    }
    net = town_chance(town, 2) ? net : -net;
    town_note(town, "%" PRId64 " more on %s", net, order);
    town_command(town, ocpp_settle_adjust(town->settle, order, net, "a word of the operator", town_done(town), town_now(town)));
    if (town->was_refused) {
        return;
    }
    struct town_adjustment *adjustment = &town->adjustments[town->adjustment_count++];
    *adjustment = (struct town_adjustment){ .net_minor = net, .is_sure = town->was_done };
    memcpy(adjustment->order, order, sizeof order);
}

/* --- accounts ----------------------------------------------------------------------------------------------------------------
 */

static void change(struct town *town, const char *name, int64_t minor,
                   enum ocpp_status (*ask)(struct ocpp_settle *settle, const struct ocpp_settle_wallet_change *change,
                                           const struct ocpp_settle_done *done, struct ocpp_now now))
{
    const unsigned number = (unsigned)town->key_count++ / 2; /* each key is asked with twice */
    char key[32];
    const struct ocpp_settle_wallet_change change = {
        .account = wallet, .currency = "EUR", .amount_minor = minor > 0 ? minor : -minor, .through = "bank", .key = key
    };

    (void)snprintf(key, sizeof key, "%s-%u", name, number);
    town_note(town, "%s", key);
    town_command(town, ask(town->settle, &change, town_done(town), town_now(town)));
    if (!town->was_done && !town->was_refused) {
        town->is_wallet_odd = true; /* nobody heard how it ended */
    } else if (town->was_done && strcmp(town->last_key, key) != 0) {
        town->wallet_minor += minor;
        (void)snprintf(town->last_key, sizeof town->last_key, "%s", key);
    }
}

void town_tops_up(struct town *town)
{
    if (has_backend(town)) {
        change(town, "top-up", 5000, ocpp_settle_wallet_top_up);
    }
}

void town_pays_out(struct town *town)
{
    if (has_backend(town)) {
        change(town, "pay-out", -700, ocpp_settle_wallet_pay_out);
    }
}

void town_limits(struct town *town)
{
    const int64_t limit = 500 * (int64_t)town_chance(town, 40);

    if (has_backend(town)) {
        town_note(town, "STATEMENT-1 may owe %" PRId64, limit);
        town_command(
            town, ocpp_settle_credit_limit(town->settle, "ISO14443:STATEMENT-1", "EUR", limit, town_done(town), town_now(town)));
    }
}

void town_knows(struct town *town)
{
    const struct ocpp_token token = { "KNOWN-1", OCPP_TOKEN_ISO14443 };
    const int banks = town_chance(town, 4) ? 1 : 0;

    if (has_backend(town)) {
        town_note(town, "KNOWN-1 may have %d of a pile that is alone", banks);
        town_command(town, ocpp_settle_known_renter(town->settle, &token, banks, town_done(town), town_now(town)));
    }
}

/* --- what has to be so in the end ---------------------------------------------------------------------------------------------
 */

struct town_fees town_adjusted(const struct town *town, const char *order, struct town_fees fees)
{
    for (int i = 0; i < town->adjustment_count; i++) {
        const struct town_adjustment *adjustment = &town->adjustments[i];

        if (strcmp(adjustment->order, order) == 0) {
            fees.least_minor += adjustment->is_sure || adjustment->net_minor < 0 ? adjustment->net_minor : 0;
            fees.most_minor += adjustment->is_sure || adjustment->net_minor > 0 ? adjustment->net_minor : 0;
        }
    }
    fees.least_minor = fees.least_minor > 0 ? fees.least_minor : 0; /* nothing costs less than nothing */
    fees.most_minor = fees.most_minor > 0 ? fees.most_minor : 0;
    return fees;
}

static void add_paid(const struct ocpp_settle_order *order, void *user)
{
    int64_t *paid_minor = user;

    *paid_minor += strcmp(order->payer, wallet) == 0 ? order->paid_minor : 0;
}

/* What was put into the wallet is there, was paid out, or paid orders. */
void town_judge_wallet(struct town *town)
{
    struct ocpp_settle_payer_balance balance = { .wallet_minor = 0 };
    struct ocpp_settle_order_query query = { .limit = 0 };
    int64_t paid_minor = 0;

    do {
        town_require(town, ocpp_settle_orders(town->settle, &query, add_paid, &paid_minor) == OCPP_OK, "no orders");
    } while (query.cursor[0]);
    town_require(town, ocpp_settle_payer_balance(town->settle, wallet, "EUR", &balance) == OCPP_OK, "no balance");
    town_require(town, town->is_wallet_odd || balance.wallet_minor + paid_minor == town->wallet_minor,
                 "the wallet holds %" PRId64 " and paid %" PRId64 ", %" PRId64 " were put in", balance.wallet_minor, paid_minor,
                 town->wallet_minor);
    town_require(town, balance.wallet_minor >= 0, "the wallet holds %" PRId64, balance.wallet_minor);
}
