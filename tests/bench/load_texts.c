/* load_texts.c: a 580-byte MeterValues is four samples. */
#include "load_texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME "\"timestamp\":\"2026-01-01T00:00:00Z\""

static char meter[8192];
static char event[8192];

static struct load_text texts[] = {
    { 'b', "BootNotification", "{\"chargePointVendor\":\"Load\",\"chargePointModel\":\"Load\"}" },
    { 'h', "Heartbeat", "{}" },
    { 'm', "MeterValues", meter },
    { 's', "StatusNotification", "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Available\"}" },
    { 'i', "MeterValues", "{\"connectorId\":\"x\",\"bogus\":1,\"meterValue\":[]}" },
    { 't', NULL, event },
};

static void write_samples(const char *version, int samples, char *text, size_t room)
{
    static const char *const measurands[] = { "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import",
                                              "Voltage" };
    static const char *const units[] = { "Wh", "W", "A", "V" };
    const char *format = version[0] == '2' ? "%s{\"value\":%d.5,\"context\":\"Sample.Periodic\",\"measurand\":\"%s\","
                                             "\"location\":\"Outlet\",\"unitOfMeasure\":{\"unit\":\"%s\"}}"
                                           : "%s{\"value\":\"%d.5\",\"context\":\"Sample.Periodic\",\"measurand\":\"%s\","
                                             "\"location\":\"Outlet\",\"unit\":\"%s\"}";
    size_t used = 0;

    for (int i = 0; i < samples && used + 200 < room; i++) {
        used += (size_t)snprintf(text + used, room - used, format, i ? "," : "", 1000 + i, measurands[i % 4], units[i % 4]);
    }
}

void load_texts_make(const char *version, int samples)
{
    static char values[7000];

    write_samples(version, samples, values, sizeof values);
    if (version[0] != '2') {
        snprintf(meter, sizeof meter, "{\"connectorId\":1,\"meterValue\":[{" TIME ",\"sampledValue\":[%s]}]}", values);
        return;
    }
    snprintf(meter, sizeof meter, "{\"evseId\":1,\"meterValue\":[{" TIME ",\"sampledValue\":[%s]}]}", values);
    snprintf(event, sizeof event,
             "{\"eventType\":\"Updated\"," TIME
             ",\"triggerReason\":\"MeterValuePeriodic\",\"seqNo\":1,\"transactionInfo\":{\"transactionId\":\"tx-1\","
             "\"chargingState\":\"Charging\"},\"evse\":{\"id\":1,\"connectorId\":1},\"meterValue\":[{" TIME
             ",\"sampledValue\":[%s]}]}",
             values);
    texts[0].payload = "{\"reason\":\"PowerUp\",\"chargingStation\":{\"model\":\"Load\",\"vendorName\":\"Load\"}}";
    texts[3].payload = "{" TIME ",\"connectorStatus\":\"Available\",\"evseId\":1,\"connectorId\":1}";
    texts[4].payload = "{\"evseId\":\"x\",\"bogus\":1,\"meterValue\":[]}";
    texts[5].action = "TransactionEvent";
}

const struct load_text *load_text_of(char letter)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].letter == letter && texts[i].action) {
            return &texts[i];
        }
    }
    return NULL;
}
