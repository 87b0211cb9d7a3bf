/* piles.h: the piles that speak the extension: what was agreed with each, its clock, its bay as it was told last. */
#ifndef SETTLEMENT_PILES_H
#define SETTLEMENT_PILES_H

#include "inbox.h"

/* pile_with: the pile |station| where |feature| was agreed on; NULL refuses with NotAgreed. */
const struct row_pile *pile_with(struct command *command, const char *station, enum ocpp_settle_feature feature);

bool pile_has(const struct row_pile *pile, enum ocpp_settle_feature feature);

/* pile_has_slot: false refuses with UnknownSlot. */
bool pile_has_slot(struct command *command, const struct row_pile *pile, int64_t slot);

/* pile_utc_ms: when |moment| was by the backend's clock, never after now. Since the start in which the pile said Hello its uptime
 * tells, whatever its calendar did meanwhile; before it, its calendar with the offset that was measured last (A23). */
int64_t pile_utc_ms(struct command *command, const struct row_pile *pile, const struct ocpp_settle_moment *moment);

/* pile_claimed_utc_ms: likewise, as the pile says, although it were after now. */
int64_t pile_claimed_utc_ms(struct command *command, const struct row_pile *pile, const struct ocpp_settle_moment *moment);

/* pile_may_have_key: its link is encrypted. pile_mark_key: the key it marks banks with when it is alone, as hexadecimal digits:
 * never to be kept. */
enum { PILE_KEY_TEXT_SIZE = 2 * OCPP_SETTLE_DIGEST_SIZE + 1 };
bool pile_may_have_key(struct command *command, const char *station);
void pile_mark_key(struct command *command, const struct row_pile *pile, char text[PILE_KEY_TEXT_SIZE]);

/* Bodies of messages. |args| is a struct incoming. */
void piles_hello(struct command *command, void *args);
void bay_inventory(struct command *command, void *args);
void bay_difference(struct command *command, void *args);
void bay_slot_notice(struct command *command, void *args);

/* bay_goes_on: the body of a timer. */
void bay_goes_on(struct command *command, void *station);

/* bay_insertion_in: the last one that was noted of |slot|; NULL: none. */
const char *bay_insertion_in(struct command *command, const char *station, int64_t slot);

/* bay_note_insertion: the bank of |insertion| is to become neutral in the slot. */
void bay_note_insertion(struct command *command, const char *station, int64_t slot, const char *insertion);

/* bay_bank_in: the bank that lies in the slot as far as the pile told, to change and put; NULL. */
struct row_bank *bay_bank_in(struct command *command, const char *station, int64_t slot);

/* bay_bank_told_in: likewise, or the one that was put in there last. */
struct row_bank *bay_bank_told_in(struct command *command, const char *station, int64_t slot);

/* known_renter_of: how many banks who is called so may have while a pile is offline; 0: none. |digest|: what the list calls him.
 */
int64_t known_renter_of(struct command *command, const char *type, const char *id, const char **digest);

/* known_renters_tell: what |pile| does not know of the list yet. known_renters_go_on: the body of a timer. */
void known_renters_tell(struct command *command, struct row_pile *pile);
void known_renters_go_on(struct command *command, void *station);

#endif
