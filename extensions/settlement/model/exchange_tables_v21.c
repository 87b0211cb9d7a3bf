/* Tables of what OCPP 2.1 calls what we have. */
#include "exchange_parts_v21.h"

#include <stddef.h>

/* clang-format off */
#define THEIRS(member) offsetof(struct ocpp21_tariff_conditions, has_##member), offsetof(struct ocpp21_tariff_conditions, member)
#define OURS(member)   offsetof(struct ocpp_settle_restrictions, has_##member), offsetof(struct ocpp_settle_restrictions, member)

const struct exchange_number exchange_v21_numbers[EXCHANGE_V21_NUMBERS] = {
    { "minEnergy",       "minEnergyMwh", THEIRS(min_energy),        OURS(min_energy_mwh), 3, false, false },
    { "maxEnergy",       "maxEnergyMwh", THEIRS(max_energy),        OURS(max_energy_mwh), 3, false, false },
    { "minCurrent",      "minCurrentMa", THEIRS(min_current),       OURS(min_current_ma), 3, false, false },
    { "maxCurrent",      "maxCurrentMa", THEIRS(max_current),       OURS(max_current_ma), 3, false, false },
    { "minPower",        "minPowerMw",   THEIRS(min_power),         OURS(min_power_mw),   3, false, false },
    { "maxPower",        "maxPowerMw",   THEIRS(max_power),         OURS(max_power_mw),   3, false, false },
    { "minTime",         "minDurationS", THEIRS(min_time),          OURS(min_duration_s), 0, true,  false },
    { "maxTime",         "maxDurationS", THEIRS(max_time),          OURS(max_duration_s), 0, true,  false },
    { "minChargingTime", "minChargingS", THEIRS(min_charging_time), OURS(min_charging_s), 0, true,  false },
    { "maxChargingTime", "maxChargingS", THEIRS(max_charging_time), OURS(max_charging_s), 0, true,  false },
    { "minIdleTime",     "minIdleS",     THEIRS(min_idle_time),     OURS(min_idle_s),     0, true,  false },
    { "maxIdleTime",     "maxIdleS",     THEIRS(max_idle_time),     OURS(max_idle_s),     0, true,  false },
};

const struct exchange_v21_list exchange_v21_lists[EXCHANGE_V21_LISTS] = {
    { "energy",           "priceKwh",    EXCHANGE_V21_ENERGY, OCPP_SETTLE_DIMENSION_ENERGY, OCPP_SETTLE_PRICE_UNIT_KWH,    false },
    { "chargingTime",     "priceMinute", EXCHANGE_V21_TIME,   OCPP_SETTLE_DIMENSION_TIME,   OCPP_SETTLE_PRICE_UNIT_MINUTE, false },
    { "idleTime",         "priceMinute", EXCHANGE_V21_TIME,   OCPP_SETTLE_DIMENSION_IDLE,   OCPP_SETTLE_PRICE_UNIT_MINUTE, false },
    { "fixedFee",         "priceFixed",  EXCHANGE_V21_FIXED,  OCPP_SETTLE_DIMENSION_FLAT,   OCPP_SETTLE_PRICE_UNIT_ONCE,   false },
    { "reservationTime",  "priceMinute", EXCHANGE_V21_TIME,   OCPP_SETTLE_DIMENSION_TIME,   OCPP_SETTLE_PRICE_UNIT_MINUTE, true },
    { "reservationFixed", "priceFixed",  EXCHANGE_V21_FIXED,  OCPP_SETTLE_DIMENSION_FLAT,   OCPP_SETTLE_PRICE_UNIT_ONCE,   true },
};
/* clang-format on */
