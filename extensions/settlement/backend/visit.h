/* visit.h: guided visits within the backend. What each file does is told above its part here; the machine is visit_machine.c.
 * A visit has an order from the moment it is asked for; whatever happens to the order is told by visit_look(). */
#ifndef SETTLEMENT_VISIT_H
#define SETTLEMENT_VISIT_H

#include "inbox.h"
#include "orders.h"
#include "visit_machine.h"

#include <ocpp/settlement/visits.h>

/* --- visit.c: rows and states ---------------------------------------------------------------------------------------------- */

/* visit_find: NULL: there is none, no refusal. visit_edit: to change and put; NULL refuses with UnknownOrder. */
const struct row_visit *visit_find(struct command *command, const char *id);
struct row_visit *visit_edit(struct command *command, const char *id);
void visit_put(struct command *command, const struct row_visit *visit);

/* visit_happens: |event|, with what follows of it; put. False: it means nothing now. */
bool visit_happens(struct command *command, struct row_visit *visit, enum visit_event event, const char *reason);

/* visit_tell: on_event of it. |state|, |text| may be NULL. */
void visit_tell(struct command *command, const struct row_visit *visit, const char *state, const char *text);

/* visit_with_number: the visit of |number|, compared in constant time, until its charging is over; to change. NULL: none. */
struct row_visit *visit_with_number(struct command *command, const char *number);

/* visit_number_has_form: RSV and eight digits. */
bool visit_number_has_form(const char *text);

/* visit_place_key, visit_place: the place of a visit, to change and put under the key; NULL. */
const char *visit_place_key(struct command *command, const char *station, int64_t evse);
struct row_place *visit_place(struct command *command, const char *station, int64_t evse);

/* --- visit_reserve.c: the body of a timer ----------------------------------------------------------------------------------- */

void visit_timer(struct command *command, void *visit_id);

/* --- visit_numbers.c -------------------------------------------------------------------------------------------------------- */

/* visit_judge: what |number| is at |station|; counts wrong ones. |text| has room for 160. */
enum ocpp_settle_number_verdict visit_judge(struct command *command, const char *station, const char *number, char *text);
void visit_number_entered(struct command *command, void *args); /* a body of the inbox */

/* --- visit_order.c: what orders ask and tell -------------------------------------------------------------------------------- */

/* visit_match: the visit whose number |transaction| began with, its order to go on with; NULL: none. */
struct row_order *visit_match(struct command *command, const struct ocpp_transaction *transaction);

/* visit_keeps_open: the order waits for somebody to come. visit_waits: what is due waits for the payer, nobody else is asked. */
bool visit_keeps_open(struct command *command, const struct row_order *order);
bool visit_waits(struct command *command, const struct row_order *order);

/* visit_guides: what is due is paid at the pile. The fee of a reservation nobody came for is paid as always. */
bool visit_guides(struct command *command, const struct row_order *order);

/* visit_reservation: what a bill says of it; false: nothing. */
bool visit_reservation(struct command *command, const struct row_order *order, struct ocpp_settle_usage_reservation *reservation);

/* visit_look: something happened to the order of a visit: decides what that means. Call it last. */
void visit_look(struct command *command, const char *order);

/* visit_provider_away: the provider of |order| cannot be reached (C7). */
void visit_provider_away(struct command *command, const char *order);

/* visit_missing: what is to be paid or authorised before the cable is free; |deposits| (may be NULL): of it, of power banks that
 * are out. Below 0: nothing more is missing. */
int64_t visit_missing(struct command *command, const struct row_order *order, int64_t *deposits);

/* visit_prompted: the pile is told to show |minor|, and that is remembered, up to VISIT_PROMPTED amounts. */
enum { VISIT_PROMPTED = 16 };
void visit_prompted(struct command *command, struct row_visit *visit, int64_t minor);

/* visit_shown: the pile showed |shown_minor| as what was missing: where that is less than it should be, and nothing it was ever
 * told to show, it is what is charged. */
void visit_shown(struct command *command, struct row_visit *visit, int64_t shown_minor);

/* visit_pause: idle time between |*from| and |*until| is not counted (C16; visit_pay.c). False: it always is. */
bool visit_pause(struct command *command, const struct row_order *order, int64_t *from, int64_t *until);

/* --- visit_pay.c ------------------------------------------------------------------------------------------------------------ */

/* visit_can_be_paid: something of |order| is missing, and nobody is paying it. */
bool visit_can_be_paid(struct command *command, const struct row_order *order);

/* visit_pay_now: |amount_minor| (0: all) of what is missing is asked of the payer, with another leg; refuses with WrongState,
 * BadAmount. */
void visit_pay_now(struct command *command, struct row_visit *visit, int64_t amount_minor);

/* --- visit_gate.c ----------------------------------------------------------------------------------------------------------- */

void visit_gate_close(struct command *command, struct row_visit *visit);
void visit_gate_open(struct command *command, struct row_visit *visit, const char *why);
/* visit_prompt: what is missing is shown at the pile, with a new link; put. */
void visit_prompt(struct command *command, struct row_visit *visit, bool is_requested);
void visit_gate_noticed(struct command *command, void *args); /* bodies of the inbox */
void visit_gate_queried(struct command *command, void *args);

/* --- visit_link.c: what a QR code says ---------------------------------------------------------------------------------------
 */

/* visit_link_write: the link of |order| until |until_utc_ms|. visit_link_read: the order it is of, in the arena; NULL refuses
 * with BadToken. */
void visit_link_write(struct command *command, const char *order, int64_t until_utc_ms, char link[OCPP_SETTLE_LINK_SIZE]);
const char *visit_link_read(struct command *command, const char *link);

#endif
