/* dialect_v201_variables.c: the settings as components and variables (OCPP 2.0.1 B05, B06). */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"

static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* Whether the component of |row| is the one that is named, with a place where such components have one. */
static bool is_component(const struct ocpp_charge_point *cp, const struct variable_row *row,
                         const struct ocpp201_component *component, struct place *place)
{
    if (row->component == COMPONENT_NONE || !is_same(ocpp_cp_component_name((enum component)row->component), component->name) ||
        !is_same(component->instance, NULL)) {
        return false;
    }
    const struct ocpp201_evse *evse = component->evse;
    *place = (struct place){ 0, 0 };
    if (row->component != COMPONENT_EVSE && row->component != COMPONENT_CONNECTOR) {
        return evse == NULL;
    }
    if (evse == NULL || evse->id < 1 || evse->id > cp->settings.evse_count) {
        return false;
    }
    place->evse = (int16_t)evse->id;
    if (row->component == COMPONENT_EVSE) {
        return !evse->has_connector_id;
    }
    place->connector = evse->has_connector_id && evse->connector_id <= INT16_MAX ? (int16_t)evse->connector_id : 0;
    return ocpp_cp_connector(cp, place->evse, place->connector) != NULL;
}

/* The variable that is meant, and where; VARIABLE_COUNT and what is unknown about it otherwise. */
static enum variable find(const struct ocpp_charge_point *cp, const struct ocpp201_component *component,
                          const struct ocpp201_variable *variable, struct place *place, enum verdict *verdict)
{
    *verdict = VERDICT_UNKNOWN;
    for (int i = 0; i < VARIABLE_COUNT; i++) {
        const struct variable_row *row = ocpp_cp_variable_row((enum variable)i);
        if (!ocpp_cp_has_variable(cp, (enum variable)i) || !is_component(cp, row, component, place)) {
            continue;
        }
        *verdict = VERDICT_UNKNOWN_NAME;
        if (is_same(row->variable, variable->name) && is_same(row->instance, variable->instance)) {
            *verdict = VERDICT_ACCEPTED;
            return (enum variable)i;
        }
    }
    return VARIABLE_COUNT;
}

static bool is_actual(enum ocpp201_attribute attribute)
{
    return attribute == OCPP201_ATTRIBUTE_UNSET || attribute == OCPP201_ATTRIBUTE_ACTUAL;
}

static enum ocpp201_attribute or_actual(enum ocpp201_attribute attribute)
{
    return attribute == OCPP201_ATTRIBUTE_UNSET ? OCPP201_ATTRIBUTE_ACTUAL : attribute; /* B05.FR.12, B06.FR.11 */
}

static void get_one(struct ocpp_charge_point *cp, const struct ocpp201_get_variable_data *data,
                    struct ocpp201_get_variable_result *result)
{
    enum verdict verdict;
    struct place place;
    const enum variable variable = find(cp, &data->component, &data->variable, &place, &verdict);
    result->component = data->component;
    result->variable = data->variable;
    result->attribute_type = or_actual(data->attribute_type);
    if (variable == VARIABLE_COUNT) {
        result->attribute_status = verdict == VERDICT_UNKNOWN ? OCPP201_GET_VARIABLE_STATUS_UNKNOWN_COMPONENT
                                                              : OCPP201_GET_VARIABLE_STATUS_UNKNOWN_VARIABLE;
        return;
    }
    if (!is_actual(data->attribute_type)) {
        result->attribute_status = OCPP201_GET_VARIABLE_STATUS_NOT_SUPPORTED_ATTRIBUTE_TYPE;
        return;
    }
    if (ocpp_cp_variable_row(variable)->access == ACCESS_WRITE) {
        result->attribute_status = OCPP201_GET_VARIABLE_STATUS_REJECTED;
        return;
    }
    char text[OCPP_VARIABLE_TEXT_SIZE];
    ocpp_cp_variable_text_at(cp, variable, place.evse, place.connector, text);
    result->attribute_value = ocpp_arena_text(cp->arena, text, strlen(text));
    result->attribute_status =
        result->attribute_value == NULL ? OCPP201_GET_VARIABLE_STATUS_REJECTED : OCPP201_GET_VARIABLE_STATUS_ACCEPTED;
}

void ocpp_cp_v201_get_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_variables_req *request = call->request;
    ocpp_arena_reset(cp->arena);
    struct ocpp201_get_variable_result *results = ocpp_arena_take(cp->arena, request->get_variable_data.count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < request->get_variable_data.count; i++) {
        get_one(cp, &request->get_variable_data.items[i], &results[i]);
    }
    const struct ocpp201_get_variables_res response = { .get_variable_result = { results, request->get_variable_data.count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}

static enum ocpp201_set_variable_status set_one(struct ocpp_charge_point *cp, const struct ocpp201_set_variable_data *data)
{
    enum verdict verdict;
    struct place place;
    const enum variable variable = find(cp, &data->component, &data->variable, &place, &verdict);
    if (variable == VARIABLE_COUNT) {
        return verdict == VERDICT_UNKNOWN ? OCPP201_SET_VARIABLE_STATUS_UNKNOWN_COMPONENT
                                          : OCPP201_SET_VARIABLE_STATUS_UNKNOWN_VARIABLE;
    }
    if (!is_actual(data->attribute_type)) {
        return OCPP201_SET_VARIABLE_STATUS_NOT_SUPPORTED_ATTRIBUTE_TYPE;
    }
    const enum ocpp_status status = ocpp_cp_variable_set(cp, variable, data->attribute_value);
    return status == OCPP_OK ? OCPP201_SET_VARIABLE_STATUS_ACCEPTED : OCPP201_SET_VARIABLE_STATUS_REJECTED;
}

void ocpp_cp_v201_set_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_set_variables_req *request = call->request;
    ocpp_arena_reset(cp->arena);
    struct ocpp201_set_variable_result *results = ocpp_arena_take(cp->arena, request->set_variable_data.count * sizeof(*results));
    for (size_t i = 0; results != NULL && i < request->set_variable_data.count; i++) {
        const struct ocpp201_set_variable_data *data = &request->set_variable_data.items[i];
        results[i] = (struct ocpp201_set_variable_result){
            .attribute_type = or_actual(data->attribute_type),
            .attribute_status = set_one(cp, data),
            .component = data->component,
            .variable = data->variable,
        };
    }
    const struct ocpp201_set_variables_res response = { .set_variable_result = { results, request->set_variable_data.count } };
    ocpp_cp_reply(cp, call, results == NULL ? NULL : &response);
}
