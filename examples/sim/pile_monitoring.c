/* pile_monitoring.c: what a pile measures of itself, the monitors it comes with, and what it remembers of customers. */
#include "pile.h"

#include <ocpp/monitoring.h>

#include <stdio.h>
#include <string.h>

static const char *const sensor_names[PILE_SENSORS] = {
    [SENSOR_TEMPERATURE] = "temperature",
    [SENSOR_FAN] = "fan",
};

static bool read_sensor(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, char *text, size_t room,
                        void *user)
{
    (void)setting;
    (void)attribute;
    snprintf(text, room, "%s", (const char *)user);
    return text[0] != '\0';
}

static const struct ocpp_own_setting sensors[PILE_SENSORS] = {
    [SENSOR_TEMPERATURE] = { .name = { .component = "CoolingSystem", .variable = "Temperature" },
                             .type = OCPP_SETTING_DECIMAL,
                             .access = OCPP_SETTING_READ_ONLY,
                             .unit = "Celsius",
                             .is_limited = true,
                             .minimum = { -40, 0 },
                             .maximum = { 125, 0 },
                             .get = read_sensor },
    [SENSOR_FAN] = { .name = { .component = "CoolingSystem", .variable = "FanState" },
                     .type = OCPP_SETTING_OPTION_LIST,
                     .access = OCPP_SETTING_READ_ONLY,
                     .values = "Off,On,Stuck",
                     .get = read_sensor },
};

static const struct ocpp_monitor monitors[] = {
    { .id = 1,
      .variable = { .component = "CoolingSystem", .variable = "Temperature" },
      .type = OCPP_MONITOR_UPPER_THRESHOLD,
      .value = { 85, 0 },
      .severity = 2,
      .origin = OCPP_MONITOR_HARD_WIRED },
    { .id = 2,
      .variable = { .component = "CoolingSystem", .variable = "FanState" },
      .type = OCPP_MONITOR_DELTA,
      .value = { 1, 0 },
      .severity = 6,
      .origin = OCPP_MONITOR_PRECONFIGURED },
};
static const struct ocpp_monitoring_settings monitoring = {
    .monitors = monitors,
    .monitor_count = sizeof monitors / sizeof monitors[0],
};

bool pile_sense(struct pile *pile, const char *sensor, const char *value)
{
    for (int i = 0; i < PILE_SENSORS; i++) {
        if (strcmp(sensor_names[i], sensor) == 0) {
            snprintf(pile->sensed[i], sizeof pile->sensed[i], "%s", value);
            return ocpp_charge_point_variable_reported(pile->cp, &sensors[i].name, sim_now()) == OCPP_OK;
        }
    }
    return false;
}

/* --- customers ----------------------------------------------------------------------------------------------------------------
 */

static struct pile_customer *customer_of(struct pile *pile, const char *id)
{
    for (int i = 0; i < PILE_CUSTOMERS; i++) {
        if (strcmp(pile->customers[i].id, id) == 0) {
            return &pile->customers[i];
        }
    }
    return NULL;
}

static const char *name_of(const struct ocpp_customer *customer)
{
    return customer->kind == OCPP_CUSTOMER_TOKEN        ? customer->token->id
           : customer->kind == OCPP_CUSTOMER_IDENTIFIER ? customer->identifier
                                                        : customer->certificate->serial_number;
}

static size_t report(const struct ocpp_customer *customer, char *text, size_t room, void *user)
{
    const struct pile_customer *known = customer_of(user, name_of(customer));
    size_t size = known ? strlen(known->text) : 0;

    size = size < room ? size : 0;
    memcpy(text, known ? known->text : "", size);
    return size;
}

static bool clear(const struct ocpp_customer *customer, void *user)
{
    struct pile_customer *known = customer_of(user, name_of(customer));

    if (known) {
        memset(known, 0, sizeof *known);
    }
    return true;
}

bool pile_remember(struct pile *pile, const char *id, const char *text)
{
    struct pile_customer *place = customer_of(pile, id);

    place = place ? place : customer_of(pile, "");
    if (!place || strlen(id) >= sizeof place->id || strlen(text) >= sizeof place->text) {
        return false;
    }
    snprintf(place->id, sizeof place->id, "%s", id);
    snprintf(place->text, sizeof place->text, "%s", text);
    return true;
}

void pile_use_monitoring(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    for (int i = 0; i < PILE_SENSORS; i++) {
        pile->own[i] = sensors[i];
        pile->own[i].user = pile->sensed[i];
    }
    if (!pile->sensed[SENSOR_TEMPERATURE][0]) {
        snprintf(pile->sensed[SENSOR_TEMPERATURE], sizeof pile->sensed[0], "25");
        snprintf(pile->sensed[SENSOR_FAN], sizeof pile->sensed[0], "Off");
    }
    pile->customer = (struct ocpp_customer_settings){ .report = report, .clear = clear, .user = pile };
    settings->own_settings = pile->own;
    settings->own_setting_count = PILE_SENSORS;
    settings->monitoring = &monitoring;
    settings->customer = &pile->customer;
}
