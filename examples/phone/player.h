/* player.h: commands, waits and expectations, one per line, played by one phone. */
#ifndef OCPP_PHONE_PLAYER_H
#define OCPP_PHONE_PLAYER_H

#include "client.h"

/* player_play: the lines of |path| ("-": standard input). False after a line on standard error that says which one failed, and
 * why. */
bool player_play(const char *path, struct client *client, struct story *story);

/* player_once: one command, whose answer is printed. False: it was refused, or nobody answered. */
bool player_once(struct client *client, struct story *story, char *const *words, int count);

#endif
