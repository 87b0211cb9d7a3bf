/* plain_keys.h: keys that can hash and nothing else, without any library: for tests, fuzzers and benches of what is pure. */
#ifndef OCPP_TESTS_PLAIN_KEYS_H
#define OCPP_TESTS_PLAIN_KEYS_H

#include <ocpp/settlement/keys.h>

extern const struct ocpp_settle_keys plain_keys;

#endif
