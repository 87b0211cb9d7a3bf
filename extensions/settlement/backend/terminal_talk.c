/* terminal_talk.c: what terminals say: who they are, by the ticket they show and the key they sign with; stop, confirm, pay. */
#include "account.h"
#include "terminal_hub.h"

#include <ocpp/settlement/jws.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CONNECTION_TYP "settle-connection+jws"

enum { WORDS_A_MINUTE = 60, MINUTE_MS = 60000, WORDS_REMEMBERED = 16 };

/* --- tickets -----------------------------------------------------------------------------------------------------------------
 */

static const char *ticket_key(struct command *command, const char *hash)
{
    return command_key(command, "ticket", hash, NULL);
}

/* The one before stays good until this one was used: what brings this one may be lost. */
const char *hub_new_ticket(struct command *command, struct row_start *start)
{
    char *ticket = order_take(command, HUB_SECRET_TEXT);

    if (!ticket) {
        return NULL;
    }
    hub_secret(command_settle(command), ticket);
    const char *hash = account_digest(command, ticket);
    if (!hash) {
        return NULL;
    }
    if (start->last_ticket) {
        command_remove(command, ticket_key(command, start->last_ticket));
    }
    start->last_ticket = start->ticket;
    start->ticket = hash;
    start->has_ticket_until = true;
    start->ticket_until = command_utc_ms(command) + 1000 * command_settle(command)->settings.terminals.ticket_s;
    command_put(command, ticket_key(command, hash), &row_ticket_type, &(struct row_ticket){ start->id });
    return ticket;
}

/* --- who is it ---------------------------------------------------------------------------------------------------------------
 */

struct word {
    const struct ocpp_settle_terminal_says *says;
    uint64_t number;
    const char *challenge;
    const char *start; /* of the connection */
};

static bool find_key(const char *kid, const char *typ, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    struct command *command = user;
    const struct row_terminal *terminal = command_read(command, command_key(command, "terminal", kid, NULL), &row_terminal_type);

    (void)typ;
    return terminal && !terminal->has_revoked_at && terminal_point(terminal, point);
}

static const struct ocpp_settle_connection_claim *read_claim(struct command *command, const struct word *word)
{
    const struct ocpp_settle_jws_verifier verifier = {
        .keys = &command_settle(command)->settings.keys, .typ = CONNECTION_TYP, .find = find_key, .user = command
    };
    const struct ocpp_settle_connection_claim *claim;
    const void *message = NULL;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    const enum ocpp_status status =
        ocpp_settle_jws_verify_message(&verifier, word->says->connect, strlen(word->says->connect),
                                       &ocpp_settle_connection_claim_type, command_arena(command), &message, kid, NULL);

    if (status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT) {
        command_fail(command, status);
        return NULL;
    }
    claim = message;
    if (status != OCPP_OK || strcmp(claim->iss, kid) != 0 || strlen(claim->challenge) != strlen(word->challenge) ||
        !ocpp_settle_same_bytes(claim->challenge, word->challenge, strlen(word->challenge))) {
        return NULL;
    }
    return claim;
}

static struct row_start *start_of_ticket(struct command *command, const struct ocpp_settle_connection_claim *claim)
{
    const char *hash = account_digest(command, claim->ticket);
    const struct row_ticket *ticket = hash ? command_read(command, ticket_key(command, hash), &row_ticket_type) : NULL;
    struct row_start *start = ticket ? start_edit(command, ticket->start) : NULL;

    if (!start || strcmp(start->terminal, claim->iss) != 0 || start->ticket_until < command_utc_ms(command)) {
        return NULL;
    }
    if (start->ticket && strcmp(start->ticket, hash) == 0) {
        return start;
    }
    /* the welcome with the next one was lost: that one is void, since nobody has it */
    if (start->last_ticket && strcmp(start->last_ticket, hash) == 0) {
        command_remove(command, ticket_key(command, start->ticket));
        start->ticket = start->last_ticket;
        start->last_ticket = NULL;
        return start;
    }
    return NULL;
}

static void connect_start(struct command *command, const struct word *word, struct row_start *start, int64_t last)
{
    const int64_t kept = start->told > TERMINAL_WORDS_KEPT ? start->told - TERMINAL_WORDS_KEPT : 0;
    const struct ocpp_settle_terminal_welcome welcome = { .start = start->id,
                                                          .ticket = hub_new_ticket(command, start),
                                                          .until = start->ticket_until,
                                                          .oldest = start->told > 0 ? kept + 1 : 0 };
    const char *text = words_encode(command, &(struct ocpp_settle_terminal_hears){ .welcome = &welcome });

    if (!text) {
        return;
    }
    start_put(command, start);
    hub_take(command, word->number, start, last > start->told ? start->told : last > kept ? last : kept);
    hub_answer(command, word->number, text);
    hub_tell(command, start); /* E11: what came after the last it heard, as far as it is kept */
    command_state(command, "start", start->id, NULL, "Connected", NULL);
}

/* Whoever reaches the port may try tickets: that is told, and noted in the journal, at most once a minute, with how often it was.
 * A restart may forget how often. */
static bool is_refusal_due(const struct ocpp_settle *settle)
{
    return !settle->hub->has_refused || settle->now.mono_ms - settle->hub->refused_mono_ms >= MINUTE_MS;
}

static void note_refused(struct ocpp_settle *settle, const void *data)
{
    struct terminal_hub *hub = settle->hub;
    char text[100];

    (void)data;
    if (!hub) {
        return;
    }
    hub->refused++;
    if (!is_refusal_due(settle)) {
        return;
    }
    snprintf(text, sizeof text, "a terminal's connection was refused (times since this was told: %" PRId64 ")", hub->refused);
    hub->has_refused = true;
    hub->refused = 0;
    hub->refused_mono_ms = settle->now.mono_ms;
    backend_event(settle, &(struct ocpp_settle_event){
                              .kind = OCPP_SETTLE_EVENT_SECURITY, .id = "terminal", .state = "BadTicket", .text = text });
}

static void refuse_ticket(struct command *command, const struct word *word)
{
    if (!is_refusal_due(command_settle(command))) {
        command_hush(command);
    }
    command_bookkeeping(command, true);
    command_effect(command, note_refused, NULL, 0);
    hub_answer(command, word->number, "");
    command_bookkeeping(command, false);
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "no such ticket, or not by its terminal");
}

static void connect(struct command *command, const struct word *word)
{
    const struct ocpp_settle_connection_claim *claim = read_claim(command, word);
    struct row_start *start = claim ? start_of_ticket(command, claim) : NULL;

    if (start) {
        connect_start(command, word, start, claim->last);
    } else if (!command_failed(command)) {
        refuse_ticket(command, word);
    }
}

/* --- its words ---------------------------------------------------------------------------------------------------------------
 */

static bool was_done(const struct row_start *start, const char *id)
{
    for (size_t i = 0; i < start->words.count; i++) {
        if (strcmp(start->words.items[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static void note_done(struct command *command, const char *start_id, const char *id)
{
    struct row_start *start = start_edit(command, start_id);
    const char **words = order_take(command, WORDS_REMEMBERED * sizeof *words);
    size_t count = 0;

    if (!start || !words) {
        return;
    }
    for (size_t i = start->words.count >= WORDS_REMEMBERED ? 1 : 0; i < start->words.count; i++) {
        words[count++] = start->words.items[i];
    }
    words[count++] = id;
    start->words.items = words;
    start->words.count = count;
    start_put(command, start);
}

static void act(struct command *command, const struct ocpp_settle_terminal_says *says, struct row_start *start)
{
    if (says->has_stop && !start_stop(command, start)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is over");
    }
    if (says->confirm) {
        fee_confirm(command, start, says->confirm);
    }
    if (says->pay_by) {
        fee_pay_by(command, start, says->pay_by);
    }
}

static void answer(struct command *command, const struct word *word, enum ocpp_settle_reception reception)
{
    struct ocpp_settle_terminal_answer answer = { .id = word->says->id };
    const struct ocpp_settle_terminal_hears hears = { .answer = &answer };

    if (!command_refusal(command, &answer.receipt)) {
        answer.receipt = (struct ocpp_settle_receipt){ .reception = reception };
    }
    command_bookkeeping(command, true);
    const char *text = words_encode(command, &hears);
    if (text) {
        hub_answer(command, word->number, text);
    }
    command_bookkeeping(command, false);
}

static void word_body(struct command *command, void *args)
{
    const struct word *word = args;

    if (word->says->connect) {
        connect(command, word);
        return;
    }
    struct row_start *start = start_edit(command, word->start);
    if (!start) {
        command_fail(command, OCPP_ERR_CORRUPT);
        return;
    }
    if (was_done(start, word->says->id)) {
        answer(command, word, OCPP_SETTLE_RECEPTION_DUPLICATE);
        return;
    }
    act(command, word->says, start);
    if (!command_failed(command)) {
        note_done(command, word->start, word->says->id);
    }
    answer(command, word, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

static bool makes_sense(const struct ocpp_settle_terminal_says *says, bool is_known)
{
    const int things =
        (says->connect != NULL) + (says->has_stop && says->stop) + (says->confirm != NULL) + (says->pay_by != NULL);

    return things == 1 && (says->connect != NULL) == !is_known && (says->connect || (says->id && says->id[0])) &&
           (!says->has_stop || says->stop);
}

static bool is_too_often(struct ocpp_settle *settle, struct terminal_connection *connection)
{
    if (settle->now.mono_ms - connection->minute_mono_ms >= MINUTE_MS) {
        connection->minute_mono_ms = settle->now.mono_ms;
        connection->words = 0;
    }
    return ++connection->words > WORDS_A_MINUTE;
}

/* Reads into |arena|; NULL: no such words. */
static const struct ocpp_settle_terminal_says *read_words(struct ocpp_arena *arena, const char *text, size_t size)
{
    const void *message = NULL;

    if (size > HUB_WORD_BYTES ||
        ocpp_message_decode(&ocpp_settle_terminal_says_type, text, size, NULL, NULL, arena, &message, NULL) != OCPP_OK) {
        return NULL;
    }
    return message;
}

void ocpp_settle_terminal_receive(struct ocpp_settle *settle, uint64_t number, const char *text, size_t size, struct ocpp_now now)
{
    struct terminal_connection *connection = hub_find(settle, number);

    backend_enter(settle, now);
    if (!connection || connection->is_over) {
        return;
    }
    struct ocpp_arena *arena = ocpp_arena_new(settle->settings.allocator, 16 * (size_t)HUB_WORD_BYTES);
    const struct ocpp_settle_terminal_says *says = arena ? read_words(arena, text, size) : NULL;
    const bool is_known = connection->start[0] != '\0';
    char start[OCPP_SETTLE_ID_SIZE];
    memcpy(start, connection->start, sizeof start);
    struct word word = { .says = says, .number = number, .challenge = connection->challenge, .start = start };

    if (!says || !makes_sense(says, is_known) || is_too_often(settle, connection) || now.utc_ms == OCPP_UTC_UNKNOWN ||
        command_run(settle, "terminal", word_body, &word, NULL) != OCPP_OK) {
        connection = hub_find(settle, number); /* effects may have run */
        if (connection) {
            hub_end(settle, connection);
        }
    }
    ocpp_arena_free(arena);
}
