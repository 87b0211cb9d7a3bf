/* load_texts.c: a 580-byte MeterValues is four samples. */
#include "load_texts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME  "\"timestamp\":\"2026-01-01T00:00:00Z\""
#define CLOCK "\"timestamp\":\"$C\""

static char meter[8192];
static char metered[8192]; /* within a transaction */

static struct load_text texts[] = {
    { 'b', "BootNotification", "{\"chargePointVendor\":\"Load\",\"chargePointModel\":\"Load\"}" },
    { 'h', "Heartbeat", "{}" },
    { 'm', "MeterValues", meter },
    { 's', "StatusNotification", "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Available\"}" },
    { 'i', "MeterValues", "{\"connectorId\":\"x\",\"bogus\":1,\"meterValue\":[]}" },
    { 'S', "StartTransaction", "{\"connectorId\":1,\"idTag\":\"0123456789ABCDEF\",\"meterStart\":0," TIME "}" },
    { 't', "MeterValues", metered },
};

static const struct load_text texts_of_2[] = {
    { 'b', "BootNotification", "{\"reason\":\"PowerUp\",\"chargingStation\":{\"model\":\"Load\",\"vendorName\":\"Load\"}}" },
    { 'h', "Heartbeat", "{}" },
    { 'm', "MeterValues", meter },
    { 's', "StatusNotification", "{" TIME ",\"connectorStatus\":\"Available\",\"evseId\":1,\"connectorId\":1}" },
    { 'i', "MeterValues", "{\"evseId\":\"x\",\"bogus\":1,\"meterValue\":[]}" },
    { 'S', "TransactionEvent",
      "{\"eventType\":\"Started\"," TIME ",\"triggerReason\":\"Authorized\",\"seqNo\":0,\"transactionInfo\":{\"transactionId\":"
      "\"2c4e1b6a-7d0f-4a52-9f0e-52f8d2f8a001\",\"chargingState\":\"Charging\"},\"evse\":{\"id\":1,\"connectorId\":1},"
      "\"idToken\":{\"idToken\":\"0123456789ABCDEF\",\"type\":\"ISO14443\"}}" },
    { 't', "TransactionEvent", metered },
};

/* The first value counts with the calls, as a register does. */
static void write_samples(const char *version, int samples, const char *first, char *text, size_t room)
{
    static const char *const measurands[] = { "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import",
                                              "Voltage" };
    static const char *const units[] = { "Wh", "W", "A", "V" };
    const char *format = version[0] == '2' ? "%s{\"value\":%s.5,\"context\":\"Sample.Periodic\",\"measurand\":\"%s\","
                                             "\"location\":\"Outlet\",\"unitOfMeasure\":{\"unit\":\"%s\"}}"
                                           : "%s{\"value\":\"%s.5\",\"context\":\"Sample.Periodic\",\"measurand\":\"%s\","
                                             "\"location\":\"Outlet\",\"unit\":\"%s\"}";
    size_t used = 0;

    for (int i = 0; i < samples && used + 200 < room; i++) {
        char value[16];
        snprintf(value, sizeof value, "%d", 1000 + i);
        used += (size_t)snprintf(text + used, room - used, format, i ? "," : "", i == 0 ? first : value, measurands[i % 4],
                                 units[i % 4]);
    }
}

void load_texts_make(const char *version, int samples)
{
    static char plain[7000];
    static char counting[7000];

    write_samples(version, samples, "1000", plain, sizeof plain);
    write_samples(version, samples, "$S", counting, sizeof counting);
    if (version[0] != '2') {
        snprintf(meter, sizeof meter, "{\"connectorId\":1,\"meterValue\":[{" TIME ",\"sampledValue\":[%s]}]}", plain);
        snprintf(metered, sizeof metered,
                 "{\"connectorId\":1,\"transactionId\":$N,\"meterValue\":[{" CLOCK ",\"sampledValue\":[%s]}]}", counting);
        return;
    }
    memcpy(texts, texts_of_2, sizeof texts);
    snprintf(meter, sizeof meter, "{\"evseId\":1,\"meterValue\":[{" TIME ",\"sampledValue\":[%s]}]}", plain);
    snprintf(metered, sizeof metered,
             "{\"eventType\":\"Updated\"," CLOCK
             ",\"triggerReason\":\"MeterValuePeriodic\",\"seqNo\":$S,\"transactionInfo\":{\"transactionId\":"
             "\"2c4e1b6a-7d0f-4a52-9f0e-52f8d2f8a001\",\"chargingState\":\"Charging\"},\"evse\":{\"id\":1,\"connectorId\":1},"
             "\"meterValue\":[{" CLOCK ",\"sampledValue\":[%s]}]}",
             counting);
}

const struct load_text *load_text_of(char letter)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].letter == letter) {
            return &texts[i];
        }
    }
    return NULL;
}

static size_t write_word(char word, uint32_t sequence, int64_t transaction, char *to, size_t room)
{
    int size = 0;

    if (word == 'N') {
        size = snprintf(to, room, "%" PRId64, transaction);
    } else if (word == 'S') {
        size = snprintf(to, room, "%u", sequence);
    } else {
        size = snprintf(to, room, "2026-01-%02uT%02u:%02u:%02uZ", 1 + sequence / 86400 % 28, sequence / 3600 % 24,
                        sequence / 60 % 60, sequence % 60);
    }
    return (size_t)size;
}

size_t load_text_write(const struct load_text *text, int index, uint32_t sequence, int64_t transaction, char *to, size_t room)
{
    size_t used = (size_t)snprintf(to, room, "[2,\"%d-%u\",\"%s\",", index, sequence, text->action);
    const char *from = text->payload;
    const char *word;

    while ((word = strchr(from, '$')) != NULL && used + (size_t)(word - from) + 32 < room) {
        memcpy(to + used, from, (size_t)(word - from));
        used += (size_t)(word - from);
        used += write_word(word[1], sequence, transaction, to + used, room - used);
        from = word + 2;
    }
    size_t rest = strlen(from);
    if (word || used + rest + 1 > room) {
        return 0;
    }
    memcpy(to + used, from, rest);
    to[used + rest] = ']';
    return used + rest + 1;
}
