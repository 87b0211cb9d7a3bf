/* house.h: rental houses within the backend: a landlord, tenants, cards, phones, prices, statements.
 *
 *   house.c             who may do what in which house; rows and lists
 *   house_people.c      houses, piles, tenants
 *   house_cards.c       cards; house_card_ends.c: what becomes of them
 *   house_phones.c      phones that are bound to cards
 *   house_prices.c      versions of the price, and the tariff a session gets of it
 *   house_sessions.c    a transaction becomes a tenant's order, and is put up for a statement
 *   house_periods.c     periods are closed, tenants move out
 *   house_gathering.c   a statement is put together; house_statements.c: issued, paid, confirmed
 *   house_reader.c      cards at the reader of a pile; house_lists.c: what piles know of them
 *   house_meters.c      what piles used themselves
 *   house_views.c, house_statement_views.c   what is shown
 */
#ifndef SETTLEMENT_HOUSE_H
#define SETTLEMENT_HOUSE_H

#include "command.h"
#include "payment_providers.h"
#include "house_records.h"
#include "orders.h"

#include <ocpp/settlement/houses.h>

enum {
    HOUSE_ALL_RIGHTS = 255,
    HOUSE_SEES_SESSIONS = OCPP_SETTLE_RIGHT_SEE_OWN | OCPP_SETTLE_RIGHT_SEE_CONSUMPTION | OCPP_SETTLE_RIGHT_MANAGE_TENANTS |
                          OCPP_SETTLE_RIGHT_STATEMENTS,
    HOUSE_SEES_ALL = OCPP_SETTLE_RIGHT_SEE_CONSUMPTION | OCPP_SETTLE_RIGHT_MANAGE_TENANTS | OCPP_SETTLE_RIGHT_STATEMENTS
};

/* --- house.c -------------------------------------------------------------------------------------------------------------- */

/* house_scope: who acts, and what he may see. */
struct house_scope {
    struct house_house *house; /* to change and to put */
    const char *tenant;        /* that a tenant's phone is bound to; NULL: no tenant's phone */
    const char *card;          /* of the phone; NULL: the operator */
    const char *phone;
    uint32_t rights;
    bool is_operator;
    const char *by; /* for the journal */
};

/* house_enter: false: refused, with UnknownHouse also where the caller is a phone of another one; NotAllowed where it has none of
 * the rights |any_of|. */
bool house_enter(struct command *command, const struct ocpp_settle_house_caller *caller, uint32_t any_of,
                 struct house_scope *scope);

/* house_phone_of: the phone that shows |bearer|, and its card, both as they are; false: nobody's. */
bool house_phone_of(struct command *command, const char *bearer, const struct house_phone **phone,
                    const struct house_card **card);
bool house_phone_counts(const struct house_phone *phone, const struct house_card *card);

uint32_t house_rights(const struct house_card *card);

/* Records to change and to put, of |house|; NULL: refused (Unknown…), or an error stuck. */
struct house_house *house_edit(struct command *command, const char *id);
struct house_tenant *house_edit_tenant(struct command *command, const char *house, const char *id);
struct house_card *house_edit_card(struct command *command, const char *house, const char *id);
struct house_phone *house_edit_phone(struct command *command, const char *house, const char *id);
struct house_statement *house_edit_statement(struct command *command, const char *house, const char *id);
void house_put(struct command *command, const struct house_house *house);
void house_put_tenant(struct command *command, const struct house_tenant *tenant);
void house_put_card(struct command *command, const struct house_card *card);
void house_put_phone(struct command *command, const struct house_phone *phone);
void house_put_statement(struct command *command, const struct house_statement *statement);

/* Lists: |id| stands in that of |kind| below |parent|. */
void house_list(struct command *command, const char *parent, const char *kind, const char *id);
void house_list_as(struct command *command, const char *parent, const char *kind, const char *name, const char *id);
void house_unlist(struct command *command, const char *parent, const char *kind, const char *id);
int64_t house_count(struct command *command, const char *parent, const char *kind);

/* house_each: shows the ids of a list in order, from |from| on (NULL: all), until |visit| returns false. */
void house_each(struct command *command, const char *parent, const char *kind, const char *from,
                bool (*visit)(struct command *command, const char *id, void *user), void *user);

const char *house_number_text(struct command *command, int64_t number);

/* house_deed: what somebody did, for the journal and whoever listens. */
struct house_act {
    const char *what;
    const char *subject;
    const char *tenant; /* whom alone it concerns; NULL: the house, or the landlord */
    const char *state;  /* told with the event; NULL: none is */
};
void house_did(struct command *command, const struct house_scope *scope, const struct house_act *act);

bool house_text_fits(const char *text, size_t most); /* 1 to |most| bytes */

/* house_run: one command. */
enum ocpp_status house_run(struct ocpp_settle *settle, const char *name, command_body *body, void *args,
                           const struct ocpp_settle_done *done, struct ocpp_now now);

/* house_secret: random characters, 26 for each 128 bits, terminated. */
void house_secret(struct ocpp_settle *settle, char *text, int blocks);

/* --- house_cards.c, house_card_ends.c ----------------------------------------------------------------------------------------
 */

/* house_card_of: the card of |house| whose token this is; NULL: it is none there. */
const struct house_card *house_card_of(struct command *command, const char *house, const char *token);

/* house_card_leaves: it has |state| from now on; its sessions are stopped. To be put afterwards: it is. */
void house_card_leaves(struct command *command, struct house_card *card, enum house_card_state state, const char *why);

/* house_act_on_card: what somebody who is let in does with a card of the house; put. Refuses. */
void house_act_on_card(struct command *command, const struct house_scope *scope, struct house_card *card,
                       enum ocpp_settle_card_act act);

/* house_cards_changed: piles of the house are told which privilege cards there are (house_lists.c). house_pile_left: the pile is
 * no house's any more, and knows none; |version| is what it was told last. house_pile_said_hello: it has the list |version|. */
void house_cards_changed(struct command *command, const char *house);
void house_pile_left(struct command *command, const char *station, int64_t version);
void house_pile_said_hello(struct command *command, const char *station, int64_t version);

/* Bodies of messages (house_reader.c). |args| is a struct incoming. */
void house_card_shown(struct command *command, void *args);
void house_card_logged_out(struct command *command, void *args);

/* house_card_now: the card at the end of a row of replacements. */
struct house_card *house_card_now(struct command *command, const char *id);

/* --- house_phones.c ------------------------------------------------------------------------------------------------------------
 */

/* house_card_presented: the card was shown at |station| in order to bind a phone. The text for who stands there; NULL: it is none
 * of this house's. */
const char *house_card_presented(struct command *command, struct house_card *card, const char *station);

/* house_phone_presented: likewise, and the pile says which phone was there (B10). Refuses: UnknownPhone  it waits for no such
 * card; WrongState  the card cannot have it. The command is told the phone; nothing where two asked for the card: then both begin
 * again. */
void house_phone_presented(struct command *command, struct house_card *card, const char *phone, const char *station);

/* --- house_prices.c ------------------------------------------------------------------------------------------------------------
 */

/* house_price_at: the version that holds at |utc_ms|; NULL: none. */
const struct house_price *house_price_at(struct command *command, const struct house_house *house, int64_t utc_ms);

/* house_tariff: what a session is promised under |price|. NULL: an error stuck. */
const struct ocpp_settle_tariff *house_tariff(struct command *command, const struct house_house *house,
                                              const struct house_price *price);

/* --- house_sessions.c ----------------------------------------------------------------------------------------------------------
 */

/* house_session: what a use of |token| at |station| at |at_utc_ms| is. */
enum house_session_kind { HOUSE_SESSION_NONE, HOUSE_SESSION_TENANTS, HOUSE_SESSION_REFUSED };

struct house_session {
    enum house_session_kind kind;
    enum ocpp_settle_card_verdict verdict;
    const char *reason; /* of REFUSED */
    struct row_tenant_share share;
    const char *payer;
    const struct ocpp_settle_tariff *tariff; /* NULL: no price holds */
    const char *zone;
};
void house_session_of(struct command *command, const char *station, const char *token, int64_t at_utc_ms,
                      struct house_session *session);

/* house_is_card_at: whether the token is a card of the house whose pile |station| is, so that the application is not asked there
 * who pays for it. */
bool house_is_card_at(struct command *command, const char *station, const char *token);

/* house_payer: of a tenant, in the arena. */
const char *house_payer(struct command *command, const char *tenant);

/* house_billed: the order, of a tenant, has a new bill; it is put up for a statement. The order is put by the caller. */
void house_billed(struct command *command, const struct row_order *order, const struct ocpp_settle_bill *bill,
                  const struct ocpp_settle_bill *before);

/* house_left_open: the order of a tenant is not open any more. */
void house_left_open(struct command *command, const struct row_order *order);

int64_t house_energy_mwh(const struct ocpp_settle_bill *bill);

/* --- house_periods.c, house_gathering.c, house_statements.c ------------------------------------------------------------------
 */

/* house_begin_statement: of what ended before |to|; gathered from now on. */
void house_begin_statement(struct command *command, const struct house_house *house, struct house_tenant *tenant,
                           enum house_statement_kind kind, int64_t to);

/* house_gathered: nothing is to be added any more: reviewed or issued. Put. */
void house_gathered(struct command *command, struct house_statement *statement);

/* house_statement_moved: the order of a statement has another state. house_statement_told: something happened to it. */
void house_statement_told(struct command *command, const struct row_order *order, const char *state);
void house_statement_moved(struct command *command, const struct row_order *order);

const char *house_item_key(struct command *command, const char *statement, int64_t number);

/* Bodies of timers. */
void house_period_goes_on(struct command *command, void *house);
void house_tenant_leaves(struct command *command, void *tenant);
void house_statement_goes_on(struct command *command, void *statement);
void house_statement_is_told(struct command *command, void *statement);
void house_statement_overdue(struct command *command, void *statement);
void house_cards_go_on(struct command *command, void *house);
void house_phone_expires(struct command *command, void *phone);

#endif
