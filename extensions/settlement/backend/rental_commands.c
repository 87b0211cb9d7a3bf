/* rental_commands.c: what people and programs ask for: each is one command. */
#include "rental_commands.h"

#include "piles.h"
#include "suspense.h"
#include "timers.h"

#include <string.h>

enum { TEXT_SIZE = 48, TOKEN_SIZE = 255, NOTE_SIZE = 100 };

/* --- bodies
 * ------------------------------------------------------------------------------------------------------------------------ */

/* A22. */
static void report(struct command *command, void *rental_id)
{
    const int64_t pins_ms = command_policy(command)->user_report_pins_s * 1000;
    struct row_rental *rental = rental_edit(command, rental_id);

    if (!rental) {
        return;
    }
    if (rental->state != ROW_RENTAL_STATE_TAKEN || rental->has_pinned_at) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "its clock does not run");
        return;
    }
    rental->has_pinned_at = true;
    rental->pinned_at = command_utc_ms(command);
    rental_disarm(command, rental);
    rental_put(command, rental);
    command_timer(command, TIMER_RENTAL_PIN, rental->id, rental->pinned_at + pins_ms);
    command_state(command, "rental", rental->id, "Taken", "Taken", "its renter found nowhere to return it");
    command_result(command, rental->id);
}

/* A26. */
static void swap(struct command *command, void *rental_id)
{
    struct row_rental *rental = rental_edit(command, rental_id);

    if (!rental) {
        return;
    }
    if (rental->state != ROW_RENTAL_STATE_TAKEN) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is not out");
    } else if (command_utc_ms(command) - rental->taken_at > command_policy(command)->swap_within_s * 1000) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "it has been out for too long");
    } else {
        rental->has_swap_asked = rental->swap_asked = true;
        rental_put(command, rental);
        command_result(command, rental->id);
    }
}

static void keep(struct command *command, void *rental_id)
{
    rental_keep_now(command, rental_id);
    command_result(command, rental_id);
}

static void retire(struct command *command, void *bank_id)
{
    struct row_bank *bank = bank_with_id(command, bank_id);

    if (bank && bank_apply(command, bank, BANK_RETIRE) == MOVE_REFUSED) {
        bank->has_retire = bank->retire = true;
        bank_put(command, bank);
    }
    command_result(command, bank_id);
}

static void serve(struct command *command, void *bank_id)
{
    struct row_bank *bank = bank_with_id(command, bank_id);

    if (!bank) {
        return;
    }
    if (bank->has_retire && bank->retire) {
        bank->has_retire = bank->retire = false;
        bank_put(command, bank);
    } else if (bank_apply(command, bank, BANK_SERVE) == MOVE_REFUSED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is not out of service");
    }
    command_result(command, bank_id);
}

void suspense_order_slot(struct command *command, const char *station, int64_t slot, enum ocpp_settle_slot_order order)
{
    struct ocpp_settle_slot_command_req message = { .slot = slot, .order = order };

    command_send(command, station, "slots", &ocpp_settle_actions[OCPP_SETTLE_ACTION_SLOT_COMMAND], &message, &message.envelope);
}

static void order_slot(struct command *command, void *args)
{
    const struct slot_asked *asked = args;
    const struct row_pile *pile = pile_with(command, asked->station, OCPP_SETTLE_FEATURE_POWER_BANKS);

    if (pile && pile_has_slot(command, pile, asked->slot)) {
        bank_service_order(command, asked->station, asked->slot, asked->order);
    }
}

/* --- entry points
 * -------------------------------------------------------------------------------------------------------------------- */

static bool is_text(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

static enum ocpp_status run(struct ocpp_settle *settle, const char *name, command_body *body, const void *args,
                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    backend_enter(settle, now);
    return command_run(settle, name, body, (void *)(uintptr_t)args, done);
}

static enum ocpp_status run_named(struct ocpp_settle *settle, const char *name, command_body *body, const char *id,
                                  const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return is_text(id, TEXT_SIZE) ? run(settle, name, body, id, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_rent(struct ocpp_settle *settle, const char *station, const struct ocpp_token *token, int count,
                                  const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct rent_asked asked = { station, token, count };

    if (!is_text(station, TEXT_SIZE) || !token || !is_text(token->id, TOKEN_SIZE) || count < 1 || count > 16) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "rent", rental_wanted, &asked, done, now);
}

enum ocpp_status ocpp_settle_rent_cancel(struct ocpp_settle *settle, const char *request, const struct ocpp_settle_done *done,
                                         struct ocpp_now now)
{
    return run_named(settle, "rent_cancel", rental_unwanted, request, done, now);
}

enum ocpp_status ocpp_settle_rental_report(struct ocpp_settle *settle, const char *rental, const struct ocpp_settle_done *done,
                                           struct ocpp_now now)
{
    return run_named(settle, "rental_report", report, rental, done, now);
}

enum ocpp_status ocpp_settle_rental_swap(struct ocpp_settle *settle, const char *rental, const struct ocpp_settle_done *done,
                                         struct ocpp_now now)
{
    return run_named(settle, "rental_swap", swap, rental, done, now);
}

enum ocpp_status ocpp_settle_rental_keep(struct ocpp_settle *settle, const char *rental, const struct ocpp_settle_done *done,
                                         struct ocpp_now now)
{
    return run_named(settle, "rental_keep", keep, rental, done, now);
}

enum ocpp_status ocpp_settle_suspense_resolve(struct ocpp_settle *settle, const struct ocpp_settle_resolve *resolve,
                                              const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!is_text(resolve->suspense, TEXT_SIZE) || (unsigned)resolve->resolution > OCPP_SETTLE_RESOLVE_DISMISS ||
        (resolve->rental && !is_text(resolve->rental, TEXT_SIZE)) || (resolve->bank && !is_text(resolve->bank, 40)) ||
        (resolve->note && strlen(resolve->note) > NOTE_SIZE)) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "suspense_resolve", suspense_resolve, resolve, done, now);
}

enum ocpp_status ocpp_settle_bank_retire(struct ocpp_settle *settle, const char *bank, const struct ocpp_settle_done *done,
                                         struct ocpp_now now)
{
    return run_named(settle, "bank_retire", retire, bank, done, now);
}

enum ocpp_status ocpp_settle_bank_serve(struct ocpp_settle *settle, const char *bank, const struct ocpp_settle_done *done,
                                        struct ocpp_now now)
{
    return run_named(settle, "bank_serve", serve, bank, done, now);
}

enum ocpp_status ocpp_settle_slot_command(struct ocpp_settle *settle, const char *station, int slot,
                                          enum ocpp_settle_slot_order order, const struct ocpp_settle_done *done,
                                          struct ocpp_now now)
{
    const struct slot_asked asked = { station, slot, order };

    if (!is_text(station, TEXT_SIZE) || slot < 1 || !ocpp_enum_name(&ocpp_settle_slot_order_enum, (int)order)) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "slot_command", order_slot, &asked, done, now);
}

enum ocpp_status ocpp_settle_known_renter(struct ocpp_settle *settle, const struct ocpp_token *token, int banks,
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct renter_asked asked = { token, banks };

    if (!token || !is_text(token->id, TOKEN_SIZE) || banks < 0 || banks > 16) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "known_renter", known_renter_set, &asked, done, now);
}
