/* rental_refused.c: what a pile will never do, and what follows: no rental waits for it, and somebody looks at the bank. */
#include "piles.h"
#include "rental_grants.h"
#include "suspense.h"
#include "timers.h"

void rental_offer_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message)
{
    const struct ocpp_settle_rent_offer_req *offer = message;
    struct row_rent_request *request = request_edit(command, offer->request);

    (void)station, (void)action;
    if (request && request->state == ROW_REQUEST_STATE_OFFERED) {
        grant_deny(command, request, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "the pile refused");
    }
}

static void nothing_moved(struct command *command, const char *id)
{
    struct row_rental *rental = rental_edit(command, id);
    struct row_bank *bank;

    if (!rental || (rental->state != ROW_RENTAL_STATE_GRANTED && rental->state != ROW_RENTAL_STATE_SWAPPING)) {
        return;
    }
    rental_note(rental, "the pile refused");
    (void)rental_apply(command, rental, RENTAL_FAILED);
    command_timer_stop(command, TIMER_RENTAL_GRANT, rental->id);
    rental_put(command, rental);
    bank = bank_find(command, rental->bank, rental->hardware_id);
    if (bank && bank_same(bank->rental, rental->id)) {
        (void)bank_apply(command, bank, BANK_RELEASE);
    }
    rental_review(command, rental, rental->reason);
}

/* Then no bank moves. */
void rental_grant_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message)
{
    const struct ocpp_settle_rent_grant_req *grant = message;

    (void)station, (void)action;
    for (size_t i = 0; i < grant->banks.count; i++) {
        nothing_moved(command, grant->banks.items[i].rental);
    }
}

static void look(struct command *command, struct row_insertion *insertion, struct row_bank *bank)
{
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = ROW_SUSPENSE_KIND_NOT_NEUTRAL,
                                  .station = insertion->station,
                                  .slot = insertion->slot,
                                  .bank = insertion->bank,
                                  .has_generation = insertion->has_generation,
                                  .generation = insertion->generation,
                                  .at = command_utc_ms(command) };

    insertion->state = ROW_INSERTION_STATE_EJECTED;
    insertion->suspense = entry.id;
    insertion_put(command, insertion);
    if (bank && bank->state == ROW_BANK_STATE_RETURNING) {
        (void)bank_apply(command, bank, BANK_HOLD);
    }
    suspense_open(command, &entry, false, "the pile did not do what was decided: the bank may be gone");
}

void rental_decision_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message)
{
    const struct ocpp_settle_bank_decision_req *decision = message;
    struct row_insertion *insertion =
        command_edit(command, command_key(command, "insertion", decision->insertion, NULL), &row_insertion_type);

    (void)station, (void)action;
    if (insertion && insertion->state != ROW_INSERTION_STATE_DONE && decision->verdict != OCPP_SETTLE_BANK_VERDICT_HELD) {
        look(command, insertion, bank_find(command, insertion->bank, NULL));
    }
    if (decision->swap) {
        nothing_moved(command, decision->swap->rental);
    }
}
