/* decimal.h: what the floors of the library share about decimals beyond types.h. */
#ifndef OCPP_LIB_DECIMAL_H
#define OCPP_LIB_DECIMAL_H

#include <ocpp/types.h>

/* OCPP_INTEGER_TEXT_SIZE: room for any int64_t as text and its terminator. */
enum { OCPP_INTEGER_TEXT_SIZE = 21 };

/* ocpp_integer_format: writes |value| in decimal digits, terminated, and returns the length. */
size_t ocpp_integer_format(int64_t value, char text[OCPP_INTEGER_TEXT_SIZE]);

/* ocpp_decimal_normalize: the same number without trailing zeros in its coefficient; 0 is { 0, 0 }. */
struct ocpp_decimal ocpp_decimal_normalize(struct ocpp_decimal value);

/* ocpp_power_of_ten: 10^|exponent| for 0 to 19. */
uint64_t ocpp_power_of_ten(unsigned exponent);

#endif
