/* visit_gate.c: what the pile is told of its gate, and what it tells. GateClose and GateOpen are sent until they are acknowledged
 * (C10); what is to be paid is told now or with the next question of the pile, and anew before its link expires (C11). */
#include "order_internal.h"
#include "outbox.h"
#include "piles.h"
#include "timers.h"
#include "visit.h"

#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <string.h>

enum { URL_SIZE = 512, LINK_RENEWED_BEFORE_MS = 60000, END_IS_TOLD_WITHIN_MS = 60000 };

static bool has_gate(struct command *command, const char *station)
{
    const struct row_pile *pile = command_read(command, command_key(command, "pile", station, NULL), &row_pile_type);

    return pile && !pile->is_off && pile_has(pile, OCPP_SETTLE_FEATURE_GUIDED_PAYMENT);
}

static enum ocpp_settle_gate_why why_of(const char *word)
{
    const int value = word ? ocpp_enum_value(&ocpp_settle_gate_why_enum, word) : -1;

    return value > 0 ? (enum ocpp_settle_gate_why)value : OCPP_SETTLE_GATE_WHY_GIVEN_UP;
}

/* --- told ------------------------------------------------------------------------------------------------------------------- */

void visit_gate_close(struct command *command, struct row_visit *visit)
{
    const struct ocpp_settle_policy *policy = command_policy(command);
    struct ocpp_settle_gate_close_req message = { .order = visit->order,
                                                  .evse = visit->matched_evse,
                                                  .transaction = visit->transaction,
                                                  .within_s = policy->gate_within_s,
                                                  .longest_s = policy->gate_longest_s };

    if (has_gate(command, visit->station)) {
        visit->has_is_gated = visit->is_gated = true;
        command_send(command, visit->station, visit->order, &ocpp_settle_actions[OCPP_SETTLE_ACTION_GATE_CLOSE], &message,
                     &message.envelope);
    }
}

struct hiding {
    char station[OCPP_IDENTITY_SIZE];
    int64_t reservation;
};

static void hide_now(struct ocpp_settle *settle, const void *data)
{
    const struct hiding *hiding = data;

    settle->settings.hide(hiding->station, hiding->reservation, settle->settings.user);
}

/* Who comes next is not to see what somebody else had to pay. */
static void hide(struct command *command, const struct row_visit *visit)
{
    struct hiding hiding = { .reservation = visit->reservation };

    if (command_settle(command)->settings.hide && visit->has_link_until) {
        snprintf(hiding.station, sizeof hiding.station, "%s", visit->station);
        command_effect(command, hide_now, &hiding, sizeof hiding);
    }
}

void visit_gate_open(struct command *command, struct row_visit *visit, const char *why)
{
    struct ocpp_settle_gate_open_req message = { .order = visit->order, .evse = visit->matched_evse, .why = why_of(why) };

    hide(command, visit);

    if (!visit->has_opened_at) {
        visit->has_opened_at = true;
        visit->opened_at = command_utc_ms(command);
        visit->open_why = ocpp_enum_name(&ocpp_settle_gate_why_enum, (int)message.why);
    }
    if (visit->has_is_gated) {
        command_send(command, visit->station, visit->order, &ocpp_settle_actions[OCPP_SETTLE_ACTION_GATE_OPEN], &message,
                     &message.envelope);
    }
}

static int64_t parse_amount(struct command *command, const struct row_visit *visit, const char *amount)
{
    const struct row_order *order = order_read(command, visit->order);
    int64_t minor;

    return order && ocpp_settle_amount_parse(amount, strlen(amount), (int)order->exponent, &minor) == OCPP_OK ? minor : INT64_MAX;
}

static void prompted(struct command *command, void *args)
{
    const struct asked *asked = args;
    const struct ocpp_settle_payment_prompt_conf *answer = asked->answer;
    struct row_visit *visit = answer && answer->shown ? visit_edit(command, asked->subject) : NULL;

    if (visit && visit->state == ROW_VISIT_STATE_PAYING) {
        visit_shown(command, visit, parse_amount(command, visit, answer->shown));
    }
}

/* What is final is what people see; its bill is the one on the receipt (C14). */
static void note_shown(struct command *command, struct row_visit *visit, const struct row_order *order,
                       const struct ocpp_settle_bill *bill)
{
    if (bill && !visit->has_shown_minor) {
        visit->has_shown_minor = true;
        visit->shown_minor = order->due_minor > 0 ? order->due_minor : 0;
    }
    if (bill) {
        visit->shown_hash = order_text(command, bill->output_hash);
    }
}

/* Until when the newest link is good; the timer renews it before, or ends it all. */
static void renew_link(struct command *command, struct row_visit *visit)
{
    const int64_t now = command_utc_ms(command);
    const int64_t renew = now + 1000 * command_policy(command)->link_s - LINK_RENEWED_BEFORE_MS;

    visit->has_link_until = true;
    visit->link_until = now + 1000 * command_policy(command)->link_s;
    command_timer(command, TIMER_VISIT, visit->id, renew < visit->deadline_at ? renew : visit->deadline_at);
}

static const char *url_of(struct command *command, const struct row_visit *visit)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    char link[OCPP_SETTLE_LINK_SIZE];
    char url[URL_SIZE + 1];

    visit_link_write(command, visit->order, visit->link_until, link);
    snprintf(url, sizeof url, "%s%s", settings->pay_url, link);
    return order_text(command, url);
}

struct showing {
    struct ocpp_settle_shown shown;
    char visit[OCPP_SETTLE_ID_SIZE];
    char station[OCPP_IDENTITY_SIZE];
    char transaction[40];
    char currency[4];
    char url[URL_SIZE + 1];
};

static void show_now(struct ocpp_settle *settle, const void *data)
{
    const struct showing *showing = data;
    struct ocpp_settle_shown shown = showing->shown;

    shown.visit = showing->visit;
    shown.station = showing->station;
    shown.transaction = showing->transaction;
    shown.currency = showing->currency;
    shown.url = showing->url;
    settle->settings.show(&shown, settle->settings.user);
}

/* By the means OCPP has itself, whether the pile has a gate or not. */
static void show(struct command *command, const struct row_visit *visit, const struct row_order *order, const char *url)
{
    struct showing showing = { .shown = { .evse = (int)visit->matched_evse,
                                          .reservation = visit->reservation,
                                          .amount_minor = visit->prompt_minor,
                                          .exponent = (int)order->exponent,
                                          .expires_utc_ms = visit->link_until } };

    if (command_settle(command)->settings.show && url) {
        snprintf(showing.visit, sizeof showing.visit, "%s", visit->id);
        snprintf(showing.station, sizeof showing.station, "%s", visit->station);
        snprintf(showing.transaction, sizeof showing.transaction, "%s", visit->transaction);
        snprintf(showing.currency, sizeof showing.currency, "%s", order->currency);
        snprintf(showing.url, sizeof showing.url, "%s", url);
        command_effect(command, show_now, &showing, sizeof showing);
    }
}

void visit_prompt(struct command *command, struct row_visit *visit, bool is_requested)
{
    const struct row_order *order = order_read(command, visit->order);
    const int64_t missing = order ? visit_missing(command, order, NULL) : 0;
    const struct ocpp_settle_bill *bill = order ? order_last_bill(command, order) : NULL;
    char *amount = order_take(command, OCPP_SETTLE_AMOUNT_TEXT_SIZE);

    if (!order || !amount) {
        return;
    }
    note_shown(command, visit, order, bill);
    visit_prompted(command, visit, missing > 0 ? missing : 0);
    renew_link(command, visit);
    command_fail(command, ocpp_settle_amount_format(missing > 0 ? missing : 0, (int)order->exponent, amount));
    const char *url = url_of(command, visit);
    show(command, visit, order, url);
    const struct ocpp_settle_payment_prompt_req message = { .order = order->id,
                                                            .evse = visit->matched_evse,
                                                            .currency = order->currency,
                                                            .amount = amount,
                                                            .url = url,
                                                            .expires = visit->link_until,
                                                            .valid_s = command_policy(command)->link_s,
                                                            .is_requested = is_requested,
                                                            .bill_hash = bill ? bill->output_hash : "" };
    if (visit->has_is_gated && !command_failed(command)) {
        command_ask(command, visit->station, &ocpp_settle_actions[OCPP_SETTLE_ACTION_PAYMENT_PROMPT], &message, prompted,
                    visit->id);
    }
}

/* --- heard ------------------------------------------------------------------------------------------------------------------ */

static struct row_visit *visit_of(struct command *command, const char *station, const char *order_id)
{
    const struct row_order *order = command_read(command, command_key(command, "order", order_id, NULL), &row_order_type);
    struct row_visit *visit = order && order->visit ? visit_edit(command, order->visit) : NULL;

    return visit && strcmp(visit->station, station) == 0 ? visit : NULL;
}

/* The first attempt to pull the cable: the shorter deadline runs here, too. */
static void somebody_waits(struct command *command, struct row_visit *visit)
{
    const int64_t sooner = command_utc_ms(command) + 1000 * command_policy(command)->gate_within_s;

    if (!visit->has_requested_at) {
        visit->has_requested_at = true;
        visit->requested_at = command_utc_ms(command);
        visit->deadline_at = visit->has_deadline_at && visit->deadline_at < sooner ? visit->deadline_at : sooner;
        visit->has_deadline_at = true;
    }
    if (visit->state == ROW_VISIT_STATE_PAYING) {
        visit_prompt(command, visit, true);
    }
}

static bool waits(enum ocpp_settle_gate_state state)
{
    return state == OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT || state == OCPP_SETTLE_GATE_STATE_AWAIT_PAID;
}

static bool is_free(enum ocpp_settle_gate_state state)
{
    return state == OCPP_SETTLE_GATE_STATE_OPEN || state == OCPP_SETTLE_GATE_STATE_AWAIT_OPEN;
}

void visit_gate_noticed(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_gate_notice_req *notice = in->message;
    struct row_visit *visit = visit_of(command, in->station, notice->order);

    if (!visit) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER, "this pile keeps no cable for that order");
        return;
    }
    visit->gate = ocpp_enum_name(&ocpp_settle_gate_state_enum, (int)notice->state);
    visit->gate_why =
        notice->why != OCPP_SETTLE_GATE_WHY_UNSET ? ocpp_enum_name(&ocpp_settle_gate_why_enum, (int)notice->why) : NULL;
    visit_tell(command, visit, visit->gate, visit->gate_why);
    if (visit->state == ROW_VISIT_STATE_MATCHED && waits(notice->state)) {
        command_timer(command, TIMER_VISIT, visit->id, command_utc_ms(command) + END_IS_TOLD_WITHIN_MS);
    }
    if (notice->state == OCPP_SETTLE_GATE_STATE_AWAIT_PAID) {
        somebody_waits(command, visit);
    }
    visit_put(command, visit);
    if (is_free(notice->state) && visit->state == ROW_VISIT_STATE_PAYING) {
        (void)visit_happens(command, visit, VISIT_LET_GO, visit->gate_why);
    } else if (is_free(notice->state) && visit->state == ROW_VISIT_STATE_MATCHED && !visit->has_opened_at) {
        visit->has_opened_at = true; /* it came before the end of the transaction did: what is due then is a debt at once */
        visit->opened_at = command_utc_ms(command);
        visit->open_why = visit->gate_why;
        visit_put(command, visit);
    }
    if (notice->shown && visit->state == ROW_VISIT_STATE_PAYING) {
        visit_shown(command, visit, parse_amount(command, visit, notice->shown));
    }
}

/* C10. The word to open may be lost; who asks is told again, by order. */
void visit_gate_queried(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_gate_query_req *query = in->message;
    struct ocpp_settle_gate_query_conf *answer = in->answer;
    struct row_visit *visit = visit_of(command, in->station, query->order);

    if (!visit) {
        answer->verdict = OCPP_SETTLE_GATE_VERDICT_FORGET;
    } else if (visit->has_opened_at || visit_is_over(visit->state)) {
        answer->verdict = OCPP_SETTLE_GATE_VERDICT_OPEN;
        answer->why = why_of(visit->open_why);
    } else {
        answer->verdict = OCPP_SETTLE_GATE_VERDICT_KEEP;
        if (visit->state == ROW_VISIT_STATE_PAYING) {
            visit_prompt(command, visit, visit->has_requested_at);
            visit_put(command, visit);
        }
    }
}
