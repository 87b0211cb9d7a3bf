/* settle_world_check.c: what must hold after every step of every test, as far as a store shows it. */
#include "unit.h"

#include "settle_world.h"

#include <string.h>

/* I8. */
void settle_world_check(struct settle_world *world)
{
    struct ocpp_settle_verification found;

    assert_int_equal(ocpp_settle_store_verify(world->store, &world->keys.contract,
                                              &(struct ocpp_settle_verify){ .from = world->checked }, &found),
                     OCPP_OK);
    assert_int_equal(found.broken_at, 0);
    world->checked = found.head;
}
