/* fuzz_settle_agent.c: a backend says anything to the agent of a pile, hands do anything to its bay, its hardware fails, its
 * store fails and its power goes at any time.
 *
 * The input is a script, one line per event, so that seeds can be read; a digit is a slot, 1 to 4:
 *   n N  a link in one version or the other      o  the link is lost      a  the backend answers, or not again
 *   t  a second passes      T  a minute passes
 *   r1  somebody wants so many banks      k1  a hand takes a bank, i1  pushes in the one it holds, s1  tears one out
 *   c1  the contact of the sensor bounces      j1  a jam is told      f1X  the next three acts fail, as X says (A to J)
 *   g1  the backend grants the bank of the last request      d  it denies it      v1  it says that the bank is for rent again, h1
 * is held R  its receipts say Refused, L  Retry, A  Accepted from now on      K  it gives a key for marks      W  it knows the
 * renter >NAME JSON  it says that, with $ for the last request's id, % for the last insertion's, and # for a number never used
 * before w  the next write is refused, l  lost      y  writes wait for a flush from now on, or not again      p  power cut, and
 * back
 *   e1  the charge point locks its cable, e2  lets it go      z1  the latch is locked, z2  open, whoever did it      u  a hand
 * pulls at the cable, x  it is gone      b1  a fault, b2  an emergency stop      qNUMBER  somebody keys that in
 *   V1  a vehicle says who it is, V2  another one      G  it is gone      Y  its terminal comes, H  answers what it was asked
 * last
 *
 * After every line: a cable that is kept has a deadline (I13); nothing is written into a bank and nothing let out without its
 * intent in the store; the generation of a bank only rises; no more is told to be taken than hands took; no terminal hears of a
 * ticket that was not granted to its prompt.
 */
#include "target.h"

#include <ocpp/adapters.h>
#include <ocpp/settlement/agent.h>
#include <ocpp/settlement/mark.h>

#include "cabinet.h"
#include "json.h"
#include "require.h"
#include "test_storage.h"
#include "toy_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4, ID = 32, TAKEN = 128, STEP_MS = 100, FRAME = 4096, LINES = 300 };

static struct {
    struct ocpp_charge_point *cp;
    struct ocpp_settle_agent *agent;
    struct cabinet cabinet;
    struct ocpp_settle_bay bay;
    struct ocpp_settle_latch latch;
    struct ocpp_storage *memory;
    struct test_storage *store;
    struct ocpp_now now;
    uint64_t random;
    enum ocpp_version version;
    bool answers;
    const char *reception;
    char request[ID];
    char insertion[ID];
    char prompt[ID]; /* that a terminal was asked with last */
    int64_t number;  /* of what the backend says */
    struct cabinet_bank hand;
    int64_t generations[SLOTS]; /* of the banks, by the digit in their names */
    size_t removals;
    char taken[TAKEN][ID];
    size_t taken_count;
} world;

static void fill_random(void *bytes, size_t size, void *user)
{
    (void)user;
    for (size_t i = 0; i < size; i++) {
        world.random = world.random * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)bytes)[i] = (unsigned char)(world.random >> 56);
    }
}

/* --- what must hold
 * --------------------------------------------------------------------------------------------------------------- */

struct wanted {
    const char *states; /* words of the record, with spaces around */
    bool is_good;
};

static bool look_at_record(const char *key, const void *value, size_t size, void *user)
{
    struct wanted *wanted = user;
    char text[FRAME];
    char word[40] = " ";
    (void)key;
    snprintf(text, sizeof(text), "%.*s", (int)size, (const char *)value);
    const char *state = strstr(text, "\"state\":\"");
    if (state != NULL) {
        snprintf(word, sizeof(word), " %.*s ", (int)strcspn(state + 9, "\""), state + 9);
        wanted->is_good = strstr(wanted->states, word) != NULL;
    }
    return false;
}

/* An act is about to begin: its intent is in the store. */
static void before_act(int slot, const char *what, void *user)
{
    struct wanted wanted = { .is_good = false };
    char key[32];
    const struct ocpp_storage *store = test_storage_face(world.store);
    (void)user;
    wanted.states = strcmp(what, "write") == 0   ? " AwaitMark AwaitUnmark AwaitNeutral AwaitRetired "
                    : strcmp(what, "eject") == 0 ? " AwaitEject "
                    : strcmp(what, "force") == 0 ? " AwaitService "
                                                 : NULL;
    if (wanted.states == NULL || test_storage_is_cut(world.store)) {
        return;
    }
    snprintf(key, sizeof(key), "settle/slot/%02d", slot);
    ocpp_require(store->read(key, look_at_record, &wanted, store->user) == OCPP_OK && wanted.is_good);
}

static void check_bank(const struct cabinet_bank *bank)
{
    struct ocpp_settle_mark mark;
    uint16_t fleet = 0;
    ocpp_require(ocpp_settle_mark_fleet(&toy_keys, "op", &fleet) == OCPP_OK);
    if (!bank->is_real) {
        return;
    }
    const enum ocpp_settle_mark_reading reading = ocpp_settle_mark_read(bank->mark, fleet, &mark);
    if (reading == OCPP_SETTLE_READ_NEUTRAL || reading == OCPP_SETTLE_READ_MARKED) {
        int64_t *before = &world.generations[bank->id[1] - '1'];
        ocpp_require((int64_t)mark.generation >= *before);
        *before = mark.generation;
    }
}

/* I13. */
static void check_gate(void)
{
    const int64_t week_ms = 604800000;
    struct ocpp_settle_gate_view view;
    ocpp_require(ocpp_settle_agent_gate(world.agent, 1, &view) == OCPP_OK);
    if (view.is_closed &&
        (view.state == OCPP_SETTLE_GATE_STATE_AWAIT_PAYMENT || view.state == OCPP_SETTLE_GATE_STATE_AWAIT_PAID)) {
        ocpp_require(view.until_mono_ms <= world.now.mono_ms + week_ms);
    }
}

static void check(void)
{
    check_gate();
    for (int i = 0; i < SLOTS; i++) {
        check_bank(&world.cabinet.slot[i].bank);
    }
    ocpp_require(world.taken_count <= world.removals);
}

/* --- the backend
 * ------------------------------------------------------------------------------------------------------------------ */

static void say(const char *text)
{
    if (world.version != OCPP_VERSION_NONE &&
        ocpp_charge_point_receive(world.cp, text, strlen(text), world.now) == OCPP_ERR_TOO_LARGE) {
        world.version = OCPP_VERSION_NONE;
        ocpp_charge_point_link_down(world.cp, world.now);
    }
}

static const char *text_of(const struct ocpp_json *object, const char *name)
{
    const struct ocpp_json *value = object == NULL ? NULL : ocpp_json_member(object, name);
    return value != NULL && ocpp_json_kind(value) == OCPP_JSON_STRING ? ocpp_json_string(value) : "";
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

static void note_taken(const char *id)
{
    for (size_t i = 0; i < world.taken_count; i++) {
        if (strcmp(world.taken[i], id) == 0) {
            return;
        }
    }
    if (world.taken_count < TAKEN) {
        snprintf(world.taken[world.taken_count++], ID, "%s", id);
    }
}

static void hear_message(const char *name, const struct ocpp_json *data, char *json, size_t room)
{
    snprintf(json, room, "{\"receipt\":{\"reception\":\"%s\"%s}}", world.reception,
             strcmp(world.reception, "Accepted") == 0 ? "" : ",\"code\":\"Invalid\"");
    if (strcmp(name, "Hello") == 0) {
        snprintf(
            json, room,
            "{\"version\":\"1\",\"features\":[\"PowerBanks\",\"OfflineRentals\"],\"maxBytes\":8192,\"operator\":\"op\",\"now\":"
            "\"2026-11-21T10:00:00Z\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,\"offlineRentals\":4,"
            "\"retryS\":30,\"grantWithinS\":120}}");
    } else if (strcmp(name, "RentRequest") == 0) {
        snprintf(world.request, sizeof(world.request), "%s", text_of(data, "request"));
    } else if (strcmp(name, "VehicleConnected") == 0 && strcmp(world.reception, "Accepted") == 0) {
        snprintf(json, room,
                 "{\"receipt\":{\"reception\":\"Accepted\"},\"listVersion\":1,\"terminals\":[\"ANNA\"],\"withinS\":60,"
                 "\"listForS\":600}");
    } else if (strcmp(name, "StartRequest") == 0) {
        snprintf(world.request, sizeof(world.request), "%s", text_of(data, "prompt"));
    } else if (strcmp(name, "BankReturned") == 0) {
        snprintf(world.insertion, sizeof(world.insertion), "%s", text_of(data, "insertion"));
    } else if (strcmp(name, "BankTaken") == 0) {
        note_taken(text_of(ocpp_json_member(data, "envelope"), "id"));
    }
}

static void hear_transfer(const char *id, const struct ocpp_json *payload)
{
    struct ocpp_json *parsed = NULL;
    const struct ocpp_json *data = ocpp_json_member(payload, "data");
    const bool is_text = data != NULL && ocpp_json_kind(data) == OCPP_JSON_STRING;
    char json[FRAME];
    char escaped[2 * FRAME];
    char text[3 * FRAME];
    if (is_text && ocpp_json_parse(ocpp_json_string(data), strlen(ocpp_json_string(data)), NULL, &parsed, NULL) == OCPP_OK) {
        data = parsed;
    }
    hear_message(text_of(payload, "messageId"), data, json, sizeof(json));
    escape(json, escaped, sizeof(escaped));
    snprintf(text, sizeof(text),
             is_text ? "[3,\"%s\",{\"status\":\"Accepted\",\"data\":\"%s\"}]"
                     : "[3,\"%s\",{\"status\":\"Accepted\",\"data\":%s}]",
             id, is_text ? escaped : json);
    ocpp_json_free(parsed);
    say(text);
}

static void hear(const char *frame, size_t size)
{
    struct ocpp_json *root = NULL;
    char text[256];
    if (!world.answers || frame[1] != '2' || ocpp_json_parse(frame, size, NULL, &root, NULL) != OCPP_OK) {
        return;
    }
    char id[64];
    const char *action = ocpp_json_string(ocpp_json_item(root, 2));
    snprintf(id, sizeof(id), "%s", ocpp_json_string(ocpp_json_item(root, 1)));
    if (strcmp(action, "DataTransfer") == 0) {
        hear_transfer(id, ocpp_json_item(root, 3));
    } else {
        snprintf(text, sizeof(text),
                 strcmp(action, "BootNotification") == 0
                     ? "[3,\"%s\",{\"status\":\"Accepted\",\"currentTime\":\"2026-11-21T10:00:00Z\",\"interval\":86400}]"
                     : "[3,\"%s\",{}]",
                 id);
        say(text);
    }
    ocpp_json_free(root);
}

static void send(const char *name, const char *data)
{
    char escaped[2 * FRAME];
    char text[3 * FRAME];
    escape(data, escaped, sizeof(escaped));
    snprintf(text, sizeof(text),
             world.version == OCPP_VERSION_1_6
                 ? "[2,\"b%d\",\"DataTransfer\",{\"vendorId\":\"org.ocpp-c.settlement\",\"messageId\":\"%s\",\"data\":\"%s\"}]"
                 : "[2,\"b%d\",\"DataTransfer\",{\"vendorId\":\"org.ocpp-c.settlement\",\"messageId\":\"%s\",\"data\":%s}]",
             (int)++world.number, name, world.version == OCPP_VERSION_1_6 ? escaped : data);
    say(text);
}

static void send_members(const char *name, const char *members)
{
    char data[FRAME];
    const int number = (int)++world.number;
    snprintf(data, sizeof(data), "{\"envelope\":{\"id\":\"m%d\",\"stream\":\"s\",\"seq\":%d},%s}", number, number, members);
    send(name, data);
}

static const char *mark(enum ocpp_settle_mark_class renter, int64_t generation, char text[OCPP_SETTLE_MARK_TEXT_SIZE])
{
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mint mint = { .keys = &toy_keys, .key_name = "fleet" };
    ocpp_require(ocpp_settle_mark_fleet(&toy_keys, "op", &mint.fleet) == OCPP_OK);
    ocpp_require(ocpp_settle_mark_mint(&mint, renter, (uint32_t)generation, NULL, bytes) == OCPP_OK);
    ocpp_settle_mark_write(bytes, text);
    return text;
}

static int64_t generation_of(int slot)
{
    struct ocpp_settle_slot_view view = { .generation = 0 };
    ocpp_require(ocpp_settle_agent_slot(world.agent, slot, &view) == OCPP_OK);
    return view.generation;
}

static void grant(int slot)
{
    char members[1024];
    char rented[OCPP_SETTLE_MARK_TEXT_SIZE];
    char undone[OCPP_SETTLE_MARK_TEXT_SIZE];
    const int64_t generation = generation_of(slot) + 1;
    snprintf(
        members, sizeof(members),
        "\"request\":\"%s\",\"order\":\"O\",\"renterClass\":\"Plain\",\"withinS\":120,\"banks\":[{\"rental\":\"r%d\",\"slot\":%d,"
        "\"generation\":%d,\"mark\":\"%s\",\"undo\":\"%s\"}]",
        world.request, (int)world.number, slot, (int)generation, mark(OCPP_SETTLE_MARK_PLAIN, generation, rented),
        mark(OCPP_SETTLE_MARK_NEUTRAL, generation + 1, undone));
    send_members("RentGrant", members);
}

static void decide(int slot, const char *verdict)
{
    char members[512];
    char neutral[OCPP_SETTLE_MARK_TEXT_SIZE];
    const int64_t generation = generation_of(slot) + 1;
    snprintf(members, sizeof(members), "\"insertion\":\"%s\",\"slot\":%d,\"verdict\":\"%s\",\"mark\":\"%s\",\"generation\":%d",
             world.insertion, slot, verdict, mark(OCPP_SETTLE_MARK_NEUTRAL, generation, neutral), (int)generation);
    send_members("BankDecision", members);
}

static void send_line(const char *line)
{
    char data[FRAME];
    char name[64];
    size_t size = 0;
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, " "), line);
    for (line += strcspn(line, " "); *line != '\0' && size + ID < sizeof(data); line++) {
        if (*line == '$' || *line == '%') {
            size += (size_t)snprintf(data + size, sizeof(data) - size, "%s", *line == '$' ? world.request : world.insertion);
        } else if (*line == '#') {
            size += (size_t)snprintf(data + size, sizeof(data) - size, "%d", (int)++world.number);
        } else {
            data[size++] = *line;
        }
    }
    data[size] = '\0';
    send(name, data);
}

/* --- the pile
 * --------------------------------------------------------------------------------------------------------------------- */

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)samples;
    (void)room;
    (void)user;
    return 0;
}

static enum ocpp_status prompted(const char *terminal, const struct ocpp_settle_prompt *prompt, void *user)
{
    (void)user;
    ocpp_require(terminal[0] != '\0' && prompt->prompt[0] != '\0' && prompt->within_s > 0);
    snprintf(world.prompt, sizeof(world.prompt), "%s", prompt->prompt);
    return OCPP_OK;
}

static void prompt_over(const char *terminal, const char *prompt, const char *text, void *user)
{
    (void)text;
    (void)user;
    ocpp_require(terminal[0] != '\0' && prompt[0] != '\0');
}

static void start_news(const char *terminal, const struct ocpp_settle_start_news *news, void *user)
{
    (void)user;
    ocpp_require(terminal[0] != '\0' &&
                 (news->code != OCPP_SETTLE_REFUSAL_CODE_UNSET || strcmp(news->prompt, world.request) == 0));
}

static const struct ocpp_settle_terminal_port terminals = { .prompt = prompted, .over = prompt_over, .news = start_news };

static bool link_is_encrypted(void *user)
{
    (void)user;
    return true;
}

static void power_on(void)
{
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    struct ocpp_settle_agent_settings agent = ocpp_settle_agent_settings_default();
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter };
    settings.identity = "PILE";
    settings.vendor = "V";
    settings.model = "M";
    settings.random = fill_random;
    world.cp = ocpp_charge_point_new(&settings, &hardware, test_storage_face(world.store), world.now);
    ocpp_require(world.cp != NULL);
    agent.cp = world.cp;
    agent.storage = test_storage_face(world.store);
    agent.keys = toy_keys;
    agent.keys.random = fill_random;
    agent.bay = &world.bay;
    agent.has_reader = true;
    agent.link_is_encrypted = link_is_encrypted;
    agent.latch = &world.latch;
    agent.terminals = &terminals;
    agent.max_messages = 32;
    world.cabinet.now = world.now;
    ocpp_require(ocpp_settle_agent_new(&agent, world.now, &world.agent) == OCPP_OK);
    world.cabinet.listener = ocpp_settle_agent_bay_listener(world.agent);
}

static void power_off(size_t bytes)
{
    cabinet_power_cut(&world.cabinet, bytes);
    if (!test_storage_is_cut(world.store)) {
        test_storage_cut_now(world.store, 1);
    }
    ocpp_settle_agent_free(world.agent);
    ocpp_charge_point_free(world.cp);
    test_storage_power_on(world.store);
    world.version = OCPP_VERSION_NONE;
}

static void run(void)
{
    for (int round = 0; round < 1000; round++) {
        size_t size = 0;
        const char *text = ocpp_charge_point_next_output(world.cp, &size, world.now);
        const struct ocpp_storage *store = test_storage_face(world.store);
        if (text != NULL) {
            char *copy = malloc(size + 1);
            ocpp_require(copy != NULL);
            memcpy(copy, text, size);
            copy[size] = '\0';
            hear(copy, size);
            free(copy);
        } else if (test_storage_waiting(world.store) > 0) {
            store->flush(store->user);
        } else if (ocpp_charge_point_deadline(world.cp) <= world.now.mono_ms) {
            ocpp_charge_point_advance(world.cp, world.now);
        } else if (ocpp_settle_agent_deadline(world.agent) <= world.now.mono_ms) {
            ocpp_settle_agent_advance(world.agent, world.now);
        } else {
            return;
        }
    }
    ocpp_require(false); /* it never comes to rest */
}

static void pass(int steps)
{
    for (int i = 0; i < steps; i++) {
        world.now.mono_ms += STEP_MS;
        cabinet_run(&world.cabinet, world.now);
        run();
    }
}

static void link(enum ocpp_version version)
{
    if (world.version == OCPP_VERSION_NONE && ocpp_charge_point_link_up(world.cp, version, world.now) == OCPP_OK) {
        world.version = version;
    }
}

static void unlink_it(void)
{
    if (world.version != OCPP_VERSION_NONE) {
        world.version = OCPP_VERSION_NONE;
        ocpp_charge_point_link_down(world.cp, world.now);
    }
}

static void bounce(int slot)
{
    const struct ocpp_settle_bay_listener *tell = &world.cabinet.listener;
    const bool is_there = world.cabinet.slot[slot - 1].bank.is_real;
    (is_there ? tell->removed : tell->inserted)(slot, world.now, tell->user);
    (is_there ? tell->inserted : tell->removed)(slot, world.now, tell->user);
}

static void hands(char event, int slot)
{
    if (event == 'i' && world.hand.is_real) {
        world.hand.is_real = !cabinet_insert(&world.cabinet, slot, &world.hand, world.now);
    } else if (event != 'i' && !world.hand.is_real) {
        const bool took = event == 'k' ? cabinet_take(&world.cabinet, slot, &world.hand, world.now)
                                       : cabinet_steal(&world.cabinet, slot, &world.hand, world.now);
        world.removals += took;
    }
}

static void key_and_renter(char event)
{
    char members[256];
    char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE];
    if (event == 'K') {
        send_members("MarkKey",
                     "\"epoch\":1,\"pile\":7,\"key\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"");
    } else if (ocpp_settle_renter_digest(&toy_keys, "pile", "ISO14443", "CARD", digest) == OCPP_OK) {
        snprintf(members, sizeof(members),
                 "\"listVersion\":%d,\"isFull\":true,\"renters\":[{\"digest\":\"%s\",\"banks\":2}],\"gone\":[]",
                 (int)world.number + 1, digest);
        send_members("KnownRenters", members);
    }
}

static void backend_or_store(char event, int slot)
{
    static bool waits;
    char members[64];
    switch (event) {
    case 'g':
        grant(slot);
        break;
    case 'd':
        snprintf(members, sizeof(members), "\"request\":\"%s\",\"code\":\"NoMoney\"", world.request);
        send_members("RentDenied", members);
        break;
    case 'v':
        decide(slot, "Rentable");
        break;
    case 'h':
        decide(slot, "Held");
        break;
    case 'w':
        test_storage_refuse(world.store, 1, OCPP_ERR_FULL);
        break;
    case 'l':
        test_storage_lose(world.store, 1, OCPP_ERR_STORAGE);
        break;
    case 'y':
        waits = !waits;
        test_storage_delay(world.store, waits);
        break;
    default:
        key_and_renter(event);
    }
}

static void drive(int evse, int connector, bool locked, void *user)
{
    (void)connector;
    (void)locked;
    (void)user;
    ocpp_require(evse == 1);
}

/* False: it is about something else. */
static bool at_the_gate(const char *line, int number)
{
    switch (line[0]) {
    case 'e':
        ocpp_settle_agent_lock(world.agent, 1, 1, number == 1);
        return true;
    case 'z':
        ocpp_settle_agent_latch(world.agent, 1, number == 1, world.now);
        return true;
    case 'u':
        (void)ocpp_settle_agent_unplug(world.agent, 1, world.now);
        return true;
    case 'x':
        ocpp_settle_agent_pulled(world.agent, 1, world.now);
        return true;
    case 'b':
        ocpp_settle_agent_gate_broken(world.agent, 0,
                                      number == 1 ? OCPP_SETTLE_GATE_WHY_FAULT : OCPP_SETTLE_GATE_WHY_EMERGENCY_STOP, world.now);
        return true;
    case 'q':
        (void)ocpp_settle_agent_number(world.agent, 1, line + 1, world.now);
        return true;
    default:
        return false;
    }
}

/* False: it is about something else. */
static bool at_the_vehicle(const char *line, int number)
{
    const struct ocpp_settle_vehicle_id vehicle = { OCPP_SETTLE_VEHICLE_ID_KIND_VIN, number == 1 ? "V1" : "V2" };
    const struct ocpp_settle_terminal_requests requests = {
        .terminal = "ANNA", .prompt = world.prompt, .wish = { .kind = OCPP_SETTLE_WISH_KIND_FULL }, .association = "a.b.c"
    };
    switch (line[0]) {
    case 'V':
        (void)ocpp_settle_agent_vehicle(world.agent, 1, &vehicle, world.now);
        return true;
    case 'G':
        ocpp_settle_agent_vehicle_left(world.agent, 1, world.now);
        return true;
    case 'Y':
        (void)ocpp_settle_agent_terminal_here(world.agent, "ANNA", world.now);
        return true;
    case 'H':
        (void)ocpp_settle_agent_terminal_answer(world.agent, &requests, world.now);
        return true;
    default:
        return false;
    }
}

static void happen(const char *line)
{
    const struct ocpp_token token = { "CARD", OCPP_TOKEN_ISO14443 };
    const int slot = line[0] != '\0' && line[1] >= '1' && line[1] <= '4' ? line[1] - '0' : 1;
    switch (line[0]) {
    case 'n':
    case 'N':
        link(line[0] == 'n' ? OCPP_VERSION_2_0_1 : OCPP_VERSION_1_6);
        break;
    case 'o':
        unlink_it();
        break;
    case 'a':
        world.answers = !world.answers;
        break;
    case 't':
    case 'T':
        pass(line[0] == 't' ? 10 : 600);
        break;
    case 'r':
        (void)ocpp_settle_agent_rent(world.agent, &token, slot, world.now, NULL);
        break;
    case 'i':
    case 'k':
    case 's':
        hands(line[0], slot);
        break;
    case 'c':
        bounce(slot);
        break;
    case 'j':
        world.cabinet.listener.jammed(slot, world.now, world.cabinet.listener.user);
        break;
    case 'f':
        cabinet_fault(&world.cabinet, slot, (enum cabinet_fault)(line[1] == '\0' ? 0 : (line[2] & 15) % CABINET_FAULTS), 3);
        break;
    case 'R':
    case 'L':
    case 'A':
        world.reception = line[0] == 'R' ? "Refused" : line[0] == 'L' ? "Retry" : "Accepted";
        break;
    case '>':
        send_line(line + 1);
        break;
    case 'p':
        power_off((size_t)slot * 3);
        power_on();
        break;
    default:
        if (!at_the_gate(line, slot) && !at_the_vehicle(line, slot)) {
            backend_or_store(line[0], slot);
        }
    }
    run();
    check();
}

static void begin(void)
{
    memset(&world, 0, sizeof(world));
    world.answers = true;
    world.reception = "Accepted";
    world.now = (struct ocpp_now){ 1000, INT64_C(1795255200000) };
    world.memory = ocpp_memory_storage_new(NULL, 0);
    ocpp_require(world.memory != NULL);
    world.store = test_storage_new(world.memory);
    ocpp_require(world.store != NULL);
    cabinet_init(&world.cabinet, SLOTS, OCPP_SETTLE_MARK_ROOM_BYTES);
    cabinet_bay(&world.cabinet, &world.bay);
    for (int slot = 1; slot < SLOTS; slot++) {
        const char id[] = { 'B', (char)('0' + slot), '\0' };
        char text[OCPP_SETTLE_MARK_TEXT_SIZE];
        unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
        ocpp_require(ocpp_settle_mark_parse(mark(OCPP_SETTLE_MARK_NEUTRAL, 1, text), bytes) == OCPP_OK);
        cabinet_stock(&world.cabinet, slot, id, bytes, 80 + slot);
    }
    world.cabinet.on_act = before_act;
    world.latch = (struct ocpp_settle_latch){ .evses = 1, .drive = drive, .is_held_without_power = true };
    power_on();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    for (int lines = 0; size > 0 && lines < LINES; lines++) {
        char line[1024];
        const uint8_t *end = memchr(data, '\n', size);
        const size_t length = end == NULL ? size : (size_t)(end - data);
        snprintf(line, sizeof(line), "%.*s", (int)(length < sizeof(line) ? length : sizeof(line) - 1), (const char *)data);
        happen(line);
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    power_off(0);
    test_storage_free(world.store);
    ocpp_memory_storage_free(world.memory);
    return 0;
}
