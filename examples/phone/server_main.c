/* server_main.c: see server_main.h. */
#include "server_main.h"
#include "player.h"
#include "signer.h"

#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, REFUSED = 1, WRONG = 2 };

struct settings {
    const char *scenario;
    struct client client;
    struct story story;
};

static const struct option flags[] = {
    { "server", required_argument, NULL, 's' },
    { "token-file", required_argument, NULL, 't' },
    { "scenario", required_argument, NULL, 'f' },
    { "script", required_argument, NULL, 'i' },
    { "shared", required_argument, NULL, 'd' },
    { "timeout", required_argument, NULL, 'w' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'v' },
    { NULL, 0, NULL, 0 },
};

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "ocpp-phone: %s%s%s; see ocpp-phone --help\n", what, value ? " " : "", value ? value : "");
    return WRONG;
}

static bool is_good_server(const char *url)
{
    static const char *const places[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const size_t length = strlen(places[i]);

        if (strncmp(url, places[i], length) == 0 && (url[length] == '\0' || url[length] == ':' || url[length] == '/')) {
            return true;
        }
    }
    return strncmp(url, "https://", 8) == 0;
}

static bool read_bearer(const char *path, struct client *client)
{
    FILE *file = fopen(path, "r");
    const bool is_read = file && fgets(client->bearer, sizeof client->bearer, file);

    if (file) {
        fclose(file);
    }
    client->bearer[strcspn(client->bearer, "\r\n")] = '\0';
    return is_read && client->bearer[0];
}

/* One flag; NULL when it is fine, otherwise what is wrong with it. */
static const char *take(struct settings *settings, int flag, const char *value)
{
    switch (flag) {
    case 's':
        settings->client.server = value;
        return is_good_server(value) ? NULL : "--server takes https://HOST[:PORT], not";
    case 't':
        return read_bearer(value, &settings->client) ? NULL : "--token-file takes a file with a token, not";
    case 'f':
        settings->scenario = value;
        return NULL;
    case 'i':
        settings->scenario = value;
        return strcmp(value, "-") == 0 ? NULL : "--script takes -; use --scenario for a file, not";
    case 'd':
        settings->story.folder = value;
        return NULL;
    default:
        settings->client.timeout_s = (int)strtol(value, NULL, 10);
        return settings->client.timeout_s >= 1 && settings->client.timeout_s <= 3600 ? NULL : "--timeout takes 1 to 3600, not";
    }
}

/* DONE: go on; otherwise how the program ends, less one. */
static int read_flags(int argc, char **argv, struct settings *settings)
{
    int flag;

    opterr = 0;
    while ((flag = getopt_long(argc, argv, "+", flags, NULL)) != -1) {
        if (flag == '?') {
            return wrong("unknown flag, or a value is missing:", argv[optind - 1]);
        }
        const char *why = take(settings, flag, optarg);
        if (why) {
            return wrong(why, optarg);
        }
    }
    return DONE;
}

static int judge(const struct settings *settings, const char *command)
{
    if (!settings->client.server) {
        return wrong("--server is missing", NULL);
    }
    if (settings->scenario) {
        return command ? wrong("unexpected argument", command) : DONE;
    }
    if (!command) {
        return wrong("a command is missing", NULL);
    }
    return acts_find(command) ? DONE : wrong("there is no command", command);
}

bool server_main_is_meant(int argc, char **argv)
{
    bool has_server = false;
    bool has_act = false;

    for (int i = 1; i < argc; i++) {
        const struct act *act = acts_find(argv[i]);

        has_server = has_server || strncmp(argv[i], "--server", 8) == 0;
        has_act = has_act || strncmp(argv[i], "--scenario", 10) == 0 || strncmp(argv[i], "--script", 8) == 0 ||
                  (act && act->path[0] != '{');
    }
    return has_server && has_act;
}

int server_main(int argc, char **argv)
{
    static struct settings settings = { .client = { .timeout_s = 30 } };
    int code = read_flags(argc, argv, &settings);

    code = code == DONE ? judge(&settings, argv[optind]) : code;
    if (code != DONE) {
        return code;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return REFUSED;
    }
    const bool is_done = settings.scenario ? player_play(settings.scenario, &settings.client, &settings.story)
                                           : player_once(&settings.client, &settings.story, argv + optind, argc - optind);
    client_end(&settings.client);
    signer_end();
    curl_global_cleanup();
    return is_done ? DONE : REFUSED;
}
