/* Sessions told in any order, again and again, in parts, over restarts: what is paid is what the meter says, once. The test keeps
 * the record of a transaction as a central system does (docs/transactions.md) and reckons by itself. OCPP_SETTLE_SEED begins
 * elsewhere.
 */
#include "unit.h"

#include "settle_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORIES = 150, READINGS = 12, TELLINGS = 4 * (READINGS + 2), SESSION_MS = 3600000 };

static uint64_t state_of_chance;

static unsigned chance(unsigned below)
{
    state_of_chance = state_of_chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state_of_chance >> 33) % below;
}

/* session: what really happened. Readings rise by multiples of 200 Wh, which cost 11 cents. */
struct session {
    int64_t began;
    int64_t first_wh;
    int64_t wh[READINGS];
    int64_t last_wh;
};

static struct session any_session(const struct settle_world *w)
{
    struct session session = { .began = w->now.utc_ms - SESSION_MS - 1000, .first_wh = 200 * (int64_t)chance(1000) };
    int64_t wh = session.first_wh;

    for (size_t i = 0; i < READINGS; i++) {
        wh += 200 * (int64_t)chance(5);
        session.wh[i] = wh;
    }
    session.last_wh = wh + 200 * (int64_t)chance(5);
    return session;
}

/* Message 0 is the start, the last one the end, those in between readings. The record hears it first. */
static void tell(struct settle_world *w, const struct session *session, struct ocpp_transaction *record, size_t message)
{
    const bool is_start = message == 0;
    const bool is_end = message == READINGS + 1;
    const int64_t at = session->began + SESSION_MS / (READINGS + 1) * (int64_t)message;
    const int64_t wh = is_start ? session->first_wh : is_end ? session->last_wh : session->wh[message - 1];
    const struct ocpp_meter_sample sample = {
        .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { wh, 0 } }, .timestamp_utc_ms = at
    };

    if (is_start) {
        record->started_utc_ms = at;
        record->has_meter_start = true;
        record->meter_start_wh = wh;
    }
    if (is_end) {
        record->ended = true;
        record->ended_utc_ms = at;
    }
    if (is_end || (!record->ended && (!record->has_meter_last || wh > record->meter_last_wh))) {
        record->has_meter_last = true;
        record->meter_last_wh = wh;
    }
    tell_car(w,
             is_start ? OCPP_TRANSACTION_STARTED
             : is_end ? OCPP_TRANSACTION_ENDED
                      : OCPP_TRANSACTION_UPDATED,
             record, &sample, 1);
    settle_world_run(w);
}

static void tell_in_any_order(struct settle_world *w, const struct session *session, const char *id, const char *token)
{
    struct ocpp_transaction record = car_of(w, "PILE-1", id, token);
    bool told[READINGS + 2] = { false };
    size_t left = READINGS + 2;

    record.started_utc_ms = OCPP_UTC_UNKNOWN;
    for (int i = 0; i < TELLINGS || left > 0; i++) {
        const size_t message = chance(READINGS + 2);

        if (i > TELLINGS && told[message]) {
            continue;
        }
        left -= !told[message];
        told[message] = true;
        tell(w, session, &record, message);
        if (chance(20) == 0) {
            settle_world_restart(w);
        }
    }
}

static void whatever_the_order_of_telling_the_meter_is_paid_once(void **state)
{
    const char *seed = getenv("OCPP_SETTLE_SEED");
    const uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
    struct settle_world *w = settle_world_new();

    (void)state;
    for (uint64_t i = first; i < first + HISTORIES; i += every()) {
        char token[32];
        char id[32];

        state_of_chance = i;
        snprintf(token, sizeof token, "CARD-%u", (unsigned)i);
        snprintf(id, sizeof id, "%u", (unsigned)i);
        const struct session session = any_session(w);
        tell_in_any_order(w, &session, id, token);
        const struct ocpp_settle_order order = order_of(w, token);
        const int64_t due = (session.last_wh - session.first_wh) / 200 * 11;
        if (order.state != OCPP_SETTLE_ORDER_STATE_PAID || order.paid_minor != due || orders_of(w, token) != 1) {
            fail_msg("seed %u: state %d, paid %d, due %d", (unsigned)i, (int)order.state, (int)order.paid_minor, (int)due);
        }
        if (i % 50 == 49) {
            settle_world_free(w);
            w = settle_world_new();
        }
    }
    settle_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_order_of_telling_the_meter_is_paid_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
