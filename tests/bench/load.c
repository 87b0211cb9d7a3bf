/* load.c: a bounded load client for central systems on loopback: N stations connect, boot, and call one after the other, or just
 * stay, or fall off and come back. Prints one JSON object. */
#include "load_connection.h"
#include "load_link.h"
#include "load_texts.h"
#include "process_meter.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { CONNECT_LIMIT_S = 90 };

static const char usage[] =
    "usage: load --port PORT [--host 127.x.x.x] [--path /ocpp/] [--stations 200] [--seconds 10] [--warm-up 2] [--version "
    "1.6|2.0.1]\n"
    "            [--mix hm] [--samples 4] [--think-ms 0 | --rate CALLS_PER_S] [--at-once 32] [--password P] [--pid SERVER]\n"
    "            [--tls] [--deflate] [--idle] [--no-boot] [--storm STATIONS] [--heap FILE]\n"
    "mix: h Heartbeat, m MeterValues, s StatusNotification, t what a transaction meters, i an invalid MeterValues\n"
    "--storm: so many of the stations fall off and come back, one after the other over the seconds that are measured\n"
    "--heap: the file of heap_meter.c that the server writes\n";

struct plan {
    int seconds;
    int warm_up;
    int at_once;
    int samples;
    int pid;
    bool idle;
    int rate;
    int storm;
    const char *heap;
};

/* What a server has at one moment. */
struct moment {
    long resident_kb;
    struct process_heap heap;
};

static double own_cpu_s(void)
{
    struct rusage usage_now;

    getrusage(RUSAGE_SELF, &usage_now);
    return (double)(usage_now.ru_utime.tv_sec + usage_now.ru_stime.tv_sec) +
           (double)(usage_now.ru_utime.tv_usec + usage_now.ru_stime.tv_usec) / 1e6;
}

static void serve(struct load *load, int wait_ms)
{
    static struct epoll_event events[512];
    int count = epoll_wait(load->epoll, events, 512, wait_ms);

    for (int i = 0; i < count; i++) {
        load_event(load, &load->connections[events[i].data.u32], events[i].events);
    }
}

static void connect_all(struct load *load, int at_once)
{
    uint64_t until = load_now_us() + CONNECT_LIMIT_S * 1000000ull;

    while (load->ready + load->dead < load->count && load_now_us() < until) {
        while (load->opened < load->count && load->connecting < at_once) {
            load_open(load, load->opened++);
        }
        serve(load, 100);
    }
}

/* The stations that are to have fallen off after |spent_us| of |whole_us| do. */
static int blow(struct load *load, int storm, int blown, uint64_t spent_us, uint64_t whole_us)
{
    int wanted = (int)((uint64_t)storm * spent_us / whole_us);

    for (; blown < wanted && blown < storm; blown++) {
        load_reopen(load, blown % load->count);
    }
    return blown;
}

static void run_for(struct load *load, int seconds, int storm)
{
    uint64_t whole = (uint64_t)seconds * 1000000u;
    uint64_t from = load_now_us();
    int blown = 0;

    for (uint64_t spent = 0; spent < whole; spent = load_now_us() - from) {
        blown = blow(load, storm, blown, spent, whole);
        serve(load, load->running && load->think_us > 0 ? load_due(load) : storm > 0 ? 1 : 20);
    }
}

/* After a storm: until everybody is back, for so long at most as connecting may take. */
static void wait_for_all(struct load *load)
{
    uint64_t until = load_now_us() + CONNECT_LIMIT_S * 1000000ull;

    while (load->ready + load->dead < load->count && load_now_us() < until) {
        serve(load, load->think_us > 0 ? load_due(load) : 20);
    }
}

static struct moment look(const struct plan *plan)
{
    struct moment moment = { 0 };

    if (plan->pid) {
        moment.resident_kb = process_resident_kb(plan->pid);
    }
    if (plan->heap) {
        moment.heap = process_heap(plan->heap);
    }
    return moment;
}

/* |moments|: before the first connection, with all, in the end. */
static void report_memory(const struct plan *plan, const struct moment moments[3])
{
    printf("\"server_kb\":[%ld,%ld,%ld]", moments[0].resident_kb, moments[1].resident_kb, moments[2].resident_kb);
    if (plan->heap) {
        printf(",\"heap_bytes\":[%lld,%lld,%lld],\"heap_blocks\":[%lld,%lld,%lld],\"heap_allocations\":[%lld,%lld,%lld]",
               (long long)moments[0].heap.bytes, (long long)moments[1].heap.bytes, (long long)moments[2].heap.bytes,
               (long long)moments[0].heap.blocks, (long long)moments[1].heap.blocks, (long long)moments[2].heap.blocks,
               (long long)moments[0].heap.allocations, (long long)moments[1].heap.allocations,
               (long long)moments[2].heap.allocations);
    }
    puts("}");
}

static void report(struct load *load, const struct plan *plan, double connect_s, double wall_s, double server_s, double own_s,
                   double connect_cpu_s)
{
    double calls = load->calls ? (double)load->calls : 1;

    printf("{\"stations\":%d,\"ready\":%d,\"dead\":%d,\"connect_s\":%.2f,\"connect_cpu_s\":%.2f,\"coming_p99_ms\":%.1f,"
           "\"coming_max_ms\":%.1f,\"seconds\":%.2f,",
           load->count, load->ready, load->dead, connect_s, connect_cpu_s, histogram_ms(&load->coming, 99),
           (double)load->coming.largest_us / 1000.0, wall_s);
    if (!plan->idle) {
        printf("\"calls\":%llu,\"calls_per_s\":%.0f,\"call_errors\":%llu,\"wrong_ids\":%llu,", (unsigned long long)load->calls,
               (double)load->calls / wall_s, (unsigned long long)load->errors, (unsigned long long)load->wrong_ids);
        printf("\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"server_us_per_call\":%.2f,\"client_cpu_percent\":%.0f,",
               histogram_ms(&load->latency, 50), histogram_ms(&load->latency, 99), (double)load->latency.largest_us / 1000.0,
               server_s * 1e6 / calls, 100 * own_s / wall_s);
    }
    printf("\"server_cpu_s\":%.3f,\"server_cpu_percent\":%.2f,", server_s, 100 * server_s / wall_s);
}

static int run(struct load *load, const struct plan *plan)
{
    struct moment moments[3] = { look(plan) };
    double connect_cpu_s = process_cpu_s(plan->pid);
    uint64_t from = load_now_us();

    connect_all(load, plan->at_once);
    double connect_s = (double)(load_now_us() - from) / 1e6;
    connect_cpu_s = process_cpu_s(plan->pid) - connect_cpu_s;
    moments[1] = look(plan);
    if (!plan->idle) {
        load_start_calls(load);
        run_for(load, plan->warm_up, 0);
        load->measuring = true;
    }
    if (plan->storm > 0) {
        load->coming = (struct histogram){ 0 };
    }
    double server_s = process_cpu_s(plan->pid);
    double own_s = own_cpu_s();
    from = load_now_us();
    run_for(load, plan->seconds, plan->storm);
    wait_for_all(load);
    load->measuring = false;
    double wall_s = (double)(load_now_us() - from) / 1e6;
    server_s = process_cpu_s(plan->pid) - server_s;
    own_s = own_cpu_s() - own_s;
    moments[2] = look(plan);
    report(load, plan, connect_s, wall_s, server_s, own_s, connect_cpu_s);
    report_memory(plan, moments);
    return load->dead || load->wrong_ids || load->errors || load->ready < load->count ? 1 : 0;
}

static bool is_sensible(const struct load *load, const struct plan *plan)
{
    for (const char *letter = load->mix; *letter; letter++) {
        if (!load_text_of(*letter)) {
            return false;
        }
    }
    return load->port > 0 && load->port < 65536 && load->count > 0 && load->count <= 20000 && plan->seconds > 0 &&
           plan->seconds <= 600 && plan->at_once > 0 && plan->rate >= 0 && plan->storm >= 0 && plan->samples > 0 &&
           strncmp(load->host, "127.", 4) == 0 && load->mix[0];
}

/* clang-format off */
static const struct option options[] = {
    { "port", required_argument, NULL, 'p' },     { "host", required_argument, NULL, 'h' },    { "path", required_argument, NULL, 'u' },
    { "stations", required_argument, NULL, 'n' }, { "seconds", required_argument, NULL, 'd' }, { "warm-up", required_argument, NULL, 'w' },
    { "version", required_argument, NULL, 'V' },  { "mix", required_argument, NULL, 'm' },     { "samples", required_argument, NULL, 's' },
    { "think-ms", required_argument, NULL, 'k' }, { "at-once", required_argument, NULL, 'r' }, { "password", required_argument, NULL, 'b' },
    { "pid", required_argument, NULL, 'P' },      { "idle", no_argument, NULL, 'i' },          { "no-boot", no_argument, NULL, 'x' },
    { "rate", required_argument, NULL, 'R' },     { "tls", no_argument, NULL, 't' },           { "deflate", no_argument, NULL, 'z' },
    { "storm", required_argument, NULL, 'S' },    { "heap", required_argument, NULL, 'H' },
    { "help", no_argument, NULL, '?' },           { NULL, 0, NULL, 0 },
};

/* False for --help and for what is no option. */
static bool take_option(struct load *load, struct plan *plan, int option)
{
    switch (option) {
    case 'p': load->port = atoi(optarg); return true;
    case 'h': load->host = optarg; return true;
    case 'u': load->path = optarg; return true;
    case 'n': load->count = atoi(optarg); return true;
    case 'd': plan->seconds = atoi(optarg); return true;
    case 'w': plan->warm_up = atoi(optarg); return true;
    case 'V': load->version = optarg; return true;
    case 'm': load->mix = optarg; return true;
    case 's': plan->samples = atoi(optarg); return true;
    case 'k': load->think_us = (int64_t)atoi(optarg) * 1000; return true;
    case 'r': plan->at_once = atoi(optarg); return true;
    case 'b': load->password = optarg; return true;
    case 'P': plan->pid = atoi(optarg); return true;
    case 'i': plan->idle = true; return true;
    case 'x': load->boots = false; return true;
    case 'R': plan->rate = atoi(optarg); return true;
    case 't': load->tls = true; return true;
    case 'z': load->deflate = true; return true;
    case 'S': plan->storm = atoi(optarg); return true;
    case 'H': plan->heap = optarg; return true;
    default: return false;
    }
}
/* clang-format on */

int main(int argc, char **argv)
{
    struct load load = { .host = "127.0.0.1",
                         .path = "/ocpp/",
                         .version = "1.6",
                         .mix = "hm",
                         .boots = true,
                         .count = 200,
                         .queue_head = -1,
                         .queue_tail = -1 };
    struct plan plan = { .seconds = 10, .warm_up = 2, .at_once = 32, .samples = 4 };
    struct rlimit files;
    bool understood = true;
    int option;

    while (understood && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        understood = take_option(&load, &plan, option);
    }
    load_texts_make(load.version, plan.samples);
    if (!understood || !is_sensible(&load, &plan)) {
        fputs(usage, stderr);
        return 2;
    }
    load.starts = strchr(load.mix, 't') != NULL;
    if (plan.rate > 0) {
        load.think_us = (int64_t)load.count * 1000000 / plan.rate;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    load.connections = calloc((size_t)load.count, sizeof *load.connections);
    load.epoll = epoll_create1(0);
    return load.connections && load.epoll >= 0 && load_link_start() ? run(&load, &plan) : 2;
}
