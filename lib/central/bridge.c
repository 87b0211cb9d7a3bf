/* bridge.c: a version spoken with the routes and builders of another one of its family. */
#include "bridge.h"

#include "arena.h"

#include <string.h>

/* The action of the same name in the version of |dialect|. */
static const struct ocpp_action *namesake(const struct ocpp_central_dialect *dialect, const struct ocpp_action *action)
{
    return action ? ocpp_protocol_action(ocpp_protocol_of(dialect->version), action->name, strlen(action->name)) : NULL;
}

/* Messages without members need no conversion, but a struct nevertheless. */
static enum ocpp_status convert(struct ocpp_station *station, struct ocpp_arena *arena, const struct ocpp_type *from,
                                const struct ocpp_type *to, const void **message)
{
    return ocpp_message_convert(from, *message, to, station->dialect->beyond, arena, message);
}

bool bridge_handle(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_dialect *base = station->dialect->base;
    struct ocpp_central *central = station->central;
    const struct ocpp_action *action = base ? namesake(base, call->action) : NULL;
    const struct central_route *route = action ? dialect_route(base, action) : NULL;
    struct ocpp_incoming_call converted = *call;
    enum ocpp_status status;

    if (!route) {
        return false;
    }
    converted.action = action;
    ocpp_arena_reset(central->heard);
    status = convert(station, central->heard, call->action->request, action->request, &converted.request);
    if (status == OCPP_ERR_VALUE) {
        return false;
    }
    if (status != OCPP_OK) {
        station_refuse(station, call->token, status);
        return true;
    }
    central->original = call;
    route->handle(station, &converted);
    central->original = NULL;
    return true;
}

const struct ocpp_incoming_call *bridge_original(const struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    return station->central->original ? station->central->original : call;
}

enum ocpp_status bridge_response(struct ocpp_station *station, struct ocpp_call_token token, const void **response)
{
    const struct ocpp_central_dialect *base = station->dialect->base;
    const struct ocpp_action *asked = base ? ocpp_rpc_open_action(station->rpc, token) : NULL;
    const struct ocpp_action *answered = asked ? namesake(base, asked) : NULL;

    if (!answered) {
        return OCPP_OK;
    }
    ocpp_arena_reset(station->central->said);
    return convert(station, station->central->said, answered->response, asked->response, response);
}

enum ocpp_status bridge_order(struct ocpp_station *station, const struct ocpp_action **action, const void **message)
{
    const struct ocpp_action *own = *action;

    if (own->version == station->dialect->version) {
        return OCPP_OK;
    }
    *action = namesake(station->dialect, own);
    if (!*action) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    ocpp_arena_reset(station->central->said);
    return convert(station, station->central->said, own->request, (*action)->request, message);
}

enum ocpp_status bridge_answer(struct ocpp_station *station, const struct ocpp_action *action, const void **response)
{
    const struct ocpp_action *own = namesake(station->dialect, action);

    if (action->version == station->dialect->version || !own) {
        return OCPP_OK;
    }
    ocpp_arena_reset(station->central->heard);
    return convert(station, station->central->heard, own->response, action->response, response);
}
