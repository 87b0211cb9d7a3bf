/* settle_checker_rows.c: what holds of records: holds (I3), captures (I4), answers (I5), bills (I7), banks (I9), and that no
 * account of the ledger stands open where its order is over. A table says which record is looked at how.
 */
#include "relay_records.h"
#include "settle_checker_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- legs ---------------------------------------------------------------------------------------------------------- */

/* I3: what was held is captured, let go, or still held; a leg that is over holds nothing. The ledger says the same. */
static bool look_at_leg(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct row_leg *leg = record;
    const int64_t held = leg->held_minor - leg->captured_minor - leg->released_minor;
    const bool is_over = leg->state == ROW_LEG_STATE_CAPTURED || leg->state == ROW_LEG_STATE_RELEASED ||
                         leg->state == ROW_LEG_STATE_FAILED || leg->state == ROW_LEG_STATE_REFUNDING;
    const int64_t booked = checker_balance(checker, row->operator_id, leg->currency, "hold", leg->id);
    char captures[128];

    CHECKER_REQUIRE(checker, held >= 0, "I3", "leg %s: held %" PRId64 ", captured %" PRId64 ", released %" PRId64, leg->id,
                    leg->held_minor, leg->captured_minor, leg->released_minor);
    CHECKER_REQUIRE(checker, !is_over || held == 0, "I3", "leg %s is over and still holds %" PRId64, leg->id, held);
    CHECKER_REQUIRE(checker, booked == held, "I3", "leg %s holds %" PRId64 ", its account %" PRId64, leg->id, held, booked);
    CHECKER_REQUIRE(checker, leg->refunded_minor <= leg->captured_minor, "I3", "leg %s: captured %" PRId64 ", refunded %" PRId64,
                    leg->id, leg->captured_minor, leg->refunded_minor);
    (void)snprintf(captures, sizeof captures, "%s/%s", row->operator_id, leg->id);
    const struct checker_item *booked_captures = checker_map_find(&checker->captures, captures);
    CHECKER_REQUIRE(checker, (leg->captured_minor > 0) == (booked_captures != NULL), "I4",
                    "leg %s: captured %" PRId64 ", booked %s", leg->id, leg->captured_minor,
                    booked_captures != NULL ? "once" : "never");
    return true;
}

/* --- orders -------------------------------------------------------------------------------------------------------- */

struct paid {
    int64_t minor;
    bool all_found;
};

static struct paid paid_of(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    struct paid paid = { .all_found = true };

    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = checker_read(checker, operator_id, "leg", order->legs.items[i], &row_leg_type);

        paid.all_found &= leg != NULL;
        paid.minor += leg != NULL ? leg->captured_minor - leg->refunded_minor : 0;
    }
    return paid;
}

static bool is_over(enum row_order_state state)
{
    return state == ROW_ORDER_STATE_VOID || state == ROW_ORDER_STATE_WRITTEN_OFF;
}

/* No money appears or vanishes: what the order says was paid is what its legs took, and once it is over nobody owes anything. */
/* A tenant's session: what it came to is owed by statements, as far as it stands in them. */
static bool look_at_share(struct settle_checker *checker, const struct checker_row *row, const struct row_order *order)
{
    const int64_t receivable = checker_balance(checker, row->operator_id, order->currency, "receivable", order->id);
    const int64_t due = order->bills > 0 ? order->due_minor : 0;
    char unstated[80];

    (void)snprintf(unstated, sizeof unstated, "%s/%s", order->tenant->tenant, order->id);
    CHECKER_REQUIRE(checker, receivable == order->tenant->stated_minor - due, "I12",
                    "order %s came to %" PRId64 ", %" PRId64 " of it is stated, and its receivable %" PRId64, order->id, due,
                    order->tenant->stated_minor, receivable);
    CHECKER_REQUIRE(checker, order->legs.count == 0, "I12", "order %s is due by statement and has a leg", order->id);
    CHECKER_REQUIRE(
        checker, checker_exists(checker, row->operator_id, "unstated", unstated) == (order->tenant->stated_bill < order->bills),
        "I12", "order %s has %" PRId64 " bills, and the last that was stated is %" PRId64, order->id, order->bills,
        order->tenant->stated_bill);
    return true;
}

static bool look_at_order(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct row_order *order = record;

    if (order->tenant != NULL) {
        return look_at_share(checker, row, order);
    }
    const struct paid paid = paid_of(checker, row->operator_id, order);
    const int64_t receivable = checker_balance(checker, row->operator_id, order->currency, "receivable", order->id);
    const int64_t deposit = checker_balance(checker, row->operator_id, order->currency, "deposit", order->id);

    CHECKER_REQUIRE(checker, paid.all_found, "I3", "order %s names a leg that is not there", order->id);
    CHECKER_REQUIRE(checker, paid.minor == order->paid_minor, "I3", "order %s says %" PRId64 " were paid, its legs took %" PRId64,
                    order->id, order->paid_minor, paid.minor);
    CHECKER_REQUIRE(checker, !is_over(order->state) || (receivable == 0 && deposit == 0), "I2",
                    "order %s is over: receivable %" PRId64 ", deposit %" PRId64, order->id, receivable, deposit);
    CHECKER_REQUIRE(checker,
                    order->state != ROW_ORDER_STATE_PAID || (receivable == paid.minor - order->due_minor && receivable >= 0),
                    "I2", "order %s is paid: due %" PRId64 ", paid %" PRId64 ", receivable %" PRId64, order->id, order->due_minor,
                    paid.minor, receivable); /* what was too much is on its way back */
    CHECKER_REQUIRE(checker, order->state != ROW_ORDER_STATE_DEBT || receivable < 0, "I2",
                    "order %s is a debt and its receivable %" PRId64, order->id, receivable);
    CHECKER_REQUIRE(checker, order->state != ROW_ORDER_STATE_OPEN || receivable == 0, "I2",
                    "order %s is open and its receivable %" PRId64, order->id, receivable);
    return checker_look_at_numbers(checker, row, order);
}

/* --- banks --------------------------------------------------------------------------------------------------------- */

static bool is_open(enum row_rental_state state)
{
    return state == ROW_RENTAL_STATE_GRANTED || state == ROW_RENTAL_STATE_TAKEN || state == ROW_RENTAL_STATE_SWAPPING;
}

/* I9: a bank that is out belongs to one rental: the one its record names. */
static bool look_at_rental(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct row_rental *rental = record;

    if (!is_open(rental->state) || rental->bank == NULL) {
        return true;
    }
    const struct row_bank *bank = checker_read(checker, row->operator_id, "bank", rental->bank, &row_bank_type);
    CHECKER_REQUIRE(checker, bank != NULL, "I9", "rental %s has the bank %s, which nobody knows", rental->id, rental->bank);
    CHECKER_REQUIRE(checker, bank->rental != NULL && strcmp(bank->rental, rental->id) == 0, "I9",
                    "bank %s is rented by %s and by %s", bank->id, rental->id, bank->rental != NULL ? bank->rental : "nobody");
    return true;
}

static bool look_at_bank(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct row_bank *bank = record;
    const int64_t before = row->is_new ? 0 : row->seen->other;

    CHECKER_REQUIRE(checker, bank->generation >= before, "I9", "bank %s: its generation fell from %" PRId64 " to %" PRId64,
                    bank->id, before, bank->generation);
    row->seen->other = bank->generation;
    if (bank->rental == NULL || (bank->state != ROW_BANK_STATE_RENTED && bank->state != ROW_BANK_STATE_RESERVED)) {
        return true;
    }
    const struct row_rental *rental = checker_read(checker, row->operator_id, "rental", bank->rental, &row_rental_type);
    CHECKER_REQUIRE(checker, rental != NULL, "I9", "bank %s is out with rental %s, which is not there", bank->id, bank->rental);
    return true;
}

/* --- statements ------------------------------------------------------------------------------------------------------ */

struct adding {
    struct settle_checker *checker;
    int64_t energy_mwh;
    int64_t gross_minor;
    int64_t count;
};

static bool add_item(const struct ocpp_settle_row *row, void *user)
{
    struct adding *adding = user;
    const struct house_item *item = checker_decode(adding->checker, &house_item_type, row->value, row->size, row->key);

    adding->energy_mwh += item != NULL ? item->energy_mwh : 0;
    adding->gross_minor += item != NULL ? item->gross_minor : 0;
    adding->count++;
    return item != NULL;
}

/* I12: a statement is the sum of what it lists, and what it claims is what the sessions gave up. */
static bool look_at_statement(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct house_statement *statement = record;
    const struct house_house *house = checker_read(checker, row->operator_id, "house", statement->house, &house_house_type);
    struct adding sum = { .checker = checker };
    char prefix[120];

    (void)snprintf(prefix, sizeof prefix, "%s/item/%s/", row->operator_id, statement->id);
    CHECKER_REQUIRE(checker, house != NULL && checker->store.each(prefix, NULL, add_item, &sum, checker->store.user) == OCPP_OK,
                    "I12", "statement %s is no house's, or cannot be read", statement->id);
    CHECKER_REQUIRE(checker,
                    sum.count == statement->items && sum.energy_mwh == statement->energy_mwh &&
                        sum.gross_minor == statement->gross_minor && sum.gross_minor >= 0,
                    "I12", "statement %s says %" PRId64 " items and %" PRId64 ", they are %" PRId64 " and %" PRId64,
                    statement->id, statement->items, statement->gross_minor, sum.count, sum.gross_minor);
    const int64_t claimed = checker_balance(checker, row->operator_id, house->currency, "receivable", statement->id);
    CHECKER_REQUIRE(checker, statement->state == HOUSE_STATEMENT_STATE_ISSUED || claimed == -statement->gross_minor, "I12",
                    "statement %s comes to %" PRId64 ", and its receivable %" PRId64, statement->id, statement->gross_minor,
                    claimed);
    return true;
}

/* --- the table ----------------------------------------------------------------------------------------------------- */

struct rule {
    const char *kind;
    const struct ocpp_type *type; /* NULL: not read */
    bool (*look)(struct settle_checker *checker, const struct checker_row *row,
                 const void *record); /* NULL: that it can be read */
    const char *never_changes;        /* the invariant that says so; NULL: it may */
    const char *never_goes;
};

/* clang-format off */
static const struct rule rules[] = {
    { "balance",   &row_balance_type,           NULL,           NULL, "I2" },
    { "leg",       &row_leg_type,               look_at_leg,    NULL, "I3" },
    { "operation", &row_operation_type,         NULL,           NULL, "I4" },
    { "order",     &row_order_type,             look_at_order,  NULL, "I14" },
    { "bill",      &ocpp_settle_bill_type,      checker_look_at_bill, "I7", "I7" },
    { "sealed",    &ocpp_settle_usage_type,     NULL,           "I7", "I7" },
    { "snapshot",  &ocpp_settle_snapshot_type,  NULL,           "I7", NULL },
    { "in",        &row_incoming_type,          NULL,           "I5", NULL },
    { "rental",    &row_rental_type,            look_at_rental, NULL, "I9" },
    { "relaypage", &row_relay_page_type,        checker_look_at_page, NULL, "I10" },
    { "bank",      &row_bank_type,              look_at_bank,   NULL, "I9" },
    { "statement", &house_statement_type,       look_at_statement, NULL, NULL },
    { "item",      &house_item_type,            NULL,           NULL, "I12" },
    { "houseprice", &house_price_type,          NULL,           NULL, "I7" },
};
/* clang-format on */

static const struct rule *rule_of(const char *kind)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].kind, kind) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

/* A balance the journal does not know was made by hand. */
static bool look_at_balance(struct settle_checker *checker, const struct checker_row *row)
{
    char account[OCPP_SETTLE_KEY_SIZE];

    (void)snprintf(account, sizeof account, "%s/%s", row->operator_id, row->rest);
    struct checker_item *item = checker_map_find(&checker->accounts, account);
    CHECKER_REQUIRE(checker, item != NULL, "I2", "%s has a balance and was never moved", row->key);
    item->is_touched = true;
    return true;
}

static bool look_at_content(struct settle_checker *checker, const struct checker_row *row)
{
    const struct rule *rule = rule_of(row->kind);

    if (rule == NULL) {
        return true;
    }
    CHECKER_REQUIRE(checker, rule->never_changes == NULL || row->row->version == 1, rule->never_changes, "%s was changed",
                    row->key);
    if (strcmp(row->kind, "balance") == 0 && !look_at_balance(checker, row)) {
        return false;
    }
    const void *record = checker_decode(checker, rule->type, row->row->value, row->row->size, row->key);
    return record != NULL && (rule->look == NULL || rule->look(checker, row, record));
}

bool checker_look_at_row(struct settle_checker *checker, const struct checker_row *row)
{
    return look_at_content(checker, row) && checker_look_who_waits(checker, row) && checker_look_at_owner(checker, row) &&
           checker_look_at_shared(checker, row) && (!checker->at_rest || checker_look_whether_over(checker, row));
}

bool checker_look_at_gap(struct settle_checker *checker, const struct checker_row *row)
{
    const struct rule *rule = rule_of(row->kind);

    CHECKER_REQUIRE(checker, rule == NULL || rule->never_goes == NULL, rule->never_goes, "%s was taken away", row->key);
    return checker_look_who_waits(checker, row) && checker_look_at_owner(checker, row);
}
