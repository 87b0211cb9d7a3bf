/* rental_grants.c: which bank may be let, and the marks it is to bear. */
#include "rental_grants.h"

#include "orders.h"
#include "timers.h"

/* --- choices ------------------------------------------------------------------------------------------------------------------
 */

static const struct choice_rule {
    enum ocpp_settle_refusal_code code;
    const char *reason;
} rules[] = {
    { OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_BANK, "nobody knows the bank" },
    { OCPP_SETTLE_REFUSAL_CODE_BAD_MARK, "the bank has another hardware" },
    { OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE, "the bank is somewhere else" },
    { OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the bank cannot be let now" },
    { OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION, "the bank bore a later mark" },
};

/* The first rule it breaks; NULL: none. */
static const struct choice_rule *broken_rule(const struct row_bank *bank, const char *station,
                                             const struct ocpp_settle_bank_choice *choice)
{
    const bool broken[] = {
        !bank,
        bank && bank_is_other(bank, choice->hardware_id),
        bank && !bank_same(bank->station, station),
        bank && bank->state != ROW_BANK_STATE_IDLE,
        bank && choice->generation < bank->generation,
    };

    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        if (broken[i]) {
            return &rules[i];
        }
    }
    return NULL;
}

struct row_bank *grant_check(struct command *command, const char *station, const struct ocpp_settle_bank_choice *choice)
{
    struct row_bank *bank = bank_find(command, choice->bank, choice->hardware_id);
    const struct choice_rule *rule = broken_rule(bank, station, choice);

    if (rule) {
        command_refuse(command, rule->code, rule->reason);
        return NULL;
    }
    return bank;
}

void grant_reserve(struct command *command, struct row_rental *rental, struct row_bank *bank, const char *station,
                   const struct ocpp_settle_bank_choice *choice)
{
    rental->station = station;
    rental->slot = choice->slot;
    rental->bank = bank->id;
    rental->hardware_id = bank->hardware_id;
    rental->generation = choice->generation + 1;
    rental->has_is_short = true;
    rental->is_short = choice->form == OCPP_SETTLE_MARK_FORM_SHORT;
    bank->rental = rental->id;
    bank->has_charge = choice->has_charge;
    bank->charge = choice->charge;
    bank_raise(bank, choice->generation);
    bank_place(bank, station, choice->slot);
    (void)bank_apply(command, bank, BANK_RESERVE);
}

bool grant_mint(struct command *command, struct row_rental *rental, struct ocpp_settle_bank_grant *grant)
{
    const struct bank_mark_wanted wanted = {
        .renter = rental->renter_class == ROW_RENTER_CLASS_VEHICLE ? OCPP_SETTLE_MARK_VEHICLE : OCPP_SETTLE_MARK_PLAIN,
        .generation = rental->generation,
        .is_short = rental->is_short,
        .rental = rental->id,
        .bank = rental->bank,
    };
    const struct bank_mark_wanted neutral = { .renter = OCPP_SETTLE_MARK_NEUTRAL,
                                              .generation = rental->generation + 1,
                                              .is_short = rental->is_short,
                                              .bank = rental->bank };
    struct bank_mark mark, undo;

    if (!bank_mark_mint(command, &wanted, &mark) || !bank_mark_mint(command, &neutral, &undo)) {
        return false;
    }
    rental->handle = mark.handle;
    rental->has_granted_at = true;
    rental->granted_at = command_utc_ms(command);
    *grant = (struct ocpp_settle_bank_grant){
        .rental = rental->id, .slot = rental->slot, .generation = rental->generation, .mark = mark.text, .undo = undo.text
    };
    command_timer(command, TIMER_RENTAL_GRANT, rental->id,
                  command_utc_ms(command) + command_policy(command)->lost_pile_after_s * 1000);
    rental_put(command, rental);
    return !command_failed(command);
}

bool grant_another(struct command *command, struct row_rental *rental, const char *station,
                   const struct ocpp_settle_bank_choice *choice, struct ocpp_settle_bank_grant *grant)
{
    struct row_bank *bank = bank_find(command, choice->bank, choice->hardware_id);

    if (broken_rule(bank, station, choice)) {
        return false;
    }
    grant_reserve(command, rental, bank, station, choice);
    rental->swaps++;
    rental->has_swap_asked = false;
    return grant_mint(command, rental, grant);
}

/* --- requests ------------------------------------------------------------------------------------------------------------------
 */

struct row_rent_request *request_edit(struct command *command, const char *id)
{
    return command_edit(command, command_key(command, "request", id, NULL), &row_rent_request_type);
}

void request_put(struct command *command, const struct row_rent_request *request)
{
    command_put(command, command_key(command, "request", request->id, NULL), &row_rent_request_type, request);
}

static void move_request(struct command *command, struct row_rent_request *request, enum row_request_state state)
{
    command_state(command, "request", request->id, ocpp_enum_name(&row_request_state_enum, (int)request->state),
                  ocpp_enum_name(&row_request_state_enum, (int)state), request->reason);
    request->state = state;
    command_timer_stop(command, TIMER_REQUEST_EXPIRES, request->id);
    request_put(command, request);
}

static bool is_reserved_for(const struct row_bank *bank, const struct row_rental *rental)
{
    return bank && bank->state == ROW_BANK_STATE_RESERVED && bank_same(bank->rental, rental->id);
}

/* I9. While its deposit was waited for the pile may have let a bank out alone (A19), or written its mark anew. */
static bool banks_are_there(struct command *command, const struct row_rent_request *request)
{
    for (size_t i = 0; i < request->rentals.count; i++) {
        const struct row_rental *rental = rental_read(command, request->rentals.items[i]);
        const struct row_bank *bank = rental ? bank_find(command, rental->bank, rental->hardware_id) : NULL;

        if (!rental || !is_reserved_for(bank, rental) || bank->generation >= rental->generation) {
            return false;
        }
    }
    return true;
}

static void grant_all(struct command *command, struct row_rent_request *request)
{
    struct ocpp_settle_bank_grant *grants = ocpp_arena_take(command_arena(command), request->rentals.count * sizeof *grants + 1);
    struct ocpp_settle_rent_grant_req message = { .request = request->id,
                                                  .order = request->order,
                                                  .banks = { grants, request->rentals.count },
                                                  .within_s = command_policy(command)->grant_within_s };

    if (!grants) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    for (size_t i = 0; i < request->rentals.count && !command_failed(command); i++) {
        struct row_rental *rental = rental_edit(command, request->rentals.items[i]);

        if (!rental || rental_apply(command, rental, RENTAL_HELD) != MOVE_MADE || !grant_mint(command, rental, &grants[i])) {
            return;
        }
        message.renter_class =
            rental->renter_class == ROW_RENTER_CLASS_VEHICLE ? OCPP_SETTLE_RENTER_CLASS_VEHICLE : OCPP_SETTLE_RENTER_CLASS_PLAIN;
    }
    move_request(command, request, ROW_REQUEST_STATE_GRANTED);
    command_send(command, request->station, request->order, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_GRANT], &message,
                 &message.envelope);
}

void grant_request(struct command *command, struct row_rent_request *request)
{
    if (banks_are_there(command, request)) {
        grant_all(command, request);
    } else if (!command_failed(command)) {
        grant_deny(command, request, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the bank cannot be let any more");
    }
}

static void give_up(struct command *command, const char *id, const char *reason)
{
    struct row_rental *rental = rental_edit(command, id);
    struct row_bank *bank;

    if (!rental) {
        return;
    }
    rental_note(rental, reason);
    if (rental_apply(command, rental, RENTAL_DENIED) == MOVE_MADE) {
        rental_put(command, rental);
        bank = bank_find(command, rental->bank, rental->hardware_id);
        if (is_reserved_for(bank, rental)) {
            (void)bank_apply(command, bank, BANK_RELEASE);
        }
    }
}

void grant_deny(struct command *command, struct row_rent_request *request, enum ocpp_settle_refusal_code code, const char *reason)
{
    struct ocpp_settle_rent_denied_req message = { .request = request->id, .code = code, .text = reason };

    for (size_t i = 0; i < request->rentals.count; i++) {
        give_up(command, request->rentals.items[i], reason);
    }
    request->code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)code);
    request->reason = reason;
    move_request(command, request, ROW_REQUEST_STATE_DENIED);
    rental_tell(command, request->id, request->order, request->station, "Denied", reason);
    command_send(command, request->station, request->order ? request->order : request->id,
                 &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENT_DENIED], &message, &message.envelope);
    if (request->order) {
        order_review(command, request->order);
    }
}
