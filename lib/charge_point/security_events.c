/* security_events.c: events of security: which there are, which are told, and how often (A04; 2.x appendix 1; 1.6 security
 * extension, 8).
 *
 * A peer that sends garbage may neither fill the queue nor wear out the flash: of each type so many an hour are kept, the others
 * are counted, and the count is kept. What comes with every attempt to connect is kept once, until one succeeds. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "logs.h"
#include "text.h"

enum { HOUR_MS = 3600000 };

/* Where the lists of the versions disagree, an event is critical if one of them says so: telling too much does no harm. */
static const struct event_type types[] = {
    { "FirmwareUpdated", true, false },
    { "FailedToAuthenticateAtCsms", false, true },
    { "CsmsFailedToAuthenticate", false, true },
    { "SettingSystemTime", true, false },
    { "StartupOfTheDevice", true, false },
    { "ResetOrReboot", true, false },
    { "SecurityLogWasCleared", true, false },
    { "ReconfigurationOfSecurityParameters", false, false },
    { "MemoryExhaustion", true, false },
    { "InvalidMessages", false, false },
    { "AttemptedReplayAttacks", false, false },
    { "TamperDetectionActivated", true, false },
    { "InvalidFirmwareSignature", true, false },
    { "InvalidFirmwareSigningCertificate", true, false },
    { "InvalidCsmsCertificate", true, true },
    { "InvalidChargingStationCertificate", true, false },
    { "InvalidTLSVersion", true, true },
    { "InvalidTLSCipherSuite", true, true },
    { "MaintenanceLoginAccepted", true, false },
    { "MaintenanceLoginFailed", true, false },
    { "DiscardedRenewedClientCertificate", true, false },
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]), OTHER_TYPES = TYPE_COUNT };
_Static_assert(sizeof(types) / sizeof(types[0]) < (size_t)MOST_EVENT_TYPES,
               "every type has a rate, and the others have one together");

const struct event_type *ocpp_cp_event_type(const char *name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strcmp(types[i].name, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

static bool is_critical(const struct ocpp_charge_point *cp, const struct event_type *type, const char *name)
{
    const struct ocpp_diagnostics_settings *settings = cp->settings.diagnostics;
    for (size_t i = 0; i < settings->critical_type_count; i++) {
        if (strcmp(ocpp_cp_security_name(settings->critical_types[i]), name) == 0) {
            return true;
        }
    }
    return type != NULL && type->is_critical;
}

/* --- how often ---------------------------------------------------------------------------------------------------------- */

/* Whether one more is kept. An hour begins with its first event, and is over when its count was kept. */
static bool passes(struct ocpp_charge_point *cp, struct event_rate *rate, bool is_of_connection)
{
    if (rate->more == 0 && (rate->count == 0 || cp->now.mono_ms - rate->since_mono_ms >= HOUR_MS)) {
        rate->since_mono_ms = cp->now.mono_ms;
        rate->count = 0;
    }
    const bool is_kept = !rate->is_silent && rate->count < cp->settings.diagnostics->max_events_per_hour;
    rate->is_silent = is_of_connection;
    rate->count += is_kept;
    rate->more += !is_kept && rate->more < UINT32_MAX;
    return is_kept;
}

static void keep_count(struct ocpp_charge_point *cp, size_t index, struct event_rate *rate)
{
    struct security_notice entry = { .notice = { .when = ocpp_cp_moment(cp) } };
    ocpp_text_copy(entry.type, sizeof(entry.type), index == OTHER_TYPES ? "Others" : types[index].name);
    snprintf(entry.info, sizeof(entry.info), "%lu more", (unsigned long)rate->more);
    rate->more = 0;
    rate->count = 0;
    ocpp_cp_security_log_add(cp, &entry);
}

void ocpp_cp_security_work(struct ocpp_charge_point *cp)
{
    struct security *security = &ocpp_cp_logs(cp)->security;
    for (size_t i = 0; i <= OTHER_TYPES; i++) {
        struct event_rate *rate = &security->rates[i];
        if (rate->more > 0 && cp->now.mono_ms - rate->since_mono_ms >= HOUR_MS) {
            keep_count(cp, i, rate);
        }
    }
}

int64_t ocpp_cp_security_deadline(const struct ocpp_charge_point *cp)
{
    const struct security *security = &ocpp_cp_logs(cp)->security;
    int64_t deadline = OCPP_NEVER;
    for (size_t i = 0; i <= OTHER_TYPES; i++) {
        const struct event_rate *rate = &security->rates[i];
        const int64_t due = rate->more > 0 ? rate->since_mono_ms + HOUR_MS : OCPP_NEVER;
        deadline = due < deadline ? due : deadline;
    }
    return deadline;
}

void ocpp_cp_security_linked(struct ocpp_charge_point *cp)
{
    struct security *security = &ocpp_cp_logs(cp)->security;
    for (size_t i = 0; i <= OTHER_TYPES; i++) {
        security->rates[i].is_silent = false;
    }
}

/* --- one event ---------------------------------------------------------------------------------------------------------- */

static void keep(struct ocpp_charge_point *cp, const struct event_type *type, const char *name, const char *info)
{
    struct security_notice entry = { .notice = { .when = ocpp_cp_moment(cp) } };
    ocpp_text_cut(entry.type, sizeof(entry.type), name, SECURITY_TYPE_CHARACTERS);
    ocpp_text_cut(entry.info, sizeof(entry.info), info == NULL ? "" : info, SECURITY_INFO_CHARACTERS);
    entry.notice.is_critical = is_critical(cp, type, name);
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "security: %s%s%s", entry.type, entry.info[0] == '\0' ? "" : ": ", entry.info);
    ocpp_cp_security_log_add(cp, &entry);
    if (entry.notice.is_critical) {
        ocpp_cp_notice_add(cp, NOTICE_SECURITY_EVENT, &entry); /* what finds no room was counted and logged */
    }
}

void ocpp_cp_security_raise(struct ocpp_charge_point *cp, const char *said, const char *info)
{
    struct security *security = &ocpp_cp_logs(cp)->security;
    const char *name = ocpp_cp_security_name(said);
    const struct event_type *type = ocpp_cp_event_type(name);
    const size_t index = type == NULL ? OTHER_TYPES : (size_t)(type - types);
    if (!security->is_ready || security->is_raising) {
        return;
    }
    security->is_raising = true;
    info = info != NULL && ocpp_text_valid(info, strlen(info)) ? info : NULL; /* a peer may have got anything into it */
    if (passes(cp, &security->rates[index], type != NULL && type->is_of_connection)) {
        keep(cp, type, name, info);
    }
    security->is_raising = false;
}

void ocpp_cp_security_began(struct ocpp_charge_point *cp)
{
    static const char *const reasons[] = {
        [OCPP_BOOT_REASON_POWER_UP] = "power up",
        [OCPP_BOOT_REASON_REMOTE_RESET] = "remote reset",
        [OCPP_BOOT_REASON_LOCAL_RESET] = "local reset",
        [OCPP_BOOT_REASON_APPLICATION_RESET] = "reset by the software",
        [OCPP_BOOT_REASON_FIRMWARE_UPDATE] = "firmware update",
        [OCPP_BOOT_REASON_SCHEDULED_RESET] = "scheduled reset",
        [OCPP_BOOT_REASON_TRIGGERED] = "triggered",
        [OCPP_BOOT_REASON_UNKNOWN] = "unknown reason",
        [OCPP_BOOT_REASON_WATCHDOG] = "watchdog",
    };
    const bool is_reset = cp->boot_reason != OCPP_BOOT_REASON_POWER_UP && cp->boot_reason != OCPP_BOOT_REASON_UNKNOWN;
    ocpp_cp_security_raise(cp, is_reset ? "ResetOrReboot" : "StartupOfTheDevice", reasons[cp->boot_reason]);
}

enum ocpp_status ocpp_charge_point_security_event(struct ocpp_charge_point *cp, const char *type, const char *info,
                                                  struct ocpp_now now)
{
    if (ocpp_cp_logs(cp) == NULL) {
        return OCPP_ERR_STATE;
    }
    if (type == NULL || type[0] == '\0' || !ocpp_text_valid(type, strlen(type)) ||
        (info != NULL && !ocpp_text_valid(info, strlen(info)))) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    ocpp_cp_security_event(cp, type, info);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
