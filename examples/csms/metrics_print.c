/* metrics_print.c: the counters of all shards, added up, in the text format of Prometheus. */
#include "app.h"
#include "settlement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const sides[METRICS_SIDES] = { "station", "central" };
static const char *const outcomes[OUTCOME_COUNT] = {
    [OUTCOME_RESULT] = "result", [OUTCOME_ERROR] = "error", [OUTCOME_NONE] = "none"
};

static const char *const refusal_names[REFUSAL_REASONS] = {
    [REFUSAL_TLS] = "tls",
    [REFUSAL_REQUEST] = "request",
    [REFUSAL_UNKNOWN] = "unknown_station",
    [REFUSAL_UNAUTHORIZED] = "unauthorized",
    [REFUSAL_FORBIDDEN] = "forbidden",
    [REFUSAL_OVERLOADED] = "overloaded",
};

/* The counter at |distance| bytes into the metrics of every shard, added up. */
static uint64_t sum(const struct app *app, size_t distance)
{
    uint64_t total = 0;

    for (int i = 0; i < app->options->threads; i++) {
        const struct metrics_counter *counter = (const void *)((const char *)&app->shards[i].metrics + distance);
        total += atomic_load_explicit(&counter->value, memory_order_relaxed);
    }
    return total;
}

#define SUM(app, member) sum(app, offsetof(struct shard_metrics, member))

static void title(FILE *out, const char *name, const char *kind, const char *help)
{
    fprintf(out, "# HELP ocpp_csms_%s %s\n# TYPE ocpp_csms_%s %s\n", name, help, name, kind);
}

static void print_connections(FILE *out, const struct app *app)
{
    title(out, "connections", "gauge", "Stations that are connected, by version.");
    for (size_t version = 1; version < OCPP_VERSION_COUNT; version++) {
        if (ocpp_protocol_of((enum ocpp_version)version)) {
            fprintf(out, "ocpp_csms_connections{version=\"%s\"} %" PRIu64 "\n", ocpp_version_name((enum ocpp_version)version),
                    sum(app, offsetof(struct shard_metrics, connected) + version * sizeof(struct metrics_counter)));
        }
    }
    title(out, "connects_total", "counter", "Connections that were opened.");
    fprintf(out, "ocpp_csms_connects_total %" PRIu64 "\n", SUM(app, connects));
    title(out, "disconnects_total", "counter", "Connections that were closed.");
    fprintf(out, "ocpp_csms_disconnects_total %" PRIu64 "\n", SUM(app, disconnects));
    title(out, "handshakes_refused_total", "counter", "Connections of stations that came to nothing, by reason.");
    for (size_t reason = 0; reason < REFUSAL_REASONS; reason++) {
        fprintf(out, "ocpp_csms_handshakes_refused_total{reason=\"%s\"} %" PRIu64 "\n", refusal_names[reason],
                sum(app, offsetof(struct shard_metrics, refusals) + reason * sizeof(struct metrics_counter)));
    }
}

/* --- times ---------------------------------------------------------------------------------------------------------------- */

/* Counts are cumulative in this format. */
static void print_histogram(FILE *out, const struct app *app, const char *name, size_t distance, const char *help)
{
    uint64_t total = 0;

    title(out, name, "histogram", help);
    for (size_t i = 0; i < METRICS_BUCKETS; i++) {
        total += sum(app, distance + offsetof(struct metrics_histogram, buckets) + i * sizeof(struct metrics_counter));
        if (i + 1 < METRICS_BUCKETS) {
            fprintf(out, "ocpp_csms_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)metrics_bounds_us[i] / 1e6, total);
        }
    }
    fprintf(out, "ocpp_csms_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, total);
    fprintf(out, "ocpp_csms_%s_sum %.6f\n", name, (double)sum(app, distance + offsetof(struct metrics_histogram, sum_us)) / 1e6);
    fprintf(out, "ocpp_csms_%s_count %" PRIu64 "\n", name, total);
}

static void print_times(FILE *out, const struct app *app)
{
    print_histogram(out, app, "answer_seconds", offsetof(struct shard_metrics, answer_time),
                    "From a call of a station to our answer, durable where it has to be.");
    print_histogram(out, app, "round_trip_seconds", offsetof(struct shard_metrics, round_trip_time),
                    "From our call to the answer of the station.");
}

/* --- the store ------------------------------------------------------------------------------------------------------------- */

static void print_store(FILE *out, const struct app *app)
{
    static const struct {
        const char *name;
        const char *kind;
        size_t distance;
        const char *help;
    } counters[] = {
        { "store_reads_total", "counter", offsetof(struct store_counters, reads), "Reads of the store." },
        { "store_writes_total", "counter", offsetof(struct store_counters, writes), "Writes that the store accepted." },
        { "store_changes_total", "counter", offsetof(struct store_counters, changes), "Changes of keys in these writes." },
        { "store_bytes_total", "counter", offsetof(struct store_counters, bytes), "Bytes of values in these writes." },
        { "store_commits_total", "counter", offsetof(struct store_counters, flushes),
          "Commits of the writes that were gathered." },
        { "store_refused_total", "counter", offsetof(struct store_counters, refused), "Writes that the store did not accept." },
        { "store_failed_total", "counter", offsetof(struct store_counters, failed), "Writes that did not become durable." },
        { "store_pending", "gauge", offsetof(struct store_counters, pending), "Writes that are not durable yet." },
    };

    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        title(out, counters[i].name, counters[i].kind, counters[i].help);
        fprintf(out, "ocpp_csms_%s %" PRIu64 "\n", counters[i].name,
                sum(app, offsetof(struct shard_metrics, store) + counters[i].distance));
    }
    print_histogram(out, app, "store_durable_seconds",
                    offsetof(struct shard_metrics, store) + offsetof(struct store_counters, durable),
                    "From a write to when it is durable.");
}

static void print_sides(FILE *out, const struct app *app, const char *name, size_t distance, const char *help)
{
    title(out, name, "counter", help);
    for (size_t side = 0; side < METRICS_SIDES; side++) {
        fprintf(out, "ocpp_csms_%s{from=\"%s\"} %" PRIu64 "\n", name, sides[side],
                sum(app, distance + side * sizeof(struct metrics_counter)));
    }
}

static uint64_t sum_calls(const struct app *app, size_t version, size_t place)
{
    uint64_t total = 0;

    for (int i = 0; i < app->options->threads; i++) {
        total += atomic_load_explicit(&app->shards[i].metrics.calls[version][place].value, memory_order_relaxed);
    }
    return total;
}

static void print_action(FILE *out, const struct app *app, const struct ocpp_protocol *protocol, size_t row)
{
    for (size_t place = 0; place < METRICS_SIDES * OUTCOME_COUNT; place++) {
        uint64_t total = sum_calls(app, protocol->version, row * METRICS_SIDES * OUTCOME_COUNT + place);
        if (total > 0) {
            fprintf(out, "ocpp_csms_calls_total{version=\"%s\",action=\"%s\",from=\"%s\",outcome=\"%s\"} %" PRIu64 "\n",
                    ocpp_version_name(protocol->version), row < protocol->count ? protocol->actions[row].name : "other",
                    sides[place / OUTCOME_COUNT], outcomes[place % OUTCOME_COUNT], total);
        }
    }
}

static void print_calls(FILE *out, const struct app *app)
{
    title(out, "calls_total", "counter", "Calls by version, action, who called, and outcome.");
    for (int version = 1; version < OCPP_VERSION_COUNT; version++) {
        const struct ocpp_protocol *protocol = ocpp_protocol_of((enum ocpp_version)version);
        for (size_t row = 0; protocol && row <= protocol->count; row++) {
            print_action(out, app, protocol, row);
        }
    }
    title(out, "operator_calls_waiting", "gauge", "Calls and commands of operators that have no outcome yet.");
    fprintf(out, "ocpp_csms_operator_calls_waiting %" PRId64 "\n", atomic_load(&app->calls_waiting));
}

static void print_quirks(FILE *out, const struct app *app)
{
    title(out, "quirks_total", "counter", "Breaches of the rules that were survived, by quirk.");
    for (size_t bit = 0; bit < METRICS_QUIRKS; bit++) {
        fprintf(out, "ocpp_csms_quirks_total{quirk=\"%s\"} %" PRIu64 "\n", ocpp_quirk_name((enum ocpp_quirk)(1 << bit)),
                sum(app, offsetof(struct shard_metrics, quirks) + bit * sizeof(struct metrics_counter)));
    }
}

/* What the server counts itself; it may not be known yet to the first who asks. */
static void print_server(FILE *out, const struct app *app)
{
    const struct ocpp_server *server = app->server;

    for (int i = 0; server && i < OCPP_SERVER_COUNTS; i++) {
        enum ocpp_server_count which = (enum ocpp_server_count)i;
        char name[64];
        snprintf(name, sizeof(name), "peers_%s_total", ocpp_server_count_name(which));
        title(out, name, "counter", ocpp_server_count_sentence(which));
        fprintf(out, "ocpp_csms_%s %" PRIu64 "\n", name, ocpp_server_count(server, which));
    }
}

static void print_rest(FILE *out, struct app *app)
{
    title(out, "stations", "gauge", "Stations that are known.");
    fprintf(out, "ocpp_csms_stations %zu\n", stations_count(app->stations));
    title(out, "transactions_open", "gauge", "Transactions that run.");
    fprintf(out, "ocpp_csms_transactions_open %zu\n", open_transactions_count(app->open_transactions));
    title(out, "event_streams", "gauge", "Clients of /api/events.");
    fprintf(out, "ocpp_csms_event_streams %zu\n", events_count(app->events));
    title(out, "event_streams_dropped_total", "counter", "Clients of /api/events that did not read and were dropped.");
    fprintf(out, "ocpp_csms_event_streams_dropped_total %" PRIu64 "\n", events_dropped(app->events));
    title(out, "page_streams", "gauge", "Pages of drivers and of rental houses that wait for news.");
    fprintf(out, "ocpp_csms_page_streams %zu\n", settlement_streams(app));
    title(out, "events_total", "counter", "Events that were told or kept.");
    fprintf(out, "ocpp_csms_events_total %" PRIu64 "\n", events_told(app->events));
    title(out, "mailboxes_waiting", "gauge", "Work that waits for a service thread.");
    fprintf(out, "ocpp_csms_mailboxes_waiting %zu\n", ocpp_server_waiting_work(app->server));
    title(out, "message_log_bytes", "gauge", "Memory of the frames that are kept.");
    fprintf(out, "ocpp_csms_message_log_bytes %" PRId64 "\n", RING_BUDGET_BYTES - atomic_load(&app->ring_budget.left));
    title(out, "build_info", "gauge", "1, and what runs.");
    fprintf(out, "ocpp_csms_build_info{version=\"%s\"} 1\n", OCPP_PROGRAM_VERSION);
    title(out, "uptime_seconds", "gauge", "Seconds since the program started.");
    fprintf(out, "ocpp_csms_uptime_seconds %" PRId64 "\n", (ocpp_system_now().mono_ms - app->started_mono_ms) / 1000);
}

char *metrics_print(struct app *app, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    if (!out) {
        return NULL;
    }
    print_connections(out, app);
    print_sides(out, app, "frames_total", offsetof(struct shard_metrics, frames), "Frames, by sender.");
    print_sides(out, app, "frame_bytes_total", offsetof(struct shard_metrics, bytes), "Bytes of frames, by sender.");
    print_sides(out, app, "invalid_frames_total", offsetof(struct shard_metrics, invalid_frames),
                "Frames that break a rule, by sender.");
    print_calls(out, app);
    print_quirks(out, app);
    print_server(out, app);
    print_times(out, app);
    print_store(out, app);
    metrics_print_store_file(out, app->options->db);
    print_rest(out, app);
    metrics_print_process(out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
