/* terminal.c: the terminal of a vehicle (docs/terminal-start.md): it is prompted through the pile, answers with a wish that it
 * signed, and follows what comes of it on a connection of its own to the server. */
#include "carried.h"
#include "commands.h"
#include "web_socket.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jws.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 600, NAME_SIZE = 41 };

/* --- its key
 * -------------------------------------------------------------------------------------------------------------------- */

struct terminal {
    struct phone *phone;
    const char *name;
    char key[NAME_SIZE]; /* names of keys have small letters */
    char file[NAME_SIZE + 16];
    struct ocpp_settle_keys *keys;
    struct ocpp_arena *arena;
    cJSON *kept; /* start, ticket, last */
};

static void terminal_end(struct terminal *terminal)
{
    if (terminal->keys) {
        ocpp_settle_keys_close(terminal->keys);
    }
    ocpp_arena_free(terminal->arena);
    cJSON_Delete(terminal->kept);
}

static bool terminal_begin(struct terminal *terminal, struct phone *phone, const char *name)
{
    char folder[PATH_SIZE];
    const struct ocpp_settle_keys_settings settings = { .folder = folder };

    *terminal = (struct terminal){ .phone = phone, .name = name };
    for (size_t i = 0; name[i] && i + 1 < sizeof terminal->key; i++) {
        terminal->key[i] = (char)tolower((unsigned char)name[i]);
    }
    if (strlen(name) >= NAME_SIZE || !ocpp_settle_key_name_is_valid(terminal->key)) {
        (void)options_wrong("a terminal is named by 1 to 40 letters, digits, - and _, not", name);
        return false;
    }
    snprintf(terminal->file, sizeof terminal->file, "terminal-%s", terminal->key);
    snprintf(folder, sizeof folder, "%s/keys", phone->options->state);
    (void)mkdir(phone->options->state, 0700);
    terminal->arena = ocpp_arena_new(NULL, 0);
    if (!terminal->arena || ocpp_settle_keys_open(&settings, &terminal->keys) != OCPP_OK) {
        (void)say_failed("--state", "keys cannot be kept there");
        terminal_end(terminal);
        return false;
    }
    char *text = carried_read(phone->options->state, terminal->file);
    terminal->kept = text ? cJSON_Parse(text) : NULL;
    free(text);
    terminal->kept = terminal->kept ? terminal->kept : cJSON_CreateObject();
    return true;
}

static void keep(struct terminal *terminal, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(terminal->kept, name);
    cJSON_AddItemToObject(terminal->kept, name, value);
    char *text = cJSON_PrintUnformatted(terminal->kept);
    if (!text || !carried_write(terminal->phone->options->state, terminal->file, text)) {
        (void)say_failed("--state", "what the terminal was told cannot be kept");
    }
    cJSON_free(text);
}

static const char *kept(const struct terminal *terminal, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(terminal->kept, name));
}

static const char *sign(struct terminal *terminal, const char *typ, const struct ocpp_type *type, const void *claim)
{
    const struct ocpp_settle_jws_signer signer = { terminal->keys, terminal->key, terminal->name, typ };
    const char *token = NULL;
    size_t size;

    if (ocpp_settle_jws_make_message(&signer, type, claim, terminal->arena, &token, &size) != OCPP_OK) {
        (void)say_failed("it cannot be signed", NULL);
    }
    return token;
}

enum phone_code command_key(struct phone *phone, char *const *words, int count)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char text[2 * OCPP_SETTLE_POINT_SIZE + 1];
    struct terminal terminal;

    (void)count;
    if (!terminal_begin(&terminal, phone, words[0])) {
        return PHONE_WRONG;
    }
    const bool is_made = terminal.keys->public_key(terminal.key, point, terminal.keys->user) == OCPP_OK;
    terminal_end(&terminal);
    if (!is_made) {
        return say_failed("--state", "no key can be made");
    }
    ocpp_settle_hex(point, sizeof point, text);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "publicKey", text);
    say_done(phone, json, "%s", text);
    return PHONE_DONE;
}

/* --- prompted through the pile
 * -------------------------------------------------------------------------------------------------- */

struct hearing {
    struct terminal *terminal;
    const struct ocpp_settle_link_prompt_req *prompt;   /* copied */
    const struct ocpp_settle_link_start_news_req *news; /* likewise */
    bool is_over;
};

static void hear(enum ocpp_settle_link_action action, const void *message, void *user)
{
    struct hearing *hearing = user;
    const void *copy = NULL;

    (void)!ocpp_message_copy(ocpp_settle_link_actions[action].request, message, hearing->terminal->arena, &copy);
    if (action == OCPP_SETTLE_LINK_ACTION_PROMPT) {
        hearing->prompt = copy;
    } else if (action == OCPP_SETTLE_LINK_ACTION_START_NEWS) {
        hearing->news = copy;
    } else if (action == OCPP_SETTLE_LINK_ACTION_PROMPT_OVER) {
        hearing->is_over = true;
    }
}

static bool is_prompted(void *user)
{
    return ((struct hearing *)user)->prompt != NULL;
}

static bool is_decided(void *user)
{
    const struct hearing *hearing = user;

    return hearing->news || hearing->is_over;
}

static bool read_wish(char *const *words, int count, struct ocpp_settle_charging_wish *wish)
{
    char *end = NULL;
    const long long number = count > 1 ? strtoll(words[1], &end, 10) : 0;
    const bool is_whole = end && end != words[1] && !*end && number > 0;

    if (strcmp(words[0], "full") == 0 && count == 1) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_FULL };
        return true;
    }
    if (strcmp(words[0], "amount") == 0 && count == 2) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_AMOUNT, .amount = words[1] };
        return true;
    }
    if (strcmp(words[0], "energy") == 0 && is_whole) {
        *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_ENERGY,
                                                    .has_energy_wh = true,
                                                    .energy_wh = number };
        return true;
    }
    *wish = (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_TIME, .has_time_s = true, .time_s = number };
    return strcmp(words[0], "time") == 0 && is_whole;
}

static bool answer_prompt(struct hearing *hearing, const struct ocpp_settle_charging_wish *wish)
{
    struct terminal *terminal = hearing->terminal;
    const struct ocpp_settle_link_prompt_req *prompt = hearing->prompt;
    const void *vehicle = NULL;
    const char *text = NULL;
    size_t size;

    if (ocpp_message_decode(&ocpp_settle_vehicle_id_type, prompt->vehicle, strlen(prompt->vehicle), NULL, NULL, terminal->arena,
                            &vehicle, NULL) != OCPP_OK ||
        ocpp_message_encode(&ocpp_settle_charging_wish_type, wish, terminal->arena, &text, &size, NULL) != OCPP_OK) {
        (void)say_failed("the prompt cannot be answered", NULL);
        return false;
    }
    const struct ocpp_settle_association_claim claim = { .iss = terminal->name,
                                                         .aud = prompt->pile,
                                                         .prompt = prompt->prompt,
                                                         .vehicle = *(const struct ocpp_settle_vehicle_id *)vehicle,
                                                         .wish = *wish };
    const struct ocpp_settle_link_answer_req answer = { .prompt = prompt->prompt,
                                                        .wish = text,
                                                        .association = sign(terminal, "settle-association+jws",
                                                                            &ocpp_settle_association_claim_type, &claim) };
    return answer.association && line_ask(terminal->phone->line, OCPP_SETTLE_LINK_ACTION_ANSWER, &answer);
}

static enum phone_code tell_news(struct hearing *hearing)
{
    const struct ocpp_settle_link_start_news_req *news = hearing->news;

    if (!news || !news->start || !news->ticket) {
        return say_failed("nothing starts", news && news->text   ? news->text
                                            : news && news->code ? news->code
                                                                 : "the prompt is over");
    }
    keep(hearing->terminal, "start", cJSON_CreateString(news->start));
    keep(hearing->terminal, "ticket", cJSON_CreateString(news->ticket));
    keep(hearing->terminal, "last", cJSON_CreateNumber(0));
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "start", news->start);
    say_done(hearing->terminal->phone, json, "granted: start %s", news->start);
    return PHONE_DONE;
}

bool prompt_is_right(char *const *words, int count)
{
    struct ocpp_settle_charging_wish wish;

    return read_wish(words + 1, count - 1, &wish) ||
           options_wrong("a wish is energy WH, amount MONEY, time S or full, not", words[1]);
}

/* prompt TERMINAL energy WH|amount MONEY|time S|full */
enum phone_code command_prompt(struct phone *phone, char *const *words, int count)
{
    const struct ocpp_settle_link_announce_req announce = { .terminal = words[0] };
    struct ocpp_settle_charging_wish wish;
    struct terminal terminal;
    struct hearing hearing = { .terminal = &terminal };
    enum phone_code code = PHONE_REFUSED;

    (void)read_wish(words + 1, count - 1, &wish);
    if (!terminal_begin(&terminal, phone, words[0])) {
        return PHONE_WRONG;
    }
    line_hear(phone->line, hear, &hearing);
    if (line_ask(phone->line, OCPP_SETTLE_LINK_ACTION_ANNOUNCE, &announce)) {
        if (!line_wait(phone->line, is_prompted, &hearing)) {
            code = say_failed("no vehicle of this terminal is there", NULL);
        } else if (answer_prompt(&hearing, &wish)) {
            (void)line_wait(phone->line, is_decided, &hearing);
            code = tell_news(&hearing);
        }
    }
    terminal_end(&terminal);
    return code;
}

/* --- at the server
 * ------------------------------------------------------------------------------------------------------------- */

struct following {
    struct terminal *terminal;
    struct web_socket *socket;
    bool stops;
    bool confirms;
    bool is_over;
    enum phone_code code;
};

static bool say_words(struct following *following, const char *name, cJSON *value, bool has_id)
{
    unsigned char bytes[16];
    char id[OCPP_SETTLE_ID_SIZE];
    cJSON *json = cJSON_CreateObject();

    ocpp_system_random(bytes, sizeof bytes, NULL);
    ocpp_settle_id_write(bytes, id);
    if (has_id) {
        cJSON_AddStringToObject(json, "id", id);
    }
    cJSON_AddItemToObject(json, name, value);
    char *text = cJSON_PrintUnformatted(json);
    const bool is_sent = text && web_socket_send(following->socket, text);
    cJSON_free(text);
    cJSON_Delete(json);
    return is_sent;
}

static const char *member(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

static bool connect_with(struct following *following, const char *challenge)
{
    struct terminal *terminal = following->terminal;
    const cJSON *last = cJSON_GetObjectItemCaseSensitive(terminal->kept, "last");
    const struct ocpp_settle_connection_claim claim = { .iss = terminal->name,
                                                        .ticket = kept(terminal, "ticket"),
                                                        .challenge = challenge,
                                                        .last = last ? (int64_t)last->valuedouble : 0 };
    const char *token = sign(terminal, "settle-connection+jws", &ocpp_settle_connection_claim_type, &claim);

    return token && say_words(following, "connect", cJSON_CreateString(token), false);
}

static bool hear_welcome(struct following *following, const cJSON *welcome)
{
    keep(following->terminal, "ticket", cJSON_CreateString(member(welcome, "ticket") ? member(welcome, "ticket") : ""));
    return !following->stops || say_words(following, "stop", cJSON_CreateTrue(), true);
}

static void hear_state(struct following *following, const cJSON *state)
{
    const char *word = member(state, "state") ? member(state, "state") : "";
    const cJSON *wh = cJSON_GetObjectItemCaseSensitive(state, "energyWh");
    const char *reason = member(state, "reason");
    const bool is_debt = strcmp(word, "Debt") == 0 || strcmp(word, "Failed") == 0;

    say_done(following->terminal->phone, cJSON_Duplicate(state, true), "%s, %.3f kWh%s%s%s%s%s%s", word,
             wh ? wh->valuedouble / 1000 : 0.0, member(state, "amount") ? ", " : "",
             member(state, "amount") ? member(state, "amount") : "", member(state, "currency") ? " " : "",
             member(state, "currency") ? member(state, "currency") : "", reason ? ": " : "", reason ? reason : "");
    following->is_over = is_debt || strcmp(word, "Paid") == 0 || strcmp(word, "Void") == 0;
    following->code = is_debt ? PHONE_REFUSED : PHONE_DONE;
}

static bool hear_fee(struct following *following, const cJSON *fee)
{
    const char *bill = member(fee, "bill");

    say_done(following->terminal->phone, cJSON_Duplicate(fee, true), "it costs %s %s, bill %s", member(fee, "amount"),
             member(fee, "currency"), bill);
    return !following->confirms || !bill || say_words(following, "confirm", cJSON_CreateString(bill), true);
}

/* A bill that changed meanwhile is told anew, and confirmed then. */
static void hear_answer(struct following *following, const cJSON *receipt)
{
    const char *reception = member(receipt, "reception");
    const char *code = member(receipt, "code");

    if (reception && strcmp(reception, "Refused") == 0 && !(code && strcmp(code, "StaleBill") == 0)) {
        following->is_over = true;
        following->code = say_failed(code ? code : "refused", member(receipt, "reason"));
    }
}

static bool hear_text(struct following *following, const char *text)
{
    cJSON *json = cJSON_Parse(text);
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(json, "seq");
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(json, "state");
    const cJSON *fee = cJSON_GetObjectItemCaseSensitive(json, "fee");
    const cJSON *welcome = cJSON_GetObjectItemCaseSensitive(json, "welcome");
    bool ok = json != NULL;

    if (member(json, "challenge")) {
        ok = connect_with(following, member(json, "challenge"));
    } else if (welcome) {
        ok = hear_welcome(following, welcome);
    } else if (state) {
        hear_state(following, state);
    } else if (fee) {
        ok = hear_fee(following, fee);
    }
    hear_answer(following, cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "answer"), "receipt"));
    if (cJSON_IsNumber(seq)) {
        keep(following->terminal, "last", cJSON_CreateNumber(seq->valuedouble));
    }
    cJSON_Delete(json);
    return ok;
}

static void follow(struct following *following)
{
    const int64_t until_ms = ocpp_system_now().mono_ms + following->terminal->phone->options->timeout_s * INT64_C(1000);
    bool is_closed = false;

    while (!following->is_over) {
        const char *text = web_socket_next(following->socket, until_ms, &is_closed);

        if (!text || !hear_text(following, text)) {
            break;
        }
    }
    if (!following->is_over && is_closed) {
        following->code = say_failed("the server let this terminal go", NULL);
    } else if (!following->is_over && following->confirms) {
        following->code = say_failed("nothing was told to confirm in time", NULL);
    }
}

bool follow_is_right(char *const *words, int count)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "stop") != 0 && strcmp(words[i], "confirm") != 0) {
            return options_wrong("follow takes stop and confirm, not", words[i]);
        }
    }
    return true;
}

/* follow TERMINAL [stop] [confirm] */
enum phone_code command_follow(struct phone *phone, char *const *words, int count)
{
    struct terminal terminal;
    struct following following = { .terminal = &terminal };

    for (int i = 1; i < count; i++) {
        following.stops = following.stops || strcmp(words[i], "stop") == 0;
        following.confirms = following.confirms || strcmp(words[i], "confirm") == 0;
    }
    if (!phone->options->terminals) {
        (void)options_wrong("--terminals is missing", NULL);
        return PHONE_WRONG;
    }
    if (!terminal_begin(&terminal, phone, words[0])) {
        return PHONE_WRONG;
    }
    if (!kept(&terminal, "ticket")) {
        terminal_end(&terminal);
        return say_failed("this terminal started nothing that it knows of", "prompt first");
    }
    following.socket = web_socket_open(phone->options->terminals, "/terminal", "settlement-terminal", phone->options->timeout_s);
    following.code = following.socket ? PHONE_DONE : PHONE_REFUSED;
    if (following.socket) {
        follow(&following);
        web_socket_close(following.socket);
    }
    terminal_end(&terminal);
    return following.code;
}
