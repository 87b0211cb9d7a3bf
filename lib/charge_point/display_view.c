/* display_view.c: what a display is to show now, and until when that holds: a function of the messages, of what goes on there and
 * of the time. OCPP 2.0.1 O01.FR.06 to FR.09, FR.12 to FR.16; O02.FR.06 to FR.09, FR.14 to FR.18. */
#include "display_messages.h"

#include <string.h>

#include "languages.h"

/* --- one message -------------------------------------------------------------------------------------------------------- */

static bool is_of(const struct message *message, const struct screen *screen)
{
    for (size_t i = 0; i < screen->transaction_count; i++) {
        if (memcmp(screen->transactions[i], message->transaction, UUID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether it belongs here as things stand, whatever the time. */
static bool belongs(const struct message *message, const struct screen *screen)
{
    return (message->display < 0 ? screen->is_main : message->display == screen->display) &&
           (message->state == OCPP_MESSAGE_ANY_STATE || message->state == (uint8_t)screen->state) &&
           (!message->has_transaction || is_of(message, screen));
}

/* Whether its time has come and is not over. While nobody knows the time, no date is believed. */
static bool is_on(const struct message *message, int64_t utc_ms)
{
    const bool has_dates = message->start_utc_ms != OCPP_UTC_UNKNOWN || message->end_utc_ms != OCPP_UTC_UNKNOWN;
    if (!has_dates) {
        return true;
    }
    return utc_ms != OCPP_UTC_UNKNOWN && (message->start_utc_ms == OCPP_UTC_UNKNOWN || message->start_utc_ms <= utc_ms) &&
           (message->end_utc_ms == OCPP_UTC_UNKNOWN || utc_ms < message->end_utc_ms);
}

/* --- those that take turns ---------------------------------------------------------------------------------------------- */

struct turns {
    const struct message *messages;
    size_t count;
    const struct screen *screen;
    int64_t utc_ms;
    int priority; /* of those that are shown */
    bool knows_driver;
};

static bool competes(const struct turns *turns, size_t i)
{
    return turns->messages[i].priority == turns->priority && belongs(&turns->messages[i], turns->screen) &&
           is_on(&turns->messages[i], turns->utc_ms);
}

/* Whether two say the same to people of different tongues. */
static bool is_variant(const struct message *a, const struct message *b)
{
    return a->start_utc_ms == b->start_utc_ms && a->end_utc_ms == b->end_utc_ms && a->state == b->state &&
           a->display == b->display && a->has_transaction == b->has_transaction &&
           memcmp(a->transaction, b->transaction, UUID_BYTES) == 0;
}

/* A text in another language is left out where there is one that suits the driver better. */
static bool is_shown(const struct turns *turns, size_t i)
{
    const struct message *message = &turns->messages[i];
    if (!competes(turns, i)) {
        return false;
    }
    if (!turns->knows_driver || message->language[0] == '\0') {
        return true;
    }
    const int rank = ocpp_language_rank(message->language, turns->screen->languages);
    for (size_t other = 0; other < turns->count; other++) {
        const struct message *variant = &turns->messages[other];
        if (variant->language[0] != '\0' && is_variant(message, variant) && competes(turns, other) &&
            ocpp_language_rank(variant->language, turns->screen->languages) < rank) {
            return false;
        }
    }
    return true;
}

/* The priority of those that are shown; that of none when there is none. */
static int front(const struct turns *turns)
{
    int best = OCPP_MESSAGE_PRIORITIES;
    for (size_t i = 0; i < turns->count; i++) {
        const struct message *message = &turns->messages[i];
        const bool is_here = belongs(message, turns->screen) && is_on(message, turns->utc_ms);
        best = is_here && message->priority < best ? message->priority : best;
    }
    return best;
}

static int message_of_turn(const struct turns *turns, size_t turn)
{
    for (size_t i = 0; i < turns->count; i++) {
        if (is_shown(turns, i) && turn-- == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* --- until when --------------------------------------------------------------------------------------------------------- */

/* When the next of those that belong here begins or ends. */
static int64_t next_date(const struct turns *turns)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < turns->count; i++) {
        const struct message *message = &turns->messages[i];
        const int64_t dates[] = { message->start_utc_ms, message->end_utc_ms };
        for (int d = 0; d < 2 && belongs(message, turns->screen); d++) {
            next = dates[d] != OCPP_UTC_UNKNOWN && dates[d] > turns->utc_ms && dates[d] < next ? dates[d] : next;
        }
    }
    return next;
}

static int64_t mono_of(int64_t utc_ms, struct ocpp_now now)
{
    if (utc_ms == INT64_MAX || now.utc_ms == OCPP_UTC_UNKNOWN || utc_ms - now.utc_ms > OCPP_NEVER - 1 - now.mono_ms) {
        return OCPP_NEVER;
    }
    return now.mono_ms + (utc_ms - now.utc_ms);
}

struct screen_view ocpp_screen_view(const struct message *messages, size_t count, const struct screen *screen,
                                    struct ocpp_now now)
{
    struct turns turns = { .messages = messages, .count = count, .screen = screen, .utc_ms = now.utc_ms };
    turns.knows_driver = screen->languages[0][0] != '\0' || screen->languages[1][0] != '\0';
    turns.priority = front(&turns);
    struct screen_view view = { .message = -1, .until_mono_ms = mono_of(next_date(&turns), now) };
    for (size_t i = 0; i < count; i++) {
        view.turns += is_shown(&turns, i);
    }
    if (view.turns == 0) {
        return view;
    }
    view.turns += turns.priority == OCPP_MESSAGE_NORMAL_CYCLE ? (size_t)screen->own_turns : 0;
    const int64_t round = now.mono_ms / screen->turn_ms;
    view.message = message_of_turn(&turns, (size_t)(round % (int64_t)view.turns));
    const int64_t next_turn = view.turns > 1 ? (round + 1) * screen->turn_ms : OCPP_NEVER;
    view.until_mono_ms = next_turn < view.until_mono_ms ? next_turn : view.until_mono_ms;
    return view;
}
