/* exchange_parts_v21.h: what import and export of tariffs of OCPP 2.1 share. Private to this floor. */
#ifndef OCPP_SETTLEMENT_EXCHANGE_PARTS_V21_H
#define OCPP_SETTLEMENT_EXCHANGE_PARTS_V21_H

#include "exchange_parts.h"

#include <ocpp/settlement/exchange_v21.h>

/* exchange_v21_numbers: the conditions that are numbers. */
enum { EXCHANGE_V21_NUMBERS = 12 };
extern const struct exchange_number exchange_v21_numbers[EXCHANGE_V21_NUMBERS];

/* exchange_v21_lists: the lists of prices of a tariff, in the order of its members. */
enum exchange_v21_kind { EXCHANGE_V21_ENERGY, EXCHANGE_V21_TIME, EXCHANGE_V21_FIXED };

struct exchange_v21_list {
    const char *name;
    const char *price_name;
    enum exchange_v21_kind kind;
    enum ocpp_settle_dimension dimension;
    enum ocpp_settle_price_unit unit;
    bool is_reservation;
};
enum { EXCHANGE_V21_LISTS = 6 };
extern const struct exchange_v21_list exchange_v21_lists[EXCHANGE_V21_LISTS];

/* exchange_v21_is_conditional: whether |own| (may be NULL) asks for more than a reservation. */
bool exchange_v21_is_conditional(const struct ocpp_settle_restrictions *own);

/* exchange_v21_conditions: the restrictions of |element| as conditions, of fixed prices where |is_fixed|. False where the price
 * has to be left out: told without one of its conditions, it would hold for too many. */
bool exchange_v21_conditions(struct exchange *exchange, const struct exchange_place *element,
                             const struct ocpp_settle_restrictions *own, bool is_fixed, struct ocpp21_tariff_conditions *theirs);

/* exchange_v21_fixed: what was |said| as conditions of a fixed price. */
struct ocpp21_tariff_conditions_fixed *exchange_v21_fixed(struct exchange *exchange, const struct ocpp_settle_restrictions *own,
                                                          const struct ocpp21_tariff_conditions *said);

/* exchange_v21_frees_expired: whether |element| only says that reservations that expire cost nothing, as they do there.
 * exchange_v21_is_free_expired: whether an element of |tariff| says so of |dimension|. */
bool exchange_v21_frees_expired(const struct ocpp_settle_tariff_element *element);
bool exchange_v21_is_free_expired(const struct ocpp_settle_tariff *tariff, enum ocpp_settle_dimension dimension);

#endif
