/* town_line.c: what is said between piles and backend: a small central system that hands on DataTransfer, and a line on which
 * texts take their time, get lost with the link, are not answered, or are heard again. */
#include "town.h"

#include "json.h"

#include <ocpp/message.h>
#include <ocpp/v16.h>
#include <ocpp/v201.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_MS = 30000 };

static char *copy_of(const char *text, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy) {
        abort();
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

static bool is_old(const struct town_pile *pile)
{
    return pile->version == OCPP_VERSION_1_6;
}

/* --- the line ----------------------------------------------------------------------------------------------------------------
 */

static void put(struct town_pile *pile, bool to_backend, char *text)
{
    struct town *town = pile->town;
    struct town_letter **end = &town->letters;
    int64_t delay = town->is_calm ? 5 : town_chance(town, 150);

    if (!town->is_calm && town_chance(town, 40) == 0) {
        delay += town_chance(town, 40000);
    }
    if (!pile->is_connected || (!town->is_calm && town_chance(town, 60) == 0)) {
        free(text); /* the other side is busy with itself */
        return;
    }
    struct town_letter *letter = calloc(1, sizeof *letter);
    if (!letter) {
        abort();
    }
    letter->pile = pile->number;
    letter->to_backend = to_backend;
    letter->text = text;
    letter->due_ms = town->now_ms + delay < pile->last_due_ms[to_backend] ? pile->last_due_ms[to_backend] : town->now_ms + delay;
    pile->last_due_ms[to_backend] = letter->due_ms;
    while (*end) {
        end = &(*end)->next;
    }
    *end = letter;
}

static void drop_letters(struct town *town, int pile)
{
    struct town_letter **at = &town->letters;

    while (*at) {
        struct town_letter *letter = *at;

        if (letter->pile != pile) {
            at = &letter->next;
            continue;
        }
        *at = letter->next;
        free(letter->text);
        free(letter);
    }
}

static void end_calls(struct town *town, int pile, enum ocpp_status status, int64_t until_ms)
{
    const struct ocpp_data_transfer_answer answer = { .status = status };

    for (int i = 0; i < TOWN_CALLS; i++) {
        struct town_call *call = &town->said[i];

        if (call->is_open && (pile < 0 || call->pile == pile) && call->until_ms <= until_ms) {
            call->is_open = false;
            if (town->settle && !call->is_mute) {
                ocpp_settle_answered(town->settle, town->piles[call->pile].name, call->token, &answer, town_now(town));
            }
        }
    }
}

void town_line_link(struct town_pile *pile, bool up)
{
    struct town *town = pile->town;

    pile->is_awake = true;
    if (!town || pile->is_connected == up || (up && (!pile->agent || !town->settle))) {
        return;
    }
    pile->is_connected = up;
    drop_letters(town, pile->number);
    pile->last_due_ms[0] = pile->last_due_ms[1] = 0;
    pile->link_at_ms = up ? OCPP_NEVER : town->now_ms + 1000 + town_chance(town, 30000);
    town_central_link(pile, up);
    if (up) {
        town_require(town, ocpp_charge_point_link_up(pile->cp, pile->version, town_pile_now(pile)) == OCPP_OK, "no link");
    } else if (pile->cp) {
        ocpp_charge_point_link_down(pile->cp, town_pile_now(pile));
    }
    for (int i = 0; i < TOWN_CALLS && !up; i++) {
        town->heard[i].is_open = town->heard[i].is_open && town->heard[i].pile != pile->number;
    }
    if (town->settle && !town->is_cut && !up) {
        end_calls(town, pile->number, OCPP_ERR_CLOSED, OCPP_NEVER);
    }
    if (town->settle && !town->is_cut) {
        ocpp_settle_connected(town->settle, pile->name, up, town_now(town));
    }
}

/* --- the small central system ------------------------------------------------------------------------------------------------
 */

static void escape(const char *text, char *to)
{
    size_t size = 0;

    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            to[size++] = '\\';
        }
        to[size++] = *text;
    }
    to[size] = '\0';
}

/* |data| as a member's value: a string in 1.6. */
static char *value_of_data(const struct town_pile *pile, const char *data)
{
    char *value = malloc(2 * strlen(data) + 3);

    if (!value) {
        abort();
    }
    if (!is_old(pile)) {
        return strcpy(value, data);
    }
    value[0] = '"';
    escape(data, value + 1);
    return strcat(value, "\"");
}

/* What the backend says: |begin|, an id, |rest|. */
static void put_text(struct town_pile *pile, const char *begin, const char *id, const char *rest)
{
    const size_t room = strlen(begin) + strlen(id) + strlen(rest) + 5;
    char *text = malloc(room);

    if (!text) {
        abort();
    }
    (void)snprintf(text, room, "%s\"%s\",%s", begin, id, rest);
    put(pile, false, text);
}

static struct town_call *free_call(struct town *town, struct town_call *calls)
{
    for (int i = 0; i < TOWN_CALLS; i++) {
        if (!calls[i].is_open) {
            return &calls[i];
        }
    }
    town_fail(town, "too many calls are open");
}

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    struct town *town = user;
    struct town_pile *pile = NULL;

    for (int i = 0; i < TOWN_PILES; i++) {
        pile = strcmp(town->piles[i].name, station) == 0 ? &town->piles[i] : pile;
    }
    if (!pile || !pile->is_connected || town->is_cut) {
        return OCPP_ERR_STATE;
    }
    struct town_call *call = free_call(town, town->said);
    *call = (struct town_call){ .is_open = true, .pile = pile->number, .token = token, .until_ms = town->now_ms + CALL_MS };
    town->said_until_ms = call->until_ms < town->said_until_ms ? call->until_ms : town->said_until_ms;
    (void)snprintf(call->id, sizeof call->id, "b-%" PRIu64, ++town->next_call);
    char *value = value_of_data(pile, data->data);
    const size_t room = strlen(value) + 300;
    char *payload = malloc(room);
    if (!payload) {
        abort();
    }
    (void)snprintf(payload, room, "\"DataTransfer\",{\"vendorId\":\"%s\",\"messageId\":\"%s\",\"data\":%s}]", data->vendor_id,
                   data->message_id, value);
    if (town->is_loud) {
        (void)fprintf(stderr, "                -> %s %s %s\n", pile->name, data->message_id, data->data);
    }
    put_text(pile, "[2,", call->id, payload);
    free(payload);
    free(value);
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *said, void *user)
{
    static const char *const words[] = { "Rejected", "Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId" };
    struct town *town = user;

    (void)station;
    for (int i = 0; i < TOWN_CALLS; i++) {
        struct town_call *call = &town->heard[i];

        if (!call->is_open || call->token != token) {
            continue;
        }
        call->is_open = false;
        if (call->is_mute || town->is_cut) {
            town->was_refused =
                said->result != OCPP_DATA_TRANSFER_ACCEPTED || (said->data && strstr(said->data, "\"Refused\"") != NULL);
            return;
        }
        struct town_pile *pile = &town->piles[call->pile];
        char *value = said->data ? value_of_data(pile, said->data) : NULL;
        const size_t room = 100 + (value ? strlen(value) : 0);
        char *payload = malloc(room);
        if (!payload) {
            abort();
        }
        (void)snprintf(payload, room, "{\"status\":\"%s\"%s%s}]", words[said->result], value ? ",\"data\":" : "",
                       value ? value : "");
        put_text(pile, "[3,", call->id, payload);
        free(payload);
        free(value);
        return;
    }
}

void town_line_transport(struct town *town, struct ocpp_settle_transport *transport)
{
    *transport = (struct ocpp_settle_transport){ .send = send, .answer = answer, .user = town };
}

static const struct ocpp_type *type_of(const struct town_pile *pile, bool is_request)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(pile->version);
    const struct ocpp_action *action = ocpp_protocol_action(protocol, "DataTransfer", strlen("DataTransfer"));

    return is_request ? action->request : action->response;
}

static const void *decoded(const struct town_pile *pile, bool is_request, const char *payload, struct ocpp_arena *arena)
{
    const void *message = NULL;

    town_require(pile->town,
                 ocpp_message_decode(type_of(pile, is_request), payload, strlen(payload), NULL, NULL, arena, &message, NULL) ==
                     OCPP_OK,
                 "%s says %s", pile->name, payload);
    return message;
}

/* A DataTransfer of a pile; |is_mute|: its answer goes nowhere. */
static void hear_data(struct town_pile *pile, const char *id, const char *payload, bool is_mute)
{
    struct town *town = pile->town;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const void *message = decoded(pile, true, payload, arena);
    const struct ocpp16_data_transfer_req *old = message;
    const struct ocpp201_data_transfer_req *new = message;
    const struct ocpp_data_transfer data = { .vendor_id = is_old(pile) ? old->vendor_id : new->vendor_id,
                                             .message_id = is_old(pile) ? old->message_id : new->message_id,
                                             .kind = is_old(pile) ? OCPP_DATA_TEXT : OCPP_DATA_JSON,
                                             .data = is_old(pile) ? old->data : new->data };
    struct town_call *call = free_call(town, town->heard);

    *call = (struct town_call){ .is_open = true, .is_mute = is_mute, .pile = pile->number, .token = ++town->next_token };
    (void)snprintf(call->id, sizeof call->id, "%s", id);
    if (town->is_loud) {
        (void)fprintf(stderr, "                <- %s %s %s\n", pile->name, data.message_id, data.data);
    }
    ocpp_settle_receive(town->settle, pile->name, &data, call->token, town_now(town));
    ocpp_arena_free(arena);
}

/* False: to nothing the backend said. */
static bool hear_answer(struct town_pile *pile, const char *id, const char *payload)
{
    struct town *town = pile->town;

    for (int i = 0; i < TOWN_CALLS; i++) {
        struct town_call *call = &town->said[i];

        if (!call->is_open || strcmp(call->id, id) != 0) {
            continue;
        }
        call->is_open = false;
        if (call->is_mute) {
            return true;
        }
        struct ocpp_data_transfer_answer heard = { .status = OCPP_ERR_CALL_ERROR };
        struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
        if (payload) {
            const void *message = decoded(pile, false, payload, arena);
            const struct ocpp16_data_transfer_conf *old = message;
            const struct ocpp201_data_transfer_res *new = message;

            heard.status = OCPP_OK;
            heard.result = strstr(payload, "\"status\":\"Accepted\"") ? OCPP_DATA_TRANSFER_ACCEPTED : OCPP_DATA_TRANSFER_REJECTED;
            heard.data = is_old(pile) ? old->data : new->data;
            heard.kind = !heard.data ? OCPP_DATA_NONE : is_old(pile) ? OCPP_DATA_TEXT : OCPP_DATA_JSON;
        }
        if (town->is_loud) {
            (void)fprintf(stderr, "                <- %s answers %s\n", pile->name, heard.data ? heard.data : "nothing");
        }
        ocpp_settle_answered(town->settle, pile->name, call->token, &heard, town_now(town));
        ocpp_arena_free(arena);
        return true;
    }
    return false;
}

/* The third and fourth member as text. */
static char *item_text(const struct ocpp_json *frame, size_t item)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_json_writer writer;
    const char *text = NULL;
    size_t size = 0;

    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, ocpp_json_item(frame, item));
    if (ocpp_json_writer_finish(&writer, &text, &size) != OCPP_OK) {
        abort();
    }
    char *copy = copy_of(text, size);
    ocpp_arena_free(arena);
    return copy;
}

static void keep(struct town_pile *pile, bool to_backend, const char *text)
{
    const unsigned at = pile->kept_count++ % TOWN_KEPT;

    free(pile->kept[at]);
    pile->kept[at] = copy_of(text, strlen(text));
    pile->kept_to_backend[at] = to_backend;
}

static void backend_hears(struct town_pile *pile, const char *text)
{
    struct ocpp_json *frame = NULL;
    int64_t kind = 0;

    town_require(pile->town, ocpp_json_parse(text, strlen(text), NULL, &frame, NULL) == OCPP_OK, "%s says %s", pile->name, text);
    (void)ocpp_json_is_integer(ocpp_json_item(frame, 0), &kind);
    const char *id = ocpp_json_string(ocpp_json_item(frame, 1));
    char *payload = kind == 4 ? NULL : item_text(frame, kind == 2 ? 3 : 2);
    if (kind == 2) {
        const char *action = ocpp_json_string(ocpp_json_item(frame, 2));
        if (strcmp(action, "DataTransfer") == 0) {
            keep(pile, true, payload);
            hear_data(pile, id, payload, false);
        } else {
            town_central_hear(pile, text);
        }
    } else if (!hear_answer(pile, id, payload)) {
        town_central_hear(pile, text);
    }
    free(payload);
    ocpp_json_free(frame);
}

void town_line_tell_backend(struct town_pile *pile, const char *text, size_t size)
{
    put(pile, true, copy_of(text, size));
}

void town_line_say(struct town *town, const char *station, const struct ocpp_data_transfer *data)
{
    struct town_call *call = free_call(town, town->heard);

    *call = (struct town_call){ .is_open = true, .is_mute = true, .pile = -1, .token = ++town->next_token };
    ocpp_settle_receive(town->settle, station, data, call->token, town_now(town));
}

void town_line_tell_pile(struct town_pile *pile, const char *text, size_t size)
{
    put(pile, false, copy_of(text, size));
}

void town_line_again(struct town_pile *pile)
{
    struct town *town = pile->town;
    const unsigned at = town_chance(town, TOWN_KEPT);

    if (!pile->kept[at] || !pile->is_connected) {
        return;
    }
    if (pile->kept_to_backend[at]) {
        town_note(town, "%s is heard again", pile->name);
        hear_data(pile, "again", pile->kept[at], true);
        return;
    }
    const char *payload = strstr(pile->kept[at], "\"DataTransfer\",");
    if (payload) {
        char id[24];

        town_note(town, "%s hears again", pile->name);
        (void)snprintf(id, sizeof id, "a-%" PRIu64, ++town->next_call);
        put_text(pile, "[2,", id, payload);
    }
}

static void deliver(struct town *town, struct town_letter *letter)
{
    struct town_pile *pile = &town->piles[letter->pile];

    pile->is_awake = true;
    if (letter->to_backend) {
        if (town->settle && !town->is_cut) {
            backend_hears(pile, letter->text);
        }
    } else if (pile->cp && !test_storage_is_cut(pile->storage)) {
        if (letter->text[1] == '2') {
            keep(pile, false, letter->text);
        }
        const enum ocpp_status status =
            ocpp_charge_point_receive(pile->cp, letter->text, strlen(letter->text), town_pile_now(pile));
        town_require(town, status == OCPP_OK, "%s cannot hear: %s", pile->name, ocpp_status_sentence(status));
    }
    free(letter->text);
    free(letter);
}

static int64_t first_end(const struct town *town)
{
    int64_t until = OCPP_NEVER;

    for (int i = 0; i < TOWN_CALLS; i++) {
        until = town->said[i].is_open && town->said[i].until_ms < until ? town->said[i].until_ms : until;
    }
    return until;
}

bool town_line_run(struct town *town)
{
    struct town_letter **at = &town->letters;

    if (town->settle && !town->is_cut && town->said_until_ms <= town->now_ms) {
        end_calls(town, -1, OCPP_ERR_TIMEOUT, town->now_ms);
        town->said_until_ms = first_end(town);
    }
    while (*at && (*at)->due_ms > town->now_ms) {
        at = &(*at)->next;
    }
    if (!*at) {
        return false;
    }
    struct town_letter *letter = *at;
    *at = letter->next;
    deliver(town, letter);
    return true;
}

int64_t town_line_deadline(const struct town *town)
{
    int64_t deadline = town->said_until_ms;

    for (const struct town_letter *letter = town->letters; letter; letter = letter->next) {
        deadline = letter->due_ms < deadline ? letter->due_ms : deadline;
    }
    return deadline;
}

void town_line_end(struct town *town)
{
    for (int i = 0; i < TOWN_PILES; i++) {
        drop_letters(town, i);
        for (int j = 0; j < TOWN_KEPT; j++) {
            free(town->piles[i].kept[j]);
        }
    }
}
