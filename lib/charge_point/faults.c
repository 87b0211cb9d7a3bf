/* faults.c: why a connector, an EVSE or the station cannot charge, in the words of 1.6, which are the richest.
 *
 * A place may have several at once: the worst is shown, and when it is over the next. Some are warnings: charging goes on,
 * and 1.6 tells them beside the status. What is faulted is all that belongs to it (2.0.1 G03.FR.06, G04.FR.07). */
#include "charge_point_internal.h"

#include <string.h>

#include "events.h"

#include "text.h"

struct fault_word {
    const char *name;
    enum ocpp_stop_reason reason; /* of a transaction that it ends */
    bool is_warning;              /* charging goes on */
};

/* The worse, the later: of several the last is shown. Index 0 is no fault. */
static const struct fault_word words[] = {
    { "NoError", OCPP_STOP_OTHER, true },
    { "WeakSignal", OCPP_STOP_OTHER, true },
    { "LocalListConflict", OCPP_STOP_OTHER, true },
    { "EVCommunicationError", OCPP_STOP_OTHER, true }, /* 1.6 4.9 */
    { "ReaderFailure", OCPP_STOP_OTHER, false },
    { "ResetFailure", OCPP_STOP_OTHER, false },
    { "OtherError", OCPP_STOP_OTHER, false },
    { "PowerMeterFailure", OCPP_STOP_OTHER, false },
    { "UnderVoltage", OCPP_STOP_POWER_QUALITY, false },
    { "OverVoltage", OCPP_STOP_POWER_QUALITY, false },
    { "ConnectorLockFailure", OCPP_STOP_OTHER, false },
    { "HighTemperature", OCPP_STOP_OTHER, false },
    { "InternalError", OCPP_STOP_OTHER, false },
    { "PowerSwitchFailure", OCPP_STOP_OTHER, false },
    { "OverCurrentFailure", OCPP_STOP_OVERCURRENT_FAULT, false },
    { "GroundFailure", OCPP_STOP_GROUND_FAULT, false },
};

enum { WORDS = sizeof(words) / sizeof(words[0]), WARNINGS = 1 << 1 | 1 << 2 | 1 << 3 };

int ocpp_cp_fault_code_of(const char *name)
{
    int other = 0;
    for (int code = 1; code < WORDS; code++) {
        if (name != NULL && ocpp_text_equal_fold(words[code].name, name)) {
            return code;
        }
        other = strcmp(words[code].name, "OtherError") == 0 ? code : other;
    }
    return other;
}

const char *ocpp_cp_fault_name(int code)
{
    return words[code].name;
}

enum ocpp_stop_reason ocpp_cp_fault_reason(int code)
{
    return words[code].reason;
}

bool ocpp_cp_fault_is_warning(const char *name)
{
    return words[ocpp_cp_fault_code_of(name)].is_warning;
}

/* The worst of a set of bits 1 << code; 0 where it is empty. */
static int worst(uint32_t set)
{
    int code = WORDS - 1;
    while (code > 0 && (set >> code & 1) == 0) {
        code--;
    }
    return code;
}

static int worst_fault(uint32_t set)
{
    return worst(set & ~(uint32_t)WARNINGS);
}

/* Before anything is plugged in, an EVSE is faulted when each of its connectors is. */
static int fault_of_all_connectors(const struct ocpp_charge_point *cp, int evse)
{
    int code = 0;
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        code = worst_fault(ocpp_cp_connector(cp, evse, connector)->faults);
        if (code == 0) {
            return 0;
        }
    }
    return code;
}

int ocpp_cp_own_fault_at(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (there == NULL) {
        return worst_fault(cp->station_faults);
    }
    return worst_fault(outlet != NULL ? outlet->faults : there->faults);
}

int ocpp_cp_fault_at(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (there == NULL) {
        return worst_fault(cp->station_faults);
    }
    const int inherited = worst_fault(cp->station_faults | there->faults);
    const int own = outlet != NULL ? worst_fault(outlet->faults) : fault_of_all_connectors(cp, evse);
    return own > inherited ? own : inherited;
}

/* EVCommunicationError is only ever told where it can matter (1.6 4.9). */
static bool may_warn(int code, enum ocpp_connector_status status)
{
    return strcmp(words[code].name, "EVCommunicationError") != 0 || status == OCPP_CONNECTOR_PREPARING ||
           status == OCPP_CONNECTOR_SUSPENDED_EV || status == OCPP_CONNECTOR_SUSPENDED_EVSE || status == OCPP_CONNECTOR_FINISHING;
}

int ocpp_cp_warning_at(const struct ocpp_charge_point *cp, int evse, int connector, enum ocpp_connector_status status)
{
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    const struct evse *there = ocpp_cp_evse(cp, evse);
    uint32_t set = (outlet != NULL ? outlet->faults | there->faults : cp->station_faults) & WARNINGS;
    while (set != 0 && !may_warn(worst(set), status)) {
        set &= ~((uint32_t)1 << worst(set));
    }
    return worst(set);
}

static const struct fault_detail *detail_at(const struct ocpp_charge_point *cp, int evse, int connector, int code)
{
    for (size_t i = 0; i < MOST_FAULT_DETAILS; i++) {
        const struct fault_detail *detail = &cp->fault_details[i];
        if (detail->code == code && detail->evse == evse && detail->connector == connector) {
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
    const struct fault_detail *detail = detail_at(cp, evse, connector, code);
    detail = detail != NULL ? detail : detail_at(cp, evse, 0, code);
    detail = detail != NULL ? detail : detail_at(cp, 0, 0, code);
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

/* Details are for people: where all places are taken the newest fault goes without. |fault| NULL: those of all |codes| go. */
static void note_detail(struct ocpp_charge_point *cp, const struct fault_detail *at, uint32_t codes,
                        const struct ocpp_fault *fault)
{
    struct fault_detail *place = NULL;
    for (size_t i = 0; i < MOST_FAULT_DETAILS; i++) {
        struct fault_detail *detail = &cp->fault_details[i];
        if (detail->evse == at->evse && detail->connector == at->connector && (codes >> detail->code & 1) != 0) {
            detail->code = 0;
        }
        place = place == NULL && detail->code == 0 ? detail : place;
    }
    if (fault == NULL || place == NULL) {
        return;
    }
    *place = *at;
    copy(place->info, sizeof(place->info), fault->info, 50);
    copy(place->vendor_id, sizeof(place->vendor_id), fault->vendor_id, 255);
    copy(place->vendor_error_code, sizeof(place->vendor_error_code), fault->vendor_error_code, 50);
}

static uint32_t *faults_at(struct ocpp_charge_point *cp, int evse, int connector)
{
    if (evse == 0 && connector == 0) {
        return &cp->station_faults;
    }
    if (connector == 0 && ocpp_cp_evse(cp, evse) != NULL) {
        return &ocpp_cp_evse(cp, evse)->faults;
    }
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    return outlet == NULL ? NULL : &outlet->faults;
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

/* A latch that fails has an event of its own (latch.c). */
static void tell(struct ocpp_charge_point *cp, int evse, int connector, int code, const struct ocpp_fault *fault)
{
    const struct ocpp_setting_name place = {
        .component = ocpp_cp_component_name(connector != 0 ? COMPONENT_CONNECTOR
                                            : evse != 0    ? COMPONENT_EVSE
                                                           : COMPONENT_STATION),
        .evse = evse,
        .connector = connector,
        .variable = "Problem",
    };
    const struct ocpp_fault over = { .code = words[code].name };
    if (code != ocpp_cp_fault_code_of("ConnectorLockFailure")) {
        ocpp_cp_event_of_fault(cp, &place, fault != NULL ? fault : &over, fault == NULL, *faults_at(cp, evse, connector) != 0);
    }
}

void ocpp_cp_set_fault(struct ocpp_charge_point *cp, int evse, int connector, const struct ocpp_fault *fault)
{
    const int code = ocpp_cp_fault_code_of(fault->code);
    const bool is_news = (*faults_at(cp, evse, connector) >> code & 1) == 0;
    *faults_at(cp, evse, connector) |= (uint32_t)1 << code;
    if (is_news) {
        tell(cp, evse, connector, code, fault);
    }
    note_detail(cp, &(struct fault_detail){ .evse = evse, .connector = connector, .code = code }, (uint32_t)1 << code, fault);
    cp->dirty = true;
    end_what_is_faulted(cp);
}

static void clear(struct ocpp_charge_point *cp, int evse, int connector, uint32_t codes)
{
    const uint32_t over = *faults_at(cp, evse, connector) & codes;
    *faults_at(cp, evse, connector) &= ~codes;
    for (int code = 1; code < WORDS; code++) {
        if ((over >> code & 1) != 0) {
            tell(cp, evse, connector, code, NULL);
        }
    }
    note_detail(cp, &(struct fault_detail){ .evse = evse, .connector = connector }, codes & ~(uint32_t)1, NULL);
    cp->dirty = true;
}

void ocpp_cp_clear_fault(struct ocpp_charge_point *cp, int evse, int connector, const char *code)
{
    clear(cp, evse, connector, (uint32_t)1 << ocpp_cp_fault_code_of(code));
}

bool ocpp_cp_has_fault(const struct ocpp_charge_point *cp, int evse, int connector, const char *code)
{
    return (ocpp_cp_connector(cp, evse, connector)->faults >> ocpp_cp_fault_code_of(code) & 1) != 0;
}

enum ocpp_status ocpp_charge_point_fault(struct ocpp_charge_point *cp, int evse, int connector, const struct ocpp_fault *fault,
                                         struct ocpp_now now)
{
    if (faults_at(cp, evse, connector) == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    if (fault == NULL) {
        clear(cp, evse, connector, UINT32_MAX);
    } else {
        ocpp_cp_set_fault(cp, evse, connector, fault);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_recovered(struct ocpp_charge_point *cp, int evse, int connector, const char *code,
                                             struct ocpp_now now)
{
    if (faults_at(cp, evse, connector) == NULL || code == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    ocpp_cp_clear_fault(cp, evse, connector, code);
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
