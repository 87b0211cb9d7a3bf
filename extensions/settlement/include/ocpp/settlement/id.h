/* id.h: names for orders, rentals, sessions and messages: 128 random bits as 26 letters and digits, made where the thing begins.
 */
#ifndef OCPP_SETTLEMENT_ID_H
#define OCPP_SETTLEMENT_ID_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_ID_SIZE: room for an id and its terminator. */
enum { OCPP_SETTLE_ID_SIZE = 27 };

/* ocpp_settle_id_write: |bytes| as 26 characters of Crockford's base 32 (0 to 9, A to Z without I, L, O, U), the first bits
 * first, terminated. */
OCPP_API void ocpp_settle_id_write(const unsigned char bytes[16], char id[OCPP_SETTLE_ID_SIZE]);

/* ocpp_settle_id_is_valid: whether |text| is 26 characters of that alphabet, the first of them 0 to 7. */
OCPP_API bool ocpp_settle_id_is_valid(const char *text);

OCPP_END_DECLARATIONS

#endif
