/* station_world.c: see station_world.h. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

static const struct ocpp_json *walk(const struct ocpp_json *value, const char *path)
{
    while (value != NULL && *path != '\0') {
        char name[64];
        const size_t size = strcspn(path, "/");
        snprintf(name, sizeof(name), "%.*s", (int)size, path);
        path += path[size] == '/' ? size + 1 : size;
        value =
            ocpp_json_kind(value) == OCPP_JSON_ARRAY ? ocpp_json_item(value, (size_t)atoi(name)) : ocpp_json_member(value, name);
    }
    return value;
}

const char *value_of(const char *json, const char *path)
{
    static char texts[4][2048];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    struct ocpp_json *root = NULL;
    text[0] = '\0';
    if (ocpp_json_parse(json, strlen(json), NULL, &root, NULL) != OCPP_OK) {
        return text;
    }
    const struct ocpp_json *value = walk(root, path);
    if (value != NULL) {
        switch (ocpp_json_kind(value)) {
        case OCPP_JSON_STRING:
            snprintf(text, sizeof(texts[0]), "%s", ocpp_json_string(value));
            break;
        case OCPP_JSON_NUMBER:
            ocpp_decimal_format(ocpp_json_number(value), text);
            break;
        case OCPP_JSON_BOOLEAN:
            snprintf(text, sizeof(texts[0]), "%s", ocpp_json_boolean(value) ? "true" : "false");
            break;
        case OCPP_JSON_ARRAY:
        case OCPP_JSON_OBJECT:
            snprintf(text, sizeof(texts[0]), "(%zu)", ocpp_json_count(value));
            break;
        case OCPP_JSON_NULL:
            snprintf(text, sizeof(texts[0]), "null");
            break;
        }
    }
    ocpp_json_free(root);
    return text;
}

/* --- the firmware ---------------------------------------------------------------------------------------------------- */

static void inside(struct world *world, const char *which, int evse)
{
    if (world->in_callback != NULL) {
        world->in_callback(world, which, evse);
    }
}

static void permit_changed(int evse, void *user)
{
    struct world *world = user;
    world->closed[evse] = ocpp_charge_point_permit(world->cp, evse, world->now).closed;
    world->permit_changes++;
    inside(world, "permit_changed", evse);
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    struct world *world = user;
    inside(world, "read_meter", evse);
    if (world->meter_is_silent || room < 2) {
        return 0;
    }
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .location = OCPP_LOCATION_OUTLET,
                                       .value = { world->meter_wh[evse], 0 } };
    samples[1] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_POWER_ACTIVE_IMPORT, .value = { 11000, 0 } };
    return 2;
}

static void lock(int evse, int connector, bool locked, void *user)
{
    struct world *world = user;
    (void)connector;
    world->locks++;
    world->locked = locked;
    inside(world, "lock", evse);
}

static void restart(bool hard, void *user)
{
    struct world *world = user;
    world->restarts++;
    world->restarted_hard = hard;
    inside(world, "restart", 0);
}

static void status_changed(int evse, int connector, enum ocpp_connector_status status, void *user)
{
    struct world *world = user;
    if (connector == 1) {
        world->shown[evse] = status;
    }
    inside(world, "status_changed", evse);
}

static void token_judged(int evse, const struct ocpp_token *token, const struct ocpp_judgement *judgement, void *user)
{
    struct world *world = user;
    assert_non_null(token->id);
    world->judged = judgement->authorization;
    world->judged_source = judgement->source;
    world->judged_master_pass = judgement->is_master_pass;
    snprintf(world->judged_message, sizeof(world->judged_message), "%s", judgement->message);
    snprintf(world->judged_language, sizeof(world->judged_language), "%s", judgement->language);
    snprintf(world->judged_language2, sizeof(world->judged_language2), "%s", judgement->language2);
    world->judgements++;
    inside(world, "token_judged", evse);
}

static void clock_told(int64_t utc_ms, void *user)
{
    struct world *world = user;
    world->clock_told = utc_ms;
    inside(world, "clock_told", 0);
}

static void fill_random(void *bytes, size_t size, void *user)
{
    struct world *world = user;
    for (size_t i = 0; i < size; i++) {
        world->random = world->random * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(world->random >> 56);
    }
}

void plug(struct world *world, int evse)
{
    assert_int_equal(ocpp_charge_point_plug(world->cp, evse, 1, true, world->now), OCPP_OK);
    world_run(world);
}

void unplug(struct world *world, int evse)
{
    assert_int_equal(ocpp_charge_point_plug(world->cp, evse, 1, false, world->now), OCPP_OK);
    world_run(world);
}

void card(struct world *world, int evse, const char *id)
{
    const struct ocpp_token token = { id, OCPP_TOKEN_ISO14443 };
    assert_int_equal(ocpp_charge_point_token(world->cp, evse, &token, world->now), OCPP_OK);
    world_run(world);
}

void charge(struct world *world, int evse, int64_t wh)
{
    assert_true(world->closed[evse]);
    world->meter_wh[evse] += wh;
}

/* --- the central system: its record ------------------------------------------------------------------------------------- */

static struct session *session_of(struct world *world, const char *id)
{
    for (size_t i = 0; i < world->session_count; i++) {
        if (strcmp(world->sessions[i].id, id) == 0) {
            return &world->sessions[i];
        }
    }
    assert_true(world->session_count < WORLD_SESSIONS);
    struct session *session = &world->sessions[world->session_count++];
    snprintf(session->id, sizeof(session->id), "%s", id);
    return session;
}

struct session *the_session(struct world *world)
{
    assert_int_equal(world->session_count, 1);
    return &world->sessions[0];
}

/* The session an earlier message of that id was recorded with; -1: it is new. */
static int seen_before(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->seen_count; i++) {
        if (strcmp(world->seen_ids[i], id) == 0) {
            return world->seen_session[i];
        }
    }
    return -1;
}

static void note_seen(struct world *world, const char *id, const struct session *session)
{
    assert_true(world->seen_count < WORLD_SEEN);
    snprintf(world->seen_ids[world->seen_count], sizeof(world->seen_ids[0]), "%s", id);
    world->seen_session[world->seen_count++] = (int)(session - world->sessions);
}

static void copy_member(char *to, size_t room, const char *payload, const char *path)
{
    snprintf(to, room, "%s", value_of(payload, path));
}

static int record_start(struct world *world, const char *id, const char *payload)
{
    const int before = seen_before(world, id);
    if (before >= 0) {
        return atoi(world->sessions[before].id);
    }
    char number[16];
    snprintf(number, sizeof(number), "%d", ++world->next_number);
    struct session *session = session_of(world, number);
    session->started++;
    session->evse = atoi(value_of(payload, "connectorId"));
    session->meter_start = atoll(value_of(payload, "meterStart"));
    copy_member(session->token, sizeof(session->token), payload, "idTag");
    copy_member(session->started_at, sizeof(session->started_at), payload, "timestamp");
    note_seen(world, id, session);
    return world->next_number;
}

static void record_stop(struct world *world, const char *id, const char *payload)
{
    if (seen_before(world, id) >= 0) {
        return;
    }
    struct session *session = session_of(world, value_of(payload, "transactionId"));
    session->ended++;
    session->meter_stop = atoll(value_of(payload, "meterStop"));
    copy_member(session->reason, sizeof(session->reason), payload, "reason");
    copy_member(session->ended_at, sizeof(session->ended_at), payload, "timestamp");
    note_seen(world, id, session);
}

static void record_values(struct world *world, const char *id, const char *payload)
{
    if (value_of(payload, "transactionId")[0] == '\0' || seen_before(world, id) >= 0) {
        return;
    }
    struct session *session = session_of(world, value_of(payload, "transactionId"));
    session->updates++;
    note_seen(world, id, session);
}

static void record_event(struct world *world, const char *payload)
{
    struct session *session = session_of(world, value_of(payload, "transactionInfo/transactionId"));
    const int number = atoi(value_of(payload, "seqNo"));
    assert_in_range(number, 0, 255);
    session->offline = strcmp(value_of(payload, "offline"), "true") == 0;
    if (session->numbers[number]++ > 0) {
        return;
    }
    const char *kind = value_of(payload, "eventType");
    const char *value = value_of(payload, "meterValue/0/sampledValue/0/value");
    if (strcmp(kind, "Started") == 0) {
        session->started++;
        session->meter_start = atoll(value);
        session->evse = atoi(value_of(payload, "evse/id"));
        copy_member(session->token, sizeof(session->token), payload, "idToken/idToken");
        copy_member(session->started_at, sizeof(session->started_at), payload, "timestamp");
    } else if (strcmp(kind, "Ended") == 0) {
        session->ended++;
        const int readings = atoi(value_of(payload, "meterValue") + 1);
        if (readings > 1) { /* a start whose place was not known yet told none */
            session->meter_start = atoll(value);
        }
        char last[64]; /* behind the first reading and the samples */
        snprintf(last, sizeof(last), "meterValue/%d/sampledValue/0/value", readings - 1);
        session->meter_stop = atoll(value_of(payload, last));
        copy_member(session->reason, sizeof(session->reason), payload, "transactionInfo/stoppedReason");
        copy_member(session->ended_at, sizeof(session->ended_at), payload, "timestamp");
    } else {
        session->updates++;
    }
}

/* --- the central system: its answers ------------------------------------------------------------------------------------- */

static const char *central_time(const struct world *world)
{
    static char text[OCPP_TIME_TEXT_SIZE];
    ocpp_time_format(world->central_utc_ms + world->now.mono_ms, text);
    return text;
}

static void answer_of(struct world *world, const char *id, const char *action, const char *payload, char *answer, size_t room)
{
    const bool is_old = world->version == OCPP_VERSION_1_6;
    char group[640] = "";
    if (world->token_info != NULL) {
        snprintf(group, sizeof(group), ",%s", world->token_info);
    } else if (world->authorize_group != NULL) {
        snprintf(group, sizeof(group),
                 is_old ? ",\"parentIdTag\":\"%s\"" : ",\"groupIdToken\":{\"idToken\":\"%s\",\"type\":\"Central\"}",
                 world->authorize_group);
    }
    snprintf(answer, room, "{}");
    if (world->answers != NULL && world->answers(world, action, payload, answer, room)) {
        return;
    }
    if (strcmp(action, "BootNotification") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\",\"currentTime\":\"%s\",\"interval\":%d}", world->boot_status,
                 central_time(world), world->boot_interval);
    } else if (strcmp(action, "Heartbeat") == 0) {
        snprintf(answer, room, "{\"currentTime\":\"%s\"}", central_time(world));
    } else if (strcmp(action, "Authorize") == 0) {
        snprintf(answer, room, "{\"%s\":{\"status\":\"%s\"%s}}", is_old ? "idTagInfo" : "idTokenInfo", world->authorize_status,
                 group);
    } else if (strcmp(action, "StartTransaction") == 0) {
        snprintf(answer, room, "{\"idTagInfo\":{\"status\":\"%s\"%s},\"transactionId\":%d}", world->start_status, group,
                 record_start(world, id, payload));
    } else if (strcmp(action, "StopTransaction") == 0) {
        record_stop(world, id, payload);
    } else if (strcmp(value_of(payload, "messageId"), "ConnectorUnplugged") == 0) {
        snprintf(answer, room, "{\"status\":\"Accepted\"}");
    } else if (strcmp(action, "MeterValues") == 0) {
        record_values(world, id, payload);
    } else if (strcmp(action, "SignCertificate") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\"}", world->sign_status);
    } else if (strcmp(action, "TransactionEvent") == 0) {
        record_event(world, payload);
        const bool is_judged = value_of(payload, "idToken/idToken")[0] != '\0';
        const char *members = world->event_members == NULL ? "" : world->event_members;
        char info[768] = "";
        if (is_judged) {
            snprintf(info, sizeof(info), "\"idTokenInfo\":{\"status\":\"%s\"%s}", world->start_status, group);
        }
        snprintf(answer, room, "{%s%s%s}", info, is_judged && members[0] != '\0' ? "," : "", members);
    }
}

static bool takes(const char *wanted, int *count, const char *action)
{
    if (wanted == NULL || *count <= 0 || (strcmp(wanted, "*") != 0 && strcmp(wanted, action) != 0)) {
        return false;
    }
    --*count;
    return true;
}

/* A text that found no memory is given again (charge_point.h). */
static void give(struct world *world, const char *text)
{
    enum ocpp_status status = ocpp_charge_point_receive(world->cp, text, strlen(text), world->now);
    for (int again = 0; again < 3 && status == OCPP_ERR_NOMEM; again++) {
        status = ocpp_charge_point_receive(world->cp, text, strlen(text), world->now);
    }
    assert_true(status == OCPP_OK || (status == OCPP_ERR_NOMEM && world->is_starved));
}

static void hear_call(struct world *world, const struct ocpp_json *frame)
{
    const char *id = ocpp_json_string(ocpp_json_item(frame, 1));
    const char *action = ocpp_json_string(ocpp_json_item(frame, 2));
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_json_writer writer;
    const char *payload;
    size_t size;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, ocpp_json_item(frame, 3));
    assert_int_equal(ocpp_json_writer_finish(&writer, &payload, &size), OCPP_OK);
    assert_true(world->call_count < WORLD_CALLS);
    struct seen_call *call = &world->calls[world->call_count++];
    snprintf(call->action, sizeof(call->action), "%s", action);
    snprintf(call->id, sizeof(call->id), "%s", id);
    call->payload = malloc(size + 1);
    memcpy(call->payload, payload, size + 1);
    char answer[8192];
    char text[8448];
    if (takes(world->silent_action, &world->silent_count, action)) {
        ocpp_arena_free(arena);
        return;
    }
    if (takes(world->refuse_action, &world->refuse_count, action)) {
        snprintf(text, sizeof(text), "[4,\"%s\",\"%s\",\"not today\",{}]", id,
                 world->refuse_code == NULL ? "InternalError" : world->refuse_code);
    } else {
        answer_of(world, id, action, payload, answer, sizeof(answer));
        snprintf(text, sizeof(text), "[3,\"%s\",%s]", id, answer);
    }
    ocpp_arena_free(arena);
    give(world, text);
}

static void hear(struct world *world, const char *text, size_t size)
{
    struct ocpp_json *frame = NULL;
    char copy[65536];
    assert_true(size < sizeof(copy));
    memcpy(copy, text, size);
    copy[size] = '\0';
    world->frames_out++;
    assert_int_equal(ocpp_json_parse(copy, size, NULL, &frame, NULL), OCPP_OK);
    int64_t kind = 0;
    assert_true(ocpp_json_is_integer(ocpp_json_item(frame, 0), &kind));
    if (kind == 2) {
        hear_call(world, frame);
    } else if (kind == 3) {
        const char *start = strchr(copy, '{');
        snprintf(world->answer, sizeof(world->answer), "%.*s", (int)(size - 1 - (size_t)(start - copy)), start);
    } else {
        snprintf(world->answer, sizeof(world->answer), "%s", ocpp_json_string(ocpp_json_item(frame, 2)));
        world->protocol_errors++;
    }
    ocpp_json_free(frame);
}

/* --- running ---------------------------------------------------------------------------------------------------------------- */

void world_run(struct world *world)
{
    for (int round = 0; round < 10000 && !test_storage_is_cut(world->storage); round++) {
        size_t size = 0;
        const char *text = ocpp_charge_point_next_output(world->cp, &size, world->now);
        if (text != NULL) {
            hear(world, text, size);
            continue;
        }
        if (world->flushes && test_storage_waiting(world->storage) > 0) {
            test_storage_face(world->storage)->flush(test_storage_face(world->storage)->user);
            continue;
        }
        if (ocpp_charge_point_deadline(world->cp) > world->now.mono_ms &&
            !ocpp_rpc_has_output(ocpp_charge_point_rpc(world->cp))) {
            return;
        }
        ocpp_charge_point_advance(world->cp, world->now);
    }
    if (!test_storage_is_cut(world->storage) && !world->is_starved) {
        fail_msg("the charge point never comes to rest");
    }
}

static void move_clock(struct world *world, int64_t mono_ms)
{
    if (world->now.utc_ms != OCPP_UTC_UNKNOWN) {
        world->now.utc_ms += mono_ms - world->now.mono_ms;
    }
    world->now.mono_ms = mono_ms;
}

void world_pass(struct world *world, int seconds)
{
    const int64_t end = world->now.mono_ms + (int64_t)seconds * 1000;
    for (;;) {
        world_run(world);
        const int64_t deadline = ocpp_charge_point_deadline(world->cp);
        if (deadline > end || test_storage_is_cut(world->storage)) {
            break;
        }
        move_clock(world, deadline);
        ocpp_charge_point_advance(world->cp, world->now);
    }
    move_clock(world, end);
    world_run(world);
}

void world_connect(struct world *world, enum ocpp_version version)
{
    world->version = version;
    assert_int_equal(ocpp_charge_point_link_up(world->cp, version, world->now), OCPP_OK);
    world_run(world);
}

void world_disconnect(struct world *world)
{
    ocpp_charge_point_link_down(world->cp, world->now);
    world_run(world);
}

/* --- power -------------------------------------------------------------------------------------------------------------------
 */

struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->memory = ocpp_memory_storage_new(NULL, 0);
    world->storage = test_storage_new(world->memory);
    world->now = (struct ocpp_now){ 1000, OCPP_UTC_UNKNOWN };
    world->central_utc_ms = 1700000000000;
    world->random = 42;
    world->settings = ocpp_charge_point_settings_default();
    world->settings.identity = "PILE-7";
    world->settings.vendor = "Example";
    world->settings.model = "Two-gun 60 kW";
    world->settings.random = fill_random;
    world->settings.random_user = world;
    world->hardware = (struct ocpp_hardware){
        .permit_changed = permit_changed,
        .read_meter = read_meter,
        .lock = lock,
        .restart = restart,
        .status_changed = status_changed,
        .token_judged = token_judged,
        .clock_told = clock_told,
        .user = world,
    };
    world->boot_status = "Accepted";
    world->boot_interval = 300;
    world->authorize_status = "Accepted";
    world->start_status = "Accepted";
    world->sign_status = "Accepted";
    return world;
}

void world_power_on(struct world *world)
{
    assert_null(world->cp);
    world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
    assert_non_null(world->cp);
    world_run(world);
}

void world_power_off(struct world *world)
{
    ocpp_charge_point_free(world->cp);
    world->cp = NULL;
    memset(world->closed, 0, sizeof(world->closed));
}

void world_power_back(struct world *world, int seconds)
{
    if (!test_storage_is_cut(world->storage)) {
        test_storage_cut_now(world->storage, SIZE_MAX);
    }
    if (world->cp != NULL) {
        world_power_off(world);
    }
    test_storage_power_on(world->storage);
    if (world->flushes) {
        test_storage_delay(world->storage, true);
    }
    world->central_utc_ms += world->now.mono_ms + (int64_t)seconds * 1000 - 700;
    world->now = (struct ocpp_now){ 700, OCPP_UTC_UNKNOWN };
    world_power_on(world);
}

void world_free(struct world *world)
{
    if (world->cp != NULL) {
        world_power_off(world);
    }
    for (size_t i = 0; i < world->call_count; i++) {
        free(world->calls[i].payload);
    }
    test_storage_free(world->storage);
    ocpp_memory_storage_free(world->memory);
    free(world);
}

struct world *world_accepted(enum ocpp_version version)
{
    struct world *world = world_new();
    world_power_on(world);
    world_connect(world, version);
    central_forgets(world);
    return world;
}

/* --- what the central system saw
 * ------------------------------------------------------------------------------------------------ */

static bool has_members(const char *payload, const char *members)
{
    char list[512];
    snprintf(list, sizeof(list), "%s", members);
    for (char *rest = list, *member = strtok(rest, " "); member != NULL; member = strtok(NULL, " ")) {
        char *value = strchr(member, '=');
        assert_non_null(value);
        *value++ = '\0';
        const char *found = value_of(payload, member);
        const bool is_any = strcmp(value, "*") == 0 && found[0] != '\0';
        if (!is_any && strcmp(found, strcmp(value, "-") == 0 ? "" : value) != 0) {
            return false;
        }
    }
    return true;
}

void central_sees(struct world *world, const char *action, const char *members)
{
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, action) == 0 && has_members(world->calls[i].payload, members)) {
            world->looked_at = i + 1;
            return;
        }
    }
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        print_message("    seen: %s %s\n", world->calls[i].action, world->calls[i].payload);
    }
    fail_msg("the central system does not see %s %s", action, members);
}

void central_does_not_see(struct world *world, const char *action)
{
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, action) == 0) {
            fail_msg("the central system sees %s %s", action, world->calls[i].payload);
        }
    }
}

void central_forgets(struct world *world)
{
    world->looked_at = world->call_count;
}

int central_counts(const struct world *world, const char *action)
{
    int count = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        count += strcmp(world->calls[i].action, action) == 0;
    }
    return count;
}

void central_says(struct world *world, const char *text)
{
    char copy[131072];
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    give(world, copy);
    world_run(world);
}

const char *central_asks(struct world *world, const char *action, const char *payload)
{
    static unsigned counter;
    char text[131072];
    world->answer[0] = '\0';
    snprintf(text, sizeof(text), "[2,'central-%u','%s',%s]", ++counter, action, payload);
    central_says(world, text);
    return world->answer;
}

/* --- commands, in whichever version --- */

enum ocpp_version world_versions[2] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 };

struct world *world_of(void **state)
{
    return world_accepted(*(enum ocpp_version *)*state);
}

bool world_is_old(const struct world *world)
{
    return world->version == OCPP_VERSION_1_6;
}

/* The settings of the tests, by their names in both versions. */
static const struct {
    const char *key;
    const char *component;
    const char *variable;
    const char *instance;
} settings[] = {
    { "MeterValueSampleInterval", "SampledDataCtrlr", "TxUpdatedInterval", NULL },
    { "MeterValuesSampledData", "SampledDataCtrlr", "TxUpdatedMeasurands", NULL },
    { "ConnectionTimeOut", "TxCtrlr", "EVConnectionTimeOut", NULL },
    { "StopTransactionOnInvalidId", "TxCtrlr", "StopTxOnInvalidId", NULL },
    { "SampledDataSignReadings", "SampledDataCtrlr", "SignReadings", NULL },
    { "TxStartPoint", "TxCtrlr", "TxStartPoint", NULL },
    { "TxStopPoint", "TxCtrlr", "TxStopPoint", NULL },
    { "StopTransactionOnEVSideDisconnect", "TxCtrlr", "StopTxOnEVSideDisconnect", NULL },
    { "AuthorizeRemoteTxRequests", "AuthCtrlr", "AuthorizeRemoteStart", NULL },
    { "AllowOfflineTxForUnknownId", "AuthCtrlr", "OfflineTxForUnknownIdEnabled", NULL },
    { "TransactionMessageAttempts", "OCPPCommCtrlr", "MessageAttempts", "TransactionEvent" },
    { "TransactionMessageRetryInterval", "OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent" },
    { "HeartbeatInterval", "OCPPCommCtrlr", "HeartbeatInterval", NULL },
    { "AuthorizationCacheEnabled", "AuthCacheCtrlr", "Enabled", NULL },
    { "LocalAuthListEnabled", "LocalAuthListCtrlr", "Enabled", NULL },
    { "LocalAuthorizeOffline", "AuthCtrlr", "LocalAuthorizeOffline", NULL },
    { "LocalPreAuthorize", "AuthCtrlr", "LocalPreAuthorize", NULL },
    { "MaxEnergyOnInvalidId", "TxCtrlr", "MaxEnergyOnInvalidId", NULL },
    { "ClockAlignedDataInterval", "AlignedDataCtrlr", "Interval", NULL },
    { "MeterValuesAlignedData", "AlignedDataCtrlr", "Measurands", NULL },
    { "MinimumStatusDuration", "ChargingStation", "MinimumStatusDuration", NULL },
    { "ResetRetries", "OCPPCommCtrlr", "ResetRetries", NULL },
    { "UnlockConnectorOnEVSideDisconnect", "OCPPCommCtrlr", "UnlockOnEVSideDisconnect", NULL },
    { "WebSocketPingInterval", "OCPPCommCtrlr", "WebSocketPingInterval", NULL },
    { "TimeOffset", "ClockCtrlr", "TimeOffset", NULL },
};

void world_set(struct world *world, const char *name, const char *value)
{
    char payload[512];
    if (world_is_old(world)) {
        snprintf(payload, sizeof(payload), "{'key':'%s','value':'%s'}", name, value);
        assert_string_equal(value_of(central_asks(world, "ChangeConfiguration", payload), "status"), "Accepted");
        return;
    }
    size_t i = 0;
    while (strcmp(settings[i].key, name) != 0) {
        i++;
        assert_true(i < COUNT_OF(settings));
    }
    world_set_variable(world, settings[i].component, settings[i].variable, settings[i].instance, value);
}

void world_set_variable(struct world *world, const char *component, const char *variable, const char *instance, const char *value)
{
    char payload[768];
    char of[64] = "";
    if (instance != NULL) {
        snprintf(of, sizeof(of), ",'instance':'%s'", instance);
    }
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':{'name':'%s'},'variable':{'name':'%s'%s},'attributeValue':'%s'}]}", component,
             variable, of, value);
    assert_string_equal(value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus"),
                        "Accepted");
}

const char *central_starts(struct world *world, int evse, const char *token)
{
    char payload[256];
    char place[32] = "";
    if (evse != 0) {
        snprintf(place, sizeof(place), world_is_old(world) ? ",'connectorId':%d" : ",'evseId':%d", evse);
    }
    snprintf(payload, sizeof(payload),
             world_is_old(world) ? "{'idTag':'%s'%s}" : "{'idToken':{'idToken':'%s','type':'Central'},'remoteStartId':77%s}",
             token, place);
    return value_of(central_asks(world, world_is_old(world) ? "RemoteStartTransaction" : "RequestStartTransaction", payload),
                    "status");
}

const char *central_stops(struct world *world)
{
    char payload[128];
    snprintf(payload, sizeof(payload), world_is_old(world) ? "{'transactionId':%s}" : "{'transactionId':'%s'}",
             the_session(world)->id);
    return value_of(central_asks(world, world_is_old(world) ? "RemoteStopTransaction" : "RequestStopTransaction", payload),
                    "status");
}
