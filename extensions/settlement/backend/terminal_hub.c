/* terminal_hub.c: the backend's own connections to terminals, without sockets. A connection belongs to a start once its terminal
 * has shown the ticket and signed for it; what is told then waits here until the server fetches it. Nothing of this survives a
 * restart, and nothing has to: terminals come back and say what they heard last (E11). */
#include "terminal_hub.h"

#include <stdio.h>
#include <string.h>

/* --- connections -------------------------------------------------------------------------------------------------------------
 */

static struct terminal_hub *hub_of(struct ocpp_settle *settle)
{
    if (!settle->hub) {
        settle->hub = backend_allocate(settle, NULL, sizeof *settle->hub);
        if (settle->hub) {
            *settle->hub = (struct terminal_hub){ 0 };
        }
    }
    return settle->hub;
}

struct terminal_connection *hub_find(const struct ocpp_settle *settle, uint64_t number)
{
    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        if (settle->hub->connections[i]->number == number) {
            return settle->hub->connections[i];
        }
    }
    return NULL;
}

static void wake(struct ocpp_settle *settle, const struct terminal_connection *connection)
{
    if (settle->settings.on_terminal) {
        settle->settings.on_terminal(connection->number, connection->is_over, settle->settings.user);
    }
}

/* What waits is sent, then it is closed. */
void hub_end(struct ocpp_settle *settle, struct terminal_connection *connection)
{
    if (!connection->is_over) {
        connection->is_over = true;
        connection->until_mono_ms = OCPP_NEVER;
        connection->start[0] = '\0';
        wake(settle, connection);
    }
}

/* Who does not read loses the connection, not what was told (E11). */
static void push(struct ocpp_settle *settle, struct terminal_connection *connection, const char *text)
{
    const size_t room = (size_t)settle->settings.terminals.waiting;
    const size_t size = strlen(text);
    char *copy = connection->count < room && !connection->is_over ? backend_allocate(settle, NULL, size + 1) : NULL;

    if (!copy) {
        hub_end(settle, connection);
        return;
    }
    memcpy(copy, text, size + 1);
    connection->waiting[(connection->first + connection->count) % room] = (struct waiting_text){ copy, size };
    connection->count++;
    wake(settle, connection);
}

static void free_connection(struct ocpp_settle *settle, struct terminal_connection *connection)
{
    const size_t room = (size_t)settle->settings.terminals.waiting;

    for (size_t i = 0; connection->waiting && i < connection->count; i++) {
        (void)backend_allocate(settle, connection->waiting[(connection->first + i) % room].text, 0);
    }
    (void)backend_allocate(settle, connection->fetched, 0);
    (void)backend_allocate(settle, connection->waiting, 0);
    (void)backend_allocate(settle, connection, 0);
}

void hub_secret(struct ocpp_settle *settle, char text[HUB_SECRET_TEXT])
{
    const struct ocpp_settle_keys *keys = &settle->settings.keys;
    unsigned char bytes[HUB_SECRET];

    keys->random(bytes, sizeof bytes, keys->user);
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
}

static bool has_room(struct ocpp_settle *settle, struct terminal_hub *hub)
{
    const size_t room = hub->room ? 2 * hub->room : 16;
    struct terminal_connection **more;

    if (hub->count < hub->room) {
        return true;
    }
    more = backend_allocate(settle, hub->connections, room * sizeof *more);
    if (more) {
        hub->connections = more;
        hub->room = room;
    }
    return more != NULL;
}

static struct terminal_connection *make_connection(struct ocpp_settle *settle, uint64_t number)
{
    const struct ocpp_settle_terminal_policy *policy = &settle->settings.terminals;
    struct terminal_connection *made = backend_allocate(settle, NULL, sizeof *made);

    if (!made) {
        return NULL;
    }
    *made = (struct terminal_connection){ .number = number,
                                          .until_mono_ms = settle->now.mono_ms + 1000 * policy->connect_s,
                                          .minute_mono_ms = settle->now.mono_ms };
    made->waiting = backend_allocate(settle, NULL, (size_t)policy->waiting * sizeof *made->waiting);
    if (!made->waiting) {
        free_connection(settle, made);
        return NULL;
    }
    hub_secret(settle, made->challenge);
    return made;
}

enum ocpp_status ocpp_settle_terminal_connected(struct ocpp_settle *settle, uint64_t connection, struct ocpp_now now)
{
    struct terminal_hub *hub = hub_of(settle);
    char text[HUB_SECRET_TEXT + 32];

    backend_enter(settle, now);
    if (!hub) {
        return OCPP_ERR_NOMEM;
    }
    if ((int64_t)hub->count >= settle->settings.terminals.connections || hub_find(settle, connection) || connection == 0) {
        return OCPP_ERR_LIMIT;
    }
    struct terminal_connection *made = has_room(settle, hub) ? make_connection(settle, connection) : NULL;
    if (!made) {
        return OCPP_ERR_NOMEM;
    }
    hub->connections[hub->count++] = made;
    snprintf(text, sizeof text, "{\"challenge\":\"%s\"}", made->challenge);
    push(settle, made, text);
    return OCPP_OK;
}

void ocpp_settle_terminal_closed(struct ocpp_settle *settle, uint64_t connection)
{
    struct terminal_hub *hub = settle->hub;

    for (size_t i = 0; hub && i < hub->count; i++) {
        if (hub->connections[i]->number == connection) {
            free_connection(settle, hub->connections[i]);
            hub->connections[i] = hub->connections[--hub->count];
            return;
        }
    }
}

const char *ocpp_settle_terminal_next_output(struct ocpp_settle *settle, uint64_t connection, size_t *size)
{
    struct terminal_connection *from = hub_find(settle, connection);
    const size_t room = (size_t)settle->settings.terminals.waiting;

    if (!from || from->count == 0) {
        return NULL;
    }
    (void)backend_allocate(settle, from->fetched, 0);
    from->fetched = from->waiting[from->first].text;
    *size = from->waiting[from->first].size;
    from->first = (from->first + 1) % room;
    from->count--;
    return from->fetched;
}

bool ocpp_settle_terminal_is_over(const struct ocpp_settle *settle, uint64_t number)
{
    const struct terminal_connection *connection = hub_find(settle, number);

    return !connection || connection->is_over;
}

int64_t hub_deadline(const struct ocpp_settle *settle)
{
    int64_t next = OCPP_NEVER;

    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        const int64_t until = settle->hub->connections[i]->until_mono_ms;

        next = until < next ? until : next;
    }
    return next;
}

void hub_run(struct ocpp_settle *settle)
{
    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        if (settle->hub->connections[i]->until_mono_ms <= settle->now.mono_ms) {
            hub_end(settle, settle->hub->connections[i]);
        }
    }
}

void hub_free(struct ocpp_settle *settle)
{
    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        free_connection(settle, settle->hub->connections[i]);
    }
    if (settle->hub) {
        (void)backend_allocate(settle, settle->hub->connections, 0);
        (void)backend_allocate(settle, settle->hub, 0);
        settle->hub = NULL;
    }
}

/* --- telling -----------------------------------------------------------------------------------------------------------------
 */

struct catching_up {
    struct terminal_connection *connection;
    int64_t seq;
};

/* In order and none twice, whatever order effects run in: what is told is read, from the first that was not sent on. */
static void catch_up_body(struct command *command, void *args)
{
    const struct catching_up *up = args;
    struct terminal_connection *connection = up->connection;

    while (connection->sent < up->seq && !connection->is_over && !command_failed(command)) {
        const struct row_said *said =
            command_read(command, words_key(command, connection->start, connection->sent + 1), &row_said_type);

        if (!command_failed(command)) {
            connection->sent++;
        }
        if (said) {
            push(command_settle(command), connection, said->text);
        }
    }
}

/* An effect: the start and the number of what it is told. */
struct telling {
    char start[OCPP_SETTLE_ID_SIZE];
    int64_t seq;
};

static void tell_now(struct ocpp_settle *settle, const void *data)
{
    const struct telling *telling = data;

    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        struct catching_up up = { settle->hub->connections[i], telling->seq };

        if (strcmp(up.connection->start, telling->start) == 0 &&
            command_run(settle, "terminal_tell", catch_up_body, &up, NULL) != OCPP_OK) {
            hub_end(settle, up.connection);
        }
    }
}

void hub_tell(struct command *command, const struct row_start *start)
{
    struct telling telling = { .seq = start->told };

    snprintf(telling.start, sizeof telling.start, "%s", start->id);
    command_effect(command, tell_now, &telling, sizeof telling);
}

/* An effect: an answer to one connection, or (an empty text) its end. */
struct to_connection {
    uint64_t number;
    char text[HUB_WORD_BYTES];
};

static void answer_now(struct ocpp_settle *settle, const void *data)
{
    const struct to_connection *answer = data;
    struct terminal_connection *connection = hub_find(settle, answer->number);

    if (connection && answer->text[0]) {
        push(settle, connection, answer->text);
    } else if (connection) {
        hub_end(settle, connection);
    }
}

void hub_answer(struct command *command, uint64_t number, const char *text)
{
    struct to_connection *answer = order_take(command, sizeof *answer);

    if (answer && strlen(text) < sizeof answer->text) {
        answer->number = number;
        memcpy(answer->text, text, strlen(text) + 1);
        command_effect(command, answer_now, answer, offsetof(struct to_connection, text) + strlen(text) + 1);
    }
}

/* An effect: the connection is that of a start from now on; one there was before is over. */
struct taking {
    uint64_t number;
    char start[OCPP_SETTLE_ID_SIZE];
    int64_t last; /* that it heard */
};

static void take_now(struct ocpp_settle *settle, const void *data)
{
    const struct taking *taking = data;
    struct terminal_connection *connection = hub_find(settle, taking->number);

    for (size_t i = 0; settle->hub && i < settle->hub->count; i++) {
        if (strcmp(settle->hub->connections[i]->start, taking->start) == 0) {
            hub_end(settle, settle->hub->connections[i]);
        }
    }
    if (connection && !connection->is_over) {
        memcpy(connection->start, taking->start, sizeof connection->start);
        connection->until_mono_ms = OCPP_NEVER;
        connection->sent = taking->last;
    }
}

void hub_take(struct command *command, uint64_t number, const struct row_start *start, int64_t last)
{
    struct taking taking = { .number = number, .last = last };

    snprintf(taking.start, sizeof taking.start, "%s", start->id);
    command_effect(command, take_now, &taking, sizeof taking);
}
