/* payments.c: what orders and rentals ask of payments: each is an operation behind those that wait for its leg already. */
#include "payments.h"
#include "payment_steps.h"

#include <string.h>

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

static const char *const *with_id(struct command *command, const char *const *ids, size_t count, const char *id, bool first)
{
    const char **more = ocpp_arena_take(command_arena(command), (count + 1) * sizeof *more);

    if (!more) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    if (count > 0) {
        memcpy(more + (first ? 1 : 0), ids, count * sizeof *more);
    }
    more[first ? 0 : count] = id;
    return more;
}

static bool is_asked_rightly(struct command *command, const struct row_leg *leg, const struct payment_wish *wish)
{
    const bool needs_amount = wish->kind != ROW_OPERATION_KIND_VOID;

    if (wish->amount_minor > OCPP_SETTLE_MOST_MINOR || wish->amount_minor < (needs_amount ? 1 : 0)) {
        command_fail(command, OCPP_ERR_RANGE);
    } else if (leg->waiting.count >= PAYMENT_WAITING) {
        command_fail(command, OCPP_ERR_LIMIT);
    }
    return !command_failed(command);
}

const char *payment_note_operation(struct command *command, struct row_leg *leg, const struct payment_wish *wish)
{
    const char *id = is_asked_rightly(command, leg, wish) ? command_id(command) : NULL;
    const char *const *waiting = id ? with_id(command, leg->waiting.items, leg->waiting.count, id, wish->first) : NULL;
    const struct row_operation operation = {
        .id = id,
        .leg = leg->id,
        .order = leg->order,
        .provider = leg->provider,
        .currency = leg->currency,
        .exponent = leg->exponent,
        .kind = wish->kind,
        .state = ROW_OPERATION_STATE_WAITING,
        .amount_minor = wish->amount_minor,
        .purpose = wish->purpose,
        .subject = wish->subject,
        .created_at = command_utc_ms(command),
    };

    if (!waiting) {
        return NULL;
    }
    leg->waiting.items = waiting;
    leg->waiting.count++;
    command_put(command, command_key(command, "operation", id, NULL), &row_operation_type, &operation);
    return id;
}

static struct row_leg *edit_leg(struct command *command, const char *id)
{
    struct row_leg *leg = command_edit(command, command_key(command, "leg", id, NULL), &row_leg_type);

    if (!leg) {
        command_fail(command, OCPP_ERR_NOT_FOUND);
    }
    return leg;
}

/* The operation is noted, and begins where nothing is before it. */
static bool wish_for(struct command *command, struct row_leg *leg, const struct payment_wish *wish)
{
    if (!leg || !payment_note_operation(command, leg, wish)) {
        return false;
    }
    payment_take_turns(command, leg);
    command_put(command, command_key(command, "leg", leg->id, NULL), &row_leg_type, leg);
    return !command_failed(command);
}

const char *payment_new_leg(struct command *command, const struct row_leg *like, const struct payment_wish *wish)
{
    struct row_leg leg = {
        .id = command_id(command),
        .order = like->order,
        .payer = like->payer,
        .provider = like->provider,
        .currency = like->currency,
        .exponent = like->exponent,
        .state = ROW_LEG_STATE_AUTHORIZING,
        .created_at = command_utc_ms(command),
    };

    return leg.id && wish_for(command, &leg, wish) ? leg.id : NULL;
}

/* --- what is asked ------------------------------------------------------------------------------------------------------- */

const char *payment_hold(struct command *command, const struct row_order *order, int64_t amount_minor, const char *purpose,
                         const char *subject)
{
    const struct row_leg like = {
        .order = order->id,
        .payer = order->payer,
        .provider = order->provider,
        .currency = order->currency,
        .exponent = order->exponent,
    };

    return payment_new_leg(command, &like,
                           &(struct payment_wish){ ROW_OPERATION_KIND_AUTHORIZE, amount_minor, purpose, subject, false });
}

/* Whether it may be held on the leg itself: nobody is about to end it. */
static bool can_grow(struct command *command, const struct row_leg *leg)
{
    struct payment_provider provider;

    if (!payment_provider_of(command_settle(command), leg->provider, &provider) ||
        !(provider.face.capabilities & OCPP_SETTLE_CAN_INCREMENT)) {
        return false;
    }
    for (size_t i = 0; i < leg->waiting.count; i++) {
        const struct row_operation *next =
            command_read(command, command_key(command, "operation", leg->waiting.items[i], NULL), &row_operation_type);

        if (!next || next->kind != ROW_OPERATION_KIND_INCREMENT) {
            return false;
        }
    }
    return leg->state == ROW_LEG_STATE_HELD || leg->state == ROW_LEG_STATE_AUTHORIZING;
}

bool payment_can_grow(struct command *command, const char *leg_id)
{
    const struct row_leg *leg = command_read(command, command_key(command, "leg", leg_id, NULL), &row_leg_type);

    return leg && can_grow(command, leg);
}

const char *payment_grow(struct command *command, const struct row_order *order, const char *leg_id, int64_t amount_minor,
                         const char *purpose, const char *subject)
{
    struct row_leg *leg = edit_leg(command, leg_id);

    if (!leg) {
        return NULL;
    }
    if (!can_grow(command, leg)) {
        return payment_hold(command, order, amount_minor, purpose, subject);
    }
    return wish_for(command, leg, &(struct payment_wish){ ROW_OPERATION_KIND_INCREMENT, amount_minor, purpose, subject, false })
               ? leg->id
               : NULL;
}

static void wish_of_order(struct command *command, const struct row_order *order, const char *leg_id,
                          const struct payment_wish *wish)
{
    struct row_leg *leg = edit_leg(command, leg_id);

    if (leg && strcmp(leg->order, order->id) != 0) {
        command_fail(command, OCPP_ERR_ARGUMENT);
        return;
    }
    (void)wish_for(command, leg, wish);
}

void payment_capture(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                     const char *purpose, const char *subject)
{
    wish_of_order(command, order, leg,
                  &(struct payment_wish){ ROW_OPERATION_KIND_CAPTURE, amount_minor, purpose, subject, false });
}

void payment_release(struct command *command, const struct row_order *order, const char *leg, const char *purpose,
                     const char *subject)
{
    wish_of_order(command, order, leg, &(struct payment_wish){ ROW_OPERATION_KIND_VOID, 0, purpose, subject, false });
}

void payment_refund(struct command *command, const struct row_order *order, const char *leg, int64_t amount_minor,
                    const char *purpose, const char *subject)
{
    wish_of_order(command, order, leg,
                  &(struct payment_wish){ ROW_OPERATION_KIND_REFUND, amount_minor, purpose, subject, false });
}

bool payment_is_idle(struct command *command, const char *leg_id)
{
    const struct row_leg *leg = command_read(command, command_key(command, "leg", leg_id, NULL), &row_leg_type);

    return leg && !leg->operation && leg->waiting.count == 0;
}
