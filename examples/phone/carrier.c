/* carrier.c: a phone between a pile without a network and the server. It carries what each of them signed, and is believed by
 * neither (docs/offline-piles.md). */
#include "carried.h"
#include "commands.h"

#include <ocpp/settlement/adapters.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RELAY "/api/settlement/relay/"

enum { PATH_SIZE = 320, NAME_SIZE = 160, ROUND_MS = 100 };

static const char *member(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

static cJSON *token_body(const char *token)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "token", token);
    return body;
}

static bool read_whole(const char *text, int64_t least, int64_t *number)
{
    char *end;

    *number = strtoll(text, &end, 10);
    return end != text && !*end && *number >= least;
}

/* The identity of the pile that the line ends at. */
static bool pile_of(struct phone *phone, char name[NAME_SIZE])
{
    const struct ocpp_settle_link_hello_req hello = { "ocpp-phone " OCPP_PROGRAM_VERSION };

    if (!line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_HELLO, &hello)) {
        return false;
    }
    snprintf(name, NAME_SIZE, "%s", ((const struct ocpp_settle_link_hello_conf *)line_answer(phone->line))->pile);
    return true;
}

/* --- enrolling
 * ------------------------------------------------------------------------------------------------------------------ */

/* A member of the newest answer of the server as JSON, for cJSON_free(). */
static char *answered_json(const struct phone *phone, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(phone->client.answer, name);

    return value ? cJSON_PrintUnformatted(value) : NULL;
}

enum phone_code command_enrol(struct phone *phone, char *const *words, int count)
{
    const struct ocpp_settle_link_claim_request_req nothing = { 0 };
    char name[NAME_SIZE], escaped[NAME_SIZE], path[PATH_SIZE];
    cJSON *json;

    (void)words, (void)count;
    if (!pile_of(phone, name) || !line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_CLAIM_REQUEST, &nothing)) {
        return PHONE_REFUSED;
    }
    const struct ocpp_settle_link_claim_request_conf *claim = line_answer(phone->line);
    if (!ask_server(phone, RELAY "enrolments", token_body(claim->token), false)) {
        return PHONE_REFUSED;
    }
    path_escape(name, escaped, sizeof escaped);
    snprintf(path, sizeof path, RELAY "enrolments/%s", escaped);
    if (!ask_server(phone, path, NULL, false)) {
        return PHONE_REFUSED;
    }
    char *enrolment = answered_json(phone, "enrolment");
    const struct ocpp_settle_link_enrol_req enrol = { .enrolment = enrolment };
    const char *answer = enrolment ? line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_ENROL, &enrol) : NULL;
    cJSON_free(enrolment);
    if (!answer) {
        return PHONE_REFUSED;
    }
    const char *kid = ((const struct ocpp_settle_link_enrol_conf *)line_answer(phone->line))->kid;
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "pile", name);
    cJSON_AddStringToObject(json, "kid", kid);
    say_done(phone, json, "%s belongs, with the key %s", name, kid);
    return PHONE_DONE;
}

/* --- starting and stopping
 * -------------------------------------------------------------------------------------------------------------- */

bool start_is_right(char *const *words, int count)
{
    int64_t number;
    const int bad = !read_whole(words[0], 1, &number) ? 0 : count > 2 && !read_whole(words[2], 1, &number) ? 2 : -1;

    return bad < 0 || options_wrong("start takes OUTLET TAG [MINOR [VEHICLE]], not", words[bad]);
}

bool stop_is_right(char *const *words, int count)
{
    int64_t outlet;

    (void)count;
    return (read_whole(words[0], 1, &outlet) && ocpp_settle_id_is_valid(words[1])) ||
           options_wrong("stop takes OUTLET SESSION, not", words[0]);
}

/* OUTLET TAG [MINOR [VEHICLE]] as what the server is asked. */
static cJSON *wish_of(char *const *words, int count)
{
    cJSON *wish = cJSON_CreateObject();
    int64_t outlet = 0, minor = 0;

    (void)read_whole(words[0], 1, &outlet);
    if (count > 2) {
        (void)read_whole(words[2], 1, &minor);
    }
    cJSON_AddStringToObject(wish, "idToken", words[1]);
    cJSON_AddNumberToObject(wish, "outlet", (double)outlet);
    if (count > 2) {
        cJSON_AddNumberToObject(wish, "frozenMinor", (double)minor);
    }
    if (count > 3) {
        cJSON_AddStringToObject(wish, "vehicle", words[3]);
    }
    return wish;
}

/* Until the hold stands: false after a line that says why it does not. */
static bool await_authorisation(struct phone *phone, const char *id)
{
    const struct timespec rest = { 0, ROUND_MS * 1000000L };
    char path[PATH_SIZE];

    snprintf(path, sizeof path, RELAY "authorisations/%s", id);
    for (int64_t left_ms = (int64_t)phone->options->timeout_s * 1000; left_ms > 0; left_ms -= ROUND_MS) {
        if (!ask_server(phone, path, NULL, false)) {
            return false;
        }
        const char *state = member(phone->client.answer, "state");
        if (cJSON_GetObjectItemCaseSensitive(phone->client.answer, "parcel")) {
            return true;
        }
        if (!state || strcmp(state, "Holding") != 0) {
            (void)say_failed("the server refuses", state ? state : "it tells no state");
            return false;
        }
        (void)nanosleep(&rest, NULL);
    }
    (void)say_failed("the amount is not held yet", "try again later");
    return false;
}

/* Hands a parcel to the pile; NULL after a line that says why. */
static const struct ocpp_settle_link_deliver_conf *deliver(struct phone *phone, const cJSON *parcel)
{
    char *text = cJSON_PrintUnformatted(parcel);
    const struct ocpp_settle_link_deliver_req brought = { .parcel = text };
    const char *answer = text ? line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_DELIVER, &brought) : NULL;

    cJSON_free(text);
    return answer ? line_answer(phone->line) : NULL;
}

/* What it takes to stop it again. */
static void remember(const struct phone *phone, const char *session, const char *authorisation)
{
    char name[NAME_SIZE];

    snprintf(name, sizeof name, "session-%s", session);
    if (phone->options->state && authorisation && !carried_write(phone->options->state, name, authorisation)) {
        (void)say_failed("--state", "the session cannot be remembered: it cannot be stopped from this phone");
    }
}

static enum phone_code bring_authorisation(struct phone *phone)
{
    const cJSON *parcel = cJSON_GetObjectItemCaseSensitive(phone->client.answer, "parcel");
    const struct ocpp_settle_link_deliver_conf *became = deliver(phone, parcel);

    if (!became) {
        return PHONE_REFUSED;
    }
    if (!became->session) {
        return say_failed("the pile refuses", became->reason ? became->reason : became->code);
    }
    remember(phone, became->session, member(parcel, "authorisation"));
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "session", became->session);
    cJSON_AddStringToObject(json, "authorisation", member(phone->client.answer, "id"));
    cJSON_AddStringToObject(json, "order", member(phone->client.answer, "order"));
    cJSON_AddStringToObject(json, "frozen", member(phone->client.answer, "frozen"));
    cJSON_AddStringToObject(json, "currency", member(phone->client.answer, "currency"));
    say_done(phone, json, "session %s, up to %s %s", became->session, member(phone->client.answer, "frozen"),
             member(phone->client.answer, "currency"));
    return PHONE_DONE;
}

enum phone_code command_start(struct phone *phone, char *const *words, int count)
{
    cJSON *wish = wish_of(words, count);
    struct ocpp_settle_link_status_req status = { .has_outlet = true };

    status.outlet = strtoll(words[0], NULL, 10);
    if (!line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_STATUS, &status)) {
        cJSON_Delete(wish);
        return PHONE_REFUSED;
    }
    cJSON_AddStringToObject(wish, "status", ((const struct ocpp_settle_link_status_conf *)line_answer(phone->line))->token);
    if (!ask_server(phone, RELAY "authorisations", wish, false)) {
        return PHONE_REFUSED;
    }
    char id[OCPP_SETTLE_ID_SIZE];
    const char *told = member(phone->client.answer, "id");
    snprintf(id, sizeof id, "%s", told ? told : "");
    return await_authorisation(phone, id) ? bring_authorisation(phone) : PHONE_REFUSED;
}

enum phone_code command_stop(struct phone *phone, char *const *words, int count)
{
    struct ocpp_settle_link_stop_session_req stop = { .session = words[1] };
    char name[NAME_SIZE];

    (void)count;
    (void)read_whole(words[0], 1, &stop.outlet);
    snprintf(name, sizeof name, "session-%s", words[1]);
    char *authorisation = carried_read(phone->options->state, name);
    stop.authorisation = authorisation;
    const bool is_answered =
        authorisation ? line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_STOP_SESSION, &stop) != NULL : tenant_stop(phone, &stop);
    free(authorisation);
    if (!is_answered) {
        return PHONE_REFUSED;
    }
    const bool ended = ((const struct ocpp_settle_link_stop_session_conf *)line_answer(phone->line))->ended;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "ended", ended);
    say_done(phone, json, ended ? "it has ended" : "it had ended before");
    return PHONE_DONE;
}

/* --- relaying
 * ------------------------------------------------------------------------------------------------------------------- */

/* What the pile wants to be carried. */
static bool fetch(struct phone *phone, struct carried *carried, const char *pile)
{
    const struct ocpp_settle_link_status_req status = { 0 };
    struct ocpp_settle_link_next_bill_req next = { .from = 1 };

    if (!line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_STATUS, &status) ||
        !carried_add(carried, pile, 0, ((const struct ocpp_settle_link_status_conf *)line_answer(phone->line))->token)) {
        return false;
    }
    for (;;) {
        const struct ocpp_settle_link_next_bill_conf *bill =
            line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &next) ? line_answer(phone->line) : NULL;

        if (!bill || !bill->has_page || !bill->bill) {
            return bill != NULL;
        }
        if (!carried_add(carried, pile, bill->page, bill->bill)) {
            return true; /* no room: the rest waits at the pile */
        }
        next.from = bill->page + 1;
    }
}

/* What the server has for the pile: of a bill its acknowledgement, with a status the list of its house, if it has one. */
static bool ask_parcel(struct phone *phone, cJSON *thing, int64_t page)
{
    char escaped[NAME_SIZE], path[PATH_SIZE];

    path_escape(member(thing, "pile"), escaped, sizeof escaped);
    if (page > 0) {
        snprintf(path, sizeof path, RELAY "bills/%s/%lld", escaped, (long long)page);
    } else {
        snprintf(path, sizeof path, RELAY "houses/%s", escaped);
    }
    return ask_server(phone, path, NULL, true);
}

/* One status or bill. One that counts gets the parcel for its pile; false: the server cannot be reached. */
static bool forward(struct phone *phone, cJSON *thing)
{
    const int64_t page = (int64_t)cJSON_GetObjectItemCaseSensitive(thing, "page")->valuedouble;
    bool is_taken = ask_server(phone, page == 0 ? RELAY "statuses" : RELAY "bills", token_body(member(thing, "token")), true);

    const bool has_parcel = is_taken && ask_parcel(phone, thing, page);
    is_taken = page > 0 ? has_parcel : is_taken;
    if (phone->client.status == 0 || phone->client.status >= 500 || phone->client.status == 429) {
        return false;
    }
    const char *result = !is_taken ? server_refusal(phone) : page == 0 ? "Told" : member(phone->client.answer, "result");
    cJSON_AddStringToObject(thing, "result", result ? result : "");
    cJSON *parcel = has_parcel ? cJSON_DetachItemFromObjectCaseSensitive(phone->client.answer, "parcel") : NULL;
    if (parcel) {
        cJSON_AddItemToObject(thing, "parcel", parcel);
    }
    return true;
}

static void tell_thing(const struct phone *phone, const cJSON *thing)
{
    const char *pile = member(thing, "pile"), *result = member(thing, "result");
    const int page = (int)cJSON_GetObjectItemCaseSensitive(thing, "page")->valuedouble;
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "pile", pile);
    cJSON_AddNumberToObject(json, "page", page);
    cJSON_AddStringToObject(json, "result", result);
    if (page == 0) {
        say_done(phone, json, "%s: status %s", pile, result);
    } else {
        say_done(phone, json, "%s: bill %d %s", pile, page, result);
    }
}

/* Everything that the server has not seen; false: it refused something, or cannot be reached, and the rest is kept. */
static bool forward_all(struct phone *phone, const struct carried *carried)
{
    bool is_refused = false;
    cJSON *thing;

    cJSON_ArrayForEach(thing, carried->things)
    {
        if (member(thing, "result")) {
            continue;
        }
        if (!forward(phone, thing)) {
            return false;
        }
        is_refused = is_refused || strchr(member(thing, "result"), ':') != NULL; /* CODE: why */
        tell_thing(phone, thing);
    }
    return !is_refused;
}

/* Acknowledgements for the pile on the line; what the server has refused, or the pile has, is carried no more. */
static bool bring_back(struct phone *phone, struct carried *carried, const char *pile)
{
    int acknowledged = 0;

    for (int i = 0; i < cJSON_GetArraySize(carried->things);) {
        const cJSON *thing = cJSON_GetArrayItem(carried->things, i);
        const cJSON *parcel = cJSON_GetObjectItemCaseSensitive(thing, "parcel");
        const bool is_here = pile && strcmp(member(thing, "pile"), pile) == 0;

        if (is_here && parcel) {
            const struct ocpp_settle_link_deliver_conf *became = deliver(phone, parcel);
            if (!became) {
                return false;
            }
            acknowledged += (int)became->acknowledged;
        }
        if (member(thing, "result") && (is_here || !parcel)) {
            cJSON_DeleteItemFromArray(carried->things, i);
        } else {
            i++;
        }
    }
    if (pile && acknowledged > 0) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "pile", pile);
        cJSON_AddNumberToObject(json, "acknowledged", acknowledged);
        say_done(phone, json, "%s: %d acknowledged", pile, acknowledged);
    }
    return true;
}

/* With the pile alone bills are fetched and acknowledgements brought; with the server alone what is carried is forwarded. */
enum phone_code command_relay(struct phone *phone, char *const *words, int count)
{
    struct carried carried;
    char name[NAME_SIZE];
    const char *pile = phone->line ? name : NULL;
    bool is_done = true;

    (void)words, (void)count;
    if (!carried_open(&carried, phone->options->state)) {
        return PHONE_REFUSED;
    }
    if (phone->line) {
        is_done = pile_of(phone, name) && fetch(phone, &carried, pile);
    }
    if (is_done && phone->client.server) {
        is_done = forward_all(phone, &carried);
    }
    is_done = bring_back(phone, &carried, pile) && is_done;
    return carried_close(&carried) && is_done ? PHONE_DONE : PHONE_REFUSED;
}
