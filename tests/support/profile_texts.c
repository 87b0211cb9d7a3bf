/* profile_texts.c: see profile_texts.h. */
#include "profile_texts.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_usual(const char *text, const char *usual)
{
    return text == NULL ? usual : text;
}

const char *date_text(const struct world *world, int offset_s)
{
    static char texts[4][OCPP_TIME_TEXT_SIZE];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    assert_int_equal(ocpp_time_format(world->central_utc_ms + world->now.mono_ms + (int64_t)offset_s * 1000, text), OCPP_OK);
    return text;
}

static size_t add_periods(char *text, size_t room, const char *periods)
{
    size_t size = 0;
    while (*periods != '\0') {
        char *end;
        const long start = strtol(periods, &end, 10);
        const size_t limit = strcspn(end + 1, " /");
        size += (size_t)snprintf(text + size, room - size, "%s{'startPeriod':%ld,'limit':%.*s", size == 0 ? "" : ",", start,
                                 (int)limit, end + 1);
        periods = end + 1 + limit;
        if (*periods == '/') {
            size += (size_t)snprintf(text + size, room - size, ",'numberPhases':%ld", strtol(periods + 1, &end, 10));
            periods = end;
        }
        size += (size_t)snprintf(text + size, room - size, "}");
        periods += strspn(periods, " ");
    }
    return size;
}

static const char *schedule_json(struct world *world, const struct profile_text *text)
{
    static char json[12000];
    static char periods[10000];
    char start[64] = "";
    char duration[32] = "";
    const bool is_relative = strcmp(or_usual(text->kind, "Absolute"), "Relative") == 0;
    add_periods(periods, sizeof(periods), or_usual(text->periods, "0:6"));
    if (!is_relative && !text->without_start) {
        snprintf(start, sizeof(start), "'startSchedule':'%s',", date_text(world, text->start_s));
    }
    if (text->duration_s != 0) {
        snprintf(duration, sizeof(duration), "'duration':%d,", text->duration_s);
    }
    snprintf(json, sizeof(json), "{%s%s%s'chargingRateUnit':'%s','chargingSchedulePeriod':[%s]%s}",
             world_is_old(world) ? "" : "'id':1,", start, duration, or_usual(text->unit, "A"), periods,
             or_usual(text->more_schedule, ""));
    return json;
}

static const char *purpose_word(const struct world *world, const char *purpose)
{
    const char *word = or_usual(purpose, "TxDefaultProfile");
    return world_is_old(world) && strcmp(word, "ChargingStationMaxProfile") == 0 ? "ChargePointMaxProfile" : word;
}

const char *profile_json(struct world *world, const struct profile_text *text)
{
    static char json[13000];
    char from[64] = "";
    char to[64] = "";
    char transaction[64] = "";
    char recurrency[40] = "";
    const bool is_old = world_is_old(world);
    if (text->valid_from_s != 0) {
        snprintf(from, sizeof(from), ",'validFrom':'%s'", date_text(world, text->valid_from_s));
    }
    if (text->valid_to_s != 0) {
        snprintf(to, sizeof(to), ",'validTo':'%s'", date_text(world, text->valid_to_s));
    }
    if (text->transaction != NULL) {
        snprintf(transaction, sizeof(transaction), is_old ? ",'transactionId':%s" : ",'transactionId':'%s'", text->transaction);
    }
    if (text->recurrency != NULL) {
        snprintf(recurrency, sizeof(recurrency), ",'recurrencyKind':'%s'", text->recurrency);
    }
    const char *schedule = schedule_json(world, text);
    snprintf(
        json, sizeof(json),
        "{'%s':%d,'stackLevel':%d,'chargingProfilePurpose':'%s','chargingProfileKind':'%s'%s%s%s%s%s,'chargingSchedule':%s%s%s}",
        is_old ? "chargingProfileId" : "id", text->id == 0 ? 1 : text->id, text->level, purpose_word(world, text->purpose),
        or_usual(text->kind, "Absolute"), recurrency, from, to, transaction, or_usual(text->more, ""), is_old ? "" : "[",
        schedule, is_old ? "" : "]");
    return json;
}

const char *set_profile(struct world *world, const struct profile_text *text)
{
    static char payload[13200];
    const char *json = profile_json(world, text);
    snprintf(payload, sizeof(payload),
             world_is_old(world) ? "{'connectorId':%d,'csChargingProfiles':%s}" : "{'evseId':%d,'chargingProfile':%s}",
             text->evse, json);
    const char *answer = central_asks(world, "SetChargingProfile", payload);
    return answer[0] == '{' ? value_of(answer, "status") : answer;
}

const char *reason_of(const struct world *world)
{
    return value_of(world->answer, "statusInfo/reasonCode");
}

const char *composite_of(struct world *world, int evse, int duration_s, const char *unit)
{
    static char text[1024];
    char payload[160];
    char path[96];
    const bool is_old = world_is_old(world);
    const char *list = is_old ? "chargingSchedule" : "schedule";
    char wanted[40] = "";
    if (unit != NULL) {
        snprintf(wanted, sizeof(wanted), ",'chargingRateUnit':'%s'", unit);
    }
    snprintf(payload, sizeof(payload), "{'%s':%d,'duration':%d%s}", is_old ? "connectorId" : "evseId", evse, duration_s, wanted);
    const char *answer = central_asks(world, "GetCompositeSchedule", payload);
    if (answer[0] != '{' || strcmp(value_of(answer, "status"), "Accepted") != 0) {
        snprintf(text, sizeof(text), "%s", answer[0] == '{' ? value_of(answer, "status") : answer);
        return text;
    }
    size_t size = 0;
    for (int i = 0;; i++) {
        snprintf(path, sizeof(path), "%s/chargingSchedulePeriod/%d/startPeriod", list, i);
        const char *start = value_of(answer, path);
        if (start[0] == '\0') {
            break;
        }
        snprintf(path, sizeof(path), "%s/chargingSchedulePeriod/%d/limit", list, i);
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s:%s", i == 0 ? "" : " ", start, value_of(answer, path));
    }
    snprintf(path, sizeof(path), "%s/duration", list);
    snprintf(text + size, sizeof(text) - size, " /%s", value_of(answer, path));
    return text;
}
