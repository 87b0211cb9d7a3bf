/* tenant.c: a phone that is bound to a card of a rental house, at a pile without a network (docs/rental-houses.md). What it is
 * stands in the folder --state: its key, its bearer for the server, and its binding, which the server signed. */
#include "carried.h"
#include "commands.h"

#include <ocpp/settlement/adapters.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BIND_WITHIN_S = 60, PATH_SIZE = 600 };

#define KEY_NAME "phone"

/* --- what it is
 * ----------------------------------------------------------------------------------------------------------------- */

static struct ocpp_settle_keys *open_keys(const struct phone *phone)
{
    char folder[PATH_SIZE];
    const struct ocpp_settle_keys_settings settings = { .folder = folder };
    struct ocpp_settle_keys *keys = NULL;

    (void)mkdir(phone->options->state, 0700);
    snprintf(folder, sizeof folder, "%s/keys", phone->options->state);
    const enum ocpp_status status = ocpp_settle_keys_open(&settings, &keys);
    if (status != OCPP_OK) {
        (void)say_failed("--state: keys", ocpp_status_sentence(status));
    }
    return keys;
}

static bool use_bearer(struct phone *phone)
{
    char *bearer = carried_read(phone->options->state, "bearer");
    const bool fits = bearer && strlen(bearer) < sizeof phone->client.bearer;

    if (fits) {
        snprintf(phone->client.bearer, sizeof phone->client.bearer, "%s", bearer);
    }
    free(bearer);
    return fits;
}

static const char *member(const struct phone *phone, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(phone->client.answer, name));
}

/* The binding as it is kept, or fetched from the server for this phone's key; for free(). NULL after a line that says why. */
static char *binding_of(struct phone *phone, const struct ocpp_settle_keys *keys)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char key[OCPP_SETTLE_POINT_TEXT_SIZE];
    char *kept = carried_read(phone->options->state, "binding");

    if (kept || !phone->client.server) {
        if (!kept) {
            (void)say_failed("this phone is bound to no card that it knows of", "bind, or give --server");
        }
        return kept;
    }
    if (keys->public_key(KEY_NAME, point, keys->user) != OCPP_OK || !use_bearer(phone)) {
        (void)say_failed("this phone is bound to no card", "bind first");
        return NULL;
    }
    ocpp_settle_point_write(point, key);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "key", key);
    const bool is_told = ask_server(phone, "/api/settlement/phones/me/binding", body, false) && member(phone, "binding");
    return is_told && carried_write(phone->options->state, "binding", member(phone, "binding")) ? strdup(member(phone, "binding"))
                                                                                                : NULL;
}

/* An account, shown in this conversation. */
struct account {
    struct ocpp_settle_keys *keys;
    char *binding;
    char signature[OCPP_SETTLE_LINK_SIGNATURE_TEXT_SIZE];
};

static void account_end(struct account *account)
{
    free(account->binding);
    if (account->keys) {
        ocpp_settle_keys_close(account->keys);
    }
}

static bool account_begin(struct phone *phone, struct account *account, struct ocpp_settle_link_account_proof *proof)
{
    unsigned char number[OCPP_SETTLE_LINK_BINDING_SIZE];

    *account = (struct account){ .keys = open_keys(phone) };
    account->binding = account->keys ? binding_of(phone, account->keys) : NULL;
    if (!account->binding) {
        account_end(account);
        return false;
    }
    if (!line_binding(phone->line, number) ||
        ocpp_settle_link_account_sign(account->keys, KEY_NAME, number, account->signature) != OCPP_OK) {
        (void)say_failed("the account cannot be shown", NULL);
        account_end(account);
        return false;
    }
    *proof = (struct ocpp_settle_link_account_proof){ account->binding, account->signature };
    return true;
}

/* --- binding
 * -------------------------------------------------------------------------------------------------------------------- */

/* What a QR code says; the phone's id, which the pile signs with the card. */
static const char *ask_for_card(struct phone *phone, char *const *words, int count)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "card", words[0]);
    cJSON_AddStringToObject(body, "secret", words[1]);
    cJSON_AddStringToObject(body, "name", count > 2 ? words[2] : "phone");
    if (!ask_server(phone, "/api/settlement/phones", body, false) || !member(phone, "bearer") || !member(phone, "id")) {
        return NULL;
    }
    if (!carried_write(phone->options->state, "bearer", member(phone, "bearer"))) {
        (void)say_failed("--state", "the bearer cannot be kept");
        return NULL;
    }
    return member(phone, "id");
}

static bool carry_shown(struct phone *phone, const char *token)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "token", token);
    return ask_server(phone, "/api/settlement/relay/shown-cards", body, false);
}

enum phone_code command_bind(struct phone *phone, char *const *words, int count)
{
    const char *id = ask_for_card(phone, words, count);
    struct ocpp_settle_link_bind_card_req bind = { .within_s = BIND_WITHIN_S };
    char challenge[OCPP_SETTLE_ID_SIZE];

    if (!id) {
        return PHONE_REFUSED;
    }
    snprintf(challenge, sizeof challenge, "%s", id);
    bind.challenge = challenge;
    if (!phone->options->json) {
        printf("show the card at the pile\n");
        fflush(stdout);
    }
    if (!line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_BIND_CARD, &bind) ||
        !carry_shown(phone, ((const struct ocpp_settle_link_bind_card_conf *)line_answer(phone->line))->token)) {
        return PHONE_REFUSED;
    }
    struct ocpp_settle_keys *keys = open_keys(phone);
    char *binding = keys ? binding_of(phone, keys) : NULL;
    if (keys) {
        ocpp_settle_keys_close(keys);
    }
    if (!binding) {
        return PHONE_REFUSED;
    }
    free(binding);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "phone", challenge);
    say_done(phone, json, "bound, as phone %s", challenge);
    return PHONE_DONE;
}

/* --- charging
 * ------------------------------------------------------------------------------------------------------------------- */

bool charge_is_right(char *const *words, int count)
{
    char *end;
    const long long outlet = strtoll(words[0], &end, 10);

    (void)count;
    return (end != words[0] && !*end && outlet >= 1) || options_wrong("charge takes an OUTLET, not", words[0]);
}

enum phone_code command_charge(struct phone *phone, char *const *words, int count)
{
    struct ocpp_settle_link_start_outlet_req start = { .outlet = strtoll(words[0], NULL, 10) };
    struct account account;

    (void)count;
    if (!account_begin(phone, &account, &start.account)) {
        return PHONE_REFUSED;
    }
    const char *answer = line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_START_OUTLET, &start);
    account_end(&account);
    if (!answer) {
        return PHONE_REFUSED;
    }
    const char *session = ((const struct ocpp_settle_link_start_outlet_conf *)line_answer(phone->line))->session;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "session", session);
    say_done(phone, json, "session %s", session);
    return PHONE_DONE;
}

bool tenant_stop(struct phone *phone, struct ocpp_settle_link_stop_session_req *stop)
{
    struct ocpp_settle_link_account_proof proof;
    struct account account;

    if (!account_begin(phone, &account, &proof)) {
        return false;
    }
    stop->account = &proof;
    const char *answer = line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_STOP_SESSION, stop);
    account_end(&account);
    return answer != NULL;
}

static void tell_use(const struct phone *phone, const struct ocpp_settle_link_use_view *use)
{
    cJSON *json = cJSON_CreateObject();
    const long long wh = (long long)(use->energy_mwh / 1000);

    cJSON_AddStringToObject(json, "session", use->session);
    cJSON_AddNumberToObject(json, "outlet", (double)use->outlet);
    cJSON_AddNumberToObject(json, "energyWh", (double)wh);
    cJSON_AddBoolToObject(json, "open", use->open);
    say_done(phone, json, "%s outlet %d %lld.%03lld kWh%s", use->session, (int)use->outlet, wh / 1000, wh % 1000,
             use->open ? ", goes on" : "");
}

enum phone_code command_consumption(struct phone *phone, char *const *words, int count)
{
    struct ocpp_settle_link_consumption_req asked = { .before = NULL };
    char before[OCPP_SETTLE_ID_SIZE] = "";
    struct account account;
    bool more = true;

    (void)words, (void)count;
    if (!account_begin(phone, &account, &asked.account)) {
        return PHONE_REFUSED;
    }
    while (more) {
        const struct ocpp_settle_link_consumption_conf *uses =
            line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_CONSUMPTION, &asked) ? line_answer(phone->line) : NULL;

        if (!uses) {
            account_end(&account);
            return PHONE_REFUSED;
        }
        for (size_t i = 0; i < uses->sessions.count; i++) {
            tell_use(phone, &uses->sessions.items[i]);
            snprintf(before, sizeof before, "%s", uses->sessions.items[i].session);
        }
        more = uses->more && uses->sessions.count > 0;
        asked.before = before;
    }
    account_end(&account);
    return PHONE_DONE;
}

/* --- the landlord
 * --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_settle_link_manage_act act_of(const char *word)
{
    static const struct {
        const char *word;
        enum ocpp_settle_link_manage_act act;
    } acts[] = {
        { "authorise", OCPP_SETTLE_LINK_MANAGE_ACT_AUTHORISE },
        { "log-out", OCPP_SETTLE_LINK_MANAGE_ACT_LOG_OUT_NEXT_CARD },
        { "show", OCPP_SETTLE_LINK_MANAGE_ACT_SHOW_CONSUMPTION },
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].word, word) == 0) {
            return acts[i].act;
        }
    }
    return OCPP_SETTLE_LINK_MANAGE_ACT_UNSET;
}

bool manage_is_right(char *const *words, int count)
{
    (void)count;
    return act_of(words[0]) != OCPP_SETTLE_LINK_MANAGE_ACT_UNSET ||
           options_wrong("manage takes authorise, log-out or show, not", words[0]);
}

enum phone_code command_manage(struct phone *phone, char *const *words, int count)
{
    struct ocpp_settle_link_manage_req manage = { .act = act_of(words[0]) };
    struct account account;

    (void)count;
    if (!account_begin(phone, &account, &manage.account)) {
        return PHONE_REFUSED;
    }
    const char *answer = line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_MANAGE, &manage);
    account_end(&account);
    if (!answer) {
        return PHONE_REFUSED;
    }
    const char *text = ((const struct ocpp_settle_link_manage_conf *)line_answer(phone->line))->text;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "text", text ? text : "");
    say_done(phone, json, "%s", text ? text : "done");
    return PHONE_DONE;
}
