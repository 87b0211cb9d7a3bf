/* commands_view.c: what can be looked at. */
#include "command_arguments.h"

#include <inttypes.h>
#include <stdio.h>

enum command_outcome run_status(struct arguments *arguments)
{
    const struct pile *pile = arguments->pile;
    struct ocpp_charge_point_view view = ocpp_charge_point_view(pile->cp);

    printf("%s: %s, OCPP %s, registration %s, %zu records wait, %zu given up\n", pile->identity,
           pile->up ? "connected" : "not connected", ocpp_version_name(view.version), ocpp_registration_name(view.registration),
           view.queued_records, view.dead_letters);
    for (int i = 1; i <= pile->options->evses; i++) {
        struct ocpp_evse_view evse;
        if (ocpp_charge_point_evse(pile->cp, i, &evse) == OCPP_OK) {
            printf("  EVSE %d: %s, register %" PRId64 " Wh, %" PRId64 " W", i, ocpp_connector_status_name(evse.status),
                   pile->evses[i].register_mwh / 1000, pile->evses[i].draws ? pile->evses[i].power_w : 0);
            if (evse.transaction) {
                printf(", transaction %s of %s, %" PRId64 " Wh, %s",
                       evse.transaction_id[0] ? evse.transaction_id : evse.transaction_uuid, evse.token, evse.energy_wh,
                       ocpp_charging_state_name(evse.charging_state));
            }
            printf("\n");
        }
    }
    fflush(stdout);
    return COMMAND_DONE;
}
