/* fuzz_frame.c: a peer that says anything to a call layer whose application is scripted by the same input: it answers now, later
 * or never, calls, cancels, loses the connection, runs out of memory.
 *
 * The input is lines. The first one: the version (1, 2, 3), s or c for our side, l for lenient, p to be handed unknown actions.
 * Then one operation per line, by its first letter: see operations[].
 *
 * What must hold: whatever we send is a frame of the version; every call of ours that was accepted ends exactly once; what is
 * freed is all that was taken.
 */
#include "target.h"

#include <ocpp/frame.h>
#include <ocpp/rpc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 8192, TOKENS = 16 };

struct fuzz {
    struct ocpp_rpc *rpc;
    struct ocpp_now now;
    const struct ocpp_protocol *protocol;
    struct ocpp_allocator allocator;
    size_t blocks;
    size_t fail_in; /* this many requests for memory from now; 0: never */
    char mood;      /* what the application does with a call: n(ow), l(ater), r(efuse), w(rong), or never */
    struct ocpp_call_token tokens[TOKENS];
    size_t token_count;
    size_t accepted;
    size_t ended;
    size_t cancelled;
    size_t id;
};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void *reallocate(void *pointer, size_t size, void *user)
{
    struct fuzz *fuzz = user;
    if (size == 0) {
        fuzz->blocks -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (fuzz->fail_in != 0 && --fuzz->fail_in == 0)
        return NULL;
    void *moved = realloc(pointer, size);
    fuzz->blocks += pointer == NULL;
    return moved;
}

/* --- the application ---------------------------------------------------------------------------------------------------- */

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct fuzz *fuzz = user;
    enum ocpp_status status = OCPP_OK;
    demand(strlen(call->id) < OCPP_MESSAGE_ID_SIZE && call->payload_size >= 1);
    demand((call->action == NULL) == (call->request == NULL));
    if (fuzz->mood == 'l' && fuzz->token_count < TOKENS)
        fuzz->tokens[fuzz->token_count++] = call->token;
    if (fuzz->mood == 'n')
        status = ocpp_rpc_reply_raw(rpc, call->token, "{\"status\":\"Accepted\"}", 21);
    if (fuzz->mood == 'w')
        status = ocpp_rpc_reply_raw(rpc, call->token, call->payload, call->payload_size);
    if (fuzz->mood == 'r')
        status = ocpp_rpc_refuse(rpc, call->token, OCPP_CALL_ERROR_INTERNAL_ERROR, call->action_name);
    demand(status != OCPP_ERR_STATE && status != OCPP_ERR_ARGUMENT);
    demand(call->token.value != 0 || status != OCPP_OK || memchr("nwr", fuzz->mood, 3) == NULL);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct fuzz *fuzz = user;
    (void)rpc;
    fuzz->ended++;
    demand(answer->id != NULL);
    demand(answer->response == NULL || answer->status == OCPP_OK);
    demand(answer->status != OCPP_OK || answer->response != NULL || answer->payload != NULL);
    demand((answer->issue != NULL) == (answer->status == OCPP_ERR_BAD_ANSWER));
}

/* --- operations ------------------------------------------------------------------------------------------------------------ */

static void receive(struct fuzz *fuzz, const char *text, size_t size)
{
    char *exact = malloc(size + (size == 0)); /* a sanitizer sees the first byte read behind it */
    demand(exact != NULL);
    memcpy(exact, text, size);
    const enum ocpp_status status = ocpp_rpc_receive(fuzz->rpc, exact, size, fuzz->now);
    demand(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_TOO_LARGE);
    free(exact);
}

/* An answer to our latest call, which may be the outstanding one. */
static void receive_answer(struct fuzz *fuzz, const char *argument, size_t size, char type)
{
    char text[TEXT_SIZE];
    const int length = snprintf(text, sizeof text, "[%c,\"%zu\",%.*s]", type, fuzz->id, (int)size, argument);
    if (length > 0 && (size_t)length < sizeof text)
        receive(fuzz, text, (size_t)length);
}

static void take_output(struct fuzz *fuzz)
{
    static const struct ocpp_json_limits wide = { 1 << 20, 1 << 20, 64 };
    size_t size;
    const size_t waiting = ocpp_rpc_waiting_calls(fuzz->rpc);
    const char *text = ocpp_rpc_next_output(fuzz->rpc, &size, fuzz->now);
    struct ocpp_frame frame;
    if (text == NULL)
        return;
    demand(strlen(text) == size && ocpp_rpc_waiting_calls(fuzz->rpc) == waiting);
    const enum ocpp_status status = ocpp_frame_parse(&frame, text, size, fuzz->protocol->version, &wide, NULL);
    /* an id that was too long goes back as it came: the one thing of ours that breaks a rule */
    demand(status == OCPP_OK || (status == OCPP_ERR_NOT_FRAME && frame.type == OCPP_FRAME_ERROR && strlen(frame.id) > 36));
    ocpp_frame_free(&frame);
}

/* Asks |argument|: an action, a space, a payload. What the action does not allow goes unchecked. */
static void call(struct fuzz *fuzz, const char *argument, size_t size, bool urgent)
{
    char name[64];
    char id[32];
    const char *space = memchr(argument, ' ', size);
    if (space == NULL || (size_t)(space - argument) >= sizeof name)
        return;
    memcpy(name, argument, (size_t)(space - argument));
    name[space - argument] = '\0';
    if (strlen(name) != (size_t)(space - argument))
        return;
    snprintf(id, sizeof id, "%zu", fuzz->id + 1);
    struct ocpp_outgoing_call ask = { .action = ocpp_protocol_action(fuzz->protocol, name, strlen(name)),
                                      .action_name = name,
                                      .payload = space + 1,
                                      .payload_size = size - (size_t)(space + 1 - argument),
                                      .id = id,
                                      .urgent = urgent,
                                      .on_answer = on_answer,
                                      .user = fuzz };
    const bool is_send = ask.action != NULL && ask.action->response == NULL;
    enum ocpp_status status = ask.action != NULL ? ocpp_rpc_call(fuzz->rpc, &ask, NULL) : OCPP_ERR_ARGUMENT;
    ask.unchecked = true;
    if (status != OCPP_OK)
        status = ocpp_rpc_call(fuzz->rpc, &ask, NULL);
    if (status != OCPP_OK)
        return;
    fuzz->id++;
    fuzz->accepted += is_send ? 0 : 1;
}

static void answer_later(struct fuzz *fuzz, const char *argument, size_t size)
{
    if (fuzz->token_count == 0)
        return;
    const struct ocpp_call_token token = fuzz->tokens[--fuzz->token_count];
    enum ocpp_status status = ocpp_rpc_reply_raw(fuzz->rpc, token, argument, size);
    if (status != OCPP_OK)
        status = ocpp_rpc_refuse(fuzz->rpc, token, OCPP_CALL_ERROR_FORMAT_VIOLATION, NULL);
    demand(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND || status == OCPP_ERR_NOMEM);
}

static void reopen(struct fuzz *fuzz)
{
    ocpp_rpc_close(fuzz->rpc, fuzz->now);
    demand(fuzz->accepted == fuzz->ended + fuzz->cancelled);
    demand(ocpp_rpc_waiting_calls(fuzz->rpc) == 0 && ocpp_rpc_deadline(fuzz->rpc) == OCPP_NEVER);
    demand(ocpp_rpc_open(fuzz->rpc, fuzz->protocol, fuzz->now) == OCPP_OK);
}

static void operate(struct fuzz *fuzz, const char *line, size_t size)
{
    const char *argument = line + 1;
    const size_t rest = size - 1;
    switch (line[0]) {
    case '[': /* the line itself is the text */
    case '{':
        receive(fuzz, line, size);
        break;
    case 'r': /* the rest is */
        receive(fuzz, argument, rest);
        break;
    case '3': /* an answer to our latest call, from the payload on */
    case '4':
    case '5':
        receive_answer(fuzz, argument, rest, line[0]);
        break;
    case 'c':
    case 'u':
        call(fuzz, argument, rest, line[0] == 'u');
        break;
    case 'a':
        answer_later(fuzz, argument, rest);
        break;
    case 'o':
        take_output(fuzz);
        break;
    case 't': /* the number of letters in seconds */
        fuzz->now.mono_ms += 1000 * (int64_t)size;
        ocpp_rpc_advance(fuzz->rpc, fuzz->now);
        break;
    case 'x':
        fuzz->cancelled += ocpp_rpc_cancel(fuzz->rpc, fuzz);
        break;
    case 'z':
        reopen(fuzz);
        break;
    case 'f':
        fuzz->fail_in = size;
        break;
    default:
        fuzz->mood = line[0];
        break;
    }
}

/* --- the input ------------------------------------------------------------------------------------------------------------- */

static bool has(const char *line, size_t size, char letter)
{
    return memchr(line, letter, size) != NULL;
}

static bool start(struct fuzz *fuzz, const char *line, size_t size)
{
    const enum ocpp_version version = has(line, size, '3')   ? OCPP_VERSION_2_1
                                      : has(line, size, '2') ? OCPP_VERSION_2_0_1
                                                             : OCPP_VERSION_1_6;
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(has(line, size, 's') ? OCPP_FROM_STATION : OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = { .on_call = on_call, .user = fuzz };
    fuzz->protocol = ocpp_protocol_of(version);
    fuzz->allocator = (struct ocpp_allocator){ reallocate, fuzz };
    settings.allocator = &fuzz->allocator;
    settings.limits = (struct ocpp_json_limits){ 1024, 200, 8 };
    settings.max_output_bytes = 4096;
    settings.max_waiting_calls = 4;
    settings.max_open_calls = 4;
    settings.pass_unknown_actions = has(line, size, 'p');
    settings.tolerance.quirks = has(line, size, 'l') ? OCPP_QUIRK_ALL : 0;
    settings.advise = settings.side == OCPP_FROM_CENTRAL;
    settings.mend = settings.advise ? ocpp_rpc_mend : NULL;
    fuzz->rpc = fuzz->protocol != NULL ? ocpp_rpc_new(&settings, &handler) : NULL;
    return fuzz->rpc != NULL && ocpp_rpc_open(fuzz->rpc, fuzz->protocol, fuzz->now) == OCPP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = { .mood = 'n' };
    const char *text = (const char *)data;
    const char *end = text + size;
    bool started = false;
    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((feed != NULL ? feed : end) - text);
        if (!started && !start(&fuzz, text, length))
            break;
        if (started && length > 0)
            operate(&fuzz, text, length);
        started = true;
        text += length + 1;
        if (feed == NULL)
            break;
    }
    if (started)
        reopen(&fuzz);
    ocpp_rpc_free(fuzz.rpc);
    demand(fuzz.blocks == 0);
    return 0;
}
