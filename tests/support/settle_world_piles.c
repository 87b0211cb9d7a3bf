/* settle_world_piles.c: what piles are told and say, as DataTransfer. */
#include "unit.h"

#include "settle_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *copy_of(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    assert_non_null(copy);
    return memcpy(copy, text, size);
}

/* --- to piles ------------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    struct settle_world *world = user;
    struct settle_told *told = &world->told[world->told_count];

    assert_true(world->told_count < SETTLE_WORLD_TOLD);
    snprintf(told->station, sizeof told->station, "%s", station);
    snprintf(told->name, sizeof told->name, "%s", data->message_id ? data->message_id : "");
    told->data = copy_of(data->data ? data->data : "");
    told->token = token;
    world->told_count++;
    return OCPP_OK;
}

static void hear_answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *answer, void *user)
{
    struct settle_world *world = user;

    (void)station;
    (void)token;
    free(world->answer);
    world->answer = answer->data ? copy_of(answer->data) : NULL;
    world->answer_status = answer->result;
}

void settle_world_piles_transport(struct settle_world *world, struct ocpp_settle_transport *transport)
{
    *transport = (struct ocpp_settle_transport){ .send = send, .answer = hear_answer, .user = world };
}

int settle_world_piles_answer(struct settle_world *world)
{
    const struct ocpp_data_transfer_answer accepted = { .status = OCPP_OK,
                                                        .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                        .kind = OCPP_DATA_JSON,
                                                        .data = "{\"receipt\":{\"reception\":\"Accepted\"}}" };
    int answered = 0;

    for (size_t i = 0; i < world->told_count && !world->piles_are_deaf; i++) {
        struct settle_told *told = &world->told[i];

        if (!told->is_answered) {
            told->is_answered = true;
            answered++;
            ocpp_settle_answered(world->settle, told->station, told->token, &accepted, world->now);
        }
    }
    return answered;
}

/* After a restart nobody waits for an answer any more, and every pile that ever spoke comes again. */
void settle_world_piles_connect(struct settle_world *world)
{
    for (size_t i = 0; i < world->told_count; i++) {
        world->told[i].is_answered = true;
    }
    for (size_t i = 0; i < world->pile_count; i++) {
        pile_hello(world, world->piles[i]);
    }
}

static const void *decoded(struct settle_world *world, const struct ocpp_type *type, const char *json)
{
    const void *message = NULL;

    assert_int_equal(ocpp_message_decode(type, json, strlen(json), NULL, NULL, world->arena, &message, NULL), OCPP_OK);
    return message;
}

const void *pile_heard(struct settle_world *world, const char *station, enum ocpp_settle_action action)
{
    const struct ocpp_action *wanted = &ocpp_settle_actions[action];

    for (size_t i = world->told_count; i > 0; i--) {
        const struct settle_told *told = &world->told[i - 1];

        if (strcmp(told->station, station) == 0 && strcmp(told->name, wanted->name) == 0) {
            return decoded(world, wanted->request, told->data);
        }
    }
    return NULL;
}

size_t pile_heard_count(const struct settle_world *world, const char *station, enum ocpp_settle_action action)
{
    size_t count = 0;

    for (size_t i = 0; i < world->told_count; i++) {
        count +=
            strcmp(world->told[i].station, station) == 0 && strcmp(world->told[i].name, ocpp_settle_actions[action].name) == 0;
    }
    return count;
}

/* --- from piles
 * ----------------------------------------------------------------------------------------------------------------- */

const void *pile_says(struct settle_world *world, const char *station, enum ocpp_settle_action action, const void *message)
{
    const struct ocpp_action *said = &ocpp_settle_actions[action];
    struct ocpp_data_transfer data = { .vendor_id = world->settings.vendor_id, .message_id = said->name, .kind = OCPP_DATA_JSON };
    size_t size;

    assert_int_equal(ocpp_message_encode(said->request, message, world->arena, &data.data, &size, NULL), OCPP_OK);
    free(world->answer);
    world->answer = NULL;
    world->answer_status = OCPP_DATA_TRANSFER_UNANSWERED;
    ocpp_settle_receive(world->settle, station, &data, ++world->token, world->now);
    world->store->flush(world->store->user);
    const void *answer = world->answer_status == OCPP_DATA_TRANSFER_ACCEPTED && world->answer
                             ? decoded(world, said->response, world->answer)
                             : NULL;
    settle_world_run(world);
    return answer;
}

struct ocpp_settle_envelope pile_envelope(struct settle_world *world, const char *station)
{
    char *id = ocpp_arena_take(world->arena, OCPP_SETTLE_ID_SIZE);

    assert_non_null(id);
    settle_keys_id(&world->keys, id);
    for (size_t i = 0; i < world->pile_count; i++) {
        if (strcmp(world->piles[i], station) == 0) {
            return (struct ocpp_settle_envelope){ id, "pile", ++world->seqs[i] };
        }
    }
    fail_msg("no such pile: %s", station);
    return (struct ocpp_settle_envelope){ id, "pile", 0 };
}

struct ocpp_settle_moment pile_time(const struct settle_world *world)
{
    return (struct ocpp_settle_moment){ .has_utc = true,
                                        .utc = world->now.utc_ms,
                                        .boot = 1,
                                        .mono_ms = world->now.mono_ms,
                                        .status = OCPP_SETTLE_TIME_STATUS_SYNCHRONISED };
}

static void note_pile(struct settle_world *world, const char *station)
{
    for (size_t i = 0; i < world->pile_count; i++) {
        if (strcmp(world->piles[i], station) == 0) {
            return;
        }
    }
    assert_true(world->pile_count < COUNT_OF(world->piles));
    snprintf(world->piles[world->pile_count++], sizeof world->piles[0], "%s", station);
}

void pile_hello(struct settle_world *world, const char *station)
{
    static const char *const versions[] = { "1" };
    static const enum ocpp_settle_feature features[] = { OCPP_SETTLE_FEATURE_POWER_BANKS, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS,
                                                         OCPP_SETTLE_FEATURE_TERMINAL_START, OCPP_SETTLE_FEATURE_GUIDED_PAYMENT };
    const struct ocpp_settle_hello_req hello = { .versions = { versions, 1 },
                                                 .features = { features, world->piles_are_guided ? 4 : 3 },
                                                 .max_bytes = 8192,
                                                 .serial = station,
                                                 .now = pile_time(world),
                                                 .has_slots = true,
                                                 .slots = 8 };

    note_pile(world, station);
    ocpp_settle_connected(world->settle, station, true, world->now);
    assert_non_null(pile_says(world, station, OCPP_SETTLE_ACTION_HELLO, &hello));
}
