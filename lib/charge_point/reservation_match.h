/* reservation_match.h: whether EVSEs suffice for reservations that name none, and which of them nobody else may have.
 *
 * Sets of EVSEs are bits: 1 << (EVSE - 1). */
#ifndef OCPP_LIB_RESERVATION_MATCH_H
#define OCPP_LIB_RESERVATION_MATCH_H

#include <stddef.h>
#include <stdint.h>

enum { MATCH_ROOM = 64 }; /* wishes, and EVSEs */

struct match {
    uint64_t served; /* wishes that get an EVSE each: bits 1 << their index */
    uint64_t held;   /* EVSEs without which one of those would get none */
};

/* ocpp_cp_match: gives as many of |count| (at most MATCH_ROOM) wishes as can be an EVSE of their own; |wishes[i]| are those that
 * would do. Where not all can have one, the earlier go before the later. */
struct match ocpp_cp_match(const uint64_t *wishes, size_t count);

#endif
