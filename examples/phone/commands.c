/* commands.c: the table of commands. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct command commands[] = {
    { "hello",   0, 0, COMMAND_LINK, command_hello,     "hello                                    what the pile is and how its outlets stand" },
    { "ask",     1, 2, COMMAND_LINK, command_ask,       "ask NAME [JSON]                          any request of the link by its name; prints its answer" },
    { "bills",   0, 1, COMMAND_LINK, command_bills,     "bills [FROM]                             what the pile keeps, from page FROM on: its number, and what to carry to the server" },
    { "listen",  0, 0, COMMAND_LINK, command_listen,    "listen                                   prints what the pile says by itself, until --timeout" },
    { "binding", 0, 0, COMMAND_LINK, command_binding,   "binding                                  the number of the session, as 64 hexadecimal digits" },
    { "enrol",   0, 0, COMMAND_LINK | COMMAND_SERVER, command_enrol, "enrol                                    the pile belongs to the server's fleet from now on, by its claim code" },
    { "start",   2, 4, COMMAND_LINK | COMMAND_SERVER, command_start, "start OUTLET TAG [MINOR [VEHICLE]]       charges: so much is frozen at the server, and the pile told" },
    { "stop",    2, 2, COMMAND_LINK | COMMAND_STATE, command_stop,   "stop OUTLET SESSION                      ends what this phone started" },
    { "bind",    2, 3, COMMAND_LINK | COMMAND_SERVER | COMMAND_STATE, command_bind, "bind CARD SECRET [NAME]                  what a card's QR code says, and then the card is shown at the pile" },
    { "charge",  1, 1, COMMAND_LINK | COMMAND_STATE, command_charge, "charge OUTLET                            on the account of the phone's card" },
    { "consumption", 0, 0, COMMAND_LINK | COMMAND_STATE, command_consumption, "consumption                              what the account used there, as far as the pile still has it" },
    { "manage",  1, 1, COMMAND_LINK | COMMAND_STATE, command_manage, "manage authorise|log-out|show            the landlord: tenants may charge there; the next card is logged out, or what it used is told" },
    { "relay",   0, 0, COMMAND_EITHER, command_relay,   "relay                                    carries statuses and bills to the server, and acknowledgements to the pile" },
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
