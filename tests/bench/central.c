/* central.c: the central system of the library with nothing around it: the server, a shard per thread, typed handlers that look
 * at what they are told, and a store or none. What ocpp-csms costs beyond this are its metrics, its message rings and its events.
 *
 * usage: central --port PORT [--threads N] [--db FILE] [--certificate FILE --key FILE] [--client-ca FILE] [--plain-frames]
 *                [--loop libev|libuv|poll]
 * Ends with SIGTERM. --plain-frames does not agree to permessage-deflate. Without --db each shard keeps its own memory.
 */
#include <ocpp/adapters.h>
#include <ocpp/central_system.h>

#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { THREADS_MOST = 16 };

struct shard {
    struct ocpp_storage *storage;
    uint64_t heard; /* so that no handler is for nothing */
    int64_t last_milli;
};

struct host {
    struct ocpp_server_settings settings;
    struct ocpp_server_listen listen;
    const char *db;
    struct shard shards[THREADS_MOST];
    atomic_int_fast64_t next_number;
};

/* --- typed handlers ---------------------------------------------------------------------------------------------------- */

static bool on_boot(struct ocpp_station *station, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user)
{
    struct shard *shard = user;

    (void)station;
    (void)question;
    shard->heard += boot->model != NULL;
    decision->registration = OCPP_REGISTRATION_ACCEPTED;
    decision->interval_s = 300;
    return true;
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct shard *shard = user;

    (void)station;
    (void)question;
    shard->heard += request->token.id != NULL;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    return true;
}

static void on_status(struct ocpp_station *station, const struct ocpp_status_event *status, void *user)
{
    struct shard *shard = user;

    (void)station;
    shard->heard += status->status != OCPP_CONNECTOR_FAULTED;
}

static void on_heartbeat(struct ocpp_station *station, void *user)
{
    struct shard *shard = user;

    (void)station;
    shard->heard++;
}

static void look_at(struct shard *shard, const struct ocpp_meter_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        shard->last_milli += samples[i].sample.value.coefficient;
        shard->heard++;
    }
}

static void on_meter(struct ocpp_station *station, int evse, int connector, const struct ocpp_meter_sample *samples, size_t count,
                     void *user)
{
    (void)station;
    (void)evse;
    (void)connector;
    look_at(user, samples, count);
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    (void)station;
    look_at(user, event->samples, event->sample_count);
}

/* --- shards ------------------------------------------------------------------------------------------------------------ */

static struct host host;

static int64_t next_transaction_number(void *user)
{
    (void)user;
    return atomic_fetch_add(&host.next_number, 1) + 1;
}

static struct ocpp_storage *open_store(int index)
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    struct ocpp_storage *storage = NULL;
    char reason[256] = "";

    if (!host.db) {
        return ocpp_memory_storage_new(NULL, 0);
    }
    settings.group = true;
    settings.shared = host.settings.threads > 1;
    settings.check = index == 0;
    if (ocpp_sqlite_storage_open(host.db, &settings, &storage, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "bench_central: %s\n", reason);
        return NULL;
    }
    return storage;
}

static void close_store(struct ocpp_storage *storage)
{
    if (host.db) {
        ocpp_sqlite_storage_close(storage);
    } else {
        ocpp_memory_storage_free(storage);
    }
}

static struct ocpp_central *new_shard(int index, void *user)
{
    struct shard *shard = &host.shards[index];
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = {
        .on_boot = on_boot,
        .on_authorize = on_authorize,
        .on_status = on_status,
        .on_heartbeat = on_heartbeat,
        .on_meter = on_meter,
        .on_transaction = on_transaction,
        .next_transaction_number = next_transaction_number,
        .user = shard,
    };

    (void)user;
    settings.random = ocpp_system_random;
    settings.shard = index;
    shard->storage = open_store(index);
    return shard->storage ? ocpp_central_new(&settings, &handler, shard->storage) : NULL;
}

static void free_shard(struct ocpp_central *central, int index, void *user)
{
    (void)user;
    ocpp_central_free(central);
    close_store(host.shards[index].storage);
}

static void after_round(struct ocpp_central *central, int index, void *user)
{
    const struct ocpp_storage *storage = host.shards[index].storage;

    (void)central;
    (void)user;
    if (storage->flush) {
        storage->flush(storage->user);
    }
}

/* --- the program --------------------------------------------------------------------------------------------------------- */

static enum ocpp_event_library loop_of(const char *name)
{
    if (strcmp(name, "libev") == 0) {
        return OCPP_EVENT_LIBRARY_LIBEV;
    }
    return strcmp(name, "libuv") == 0 ? OCPP_EVENT_LIBRARY_LIBUV : OCPP_EVENT_LIBRARY_POLL;
}

static bool read_options(int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },
        { "threads", required_argument, NULL, 't' },
        { "db", required_argument, NULL, 'd' },
        { "certificate", required_argument, NULL, 'c' },
        { "key", required_argument, NULL, 'k' },
        { "client-ca", required_argument, NULL, 'a' },
        { "plain-frames", no_argument, NULL, 'f' },
        { "loop", required_argument, NULL, 'l' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            host.listen.port = atoi(optarg);
            break;
        case 't':
            host.settings.threads = atoi(optarg);
            break;
        case 'd':
            host.db = optarg;
            break;
        case 'c':
            host.listen.certificates[0].certificate_file = optarg;
            break;
        case 'k':
            host.listen.certificates[0].key_file = optarg;
            break;
        case 'a':
            host.listen.client_ca_file = optarg;
            break;
        case 'f':
            host.settings.compress = false;
            break;
        case 'l':
            host.settings.event_library = loop_of(optarg);
            break;
        default:
            return false;
        }
    }
    host.listen.tls = host.listen.certificates[0].certificate_file != NULL;
    return host.listen.port > 0 && host.settings.threads > 0 && host.settings.threads <= THREADS_MOST;
}

static void use_all_descriptors(void)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char **argv)
{
    struct ocpp_server *server = NULL;
    char reason[256] = "";
    sigset_t waited;
    int ended_by;

    host.settings = ocpp_server_settings_default();
    host.listen = (struct ocpp_server_listen){ .address = "127.0.0.1", .purpose = OCPP_LISTEN_FOR_STATIONS };
    if (!read_options(argc, argv)) {
        fputs("usage: bench_central --port PORT [--threads N] [--db FILE] [--certificate FILE --key FILE] [--client-ca FILE] "
              "[--plain-frames] [--loop libev|libuv|poll]\n",
              stderr);
        return 2;
    }
    host.settings.listen = &host.listen;
    host.settings.listen_count = 1;
    host.settings.new_shard = new_shard;
    host.settings.free_shard = free_shard;
    host.settings.after_round = after_round;
    use_all_descriptors();
    sigemptyset(&waited);
    sigaddset(&waited, SIGTERM);
    sigaddset(&waited, SIGINT);
    sigprocmask(SIG_BLOCK, &waited, NULL);
    if (ocpp_server_start(&host.settings, &server, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "bench_central: %s\n", reason);
        return 1;
    }
    sigwait(&waited, &ended_by);
    ocpp_server_stop(server, 1000);
    return 0;
}
