/* station.c: one connection: its call layer, and the way of a request to the dialect, the application, or a courteous empty
 * answer. */
#include "bridge.h"
#include "drivers.h"
#include "reports.h"

#include <limits.h>
#include <string.h>

static enum ocpp_status admit(const struct ocpp_action *action, void *user)
{
    return registration_admit(user, action);
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct ocpp_station *station = user;
    const struct ocpp_central_handler *handler = &station->central->handler;

    if (from == OCPP_FROM_CENTRAL && station->registration == OCPP_REGISTRATION_PENDING) {
        registration_ordered(station, text, size);
    }
    if (handler->on_frame) {
        handler->on_frame(station, from, text, size, issue, handler->user);
    }
}

/* The application has the call layer in its hands, too (ocpp_station_rpc()). */
static void on_output(void *user)
{
    station_list_output(user);
}

static void on_quirk(const struct ocpp_issue *issue, void *user)
{
    struct ocpp_station *station = user;
    const struct ocpp_central_handler *handler = &station->central->handler;

    if (handler->on_quirk) {
        handler->on_quirk(station, issue, handler->user);
    }
}

/* Whether the only thing an answer of |type| says is that the request arrived. */
static bool says_nothing(const struct ocpp_type *type)
{
    return type->count == 0 || (type->count == 1 && type->members[0].kind == OCPP_MEMBER_CUSTOM);
}

/* What neither the engine nor the application has a word for: thanked where that promises nothing, refused otherwise. */
static void answer_courteously(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    static const char *const nothing = NULL; /* an empty struct of either shape: no member, or customData absent */

    if (!says_nothing(call->action->response)) {
        station_refuse(station, call->token, OCPP_ERR_UNSUPPORTED_ACTION);
        return;
    }
    station_reply(station, call->token, &nothing);
}

/* A call without a function of its own. */
static void answer_unknown(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;

    if (handler->on_call && handler->on_call(station, call, handler->user)) {
        return;
    }
    if (call->action->response) {
        answer_courteously(station, call);
    }
}

void station_thank(struct ocpp_station *station, const struct ocpp_incoming_call *call, bool was_told)
{
    const struct ocpp_incoming_call *original = bridge_original(station, call);

    if (was_told) {
        answer_courteously(station, original);
    } else {
        answer_unknown(station, original);
    }
}

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct ocpp_station *station = user;
    const struct central_route *route = dialect_route(station->dialect, call->action);

    (void)rpc;
    if (route) {
        route->handle(station, call);
    } else if (!bridge_handle(station, call)) {
        answer_unknown(station, call);
    }
}

static struct ocpp_rpc *make_rpc(struct ocpp_station *station, const struct ocpp_station_options *options)
{
    const struct ocpp_central_settings *central = &station->central->settings;
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = {
        .on_call = on_call, .admit = admit, .on_frame = on_frame, .on_output = on_output, .user = station
    };

    settings.allocator = central->allocator;
    settings.pool = station->central->pool;
    settings.limits = central->limits;
    settings.max_waiting_calls = central->max_waiting_calls;
    settings.call_timeout_ms = central->call_timeout_ms;
    settings.random = central->random;
    settings.random_user = central->random_user;
    settings.advise = true;
    settings.mend = ocpp_rpc_mend;
    settings.tolerance = (struct ocpp_tolerance){ .quirks = options->quirks, .report = on_quirk, .user = station };
    return ocpp_rpc_new(&settings, &handler);
}

enum ocpp_status station_open(struct ocpp_central *central, const struct ocpp_station_options *options,
                              struct ocpp_station **station)
{
    size_t size = strlen(options->identity) + 1;
    size_t serial_size = options->serial_number ? strlen(options->serial_number) + 1 : 0;
    struct ocpp_station *fresh = central_allocate(central, sizeof *fresh + size + serial_size);
    enum ocpp_status status;

    if (!fresh) {
        return OCPP_ERR_NOMEM;
    }
    memcpy(fresh->identity, options->identity, size);
    if (options->serial_number) {
        fresh->serial_number = memcpy(fresh->identity + size, options->serial_number, serial_size);
    }
    fresh->central = central;
    fresh->user = options->user;
    fresh->transport = options->transport;
    fresh->timer.owner = fresh;
    fresh->dialect = central_dialect_of(options->version);
    status = registration_read(central, fresh->identity, &fresh->registration);
    if (status != OCPP_OK) {
        goto fail_station;
    }
    status = OCPP_ERR_NOMEM;
    fresh->rpc = make_rpc(fresh, options);
    if (!fresh->rpc) {
        goto fail_station;
    }
    status = ocpp_rpc_open(fresh->rpc, ocpp_protocol_of(options->version), central->now);
    if (status != OCPP_OK) {
        goto fail_rpc;
    }
    *station = fresh;
    return OCPP_OK;

fail_rpc:
    ocpp_rpc_free(fresh->rpc);
fail_station:
    central_release(central, fresh);
    return status;
}

void station_close(struct ocpp_station *station)
{
    struct ocpp_central *central = station->central;

    ocpp_rpc_free(station->rpc);
    display_report_drop(station);
    transaction_forget_for_good(station);
    central_release(central, station->remote_starts);
    reports_free(station);
    central_release(central, station);
}

enum ocpp_status ocpp_station_receive(struct ocpp_station *station, const char *text, size_t size, struct ocpp_now now)
{
    struct ocpp_central *central = station->central;
    enum ocpp_status status;

    if (station->must_close) {
        return OCPP_OK;
    }
    central_enter(central, now);
    status = ocpp_rpc_receive(station->rpc, text, size, now);
    station_touch(station);
    central_leave(central);
    return status;
}

const char *ocpp_station_next_output(struct ocpp_station *station, size_t *size, struct ocpp_now now)
{
    const char *text;

    if (station->held_orders > 0) {
        return NULL;
    }
    central_enter(station->central, now);
    text = ocpp_rpc_next_output(station->rpc, size, now);
    station_touch(station);
    central_leave(station->central);
    return text;
}

bool ocpp_station_has_output(const struct ocpp_station *station)
{
    return station->held_orders == 0 && ocpp_rpc_has_output(station->rpc);
}

void station_refuse(struct ocpp_station *station, struct ocpp_call_token token, enum ocpp_status status)
{
    enum ocpp_status refused = ocpp_rpc_refuse(station->rpc, token, ocpp_status_call_error(status), ocpp_status_sentence(status));

    if (refused != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: a refusal could not be sent: %s",
                       station->identity, ocpp_status_sentence(refused));
    }
    station_touch(station);
}

void station_reply(struct ocpp_station *station, struct ocpp_call_token token, const void *response)
{
    struct ocpp_issue issue = { 0 };
    enum ocpp_status status = bridge_response(station, token, &response);

    if (status == OCPP_OK) {
        status = ocpp_rpc_reply(station->rpc, token, response, &issue);
    }
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_ERROR, "%s: our answer could not be written: %s at \"%s\"",
                       station->identity, ocpp_status_sentence(status), issue.path);
        station_refuse(station, token, OCPP_ERR_ARGUMENT); /* InternalError: the fault is ours, whatever it is */
        return;
    }
    station_touch(station);
}

bool station_number(int64_t wire, int *number)
{
    if (wire < 0 || wire > INT_MAX) {
        return false;
    }
    *number = (int)wire;
    return true;
}

void ocpp_station_note_quirk(struct ocpp_station *station, enum ocpp_quirk quirk)
{
    const struct ocpp_issue issue = { .status = OCPP_ERR_ARGUMENT, .quirk = (uint32_t)quirk };

    on_quirk(&issue, station);
}

void ocpp_station_set_quirks(struct ocpp_station *station, uint32_t quirks)
{
    const struct ocpp_tolerance tolerance = { .quirks = quirks, .report = on_quirk, .user = station };

    ocpp_rpc_set_tolerance(station->rpc, &tolerance);
}

const char *ocpp_station_identity(const struct ocpp_station *station)
{
    return station->identity;
}

enum ocpp_version ocpp_station_version(const struct ocpp_station *station)
{
    return station->dialect->version;
}

enum ocpp_registration ocpp_station_registration(const struct ocpp_station *station)
{
    return station->registration;
}

void *ocpp_station_user(const struct ocpp_station *station)
{
    return station->user;
}

void *ocpp_station_transport(const struct ocpp_station *station)
{
    return station->transport;
}

struct ocpp_central *ocpp_station_central(const struct ocpp_station *station)
{
    return station->central;
}

struct ocpp_rpc *ocpp_station_rpc(struct ocpp_station *station)
{
    return station->rpc;
}
