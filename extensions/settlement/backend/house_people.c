/* house_people.c: houses, their piles, and who lives there. */
#include "house.h"
#include "house_people.h"
#include "timers.h"

#include <ocpp/central_system.h>
#include <ocpp/settlement/money.h>

#include <string.h>

enum { NAME_MOST = 80, CONTACT_MOST = 120, FLAT_MOST = 40, ACCOUNT_MOST = 300, PROVIDER_MOST = 40, ZONE_MOST = 64 };

void house_name_person(struct command *command, const char *id, const char *name, const char *contact)
{
    const struct house_person person = { .name = name, .contact = contact };

    command_put(command, command_key(command, "person", id, NULL), &house_person_type, &person);
}

/* --- houses -------------------------------------------------------------------------------------------------------------- */

static void open_body(struct command *command, void *args)
{
    const struct ocpp_settle_house_wish *wish = args;
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(wish->currency);
    struct house_house house = {
        .id = command_id(command),
        .state = HOUSE_HOUSE_STATE_ACTIVE,
        .name = wish->name,
        .landlord = command_id(command),
        .currency = wish->currency,
        .exponent = currency->exponent,
        .zone = wish->zone,
        .opened_at = command_utc_ms(command),
    };

    house_put(command, &house);
    house_list(command, "house", "house", house.id);
    house_name_person(command, house.landlord, wish->landlord, wish->landlord_contact);
    const struct house_scope scope = { .house = &house, .by = "operator" };
    house_did(command, &scope, &(struct house_act){ .what = "open house", .subject = house.id, .state = "Active" });
    command_result(command, house.id);
}

enum ocpp_status ocpp_settle_house_open(struct ocpp_settle *settle, const struct ocpp_settle_house_wish *wish,
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct ocpp_settle_house_wish copy = *wish;

    if (!house_text_fits(wish->name, NAME_MOST) || !house_text_fits(wish->landlord, NAME_MOST) ||
        (wish->landlord_contact && !house_text_fits(wish->landlord_contact, CONTACT_MOST)) || !wish->currency ||
        !ocpp_settle_currency_of(wish->currency) || !house_text_fits(wish->zone, ZONE_MOST)) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, "open house", open_body, &copy, done, now);
}

/* --- piles --------------------------------------------------------------------------------------------------------------- */

struct pile_act {
    const struct ocpp_settle_house_caller *caller;
    const char *station;
};

struct house_house_pile *house_edit_pile(struct command *command, const char *station)
{
    return command_edit(command, command_key(command, "housepile", station, NULL), &house_house_pile_type);
}

void house_put_pile(struct command *command, const struct house_house_pile *pile)
{
    command_put(command, command_key(command, "housepile", pile->station, NULL), &house_house_pile_type, pile);
}

static void add_pile_body(struct command *command, void *args)
{
    const struct pile_act *act = args;
    struct house_scope scope;
    struct house_house_pile pile = {
        .station = act->station, .house = act->caller->house, .state = HOUSE_PILE_STATE_WAITING, .since = command_utc_ms(command)
    };

    if (!house_enter(command, act->caller, HOUSE_ALL_RIGHTS, &scope)) {
        return;
    }
    if (house_edit_pile(command, act->station)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the pile is a house's already");
    } else if (house_count(command, scope.house->id, "pile") >= command_policy(command)->house_piles) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many piles as a house may have");
    } else {
        house_put_pile(command, &pile);
        house_list(command, scope.house->id, "pile", act->station);
        command_timer(command, TIMER_HOUSE_CARDS, scope.house->id, command_utc_ms(command));
        house_did(command, &scope, &(struct house_act){ .what = "add pile", .subject = act->station, .state = "Waiting" });
        command_result(command, act->station);
    }
}

static struct house_house_pile *pile_of(struct command *command, const struct house_scope *scope, const char *station)
{
    struct house_house_pile *pile = house_edit_pile(command, station);

    if (!pile || strcmp(pile->house, scope->house->id) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the pile is not this house's");
        return NULL;
    }
    return pile;
}

static void remove_pile_body(struct command *command, void *args)
{
    const struct pile_act *act = args;
    struct house_scope scope;
    const struct house_house_pile *pile =
        house_enter(command, act->caller, HOUSE_ALL_RIGHTS, &scope) ? pile_of(command, &scope, act->station) : NULL;

    if (pile) {
        house_pile_left(command, act->station, pile->version);
        command_remove(command, command_key(command, "housepile", act->station, NULL));
        house_unlist(command, scope.house->id, "pile", act->station);
        house_did(command, &scope, &(struct house_act){ .what = "remove pile", .subject = act->station, .state = "Gone" });
        command_result(command, act->station);
    }
}

void house_authorise_pile(struct command *command, const struct house_scope *scope, const char *station)
{
    struct house_house_pile *pile = pile_of(command, scope, station);

    if (pile) {
        pile->state = HOUSE_PILE_STATE_AUTHORISED;
        house_put_pile(command, pile);
        house_did(command, scope, &(struct house_act){ .what = "authorise pile", .subject = station, .state = "Authorised" });
        command_result(command, station);
    }
}

static void authorise_body(struct command *command, void *args)
{
    const struct pile_act *act = args;
    struct house_scope scope;

    if (house_enter(command, act->caller, OCPP_SETTLE_RIGHT_AUTHORISE_PILE, &scope)) {
        house_authorise_pile(command, &scope, act->station);
    }
}

static enum ocpp_status run_pile(struct ocpp_settle *settle, const char *name, command_body *body, struct pile_act *act,
                                 const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!act->caller->house || !house_text_fits(act->station, OCPP_IDENTITY_SIZE - 1)) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, name, body, act, done, now);
}

enum ocpp_status ocpp_settle_house_add_pile(struct ocpp_settle *settle, const char *house, const char *station,
                                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct ocpp_settle_house_caller caller = { .house = house };

    return run_pile(settle, "add pile", add_pile_body, &(struct pile_act){ &caller, station }, done, now);
}

enum ocpp_status ocpp_settle_house_remove_pile(struct ocpp_settle *settle, const char *house, const char *station,
                                               const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct ocpp_settle_house_caller caller = { .house = house };

    return run_pile(settle, "remove pile", remove_pile_body, &(struct pile_act){ &caller, station }, done, now);
}

enum ocpp_status ocpp_settle_house_authorise_pile(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                                  const char *station, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run_pile(settle, "authorise pile", authorise_body, &(struct pile_act){ caller, station }, done, now);
}

/* --- tenants ------------------------------------------------------------------------------------------------------------- */

struct tenant_act {
    const struct ocpp_settle_house_caller *caller;
    const struct ocpp_settle_tenant_wish *wish;
    const char *tenant;
};

static void add_tenant_body(struct command *command, void *args)
{
    const struct tenant_act *act = args;
    const struct ocpp_settle_tenant_wish *wish = act->wish;
    struct house_scope scope;
    const char *id = command_id(command);

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope)) {
        return;
    }
    if (wish->account && !scope.is_operator) { /* it pays the statements: whose it is a landlord cannot say */
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "whose account pays is the operator's to say");
        return;
    }
    if (house_count(command, scope.house->id, "tenant") >= command_policy(command)->house_tenants) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many tenants as a house may have");
        return;
    }
    const char *account = wish->account ? wish->account : house_payer(command, id);
    const struct house_tenant tenant = {
        .id = id,
        .house = scope.house->id,
        .state = HOUSE_TENANT_STATE_LIVING,
        .flat = wish->flat,
        .provider = wish->provider ? wish->provider : PROVIDER_BY_HAND,
        .account = account ? account : "",
        .since = command_utc_ms(command),
    };
    house_put_tenant(command, &tenant);
    house_list(command, scope.house->id, "tenant", id);
    house_name_person(command, id, wish->name, wish->contact);
    house_did(command, &scope, &(struct house_act){ .what = "add tenant", .subject = id, .tenant = id, .state = "Living" });
    command_result(command, id);
}

enum ocpp_status ocpp_settle_tenant_add(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                        const struct ocpp_settle_tenant_wish *wish, const struct ocpp_settle_done *done,
                                        struct ocpp_now now)
{
    struct tenant_act act = { .caller = caller, .wish = wish };

    if (!caller->house || !house_text_fits(wish->name, NAME_MOST) || !house_text_fits(wish->flat, FLAT_MOST) ||
        (wish->contact && !house_text_fits(wish->contact, CONTACT_MOST)) ||
        (wish->provider && !house_text_fits(wish->provider, PROVIDER_MOST)) ||
        (wish->account && !house_text_fits(wish->account, ACCOUNT_MOST))) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, "add tenant", add_tenant_body, &act, done, now);
}

struct ending {
    const char *tenant;
    int64_t left;
};

enum { CARDS_AT_ONCE = 32 };

static bool end_card_of(struct command *command, const char *id, void *user)
{
    struct ending *ending = user;
    struct house_card *card = command_edit(command, command_key(command, "card", id, NULL), &house_card_type);

    if (card && card->tenant && strcmp(card->tenant, ending->tenant) == 0 && card->state != HOUSE_CARD_STATE_REPLACED &&
        card->state != HOUSE_CARD_STATE_ENDED) {
        house_card_leaves(command, card, HOUSE_CARD_STATE_ENDED, "the tenant moved out");
        ending->left--;
    }
    return ending->left > 0 && !command_failed(command);
}

static void move_out_body(struct command *command, void *args)
{
    const struct tenant_act *act = args;
    struct house_scope scope;
    struct house_tenant *tenant;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope)) {
        return;
    }
    tenant = house_edit_tenant(command, scope.house->id, act->tenant);
    if (!tenant) {
        return;
    }
    if (tenant->state != HOUSE_TENANT_STATE_LIVING) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the tenant is on the way already");
        return;
    }
    tenant->state = HOUSE_TENANT_STATE_LEAVING;
    house_put_tenant(command, tenant);
    house_each(command, tenant->id, "card", NULL, end_card_of, &(struct ending){ tenant->id, CARDS_AT_ONCE });
    command_timer(command, TIMER_TENANT_LEAVES, tenant->id, command_utc_ms(command));
    house_did(command, &scope,
              &(struct house_act){ .what = "move out", .subject = tenant->id, .tenant = tenant->id, .state = "Leaving" });
    command_result(command, tenant->id);
}

static void forget_body(struct command *command, void *args)
{
    const struct tenant_act *act = args;
    struct house_scope scope;
    const struct house_tenant *tenant;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope)) {
        return;
    }
    tenant = house_edit_tenant(command, scope.house->id, act->tenant);
    if (tenant && tenant->state != HOUSE_TENANT_STATE_LEFT) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the tenant still lives there");
    } else if (tenant) {
        command_remove(command, command_key(command, "person", tenant->id, NULL));
        house_did(
            command, &scope,
            &(struct house_act){ .what = "forget tenant", .subject = tenant->id, .tenant = tenant->id, .state = "Forgotten" });
        command_result(command, tenant->id);
    }
}

static enum ocpp_status run_tenant(struct ocpp_settle *settle, const char *name, command_body *body, struct tenant_act *act,
                                   const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return act->caller->house && act->tenant ? house_run(settle, name, body, act, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_tenant_move_out(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                             const char *tenant, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run_tenant(settle, "move out", move_out_body, &(struct tenant_act){ .caller = caller, .tenant = tenant }, done, now);
}

enum ocpp_status ocpp_settle_tenant_forget(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                           const char *tenant, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return run_tenant(settle, "forget tenant", forget_body, &(struct tenant_act){ .caller = caller, .tenant = tenant }, done,
                      now);
}
