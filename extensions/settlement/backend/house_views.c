/* house_views.c: houses, piles, tenants, cards, phones and prices shown to those who may see them. Each call is a command that
 * notes nothing. */
#include "house_views.h"

#include <string.h>

/* --- the frame ------------------------------------------------------------------------------------------------------------- */

static void see_body(struct command *command, void *args)
{
    struct house_view *view = args;
    struct house_scope scope;

    if (view->is_done) {
        return; /* a body may run again */
    }
    view->is_done = view->is_known = house_enter(command, view->caller, view->any_of, &scope);
    if (view->is_known) {
        view->scope = &scope;
        view->show(command, view);
    } else {
        command_forgive(command); /* who only looks leaves no trace */
    }
}

enum ocpp_status house_see(struct ocpp_settle *settle, struct house_view *view, struct ocpp_now now)
{
    const enum ocpp_status status =
        view->caller->house ? house_run(settle, "show", see_body, view, NULL, now) : OCPP_ERR_ARGUMENT;

    return status != OCPP_OK ? status : view->is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

bool house_may_see_tenant(const struct house_scope *scope, const char *tenant)
{
    return !scope->tenant || (tenant && strcmp(scope->tenant, tenant) == 0);
}

const char *house_person_name(struct command *command, const char *id, const char **contact)
{
    const struct house_person *person = command_read(command, command_key(command, "person", id, NULL), &house_person_type);

    if (contact) {
        *contact = person ? person->contact : NULL;
    }
    return person ? person->name : NULL;
}

/* --- houses ---------------------------------------------------------------------------------------------------------------- */

static bool show_house(struct command *command, const struct house_house *house,
                       bool (*visit)(const struct ocpp_settle_house *house, void *user), void *user)
{
    const struct house_price *price = house_price_at(command, house, command_utc_ms(command));
    const struct ocpp_settle_house shown = {
        .id = house->id,
        .name = house->name,
        .landlord = house_person_name(command, house->landlord, NULL),
        .currency = house->currency,
        .exponent = (int)house->exponent,
        .zone = house->zone,
        .price_number = price ? price->number : 0,
        .price_micro = price ? price->price_micro : 0,
        .closed_to_utc_ms = house->has_closed_to ? house->closed_to : OCPP_UTC_UNKNOWN,
        .is_closing = house->has_closing,
    };

    return !command_failed(command) && visit(&shown, user);
}

struct all_houses {
    bool (*visit)(const struct ocpp_settle_house *house, void *user);
    void *user;
};

static bool show_listed_house(struct command *command, const char *key, const void *record, void *user)
{
    const struct all_houses *all = user;

    (void)key;
    return show_house(command, record, all->visit, all->user);
}

static void houses_body(struct command *command, void *args)
{
    command_each(command, command_key(command, "house", "", NULL), &house_house_type, show_listed_house, args);
}

enum ocpp_status ocpp_settle_houses(struct ocpp_settle *settle, bool (*visit)(const struct ocpp_settle_house *house, void *user),
                                    void *user, struct ocpp_now now)
{
    return house_run(settle, "show", houses_body, &(struct all_houses){ visit, user }, NULL, now);
}

static void show_the_house(struct command *command, struct house_view *view)
{
    (void)show_house(command, view->scope->house, view->visit.house, view->user);
}

enum ocpp_status ocpp_settle_house_find(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                        bool (*visit)(const struct ocpp_settle_house *house, void *user), void *user,
                                        struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_ALL_RIGHTS, .show = show_the_house, .visit.house = visit, .user = user
    };

    return house_see(settle, &view, now);
}

/* --- piles ------------------------------------------------------------------------------------------------------------------ */

static bool show_pile(struct command *command, const char *id, void *user)
{
    const struct house_view *view = user;

    command_forget(command);
    const struct house_house_pile *pile =
        command_read(command, command_key(command, "housepile", id, NULL), &house_house_pile_type);
    const struct house_own_meter *meter =
        command_read(command, command_key(command, "ownmeter", id, NULL), &house_own_meter_type);

    if (!pile) {
        return !command_failed(command);
    }
    const bool sees_meter =
        meter && (view->scope->rights & OCPP_SETTLE_RIGHT_SEE_CONSUMPTION) && strcmp(meter->house, view->scope->house->id) == 0;
    const struct ocpp_settle_house_pile shown = {
        .station = pile->station,
        .is_authorised = pile->state == HOUSE_PILE_STATE_AUTHORISED,
        .has_own_meter = sees_meter,
        .own_used_mwh = sees_meter ? meter->used_mwh : 0,
        .own_anomalies = sees_meter ? meter->anomalies : 0,
    };
    return view->visit.pile(&shown, view->user);
}

static void show_piles(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "pile", NULL, show_pile, view);
}

enum ocpp_status ocpp_settle_house_piles(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                         bool (*visit)(const struct ocpp_settle_house_pile *pile, void *user), void *user,
                                         struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_ALL_RIGHTS, .show = show_piles, .visit.pile = visit, .user = user
    };

    return house_see(settle, &view, now);
}

struct standing {
    const char *station;
    const char *transaction;
    struct ocpp_settle_house_place *place;
};

static const struct row_tenant_share *who_charges(struct command *command, const struct standing *standing)
{
    const char *key =
        standing->transaction ? command_key(command, "vehicle", standing->station, standing->transaction, NULL) : NULL;
    const struct row_vehicle_order *found = key ? command_read(command, key, &row_vehicle_order_type) : NULL;
    const struct row_order *order =
        found ? command_read(command, command_key(command, "order", found->order, NULL), &row_order_type) : NULL;

    return order ? order->tenant : NULL;
}

static void standing_body(struct command *command, void *args)
{
    const struct standing *standing = args;
    const struct house_house_pile *pile =
        command_read(command, command_key(command, "housepile", standing->station, NULL), &house_house_pile_type);
    const struct row_tenant_share *share = pile ? who_charges(command, standing) : NULL;

    *standing->place = (struct ocpp_settle_house_place){ .house = "" };
    if (pile) {
        memcpy(standing->place->house, pile->house, strlen(pile->house) + 1);
    }
    if (share && strcmp(share->house, pile->house) == 0) {
        memcpy(standing->place->tenant, share->tenant, strlen(share->tenant) + 1);
    }
}

enum ocpp_status ocpp_settle_house_at(struct ocpp_settle *settle, const char *station, const char *transaction,
                                      struct ocpp_settle_house_place *place, struct ocpp_now now)
{
    struct standing standing = { station, transaction, place };
    const enum ocpp_status status = house_run(settle, "show", standing_body, &standing, NULL, now);

    return status != OCPP_OK ? status : place->house[0] ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

/* --- tenants ---------------------------------------------------------------------------------------------------------------- */

static bool show_tenant(struct command *command, const char *id, void *user)
{
    const struct house_view *view = user;

    command_forget(command);
    const struct house_tenant *tenant = command_read(command, command_key(command, "tenant", id, NULL), &house_tenant_type);
    struct ocpp_settle_tenant shown = { .id = id };

    if (!tenant || !house_may_see_tenant(view->scope, id)) {
        return !command_failed(command);
    }
    shown.name = house_person_name(command, id, &shown.contact);
    shown.flat = tenant->flat;
    shown.state = ocpp_enum_name(&house_tenant_state_enum, (int)tenant->state);
    shown.provider = tenant->provider;
    shown.statements = tenant->statements;
    return view->visit.tenant(&shown, view->user);
}

static void show_tenants(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "tenant", NULL, show_tenant, view);
}

enum ocpp_status ocpp_settle_tenants(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                     bool (*visit)(const struct ocpp_settle_tenant *tenant, void *user), void *user,
                                     struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_SEES_SESSIONS, .show = show_tenants, .visit.tenant = visit, .user = user
    };

    return house_see(settle, &view, now);
}

/* --- cards -------------------------------------------------------------------------------------------------------------------
 */

static bool may_see_card(const struct house_scope *scope, const struct house_card *card)
{
    if (scope->is_operator || (scope->card && strcmp(scope->card, card->id) == 0)) {
        return true;
    }
    return scope->tenant ? card->tenant && strcmp(scope->tenant, card->tenant) == 0
                         : (scope->rights & (HOUSE_SEES_ALL | OCPP_SETTLE_RIGHT_LOG_OUT_CARDS)) != 0;
}

static bool show_card(struct command *command, const char *id, void *user)
{
    const struct house_view *view = user;

    command_forget(command);
    const struct house_card *card = command_read(command, command_key(command, "card", id, NULL), &house_card_type);

    if (!card || !may_see_card(view->scope, card)) {
        return !command_failed(command);
    }
    const struct ocpp_settle_card shown = {
        .id = card->id,
        .kind = card->kind == HOUSE_CARD_KIND_CHARGING ? OCPP_SETTLE_CHARGING_CARD : OCPP_SETTLE_PRIVILEGE_CARD,
        .state = ocpp_enum_name(&house_card_state_enum, (int)card->state),
        .tenant = card->tenant,
        .token = card->token,
        .rights = house_rights(card),
        .phones = card->phones,
        .open_mwh = card->open_mwh,
        .open_minor = card->open_minor,
        .total_mwh = card->total_mwh,
        .sessions = card->sessions,
        .replaced_by = card->replaced_by,
    };
    return view->visit.card(&shown, view->user);
}

static void show_cards(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "card", NULL, show_card, view);
}

enum ocpp_status ocpp_settle_cards(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                   bool (*visit)(const struct ocpp_settle_card *card, void *user), void *user,
                                   struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_ALL_RIGHTS, .show = show_cards, .visit.card = visit, .user = user
    };

    return house_see(settle, &view, now);
}

/* --- phones ------------------------------------------------------------------------------------------------------------------
 */

static bool show_phone(struct command *command, const char *id, void *user)
{
    const struct house_view *view = user;

    command_forget(command);
    const struct house_phone *phone = command_read(command, command_key(command, "phone", id, NULL), &house_phone_type);

    if (!phone) {
        return !command_failed(command);
    }
    const struct ocpp_settle_phone shown = {
        .id = phone->id,
        .card = phone->card,
        .name = phone->name,
        .state = ocpp_enum_name(&house_phone_state_enum, (int)phone->state),
        .asked_utc_ms = phone->asked_at,
        .bound_utc_ms = phone->has_bound_at ? phone->bound_at : OCPP_UTC_UNKNOWN,
    };
    return view->visit.phone(&shown, view->user);
}

/* Of each card its phones: who may see the card, but of another tenant's card nobody's but who manages them. */
static bool show_phones_of(struct command *command, const char *id, void *user)
{
    struct house_view *view = user;

    command_forget(command);
    const struct house_card *card = command_read(command, command_key(command, "card", id, NULL), &house_card_type);
    const bool is_own = card && view->scope->card && strcmp(view->scope->card, card->id) == 0;

    if (card && (is_own || (view->scope->rights & OCPP_SETTLE_RIGHT_MANAGE_TENANTS))) {
        house_each(command, card->id, "phone", NULL, show_phone, view);
    }
    return !command_failed(command);
}

static void show_phones(struct command *command, struct house_view *view)
{
    house_each(command, view->scope->house->id, "card", NULL, show_phones_of, view);
}

enum ocpp_status ocpp_settle_phones(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                    bool (*visit)(const struct ocpp_settle_phone *phone, void *user), void *user,
                                    struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_ALL_RIGHTS, .show = show_phones, .visit.phone = visit, .user = user
    };

    return house_see(settle, &view, now);
}

/* --- prices ------------------------------------------------------------------------------------------------------------------
 */

static bool show_price(struct command *command, const char *key, const void *record, void *user)
{
    const struct house_view *view = user;
    const struct house_price *price = record;
    const struct ocpp_settle_price_version shown = {
        .number = price->number,
        .state = ocpp_enum_name(&house_price_state_enum, (int)price->state),
        .price_micro = price->price_micro,
        .tax_included = price->tax_included,
        .valid_from_utc_ms = price->valid_from,
        .confirmations = price->confirmations,
        .set_by = price->set_by,
    };

    (void)command;
    (void)key;
    return view->visit.price(&shown, view->user);
}

static void show_prices(struct command *command, struct house_view *view)
{
    command_each(command, command_key(command, "houseprice", view->scope->house->id, "", NULL), &house_price_type, show_price,
                 view);
}

enum ocpp_status ocpp_settle_prices(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                    bool (*visit)(const struct ocpp_settle_price_version *price, void *user), void *user,
                                    struct ocpp_now now)
{
    struct house_view view = {
        .caller = caller, .any_of = HOUSE_ALL_RIGHTS, .show = show_prices, .visit.price = visit, .user = user
    };

    return house_see(settle, &view, now);
}
