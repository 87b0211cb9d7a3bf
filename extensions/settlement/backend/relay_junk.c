/* relay_junk.c: what anybody may bring and nobody has signed. Who brings it costs us no write: what names no pile we know leaves
 * nothing in the journal, what names one an entry a minute, and both are told at most once a minute, with how often it was. What
 * stands here is the handle's memory: a restart may forget it. */
#include "command.h"
#include "relay_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EVERY_MS = 60000 };

/* The first place is for what names nobody, and for what names a pile for which no place is free. */
static struct relay_junk *place_of(struct ocpp_settle *settle, const char *pile)
{
    struct relay_junk *free_place = NULL;

    for (size_t i = 1; i < RELAY_JUNK_PLACES && pile; i++) {
        struct relay_junk *place = &settle->junk[i];

        if (place->is_used && strcmp(place->pile, pile) == 0) {
            return place;
        }
        if (!free_place && (!place->is_used || settle->now.mono_ms - place->told_mono_ms >= EVERY_MS)) {
            free_place = place;
        }
    }
    if (free_place) {
        *free_place = (struct relay_junk){ .count = 0 };
        snprintf(free_place->pile, sizeof free_place->pile, "%s", pile);
    }
    return free_place ? free_place : &settle->junk[0];
}

static bool is_due(const struct ocpp_settle *settle, const struct relay_junk *place)
{
    return !place->is_used || settle->now.mono_ms - place->told_mono_ms >= EVERY_MS;
}

struct brought {
    char pile[RELAY_PILE_SIZE]; /* "": nobody we know */
    char typ[40];
};

static void note(struct ocpp_settle *settle, const void *data)
{
    const struct brought *brought = data;
    const char *pile = brought->pile[0] ? brought->pile : NULL;
    struct relay_junk *place = place_of(settle, pile);
    char text[120];

    place->count++;
    if (!is_due(settle, place)) {
        return;
    }
    snprintf(text, sizeof text, "something that %s has not signed was brought (times since this was told: %" PRId64 ")",
             pile ? "the pile it names" : "no pile we know", place->count);
    place->is_used = true;
    place->count = 0;
    place->told_mono_ms = settle->now.mono_ms;
    backend_event(settle, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_SECURITY,
                                                       .id = brought->typ,
                                                       .station = place->pile[0] ? place->pile : NULL,
                                                       .state = "BadToken",
                                                       .text = text });
}

/* D4. */
void relay_junk(struct command *command, const char *pile, const char *typ, const char *reason)
{
    const struct ocpp_settle *settle = command_settle(command);
    struct brought brought = { .pile = "" };

    if (command_failed(command)) {
        return;
    }
    if (!pile || !is_due(settle, place_of(command_settle(command), pile))) {
        command_hush(command);
    }
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, reason);
    snprintf(brought.pile, sizeof brought.pile, "%s", pile ? pile : "");
    snprintf(brought.typ, sizeof brought.typ, "%s", typ);
    command_bookkeeping(command, true);
    command_effect(command, note, &brought, sizeof brought);
    command_bookkeeping(command, false);
}
