/* places.h: where one may charge, within the backend. */
#ifndef SETTLEMENT_PLACES_H
#define SETTLEMENT_PLACES_H

#include "command.h"

#include <ocpp/settlement/visits.h>

/* places_hear_status: the pile says that its connector is |word| (as OCPP 2.x names it). What is no place changes nothing. */
void places_hear_status(struct command *command, const char *station, int64_t evse, const char *word);

/* places_faults: of the last window, with half of those before. */
int64_t places_faults(const struct row_place *place, int64_t utc_ms);

/* places_is_free: nobody has it, and nothing is wrong with it. places_is_reached: its pile could be asked now. */
bool places_is_free(const struct row_place *place);
bool places_is_reached(struct command *command, const struct row_place *place);

struct ocpp_settle_place places_shown(const struct row_place *row, int64_t utc_ms);

#endif
