/* dialect_v201_variables.c: reading and changing variables of the device model (OCPP 2.0.1 B05, B06). */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"
#include "vocabulary_v201.h"

static const enum ocpp_setting_attribute attributes[] = {
    [OCPP201_ATTRIBUTE_UNSET] = OCPP_SETTING_ACTUAL, /* B05.FR.12, B06.FR.11 */
    [OCPP201_ATTRIBUTE_ACTUAL] = OCPP_SETTING_ACTUAL,   [OCPP201_ATTRIBUTE_TARGET] = OCPP_SETTING_TARGET,
    [OCPP201_ATTRIBUTE_MIN_SET] = OCPP_SETTING_MIN_SET, [OCPP201_ATTRIBUTE_MAX_SET] = OCPP_SETTING_MAX_SET,
};

static enum ocpp201_attribute or_actual(enum ocpp201_attribute attribute)
{
    return attribute == OCPP201_ATTRIBUTE_UNSET ? OCPP201_ATTRIBUTE_ACTUAL : attribute;
}

static int number_of(int64_t number)
{
    return number < 0 || number > INT16_MAX ? INT16_MAX : (int)number;
}

struct ocpp_setting_name ocpp_cp_v201_setting_name(const struct ocpp201_component *component,
                                                   const struct ocpp201_variable *variable)
{
    const struct ocpp201_evse *evse = component->evse;
    return (struct ocpp_setting_name){
        .component = component->name,
        .component_instance = component->instance,
        .evse = evse == NULL ? 0 : number_of(evse->id),
        .connector = evse == NULL || !evse->has_connector_id ? 0 : number_of(evse->connector_id),
        .variable = variable->name,
        .instance = variable->instance,
    };
}

static enum ocpp_status find(const struct ocpp_charge_point *cp, const struct ocpp201_component *component,
                             const struct ocpp201_variable *variable, struct entry *entry)
{
    const struct ocpp_setting_name name = ocpp_cp_v201_setting_name(component, variable);
    return ocpp_cp_entry_find(cp, &name, entry);
}

/* --- measurands: some of the vocabulary have no word here
 * ---------------------------------------------------------------------------------------- */

int64_t ocpp_cp_v201_measurands(void)
{
    int64_t set = 0;
    for (int measurand = 1; measurand <= OCPP_MEASURAND_VOLTAGE; measurand++) {
        const int wire = ocpp_word_to_wire(&ocpp_v201_measurands, measurand);
        set |= (int64_t)(ocpp_word_from_wire(&ocpp_v201_measurands, wire) == measurand) << measurand;
    }
    return set;
}

static bool are_measurands(const struct entry *entry)
{
    return entry->row < VARIABLE_COUNT && ocpp_cp_variable_row((enum variable)entry->row)->kind == KIND_MEASURANDS;
}

bool ocpp_cp_v201_text(const struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                       char text[OCPP_VARIABLE_TEXT_SIZE])
{
    if (are_measurands(entry)) {
        ocpp_cp_measurands_text(cp->values[entry->row] & ocpp_cp_v201_measurands(), text);
        return true;
    }
    return ocpp_cp_entry_text(cp, entry, attribute, text);
}

void ocpp_cp_v201_values(const struct ocpp_charge_point *cp, const struct entry *entry, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    if (are_measurands(entry)) {
        ocpp_cp_measurands_text(ocpp_cp_v201_measurands() & ocpp_cp_measurable(cp), text);
        return;
    }
    ocpp_cp_entry_values(cp, entry, text);
}

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------------- */

static const struct ocpp201_status_info write_only = { .reason_code = "WriteOnly" };
static const struct ocpp201_status_info read_only = { .reason_code = "ReadOnly" };
static const struct ocpp201_status_info invalid = { .reason_code = "InvalidValue" };
static const struct ocpp201_status_info out_of_range = { .reason_code = "ValueOutOfRange" };
static const struct ocpp201_status_info no_storage = { .reason_code = "OutOfStorage" };
static const struct ocpp201_status_info no_memory = { .reason_code = "OutOfMemory" };

static enum ocpp201_get_variable_status get_value(struct ocpp_charge_point *cp, const struct ocpp201_get_variable_data *data,
                                                  struct ocpp201_get_variable_result *result)
{
    struct entry entry;
    const enum ocpp_status found = find(cp, &data->component, &data->variable, &entry);
    if (found != OCPP_OK) {
        return found == OCPP_ERR_NOT_FOUND ? OCPP201_GET_VARIABLE_STATUS_UNKNOWN_COMPONENT
                                           : OCPP201_GET_VARIABLE_STATUS_UNKNOWN_VARIABLE;
    }
    const struct entry_traits traits = ocpp_cp_entry_traits(cp, &entry);
    const enum ocpp_setting_attribute attribute = attributes[data->attribute_type];
    if ((traits.attributes >> attribute & 1) == 0) {
        return OCPP201_GET_VARIABLE_STATUS_NOT_SUPPORTED_ATTRIBUTE_TYPE;
    }
    if (traits.access == OCPP_SETTING_WRITE_ONLY) { /* B06.FR.09 */
        result->attribute_status_info = &write_only;
        return OCPP201_GET_VARIABLE_STATUS_REJECTED;
    }
    char text[OCPP_VARIABLE_TEXT_SIZE] = "";
    if (!ocpp_cp_v201_text(cp, &entry, attribute, text)) {
        text[0] = '\0'; /* B06.FR.13 */
    }
    result->attribute_value = ocpp_arena_text(cp->arena, text, strlen(text));
    result->attribute_status_info = result->attribute_value == NULL ? &no_memory : NULL;
    return result->attribute_value == NULL ? OCPP201_GET_VARIABLE_STATUS_REJECTED : OCPP201_GET_VARIABLE_STATUS_ACCEPTED;
}

/* More than we said we take: B06.FR.16. */
bool ocpp_cp_v201_is_too_many(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, size_t count,
                              enum variable most)
{
    if (count <= (size_t)cp->values[most]) {
        return false;
    }
    if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION,
                        "more items than ItemsPerMessage") != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
    }
    return true;
}

void ocpp_cp_v201_get_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_variables_req *request = call->request;
    const size_t count = request->get_variable_data.count;
    if (ocpp_cp_v201_is_too_many(cp, call, count, VARIABLE_GET_ITEMS)) {
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct ocpp201_get_variable_result *results = ocpp_arena_take(cp->arena, count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < count; i++) {
        const struct ocpp201_get_variable_data *data = &request->get_variable_data.items[i];
        results[i].component = data->component;
        results[i].variable = data->variable;
        results[i].attribute_type = or_actual(data->attribute_type);
        results[i].attribute_status = get_value(cp, data, &results[i]);
    }
    const struct ocpp201_get_variables_res response = { .get_variable_result = { results, count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}

/* --- changing
 * ------------------------------------------------------------------------------------------------------------------------- */

static const struct ocpp201_status_info *reason_of(enum ocpp_status status)
{
    if (ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE && ocpp_status_class_of(status) != OCPP_CLASS_USE) {
        return &no_storage;
    }
    return status == OCPP_ERR_RANGE || status == OCPP_ERR_LENGTH ? &out_of_range : &invalid;
}

static enum ocpp_status change(struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                               const char *text)
{
    struct measurands list;
    if (are_measurands(entry) && ocpp_cp_measurands_read(text, &list) == OCPP_OK &&
        ((list.set & ~ocpp_cp_v201_measurands()) != 0 || list.is_phased)) { /* a phase is no member of valuesList */
        return OCPP_ERR_VALUE;
    }
    return ocpp_cp_entry_set(cp, entry, attribute, text);
}

static enum ocpp201_set_variable_status set_value(struct ocpp_charge_point *cp, const struct ocpp201_set_variable_data *data,
                                                  const struct ocpp201_status_info **reason)
{
    struct entry entry;
    const enum ocpp_status found = find(cp, &data->component, &data->variable, &entry);
    if (found != OCPP_OK) {
        return found == OCPP_ERR_NOT_FOUND ? OCPP201_SET_VARIABLE_STATUS_UNKNOWN_COMPONENT
                                           : OCPP201_SET_VARIABLE_STATUS_UNKNOWN_VARIABLE;
    }
    const struct entry_traits traits = ocpp_cp_entry_traits(cp, &entry);
    const enum ocpp_setting_attribute attribute = attributes[data->attribute_type];
    if ((traits.attributes >> attribute & 1) == 0) {
        return OCPP201_SET_VARIABLE_STATUS_NOT_SUPPORTED_ATTRIBUTE_TYPE;
    }
    if (traits.access == OCPP_SETTING_READ_ONLY) { /* B05.FR.09 */
        *reason = &read_only;
        return OCPP201_SET_VARIABLE_STATUS_REJECTED;
    }
    const enum ocpp_status status = change(cp, &entry, attribute, data->attribute_value);
    if (status != OCPP_OK) {
        *reason = reason_of(status);
        return OCPP201_SET_VARIABLE_STATUS_REJECTED;
    }
    return traits.needs_reboot ? OCPP201_SET_VARIABLE_STATUS_REBOOT_REQUIRED : OCPP201_SET_VARIABLE_STATUS_ACCEPTED;
}

void ocpp_cp_v201_set_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_set_variables_req *request = call->request;
    const size_t count = request->set_variable_data.count;
    if (ocpp_cp_v201_is_too_many(cp, call, count, VARIABLE_SET_ITEMS)) {
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct ocpp201_set_variable_result *results = ocpp_arena_take(cp->arena, count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < count; i++) {
        const struct ocpp201_set_variable_data *data = &request->set_variable_data.items[i];
        results[i].component = data->component;
        results[i].variable = data->variable;
        results[i].attribute_type = or_actual(data->attribute_type);
        results[i].attribute_status = set_value(cp, data, &results[i].attribute_status_info);
    }
    const struct ocpp201_set_variables_res response = { .set_variable_result = { results, count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}
