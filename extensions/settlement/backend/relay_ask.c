/* relay_ask.c: somebody wants to charge at a pile that only phones reach: an order, a hold, and once it stands an authorisation
 * that the pile verifies by itself. */
#include "payments.h"
#include "relay_internal.h"
#include "relay_orders.h"
#include "timers.h"

#include <ocpp/settlement/jwe.h>
#include <ocpp/settlement/money.h>

#include <string.h>

enum { TOKEN_LENGTH = 255, TYPE_LENGTH = 20, VEHICLE_LENGTH = 64, OUTLETS_MOST = 20 };

/* Numbers that JSON carries exactly. A pile that tells such a one has no more of them, and lies. */
static const int64_t MOST_SEQUENCE = (INT64_C(1) << 53) - 2;

/* --- rows -------------------------------------------------------------------------------------------------------- */

static const char *authorisation_key(struct command *command, const char *jti)
{
    return command_key(command, "relayauth", jti, NULL);
}

struct row_relay_authorisation *relay_find(struct command *command, const char *jti)
{
    return command_edit(command, authorisation_key(command, jti), &row_relay_authorisation_type);
}

void relay_put(struct command *command, const struct row_relay_authorisation *authorisation)
{
    command_put(command, authorisation_key(command, authorisation->id), &row_relay_authorisation_type, authorisation);
}

static void move(struct command *command, struct row_relay_authorisation *authorisation, enum row_relay_state state,
                 const char *reason)
{
    command_state(command, "authorisation", authorisation->id, ocpp_enum_name(&row_relay_state_enum, (int)authorisation->state),
                  ocpp_enum_name(&row_relay_state_enum, (int)state), reason);
    authorisation->state = state;
    authorisation->reason = reason;
}

void relay_over(struct command *command, struct row_relay_authorisation *authorisation, enum row_relay_state state,
                const char *reason)
{
    const bool was_open = authorisation->state == ROW_RELAY_STATE_READY || authorisation->state == ROW_RELAY_STATE_USED ||
                          authorisation->state == ROW_RELAY_STATE_HOLDING;
    struct row_relay_pile *pile = was_open ? relay_pile_edit(command, authorisation->pile) : NULL;

    move(command, authorisation, state, reason);
    relay_put(command, authorisation);
    command_timer_stop(command, TIMER_RELAY, authorisation->id);
    if (pile && pile->open > 0) {
        pile->open--;
        relay_pile_put(command, pile);
    }
}

bool relay_keeps_open(struct command *command, const struct row_order *order)
{
    const struct row_relay_authorisation *authorisation =
        order->relay ? command_read(command, authorisation_key(command, order->relay), &row_relay_authorisation_type) : NULL;

    return authorisation && (authorisation->state == ROW_RELAY_STATE_HOLDING || authorisation->state == ROW_RELAY_STATE_READY ||
                             authorisation->state == ROW_RELAY_STATE_USED);
}

/* --- whether it may ------------------------------------------------------------------------------------------------ */

struct ask {
    struct command *command;
    const struct ocpp_settle_relay_wish *wish;
    const struct ocpp_settle_pile_status *status;
    struct row_relay_pile *pile;
    const struct ocpp_settle_outlet_status *outlet;
    int64_t frozen_minor;
};

static bool refuse(struct ask *ask, enum ocpp_settle_refusal_code code, const char *reason)
{
    command_refuse(ask->command, code, reason);
    return false;
}

static const struct ocpp_settle_outlet_status *outlet_in(const struct ocpp_settle_pile_status *status, int64_t outlet)
{
    for (size_t i = 0; i < status->outlets.count; i++) {
        if (status->outlets.items[i].outlet == outlet) {
            return &status->outlets.items[i];
        }
    }
    return NULL;
}

static bool find_place(struct ask *ask)
{
    struct relay_said said;

    if (!relay_read(ask->command, ask->wish->status, ask->wish->status_size, OCPP_SETTLE_TYP_PILE_STATUS,
                    &ocpp_settle_pile_status_type, &said)) {
        return false;
    }
    ask->status = said.message;
    ask->pile = relay_pile_edit(ask->command, said.key->pile);
    if (!ask->pile) {
        return false;
    }
    if (said.key->is_revoked || ask->pile->state != ROW_RELAY_PILE_STATE_ENROLLED ||
        strcmp(ask->status->iss, ask->pile->pile) != 0) {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nothing is authorised at this pile now");
    }
    ask->outlet = outlet_in(ask->status, ask->wish->outlet);
    return ask->outlet || refuse(ask, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT, "there is no such outlet");
}

static bool has_room(struct ask *ask)
{
    const enum ocpp_settle_outlet_state state = ask->outlet->state;

    if (state != OCPP_SETTLE_OUTLET_STATE_FREE && state != OCPP_SETTLE_OUTLET_STATE_OCCUPIED) {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the outlet is in use");
    }
    if (ask->status->room < 1) { /* D18 */
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the pile is full of bills that nobody has fetched");
    }
    if (ask->pile->open >= relay_settings(ask->command)->sessions_per_pile) {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many sessions as a pile may have wait for their bills");
    }
    return true;
}

static const char *nonce_key(struct command *command, const char *pile, const char *nonce)
{
    return command_key(command, "relaynonce", pile, nonce, NULL);
}

/* D7. One authorisation for each nonce. */
static bool is_fresh(struct ask *ask)
{
    const char *key = nonce_key(ask->command, ask->pile->pile, ask->status->nonce);

    if (ask->status->nonce[strspn(ask->status->nonce, "0")] == '\0') {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the status is for no outlet");
    }
    if (command_read(ask->command, key, &row_relay_nonce_type)) {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "the nonce was used");
    }
    return !command_failed(ask->command);
}

static bool is_amount(struct ask *ask)
{
    const struct ocpp_settle_relay *relay = relay_settings(ask->command);

    ask->frozen_minor = ask->wish->frozen_minor ? ask->wish->frozen_minor : relay->frozen_minor;
    if (ask->frozen_minor < 1 || ask->frozen_minor > relay->most_frozen_minor) {
        return refuse(ask, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "no amount that may be frozen");
    }
    return true;
}

/* --- the wish -------------------------------------------------------------------------------------------------------- */

/* Of the others only the outlets the pile has are kept: it signs what it likes, and the row has room for as many as it may have.
 */
static size_t keep_others(const struct ask *ask, struct row_relay_sequence *list, int64_t *known)
{
    const struct row_relay_pile *pile = ask->pile;
    size_t count = 0;

    for (size_t i = 0; i < pile->sequences.count; i++) {
        const struct row_relay_sequence *sequence = &pile->sequences.items[i];

        if (sequence->outlet == ask->wish->outlet) {
            *known = sequence->seq;
        } else if (outlet_in(ask->status, sequence->outlet)) {
            list[count++] = *sequence;
        }
    }
    return count;
}

static int64_t next_sequence(struct ask *ask)
{
    struct row_relay_pile *pile = ask->pile;
    struct row_relay_sequence *list = order_take(ask->command, (pile->sequences.count + 1) * sizeof *list);
    int64_t known = 0;

    if (!list) {
        return 0;
    }
    size_t count = keep_others(ask, list, &known);
    known = known > ask->outlet->seq ? known : ask->outlet->seq;
    if (known >= MOST_SEQUENCE || count >= OUTLETS_MOST) {
        refuse(ask, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "no number is left for an authorisation at this outlet");
        return 0;
    }
    list[count++] = (struct row_relay_sequence){ ask->wish->outlet, known + 1 };
    pile->sequences.items = list;
    pile->sequences.count = count;
    return known + 1;
}

static struct row_relay_authorisation *make(struct ask *ask, const char *order_id, const struct row_order *order)
{
    struct command *command = ask->command;
    struct row_relay_authorisation *made = order_take(command, sizeof *made);
    const int64_t now = command_utc_ms(command);

    if (!made) {
        return NULL;
    }
    *made = (struct row_relay_authorisation){
        .id = command_id(command),
        .order = order_id,
        .pile = ask->pile->pile,
        .outlet = ask->wish->outlet,
        .seq = next_sequence(ask),
        .nonce = ask->status->nonce,
        .state = ROW_RELAY_STATE_HOLDING,
        .frozen_minor = ask->frozen_minor,
        .currency = order->currency,
        .exponent = order->exponent,
        .vehicle = ask->wish->vehicle,
        .made_at = now,
        .expires_at = now + 1000 * relay_settings(command)->authorisation_s,
        .hold_until = now + 1000 * relay_settings(command)->hold_s,
    };
    return command_failed(command) ? NULL : made;
}

static void begin(struct ask *ask, struct row_order *order)
{
    struct command *command = ask->command;
    struct row_relay_authorisation *made = make(ask, order->id, order);

    if (!made) {
        return;
    }
    const struct row_relay_nonce nonce = { .jti = made->id };
    ask->pile->open++;
    relay_pile_put(command, ask->pile);
    relay_put(command, made);
    command_put(command, nonce_key(command, made->pile, made->nonce), &row_relay_nonce_type, &nonce);
    command_timer(command, TIMER_RELAY, made->id, made->hold_until - 1000 * relay_settings(command)->capture_before_s);
    order->relay = made->id;
    order_hold(command, order, made->frozen_minor, PURPOSE_RELAY_HOLD, made->id);
    command_result(command, made->id);
}

/* D20. Asked in a command of its own: a refusal would take it back. */
static void debt_body(struct command *command, void *args)
{
    struct ask ask = { .command = command, .wish = args };
    const struct ocpp_settle_user_token token = { ask.wish->token, ask.wish->type ? ask.wish->type : "" };

    if (find_place(&ask)) {
        (void)order_ask_for_debt(command, &token, ask.pile->pile);
    }
}

static void ask_body(struct command *command, void *args)
{
    struct ask ask = { .command = command, .wish = args };
    const struct ocpp_settle_user_token token = { ask.wish->token, ask.wish->type ? ask.wish->type : "" };

    if (!find_place(&ask) || !has_room(&ask) || !is_fresh(&ask) || !is_amount(&ask)) {
        return;
    }
    struct row_order *order = order_open(command, &token, ask.pile->pile);
    if (order) {
        begin(&ask, order);
    }
}

enum ocpp_status ocpp_settle_relay_ask(struct ocpp_settle *settle, const struct ocpp_settle_relay_wish *wish,
                                       const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct ocpp_settle_relay_wish copy = *wish;
    const bool is_right = wish->token && wish->token[0] && strlen(wish->token) <= TOKEN_LENGTH &&
                          (!wish->type || strlen(wish->type) <= TYPE_LENGTH) && wish->status && wish->status_size > 0 &&
                          (!wish->vehicle || (wish->vehicle[0] && strlen(wish->vehicle) <= VEHICLE_LENGTH));

    if (!is_right) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = relay_run(settle, "debt", debt_body, &copy, NULL, now);
    return status == OCPP_OK ? relay_run(settle, "relay ask", ask_body, &copy, done, now) : status;
}

/* --- the authorisation ---------------------------------------------------------------------------------------------- */

/* Only the pile may know whose vehicle it is. */
static const char *seal_vehicle(struct command *command, const struct row_relay_pile *pile, const char *vehicle)
{
    const struct ocpp_settle_secret_vehicle secret = { .vehicle = vehicle };
    const char *text = vehicle ? relay_write(command, &ocpp_settle_secret_vehicle_type, &secret) : NULL;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const char *token = NULL;
    size_t size;

    if (!text || !ocpp_settle_point_read(pile->key, point)) {
        return NULL;
    }
    const struct ocpp_settle_jwe_sealer sealer = { &command_settle(command)->settings.keys, point, pile->kid,
                                                   OCPP_SETTLE_TYP_AUTHORISATION };
    command_fail(command, ocpp_settle_jwe_seal(&sealer, text, strlen(text), command_arena(command), &token, &size));
    return token;
}

static const char *sign(struct command *command, const struct row_relay_authorisation *row, const struct row_order *order)
{
    const struct ocpp_settle_snapshot *snapshot = order_snapshot(command, order);
    const struct row_relay_pile *pile = relay_pile_edit(command, row->pile);
    char frozen[OCPP_SETTLE_AMOUNT_TEXT_SIZE];

    if (!snapshot || !pile || !pile->key) {
        return NULL;
    }
    command_fail(command, ocpp_settle_amount_format(row->frozen_minor, (int)row->exponent, frozen));
    const struct ocpp_settle_authorisation authorisation = {
        .iss = command_settle(command)->settings.operator_id,
        .aud = row->pile,
        .evse = row->outlet,
        .jti = row->id,
        .order = order->id,
        .iat = command_utc_ms(command),
        .exp = command_utc_ms(command) + 1000 * relay_settings(command)->authorisation_s,
        .seq = row->seq,
        .nonce = row->nonce,
        .frozen = frozen,
        .currency = row->currency,
        .vehicle = seal_vehicle(command, pile, row->vehicle),
        .snapshot = *snapshot,
    };
    return relay_sign(command, OCPP_SETTLE_TYP_AUTHORISATION, &ocpp_settle_authorisation_type, &authorisation);
}

static void deny(struct command *command, struct row_relay_authorisation *row, struct row_order *order, const char *reason)
{
    order->relay = NULL;
    order_put(command, order);
    relay_over(command, row, ROW_RELAY_STATE_DENIED, reason);
    command_remove(command, nonce_key(command, row->pile, row->nonce));
    order_review(command, order->id);
}

void relay_hold_done(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    struct row_relay_authorisation *row = relay_find(command, operation->subject);
    struct row_order *order = row ? order_edit(command, operation->order) : NULL;

    if (!order) {
        return;
    }
    order_note_leg(command, order, leg->id);
    order_put(command, order);
    if (row->state != ROW_RELAY_STATE_HOLDING) {
        order_review(command, order->id);
        return;
    }
    if (operation->result != ROW_OPERATION_RESULT_OK) {
        deny(command, row, order, operation->reason ? operation->reason : "the payment was declined");
        return;
    }
    row->token = sign(command, row, order);
    if (row->token) {
        move(command, row, ROW_RELAY_STATE_READY, NULL);
        relay_put(command, row);
        command_tell(command, OCPP_SETTLE_EVENT_ORDER, order->id, row->pile, "Authorised", NULL);
    }
}
