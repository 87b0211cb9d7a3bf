/* energy_parts.c: an application that hears of energy and vehicles, looks at every word it is told, and decides now or later. */
#include "energy_parts.h"

#include "require.h"

#include <string.h>

static const bool *later;
static struct ocpp_question needs;
static struct ocpp_question schedule;
static struct ocpp_question certificate;
static struct ocpp_question status;
static size_t sum; /* of what was looked at, so that it is */

void energy_parts_start(const bool *is_later)
{
    later = is_later;
    needs = schedule = certificate = status = (struct ocpp_question){ 0 };
}

static void look(const struct ocpp_charging_schedule *told)
{
    ocpp_require(told->unit == OCPP_RATE_CURRENT || told->unit == OCPP_RATE_POWER);
    for (size_t i = 0; i < told->period_count; i++) {
        ocpp_require(told->periods[i].phases >= 0 && told->periods[i].phases <= 3);
    }
    for (size_t i = 0; told->tariff && i < told->tariff->entry_count; i++) {
        const struct ocpp_tariff_entry *entry = &told->tariff->entries[i];
        ocpp_require(entry->block_count <= OCPP_TARIFF_BLOCKS);
        for (size_t k = 0; k < entry->block_count; k++) {
            ocpp_require(entry->blocks[k].cost_count <= OCPP_TARIFF_COSTS);
        }
    }
    sum += ocpp_schedule_is_within(told, told, 0);
}

static void on_profiles(struct ocpp_station *station, const struct ocpp_profile_report *report, void *user)
{
    (void)station;
    (void)user;
    for (size_t i = 0; i < report->count; i++) {
        const struct ocpp_charging_profile *profile = &report->profiles[i].profile;
        ocpp_require((unsigned)profile->purpose <= OCPP_LIMIT_EXTERNAL);
        sum += profile->transaction_id ? strlen(profile->transaction_id) : 0;
        for (size_t k = 0; k < profile->schedule_count; k++) {
            look(&profile->schedules[k]);
        }
    }
}

static void on_limit(struct ocpp_station *station, const struct ocpp_limit_told *limit, void *user)
{
    (void)station;
    (void)user;
    ocpp_require(limit->evse >= 0 && (unsigned)limit->source <= OCPP_LIMIT_SOURCE_CSO);
    for (size_t i = 0; i < limit->schedule_count; i++) {
        look(&limit->schedules[i]);
    }
}

static void on_limit_cleared(struct ocpp_station *station, int evse, enum ocpp_limit_source source, void *user)
{
    (void)station;
    (void)user;
    ocpp_require(evse >= 0 && (unsigned)source <= OCPP_LIMIT_SOURCE_CSO);
}

static bool on_ev_needs(struct ocpp_station *station, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user)
{
    (void)station;
    (void)user;
    ocpp_require(told->evse >= 0);
    needs = question;
    *decision = OCPP_EV_NEEDS_ACCEPTED;
    return !*later;
}

static bool on_ev_schedule(struct ocpp_station *station, const struct ocpp_ev_schedule_told *told, struct ocpp_question question,
                           bool *accepted, void *user)
{
    (void)station;
    (void)user;
    look(&told->schedule);
    schedule = question;
    *accepted = ocpp_schedule_is_within(&told->schedule, &told->schedule, told->from_utc_ms);
    return !*later;
}

static bool on_ev_certificate(struct ocpp_station *station, const struct ocpp_ev_certificate_request *request,
                              struct ocpp_question question, struct ocpp_ev_certificate_decision *decision, void *user)
{
    (void)station;
    (void)user;
    ocpp_require(request->schema_version && request->exi_request);
    certificate = question;
    *decision = (struct ocpp_ev_certificate_decision){ true, "RQ==" };
    return !*later;
}

static bool on_certificate_status(struct ocpp_station *station, const struct ocpp_ocsp_target *target,
                                  struct ocpp_question question, struct ocpp_ocsp_decision *decision, void *user)
{
    (void)station;
    (void)user;
    sum += strlen(target->responder_url) + strlen(target->certificate.serial_number);
    status = question;
    decision->response = "UQ==";
    return !*later;
}

const struct ocpp_energy_handler energy_parts_energy = { .on_profiles = on_profiles,
                                                         .on_limit = on_limit,
                                                         .on_limit_cleared = on_limit_cleared,
                                                         .on_ev_needs = on_ev_needs,
                                                         .on_ev_schedule = on_ev_schedule };
const struct ocpp_vehicle_handler energy_parts_vehicles = { .on_ev_certificate = on_ev_certificate,
                                                            .on_certificate_status = on_certificate_status };

int energy_parts_order(struct ocpp_station *station, const struct ocpp_command_done *done)
{
    static const struct ocpp_limit_period period = { .limit = { 6, 0 } };
    static const struct ocpp_charging_schedule offered = {
        .id = 1, .start_utc_ms = 0, .unit = OCPP_RATE_POWER, .periods = &period, .period_count = 1
    };
    static const struct ocpp_profile_query query = { .request_id = 8, .has_stack_level = true };
    static const struct ocpp_certificate_hash hash = { OCPP_HASH_SHA256, "aa", "bb", "cc" };
    const struct ocpp_charging_profile profile = { .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                                   .transaction_id = "1",
                                                   .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                                   .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                                   .schedules = &offered,
                                                   .schedule_count = 1 };
    const enum ocpp_status given[] = {
        ocpp_station_set_profile(station, 1, &profile, done),
        ocpp_station_delete_vehicle_certificate(station, &hash, done),
        ocpp_station_install_root(station, OCPP_ROOT_V2G, "PEM", done),
        ocpp_station_get_certificates(station, OCPP_V2G_CHAIN_BIT, done),
        ocpp_station_get_profiles(station, &query, done),
    };
    int left = 0;

    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        left += given[i] == OCPP_OK;
    }
    return left;
}

static void is_decided(enum ocpp_status outcome)
{
    ocpp_require(outcome == OCPP_OK || outcome == OCPP_ERR_NOT_FOUND);
}

void energy_parts_decide(struct ocpp_station *station, struct ocpp_now now)
{
    const struct ocpp_ev_certificate_decision failed = { false, NULL };
    const struct ocpp_ocsp_decision response = { "UQ==" };

    is_decided(ocpp_station_decide_ev_needs(station, needs, OCPP_EV_NEEDS_PROCESSING, now));
    is_decided(ocpp_station_decide_ev_schedule(station, schedule, false, now));
    is_decided(ocpp_station_decide_ev_certificate(station, certificate, &failed, now));
    is_decided(ocpp_station_decide_certificate_status(station, status, &response, now));
}
