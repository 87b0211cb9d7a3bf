/* settle_bay.h: piles with bays full of power banks, in a settle_world: banks are things that lie in a slot or in a hand, bear a
 * mark that is written and read, and go from pile to pile. A pile of this file does what the backend says and tells what happens,
 * unless a test plays it itself, message by message.
 *
 *     struct settle_bays *b = settle_bays_new(world);
 *     bay_open(b, "PILE-1", 8);
 *     bay_bank(b, "BANK-1", "PILE-1", 1);
 *     bay_lists(b, "PILE-1");
 *     const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
 *     pass_s(world, 3600);
 *     put_back(b, "BANK-1", "PILE-2", 3);
 */
#ifndef SETTLE_BAY_H
#define SETTLE_BAY_H

#include "settle_world.h"

#include <ocpp/settlement/mark.h>
#include <ocpp/settlement/rentals.h>

enum { SETTLE_BANKS = 24, SETTLE_BAYS = 8 };

/* settle_bank: a thing. |slot| 0: in a hand. */
struct settle_bank {
    char id[41];
    char hardware[41];
    char mark[65];
    int64_t generation;
    enum ocpp_settle_mark_state state;
    enum ocpp_settle_bank_condition condition;
    char station[49];
    int64_t slot;
    char insertion[OCPP_SETTLE_ID_SIZE]; /* of the last time it was put in */
};

struct settle_pile {
    char station[49];
    int64_t slots;
    int64_t skew_ms; /* its calendar minus the right one */
    int64_t boot;
    bool has_no_calendar;
};

struct settle_bays {
    struct settle_world *world;
    struct settle_bank banks[SETTLE_BANKS];
    size_t bank_count;
    struct settle_pile piles[SETTLE_BAYS];
    size_t pile_count;
};

/* settle_bays_new: lives as long as |world|. */
struct settle_bays *settle_bays_new(struct settle_world *world);

/* bay_open: the pile says hello with |slots| slots; again after a restart of either. bay_bank: a neutral bank of ours lies there;
 * its hardware id is "HW-" and its id. bay_lists: the pile tells its whole bay. */
void bay_open(struct settle_bays *bays, const char *station, int64_t slots);
struct settle_bank *bay_bank(struct settle_bays *bays, const char *id, const char *station, int64_t slot);
const struct ocpp_settle_receipt *bay_lists(struct settle_bays *bays, const char *station);

/* settle_bays_usual: PILE-1 with BANK-1 to BANK-4 in its first slots, PILE-2 with BANK-5 and BANK-6, eight slots each. */
struct settle_bays *settle_bays_usual(struct settle_world *world);

struct settle_bank *bank_named(struct settle_bays *bays, const char *id);
struct settle_pile *pile_named(struct settle_bays *bays, const char *station);
struct ocpp_settle_moment bay_moment(const struct settle_bays *bays, const char *station);
const char *bay_id(struct settle_bays *bays);

/* --- message by message ---------------------------------------------------------------------------------------------------- */

/* bay_choice: of the bank as it lies there. */
struct ocpp_settle_bank_choice bay_choice(const struct settle_bank *bank);

/* bay_asks: somebody with |token| (NULL: far away) wants |count| banks, the first of |ids|; the answer. |request| NULL: a new
 * one. */
const struct ocpp_settle_rent_request_conf *bay_asks(struct settle_bays *bays, const char *station, const char *token,
                                                     const char *const *ids, size_t count, const char *request);

/* bay_grant: the newest one the pile was told, asserted to exist. */
const struct ocpp_settle_rent_grant_req *bay_grant(struct settle_bays *bays, const char *station);

/* bay_marks: the bank in the grant's slot bears its mark now; the bank. bay_gives: and leaves; nobody is told. */
struct settle_bank *bay_marks(struct settle_bays *bays, const char *station, const struct ocpp_settle_bank_grant *grant);
struct settle_bank *bay_gives(struct settle_bays *bays, const char *station, const struct ocpp_settle_bank_grant *grant);

/* bay_taken: what the pile tells then, at |at|. bay_tells_taken: tells it now. */
struct ocpp_settle_bank_taken_req bay_taken(struct settle_bays *bays, const char *station,
                                            const struct ocpp_settle_bank_grant *grant);
const struct ocpp_settle_receipt *bay_tells_taken(struct settle_bays *bays, const char *station,
                                                  const struct ocpp_settle_bank_taken_req *message);

/* bay_tells_failed: nothing was rented: the bank is neutral with the mark that undoes it, or as |is_neutral| and |generation|
 * say. */
const struct ocpp_settle_receipt *bay_tells_failed(struct settle_bays *bays, const char *station,
                                                   const struct ocpp_settle_bank_grant *grant, enum ocpp_settle_rent_failure why,
                                                   bool is_neutral, int64_t generation);

/* bay_returned: what the pile tells of |bank|, which is put into |slot|. bay_tells_returned: tells it now. */
struct ocpp_settle_bank_returned_req bay_returned(struct settle_bays *bays, struct settle_bank *bank, const char *station,
                                                  int64_t slot);
const struct ocpp_settle_receipt *bay_tells_returned(struct settle_bays *bays, const char *station,
                                                     const struct ocpp_settle_bank_returned_req *message);

/* bay_decision: of the bank's insertion, asserted to exist. bay_resets: does what it says, and tells that the mark is neutral. */
const struct ocpp_settle_bank_decision_req *bay_decision(struct settle_bays *bays, const struct settle_bank *bank);
const struct ocpp_settle_receipt *bay_resets(struct settle_bays *bays, struct settle_bank *bank);

/* bay_refused: |message| is refused with |code|, and nothing is changed by it (I6). */
void bay_refused(struct settle_bays *bays, const char *station, enum ocpp_settle_action action, const void *message,
                 enum ocpp_settle_refusal_code code);

/* --- the usual ----------------------------------------------------------------------------------------------------------------
 */

/* rent: asked for, granted, taken: the rental's id. put_back: put in, told, neutral again. */
const char *rent(struct settle_bays *bays, const char *station, const char *token, const char *bank);
const struct ocpp_settle_receipt *put_back(struct settle_bays *bays, const char *bank, const char *station, int64_t slot);

/* rental_named: as the getter shows it; texts live as long as the world. bank_of: likewise, asserted to exist. */
struct ocpp_settle_rental rental_named(struct settle_bays *bays, const char *id);
struct ocpp_settle_bank bank_of(struct settle_bays *bays, const char *id);

/* suspense_of: the newest entry that waits, of |kind| (NULL: any), asserted to exist. suspense_count: that wait. */
struct ocpp_settle_suspense suspense_of(struct settle_bays *bays, const char *kind);
size_t suspense_count(struct settle_bays *bays);

/* told: how many events of |kind| with |state| the application was told (NULL: any). */
size_t told(const struct settle_world *world, enum ocpp_settle_event_kind kind, const char *state);

#endif
