/* line.c: see line.h. A connection that is lost is made again until the time is over; what was asked keeps its id. */
#include "line.h"
#include "link_port.h"
#include "readable.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/adapters.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND_MS = 20, AGAIN_MS = 500 };

struct line {
    const struct options *options;
    struct link_port port;
    struct ocpp_settle_keys *keys;
    struct ocpp_settle_phone *phone;
    struct ocpp_arena *arena; /* of the last answer */
    int64_t until_ms;
    int64_t again_ms; /* when to connect again */
    bool is_refused;
    bool is_done;
    const char *json;
    const void *answer;
    enum ocpp_settle_link_action action;
    enum ocpp_settle_refusal_code code;
    char reason[256];
    void (*heard)(enum ocpp_settle_link_action action, const void *message, void *user); /* NULL: it is printed */
    void *heard_user;
};

static int64_t now_ms(void)
{
    return ocpp_system_now().mono_ms;
}

static void complain(const char *what, const char *more)
{
    fprintf(stderr, "ocpp-phone: %s%s", what, more[0] ? ": " : "");
    readable_put(stderr, more);
    fputc('\n', stderr);
}

/* --- what is heard
 * -------------------------------------------------------------------------------------------------------------- */

static void print_push(const struct line *line, const struct ocpp_settle_phone_event *event)
{
    const struct ocpp_action *action = &ocpp_settle_link_actions[event->action];
    const char *text;
    size_t size;

    if (ocpp_message_encode(action->request, event->message, line->arena, &text, &size, NULL) != OCPP_OK) {
        return;
    }
    printf(line->options->json ? "{\"push\":\"%s\",\"data\":%s}\n" : "%s %s\n", action->name, text);
    fflush(stdout);
}

static void on_event(const struct ocpp_settle_phone_event *event, void *user)
{
    struct line *line = user;

    switch (event->kind) {
    case OCPP_SETTLE_PHONE_PUSHED:
        if (line->heard) {
            line->heard(event->action, event->message, line->heard_user);
        } else {
            print_push(line, event);
        }
        break;
    case OCPP_SETTLE_PHONE_REFUSED:
        line->is_refused = true;
        break;
    case OCPP_SETTLE_PHONE_UNHEARD:
        line->again_ms = now_ms() + AGAIN_MS;
        break;
    case OCPP_SETTLE_PHONE_OPENED:
    case OCPP_SETTLE_PHONE_RESUMED:
    case OCPP_SETTLE_PHONE_BROKEN:
        break;
    }
}

static bool judge(const struct ocpp_settle_phone_pile *pile, void *user)
{
    const struct line *line = user;

    return line->options->unproved || line->options->has_key || pile->is_certified;
}

static void on_answer(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct line *line = user;
    const struct ocpp_type *type = ocpp_settle_link_actions[line->action].response;
    size_t size;

    line->is_done = true;
    line->code = answer->code;
    snprintf(line->reason, sizeof line->reason, "%s", answer->reason);
    if (answer->answer && (ocpp_message_copy(type, answer->answer, line->arena, &line->answer) != OCPP_OK ||
                           ocpp_message_encode(type, line->answer, line->arena, &line->json, &size, NULL) != OCPP_OK)) {
        line->answer = NULL;
        line->json = NULL;
        snprintf(line->reason, sizeof line->reason, "out of memory");
    }
}

/* --- the stream
 * ----------------------------------------------------------------------------------------------------------------- */

static void connect_again(struct line *line)
{
    char reason[256];

    if (now_ms() < line->again_ms) {
        return;
    }
    line->again_ms = INT64_MAX;
    link_port_close(&line->port);
    if (link_port_dial(&line->port, line->options->link, reason, sizeof reason)) {
        ocpp_settle_phone_connected(line->phone, ocpp_system_now());
    } else {
        line->again_ms = now_ms() + AGAIN_MS;
    }
}

static void hear(struct line *line)
{
    unsigned char bytes[2048];
    int got;

    while ((got = link_port_read(&line->port, bytes, sizeof bytes)) > 0) {
        ocpp_settle_phone_receive(line->phone, bytes, (size_t)got, ocpp_system_now());
    }
    if (got < 0) {
        ocpp_settle_phone_lost(line->phone, ocpp_system_now());
        line->again_ms = now_ms() + AGAIN_MS;
    }
}

static void speak(struct line *line)
{
    const unsigned char *bytes;
    size_t size;

    while (link_port_has_room(&line->port) &&
           (size = ocpp_settle_phone_next_output(line->phone, &bytes, ocpp_system_now())) != 0) {
        (void)link_port_write(&line->port, bytes, size);
    }
    (void)link_port_flush(&line->port);
}

/* A round; false when there is no more to wait for. */
static bool turn(struct line *line)
{
    struct pollfd waiting = { .fd = line->port.fd, .events = POLLIN };

    connect_again(line);
    speak(line);
    (void)poll(&waiting, line->port.fd >= 0 ? 1 : 0, ROUND_MS);
    hear(line);
    ocpp_settle_phone_advance(line->phone, ocpp_system_now());
    speak(line);
    return !line->is_refused && now_ms() < line->until_ms;
}

/* --- the handle
 * ----------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status make(struct line *line)
{
    const struct options *options = line->options;
    const struct ocpp_settle_keys_settings kept = { .folder = NULL };
    struct ocpp_settle_phone_settings settings = ocpp_settle_phone_settings_default();
    enum ocpp_status status = ocpp_settle_keys_open(&kept, &line->keys);

    if (status != OCPP_OK) {
        return status;
    }
    settings.keys = *line->keys;
    settings.pile = options->pile;
    settings.point = options->has_key ? options->key : NULL;
    settings.trust = options->has_root ? &options->trust : NULL;
    settings.judge = judge;
    settings.frame_bytes = (size_t)options->frame_bytes;
    settings.on_event = on_event;
    settings.user = line;
    line->arena = ocpp_arena_new(NULL, 0);
    return line->arena ? ocpp_settle_phone_new(&settings, &line->phone) : OCPP_ERR_NOMEM;
}

struct line *line_open(const struct options *options)
{
    struct line *line = calloc(1, sizeof *line);
    char reason[256];

    if (!line) {
        complain("out of memory", "");
        return NULL;
    }
    line->options = options;
    line->until_ms = now_ms() + options->timeout_s * 1000;
    line->again_ms = INT64_MAX;
    line->port = (struct link_port){ .listener = -1, .fd = -1, .other_fd = -1 };
    const enum ocpp_status status = make(line);
    if (status != OCPP_OK || !link_port_dial(&line->port, options->link, reason, sizeof reason)) {
        complain("--link", status != OCPP_OK ? ocpp_status_sentence(status) : reason);
        line_close(line);
        return NULL;
    }
    ocpp_settle_phone_connected(line->phone, ocpp_system_now());
    while (!ocpp_settle_phone_view(line->phone).is_open && turn(line)) {
    }
    if (!ocpp_settle_phone_view(line->phone).is_open) {
        complain(line->is_refused ? "this is not the pile, or nobody vouches for it" : "no pile answers", "");
        line_close(line);
        return NULL;
    }
    return line;
}

void line_close(struct line *line)
{
    ocpp_settle_phone_free(line->phone);
    ocpp_settle_keys_close(line->keys);
    ocpp_arena_free(line->arena);
    link_port_close(&line->port);
    free(line);
}

const char *line_ask(struct line *line, enum ocpp_settle_link_action action, const void *message)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    if (line->options->id) {
        memcpy(id, line->options->id, sizeof id);
    }
    ocpp_arena_reset(line->arena);
    line->is_done = false;
    line->json = NULL;
    line->answer = NULL;
    line->action = action;
    const enum ocpp_status status = ocpp_settle_phone_ask(line->phone, action, message, id, on_answer, line, ocpp_system_now());
    if (status != OCPP_OK) {
        complain("it cannot be asked", ocpp_status_sentence(status));
        return NULL;
    }
    while (!line->is_done && turn(line)) {
    }
    if (!line->is_done) {
        complain("no answer; ask again with --id", id);
    } else if (!line->json) {
        const char *code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)line->code);

        complain(code ? code : "refused", line->reason);
    }
    return line->json;
}

const void *line_answer(const struct line *line)
{
    return line->answer;
}

void line_hear(struct line *line, void (*heard)(enum ocpp_settle_link_action action, const void *message, void *user), void *user)
{
    line->heard = heard;
    line->heard_user = user;
}

bool line_wait(struct line *line, bool (*is_done)(void *user), void *user)
{
    while (!is_done(user)) {
        if (!turn(line)) {
            return is_done(user);
        }
    }
    return true;
}

void line_listen(struct line *line)
{
    while (turn(line)) {
    }
}

bool line_binding(const struct line *line, unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE])
{
    return ocpp_settle_phone_binding(line->phone, binding) == OCPP_OK;
}
