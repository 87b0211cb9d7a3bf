/* price_elements.h: whether the elements of a tariff make sense. */
#ifndef OCPP_SETTLEMENT_PRICE_ELEMENTS_H
#define OCPP_SETTLEMENT_PRICE_ELEMENTS_H

#include <ocpp/settlement/model.h>

#include <ocpp/message.h>

enum { MOST_COMPONENTS = 256, MOST_RATE_PPM = 10000000 /* 1000 % */ };

/* elements_check: errors of class MESSAGE, with |issue|: a unit that is not one of its dimension, a price or a step without
 * sense, an element that can never apply. */
enum ocpp_status elements_check(const struct ocpp_settle_tariff *tariff, struct ocpp_issue *issue);

/* taxes_check: likewise; the path begins in the list. */
enum ocpp_status taxes_check(const struct ocpp_settle_tax *taxes, size_t count, struct ocpp_issue *issue);

#endif
