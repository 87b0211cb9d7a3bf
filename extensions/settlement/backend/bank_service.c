/* bank_service.c: banks that are let out for service: by an order for their slot, or since nobody wants them where they lie.
 * Nobody rents them meanwhile and nobody is charged, so each has a timer: what is not put in again by then somebody looks for. */
#include "banks.h"
#include "piles.h"
#include "suspense.h"
#include "timers.h"

void bank_service_begin(struct command *command, struct row_bank *bank)
{
    bank->has_service_at = true;
    bank->service_at = command_utc_ms(command);
    bank_put(command, bank);
    command_timer(command, TIMER_SERVICE, bank->id, bank->service_at + 1000 * command_policy(command)->service_s);
}

void bank_service_end(struct command *command, struct row_bank *bank)
{
    if (bank->has_service_at) {
        bank->has_service_at = false;
        command_timer_stop(command, TIMER_SERVICE, bank->id);
        bank_put(command, bank);
    }
}

void bank_service_order(struct command *command, const char *station, int64_t slot, enum ocpp_settle_slot_order order)
{
    struct row_bank *bank = order == OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE ? bay_bank_in(command, station, slot) : NULL;

    if (bank && bank->state != ROW_BANK_STATE_RESERVED && bank->state != ROW_BANK_STATE_RENTED) {
        bank_service_begin(command, bank);
    }
    suspense_order_slot(command, station, slot, order);
}

static void look(struct command *command, const struct row_bank *bank, const char *text)
{
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = ROW_SUSPENSE_KIND_OUT_FOR_SERVICE,
                                  .station = bank->station ? bank->station : "",
                                  .slot = bank->slot,
                                  .bank = bank->id,
                                  .hardware_id = bank->hardware_id,
                                  .has_generation = true,
                                  .generation = bank->generation,
                                  .at = bank->service_at };

    suspense_open(command, &entry, false, text);
}

/* One that is held waits for somebody already; one that turned up in a bay since is there. */
void bank_service_over(struct command *command, void *id)
{
    struct row_bank *bank = bank_find(command, id, NULL);

    if (!bank || !bank->has_service_at) {
        return;
    }
    const bool is_back = bank->state != ROW_BANK_STATE_LOST && bank->since > bank->service_at;
    if (bank->state != ROW_BANK_STATE_HELD && !is_back) {
        look(command, bank, "let out for service, and not put in again");
    }
    bank_service_end(command, bank);
}

/* It never left. What was given up as gone is in its slot after all, and nobody is asked to look at it any more: somebody is
 * again.
 */
void bank_service_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message)
{
    const struct ocpp_settle_slot_command_req *order = message;
    struct row_bank *bank =
        order->order == OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE ? bay_bank_told_in(command, station, order->slot) : NULL;

    (void)action;
    if (!bank || !bank->has_service_at) {
        return;
    }
    if (bank->state == ROW_BANK_STATE_LOST && bank_apply(command, bank, BANK_HOLD) == MOVE_MADE) {
        look(command, bank, "the pile did not let it out");
    }
    bank_service_end(command, bank);
}
