/* numbering.c: the row of connectors, for versions that know no EVSEs: EVSE 1's connectors, then EVSE 2's, and so on.
 *
 * The row is stored when the station first starts and never renumbered, because the central system's records speak in its
 * numbers; connectors that come later are added at its end. OCPP 1.6 3.8. */
#include "charge_point_internal.h"

int ocpp_cp_row_number(const struct ocpp_charge_point *cp, int evse, int connector)
{
    for (size_t i = 0; i < cp->row.count; i++) {
        if (cp->row.places[i].evse == evse && cp->row.places[i].connector == connector) {
            return (int)i + 1;
        }
    }
    return 0;
}

bool ocpp_cp_row_place(const struct ocpp_charge_point *cp, int64_t number, int *evse, int *connector)
{
    if (number < 1 || number > (int64_t)cp->row.count) {
        return false;
    }
    const struct place *place = &cp->row.places[number - 1];
    if (ocpp_cp_connector(cp, place->evse, place->connector) == NULL) {
        return false;
    }
    *evse = place->evse;
    *connector = place->connector;
    return true;
}

bool ocpp_cp_row_complete(struct ocpp_charge_point *cp)
{
    const size_t before = cp->row.count;
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
            if (ocpp_cp_row_number(cp, evse, connector) == 0 && cp->row.count < MOST_ROW_PLACES) {
                cp->row.places[cp->row.count++] = (struct place){ (int16_t)evse, (int16_t)connector };
            }
        }
    }
    return cp->row.count != before;
}
