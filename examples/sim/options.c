/* options.c: the flags of ocpp-sim: a table that says where each value goes, and one place that judges them together. */
#include "options.h"
#include "settings.h"
#include "terminal.h"
#include "transcript.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ocpp-sim --url ws[s]://HOST:PORT/ocpp --id ID [options]\n"
    "\n"
    "A simulated charging pile, or many. It takes commands from a scenario file, or from standard input, one per line (`help` "
    "lists them);\n"
    "on a terminal it has a screen.\n"
    "\n"
    "  --url URL            of the central system; the identity is appended to it\n"
    "  --id ID              identity; with --stations the piles are ID-1, ID-2, ...\n"
    "  --version V          1.6, 2.0.1 or auto (default): what is offered at the handshake\n"
    "  --password P         for Basic authentication, 16 to 40 bytes (fewer for tests)\n"
    "  --password-file F    the same, the first line of F: not in the list of processes, nor in a shell's history\n"
    "  --security-profile N 0 to 3; without it 3 with --cert, 2 with wss, 1 with a password, else 0\n"
    "  --secure-url URL     where the pile connects when 1.6 raises its security profile to 2 or 3; default: --url with wss\n"
    "  --ca FILE            certificates the server is verified with (PEM)\n"
    "  --cert FILE --key FILE  client certificate and its key (PEM)\n"
    "  --evses N            EVSEs, 1 to 64 (default 1)\n"
    "  --connectors M       connectors per EVSE, 1 to 8 (default 1)\n"
    "  --connector-type T   of all connectors, in the words of OCPP 2.0.1 (cType2, ...)\n"
    "  --fixed-cable        the cables belong to the pile: there is nothing to lock\n"
    "  --signed-meter       the meters sign, in form: nobody can verify it\n"
    "  --signed-firmware    only firmware that is signed is installed (needs --state, for the root that vouches for it)\n"
    "  --banks N            a bay for power banks with N slots, 1 to 64; all but the last hold one\n"
    "  --gate opens|held    cables are kept until their visit is paid; without power the latches open, or hold\n"
    "  --operator NAME      whose fleet the banks are of (default operator)\n"
    "  --fleet-secret FILE  the key the banks were put into service with (ocpp-csms: DB.keys/fleet.secret); else somebody has to "
    "adopt them\n"
    "  --state DIR          keep what must survive a power cut in DIR (SQLite), keys and certificates beside it; without it in "
    "memory\n"
    "  --link pty|unix:PATH the phone link (docs/phone-link.md): a pseudo-terminal, whose name is noted, or a socket\n"
    "                       --url none with --link: a pile without a network, its EVSEs are outlets for phones\n"
    "  --claim-code CODE    with --url none: the code that was printed for it, by which it may be claimed over the link\n"
    "  --kept-bills N       with --url none: bills it keeps until they are acknowledged, more than its EVSEs, at most 128 "
    "(default 64)\n"
    "  --set NAME=VALUE     a setting (repeatable; `--set help` lists them)\n"
    "  --stations N         so many piles in this process, 1 to 1000 (default 1): a fleet, each with its scenario or with "
    "drivers at\n"
    "                       random; a summary now and then, and at the end\n"
    "  --seed S             of what drivers do (default 1); --pace N: stations switched on per second (default 100)\n"
    "  --for S              ends a fleet after so many simulated seconds; --json: its final summary as JSON, and nothing else\n"
    "  --speed X            simulated seconds per second (default 1)\n"
    "  --scenario FILE      play FILE and exit: 0 when every expectation was met, 1 with the failing line otherwise\n"
    "  --script -           the same from standard input\n"
    "  --shared DIR         what is told in DIR is heard by the others of the story, and theirs here\n"
    "  --record FILE        keep what the pile is given and does in FILE, to be played again with --replay\n"
    "  --record-limit KIB   how long that file may get (default 65536); what comes later is left out\n"
    "  --replay FILE        play a recording, without a network: 0 when the pile does the same again, 1 with the first "
    "difference\n"
    "  --quiet              do not print the frames, nor what the pile notes (--)\n"
    "  --plain              lines as they come, also on a terminal, where there is a screen otherwise\n"
    "  --verbose            log everything there is to log\n"
    "  --help               this text; --version alone prints the version of the program\n";

static void say_without_screen(void)
{
    if (!terminal_is_built()) {
        fputs("This program was built without ncurses: it has no screen, and takes and prints lines on a terminal, too.\n",
              stdout);
    }
}

static enum options_outcome wrong(const char *what, const char *value)
{
    fprintf(stderr, "ocpp-sim: %s%s%s; see ocpp-sim --help\n", what, value ? " " : "", value ? value : "");
    return OPTIONS_WRONG;
}

static bool read_number(const char *text, long least, long most, int *number)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end || value < least || value > most) {
        return false;
    }
    *number = (int)value;
    return true;
}

static bool read_speed(const char *text, double *speed)
{
    char *end;

    *speed = strtod(text, &end);
    return end != text && !*end && *speed >= 0.01 && *speed <= 10000;
}

/* One that a charge point of this build speaks, or none for "auto". */
static bool read_version(const char *text, enum ocpp_version *version)
{
    const struct ocpp_charge_point_settings built = ocpp_charge_point_settings_default();

    *version = ocpp_version_of(text);
    for (size_t i = 0; i < 3 && built.versions[i] != OCPP_VERSION_NONE; i++) {
        if (*version == built.versions[i]) {
            return true;
        }
    }
    return strcmp(text, "auto") == 0;
}

static bool add_setting(struct options *options, const char *text)
{
    if (options->setting_count == SIM_SETTINGS || !strchr(text, '=')) {
        return false;
    }
    options->settings[options->setting_count++] = text;
    return true;
}

static bool read_password(const char *path, struct options *options)
{
    FILE *file = fopen(path, "r");
    const bool is_read = file && fgets(options->password_read, sizeof options->password_read, file);

    if (file) {
        fclose(file);
    }
    options->password_read[strcspn(options->password_read, "\r\n")] = '\0';
    options->password = options->password_read;
    return is_read && strlen(options->password) >= 1 && strlen(options->password) <= 40;
}

/* --- flags -------------------------------------------------------------------------------------------------------------------
 */

/* Where a pile without a network would connect to; it never does. */
static const char nowhere[] = "ws://127.0.0.1:9/ocpp";

enum { LINK_OUTLETS = 20 };

static bool take_url(struct options *options, const char *value)
{
    options->no_network = strcmp(value, "none") == 0;
    options->url = options->no_network ? nowhere : value;
    return options->no_network || strncmp(value, "ws://", 5) == 0 || strncmp(value, "wss://", 6) == 0;
}

static bool take_id(struct options *options, const char *value)
{
    options->identity = value;
    return strlen(value) <= 48 && *value && !strpbrk(value, ":/");
}

static bool take_version(struct options *options, const char *value)
{
    return read_version(value, &options->version);
}

static bool take_password(struct options *options, const char *value)
{
    options->password = value;
    return strlen(value) >= 1 && strlen(value) <= 40;
}

static bool take_password_file(struct options *options, const char *value)
{
    return read_password(value, options);
}

static bool take_secure_url(struct options *options, const char *value)
{
    options->secure_url = value;
    return strncmp(value, "wss://", 6) == 0;
}

static bool take_connector_type(struct options *options, const char *value)
{
    options->connector_type = value;
    return strlen(value) <= 20 && *value;
}

static bool take_operator(struct options *options, const char *value)
{
    options->fleet = value;
    return strlen(value) <= 40 && *value;
}

static bool take_gate(struct options *options, const char *value)
{
    options->gate = value;
    return strcmp(value, "opens") == 0 || strcmp(value, "held") == 0;
}

static bool take_setting(struct options *options, const char *value)
{
    return add_setting(options, value);
}

static bool take_speed(struct options *options, const char *value)
{
    return read_speed(value, &options->speed);
}

static bool take_script(struct options *options, const char *value)
{
    options->scenario = value;
    return strcmp(value, "-") == 0;
}

static bool take_link(struct options *options, const char *value)
{
    options->link = value;
    return strcmp(value, "pty") == 0 || (strncmp(value, "unix:", 5) == 0 && value[5]);
}

enum flag_kind { FLAG_TEXT, FLAG_NUMBER, FLAG_SWITCH, FLAG_OTHER };

/* Where the value of a flag goes, and what is said of one it does not take: "--NAME SAYS". */
static const struct flag {
    const char *name;
    enum flag_kind kind;
    size_t offset; /* in the options */
    long least;    /* of a number */
    long most;
    bool (*take)(struct options *options, const char *value); /* of another kind */
    const char *says;
} rows[] = {
#define AT(member) offsetof(struct options, member)
    { "url", FLAG_OTHER, 0, 0, 0, take_url, "takes ws://HOST:PORT/PATH, wss://... or none, not" },
    { "id", FLAG_OTHER, 0, 0, 0, take_id, "takes 1 to 48 characters without ':' and '/', not" },
    { "version", FLAG_OTHER, 0, 0, 0, take_version, "takes 1.6, 2.0.1 or auto, not" },
    { "password", FLAG_OTHER, 0, 0, 0, take_password, "takes 1 to 40 bytes" },
    { "password-file", FLAG_OTHER, 0, 0, 0, take_password_file, "takes a file whose first line is 1 to 40 bytes, not" },
    { "security-profile", FLAG_NUMBER, AT(security_profile), 0, 3, NULL, "takes 0 to 3, not" },
    { "secure-url", FLAG_OTHER, 0, 0, 0, take_secure_url, "takes wss://HOST:PORT/PATH, not" },
    { "ca", FLAG_TEXT, AT(ca_file), 0, 0, NULL, NULL },
    { "cert", FLAG_TEXT, AT(certificate_file), 0, 0, NULL, NULL },
    { "key", FLAG_TEXT, AT(key_file), 0, 0, NULL, NULL },
    { "evses", FLAG_NUMBER, AT(evses), 1, 64, NULL, "takes 1 to 64, not" },
    { "connectors", FLAG_NUMBER, AT(connectors), 1, 8, NULL, "takes 1 to 8, not" },
    { "connector-type", FLAG_OTHER, 0, 0, 0, take_connector_type, "takes 1 to 20 characters, not" },
    { "fixed-cable", FLAG_SWITCH, AT(fixed_cable), 0, 0, NULL, NULL },
    { "signed-meter", FLAG_SWITCH, AT(signed_meter), 0, 0, NULL, NULL },
    { "signed-firmware", FLAG_SWITCH, AT(signed_firmware), 0, 0, NULL, NULL },
    { "banks", FLAG_NUMBER, AT(banks), 1, 64, NULL, "takes 1 to 64, not" },
    { "gate", FLAG_OTHER, 0, 0, 0, take_gate, "takes opens or held, not" },
    { "operator", FLAG_OTHER, 0, 0, 0, take_operator, "takes 1 to 40 characters, not" },
    { "fleet-secret", FLAG_TEXT, AT(fleet_secret), 0, 0, NULL, NULL },
    { "state", FLAG_TEXT, AT(state), 0, 0, NULL, NULL },
    { "set", FLAG_OTHER, 0, 0, 0, take_setting, "takes NAME=VALUE, at most 32 of them, not" },
    { "stations", FLAG_NUMBER, AT(stations), 1, 1000, NULL, "takes 1 to 1000, not" },
    { "pace", FLAG_NUMBER, AT(pace), 1, 1000, NULL, "takes 1 to 1000, not" },
    { "seed", FLAG_NUMBER, AT(seed), 0, 1000000000, NULL, "takes 0 to 1000000000, not" },
    { "for", FLAG_NUMBER, AT(for_s), 1, 31536000, NULL, "takes 1 to 31536000, not" },
    { "json", FLAG_SWITCH, AT(json), 0, 0, NULL, NULL },
    { "speed", FLAG_OTHER, 0, 0, 0, take_speed, "takes 0.01 to 10000, not" },
    { "scenario", FLAG_TEXT, AT(scenario), 0, 0, NULL, NULL },
    { "shared", FLAG_TEXT, AT(shared), 0, 0, NULL, NULL },
    { "script", FLAG_OTHER, 0, 0, 0, take_script, "takes -; use --scenario for a file, not" },
    { "record", FLAG_TEXT, AT(record), 0, 0, NULL, NULL },
    { "record-limit", FLAG_NUMBER, AT(record_kib), 1, 4194304, NULL, "takes 1 to 4194304 KiB, not" },
    { "replay", FLAG_TEXT, AT(replay), 0, 0, NULL, NULL },
    { "quiet", FLAG_SWITCH, AT(quiet), 0, 0, NULL, NULL },
    { "plain", FLAG_SWITCH, AT(plain), 0, 0, NULL, NULL },
    { "verbose", FLAG_SWITCH, AT(verbose), 0, 0, NULL, NULL },
    { "link", FLAG_OTHER, 0, 0, 0, take_link, "takes pty or unix:PATH, not" },
    { "claim-code", FLAG_TEXT, AT(claim_code), 0, 0, NULL, NULL },
    { "kept-bills", FLAG_NUMBER, AT(kept_bills), 2, 128, NULL, "takes 2 to 128, not" },
#undef AT
};

enum { ROWS = sizeof rows / sizeof rows[0], HELP = ROWS + 1 };

static bool is_flag(int flag, const char *name)
{
    return flag >= 1 && flag <= ROWS && strcmp(rows[flag - 1].name, name) == 0;
}

/* As getopt_long() wants them: a flag's value is the number of its row, from 1 on. */
static void list_flags(struct option flags[ROWS + 2])
{
    for (int i = 0; i < ROWS; i++) {
        const int argument = rows[i].kind == FLAG_SWITCH            ? no_argument
                             : strcmp(rows[i].name, "version") == 0 ? optional_argument
                                                                    : required_argument;

        flags[i] = (struct option){ rows[i].name, argument, NULL, i + 1 };
    }
    flags[ROWS] = (struct option){ "help", no_argument, NULL, HELP };
    flags[ROWS + 1] = (struct option){ NULL, 0, NULL, 0 };
}

static bool take(struct options *options, const struct flag *flag, const char *value)
{
    void *place = (char *)options + flag->offset;

    switch (flag->kind) {
    case FLAG_TEXT:
        *(const char **)place = value;
        return true;
    case FLAG_NUMBER:
        return read_number(value, flag->least, flag->most, place);
    case FLAG_SWITCH:
        *(bool *)place = true;
        return true;
    case FLAG_OTHER:
        return flag->take(options, value);
    }
    return false;
}

static enum options_outcome refuse(const struct flag *flag, const char *value)
{
    char what[128];

    snprintf(what, sizeof what, "--%s %s", flag->name, flag->says);
    return wrong(what, flag->take == take_password ? NULL : value); /* a password is not shown again */
}

/* `--version` alone asks for the program's; `--version V` and `--version=V` choose the protocol's. */
static bool asks_for_program_version(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--version") == 0;
}

/* What a recording cannot hold. */
static enum options_outcome judge_record(const struct options *options)
{
    if (options->stations > 1) {
        return wrong("--record keeps one pile: it is not with --stations", NULL);
    }
    if (options->state) {
        return wrong("--record begins with a pile as it was delivered: it is not with --state, whose files it could not hold",
                     NULL);
    }
    if (strchr(options->url, '@')) {
        return wrong("--record: --url holds a password; use --password", NULL);
    }
    return OPTIONS_RUN;
}

static enum options_outcome judge(const struct options *options)
{
    for (int i = 0; i < options->setting_count; i++) {
        const char *setting = options->settings[i];
        if (!setting_is_good(setting) && !setting_is_of_engine(setting, options->evses, options->connectors)) {
            return wrong("--set takes NAME=VALUE (--set help lists them), not", setting);
        }
    }
    if (!options->url) {
        return wrong("--url is missing", NULL);
    }
    if (!options->identity) {
        return wrong("--id is missing", NULL);
    }
    if (options->security_profile >= 0 && options->security_profile < 2 && strncmp(options->url, "wss://", 6) == 0) {
        return wrong("--security-profile 0 and 1 are without TLS: --url takes ws://...", NULL);
    }
    if (!options->certificate_file != !options->key_file) {
        return wrong("--cert and --key go together", NULL);
    }
    if (options->signed_firmware && !options->state) {
        return wrong("--signed-firmware needs --state", NULL);
    }
    if (options->link && options->stations > 1) {
        return wrong("--link is for one pile, not with --stations", NULL);
    }
    if (options->no_network && !options->link) {
        return wrong("--url none needs --link", NULL);
    }
    if (options->no_network && options->evses > LINK_OUTLETS) {
        return wrong("--url none: at most 20 EVSEs", NULL);
    }
    if (options->stations == 1 && (options->for_s > 0 || options->json)) {
        return wrong("--for and --json are for a fleet: --stations 2 or more", NULL);
    }
    return options->record ? judge_record(options) : OPTIONS_RUN;
}

struct options options_default(void)
{
    return (struct options){ .evses = 1,
                             .connectors = 1,
                             .stations = 1,
                             .pace = 100,
                             .seed = 1,
                             .speed = 1,
                             .security_profile = -1,
                             .fleet = "operator",
                             .firmware = OCPP_PROGRAM_VERSION,
                             .record_kib = 65536,
                             .kept_frames = TRANSCRIPT_FRAMES };
}

bool options_take(struct options *options, const char *name, const char *value)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return (value || rows[i].kind == FLAG_SWITCH) && take(options, &rows[i], value);
        }
    }
    return false;
}

bool options_are_good(const struct options *options)
{
    return judge(options) == OPTIONS_RUN;
}

enum options_outcome options_read(int argc, char **argv, struct options *options)
{
    struct option flags[ROWS + 2];
    int flag;
    int others = 0; /* than those that go with --replay */

    list_flags(flags);
    *options = options_default();
    if (asks_for_program_version(argc, argv)) {
        printf("ocpp-sim " OCPP_PROGRAM_VERSION "\n");
        say_without_screen();
        return OPTIONS_DONE;
    }
    opterr = 0;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        const char *value = optarg;
        if (flag == '?') {
            return wrong("unknown flag, or a value is missing:", argv[optind - 1]);
        }
        if (flag == HELP) {
            fputs(help, stdout);
            say_without_screen();
            return OPTIONS_DONE;
        }
        if (is_flag(flag, "version") && !value) { /* optional_argument takes only --version=V by itself */
            value = optind < argc ? argv[optind++] : "";
        }
        if (is_flag(flag, "set") && value && strcmp(value, "help") == 0) {
            settings_print();
            return OPTIONS_DONE;
        }
        others += !is_flag(flag, "replay") && !is_flag(flag, "quiet") && !is_flag(flag, "verbose");
        if (!take(options, &rows[flag - 1], value)) {
            return refuse(&rows[flag - 1], value);
        }
    }
    if (optind < argc) {
        return wrong("unexpected argument", argv[optind]);
    }
    options->prints_frames = !options->quiet;
    if (options->replay) { /* all it needs stands in the recording */
        return others == 0 ? OPTIONS_RUN : wrong("--replay goes with --quiet and --verbose only", NULL);
    }
    return judge(options);
}
