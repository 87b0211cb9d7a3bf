/* house.c: who may do what in which house. Whatever belongs to a house is read with the house that was asked for: of another one
 * there is nothing to be found (B17). */
#include "house.h"
#include "account.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

/* of_house: a kind of record that names its house. */
struct of_house {
    const char *kind;
    const struct ocpp_type *type;
    size_t house; /* where it names it */
    enum ocpp_settle_refusal_code code;
    const char *reason;
};

static const struct of_house tenants = { "tenant", &house_tenant_type, offsetof(struct house_tenant, house),
                                         OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_TENANT, "there is no such tenant" };
static const struct of_house cards = { "card", &house_card_type, offsetof(struct house_card, house),
                                       OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_CARD, "there is no such card" };
static const struct of_house phones = { "phone", &house_phone_type, offsetof(struct house_phone, house),
                                        OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_PHONE, "there is no such phone" };
static const struct of_house statements = { "statement", &house_statement_type, offsetof(struct house_statement, house),
                                            OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_STATEMENT, "there is no such statement" };

static const char *house_named(const void *record, const struct of_house *what)
{
    const char *name;

    memcpy(&name, (const char *)record + what->house, sizeof name);
    return name;
}

static void *edit(struct command *command, const struct of_house *what, const char *house, const char *id)
{
    const char *key = id && ocpp_settle_id_is_valid(id) ? command_key(command, what->kind, id, NULL) : NULL;
    void *record = key ? command_edit(command, key, what->type) : NULL;

    if (!record || strcmp(house_named(record, what), house) != 0) {
        command_refuse(command, what->code, what->reason);
        return NULL;
    }
    return record;
}

struct house_house *house_edit(struct command *command, const char *id)
{
    struct house_house *house = id && ocpp_settle_id_is_valid(id)
                                    ? command_edit(command, command_key(command, "house", id, NULL), &house_house_type)
                                    : NULL;

    if (!house) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_HOUSE, "there is no such house");
    }
    return house;
}

struct house_tenant *house_edit_tenant(struct command *command, const char *house, const char *id)
{
    return edit(command, &tenants, house, id);
}

struct house_card *house_edit_card(struct command *command, const char *house, const char *id)
{
    return edit(command, &cards, house, id);
}

struct house_phone *house_edit_phone(struct command *command, const char *house, const char *id)
{
    return edit(command, &phones, house, id);
}

struct house_statement *house_edit_statement(struct command *command, const char *house, const char *id)
{
    return edit(command, &statements, house, id);
}

void house_put(struct command *command, const struct house_house *house)
{
    command_put(command, command_key(command, "house", house->id, NULL), &house_house_type, house);
}

void house_put_tenant(struct command *command, const struct house_tenant *tenant)
{
    command_put(command, command_key(command, tenants.kind, tenant->id, NULL), &house_tenant_type, tenant);
}

void house_put_card(struct command *command, const struct house_card *card)
{
    command_put(command, command_key(command, cards.kind, card->id, NULL), &house_card_type, card);
}

void house_put_phone(struct command *command, const struct house_phone *phone)
{
    command_put(command, command_key(command, phones.kind, phone->id, NULL), &house_phone_type, phone);
}

void house_put_statement(struct command *command, const struct house_statement *statement)
{
    command_put(command, command_key(command, statements.kind, statement->id, NULL), &house_statement_type, statement);
}

/* --- lists --------------------------------------------------------------------------------------------------------------- */

void house_list_as(struct command *command, const char *parent, const char *kind, const char *name, const char *id)
{
    const struct house_listed listed = { .id = id };

    command_put(command, command_key(command, "houseof", parent, kind, name, NULL), &house_listed_type, &listed);
}

void house_list(struct command *command, const char *parent, const char *kind, const char *id)
{
    house_list_as(command, parent, kind, id, id);
}

void house_unlist(struct command *command, const char *parent, const char *kind, const char *id)
{
    command_remove(command, command_key(command, "houseof", parent, kind, id, NULL));
}

struct listing {
    bool (*visit)(struct command *command, const char *id, void *user);
    void *user;
};

static bool show_listed(struct command *command, const char *key, const void *record, void *user)
{
    const struct house_listed *listed = record;
    const struct listing *listing = user;

    (void)key;
    return listing->visit(command, listed->id, listing->user);
}

void house_each(struct command *command, const char *parent, const char *kind, const char *from,
                bool (*visit)(struct command *command, const char *id, void *user), void *user)
{
    struct listing listing = { visit, user };

    command_each_from(command, command_key(command, "houseof", parent, kind, "", NULL),
                      from ? command_key(command, "houseof", parent, kind, from, NULL) : NULL, &house_listed_type, show_listed,
                      &listing);
}

static bool count_one(struct command *command, const char *id, void *user)
{
    (void)command;
    (void)id;
    ++*(int64_t *)user;
    return true;
}

int64_t house_count(struct command *command, const char *parent, const char *kind)
{
    int64_t count = 0;

    house_each(command, parent, kind, NULL, count_one, &count);
    return count;
}

const char *house_number_text(struct command *command, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%06" PRId64, number);
    const char *copy = ocpp_arena_text(command_arena(command), text, strlen(text));
    command_fail(command, copy ? OCPP_OK : OCPP_ERR_NOMEM);
    return copy ? copy : "";
}

/* --- who ----------------------------------------------------------------------------------------------------------------- */

uint32_t house_rights(const struct house_card *card)
{
    uint32_t rights = 0;

    for (size_t i = 0; i < card->rights.count; i++) {
        rights |= UINT32_C(1) << ((int)card->rights.items[i] - (int)HOUSE_RIGHT_CHARGE);
    }
    return rights;
}

bool house_phone_of(struct command *command, const char *bearer, const struct house_phone **phone, const struct house_card **card)
{
    const char *hash = bearer && strlen(bearer) < OCPP_SETTLE_BEARER_SIZE ? account_digest(command, bearer) : NULL;
    const struct house_listed *found =
        hash ? command_read(command, command_key(command, "bearer", hash, NULL), &house_listed_type) : NULL;

    *phone = found ? command_read(command, command_key(command, phones.kind, found->id, NULL), &house_phone_type) : NULL;
    *card = *phone ? command_read(command, command_key(command, cards.kind, (*phone)->card, NULL), &house_card_type) : NULL;
    return *phone && *card && ocpp_settle_same_bytes((*phone)->bearer_hash, hash, strlen(hash));
}

/* Looked at each time it is used: what happened to the card happened to its phones (B3). */
bool house_phone_counts(const struct house_phone *phone, const struct house_card *card)
{
    return phone->state == HOUSE_PHONE_STATE_BOUND && card->state == HOUSE_CARD_STATE_ACTIVE;
}

static void enter_as_operator(struct house_scope *scope)
{
    scope->rights = HOUSE_ALL_RIGHTS;
    scope->is_operator = true;
    scope->by = "operator";
}

static bool enter_as_phone(struct command *command, const struct ocpp_settle_house_caller *caller, struct house_scope *scope)
{
    const struct house_phone *phone;
    const struct house_card *card;

    if (!house_phone_of(command, caller->bearer, &phone, &card) || strcmp(phone->house, caller->house) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_HOUSE, "there is no such house");
        return false;
    }
    if (!house_phone_counts(phone, card)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "the phone has no right any more, or not yet");
        return false;
    }
    scope->rights = house_rights(card);
    scope->tenant = card->tenant;
    scope->card = card->id;
    scope->phone = phone->id;
    scope->by = phone->id;
    return true;
}

bool house_enter(struct command *command, const struct ocpp_settle_house_caller *caller, uint32_t any_of,
                 struct house_scope *scope)
{
    *scope = (struct house_scope){ 0 };
    if (!caller->bearer) {
        enter_as_operator(scope);
    } else if (!enter_as_phone(command, caller, scope)) {
        return false;
    }
    scope->house = house_edit(command, caller->house);
    if (scope->house && !(scope->rights & any_of)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "the card of this phone does not give that right");
    }
    return scope->house && !command_failed(command);
}

/* --- what is left behind -------------------------------------------------------------------------------------------------- */

void house_did(struct command *command, const struct house_scope *scope, const struct house_act *act)
{
    const struct house_deed deed = {
        .house = scope->house->id, .what = act->what, .subject = act->subject, .by = scope->by, .note = act->state
    };

    command_journal(command, "house", &house_deed_type, &deed);
    if (act->state) {
        command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                                 .id = act->subject,
                                                                 .state = act->state,
                                                                 .text = act->what,
                                                                 .house = scope->house->id,
                                                                 .tenant = act->tenant });
    }
}

bool house_text_fits(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

enum ocpp_status house_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                           const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, args, done);
}

void house_secret(struct ocpp_settle *settle, char *text, int blocks)
{
    const struct ocpp_settle_keys *keys = &settle->settings.keys;
    unsigned char bytes[16];

    for (int i = 0; i < blocks; i++) {
        keys->random(bytes, sizeof bytes, keys->user);
        ocpp_settle_id_write(bytes, text + (size_t)i * (OCPP_SETTLE_ID_SIZE - 1));
    }
    memset(bytes, 0, sizeof bytes);
}
