/* commands.h: what can be typed: the hardware's events and the tester's tricks, as a table. */
#ifndef OCPP_SIM_COMMANDS_H
#define OCPP_SIM_COMMANDS_H

#include "pile.h"

enum { COMMAND_WORDS = 16 };

enum command_outcome { COMMAND_DONE, COMMAND_WRONG, COMMAND_QUIT };

/* command_run: runs one line on |pile|. COMMAND_WRONG: |reason| says why in one line. An empty line and one that begins with #
 * are done. */
enum command_outcome command_run(struct pile *pile, const char *line, char *reason, size_t reason_size);

/* command_at: the name of command |index|, and what may be typed behind it (completion.h); false: there are no more.
 * command_usage: its line of help; NULL: there is no such command. */
bool command_at(int index, const char **name, const char **forms);
const char *command_usage(const char *name);

/* command_split: the words of |line| in place; text in "double quotes" is one word, and a word that begins with [ takes the rest
 * of the line. Returns how many. */
int command_split(char *line, char *words[COMMAND_WORDS]);

#endif
