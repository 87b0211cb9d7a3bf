/* commands.c: the table of commands, and what their functions share. */
#include "command_arguments.h"
#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *name;
    int least;
    int most;
    enum command_outcome (*run)(struct arguments *arguments);
    const char *usage;
    const char *forms; /* what may be typed behind it, as completion.h says */
};

enum command_outcome wrong(struct arguments *arguments, const char *why, const char *what)
{
    snprintf(arguments->reason, arguments->reason_size, "%s%s%s", why, what ? " " : "", what ? what : "");
    return COMMAND_WRONG;
}

enum command_outcome outcome_of(struct arguments *arguments, enum ocpp_status status)
{
    return status == OCPP_OK ? COMMAND_DONE : wrong(arguments, ocpp_status_sentence(status), NULL);
}

bool read_integer(const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;

    *value = strtoll(text, &end, 10);
    return end != text && !*end && *value >= least && *value <= most;
}

int evse_of(struct arguments *arguments, const char *word, int least)
{
    int64_t evse;

    if (read_integer(word, least, arguments->pile->options->evses, &evse)) {
        return (int)evse;
    }
    (void)wrong(arguments, "no such EVSE:", word);
    return -1;
}

static enum command_outcome run_quit(struct arguments *arguments)
{
    (void)arguments;
    return COMMAND_QUIT;
}

static enum command_outcome run_help(struct arguments *arguments);

/* clang-format off */
static const struct command commands[] = {
    { "plug",     1, 2, run_plug,     "plug EVSE [CONNECTOR]        the cable is plugged into a vehicle",
      "@evse @connector" },
    { "unplug",   1, 2, run_unplug,   "unplug EVSE [CONNECTOR]      and pulled",
      "@evse @connector" },
    { "card",     2, 3, run_card,     "card EVSE TAG [TYPE]         a token is presented (EVSE 0: at the reader for all)",
      "@evse-or-0 . @token-type" },
    { "key",      2, 2, run_key,      "key EVSE CODE                a code is typed at its keypad",
      "@evse-or-0" },
    { "button",   1, 1, run_button,   "button EVSE                  the button that starts without authorization, or ends that",
      "@evse-or-0" },
    { "ev",       2, 4, run_ev,       "ev suspend|resume EVSE       the vehicle stops drawing, or draws again; by ISO 15118: ev session EVSE [end], ev contract EVSE [EMAID [valid|unknown-root|expired|revoked|invalid]], ev certificate EVSE [install|update], ev needs EVSE [WH [SECONDS]], ev choose EVSE ID [WATT], ev chain EVSE",
      "suspend|resume|needs|choose|chain @evse; session @evse end; contract @evse . valid|unknown-root|expired|revoked|invalid|unchecked; certificate @evse install|update" },
    { "battery",  2, 3, run_battery,  "battery EVSE WH [PERCENT]    of the vehicle, and how full it is; 0: it never gets full",
      "@evse" },
    { "bay",      2, 2, run_bay,      "bay EVSE occupied|free       what a detector sees in the parking bay",
      "@evse occupied|free" },
    { "meter",    2, 2, run_meter,    "meter EVSE [+|-]WH|fail|work moves the register, or sets it; the meter does not answer, or does again",
      "@evse fail|work" },
    { "stop",     1, 2, run_stop,     "stop EVSE [REASON]           somebody presses the stop button",
      "@evse @stop-reason" },
    { "lock",     2, 2, run_lock,     "lock EVSE fail|work          its latches stick, or obey again",
      "@evse fail|work" },
    { "limit",    2, 3, run_limit,    "limit EVSE 2300W|10A|none [SOURCE]  an energy manager (EMS), SO or Other limits it; EVSE 0: all together",
      "@evse-or-0 none; @evse-or-0 . EMS|SO|Other" },
    { "fault",    2, 2, run_fault,    "fault EVSE CODE|none         a fault of 1.6 (GroundFailure, ...), or the end of all",
      "@evse-or-0 none|@fault" },
    { "recover",  2, 2, run_recover,  "recover EVSE CODE            one of several faults is over",
      "@evse-or-0 @fault" },
    { "offline",  0, 0, run_offline,  "offline                      the network is gone", "" },
    { "online",   0, 0, run_online,   "online                       and back", "" },
    { "powercut", 0, 0, run_powercut, "powercut                     the power is cut and comes back", "" },
    { "reboot",   0, 1, run_reboot,   "reboot [REASON]              the controller restarts (LocalReset, Watchdog, ...)",
      "LocalReset|ApplicationReset|FirmwareUpdate|ScheduledReset|Unknown|Watchdog" },
    { "reset-fails",  1, 1, run_reset_fails,  "reset-fails COUNT            the next restarts that are asked for do not come about", "" },
    { "clock",    1, 1, run_clock,    "clock +SECONDS               the calendar jumps", "" },
    { "pass",     1, 1, run_pass,     "pass SECONDS                 so much time is over at once, for every clock of the pile", "" },
    { "drop-answer",  0, 2, run_drop_answer,  "drop-answer [COUNT [ACTION]] the next answers of the central system are lost", "" },
    { "drop-call",    0, 1, run_drop_call,    "drop-call [COUNT]            the next calls of the pile are lost", "" },
    { "delay-answer", 1, 2, run_delay_answer, "delay-answer MS [COUNT]      the next answers come so much later", "" },
    { "transfer", 1, 3, run_transfer, "transfer VENDOR [MESSAGE [DATA]]  a DataTransfer to the central system",
      "@vendor" },
    { "vendor",   2, 2, run_vendor,   "vendor ID Accepted|...       what comes for that vendor is answered so, with the data that came",
      "@vendor Accepted|Rejected|UnknownMessageId|UnknownVendorId|unanswered" },
    { "certificates",     0, 0, run_certificates,     "certificates                 shows the pile's certificates, and the roots it trusts", "" },
    { "sign-certificate", 0, 1, run_sign_certificate, "sign-certificate [v2g]       the central system is asked for a new one",
      "v2g" },
    { "security", 1, 2, run_security, "security TYPE [INFO]         an event of security happens (TamperDetectionActivated, ...)",
      "@security-event" },
    { "security-log", 0, 1, run_security_log, "security-log [clear]         shows the security log, or empties it",
      "clear" },
    { "sense",    2, 2, run_sense,    "sense temperature|fan VALUE  what the pile measures of itself (Celsius; Off, On, Stuck)",
      "temperature; fan Off|On|Stuck" },
    { "event",    2, 4, run_event,    "event NAME VALUE [SEVERITY [cleared]]  something the pile tells by itself of Component.Variable",
      "@variable . . cleared" },
    { "monitors", 0, 0, run_monitors, "monitors                     shows what is watched", "" },
    { "remember", 2, 2, run_remember, "remember CUSTOMER \"WORDS\"    the pile knows that of somebody", "" },
    { "firmware", 0, 1, run_firmware, "firmware [work|fail|rollback|pause|resume]  what the next installation comes to; the download waits; or how it stands",
      "work|fail|rollback|pause|resume" },
    { "messages", 0, 0, run_messages, "messages                     shows the messages for its display, and what that shows", "" },
    { "prices",   0, 0, run_prices,   "prices                       shows what its drivers read about prices", "" },
    { "rent",     1, 3, run_rent,     "rent TAG [COUNT [TYPE]]      somebody wants power banks", "" },
    { "take",     1, 1, run_take,     "take SLOT|any                and takes the one that was let out",
      "any|@slot" },
    { "return",   1, 2, run_return,   "return SLOT [BANK]           the bank that was taken last, or that one, is pushed in",
      "@slot @bank" },
    { "insert",   3, 4, run_insert,   "insert SLOT BANK MARK [HARDWARE]  a bank from elsewhere is pushed in",
      "@slot" },
    { "carry",    1, 2, run_carry,    "carry NAME [BANK]            somebody goes away with the bank that was taken last, or that one: NAME is for insert elsewhere",
      ". @bank" },
    { "steal",    1, 1, run_steal,    "steal SLOT                   a bank goes without being let out",
      "@slot" },
    { "bank",     1, 2, run_bank,     "bank good|damaged|empty|faulty|mute|PERCENT [BANK]  what becomes of a bank somebody has",
      "good|damaged|empty|faulty|mute @bank" },
    { "slot",     2, 4, run_slot,     "slot SLOT fault NAME [COUNT]|self-test|out-of-service|back-in-service|eject",
      "@slot fault @slot-fault; @slot self-test|out-of-service|back-in-service|eject" },
    { "reader",   1, 1, run_reader,   "reader bind|authorise|show|log-out  what the next card is tapped for",
      "bind|authorise|show|log-out" },
    { "tap",      1, 1, run_tap,      "tap TAG                      a card at the reader: for what was chosen, or to charge", "" },
    { "banks",    0, 0, run_banks,    "banks                        shows the bay, and who has banks", "" },
    { "number",   2, 2, run_number,   "number EVSE NUMBER           somebody keys in the number of a reservation (RSV12345678); EVSE 0: a keypad for all",
      "@evse-or-0" },
    { "pull",     1, 1, run_pull,     "pull EVSE                    the cable is pulled out at the vehicle",
      "@evse" },
    { "release",  1, 1, run_release,  "release EVSE                 its latch is opened by hand",
      "@evse" },
    { "gate",     0, 0, run_gate,     "gate                         shows which cables are kept, and for what", "" },
    { "vehicle",  2, 3, run_identify, "vehicle EVSE Evccid|Vin|Tag ID|gone  the vehicle there says who it is, or leaves",
      "@evse Evccid|Vin|Tag|gone" },
    { "terminal", 2, 6, run_terminal, "terminal NAME here|answer PROMPT energy|amount|time|full VALUE ASSOCIATION  what a vehicle's terminal says",
      ". here|answer . energy|amount|time|full" },
    { "raw",      1, 1, run_raw,      "raw FRAME                    sends a text as it is", "" },
    { "get",      1, 2, run_get,      "get NAME [VALUE]             a setting, by its key of 1.6 or as Component.Variable; or whether it is VALUE",
      "@setting" },
    { "set",      2, 2, run_set,      "set NAME VALUE               changes it, as the central system could",
      "@setting" },
    { "dead",     0, 2, run_dead,     "dead [requeue|discard KEY|all]  records that were given up: shown, told again, thrown away",
      "requeue|discard all|@kept" },
    { "status",   0, 0, run_status,   "status                       shows the pile", "" },
    { "tell",     2, 2, run_tell,     "tell NAME VALUE              for lines with $NAME of the scenarios that have the same --shared", "" },
    { "say",      1, 1, run_say,      "say \"WORDS\"                  prints them, for whoever watches", "" },
    { "help",     0, 1, run_help,     "help [COMMAND]               this list, or its line of it",
      "@command" },
    { "quit",     0, 0, run_quit,     "quit                         ends the program", "" },
};
/* clang-format on */

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

const char *command_usage(const char *name)
{
    const struct command *command = find(name);

    return command ? command->usage : NULL;
}

bool command_at(int index, const char **name, const char **forms)
{
    if ((size_t)index >= sizeof commands / sizeof commands[0]) {
        return false;
    }
    *name = commands[index].name;
    *forms = commands[index].forms;
    return true;
}

static enum command_outcome run_help(struct arguments *arguments)
{
    if (arguments->count > 0) {
        const struct command *command = find(arguments->words[0]);
        if (!command) {
            return wrong(arguments, "no such command (try help):", arguments->words[0]);
        }
        printf("  %s\n", command->usage);
        fflush(stdout);
        return COMMAND_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        printf("  %s\n", commands[i].usage);
    }
    printf(
        "  wait SECONDS                  in scenarios: simulated time passes\n"
        "  expect [not] in|out ACTION[|ACTION ...] [/POINTER=VALUE ...] within SECONDS\n"
        "                                in scenarios: the next such frame, a call or the answer to one, comes in time, or none\n"
        "                                does; ACTION may hold * and ?, VALUE may be *\n"
        "  expect [not] noted \"WORDS\" within SECONDS  in scenarios: the pile notes a line like that (--), with * and ? in it\n"
        "  catch NAME NUMBER             in scenarios: tells that word of the line that met the expectation before\n"
        "  await NAME                    in scenarios: until somebody told it\n"
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
    if (pile->tape) {
        recorder_command(pile->tape->recorder, line);
    }
    return command->run(&arguments);
}
