/* terminal_world.c: terminals in a settle_world. */
#include "terminal_world.h"
#include "unit.h"

#include <ocpp/settlement/accounts.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct settle_world *terminal_world_new(void (*change)(struct settle_world *world))
{
    struct settle_world *world = settle_world_new_with(change);

    world->payment_by = "wallet";
    pile_hello(world, "PILE-1");
    pile_hello(world, "PILE-2");
    return world;
}

void terminal_few_prompts(struct settle_world *world)
{
    world->settings.terminals.prompts = 1;
}

const char *terminal_key_name(const char *terminal)
{
    static char name[48];
    size_t i = 0;

    for (; terminal[i] != '\0' && i < sizeof name - 1; i++) {
        name[i] = (char)tolower((unsigned char)terminal[i]);
    }
    name[i] = '\0';
    return name;
}

void terminal_known(struct settle_world *world, const char *terminal, const char *token, bool may_deduct)
{
    struct ocpp_settle_terminal entry = {
        .id = terminal, .name = terminal, .token_id = token, .token_type = "ISO14443", .may_deduct = may_deduct
    };
    const struct ocpp_settle_keys *keys = &world->keys.contract;

    assert_int_equal(keys->public_key(terminal_key_name(terminal), entry.point, keys->user), OCPP_OK);
    assert_int_equal(ocpp_settle_terminal_register(world->settle, &entry, settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

void terminal_joins(struct settle_world *world, const char *terminal, const struct ocpp_settle_vehicle_id *vehicle)
{
    assert_int_equal(
        ocpp_settle_associate(world->settle, terminal, vehicle, "the landlord", settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

const char *terminal_new_prompt(struct settle_world *world)
{
    char *id = ocpp_arena_take(world->arena, OCPP_SETTLE_ID_SIZE);

    assert_non_null(id);
    settle_keys_id(&world->keys, id);
    return id;
}

const struct ocpp_settle_vehicle_connected_conf *terminal_plugs(struct settle_world *world, const char *station, int64_t evse,
                                                                const struct ocpp_settle_vehicle_id *vehicle, const char *prompt,
                                                                int64_t version)
{
    const struct ocpp_settle_vehicle_connected_req message = { .prompt = prompt,
                                                               .evse = evse,
                                                               .vehicle = *vehicle,
                                                               .at = pile_time(world),
                                                               .has_list_version = version >= 0,
                                                               .list_version = version >= 0 ? version : 0 };
    const void *answer = pile_says(world, station, OCPP_SETTLE_ACTION_VEHICLE_CONNECTED, &message);

    assert_non_null(answer);
    return answer;
}
