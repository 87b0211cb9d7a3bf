/* meter_world.h: for tests about meters: a meter whose register is the time itself, and everything the central system was told of
 * meters, reading by reading. */
#ifndef OCPP_TESTS_METER_WORLD_H
#define OCPP_TESTS_METER_WORLD_H

#include "station_world.h"

enum { CURVE_START_WH = 1000, MOST_READINGS = 4096 };

#define CURVE_START_UTC_MS INT64_C(1700000000000) /* 2023-11-14T22:13:20Z; the world begins a second later */

/* read_curve: for ocpp_hardware, with the world as user: CURVE_START_WH and one Wh per second since, exact to the mWh, whatever
 * happens at the station; and Voltage of three phases. */
size_t read_curve(int evse, struct ocpp_sample *samples, size_t room, void *user);

/* curve_world: a station of |evses| with such meters, switched on and without a link. */
struct world *curve_world(int evses);

/* One sampled value that the central system was told. */
struct told_reading {
    char action[32];
    char message[40];
    int place;        /* connectorId or evseId; -1: of the transaction */
    char session[40]; /* transactionId; "" */
    bool is_end;      /* in StopTransaction, or in an event that ends */
    int64_t at_utc_ms;
    char context[24];
    char measurand[48];
    char phase[8];
    char value[64];
    bool is_signed;
};

/* told_readings: all of them, in the order they were told, repetitions of a message left out. */
size_t told_readings(const struct world *world, struct told_reading *readings, size_t room);

/* count_told: those of |context| ("": any) and |measurand| ("": any); at the end of transactions or not. */
size_t count_told(const struct world *world, const char *context, const char *measurand, bool is_end);

/* assert_told_the_truth: every register that was told is on the curve at the time it is told for; every place was told each time
 * once at most in messages of one kind. */
void assert_told_the_truth(const struct world *world);

#endif
