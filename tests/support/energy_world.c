/* energy_world.c: the application that hears of energy and vehicles, and DataTransfer unwrapped. */
#include "energy_world.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct energy_world *of(void *user)
{
    static struct energy_world *current;

    current = user ? user : current;
    return current;
}

static void tell(const char *format, ...) OCPP_PRINTF(1, 2);

static void tell(const char *format, ...)
{
    struct energy_world *energy = of(NULL);
    size_t used = strlen(energy->told);
    va_list arguments;

    va_start(arguments, format);
    const int size = vsnprintf(energy->told + used, sizeof energy->told - used, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < sizeof energy->told - used);
}

const char *energy_told(struct energy_world *energy)
{
    static char told[sizeof energy->told];

    memcpy(told, energy->told, sizeof told);
    energy->told[0] = '\0';
    return told;
}

/* --- the application ------------------------------------------------------------------------------------------------------ */

static void tell_schedule(const struct ocpp_charging_schedule *schedule)
{
    tell(" {%" PRId64 " %s", schedule->id, schedule->unit == OCPP_RATE_CURRENT ? "A" : "W");
    if (schedule->start_utc_ms != OCPP_UTC_UNKNOWN) {
        tell(" at %" PRId64, schedule->start_utc_ms);
    }
    if (schedule->duration_s > 0) {
        tell(" for %" PRId64, schedule->duration_s);
    }
    for (size_t i = 0; i < schedule->period_count; i++) {
        char limit[OCPP_DECIMAL_TEXT_SIZE];
        (void)ocpp_decimal_format(schedule->periods[i].limit, limit);
        tell(" %" PRId64 ":%s/%d.%d", schedule->periods[i].start_s, limit, schedule->periods[i].phases,
             schedule->periods[i].phase_to_use);
    }
    if (schedule->tariff) {
        tell(" tariff %" PRId64 " \"%s\" of %zu", schedule->tariff->id, schedule->tariff->description,
             schedule->tariff->entry_count);
    }
    tell("}");
}

static void on_limit(struct ocpp_station *station, const struct ocpp_limit_told *limit, void *user)
{
    (void)user;
    tell("%s limit evse %d source %d%s", ocpp_station_identity(station), limit->evse, (int)limit->source,
         limit->is_grid_critical ? " critical" : "");
    for (size_t i = 0; i < limit->schedule_count; i++) {
        tell_schedule(&limit->schedules[i]);
    }
    tell("\n");
}

static void on_profiles(struct ocpp_station *station, const struct ocpp_profile_report *report, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s profiles of %" PRId64 ", %d, pages %zu:", ocpp_station_identity(station), report->request_id, (int)report->status,
         report->page_count);
    if (report->count > 4) {
        tell(" %zu of them", report->count);
    }
    for (size_t i = 0; i < report->count && report->count <= 4; i++) {
        const struct ocpp_reported_profile *told = &report->profiles[i];
        tell(" [%d from %d: %" PRId64 " level %d purpose %d kind %d %s", told->evse, (int)told->source, told->profile.id,
             told->profile.stack_level, (int)told->profile.purpose, (int)told->profile.kind,
             told->profile.transaction_id ? told->profile.transaction_id : "-");
        for (size_t k = 0; k < told->profile.schedule_count; k++) {
            tell_schedule(&told->profile.schedules[k]);
        }
        tell("]");
    }
    tell("\n");
    if (energy->query_again) {
        energy->again_status = (int)ocpp_station_get_profiles(station, energy->query_again, NULL);
    }
}

static void on_limit_cleared(struct ocpp_station *station, int evse, enum ocpp_limit_source source, void *user)
{
    (void)user;
    tell("%s limit cleared evse %d source %d\n", ocpp_station_identity(station), evse, (int)source);
}

static bool on_ev_needs(struct ocpp_station *station, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user)
{
    struct energy_world *energy = of(NULL);
    const struct ocpp_ev_needs *needs = &told->needs;
    const int64_t numbers[] = {
        needs->departure_utc_ms, needs->max_schedule_tuples, needs->energy_wh,       needs->max_current_a, needs->max_voltage_v,
        needs->min_current_a,    needs->max_power_w,         needs->state_of_charge, needs->capacity_wh,   needs->full_soc,
        needs->bulk_soc
    };

    (void)user;
    tell("%s needs evse %d by %d:", ocpp_station_identity(station), told->evse, (int)needs->transfer);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i] == OCPP_EV_UNSAID) {
            tell(" -");
        } else {
            tell(" %" PRId64, numbers[i]);
        }
    }
    tell("\n");
    if (energy->profile_at_once) {
        assert_int_equal(ocpp_station_set_profile(station, told->evse, energy->profile_at_once, NULL), OCPP_OK);
    }
    energy->question = question;
    *decision = energy->needs;
    return !energy->decide_later;
}

static bool on_ev_schedule(struct ocpp_station *station, const struct ocpp_ev_schedule_told *told, struct ocpp_question question,
                           bool *accepted, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s follows evse %d from %" PRId64, ocpp_station_identity(station), told->evse, told->from_utc_ms);
    tell_schedule(&told->schedule);
    tell("\n");
    energy->question = question;
    *accepted = energy->schedule_accepted;
    return !energy->decide_later;
}

static bool on_ev_certificate(struct ocpp_station *station, const struct ocpp_ev_certificate_request *request,
                              struct ocpp_question question, struct ocpp_ev_certificate_decision *decision, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s wants a contract certificate: %s %s %s\n", ocpp_station_identity(station),
         request->action == OCPP_EV_CERTIFICATE_UPDATE ? "update" : "install", request->schema_version, request->exi_request);
    energy->question = question;
    *decision = energy->certificate;
    return !energy->decide_later;
}

static void tell_target(const struct ocpp_ocsp_target *target)
{
    const struct ocpp_certificate_hash *hash = &target->certificate;

    tell(" [%d %s %s %s %s]", (int)hash->algorithm, hash->issuer_name_hash, hash->issuer_key_hash, hash->serial_number,
         target->responder_url);
}

static bool on_certificate_status(struct ocpp_station *station, const struct ocpp_ocsp_target *target,
                                  struct ocpp_question question, struct ocpp_ocsp_decision *decision, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s asks about", ocpp_station_identity(station));
    tell_target(target);
    tell("\n");
    energy->question = question;
    *decision = energy->ocsp;
    return !energy->decide_later;
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s authorize %s %s%s%s", ocpp_station_identity(station), ocpp_token_type_name(request->token.type), request->token.id,
         request->certificate ? " by " : "", request->certificate ? request->certificate : "");
    for (size_t i = 0; i < request->target_count; i++) {
        tell_target(&request->targets[i]);
    }
    tell("\n");
    energy->question = question;
    *decision = energy->authorize;
    return !energy->decide_later;
}

static bool on_sign_request(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user)
{
    (void)user;
    tell("%s wants a certificate%s%s for %s\n", ocpp_station_identity(station), request->for_station ? " of the station" : "",
         request->for_vehicles ? " towards vehicles" : "", request->csr);
    return of(NULL)->signs;
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    (void)user;
    (void)station;
    tell("%s transaction %s %d%s\n", event->transaction->identity, event->transaction->id, (int)event->phase,
         event->transaction->remote_start_id != 0 ? " by remote" : "");
}

static bool on_call(struct ocpp_station *station, const struct ocpp_incoming_call *call, void *user)
{
    struct energy_world *energy = of(NULL);

    (void)user;
    tell("%s calls %s\n", ocpp_station_identity(station), call->action_name);
    energy->world->taken = call->token;
    return energy->takes_calls;
}

int energy_world_set_up(void **state)
{
    static const struct ocpp_energy_handler energy_handler = {
        .on_profiles = on_profiles,
        .on_limit = on_limit,
        .on_limit_cleared = on_limit_cleared,
        .on_ev_needs = on_ev_needs,
        .on_ev_schedule = on_ev_schedule,
    };
    static const struct ocpp_vehicle_handler vehicle_handler = {
        .on_ev_certificate = on_ev_certificate,
        .on_certificate_status = on_certificate_status,
    };
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize,
                                                  .on_sign_request = on_sign_request,
                                                  .on_transaction = on_transaction,
                                                  .on_call = on_call,
                                                  .energy = &energy_handler,
                                                  .vehicles = &vehicle_handler };
    struct energy_world *energy = calloc(1, sizeof *energy);

    assert_non_null(energy);
    of(energy);
    energy->authorize = (struct ocpp_authorize_decision){ .authorization = OCPP_AUTHORIZATION_ACCEPTED };
    energy->world = world_new_with(&handler);
    energy->one = world_connect(energy->world, "PILE-1", OCPP_VERSION_1_6);
    energy->two = world_connect(energy->world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(energy->world, energy->one);
    world_boot(energy->world, energy->two);
    *state = energy;
    return 0;
}

int energy_world_tear_down(void **state)
{
    struct energy_world *energy = *state;

    world_free(energy->world);
    free(energy);
    return 0;
}

/* --- orders and their answers --------------------------------------------------------------------------------------------- */

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct energy_world *energy = user;
    size_t used = (size_t)snprintf(energy->answer, sizeof energy->answer, "%d %s %s", (int)result->status,
                                   result->accepted ? "yes" : "no", result->word);

    (void)station;
    for (size_t i = 0; i < result->certificate_count; i++) {
        const struct ocpp_station_certificate *found = &result->certificates[i];
        used += (size_t)snprintf(energy->answer + used, sizeof energy->answer - used, "; %x %s+%zu", found->bit,
                                 found->hash.serial_number, found->child_count);
    }
}

struct ocpp_command_done energy_done(struct energy_world *energy)
{
    return (struct ocpp_command_done){ on_done, energy };
}

static void answer_frame(struct energy_world *energy, const char *payload, char *frame, size_t room)
{
    char id[64];

    assert_int_equal(sscanf(energy->world->frame, "[2,'%63[^']'", id), 1);
    assert_true((size_t)snprintf(frame, room, "[3,'%s',%s]", id, payload) < room);
    energy->answer[0] = '\0';
}

const char *energy_answered(struct energy_world *energy, struct ocpp_station *station, const char *payload)
{
    static char frame[FRAME_SIZE];

    answer_frame(energy, payload, frame, sizeof frame);
    world_says(energy->world, station, frame);
    return energy->answer;
}

/* --- DataTransfer ----------------------------------------------------------------------------------------------------------- */

/* |json| as a text within JSON: each ' as \'. */
static const char *wrapped(const char *json)
{
    static char text[FRAME_SIZE];
    size_t size = 0;

    for (; *json; json++) {
        assert_true(size + 3 < sizeof text);
        if (*json == '\'') {
            text[size++] = '\\';
        }
        text[size++] = *json;
    }
    text[size] = '\0';
    return text;
}

/* What stands in |member| of |frame|, unwrapped, into |to|; "" where there is none. */
static void unwrap(const char *frame, const char *member, char *to, size_t room)
{
    char name[40];
    const char *at;
    size_t size = 0;

    snprintf(name, sizeof name, "'%s':'", member);
    at = strstr(frame, name);
    at = at ? at + strlen(name) : "'";
    for (; *at && *at != '\''; at++) {
        at += *at == '\\';
        assert_true(size + 1 < room);
        to[size++] = *at;
    }
    to[size] = '\0';
}

static const char *unwrapped(const char *frame, const char *first)
{
    static char text[FRAME_SIZE];

    unwrap(frame, first, text, sizeof text / 2);
    strcat(text, " ");
    unwrap(frame, "data", text + strlen(text), sizeof text / 2);
    return text;
}

const char *pnc_says(struct energy_world *energy, const char *message, const char *data)
{
    static char frame[FRAME_SIZE];

    assert_true(
        (size_t)snprintf(frame, sizeof frame,
                         "[2,'p','DataTransfer',{'vendorId':'org.openchargealliance.iso15118pnc','messageId':'%s','data':'"
                         "%s'}]",
                         message, wrapped(data)) < sizeof frame);
    const char *heard = world_says(energy->world, energy->one, frame);
    return heard[0] ? unwrapped(heard, "status") : "";
}

const char *pnc_heard(struct energy_world *energy)
{
    const char *heard = world_hears(energy->world, energy->one);

    assert_non_null(strstr(heard, "'vendorId':'org.openchargealliance.iso15118pnc'"));
    return unwrapped(heard, "messageId");
}

const char *pnc_answered(struct energy_world *energy, const char *data)
{
    static char payload[FRAME_SIZE];

    snprintf(payload, sizeof payload, "{'status':'Accepted','data':'%s'}", wrapped(data));
    return energy_answered(energy, energy->one, payload);
}
