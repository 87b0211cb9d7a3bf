/* options.c: the flags of ocpp-phone, and the one place that judges them. */
#include "acts.h"
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ocpp-phone --link WHERE COMMAND, or ocpp-phone --server URL COMMAND\n"
    "\n"
    "A phone, or a terminal in a vehicle: it speaks with a pile over the phone link (docs/phone-link.md), and with the server.\n"
    "\n"
    "  hello                what the pile is and how its outlets stand\n"
    "  ask NAME [JSON]      any request of the link by its name; prints its answer\n"
    "  bills [FROM]         every bill the pile keeps, from page FROM on: a line each, its number and what to carry to the "
    "server\n"
    "  listen               prints what the pile says by itself, until --timeout\n"
    "  binding              the number of the session, as 64 hexadecimal digits\n"
    "  get PATH             of the server\n"
    "  post PATH JSON       to the server; JSON may be - for standard input\n"
    "  find, reserve, ...   what people do over REST: listed below, also as lines of a file\n"
    "\n"
    "  --link WHERE         unix:PATH, or the terminal that ocpp-sim --link pty named\n"
    "  --server URL         https://HOST[:PORT]; http:// to this machine only\n"
    "  --token-file FILE    a bearer token for the server, the first line of FILE\n"
    "  --scenario FILE      with --server: play FILE, one command per line; --script - plays standard input\n"
    "  --shared DIR         with --scenario: what is told in DIR is heard by the others of the story, and theirs here\n"
    "  --root KID:KEY       the offline root: piles it vouches for are believed (KEY: 04 x y in base64url)\n"
    "  --key KEY            the pile's key: it alone is believed\n"
    "  --unproved           believe any pile: for one that belongs to nobody yet\n"
    "  --pile ID            another pile is refused\n"
    "  --id ID              ask again what was asked before under this id\n"
    "  --frame N            bytes of a frame, 20 to 255 (default 244)\n"
    "  --timeout S          1 to 3600 (default 30)\n"
    "  --json               one JSON object per line\n"
    "  --help, --version\n"
    "\n"
    "Exits 0 when it was done, 1 when it was refused or nobody answered, 2 on wrong use.\n"
    "\n"
    "Over REST:\n";

enum flag { LINK = 1, SERVER, TOKEN_FILE, ROOT, KEY, UNPROVED, PILE, ID, FRAME, TIMEOUT, JSON, HELP, VERSION };

static const struct option flags[] = {
    { "link", required_argument, NULL, LINK },
    { "server", required_argument, NULL, SERVER },
    { "token-file", required_argument, NULL, TOKEN_FILE },
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

enum options_outcome options_wrong(const char *what, const char *value)
{
    fprintf(stderr, "ocpp-phone: %s%s%s; see ocpp-phone --help\n", what, value ? " " : "", value ? value : "");
    return OPTIONS_WRONG;
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
    static char token[512];
    FILE *file = fopen(path, "r");
    const bool is_read = file && fgets(token, sizeof token, file);

    if (file) {
        fclose(file);
    }
    token[strcspn(token, "\r\n")] = '\0';
    options->token = token;
    return is_read && token[0];
}

static bool is_local(const char *url)
{
    static const char *const places[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const size_t length = strlen(places[i]);

        if (strncmp(url, places[i], length) == 0 && (url[length] == '\0' || url[length] == ':' || url[length] == '/')) {
            return true;
        }
    }
    return false;
}

/* One flag; NULL when it is fine, otherwise what is wrong with it. */
static const char *take(struct options *options, enum flag flag, const char *value)
{
    switch (flag) {
    case LINK:
        options->link = value;
        return value[0] == '/' || (strncmp(value, "unix:", 5) == 0 && value[5])
                   ? NULL
                   : "--link takes unix:PATH or the path of a terminal, not";
    case SERVER:
        options->server = value;
        return strncmp(value, "https://", 8) == 0 || is_local(value) ? NULL : "--server takes https://HOST[:PORT], not";
    case TOKEN_FILE:
        return read_token(value, options) ? NULL : "--token-file takes a file with a token, not";
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
        return ocpp_settle_id_is_valid(value) ? NULL : "--id takes 26 characters of an id, not";
    case FRAME:
        return read_number(value, 20, 255, &options->frame_bytes) ? NULL : "--frame takes 20 to 255, not";
    case TIMEOUT:
        return read_number(value, 1, 3600, &options->timeout_s) ? NULL : "--timeout takes 1 to 3600, not";
    case JSON:
        options->json = true;
        return NULL;
    case HELP:
    case VERSION:
        break;
    }
    return NULL;
}

static enum options_outcome judge(const struct options *options)
{
    static const char *const commands[] = { "hello", "ask", "bills", "listen", "binding", "get", "post" };
    static const int least[] = { 1, 2, 1, 1, 1, 2, 3 };
    static const int most[] = { 1, 3, 2, 1, 1, 2, 3 };
    size_t i = 0;

    if (options->word_count == 0) {
        return options_wrong("a command is missing", NULL);
    }
    while (i < sizeof commands / sizeof *commands && strcmp(commands[i], options->words[0]) != 0) {
        i++;
    }
    if (i == sizeof commands / sizeof *commands) {
        return options_wrong("there is no command", options->words[0]);
    }
    if (options->word_count < least[i] || options->word_count > most[i]) {
        return options_wrong("too much or too little behind", options->words[0]);
    }
    const bool is_of_server = i >= 5;
    if (is_of_server ? !options->server : !options->link) {
        return options_wrong(is_of_server ? "--server is missing" : "--link is missing", NULL);
    }
    if (!is_of_server && !options->has_root && !options->has_key && !options->unproved) {
        return options_wrong("whom to believe? give --root, --key or --unproved", NULL);
    }
    return OPTIONS_RUN;
}

enum options_outcome options_read(int argc, char **argv, struct options *options)
{
    int flag;

    *options = (struct options){ .frame_bytes = 244, .timeout_s = 30 };
    opterr = 0;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (flag == '?') {
            return options_wrong("unknown flag, or a value is missing:", argv[optind - 1]);
        }
        if (flag == HELP || flag == VERSION) {
            fputs(flag == HELP ? help : "ocpp-phone " OCPP_PROGRAM_VERSION "\n", stdout);
            if (flag == HELP) {
                acts_print();
            }
            return OPTIONS_DONE;
        }
        const char *why = take(options, (enum flag)flag, optarg);
        if (why) {
            return options_wrong(why, optarg);
        }
    }
    for (; optind < argc; optind++) {
        if (options->word_count == PHONE_WORDS) {
            return options_wrong("unexpected argument", argv[optind]);
        }
        options->words[options->word_count++] = argv[optind];
    }
    return judge(options);
}
