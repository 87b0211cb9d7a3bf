/* terminal_world.h: terminals and vehicles in a settle_world: terminals with keys of their own that sign what they ask for, piles
 * that forward it, and connections to the backend. PILE-1 and PILE-2 have said hello. Payers pay from wallets (settings.
 * payment_by "wallet"), each with what the test puts in.
 *
 *     struct settle_world *w = terminal_world_new(NULL);
 *     terminal_known(w, "ANNA", "CARD-A", false);
 *     terminal_joins(w, "ANNA", &car);
 *     const char *prompt = terminal_new_prompt(w);
 *     terminal_plugs(w, "PILE-1", 1, &car, prompt, -1);
 */
#ifndef TERMINAL_WORLD_H
#define TERMINAL_WORLD_H

#include "settle_world.h"

#include <ocpp/settlement/terminals.h>

struct settle_world *terminal_world_new(void (*change)(struct settle_world *world));

/* terminal_few_prompts: a change: one prompt at a time per pile. */
void terminal_few_prompts(struct settle_world *world);

/* terminal_key_name: under which |terminal|'s key is in the world's keys: its name in small letters. Lives until the next call.
 */
const char *terminal_key_name(const char *terminal);

/* terminal_known: |terminal| is registered; |token| pays. terminal_joins: it is associated with |vehicle|. */
void terminal_known(struct settle_world *world, const char *terminal, const char *token, bool may_deduct);
void terminal_joins(struct settle_world *world, const char *terminal, const struct ocpp_settle_vehicle_id *vehicle);

/* terminal_new_prompt: an id as a pile makes one; lives as long as the world. */
const char *terminal_new_prompt(struct settle_world *world);

/* terminal_plugs: |vehicle| is plugged in at |station|; |version| of the list the pile has, below 0: none. The answer. */
const struct ocpp_settle_vehicle_connected_conf *terminal_plugs(struct settle_world *world, const char *station, int64_t evse,
                                                                const struct ocpp_settle_vehicle_id *vehicle, const char *prompt,
                                                                int64_t version);

#endif
