/* load.c: a bounded load client for central systems on loopback: N stations connect, boot, and call one after the other, or just
 * stay. Prints one JSON object. */
#include "load_connection.h"
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
    "            [--mix hm] [--samples 4] [--think-ms 0] [--at-once 32] [--password P] [--pid SERVER] [--idle] [--no-boot]\n"
    "mix: h Heartbeat, m MeterValues, s StatusNotification, t TransactionEvent (2.x), i an invalid MeterValues\n";

struct plan {
    int seconds;
    int warm_up;
    int at_once;
    int samples;
    int pid;
    bool idle;
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

static void run_for(struct load *load, int seconds)
{
    uint64_t until = load_now_us() + (uint64_t)seconds * 1000000u;

    while (load_now_us() < until) {
        serve(load, load->running && load->think_us > 0 ? load_due(load) : 20);
    }
}

static void report(struct load *load, const struct plan *plan, double connect_s, double wall_s, double server_s, double own_s,
                   const long kb[3])
{
    double calls = load->calls ? (double)load->calls : 1;

    printf("{\"stations\":%d,\"ready\":%d,\"dead\":%d,\"connect_s\":%.2f,\"seconds\":%.2f,", load->count, load->ready, load->dead,
           connect_s, wall_s);
    if (!plan->idle) {
        printf("\"calls\":%llu,\"calls_per_s\":%.0f,\"call_errors\":%llu,\"wrong_ids\":%llu,", (unsigned long long)load->calls,
               (double)load->calls / wall_s, (unsigned long long)load->errors, (unsigned long long)load->wrong_ids);
        printf("\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"server_us_per_call\":%.2f,\"client_cpu_percent\":%.0f,",
               histogram_ms(&load->latency, 50), histogram_ms(&load->latency, 99), (double)load->latency.largest_us / 1000.0,
               server_s * 1e6 / calls, 100 * own_s / wall_s);
    }
    printf("\"server_cpu_percent\":%.1f,\"server_kb\":[%ld,%ld,%ld]}\n", 100 * server_s / wall_s, kb[0], kb[1], kb[2]);
}

static int run(struct load *load, const struct plan *plan)
{
    long kb[3] = { plan->pid ? process_resident_kb(plan->pid) : 0 };
    uint64_t from = load_now_us();

    connect_all(load, plan->at_once);
    double connect_s = (double)(load_now_us() - from) / 1e6;
    kb[1] = plan->pid ? process_resident_kb(plan->pid) : 0;
    if (!plan->idle) {
        load_start_calls(load);
        run_for(load, plan->warm_up);
        load->measuring = true;
    }
    double server_s = plan->pid ? process_cpu_s(plan->pid) : 0;
    double own_s = own_cpu_s();
    from = load_now_us();
    run_for(load, plan->seconds);
    load->measuring = false;
    double wall_s = (double)(load_now_us() - from) / 1e6;
    server_s = plan->pid ? process_cpu_s(plan->pid) - server_s : 0;
    own_s = own_cpu_s() - own_s;
    kb[2] = plan->pid ? process_resident_kb(plan->pid) : 0;
    report(load, plan, connect_s, wall_s, server_s, own_s, kb);
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
           plan->seconds <= 120 && plan->at_once > 0 && plan->samples > 0 && strncmp(load->host, "127.", 4) == 0 && load->mix[0];
}

/* clang-format off */
static const struct option options[] = {
    { "port", required_argument, NULL, 'p' },     { "host", required_argument, NULL, 'h' },    { "path", required_argument, NULL, 'u' },
    { "stations", required_argument, NULL, 'n' }, { "seconds", required_argument, NULL, 'd' }, { "warm-up", required_argument, NULL, 'w' },
    { "version", required_argument, NULL, 'V' },  { "mix", required_argument, NULL, 'm' },     { "samples", required_argument, NULL, 's' },
    { "think-ms", required_argument, NULL, 'k' }, { "at-once", required_argument, NULL, 'r' }, { "password", required_argument, NULL, 'b' },
    { "pid", required_argument, NULL, 'P' },      { "idle", no_argument, NULL, 'i' },          { "no-boot", no_argument, NULL, 'x' },
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
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    load.connections = calloc((size_t)load.count, sizeof *load.connections);
    load.epoll = epoll_create1(0);
    return load.connections && load.epoll >= 0 ? run(&load, &plan) : 2;
}
