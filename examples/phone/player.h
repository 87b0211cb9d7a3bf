/* player.h: commands, waits and expectations, one per line, played by one phone. */
#ifndef OCPP_PHONE_PLAYER_H
#define OCPP_PHONE_PLAYER_H

#include "client.h"

/* player_play: the lines of |path| ("-": standard input). False after a line on standard error that says which one failed, and
 * why. */
bool player_play(const char *path, struct client *client, struct story *story);

/* player_once: one command; its answer is the client's newest. False after a line on standard error: it was refused, nobody
 * answered, or (|*is_wrong|) it was used in the wrong way. */
bool player_once(struct client *client, struct story *story, char *const *words, int count, bool *is_wrong);

#endif
