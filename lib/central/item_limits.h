/* item_limits.h: how many items a station takes in one message, learned from what it tells and held to. item_limits.c owns it. */
#ifndef OCPP_CENTRAL_ITEM_LIMITS_H
#define OCPP_CENTRAL_ITEM_LIMITS_H

#include "central_internal.h"

#include <ocpp/central_reports.h>

/* item_limits_learn: |name| has the |value| (NULL: none). */
void item_limits_learn(struct ocpp_station *station, const struct ocpp_setting_address *name, const char *value);
void item_limits_learn_settings(struct ocpp_station *station, const struct ocpp_setting_answer *settings, size_t count);
void item_limits_learn_report(struct ocpp_station *station, const struct ocpp_report *report);

/* item_limits_allow: whether |count| items are not too many for |limit|. */
bool item_limits_allow(const struct ocpp_station *station, enum item_limit limit, size_t count);

/* setting_is: report_find.c; whether |told| is the setting |name|, whatever the attribute. */
bool setting_is(const struct ocpp_setting_address *told, const struct ocpp_setting_address *name);

#endif
