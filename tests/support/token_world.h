/* token_world.h: local authorization lists and other tokens for a station_world, in either version. */
#ifndef OCPP_TESTS_TOKEN_WORLD_H
#define OCPP_TESTS_TOKEN_WORLD_H

#include "station_world.h"

/* list_sent: sends a list of |kind| ("Full", "Differential") and gives the status of the answer, or "CODE". |entries| is text:
 * "A=Accepted B=Blocked/GROUP C=Accepted@2030-01-01T00:00:00Z -D": a token and its status, behind them its group and its date;
 * a minus before what is to go. NULL leaves the list out. Tokens are cards. */
const char *list_sent(struct world *world, const char *kind, int version, const char *entries);

/* list_of: a full one; fails the test when it is not accepted. */
void list_of(struct world *world, int version, const char *entries);

/* numbered_entries: |count| of them, N0001=Accepted and on from |first|, in a text to free(). */
char *numbered_entries(int first, int count);

int list_version(struct world *world);

/* list_entries: how many there are in the store. cache_entries: the same of the cache. */
size_t list_entries(struct world *world);
size_t cache_entries(struct world *world);

/* cached: |id| is in the cache with |status| and |group| (NULL: none), as after an answer to Authorize; nothing is plugged in or
 * granted afterwards. */
void cached(struct world *world, const char *id, const char *status, const char *group);

/* typed: a token of another kind than a card. press: the start button. */
void typed(struct world *world, int evse, const char *id, enum ocpp_token_type type);
void press(struct world *world, int evse);

/* asked: how often the central system was asked about tokens. */
int asked(const struct world *world);

#endif
