/* rental_ends.c: how a rental begins and ends. */
#include "rental.h"
#include "rental_commands.h"

#include "timers.h"

/* Never before it was asked for, never in the future, never after it ended (A23). An offline one begins when its pile says. */
void rental_begin(struct command *command, struct row_rental *rental, int64_t at_utc_ms)
{
    int64_t at = at_utc_ms < rental->asked_at ? rental->asked_at : at_utc_ms;

    if (at > command_utc_ms(command)) {
        at = command_utc_ms(command);
    }
    if (rental->has_ended_at && at > rental->ended_at) {
        at = rental->ended_at;
    }
    rental->has_taken_at = true;
    rental->taken_at = at;
}

/* Who came back within the time a report of theirs bought has ended then: the pin stays (A22). */
enum move_outcome rental_return(struct command *command, struct row_rental *rental, const char *station, int64_t slot,
                                int64_t at_utc_ms)
{
    const enum move_outcome outcome = rental_apply(command, rental, RENTAL_RETURNED);

    if (outcome != MOVE_MADE) {
        return outcome;
    }
    rental->has_ended_at = true;
    rental->ended_at = rental->has_taken_at && at_utc_ms < rental->taken_at ? rental->taken_at : at_utc_ms;
    if (rental->has_pinned_at && rental->pinned_at > rental->ended_at) {
        rental->has_pinned_at = false;
    }
    rental->end_station = bank_text(command, station);
    rental->has_end_slot = true;
    rental->end_slot = slot;
    rental_disarm(command, rental);
    command_timer_stop(command, TIMER_RENTAL_PIN, rental->id);
    if (rental->state == ROW_RENTAL_STATE_UNSEEN) {
        command_timer(command, TIMER_RENTAL_GRANT, rental->id,
                      command_utc_ms(command) + command_policy(command)->lost_pile_after_s * 1000);
    }
    return outcome;
}

void rental_tell_closed(struct command *command, const struct row_rental *rental, const char *station)
{
    struct ocpp_settle_rental_closed_req message = { .rental = rental->id };

    if (!bank_same(rental->station, station)) {
        command_send(command, rental->station, rental->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED], &message,
                     &message.envelope);
    }
}

bool rental_stuck(struct command *command, struct row_rental *rental, const char *suspense, int64_t at_utc_ms)
{
    if (rental_apply(command, rental, RENTAL_STUCK) != MOVE_MADE) {
        return false;
    }
    if (!rental->has_pinned_at || rental->pinned_at > at_utc_ms) {
        rental->has_pinned_at = true;
        rental->pinned_at = at_utc_ms < rental->taken_at ? rental->taken_at : at_utc_ms;
    }
    rental->suspense = suspense;
    rental_disarm(command, rental);
    command_timer_stop(command, TIMER_RENTAL_PIN, rental->id);
    rental_put(command, rental);
    return true;
}

/* --- timers ------------------------------------------------------------------------------------------------------------------
 */

/* A1. It grew to its buy-out: it is theirs. */
static void buy(struct command *command, struct row_rental *rental, const char *reason)
{
    struct row_bank *bank;

    rental_note(rental, reason);
    if (rental_apply(command, rental, RENTAL_BOUGHT) != MOVE_MADE) {
        return;
    }
    rental->has_bought_at = true;
    rental->bought_at = command_utc_ms(command);
    command_timer_stop(command, TIMER_RENTAL_PIN, rental->id);
    rental_put(command, rental);
    bank = bank_find(command, rental->bank, rental->hardware_id);
    if (bank && bank_same(bank->rental, rental->id)) {
        (void)bank_apply(command, bank, BANK_SELL);
    }
    rental_tell_closed(command, rental, NULL);
    rental_review(command, rental, "bought");
}

void rental_cap_reached(struct command *command, void *rental_id)
{
    struct row_rental *rental = rental_edit(command, rental_id);

    if (rental && rental->state == ROW_RENTAL_STATE_TAKEN && !rental->has_pinned_at) {
        buy(command, rental, "not returned");
    }
}

void rental_keep_now(struct command *command, void *rental_id)
{
    struct row_rental *rental = rental_edit(command, rental_id);

    if (rental) {
        rental_disarm(command, rental);
        buy(command, rental, "kept");
    }
}

/* A22. Nobody returned it in time: as if nothing had been said. */
void rental_pin_over(struct command *command, void *rental_id)
{
    struct row_rental *rental = rental_edit(command, rental_id);

    if (rental && rental->state == ROW_RENTAL_STATE_TAKEN && rental->has_pinned_at) {
        rental->has_pinned_at = false;
        rental_arm(command, rental);
        rental_put(command, rental);
        rental_review(command, rental, "the clock runs again");
    }
}

static void bank_is_lost(struct command *command, const struct row_rental *rental)
{
    struct row_bank *bank = bank_find(command, rental->bank, rental->hardware_id);

    if (bank && bank_same(bank->rental, rental->id)) {
        (void)bank_apply(command, bank, BANK_VANISH);
    }
}

/* A27. What is known counts: a bank that came back was out since the last moment it can have been let out; of one that nobody saw
 * nothing is asked. */
void rental_grant_silent(struct command *command, void *rental_id)
{
    struct row_rental *rental = rental_edit(command, rental_id);
    const enum row_rental_state before = rental ? rental->state : ROW_RENTAL_STATE_UNSET;

    if (!rental) {
        return;
    }
    rental_note(rental, "no word from the pile");
    if (rental_apply(command, rental, RENTAL_SILENT) != MOVE_MADE) {
        return;
    }
    if (before == ROW_RENTAL_STATE_UNSEEN) {
        rental_begin(command, rental, rental->granted_at + command_policy(command)->grant_within_s * 1000);
    } else {
        bank_is_lost(command, rental);
    }
    rental_put(command, rental);
    rental_tell_closed(command, rental, NULL);
    rental_review_late(command, rental, "no word from the pile");
}
