/* banks.h: the registry of power banks: which there are, what each is up to, how far its mark has come. A generation only rises
 * (I9). */
#ifndef SETTLEMENT_BANKS_H
#define SETTLEMENT_BANKS_H

#include "command.h"
#include "rental_machine.h"

/* bank_find: the bank that has |id| printed on it, or whose hardware is |hardware_id| (either may be NULL), to change and put;
 * NULL: there is none. bank_with_id: likewise, by its name in the registry; NULL refuses with UnknownBank. */
struct row_bank *bank_find(struct command *command, const char *id, const char *hardware_id);
struct row_bank *bank_with_id(struct command *command, const char *id);

/* bank_new: one that was never seen, in |state|; put at once. At least one of both names is needed. */
struct row_bank *bank_new(struct command *command, const char *id, const char *hardware_id, int64_t generation,
                          enum row_bank_state state);

void bank_put(struct command *command, const struct row_bank *bank);

/* bank_apply: |event| happens to it: a new state is noted in the journal and put, with the place it is at now. One that is to be
 * retired goes out of service when it becomes idle. */
enum move_outcome bank_apply(struct command *command, struct row_bank *bank, enum bank_event event);

/* bank_service_begin: it is let out for service, from where it is; put. It has until policy.service_s to be put in again, then
 * somebody is asked to look. bank_service_end: nobody waits for that any more; put. What puts it in or lets it out does so by
 * itself (bank_apply). */
void bank_service_begin(struct command *command, struct row_bank *bank);
void bank_service_end(struct command *command, struct row_bank *bank);

/* bank_service_order: |order| is sent for a slot; of one to let out for service its bank knows. bank_service_over: the body
 * behind TIMER_SERVICE. bank_service_refused: the pile will never do what it was told (outbox_judge.c). */
void bank_service_order(struct command *command, const char *station, int64_t slot, enum ocpp_settle_slot_order order);
void bank_service_over(struct command *command, void *id);
void bank_service_refused(struct command *command, const char *station, const struct ocpp_action *action, const void *message);

/* bank_raise: its mark carries |generation| now, or did; lower ones change nothing. */
void bank_raise(struct row_bank *bank, int64_t generation);

/* bank_place: where it is. */
void bank_place(struct row_bank *bank, const char *station, int64_t slot);

/* bank_inserted: it was put in there, at |at_utc_ms|. */
void bank_inserted(struct row_bank *bank, const char *station, int64_t slot, int64_t at_utc_ms);

/* bank_is_other: whether |hardware_id| says that this is another bank than the registered one. A bank without one, or a bay that
 * cannot read it, proves nothing. */
bool bank_is_other(const struct row_bank *bank, const char *hardware_id);

/* bank_same: whether two texts are the same; NULL is none. */
bool bank_same(const char *a, const char *b);

/* bank_text: a copy of |text| that lives as long as the command; NULL stays NULL. */
const char *bank_text(struct command *command, const char *text);

#endif
