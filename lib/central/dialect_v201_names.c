/* dialect_v201_names.c: how settings, tokens and components are named in messages of OCPP 2.0.1. */
#include "dialect_v201_names.h"

static struct ocpp201_component component_of(const struct ocpp_setting_address *name, struct ocpp201_evse *evse)
{
    *evse = (struct ocpp201_evse){ .id = name->evse, .has_connector_id = name->connector > 0, .connector_id = name->connector };
    return (struct ocpp201_component){
        .evse = name->evse > 0 ? evse : NULL,
        .name = name->component,
        .instance = name->component_instance,
    };
}

enum ocpp_status central_v201_write_name(const struct ocpp_setting_address *name, struct central_v201_name *parts)
{
    if (!name->component || !name->variable) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    parts->attribute = name->attribute ? (enum ocpp201_attribute)ocpp_enum_value(&ocpp201_attribute_enum, name->attribute)
                                       : OCPP201_ATTRIBUTE_UNSET;
    if (name->attribute && parts->attribute == OCPP201_ATTRIBUTE_UNSET) {
        return OCPP_ERR_ARGUMENT;
    }
    parts->component = component_of(name, &parts->evse);
    parts->variable = (struct ocpp201_variable){ .name = name->variable, .instance = name->variable_instance };
    return OCPP_OK;
}

struct ocpp_setting_address central_v201_read_name(const struct ocpp201_component *component,
                                                   const struct ocpp201_variable *variable, enum ocpp201_attribute attribute)
{
    struct ocpp_setting_address name = {
        .component = component->name,
        .component_instance = component->instance,
        .variable = variable->name,
        .variable_instance = variable->instance,
        .attribute = attribute ? ocpp_enum_name(&ocpp201_attribute_enum, (int)attribute) : NULL,
    };

    if (component->evse) {
        const bool is_place =
            station_number(component->evse->id, &name.evse) &&
            (!component->evse->has_connector_id || station_number(component->evse->connector_id, &name.connector));
        (void)is_place; /* what no station can have stays 0 */
    }
    return name;
}

/* What a name without a variable points to is the whole component. */
struct name_parts {
    struct ocpp201_evse evse;
    struct ocpp201_variable variable;
};

enum ocpp_status central_v201_write_names(struct command *command, const struct ocpp_report_query *query,
                                          const struct ocpp201_component_variable **items)
{
    struct ocpp201_component_variable *wanted = command_take(command, (query->count + 1) * sizeof *wanted);
    struct name_parts *parts = command_take(command, (query->count + 1) * sizeof *parts);

    if (!wanted || !parts) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < query->count; i++) {
        const struct ocpp_setting_address *name = &query->names[i];
        if (!name->component) {
            return OCPP_ERR_UNSUPPORTED_ACTION;
        }
        parts[i].variable = (struct ocpp201_variable){ .name = name->variable, .instance = name->variable_instance };
        wanted[i] = (struct ocpp201_component_variable){
            .component = component_of(name, &parts[i].evse),
            .variable = name->variable ? &parts[i].variable : NULL,
        };
    }
    *items = query->count > 0 ? wanted : NULL;
    return OCPP_OK;
}
