/* bay_world.c: see bay_world.h. */
#include "bay_world.h"

#include "unit.h"

#include <ocpp/settlement/wire.h>
#include <ocpp/v16.h>
#include <ocpp/v201.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef BAY_WORLD_SERIAL
#include "bay_serial.h"
#endif

enum { STEP_MS = 50, WITHIN_MS = 60000 };

/* How agent and cabinet are joined: without anything between them, or over a serial line. */
#ifdef BAY_WORLD_SERIAL
enum { NEWS_MS = 100 }; /* boards are asked for them */
#define JOIN(bay)        bay_serial_on(bay)
#define LISTEN(bay)      bay_serial_hear(bay, ocpp_settle_agent_bay_listener((bay)->agent))
#define PART(bay)        bay_serial_off(bay)
#define RUN_CABINET(bay) bay_serial_run(bay)
#else
enum { NEWS_MS = 0 };
#define JOIN(bay)        ((bay)->cabinet.now = (bay)->world->now)
#define LISTEN(bay)      ((bay)->cabinet.listener = ocpp_settle_agent_bay_listener((bay)->agent))
#define PART(bay)        ((bay)->cabinet.listener = (struct ocpp_settle_bay_listener){ .user = NULL })
#define RUN_CABINET(bay) ((void)0)
#endif

static struct bay_world *present; /* the hook of the station world knows nobody else */

/* --- the backend hears -------------------------------------------------------------------------------------------------------
 */

static struct told *told_before(struct bay_world *bay, const char *name, const char *id)
{
    for (size_t i = 0; i < bay->told_count && id[0] != '\0'; i++) {
        if (strcmp(bay->told[i].id, id) == 0 && strcmp(bay->told[i].name, name) == 0) {
            return &bay->told[i];
        }
    }
    return NULL;
}

static long last_of(const struct bay_world *bay, const char *stream)
{
    long last = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        if (strcmp(bay->told[i].stream, stream) == 0 && bay->told[i].seq > last) {
            last = bay->told[i].seq;
        }
    }
    return last;
}

static struct told *note(struct bay_world *bay, const char *name, const char *json)
{
    const char *id = strcmp(name, "RentRequest") == 0 ? value_of(json, "request") : value_of(json, "envelope/id");
    struct told *told = told_before(bay, name, id);
    if (told != NULL) {
        assert_string_equal(told->json, json); /* the same, to the letter */
        told->times++;
        return told;
    }
    assert_true(bay->told_count < BAY_TOLD);
    told = &bay->told[bay->told_count++];
    *told = (struct told){ .times = 1, .seq = atol(value_of(json, "envelope/seq")), .json = malloc(strlen(json) + 1) };
    assert_non_null(told->json);
    memcpy(told->json, json, strlen(json) + 1);
    snprintf(told->name, sizeof(told->name), "%s", name);
    snprintf(told->id, sizeof(told->id), "%s", id);
    if (told->seq > 0) { /* in order within a stream */
        const char *stream = value_of(json, "envelope/stream");
        assert_true(told->seq > last_of(bay, stream));
        snprintf(told->stream, sizeof(told->stream), "%s", stream);
    }
    return told;
}

static bool refuses(struct bay_world *bay, const char *name)
{
    if (bay->reception == NULL || bay->reception_count == 0 ||
        (bay->refused_name != NULL && strcmp(bay->refused_name, name) != 0)) {
        return false;
    }
    bay->reception_count--;
    return true;
}

static void hello(struct bay_world *bay, char *json, size_t room)
{
    char time[OCPP_TIME_TEXT_SIZE];
    ocpp_time_format(bay->world->central_utc_ms + bay->world->now.mono_ms, time);
    snprintf(
        json, room,
        "{\"version\":\"1\",\"features\":[\"PowerBanks\",\"Chunks\",\"OfflineRentals\"],\"maxBytes\":%ld,\"operator\":\"op\","
        "\"now\":\"%s\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,\"offlineRentals\":%d,"
        "\"retryS\":30,\"grantWithinS\":120}}",
        (long)bay->max_bytes, time, bay->offline_rentals);
}

static void answer_to(struct bay_world *bay, const char *name, const char *data, char *json, size_t room)
{
    const char *reception = "Accepted";
    if (strcmp(name, "Hello") == 0) {
        hello(bay, json, room);
        note(bay, name, data);
        return;
    }
    struct told *told = note(bay, name, data);
    if (strcmp(name, "RentRequest") == 0) {
        reception = bay->request_reception != NULL ? bay->request_reception : reception;
    } else if (refuses(bay, name)) {
        reception = bay->reception;
        told->was_refused = strcmp(reception, "Refused") == 0;
        if (!told->was_refused) {
            told->times--;
        }
    } else if (told->times > 1) {
        reception = "Duplicate";
    }
    snprintf(json, room, "{\"receipt\":{\"reception\":\"%s\"%s}}", reception,
             strcmp(reception, "Accepted") == 0 || strcmp(reception, "Duplicate") == 0 ? "" : ",\"code\":\"WrongState\"");
}

static void escape(const char *text, char *to, size_t room)
{
    size_t size = 0;
    for (; *text != '\0' && size + 3 < room; text++) {
        if (*text == '"' || *text == '\\') {
            to[size++] = '\\';
        }
        to[size++] = *text;
    }
    to[size] = '\0';
}

static void hear_part(struct bay_world *bay, const char *data, char *json, size_t room)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK];
    const void *message = NULL;
    char answer[1024];
    char escaped[2048];
    assert_int_equal(ocpp_message_decode(action->request, data, strlen(data), NULL, NULL, bay->arena, &message, NULL), OCPP_OK);
    const struct ocpp_settle_chunk_req *part = message;
    if (part->index == 0) {
        bay->joined[0] = '\0';
    }
    assert_true(strlen(bay->joined) + strlen(part->text) < sizeof(bay->joined));
    strcat(bay->joined, part->text);
    snprintf(json, room, "{\"receipt\":{\"reception\":\"Accepted\"}}");
    if (part->index == part->count - 1) {
        answer_to(bay, part->name, bay->joined, answer, sizeof(answer));
        escape(answer, escaped, sizeof(escaped));
        snprintf(json, room, "{\"receipt\":{\"reception\":\"Accepted\"},\"answer\":\"%s\"}", escaped);
    }
}

/* The data of a DataTransfer as JSON, whatever the version. */
static const char *data_of(struct bay_world *bay, const char *payload)
{
    const void *message = NULL;
    const bool is_old = world_is_old(bay->world);
    const struct ocpp_protocol *protocol = ocpp_protocol_of(is_old ? OCPP_VERSION_1_6 : OCPP_VERSION_2_0_1);
    const struct ocpp_type *type = ocpp_protocol_action(protocol, "DataTransfer", strlen("DataTransfer"))->request;
    assert_int_equal(ocpp_message_decode(type, payload, strlen(payload), NULL, NULL, bay->arena, &message, NULL), OCPP_OK);
    return is_old ? ((const struct ocpp16_data_transfer_req *)message)->data
                  : ((const struct ocpp201_data_transfer_req *)message)->data;
}

static bool answers(struct world *world, const char *action, const char *payload, char *answer, size_t room)
{
    struct bay_world *bay = present;
    char json[4096];
    char escaped[8192];
    if (strcmp(action, "DataTransfer") != 0 || strcmp(value_of(payload, "vendorId"), OCPP_SETTLE_VENDOR_ID) != 0) {
        return false;
    }
    ocpp_arena_reset(bay->arena);
    if (bay->knows_nothing) {
        snprintf(answer, room, "{\"status\":\"%s\"}", "UnknownVendorId");
        return true;
    }
    char name[64];
    snprintf(name, sizeof(name), "%s", value_of(payload, "messageId"));
    if (strcmp(name, "Hello") == 0 && bay->hello_result != NULL) {
        snprintf(answer, room, "{\"status\":\"%s\"}", bay->hello_result);
        return true;
    }
    bay->wants_a_hello = bay->wants_a_hello && strcmp(name, "Hello") != 0;
    if (bay->wants_a_hello || bay->is_unable) {
        bay_answer(bay, "Rejected", bay->is_unable ? "{\"code\":\"TryLater\"}" : "{\"code\":\"NotAgreed\"}", answer, room);
        return true;
    }
    const char *data = data_of(bay, payload);
    if (bay->hears != NULL) {
        bay->hears(bay, name, data, answer, room);
        return true;
    }
    if (strcmp(name, "Chunk") == 0) {
        hear_part(bay, data, json, sizeof(json));
    } else {
        assert_true(strlen(data) <= (size_t)bay->max_bytes || strcmp(name, "Hello") == 0);
        answer_to(bay, name, data, json, sizeof(json));
    }
    escape(json, escaped, sizeof(escaped));
    snprintf(answer, room,
             world_is_old(world) ? "{\"status\":\"Accepted\",\"data\":\"%s\"}" : "{\"status\":\"Accepted\",\"data\":%s}",
             world_is_old(world) ? escaped : json);
    return true;
}

void bay_answer(struct bay_world *bay, const char *status, const char *json, char *answer, size_t room)
{
    char escaped[8192];
    if (json == NULL) {
        snprintf(answer, room, "{\"status\":\"%s\"}", status);
        return;
    }
    escape(json, escaped, sizeof(escaped));
    snprintf(answer, room, world_is_old(bay->world) ? "{\"status\":\"%s\",\"data\":\"%s\"}" : "{\"status\":\"%s\",\"data\":%s}",
             status, world_is_old(bay->world) ? escaped : json);
}

const char *bay_said(struct bay_world *bay)
{
    const void *message = NULL;
    const bool is_old = world_is_old(bay->world);
    const struct ocpp_protocol *protocol = ocpp_protocol_of(is_old ? OCPP_VERSION_1_6 : OCPP_VERSION_2_0_1);
    const struct ocpp_type *type = ocpp_protocol_action(protocol, "DataTransfer", strlen("DataTransfer"))->response;
    const char *payload = bay->world->answer;
    if (ocpp_message_decode(type, payload, strlen(payload), NULL, NULL, bay->arena, &message, NULL) != OCPP_OK) {
        return NULL;
    }
    return is_old ? ((const struct ocpp16_data_transfer_conf *)message)->data
                  : ((const struct ocpp201_data_transfer_res *)message)->data;
}

/* --- what the backend was told -----------------------------------------------------------------------------------------------
 */

const struct told *backend_heard(struct bay_world *bay, const char *name)
{
    for (size_t i = bay->looked_at; i < bay->told_count; i++) {
        if (strcmp(bay->told[i].name, name) == 0) {
            bay->looked_at = i + 1;
            return &bay->told[i];
        }
    }
    for (size_t i = bay->looked_at; i < bay->told_count; i++) {
        print_message("heard %s %s\n", bay->told[i].name, bay->told[i].json);
    }
    fail_msg("the backend never heard %s", name);
    return NULL;
}

void backend_never_heard(struct bay_world *bay, const char *name)
{
    for (size_t i = bay->looked_at; i < bay->told_count; i++) {
        if (strcmp(bay->told[i].name, name) == 0) {
            fail_msg("the backend heard %s %s", name, bay->told[i].json);
        }
    }
}

int backend_count(const struct bay_world *bay, const char *name)
{
    int count = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        count += strcmp(bay->told[i].name, name) == 0;
    }
    return count;
}

void backend_looks_away(struct bay_world *bay)
{
    bay->looked_at = bay->told_count;
}

/* --- the backend speaks ------------------------------------------------------------------------------------------------------
 */

const char *backend_says_raw(struct bay_world *bay, const char *name, const char *data)
{
    static char payload[131072];
    static char escaped[65536];
    const char *quoted = data;
    if (world_is_old(bay->world)) {
        escape(data, escaped, sizeof(escaped));
        quoted = escaped;
    }
    snprintf(payload, sizeof(payload),
             world_is_old(bay->world) ? "{\"vendorId\":\"%s\",\"messageId\":\"%s\",\"data\":\"%s\"}"
                                      : "{\"vendorId\":\"%s\",\"messageId\":\"%s\",\"data\":%s}",
             OCPP_SETTLE_VENDOR_ID, name, quoted);
    static unsigned counter;
    static char text[196608];
    bay->world->answer[0] = '\0';
    snprintf(text, sizeof(text), "[2,\"b-%u\",\"DataTransfer\",%s]", ++counter, payload);
    if (ocpp_charge_point_receive(bay->world->cp, text, strlen(text), bay->world->now) != OCPP_OK) {
        return "";
    }
    bay_run(bay);
    if (strcmp(value_of(bay->world->answer, "status"), "Accepted") != 0) {
        return value_of(bay->world->answer, "status");
    }
    if (world_is_old(bay->world)) {
        snprintf(bay->answer, sizeof(bay->answer), "%s", value_of(bay->world->answer, "data"));
        return value_of(bay->answer, "receipt/reception");
    }
    return value_of(bay->world->answer, "data/receipt/reception");
}

const char *backend_says(struct bay_world *bay, const char *name, const char *members)
{
    static char data[65536];
    char id[27];
    settle_keys_id(&bay->keys, id);
    snprintf(data, sizeof(data), "{'envelope':{'id':'%s','stream':'s','seq':%ld}%s%s}", id, ++bay->said,
             members[0] != '\0' ? "," : "", members);
    for (char *at = data; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return backend_says_raw(bay, name, data);
}

static struct ocpp_settle_mint fleet_mint(struct bay_world *bay)
{
    struct ocpp_settle_mint mint = { .keys = &bay->keys.contract, .key_name = "fleet" };
    assert_int_equal(ocpp_settle_mark_fleet(&bay->keys.contract, bay->operator_id, &mint.fleet), OCPP_OK);
    return mint;
}

static void mint(struct bay_world *bay, enum ocpp_settle_mark_class renter, int64_t generation, unsigned char bytes[24])
{
    const struct ocpp_settle_mint minter = fleet_mint(bay);
    assert_int_equal(ocpp_settle_mark_mint(&minter, renter, (uint32_t)generation, NULL, bytes), OCPP_OK);
}

const char *backend_mark(struct bay_world *bay, enum ocpp_settle_mark_class renter, int64_t generation)
{
    static char texts[4][OCPP_SETTLE_MARK_TEXT_SIZE];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    unsigned char bytes[24];
    if (bay->cabinet.room == OCPP_SETTLE_MARK_ROOM_CHARACTERS) {
        bay->keys.contract.random(bytes, 7, bay->keys.contract.user);
        ocpp_settle_mark_short_write(bytes, text);
        return text;
    }
    mint(bay, renter, generation, bytes);
    ocpp_settle_mark_write(bytes, text);
    return text;
}

const char *backend_grants(struct bay_world *bay, const char *request, const char *rental, int slot)
{
    char members[1024];
    const int64_t generation = generation_at(bay, slot) + 1;
    snprintf(members, sizeof(members),
             "'request':'%s','order':'O1','renterClass':'Plain','withinS':120,'banks':[{'rental':'%s','slot':%d,'generation':%ld,"
             "'mark':'%s','undo':'%s'}]",
             request, rental, slot, (long)generation, backend_mark(bay, OCPP_SETTLE_MARK_PLAIN, generation),
             backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, generation + 1));
    return backend_says(bay, "RentGrant", members);
}

const char *backend_frees(struct bay_world *bay, int slot)
{
    char members[512];
    const char *insertion = NULL;
    for (size_t i = 0; i < bay->told_count; i++) {
        if (strcmp(bay->told[i].name, "BankReturned") == 0 && atoi(value_of(bay->told[i].json, "slot")) == slot) {
            insertion = bay->told[i].json;
        }
    }
    assert_non_null(insertion);
    const int64_t generation = generation_at(bay, slot) + 1;
    snprintf(members, sizeof(members), "'insertion':'%s','slot':%d,'verdict':'Rentable','mark':'%s','generation':%ld",
             value_of(insertion, "insertion"), slot, backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, generation), (long)generation);
    return backend_says(bay, "BankDecision", members);
}

void backend_gives_key(struct bay_world *bay)
{
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE];
    char members[160] = "'epoch':1,'pile':7,'key':'";
    assert_int_equal(ocpp_settle_mark_pile_key(&bay->keys.contract, "fleet", 7, key), OCPP_OK);
    for (size_t i = 0; i < sizeof(key); i++) {
        snprintf(members + strlen(members), sizeof(members) - strlen(members), "%02x", key[i]);
    }
    strcat(members, "'");
    assert_string_equal(backend_says(bay, "MarkKey", members), "Accepted");
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

void bay_run(struct bay_world *bay)
{
    struct world *world = bay->world;
    for (int round = 0; round < 2000; round++) {
        RUN_CABINET(bay);
        if (world->cp != NULL) {
            world_run(world);
        }
        if (bay->agent == NULL || test_storage_is_cut(world->storage)) {
            return;
        }
        if (ocpp_settle_agent_deadline(bay->agent) > world->now.mono_ms) {
            return;
        }
        ocpp_settle_agent_advance(bay->agent, world->now);
    }
    fail_msg("the agent never comes to rest");
}

void bay_pass(struct bay_world *bay, int64_t ms)
{
    struct world *world = bay->world;
    const int64_t end = world->now.mono_ms + ms;
    bay_run(bay);
    while (world->now.mono_ms < end && !test_storage_is_cut(world->storage)) {
        world->now.mono_ms += STEP_MS;
        world->now.utc_ms += world->now.utc_ms == OCPP_UTC_UNKNOWN ? 0 : STEP_MS;
        cabinet_run(&bay->cabinet, world->now);
        bay_run(bay);
    }
}

void bay_news(struct bay_world *bay)
{
    bay_pass(bay, NEWS_MS);
}

/* --- the pile ----------------------------------------------------------------------------------------------------------------
 */

static void on_event(const struct ocpp_settle_agent_event *event, void *user)
{
    struct bay_world *bay = user;
    if (bay->agent != NULL) { /* getters may be called */
        assert_true(ocpp_settle_agent_view(bay->agent).queued <=
                    (bay->waited > bay->settings.max_messages ? bay->waited : bay->settings.max_messages));
    }
    if (bay->event_count < BAY_EVENTS) {
        bay->events[bay->event_count].kind = event->kind;
        bay->events[bay->event_count].slot = event->slot;
        snprintf(bay->events[bay->event_count].text, sizeof(bay->events[0].text), "%s", event->text == NULL ? "" : event->text);
        bay->event_count++;
    }
}

bool was_told(const struct bay_world *bay, enum ocpp_settle_agent_event_kind kind)
{
    for (size_t i = 0; i < bay->event_count; i++) {
        if (bay->events[i].kind == kind) {
            return true;
        }
    }
    return false;
}

void bay_agent_on(struct bay_world *bay)
{
    assert_null(bay->agent);
    bay->settings.cp = bay->world->cp;
    bay->settings.storage = test_storage_face(bay->world->storage);
    JOIN(bay);
    assert_int_equal(ocpp_settle_agent_new(&bay->settings, bay->world->now, &bay->agent), OCPP_OK);
    LISTEN(bay);
    bay_run(bay);
}

void bay_agent_off(struct bay_world *bay)
{
    ocpp_settle_agent_free(bay->agent);
    bay->agent = NULL;
    PART(bay);
}

void bay_power_cut(struct bay_world *bay, size_t bytes)
{
    cabinet_power_cut(&bay->cabinet, bytes);
    if (!test_storage_is_cut(bay->world->storage)) {
        test_storage_cut_now(bay->world->storage, SIZE_MAX);
    }
    bay_agent_off(bay);
    world_power_off(bay->world);
}

void bay_power_back(struct bay_world *bay, int seconds)
{
    world_power_back(bay->world, seconds);
    bay_agent_on(bay);
    if (bay->version != OCPP_VERSION_NONE) {
        world_connect(bay->world, bay->version);
    }
    bay_pass(bay, 2000);
}

void bay_link(struct bay_world *bay, bool up)
{
    if (up) {
        world_connect(bay->world, bay->version);
    } else {
        world_disconnect(bay->world);
    }
    bay_run(bay);
}

static void tear_down_told(struct bay_world *bay)
{
    for (size_t i = 0; i < bay->told_count; i++) {
        free(bay->told[i].json);
    }
}

static bool link_is_encrypted(void *user)
{
    return !((const struct bay_world *)user)->link_is_plain;
}

struct bay_world *bay_world_bare(enum ocpp_version version)
{
    return bay_world_changed(version, NULL);
}

struct bay_world *bay_world_changed(enum ocpp_version version, void (*change)(struct bay_world *bay))
{
    struct bay_world *bay = calloc(1, sizeof(*bay));
    assert_non_null(bay);
    unsigned char mark[24];
    bay->version = version;
    bay->max_bytes = 8192;
    bay->operator_id = "op";
    bay->offline_rentals = 4;
    bay->arena = ocpp_arena_new(NULL, 1 << 20);
    settle_keys_start(&bay->keys, 1007);
    if (change != NULL) {
        change(bay);
    }
    cabinet_init(&bay->cabinet, BAY_SLOTS, OCPP_SETTLE_MARK_ROOM_BYTES);
    cabinet_bay(&bay->cabinet, &bay->bay);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        const char id[3] = { 'B', (char)('0' + slot), '\0' };
        mint(bay, OCPP_SETTLE_MARK_NEUTRAL, 1, mark);
        cabinet_stock(&bay->cabinet, slot, id, mark, 80);
    }
    present = bay;
    bay->world = world_new();
    bay->world->answers = answers;
    world_power_on(bay->world);
    bay->settings = ocpp_settle_agent_settings_default();
    bay->settings.keys = bay->keys.contract;
    bay->settings.bay = &bay->bay;
    bay->settings.on_event = on_event;
    bay->settings.link_is_encrypted = link_is_encrypted;
    bay->settings.user = bay;
    bay_agent_on(bay);
    if (version != OCPP_VERSION_NONE) {
        world_connect(bay->world, version);
    }
    bay_pass(bay, 2000);
    return bay;
}

struct bay_world *bay_world_new(enum ocpp_version version)
{
    struct bay_world *bay = bay_world_bare(version);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        assert_string_equal(backend_frees(bay, slot), "Accepted");
    }
    bay_pass(bay, 2000);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        assert_int_equal(shown_at(bay, slot), OCPP_SETTLE_SLOT_STATE_IDLE);
    }
    backend_looks_away(bay);
    bay->event_count = 0;
    return bay;
}

void bay_world_free(struct bay_world *bay)
{
    bay_invariants(bay);
    if (bay->agent != NULL) {
        bay_agent_off(bay);
    }
    world_free(bay->world);
    tear_down_told(bay);
    settle_keys_end(&bay->keys);
    ocpp_arena_free(bay->arena);
    free(bay);
    present = NULL;
}

enum ocpp_settle_slot_state shown_at(const struct bay_world *bay, int slot)
{
    struct ocpp_settle_slot_view view;
    assert_int_equal(ocpp_settle_agent_slot(bay->agent, slot, &view), OCPP_OK);
    return view.state;
}

int64_t generation_at(const struct bay_world *bay, int slot)
{
    struct ocpp_settle_slot_view view;
    assert_int_equal(ocpp_settle_agent_slot(bay->agent, slot, &view), OCPP_OK);
    return view.generation;
}

int64_t generation_in(const struct bay_world *bay, int slot, bool *is_neutral)
{
    struct ocpp_settle_mark mark = { .generation = 0 };
    uint16_t fleet = 0;
    assert_int_equal(ocpp_settle_mark_fleet(&bay->keys.contract, bay->operator_id, &fleet), OCPP_OK);
    const enum ocpp_settle_mark_reading reading = ocpp_settle_mark_read(bay->cabinet.slot[slot - 1].bank.mark, fleet, &mark);
    *is_neutral = reading == OCPP_SETTLE_READ_NEUTRAL;
    return reading == OCPP_SETTLE_READ_NEUTRAL || reading == OCPP_SETTLE_READ_MARKED ? (int64_t)mark.generation : -1;
}

const char *ask_for(struct bay_world *bay, const char *card, int count, enum ocpp_status expected)
{
    static char request[OCPP_SETTLE_ID_SIZE];
    const struct ocpp_token token = { card, OCPP_TOKEN_ISO14443 };
    bay_news(bay);
    assert_int_equal(ocpp_settle_agent_rent(bay->agent, &token, count, bay->world->now, request), expected);
    bay_run(bay);
    return request;
}

static void make_fullest(struct bay_world *bay, int chosen)
{
    for (int slot = 1; slot <= BAY_SLOTS; slot++) {
        const int charge = slot == chosen ? 100 : 80;
        bay->cabinet.slot[slot - 1].bank.charge = charge;
        bay->cabinet.listener.charge(slot, charge, bay->world->now, bay->cabinet.listener.user);
    }
}

void rent_from(struct bay_world *bay, const char *card, int slot)
{
    char rental[16];
    make_fullest(bay, slot);
    const char *request = ask_for(bay, card, 1, OCPP_OK);
    snprintf(rental, sizeof(rental), "R%d", slot);
    assert_string_equal(backend_grants(bay, request, rental, slot), "Accepted");
    bay_pass(bay, 1000);
    assert_int_equal(shown_at(bay, slot), OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL);
}

struct cabinet_bank take_from(struct bay_world *bay, int slot)
{
    struct cabinet_bank bank;
    assert_true(cabinet_take(&bay->cabinet, slot, &bank, bay->world->now));
    bay_news(bay);
    return bank;
}

void push_into(struct bay_world *bay, int slot, const struct cabinet_bank *bank)
{
    assert_true(cabinet_insert(&bay->cabinet, slot, bank, bay->world->now));
    bay_pass(bay, 1500);
}

/* --- what has to hold --------------------------------------------------------------------------------------------------------
 */

static bool is_about(const struct told *told, const char *name, const char *member, const char *value)
{
    return strcmp(told->name, name) == 0 && strcmp(value_of(told->json, member), value) == 0;
}

/* I9, as the backend hears it: a rental is taken once, or fails once, never both. */
static void check_rental(const struct bay_world *bay, const char *rental)
{
    int ends = 0;
    for (size_t i = 0; i < bay->told_count; i++) {
        ends += is_about(&bay->told[i], "BankTaken", "rental", rental) || is_about(&bay->told[i], "RentFailed", "rental", rental);
    }
    assert_int_equal(ends, 1);
}

void bay_invariants(struct bay_world *bay)
{
    for (size_t i = 0; i < bay->told_count; i++) {
        const char *name = bay->told[i].name;
        if (strcmp(name, "BankTaken") == 0 || strcmp(name, "RentFailed") == 0) {
            char rental[32];
            snprintf(rental, sizeof(rental), "%s", value_of(bay->told[i].json, "rental"));
            check_rental(bay, rental);
        }
    }
}
