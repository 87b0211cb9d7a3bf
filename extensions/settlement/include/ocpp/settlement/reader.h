/* reader.h: a pile's card reader in a rental house, for what is not charging. A part of the agent (agent.h), for piles whose
 * settings say has_reader.
 *
 *     a privilege card at the reader opens management for a while:
 *         authorise this pile · show what the next card used · log the next card out
 *     and whoever wants to bind a phone says so, and shows the card.
 *
 * How firmware wires it: each card goes to ocpp_settle_agent_card() first; OCPP_ERR_NOT_FOUND says that it is for charging, and
 * goes to ocpp_charge_point_token(). What people choose at the pile's buttons goes to ocpp_settle_agent_reader(). What is to be
 * shown comes by on_event as OCPP_SETTLE_AGENT_CARD.
 *
 * Privilege cards are known by a list of digests that the backend sends, so management opens without it, too: then a card can be
 * logged out, which is told when there is a link again. Everything else wants an answer at once.
 */
#ifndef OCPP_SETTLEMENT_READER_H
#define OCPP_SETTLEMENT_READER_H

#include <ocpp/charge_point.h>
#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_agent;

/* What the next card is shown for. */
enum ocpp_settle_reader_act {
    OCPP_SETTLE_READER_CHARGE,    /* what it is when nobody chose anything: a privilege card opens management */
    OCPP_SETTLE_READER_BIND,      /* a phone has asked for the card: it is bound */
    OCPP_SETTLE_READER_AUTHORISE, /* in management: at once, no card is waited for */
    OCPP_SETTLE_READER_SHOW,      /* in management: what the next card used */
    OCPP_SETTLE_READER_LOG_OUT    /* in management: the next card is logged out */
};

/* ocpp_settle_agent_reader: somebody chose |act|; it counts for settings.manage_ms. Errors, and nothing changed:
 * OCPP_ERR_ARGUMENT no reader, or no such act; OCPP_ERR_STATE management is not open, or the backend cannot be asked;
 * OCPP_ERR_BUSY the last card is not decided. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_agent_reader(struct ocpp_settle_agent *agent, enum ocpp_settle_reader_act act,
                                                                 struct ocpp_now now);

/* ocpp_settle_agent_card: |token| was shown. OCPP_OK: it was not for charging, and on_event tells what comes of it. Errors:
 * OCPP_ERR_NOT_FOUND it is for charging: give it to the charge point; OCPP_ERR_STATE the backend cannot be asked, show it again
 * later; OCPP_ERR_BUSY; OCPP_ERR_ARGUMENT no token; OCPP_ERR_LIMIT too much waits to be told; OCPP_ERR_NOMEM; of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_agent_card(struct ocpp_settle_agent *agent, const struct ocpp_token *token,
                                                               struct ocpp_now now);

/* ocpp_settle_agent_manages: whether management is open, for a display. */
OCPP_API bool ocpp_settle_agent_manages(const struct ocpp_settle_agent *agent, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
