/* block.h: a part of the charge point that a station need not have, and that a small build can leave out (CMake OCPP_<NAME>).
 *
 * A block has a state of its own, hooks into the engine, and for each version that has words for it a table of the calls it hears
 * and the functions that speak for it. The engine asks every block it has, in the order of enum block_id, and knows none by name.
 * A block that is not there, because of the build or because the settings do not ask for it, leaves its messages NotSupported.
 */
#ifndef OCPP_LIB_BLOCK_H
#define OCPP_LIB_BLOCK_H

#include <ocpp/file_transfer.h>

#include "charge_point_dialect.h"

struct question;
struct decision;

enum block_id {
    BLOCK_NOTICES,      /* what is told besides transactions and must not be lost: security events, events of the device model */
    BLOCK_CERTIFICATES, /* OCPP 2.0.1 A02, A03, M03 to M06; the security extension of 1.6 */
    BLOCK_NETWORK,      /* security profiles, passwords, network connection profiles: A01, A05, B09, B10 */
    BLOCK_FIRMWARE,     /* L; 1.6 firmware management and its secure form */
    BLOCK_LOGS,         /* N01; 1.6 GetDiagnostics, GetLog */
    BLOCK_MONITORING,   /* N02 to N08 */
    BLOCK_CUSTOMER,     /* N09, N10 */
    BLOCK_DISPLAY,      /* O */
    BLOCK_COST,         /* I; California pricing of 1.6 */
    BLOCK_PLUG_AND_CHARGE, /* C07, K15 to K17, M01, M02 */
    BLOCK_COUNT
};

struct decision;
struct fact_answer;

/* What happened to the session of an EVSE. */
enum block_session { BLOCK_TRANSACTION_BEGAN, BLOCK_TRANSACTION_CHANGED, BLOCK_TRANSACTION_ENDED };

/* Every hook but |size| may be NULL. All but |size|, |size_for| and |wrong_setting| are called for a block that is there only. */
struct block {
    /* bytes of its state, zeroed before |start|; 0: the settings do not ask for the block */
    size_t (*size)(const struct ocpp_charge_point_settings *settings);
    /* the same where the settings do not ask for it, but the hardware needs it */
    size_t (*size_for)(const struct ocpp_hardware *hardware);
    /* the name of what is wrong with the settings of the block; NULL: nothing */
    const char *(*wrong_setting)(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware);
    /* puts settings of its own behind cp->settings.own_settings, in memory of its own; false: there was none */
    bool (*bring)(struct ocpp_charge_point *cp);
    bool (*start)(struct ocpp_charge_point *cp); /* takes more memory; false: there was none. |free| follows in any case */
    void (*free)(struct ocpp_charge_point *cp);
    enum ocpp_status (*load)(struct ocpp_charge_point *cp); /* after everything of the core was read back */

    void (*work)(struct ocpp_charge_point *cp);              /* in every round of the pump */
    int64_t (*deadline)(const struct ocpp_charge_point *cp); /* when it has work again, link or not; OCPP_NEVER */

    /* The station is accepted and nothing of ours is outstanding: sends the next message of the block through ocpp_cp_send();
     * true: it left, and its answer ends in ocpp_cp_flight_over() or ocpp_cp_flight_failed(). Which message it was, the block
     * remembers. |is_early| true: the station waits to be accepted, and only what was asked for may leave (B02.FR.02). */
    bool (*send)(struct ocpp_charge_point *cp, bool is_early);
    int64_t (*send_deadline)(
        const struct ocpp_charge_point *cp); /* when |send| is to be asked again, where nothing else happens */
    /* the same, asked before anything that has happened is told: somebody stands there and waits */
    bool (*send_urgent)(struct ocpp_charge_point *cp);
    void (*failed)(struct ocpp_charge_point *cp, enum ocpp_status status); /* its call ended without a valid answer */

    void (*accepted)(struct ocpp_charge_point *cp);  /* by the central system, after each boot that it accepted */
    void (*link_up)(struct ocpp_charge_point *cp);   /* before anything is decided about registration */
    void (*switched)(struct ocpp_charge_point *cp);  /* the next link goes to another central system */
    void (*link_down)(struct ocpp_charge_point *cp); /* a call of the block that was outstanding is forgotten */

    void (*session)(struct ocpp_charge_point *cp, struct evse *evse, enum block_session what);
    /* the token of |slot| was granted a start, for the reasons in |why|; what that borrows is good for the call */
    void (*granted)(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why);
    /* the central system has answered what |telling| told of |fact|, before it leaves the queue */
    void (*fact_told)(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                      const struct fact_answer *answer);
    /* |record| is well-formed and is to become the value of |variable|: an error refuses it; |*is_done| true: the block has kept
     * and applied it itself (or does so later), and nothing else happens */
    enum ocpp_status (*variable_wanted)(struct ocpp_charge_point *cp, enum variable variable,
                                        const struct variable_record *record, bool *is_done);
    void (*variable_changed)(struct ocpp_charge_point *cp, enum variable variable);
    /* whether the message the central system asks for is the block's, with what it says of it */
    bool (*trigger)(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict);
    /* what is to be done about a token that the block has something beside it for; true: |decision| says it, nobody else is
     * asked. _authorize: asks about such a token in the block's own words, ends in ocpp_cp_authorize_answered() or in
     * ocpp_cp_flight_failed(); OCPP_ERR_NOT_FOUND: it is none of the block's. _judged: so the token of a place ended. */
    bool (*decide)(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision);
    enum ocpp_status (*authorize)(struct ocpp_charge_point *cp, int slot, const struct token *token);
    void (*judged)(struct ocpp_charge_point *cp, int slot, const struct token *token, enum ocpp_authorization authorization);
    /* something that security has to know of; |info| may be NULL. See ocpp_cp_security_event() */
    void (*security_event)(struct ocpp_charge_point *cp, const char *type, const char *info);
    /* nobody new may charge at |evse| (0: the station) now, which shows as unavailable */
    bool (*closes)(const struct ocpp_charge_point *cp, int evse);
    /* a file of the block (transfers.h) is at |bytes|, and with |result| it has ended; false: the block knows of no such one */
    bool (*transferred)(struct ocpp_charge_point *cp, int64_t id, const enum ocpp_transfer_result *result, uint64_t bytes);
};

/* The blocks of this build; NULL where one was left out. */
extern const struct block *const ocpp_cp_blocks[BLOCK_COUNT];

/* --- in a dialect ---------------------------------------------------------------------------------------------------- */

/* A call the block hears. */
struct hearing {
    const struct ocpp_action *action;
    void (*on_call)(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
};

/* What a version has for a block: |words| is the block's own struct of functions that send (the block's header says which). */
struct block_words {
    const struct hearing *hearings;
    size_t hearing_count;
    const void *words;
};

/* ocpp_cp_words: those of the version of the open link for |id|; NULL: no link, or it has none. */
const void *ocpp_cp_words(const struct ocpp_charge_point *cp, enum block_id id);

/* --- for the engine (blocks.c) --------------------------------------------------------------------------------------- */

/* ocpp_cp_block: the state of a block; NULL: it is not there. */
void *ocpp_cp_block(const struct ocpp_charge_point *cp, enum block_id id);

const char *ocpp_cp_blocks_wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware);
bool ocpp_cp_blocks_take(struct ocpp_charge_point *cp);
bool ocpp_cp_blocks_bring(struct ocpp_charge_point *cp);
bool ocpp_cp_blocks_start(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_free(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_blocks_load(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_blocks_deadline(const struct ocpp_charge_point *cp);
bool ocpp_cp_blocks_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_cp_blocks_send_deadline(const struct ocpp_charge_point *cp);
void ocpp_cp_blocks_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_cp_blocks_accepted(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_link_up(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_switched(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_link_down(struct ocpp_charge_point *cp);
void ocpp_cp_blocks_session(struct ocpp_charge_point *cp, struct evse *evse, enum block_session what);
void ocpp_cp_blocks_granted(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why);
void ocpp_cp_blocks_fact_told(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                              const struct fact_answer *answer);
enum ocpp_status ocpp_cp_blocks_variable_wanted(struct ocpp_charge_point *cp, enum variable variable,
                                                const struct variable_record *record, bool *is_done);
void ocpp_cp_blocks_variable_changed(struct ocpp_charge_point *cp, enum variable variable);
bool ocpp_cp_blocks_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict);
bool ocpp_cp_blocks_send_urgent(struct ocpp_charge_point *cp);
bool ocpp_cp_blocks_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision);
enum ocpp_status ocpp_cp_blocks_authorize(struct ocpp_charge_point *cp, int slot, const struct token *token);
void ocpp_cp_blocks_judged(struct ocpp_charge_point *cp, int slot, const struct token *token,
                           enum ocpp_authorization authorization);
/* the handler of a call in the version of |words|; NULL: no block hears it here */
typedef void (*block_on_call)(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
block_on_call ocpp_cp_blocks_hearing(const struct ocpp_charge_point *cp, const struct ocpp_action *action);
/* |call| is not for the block |id|, which heard it: it goes to the next one that hears such, or where it would go without blocks
 */
void ocpp_cp_blocks_pass_on(struct ocpp_charge_point *cp, enum block_id id, const struct ocpp_incoming_call *call);

bool ocpp_cp_blocks_close(const struct ocpp_charge_point *cp, int evse);
bool ocpp_cp_blocks_transferred(struct ocpp_charge_point *cp, enum block_id owner, int64_t id,
                                const enum ocpp_transfer_result *result, uint64_t bytes);

/* ocpp_cp_security_event: anything may raise one. |type| is a name of the list of security events of the standards or the
 * firmware's own, at most 50 characters; |info| (may be NULL) at most 255, never a secret. Where no block takes it, it is logged.
 */
void ocpp_cp_security_event(struct ocpp_charge_point *cp, const char *type, const char *info);

#endif
