/* reservation.h: places that are kept for somebody: their life (reservation.c) and their use (reservation_use.c). */
#ifndef OCPP_LIB_RESERVATION_H
#define OCPP_LIB_RESERVATION_H

#include "charge_point_dialect.h"

enum { MOST_RESERVATIONS = 128 };

struct authorization;
struct evse;

/* Those of a charge point. The rooms of the table are taken once. */
struct reservations {
    struct reservation *entries;
    size_t room;
    int64_t next_made;
    size_t held_count;   /* how many there are; at most that */
    uint64_t held_evses; /* which reservations that name no EVSE need; as of the last update */
    int64_t flight_id;   /* whose end is being told */
};

/* --- reservation.c ------------------------------------------------------------------------------------------------------- */

size_t ocpp_cp_reservations_room(const struct ocpp_charge_point_settings *settings);
enum ocpp_status ocpp_cp_reservations_load(struct ocpp_charge_point *cp);

/* ocpp_cp_reserve: keeps a place; |wanted| says for whom, where and until when. The record is durable before this is accepted. */
enum verdict ocpp_cp_reserve(struct ocpp_charge_point *cp, const struct reservation *wanted);
enum verdict ocpp_cp_cancel_reservation(struct ocpp_charge_point *cp, int64_t id);

/* ocpp_cp_reservation_end: |state| says how; the central system will be told where it can be. */
void ocpp_cp_reservation_end(struct ocpp_charge_point *cp, struct reservation *reservation, enum reservation_state state);
/* ocpp_cp_reservation_used: a transaction is stored that names it, and its record went in the same write. */
void ocpp_cp_reservation_used(struct ocpp_charge_point *cp, int64_t id);
void ocpp_cp_reservation_key(int64_t id, char key[OCPP_KEY_SIZE]);

/* ocpp_cp_reservations_store: brings the store up to date with what has ended. */
void ocpp_cp_reservations_store(struct ocpp_charge_point *cp);
bool ocpp_cp_send_reservation_end(struct ocpp_charge_point *cp); /* true: it is on its way */
void ocpp_cp_reservation_end_answered(struct ocpp_charge_point *cp, enum ocpp_status status);
int64_t ocpp_cp_reservations_deadline(const struct ocpp_charge_point *cp);

/* --- reservation_use.c --------------------------------------------------------------------------------------------------- */

/* ocpp_cp_reservations_update: ends those whose time is over or whose place is gone, and works out what must be kept. */
void ocpp_cp_reservations_update(struct ocpp_charge_point *cp);
/* ocpp_cp_reservation_is_presented: its owner was granted, and no transaction is stored yet. */
bool ocpp_cp_reservation_is_presented(const struct ocpp_charge_point *cp, const struct reservation *reservation);
/* ocpp_cp_reservation_expires_mono: when its time is over by the monotonic clock. */
int64_t ocpp_cp_reservation_expires_mono(const struct ocpp_charge_point *cp, const struct reservation *reservation);
/* ocpp_cp_reservation_judge: whether |wanted| could be kept, |before| (may be NULL) being given up for it. */
enum verdict ocpp_cp_reservation_judge(const struct ocpp_charge_point *cp, const struct reservation *wanted,
                                       const struct reservation *before);

/* ocpp_cp_is_reserved: whether |evse| is kept for somebody who has not come yet. */
bool ocpp_cp_is_reserved(const struct ocpp_charge_point *cp, int evse);
/* ocpp_cp_reservation_admits: whether |token| may be used at |evse| (0: at any of them). |group| is its group, "" none; NULL:
 * nobody has asked yet, and then the answer is no only where no group could help. */
bool ocpp_cp_reservation_admits(const struct ocpp_charge_point *cp, int evse, const struct token *token, const char *group);
/* ocpp_cp_reservation_take: what was granted uses the reservation it has at |evse| (0: any), if there is one. */
void ocpp_cp_reservation_take(struct ocpp_charge_point *cp, struct authorization *authorization, int evse);
/* ocpp_cp_reservation_use: what was granted at |evse| has become its session's. */
void ocpp_cp_reservation_use(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_evse_reserved_for: the EVSE that is kept for this token, or for its group (NULL: unknown); NULL. */
struct evse *ocpp_cp_evse_reserved_for(const struct ocpp_charge_point *cp, const struct token *token, const char *group);

#endif
