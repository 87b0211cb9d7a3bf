/* fleet_report.c: the words and the members of a report. */
#include "fleet_report.h"
#include "fleet_limits.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static double seconds_since(int64_t start_ms)
{
    return (double)(ocpp_system_now().mono_ms - start_ms) / 1000;
}

static double rate(uint64_t count, double seconds)
{
    return seconds > 0 ? (double)count / seconds : 0;
}

static double latency_ms(const struct tally *tally, double share)
{
    return (double)tally_latency_us(tally, share) / 1000;
}

static void print_failures(const struct tally *tally, const char *before, const char *none)
{
    bool any = false;

    for (int i = 0; i < TALLY_FAILURES; i++) {
        if (tally->failures[i] > 0) {
            printf("%s%s %" PRIu64, any ? ", " : before, tally_failure_name((enum tally_failure)i), tally->failures[i]);
            any = true;
        }
    }
    printf("%s\n", any ? "" : none);
}

static void print_census(const struct fleet *fleet, const struct census *census)
{
    printf("%d of %d connected, %d booting, %d away, %d failed, %d charging", census->connected, fleet->options.stations,
           census->booting, census->away, census->failed, census->charging);
}

static void print_latencies(const struct tally *tally)
{
    printf("answers in ms: p50 %.1f, p95 %.1f, p99 %.1f, max %.1f", latency_ms(tally, 0.5), latency_ms(tally, 0.95),
           latency_ms(tally, 0.99), (double)tally->longest_us / 1000);
}

void fleet_report_line(struct fleet_report *report, const struct fleet *fleet)
{
    const struct census census = fleet_census(fleet);
    const double seconds = seconds_since(report->told_ms);

    printf("%.0f s: ", seconds_since(fleet->start_ms));
    print_census(fleet, &census);
    printf("; messages/s: %.1f out, %.1f in; ", rate(fleet->tally.out - report->out, seconds),
           rate(fleet->tally.in - report->in, seconds));
    print_latencies(&fleet->tally);
    printf("; %.1f kWh", (double)census.energy_wh / 1000);
    print_failures(&fleet->tally, "; ", "");
    fflush(stdout);
    *report = (struct fleet_report){ ocpp_system_now().mono_ms, fleet->tally.out, fleet->tally.in };
}

/* --- at the end -------------------------------------------------------------------------------------------------- */

static void print_end(const struct fleet *fleet, const struct census *census)
{
    const double seconds = seconds_since(fleet->start_ms);
    const long memory_kib = fleet_memory_kib();

    printf("%d stations in %.1f s", fleet->options.stations, seconds);
    if (fleet->connected_ms > 0) {
        printf(", all connected after %.1f s", (double)(fleet->connected_ms - fleet->start_ms) / 1000);
    }
    printf("\n  ");
    print_census(fleet, census);
    printf("\n  messages: %" PRIu64 " out (%.1f/s), %" PRIu64 " in (%.1f/s)\n  ", fleet->tally.out,
           rate(fleet->tally.out, seconds), fleet->tally.in, rate(fleet->tally.in, seconds));
    print_latencies(&fleet->tally);
    printf(", of %" PRIu64 "\n", fleet->tally.answered);
    if (!fleet->text) {
        printf("  sessions that charged: %" PRIu64 "\n", fleet->sessions);
    }
    printf("  energy: %.3f kWh\n  failures: ", (double)census->energy_wh / 1000);
    print_failures(&fleet->tally, "", "none");
    printf("  memory: %ld KiB (%ld per station); processor: %.1f s\n", memory_kib, memory_kib / fleet->options.stations,
           (double)fleet_cpu_ms() / 1000);
    fflush(stdout);
}

static void add_states(cJSON *json, const struct census *census)
{
    cJSON *states = cJSON_AddObjectToObject(json, "states");

    cJSON_AddNumberToObject(states, "connected", census->connected);
    cJSON_AddNumberToObject(states, "booting", census->booting);
    cJSON_AddNumberToObject(states, "away", census->away);
    cJSON_AddNumberToObject(states, "failed", census->failed);
    cJSON_AddNumberToObject(states, "charging", census->charging);
}

static void add_messages(cJSON *json, const struct tally *tally, double seconds)
{
    cJSON *messages = cJSON_AddObjectToObject(json, "messages");
    cJSON *latency = cJSON_AddObjectToObject(json, "latency_ms");

    cJSON_AddNumberToObject(messages, "out", (double)tally->out);
    cJSON_AddNumberToObject(messages, "in", (double)tally->in);
    cJSON_AddNumberToObject(messages, "out_per_s", rate(tally->out, seconds));
    cJSON_AddNumberToObject(messages, "in_per_s", rate(tally->in, seconds));
    cJSON_AddNumberToObject(latency, "answers", (double)tally->answered);
    cJSON_AddNumberToObject(latency, "p50", latency_ms(tally, 0.5));
    cJSON_AddNumberToObject(latency, "p95", latency_ms(tally, 0.95));
    cJSON_AddNumberToObject(latency, "p99", latency_ms(tally, 0.99));
    cJSON_AddNumberToObject(latency, "max", (double)tally->longest_us / 1000);
}

static void add_failures(cJSON *json, const struct tally *tally)
{
    cJSON *failures = cJSON_AddObjectToObject(json, "failures");

    for (int i = 0; i < TALLY_FAILURES; i++) {
        cJSON_AddNumberToObject(failures, tally_failure_name((enum tally_failure)i), (double)tally->failures[i]);
    }
}

static void print_json(const struct fleet *fleet, const struct census *census)
{
    const double seconds = seconds_since(fleet->start_ms);
    cJSON *json = cJSON_CreateObject();
    char *text;

    cJSON_AddNumberToObject(json, "stations", fleet->options.stations);
    cJSON_AddNumberToObject(json, "seconds", seconds);
    if (fleet->connected_ms > 0) {
        cJSON_AddNumberToObject(json, "connected_after_s", (double)(fleet->connected_ms - fleet->start_ms) / 1000);
    }
    add_states(json, census);
    add_messages(json, &fleet->tally, seconds);
    cJSON_AddNumberToObject(json, "sessions", (double)fleet->sessions);
    cJSON_AddNumberToObject(json, "energy_wh", (double)census->energy_wh);
    add_failures(json, &fleet->tally);
    cJSON_AddNumberToObject(json, "memory_kib", (double)fleet_memory_kib());
    cJSON_AddNumberToObject(json, "processor_s", (double)fleet_cpu_ms() / 1000);
    text = cJSON_PrintUnformatted(json);
    printf("%s\n", text ? text : "{}");
    fflush(stdout);
    free(text);
    cJSON_Delete(json);
}

void fleet_report_end(const struct fleet *fleet)
{
    const struct census census = fleet_census(fleet);

    if (fleet->options.json) {
        print_json(fleet, &census);
    } else {
        print_end(fleet, &census);
    }
}
