/* test_smart_charging_page.c: plays the example of docs/smart-charging.md: each block of JSON is sent as the message its first
 * line names, and what the page says is answered is compared with what is. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_page(void)
{
    FILE *file = fopen(OCPP_PAGE, "rb");
    assert_non_null(file);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    assert_in_range(fread(text, 1, 65535, file), 1, 65534);
    fclose(file);
    return text;
}

/* Without the spaces and line breaks between members. */
static void pack(char *to, const char *from, size_t size)
{
    bool is_text = false;
    for (size_t i = 0; i < size; i++) {
        is_text = is_text != (from[i] == '"');
        if (is_text || (from[i] != ' ' && from[i] != '\n')) {
            *to++ = from[i];
        }
    }
    *to = '\0';
}

static int64_t ampere_at(const struct world *world, int evse)
{
    return ocpp_charge_point_permit(world->cp, evse, world->now).max_current_ma[0] / 1000;
}

static void charge_at_both(struct world *world)
{
    plug(world, 1);
    card(world, 1, "HOUSE");
    world_pass(world, 1);
    plug(world, 2);
    card(world, 2, "GUEST");
    assert_true(world->closed[1] && world->closed[2]);
}

static void the_page_tells_what_happens(void **state)
{
    (void)state;
    static char payload[4096];
    char action[64];
    int answers = 0;
    char *page = read_page();
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world->central_utc_ms = 1768496400000 - 3000; /* 2026-01-15T17:00:00Z, soon */
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    for (char *block = strstr(page, "```json "); block != NULL; block = strstr(block, "```json ")) {
        assert_int_equal(sscanf(block, "```json %63s", action), 1);
        char *body = strchr(block, '\n') + 1;
        char *end = strstr(body, "```");
        pack(payload, body, (size_t)(end - body));
        if (strcmp(action, "answer") == 0) {
            assert_string_equal(world->answer, payload);
            answers++;
        } else {
            if (strcmp(action, "GetCompositeSchedule") == 0) {
                charge_at_both(world);
                world_pass(world, (int)((1768496400000 - world->central_utc_ms - world->now.mono_ms) / 1000));
            }
            central_asks(world, action, payload);
            assert_string_equal(value_of(world->answer, "status"), "Accepted");
        }
        block = end + 3;
    }
    assert_int_equal(answers, 1);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).max_current_ma[0], INT64_MAX); /* its 32 A */
    assert_int_equal(ampere_at(world, 2), 10);
    world_pass(world, 5400); /* 18:30 */
    assert_int_equal(ampere_at(world, 1), 10);
    assert_int_equal(ampere_at(world, 2), 10);
    const struct ocpp_external_limit limit = { OCPP_LIMIT_SOURCE_EMS, false, 11000, INT64_MAX };
    assert_int_equal(ocpp_charge_point_external_limit(world->cp, 0, &limit, world->now), OCPP_OK);
    world_run(world);
    assert_int_equal(ampere_at(world, 1), 11);
    assert_false(world->closed[2]);
    world_free(world);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_page_tells_what_happens) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
