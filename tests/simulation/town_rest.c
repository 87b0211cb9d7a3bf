/* town_rest.c: the end of a history: from some moment on nothing goes wrong any more, banks come back or are bought, debts are
 * paid or written off. Then every order has ended, and the books of backend, provider and town say the same. */
#include "town.h"

#include "settle_checker.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/ledger.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { IDS = 256, ALONE_MS = 120000 };

struct ids {
    char id[IDS][TOWN_ID];
    size_t count;
};

static void add(struct ids *ids, const char *id)
{
    if (ids->count < IDS) {
        (void)snprintf(ids->id[ids->count++], TOWN_ID, "%s", id);
    }
}

/* --- calm --------------------------------------------------------------------------------------------------------------------
 */

static void calm(struct town *town)
{
    town->is_calm = true;
    town->provider.is_honest = true;
    town->cut_at = 0;
    for (int i = 0; i < TOWN_PILES; i++) {
        struct town_pile *pile = &town->piles[i];

        test_storage_cut(pile->storage, 0, 0);
        pile->link_at_ms = pile->is_connected || !pile->agent ? OCPP_NEVER : town->now_ms;
        for (int slot = 1; slot <= TOWN_SLOTS; slot++) {
            cabinet_fault(&pile->cabinet, slot, CABINET_NO_FAULT, 0);
        }
    }
    town_note(town, "all is calm");
    town_pass(town, 300000);
}

/* --- what an operator does ---------------------------------------------------------------------------------------------------
 */

struct waiting {
    const struct town *town;
    struct ids ids;
    char bank[IDS][CABINET_ID_SIZE]; /* what is printed on the bank that lies there */
};

static void see_suspense(const struct ocpp_settle_suspense *entry, void *user)
{
    struct waiting *waiting = user;

    if (entry->is_resolved || waiting->ids.count == IDS) {
        return;
    }
    for (int i = 0; i < TOWN_PILES; i++) {
        const struct town_pile *pile = &waiting->town->piles[i];

        if (entry->slot > 0 && entry->slot <= TOWN_SLOTS && entry->station && strcmp(entry->station, pile->name) == 0) {
            (void)snprintf(waiting->bank[waiting->ids.count], CABINET_ID_SIZE, "%s", pile->cabinet.slot[entry->slot - 1].bank.id);
        }
    }
    add(&waiting->ids, entry->id);
}

static struct waiting suspenses(struct town *town)
{
    struct waiting waiting = { .town = town };
    struct ocpp_settle_rentals_query query = { .state = "Waiting" };

    do {
        town_require(town, ocpp_settle_suspenses(town->settle, &query, see_suspense, &waiting) == OCPP_OK, "no suspenses");
    } while (query.cursor[0]);
    return waiting;
}

enum { RESOLUTIONS = 4 };

/* Whoever looks: what can be returned is, what cannot is adopted, what is not there is dismissed. */
static void resolve(struct town *town, const struct waiting *waiting, size_t number, int way)
{
    static const enum ocpp_settle_resolution ways[RESOLUTIONS] = { OCPP_SETTLE_RESOLVE_RETURNED, OCPP_SETTLE_RESOLVE_ADOPT,
                                                                   OCPP_SETTLE_RESOLVE_RETIRE, OCPP_SETTLE_RESOLVE_DISMISS };
    const struct ocpp_settle_resolve resolve = { .suspense = waiting->ids.id[number],
                                                 .resolution = ways[way],
                                                 .bank = waiting->bank[number][0] ? waiting->bank[number] : NULL };

    town_note(town, "entry %s is resolved as %d", resolve.suspense, (int)ways[way]);
    town_command(town, ocpp_settle_suspense_resolve(town->settle, &resolve, town_done(town), town_now(town)));
}

static void resolve_all(struct town *town)
{
    const struct waiting waiting = suspenses(town);

    for (size_t i = 0; i < waiting.ids.count; i++) {
        for (int way = 0; way < RESOLUTIONS; way++) {
            resolve(town, &waiting, i, way);
            town_pass(town, 2000);
        }
    }
}

struct debts {
    struct town *town;
    struct ids ids;
};

static void see_debt(const struct ocpp_settle_order *order, void *user)
{
    struct debts *debts = user;

    if (order->state == OCPP_SETTLE_ORDER_STATE_DEBT) {
        add(&debts->ids, order->id);
    }
}

static struct debts all_debts(struct town *town)
{
    struct debts debts = { .town = town };
    struct ocpp_settle_order_query query = { .limit = 0 };

    do {
        town_require(town, ocpp_settle_orders(town->settle, &query, see_debt, &debts) == OCPP_OK, "no orders");
    } while (query.cursor[0]);
    return debts;
}

/* In the middle of a history: one entry is looked at, who owes is asked, one debt may be given up. */
void town_look(struct town *town)
{
    const struct waiting waiting = suspenses(town);
    const struct debts debts = all_debts(town);

    for (int way = 0; way < RESOLUTIONS && waiting.ids.count > 0 && town->settle && !town->is_cut; way++) {
        resolve(town, &waiting, 0, way);
        town_pass(town, 500);
    }
    for (size_t i = 0; i < debts.ids.count && town->settle && !town->is_cut; i++) {
        town_note(town, "order %s owes", debts.ids.id[i]);
        town_command(town,
                     town_chance(town, 4)
                         ? ocpp_settle_pay_debt(town->settle, debts.ids.id[i], town_done(town), town_now(town))
                         : ocpp_settle_write_off(town->settle, debts.ids.id[i], "gave up", town_done(town), town_now(town)));
    }
}

static void settle_debts(struct town *town)
{
    const struct debts debts = all_debts(town);

    for (size_t i = 0; i < debts.ids.count; i++) {
        town_note(town, "order %s is asked to pay", debts.ids.id[i]);
        town_command(town, ocpp_settle_pay_debt(town->settle, debts.ids.id[i], town_done(town), town_now(town)));
    }
    town_pass(town, 10000);
    const struct debts left = all_debts(town);
    for (size_t i = 0; i < left.ids.count; i++) {
        town_note(town, "order %s is written off", left.ids.id[i]);
        town_command(town, ocpp_settle_write_off(town->settle, left.ids.id[i], "never paid", town_done(town), town_now(town)));
    }
    town_pass(town, 10000);
}

static void see_to_refund(const struct ocpp_settle_order *order, void *user)
{
    if (order->refund_reason) {
        add(user, order->id);
    }
}

static void refund_again(struct town *town)
{
    struct ids ids = { .count = 0 };
    struct ocpp_settle_order_query query = { .limit = 0 };

    do {
        town_require(town, ocpp_settle_orders(town->settle, &query, see_to_refund, &ids) == OCPP_OK, "no orders");
    } while (query.cursor[0]);
    for (size_t i = 0; i < ids.count; i++) {
        town_note(town, "order %s is refunded again", ids.id[i]);
        town_command(town, ocpp_settle_try_again(town->settle, ids.id[i], town_done(town), town_now(town)));
    }
    town_pass(town, 10000);
}

/* --- what has to be so then --------------------------------------------------------------------------------------------------
 */

static void judge_order(const struct ocpp_settle_order *order, void *user)
{
    const struct town *town = user;
    const int64_t captured = town_provider_sum(town, order->id, OCPP_SETTLE_CAPTURE);
    const int64_t refunded = town_provider_sum(town, order->id, OCPP_SETTLE_REFUND);
    const int64_t held = town_provider_held(town, order->id);

    town_require(town,
                 order->state == OCPP_SETTLE_ORDER_STATE_VOID || order->state == OCPP_SETTLE_ORDER_STATE_PAID ||
                     order->state == OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF,
                 "order %s of %s never ends: state %d", order->id, order->payer, (int)order->state);
    town_require(town, held == 0, "order %s: %" PRId64 " are held for ever", order->id, held);
    town_require(town, strcmp(order->provider, "card") != 0 || order->paid_minor == captured - refunded,
                 "order %s: %" PRId64 " were paid, the provider took %" PRId64 " and gave back %" PRId64, order->id,
                 order->paid_minor, captured, refunded);
    town_require(town, order->state != OCPP_SETTLE_ORDER_STATE_PAID || order->paid_minor == order->due_minor,
                 "order %s: %" PRId64 " are due, %" PRId64 " were paid", order->id, order->due_minor, order->paid_minor);
    town_require(town, order->paid_minor >= 0 && order->paid_minor <= order->due_minor, "order %s: %" PRId64 " of %" PRId64,
                 order->id, order->paid_minor, order->due_minor);
    town_require(town, order->state != OCPP_SETTLE_ORDER_STATE_VOID || order->paid_minor == 0, "order %s is void and paid",
                 order->id);
}

static bool is_end(const char *state)
{
    return strcmp(state, "Returned") == 0 || strcmp(state, "Bought") == 0 || strcmp(state, "Failed") == 0;
}

static const char *asker(const struct town *town, const char *request)
{
    for (int i = 0; request && i < town->ask_count; i++) {
        if (strcmp(town->asks[i].request, request) == 0) {
            return town->asks[i].token;
        }
    }
    return NULL;
}

struct judging {
    char payer[80];
};

static void see_payer(const struct ocpp_settle_order *order, void *user)
{
    struct judging *judging = user;

    (void)snprintf(judging->payer, sizeof judging->payer, "%s", order->payer);
}

/* A rental, kept beyond the visit. */
struct kept_rental {
    char id[TOWN_ID];
    char order[TOWN_ID];
    char request[TOWN_ID];
    char state[16];
    char reason[80];
    bool had_suspense;
};

/* An order, kept likewise. */
struct kept_order {
    char id[TOWN_ID];
    char transaction[40];
    bool is_given_up;
    int64_t due_minor;
};

struct kept_orders {
    struct kept_order order[IDS];
    size_t count;
};

static void keep_order(const struct ocpp_settle_order *order, void *user)
{
    struct kept_orders *kept = user;

    if (kept->count < IDS) {
        struct kept_order *copy = &kept->order[kept->count++];

        (void)snprintf(copy->id, sizeof copy->id, "%s", order->id);
        (void)snprintf(copy->transaction, sizeof copy->transaction, "%s", order->transaction ? order->transaction : "");
        copy->due_minor = order->due_minor;
        copy->is_given_up = order->state == OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF;
    }
}

struct kept_rentals {
    struct kept_rental rental[IDS];
    size_t count;
};

static void keep_rental(const struct ocpp_settle_rental *rental, void *user)
{
    struct kept_rentals *kept = user;

    if (kept->count < IDS) {
        struct kept_rental *copy = &kept->rental[kept->count++];

        (void)snprintf(copy->id, sizeof copy->id, "%s", rental->id);
        (void)snprintf(copy->order, sizeof copy->order, "%s", rental->order ? rental->order : "");
        (void)snprintf(copy->request, sizeof copy->request, "%s", rental->request ? rental->request : "");
        (void)snprintf(copy->state, sizeof copy->state, "%s", rental->state);
        copy->had_suspense = rental->suspense != NULL;
        (void)snprintf(copy->reason, sizeof copy->reason, "%s", rental->reason ? rental->reason : "");
    }
}

/* A pile that is alone gives requests names the backend never hears: somebody with the token asked there shortly before. */
static bool asked_alone(const struct town *town, const char *rental, const char *token)
{
    for (int i = 0; i < town->taking_count; i++) {
        const struct town_taking *taking = &town->takings[i];

        for (int j = 0; j < town->ask_count && strcmp(taking->rental, rental) == 0; j++) {
            const struct town_ask *ask = &town->asks[j];

            if (ask->pile == taking->pile && strcmp(ask->token, token) == 0 && ask->at_ms <= taking->at_ms &&
                ask->at_ms + ALONE_MS >= taking->at_ms) {
                return true;
            }
        }
    }
    return false;
}

/* Who asked is who pays, and nobody else. */
static void judge_payer(const struct town *town, const struct kept_rental *rental)
{
    const char *token = asker(town, rental->request);
    struct judging judging = { .payer = "" };

    if (!rental->order[0]) { /* let by a pile that was alone, to who charged there */
        town_require(town, asked_alone(town, rental->id, "NOBODY-1"), "rental %s: nobody pays", rental->id);
        return;
    }
    const enum ocpp_status status = ocpp_settle_find_order(town->settle, rental->order, see_payer, &judging);

    town_require(town, status == OCPP_OK, "no order of rental %s: %s", rental->id, ocpp_status_sentence(status));
    const char *colon = strchr(judging.payer, ':');
    const char *payer = colon ? colon + 1 : judging.payer;
    town_require(town, token ? strcmp(payer, token) == 0 : asked_alone(town, rental->id, payer), "rental %s: %s asked, %s pays",
                 rental->id, token ? token : "somebody else", judging.payer);
}

static void judge_rental(const struct town *town, const struct kept_rental *rental)
{
    int taken = 0;
    bool is_excused = false; /* A26: faulty and not replaced, it costs nothing */

    for (int i = 0; i < town->taking_count; i++) {
        const struct town_taking *taking = &town->takings[i];
        const bool is_it = strcmp(taking->rental, rental->id) == 0;

        taken += is_it;
        is_excused = is_excused || (is_it && (taking->was_faulty || taking->is_void));
    }
    town_require(town, is_end(rental->state), "rental %s never ends: %s", rental->id, rental->state);
    if (strcmp(rental->state, "Failed") == 0) {
        town_require(town, taken == 0 || is_excused, "rental %s failed (%s), and its bank was taken", rental->id, rental->reason);
        return;
    }
    town_require(town, taken > 0, "rental %s is %s, and nobody took its bank", rental->id, rental->state);
    judge_payer(town, rental);
}

/* What |order| must have cost. Rentals with more than one taking were swapped: one of them counts, nobody knows which. */
static struct town_fees fees_of(const struct town *town, const struct kept_rentals *kept, const struct kept_order *order)
{
    struct town_fees sum = { 0, 0 };

    for (int i = 0; i < town->car_count && order->transaction[0]; i++) {
        const struct town_fees fees = town_fee_of_car(&town->cars[i]);
        const bool is_it = strcmp(town->cars[i].id, order->transaction) == 0;

        sum.least_minor += is_it ? fees.least_minor : 0;
        sum.most_minor += is_it ? fees.most_minor : 0;
    }
    for (size_t i = 0; i < kept->count; i++) {
        const struct kept_rental *rental = &kept->rental[i];
        const bool is_bought = strcmp(rental->state, "Bought") == 0;
        struct town_fees fees = { 0, 0 };
        int taken = 0;

        if (strcmp(rental->order, order->id) != 0 || strcmp(rental->state, "Failed") == 0) {
            continue;
        }
        for (int j = 0; j < town->taking_count; j++) {
            if (strcmp(town->takings[j].rental, rental->id) == 0) {
                fees = town_fee_of_taking(town, &town->takings[j], is_bought);
                taken++;
            }
        }
        sum.least_minor += taken > 1 || rental->had_suspense ? 0 : fees.least_minor;
        sum.most_minor += taken > 1 || rental->had_suspense ? 2400 : fees.most_minor;
    }
    return sum;
}

static void judge_fees(struct town *town, const struct kept_rentals *kept)
{
    static struct kept_orders orders;
    struct ocpp_settle_order_query query = { .limit = 0 };

    orders.count = 0;
    do {
        town_require(town, ocpp_settle_orders(town->settle, &query, keep_order, &orders) == OCPP_OK, "no orders");
    } while (query.cursor[0]);
    for (size_t i = 0; i < orders.count; i++) {
        const struct kept_order *order = &orders.order[i];
        struct town_fees fees = town_adjusted(town, order->id, fees_of(town, kept, order));

        fees.least_minor = order->is_given_up ? 0 : fees.least_minor; /* what was heard later is not billed any more */
        town_require(town, order->due_minor >= fees.least_minor && order->due_minor <= fees.most_minor,
                     "order %s: %" PRId64 " are due, it must be %" PRId64 " to %" PRId64, order->id, order->due_minor,
                     fees.least_minor, fees.most_minor);
    }
}

static void judge_rentals(struct town *town)
{
    static struct kept_rentals kept;
    struct ocpp_settle_rentals_query query = { .limit = 0 };

    kept.count = 0;
    do {
        town_require(town, ocpp_settle_rentals(town->settle, &query, keep_rental, &kept) == OCPP_OK, "no rentals");
    } while (query.cursor[0]);
    for (size_t i = 0; i < kept.count; i++) {
        judge_rental(town, &kept.rental[i]);
    }
    for (int i = 0; i < town->taking_count; i++) {
        const struct town_taking *taking = &town->takings[i];
        bool is_known = false;

        for (size_t j = 0; j < kept.count; j++) {
            is_known = is_known || strcmp(kept.rental[j].id, taking->rental) == 0;
        }
        town_require(town, is_known || taking->is_void, "%s was taken, and there is no rental %s", taking->bank, taking->rental);
    }
    judge_fees(town, &kept);
}

static void judge_piles(const struct town *town)
{
    for (int i = 0; i < TOWN_PILES; i++) {
        const struct town_pile *pile = &town->piles[i];

        town_require(town, pile->agent, "%s has no power", pile->name);
        const struct ocpp_settle_agent_view view = ocpp_settle_agent_view(pile->agent);
        town_require(town, view.link == OCPP_SETTLE_AGENT_ON && view.queued == 0, "%s: link %d, %d messages wait", pile->name,
                     (int)view.link, (int)view.queued);
    }
}

static void judge(struct town *town)
{
    struct ocpp_settle_order_query orders = { .limit = 0 };

    judge_piles(town);
    judge_rentals(town);
    town_judge_wallet(town);
    do {
        town_require(town, ocpp_settle_orders(town->settle, &orders, judge_order, town) == OCPP_OK, "no orders");
    } while (orders.cursor[0]);
    town_require(town, suspenses(town).ids.count == 0, "an entry waits for ever");
    const char *broken = settle_checker_run_at_rest(town->checker);
    town_require(town, !broken, "%s", broken);
}

void town_rest(struct town *town)
{
    const bool keeps_some = town_chance(town, 3) == 0;

    calm(town);
    town_cars_leave(town);
    town_pass(town, 300000);
    if (!keeps_some) {
        town_give_back_all(town);
    }
    town_check(town);
    for (int round = 0; round < 3; round++) {
        resolve_all(town);
        town_pass(town, 60000);
        settle_debts(town);
        refund_again(town);
        town_check(town);
        town_pass(town, round == 0 ? INT64_C(86400000) * 6 : 600000);
        town_check(town);
    }
    town_note(town, "all is at rest");
    judge(town);
}
