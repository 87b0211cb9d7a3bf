/* house_gathering.c: a statement is put together, a few sessions at a time. What a session came to moves from its order to the
 * statement in the same write, so that it stands in one and no other (I12). */
#include "house.h"
#include "account.h"
#include "ledger_post.h"
#include "order_internal.h"
#include "timers.h"

#include <ocpp/central_transactions.h>

#include <stdio.h>
#include <string.h>

/* Of one command; of all a statement lists. */
enum { SESSIONS_AT_ONCE = 10, TAXES_MOST = 16, ITEMS_MOST = 100000 };

const char *house_item_key(struct command *command, const char *statement, int64_t number)
{
    return command_key(command, "item", statement, house_number_text(command, number), NULL);
}

void house_begin_statement(struct command *command, const struct house_house *house, struct house_tenant *tenant,
                           enum house_statement_kind kind, int64_t to)
{
    static const struct house_statement_tax none[1];
    const struct house_statement statement = {
        .id = command_id(command),
        .house = house->id,
        .tenant = tenant->id,
        .number = tenant->statements + 1,
        .kind = kind,
        .state = HOUSE_STATEMENT_STATE_GATHERING,
        .has_from = house->has_closed_to,
        .from = house->closed_to,
        .to = to,
        .taxes = { none, 0 },
        .after = "",
        .digest = "",
        .created_at = command_utc_ms(command),
    };

    tenant->gathering = statement.id;
    house_put_tenant(command, tenant);
    house_put_statement(command, &statement);
    command_timer(command, TIMER_GATHERING, statement.id, command_utc_ms(command));
}

/* --- what is odd ---------------------------------------------------------------------------------------------------------- */

enum {
    METER_ANOMALIES = OCPP_ANOMALY_METER_FELL | OCPP_ANOMALY_METER_JUMPED | OCPP_ANOMALY_METER_PLACEHOLDER | OCPP_ANOMALY_NO_METER
};

static void add_word(char *text, size_t room, const char *word)
{
    const size_t size = strlen(text);

    if (word && size + strlen(word) + 2 < room) {
        (void)snprintf(text + size, room - size, " %s", word);
    }
}

/* B7. Whatever cannot be about the readings of a session: NULL: nothing. */
static const char *anomaly_of(struct command *command, const struct row_order *order, const struct ocpp_settle_bill *bill)
{
    char text[200] = "METER_ANOMALY";
    const size_t size = strlen(text);

    for (size_t i = 0; i < bill->anomalies.count; i++) {
        const enum ocpp_settle_bill_anomaly anomaly = bill->anomalies.items[i];

        if (anomaly == OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL || anomaly == OCPP_SETTLE_BILL_ANOMALY_NO_READING) {
            add_word(text, sizeof text, ocpp_enum_name(&ocpp_settle_bill_anomaly_enum, (int)anomaly));
        }
    }
    for (int bit = 0; order->vehicle && bit < 32; bit++) {
        const uint32_t mask = UINT32_C(1) << bit;

        if ((uint64_t)order->vehicle->anomalies & mask & METER_ANOMALIES) {
            add_word(text, sizeof text, ocpp_anomaly_name(mask));
        }
    }
    return strlen(text) > size ? order_text(command, text) : NULL;
}

/* --- sums ------------------------------------------------------------------------------------------------------------------ */

static struct house_statement_tax *tax_of(struct house_statement_tax *taxes, size_t *count, const char *name, int64_t rate_ppm)
{
    size_t at = 0;

    while (at < *count && (taxes[at].rate_ppm != rate_ppm || strcmp(taxes[at].name, name) != 0)) {
        at++;
    }
    if (at == TAXES_MOST) {
        return NULL;
    }
    if (at == *count) {
        taxes[(*count)++] = (struct house_statement_tax){ .name = name, .rate_ppm = rate_ppm };
    }
    return &taxes[at];
}

static void add_taxes(struct command *command, struct house_statement_tax *taxes, size_t *count,
                      const struct ocpp_settle_bill *bill, int sign)
{
    for (size_t i = 0; bill && i < bill->lines.count; i++) {
        const struct ocpp_settle_bill_line *line = &bill->lines.items[i];

        for (size_t k = 0; k < line->taxes.count; k++) {
            struct house_statement_tax *tax = tax_of(taxes, count, line->taxes.items[k].name, line->taxes.items[k].rate_ppm);

            if (!tax) {
                command_fail(command, OCPP_ERR_TOO_MANY);
                return;
            }
            tax->net_minor += sign * line->net_minor;
            tax->tax_minor += sign * line->taxes.items[k].tax_minor;
        }
    }
}

static void add_to_sums(struct command *command, struct house_statement *statement, const struct house_item *item,
                        const struct ocpp_settle_bill *bill, const struct ocpp_settle_bill *before)
{
    struct house_statement_tax *taxes = order_take(command, TAXES_MOST * sizeof *taxes);
    size_t count = statement->taxes.count;

    if (!taxes) {
        return;
    }
    if (count > 0) {
        memcpy(taxes, statement->taxes.items, count * sizeof *taxes);
    }
    add_taxes(command, taxes, &count, bill, 1);
    add_taxes(command, taxes, &count, before, -1);
    statement->taxes.items = taxes;
    statement->taxes.count = count;
    statement->energy_mwh += item->energy_mwh;
    statement->net_minor += item->net_minor;
    statement->tax_minor += item->tax_minor;
    statement->gross_minor += item->gross_minor;
    statement->unconfirmed += item->anomaly ? 1 : 0;
}

/* digest(n) is taken over digest(n-1) and item n as it is written: whoever has the items can say whether one was changed. */
static void chain(struct command *command, struct house_statement *statement, const struct house_item *item)
{
    const char *text;
    size_t size;

    command_fail(command, ocpp_message_encode(&house_item_type, item, command_arena(command), &text, &size, NULL));
    if (command_failed(command)) {
        return;
    }
    char *both = order_take(command, strlen(statement->digest) + size + 1);
    if (both) {
        (void)snprintf(both, strlen(statement->digest) + size + 1, "%s%s", statement->digest, text);
        const char *digest = account_digest(command, both);
        statement->digest = digest ? digest : "";
    }
}

/* --- one session ----------------------------------------------------------------------------------------------------------- */

static const struct ocpp_settle_bill *bill_of(struct command *command, const struct row_order *order, int64_t number)
{
    return number == 0 ? NULL
                       : command_read(command, order_numbered_key(command, "bill", order->id, number), &ocpp_settle_bill_type);
}

static int64_t price_of(const struct ocpp_settle_bill *bill)
{
    for (size_t i = 0; i < bill->lines.count; i++) {
        if (bill->lines.items[i].kind == OCPP_SETTLE_LINE_KIND_ENERGY) {
            return bill->lines.items[i].price_micro;
        }
    }
    return 0;
}

static struct house_item item_of(struct command *command, const struct row_order *order, const struct ocpp_settle_bill *bill,
                                 const struct ocpp_settle_bill *before)
{
    const struct row_vehicle *vehicle = order->vehicle;
    struct house_item item = {
        .kind = before ? HOUSE_ITEM_KIND_CORRECTION : HOUSE_ITEM_KIND_SESSION,
        .order = order->id,
        .card = order->tenant->card,
        .station = order->station,
        .transaction = vehicle ? vehicle->transaction : "",
        .evse = vehicle ? vehicle->evse : 0,
        .ended_at = order->sealed_at,
        .energy_mwh = house_energy_mwh(bill) - house_energy_mwh(before),
        .price_micro = price_of(bill),
        .net_minor = bill->net_minor - (before ? before->net_minor : 0),
        .tax_minor = bill->tax_minor - (before ? before->tax_minor : 0),
        .gross_minor = bill->gross_minor - (before ? before->gross_minor : 0),
        .bill_hash = bill->output_hash,
    };

    if (vehicle) {
        item.has_started_at = vehicle->has_started_at;
        item.started_at = vehicle->started_at;
        item.ended_at = vehicle->has_ended_at ? vehicle->ended_at : item.ended_at;
        item.has_start_mwh = vehicle->has_start_mwh;
        item.start_mwh = vehicle->start_mwh;
        item.has_end_mwh = vehicle->has_last_mwh;
        item.end_mwh = vehicle->last_mwh;
    }
    item.signature = order->tenant->signature;
    item.anomaly = before ? NULL : anomaly_of(command, order, bill);
    return item;
}

static void move_claim(struct command *command, const struct row_order *order, const struct house_statement *statement,
                       int64_t gross_minor)
{
    const struct posting posting = {
        .event = gross_minor < 0 ? POSTING_STATE_LESS : POSTING_STATE,
        .currency = order->currency,
        .amount_minor = gross_minor < 0 ? -gross_minor : gross_minor,
        .order = order->id,
        .statement = statement->id,
    };

    ledger_post(command, &posting);
}

static void count_off_card(struct command *command, const struct row_order *order, const struct house_item *item)
{
    struct house_card *card = house_card_now(command, order->tenant->card);

    if (card) {
        card->open_mwh = card->open_mwh > item->energy_mwh ? card->open_mwh - item->energy_mwh : 0;
        card->open_minor -= item->gross_minor;
        house_put_card(command, card);
    }
}

static void add_item(struct command *command, struct house_statement *statement, struct row_order *order,
                     const struct ocpp_settle_bill *bill, const struct ocpp_settle_bill *before, struct house_item *item)
{
    struct row_tenant_share *share = order_take(command, sizeof *share);

    if (!share) {
        return;
    }
    item->number = ++statement->items;
    chain(command, statement, item);
    add_to_sums(command, statement, item, bill, before);
    move_claim(command, order, statement, item->gross_minor);
    count_off_card(command, order, item);
    *share = *order->tenant;
    share->stated_bill = order->bills;
    share->stated_minor = bill->gross_minor;
    share->statement = statement->id;
    order->tenant = share;
    order_put(command, order);
    command_put(command, house_item_key(command, statement->id, item->number), &house_item_type, item);
    command_remove(command, command_key(command, "unstated", share->tenant, order->id, NULL));
}

/* What costs less than nothing comes last, as far as the statement bears it; the rest waits for the next one. */
static void state(struct command *command, struct house_statement *statement, const char *order_id)
{
    struct row_order *order = order_edit(command, order_id);
    const struct ocpp_settle_bill *bill = order ? order_last_bill(command, order) : NULL;

    if (!bill || !order->tenant) {
        command_fail(command, order ? OCPP_ERR_CORRUPT : OCPP_OK);
        return;
    }
    const struct ocpp_settle_bill *before = bill_of(command, order, order->tenant->stated_bill);
    struct house_item item = item_of(command, order, bill, before);
    if ((item.gross_minor < 0) != statement->credits) {
        return;
    }
    if (item.gross_minor < 0 && statement->gross_minor + item.gross_minor < 0) {
        statement->waiting_minor += item.gross_minor;
        return;
    }
    add_item(command, statement, order, bill, before, &item);
}

/* --- going on -------------------------------------------------------------------------------------------------------------- */

struct looking {
    const struct house_statement *statement;
    const char *orders[SESSIONS_AT_ONCE];
    size_t count;
    const char *last; /* that was looked at */
    bool is_cut;
};

static bool look_at(struct command *command, const char *key, const void *record, void *user)
{
    const struct house_unstated *unstated = record;
    struct looking *looking = user;

    (void)key;
    if (strcmp(unstated->order, looking->statement->after) == 0) {
        return true;
    }
    if (looking->count == SESSIONS_AT_ONCE) {
        looking->is_cut = true;
        return false;
    }
    looking->last = unstated->order;
    if (unstated->ended_at < looking->statement->to) {
        looking->orders[looking->count++] = unstated->order;
    }
    return !command_failed(command);
}

static void look_for_sessions(struct command *command, struct looking *looking)
{
    const struct house_statement *statement = looking->statement;

    command_each_from(command, command_key(command, "unstated", statement->tenant, "", NULL),
                      statement->after[0] ? command_key(command, "unstated", statement->tenant, statement->after, NULL) : NULL,
                      &house_unstated_type, look_at, looking);
}

void house_statement_goes_on(struct command *command, void *statement_id)
{
    struct house_statement *statement =
        command_edit(command, command_key(command, "statement", statement_id, NULL), &house_statement_type);
    struct looking looking = { .statement = statement };

    if (!statement || statement->state != HOUSE_STATEMENT_STATE_GATHERING) {
        return;
    }
    look_for_sessions(command, &looking);
    for (size_t i = 0; i < looking.count && statement->items < ITEMS_MOST && !command_failed(command); i++) {
        state(command, statement, looking.orders[i]);
    }
    if (looking.is_cut || !statement->credits) {
        statement->after = looking.is_cut ? looking.last : "";
        statement->credits = statement->credits || !looking.is_cut;
        house_put_statement(command, statement);
        command_timer(command, TIMER_GATHERING, statement->id, command_utc_ms(command));
        return;
    }
    house_gathered(command, statement);
}
