/* agent.h: the settlement extension on a pile: it speaks with the backend through DataTransfer of a charge point, keeps what must
 * arrive until it has arrived, and looks after the bay with power banks (bay.h).
 *
 *     agent = new(settings)     after ocpp_charge_point_new(), before the link goes up
 *     listener(agent)           to the driver of the bay
 *     rent(agent, token, n)     somebody stands there and wants n banks
 *     deadline, advance         as of the charge point: call advance of both
 *     free(agent)               after the link went down (ocpp_client_free()), before ocpp_charge_point_free()
 *
 * A central system that does not know the extension makes no difference to the charge point: the agent finds out after each
 * acceptance (Hello) and is silent then. It uses the public functions of the charge point only, and its store below "settle/".
 *
 * Sans-I/O. Threads: those of the charge point. Callbacks run inside entry points, the charge point's among them, when the
 * agent's state is consistent; they may call the getters, not the other functions of the agent.
 *
 * What is durable before what: an intent before a mark is written, before a bank is let out, before a mark is made neutral; what
 * was heard before it is answered; what is to be told in the write that says it happened. So a power cut leaves a bank either
 * rented or not, and tells it once. PROTOCOL.md tells the messages.
 */
#ifndef OCPP_SETTLEMENT_AGENT_H
#define OCPP_SETTLEMENT_AGENT_H

#include <ocpp/charge_point.h>
#include <ocpp/settlement/bay.h>
#include <ocpp/settlement/gate.h>
#include <ocpp/settlement/id.h>
#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/model.h>
#include <ocpp/settlement/prompts.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_agent;

/* ocpp_settle_agent_event_kind: what displays, lamps and logs may want to know. */
enum ocpp_settle_agent_event_kind {
    OCPP_SETTLE_AGENT_LINK,        /* the backend speaks the extension now, or no more; ocpp_settle_agent_view() */
    OCPP_SETTLE_AGENT_SLOT,        /* |slot| has another state */
    OCPP_SETTLE_AGENT_RENT_ASKED,  /* the backend thinks about |request| */
    OCPP_SETTLE_AGENT_RENT_DENIED, /* no bank: |code|, |text| for the person */
    OCPP_SETTLE_AGENT_TAKE_BANK,   /* the bank in |slot| may be taken now */
    OCPP_SETTLE_AGENT_TAKEN,       /* it was: the rental has begun */
    OCPP_SETTLE_AGENT_RENT_FAILED, /* nothing was rented at |slot|, |text| says why */
    OCPP_SETTLE_AGENT_RETURNED,    /* a bank came back to |slot|; nobody is told whose it was */
    OCPP_SETTLE_AGENT_RETURN_DONE, /* the backend decided about it; |text| for the person */
    OCPP_SETTLE_AGENT_ORDER,       /* |order| has another state: |state|, |amount|, |currency|, |text| */
    OCPP_SETTLE_AGENT_DEAD_LETTER, /* a message was refused for good; |text| says which and why */
    OCPP_SETTLE_AGENT_GATE,        /* the gate of |evse| (gate.h) has another state: |text| is its word */
    OCPP_SETTLE_AGENT_PAY,    /* |order| is to be paid at |evse|: |amount|, |currency|; |text| is for a QR code, not for logs */
    OCPP_SETTLE_AGENT_NUMBER, /* the number keyed in at |evse| opens nothing: |text| for the person */
    OCPP_SETTLE_AGENT_CARD,   /* what came of a card at the reader (reader.h): |text| for the person */
    OCPP_SETTLE_AGENT_VEHICLE /* who stands at EVSE |slot| has another stage (ocpp_settle_agent_vehicle_at()); |text| why */
};

/* ocpp_settle_agent_event: texts are borrowed for the call, NULL where there is none. */
struct ocpp_settle_agent_event {
    enum ocpp_settle_agent_event_kind kind;
    int slot; /* 0: none */
    int evse; /* likewise */
    const char *request;
    const char *rental;
    const char *order;
    const char *text;
    enum ocpp_settle_refusal_code code;
    enum ocpp_settle_order_state state;
    const char *currency;
    const char *amount;
};

/* ocpp_settle_agent_settings: start from ocpp_settle_agent_settings_default(). Copied; what it points to is borrowed for life. A
 * setting outside its range makes ocpp_settle_agent_new() fail. The backend's Hello brings the operator's policy, which replaces
 * those that say so and is kept over restarts. */
struct ocpp_settle_agent_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;
    const char *vendor_id;        /* default "org.ocpp-c.settlement" */
    struct ocpp_charge_point *cp; /* required */
    struct ocpp_storage *storage; /* required; may be that of the charge point */
    struct ocpp_settle_keys keys; /* required: all but sign, verify and public_key */
    const char *pile_key;         /* the name in |keys| under which the key for this pile's own marks is kept; default "pile" */
    const char *serial;           /* told in Hello, at most 40 characters; NULL: the charge point's identity */
    const struct ocpp_settle_bay *bay; /* NULL: a pile without banks */

    /* --- messages --- */
    size_t max_bytes;         /* of a message's data, 2,048 to 65,536; larger ones go in pieces; default 8,192 */
    size_t max_chunked_bytes; /* of a message that comes in pieces; at most 1,048,576; default 65,536 */
    size_t
        max_messages; /* that wait to be acknowledged, 16 to 10,000; at least 4 per slot; 24 bytes of memory each; default 256 */
    size_t max_remembered;   /* messages of the backend whose repetition is known, 8 to 1,000; 24 bytes each; default 64 */
    size_t max_dead_letters; /* kept; the oldest makes room; 1 to 1,000; default 32 */
    int64_t answer_ms;       /* how long the backend may think about a request to rent; default 60,000 */
    int64_t retry_ms;        /* between attempts at a message, doubling up to an hour; default 30,000 (policy) */
    int message_attempts;    /* errors instead of answers until a message is a dead letter; time-outs do not count; default 10 */
    int64_t hello_retry_ms;  /* an unanswered or refused Hello is tried again on the same link; 0: never; default 900,000 */
    int64_t transactions_first_ms; /* how long a message waits for transactions of OCPP at most; default 300,000 */

    /* --- the bay --- */
    int64_t debounce_ms;      /* default 500 (A7, A9) */
    int64_t query_ms;         /* times for acts; default 5,000 */
    int64_t read_ms;          /* default 5,000 */
    int64_t write_ms;         /* of a half; default 5,000 */
    int64_t eject_ms;         /* of eject, force_eject and retract; default 15,000 */
    int64_t test_ms;          /* default 60,000 */
    int64_t take_within_ms;   /* default 30,000 (A24; policy) */
    int64_t swap_within_ms;   /* a bank is kept for whoever brings a faulty one; 0: none; default 300,000 (A26; policy) */
    int read_attempts;        /* of a mark; default 3 */
    int write_attempts;       /* of a mark; default 2 */
    int suspect_after;        /* failures of a slot in a row; default 3 (A3; policy) */
    int min_charge;           /* percent; emptier banks are charging and not for rent; default 60 */
    int64_t storage_retry_ms; /* after a write that failed; default 5,000 */

    /* --- without the backend (A19) --- */
    int offline_rentals;                   /* open at a time; 0: none; at most 64; default 4 (policy) */
    bool (*link_is_encrypted)(void *user); /* whether nobody on the way can read what the central system says now: a key for marks
                                              is taken over such a link only. NULL: it is not, so none is taken */
    size_t max_known_renters;              /* in the store; at most 100,000; default 2,000 */

    /* --- gates (gate.h) --- */
    const struct ocpp_settle_latch *latch; /* NULL: a pile that keeps no cable */
    int64_t latch_ms;                      /* a latch opens in so long, or is told again; default 5,000 */
    int latch_attempts;                    /* then it is jammed, and told each minute; default 3 */
    int64_t gate_query_ms;                 /* between questions about a closed gate; default 60,000 (C10) */
    int64_t gate_alone_ms; /* no link for so long is a backend that cannot be reached, also after a start; default 10,000 (C7) */
    int number_tries;      /* wrong numbers in a row; default 5 (C4) */
    int64_t number_locked_ms; /* then none is taken for so long; default 900,000 */

    /* --- vehicles and their terminals (prompts.h) --- */
    const struct ocpp_settle_terminal_port *terminals; /* NULL: a pile that asks no terminals */
    size_t max_vehicles;                               /* plugged in at a time, 1 to 64; default 8 */
    size_t max_vehicle_lists;                          /* lists of terminals that are kept, 1 to 10,000; default 64 */
    int64_t prompt_ms;                                 /* until the backend says how long; default 120,000 (E2) */
    int64_t list_ms;                                   /* how long a list that was told may be used; default 86,400,000 */

    /* --- rental houses (reader.h) --- */
    bool has_reader;   /* a reader that may open management; default false */
    int64_t manage_ms; /* it stays open for so long; 5,000 to 600,000, default 60,000 */

    void (*on_event)(const struct ocpp_settle_agent_event *event, void *user); /* NULL: nothing is told */
    void *user;
};

/* ocpp_settle_agent_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_settle_agent_settings ocpp_settle_agent_settings_default(void);

/* ocpp_settle_agent_new: registers for the vendor id, reads back what was kept, and queries every slot. |*agent| is written on
 * success. Errors: OCPP_ERR_ARGUMENT a setting is missing or outside its range; OCPP_ERR_LIMIT the charge point's
 * max_data_vendors; OCPP_ERR_NOMEM; of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_agent_new(const struct ocpp_settle_agent_settings *settings,
                                                              struct ocpp_now now, struct ocpp_settle_agent **agent);

/* ocpp_settle_agent_free: as a power cut: what is stored stays stored. The charge point tells the agent what becomes of a message
 * that is on its way: so its link is down by then, and stays down until it is freed. NULL is fine. */
OCPP_API void ocpp_settle_agent_free(struct ocpp_settle_agent *agent);

/* ocpp_settle_agent_deadline: mono ms at which advance wants to be called at the latest; OCPP_NEVER. Ask again after each call of
 * the agent or of its charge point, and when its store was flushed. */
OCPP_API int64_t ocpp_settle_agent_deadline(const struct ocpp_settle_agent *agent);
OCPP_API void ocpp_settle_agent_advance(struct ocpp_settle_agent *agent, struct ocpp_now now);

/* ocpp_settle_agent_bay_listener: for the driver of the bay. */
OCPP_API struct ocpp_settle_bay_listener ocpp_settle_agent_bay_listener(struct ocpp_settle_agent *agent);

/* ocpp_settle_agent_rent: |token| was presented for |count| banks (1 to 16). The pile chooses: the fullest neutral ones in good
 * slots. With the backend it is asked, and what it says is told by on_event with |request|. Without it (no link, or no answer
 * before) whoever charges a vehicle here now and known renters have them at once, within offline_rentals. |request| (may be NULL)
 * is written on success. Errors, and nothing happened: OCPP_ERR_ARGUMENT count, no token, or no bay; OCPP_ERR_NOT_FOUND there are
 * not so many banks; OCPP_ERR_STATE the backend cannot be asked and |token| may not rent without it; OCPP_ERR_LIMIT
 * offline_rentals are open, or too much waits to be told; OCPP_ERR_BUSY the last request is not decided; OCPP_ERR_NOMEM; of the
 * store. */
OCPP_API enum ocpp_status ocpp_settle_agent_rent(struct ocpp_settle_agent *agent, const struct ocpp_token *token, int count,
                                                 struct ocpp_now now, char request[OCPP_SETTLE_ID_SIZE]);

/* ocpp_settle_agent_service: as an order of the backend (SlotCommand), by somebody at the pile. Errors: OCPP_ERR_ARGUMENT no such
 * slot or order; OCPP_ERR_STATE not in the slot's present state. */
OCPP_API enum ocpp_status ocpp_settle_agent_service(struct ocpp_settle_agent *agent, int slot, enum ocpp_settle_slot_order order,
                                                    struct ocpp_now now);

/* ocpp_settle_slot_view: a slot as a screen would show it. Texts live until the next entry point. */
struct ocpp_settle_slot_view {
    enum ocpp_settle_slot_state state;
    const char *bank;        /* "" */
    const char *hardware_id; /* "" */
    int64_t generation;      /* of the mark, as far as the pile knows */
    int charge;              /* percent; below 0: unknown */
    int failures;            /* in a row */
    bool may_be_rented;      /* now */
    const char *rental;      /* that is being let out; "" */
};

/* ocpp_settle_agent_slot. Errors: OCPP_ERR_ARGUMENT no such slot. */
OCPP_API enum ocpp_status ocpp_settle_agent_slot(const struct ocpp_settle_agent *agent, int slot,
                                                 struct ocpp_settle_slot_view *view);

/* ocpp_settle_agent_view: the agent as a screen would show it. */
struct ocpp_settle_agent_view {
    enum ocpp_settle_agent_link {
        OCPP_SETTLE_AGENT_NO_LINK,
        OCPP_SETTLE_AGENT_HELLO_SENT,
        OCPP_SETTLE_AGENT_OFF, /* the other side does not know the extension */
        OCPP_SETTLE_AGENT_ON
    } link;
    const char *operator_id; /* as the backend told; "" */
    size_t queued;           /* messages that wait to be acknowledged */
    size_t dead_letters;
    int offline_rentals; /* open and not told yet */
    int free_banks;      /* that may be rented now */
    int free_slots;      /* that would take a bank */
};

OCPP_API struct ocpp_settle_agent_view ocpp_settle_agent_view(const struct ocpp_settle_agent *agent);

/* ocpp_settle_dead_letter: a message the backend refused for good. Borrowed for the visit. */
struct ocpp_settle_dead_letter {
    const char *key; /* its name for discard */
    const char *name;
    const char *stream;
    const char *data; /* JSON as it was sent */
    const char *reason;
};

/* ocpp_settle_agent_each_dead_letter: oldest first, until |visit| returns false; it may not call anything of the agent. _discard:
 * the letter is gone. Errors: OCPP_ERR_NOT_FOUND; of the store. */
OCPP_API enum ocpp_status ocpp_settle_agent_each_dead_letter(
    struct ocpp_settle_agent *agent, bool (*visit)(const struct ocpp_settle_dead_letter *letter, void *user), void *user);
OCPP_API enum ocpp_status ocpp_settle_agent_discard(struct ocpp_settle_agent *agent, const char *key);

/* ocpp_settle_own_setting: what shows a 2.x central system that this station knows the extension:
 * CustomizationCtrlr.CustomImplementationEnabled with |vendor_id| as its instance, true. Put it among the own_settings of the
 * charge point; |vendor_id| is borrowed for life. */
OCPP_API struct ocpp_own_setting ocpp_settle_own_setting(const char *vendor_id);

OCPP_END_DECLARATIONS

#endif
