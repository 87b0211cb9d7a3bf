/* What a message costs: decode with full checking, encode with full checking, beside cJSON's parse and print of the same text.
 * Counts are gates (exit 1), times are told as ratios to the floor of the same run. */
#include "allocations.h"

#include <cjson/cJSON.h>
#include <ocpp/message.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 20000, TRIALS = 5 };

struct subject {
    const char *name;
    const char *action;
    char *text;
    bool request;
};

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- the subjects ------------------------------------------------------------------------------------------------------- */

static char *meter_values(void)
{
    static const char *const rows[] = { "Energy.Active.Import.Register\",\"location\":\"Outlet\",\"unit\":\"Wh",
                                        "Power.Active.Import\",\"location\":\"Outlet\",\"unit\":\"W",
                                        "Current.Import\",\"location\":\"Outlet\",\"unit\":\"A",
                                        "Voltage\",\"location\":\"Outlet\",\"unit\":\"V" };
    char *text = malloc(4096);
    int size = sprintf(
        text,
        "{\"connectorId\":1,\"transactionId\":1,\"meterValue\":[{\"timestamp\":\"2026-01-01T00:00:00Z\",\"sampledValue\":[");

    for (int i = 0; i < 4; i++) {
        size += sprintf(text + size, "%s{\"value\":\"%d.5\",\"context\":\"Sample.Periodic\",\"measurand\":\"%s\"}", i ? "," : "",
                        1000 + i, rows[i]);
    }
    strcpy(text + size, "]}]}");
    return text;
}

/* As many periods as one message of the default limit may hold. */
static char *charging_profile(void)
{
    char *text = malloc(65536);
    int size = sprintf(
        text,
        "{\"connectorId\":1,\"csChargingProfiles\":{\"chargingProfileId\":1,\"stackLevel\":0,\"chargingProfilePurpose\":"
        "\"TxDefaultProfile\","
        "\"chargingProfileKind\":\"Absolute\",\"chargingSchedule\":{\"chargingRateUnit\":\"A\",\"chargingSchedulePeriod\":[");

    for (int i = 0; i < 1000; i++) {
        size +=
            sprintf(text + size, "%s{\"startPeriod\":%d,\"limit\":%d.5,\"numberPhases\":3}", i ? "," : "", i * 60, 6 + i % 26);
    }
    strcpy(text + size, "]}}}");
    return text;
}

/* --- measuring ------------------------------------------------------------------------------------------------------------- */

struct cost {
    double ns;
    double allocations;
    double bytes;
};

static bool decode_and_encode(const struct ocpp_type *type, const char *text, size_t size, struct ocpp_arena *arena)
{
    const void *message;
    const char *again;
    size_t again_size;

    ocpp_arena_reset(arena);
    return ocpp_message_decode(type, text, size, NULL, NULL, arena, &message, NULL) == OCPP_OK &&
           ocpp_message_encode(type, message, arena, &again, &again_size, NULL) == OCPP_OK;
}

static bool parse_and_print(const char *text, size_t size)
{
    cJSON *tree = cJSON_ParseWithLength(text, size);
    char *again = cJSON_PrintUnformatted(tree);
    bool ok = again;

    free(again);
    cJSON_Delete(tree);
    return ok;
}

static struct cost measure(const struct ocpp_type *type, const char *text, struct ocpp_arena *arena, int rounds)
{
    size_t size = strlen(text);
    struct cost best = { .ns = 1e18 };

    for (int trial = 0; trial < TRIALS; trial++) {
        struct allocations before = allocations_now();
        int64_t from = now_ns();
        for (int i = 0; i < rounds; i++) {
            if (!(type ? decode_and_encode(type, text, size, arena) : parse_and_print(text, size))) {
                fprintf(stderr, "bench_messages: a message was refused\n");
                exit(2);
            }
        }
        double ns = (double)(now_ns() - from) / rounds;
        struct allocations after = allocations_now();
        if (ns < best.ns) {
            best =
                (struct cost){ ns, (double)(after.count - before.count) / rounds, (double)(after.bytes - before.bytes) / rounds };
        }
    }
    return best;
}

/* The tree of the text is all that may be allocated. */
static double tree_allocations(const char *text)
{
    struct allocations before = allocations_now();
    cJSON *tree = cJSON_Parse(text);
    struct allocations after = allocations_now();

    cJSON_Delete(tree);
    return (double)(after.count - before.count);
}

int main(void)
{
    const struct subject subjects[] = {
        { "Heartbeat", "Heartbeat", strdup("{}"), true },
        { "Heartbeat answer", "Heartbeat", strdup("{\"currentTime\":\"2026-01-01T00:00:00.000Z\"}"), false },
        { "MeterValues", "MeterValues", meter_values(), true },
        { "SetChargingProfile", "SetChargingProfile", charging_profile(), true },
    };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16 << 20);
    bool kept = true;

    printf("%-20s %7s %10s %10s %7s %12s %12s %10s\n", "message (1.6)", "bytes", "ns", "floor ns", "ratio", "allocations",
           "of the tree", "heap bytes");
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const struct subject *subject = &subjects[i];
        const struct ocpp_action *action =
            ocpp_protocol_action(ocpp_protocol_of(OCPP_VERSION_1_6), subject->action, strlen(subject->action));
        const struct ocpp_type *type = subject->request ? action->request : action->response;
        int rounds = strlen(subject->text) > 10000 ? ROUNDS / 100 : ROUNDS;
        (void)decode_and_encode(type, subject->text, strlen(subject->text), arena); /* the arena grows once */
        struct cost cost = measure(type, subject->text, arena, rounds);
        struct cost floor = measure(NULL, subject->text, arena, rounds);
        double tree = tree_allocations(subject->text);
        printf("%-20s %7zu %10.0f %10.0f %7.2f %12.1f %12.1f %10.0f\n", subject->name, strlen(subject->text), cost.ns, floor.ns,
               cost.ns / floor.ns, cost.allocations, tree, cost.bytes);
        kept = kept && cost.allocations <= tree && tree > 0; /* a tree of nothing: the counter does not see the library */
        free(subject->text);
    }
    ocpp_arena_free(arena);
    printf("%s\n", kept ? "ok: nothing is allocated but the tree" : "FAILED: more is allocated than the tree");
    return kept ? 0 : 1;
}
