/* settle_checker_owners.c: what waits for no timer waits for somebody who is there and finds it (I14): an order for its payer, a
 * held slot for the person who looks at its entry, a message for its pile, money for whoever lets it go or gives it back. And
 * what has to be over when everything has come to rest.
 */
#include "settle_checker_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- orders ---------------------------------------------------------------------------------------------------------- */

static bool digest_of(const struct settle_checker *checker, const char *payer, char text[2 * OCPP_SETTLE_DIGEST_SIZE + 1])
{
    const struct ocpp_settle_bytes piece = { payer, strlen(payer) };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];

    if (checker->keys.sha256(&piece, 1, digest, checker->keys.user) != OCPP_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

/* Where the orders of somebody who comes with a token are looked for. */
static const char *list_of(enum row_order_state state)
{
    return state == ROW_ORDER_STATE_OPEN ? "open" : state == ROW_ORDER_STATE_DEBT ? "debt" : NULL;
}

static bool is_found(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    const char *list = list_of(order->state);
    char digest[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    char rest[160];

    if (list == NULL || checker->believes_rentals || !digest_of(checker, order->payer, digest)) {
        return true;
    }
    (void)snprintf(rest, sizeof rest, "%s/%s", digest, order->id);
    CHECKER_REQUIRE(checker, checker_exists(checker, operator_id, list, rest), "I14",
                    "order %s is %s, and who comes to use or to pay it does not find it", order->id,
                    ocpp_enum_name(&row_order_state_enum, (int)order->state));
    return true;
}

static bool works_on_it(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = checker_read(checker, operator_id, "leg", order->legs.items[i], &row_leg_type);

        if (leg != NULL && leg->operation != NULL) {
            return true;
        }
    }
    return false;
}

/* What was paid too much is on its way back, or somebody is told why it is not. */
static bool owes_nothing(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    const bool is_settled = order->state == ROW_ORDER_STATE_PAID || order->state == ROW_ORDER_STATE_VOID;

    CHECKER_REQUIRE(checker,
                    !is_settled || order->tenant != NULL || /* what was too much is taken off the next statement */
                        order->paid_minor <= order->due_minor || order->refund_reason != NULL ||
                        works_on_it(checker, operator_id, order),
                    "I14", "order %s: %" PRId64 " are due, %" PRId64 " were paid, and nobody gives anything back", order->id,
                    order->due_minor, order->paid_minor);
    return true;
}

static bool look_at_order(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_order *order = checker_read(checker, operator_id, "order", id, &row_order_type);

    return order == NULL || (is_found(checker, operator_id, order) && owes_nothing(checker, operator_id, order));
}

/* "DIGEST/ORDER" of a list. */
static bool look_at_list(struct settle_checker *checker, const char *operator_id, const char *rest, const char *list)
{
    const char *id = strchr(rest, '/');
    const struct row_order *order = id != NULL ? checker_read(checker, operator_id, "order", id + 1, &row_order_type) : NULL;

    if (!checker_exists(checker, operator_id, list, rest)) {
        return id == NULL || look_at_order(checker, operator_id, id + 1);
    }
    CHECKER_REQUIRE(checker, order != NULL, "I14", "%s/%s names an order that is not there", list, rest);
    CHECKER_REQUIRE(checker, list_of(order->state) != NULL && strcmp(list_of(order->state), list) == 0, "I14",
                    "%s/%s names an order that is %s", list, rest, ocpp_enum_name(&row_order_state_enum, (int)order->state));
    return true;
}

static bool look_at_open(struct settle_checker *checker, const char *operator_id, const char *rest)
{
    return look_at_list(checker, operator_id, rest, "open");
}

static bool look_at_debt(struct settle_checker *checker, const char *operator_id, const char *rest)
{
    return look_at_list(checker, operator_id, rest, "debt");
}

/* --- banks, messages ------------------------------------------------------------------------------------------------- */

static bool is_pile_known(struct settle_checker *checker, const char *operator_id, const char *station)
{
    return checker_exists(checker, operator_id, "pile", station);
}

static bool look_at_insertion(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_insertion *insertion = checker_read(checker, operator_id, "insertion", id, &row_insertion_type);

    if (insertion == NULL) {
        return true;
    }
    if (insertion->state == ROW_INSERTION_STATE_HELD) {
        const struct row_suspense *entry =
            insertion->suspense != NULL ? checker_read(checker, operator_id, "suspense", insertion->suspense, &row_suspense_type)
                                        : NULL;

        CHECKER_REQUIRE(checker, entry != NULL && entry->state == ROW_SUSPENSE_STATE_WAITING, "I14",
                        "insertion %s is held, and no entry asks anybody to look", id);
    }
    CHECKER_REQUIRE(checker,
                    (insertion->state != ROW_INSERTION_STATE_RESETTING && insertion->state != ROW_INSERTION_STATE_SWAPPING) ||
                        is_pile_known(checker, operator_id, insertion->station),
                    "I14", "insertion %s waits for a pile nobody knows", id);
    return true;
}

static bool is_rental_out(enum row_rental_state state)
{
    return state != ROW_RENTAL_STATE_RETURNED && state != ROW_RENTAL_STATE_BOUGHT && state != ROW_RENTAL_STATE_FAILED;
}

static bool look_at_bank(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_bank *bank = checker_read(checker, operator_id, "bank", id, &row_bank_type);
    const bool is_away =
        bank != NULL && (bank->state == ROW_BANK_STATE_RESERVED || bank->state == ROW_BANK_STATE_RENTED) && bank->rental != NULL;
    const struct row_rental *rental = is_away && !checker->believes_rentals
                                          ? checker_read(checker, operator_id, "rental", bank->rental, &row_rental_type)
                                          : NULL;

    CHECKER_REQUIRE(checker, rental == NULL || is_rental_out(rental->state), "I14", "bank %s is %s, and its rental %s is %s", id,
                    ocpp_enum_name(&row_bank_state_enum, (int)bank->state), bank->rental,
                    ocpp_enum_name(&row_rental_state_enum, (int)rental->state));
    return true;
}

/* "STATION/STREAM/NNNNNNNN" */
static bool look_at_message(struct settle_checker *checker, const char *operator_id, const char *rest)
{
    const struct row_outgoing *message = checker_read(checker, operator_id, "out", rest, &row_outgoing_type);
    char name[120];

    if (message == NULL) {
        return true;
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(rest, "/"), rest);
    CHECKER_REQUIRE(checker, is_pile_known(checker, operator_id, name), "I14", "message %s waits for a pile nobody knows", rest);
    (void)snprintf(name, sizeof name, "%.*s/%s", (int)strcspn(rest, "/"), rest, message->stream);
    const struct row_stream *stream = checker_read(checker, operator_id, "stream", name, &row_stream_type);
    CHECKER_REQUIRE(checker, stream != NULL && stream->last >= message->seq, "I5",
                    "message %s has a number that will be given again", rest);
    return true;
}

/* --- who hangs on what ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    bool (*look)(struct settle_checker *checker, const char *operator_id, const char *rest);
} of_kinds[] = {
    { "order", look_at_order }, { "open", look_at_open },   { "debt", look_at_debt },
    { "bank", look_at_bank },   { "out", look_at_message }, { "insertion", look_at_insertion },
};

bool checker_look_at_owner(struct settle_checker *checker, const struct checker_row *row)
{
    for (size_t i = 0; i < sizeof of_kinds / sizeof of_kinds[0]; i++) {
        if (strcmp(of_kinds[i].kind, row->kind) == 0) {
            return of_kinds[i].look(checker, row->operator_id, row->rest);
        }
    }
    if (strcmp(row->kind, "leg") == 0) {
        const struct row_leg *leg = checker_read(checker, row->operator_id, "leg", row->rest, &row_leg_type);

        return leg == NULL || look_at_order(checker, row->operator_id, leg->order);
    }
    if (strcmp(row->kind, "suspense") == 0) {
        const struct row_suspense *entry = checker_read(checker, row->operator_id, "suspense", row->rest, &row_suspense_type);

        return entry == NULL || entry->insertion == NULL || look_at_insertion(checker, row->operator_id, entry->insertion);
    }
    return true;
}

/* --- at rest --------------------------------------------------------------------------------------------------------- */

#define STATE_OF(record) offsetof(struct record, state)

/* What may be left. The rest of these kinds is under way. */
static const struct {
    const char *kind;
    const struct ocpp_type *type;
    size_t state; /* where it stands in the record */
    const struct ocpp_enum *names;
    int ends[5];
} ends[] = {
    { "order",
      &row_order_type,
      STATE_OF(row_order),
      &row_order_state_enum,
      { ROW_ORDER_STATE_VOID, ROW_ORDER_STATE_PAID, ROW_ORDER_STATE_WRITTEN_OFF } },
    { "leg",
      &row_leg_type,
      STATE_OF(row_leg),
      &row_leg_state_enum,
      { ROW_LEG_STATE_CAPTURED, ROW_LEG_STATE_RELEASED, ROW_LEG_STATE_FAILED } },
    { "operation", &row_operation_type, STATE_OF(row_operation), &row_operation_state_enum, { ROW_OPERATION_STATE_DONE } },
    { "request",
      &row_rent_request_type,
      STATE_OF(row_rent_request),
      &row_request_state_enum,
      { ROW_REQUEST_STATE_GRANTED, ROW_REQUEST_STATE_DENIED, ROW_REQUEST_STATE_DONE } },
    { "rental",
      &row_rental_type,
      STATE_OF(row_rental),
      &row_rental_state_enum,
      { ROW_RENTAL_STATE_RETURNED, ROW_RENTAL_STATE_BOUGHT, ROW_RENTAL_STATE_FAILED } },
    { "suspense", &row_suspense_type, STATE_OF(row_suspense), &row_suspense_state_enum, { ROW_SUSPENSE_STATE_RESOLVED } },
    { "insertion",
      &row_insertion_type,
      STATE_OF(row_insertion),
      &row_insertion_state_enum,
      { ROW_INSERTION_STATE_DONE, ROW_INSERTION_STATE_EJECTED } },
    { "bank",
      &row_bank_type,
      STATE_OF(row_bank),
      &row_bank_state_enum,
      { ROW_BANK_STATE_IDLE, ROW_BANK_STATE_OUT_OF_SERVICE, ROW_BANK_STATE_SOLD, ROW_BANK_STATE_LOST,
        ROW_BANK_STATE_HELD /* somebody looked, and did not let it again */ } },
};

static bool has_ended(struct settle_checker *checker, const struct checker_row *row, size_t kind)
{
    const char *record = checker_decode(checker, ends[kind].type, row->row->value, row->row->size, row->key);
    int state = 0;
    bool is_end = false;

    if (record == NULL) {
        return false;
    }
    memcpy(&state, record + ends[kind].state, sizeof state);
    for (size_t i = 0; i < sizeof ends[kind].ends / sizeof ends[kind].ends[0]; i++) {
        is_end = is_end || (ends[kind].ends[i] != 0 && ends[kind].ends[i] == state);
    }
    CHECKER_REQUIRE(checker, is_end, "I14", "%s %s never ends: %s", row->kind, row->rest,
                    ocpp_enum_name(ends[kind].names, state));
    return true;
}

/* Timers of what is under way; the others serve piles. */
static bool is_of_something(const char *timer)
{
    static const char *const kinds[] = {
        "grace/", "silent/", "renew/", "query/", "again/", "cap/", "grant/", "pin/", "request/"
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(timer, kinds[i], strlen(kinds[i])) == 0) {
            return true;
        }
    }
    return false;
}

bool checker_look_whether_over(struct settle_checker *checker, const struct checker_row *row)
{
    CHECKER_REQUIRE(checker, strcmp(row->kind, "out") != 0, "I14", "message %s never arrives", row->rest);
    CHECKER_REQUIRE(checker, strcmp(row->kind, "due") != 0 || !is_of_something(row->rest), "I14",
                    "the timer %s runs, and nothing is under way", row->rest);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(ends[i].kind, row->kind) == 0) {
            return has_ended(checker, row, i);
        }
    }
    return true;
}

/* Accounts of what is under way are empty when nothing is. */
bool checker_look_whether_even(struct settle_checker *checker)
{
    static const char *const passing[] = { "/hold:", "/receivable:", "/deposit:" };

    for (size_t i = 0; i < checker->accounts.room; i++) {
        const struct checker_item *account = &checker->accounts.items[i];

        for (size_t j = 0; account->key != NULL && j < sizeof passing / sizeof passing[0]; j++) {
            CHECKER_REQUIRE(checker, account->number == 0 || strstr(account->key, passing[j]) == NULL, "I14",
                            "%" PRId64 " hang on %s", account->number, account->key);
        }
    }
    return true;
}
