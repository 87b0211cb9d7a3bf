/* schedule_share.h: how a limit of the whole station is divided; between schedule.c and schedule_share.c. */
#ifndef OCPP_LIB_SCHEDULE_SHARE_H
#define OCPP_LIB_SCHEDULE_SHARE_H

#include "schedule.h"

/* ocpp_schedule_share: what |evse| gets of |station|. The own limits of all users are known. */
struct limit ocpp_schedule_share(const struct schedule_view *view, int evse, struct limit station);

/* ocpp_schedule_total: what all of them together may draw: those that charge now, or all where none does. */
struct limit ocpp_schedule_total(const struct schedule_view *view, struct limit station);

#endif
