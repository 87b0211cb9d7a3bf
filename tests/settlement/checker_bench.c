/* checker_bench.c: writing what no backend writes. */
#include "checker_bench.h"

#include <ocpp/settlement/adapters.h>

#include <stdio.h>
#include <string.h>

int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    bench->store = ocpp_settle_memory_store_new(NULL, 0);
    bench->arena = ocpp_arena_new(NULL, 0);
    settle_keys_start(&bench->keys, 7);
    bench->checker = settle_checker_new(bench->store, &bench->keys.contract);
    *state = bench;
    return 0;
}

int teardown(void **state)
{
    struct bench *bench = *state;

    settle_checker_free(bench->checker);
    settle_keys_end(&bench->keys);
    ocpp_arena_free(bench->arena);
    ocpp_settle_memory_store_free(bench->store);
    free(bench);
    return 0;
}

/* --- writing by hand ----------------------------------------------------------------------------------------------- */

static bool note_version(const struct ocpp_settle_row *row, void *user)
{
    *(int64_t *)user = row->version;
    return false;
}

void change(struct bench *bench, enum ocpp_settle_change_kind kind, const char *key, const char *text, size_t size)
{
    struct ocpp_settle_change one = { .kind = kind, .key = key, .value = text, .size = size };
    const struct ocpp_settle_write write = { .changes = &one, .change_count = 1 };

    (void)bench->store->read(key, note_version, &one.version, bench->store->user);
    if (kind == OCPP_SETTLE_INSERT && one.version > 0) {
        one.kind = OCPP_SETTLE_UPDATE;
    }
    assert_int_equal(bench->store->write(&write, NULL, NULL, bench->store->user), OCPP_OK);
}

void put(struct bench *bench, const char *key, const struct ocpp_type *type, const void *record)
{
    const char *text;
    size_t size;
    struct ocpp_issue issue;

    if (ocpp_message_encode(type, record, bench->arena, &text, &size, &issue) != OCPP_OK) {
        fail_msg("%s: %s", key, issue.path);
    }
    change(bench, OCPP_SETTLE_INSERT, key, text, size);
}

void take_away(struct bench *bench, const char *key)
{
    change(bench, OCPP_SETTLE_DELETE, key, NULL, 0);
}

void journal(struct bench *bench, const char *kind, const char *body)
{
    const struct ocpp_settle_entry entry = { .kind = kind, .body = body, .size = strlen(body) };
    const struct ocpp_settle_write write = { .entries = &entry, .entry_count = 1 };

    assert_int_equal(bench->store->write(&write, NULL, NULL, bench->store->user), OCPP_OK);
}

void post(struct bench *bench, const char *event, const char *debit, int64_t debit_minor, const char *credit,
          int64_t credit_minor)
{
    const struct row_posting_line lines[] = { { .account = debit, .has_debit_minor = true, .debit_minor = debit_minor },
                                              { .account = credit, .has_credit_minor = true, .credit_minor = credit_minor } };
    const struct row_posting posting = {
        .id = "P", .operator_ = "op", .event = event, .currency = "EUR", .leg = "L", .lines = { lines, 2 }
    };
    const char *text;
    size_t size;

    assert_int_equal(ocpp_message_encode(&row_posting_type, &posting, bench->arena, &text, &size, NULL), OCPP_OK);
    journal(bench, "post", text);
}

void balance(struct bench *bench, const char *key, int64_t minor, int64_t entries)
{
    put(bench, key, &row_balance_type, &(struct row_balance){ minor, entries });
}

struct row_leg leg_of(enum row_leg_state state, int64_t held, int64_t captured, int64_t released)
{
    return (struct row_leg){ .id = "L",
                             .order = "O",
                             .payer = "p",
                             .provider = "card",
                             .currency = "EUR",
                             .exponent = 2,
                             .state = state,
                             .held_minor = held,
                             .captured_minor = captured,
                             .released_minor = released };
}

void put_leg(struct bench *bench, struct row_leg leg)
{
    put(bench, "op/leg/L", &row_leg_type, &leg);
}

/* 80 are held for leg L. */
void hold(struct bench *bench)
{
    post(bench, "hold", "authorized:card", 80, "hold:L", 80);
    balance(bench, "op/balance/EUR/authorized:card", -80, 1);
    balance(bench, "op/balance/EUR/hold:L", 80, 1);
    put_leg(bench, leg_of(ROW_LEG_STATE_HELD, 80, 0, 0));
}

static const char *const order_id = "O";
static const char *const leg_ids[] = { "L" };

void timer(struct bench *bench, const char *rest)
{
    const struct row_timer row = { .kind = "k", .subject = "s", .at = 4096 };
    char key[100];

    (void)snprintf(key, sizeof key, "op/due/%s", rest);
    put(bench, key, &row_timer_type, &row);
    (void)snprintf(key, sizeof key, "op/timer/0000000000001000/%s", rest);
    put(bench, key, &row_timer_type, &row);
}

static const struct row_vehicle charging = {
    .station = "st", .transaction = "T", .state = ROW_VEHICLE_STATE_CHARGING, .charging = ROW_CHARGING_KIND_CHARGING
};

struct row_order order_of(enum row_order_state state, int64_t paid)
{
    return (struct row_order){ .id = order_id,
                               .operator_ = "op",
                               .payer_kind = ROW_PAYER_KIND_TOKEN,
                               .payer = "p",
                               .provider = "card",
                               .currency = "EUR",
                               .exponent = 2,
                               .state = state,
                               .snapshot = "s",
                               .station = "st",
                               .rentals = { leg_ids, 0 },
                               .legs = { leg_ids, 1 },
                               .residuals = { leg_ids, 0 },
                               .vehicle = &charging,
                               .paid_minor = paid };
}

/* --- what it says -------------------------------------------------------------------------------------------------- */

void assert_good(struct bench *bench)
{
    const char *broken = settle_checker_run(bench->checker);

    if (broken == NULL) {
        broken = settle_checker_run_in_full(bench->checker);
    }
    if (broken != NULL) {
        fail_msg("%s", broken);
    }
}

/* In the run that looks at what changed, and in one that looks at everything without having seen anything before. */
void assert_broken(struct bench *bench, const char *expected)
{
    struct settle_checker *fresh = settle_checker_new(bench->store, &bench->keys.contract);
    const char *broken = settle_checker_run(bench->checker);

    assert_non_null(broken);
    assert_string_equal(broken, expected);
    assert_string_equal(settle_checker_run(bench->checker), expected);
    broken = settle_checker_run_in_full(fresh);
    assert_non_null(broken);
    assert_memory_equal(broken, expected, 3);
    settle_checker_free(fresh);
}

/* Of what only shows to who saw it before. */
void assert_broken_since(struct bench *bench, const char *expected)
{
    const char *broken = settle_checker_run(bench->checker);

    assert_non_null(broken);
    assert_string_equal(broken, expected);
}

/* --- orders and bills ---------------------------------------------------------------------------------------------- */

static void hash(struct bench *bench, const char *text, size_t size, char hexadecimal[65])
{
    const struct ocpp_settle_bytes piece = { text, size };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];

    assert_int_equal(bench->keys.contract.sha256(&piece, 1, digest, bench->keys.contract.user), OCPP_OK);
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(hexadecimal + 2 * i, 3, "%02x", digest[i]);
    }
}

void put_order(struct bench *bench, const struct row_order *order)
{
    const struct row_open_order found = { .order = order->id, .station = order->station };
    char digest[65];
    char key[128];

    (void)snprintf(key, sizeof key, "op/order/%s", order->id);
    put(bench, key, &row_order_type, order);
    if (order->state == ROW_ORDER_STATE_OPEN || order->state == ROW_ORDER_STATE_DEBT) {
        hash(bench, order->payer, strlen(order->payer), digest);
        (void)snprintf(key, sizeof key, "op/%s/%s/%s", order->state == ROW_ORDER_STATE_OPEN ? "open" : "debt", digest, order->id);
        put(bench, key, &row_open_order_type, &found);
    }
}

struct ocpp_settle_bill bill_of(const struct ocpp_settle_bill_line *lines, size_t count, int64_t net, int64_t gross)
{
    return (struct ocpp_settle_bill){ .mode = OCPP_SETTLE_COMPUTE_MODE_FINAL,
                                      .currency = "EUR",
                                      .exponent = 2,
                                      .lines = { lines, count },
                                      .net_minor = net,
                                      .tax_minor = gross - net,
                                      .gross_minor = gross,
                                      .anomalies = { (const enum ocpp_settle_bill_anomaly[]){ 1 }, 0 },
                                      .input_hash = "",
                                      .output_hash = "" };
}

void put_bill(struct bench *bench, int number, struct ocpp_settle_bill bill)
{
    const char *text;
    size_t size;
    char digest[65];
    char key[40];

    bill.output_hash = "";
    assert_int_equal(ocpp_message_encode(&ocpp_settle_bill_type, &bill, bench->arena, &text, &size, NULL), OCPP_OK);
    hash(bench, text, size, digest);
    bill.output_hash = digest;
    (void)snprintf(key, sizeof key, "op/bill/O/%04d", number);
    put(bench, key, &ocpp_settle_bill_type, &bill);
}
