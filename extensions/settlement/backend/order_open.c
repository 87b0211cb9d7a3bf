/* order_open.c: whose order it is, what it is promised, and whether there may be one more. */
#include "house.h"
#include "order_internal.h"

#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <string.h>

enum { TRANSITIONS = 64, PAYER_SIZE = 301 };

/* --- whose --------------------------------------------------------------------------------------------------------------- */

static const char *token_name(struct command *command, const char *type, const char *id)
{
    char name[PAYER_SIZE];

    if (snprintf(name, sizeof name, "%s:%s", type, id) >= (int)sizeof name) {
        command_fail(command, OCPP_ERR_LENGTH);
    }
    return order_text(command, name);
}

bool order_find_payer(struct command *command, const struct ocpp_settle_user_token *token, struct order_payer *payer)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_token asked = { token->id, ocpp_token_type_of(token->type) };
    struct ocpp_settle_payer found = { 0 };

    if (command_failed(command) || !token->id[0] || !settings->find_payer(&asked, &found, settings->user)) {
        return false;
    }
    payer->kind = found.account ? ROW_PAYER_KIND_ACCOUNT : ROW_PAYER_KIND_TOKEN;
    payer->name = found.account ? order_text(command, found.account) : token_name(command, token->type, token->id);
    payer->provider = order_text(command, found.provider ? found.provider : "");
    return !command_failed(command);
}

const char *order_untyped_payer(struct command *command, const struct ocpp_settle_user_token *token,
                                const struct order_payer *payer)
{
    const char *unknown = ocpp_token_type_name(OCPP_TOKEN_UNKNOWN);

    return payer->kind == ROW_PAYER_KIND_TOKEN && strcmp(token->type, unknown) != 0 ? token_name(command, unknown, token->id)
                                                                                    : NULL;
}

/* --- how many ------------------------------------------------------------------------------------------------------------ */

static bool count_one(struct command *command, const char *key, const void *record, void *user)
{
    (void)command;
    (void)key;
    (void)record;
    ++*(int64_t *)user;
    return true;
}

static int64_t count_orders(struct command *command, const char *index, const char *payer)
{
    const char *digest = order_digest(command, payer);
    int64_t count = 0;

    if (digest) {
        command_each(command, command_key(command, index, digest, "", NULL), &row_open_order_type, count_one, &count);
    }
    return count;
}

static bool owes(struct command *command, const struct ocpp_settle_user_token *token, const struct order_payer *payer)
{
    const char *untyped = order_untyped_payer(command, token, payer);

    return count_orders(command, "debt", payer->name) > 0 || (untyped && count_orders(command, "debt", untyped) > 0);
}

/* --- what it is promised --------------------------------------------------------------------------------------------------- */

static bool is_valid_now(const struct ocpp_settle_tariff *tariff, int64_t utc_ms)
{
    return (!tariff->has_valid_from || tariff->valid_from <= utc_ms) && (!tariff->has_valid_to || utc_ms < tariff->valid_to);
}

static bool make_snapshot(struct command *command, const struct ocpp_settle_tariff *tariff, const char *zone,
                          struct ocpp_settle_snapshot *snapshot)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    struct ocpp_settle_zone_transition *transitions = order_take(command, TRANSITIONS * sizeof *transitions);
    const int64_t now = command_utc_ms(command);

    if (!transitions) {
        return false;
    }
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(tariff->currency);
    const size_t count = settings->find_transitions(zone, now, transitions, TRANSITIONS, settings->user);
    if (!currency || count == 0 || count > TRANSITIONS || !is_valid_now(tariff, now)) {
        return false;
    }
    *snapshot =
        (struct ocpp_settle_snapshot){ .tariff = *tariff,
                                       .exponent = currency->exponent,
                                       .rounding = settings->policy.rounding,
                                       .tax_rounding = settings->policy.tax_rounding,
                                       .zone = zone,
                                       .transitions = { transitions, count },
                                       .policy = { settings->policy.grace_s, settings->policy.reservation_no_start_fee } };
    return ocpp_settle_snapshot_check(snapshot, NULL) == OCPP_OK;
}

bool order_make_snapshot(struct command *command, const struct ocpp_settle_tariff *tariff, const char *zone,
                         struct ocpp_settle_snapshot *snapshot)
{
    return !command_failed(command) && make_snapshot(command, tariff, zone, snapshot);
}

bool order_find_snapshot(struct command *command, const char *station, struct ocpp_settle_snapshot *snapshot)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_settle_tariff *tariff = NULL;
    const char *zone = NULL;

    return !command_failed(command) && settings->find_tariff(station, &tariff, &zone, settings->user) &&
           make_snapshot(command, tariff, zone, snapshot);
}

/* Orders that were promised the same share a row: it is named by what it says. */
static const char *keep_snapshot(struct command *command, const struct ocpp_settle_snapshot *snapshot)
{
    char *hash = order_take(command, 2 * OCPP_SETTLE_DIGEST_SIZE + 1);

    if (!hash) {
        return NULL;
    }
    command_fail(command,
                 ocpp_settle_snapshot_hash(snapshot, &command_settle(command)->settings.keys, command_arena(command), hash));
    const char *key = command_key(command, "snapshot", hash, NULL);
    if (!command_read(command, key, &ocpp_settle_snapshot_type)) {
        command_put(command, key, &ocpp_settle_snapshot_type, snapshot);
    }
    return command_failed(command) ? NULL : hash;
}

const struct ocpp_settle_snapshot *order_snapshot(struct command *command, const struct row_order *order)
{
    const void *snapshot =
        command_read(command, command_key(command, "snapshot", order->snapshot, NULL), &ocpp_settle_snapshot_type);

    return order_must(command, snapshot);
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

/* |share| NULL: it is no tenant's. */
static struct row_order *make_order(struct command *command, const struct order_payer *payer, const char *station,
                                    const struct ocpp_settle_snapshot *snapshot, struct row_tenant_share *share)
{
    static const char *const none[] = { NULL };
    struct row_order *order = order_take(command, sizeof *order);
    const char *hash = keep_snapshot(command, snapshot);
    const char *digest = order_digest(command, payer->name);

    if (command_failed(command)) {
        return NULL;
    }
    *order = (struct row_order){ .id = command_id(command),
                                 .operator_ = command_settle(command)->settings.operator_id,
                                 .payer_kind = payer->kind,
                                 .payer = payer->name,
                                 .provider = payer->provider,
                                 .currency = order_text(command, snapshot->tariff.currency),
                                 .exponent = snapshot->exponent,
                                 .state = ROW_ORDER_STATE_OPEN,
                                 .snapshot = hash,
                                 .station = order_text(command, station),
                                 .tenant = share,
                                 .opened_at = command_utc_ms(command),
                                 .rentals = { none, 0 },
                                 .legs = { none, 0 },
                                 .residuals = { none, 0 } };
    const struct row_open_order found = { .order = order->id, .station = order->station };
    command_put(command, command_key(command, "open", digest, order->id, NULL), &row_open_order_type, &found);
    order_put(command, order);
    command_state(command, "order", order->id, NULL, "Open", NULL);
    order_tell(command, order, "Open", NULL);
    return command_failed(command) ? NULL : order;
}

/* What power banks cost there is the operator's to say, not the landlord's: a tenant's is let on those terms. */
static const struct ocpp_settle_tariff *with_banks(struct command *command, const struct ocpp_settle_tariff *tariff,
                                                   const char *station)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_settle_tariff *banks = NULL;
    const char *zone = NULL;
    struct ocpp_settle_tariff *both = order_take(command, sizeof *both);

    if (!both || !settings->find_tariff(station, &banks, &zone, settings->user) ||
        strcmp(banks->currency, tariff->currency) != 0 || banks->has_tax_included != tariff->has_tax_included ||
        banks->tax_included != tariff->tax_included) {
        return tariff;
    }
    *both = *tariff;
    both->bank = banks->bank;
    return both;
}

/* A tenant's: the house's price, no hold, and due by statement. What he owes of earlier ones is his landlord's to mind. */
static struct row_order *open_of_tenant(struct command *command, const struct house_session *session, const char *station,
                                        enum ocpp_settle_refusal_code *code, const char **reason)
{
    const struct order_payer payer = { ROW_PAYER_KIND_ACCOUNT, session->payer, PROVIDER_STATEMENT };
    struct row_tenant_share *share = order_take(command, sizeof *share);
    struct ocpp_settle_snapshot snapshot;
    struct row_order *order = NULL;

    if (!share || command_failed(command)) {
        return NULL;
    }
    if (session->kind == HOUSE_SESSION_REFUSED) {
        *code = OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;
        *reason = session->reason;
    } else if (!session->tariff ||
               !make_snapshot(command, with_banks(command, session->tariff, station), session->zone, &snapshot)) {
        *code = OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED;
        *reason = "the house has no price";
    } else {
        *share = session->share;
        order = make_order(command, &payer, station, &snapshot, share);
    }
    return order;
}

static struct row_order *open_if(struct command *command, const struct ocpp_settle_user_token *token, const char *station,
                                 bool is_fact, enum ocpp_settle_refusal_code *code, const char **reason)
{
    struct order_payer payer;
    struct ocpp_settle_snapshot snapshot;

    *code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    *reason = NULL;
    if (house_is_card_at(command, station, token->id) || !order_find_payer(command, token, &payer)) {
        *code = OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN;
        *reason = "nobody pays for this token";
    } else if (!order_find_snapshot(command, station, &snapshot)) {
        *code = OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED;
        *reason = "no tariff holds there now";
    } else if (!is_fact && owes(command, token, &payer)) {
        *code = OCPP_SETTLE_REFUSAL_CODE_NO_MONEY;
        *reason = "an earlier visit is to be paid first";
    } else if (!is_fact && count_orders(command, "open", payer.name) >= command_policy(command)->open_orders_per_payer) {
        *code = OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED;
        *reason = "as many orders are open as one payer may have";
    } else {
        return make_order(command, &payer, station, &snapshot, NULL);
    }
    return NULL;
}

struct row_order *order_open_or_say(struct command *command, const struct ocpp_settle_user_token *token, const char *station,
                                    enum ocpp_settle_refusal_code *code, const char **reason)
{
    return open_if(command, token, station, false, code, reason);
}

struct row_order *order_open_for_fact(struct command *command, const struct ocpp_settle_user_token *token, const char *station)
{
    enum ocpp_settle_refusal_code code;
    const char *reason;

    return open_if(command, token, station, true, &code, &reason);
}

struct row_order *order_open_session(struct command *command, const struct ocpp_settle_user_token *token, const char *station,
                                     int64_t at_utc_ms, enum ocpp_settle_refusal_code *code, const char **reason)
{
    struct house_session session;

    *code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    *reason = NULL;
    house_session_of(command, station, token->id, at_utc_ms, &session);
    if (command_failed(command)) {
        return NULL;
    }
    return session.kind == HOUSE_SESSION_NONE ? order_open_or_say(command, token, station, code, reason)
                                              : open_of_tenant(command, &session, station, code, reason);
}

struct row_order *order_open(struct command *command, const struct ocpp_settle_user_token *token, const char *station)
{
    enum ocpp_settle_refusal_code code;
    const char *reason;
    struct row_order *order = order_open_or_say(command, token, station, &code, &reason);

    if (!order && code != OCPP_SETTLE_REFUSAL_CODE_UNSET) {
        command_refuse(command, code, reason);
    }
    return order;
}

/* --- finding ---------------------------------------------------------------------------------------------------------------- */

struct search {
    const char *station;
    struct row_order *found;
    bool is_here;
};

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_open_order *open = record;
    struct search *search = user;
    struct row_order *order = order_edit(command, open->order);

    (void)key;
    if (order && order->state == ROW_ORDER_STATE_OPEN && order->vehicle && !search->is_here) {
        search->is_here = strcmp(order->vehicle->station, search->station) == 0;
        search->found = search->is_here || !search->found ? order : search->found;
    }
    return !command_failed(command);
}

static void search_under(struct command *command, const char *payer, struct search *search)
{
    const char *digest = order_digest(command, payer);

    if (digest) {
        command_each(command, command_key(command, "open", digest, "", NULL), &row_open_order_type, look_at, search);
    }
}

struct row_order *order_of_vehicle_user(struct command *command, const struct ocpp_settle_user_token *token, const char *station)
{
    struct search search = { .station = station };
    struct order_payer payer;

    if (house_is_card_at(command, station, token->id) || !order_find_payer(command, token, &payer)) {
        return NULL;
    }
    search_under(command, payer.name, &search);
    const char *untyped = order_untyped_payer(command, token, &payer);
    if (untyped && !search.is_here) {
        search_under(command, untyped, &search);
    }
    return command_failed(command) ? NULL : search.found;
}

struct row_order *order_of_renter(struct command *command, const struct ocpp_settle_user_token *token, const char *station)
{
    enum ocpp_settle_refusal_code code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    const char *reason = NULL;
    struct house_session session;
    struct search search = { .station = station };

    house_session_of(command, station, token->id, command_utc_ms(command), &session);
    if (command_failed(command)) {
        return NULL;
    }
    if (session.verdict == OCPP_SETTLE_CARD_BLOCKED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, session.reason);
        return NULL;
    }
    if (session.kind != HOUSE_SESSION_TENANTS) {
        return order_open(command, token, station);
    }
    search_under(command, session.payer, &search);
    struct row_order *order = search.found ? search.found : open_of_tenant(command, &session, station, &code, &reason);
    if (!order && code != OCPP_SETTLE_REFUSAL_CODE_UNSET) {
        command_refuse(command, code, reason);
    }
    return order;
}
