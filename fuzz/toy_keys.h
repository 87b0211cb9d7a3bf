/* toy_keys.h: keys.h of the settlement extension for fuzz targets: hashes and signatures that are quick and prove nothing, the
 * same in every run. */
#ifndef OCPP_FUZZ_TOY_KEYS_H
#define OCPP_FUZZ_TOY_KEYS_H

#include <ocpp/settlement/keys.h>

/* toy_keys: a signature by the key NAME verifies with the point toy_point(NAME). */
extern const struct ocpp_settle_keys toy_keys;

void toy_point(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE]);

#endif
