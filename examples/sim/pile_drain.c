/* pile_drain.c: the end of piles whose scenario is over. */
#include "pile.h"

/* Of real time, in which nothing more was told. */
enum { ROUND_MS = 20, PATIENCE_MS = 2000 };

static size_t waiting(const struct pile *piles, int count)
{
    size_t queued = 0;

    for (int i = 0; i < count; i++) {
        queued += piles[i].up ? ocpp_charge_point_view(piles[i].cp).queued_records : 0;
    }
    return queued;
}

/* They share a loop: whoever has a client serves all. */
static bool serve(const struct pile *piles, int count)
{
    for (int i = 0; i < count; i++) {
        if (piles[i].client) {
            ocpp_client_run(piles[i].client, ROUND_MS);
            return true;
        }
    }
    return false;
}

void piles_drain(const struct pile *piles, int count, const volatile sig_atomic_t *stopped)
{
    int64_t until_ms = ocpp_system_now().mono_ms + PATIENCE_MS;
    size_t least = waiting(piles, count);
    size_t queued = least;

    for (int round = 0; !*stopped && (round < 2 || queued > 0) && ocpp_system_now().mono_ms < until_ms; round++) {
        if (!serve(piles, count)) {
            return;
        }
        queued = waiting(piles, count);
        if (queued < least) {
            least = queued;
            until_ms = ocpp_system_now().mono_ms + PATIENCE_MS;
        }
    }
}
