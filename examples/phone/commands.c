/* commands.c: the table of commands. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct command commands[] = {
    { "hello",   0, 0, COMMAND_LINK, command_hello,     "hello                                    what the pile is and how its outlets stand", NULL },
    { "ask",     1, 2, COMMAND_LINK, command_ask,       "ask NAME [JSON]                          any request of the link by its name; prints its answer", NULL },
    { "bills",   0, 1, COMMAND_LINK, command_bills,     "bills [FROM]                             what the pile keeps, from page FROM on: its number, and what to carry to the server", NULL },
    { "listen",  0, 0, COMMAND_LINK, command_listen,    "listen                                   prints what the pile says by itself, until --timeout", NULL },
    { "binding", 0, 0, COMMAND_LINK, command_binding,   "binding                                  the number of the session, as 64 hexadecimal digits", NULL },
    { "enrol",   0, 0, COMMAND_LINK | COMMAND_SERVER, command_enrol, "enrol                                    the pile belongs to the server's fleet from now on, by its claim code", NULL },
    { "start",   2, 4, COMMAND_LINK | COMMAND_SERVER, command_start, "start OUTLET TAG [MINOR [VEHICLE]]       charges: so much is frozen at the server, and the pile told", start_is_right },
    { "stop",    2, 2, COMMAND_LINK | COMMAND_STATE, command_stop,   "stop OUTLET SESSION                      ends what this phone started", stop_is_right },
    { "bind",    2, 3, COMMAND_LINK | COMMAND_SERVER | COMMAND_STATE, command_bind, "bind CARD SECRET [NAME]                  what a card's QR code says, and then the card is shown at the pile", NULL },
    { "charge",  1, 1, COMMAND_LINK | COMMAND_STATE, command_charge, "charge OUTLET                            on the account of the phone's card", charge_is_right },
    { "consumption", 0, 0, COMMAND_LINK | COMMAND_STATE, command_consumption, "consumption                              what the account used there, as far as the pile still has it", NULL },
    { "manage",  1, 1, COMMAND_LINK | COMMAND_STATE, command_manage, "manage authorise|log-out|show            the landlord: tenants may charge there; the next card is logged out, or what it used is told", manage_is_right },
    { "key",     1, 1, COMMAND_STATE, command_key, "key TERMINAL                             its public key, made where there is none: for the server to know it by", NULL },
    { "prompt",  2, 3, COMMAND_LINK | COMMAND_STATE, command_prompt, "prompt TERMINAL energy WH|amount MONEY|time S|full  waits for the vehicle, and answers the pile's prompt so", prompt_is_right },
    { "follow",  1, 3, COMMAND_STATE, command_follow, "follow TERMINAL [stop] [confirm]         what comes of it, from the server (--terminals); ends it, confirms what it costs", follow_is_right },
    { "relay",   0, 0, COMMAND_EITHER, command_relay,   "relay                                    carries statuses and bills to the server, and acknowledgements to the pile", NULL },
};
/* clang-format on */

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

void commands_print(void)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        printf("  %s\n", commands[i].usage);
    }
}
