/* visit.c: rows of guided visits, their numbers, and what follows when one has another state. */
#include "visit.h"
#include "order_internal.h"
#include "timers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

const struct row_visit *visit_find(struct command *command, const char *id)
{
    return id ? command_read(command, command_key(command, "visit", id, NULL), &row_visit_type) : NULL;
}

struct row_visit *visit_edit(struct command *command, const char *id)
{
    const char *key = command_key(command, "visit", id, NULL);

    return command_read_needed(command, key, &row_visit_type, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER)
               ? command_edit(command, key, &row_visit_type)
               : NULL;
}

void visit_put(struct command *command, const struct row_visit *visit)
{
    command_put(command, command_key(command, "visit", visit->id, NULL), &row_visit_type, visit);
}

const char *visit_place_key(struct command *command, const char *station, int64_t evse)
{
    char number[24];

    snprintf(number, sizeof number, "%04" PRId64, evse);
    return command_key(command, "place", station, number, NULL);
}

struct row_place *visit_place(struct command *command, const char *station, int64_t evse)
{
    return command_edit(command, visit_place_key(command, station, evse), &row_place_type);
}

/* --- numbers --------------------------------------------------------------------------------------------------------------- */

bool visit_number_has_form(const char *text)
{
    return text && strlen(text) == OCPP_SETTLE_NUMBER_SIZE - 1 && strncmp(text, "RSV", 3) == 0 &&
           strspn(text + 3, "0123456789") == OCPP_SETTLE_NUMBER_SIZE - 4;
}

/* C4. The store finds a row by its name; that it is the same number is decided in a time that tells nothing. */
struct row_visit *visit_with_number(struct command *command, const char *number)
{
    const struct row_number_owner *owner =
        visit_number_has_form(number)
            ? command_read(command, command_key(command, "number", number, NULL), &row_number_owner_type)
            : NULL;
    struct row_visit *visit =
        owner ? command_edit(command, command_key(command, "visit", owner->visit, NULL), &row_visit_type) : NULL;

    return visit && !visit_is_over(visit->state) && strlen(visit->number) == strlen(number) &&
                   ocpp_settle_same_bytes(visit->number, number, OCPP_SETTLE_NUMBER_SIZE - 1)
               ? visit
               : NULL;
}

/* --- what follows ---------------------------------------------------------------------------------------------------------- */

struct unreserving {
    char station[OCPP_IDENTITY_SIZE];
    int64_t reservation;
};

static void unreserve_now(struct ocpp_settle *settle, const void *data)
{
    const struct unreserving *what = data;

    if (settle->settings.cancel_reservation) {
        settle->settings.cancel_reservation(what->station, what->reservation, settle->settings.user);
    }
}

static void unreserve(struct command *command, const struct row_visit *visit)
{
    struct unreserving what = { .reservation = visit->reservation };

    snprintf(what.station, sizeof what.station, "%s", visit->station);
    command_effect(command, unreserve_now, &what, sizeof what);
}

static void set_free(struct command *command, const struct row_visit *visit)
{
    char digits[24];
    struct row_place *place = visit_place(command, visit->station, visit->evse);

    snprintf(digits, sizeof digits, "%" PRId64, visit->reservation);
    command_remove(command, command_key(command, "number", visit->number, NULL));
    command_remove(command, command_key(command, "booked", visit->station, digits, NULL));
    if (place && place->visit && strcmp(place->visit, visit->id) == 0) {
        place->visit = NULL;
        command_put(command, visit_place_key(command, visit->station, visit->evse), &row_place_type, place);
    }
}

/* Its place is kept, and costs what the tariff says, from here on (I14: until its time is over). */
static void keep(struct command *command, struct row_visit *visit)
{
    visit->has_from = true;
    visit->from = command_utc_ms(command);
    command_timer(command, TIMER_VISIT, visit->id, visit->until);
}

static void ask(struct command *command, struct row_visit *visit)
{
    const int64_t now = command_utc_ms(command);

    visit->has_ended_at = true;
    visit->ended_at = now;
    visit->has_deadline_at = true;
    visit->deadline_at = now + 1000 * command_policy(command)->gate_longest_s;
    if (visit->has_requested_at) {
        const int64_t sooner = visit->requested_at + 1000 * command_policy(command)->gate_within_s;

        visit->deadline_at = sooner > now && sooner < visit->deadline_at ? sooner : visit->deadline_at;
    }
    visit_prompt(command, visit, visit->has_requested_at);
}

static void open_gate(struct command *command, struct row_visit *visit, enum visit_event event, const char *reason)
{
    command_timer_stop(command, TIMER_VISIT, visit->id);
    visit_gate_open(command, visit, event == VISIT_LET_GO ? (reason ? reason : "GivenUp") : "Paid");
}

static void act(struct command *command, struct row_visit *visit, int acts, enum visit_event event, const char *reason)
{
    if (acts & VISIT_ACT_UNRESERVE) {
        unreserve(command, visit);
    }
    if (acts & VISIT_ACT_FREE) {
        set_free(command, visit);
        command_timer_stop(command, TIMER_VISIT, visit->id);
    }
    if (acts & VISIT_ACT_KEEP) {
        keep(command, visit);
    }
    if (acts & VISIT_ACT_CLOSE) {
        command_timer_stop(command, TIMER_VISIT, visit->id); /* from here on its transaction has one */
        visit_gate_close(command, visit);
    }
    if (acts & VISIT_ACT_ASK) {
        ask(command, visit);
    }
    if (acts & VISIT_ACT_OPEN) {
        open_gate(command, visit, event, reason);
    }
}

void visit_tell(struct command *command, const struct row_visit *visit, const char *state, const char *text)
{
    const struct ocpp_settle_event event = {
        .kind = OCPP_SETTLE_EVENT_VISIT, .id = visit->id, .station = visit->station, .state = state, .text = text
    };

    order_tell_of(command, visit->order, &event);
}

bool visit_happens(struct command *command, struct row_visit *visit, enum visit_event event, const char *reason)
{
    const char *from = ocpp_enum_name(&row_visit_state_enum, (int)visit->state);
    enum row_visit_state next;
    int acts;

    if (command_failed(command) || !visit_step(visit->state, event, &next, &acts)) {
        return false;
    }
    const bool is_moved = next != visit->state;
    const char *to = ocpp_enum_name(&row_visit_state_enum, (int)next);
    visit->state = next;
    visit->reason = reason && is_moved ? order_text(command, reason) : visit->reason;
    act(command, visit, acts, event, reason);
    visit_put(command, visit);
    if (is_moved) {
        command_state(command, "visit", visit->id, from, to, reason ? reason : visit_event_name(event));
        visit_tell(command, visit, to, reason);
    }
    if (acts & VISIT_ACT_SETTLE) {
        order_review(command, visit->order);
    }
    return true;
}
