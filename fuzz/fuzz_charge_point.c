/* fuzz_charge_point.c: a central system says anything to a charge point, its firmware does anything, its store fails and its
 * power goes at any time.
 *
 * The input is a script, one line per event, so that seeds can be read; a digit is an EVSE, 1 or 2:
 *   >FRAME  the central system sends FRAME, in which $ stands for the id of the last call it saw
 *   a  it answers by itself from now on, or not again      n N  a link in one version or the other      o  the link is lost
 *   t  ten seconds pass      T  an hour passes
 *   p1 u1  plug, unplug      c1TAG  a card      i1CODE  a code      b1  the start button      v1 w1  the vehicle draws, suspends
 *   f1 r1  fault, repair      F1 R1  another fault, over      s1  stop      l1 L1  the latch opens, locks      m1  energy
 *   C  latches are confirmed from the next start on, or not again      q Q  an extension asks, leaves
 *   e1  the register falls to nothing      h  meters are silent from now on, or not again
 *   g1TEXT  firmware pushes a reading (0: of the main meter) that the meter signed with TEXT
 *   jKEY=VALUE  the firmware changes a setting
 *   d  writes are delayed from now on, or not again      y  they are durable      x  the next write is refused
 *   z  the next is lost      k  power cut, and back      K  the same, and transactions wait for their vehicles
 *   P1 U1  a bay is taken, left
 *   E1 D1  a limit from outside (0: of the station), its end
 *   V1 W1  a reset came about, or not (0: of the station)      H  resets are held from now on, or not again
 *   O1  an attempt to connect fails, for one reason or another
 *   MTEXT  another SIM      S  another network profile      B1  a restart for that reason is announced
 *   A  the operator wants a new certificate      G  the next call of the crypto fails
 *   J  the file that is on its way has arrived      I  it has not
 *   X  what is kept is looked at, and its first discarded      Y  the next read of the store fails
 *
 * After every line the invariants hold; at the end everything can be told and is told once.
 */
#include "target.h"

#include <ocpp/adapters.h>

#include "json.h"
#include "require.h"
#include "station_parts.h"
#include "test_storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVSES = 2, TRANSACTIONS = 256, ID_SIZE = 40 };

struct told_transaction {
    char id[ID_SIZE];
    bool started;
    bool ended;
};

struct world {
    struct ocpp_charge_point_settings settings;
    struct ocpp_hardware hardware;
    struct station_parts parts;
    struct ocpp_charge_point *cp;
    struct ocpp_storage *memory;
    struct test_storage *store;
    struct ocpp_now now;
    uint64_t random;
    int64_t energy_wh[EVSES + 1];
    bool plugged[EVSES + 1];
    bool answers;
    bool delayed;
    bool silent;
    bool holds; /* resets */
    char last_id[ID_SIZE];
    size_t unanswered; /* calls of ours on this link */
    struct told_transaction told[TRANSACTIONS];
    size_t told_count;
};

/* --- the firmware -------------------------------------------------------------------------------------------------------- */

static void permit_changed(int evse, void *user)
{
    struct world *world = user;
    (void)ocpp_charge_point_permit(world->cp, evse, world->now);
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    const struct world *world = user;
    ocpp_require(room >= 1 && evse >= 0 && evse <= EVSES);
    if (world->silent) {
        return 0;
    }
    samples[0] =
        (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { world->energy_wh[evse], 0 } };
    return 1;
}

static void nothing_to_lock(int evse, int connector, bool locked, void *user)
{
    (void)evse;
    (void)connector;
    (void)locked;
    (void)user;
}

static void nothing_to_restart(bool hard, void *user)
{
    (void)hard;
    (void)user;
}

static void nothing_to_restart_there(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static void fill_random(void *bytes, size_t size, void *user)
{
    struct world *world = user;
    for (size_t i = 0; i < size; i++) {
        world->random = world->random * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(world->random >> 56);
    }
}

/* --- the central system ---------------------------------------------------------------------------------------------------- */

static const char *member(const struct ocpp_json *object, const char *name)
{
    const struct ocpp_json *value = object == NULL ? NULL : ocpp_json_member(object, name);
    return value != NULL && ocpp_json_kind(value) == OCPP_JSON_STRING ? ocpp_json_string(value) : "";
}

/* What must never be said: a transaction that starts or ends twice under different ids, or goes on after its end. */
static void note_event(struct world *world, const struct ocpp_json *payload)
{
    const char *id = member(ocpp_json_member(payload, "transactionInfo"), "transactionId");
    const char *kind = member(payload, "eventType");
    struct told_transaction *told = NULL;
    for (size_t i = 0; i < world->told_count; i++) {
        told = strcmp(world->told[i].id, id) == 0 ? &world->told[i] : told;
    }
    if (told == NULL && world->told_count < TRANSACTIONS) {
        told = &world->told[world->told_count++];
        snprintf(told->id, sizeof(told->id), "%s", id);
    }
    if (told == NULL) {
        return;
    }
    ocpp_require(strcmp(kind, "Started") == 0 || told->started || ocpp_charge_point_view(world->cp).dead_letters > 0);
    ocpp_require(strcmp(kind, "Ended") == 0 || !told->ended);
    told->started = true;
    told->ended = told->ended || strcmp(kind, "Ended") == 0;
}

static void answer(struct world *world, const char *id, const char *action)
{
    static const struct {
        const char *action;
        const char *payload;
    } answers[] = {
        { "BootNotification", "{\"status\":\"Accepted\",\"currentTime\":\"2026-01-01T00:00:00Z\",\"interval\":300}" },
        { "Heartbeat", "{\"currentTime\":\"2026-01-01T00:00:00Z\"}" },
        { "Authorize", "{\"idTagInfo\":{\"status\":\"Accepted\"}}" },
        { "StartTransaction", "{\"idTagInfo\":{\"status\":\"Accepted\"},\"transactionId\":7}" },
    };
    const char *payload = "{}";
    char text[512];
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        payload = strcmp(answers[i].action, action) == 0 ? answers[i].payload : payload;
    }
    if (strcmp(action, "Authorize") == 0 && ocpp_charge_point_view(world->cp).version != OCPP_VERSION_1_6) {
        payload = "{\"idTokenInfo\":{\"status\":\"Accepted\"}}";
    }
    snprintf(text, sizeof(text), "[3,\"%s\",%s]", id, payload);
    ocpp_require(ocpp_charge_point_receive(world->cp, text, strlen(text), world->now) == OCPP_OK);
    world->unanswered--;
}

static void hear(struct world *world, const char *text, size_t size)
{
    struct ocpp_json *frame = NULL;
    int64_t kind = 0;
    ocpp_require(ocpp_json_parse(text, size, NULL, &frame, NULL) == OCPP_OK);
    ocpp_require(ocpp_json_is_integer(ocpp_json_item(frame, 0), &kind) && kind >= 2 && kind <= 4);
    if (kind == 2) {
        char action[64];
        snprintf(world->last_id, sizeof(world->last_id), "%s", ocpp_json_string(ocpp_json_item(frame, 1)));
        snprintf(action, sizeof(action), "%s", ocpp_json_string(ocpp_json_item(frame, 2)));
        if (strcmp(action, "TransactionEvent") == 0) {
            note_event(world, ocpp_json_item(frame, 3));
        }
        ocpp_json_free(frame);
        world->unanswered++;
        if (world->answers) {
            answer(world, world->last_id, action);
        }
        return;
    }
    ocpp_json_free(frame);
}

static bool is_dark(const struct world *world)
{
    return test_storage_is_cut(world->store);
}

static void drain(struct world *world)
{
    for (int i = 0; i < 5000 && !is_dark(world); i++) {
        size_t size;
        const char *text = ocpp_charge_point_next_output(world->cp, &size, world->now);
        if (text == NULL) {
            return;
        }
        hear(world, text, size);
    }
}

/* --- what must always be so --------------------------------------------------------------------------------------------------
 */

static void check(const struct world *world)
{
    const struct ocpp_charge_point_view view = ocpp_charge_point_view(world->cp);
    ocpp_require(view.queued_records <= world->settings.max_queued_records);
    ocpp_require(view.parked_records <= view.queued_records);
    ocpp_require(ocpp_charge_point_reservations(world->cp, NULL, 0) <= 2 * EVSES);
    for (int evse = 1; evse <= EVSES; evse++) {
        struct ocpp_evse_view there;
        const struct ocpp_permit permit = ocpp_charge_point_permit(world->cp, evse, world->now);
        ocpp_require(ocpp_charge_point_evse(world->cp, evse, &there) == OCPP_OK);
        ocpp_require(permit.closed == (permit.reason == OCPP_PERMIT_CHARGING && world->plugged[evse]));
        ocpp_require(!permit.closed || there.transaction);
        ocpp_require(there.energy_wh >= 0);
    }
}

/* --- the script
 * ----------------------------------------------------------------------------------------------------------------- */

static void pass(struct world *world, int64_t ms)
{
    const int64_t end = world->now.mono_ms + ms;
    for (int i = 0; i < 100 && !is_dark(world); i++) {
        const int64_t deadline = ocpp_charge_point_deadline(world->cp);
        if (deadline > end) {
            break;
        }
        world->now.mono_ms = deadline > world->now.mono_ms ? deadline : world->now.mono_ms;
        ocpp_charge_point_advance(world->cp, world->now);
        drain(world);
    }
    world->now.mono_ms = end;
    ocpp_charge_point_advance(world->cp, world->now);
}

/* An extension that answers some at once, with what it was asked. */
static void on_request(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                       void *user)
{
    const struct world *world = user;
    const struct ocpp_data_transfer_answer echo = {
        .result = OCPP_DATA_TRANSFER_ACCEPTED,
        .kind = request->kind,
        .data = request->data,
    };
    if (request->message_id == NULL || request->message_id[0] != 'l') {
        ocpp_require(ocpp_charge_point_answer_data_transfer(cp, call, &echo, world->now) != OCPP_ERR_ARGUMENT);
    }
}

static void power_on(struct world *world)
{
    world->cp = ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->store), world->now);
    ocpp_require(world->cp != NULL);
    const struct ocpp_data_transfer_handler extension = { "v", on_request, NULL, world };
    ocpp_require(ocpp_charge_point_on_data_transfer(world->cp, &extension, world->now) == OCPP_OK);
    memset(world->plugged, 0, sizeof(world->plugged));
    world->unanswered = 0;
}

static void power_cut(struct world *world)
{
    if (!is_dark(world)) {
        test_storage_cut_now(world->store, world->random % 4);
    }
    ocpp_charge_point_free(world->cp);
    fake_transfer_init(&world->parts.transfer);
    test_storage_power_on(world->store);
    world->delayed = false;
    world->now.mono_ms = 1000;
    power_on(world);
}

/* It was delivered with TLS, and whatever a central system says of profiles and passwords, it never asks for less. */
static bool asks_for_connection(struct world *world)
{
    struct ocpp_connection connection;
    if (ocpp_charge_point_next_connection(world->cp, &connection, world->now) != OCPP_OK) {
        return false;
    }
#if OCPP_WITH_NETWORK
    ocpp_require(connection.security_profile >= OCPP_SECURITY_TLS && strncmp(connection.url, "wss://", 6) == 0);
    ocpp_require(connection.security_profile == OCPP_SECURITY_CERTIFICATE || connection.password != NULL);
    ocpp_require(connection.versions[0] != OCPP_VERSION_NONE);
#endif
    return true;
}

static void fail_to_connect(struct world *world, int number)
{
    if (asks_for_connection(world)) {
        const enum ocpp_connection_failure failure = (enum ocpp_connection_failure)(number % OCPP_CONNECTION_FAILURES);
        ocpp_require(ocpp_charge_point_connection_failed(world->cp, failure, "as it goes", world->now) == OCPP_OK);
    }
}

static void connect(struct world *world, enum ocpp_version version)
{
    if (ocpp_charge_point_view(world->cp).version == OCPP_VERSION_NONE) {
        (void)asks_for_connection(world);
        ocpp_require(ocpp_charge_point_link_up(world->cp, version, world->now) == OCPP_OK);
        world->unanswered = 0;
    }
}

static void central_says(struct world *world, const char *line, size_t size)
{
    char *text = malloc(size * ID_SIZE + 1);
    size_t length = 0;
    ocpp_require(text != NULL);
    for (size_t i = 0; i < size; i++) {
        const bool is_id = line[i] == '$';
        const size_t part = is_id ? strlen(world->last_id) : 1;
        memcpy(text + length, is_id ? world->last_id : &line[i], part);
        length += part;
    }
    const enum ocpp_status status = ocpp_charge_point_receive(world->cp, text, length, world->now);
    ocpp_require(status == OCPP_OK || status == OCPP_ERR_TOO_LARGE ||
                 (status == OCPP_ERR_STATE && ocpp_charge_point_view(world->cp).version == OCPP_VERSION_NONE));
    free(text);
}

static void plug(struct world *world, int evse, bool plugged)
{
    if (ocpp_charge_point_plug(world->cp, evse, 1, plugged, world->now) == OCPP_OK) {
        world->plugged[evse] = plugged;
    }
}

static void present(struct world *world, int evse, enum ocpp_token_type type, const char *line, size_t size)
{
    char id[300];
    snprintf(id, sizeof(id), "%.*s", (int)(size > 290 ? 290 : size), line);
    const struct ocpp_token token = { id, type };
    ocpp_charge_point_token(world->cp, evse, &token, world->now);
}

static void push(struct world *world, int evse, const char *line, size_t size)
{
    char data[700];
    snprintf(data, sizeof(data), "%.*s", (int)(size > 690 ? 690 : size), line);
    const struct ocpp_signed_value value = { data, NULL, "OCMF", "key" };
    const struct ocpp_sample samples[] = {
        { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
          .value = { evse <= EVSES ? world->energy_wh[evse] : 0, 0 },
          .signed_value = &value },
        { .measurand = OCPP_MEASURAND_VOLTAGE, .phase = OCPP_PHASE_L1_N, .value = { 2301, 1 } },
    };
    const struct ocpp_meter_reading reading = { samples, 2 };
    ocpp_charge_point_meter(world->cp, evse, &reading, world->now);
}

static void change_setting(struct world *world, const char *line, size_t size)
{
    char key[64];
    char value[1100];
    const char *equals = memchr(line, '=', size);
    const size_t key_size = equals == NULL ? size : (size_t)(equals - line);
    const size_t value_size = equals == NULL ? 0 : size - key_size - 1;
    snprintf(key, sizeof(key), "%.*s", (int)(key_size > 60 ? 60 : key_size), line);
    snprintf(value, sizeof(value), "%.*s", (int)(value_size > 1090 ? 1090 : value_size), equals == NULL ? "" : equals + 1);
    if (ocpp_charge_point_key_set(world->cp, key, value, world->now) == OCPP_OK && !is_dark(world)) {
        char kept[OCPP_SETTING_TEXT_SIZE];
        ocpp_require(ocpp_charge_point_key_get(world->cp, key, kept, sizeof(kept)) == OCPP_OK);
    }
}

/* --- starts and resets */

static bool note_first_kept(const struct ocpp_kept_record *record, void *user)
{
    char *key = user;
    if (key[0] == '\0') {
        snprintf(key, OCPP_KEY_SIZE, "%s", record->key);
    }
    return true;
}

static void discard_first(struct world *world)
{
    char key[OCPP_KEY_SIZE] = "";
    if (ocpp_charge_point_each_kept(world->cp, note_first_kept, key) == OCPP_OK && key[0] != '\0') {
        ocpp_charge_point_discard(world->cp, key, world->now);
    }
}

static bool run_start(struct world *world, const char *line, size_t size)
{
    char text[64];
    const int number = size > 1 && line[1] >= '0' && line[1] <= '9' ? line[1] - '0' : 1;
    switch (line[0]) {
    case 'V':
        ocpp_charge_point_reset_done(world->cp, number, world->now);
        return true;
    case 'W':
        ocpp_charge_point_reset_failed(world->cp, number, world->now);
        return true;
    case 'H':
        world->holds = !world->holds;
        ocpp_charge_point_hold_resets(world->cp, world->holds, world->now);
        return true;
    case 'M':
        snprintf(text, sizeof(text), "%.*s", (int)(size > 60 ? 60 : size - 1), line + 1);
        ocpp_charge_point_modem(world->cp, text, size % 2 == 0 ? text : NULL, world->now);
        return true;
    case 'O':
        fail_to_connect(world, number);
        return true;
    case 'S':
        (void)!ocpp_charge_point_profile_switched(world->cp, world->now);
        return true;
    case 'B':
        ocpp_charge_point_restarting(world->cp, (enum ocpp_boot_reason)number, world->now);
        return true;
    case 'X':
        discard_first(world);
        return true;
    default:
        return false;
    }
}

static void run_store(struct world *world, char letter)
{
    switch (letter) {
    case 'Y':
        test_storage_blind(world->store, 1, OCPP_ERR_STORAGE);
        break;
    case 'd':
        world->delayed = !world->delayed;
        test_storage_delay(world->store, world->delayed);
        break;
    case 'y':
        test_storage_face(world->store)->flush(test_storage_face(world->store)->user);
        break;
    case 'x':
        test_storage_refuse(world->store, 1, OCPP_ERR_FULL);
        break;
    case 'z':
        test_storage_lose(world->store, 1, OCPP_ERR_STORAGE);
        break;
    default:
        world->settings.resume_transactions_ms = letter == 'K' ? 60000 : 0;
        power_cut(world);
        break;
    }
}

static const char *other_code(const char *line, size_t size)
{
    static const char *const codes[] = { "EVCommunicationError", "HighTemperature", "ConnectorLockFailure" };
    return codes[size > 2 ? (unsigned char)line[2] % 3 : 0];
}

static void run_extension(struct world *world, char letter)
{
    static const struct ocpp_data_transfer message = { "v", "m", OCPP_DATA_TEXT, "text" };
    static const struct ocpp_data_transfer_handler nobody = { .vendor_id = "v" };
    if (letter == 'q') {
        ocpp_charge_point_data_transfer(world->cp, &message, NULL, NULL, world->now);
    } else {
        ocpp_charge_point_on_data_transfer(world->cp, &nobody, world->now);
    }
}

static void run_firmware(struct world *world, const char *line, size_t size)
{
    const struct ocpp_fault fault = { .code = "GroundFailure", .info = "RCD" };
    const struct ocpp_fault other = { .code = other_code(line, size) };
    const struct ocpp_external_limit limit = { OCPP_LIMIT_SOURCE_EMS, false, 9000, INT64_MAX };
    const int evse = size > 1 && line[1] >= '0' && line[1] <= '9' ? line[1] - '0' : 1;
    switch (line[0]) {
    case 'p':
    case 'u':
        plug(world, evse, line[0] == 'p');
        break;
    case 'P':
    case 'U':
        ocpp_charge_point_bay(world->cp, evse, line[0] == 'P', world->now);
        break;
    case 'b':
        ocpp_charge_point_start_button(world->cp, evse, world->now);
        break;
    case 'c':
    case 'i':
        present(world, evse, line[0] == 'c' ? OCPP_TOKEN_ISO14443 : OCPP_TOKEN_KEY_CODE, size > 2 ? line + 2 : "TAG",
                size > 2 ? size - 2 : 3);
        break;
    case 'v':
    case 'w':
        ocpp_charge_point_vehicle(world->cp, evse, line[0] == 'v', world->now);
        break;
    case 'f':
    case 'r':
        ocpp_charge_point_fault(world->cp, evse, 0, line[0] == 'f' ? &fault : NULL, world->now);
        break;
    case 'D':
    case 'E':
        ocpp_charge_point_external_limit(world->cp, evse, line[0] == 'E' ? &limit : NULL, world->now);
        break;
    case 's':
        ocpp_charge_point_stop(world->cp, evse, OCPP_STOP_EMERGENCY_STOP, world->now);
        break;
    case 'l':
    case 'L':
        ocpp_charge_point_latch(world->cp, evse, 1, line[0] == 'L', world->now);
        break;
    case 'F':
        ocpp_charge_point_fault(world->cp, evse, 1, &other, world->now);
        break;
    case 'R':
        ocpp_charge_point_recovered(world->cp, evse, 1, other.code, world->now);
        break;
    case 'g':
        push(world, evse, line + 2, size > 2 ? size - 2 : 0);
        break;
    case 'h':
        world->silent = !world->silent;
        break;
    case 'e':
        world->energy_wh[evse <= EVSES ? evse : 0] = 0;
        break;
    case 'j':
        change_setting(world, line + 1, size - 1);
        break;
    case 'm':
        if (ocpp_charge_point_permit(world->cp, evse, world->now).closed) {
            world->energy_wh[evse] += 100;
        }
        break;
    default:
        break;
    }
}

/* Keys, certificates and files. */
static bool run_parts(struct world *world, char letter)
{
    switch (letter) {
    case 'A':
#if OCPP_WITH_CERTIFICATES
        ocpp_charge_point_sign_certificate(world->cp, OCPP_KEY_STATION, world->now);
#endif
        return true;
    case 'G':
        world->parts.crypto.fail_at = world->parts.crypto.calls + 1;
        return true;
    case 'J':
    case 'I':
        if (fake_transfer_running(&world->parts.transfer) != NULL) {
            fake_transfer_end(&world->parts.transfer, world->cp, letter == 'J' ? OCPP_TRANSFER_DONE : OCPP_TRANSFER_DENIED,
                              world->now);
        }
        return true;
    default:
        return false;
    }
}

static void run_line(struct world *world, const char *line, size_t size)
{
    if (strchr("dyxzkKY", line[0]) != NULL) {
        run_store(world, line[0]);
    } else if (run_start(world, line, size) || run_parts(world, line[0])) {
        /* done */
    } else if (line[0] == '>') {
        central_says(world, line + 1, size - 1);
    } else if (line[0] == 'a') {
        world->answers = !world->answers;
    } else if (line[0] == 'n' || line[0] == 'N') {
        connect(world, line[0] == 'n' ? OCPP_VERSION_1_6 : OCPP_VERSION_2_0_1);
    } else if (line[0] == 'o') {
        ocpp_charge_point_link_down(world->cp, world->now);
    } else if (line[0] == 'q' || line[0] == 'Q') {
        run_extension(world, line[0]);
    } else if (line[0] == 'C') {
        world->settings.confirmed_locks = !world->settings.confirmed_locks;
    } else if (line[0] == 't' || line[0] == 'T') {
        pass(world, line[0] == 't' ? 10000 : 3600000);
    } else {
        run_firmware(world, line, size);
    }
    if (is_dark(world)) {
        power_cut(world);
    }
    drain(world);
}

/* With a good store and a central system that answers, everything that its versions can take is told. */
static void settle(struct world *world)
{
    world->answers = true;
    power_cut(world);
    for (int i = 0; i < 2; i++) {
        connect(world, i == 0 ? OCPP_VERSION_1_6 : OCPP_VERSION_2_0_1);
        drain(world);
        pass(world, 3600000);
        drain(world);
        check(world);
        const struct ocpp_charge_point_view view = ocpp_charge_point_view(world->cp);
        ocpp_require(view.queued_records == view.parked_records);
        ocpp_charge_point_link_down(world->cp, world->now);
    }
    ocpp_require(ocpp_charge_point_view(world->cp).queued_records == 0);
}

/* Settings of the firmware's own: one of each kind of keeping. */
static bool get_own(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, char *text, size_t room,
                    void *user)
{
    (void)setting;
    (void)user;
    snprintf(text, room, "%d", (int)attribute);
    return attribute != OCPP_SETTING_TARGET;
}

static const struct ocpp_own_setting own_settings[] = {
    { .key = "LightIntensity",
      .name = { .component = "Lamp", .variable = "Intensity" },
      .type = OCPP_SETTING_INTEGER,
      .access = OCPP_SETTING_READ_WRITE,
      .attributes = 15,
      .get = get_own },
    { .key = "Colours",
      .name = { .component = "Lamp", .evse = 1, .variable = "Colours" },
      .stored_as = "colours",
      .type = OCPP_SETTING_MEMBER_LIST,
      .access = OCPP_SETTING_READ_WRITE,
      .values = "red,green",
      .length = 20,
      .needs_reboot = true },
};

static struct world *new_world(void)
{
    struct world *world = calloc(1, sizeof(*world));
    ocpp_require(world != NULL);
    world->memory = ocpp_memory_storage_new(NULL, 0);
    world->store = test_storage_new(world->memory);
    world->now = (struct ocpp_now){ 1000, OCPP_UTC_UNKNOWN };
    world->settings = ocpp_charge_point_settings_default();
    world->settings.identity = "P";
    world->settings.vendor = "V";
    world->settings.model = "M";
    world->settings.random = fill_random;
    world->settings.random_user = world;
    world->settings.evse_count = EVSES;
    world->settings.max_queued_records = 24;
    world->settings.offline_unknown_allowed = true;
    world->settings.local_list_length = 4;
    world->settings.local_list_items = 3;
    world->settings.cache_entries = 2;
    world->settings.max_transaction_readings = 5;
    world->settings.max_signed_bytes = 600;
    world->settings.pushed_reading_ms = 15000;
    world->settings.own_settings = own_settings;
    world->settings.own_setting_count = sizeof(own_settings) / sizeof(own_settings[0]);
    station_parts_give(&world->parts, &world->settings);
    world->hardware = (struct ocpp_hardware){
        .permit_changed = permit_changed,
        .read_meter = read_meter,
        .lock = nothing_to_lock,
        .restart = nothing_to_restart,
        .restart_evse = nothing_to_restart_there,
        .user = world,
    };
    power_on(world);
    return world;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *world = new_world();
    const char *at = (const char *)data;
    const char *end = at + size;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        const size_t length = (size_t)((next == NULL ? end : next) - at);
        if (length > 0) {
            run_line(world, at, length);
            check(world);
        }
        at += length + 1;
    }
    settle(world);
    ocpp_charge_point_free(world->cp);
    test_storage_free(world->store);
    ocpp_memory_storage_free(world->memory);
    free(world);
    return 0;
}
