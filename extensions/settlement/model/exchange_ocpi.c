/* Tables of what OCPI calls what we have. */
#include "exchange_ocpi.h"

#include <stddef.h>

/* clang-format off */
#define THEIRS(member) offsetof(struct ocpp_settle_ocpi_tariff_restrictions, has_##member), \
                       offsetof(struct ocpp_settle_ocpi_tariff_restrictions, member)
#define OURS(member)   offsetof(struct ocpp_settle_restrictions, has_##member), offsetof(struct ocpp_settle_restrictions, member)

const struct exchange_number exchange_ocpi_numbers[EXCHANGE_OCPI_NUMBERS] = {
    { "min_kwh",      "minEnergyMwh", THEIRS(min_kwh),      OURS(min_energy_mwh), 6, false, false },
    { "max_kwh",      "maxEnergyMwh", THEIRS(max_kwh),      OURS(max_energy_mwh), 6, false, false },
    { "min_current",  "minCurrentMa", THEIRS(min_current),  OURS(min_current_ma), 3, false, false },
    { "max_current",  "maxCurrentMa", THEIRS(max_current),  OURS(max_current_ma), 3, false, false },
    { "min_power",    "minPowerMw",   THEIRS(min_power),    OURS(min_power_mw),   6, false, true },
    { "max_power",    "maxPowerMw",   THEIRS(max_power),    OURS(max_power_mw),   6, false, true },
    { "min_duration", "minDurationS", THEIRS(min_duration), OURS(min_duration_s), 0, true,  false },
    { "max_duration", "maxDurationS", THEIRS(max_duration), OURS(max_duration_s), 0, true,  false },
    { NULL,           "minChargingS", 0, 0,                 OURS(min_charging_s), 0, true,  false },
    { NULL,           "maxChargingS", 0, 0,                 OURS(max_charging_s), 0, true,  false },
    { NULL,           "minIdleS",     0, 0,                 OURS(min_idle_s),     0, true,  false },
    { NULL,           "maxIdleS",     0, 0,                 OURS(max_idle_s),     0, true,  false },
};

const struct exchange_ocpi_dimension exchange_ocpi_dimensions[EXCHANGE_OCPI_DIMENSIONS] = {
    { OCPP_SETTLE_DIMENSION_ENERGY, OCPP_SETTLE_PRICE_UNIT_KWH,  OCPP_SETTLE_OCPI_DIMENSION_ENERGY },
    { OCPP_SETTLE_DIMENSION_TIME,   OCPP_SETTLE_PRICE_UNIT_HOUR, OCPP_SETTLE_OCPI_DIMENSION_TIME },
    { OCPP_SETTLE_DIMENSION_IDLE,   OCPP_SETTLE_PRICE_UNIT_HOUR, OCPP_SETTLE_OCPI_DIMENSION_PARKING_TIME },
    { OCPP_SETTLE_DIMENSION_FLAT,   OCPP_SETTLE_PRICE_UNIT_ONCE, OCPP_SETTLE_OCPI_DIMENSION_FLAT },
};
/* clang-format on */

const char *const *exchange_ocpi_limit_names(enum ocpp_settle_ocpi_release release)
{
    static const char *const with_vat[] = { "excl_vat", "incl_vat" };
    static const char *const with_taxes[] = { "before_taxes", "after_taxes" };

    return release == OCPP_SETTLE_OCPI_2_2_1 ? with_vat : with_taxes;
}
