/* house_card_ends.c: cards are logged out, let in, lost, ended. Whoever loses the right to charge is stopped where he charges;
 * what was used stays billable (B1). */
#include "house.h"
#include "order_internal.h"

#include <string.h>

/* --- sessions ------------------------------------------------------------------------------------------------------------ */

struct stopping {
    const char *card;
    const char *why;
};

static bool stop_one(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_open_order *open = record;
    const struct stopping *stopping = user;
    const struct row_order *order = order_read(command, open->order);

    (void)key;
    if (order && order->tenant && strcmp(order->tenant->card, stopping->card) == 0 && order->vehicle &&
        order->vehicle->state == ROW_VEHICLE_STATE_CHARGING) {
        vehicle_stop(command, order->vehicle->station, order->vehicle->transaction, stopping->why);
    }
    return !command_failed(command);
}

static void stop_sessions(struct command *command, const struct house_card *card, const char *why)
{
    struct stopping stopping = { card->id, why };
    const char *payer = card->tenant ? house_payer(command, card->tenant) : NULL;
    const char *digest = payer ? order_digest(command, payer) : NULL;

    if (digest) {
        command_each(command, command_key(command, "open", digest, "", NULL), &row_open_order_type, stop_one, &stopping);
    }
}

void house_card_leaves(struct command *command, struct house_card *card, enum house_card_state state, const char *why)
{
    const char *from = ocpp_enum_name(&house_card_state_enum, (int)card->state);
    const char *to = ocpp_enum_name(&house_card_state_enum, (int)state);

    stop_sessions(command, card, why);
    card->state = state;
    card->since = command_utc_ms(command);
    house_put_card(command, card);
    command_state(command, "card", card->id, from, to, why);
    if (card->kind == HOUSE_CARD_KIND_PRIVILEGE) {
        house_cards_changed(command, card->house);
    }
}

/* --- acts ---------------------------------------------------------------------------------------------------------------- */

/* What each act asks of who does it and of the card, and what becomes of it. */
static const struct act_rule {
    const char *name;
    uint32_t right;
    bool own_too;                /* the tenant's own phone may */
    bool operators_of_privilege; /* of a privilege card only the operator may */
    enum house_card_state from[3];
    enum house_card_state to;
} rules[] = {
    [OCPP_SETTLE_CARD_LOG_OUT] = { "log out",
                                   OCPP_SETTLE_RIGHT_LOG_OUT_CARDS,
                                   false,
                                   true,
                                   { HOUSE_CARD_STATE_ACTIVE },
                                   HOUSE_CARD_STATE_LOGGED_OUT },
    [OCPP_SETTLE_CARD_LET_IN] = { "let in",
                                  OCPP_SETTLE_RIGHT_LOG_OUT_CARDS,
                                  false,
                                  true,
                                  { HOUSE_CARD_STATE_LOGGED_OUT },
                                  HOUSE_CARD_STATE_ACTIVE },
    [OCPP_SETTLE_CARD_LOST] = { "lost",
                                OCPP_SETTLE_RIGHT_LOG_OUT_CARDS,
                                true,
                                false,
                                { HOUSE_CARD_STATE_ACTIVE, HOUSE_CARD_STATE_LOGGED_OUT },
                                HOUSE_CARD_STATE_LOST },
    [OCPP_SETTLE_CARD_END] = { "end card",
                               OCPP_SETTLE_RIGHT_MANAGE_TENANTS,
                               false,
                               true,
                               { HOUSE_CARD_STATE_ACTIVE, HOUSE_CARD_STATE_LOGGED_OUT, HOUSE_CARD_STATE_LOST },
                               HOUSE_CARD_STATE_ENDED },
};

struct card_acting {
    const struct ocpp_settle_house_caller *caller;
    const char *card;
    const struct act_rule *rule;
};

static bool is_from(const struct act_rule *rule, enum house_card_state state)
{
    return state == rule->from[0] || state == rule->from[1] || state == rule->from[2];
}

static bool may_act(struct command *command, const struct house_scope *scope, const struct act_rule *rule,
                    const struct house_card *card)
{
    const bool is_own = scope->tenant && card->tenant && strcmp(scope->tenant, card->tenant) == 0;
    const bool has_right = (scope->rights & rule->right) || (rule->own_too && is_own);

    if (scope->tenant && !is_own) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_CARD, "there is no such card");
    } else if (!has_right || (card->kind == HOUSE_CARD_KIND_PRIVILEGE && rule->operators_of_privilege && !scope->is_operator)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "that is not the caller's to do with this card");
    } else if (!is_from(rule, card->state)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the card is in another state");
    }
    return !command_failed(command);
}

void house_act_on_card(struct command *command, const struct house_scope *scope, struct house_card *card,
                       enum ocpp_settle_card_act act)
{
    const struct act_rule *rule = &rules[act];

    if (may_act(command, scope, rule, card)) {
        house_card_leaves(command, card, rule->to, rule->name);
        house_did(command, scope,
                  &(struct house_act){ .what = rule->name,
                                       .subject = card->id,
                                       .tenant = card->tenant,
                                       .state = ocpp_enum_name(&house_card_state_enum, (int)rule->to) });
        command_result(command, card->id);
    }
}

static void act_body(struct command *command, void *args)
{
    const struct card_acting *acting = args;
    struct house_scope scope;
    struct house_card *card;

    if (!house_enter(command, acting->caller, HOUSE_ALL_RIGHTS, &scope)) {
        return;
    }
    card = house_edit_card(command, scope.house->id, acting->card);
    if (card) {
        house_act_on_card(command, &scope, card, (enum ocpp_settle_card_act)(acting->rule - rules));
    }
}

enum ocpp_status ocpp_settle_card_act(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, const char *card,
                                      enum ocpp_settle_card_act act, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!caller->house || !card || (size_t)act >= sizeof rules / sizeof rules[0]) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, "card", act_body, &(struct card_acting){ caller, card, &rules[act] }, done, now);
}
