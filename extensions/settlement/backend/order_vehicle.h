/* order_vehicle.h: what a vehicle did, noted as its meter told it. */
#ifndef SETTLEMENT_ORDER_VEHICLE_H
#define SETTLEMENT_ORDER_VEHICLE_H

#include "order_internal.h"

#include <ocpp/central_transactions.h>

/* vehicle_notes: an order whose vehicle is being heard of. |vehicle| is a copy to change; |rows| is where its facts go: "usage",
 * or "late" when the order is sealed and they make a correction. */
struct vehicle_notes {
    struct command *command;
    const struct row_order *order;
    struct row_vehicle *vehicle;
    const char *rows;
};

/* vehicle_note_samples: readings, each moment a row; those of a moment that was read already add what it lacks. */
void vehicle_note_samples(const struct vehicle_notes *notes, const struct ocpp_meter_sample *samples, size_t count);

/* vehicle_note_charging: from |at| on it charges, or somebody suspended it. */
void vehicle_note_charging(const struct vehicle_notes *notes, enum row_charging_kind charging, int64_t at);

/* vehicle_moment: |utc_ms| as far as it can be: known, not before 1970, not after now. */
int64_t vehicle_moment(const struct command *command, int64_t utc_ms);

/* vehicle_register_mwh: false: no register an order can reckon with. */
bool vehicle_register_mwh(int64_t wh, int64_t *mwh);

#endif
