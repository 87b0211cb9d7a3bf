/* closed.c: rows that are over and old are removed, a few hundred looked at at a time. */
#include "closed.h"
#include "piles.h"
#include "terminal_starts.h"
#include "timers.h"

#include <string.h>

/* A row that has to be read besides is one of those that a command may see. */
enum { LOOK_EVERY_S = 86400, LOOKED_AT = 500, LOOKED_INTO = 60, REMOVED_AT_ONCE = 50, STARTS_AT_ONCE = 2 };

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

/* --- of terminals ------------------------------------------------------------------------------------------------------- */

static bool is_forgotten(struct command *command, const char *terminal)
{
    return !command_read(command, command_key(command, "terminal", terminal, NULL), &row_terminal_type);
}

static bool start_is_over(struct command *command, const void *record)
{
    const struct row_start *start = record;
    const bool is_done =
        start->phase == ROW_START_PHASE_PAID || start->phase == ROW_START_PHASE_VOID || start->phase == ROW_START_PHASE_FAILED;

    return is_done &&
           (is_old(command, start->has_ended_at ? start->ended_at : start->asked_at) || is_forgotten(command, start->terminal));
}

/* What the pile was told of it, by a stream that bears its name. */
static const char *stream_of_start(struct command *command, const void *record)
{
    const struct row_start *start = record;

    return command_key(command, "stream", start->station, start->id, NULL);
}

static const char *told_of_start(struct command *command, const void *record)
{
    const struct row_start *start = record;

    return command_key(command, "out", start->station, start->id, "", NULL);
}

static bool remove_row(struct command *command, const char *key, const void *record, void *user)
{
    (void)record, (void)user;
    command_remove(command, key);
    return !command_failed(command);
}

static void remove_what_was_said(struct command *command, const void *record)
{
    const struct row_start *start = record;
    const char *const tickets[] = { start->ticket, start->last_ticket };

    command_each(command, command_key(command, "said", start->id, "", NULL), &row_said_type, remove_row, NULL);
    for (size_t i = 0; i < 2; i++) {
        if (tickets[i]) {
            command_remove(command, command_key(command, "ticket", tickets[i], NULL));
        }
    }
}

static bool association_is_over(struct command *command, const void *record)
{
    const struct row_association *association = record;

    return association->has_revoked_at &&
           (is_old(command, association->revoked_at) || is_forgotten(command, association->terminal));
}

static bool terminal_is_over(struct command *command, const void *record)
{
    const struct row_terminal *terminal = record;

    return terminal->has_revoked_at && is_old(command, terminal->revoked_at);
}

/* The versions of its list begin with the time it is made at: so they rise although it was forgotten in between. */
static bool car_is_over(struct command *command, const void *record)
{
    const struct row_car *car = record;

    (void)command;
    return car->terminals.count == 0;
}

/* --- all of them -------------------------------------------------------------------------------------------------------- */

static const struct closed_kind {
    const char *name;
    const struct ocpp_type *type;
    size_t looked_at;
    size_t at_once;
    bool (*is_over)(struct command *command, const void *record);
    const char *(*stream)(struct command *command, const void *record); /* the key of the one it has for itself; NULL: none */
    const char *(*told)(struct command *command, const void *record);   /* the prefix of what still waits in it */
    void (*remove)(struct command *command, const void *record);        /* what goes with it; NULL: nothing */
} kinds[] = {
    { CLOSED_INSERTION, &row_insertion_type, LOOKED_AT, REMOVED_AT_ONCE, insertion_is_over, stream_of_insertion,
      told_of_insertion, NULL },
    { CLOSED_SUSPENSE, &row_suspense_type, LOOKED_AT, REMOVED_AT_ONCE, suspense_is_over, NULL, NULL, NULL },
    { CLOSED_UNMET, &row_unmet_mark_type, LOOKED_INTO, REMOVED_AT_ONCE, unmet_is_over, NULL, NULL, NULL },
    { CLOSED_START, &row_start_type, LOOKED_INTO, STARTS_AT_ONCE, start_is_over, stream_of_start, told_of_start,
      remove_what_was_said },
    { CLOSED_BELONGS, &row_association_type, LOOKED_INTO, REMOVED_AT_ONCE, association_is_over, NULL, NULL, NULL },
    { CLOSED_TERMINAL, &row_terminal_type, LOOKED_AT, REMOVED_AT_ONCE, terminal_is_over, NULL, NULL, NULL },
    { CLOSED_CAR, &row_car_type, LOOKED_AT, REMOVED_AT_ONCE, car_is_over, NULL, NULL, NULL },
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
        const void *record;
    } over[REMOVED_AT_ONCE];
    size_t count;
    size_t seen;
    const char *next; /* where to go on; NULL: all was seen */
};

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    struct look *look = user;

    if (look->seen == look->kind->looked_at || look->count == look->kind->at_once) {
        look->next = key;
        return false;
    }
    look->seen++;
    if (look->kind->is_over(command, record)) {
        look->over[look->count].key = key;
        look->over[look->count].record = record;
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
    if (look->kind->remove) {
        look->kind->remove(command, look->over[i].record);
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

void closed_look(struct command *command, const char *kind)
{
    command_timer(command, TIMER_CLOSED, kind, command_utc_ms(command));
}
