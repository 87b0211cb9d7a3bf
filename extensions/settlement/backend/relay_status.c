/* relay_status.c: what piles say of themselves, by whatever road and however late. A status proves that an authorisation was used
 * (D6), or that it never will be (D17); its page and hash show a store that went back (D10). */
#include "relay_internal.h"
#include "relay_orders.h"
#include "timers.h"

#include <string.h>

struct status_args {
    const char *token;
    size_t size;
};

/* --- authorisations -------------------------------------------------------------------------------------------------- */

static int64_t capture_at(struct command *command, const struct row_relay_authorisation *authorisation)
{
    return authorisation->hold_until - 1000 * relay_settings(command)->capture_before_s;
}

void relay_used(struct command *command, struct row_relay_authorisation *authorisation)
{
    if (authorisation->state != ROW_RELAY_STATE_READY) {
        return;
    }
    command_state(command, "authorisation", authorisation->id, "Ready", "Used", NULL);
    authorisation->state = ROW_RELAY_STATE_USED;
    authorisation->has_used_at = true;
    authorisation->used_at = command_utc_ms(command);
    relay_put(command, authorisation);
    if (command_utc_ms(command) >= capture_at(command, authorisation)) {
        relay_capture(command, authorisation);
    }
}

/* D17. It was good and will never begin: what it holds is let go now. */
static void refused(struct command *command, struct row_relay_authorisation *authorisation)
{
    struct row_order *order =
        authorisation->state == ROW_RELAY_STATE_READY && authorisation->order ? order_edit(command, authorisation->order) : NULL;

    if (!order) {
        return;
    }
    relay_over(command, authorisation, ROW_RELAY_STATE_REFUSED, "the pile could not use it");
    order->relay = NULL;
    order_put(command, order);
    order_review(command, order->id);
}

static void take_use(struct command *command, const struct row_relay_pile *pile, const struct ocpp_settle_authorisation_use *use)
{
    struct row_relay_authorisation *authorisation = ocpp_settle_id_is_valid(use->jti) ? relay_find(command, use->jti) : NULL;

    if (!authorisation || strcmp(authorisation->pile, pile->pile) != 0) {
        return;
    }
    if (use->state == OCPP_SETTLE_USE_STATE_REFUSED) {
        refused(command, authorisation);
    } else {
        relay_used(command, authorisation);
    }
}

/* D6. Its hold is over: with proof that it began, what was frozen is taken; without, it is let go. */
void relay_waited(struct command *command, void *authorisation_id)
{
    struct row_relay_authorisation *authorisation = relay_find(command, authorisation_id);
    struct row_order *order = authorisation && authorisation->order ? order_edit(command, authorisation->order) : NULL;

    if (!order) {
        return;
    }
    if (authorisation->state == ROW_RELAY_STATE_USED) {
        relay_capture(command, authorisation);
        return;
    }
    if (command_utc_ms(command) < authorisation->hold_until) {
        command_timer(command, TIMER_RELAY, authorisation->id, authorisation->hold_until);
        return;
    }
    relay_over(command, authorisation, ROW_RELAY_STATE_EXPIRED, "nobody has shown that it began");
    order->relay = NULL;
    order_put(command, order);
    order_review(command, order->id);
}

bool relay_hold_ends(struct command *command, const struct row_order *order)
{
    struct row_relay_authorisation *authorisation = order->relay ? relay_find(command, order->relay) : NULL;

    if (!authorisation || authorisation->state != ROW_RELAY_STATE_USED) {
        return false;
    }
    relay_capture(command, authorisation);
    return true;
}

/* --- the chain ------------------------------------------------------------------------------------------------------- */

/* A status that is older than one we have says nothing new; phones bring them in any order. */
static bool is_newer(const struct row_relay_pile *pile, const struct ocpp_settle_pile_status *status)
{
    return status->now.boot > pile->told_boot ||
           (status->now.boot == pile->told_boot && status->now.mono_ms >= pile->told_mono_ms);
}

/* One that is brought again, by whomever, says nothing and is no reason to write. */
static bool is_news(const struct row_relay_pile *pile, const struct ocpp_settle_pile_status *status)
{
    return is_newer(pile, status) && !(pile->has_told_at && status->now.boot == pile->told_boot &&
                                       status->now.mono_ms == pile->told_mono_ms && status->page == pile->told_page);
}

static void note_status(struct command *command, struct row_relay_pile *pile, const struct ocpp_settle_pile_status *status)
{
    pile->told_page = status->page;
    pile->told_boot = status->now.boot;
    pile->told_mono_ms = status->now.mono_ms;
    pile->has_told_at = true;
    pile->told_at = pile->seen_at = command_utc_ms(command);
    pile->has_seen_at = true;
    relay_pile_put(command, pile);
}

static const char *fork_of(struct command *command, const struct row_relay_pile *pile,
                           const struct ocpp_settle_pile_status *status)
{
    const struct row_relay_page *page =
        command_read(command, relay_page_key(command, "relaypage", pile->pile, status->page), &row_relay_page_type);

    if (page && strcmp(page->hash, status->prev) != 0) {
        return "its last page is not the one that was brought";
    }
    return is_newer(pile, status) && status->page < pile->told_page ? "its store went back" : NULL;
}

static void status_body(struct command *command, void *args)
{
    const struct status_args *said = args;
    struct relay_said read;

    if (!relay_read(command, said->token, said->size, OCPP_SETTLE_TYP_PILE_STATUS, &ocpp_settle_pile_status_type, &read)) {
        return;
    }
    const struct ocpp_settle_pile_status *status = read.message;
    struct row_relay_pile *pile = relay_pile_edit(command, read.key->pile);
    if (!pile) {
        return;
    }
    if (read.key->is_revoked || strcmp(status->iss, pile->pile) != 0) {
        relay_junk(command, pile->pile, OCPP_SETTLE_TYP_PILE_STATUS, "its key counts no more");
        return;
    }
    const char *fork = fork_of(command, pile, status);
    if (is_news(pile, status)) {
        note_status(command, pile, status);
    }
    if (fork) {
        relay_quarantine(command, pile, fork);
    }
    for (size_t i = 0; i < status->used.count && pile->state == ROW_RELAY_PILE_STATE_ENROLLED; i++) {
        take_use(command, pile, &status->used.items[i]);
    }
    if (status->house && pile->state == ROW_RELAY_PILE_STATE_ENROLLED) {
        relay_house_status(command, pile->pile, status->house);
    }
    command_result(command, pile->pile);
}

enum ocpp_status ocpp_settle_relay_status(struct ocpp_settle *settle, const char *token, size_t size,
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct status_args args = { token, size };

    return token ? relay_run(settle, "relay status", status_body, &args, done, now) : OCPP_ERR_ARGUMENT;
}
