/* rpc_world.c: see rpc_world.h. */
#include "rpc_world.h"

#include <stdio.h>
#include <string.h>

static void keep(char *to, size_t room, const char *text, size_t size)
{
    if (text == NULL)
        size = 0;
    if (size >= room)
        size = room - 1;
    if (size > 0)
        memcpy(to, text, size);
    to[size] = '\0';
}

static void keep_text(char *to, size_t room, const char *text)
{
    keep(to, room, text, text != NULL ? strlen(text) : 0);
}

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct world *world = user;
    world->calls++;
    world->token = call->token;
    world->call_known = call->action != NULL && call->request != NULL;
    keep_text(world->call_id, sizeof world->call_id, call->id);
    keep_text(world->call_action, sizeof world->call_action, call->action_name);
    keep(world->call_payload, sizeof world->call_payload, call->payload, call->payload_size);
    if (call->token.value == 0 || world->habit == WORLD_ANSWERS_LATER)
        return;
    if (world->habit == WORLD_REFUSES) {
        assert_int_equal(ocpp_rpc_refuse(rpc, call->token, OCPP_CALL_ERROR_SECURITY_ERROR, "not you"), OCPP_OK);
        return;
    }
    const char *reply = world->reply != NULL ? world->reply : "{\"status\":\"Accepted\"}";
    assert_int_equal(ocpp_rpc_reply_raw(rpc, call->token, reply, strlen(reply)), OCPP_OK);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct world *world = user;
    (void)rpc;
    world->answers++;
    world->answer = *answer;
    world->answer_has_response = answer->response != NULL;
    if (answer->issue != NULL)
        world->answer_issue = *answer->issue;
    keep_text(world->answer_id, sizeof world->answer_id, answer->id);
    keep(world->answer_payload, sizeof world->answer_payload, answer->payload, answer->payload_size);
    keep_text(world->answer_error, sizeof world->answer_error, answer->error_name);
    keep_text(world->answer_description, sizeof world->answer_description, answer->description);
    keep_text(world->answer_details, sizeof world->answer_details, answer->details);
}

static bool supports(const struct ocpp_action *action, void *user)
{
    const struct world *world = user;
    assert_non_null(action);
    return world->supports;
}

static enum ocpp_status admit(const struct ocpp_action *action, void *user)
{
    const struct world *world = user;
    assert_non_null(action);
    return world->admits;
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct world *world = user;
    (void)text;
    (void)size;
    if (from == world->settings.side) {
        world->frames_out++;
        assert_null(issue);
        return;
    }
    world->frames_in++;
    world->frame_status = issue != NULL ? issue->status : OCPP_OK;
}

static void on_result_error(const char *id, enum ocpp_call_error error, const char *description, void *user)
{
    struct world *world = user;
    world->result_errors++;
    world->result_error = error;
    keep_text(world->result_error_id, sizeof world->result_error_id, id);
    assert_non_null(description);
}

static void on_quirk(const struct ocpp_issue *issue, void *user)
{
    struct world *world = user;
    world->quirks++;
    world->last_quirk = issue->quirk;
}

static void on_output(void *user)
{
    struct world *world = user;
    world->outputs++;
}

void world_prepare(struct world *world, enum ocpp_direction side)
{
    memset(world, 0, sizeof *world);
    world->settings = ocpp_rpc_settings_default(side);
    world->settings.tolerance = (struct ocpp_tolerance){ .report = on_quirk, .user = world };
    world->handler = (struct ocpp_rpc_handler){ .on_call = on_call,
                                                .supports = supports,
                                                .admit = admit,
                                                .on_frame = on_frame,
                                                .on_result_error = on_result_error,
                                                .user = world,
                                                .on_output = on_output };
    world->supports = true;
    world->now = (struct ocpp_now){ 1000, OCPP_UTC_UNKNOWN };
}

void world_open(struct world *world, enum ocpp_version version)
{
    if (world->rpc == NULL)
        world->rpc = ocpp_rpc_new(&world->settings, &world->handler);
    assert_non_null(world->rpc);
    assert_int_equal(ocpp_rpc_open(world->rpc, ocpp_protocol_of(version), world->now), OCPP_OK);
}

void world_close(struct world *world)
{
    ocpp_rpc_close(world->rpc, world->now);
    ocpp_rpc_free(world->rpc);
    world->rpc = NULL;
}

bool world_has(enum ocpp_version version)
{
    return ocpp_protocol_of(version) != NULL;
}

void peer_says(struct world *world, const char *text)
{
    assert_int_equal(ocpp_rpc_receive(world->rpc, text, strlen(text), world->now), OCPP_OK);
}

const char *layer_text(struct world *world)
{
    size_t size;
    const bool expected = ocpp_rpc_has_output(world->rpc);
    const char *text = ocpp_rpc_next_output(world->rpc, &size, world->now);
    assert_int_equal(text != NULL, expected);
    if (text != NULL)
        assert_int_equal(strlen(text), size);
    return text;
}

void layer_says(struct world *world, const char *text)
{
    const char *said = layer_text(world);
    assert_non_null(said);
    assert_string_equal(said, text);
}

void layer_is_silent(struct world *world)
{
    const char *said = layer_text(world);
    if (said != NULL)
        print_error("unexpected: %s\n", said);
    assert_null(said);
}

const struct ocpp_action *world_action(const struct world *world, const char *name)
{
    return ocpp_protocol_action(ocpp_rpc_protocol(world->rpc), name, strlen(name));
}

enum ocpp_status we_call(struct world *world, const char *id, const char *action, const char *payload)
{
    const struct ocpp_outgoing_call call = { .action = world_action(world, action),
                                             .payload = payload,
                                             .payload_size = strlen(payload),
                                             .id = id,
                                             .on_answer = on_answer,
                                             .user = world };
    assert_non_null(call.action);
    return ocpp_rpc_call(world->rpc, &call, NULL);
}

void we_ask(struct world *world, const char *id, const char *action, const char *payload)
{
    char expected[WORLD_TEXT];
    snprintf(expected, sizeof expected, "[2,\"%s\",\"%s\",%s]", id, action, payload);
    assert_int_equal(we_call(world, id, action, payload), OCPP_OK);
    layer_says(world, expected);
}

void wait_ms(struct world *world, int64_t wait)
{
    world->now.mono_ms += wait;
    ocpp_rpc_advance(world->rpc, world->now);
}

/* --- the same in each version ------------------------------------------------------------------------------------------- */

const enum ocpp_version every_version[VERSION_COUNT] = { V16, V201, V21 };

void open_central(struct world *world, enum ocpp_version version)
{
    world_prepare(world, OCPP_FROM_CENTRAL);
    world_open(world, version);
}

void open_station(struct world *world, enum ocpp_version version)
{
    world_prepare(world, OCPP_FROM_STATION);
    world_open(world, version);
}

static void check_exchange(struct world *world, const struct exchange *row)
{
    peer_says(world, row->in);
    if (row->out != NULL)
        layer_says(world, row->out);
    layer_is_silent(world);
}

void check_exchanges(const struct exchange *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct world world;
        if (!world_has(rows[i].version))
            continue;
        open_central(&world, rows[i].version);
        world.reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
        check_exchange(&world, &rows[i]);
        world_close(&world);
    }
}

void on_each_version(void (*test)(struct world *world))
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        struct world world;
        if (!world_has(every_version[i]))
            continue;
        open_central(&world, every_version[i]);
        test(&world);
        world_close(&world);
    }
}
