/* options.c: the flags of ocpp-phone, and the one place that judges them. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum flag {
    LINK = 1,
    SERVER,
    TOKEN_FILE,
    TERMINALS,
    STATE,
    SCENARIO,
    SCRIPT,
    SHARED,
    ROOT,
    KEY,
    UNPROVED,
    PILE,
    ID,
    FRAME,
    TIMEOUT,
    JSON,
    HELP,
    VERSION
};

static const struct option flags[] = {
    { "link", required_argument, NULL, LINK },
    { "server", required_argument, NULL, SERVER },
    { "token-file", required_argument, NULL, TOKEN_FILE },
    { "terminals", required_argument, NULL, TERMINALS },
    { "state", required_argument, NULL, STATE },
    { "scenario", required_argument, NULL, SCENARIO },
    { "script", required_argument, NULL, SCRIPT },
    { "shared", required_argument, NULL, SHARED },
    { "root", required_argument, NULL, ROOT },
    { "key", required_argument, NULL, KEY },
    { "unproved", no_argument, NULL, UNPROVED },
    { "pile", required_argument, NULL, PILE },
    { "id", required_argument, NULL, ID },
    { "frame", required_argument, NULL, FRAME },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "help", no_argument, NULL, HELP },
    { "version", no_argument, NULL, VERSION },
    { NULL, 0, NULL, 0 },
};

bool options_wrong(const char *what, const char *value)
{
    fprintf(stderr, "ocpp-phone: %s%s%s; see ocpp-phone --help\n", what, value ? " " : "", value ? value : "");
    return false;
}

static bool read_number(const char *text, long least, long most, int *number)
{
    char *end;
    const long value = strtol(text, &end, 10);

    if (end == text || *end || value < least || value > most) {
        return false;
    }
    *number = (int)value;
    return true;
}

static bool read_root(const char *text, struct options *options)
{
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const size_t length = strcspn(text, ":");

    if (length == 0 || length >= sizeof kid || text[length] != ':' || !ocpp_settle_point_read(text + length + 1, point)) {
        return false;
    }
    memcpy(kid, text, length);
    kid[length] = '\0';
    ocpp_settle_trust_begin(&options->trust, kid, point);
    options->has_root = true;
    return true;
}

static bool read_token(const char *path, struct options *options)
{
    FILE *file = fopen(path, "r");
    const bool is_read = file && fgets(options->token, sizeof options->token, file);

    if (file) {
        fclose(file);
    }
    options->token[strcspn(options->token, "\r\n")] = '\0';
    return is_read && options->token[0];
}

static bool is_server(const char *url)
{
    static const char *const places[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const size_t length = strlen(places[i]);

        if (strncmp(url, places[i], length) == 0 && (url[length] == '\0' || url[length] == ':' || url[length] == '/')) {
            return true;
        }
    }
    return strncmp(url, "https://", 8) == 0 && url[8];
}

/* As is_server(), of a WebSocket. */
static bool is_socket(const char *url)
{
    char http[512];
    const bool is_known = strncmp(url, "ws://", 5) == 0 || strncmp(url, "wss://", 6) == 0;

    return is_known && (size_t)snprintf(http, sizeof http, "http%s", url + 2) < sizeof http && is_server(http);
}

static bool is_link(const char *where)
{
    return where[0] == '/' || (strncmp(where, "unix:", 5) == 0 && where[5]);
}

/* One flag of whom to believe, and how to speak; NULL when it is fine. */
static const char *take_link(struct options *options, int flag, const char *value)
{
    switch (flag) {
    case ROOT:
        return read_root(value, options) ? NULL : "--root takes KID:KEY, not";
    case KEY:
        options->has_key = ocpp_settle_point_read(value, options->key);
        return options->has_key ? NULL : "--key takes 04 x y in base64url, not";
    case UNPROVED:
        options->unproved = true;
        return NULL;
    case PILE:
        options->pile = value;
        return *value && strlen(value) <= 48 ? NULL : "--pile takes 1 to 48 characters, not";
    case ID:
        options->id = value;
        return ocpp_settle_id_is_valid(value) && strlen(value) == OCPP_SETTLE_ID_SIZE - 1
                   ? NULL
                   : "--id takes 26 characters of an id, not";
    default:
        return read_number(value, 20, 255, &options->frame_bytes) ? NULL : "--frame takes 20 to 255, not";
    }
}

/* One flag; NULL when it is fine, otherwise what is wrong with it. */
static const char *take(struct options *options, int flag, const char *value)
{
    switch (flag) {
    case LINK:
        options->link = value;
        return is_link(value) ? NULL : "--link takes unix:PATH or the path of a terminal, not";
    case SERVER:
        options->server = value;
        return is_server(value) ? NULL : "--server takes https://HOST[:PORT], not";
    case TOKEN_FILE:
        return read_token(value, options) ? NULL : "--token-file takes a file with a token, not";
    case TERMINALS:
        options->terminals = value;
        return is_socket(value) ? NULL : "--terminals takes wss://HOST[:PORT], not";
    case STATE:
        options->state = value;
        return *value && strlen(value) < 400 ? NULL : "--state takes a folder, not";
    case SCENARIO:
        options->scenario = value;
        return NULL;
    case SCRIPT:
        options->scenario = value;
        return strcmp(value, "-") == 0 ? NULL : "--script takes -; use --scenario for a file, not";
    case SHARED:
        options->shared = value;
        return NULL;
    case TIMEOUT:
        return read_number(value, 1, 3600, &options->timeout_s) ? NULL : "--timeout takes 1 to 3600, not";
    case JSON:
        options->json = true;
        return NULL;
    case HELP:
        options->help = true;
        return NULL;
    case VERSION:
        options->version = true;
        return NULL;
    default:
        return take_link(options, flag, value);
    }
}

/* A word, also one like -33.8. */
static bool is_word(const char *text)
{
    return text[0] != '-' || text[1] == '\0' || isdigit((unsigned char)text[1]);
}

static bool add_word(struct options *options, char *word)
{
    if (options->word_count == PHONE_WORDS) {
        return options_wrong("unexpected argument", word);
    }
    options->words[options->word_count++] = word;
    return true;
}

bool options_read(int argc, char **argv, struct options *options)
{
    *options = (struct options){ .frame_bytes = 244, .timeout_s = 30 };
    opterr = 0;
    optind = 1;
    while (optind < argc) {
        if (is_word(argv[optind])) {
            if (!add_word(options, argv[optind++])) {
                return false;
            }
            continue;
        }
        const int flag = getopt_long(argc, argv, "+", flags, NULL);
        if (flag == -1) { /* behind -- there are words only */
            while (optind < argc && add_word(options, argv[optind])) {
                optind++;
            }
            return optind == argc;
        }
        if (flag == '?') {
            return options_wrong("unknown flag, or a value is missing:", argv[optind - 1]);
        }
        const char *why = take(options, flag, optarg);
        if (why) {
            return options_wrong(why, optarg);
        }
    }
    return true;
}
