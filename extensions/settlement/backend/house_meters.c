/* house_meters.c: what piles used themselves (B16). A register that falls is a meter that was reset or exchanged: what it counted
 * before stays, and it counts from where it is (B7). */
#include "house.h"
#include "house_people.h"
#include "order_vehicle.h"

struct reading {
    const char *station;
    int64_t register_mwh;
    int64_t at;
};

static void note_reading(const struct reading *reading, struct house_own_meter *meter)
{
    const int64_t used = reading->register_mwh - meter->register_mwh;

    if (reading->at < meter->at) {
        return; /* late: a newer one counts already */
    }
    meter->used_mwh += used > 0 ? used : 0;
    meter->anomalies += used < 0 ? 1 : 0;
    meter->register_mwh = reading->register_mwh;
    meter->at = reading->at;
}

static void reading_body(struct command *command, void *args)
{
    const struct reading *reading = args;
    const struct house_house_pile *pile = house_edit_pile(command, reading->station);
    const char *key = command_key(command, "ownmeter", reading->station, NULL);
    struct house_own_meter *meter = pile ? command_edit(command, key, &house_own_meter_type) : NULL;
    const struct house_own_meter first = {
        .station = reading->station, .house = pile ? pile->house : "", .register_mwh = reading->register_mwh, .at = reading->at
    };

    if (!pile) {
        return;
    }
    if (meter) {
        note_reading(reading, meter);
    }
    command_put(command, key, &house_own_meter_type, meter ? meter : &first);
}

enum ocpp_status ocpp_settle_own_meter(struct ocpp_settle *settle, const char *station, int64_t register_wh, int64_t at_utc_ms,
                                       struct ocpp_now now)
{
    struct reading reading = { .station = station, .at = at_utc_ms };

    if (!station || !vehicle_register_mwh(register_wh, &reading.register_mwh)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (at_utc_ms == OCPP_UTC_UNKNOWN || at_utc_ms > now.utc_ms || at_utc_ms < 0) {
        reading.at = now.utc_ms;
    }
    return house_run(settle, "own meter", reading_body, &reading, NULL, now);
}
