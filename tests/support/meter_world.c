/* meter_world.c: see meter_world.h. */
#include "meter_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define REGISTER "Energy.Active.Import.Register"

size_t read_curve(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct world *world = user;
    (void)evse;
    if (world->meter_is_silent || room < 4) {
        return 0;
    }
    const int64_t ms = world->central_utc_ms + world->now.mono_ms - CURVE_START_UTC_MS;
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .value = { CURVE_START_WH * INT64_C(1000) + ms, 3 } };
    for (size_t i = 0; i < 3; i++) {
        samples[1 + i] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_VOLTAGE,
                                               .phase = (enum ocpp_phase)((size_t)OCPP_PHASE_L1_N + i),
                                               .value = { 2300 + (int64_t)i, 1 } };
    }
    return 4;
}

struct world *curve_world(int evses)
{
    struct world *world = world_new();
    world->hardware.read_meter = read_curve;
    world->settings.evse_count = evses;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    return world;
}

/* --- what was told ---------------------------------------------------------------------------------------------------- */

static void copy(char *to, size_t room, const struct ocpp_json *object, const char *name)
{
    const struct ocpp_json *member = ocpp_json_member(object, name);
    to[0] = '\0';
    if (member != NULL && ocpp_json_kind(member) == OCPP_JSON_STRING) {
        snprintf(to, room, "%s", ocpp_json_string(member));
    } else if (member != NULL && ocpp_json_kind(member) == OCPP_JSON_NUMBER) {
        char text[OCPP_DECIMAL_TEXT_SIZE];
        ocpp_decimal_format(ocpp_json_number(member), text);
        snprintf(to, room, "%s", text);
    }
}

struct collection {
    struct told_reading *readings;
    size_t count;
    size_t room;
    struct told_reading common;
};

static void collect_value(struct collection *all, const struct ocpp_json *value)
{
    assert_true(all->count < all->room);
    struct told_reading *reading = &all->readings[all->count++];
    char format[16];
    *reading = all->common;
    copy(reading->context, sizeof(reading->context), value, "context");
    copy(reading->measurand, sizeof(reading->measurand), value, "measurand");
    copy(reading->phase, sizeof(reading->phase), value, "phase");
    copy(reading->value, sizeof(reading->value), value, "value");
    copy(format, sizeof(format), value, "format");
    reading->is_signed = strcmp(format, "SignedData") == 0 || ocpp_json_member(value, "signedMeterValue") != NULL;
}

static void collect_meter_values(struct collection *all, const struct ocpp_json *list)
{
    for (const struct ocpp_json *item = list == NULL ? NULL : ocpp_json_first(list); item != NULL; item = ocpp_json_next(item)) {
        char at[40];
        copy(at, sizeof(at), item, "timestamp");
        assert_int_equal(ocpp_time_parse(at, strlen(at), &all->common.at_utc_ms), OCPP_OK);
        const struct ocpp_json *values = ocpp_json_member(item, "sampledValue");
        for (const struct ocpp_json *value = ocpp_json_first(values); value != NULL; value = ocpp_json_next(value)) {
            collect_value(all, value);
        }
    }
}

static int place_of(const char *payload)
{
    const char *connector = value_of(payload, "connectorId");
    const char *evse = value_of(payload, "evseId");
    return connector[0] != '\0' ? atoi(connector) : evse[0] != '\0' ? atoi(evse) : -1;
}

static bool was_told_before(const struct world *world, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(world->calls[i].id, world->calls[index].id) == 0) {
            return true;
        }
    }
    return false;
}

size_t told_readings(const struct world *world, struct told_reading *readings, size_t room)
{
    struct collection all = { readings, 0, room, { .place = 0 } };
    for (size_t i = 0; i < world->call_count; i++) {
        const struct seen_call *call = &world->calls[i];
        struct ocpp_json *root = NULL;
        if (was_told_before(world, i)) {
            continue;
        }
        memset(&all.common, 0, sizeof(all.common));
        snprintf(all.common.action, sizeof(all.common.action), "%.31s", call->action);
        snprintf(all.common.message, sizeof(all.common.message), "%s", call->id);
        snprintf(all.common.session, sizeof(all.common.session), "%.39s",
                 strcmp(call->action, "TransactionEvent") == 0 ? value_of(call->payload, "transactionInfo/transactionId")
                                                               : value_of(call->payload, "transactionId"));
        all.common.place = place_of(call->payload);
        all.common.is_end =
            strcmp(call->action, "StopTransaction") == 0 || strcmp(value_of(call->payload, "eventType"), "Ended") == 0;
        assert_int_equal(ocpp_json_parse(call->payload, strlen(call->payload), NULL, &root, NULL), OCPP_OK);
        collect_meter_values(&all, ocpp_json_member(root, "meterValue"));
        collect_meter_values(&all, ocpp_json_member(root, "transactionData"));
        ocpp_json_free(root);
    }
    return all.count;
}

size_t count_told(const struct world *world, const char *context, const char *measurand, bool is_end)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += (context[0] == '\0' || strcmp(readings[i].context, context) == 0) &&
                 (measurand[0] == '\0' || strcmp(readings[i].measurand, measurand) == 0) && readings[i].is_end == is_end;
    }
    free(readings);
    return found;
}

/* --- the truth ------------------------------------------------------------------------------------------------------------- */

static void assert_on_curve(const struct told_reading *reading)
{
    char expected[OCPP_DECIMAL_TEXT_SIZE];
    const struct ocpp_decimal value = { CURVE_START_WH * INT64_C(1000) + reading->at_utc_ms - CURVE_START_UTC_MS, 3 };
    if (strcmp(reading->measurand, REGISTER) != 0 || reading->value[0] == '{') { /* signed, as a text */
        return;
    }
    ocpp_decimal_format(value, expected);
    struct ocpp_decimal told;
    assert_int_equal(ocpp_decimal_parse(reading->value, strlen(reading->value), &told), OCPP_OK);
    /* where energy flows neither before nor after, a store that took its time is no lie */
    const bool is_edge = strncmp(reading->context, "Transaction.", 12) == 0;
    const struct ocpp_decimal latest = { value.coefficient + (is_edge ? 5000 : 0), 3 };
    if (ocpp_decimal_compare(told, value) < 0 || ocpp_decimal_compare(told, latest) > 0) {
        fail_msg("%s tells %s, it was %s", reading->action, reading->value, expected);
    }
}

static bool is_twice(const struct told_reading *a, const struct told_reading *b)
{
    return a->at_utc_ms == b->at_utc_ms && a->place == b->place && a->is_end == b->is_end && a->is_signed == b->is_signed &&
           strcmp(a->action, b->action) == 0 && strcmp(a->session, b->session) == 0 && strcmp(a->context, b->context) == 0 &&
           strcmp(a->measurand, b->measurand) == 0 && strcmp(a->phase, b->phase) == 0;
}

void assert_told_the_truth(const struct world *world)
{
    struct told_reading *readings = calloc(MOST_READINGS, sizeof(*readings));
    const size_t count = told_readings(world, readings, MOST_READINGS);
    for (size_t i = 0; i < count; i++) {
        assert_on_curve(&readings[i]);
        for (size_t k = 0; k < i; k++) {
            if (is_twice(&readings[i], &readings[k])) {
                fail_msg("%s is told twice for one time in %s", readings[i].measurand, readings[i].action);
            }
        }
    }
    free(readings);
}
