/* random_tariff.h: tariffs from a seed, as an import writes them: what the other side can say, and nothing said in two ways. */
#ifndef OCPP_TESTS_RANDOM_TARIFF_H
#define OCPP_TESTS_RANDOM_TARIFF_H

#include <ocpp/settlement/model.h>

/* random_tariff_ocpi: one that OCPI 2.3 says without loss; |net_only| for 2.2.1. random_tariff_v21: one that OCPP 2.1 does. Both
 * live in |arena|. random_tariff_any: one with everything our own model has, whether others have a word for it or not. */
const struct ocpp_settle_tariff *random_tariff_ocpi(uint64_t seed, bool net_only, struct ocpp_arena *arena);
const struct ocpp_settle_tariff *random_tariff_v21(uint64_t seed, struct ocpp_arena *arena);
const struct ocpp_settle_tariff *random_tariff_any(uint64_t seed, struct ocpp_arena *arena);

#endif
