/* orders.c: reading and writing orders, moving them through their states. */
#include "house.h"
#include "terminal_starts.h"
#include "payments.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void *order_take(struct command *command, size_t size)
{
    void *taken = command_failed(command) ? NULL : ocpp_arena_take(command_arena(command), size);

    if (!taken && !command_failed(command)) {
        command_fail(command, OCPP_ERR_NOMEM);
    }
    return taken;
}

const char *order_text(struct command *command, const char *text)
{
    const char *copy = command_failed(command) ? NULL : ocpp_arena_text(command_arena(command), text, strlen(text));

    if (!copy && !command_failed(command)) {
        command_fail(command, OCPP_ERR_NOMEM);
    }
    return copy;
}

const void *order_must(struct command *command, const void *record)
{
    if (!record && !command_failed(command)) {
        command_fail(command, OCPP_ERR_CORRUPT);
    }
    return record;
}

const char *const *order_with(struct command *command, const char *const *list, size_t count, const char *text)
{
    const char **more = order_take(command, (count + 1) * sizeof *more);

    if (!more) {
        return NULL;
    }
    if (count > 0) {
        memcpy(more, list, count * sizeof *more);
    }
    more[count] = text;
    return more;
}

const char *const *order_without(struct command *command, const char *const *list, size_t count, const char *text, size_t *left)
{
    const char **fewer = order_take(command, (count + 1) * sizeof *fewer);

    *left = 0;
    for (size_t i = 0; fewer && i < count; i++) {
        if (strcmp(list[i], text) != 0) {
            fewer[(*left)++] = list[i];
        }
    }
    return fewer;
}

const char *order_numbered_key(struct command *command, const char *kind, const char *order, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%04" PRId64, number);
    return command_key(command, kind, order, text, NULL);
}

const char *order_digest(struct command *command, const char *payer)
{
    const struct ocpp_settle_bytes piece = { payer, strlen(payer) };

    return command_digest(command, &piece, 1);
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

const struct row_order *order_read(struct command *command, const char *id)
{
    return command_read_needed(command, command_key(command, "order", id, NULL), &row_order_type,
                               OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER);
}

struct row_order *order_edit(struct command *command, const char *id)
{
    const char *key = command_key(command, "order", id, NULL);

    if (!command_read_needed(command, key, &row_order_type, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER)) {
        return NULL;
    }
    return command_edit(command, key, &row_order_type);
}

void order_put(struct command *command, const struct row_order *order)
{
    command_put(command, command_key(command, "order", order->id, NULL), &row_order_type, order);
}

const struct row_leg *order_leg(struct command *command, const char *leg)
{
    return command_read(command, command_key(command, "leg", leg, NULL), &row_leg_type);
}

/* Whose house's and tenant's the order is; false: no house's. */
static bool is_of_a_house(const struct row_order *order, struct ocpp_settle_event *event)
{
    const struct row_tenant_share *used = order->tenant;
    const struct row_statement_share *stated = order->statement;

    event->house = used ? used->house : stated ? stated->house : NULL;
    event->tenant = used ? used->tenant : stated ? stated->tenant : NULL;
    return event->house != NULL;
}

void order_tell(struct command *command, const struct row_order *order, const char *state, const char *text)
{
    struct ocpp_settle_event event = {
        .kind = OCPP_SETTLE_EVENT_ORDER, .id = order->id, .station = order->station, .state = state, .text = text
    };

    (void)is_of_a_house(order, &event);
    command_tell_event(command, &event);
}

void order_tell_of(struct command *command, const char *order, const struct ocpp_settle_event *event)
{
    const char *key = order ? command_key(command, "order", order, NULL) : NULL;
    const struct row_order *on = key ? command_read(command, key, &row_order_type) : NULL;
    struct ocpp_settle_event told = *event;

    if (!(on && is_of_a_house(on, &told)) && event->station) {
        const struct house_house_pile *pile =
            command_read(command, command_key(command, "housepile", event->station, NULL), &house_house_pile_type);

        told.house = pile ? pile->house : NULL;
    }
    command_tell_event(command, &told);
}

/* --- states -------------------------------------------------------------------------------------------------------------- */

/* Where somebody's orders are looked for: those in use, and those that are owed. */
static const char *index_of(enum row_order_state state)
{
    return state == ROW_ORDER_STATE_OPEN ? "open" : state == ROW_ORDER_STATE_DEBT ? "debt" : NULL;
}

static void find_elsewhere(struct command *command, const struct row_order *order, enum row_order_state next)
{
    const char *digest = order_digest(command, order->payer);
    const char *from = index_of(order->state);
    const char *to = index_of(next);
    const struct row_open_order found = { .order = order->id, .station = order->station };

    if (digest && from) {
        command_remove(command, command_key(command, from, digest, order->id, NULL));
    }
    if (digest && to) {
        command_put(command, command_key(command, to, digest, order->id, NULL), &row_open_order_type, &found);
    }
}

bool order_move(struct command *command, struct row_order *order, enum order_event event, const char *reason)
{
    const char *from = ocpp_enum_name(&row_order_state_enum, (int)order->state);
    enum row_order_state next;

    if (!order_next_state(order->state, event, &next)) {
        return false;
    }
    find_elsewhere(command, order, next);
    if (order->tenant && order->state == ROW_ORDER_STATE_OPEN) {
        house_left_open(command, order);
    }
    order->state = next;
    const char *to = ocpp_enum_name(&row_order_state_enum, (int)next);
    command_state(command, "order", order->id, from, to, reason ? reason : order_event_name(event));
    order_tell(command, order, to, reason);
    if (order->statement) {
        house_statement_moved(command, order);
    }
    start_order_moved(command, order, reason);
    return true;
}

/* --- what is on it -------------------------------------------------------------------------------------------------------- */

void order_add_rental(struct command *command, struct row_order *order, const char *rental)
{
    const size_t most = (size_t)command_policy(command)->banks_per_order;

    if (order->state != ROW_ORDER_STATE_OPEN) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the order is not open any more");
    } else if (order->rentals.count >= most || order->rentals.count >= ORDER_RENTALS) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many banks as one order may have");
    } else {
        const char *const *more = order_with(command, order->rentals.items, order->rentals.count, rental);

        if (more) {
            order->rentals.items = more;
            order->rentals.count++;
            order_put(command, order);
        }
    }
}

/* Left to what an order needs in the end: more than was held, another hold in the place of one, what is owed. */
enum { LEGS_SPARED = 3 };

static bool holds_nothing_any_more(struct command *command, const char *id)
{
    const struct row_leg *leg = order_leg(command, id);

    return !leg || ((leg->state == ROW_LEG_STATE_RELEASED || leg->state == ROW_LEG_STATE_FAILED) && leg->captured_minor == 0);
}

void order_note_leg(struct command *command, struct row_order *order, const char *leg)
{
    for (size_t i = 0; i < order->legs.count; i++) {
        if (strcmp(order->legs.items[i], leg) == 0) {
            return;
        }
    }
    for (size_t i = 0; order->legs.count >= ORDER_LEGS && i < order->legs.count; i++) {
        if (holds_nothing_any_more(command, order->legs.items[i])) {
            order->legs.items =
                order_without(command, order->legs.items, order->legs.count, order->legs.items[i], &order->legs.count);
        }
    }
    command_fail(command, order->legs.count >= ORDER_LEGS ? OCPP_ERR_LIMIT : OCPP_OK);
    const char *const *more = order_with(command, order->legs.items, order->legs.count, leg);
    if (more) {
        order->legs.items = more;
        order->legs.count++;
    }
}

/* The leg that may grow: the newest that holds or is about to. */
static const char *growing_leg(struct command *command, const struct row_order *order)
{
    for (size_t i = order->legs.count; i > 0; i--) {
        const struct row_leg *leg = order_leg(command, order->legs.items[i - 1]);

        if (leg && (leg->state == ROW_LEG_STATE_HELD || leg->state == ROW_LEG_STATE_AUTHORIZING)) {
            return leg->id;
        }
    }
    return NULL;
}

bool order_has_room(struct command *command, const struct row_order *order)
{
    size_t living = 0;

    for (size_t i = 0; i < order->legs.count; i++) {
        living += !holds_nothing_any_more(command, order->legs.items[i]);
    }
    return living + LEGS_SPARED < ORDER_LEGS;
}

/* Of banks: what is held for them leaves room for what the order needs in the end. */
static bool is_for_a_bank(const char *purpose)
{
    return strcmp(purpose, PURPOSE_BANK_HOLD) == 0 || strcmp(purpose, PURPOSE_OFFLINE_HOLD) == 0;
}

static bool finds_no_room(struct command *command, const struct row_order *order, const char *leg, const char *purpose)
{
    if (!is_for_a_bank(purpose) || (leg && payment_can_grow(command, leg)) || order_has_room(command, order)) {
        return false;
    }
    if (strcmp(purpose, PURPOSE_BANK_HOLD) == 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many authorisations as one order may have");
    } else { /* the bank is out: it is paid in the end, or owed */
        command_state(command, "order", order->id, "Open", "Open", "nothing more can be held: too many authorisations");
    }
    return true;
}

void order_hold(struct command *command, struct row_order *order, int64_t amount_minor, const char *purpose, const char *subject)
{
    const char *leg = growing_leg(command, order);

    order_put(command, order); /* payments read it */
    if (finds_no_room(command, order, leg, purpose)) {
        return;
    }
    leg = leg ? payment_grow(command, order, leg, amount_minor, purpose, subject)
              : payment_hold(command, order, amount_minor, purpose, subject);
    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
}
