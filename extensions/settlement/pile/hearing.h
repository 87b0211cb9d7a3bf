/* hearing.h: between who hears messages of the backend (hearing.c) and who acts upon them (obeying.c). */
#ifndef SETTLEMENT_HEARING_H
#define SETTLEMENT_HEARING_H

#include "pile_internal.h"

#define ALL_WELL OCPP_SETTLE_REFUSAL_CODE_UNSET

/* What a body decides with: it notes in |batch| what it changes. */
struct hearing {
    struct ocpp_settle_agent *agent;
    struct batch *batch;
};

/* UNSET: all is well. TRY_LATER: not now, nothing was changed. Anything else: refused, nothing was changed. */
typedef enum ocpp_settle_refusal_code hearing_body(struct hearing *hearing, const void *message);

/* By the number of the action; NULL: it is no message with an envelope, or not from the backend. */
extern hearing_body *const hearing_bodies[OCPP_SETTLE_ACTION_COUNT];

/* gate_hear.c */
enum ocpp_settle_refusal_code reader_cards_heard(struct hearing *hearing, const void *message);
enum ocpp_settle_refusal_code gate_close_heard(struct hearing *hearing, const void *message);
enum ocpp_settle_refusal_code gate_open_heard(struct hearing *hearing, const void *message);

#endif
