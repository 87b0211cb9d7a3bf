/* terminals.h: terminals (a phone, a vehicle's own screen) that start the charging of the vehicles they are associated with: who
 * belongs to whom, what was started, and the backend's own connections to terminals. What piles tell of them comes by
 * ocpp_settle_receive(); PROTOCOL.md ("Terminal start") has the messages and a chart, docs/terminal-start.md tells it all.
 *
 * A start is asked for by a terminal through a pile, what it may cost is held, the pile starts a transaction of OCPP, the
 * terminal is told how it goes, may stop it, is told the fee and confirms it; then it is deducted.
 *
 * Ids of starts and associations are those of id.h. Texts shown by visits are borrowed for the visit.
 */
#ifndef OCPP_SETTLEMENT_TERMINALS_H
#define OCPP_SETTLEMENT_TERMINALS_H

#include <ocpp/settlement/backend.h>
#include <ocpp/settlement/model.h>
#include <ocpp/settlement/rentals.h>

OCPP_BEGIN_DECLARATIONS

/* --- who belongs to whom -----------------------------------------------------------------------------------------------------
 */

/* Each function with a |done| (may be NULL) is one command, and |done| is told how it ended, as in backend.h. Errors, and nothing
 * happened: those of the store, OCPP_ERR_NOMEM, OCPP_ERR_ARGUMENT a text that is missing or too long. |by| names the person for
 * the record (at most 80 characters). Ids of vehicles are compared as they are given: letters and digits, in capitals. */

/* ocpp_settle_terminal: who a terminal is. */
struct ocpp_settle_terminal {
    const char *id;                              /* 1 to 40 letters, digits, '-', '_', '.' */
    const char *name;                            /* at most 80 characters, for people */
    unsigned char point[OCPP_SETTLE_POINT_SIZE]; /* its public key (P-256): what it asks for is signed by it */
    const char *token_id;                        /* of who pays, as a card would have it; at most 255 */
    const char *token_type;                      /* as OCPP 2.x names it; "" where nobody knows */
    bool may_deduct;                             /* the user agreed that a fee nobody confirms is deducted after confirm_s (E7) */
    /* shown, not given */
    int64_t made_utc_ms;
    int64_t revoked_utc_ms; /* OCPP_UTC_UNKNOWN: it is good */
};

/* ocpp_settle_terminal_register: |terminal| is known from now on. Told: its id. Refused: WrongState there is one of that id (one
 * that was revoked, too); BadToken nobody pays; Invalid no such key. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_terminal_register(struct ocpp_settle *settle,
                                                                      const struct ocpp_settle_terminal *terminal,
                                                                      const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_terminal_revoke: it starts nothing any more, and none of its connections is taken. What it started goes on; its
 * associations are revoked with it. Refused: UnknownTerminal; WrongState it was revoked. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_terminal_revoke(struct ocpp_settle *settle, const char *terminal,
                                                                    const char *by, const struct ocpp_settle_done *done,
                                                                    struct ocpp_now now);

/* ocpp_settle_terminal_forget: one that was revoked is erased with its name, its token, what it was associated with, and what it
 * started as far as that is over; the rest follows when it is. Orders and books stay. Without this it is so after
 * policy.remember_closed_s. Refused: UnknownTerminal; WrongState it was not revoked. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_terminal_forget(struct ocpp_settle *settle, const char *terminal,
                                                                    const char *by, const struct ocpp_settle_done *done,
                                                                    struct ocpp_now now);

/* ocpp_settle_associate: |terminal| may start the charging of |vehicle|. Told: the association. Associated already: that one.
 * Refused: UnknownTerminal there is none, or it was revoked; LimitReached the vehicle has 8. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_associate(struct ocpp_settle *settle, const char *terminal,
                                                              const struct ocpp_settle_vehicle_id *vehicle, const char *by,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_dissociate: the association ends and stays on record. Refused: Invalid there is none; WrongState it has ended. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_dissociate(struct ocpp_settle *settle, const char *association,
                                                               const char *by, const struct ocpp_settle_done *done,
                                                               struct ocpp_now now);

/* ocpp_settle_vehicle_sold: all associations of |vehicle| end (E12). Refused: UnknownVehicle it has none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_vehicle_sold(struct ocpp_settle *settle,
                                                                 const struct ocpp_settle_vehicle_id *vehicle, const char *by,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- what was started --------------------------------------------------------------------------------------------------------
 */

/* ocpp_settle_start_stop: as the terminal's own stop. Told: the start. Refused: Invalid there is none; WrongState it is over. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_start_stop(struct ocpp_settle *settle, const char *start,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- connections to terminals ------------------------------------------------------------------------------------------------
 */

/* Sans-I/O: whoever serves WebSockets mounts them. |connection| is a number of the server's, not 0, never used again. settings.
 * on_terminal is told when a connection has something to send, and when it is to be closed once all was sent. */

/* ocpp_settle_terminal_connected: a terminal connected; it has to say who it is within connect_s. Errors: OCPP_ERR_LIMIT as many
 * as connections: close it; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_terminal_connected(struct ocpp_settle *settle, uint64_t connection,
                                                                       struct ocpp_now now);

/* ocpp_settle_terminal_receive: |size| bytes of a text message, not kept. What makes no sense closes the connection. */
OCPP_API void ocpp_settle_terminal_receive(struct ocpp_settle *settle, uint64_t connection, const char *text, size_t size,
                                           struct ocpp_now now);

/* ocpp_settle_terminal_next_output: the next text to send, borrowed until the next call about this connection; NULL: nothing.
 * Call it when the socket takes more: what is not fetched waits, and a connection with too much that waits is closed. */
OCPP_API const char *ocpp_settle_terminal_next_output(struct ocpp_settle *settle, uint64_t connection, size_t *size);

/* ocpp_settle_terminal_is_over: whether it is to be closed when nothing is left to send; also of one that is not known. */
OCPP_API bool ocpp_settle_terminal_is_over(const struct ocpp_settle *settle, uint64_t connection);

/* ocpp_settle_terminal_closed: it is gone; unknown ones change nothing. */
OCPP_API void ocpp_settle_terminal_closed(struct ocpp_settle *settle, uint64_t connection);

/* --- reading -----------------------------------------------------------------------------------------------------------------
 */

/* ocpp_settle_association: a terminal that may act for a vehicle. Borrowed for the visit. */
struct ocpp_settle_association {
    const char *id;
    const char *terminal;
    enum ocpp_settle_vehicle_id_kind kind;
    const char *vehicle;
    const char *made_by;
    int64_t made_utc_ms;
    const char *revoked_by; /* NULL: it holds */
    int64_t revoked_utc_ms;
};

/* ocpp_settle_start: a charging that a terminal started, as it stands. Borrowed for the visit. */
struct ocpp_settle_start {
    const char *id;
    const char *state; /* of StartState */
    const char *station;
    int64_t evse;
    enum ocpp_settle_vehicle_id_kind kind;
    const char *vehicle;
    const char *terminal;
    const char *order;
    const char *transaction; /* NULL: none has begun */
    const char *wish;        /* of WishKind */
    int64_t energy_wh;       /* at most; 0: not told */
    int64_t time_s;          /* likewise */
    int64_t hold_minor;
    const char *currency;
    const char *bill;      /* the hash that was told; NULL */
    const char *confirmed; /* the one that was confirmed; NULL */
    const char *confirmed_by;
    bool is_stop_asked;
    const char *reason;
    int64_t asked_utc_ms;
};

/* Each shows a page and moves the cursor, as those of rentals.h. |query|.state of starts: a word of StartState. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_terminals(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                              void (*visit)(const struct ocpp_settle_terminal *terminal,
                                                                            void *user),
                                                              void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_associations(
    struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
    void (*visit)(const struct ocpp_settle_association *association, void *user), void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_starts(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                           void (*visit)(const struct ocpp_settle_start *start, void *user),
                                                           void *user);

OCPP_END_DECLARATIONS

#endif
