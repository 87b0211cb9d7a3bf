/* relay_internal.h: piles without a network within the backend.
 *
 *   relay.c           the settings, what the root signed        relay_piles.c    registered, enrolled, revoked, quarantined
 *   relay_tokens.c    what is read and signed                   relay_ask.c      a wish becomes an order, a hold, an
 * authorisation relay_status.c    what piles say of themselves              relay_pages.c    bills come in, once relay_settle.c
 * a bill becomes what its order costs       relay_views.c    for people and programs
 *   relay_junk.c      what nobody has signed                    relay_houses.c   lists of cards, phones, prices
 */
#ifndef SETTLEMENT_RELAY_INTERNAL_H
#define SETTLEMENT_RELAY_INTERNAL_H

#include "order_internal.h"
#include "relay_records.h"

#include <ocpp/settlement/relay.h>

#define PURPOSE_RELAY_HOLD "relay" /* subject: the authorisation */

/* --- relay.c ----------------------------------------------------------------------------------------------------- */

const struct ocpp_settle_relay *relay_settings(struct command *command);

/* relay_trust: what is handed on; an empty parcel where nothing is known. NULL: an error stuck. */
const struct ocpp_settle_trust_parcel *relay_trust(struct command *command);

/* relay_run: an entry point: |body| as command |name|. */
enum ocpp_status relay_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                           const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- relay_tokens.c ---------------------------------------------------------------------------------------------- */

/* relay_kid: of the key that signs; NULL: an error stuck. relay_sign: NULL likewise. */
const char *relay_kid(struct command *command);
const char *relay_sign(struct command *command, const char *typ, const struct ocpp_type *type, const void *message);

/* relay_said: what a pile signed: the payload, its hash, its record, and whose it is. */
struct relay_said {
    const void *message;
    const char *payload;
    const char *hash;
    const struct row_relay_key *key;
};

/* relay_read: |text| of |size| bytes as a token of |typ| of a key that is known; sealed or not. False: refused with BadToken, and
 * told as an event of security. */
bool relay_read(struct command *command, const char *text, size_t size, const char *typ, const struct ocpp_type *type,
                struct relay_said *said);

/* relay_junk: refused with BadToken and |reason|: |pile|, whom it names (NULL: nobody we know), has not signed it. Noted and told
 * once a minute for each pile and once for all that name none (relay_junk.c). */
void relay_junk(struct command *command, const char *pile, const char *typ, const char *reason);

/* relay_write: |message| as JSON in the arena. NULL: an error stuck. */
const char *relay_write(struct command *command, const struct ocpp_type *type, const void *message);

/* --- relay_piles.c ----------------------------------------------------------------------------------------------- */

struct row_relay_pile *relay_pile_edit(struct command *command, const char *pile); /* NULL refuses with Invalid */
void relay_pile_put(struct command *command, const struct row_relay_pile *pile);
void relay_quarantine(struct command *command, struct row_relay_pile *pile, const char *reason);

/* --- relay_ask.c ------------------------------------------------------------------------------------------------- */

struct row_relay_authorisation *relay_find(struct command *command, const char *jti); /* to change and put; NULL: none */
void relay_put(struct command *command, const struct row_relay_authorisation *authorisation);

/* relay_over: |authorisation| has come to its end |state|; put, and no timer runs. */
void relay_over(struct command *command, struct row_relay_authorisation *authorisation, enum row_relay_state state,
                const char *reason);

/* --- relay_houses.c ---------------------------------------------------------------------------------------------- */

/* relay_house_status: what the house's people decided at |pile|, as it tells. Nothing of it is refused: what counts no more is
 * passed over. */
void relay_house_status(struct command *command, const char *pile, const struct ocpp_settle_house_status *told);

/* --- relay_status.c ---------------------------------------------------------------------------------------------- */

/* relay_used: it began, as its pile proves. */
void relay_used(struct command *command, struct row_relay_authorisation *authorisation);

/* --- relay_settle.c ---------------------------------------------------------------------------------------------- */

/* relay_settle_page: the order of |authorisation| costs what |bill| says; |page| learns it. False: it goes to suspense for
 * |reason|.
 */
bool relay_settle_page(struct command *command, struct row_relay_authorisation *authorisation,
                       const struct ocpp_settle_bill_page *bill, struct row_relay_page *page, const char **reason);

/* relay_oddity_of: what readings cannot be, as |bill| tells them; NULL: nothing. */
const char *relay_oddity_of(struct command *command, const struct ocpp_settle_bill_page *bill);

/* relay_capture: what was frozen is taken without a bill (D6). */
void relay_capture(struct command *command, struct row_relay_authorisation *authorisation);

/* relay_shift_ms: what is to be added to times of |bill| whose pile did not know the time (D15). */
int64_t relay_shift_ms(struct command *command, const struct row_relay_pile *pile, const struct ocpp_settle_bill_page *bill);

/* --- relay_pages.c ----------------------------------------------------------------------------------------------- */

/* relay_page_key: of pile/page. relay_reconcile: the token for the phone. */
const char *relay_page_key(struct command *command, const char *kind, const char *pile, int64_t number);

#endif
