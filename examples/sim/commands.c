/* commands.c: the table of commands and one small function for each. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arguments {
    struct pile *pile;
    int count; /* without the command */
    char **words;
    char *reason;
    size_t reason_size;
};

struct command {
    const char *name;
    int least;
    int most;
    enum command_outcome (*run)(struct arguments *arguments);
    const char *usage;
};

static enum command_outcome wrong(struct arguments *arguments, const char *why, const char *what)
{
    snprintf(arguments->reason, arguments->reason_size, "%s%s%s", why, what ? " " : "", what ? what : "");
    return COMMAND_WRONG;
}

static enum command_outcome outcome_of(struct arguments *arguments, enum ocpp_status status)
{
    return status == OCPP_OK ? COMMAND_DONE : wrong(arguments, ocpp_status_sentence(status), NULL);
}

static bool read_integer(const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;

    *value = strtoll(text, &end, 10);
    return end != text && !*end && *value >= least && *value <= most;
}

/* The EVSE that a word names; 0 and a reason when there is none. */
static int evse_of(struct arguments *arguments, const char *word, int least)
{
    int64_t evse;

    if (read_integer(word, least, arguments->pile->options->evses, &evse)) {
        return (int)evse;
    }
    (void)wrong(arguments, "no such EVSE:", word);
    return -1;
}

/* --- the hardware --------------------------------------------------------------------------------------------------------------
 */

static enum command_outcome plug_or_not(struct arguments *arguments, bool plugged)
{
    struct pile *pile = arguments->pile;
    int evse = evse_of(arguments, arguments->words[0], 1);
    int64_t connector = 1;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (arguments->count > 1 && !read_integer(arguments->words[1], 1, pile->options->connectors, &connector)) {
        return wrong(arguments, "no such connector:", arguments->words[1]);
    }
    pile->evses[evse].plugged[connector - 1] = plugged;
    if (plugged) {
        pile->evses[evse].vehicle_suspends = false;
    }
    return outcome_of(arguments, ocpp_charge_point_plug(pile->cp, evse, (int)connector, plugged, sim_now()));
}

static enum command_outcome run_plug(struct arguments *arguments)
{
    return plug_or_not(arguments, true);
}

static enum command_outcome run_unplug(struct arguments *arguments)
{
    return plug_or_not(arguments, false);
}

static enum command_outcome run_card(struct arguments *arguments)
{
    struct ocpp_token token = { arguments->words[1], OCPP_TOKEN_ISO14443 };
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (arguments->count > 2) {
        token.type = ocpp_token_type_of(arguments->words[2]);
        if (token.type == OCPP_TOKEN_UNKNOWN) {
            return wrong(arguments, "no such type of token:", arguments->words[2]);
        }
    }
    return outcome_of(arguments, ocpp_charge_point_token(arguments->pile->cp, evse, &token, sim_now()));
}

static enum command_outcome run_key(struct arguments *arguments)
{
    const struct ocpp_token token = { arguments->words[1], OCPP_TOKEN_KEY_CODE };
    int evse = evse_of(arguments, arguments->words[0], 0);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    return outcome_of(arguments, ocpp_charge_point_token(arguments->pile->cp, evse, &token, sim_now()));
}

static enum command_outcome run_ev(struct arguments *arguments)
{
    bool suspends = strcmp(arguments->words[0], "suspend") == 0;
    int evse;

    if (!suspends && strcmp(arguments->words[0], "resume") != 0) {
        return wrong(arguments, "the vehicle can suspend or resume, not", arguments->words[0]);
    }
    evse = evse_of(arguments, arguments->words[1], 1);
    if (evse < 0) {
        return COMMAND_WRONG;
    }
    arguments->pile->evses[evse].vehicle_suspends = suspends;
    return COMMAND_DONE;
}

static enum command_outcome run_meter(struct arguments *arguments)
{
    int evse = evse_of(arguments, arguments->words[0], 1);
    const char *word = arguments->words[1];
    int64_t wh;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!read_integer(word, -1000000000, 1000000000, &wh)) {
        return wrong(arguments, "not a number of Wh:", word);
    }
    struct pile_evse *place = &arguments->pile->evses[evse];
    place->register_mwh = (*word == '+' || *word == '-' ? place->register_mwh : 0) + wh * 1000;
    return COMMAND_DONE;
}

static enum command_outcome run_fault(struct arguments *arguments)
{
    const struct ocpp_fault fault = { .code = arguments->words[1] };
    int evse = evse_of(arguments, arguments->words[0], 0);
    bool over = strcmp(arguments->words[1], "none") == 0;

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    return outcome_of(arguments,
                      ocpp_charge_point_fault(arguments->pile->cp, evse, evse == 0 ? 0 : 1, over ? NULL : &fault, sim_now()));
}

static enum command_outcome run_lock(struct arguments *arguments)
{
    bool fails = strcmp(arguments->words[1], "fail") == 0;
    int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (!fails && strcmp(arguments->words[1], "work") != 0) {
        return wrong(arguments, "a lock can fail or work, not", arguments->words[1]);
    }
    arguments->pile->evses[evse].lock_fails = fails;
    return COMMAND_DONE;
}

static enum command_outcome run_stop(struct arguments *arguments)
{
    enum ocpp_stop_reason reason = arguments->count > 1 ? ocpp_stop_reason_of(arguments->words[1]) : OCPP_STOP_LOCAL;
    int evse = evse_of(arguments, arguments->words[0], 1);

    if (evse < 0) {
        return COMMAND_WRONG;
    }
    if (reason == OCPP_STOP_UNKNOWN) {
        return wrong(arguments, "no such reason:", arguments->words[1]);
    }
    return outcome_of(arguments, ocpp_charge_point_stop(arguments->pile->cp, evse, reason, sim_now()));
}

/* --- the world around it
 * --------------------------------------------------------------------------------------------------------- */

static enum command_outcome run_offline(struct arguments *arguments)
{
    arguments->pile->paused = true;
    ocpp_client_pause(arguments->pile->client, true);
    return COMMAND_DONE;
}

static enum command_outcome run_online(struct arguments *arguments)
{
    arguments->pile->paused = false;
    ocpp_client_pause(arguments->pile->client, false);
    return COMMAND_DONE;
}

static enum command_outcome run_powercut(struct arguments *arguments)
{
    pile_log(arguments->pile, "power is cut");
    arguments->pile->power = PILE_CUT;
    return COMMAND_DONE;
}

static enum command_outcome run_reboot(struct arguments *arguments)
{
    pile_log(arguments->pile, "reboots");
    arguments->pile->power = PILE_RESTARTS;
    return COMMAND_DONE;
}

static enum command_outcome run_clock(struct arguments *arguments)
{
    int64_t seconds;

    if (!read_integer(arguments->words[0], -315360000, 315360000, &seconds)) {
        return wrong(arguments, "not a number of seconds:", arguments->words[0]);
    }
    sim_clock_jump(seconds);
    return COMMAND_DONE;
}

/* So many of the next texts, 1 unless it is said. */
static enum command_outcome spoil(struct arguments *arguments, int place, int *count)
{
    int64_t times = 1;

    if (arguments->count > place && !read_integer(arguments->words[place], 0, 1000, &times)) {
        return wrong(arguments, "not a number of texts:", arguments->words[place]);
    }
    *count = (int)times;
    return COMMAND_DONE;
}

static enum command_outcome run_drop_answer(struct arguments *arguments)
{
    return spoil(arguments, 0, &arguments->pile->line.lost_answers);
}

static enum command_outcome run_drop_call(struct arguments *arguments)
{
    return spoil(arguments, 0, &arguments->pile->line.lost_calls);
}

static enum command_outcome run_delay_answer(struct arguments *arguments)
{
    if (!read_integer(arguments->words[0], 0, 86400000, &arguments->pile->line.late_ms)) {
        return wrong(arguments, "not a number of ms:", arguments->words[0]);
    }
    return spoil(arguments, 1, &arguments->pile->line.late_answers);
}

static enum command_outcome run_say(struct arguments *arguments)
{
    pile_log(arguments->pile, "%s", arguments->words[0]);
    return COMMAND_DONE;
}

static enum command_outcome run_raw(struct arguments *arguments)
{
    const char *text = arguments->words[0];

    return outcome_of(arguments, ocpp_rpc_send_text(ocpp_charge_point_rpc(arguments->pile->cp), text, strlen(text)));
}

/* --- looking
 * ----------------------------------------------------------------------------------------------------------------------- */

static enum command_outcome run_status(struct arguments *arguments)
{
    const struct pile *pile = arguments->pile;
    struct ocpp_charge_point_view view = ocpp_charge_point_view(pile->cp);

    printf("%s: %s, OCPP %s, registration %s, %zu records wait, %zu given up\n", pile->identity,
           pile->up ? "connected" : "not connected", ocpp_version_name(view.version), ocpp_registration_name(view.registration),
           view.queued_records, view.dead_letters);
    for (int i = 1; i <= pile->options->evses; i++) {
        struct ocpp_evse_view evse;
        if (ocpp_charge_point_evse(pile->cp, i, &evse) == OCPP_OK) {
            printf("  EVSE %d: %s, register %" PRId64 " Wh, %" PRId64 " W", i, ocpp_connector_status_name(evse.status),
                   pile->evses[i].register_mwh / 1000, pile->evses[i].draws ? pile->evses[i].power_w : 0);
            if (evse.transaction) {
                printf(", transaction %s of %s, %" PRId64 " Wh, %s",
                       evse.transaction_id[0] ? evse.transaction_id : evse.transaction_uuid, evse.token, evse.energy_wh,
                       ocpp_charging_state_name(evse.charging_state));
            }
            printf("\n");
        }
    }
    fflush(stdout);
    return COMMAND_DONE;
}

static enum command_outcome run_quit(struct arguments *arguments)
{
    (void)arguments;
    return COMMAND_QUIT;
}

static enum command_outcome run_help(struct arguments *arguments);

/* clang-format off */
static const struct command commands[] = {
    { "plug",     1, 2, run_plug,     "plug EVSE [CONNECTOR]        the cable is plugged into a vehicle" },
    { "unplug",   1, 2, run_unplug,   "unplug EVSE [CONNECTOR]      and pulled" },
    { "card",     2, 3, run_card,     "card EVSE TAG [TYPE]         a token is presented (EVSE 0: at the reader for all)" },
    { "key",      2, 2, run_key,      "key EVSE CODE                a code is typed at its keypad" },
    { "ev",       2, 2, run_ev,       "ev suspend|resume EVSE       the vehicle stops drawing, or draws again" },
    { "meter",    2, 2, run_meter,    "meter EVSE [+|-]WH           moves the register, or sets it" },
    { "stop",     1, 2, run_stop,     "stop EVSE [REASON]           somebody presses the stop button" },
    { "lock",     2, 2, run_lock,     "lock EVSE fail|work          its latches stick, or obey again" },
    { "fault",    2, 2, run_fault,    "fault EVSE CODE|none         a fault of 1.6 (GroundFailure, ...), or its end" },
    { "offline",  0, 0, run_offline,  "offline                      the network is gone" },
    { "online",   0, 0, run_online,   "online                       and back" },
    { "powercut", 0, 0, run_powercut, "powercut                     the power is cut and comes back" },
    { "reboot",   0, 0, run_reboot,   "reboot                       the controller restarts" },
    { "clock",    1, 1, run_clock,    "clock +SECONDS               the calendar jumps" },
    { "drop-answer",  0, 1, run_drop_answer,  "drop-answer [COUNT]          the next answers of the central system are lost" },
    { "drop-call",    0, 1, run_drop_call,    "drop-call [COUNT]            the next calls of the pile are lost" },
    { "delay-answer", 1, 2, run_delay_answer, "delay-answer MS [COUNT]      the next answers come so much later" },
    { "raw",      1, 1, run_raw,      "raw FRAME                    sends a text as it is" },
    { "status",   0, 0, run_status,   "status                       shows the pile" },
    { "say",      1, 1, run_say,      "say \"WORDS\"                  prints them, for whoever watches" },
    { "help",     0, 0, run_help,     "help                         this list" },
    { "quit",     0, 0, run_quit,     "quit                         ends the program" },
};
/* clang-format on */

static enum command_outcome run_help(struct arguments *arguments)
{
    (void)arguments;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        printf("  %s\n", commands[i].usage);
    }
    printf(
        "  wait SECONDS                  in scenarios: simulated time passes\n"
        "  expect [not] in|out ACTION[|ACTION ...] [/POINTER=VALUE ...] within SECONDS\n"
        "                                in scenarios: the next such frame, a call or the answer to one, comes in time, or none\n"
        "                                does; ACTION may hold * and ?, VALUE may be *\n"
        "  1.6: LINE, 2.0.1: LINE        in scenarios: for piles that speak that version\n");
    fflush(stdout);
    return COMMAND_DONE;
}

int command_split(char *line, char *words[COMMAND_WORDS])
{
    int count = 0;

    for (char *at = line; *at && count < COMMAND_WORDS;) {
        at += strspn(at, " \t\r\n");
        if (!*at) {
            break;
        }
        if (*at == '[') {
            words[count++] = at;
            at[strcspn(at, "\r\n")] = '\0';
            break;
        }
        const char *ends = *at == '"' ? "\"" : " \t\r\n";
        at += *at == '"';
        words[count++] = at;
        at += strcspn(at, ends);
        if (*at) {
            *at++ = '\0';
        }
    }
    return count;
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

enum command_outcome command_run(struct pile *pile, const char *line, char *reason, size_t reason_size)
{
    char copy[4096];
    char *words[COMMAND_WORDS];
    struct arguments arguments = { .pile = pile, .words = words + 1, .reason = reason, .reason_size = reason_size };

    if ((size_t)snprintf(copy, sizeof copy, "%s", line) >= sizeof copy) {
        return wrong(&arguments, "the line is too long", NULL);
    }
    int count = command_split(copy, words);
    if (count == 0 || words[0][0] == '#') {
        return COMMAND_DONE;
    }
    const struct command *command = find(words[0]);
    if (!command) {
        return wrong(&arguments, "no such command (try help):", words[0]);
    }
    arguments.count = count - 1;
    if (arguments.count < command->least || arguments.count > command->most) {
        return wrong(&arguments, "usage:", command->usage);
    }
    return command->run(&arguments);
}
