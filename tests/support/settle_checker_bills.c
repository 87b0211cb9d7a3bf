/* settle_checker_bills.c: what holds of bills: nothing in them changed (I7), they have numbers without gaps and nothing is
 * settled by two orders (I10), and their lines say what the meter says (I11). Bills that piles write, and statements, get their
 * rows in the tables of numbers and of what is settled once.
 */
#include "relay_records.h"
#include "settle_checker_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- I7: as it was written ------------------------------------------------------------------------------------------- */

static bool is_as_hashed(struct settle_checker *checker, const struct ocpp_settle_bill *bill)
{
    struct ocpp_settle_bill plain = *bill;
    struct ocpp_settle_bytes piece;
    const char *text = NULL;
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    char hash[2 * OCPP_SETTLE_DIGEST_SIZE + 1];

    plain.output_hash = "";
    if (ocpp_message_encode(&ocpp_settle_bill_type, &plain, checker->arena, &text, &piece.size, NULL) != OCPP_OK) {
        return false;
    }
    piece.bytes = text;
    if (checker->keys.sha256(&piece, 1, digest, checker->keys.user) != OCPP_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(hash + 2 * i, 3, "%02x", digest[i]);
    }
    return strcmp(hash, bill->output_hash) == 0;
}

/* --- I10: numbers without gaps --------------------------------------------------------------------------------------- */

/* Rows KIND/OWNER/NNNN: as many as the owner says, all of them. */
static bool are_all_there(struct settle_checker *checker, const struct checker_row *row, const char *kind, int64_t count)
{
    char rest[160];

    for (int64_t i = 1; i <= count; i++) {
        (void)snprintf(rest, sizeof rest, "%s/%04" PRId64, row->rest, i);
        CHECKER_REQUIRE(checker, checker_exists(checker, row->operator_id, kind, rest), "I10",
                        "order %s has %" PRId64 " rows of %s, and number %" PRId64 " is missing", row->rest, count, kind, i);
    }
    (void)snprintf(rest, sizeof rest, "%s/%04" PRId64, row->rest, count + 1);
    CHECKER_REQUIRE(checker, !checker_exists(checker, row->operator_id, kind, rest), "I10",
                    "order %s has %" PRId64 " rows of %s, and number %" PRId64 " is there, too", row->rest, count, kind,
                    count + 1);
    return true;
}

/* --- I10: settled once ----------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(1469598103934665603);

    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    return hash;
}

bool checker_settle_first(struct settle_checker *checker, const char *operator_id, const char *what, const char *id,
                          const char *by)
{
    char key[256];

    (void)snprintf(key, sizeof key, "%s/%s/%s", operator_id, what, id);
    struct checker_item *settled = checker_map_get(&checker->settled, key);
    if (settled->number != 0 && settled->number != (int64_t)hash_of(by)) {
        return false;
    }
    settled->number = (int64_t)hash_of(by);
    return true;
}

bool checker_settle_once(struct settle_checker *checker, const char *operator_id, const char *what, const char *id,
                         const char *by)
{
    CHECKER_REQUIRE(checker, checker_settle_first(checker, operator_id, what, id, by), "I10",
                    "%s %s is settled by order %s and by another one", what, id, by);
    return true;
}

/* What is due is what the newest bill says. */
static bool is_as_billed(struct settle_checker *checker, const struct checker_row *row, const struct row_order *order)
{
    char rest[64];

    (void)snprintf(rest, sizeof rest, "%s/%04" PRId64, order->id, order->bills);
    const struct ocpp_settle_bill *bill =
        order->bills > 0 ? checker_read(checker, row->operator_id, "bill", rest, &ocpp_settle_bill_type) : NULL;
    CHECKER_REQUIRE(checker, bill == NULL || bill->gross_minor == order->due_minor, "I7",
                    "order %s: %" PRId64 " are due, its bill says %" PRId64, order->id, order->due_minor,
                    bill != NULL ? bill->gross_minor : 0);
    return true;
}

bool checker_look_at_numbers(struct settle_checker *checker, const struct checker_row *row, const struct row_order *order)
{
    char session[160];

    if (checker->believes_rentals) {
        return true;
    }
    if (!are_all_there(checker, row, "bill", order->bills) || !are_all_there(checker, row, "adjustment", order->adjustments) ||
        !is_as_billed(checker, row, order)) {
        return false;
    }
    if (order->vehicle == NULL) {
        return true;
    }
    /* a station that was replaced may give a name again: that is another session */
    (void)snprintf(session, sizeof session, "%s/%s/%" PRId64, order->vehicle->station, order->vehicle->transaction,
                   order->vehicle->has_started_at ? order->vehicle->started_at : 0);
    return checker_settle_once(checker, row->operator_id, "session", session, order->id);
}

/* --- I11: lines and meter -------------------------------------------------------------------------------------------- */

/* What the meter said of a session, in the order of time. */
struct registers {
    struct settle_checker *checker;
    const struct row_vehicle *vehicle;
    int64_t from_ms;   /* its start; OCPP_UTC_UNKNOWN: the first reading's */
    int64_t first_mwh; /* -1: not known yet */
    int64_t most_mwh;
    int64_t before_mwh; /* the newest */
    bool has_fallen;
};

static void read_register(struct registers *registers, int64_t mwh)
{
    registers->has_fallen |= mwh < registers->before_mwh;
    registers->before_mwh = mwh;
    registers->most_mwh = mwh > registers->most_mwh ? mwh : registers->most_mwh;
}

static bool add_reading(const struct ocpp_settle_row *row, void *user)
{
    struct registers *registers = user;
    const struct row_vehicle *vehicle = registers->vehicle;
    const struct ocpp_settle_usage_event *event =
        checker_decode(registers->checker, &ocpp_settle_usage_event_type, row->value, row->size, row->key);

    if (event == NULL) {
        return false;
    }
    registers->from_ms = registers->from_ms == OCPP_UTC_UNKNOWN ? event->at : registers->from_ms;
    if (!event->has_energy_mwh) {
        return true;
    }
    registers->first_mwh = registers->first_mwh < 0 && event->energy_mwh > 0 ? event->energy_mwh : registers->first_mwh;
    if (event->at >= registers->from_ms && (!vehicle->has_ended_at || event->at <= vehicle->ended_at)) {
        read_register(registers, event->energy_mwh);
    }
    return true;
}

/* A register of 0 at the start, before a jump no station can deliver, was a meter that had not answered yet. */
static bool is_start_known(const struct row_vehicle *vehicle)
{
    return vehicle->has_start_mwh && !(vehicle->start_mwh == 0 && (vehicle->anomalies & OCPP_ANOMALY_METER_JUMPED) != 0);
}

static bool read_meter(struct settle_checker *checker, const char *operator_id, const struct row_order *order,
                       struct registers *registers)
{
    const struct row_vehicle *vehicle = order->vehicle;
    char prefix[160];

    *registers = (struct registers){ .checker = checker,
                                     .vehicle = vehicle,
                                     .from_ms = vehicle->has_started_at ? vehicle->started_at : OCPP_UTC_UNKNOWN,
                                     .first_mwh = is_start_known(vehicle) ? vehicle->start_mwh : -1 };
    if (is_start_known(vehicle)) {
        read_register(registers, vehicle->start_mwh);
    }
    (void)snprintf(prefix, sizeof prefix, "%s/usage/%s/", operator_id, order->id);
    const enum ocpp_status status = checker->store.each(prefix, NULL, add_reading, registers, checker->store.user);
    CHECKER_REQUIRE(checker, status == OCPP_OK, "stored", "%s cannot be read: %s", prefix, ocpp_status_sentence(status));
    if (vehicle->has_last_mwh) {
        registers->first_mwh = registers->first_mwh < 0 ? vehicle->last_mwh : registers->first_mwh;
        read_register(registers, vehicle->last_mwh);
    }
    return checker->broken[0] == '\0';
}

static bool names_anomaly(const struct ocpp_settle_bill *bill, enum ocpp_settle_bill_anomaly anomaly)
{
    for (size_t i = 0; i < bill->anomalies.count; i++) {
        if (bill->anomalies.items[i] == anomaly) {
            return true;
        }
    }
    return false;
}

static int64_t energy_of(const struct ocpp_settle_bill *bill)
{
    int64_t mwh = 0;

    for (size_t i = 0; i < bill->lines.count; i++) {
        mwh += bill->lines.items[i].kind == OCPP_SETTLE_LINE_KIND_ENERGY ? bill->lines.items[i].measured : 0;
    }
    return mwh;
}

static bool compare_with_meter(struct settle_checker *checker, const struct checker_row *row, const struct ocpp_settle_bill *bill,
                               const struct row_order *order)
{
    struct registers meter = { .first_mwh = -1 };

    if (order->vehicle != NULL && !read_meter(checker, row->operator_id, order, &meter)) {
        return false;
    }
    const int64_t delivered = meter.first_mwh >= 0 && meter.most_mwh > meter.first_mwh ? meter.most_mwh - meter.first_mwh : 0;
    CHECKER_REQUIRE(checker, energy_of(bill) == delivered, "I11", "%s: its lines measured %" PRId64 " mWh, the meter %" PRId64,
                    row->key, energy_of(bill), delivered);
    if (order->vehicle == NULL) {
        return true;
    }
    CHECKER_REQUIRE(
        checker, !meter.has_fallen || order->vehicle->anomalies != 0 || names_anomaly(bill, OCPP_SETTLE_BILL_ANOMALY_ENERGY_FELL),
        "I11", "%s: the meter fell, and nobody says so", row->key);
    CHECKER_REQUIRE(checker,
                    order->vehicle->has_last_mwh || order->vehicle->anomalies != 0 ||
                        names_anomaly(bill, OCPP_SETTLE_BILL_ANOMALY_NO_READING),
                    "I11", "%s: nobody read the meter, and nobody says so", row->key);
    return true;
}

/* --- I10: pages of piles ---------------------------------------------------------------------------------------------- */

/* "PILE/NNNN": the row of the page before this one, as far as it came. */
static const struct row_relay_page *page_before(struct settle_checker *checker, const struct checker_row *row,
                                                const struct row_relay_page *page)
{
    char rest[160];

    (void)snprintf(rest, sizeof rest, "%.*s/%016" PRIx64, (int)strcspn(row->rest, "/"), row->rest, (uint64_t)page->page - 1);
    return page->page < 2 ? NULL : checker_read(checker, row->operator_id, "relaypage", rest, &row_relay_page_type);
}

bool checker_look_at_page(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct row_relay_page *page = record;
    const struct row_relay_page *before = page_before(checker, row, page);
    char name[160];

    if (page->state == ROW_RELAY_PAGE_STATE_QUARANTINED) {
        return true;
    }
    CHECKER_REQUIRE(checker,
                    before == NULL || before->state == ROW_RELAY_PAGE_STATE_QUARANTINED || strcmp(before->hash, page->prev) == 0,
                    "I10", "%s does not follow the page before it", row->key);
    if (page->state != ROW_RELAY_PAGE_STATE_ACCEPTED) {
        CHECKER_REQUIRE(checker, page->order == NULL, "I10", "%s is in suspense and settled", row->key);
        return true;
    }
    CHECKER_REQUIRE(checker, page->order != NULL, "I10", "%s is accepted and settles nothing", row->key);
    (void)snprintf(name, sizeof name, "%s/%" PRId64, page->pile, page->page);
    return (page->jti == NULL || checker_settle_once(checker, row->operator_id, "authorisation", page->jti, name)) &&
           checker_settle_once(checker, row->operator_id, "bill", page->order, name);
}

/* --- the lines ------------------------------------------------------------------------------------------------------- */

static bool look_at_line(struct settle_checker *checker, const struct checker_row *row, const struct ocpp_settle_bill_line *line,
                         int number, const char *order)
{
    int64_t tax = 0;
    const bool is_bank =
        line->kind == OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL || line->kind == OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE;

    CHECKER_REQUIRE(checker, line->net_minor + line->tax_minor == line->gross_minor, "I11",
                    "%s, line %d: %" PRId64 " + %" PRId64 " is not %" PRId64, row->key, number, line->net_minor, line->tax_minor,
                    line->gross_minor);
    for (size_t i = 0; i < line->taxes.count; i++) {
        tax += line->taxes.items[i].tax_minor;
    }
    CHECKER_REQUIRE(checker, line->taxes.count == 0 || tax == line->tax_minor, "I11",
                    "%s, line %d: its taxes add up to %" PRId64 ", not to %" PRId64, row->key, number, tax, line->tax_minor);
    return !is_bank || line->rental == NULL || checker_settle_once(checker, row->operator_id, "rental", line->rental, order);
}

/* "ORDER/NNNN" */
static void order_of(const struct checker_row *row, char order[64])
{
    (void)snprintf(order, 64, "%.*s", (int)strcspn(row->rest, "/"), row->rest);
}

bool checker_look_at_bill(struct settle_checker *checker, const struct checker_row *row, const void *record)
{
    const struct ocpp_settle_bill *bill = record;
    int64_t net = 0;
    int64_t gross = 0;
    char id[64];

    order_of(row, id);
    for (size_t i = 0; i < bill->lines.count; i++) {
        if (!look_at_line(checker, row, &bill->lines.items[i], (int)i, id)) {
            return false;
        }
        net += bill->lines.items[i].net_minor;
        gross += bill->lines.items[i].gross_minor;
    }
    CHECKER_REQUIRE(checker, net == bill->net_minor && gross == bill->gross_minor, "I11",
                    "%s: its lines add up to %" PRId64 " net and %" PRId64 " gross, not to %" PRId64 " and %" PRId64, row->key,
                    net, gross, bill->net_minor, bill->gross_minor);
    CHECKER_REQUIRE(checker, is_as_hashed(checker, bill), "I7", "%s is not what its hash was taken over", row->key);
    const struct row_order *order = checker_read(checker, row->operator_id, "order", id, &row_order_type);
    CHECKER_REQUIRE(checker, order != NULL, "I10", "%s is a bill of an order that is not there", row->key);
    return compare_with_meter(checker, row, bill, order);
}
