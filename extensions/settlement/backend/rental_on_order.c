/* rental_on_order.c: rentals as orders see them. */
#include "rentals.h"

#include <string.h>

static const struct row_rental *look_at(struct command *command, const char *rental)
{
    return command_read(command, command_key(command, "rental", rental, NULL), &row_rental_type);
}

static bool has_come_to_nothing(const struct row_rental *rental)
{
    return rental->state == ROW_RENTAL_STATE_FAILED || rental->state == ROW_RENTAL_STATE_SILENT;
}

bool rental_is_out(struct command *command, const char *id)
{
    const struct row_rental *rental = look_at(command, id);

    return rental && !has_come_to_nothing(rental) && rental->state != ROW_RENTAL_STATE_RETURNED &&
           rental->state != ROW_RENTAL_STATE_BOUGHT;
}

int64_t rental_deposit_minor(struct command *command, const char *id)
{
    const struct row_rental *rental = look_at(command, id);

    return rental ? rental->deposit_minor : 0;
}

void rental_move(struct command *command, const char *id, const char *order)
{
    const char *key = command_key(command, "rental", id, NULL);
    struct row_rental *rental = command_edit(command, key, &row_rental_type);

    if (rental) {
        rental->order = order;
        command_put(command, key, &row_rental_type, rental);
    }
}

bool rental_usage(struct command *command, const char *id, struct ocpp_settle_bank_usage *usage)
{
    const struct row_rental *rental = look_at(command, id);

    if (!rental || !rental->has_taken_at || has_come_to_nothing(rental)) {
        return false;
    }
    *usage = (struct ocpp_settle_bank_usage){ .rental = rental->id,
                                              .taken_at = rental->taken_at,
                                              .end = OCPP_SETTLE_BANK_END_OPEN,
                                              .has_pinned_at = rental->has_pinned_at,
                                              .pinned_at = rental->pinned_at };
    if (rental->state == ROW_RENTAL_STATE_RETURNED || rental->state == ROW_RENTAL_STATE_BOUGHT) {
        const bool is_back = rental->state == ROW_RENTAL_STATE_RETURNED;

        usage->end = is_back ? OCPP_SETTLE_BANK_END_RETURNED : OCPP_SETTLE_BANK_END_BOUGHT;
        usage->has_ended_at = true;
        usage->ended_at = is_back ? rental->ended_at : rental->bought_at;
    }
    return true;
}
