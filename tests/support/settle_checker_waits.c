/* settle_checker_waits.c: no state without a timer or an owner (I14): whatever is not over waits for something that comes: a
 * timer, a vehicle or bank that is out and has one, an operation of a provider, a person who is told. A table says whose state
 * hangs on which row, so that a timer that goes is a reason to look at who set it.
 */
#include "settle_checker_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool has_timer(struct settle_checker *checker, const char *operator_id, const char *timer, const char *subject)
{
    char rest[160];

    (void)snprintf(rest, sizeof rest, "%s/%s", timer, subject);
    return checker_exists(checker, operator_id, "due", rest);
}

/* --- payments ------------------------------------------------------------------------------------------------------ */

static bool look_at_operation(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_operation *operation = checker_read(checker, operator_id, "operation", id, &row_operation_type);

    if (operation == NULL || operation->state == ROW_OPERATION_STATE_DONE) {
        return true;
    }
    if (operation->state == ROW_OPERATION_STATE_WAITING) {
        const struct row_leg *leg = checker_read(checker, operator_id, "leg", operation->leg, &row_leg_type);

        CHECKER_REQUIRE(checker, leg != NULL && leg->operation != NULL, "I14",
                        "operation %s waits for its turn on a leg without any", id);
        return true;
    }
    CHECKER_REQUIRE(checker, has_timer(checker, operator_id, "query", id) || has_timer(checker, operator_id, "again", id), "I14",
                    "operation %s is %s and nobody asks for its outcome", id,
                    ocpp_enum_name(&row_operation_state_enum, (int)operation->state));
    return true;
}

static bool look_at_leg(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_leg *leg = checker_read(checker, operator_id, "leg", id, &row_leg_type);

    if (leg == NULL) {
        return true;
    }
    const bool is_on_its_way = leg->state == ROW_LEG_STATE_AUTHORIZING || leg->state == ROW_LEG_STATE_CAPTURING ||
                               leg->state == ROW_LEG_STATE_RELEASING || leg->state == ROW_LEG_STATE_REFUNDING;
    CHECKER_REQUIRE(checker, !is_on_its_way || leg->operation != NULL, "I14", "leg %s is %s and nothing works on it", id,
                    ocpp_enum_name(&row_leg_state_enum, (int)leg->state));
    return true;
}

/* --- banks --------------------------------------------------------------------------------------------------------- */

static bool look_at_request(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_rent_request *request = checker_read(checker, operator_id, "request", id, &row_rent_request_type);

    if (request == NULL || (request->state != ROW_REQUEST_STATE_OFFERED && request->state != ROW_REQUEST_STATE_HOLDING)) {
        return true;
    }
    CHECKER_REQUIRE(checker, has_timer(checker, operator_id, "request", id), "I14", "request %s is %s and never expires", id,
                    ocpp_enum_name(&row_request_state_enum, (int)request->state));
    return true;
}

static bool suspense_waits(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_suspense *suspense =
        id != NULL ? checker_read(checker, operator_id, "suspense", id, &row_suspense_type) : NULL;

    return suspense != NULL && suspense->state == ROW_SUSPENSE_STATE_WAITING;
}

static bool request_is_open(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_rent_request *request = checker_read(checker, operator_id, "request", id, &row_rent_request_type);

    return request != NULL && (request->state == ROW_REQUEST_STATE_OFFERED || request->state == ROW_REQUEST_STATE_HOLDING);
}

static bool look_at_bank(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_bank *bank = checker_read(checker, operator_id, "bank", id, &row_bank_type);

    CHECKER_REQUIRE(checker, bank == NULL || !bank->has_service_at || has_timer(checker, operator_id, "service", id), "I14",
                    "bank %s was let out for service, and nobody waits for it", id);
    return true;
}

static bool look_at_rental(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_rental *rental = checker_read(checker, operator_id, "rental", id, &row_rental_type);
    bool waits_for_something = true;

    if (rental == NULL || checker->believes_rentals) {
        return true;
    }
    switch (rental->state) {
    case ROW_RENTAL_STATE_REQUESTED:
        waits_for_something = request_is_open(checker, operator_id, rental->request);
        break;
    case ROW_RENTAL_STATE_GRANTED:
    case ROW_RENTAL_STATE_UNSEEN:
    case ROW_RENTAL_STATE_SWAPPING:
        waits_for_something = has_timer(checker, operator_id, "grant", id);
        break;
    case ROW_RENTAL_STATE_TAKEN:
        waits_for_something = has_timer(checker, operator_id, "cap", id) || has_timer(checker, operator_id, "pin", id);
        break;
    case ROW_RENTAL_STATE_SUSPENSE:
        waits_for_something = suspense_waits(checker, operator_id, rental->suspense);
        break;
    case ROW_RENTAL_STATE_UNSET:
    case ROW_RENTAL_STATE_RETURNED:
    case ROW_RENTAL_STATE_BOUGHT:
    case ROW_RENTAL_STATE_FAILED:
    case ROW_RENTAL_STATE_SILENT:
        break;
    }
    CHECKER_REQUIRE(checker, waits_for_something, "I14", "rental %s is %s and waits for nothing", id,
                    ocpp_enum_name(&row_rental_state_enum, (int)rental->state));
    return true;
}

/* --- guided visits ------------------------------------------------------------------------------------------------- */

static bool visit_has_timer(struct settle_checker *checker, const char *operator_id, const char *id)
{
    return id != NULL && has_timer(checker, operator_id, "visit", id);
}

/* I13. Whose cable is kept has a reason, which is what is to be paid, and a deadline. */
static bool look_at_visit(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_visit *visit = checker_read(checker, operator_id, "visit", id, &row_visit_type);

    if (visit == NULL) {
        return true;
    }
    const bool is_live = visit->state == ROW_VISIT_STATE_ASKED || visit->state == ROW_VISIT_STATE_TOLD ||
                         visit->state == ROW_VISIT_STATE_HEARD || visit->state == ROW_VISIT_STATE_CONFIRMED;
    const bool is_paying = visit->state == ROW_VISIT_STATE_PAYING;
    CHECKER_REQUIRE(checker, !(is_live || is_paying) || visit_has_timer(checker, operator_id, id), "I14",
                    "visit %s is %s, whatever happens", id, ocpp_enum_name(&row_visit_state_enum, (int)visit->state));
    CHECKER_REQUIRE(checker,
                    !is_paying || (visit->has_deadline_at && visit->has_ended_at &&
                                   visit->deadline_at <= visit->ended_at + INT64_C(604800000)),
                    "I13", "visit %s keeps a cable without a deadline", id);
    CHECKER_REQUIRE(checker, visit->state != ROW_VISIT_STATE_OWED || visit->has_opened_at, "I13",
                    "visit %s was let go and its cable was not", id);
    return true;
}

/* --- orders -------------------------------------------------------------------------------------------------------- */

static bool is_out(enum row_rental_state state)
{
    return state == ROW_RENTAL_STATE_REQUESTED || state == ROW_RENTAL_STATE_GRANTED || state == ROW_RENTAL_STATE_TAKEN ||
           state == ROW_RENTAL_STATE_UNSEEN || state == ROW_RENTAL_STATE_SWAPPING || state == ROW_RENTAL_STATE_SUSPENSE;
}

static bool has_bank_out(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    for (size_t i = 0; i < order->rentals.count; i++) {
        const struct row_rental *rental = checker_read(checker, operator_id, "rental", order->rentals.items[i], &row_rental_type);

        if (rental != NULL && is_out(rental->state)) {
            return true;
        }
    }
    return false;
}

static bool has_operation(struct settle_checker *checker, const char *operator_id, const struct row_order *order)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = checker_read(checker, operator_id, "leg", order->legs.items[i], &row_leg_type);

        if (leg != NULL && leg->operation != NULL) {
            return true;
        }
    }
    return false;
}

static bool look_at_order(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct row_order *order = checker_read(checker, operator_id, "order", id, &row_order_type);

    if (order == NULL) {
        return true;
    }
    const bool is_asked = order->start != NULL && has_timer(checker, operator_id, "fee", order->start);
    if (order->tenant != NULL && order->state != ROW_ORDER_STATE_OPEN) {
        return true; /* its statement is waited for: I12 */
    }
    if (order->state == ROW_ORDER_STATE_DUE || order->state == ROW_ORDER_STATE_SEALED) {
        CHECKER_REQUIRE(checker,
                        is_asked || has_operation(checker, operator_id, order) ||
                            visit_has_timer(checker, operator_id, order->visit) ||
                            (order->statement != NULL && has_timer(checker, operator_id, "overdue", id)),
                        "I14", "order %s is %s and nobody pays", id, ocpp_enum_name(&row_order_state_enum, (int)order->state));
    }
    if (order->state != ROW_ORDER_STATE_OPEN) {
        return true;
    }
    if (order->vehicle != NULL && order->vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        CHECKER_REQUIRE(checker, has_timer(checker, operator_id, "silent", id), "I14",
                        "order %s waits for its vehicle, whatever happens", id);
        return true;
    }
    if (checker->believes_rentals || visit_has_timer(checker, operator_id, order->visit) ||
        (order->relay != NULL && has_timer(checker, operator_id, "relay", order->relay))) {
        return true;
    }
    if (order->vehicle == NULL && order->start != NULL && has_timer(checker, operator_id, "start", order->start)) {
        return true;
    }
    CHECKER_REQUIRE(checker, has_bank_out(checker, operator_id, order) || has_operation(checker, operator_id, order), "I14",
                    "order %s is open and waits for nothing", id);
    CHECKER_REQUIRE(checker, order->vehicle == NULL || has_timer(checker, operator_id, "grace", id), "I14",
                    "order %s waits for its banks, whatever happens", id);
    return true;
}

/* --- houses -------------------------------------------------------------------------------------------------------- */

static bool look_at_statement(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct house_statement *statement = checker_read(checker, operator_id, "statement", id, &house_statement_type);
    bool waits_for_something = true;

    if (statement == NULL) {
        return true;
    }
    switch (statement->state) {
    case HOUSE_STATEMENT_STATE_GATHERING:
        waits_for_something = has_timer(checker, operator_id, "gather", id);
        break;
    case HOUSE_STATEMENT_STATE_REVIEW:
        waits_for_something = statement->unconfirmed > 0; /* for the landlord */
        break;
    case HOUSE_STATEMENT_STATE_ISSUED:
        waits_for_something = checker_exists(checker, operator_id, "order", id);
        break;
    case HOUSE_STATEMENT_STATE_UNSET:
        break;
    }
    CHECKER_REQUIRE(checker, waits_for_something, "I14", "statement %s is %s and waits for nothing", id,
                    ocpp_enum_name(&house_statement_state_enum, (int)statement->state));
    return true;
}

static bool look_at_phone(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct house_phone *phone = checker_read(checker, operator_id, "phone", id, &house_phone_type);

    CHECKER_REQUIRE(checker,
                    phone == NULL || phone->state != HOUSE_PHONE_STATE_ASKED || has_timer(checker, operator_id, "phone", id),
                    "I14", "phone %s waits for ever", id);
    return true;
}

static bool look_at_house(struct settle_checker *checker, const char *operator_id, const char *id)
{
    const struct house_house *house = checker_read(checker, operator_id, "house", id, &house_house_type);

    CHECKER_REQUIRE(checker, house == NULL || !house->has_closing || has_timer(checker, operator_id, "period", id), "I14",
                    "house %s closes a period and does not go on", id);
    return true;
}

/* --- timers -------------------------------------------------------------------------------------------------------- */

/* due/KIND/SUBJECT has its timer/DUE/KIND/SUBJECT: without the second it would never run out. */
static bool look_at_timer(struct settle_checker *checker, const char *operator_id, const char *rest)
{
    const struct row_timer *timer = checker_read(checker, operator_id, "due", rest, &row_timer_type);
    char by_time[OCPP_SETTLE_KEY_SIZE];

    if (timer == NULL) {
        return true;
    }
    (void)snprintf(by_time, sizeof by_time, "%016" PRIx64 "/%s", (uint64_t)timer->at, rest);
    CHECKER_REQUIRE(checker, checker_exists(checker, operator_id, "timer", by_time), "I14", "the timer %s never runs out", rest);
    return true;
}

/* --- who hangs on what --------------------------------------------------------------------------------------------- */

typedef bool waiting_look(struct settle_checker *checker, const char *operator_id, const char *id);

static const struct {
    const char *kind;
    waiting_look *look;
} of_kinds[] = {
    { "operation", look_at_operation }, { "leg", look_at_leg },
    { "request", look_at_request },     { "rental", look_at_rental },
    { "order", look_at_order },         { "due", look_at_timer },
    { "visit", look_at_visit },         { "statement", look_at_statement },
    { "phone", look_at_phone },         { "house", look_at_house },
    { "bank", look_at_bank },
};

static const struct {
    const char *timer;
    waiting_look *look;
} of_timers[] = {
    { "query", look_at_operation }, { "again", look_at_operation },  { "request", look_at_request }, { "grant", look_at_rental },
    { "cap", look_at_rental },      { "pin", look_at_rental },       { "silent", look_at_order },    { "grace", look_at_order },
    { "visit", look_at_visit },     { "gather", look_at_statement }, { "overdue", look_at_order },   { "phone", look_at_phone },
    { "period", look_at_house },    { "service", look_at_bank },
};

/* "KIND/SUBJECT" of a timer. */
static bool look_at_setter(struct settle_checker *checker, const char *operator_id, const char *rest)
{
    const char *subject = strchr(rest, '/');

    for (size_t i = 0; subject != NULL && i < sizeof of_timers / sizeof of_timers[0]; i++) {
        const size_t size = strlen(of_timers[i].timer);

        if (strncmp(rest, of_timers[i].timer, size) == 0 && rest[size] == '/') {
            return of_timers[i].look(checker, operator_id, subject + 1);
        }
    }
    return true;
}

/* What the order, the operations and the rentals beside a record wait for may have been this record. */
static bool look_beside(struct settle_checker *checker, const struct checker_row *row)
{
    if (strcmp(row->kind, "leg") == 0) {
        const struct row_leg *leg = checker_read(checker, row->operator_id, "leg", row->rest, &row_leg_type);

        return leg == NULL || look_at_order(checker, row->operator_id, leg->order);
    }
    if (strcmp(row->kind, "rental") == 0) {
        const struct row_rental *rental = checker_read(checker, row->operator_id, "rental", row->rest, &row_rental_type);

        return rental == NULL || rental->order == NULL || look_at_order(checker, row->operator_id, rental->order);
    }
    if (strcmp(row->kind, "suspense") == 0) {
        const struct row_suspense *suspense = checker_read(checker, row->operator_id, "suspense", row->rest, &row_suspense_type);

        return suspense == NULL || suspense->rental == NULL || look_at_rental(checker, row->operator_id, suspense->rental);
    }
    return true;
}

bool checker_look_who_waits(struct settle_checker *checker, const struct checker_row *row)
{
    for (size_t i = 0; i < sizeof of_kinds / sizeof of_kinds[0]; i++) {
        if (strcmp(of_kinds[i].kind, row->kind) == 0 && !of_kinds[i].look(checker, row->operator_id, row->rest)) {
            return false;
        }
    }
    if (strcmp(row->kind, "due") == 0) {
        return look_at_setter(checker, row->operator_id, row->rest);
    }
    return look_beside(checker, row);
}
