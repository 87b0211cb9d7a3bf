/* central_system.c: a backend that stations connect to, whole.
 *
 *     central_system 127.0.0.1 9000 /var/lib/csms.db
 *
 * Stations speak whatever version they like; the backend hears of boots, tokens and transactions. Who may charge is decided in
 * its own time, on a thread of its own, as a backend with a database does it. Lines on stdin give orders: "start STATION TOKEN",
 * "stop STATION TRANSACTION". Stations come in without a password here: ocpp_server_settings.admit is where yours is checked. */
#include "members.h"

#include <ocpp/adapters.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct backend {
    struct ocpp_server *server;
    struct ocpp_storage *storage;
    struct members *members; /* who may charge: answers on its own thread */
};

/* --- who may charge ---------------------------------------------------------------------------------------------------- */

/* A question on its way to the members' thread and back. */
struct inquiry {
    struct backend *backend;
    struct ocpp_question question;
    bool is_member;
    char identity[OCPP_IDENTITY_SIZE];
    char token[256];
};

/* On the station's thread again. It may have gone meanwhile, and its question with it. */
static void answer(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct inquiry *inquiry = user;
    const struct ocpp_authorize_decision decision = {
        .authorization = inquiry->is_member ? OCPP_AUTHORIZATION_ACCEPTED : OCPP_AUTHORIZATION_INVALID,
        .expires_utc_ms = OCPP_UTC_UNKNOWN,
    };

    if (station && ocpp_station_decide_authorize(station, inquiry->question, &decision, now) != OCPP_OK) {
        fprintf(stderr, "%s: nobody waits for the answer about %s any more\n", inquiry->identity, inquiry->token);
    }
    free(inquiry);
}

static void decided(bool is_member, void *user)
{
    struct inquiry *inquiry = user;

    inquiry->is_member = is_member;
    if (ocpp_server_post(inquiry->backend->server, inquiry->identity, answer, inquiry) != OCPP_OK) {
        free(inquiry); /* the station gets InternalError after a minute, and asks again */
    }
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct backend *backend = user;
    struct inquiry *inquiry = calloc(1, sizeof *inquiry);

    decision->authorization = OCPP_AUTHORIZATION_INVALID; /* where it cannot be asked */
    if (!inquiry) {
        return true;
    }
    inquiry->backend = backend;
    inquiry->question = question;
    snprintf(inquiry->identity, sizeof inquiry->identity, "%s", ocpp_station_identity(station));
    snprintf(inquiry->token, sizeof inquiry->token, "%s", request->token.id);
    if (!members_ask(backend->members, inquiry->token, decided, inquiry)) {
        free(inquiry);
        return true;
    }
    return false; /* the answer follows */
}

/* --- what happens ------------------------------------------------------------------------------------------------------- */

/* It is durable when this is told, and told once: here a bill would be written. */
static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    const struct ocpp_transaction *told = event->transaction;

    (void)station;
    (void)user;
    if (event->phase == OCPP_TRANSACTION_STARTED) {
        printf("%s: %s started by %s\n", told->identity, told->id, told->token);
    }
    if (event->phase == OCPP_TRANSACTION_ENDED) {
        printf("%s: %s ended: %" PRId64 " Wh%s\n", told->identity, told->id, told->meter_last_wh - told->meter_start_wh,
               told->anomalies ? ", look at it before you bill" : "");
    }
    fflush(stdout);
}

static void on_connection(struct ocpp_station *station, bool connected, const char *reason, void *user)
{
    (void)user;
    printf("%s: %s (%s)\n", ocpp_station_identity(station), connected ? "here" : "gone", reason);
    fflush(stdout);
}

/* --- orders ------------------------------------------------------------------------------------------------------------- */

struct line {
    char verb[8];
    char identity[OCPP_IDENTITY_SIZE];
    char what[128];
};

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)user;
    printf("%s: it says %s\n", ocpp_station_identity(station),
           result->status == OCPP_OK ? result->word : ocpp_status_sentence(result->status));
    fflush(stdout);
}

static void give(struct ocpp_station *station, struct ocpp_now now, void *user)
{
    struct line *line = user;
    const struct ocpp_token token = { line->what, OCPP_TOKEN_CENTRAL };
    const struct ocpp_command_done done = { .run = on_done };
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;

    (void)now;
    if (station) {
        status = strcmp(line->verb, "start") == 0 ? ocpp_station_start(station, 0, &token, &done)
                                                  : ocpp_station_stop(station, line->what, &done);
    }
    if (status != OCPP_OK) {
        printf("%s: %s\n", line->identity, ocpp_status_sentence(status));
        fflush(stdout);
    }
    free(line);
}

static void obey_lines(struct backend *backend)
{
    char text[256];

    while (fgets(text, sizeof text, stdin)) {
        struct line *line = calloc(1, sizeof *line);
        bool is_order = line && sscanf(text, "%7s %48s %127s", line->verb, line->identity, line->what) == 3 &&
                        (strcmp(line->verb, "start") == 0 || strcmp(line->verb, "stop") == 0);
        if (!is_order || ocpp_server_post(backend->server, line->identity, give, line) != OCPP_OK) {
            puts("say: start STATION TOKEN, or: stop STATION TRANSACTION");
            fflush(stdout);
            free(line);
        }
    }
}

/* --- the server ----------------------------------------------------------------------------------------------------------- */

static struct ocpp_central *new_shard(int index, void *user)
{
    struct backend *backend = user;
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize, .on_transaction = on_transaction, .user = user };

    settings.random = ocpp_system_random;
    settings.shard = index;
    return ocpp_central_new(&settings, &handler, backend->storage);
}

static void free_shard(struct ocpp_central *central, int index, void *user)
{
    (void)index;
    (void)user;
    ocpp_central_free(central);
}

/* What the round's messages wrote is committed at once, and their answers leave behind it. */
static void after_round(struct ocpp_central *central, int index, void *user)
{
    const struct backend *backend = user;

    (void)central;
    (void)index;
    backend->storage->flush(backend->storage->user);
}

static bool open_store(struct backend *backend, const char *path)
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    char reason[160];

    settings.group = true;
    if (ocpp_sqlite_storage_open(path, &settings, &backend->storage, reason, sizeof reason) == OCPP_OK) {
        return true;
    }
    fprintf(stderr, "%s\n", reason);
    return false;
}

static bool serve(struct backend *backend, const char *address, const char *port)
{
    const struct ocpp_server_listen listen = { .address = address, .port = atoi(port) };
    struct ocpp_server_settings settings = ocpp_server_settings_default();
    char reason[160];

    settings.listen = &listen;
    settings.listen_count = 1;
    settings.new_shard = new_shard;
    settings.free_shard = free_shard;
    settings.on_connection = on_connection;
    settings.after_round = after_round;
    settings.user = backend;
    if (ocpp_server_start(&settings, &backend->server, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "%s\n", reason);
        return false;
    }
    printf("stations: ws://%s:%d/ocpp/\n", address, ocpp_server_port(backend->server, 0));
    fflush(stdout);
    return true;
}

int main(int argc, char **argv)
{
    struct backend backend = { 0 };
    int status = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: central_system ADDRESS PORT DATABASE\n");
        return 2;
    }
    backend.members = members_new();
    if (backend.members && open_store(&backend, argv[3]) && serve(&backend, argv[1], argv[2])) {
        obey_lines(&backend);
        members_stop(backend.members); /* nobody posts to the server any more */
        ocpp_server_stop(backend.server, 1000);
        status = 0;
    }
    members_free(backend.members);
    ocpp_sqlite_storage_close(backend.storage);
    return status;
}
