/* visit_reserve.c: a place is asked for, and both sides get its number. Whoever has not said so in time does not have it (C3). */
#include "order_internal.h"
#include "places.h"
#include "timers.h"
#include "visit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_TRIES = 16, STATION_MAXIMUM = OCPP_IDENTITY_SIZE - 1 };

struct wanted {
    const char *station;
    int evse;
    const struct ocpp_token *token;
    int minutes;
};

/* --- its number ------------------------------------------------------------------------------------------------------------ */

/* Out of the 128 bits of an id that nobody is told: so the number is the same when the decision is made again. */
static uint64_t bits_of(const char *id)
{
    uint64_t bits = 0;

    for (; *id; id++) {
        bits = bits * 37 + (unsigned char)*id;
    }
    return bits;
}

/* Unique for its operator while it is live. */
static const char *new_number(struct command *command)
{
    char text[OCPP_SETTLE_NUMBER_SIZE];

    for (int i = 0; i < NUMBER_TRIES && !command_failed(command); i++) {
        snprintf(text, sizeof text, "RSV%08u", (unsigned)(bits_of(command_id(command)) % 100000000U));
        if (!command_read(command, command_key(command, "number", text, NULL), &row_number_owner_type)) {
            return order_text(command, text);
        }
    }
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "too many numbers are in use");
    return NULL;
}

static const char *booked_key(struct command *command, const char *station, int64_t reservation)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, reservation);
    return command_key(command, "booked", station, digits, NULL);
}

static int64_t new_reservation(struct command *command, const char *station)
{
    for (int i = 0; i < NUMBER_TRIES && !command_failed(command); i++) {
        const int64_t id = 1 + (int64_t)(bits_of(command_id(command)) % 2147483646U);

        if (!command_read(command, booked_key(command, station, id), &row_number_owner_type)) {
            return id;
        }
    }
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "too many reservations at that pile");
    return 1;
}

/* --- whether it may be ------------------------------------------------------------------------------------------------------ */

struct other {
    const struct row_place *not_this;
    const struct row_place *best;
    int64_t far;
};

static int64_t far_from(const struct row_place *a, const struct row_place *b)
{
    const int64_t north = a->latitude > b->latitude ? a->latitude - b->latitude : b->latitude - a->latitude;
    const int64_t east = a->longitude > b->longitude ? a->longitude - b->longitude : b->longitude - a->longitude;

    return north + east;
}

static bool look_for_other(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_place *place = record;
    struct other *other = user;
    const int64_t far = far_from(place, other->not_this);
    const bool is_same = place->evse == other->not_this->evse && strcmp(place->station, other->not_this->station) == 0;

    (void)key;
    if (!is_same && place->is_bookable && places_is_free(place) && strcmp(place->connector, other->not_this->connector) == 0 &&
        (!other->best || far < other->far) && places_is_reached(command, place)) {
        other->best = place;
        other->far = far;
    }
    return true;
}

/* C2. The nearest one that would do as well: "STATION/EVSE". */
static const char *find_other(struct command *command, const struct row_place *place)
{
    struct other other = { .not_this = place };
    char text[OCPP_IDENTITY_SIZE + 24];

    command_each(command, command_key(command, "place", "", NULL), &row_place_type, look_for_other, &other);
    if (!other.best || command_failed(command)) {
        return NULL;
    }
    snprintf(text, sizeof text, "%s/%d", other.best->station, (int)other.best->evse);
    return order_text(command, text);
}

static void refuse_taken(struct command *command, const struct row_place *place)
{
    const char *other = find_other(command, place);
    char reason[160];

    snprintf(reason, sizeof reason, "it is taken%s%s", other ? "; free is " : "", other ? other : "");
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, reason);
}

static struct row_place *bookable_place(struct command *command, const struct wanted *wanted)
{
    struct row_place *place = visit_place(command, wanted->station, wanted->evse);

    if (command_failed(command)) {
        return NULL;
    }
    if (!place) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such place");
    } else if (!place->is_bookable || !command_settle(command)->settings.reserve) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "the pile keeps no places");
    } else if (!places_is_free(place)) {
        refuse_taken(command, place);
    }
    return command_failed(command) ? NULL : place;
}

/* --- asking ----------------------------------------------------------------------------------------------------------------- */

struct reserving {
    char visit[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    int evse;
    int64_t id;
    char number[OCPP_SETTLE_NUMBER_SIZE];
    int64_t expires;
};

static void reserve_now(struct ocpp_settle *settle, const void *data)
{
    const struct reserving *what = data;
    const struct ocpp_settle_reservation reservation = {
        .visit = what->visit,
        .station = what->station,
        .evse = what->evse,
        .id = what->id,
        .token = { .id = what->number, .type = OCPP_TOKEN_KEY_CODE },
        .expires_utc_ms = what->expires,
    };

    if (settle->settings.reserve) {
        settle->settings.reserve(&reservation, settle->settings.user);
    }
}

static void ask_pile(struct command *command, const struct row_visit *visit)
{
    struct reserving what = { .evse = (int)visit->evse, .id = visit->reservation, .expires = visit->until };

    snprintf(what.visit, sizeof what.visit, "%s", visit->id);
    snprintf(what.station, sizeof what.station, "%s", visit->station);
    snprintf(what.number, sizeof what.number, "%s", visit->number);
    command_effect(command, reserve_now, &what, sizeof what);
}

static struct row_visit *make_visit(struct command *command, const struct wanted *wanted, const char *order)
{
    struct row_visit *visit = order_take(command, sizeof *visit);
    const char *number = new_number(command);
    const int64_t now = command_utc_ms(command);

    if (!visit || !number) {
        return NULL;
    }
    *visit = (struct row_visit){ .id = command_id(command),
                                 .order = order,
                                 .station = order_text(command, wanted->station),
                                 .evse = wanted->evse,
                                 .state = ROW_VISIT_STATE_ASKED,
                                 .number = number,
                                 .reservation = new_reservation(command, wanted->station),
                                 .asked_at = now,
                                 .until = now + (int64_t)wanted->minutes * 60000 };
    return command_failed(command) ? NULL : visit;
}

static void note_place(struct command *command, const struct wanted *wanted, struct row_place *place, const char *visit)
{
    place->visit = visit;
    command_put(command, visit_place_key(command, wanted->station, wanted->evse), &row_place_type, place);
}

static void reserve_body(struct command *command, void *args)
{
    const struct wanted *wanted = args;
    const struct ocpp_settle_user_token token = { wanted->token->id, ocpp_token_type_name(wanted->token->type) };
    struct row_place *place = bookable_place(command, wanted);
    struct row_order *order = place ? order_open(command, &token, wanted->station) : NULL;
    struct row_visit *visit = order ? make_visit(command, wanted, order->id) : NULL;

    if (!visit) {
        return;
    }
    const struct row_number_owner owner = { .visit = visit->id };
    order->visit = visit->id;
    order_put(command, order);
    note_place(command, wanted, place, visit->id);
    command_put(command, command_key(command, "number", visit->number, NULL), &row_number_owner_type, &owner);
    command_put(command, booked_key(command, visit->station, visit->reservation), &row_number_owner_type, &owner);
    visit_put(command, visit);
    command_state(command, "visit", visit->id, NULL, "Asked", NULL);
    visit_tell(command, visit, "Asked", NULL);
    command_timer(command, TIMER_VISIT, visit->id, command_utc_ms(command) + 1000 * command_policy(command)->confirm_within_s);
    command_result(command, visit->id);
    ask_pile(command, visit);
}

/* --- what both sides say ------------------------------------------------------------------------------------------------------
 */

struct told {
    const char *visit;
    enum ocpp_settle_reserved outcome;
    const char *number;
    const char *station;
    int64_t reservation;
    const char *word;
};

static void not_bookable(struct command *command, const struct row_visit *visit)
{
    struct row_place *place = visit_place(command, visit->station, visit->evse);

    if (place) {
        place->is_bookable = false;
        command_put(command, visit_place_key(command, visit->station, visit->evse), &row_place_type, place);
    }
}

static void answered_body(struct command *command, void *args)
{
    static const enum visit_event events[] = {
        [OCPP_SETTLE_RESERVED] = VISIT_PILE_HAS,
        [OCPP_SETTLE_RESERVE_OCCUPIED] = VISIT_PILE_SAYS_NO,
        [OCPP_SETTLE_RESERVE_NOT_SUPPORTED] = VISIT_PILE_SAYS_NO,
        [OCPP_SETTLE_RESERVE_UNKNOWN] = VISIT_NO_ANSWER,
    };
    static const char *const reasons[] = {
        [OCPP_SETTLE_RESERVED] = NULL,
        [OCPP_SETTLE_RESERVE_OCCUPIED] = "it is taken",
        [OCPP_SETTLE_RESERVE_NOT_SUPPORTED] = "the pile keeps no places",
        [OCPP_SETTLE_RESERVE_UNKNOWN] = "the pile did not say whether it has the number",
    };
    const struct told *told = args;
    struct row_visit *visit = visit_edit(command, told->visit);
    const struct row_place *place = visit ? visit_place(command, visit->station, visit->evse) : NULL;

    if (!visit) {
        return;
    }
    if (events[told->outcome] == VISIT_PILE_SAYS_NO && place && visit_is_live(visit->state)) {
        visit->other = find_other(command, place);
    }
    (void)visit_happens(command, visit, events[told->outcome], reasons[told->outcome]);
    if (told->outcome == OCPP_SETTLE_RESERVE_NOT_SUPPORTED) {
        not_bookable(command, visit);
    }
}

static void confirm_body(struct command *command, void *args)
{
    const struct told *told = args;
    struct row_visit *visit = visit_edit(command, told->visit);

    if (!visit) {
        return;
    }
    command_result(command, visit->id);
    if (!visit_is_live(visit->state)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is used, or over");
    } else if (strlen(told->number) != strlen(visit->number) ||
               !ocpp_settle_same_bytes(told->number, visit->number, strlen(visit->number))) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, "that is not its number");
    } else {
        (void)visit_happens(command, visit, VISIT_PHONE_HAS, NULL); /* said before: nothing new */
    }
}

static void cancel_body(struct command *command, void *args)
{
    const struct told *told = args;
    struct row_visit *visit = visit_edit(command, told->visit);

    if (visit && visit_is_live(visit->state)) {
        visit->has_ended_at = true;
        visit->ended_at = command_utc_ms(command);
    }
    if (visit && !visit_happens(command, visit, VISIT_UNWANTED, "the user's word")) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it is used, or over");
    }
    if (visit) {
        command_result(command, visit->id);
    }
}

/* 2.x. Whoever has the earlier clock says that the time is over; in 1.6 that is always us (C6). */
static void ended_body(struct command *command, void *args)
{
    const struct told *told = args;
    const struct row_number_owner *owner =
        command_read(command, booked_key(command, told->station, told->reservation), &row_number_owner_type);
    struct row_visit *visit = owner ? visit_edit(command, owner->visit) : NULL;

    if (!visit) {
        return;
    }
    if (strcmp(told->word, "Expired") == 0 && visit->state == ROW_VISIT_STATE_CONFIRMED) {
        visit->has_is_expired = visit->is_expired = visit->has_ended_at = true;
        visit->ended_at = command_utc_ms(command);
        (void)visit_happens(command, visit, VISIT_TIME_OVER, "the pile says that its time is over");
    } else if (strcmp(told->word, "NoTransaction") == 0) { /* 2.1: used, and nothing began: the policy says what that costs */
        visit->has_ended_at = true;
        visit->ended_at = command_utc_ms(command);
        (void)visit_happens(command, visit, VISIT_DROPPED, "it was used, and nothing began");
    } else {
        visit->has_from = false; /* no fee: it was not the user's doing */
        (void)visit_happens(command, visit, VISIT_DROPPED, "the pile keeps it no more");
    }
}

/* --- its time -----------------------------------------------------------------------------------------------------------------
 */

static void time_to_pay(struct command *command, struct row_visit *visit)
{
    if (command_utc_ms(command) >= visit->deadline_at) {
        (void)visit_happens(command, visit, VISIT_LET_GO, "Deadline");
        return;
    }
    visit_prompt(command, visit, false);
    visit_put(command, visit);
}

void visit_timer(struct command *command, void *visit_id)
{
    struct row_visit *visit = visit_edit(command, visit_id);

    if (!visit) {
        return;
    }
    if (visit->state == ROW_VISIT_STATE_PAYING) {
        time_to_pay(command, visit);
    } else if (visit->state == ROW_VISIT_STATE_MATCHED) {
        order_vehicle_is_over(command,
                              visit->order); /* its transaction goes on until the cable is pulled, and that waits for us */
    } else if (visit->state == ROW_VISIT_STATE_CONFIRMED) {
        visit->has_is_expired = visit->is_expired = true;
        (void)visit_happens(command, visit, VISIT_TIME_OVER, "nobody came");
    } else if (visit_is_live(visit->state)) {
        (void)visit_happens(command, visit, VISIT_NO_ANSWER,
                            visit->state == ROW_VISIT_STATE_TOLD ? "the phone did not say that it has the number"
                                                                 : "the pile did not say whether it has the number");
    }
}

/* --- entry points
 * --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, name, body, args, done);
}

static bool is_text(const char *text, size_t most)
{
    return text && text[0] && strlen(text) <= most;
}

/* C12. Asked in a command of its own: a refusal would take it back. */
static void debt_body(struct command *command, void *args)
{
    const struct wanted *wanted = args;
    const struct ocpp_settle_user_token token = { wanted->token->id, ocpp_token_type_name(wanted->token->type) };

    (void)order_ask_for_debt(command, &token, wanted->station);
}

enum ocpp_status ocpp_settle_reserve(struct ocpp_settle *settle, const char *station, int evse, const struct ocpp_token *token,
                                     int minutes, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct wanted wanted = { station, evse, token, minutes };

    if (!is_text(station, STATION_MAXIMUM) || evse < 1 || !token || !is_text(token->id, 255) || minutes < 1 ||
        minutes * INT64_C(60) > settle->settings.policy.reservation_longest_s) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = run(settle, "debt", debt_body, &wanted, NULL, now);
    return status != OCPP_OK ? status : run(settle, "reserve", reserve_body, &wanted, done, now);
}

enum ocpp_status ocpp_settle_reserve_answered(struct ocpp_settle *settle, const char *visit, enum ocpp_settle_reserved outcome,
                                              struct ocpp_now now)
{
    struct told told = { .visit = visit, .outcome = outcome };

    if (!is_text(visit, 80) || (unsigned)outcome > OCPP_SETTLE_RESERVE_UNKNOWN) {
        return OCPP_ERR_ARGUMENT;
    }
    return run(settle, "reserve answered", answered_body, &told, NULL, now);
}

enum ocpp_status ocpp_settle_confirm(struct ocpp_settle *settle, const char *visit, const char *number,
                                     const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct told told = { .visit = visit, .number = number };

    return is_text(visit, 80) && is_text(number, 80) ? run(settle, "confirm", confirm_body, &told, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_visit_cancel(struct ocpp_settle *settle, const char *visit, const struct ocpp_settle_done *done,
                                          struct ocpp_now now)
{
    struct told told = { .visit = visit };

    return is_text(visit, 80) ? run(settle, "cancel visit", cancel_body, &told, done, now) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_reservation_ended(struct ocpp_settle *settle, const char *station, int64_t reservation,
                                               const char *word, struct ocpp_now now)
{
    struct told told = { .station = station, .reservation = reservation, .word = word ? word : "" };

    return is_text(station, STATION_MAXIMUM) ? run(settle, "reservation ended", ended_body, &told, NULL, now) : OCPP_ERR_ARGUMENT;
}
