/* closed.c: insertions, suspense entries and unmet marks that are over and old are removed, a few hundred looked at at a time. */
#include "closed.h"
#include "piles.h"
#include "timers.h"

#include <string.h>

enum { LOOK_EVERY_S = 86400, LOOKED_AT = 500, REMOVED_AT_ONCE = 50 };

static bool is_old(struct command *command, int64_t at)
{
    return at < command_utc_ms(command) - command_policy(command)->remember_closed_s * 1000;
}

/* The one that lies in a slot is known by it, however long it lies there. */
static bool lies_there(struct command *command, const struct row_insertion *insertion)
{
    const char *there = bay_insertion_in(command, insertion->station, insertion->slot);

    return there && strcmp(there, insertion->id) == 0;
}

static bool insertion_is_over(struct command *command, const void *record)
{
    const struct row_insertion *insertion = record;
    const bool is_done = insertion->state == ROW_INSERTION_STATE_DONE || insertion->state == ROW_INSERTION_STATE_EJECTED;

    return is_done && is_old(command, insertion->at) && !lies_there(command, insertion);
}

/* What the pile was told of it, by a stream that bears its name: nothing follows once it is over. */
static const char *stream_of_insertion(struct command *command, const void *record)
{
    const struct row_insertion *insertion = record;

    return command_key(command, "stream", insertion->station, insertion->id, NULL);
}

static const char *told_of_insertion(struct command *command, const void *record)
{
    const struct row_insertion *insertion = record;

    return command_key(command, "out", insertion->station, insertion->id, "", NULL);
}

static bool suspense_is_over(struct command *command, const void *record)
{
    const struct row_suspense *entry = record;

    return entry->state == ROW_SUSPENSE_STATE_RESOLVED && entry->has_resolved_at && is_old(command, entry->resolved_at);
}

/* Once somebody has decided about the bank nobody waits for its pile any more. */
static bool unmet_is_over(struct command *command, const void *record)
{
    const struct row_unmet_mark *unmet = record;
    const struct row_suspense *entry =
        command_read(command, command_key(command, "suspense", unmet->suspense, NULL), &row_suspense_type);

    return !entry || suspense_is_over(command, entry);
}

static const struct closed_kind {
    const char *name;
    const struct ocpp_type *type;
    bool (*is_over)(struct command *command, const void *record);
    const char *(*stream)(struct command *command, const void *record); /* the key of the one it has for itself; NULL: none */
    const char *(*told)(struct command *command, const void *record);   /* the prefix of what still waits in it */
} kinds[] = {
    { CLOSED_INSERTION, &row_insertion_type, insertion_is_over, stream_of_insertion, told_of_insertion },
    { CLOSED_SUSPENSE, &row_suspense_type, suspense_is_over, NULL, NULL },
    { CLOSED_UNMET, &row_unmet_mark_type, unmet_is_over, NULL, NULL },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

_Static_assert((size_t)KINDS == sizeof((struct ocpp_settle *)0)->closed_from / sizeof((struct ocpp_settle *)0)->closed_from[0],
               "each kind has a place where its next look begins");

struct look {
    const struct closed_kind *kind;
    struct {
        const char *key;
        const char *stream; /* NULL: none */
        const char *told;
    } over[REMOVED_AT_ONCE];
    size_t count;
    size_t seen;
    const char *next; /* where to go on; NULL: all was seen */
};

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    struct look *look = user;

    if (look->seen == LOOKED_AT || look->count == REMOVED_AT_ONCE) {
        look->next = key;
        return false;
    }
    look->seen++;
    if (look->kind->is_over(command, record)) {
        look->over[look->count].key = key;
        look->over[look->count].stream = look->kind->stream ? look->kind->stream(command, record) : NULL;
        look->over[look->count++].told = look->kind->told ? look->kind->told(command, record) : NULL;
    }
    return !command_failed(command);
}

/* When what was removed is durable: the number of the kind, then where the next look begins. */
static void go_on_from(struct ocpp_settle *settle, const void *data)
{
    const unsigned char *bytes = data;

    memcpy(settle->closed_from[bytes[0]], bytes + 1, sizeof settle->closed_from[0]);
}

static void note_place(struct command *command, size_t number, const char *next)
{
    unsigned char place[1 + OCPP_SETTLE_KEY_SIZE] = { (unsigned char)number };

    if (next) {
        memcpy(place + 1, next, strlen(next) + 1);
    }
    command_effect(command, go_on_from, place, sizeof place);
}

static bool see_one(struct command *command, const char *key, const void *record, void *user)
{
    (void)command, (void)key, (void)record;
    *(bool *)user = true;
    return false;
}

/* A number of a stream is given once: as long as the pile did not hear the last one, all stays. */
static void forget(struct command *command, const struct look *look, size_t i)
{
    bool waits = false;

    if (look->over[i].stream) {
        command_each(command, look->over[i].told, &row_outgoing_type, see_one, &waits);
    }
    if (waits || command_failed(command)) {
        return;
    }
    if (look->over[i].stream) {
        command_remove(command, look->over[i].stream);
    }
    command_remove(command, look->over[i].key);
}

static size_t number_of(const char *name)
{
    size_t number = 0;

    while (number < KINDS && strcmp(kinds[number].name, name) != 0) {
        number++;
    }
    return number;
}

void closed_forget(struct command *command, void *name)
{
    const size_t number = number_of(name);
    struct look look = { .kind = number < KINDS ? &kinds[number] : NULL };

    if (!look.kind) {
        return;
    }
    const char *from = command_settle(command)->closed_from[number];
    command_each_from(command, command_key(command, look.kind->name, "", NULL), from[0] ? from : NULL, look.kind->type, look_at,
                      &look);
    for (size_t i = 0; i < look.count; i++) {
        forget(command, &look, i);
    }
    note_place(command, number, look.next);
    command_timer(command, TIMER_CLOSED, look.kind->name,
                  command_utc_ms(command) + (look.next ? 1 : LOOK_EVERY_S) * INT64_C(1000));
}

void closed_watch(struct command *command, const char *kind)
{
    if (command_timer_at(command, TIMER_CLOSED, kind) == OCPP_NEVER) {
        command_timer(command, TIMER_CLOSED, kind, command_utc_ms(command) + LOOK_EVERY_S * INT64_C(1000));
    }
}
