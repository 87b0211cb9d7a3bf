/* terminal_limits.c: how far the money goes: what a wish may cost, and what of it the wallet has. The tariff is asked by
 * computing bills of visits that might be, so that no price is reckoned twice in two ways. */
#include "account.h"
#include "terminal_starts.h"

#include <ocpp/settlement/money.h>

#include <string.h>

/* No battery takes more; no visit lasts longer. */
enum { MOST_WH = 1000000, MOST_S = 604800, STEPS = 24 };

struct might_be {
    struct command *command;
    const struct row_order *order;
    int64_t power_w;
};

/* What |wh| in |seconds| would cost from now on; below 0: an error stuck. */
static int64_t cost(const struct might_be *visit, int64_t wh, int64_t seconds)
{
    const int64_t now = command_utc_ms(visit->command);
    const int64_t last = now + 1000 * (seconds > 0 ? seconds : 1);
    const struct ocpp_settle_usage_event events[] = {
        { .at = now, .kind = OCPP_SETTLE_USAGE_KIND_START, .has_energy_mwh = true, .energy_mwh = 0 },
        { .at = last, .kind = OCPP_SETTLE_USAGE_KIND_STOP, .has_energy_mwh = true, .energy_mwh = 1000 * wh },
    };
    const struct ocpp_settle_usage usage = { .events = { events, 2 } };
    const struct ocpp_settle_bill *bill = order_compute(visit->command, visit->order, &usage, OCPP_SETTLE_COMPUTE_MODE_RUNNING);

    return bill ? bill->gross_minor : -1;
}

static int64_t seconds_for(const struct might_be *visit, int64_t wh)
{
    const int64_t seconds = wh * 3600 / visit->power_w + 1;

    return seconds < MOST_S ? seconds : MOST_S;
}

/* The most energy that costs no more than |minor|; 0: not even the least. */
static int64_t energy_for(const struct might_be *visit, int64_t minor)
{
    int64_t low = 0, high = MOST_WH;

    for (int i = 0; i < STEPS && low < high && !command_failed(visit->command); i++) {
        const int64_t middle = low + (high - low + 1) / 2;

        if (cost(visit, middle, seconds_for(visit, middle)) <= minor) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* What the payer has; what is not kept here nobody knows. */
static int64_t available_minor(struct command *command, const struct row_order *order)
{
    if (strcmp(order->provider, "wallet") == 0) {
        const char *account = account_find(command, order->payer);

        return account ? account_wallet_minor(command, account, order->currency) : 0;
    }
    if (strcmp(order->provider, "postpaid") == 0) {
        const char *account = account_of(command, order->payer);
        const struct account_credit credit =
            account ? account_credit(command, account, order->currency) : (struct account_credit){ 0 };

        return credit.limit_minor - credit.owed_minor - credit.held_minor;
    }
    return OCPP_SETTLE_MOST_MINOR;
}

/* What is wished for costs more than there is: as much of it as there is money for. */
static void bound(const struct might_be *visit, int64_t available, struct start_limits *limits)
{
    if (limits->hold_minor <= available) {
        return;
    }
    limits->hold_minor = limits->limit_minor = available;
    limits->has_limit = true;
    limits->energy_wh = energy_for(visit, available);
}

static bool wish_amount(struct command *command, const struct row_order *order, const struct ocpp_settle_charging_wish *wish,
                        int64_t *minor)
{
    if (!wish->amount || ocpp_settle_amount_parse(wish->amount, strlen(wish->amount), (int)order->exponent, minor) != OCPP_OK ||
        *minor <= 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_AMOUNT, "no amount of this currency");
        return false;
    }
    return true;
}

static bool is_whole(const struct ocpp_settle_charging_wish *wish)
{
    return (wish->kind == OCPP_SETTLE_WISH_KIND_ENERGY) == wish->has_energy_wh &&
           (wish->kind == OCPP_SETTLE_WISH_KIND_TIME) == wish->has_time_s &&
           (wish->kind == OCPP_SETTLE_WISH_KIND_AMOUNT) == (wish->amount != NULL);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool start_limit(struct command *command, const struct row_order *order, const struct ocpp_settle_charging_wish *wish,
                 struct start_limits *limits)
{
    const struct ocpp_settle_terminal_policy *policy = &command_settle(command)->settings.terminals;
    const struct might_be visit = { command, order, policy->power_w };
    const int64_t available = available_minor(command, order);

    *limits = (struct start_limits){ 0 };
    if (!is_whole(wish)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "a wish names one thing");
    } else if (wish->kind == OCPP_SETTLE_WISH_KIND_ENERGY) {
        limits->energy_wh = least(wish->energy_wh, MOST_WH);
        limits->hold_minor = cost(&visit, limits->energy_wh, seconds_for(&visit, limits->energy_wh));
    } else if (wish->kind == OCPP_SETTLE_WISH_KIND_TIME) {
        limits->time_s = least(wish->time_s, MOST_S);
        limits->hold_minor = cost(&visit, least(limits->time_s * policy->power_w / 3600, MOST_WH), limits->time_s);
    } else if (wish->kind == OCPP_SETTLE_WISH_KIND_AMOUNT && wish_amount(command, order, wish, &limits->hold_minor)) {
        limits->hold_minor = least(limits->hold_minor, available);
        limits->limit_minor = limits->hold_minor;
        limits->has_limit = true;
        limits->energy_wh = energy_for(&visit, limits->hold_minor);
    } else if (wish->kind == OCPP_SETTLE_WISH_KIND_FULL) {
        limits->hold_minor = command_policy(command)->vehicle_hold_minor;
    }
    if (available < policy->least_minor) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "there is not enough to start with");
    }
    if (!command_failed(command)) {
        bound(&visit, available, limits);
    }
    return !command_failed(command);
}
