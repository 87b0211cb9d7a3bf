/* display_world.c: see the header. */
#include "display_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(int display, const struct ocpp_display_message *message, void *user)
{
    struct display_world *seen = user;
    assert_in_range(display, 0, SEEN_DISPLAYS - 1);
    snprintf(seen->content[display], sizeof(seen->content[display]), "%s", message == NULL ? "" : message->content);
    seen->told++;
    if (seen->world->in_callback != NULL) {
        seen->world->in_callback(seen->world, "show", display);
    }
}

struct display_world *display_world_new(void)
{
    struct display_world *seen = calloc(1, sizeof(*seen));
    assert_non_null(seen);
    seen->world = world_new();
    seen->settings.show = show;
    seen->settings.user = seen;
    seen->world->settings.display = &seen->settings;
    return seen;
}

void display_world_on(struct display_world *seen)
{
    world_power_on(seen->world);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    central_forgets(seen->world);
}

void display_world_free(struct display_world *seen)
{
    world_free(seen->world);
    free(seen);
}

const char *set_message_in(struct display_world *seen, int id, const char *priority, const char *members, const char *language,
                           const char *content)
{
    char payload[4096];
    char tongue[64] = "";
    if (language[0] != '\0') {
        snprintf(tongue, sizeof(tongue), "'language':'%s',", language);
    }
    snprintf(payload, sizeof(payload), "{'message':{'id':%d,'priority':'%s'%s%s,'message':{'format':'UTF8',%s'content':'%s'}}}",
             id, priority, members[0] == '\0' ? "" : ",", members, tongue, content);
    return value_of(central_asks(seen->world, "SetDisplayMessage", payload), "status");
}

const char *set_message(struct display_world *seen, int id, const char *priority, const char *members, const char *content)
{
    return set_message_in(seen, id, priority, members, "", content);
}

const char *clear_message(struct display_world *seen, int id)
{
    char payload[64];
    snprintf(payload, sizeof(payload), "{'id':%d}", id);
    return value_of(central_asks(seen->world, "ClearDisplayMessage", payload), "status");
}

const char *get_messages(struct display_world *seen, int request, const char *members)
{
    char payload[512];
    snprintf(payload, sizeof(payload), "{'requestId':%d%s%s}", request, members[0] == '\0' ? "" : ",", members);
    return value_of(central_asks(seen->world, "GetDisplayMessages", payload), "status");
}

const char *reported(struct display_world *seen, int request)
{
    static char ids[2048];
    struct world *world = seen->world;
    bool is_open = true;
    ids[0] = '\0';
    for (; world->looked_at < world->call_count; world->looked_at++) {
        const struct seen_call *call = &world->calls[world->looked_at];
        if (strcmp(call->action, "NotifyDisplayMessages") != 0) {
            continue;
        }
        assert_true(is_open); /* nothing follows the last page */
        assert_int_equal(atoi(value_of(call->payload, "requestId")), request);
        for (int i = 0;; i++) {
            char path[48];
            snprintf(path, sizeof(path), "messageInfo/%d/id", i);
            const char *id = value_of(call->payload, path);
            if (id[0] == '\0') {
                break;
            }
            snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%s%s", ids[0] == '\0' ? "" : ",", id);
        }
        is_open = strcmp(value_of(call->payload, "tbc"), "true") == 0;
    }
    assert_false(is_open);
    return ids;
}

const char *at(struct display_world *seen, const char *member, int seconds)
{
    static char texts[4][80];
    static unsigned turn;
    char date[OCPP_TIME_TEXT_SIZE];
    char *text = texts[turn++ % 4];
    const struct world *world = seen->world;
    assert_true(ocpp_time_format(world->central_utc_ms + world->now.mono_ms + seconds * 1000LL, date) == OCPP_OK);
    snprintf(text, sizeof(texts[0]), "'%s':'%s'", member, date);
    return text;
}

static bool count(const struct ocpp_display_message *message, void *user)
{
    assert_non_null(message->content);
    ++*(int *)user;
    return true;
}

int kept(struct display_world *seen)
{
    int messages = 0;
    ocpp_charge_point_each_message(seen->world->cp, count, &messages);
    return messages;
}
