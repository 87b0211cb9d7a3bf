/* What a bill costs: check, compute and both hashes of a session, beside SHA-256 over as many bytes as are hashed. Counts are
 * gates (exit 1): a bill allocates nothing once its arena has grown. Times are told. With --counts nothing but the gates. */
#include "allocations.h"
#include "plain_keys.h"

#include <ocpp/settlement/compute.h>

#include <ocpp/message.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIALS = 5, MOST_EVENTS = 2000 };

#define VAT           "\"taxes\":[{\"name\":\"VAT\",\"ratePpm\":190000}]"
#define ENERGY(price) "{\"dimension\":\"Energy\",\"unit\":\"Kwh\",\"priceMicro\":" #price ",\"step\":1," VAT "}"
#define IDLE          "{\"dimension\":\"Idle\",\"unit\":\"Minute\",\"priceMicro\":100000," VAT "}"
#define FLAT          "{\"dimension\":\"Flat\",\"unit\":\"Once\",\"priceMicro\":500000," VAT "}"
#define TARIFF(rest)  "{\"id\":\"T\",\"currency\":\"EUR\",\"dialect\":\"Ocpi\"," rest "}"

static const char *const plain = TARIFF("\"elements\":[{\"components\":[" ENERGY(390000) "]}]");
static const char *const rich =
    TARIFF("\"maxPrice\":{\"netMicro\":9000000,\"grossMicro\":11000000},\"elements\":["
           "{\"components\":[" FLAT "]},"
           "{\"components\":[" ENERGY(
               290000) "],\"restrictions\":{\"startMinute\":1320,\"endMinute\":360}},"
                       "{\"components\":[" ENERGY(
                           490000) "],\"restrictions\":{\"minPowerMw\":22000000,\"days\":31}},"
                                   "{\"components\":[" IDLE "],\"restrictions\":{\"minIdleS\":900}},"
                                   "{\"components\":[" ENERGY(
                                       390000) "]}],"
                                               "\"bank\":{\"depositMinor\":9900,\"freeS\":300,\"unitS\":1800,\"unitPriceMicro\":"
                                               "1500000,\"dailyCapMinor\":3000,\"buyOutMinor\":9900}");

static const struct ocpp_settle_zone_transition zone[] = { { INT64_C(1761440400000), 3600 }, { INT64_C(1774746000000), 7200 } };

/* subject: |events| events in two hours, a power bank or none. */
struct subject {
    const char *name;
    const char *tariff;
    size_t events;
    size_t banks;
    int rounds;
};

static struct ocpp_settle_usage_event events[MOST_EVENTS];
static const struct ocpp_settle_bank_usage bank = { .rental = "01HZXW3C4T0000000000000000",
                                                    .taken_at = INT64_C(1767200400000),
                                                    .end = OCPP_SETTLE_BANK_END_RETURNED,
                                                    .has_ended_at = true,
                                                    .ended_at = INT64_C(1767207600000) };

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fill_events(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        events[i] = (struct ocpp_settle_usage_event){ .at = INT64_C(1767200400000) + (int64_t)(i * 7200000 / (count - 1)),
                                                      .kind = OCPP_SETTLE_USAGE_KIND_METER,
                                                      .has_energy_mwh = true,
                                                      .energy_mwh = (int64_t)(i * 30000000 / (count - 1)) };
    }
    events[0].kind = OCPP_SETTLE_USAGE_KIND_START;
    events[count - 2].kind = OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV;
    events[count - 1].kind = OCPP_SETTLE_USAGE_KIND_STOP;
}

static const struct ocpp_settle_bill *compute(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage,
                                              struct ocpp_arena *arena)
{
    const struct ocpp_settle_bill *bill;

    ocpp_arena_reset(arena);
    if (ocpp_settle_compute(snapshot, usage, OCPP_SETTLE_COMPUTE_MODE_FINAL, INT64_C(1767207600000), &plain_keys, arena, &bill,
                            NULL) != OCPP_OK) {
        fprintf(stderr, "bench_settle_compute: a session was refused\n");
        exit(2);
    }
    return bill;
}

static size_t hashed_bytes(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage,
                           struct ocpp_arena *arena)
{
    const char *text;
    size_t sum = 0;
    size_t size = 0;

    sum += ocpp_message_encode(&ocpp_settle_bill_type, compute(snapshot, usage, arena), arena, &text, &size, NULL) == OCPP_OK
               ? size
               : 0;
    sum += ocpp_message_encode(&ocpp_settle_snapshot_type, snapshot, arena, &text, &size, NULL) == OCPP_OK ? size : 0;
    sum += ocpp_message_encode(&ocpp_settle_usage_type, usage, arena, &text, &size, NULL) == OCPP_OK ? size : 0;
    return sum;
}

/* The best of several trials; what it allocated meanwhile. */
static double bill_ns(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage,
                      struct ocpp_arena *arena, int rounds, uint64_t *allocated)
{
    double best = 1e18;

    (void)compute(snapshot, usage, arena);
    const uint64_t before = allocations_now().count;
    for (int trial = 0; trial < TRIALS; trial++) {
        const int64_t from = now_ns();

        for (int i = 0; i < rounds; i++) {
            (void)compute(snapshot, usage, arena);
        }
        const double ns = (double)(now_ns() - from) / rounds;
        best = ns < best ? ns : best;
    }
    *allocated = allocations_now().count - before;
    return best;
}

static double hash_ns(size_t size, int rounds)
{
    static char bytes[1 << 20];
    const struct ocpp_settle_bytes piece = { bytes, size < sizeof bytes ? size : sizeof bytes };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const int64_t from = now_ns();

    for (int i = 0; i < rounds; i++) {
        (void)plain_keys.sha256(&piece, 1, digest, NULL);
    }
    return (double)(now_ns() - from) / rounds;
}

static bool run(const struct subject *subject, bool counts_only)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, (size_t)1 << 24);
    struct ocpp_arena *kept = ocpp_arena_new(NULL, 0);
    const void *tariff;
    struct ocpp_settle_snapshot snapshot = { .exponent = 2,
                                             .rounding = OCPP_SETTLE_ROUNDING_MODE_HALF_UP,
                                             .tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_LINE,
                                             .zone = "Europe/Berlin",
                                             .transitions = { zone, sizeof zone / sizeof *zone } };
    const struct ocpp_settle_usage usage = { .events = { events, subject->events }, .banks = { &bank, subject->banks } };
    uint64_t allocated;

    if (ocpp_message_decode(&ocpp_settle_tariff_type, subject->tariff, strlen(subject->tariff), NULL, NULL, kept, &tariff,
                            NULL) != OCPP_OK) {
        fprintf(stderr, "bench_settle_compute: a tariff was refused\n");
        exit(2);
    }
    snapshot.tariff = *(const struct ocpp_settle_tariff *)tariff;
    fill_events(subject->events);
    const int rounds = counts_only ? 10 : subject->rounds;
    const double ns = bill_ns(&snapshot, &usage, arena, rounds, &allocated);
    const size_t bytes = hashed_bytes(&snapshot, &usage, arena);
    const double floor_ns = hash_ns(bytes, rounds);
    printf("%-28s %8zu %10.1f %12.1f %12zu %12llu\n", subject->name, subject->events, ns / 1000, floor_ns / 1000,
           ocpp_arena_used(arena), (unsigned long long)allocated);
    ocpp_arena_free(arena);
    ocpp_arena_free(kept);
    return allocated == 0;
}

int main(int argc, char **argv)
{
    const struct subject subjects[] = {
        { "one price", plain, 3, 0, 5000 },
        { "five prices, cap, bank", rich, 10, 1, 2000 },
        { "five prices, cap, bank", rich, 120, 1, 500 },
        { "five prices, cap, bank", rich, MOST_EVENTS, 1, 20 },
    };
    const bool counts_only = argc > 1 && strcmp(argv[1], "--counts") == 0;
    bool kept = true;

    printf("%-28s %8s %10s %12s %12s %12s\n", "a bill of", "events", "us", "of SHA-256", "arena bytes", "allocations");
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        kept = run(&subjects[i], counts_only) && kept;
    }
    if (!kept) {
        printf("bench_settle_compute: a bill allocated\n");
    }
    return kept ? 0 : 1;
}
