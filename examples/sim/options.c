/* options.c: the flags of ocpp-sim, as a table of getopt_long and one place that judges them. */
#include "options.h"
#include "settings.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ocpp-sim --url ws[s]://HOST:PORT/ocpp --id ID [options]\n"
    "\n"
    "A simulated charging pile, or many. It takes commands from a scenario file, or from standard input, one per line (`help` "
    "lists them).\n"
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
    "  --operator NAME      whose fleet the banks are of (default operator)\n"
    "  --fleet-secret FILE  the key the banks were put into service with (ocpp-csms: DB.keys/fleet.secret); else somebody has to "
    "adopt them\n"
    "  --state DIR          keep what must survive a power cut in DIR (SQLite), keys and certificates beside it; without it in "
    "memory\n"
    "  --set NAME=VALUE     a setting (repeatable; `--set help` lists them)\n"
    "  --stations N         so many piles in this process, 1 to 1000 (default 1)\n"
    "  --speed X            simulated seconds per second (default 1)\n"
    "  --scenario FILE      play FILE and exit: 0 when every expectation was met, 1 with the failing line otherwise\n"
    "  --script -           the same from standard input\n"
    "  --quiet              do not print the frames, nor what the pile notes (--)\n"
    "  --verbose            log everything there is to log\n"
    "  --help               this text; --version alone prints the version of the program\n";

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

enum flag {
    URL = 1,
    ID,
    VERSION,
    PASSWORD,
    PASSWORD_FILE,
    SECURITY_PROFILE,
    SECURE_URL,
    CA,
    CERT,
    KEY,
    EVSES,
    CONNECTORS,
    CONNECTOR_TYPE,
    FIXED_CABLE,
    SIGNED_METER,
    SIGNED_FIRMWARE,
    BANKS,
    OPERATOR,
    FLEET_SECRET,
    STATE,
    SET,
    STATIONS,
    SPEED,
    SCENARIO,
    SCRIPT,
    QUIET,
    VERBOSE,
    HELP,
    LATER
};

static const struct option flags[] = {
    { "url", required_argument, NULL, URL },
    { "id", required_argument, NULL, ID },
    { "version", optional_argument, NULL, VERSION },
    { "password", required_argument, NULL, PASSWORD },
    { "password-file", required_argument, NULL, PASSWORD_FILE },
    { "security-profile", required_argument, NULL, SECURITY_PROFILE },
    { "secure-url", required_argument, NULL, SECURE_URL },
    { "ca", required_argument, NULL, CA },
    { "cert", required_argument, NULL, CERT },
    { "key", required_argument, NULL, KEY },
    { "evses", required_argument, NULL, EVSES },
    { "connectors", required_argument, NULL, CONNECTORS },
    { "connector-type", required_argument, NULL, CONNECTOR_TYPE },
    { "fixed-cable", no_argument, NULL, FIXED_CABLE },
    { "signed-meter", no_argument, NULL, SIGNED_METER },
    { "signed-firmware", no_argument, NULL, SIGNED_FIRMWARE },
    { "state", required_argument, NULL, STATE },
    { "set", required_argument, NULL, SET },
    { "stations", required_argument, NULL, STATIONS },
    { "speed", required_argument, NULL, SPEED },
    { "scenario", required_argument, NULL, SCENARIO },
    { "script", required_argument, NULL, SCRIPT },
    { "quiet", no_argument, NULL, QUIET },
    { "verbose", no_argument, NULL, VERBOSE },
    { "help", no_argument, NULL, HELP },
    { "banks", required_argument, NULL, BANKS },
    { "operator", required_argument, NULL, OPERATOR },
    { "fleet-secret", required_argument, NULL, FLEET_SECRET },
    { "link", required_argument, NULL, LATER },
    { NULL, 0, NULL, 0 },
};

/* One flag; NULL when it is fine, otherwise what is wrong with it. */
static const char *take(struct options *options, int flag, const char *value)
{
    switch ((enum flag)flag) {
    case URL:
        options->url = value;
        return strncmp(value, "ws://", 5) == 0 || strncmp(value, "wss://", 6) == 0
                   ? NULL
                   : "--url takes ws://HOST:PORT/PATH or wss://..., not";
    case ID:
        options->identity = value;
        return strlen(value) <= 48 && *value && !strpbrk(value, ":/") ? NULL
                                                                      : "--id takes 1 to 48 characters without ':' and '/', not";
    case VERSION:
        return read_version(value, &options->version) ? NULL : "--version takes 1.6, 2.0.1 or auto, not";
    case PASSWORD:
        options->password = value;
        return strlen(value) >= 1 && strlen(value) <= 40 ? NULL : "--password takes 1 to 40 bytes"; /* not shown again */
    case PASSWORD_FILE:
        return read_password(value, options) ? NULL : "--password-file takes a file whose first line is 1 to 40 bytes, not";
    case SECURITY_PROFILE:
        return read_number(value, 0, 3, &options->security_profile) ? NULL : "--security-profile takes 0 to 3, not";
    case SECURE_URL:
        options->secure_url = value;
        return strncmp(value, "wss://", 6) == 0 ? NULL : "--secure-url takes wss://HOST:PORT/PATH, not";
    case CA:
        options->ca_file = value;
        return NULL;
    case CERT:
        options->certificate_file = value;
        return NULL;
    case KEY:
        options->key_file = value;
        return NULL;
    case EVSES:
        return read_number(value, 1, 64, &options->evses) ? NULL : "--evses takes 1 to 64, not";
    case CONNECTORS:
        return read_number(value, 1, 8, &options->connectors) ? NULL : "--connectors takes 1 to 8, not";
    case CONNECTOR_TYPE:
        options->connector_type = value;
        return strlen(value) <= 20 && *value ? NULL : "--connector-type takes 1 to 20 characters, not";
    case FIXED_CABLE:
        options->fixed_cable = true;
        return NULL;
    case SIGNED_METER:
        options->signed_meter = true;
        return NULL;
    case SIGNED_FIRMWARE:
        options->signed_firmware = true;
        return NULL;
    case BANKS:
        return read_number(value, 1, 64, &options->banks) ? NULL : "--banks takes 1 to 64, not";
    case OPERATOR:
        options->fleet = value;
        return strlen(value) <= 40 && *value ? NULL : "--operator takes 1 to 40 characters, not";
    case FLEET_SECRET:
        options->fleet_secret = value;
        return NULL;
    case STATE:
        options->state = value;
        return NULL;
    case SET:
        return add_setting(options, value) ? NULL : "--set takes NAME=VALUE, at most 32 of them, not";
    case STATIONS:
        return read_number(value, 1, 1000, &options->stations) ? NULL : "--stations takes 1 to 1000, not";
    case SPEED:
        return read_speed(value, &options->speed) ? NULL : "--speed takes 0.01 to 10000, not";
    case SCENARIO:
        options->scenario = value;
        return NULL;
    case SCRIPT:
        options->scenario = value;
        return strcmp(value, "-") == 0 ? NULL : "--script takes -; use --scenario for a file, not";
    case QUIET:
        options->quiet = true;
        return NULL;
    case VERBOSE:
        options->verbose = true;
        return NULL;
    case LATER:
        return "not in this version";
    case HELP:
        return NULL;
    }
    return "unknown flag";
}

/* `--version` alone asks for the program's; `--version V` and `--version=V` choose the protocol's. */
static bool asks_for_program_version(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--version") == 0;
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
    if (options->state && options->stations > 1) {
        return wrong("--state is for one pile, not with --stations", NULL);
    }
    return OPTIONS_RUN;
}

enum options_outcome options_read(int argc, char **argv, struct options *options)
{
    int flag;
    int index = 0;

    *options =
        (struct options){ .evses = 1, .connectors = 1, .stations = 1, .speed = 1, .security_profile = -1, .fleet = "operator" };
    if (asks_for_program_version(argc, argv)) {
        printf("ocpp-sim " OCPP_PROGRAM_VERSION "\n");
        return OPTIONS_DONE;
    }
    opterr = 0;
    while ((flag = getopt_long(argc, argv, "", flags, &index)) != -1) {
        const char *value = optarg;
        if (flag == '?') {
            return wrong("unknown flag, or a value is missing:", argv[optind - 1]);
        }
        if (flag == HELP) {
            fputs(help, stdout);
            return OPTIONS_DONE;
        }
        if (flag == VERSION && !value) { /* optional_argument takes only --version=V by itself */
            value = optind < argc ? argv[optind++] : "";
        }
        if (flag == SET && value && strcmp(value, "help") == 0) {
            settings_print();
            return OPTIONS_DONE;
        }
        const char *why = take(options, flag, value);
        if (why) {
            return flag == LATER      ? wrong("not in this version: the flag", flags[index].name)
                   : flag == PASSWORD ? wrong(why, NULL)
                                      : wrong(why, value);
        }
    }
    if (optind < argc) {
        return wrong("unexpected argument", argv[optind]);
    }
    return judge(options);
}
