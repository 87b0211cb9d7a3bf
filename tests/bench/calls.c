/* calls.c: what a call costs the central engine alone, without a socket: a frame in, its answer out, in a steady state. Counts
 * are gates (exit 1): nothing is allocated but cJSON's trees and what SQLite takes; times are told as ratios to cJSON's parse and
 * print.
 *
 * usage: calls                                counts, times, judges
 *        calls --only SUBJECT --calls N       makes N calls and nothing else: for callgrind, which counts instructions
 *        calls --counts                       counts and judges, and takes a tenth of the time
 *        calls --json
 */
#include "allocations.h"
#include "load_texts.h"
#include "scratch.h"

#include <cjson/cJSON.h>
#include <ocpp/adapters.h>
#include <ocpp/central_system.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STATIONS = 200, CALLS = 40000, TRIALS = 5, WARM_UP = 4000, FRAME_ROOM = 8192 };

/* |mix| as in load_texts.h. |others|: what SQLite may take for a call. */
struct subject {
    const char *name;
    const char *mix;
    bool durable;
    bool floor;
    double others;
};

static const struct subject subjects[] = {
    { "floor", "hm", false, true, 0 },
    { "calls", "hm", false, false, 0 },
    { "transactions", "ht", false, false, 0.5 }, /* the store in memory keeps a copy of each record */
    { "durable", "ht", true, false, 12 },
};

struct world {
    const struct subject *subject;
    struct ocpp_storage *storage;
    struct ocpp_central *central;
    struct ocpp_station *stations[STATIONS];
    int64_t transactions[STATIONS];
    uint32_t sequence;
    struct ocpp_now now;
    char folder[128];
    uint64_t samples; /* told to the handlers */
};

/* --- the host ---------------------------------------------------------------------------------------------------------- */

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    return true;
}

static void on_meter(struct ocpp_station *station, int evse, int connector, const struct ocpp_meter_sample *samples, size_t count,
                     void *user)
{
    struct world *world = user;

    (void)station;
    (void)evse;
    (void)connector;
    (void)samples;
    world->samples += count;
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    struct world *world = user;

    (void)station;
    world->samples += event->sample_count;
}

static void fail(const char *why)
{
    fprintf(stderr, "bench_calls: %s\n", why);
    exit(2);
}

static void open_storage(struct world *world)
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    char path[256];

    if (!world->subject->durable) {
        world->storage = ocpp_memory_storage_new(NULL, 0);
        return;
    }
    scratch_make(world->folder, sizeof world->folder);
    snprintf(path, sizeof path, "%s/calls.db", world->folder);
    settings.group = true;
    if (ocpp_sqlite_storage_open(path, &settings, &world->storage, NULL, 0) != OCPP_OK) {
        fail("no database");
    }
}

/* --- calls ------------------------------------------------------------------------------------------------------------- */

/* A frame in. Its answer may have to wait for the store. */
static void give(struct world *world, int station, char letter)
{
    char frame[FRAME_ROOM];
    size_t size =
        load_text_write(load_text_of(letter), station, ++world->sequence, world->transactions[station], frame, sizeof frame);

    if (ocpp_station_receive(world->stations[station], frame, size, world->now) != OCPP_OK) {
        fail("a call was refused");
    }
}

/* What the server does after a round: the store is flushed, and what can leave does. */
static void end_round(struct world *world)
{
    struct ocpp_station *station;
    const char *text;
    size_t size = 0;

    world->now.mono_ms++;
    if (world->storage->flush) {
        world->storage->flush(world->storage->user);
    }
    while ((station = ocpp_central_next_with_output(world->central))) {
        while ((text = ocpp_station_next_output(station, &size, world->now))) {
            int64_t *transaction = ocpp_station_user(station);
            const char *number = strstr(text, "\"transactionId\":");
            if (text[1] != '3') {
                fail("a call was answered with an error");
            }
            *transaction = number ? strtoll(number + 16, NULL, 10) : *transaction;
        }
    }
}

static void give_all(struct world *world, char letter)
{
    for (int i = 0; i < STATIONS; i++) {
        give(world, i, letter);
    }
    end_round(world);
}

static void make_calls(struct world *world, int calls)
{
    for (int done = 0; done < calls; done += STATIONS) {
        give_all(world, world->subject->mix[done / STATIONS % 2]);
    }
}

/* The floor: the same frames parsed and answered with cJSON, nothing checked. */
static void parse_and_print(struct world *world, int calls)
{
    char frame[FRAME_ROOM];

    for (int done = 0; done < calls; done++) {
        const struct load_text *text = load_text_of(world->subject->mix[done / STATIONS % 2]);
        size_t size = load_text_write(text, done % STATIONS, ++world->sequence, 1, frame, sizeof frame);
        cJSON *call = cJSON_ParseWithLength(frame, size);
        cJSON *answer = cJSON_CreateArray();
        cJSON *payload = cJSON_CreateObject();
        cJSON_AddItemToArray(answer, cJSON_CreateNumber(3));
        cJSON_AddItemToArray(answer, cJSON_CreateString(cJSON_GetArrayItem(call, 1)->valuestring));
        if (strcmp(cJSON_GetArrayItem(call, 2)->valuestring, "Heartbeat") == 0) {
            cJSON_AddStringToObject(payload, "currentTime", "2026-01-01T00:00:00Z");
        }
        cJSON_AddItemToArray(answer, payload);
        free(cJSON_PrintUnformatted(answer));
        cJSON_Delete(answer);
        cJSON_Delete(call);
    }
}

static void run(struct world *world, int calls)
{
    if (world->subject->floor) {
        parse_and_print(world, calls);
    } else {
        make_calls(world, calls);
    }
}

/* --- a world ----------------------------------------------------------------------------------------------------------- */

static void open_world(struct world *world, const struct subject *subject)
{
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = {
        .on_authorize = on_authorize, .on_meter = on_meter, .on_transaction = on_transaction, .user = world
    };

    *world = (struct world){ .subject = subject, .now = { 1000, INT64_C(1767225600000) } };
    if (subject->floor) {
        return;
    }
    open_storage(world);
    settings.random = ocpp_system_random;
    world->central = ocpp_central_new(&settings, &handler, world->storage);
    for (int i = 0; world->central && i < STATIONS; i++) {
        char identity[16];
        snprintf(identity, sizeof identity, "CP%06d", i);
        const struct ocpp_station_options options = { .identity = identity,
                                                      .version = OCPP_VERSION_1_6,
                                                      .user = &world->transactions[i] };
        if (ocpp_central_connect(world->central, &options, world->now, &world->stations[i]) != OCPP_OK) {
            fail("no station");
        }
    }
    if (!world->central) {
        fail("no shard");
    }
    give_all(world, 'b');
    if (strchr(subject->mix, 't')) {
        give_all(world, 'S');
    }
}

static void close_world(struct world *world)
{
    ocpp_central_free(world->central);
    if (world->subject->durable) {
        ocpp_sqlite_storage_close(world->storage);
        scratch_remove(world->folder);
    } else if (world->storage) {
        ocpp_memory_storage_free(world->storage);
    }
}

/* --- measuring ---------------------------------------------------------------------------------------------------------- */

struct cost {
    double ns;
    double allocations;
};

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct cost measure(const struct subject *subject, int trials, int calls)
{
    struct world *world = malloc(sizeof *world);
    struct cost best = { .ns = 1e18 };

    open_world(world, subject);
    run(world, WARM_UP);
    for (int trial = 0; trial < trials; trial++) {
        struct allocations before = allocations_now();
        double from = now_ns();
        run(world, calls);
        double ns = (now_ns() - from) / calls;
        double allocations = (double)(allocations_now().count - before.count) / calls;
        best = (struct cost){ ns < best.ns ? ns : best.ns, allocations };
    }
    if (!subject->floor && world->samples == 0) {
        fail("no handler was told anything");
    }
    close_world(world);
    free(world);
    return best;
}

/* The blocks of the trees of a subject's frames, for a call. */
static double tree_of(const struct subject *subject)
{
    char frame[FRAME_ROOM];
    double blocks = 0;

    for (int i = 0; i < 2; i++) {
        size_t size = load_text_write(load_text_of(subject->mix[i]), 0, 1, 1, frame, sizeof frame);
        struct allocations before = allocations_now();
        cJSON *tree = cJSON_ParseWithLength(frame, size);
        blocks += (double)(allocations_now().count - before.count) / 2;
        cJSON_Delete(tree);
    }
    return blocks;
}

static int judge_all(bool json, bool counts)
{
    double floor_ns = 0;
    bool kept = true;

    printf(json ? "[" : "%-14s %10s %7s %12s %12s\n", "subject", "ns", "ratio", "allocations", "at most");
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const struct subject *subject = &subjects[i];
        struct cost cost = counts ? measure(subject, 1, CALLS / TRIALS) : measure(subject, TRIALS, CALLS);
        double most = subject->floor ? cost.allocations : tree_of(subject) + subject->others;
        floor_ns = subject->floor ? cost.ns : floor_ns;
        printf(json ? "%s{\"subject\":\"%s\",\"ns\":%.0f,\"ratio\":%.2f,\"allocations\":%.1f,\"at_most\":%.1f}"
                    : "%s%-14s %10.0f %7.2f %12.1f %12.1f\n",
               json && i ? "," : "", subject->name, cost.ns, cost.ns / floor_ns, cost.allocations, most);
        kept = kept && cost.allocations <= most + 0.01;
    }
    printf("%s", json ? "]\n" : "");
    if (!kept) {
        puts("FAILED: more is allocated than the trees");
    }
    return kept ? 0 : 1;
}

static int run_one(const char *name, int calls)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        if (strcmp(subjects[i].name, name) == 0) {
            struct world *world = malloc(sizeof *world);
            open_world(world, &subjects[i]);
            run(world, calls);
            close_world(world);
            free(world);
            return 0;
        }
    }
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "only", required_argument, NULL, 'o' },
                                             { "calls", required_argument, NULL, 'c' },
                                             { "json", no_argument, NULL, 'j' },
                                             { "counts", no_argument, NULL, 'q' },
                                             { NULL, 0, NULL, 0 } };
    const char *only = NULL;
    int calls = CALLS;
    bool json = false;
    bool counts = false;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            only = optarg;
            break;
        case 'c':
            calls = atoi(optarg);
            break;
        case 'j':
            json = true;
            break;
        case 'q':
            counts = true;
            break;
        default:
            fputs("usage: bench_calls [--json] [--counts] [--only SUBJECT --calls N]\n", stderr);
            return 2;
        }
    }
    load_texts_make("1.6", 4);
    return only ? run_one(only, calls) : judge_all(json, counts);
}
