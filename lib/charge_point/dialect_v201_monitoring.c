/* dialect_v201_monitoring.c: setting, clearing and reporting monitors in the words of OCPP 2.0.1 (N02 to N06). */
#include "dialect_v201.h"
#include "monitors.h"

static const enum ocpp201_monitor type_words[] = {
    [OCPP_MONITOR_UPPER_THRESHOLD] = OCPP201_MONITOR_UPPER_THRESHOLD,
    [OCPP_MONITOR_LOWER_THRESHOLD] = OCPP201_MONITOR_LOWER_THRESHOLD,
    [OCPP_MONITOR_DELTA] = OCPP201_MONITOR_DELTA,
    [OCPP_MONITOR_PERIODIC] = OCPP201_MONITOR_PERIODIC,
    [OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED] = OCPP201_MONITOR_PERIODIC_CLOCK_ALIGNED,
};

static const enum ocpp_monitor_type types[] = {
    [OCPP201_MONITOR_UNSET] = OCPP_MONITOR_DELTA, /* never: it is required */
    [OCPP201_MONITOR_UPPER_THRESHOLD] = OCPP_MONITOR_UPPER_THRESHOLD,
    [OCPP201_MONITOR_LOWER_THRESHOLD] = OCPP_MONITOR_LOWER_THRESHOLD,
    [OCPP201_MONITOR_DELTA] = OCPP_MONITOR_DELTA,
    [OCPP201_MONITOR_PERIODIC] = OCPP_MONITOR_PERIODIC,
    [OCPP201_MONITOR_PERIODIC_CLOCK_ALIGNED] = OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED,
};

static const struct ocpp201_status_info out_of_range = { .reason_code = "ValueOutOfRange" };
static const struct ocpp201_status_info not_found = { .reason_code = "NotFound" };
static const struct ocpp201_status_info of_another = { .reason_code = "InvalidValue" };
static const struct ocpp201_status_info fixed = { .reason_code = "ReadOnly" };
static const struct ocpp201_status_info refused = { .reason_code = "UnsupportedRequest" };
static const struct ocpp201_status_info too_many = { .reason_code = "TooManyElements" };
static const struct ocpp201_status_info no_storage = { .reason_code = "OutOfStorage" };

/* --- setting --------------------------------------------------------------------------------------------------------------- */

/* Whatever number an id is, one that none of ours can have names none (N04.FR.13). */
static int64_t id_of(const struct ocpp201_set_monitoring_data *data)
{
    return !data->has_id ? 0 : data->id <= 0 ? -1 : data->id;
}

static int severity_of(int64_t severity)
{
    return severity < WORST_SEVERITY || severity > LEAST_SEVERITY ? -1 : (int)severity;
}

static void set_one(struct ocpp_charge_point *cp, const struct ocpp201_set_monitoring_data *data,
                    struct ocpp201_set_monitoring_result *result)
{
    static const struct {
        enum ocpp201_set_monitoring_status status;
        const struct ocpp201_status_info *info;
    } words[] = {
        [MONITOR_SET] = { OCPP201_SET_MONITORING_STATUS_ACCEPTED, NULL },
        [MONITOR_UNKNOWN_COMPONENT] = { OCPP201_SET_MONITORING_STATUS_UNKNOWN_COMPONENT, NULL },
        [MONITOR_UNKNOWN_VARIABLE] = { OCPP201_SET_MONITORING_STATUS_UNKNOWN_VARIABLE, NULL },
        [MONITOR_UNSUITABLE] = { OCPP201_SET_MONITORING_STATUS_UNSUPPORTED_MONITOR_TYPE, NULL },
        [MONITOR_DUPLICATE] = { OCPP201_SET_MONITORING_STATUS_DUPLICATE, NULL },
        [MONITOR_OUT_OF_RANGE] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &out_of_range },
        [MONITOR_BAD_SEVERITY] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &out_of_range },
        [MONITOR_UNKNOWN_ID] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &not_found },
        [MONITOR_OF_ANOTHER] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &of_another },
        [MONITOR_FIXED] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &fixed },
        [MONITOR_REFUSED] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &refused },
        [MONITOR_NO_ROOM] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &too_many },
        [MONITOR_NO_STORAGE] = { OCPP201_SET_MONITORING_STATUS_REJECTED, &no_storage },
    };
    const struct ocpp_monitor wanted = {
        .id = id_of(data),
        .variable = ocpp_cp_v201_setting_name(&data->component, &data->variable),
        .type = types[data->type],
        .value = data->value,
        .severity = severity_of(data->severity),
        .only_in_transaction = data->has_transaction && data->transaction,
        .origin = OCPP_MONITOR_CUSTOM,
    };
    const enum monitor_verdict verdict = ocpp_cp_monitor_set(cp, &wanted, &result->id);
    result->has_id = verdict == MONITOR_SET;
    result->status = words[verdict].status;
    result->status_info = words[verdict].info;
    result->type = data->type;
    result->severity = data->severity;
    result->component = data->component;
    result->variable = data->variable;
}

static void on_set(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_set_variable_monitoring_req *request = call->request;
    const size_t count = request->set_monitoring_data.count;
    if (ocpp_cp_v201_is_too_many(cp, call, count, VARIABLE_SET_MONITORS_ITEMS)) { /* N04.FR.09 */
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct ocpp201_set_monitoring_result *results = ocpp_arena_take(cp->arena, count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < count; i++) { /* N04.FR.01, FR.02 */
        set_one(cp, &request->set_monitoring_data.items[i], &results[i]);
    }
    const struct ocpp201_set_variable_monitoring_res response = { .set_monitoring_result = { results, count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}

static void on_clear(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp201_clear_monitoring_status words[] = {
        [MONITOR_CLEARED_NOW] = OCPP201_CLEAR_MONITORING_STATUS_ACCEPTED,
        [MONITOR_CANNOT_BE_CLEARED] = OCPP201_CLEAR_MONITORING_STATUS_REJECTED,
        [MONITOR_NOT_FOUND] = OCPP201_CLEAR_MONITORING_STATUS_NOT_FOUND,
    };
    const struct ocpp201_clear_variable_monitoring_req *request = call->request;
    if (ocpp_cp_v201_is_too_many(cp, call, request->id.count, VARIABLE_CLEAR_MONITORS_ITEMS)) { /* N06.FR.06 */
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct ocpp201_clear_monitoring_result *results = ocpp_arena_take(cp->arena, request->id.count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < request->id.count; i++) { /* N06.FR.05 */
        results[i].id = request->id.items[i];
        results[i].status = words[ocpp_cp_monitor_clear(cp, request->id.items[i])];
    }
    const struct ocpp201_clear_variable_monitoring_res response = { .clear_monitoring_result = { results, request->id.count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}

static void on_set_base(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum monitoring_base bases[] = {
        [OCPP201_MONITORING_BASE_UNSET] = MONITORING_ALL, /* never: it is required */
        [OCPP201_MONITORING_BASE_ALL] = MONITORING_ALL,
        [OCPP201_MONITORING_BASE_FACTORY_DEFAULT] = MONITORING_FACTORY_DEFAULT,
        [OCPP201_MONITORING_BASE_HARD_WIRED_ONLY] = MONITORING_HARD_WIRED_ONLY,
    };
    const struct ocpp201_set_monitoring_base_req *request = call->request;
    const bool is_set = ocpp_cp_monitoring_set_base(cp, bases[request->monitoring_base]);
    const struct ocpp201_set_monitoring_base_res response = {
        .status = is_set ? OCPP201_GENERIC_DEVICE_MODEL_STATUS_ACCEPTED : OCPP201_GENERIC_DEVICE_MODEL_STATUS_REJECTED,
        .status_info = is_set ? NULL : &no_storage,
    };
    ocpp_cp_reply(cp, call, &response);
}

static void on_set_level(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_set_monitoring_level_req *request = call->request;
    const bool is_known = severity_of(request->severity) >= 0; /* N05.FR.02 */
    const bool is_set = is_known && ocpp_cp_monitoring_set_level(cp, request->severity);
    const struct ocpp201_set_monitoring_level_res response = {
        .status = is_set ? OCPP201_GENERIC_STATUS_ACCEPTED : OCPP201_GENERIC_STATUS_REJECTED,
        .status_info = is_set     ? NULL
                       : is_known ? &no_storage
                                  : &out_of_range,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- reports --------------------------------------------------------------------------------------------------------------- */

static bool meets(const struct monitor *monitor, enum ocpp201_monitoring_criterion criterion)
{
    static const enum ocpp201_monitoring_criterion criteria[] = {
        /* N02.FR.12 to FR.14 */
        [OCPP_MONITOR_UPPER_THRESHOLD] = OCPP201_MONITORING_CRITERION_THRESHOLD_MONITORING,
        [OCPP_MONITOR_LOWER_THRESHOLD] = OCPP201_MONITORING_CRITERION_THRESHOLD_MONITORING,
        [OCPP_MONITOR_DELTA] = OCPP201_MONITORING_CRITERION_DELTA_MONITORING,
        [OCPP_MONITOR_PERIODIC] = OCPP201_MONITORING_CRITERION_PERIODIC_MONITORING,
        [OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED] = OCPP201_MONITORING_CRITERION_PERIODIC_MONITORING,
    };
    return criteria[monitor->type] == criterion;
}

/* N02.FR.05, FR.06, FR.08, FR.11. */
static bool is_wanted(const struct ocpp_charge_point *cp, const struct monitor *monitor, const void *user)
{
    const struct ocpp201_get_monitoring_report_req *request = user;
    bool is_in = request->component_variable.count == 0;
    for (size_t i = 0; !is_in && i < request->component_variable.count; i++) {
        is_in = ocpp_cp_v201_is_meant(cp, &monitor->entry, &request->component_variable.items[i]);
    }
    bool is_met = request->monitoring_criteria.count == 0;
    for (size_t i = 0; is_in && !is_met && i < request->monitoring_criteria.count; i++) {
        is_met = meets(monitor, request->monitoring_criteria.items[i]);
    }
    return is_in && is_met;
}

static void on_get_report(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_monitoring_report_req *request = call->request;
    if (ocpp_cp_v201_is_too_many(cp, call, request->component_variable.count, VARIABLE_REPORT_ITEMS)) { /* N02.FR.07 */
        return;
    }
    const enum verdict verdict = ocpp_cp_monitor_report_open(cp, request->request_id, is_wanted, request);
    const struct ocpp201_get_monitoring_report_res response = {
        .status = verdict == VERDICT_ACCEPTED  ? OCPP201_GENERIC_DEVICE_MODEL_STATUS_ACCEPTED
                  : verdict == VERDICT_UNKNOWN ? OCPP201_GENERIC_DEVICE_MODEL_STATUS_EMPTY_RESULT_SET
                                               : OCPP201_GENERIC_DEVICE_MODEL_STATUS_REJECTED,
        .status_info = verdict == VERDICT_UNKNOWN ? &not_found : NULL,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- pages ----------------------------------------------------------------------------------------------------------------- */

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status == OCPP_OK) {
        ocpp_cp_monitor_report_answered(user);
    } else {
        ocpp_cp_flight_failed(user, answer->status);
    }
}

/* The monitors of one variable, those at |place| and behind it; 0: no memory. */
static size_t fill(struct ocpp_charge_point *cp, const struct monitoring *all, size_t place, struct ocpp201_monitoring_data *data)
{
    const struct monitor *first = &all->monitors[place];
    const struct ocpp_setting_name name = ocpp_cp_monitor_name(cp, first);
    size_t count = 0;
    for (size_t i = place; i < all->room; i++) {
        count += all->monitors[i].is_marked && ocpp_cp_monitors_are_of_one(&all->monitors[i], first);
    }
    struct ocpp201_variable_monitoring *items = ocpp_arena_take(cp->arena, count * sizeof(*items));
    if (items == NULL || !ocpp_cp_v201_name(cp, &name, &data->component, &data->variable)) {
        return 0;
    }
    data->variable_monitoring.items = items;
    for (size_t i = place; i < all->room; i++) {
        const struct monitor *monitor = &all->monitors[i];
        if (monitor->is_marked && ocpp_cp_monitors_are_of_one(monitor, first)) {
            items[data->variable_monitoring.count++] = (struct ocpp201_variable_monitoring){
                .id = monitor->id,
                .transaction = monitor->only_in_transaction,
                .value = monitor->value,
                .type = type_words[monitor->type],
                .severity = monitor->severity,
            };
        }
    }
    return count;
}

/* The next place from |place| on whose variable is to be told; |all->room|: there is none. */
static size_t next_variable(const struct monitoring *all, size_t place)
{
    while (place < all->room && !ocpp_cp_monitor_leads(all, place)) {
        place++;
    }
    return place;
}

static enum ocpp_status send_report(struct ocpp_charge_point *cp, size_t *end)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    const struct monitor_report *report = &all->report;
    size_t variables = 0;
    size_t monitors = 0;
    ocpp_arena_reset(cp->arena);
    struct ocpp201_monitoring_data *data = ocpp_arena_take(cp->arena, report->page_items * sizeof(*data));
    if (data == NULL) {
        return OCPP_ERR_NOMEM;
    }
    size_t place = next_variable(all, report->next);
    while (place < all->room && monitors < report->page_items) {
        const size_t told = fill(cp, all, place, &data[variables++]);
        if (told == 0) {
            return OCPP_ERR_NOMEM;
        }
        monitors += told;
        place = next_variable(all, place + 1);
    }
    *end = place;
    const struct ocpp201_notify_monitoring_report_req request = {
        .monitor = { data, variables },
        .request_id = report->request_id,
        .has_tbc = true,
        .tbc = place < all->room,
        .seq_no = report->seq_no,
        .generated_at = ocpp_cp_utc(cp, cp->now),
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_MONITORING_REPORT], &request, NULL, on_answer);
}

const struct hearing ocpp_cp_v201_monitoring_hearings[MONITORING_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_CLEAR_VARIABLE_MONITORING], on_clear },
    { &ocpp201_actions[OCPP201_ACTION_GET_MONITORING_REPORT], on_get_report },
    { &ocpp201_actions[OCPP201_ACTION_SET_MONITORING_BASE], on_set_base },
    { &ocpp201_actions[OCPP201_ACTION_SET_MONITORING_LEVEL], on_set_level },
    { &ocpp201_actions[OCPP201_ACTION_SET_VARIABLE_MONITORING], on_set },
};
const struct monitoring_words ocpp_cp_v201_monitoring_words = { .send_report = send_report };
