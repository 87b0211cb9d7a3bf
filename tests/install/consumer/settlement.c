/* What a user of the extension writes first: a name for something that begins, and a message about it. */
#include <ocpp/ocpp.h>
#include <ocpp/settlement/id.h>
#include <ocpp/settlement/wire.h>

#include <stdio.h>

int main(void)
{
    static const unsigned char random[16] = { 1, 2, 3 };
    const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_STATION };
    struct ocpp_settle_rental_closed_req closed = { { NULL, "bank", 1 }, "R1" };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_data_transfer data;
    char id[OCPP_SETTLE_ID_SIZE];

    ocpp_settle_id_write(random, id);
    closed.envelope.id = id;
    const enum ocpp_status status =
        arena ? ocpp_settle_wire_write(&wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED], &closed, arena, &data)
              : OCPP_ERR_NOMEM;
    ocpp_arena_free(arena);
    if (status != OCPP_OK || !ocpp_settle_id_is_valid(id)) {
        return 1;
    }
    (void)puts(ocpp_version_subprotocol(OCPP_VERSION_2_0_1));
    return 0;
}
