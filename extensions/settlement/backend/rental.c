/* rental.c: one rental: reading, changing, what it costs and when. */
#include "rental.h"

#include "orders.h"

#include <stdio.h>
#include <string.h>

/* --- the record ---------------------------------------------------------------------------------------------------------- */

const struct row_rental *rental_read(struct command *command, const char *id)
{
    const struct row_rental *rental = command_read(command, command_key(command, "rental", id, NULL), &row_rental_type);

    if (!rental) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_RENTAL, "there is no such rental");
    }
    return rental;
}

struct row_rental *rental_edit(struct command *command, const char *id)
{
    return rental_read(command, id) ? command_edit(command, command_key(command, "rental", id, NULL), &row_rental_type) : NULL;
}

void rental_put(struct command *command, const struct row_rental *rental)
{
    command_put(command, command_key(command, "rental", rental->id, NULL), &row_rental_type, rental);
}

void rental_note(struct row_rental *rental, const char *reason)
{
    rental->reason = reason;
}

static const char *word(enum row_rental_state state)
{
    return ocpp_enum_name(&row_rental_state_enum, (int)state);
}

void rental_tell(struct command *command, const char *id, const char *order, const char *station, const char *state,
                 const char *text)
{
    const struct ocpp_settle_event event = {
        .kind = OCPP_SETTLE_EVENT_RENTAL, .id = id, .station = station, .state = state, .text = text
    };

    order_tell_of(command, order, &event);
}

enum move_outcome rental_apply(struct command *command, struct row_rental *rental, enum rental_event event)
{
    const enum row_rental_state before = rental->state;
    const enum move_outcome outcome = rental_next(before, event, &rental->state);
    char reason[COMMAND_REASON_SIZE];

    if (outcome == MOVE_REFUSED) {
        snprintf(reason, sizeof reason, "the rental is %s", word(before));
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, reason);
    } else if (outcome == MOVE_MADE) {
        command_state(command, "rental", rental->id, word(before), word(rental->state), rental->reason);
        rental_tell(command, rental->id, rental->order, rental->station, word(rental->state), rental->reason);
    }
    return outcome;
}

void rental_answer(struct ocpp_settle_receipt *receipt, enum move_outcome outcome)
{
    if (outcome == MOVE_AGAIN) {
        receipt->reception = OCPP_SETTLE_RECEPTION_DUPLICATE;
    }
}

void rental_review(struct command *command, const struct row_rental *rental, const char *reason)
{
    if (rental->order) {
        order_recalculate(command, rental->order, reason);
    }
}

void rental_review_late(struct command *command, const struct row_rental *rental, const char *reason)
{
    const struct row_order *order = rental->order ? order_read(command, rental->order) : NULL;
    struct ocpp_settle_bank_usage usage;

    if (!order || order->state == ROW_ORDER_STATE_OPEN || !rental_usage(command, rental->id, &usage)) {
        rental_review(command, rental, reason);
        return;
    }
    order_part(command, order->id, rental->id);
    order_review(command, order->id);
    rental = rental_read(command, rental->id);
    if (rental) {
        order_review(command, rental->order);
    }
}
