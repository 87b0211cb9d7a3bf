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

/* terminal_money: so much comes into the wallet of |token|. terminal_purse: what is in it and not held. */
void terminal_money(struct settle_world *world, const char *token, int64_t minor);
int64_t terminal_purse(struct settle_world *world, const char *token);

/* Wishes. */
struct ocpp_settle_charging_wish wish_energy(int64_t wh);
struct ocpp_settle_charging_wish wish_amount(const char *amount);
struct ocpp_settle_charging_wish wish_time(int64_t seconds);
struct ocpp_settle_charging_wish wish_full(void);

/* terminal_claim: what |terminal| signs for a prompt; |key| is whose key does. The token, as long as the world lives. */
const char *terminal_claim(struct settle_world *world, const struct ocpp_settle_association_claim *claim, const char *key);

/* terminal_request: both requests of |terminal|, forwarded by PILE-1, with |association|; the answer. terminal_asks: with one
 * that is as it should be. */
const struct ocpp_settle_start_request_conf *terminal_request(struct settle_world *world,
                                                              const struct ocpp_settle_start_request_req *message);
const struct ocpp_settle_start_request_conf *terminal_asks(struct settle_world *world, const char *terminal, const char *prompt,
                                                           const struct ocpp_settle_charging_wish *wish);

/* terminal_car: the vehicle of the tests. terminal_starts: it is plugged in at EVSE 1 of PILE-1, |terminal| wants |wish|, and is
 * granted it; the grant. terminal_charges: and the transaction |id| of |token| has begun at register 1,000 Wh. */
extern const struct ocpp_settle_vehicle_id terminal_car;
const struct ocpp_settle_start_grant_req *terminal_starts(struct settle_world *world, const char *terminal,
                                                          const struct ocpp_settle_charging_wish *wish);
const struct ocpp_settle_start_grant_req *terminal_charges(struct settle_world *world, const char *terminal, const char *token,
                                                           const char *id);

/* --- connections --------------------------------------------------------------------------------------------------------------
 */

/* terminal_line: a connection as its terminal sees it. */
struct terminal_line {
    struct settle_world *world;
    uint64_t number;
    char challenge[65];
    char ticket[65]; /* for the next one */
    char start[OCPP_SETTLE_ID_SIZE];
    int64_t last; /* number of the last thing that was told */
    int64_t told; /* how many were */
    bool is_over;
    const struct ocpp_settle_terminal_state *state; /* the last of each; as long as the world */
    const struct ocpp_settle_terminal_fee *fee;
    const struct ocpp_settle_terminal_answer *answer;
};

/* terminal_connects: |terminal| connects with |ticket| and says that |last| was the last it heard. terminal_dials: likewise, and
 * says nothing. */
struct terminal_line *terminal_dials(struct settle_world *world);
struct terminal_line *terminal_connects(struct settle_world *world, const char *terminal, const char *ticket, int64_t last);

/* terminal_hears: reads all that waits. terminal_hangs_up: the connection is gone. */
void terminal_hears(struct terminal_line *line);
void terminal_hangs_up(struct terminal_line *line);

/* terminal_says: |text| as it is. The others: the word of that name, and what follows; the code of the answer, "" where it was
 * accepted, "-" where there was none. */
void terminal_says(struct terminal_line *line, const char *text);
const char *terminal_stops(struct terminal_line *line, const char *id);
const char *terminal_confirms(struct terminal_line *line, const char *id, const char *bill);
const char *terminal_pays_by(struct terminal_line *line, const char *id, const char *provider);

/* terminal_start: the newest start, its texts as long as the world. */
struct ocpp_settle_start terminal_start(struct settle_world *world);

#endif
