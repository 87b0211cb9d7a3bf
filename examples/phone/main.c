/* main.c: ocpp-phone: a phone on the command line. */
#include "carried.h"
#include "commands.h"
#include "player.h"
#include "readable.h"
#include "signer.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: ocpp-phone [--link WHERE] [--server URL] COMMAND ...\n"
    "\n"
    "A phone, or a terminal in a vehicle: it speaks with a pile over the phone link, and with the server (docs/phone.md).\n"
    "\n"
    "  --link WHERE         unix:PATH, or the terminal that ocpp-sim --link pty named\n"
    "  --server URL         https://HOST[:PORT]; http:// to this machine only\n"
    "  --token-file FILE    a bearer token for the server, the first line of FILE\n"
    "  --terminals URL      wss://HOST[:PORT], where the server listens to terminals; ws:// to this machine only\n"
    "  --state DIR          what the phone remembers: keys, sessions, what it carries\n"
    "  --root KID:KEY       the offline root: piles it vouches for are believed (KEY: 04 x y in base64url)\n"
    "  --key KEY            the pile's key: it alone is believed\n"
    "  --unproved           believe any pile: for one that belongs to nobody yet\n"
    "  --pile ID            another pile is refused\n"
    "  --id ID              ask again what was asked before under this id\n"
    "  --frame N            bytes of a frame, 20 to 255 (default 244)\n"
    "  --timeout S          1 to 3600 (default 30)\n"
    "  --json               one JSON object per line\n"
    "  --scenario FILE      with --server: play FILE, one command per line; --script - plays standard input\n"
    "  --shared DIR         with --scenario: what is told in DIR is heard by the others of the story, and theirs here\n"
    "  --help, --version    COMMAND --help tells of one command\n"
    "\n"
    "Exits 0 when it was done, 1 when it was refused or nobody answered, 2 on wrong use.\n"
    "\n"
    "With --link:\n";

/* --- what is asked for
 * -------------------------------------------------------------------------------------------------------- */

/* A command of both: with --link the pile's. */
static const struct command *command_of(const struct options *options)
{
    const struct command *command = options->word_count > 0 ? commands_find(options->words[0]) : NULL;

    return command && !options->link && acts_find(options->words[0]) ? NULL : command;
}

static bool print_help(const struct options *options)
{
    const struct command *command = options->word_count > 0 ? commands_find(options->words[0]) : NULL;
    const struct act *act = options->word_count > 0 ? acts_find(options->words[0]) : NULL;

    if (options->word_count > 0 && !command && !act) {
        return options_wrong("there is no command", options->words[0]);
    }
    if (options->word_count == 0) {
        fputs(help, stdout);
        commands_print();
        puts("\nWith --server:");
        acts_print();
        return true;
    }
    if (command) {
        printf("usage: ocpp-phone --link WHERE%s %s\n", command->needs & COMMAND_SERVER ? " --server URL" : "", command->usage);
    }
    if (act) {
        printf("usage: ocpp-phone --server URL %s\n", act->usage);
    }
    return true;
}

static bool judge_command(const struct options *options, const struct command *command)
{
    const bool has_either = options->link || options->server;

    if (options->word_count - 1 < command->least || options->word_count - 1 > command->most) {
        return options_wrong("too much or too little behind", options->words[0]);
    }
    if ((command->needs & COMMAND_LINK && !options->link) || (command->needs & COMMAND_EITHER && !has_either)) {
        return options_wrong("--link is missing", NULL);
    }
    if (command->needs & COMMAND_SERVER && !options->server) {
        return options_wrong("--server is missing", NULL);
    }
    if (command->needs & COMMAND_EITHER && !(options->link && options->server) && !options->state) {
        return options_wrong("--state is missing: what is carried has to be kept", NULL);
    }
    if (command->needs & COMMAND_STATE && !options->state) {
        return options_wrong("--state is missing", NULL);
    }
    if (options->link && !options->has_root && !options->has_key && !options->unproved) {
        return options_wrong("whom to believe? give --root, --key or --unproved", NULL);
    }
    return !command->is_right || command->is_right(options->words + 1, options->word_count - 1);
}

static bool judge(const struct options *options, const struct command *command)
{
    if (command) {
        return judge_command(options, command);
    }
    if (options->scenario && options->word_count > 0) {
        return options_wrong("unexpected argument", options->words[0]);
    }
    if (!options->scenario && options->word_count == 0) {
        return options_wrong("a command is missing", NULL);
    }
    if (!options->scenario && !acts_find(options->words[0])) {
        return options_wrong("there is no command", options->words[0]);
    }
    return options->server || options_wrong("--server is missing", NULL);
}

/* --- doing it
 * ------------------------------------------------------------------------------------------------------------------- */

static enum phone_code run_command(struct phone *phone, const struct command *command)
{
    if (phone->options->link) {
        phone->line = line_open(phone->options);
        if (!phone->line) {
            return PHONE_REFUSED;
        }
    }
    const enum phone_code code = command->run(phone, phone->options->words + 1, phone->options->word_count - 1);
    if (phone->line) {
        line_close(phone->line);
    }
    return code;
}

/* get, post and put are for programs: the answer as it came. */
static void print_answer(const struct phone *phone)
{
    const struct act *act = acts_find(phone->options->words[0]);

    if (phone->client.answer && !phone->options->json && act->path[0] != '{') {
        readable_print(phone->client.answer);
    } else if (phone->client.text) {
        puts(phone->client.text);
    }
}

/* post PATH -: the body is standard input. */
static bool read_body(struct options *options)
{
    static char body[ACT_BODY_SIZE];
    const bool is_meant = options->word_count == 3 && strcmp(options->words[2], "-") == 0;
    const size_t size = is_meant ? fread(body, 1, sizeof body - 1, stdin) : 0;

    if (is_meant && !feof(stdin)) {
        (void)say_failed("standard input is too long", "at most 65,535 bytes");
        return false;
    }
    body[size] = '\0';
    options->words[2] = is_meant ? body : options->words[2];
    return true;
}

/* With --state the phone remembers its visit, its house, and the bearer it was given with a card. */
static void remember(struct phone *phone)
{
    const struct options *options = phone->options;
    const struct act *act = options->word_count > 0 ? acts_find(options->words[0]) : NULL;
    char *bearer = options->state && act && !options->token[0] && strstr(act->path, act->name[0] == 'm' ? "/phones/" : "/houses/")
                       ? carried_read(options->state, "bearer")
                       : NULL;

    if (options->state && !phone->story.folder) {
        (void)mkdir(options->state, 0700);
        phone->story.folder = options->state;
    }
    if (bearer) {
        snprintf(phone->client.bearer, sizeof phone->client.bearer, "%s", bearer);
    }
    free(bearer);
}

static enum phone_code run_server(struct phone *phone)
{
    const struct options *options = phone->options;
    bool is_wrong = false;

    if (options->scenario) {
        return player_play(options->scenario, &phone->client, &phone->story) ? PHONE_DONE : PHONE_REFUSED;
    }
    remember(phone);
    if (!player_once(&phone->client, &phone->story, options->words, options->word_count, &is_wrong)) {
        return is_wrong ? PHONE_WRONG : PHONE_REFUSED;
    }
    print_answer(phone);
    return PHONE_DONE;
}

static enum phone_code run(struct options *options, const struct command *command)
{
    static struct phone phone;

    if (!command && !read_body(options)) {
        return PHONE_REFUSED;
    }

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return say_failed("libcurl does not begin", NULL);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    phone.options = options;
    phone.client.server = options->server;
    phone.client.timeout_s = options->timeout_s;
    snprintf(phone.client.bearer, sizeof phone.client.bearer, "%s", options->token);
    phone.story.folder = options->shared;
    const enum phone_code code = command ? run_command(&phone, command) : run_server(&phone);
    client_end(&phone.client);
    signer_end();
    curl_global_cleanup();
    return code;
}

int main(int argc, char **argv)
{
    static struct options options;

    if (!options_read(argc, argv, &options)) {
        return PHONE_WRONG;
    }
    if (options.version) {
        puts("ocpp-phone " OCPP_PROGRAM_VERSION);
        return PHONE_DONE;
    }
    if (options.help) {
        return print_help(&options) ? PHONE_DONE : PHONE_WRONG;
    }
    const struct command *command = command_of(&options);
    return judge(&options, command) ? (int)run(&options, command) : PHONE_WRONG;
}
