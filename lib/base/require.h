/* require.h: what a programmer using the library promised, checked in release builds as well. An operating error is a status,
 * never this. */
#ifndef OCPP_LIB_REQUIRE_H
#define OCPP_LIB_REQUIRE_H

#include <stdbool.h>
#include <stdlib.h>

/* ocpp_require: ends the program when the caller of the library broke its contract. */
static inline void ocpp_require(bool kept)
{
    if (!kept)
        abort();
}

#endif
