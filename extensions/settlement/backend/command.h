/* command.h: the frame every change of the backend goes through. A command reads rows, decides, notes changes, journal entries,
 * timers, messages and effects, and becomes one atomic write; when that is durable the effects run. If another process changed a
 * row meanwhile, the whole decision is made again.
 *
 * The first error sticks: whatever is called after it does nothing and says so, and nothing is written. So a body reads like a
 * sentence and looks at the outcome of what it must know only.
 */
#ifndef SETTLEMENT_COMMAND_H
#define SETTLEMENT_COMMAND_H

#include "backend_internal.h"
#include "records.h"

#include <ocpp/settlement/model.h>

enum { COMMAND_CHANGES = 256, COMMAND_ENTRIES = 64, COMMAND_EFFECTS = 64, COMMAND_RETRIES = 8, COMMAND_REASON_SIZE = 200 };

/* Private functions of the central system bear these names; in a program that has both they must differ. */
#define command_arena settle_command_arena
#define command_fail  settle_command_fail
#define command_send  settle_command_send

struct command;

/* command_body: decides. |args| must stay what it is: a body may run several times. */
typedef void command_body(struct command *command, void *args);

/* command_run: runs |body| named |name| (for the journal, at most 40 characters) at |settle->now|. |done| (run may be NULL) is
 * told once, if OCPP_OK is returned. Errors, and nothing was changed, |done| does not run: what the body latched, of the store; a
 * refusal is OCPP_OK and told to |done|. Within another command: OCPP_ERR_STATE (use an effect). */
enum ocpp_status command_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                             const struct ocpp_settle_done *done);

/* --- what a body asks --- */

struct ocpp_settle *command_settle(const struct command *command);
struct ocpp_arena *command_arena(const struct command *command); /* lives until the effects have run */
int64_t command_utc_ms(const struct command *command);
const struct ocpp_settle_policy *command_policy(const struct command *command);
bool command_failed(const struct command *command); /* an error stuck, or it was refused */

/* command_fail: makes |status| stick. OCPP_OK does nothing. */
void command_fail(struct command *command, enum ocpp_status status);

/* command_refuse: nothing of this command happens but an entry in the journal; |code| and |reason| are told to |done|. */
void command_refuse(struct command *command, enum ocpp_settle_refusal_code code, const char *reason);

/* command_again: what was noted so far is gone, and the body runs once more from its beginning, now or never (COMMAND_RETRIES):
 * for who learned from a refusal what to do instead. |args| must say so by then. */
void command_again(struct command *command);

/* command_hush: a refusal is not noted in the journal: for what strangers bring, who may not make us write. */
void command_hush(struct command *command);

/* command_key: a key of this operator out of |kind| and parts, in the arena: command_key(c, "order", id, NULL) is "OP/order/ID".
 * Parts are escaped where they hold '/' or '%' or bytes outside of printable ASCII. NULL after an error. */
const char *command_key(struct command *command, const char *kind, ...);

/* command_id: a new id, in the arena. It is the same when a body runs again. */
const char *command_id(struct command *command);

/* command_digest: the SHA-256 of |count| pieces behind one another as 64 hexadecimal digits, in the arena. NULL after an error.
 */
const char *command_digest(struct command *command, const struct ocpp_settle_bytes *pieces, size_t count);

/* command_read: the record of |key| as this command sees it, its own changes included. NULL: there is none (or an error stuck).
 */
const void *command_read(struct command *command, const char *key, const struct ocpp_type *type);

/* command_read_needed: likewise; none is a refusal with |code|. */
const void *command_read_needed(struct command *command, const char *key, const struct ocpp_type *type,
                                enum ocpp_settle_refusal_code code);

/* command_edit: a copy of the record to change and to put. NULL as above. Lists in it are const: replace them as a whole. */
void *command_edit(struct command *command, const char *key, const struct ocpp_type *type);

/* command_each: shows the records below |prefix| as they were before this command, in order, until |visit| returns false. */
void command_each(struct command *command, const char *prefix, const struct ocpp_type *type,
                  bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user);

/* command_each_now: likewise, as this command sees them, its own changes included. |visit| changes nothing. */
void command_each_now(struct command *command, const char *prefix, const struct ocpp_type *type,
                      bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user);

/* command_each_from: as command_each, from key |from| on. */
void command_each_from(struct command *command, const char *prefix, const char *from, const struct ocpp_type *type,
                       bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user);

/* command_forget: what was read so far is read anew when it is asked for again: for who looks at more rows than a command
 * changes, and changes none (asserted). command_forgive: a refusal is taken back, for the same: nothing is noted of it. */
void command_forget(struct command *command);
void command_forgive(struct command *command);

/* --- what a body notes --- */

/* command_put: the row of |key| is |record| (copied now; lists that are required have |items| that are not NULL, even without
 * an item). command_remove: it is gone; it need not exist. */
void command_put(struct command *command, const char *key, const struct ocpp_type *type, const void *record);

/* command_put_new: likewise, of a row that is not in the store, as the caller knows from its numbers: it is not asked for. */
void command_put_new(struct command *command, const char *key, const struct ocpp_type *type, const void *record);
void command_remove(struct command *command, const char *key);

/* command_remove_once: likewise, of a row that was put once and never changed, as the caller knows: it is not asked for. */
void command_remove_once(struct command *command, const char *key);

/* command_bookkeeping: from |on| to off again, what is put, removed, told and noted as an effect happens even when the command is
 * refused (and may be noted after that): for what was heard, and for timers that ran out. Not for anything I6 speaks of. */
void command_bookkeeping(struct command *command, bool on);

/* command_refusal: whether it is refused; fills |receipt| (may be NULL), whose texts live as long as the arena. */
bool command_refusal(struct command *command, struct ocpp_settle_receipt *receipt);

/* command_journal: an entry of |kind|. command_state: one of kind "state". */
void command_journal(struct command *command, const char *kind, const struct ocpp_type *type, const void *record);
void command_state(struct command *command, const char *what, const char *id, const char *from, const char *to,
                   const char *reason);

/* command_timer: |kind| of |subject| (a text without '/') runs out at |at_utc_ms|, and no more when it did before.
 * command_timer_stop: it does not run out any more. What runs then is in the table of timers.c. */
void command_timer(struct command *command, const char *kind, const char *subject, int64_t at_utc_ms);
void command_timer_stop(struct command *command, const char *kind, const char *subject);

/* command_timer_at: when it runs out; OCPP_NEVER: it does not. */
int64_t command_timer_at(struct command *command, const char *kind, const char *subject);

/* command_send: |message| is told to |station| until it is acknowledged, behind everything of its |stream|. |action| is of
 * ocpp_settle_actions; the message's envelope is filled here: |envelope| points into |message|. */
void command_send(struct command *command, const char *station, const char *stream, const struct ocpp_action *action,
                  void *message, struct ocpp_settle_envelope *envelope);

/* command_effect: |run| is called with a copy of |size| bytes of |data| once all is durable; with other commands if it likes. */
void command_effect(struct command *command, void (*run)(struct ocpp_settle *settle, const void *data), const void *data,
                    size_t size);

/* command_tell_event: on_event, once all is durable. Texts are copied. command_tell: one of no house. */
void command_tell_event(struct command *command, const struct ocpp_settle_event *event);
void command_tell(struct command *command, enum ocpp_settle_event_kind kind, const char *id, const char *station,
                  const char *state, const char *text);

/* command_ask: |message| is told to |station| now, once and without a promise (an action without envelope); |answered| is run as
 * a body with a struct asked (outbox.h). Not connected, or no answer: its |answer| is NULL. */
void command_ask(struct command *command, const char *station, const struct ocpp_action *action, const void *message,
                 command_body *answered, const char *subject);

/* command_result: the id |done| is told. */
void command_result(struct command *command, const char *id);

#endif
