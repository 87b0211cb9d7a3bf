/* faults.c: why a connector, an EVSE or the station cannot charge, in the words of 1.6, which are the richest. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

struct fault_word {
    const char *name;
    enum ocpp_stop_reason reason; /* of a transaction that it ends */
};

/* Index 0 is no fault. */
static const struct fault_word words[] = {
    { "NoError", OCPP_STOP_OTHER },
    { "OtherError", OCPP_STOP_OTHER },
    { "ConnectorLockFailure", OCPP_STOP_OTHER },
    { "EVCommunicationError", OCPP_STOP_OTHER },
    { "GroundFailure", OCPP_STOP_GROUND_FAULT },
    { "HighTemperature", OCPP_STOP_OTHER },
    { "InternalError", OCPP_STOP_OTHER },
    { "LocalListConflict", OCPP_STOP_OTHER },
    { "OverCurrentFailure", OCPP_STOP_OVERCURRENT_FAULT },
    { "PowerMeterFailure", OCPP_STOP_OTHER },
    { "PowerSwitchFailure", OCPP_STOP_OTHER },
    { "ReaderFailure", OCPP_STOP_OTHER },
    { "ResetFailure", OCPP_STOP_OTHER },
    { "UnderVoltage", OCPP_STOP_POWER_QUALITY },
    { "OverVoltage", OCPP_STOP_POWER_QUALITY },
    { "WeakSignal", OCPP_STOP_OTHER },
};

enum { WORDS = sizeof(words) / sizeof(words[0]), OTHER_ERROR = 1 };

int ocpp_cp_fault_code_of(const char *name)
{
    for (int code = OTHER_ERROR; name != NULL && code < WORDS; code++) {
        if (ocpp_text_equal_fold(words[code].name, name)) {
            return code;
        }
    }
    return OTHER_ERROR;
}

const char *ocpp_cp_fault_name(int code)
{
    return words[code].name;
}

enum ocpp_stop_reason ocpp_cp_fault_reason(int code)
{
    return words[code].reason;
}

/* Before anything is plugged in, an EVSE is faulted when each of its connectors is. */
static int fault_of_all_connectors(const struct ocpp_charge_point *cp, int evse)
{
    int code = 0;
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        code = ocpp_cp_connector(cp, evse, connector)->fault_code;
        if (code == 0) {
            return 0;
        }
    }
    return code;
}

int ocpp_cp_fault_at(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (cp->station_fault_code != 0 || there == NULL) {
        return cp->station_fault_code;
    }
    if (there->fault_code != 0) {
        return there->fault_code;
    }
    return outlet != NULL ? outlet->fault_code : fault_of_all_connectors(cp, evse);
}

static const struct fault_detail *detail_at(const struct ocpp_charge_point *cp, int evse, int connector)
{
    for (size_t i = 0; i < MOST_FAULT_DETAILS; i++) {
        const struct fault_detail *detail = &cp->fault_details[i];
        if (detail->is_used && detail->evse == evse && detail->connector == connector) {
            return detail;
        }
    }
    return NULL;
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

void ocpp_cp_fault_describe(const struct ocpp_charge_point *cp, int evse, int connector, int code, struct ocpp_fault *fault)
{
    *fault = (struct ocpp_fault){ .code = ocpp_cp_fault_name(code) };
    const struct fault_detail *detail = detail_at(cp, evse, connector);
    detail = detail != NULL ? detail : detail_at(cp, evse, 0);
    detail = detail != NULL ? detail : detail_at(cp, 0, 0);
    if (code != 0 && detail != NULL) {
        fault->info = or_null(detail->info);
        fault->vendor_id = or_null(detail->vendor_id);
        fault->vendor_error_code = or_null(detail->vendor_error_code);
    }
}

static void copy(char *to, size_t room, const char *text, size_t characters)
{
    ocpp_text_cut(to, room, text == NULL ? "" : text, characters);
}

/* Details are for people: where all places are taken the newest fault goes without. */
static void note_detail(struct ocpp_charge_point *cp, int evse, int connector, const struct ocpp_fault *fault)
{
    struct fault_detail *place = NULL;
    for (size_t i = 0; i < MOST_FAULT_DETAILS; i++) {
        struct fault_detail *detail = &cp->fault_details[i];
        if (detail->is_used && detail->evse == evse && detail->connector == connector) {
            detail->is_used = false;
        }
        if (!detail->is_used && place == NULL) {
            place = detail;
        }
    }
    if (fault == NULL || place == NULL) {
        return;
    }
    *place = (struct fault_detail){ .evse = evse, .connector = connector, .is_used = true };
    copy(place->info, sizeof(place->info), fault->info, 50);
    copy(place->vendor_id, sizeof(place->vendor_id), fault->vendor_id, 255);
    copy(place->vendor_error_code, sizeof(place->vendor_error_code), fault->vendor_error_code, 50);
}

static int *code_at(struct ocpp_charge_point *cp, int evse, int connector)
{
    if (evse == 0 && connector == 0) {
        return &cp->station_fault_code;
    }
    if (connector == 0 && ocpp_cp_evse(cp, evse) != NULL) {
        return &ocpp_cp_evse(cp, evse)->fault_code;
    }
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    return outlet == NULL ? NULL : &outlet->fault_code;
}

/* A fault ends what it concerns (E06.FR.16). */
static void end_what_is_faulted(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        const int code = ocpp_cp_fault_at(cp, evse->number, evse->connector);
        if (code != 0) {
            ocpp_cp_close(cp, evse, ocpp_cp_fault_reason(code), OCPP_TRIGGER_ABNORMAL_CONDITION);
        }
    }
}

enum ocpp_status ocpp_charge_point_fault(struct ocpp_charge_point *cp, int evse, int connector, const struct ocpp_fault *fault,
                                         struct ocpp_now now)
{
    int *code = code_at(cp, evse, connector);
    if (code == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    *code = fault == NULL ? 0 : ocpp_cp_fault_code_of(fault->code);
    note_detail(cp, evse, connector, fault);
    end_what_is_faulted(cp);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
