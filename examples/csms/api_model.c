/* api_model.c: the messages of each version as data: what a form for one of them has to ask. The library's own tables tell it,
 * those that decode, encode and check what goes over the wire. */
#include "http.h"

#include <ocpp/message.h>

#include <string.h>

enum { TYPES_MAX = 256 };

static const char *const kinds[] = {
    [OCPP_MEMBER_BOOLEAN] = "boolean",   [OCPP_MEMBER_INTEGER] = "integer", [OCPP_MEMBER_NUMBER] = "number",
    [OCPP_MEMBER_STRING] = "string",     [OCPP_MEMBER_CISTRING] = "string", [OCPP_MEMBER_DATE_TIME] = "dateTime",
    [OCPP_MEMBER_ENUM] = "enum",         [OCPP_MEMBER_STRUCT] = "struct",   [OCPP_MEMBER_ANY] = "any",
    [OCPP_MEMBER_CUSTOM] = "customData",
};

/* The structs that were met, each described once. */
struct types {
    const struct ocpp_type *list[TYPES_MAX];
    size_t count;
    bool overflowed;
};

static void meet(struct types *types, const struct ocpp_type *type)
{
    for (size_t i = 0; i < types->count; i++) {
        if (types->list[i] == type) {
            return;
        }
    }
    if (types->count == TYPES_MAX) {
        types->overflowed = true;
        return;
    }
    types->list[types->count++] = type;
}

/* --- one member ----------------------------------------------------------------------------------------------------------- */

static void add_flag(cJSON *json, const struct ocpp_member *member, unsigned flag, const char *name)
{
    if (member->flags & flag) {
        cJSON_AddBoolToObject(json, name, true);
    }
}

static void add_values(cJSON *json, const struct ocpp_enum *enumeration)
{
    cJSON *values = cJSON_AddArrayToObject(json, "values");

    for (int i = 0; i < enumeration->count; i++) {
        cJSON_AddItemToArray(values, cJSON_CreateString(enumeration->values[i]));
    }
}

static void add_range(cJSON *json, const struct ocpp_member *member)
{
    if (member->flags & OCPP_MEMBER_MINIMUM) {
        json_add_integer(json, "minimum", member->range.minimum);
    }
    if (member->flags & OCPP_MEMBER_MAXIMUM) {
        json_add_integer(json, "maximum", member->range.maximum);
    }
}

static void add_limits(cJSON *json, const struct ocpp_member *member, struct types *types)
{
    const struct ocpp_type *type;

    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_ENUM:
        add_values(json, member->detail);
        break;
    case OCPP_MEMBER_STRUCT:
        type = member->detail;
        meet(types, type);
        json_add_text(json, "type", type->name);
        break;
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_NUMBER:
        add_range(json, member);
        break;
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
        if (member->max_length > 0) {
            json_add_integer(json, "maxLength", member->max_length);
        }
        break;
    case OCPP_MEMBER_BOOLEAN:
    case OCPP_MEMBER_DATE_TIME:
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        break;
    }
}

static cJSON *member_json(const struct ocpp_member *member, struct types *types)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "name", member->name);
    json_add_text(json, "kind", kinds[member->kind]);
    add_flag(json, member, OCPP_MEMBER_REQUIRED, "required");
    add_flag(json, member, OCPP_MEMBER_LIST, "list");
    add_flag(json, member, OCPP_MEMBER_NOT_EMPTY, "notEmpty");
    add_flag(json, member, OCPP_MEMBER_TENTHS, "tenths");
    add_flag(json, member, OCPP_MEMBER_SECRET, "secret");
    if ((member->flags & OCPP_MEMBER_LIST) && member->max_items > 0) {
        json_add_integer(json, "maxItems", member->max_items);
    }
    add_limits(json, member, types);
    return json;
}

static cJSON *members_json(const struct ocpp_type *type, struct types *types)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < type->count; i++) {
        cJSON_AddItemToArray(list, member_json(&type->members[i], types));
    }
    return list;
}

/* --- the resources -------------------------------------------------------------------------------------------------------- */

static const char *sender(const struct ocpp_action *action)
{
    return action->direction == OCPP_FROM_STATION ? "station" : action->direction == OCPP_FROM_CENTRAL ? "central" : "both";
}

/* NULL: 404 was answered. */
static const struct ocpp_protocol *request_protocol(const struct request *request)
{
    const struct ocpp_protocol *protocol = ocpp_protocol_of(ocpp_version_of(request->parameters[0]));

    if (!protocol) {
        answer_problem(request->exchange, 404, NULL, "this program speaks no such version");
    }
    return protocol;
}

void api_model(struct request *request)
{
    const struct ocpp_protocol *protocol = request_protocol(request);
    cJSON *answer, *list;

    if (!protocol) {
        return;
    }
    answer = cJSON_CreateObject();
    json_add_text(answer, "version", ocpp_version_name(protocol->version));
    list = cJSON_AddArrayToObject(answer, "actions");
    for (size_t i = 0; i < protocol->count; i++) {
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "action", protocol->actions[i].name);
        json_add_text(json, "from", sender(&protocol->actions[i]));
        cJSON_AddItemToArray(list, json);
    }
    answer_json(request->exchange, 200, answer);
}

void api_model_action(struct request *request)
{
    const struct ocpp_protocol *protocol = request_protocol(request);
    const char *name = request->parameters[1];
    const struct ocpp_action *action = protocol ? ocpp_protocol_action(protocol, name, strlen(name)) : NULL;
    struct types types = { .count = 0 };
    cJSON *answer, *described;

    if (!action) {
        if (protocol) {
            answer_problem(request->exchange, 404, NULL, "this version has no such action");
        }
        return;
    }
    answer = cJSON_CreateObject();
    json_add_text(answer, "version", ocpp_version_name(protocol->version));
    json_add_text(answer, "action", action->name);
    json_add_text(answer, "from", sender(action));
    cJSON_AddItemToObject(answer, "members", members_json(action->request, &types));
    described = cJSON_AddObjectToObject(answer, "types");
    for (size_t i = 0; i < types.count; i++) { /* describing one may meet others */
        cJSON_AddItemToObject(described, types.list[i]->name, members_json(types.list[i], &types));
    }
    if (types.overflowed) {
        cJSON_Delete(answer);
        answer_problem(request->exchange, 500, NULL, "the message has more parts than this program describes");
        return;
    }
    answer_json(request->exchange, 200, answer);
}
