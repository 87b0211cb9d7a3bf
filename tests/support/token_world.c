/* token_world.c: see token_world.h. */
#include "token_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lists --------------------------------------------------------------------------------------------------------------- */

struct entry {
    char token[160];
    char status[32];
    char group[64];
    char date[40];
    bool is_going;
};

static void take(char *to, size_t room, const char **text, const char *ends)
{
    const size_t size = strcspn(*text, ends);
    snprintf(to, room, "%.*s", (int)size, *text);
    *text += size;
}

static const char *read_entry(const char *text, struct entry *entry)
{
    memset(entry, 0, sizeof(*entry));
    entry->is_going = *text == '-';
    text += entry->is_going ? 1 : 0;
    take(entry->token, sizeof(entry->token), &text, "= ");
    if (*text == '=') {
        text++;
        take(entry->status, sizeof(entry->status), &text, "/@ ");
    }
    if (*text == '/') {
        text++;
        take(entry->group, sizeof(entry->group), &text, "@ ");
    }
    if (*text == '@') {
        text++;
        take(entry->date, sizeof(entry->date), &text, " ");
    }
    return text + strspn(text, " ");
}

static size_t write_entry(bool is_old, const struct entry *entry, char *to, size_t room)
{
    char info[512] = "";
    char group[160] = "";
    char date[96] = "";
    if (entry->group[0] != '\0') {
        snprintf(group, sizeof(group), is_old ? ",'parentIdTag':'%s'" : ",'groupIdToken':{'idToken':'%s','type':'Central'}",
                 entry->group);
    }
    if (entry->date[0] != '\0') {
        snprintf(date, sizeof(date), is_old ? ",'expiryDate':'%s'" : ",'cacheExpiryDateTime':'%s'", entry->date);
    }
    if (!entry->is_going) {
        snprintf(info, sizeof(info), ",'%s':{'status':'%s'%s%s}", is_old ? "idTagInfo" : "idTokenInfo", entry->status, group,
                 date);
    }
    return (size_t)snprintf(to, room, is_old ? "{'idTag':'%s'%s}" : "{'idToken':{'idToken':'%s','type':'ISO14443'}%s}",
                            entry->token, info);
}

const char *list_sent(struct world *world, const char *kind, int version, const char *entries)
{
    const bool is_old = world_is_old(world);
    const size_t room = 1024 + (entries == NULL ? 0 : strlen(entries) * 40);
    char *payload = malloc(room);
    size_t size =
        (size_t)snprintf(payload, room, "{'%s':%d,'updateType':'%s'", is_old ? "listVersion" : "versionNumber", version, kind);
    if (entries != NULL) {
        size += (size_t)snprintf(payload + size, room - size, ",'localAuthorizationList':[");
        for (const char *text = entries; *text != '\0';) {
            struct entry entry;
            text = read_entry(text, &entry);
            size += write_entry(is_old, &entry, payload + size, room - size);
            size += (size_t)snprintf(payload + size, room - size, *text == '\0' ? "" : ",");
        }
        size += (size_t)snprintf(payload + size, room - size, "]");
    }
    snprintf(payload + size, room - size, "}");
    const char *answer = central_asks(world, "SendLocalList", payload);
    free(payload);
    return answer[0] == '{' ? value_of(answer, "status") : answer;
}

void list_of(struct world *world, int version, const char *entries)
{
    assert_string_equal(list_sent(world, "Full", version, entries), "Accepted");
}

char *numbered_entries(int first, int count)
{
    const size_t room = (size_t)count * 24 + 1;
    char *text = malloc(room);
    size_t size = 0;
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        size += (size_t)snprintf(text + size, room - size, "%sN%04d=Accepted", i == 0 ? "" : " ", first + i);
    }
    return text;
}

int list_version(struct world *world)
{
    return atoi(
        value_of(central_asks(world, "GetLocalListVersion", "{}"), world_is_old(world) ? "listVersion" : "versionNumber"));
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

static size_t entries_under(struct world *world, const char *prefix)
{
    size_t count = 0;
    assert_int_equal(world->memory->each(prefix, NULL, count_entry, &count, world->memory->user), OCPP_OK);
    return count;
}

size_t list_entries(struct world *world)
{
    return entries_under(world, "list/");
}

size_t cache_entries(struct world *world)
{
    return entries_under(world, "cache/");
}

/* --- tokens ----------------------------------------------------------------------------------------------------------------- */

int asked(const struct world *world)
{
    return central_counts(world, "Authorize");
}

void typed(struct world *world, int evse, const char *id, enum ocpp_token_type type)
{
    const struct ocpp_token token = { id, type };
    assert_int_equal(ocpp_charge_point_token(world->cp, evse, &token, world->now), OCPP_OK);
    world_run(world);
}

void press(struct world *world, int evse)
{
    assert_int_equal(ocpp_charge_point_start_button(world->cp, evse, world->now), OCPP_OK);
    world_run(world);
}

void cached(struct world *world, const char *id, const char *status, const char *group)
{
    const char *const status_before = world->authorize_status;
    const char *const group_before = world->authorize_group;
    world->authorize_status = status;
    world->authorize_group = group;
    card(world, 1, id);
    if (world->judged == OCPP_AUTHORIZATION_ACCEPTED && !world->judged_master_pass) {
        card(world, 1, id); /* it is taken back before anything is plugged in */
    }
    world->authorize_status = status_before;
    world->authorize_group = group_before;
    central_forgets(world);
}
