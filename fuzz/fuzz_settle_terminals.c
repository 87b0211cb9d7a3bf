/* fuzz_settle_terminals.c: terminals say anything on their connections to a backend, read or do not read, come and go, while
 * their vehicle charges.
 *
 * The input is a script, one line per event; a digit is a connection, 1 to 4:
 *   c1  connects   k1  shows the ticket it has and signs for it, K1 with another number it heard last   x1  is gone
 *   r1  reads one text, R1  all   >1TEXT  says that, with $ for the hash of the bill
 *   m  the vehicle draws 1 kWh   e  it ends   t  a second passes, T  an hour   n  no memory once
 *
 * After every line: nobody's wallet is below nothing, and what left it is the bill that was confirmed or nothing.
 */
#include "target.h"
#include "settle_store_check.h"
#include "toy_keys.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/jws.h>
#include <ocpp/settlement/orders.h>
#include <ocpp/settlement/terminals.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 200, WORDS = 8192, MONEY = 10000, CONNECTIONS = 4 };

static struct {
    struct ocpp_settle *settle;
    struct ocpp_settle_store *store;
    struct ocpp_arena *arena;
    struct ocpp_settle_keys keys;
    struct ocpp_now now;
    uint64_t random;
    char key[16];
    char ticket[65];
    char bill[65];
    char challenges[CONNECTIONS + 1][65];
    uint64_t numbers[CONNECTIONS + 1]; /* 0: not connected */
    uint64_t last;
    int64_t wh;
    bool has_ended;
    bool fails; /* the next request for memory */
} world;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void *reallocate(void *pointer, size_t size, void *user)
{
    (void)user;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    if (world.fails) {
        world.fails = false;
        return NULL;
    }
    return realloc(pointer, size);
}

static const struct ocpp_allocator allocator = { reallocate, NULL };

static void fill(void *bytes, size_t size, void *user)
{
    unsigned char *at = bytes;

    (void)user;
    for (size_t i = 0; i < size; i++) {
        world.random = world.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        at[i] = (unsigned char)(world.random >> 56);
    }
}

/* --- the store's hashes, which nobody looks at here ----------------------------------------------------------------------- */

struct settle_hasher {
    int none;
};

struct settle_hasher *settle_hasher_new(void)
{
    static struct settle_hasher hasher;

    return &hasher;
}

void settle_hasher_free(struct settle_hasher *hasher)
{
    (void)hasher;
}

enum ocpp_status settle_hasher_next(struct settle_hasher *hasher, struct ocpp_settle_head *head,
                                    const struct ocpp_settle_entry *entry, int64_t utc_ms)
{
    (void)hasher, (void)entry, (void)utc_ms;
    head->number++;
    return OCPP_OK;
}

/* --- the application --------------------------------------------------------------------------------------------------- */

static const struct ocpp_settle_price_component price[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 500000 },
};
static const struct ocpp_settle_tariff_element element[] = { { .components = { price, 1 } } };
static const struct ocpp_settle_tariff tariff = {
    .id = "T", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { element, 1 }
};

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    (void)station, (void)user;
    *found = &tariff;
    *zone = "UTC";
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)user, (void)room;
    transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    return 1;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)user;
    *payer = (struct ocpp_settle_payer){ token->id, "wallet", false };
    return true;
}

/* The grant brings the ticket; each message is accepted later, by silence. */
static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    const char *at = strstr(data->data, "\"ticket\":\"");

    (void)station, (void)token, (void)user;
    if (at) {
        snprintf(world.ticket, sizeof world.ticket, "%.64s", at + strlen("\"ticket\":\""));
    }
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *given, void *user)
{
    (void)station, (void)token, (void)given, (void)user;
}

static void on_terminal(uint64_t connection, bool is_over, void *user)
{
    (void)connection, (void)is_over, (void)user;
}

/* --- a start ------------------------------------------------------------------------------------------------------------- */

static const char *sign(const char *typ, const struct ocpp_type *type, const void *message)
{
    const struct ocpp_settle_jws_signer signer = { &world.keys, world.key, "ANNA", typ };
    const char *token = NULL;
    size_t size;

    must(ocpp_settle_jws_make_message(&signer, type, message, world.arena, &token, &size) == OCPP_OK);
    return token;
}

static void say(const char *name, const char *json)
{
    const struct ocpp_data_transfer data = {
        .vendor_id = "org.ocpp-c.settlement", .message_id = name, .kind = OCPP_DATA_JSON, .data = json
    };

    ocpp_settle_receive(world.settle, "PILE", &data, 1, world.now);
}

static void car(enum ocpp_transaction_phase phase)
{
    const struct ocpp_transaction transaction = { .identity = "PILE",
                                                  .id = "7",
                                                  .version = OCPP_VERSION_2_0_1,
                                                  .evse = 1,
                                                  .connector = 1,
                                                  .token = "CARD",
                                                  .started_utc_ms = 1790000000000,
                                                  .ended = phase == OCPP_TRANSACTION_ENDED,
                                                  .ended_utc_ms = world.now.utc_ms,
                                                  .has_meter_start = true,
                                                  .meter_start_wh = 1000,
                                                  .has_meter_last = true,
                                                  .meter_last_wh = 1000 + world.wh,
                                                  .charging_state = OCPP_CHARGING_STATE_CHARGING };
    const struct ocpp_transaction_event event = { .phase = phase, .transaction = &transaction };

    if (ocpp_settle_transaction(world.settle, &event, world.now) == OCPP_ERR_NOMEM) { /* told again, as a central system does */
        must(ocpp_settle_transaction(world.settle, &event, world.now) == OCPP_OK);
    }
}

static void begin(void)
{
    static const char moment[] = "{\"boot\":1,\"monoMs\":1,\"status\":\"Unknown\"}";
    static const char vehicle[] = "{\"kind\":\"Vin\",\"id\":\"V1\"}";
    const struct ocpp_settle_vehicle_id id = { OCPP_SETTLE_VEHICLE_ID_KIND_VIN, "V1" };
    const struct ocpp_settle_association_claim claim = { .iss = "ANNA",
                                                         .aud = "PILE",
                                                         .prompt = "00000000000000000000000007",
                                                         .vehicle = id,
                                                         .wish = { .kind = OCPP_SETTLE_WISH_KIND_FULL } };
    const struct ocpp_settle_wallet_change change = {
        .account = "CARD", .currency = "EUR", .amount_minor = MONEY, .through = "till", .key = "1"
    };
    struct ocpp_settle_terminal terminal = { .id = "ANNA", .name = "Anna", .token_id = "CARD", .token_type = "ISO14443" };
    char text[4096];

    toy_point(world.key, terminal.point);
    must(ocpp_settle_wallet_top_up(world.settle, &change, NULL, world.now) == OCPP_OK);
    must(ocpp_settle_terminal_register(world.settle, &terminal, NULL, world.now) == OCPP_OK);
    must(ocpp_settle_associate(world.settle, "ANNA", &id, "me", NULL, world.now) == OCPP_OK);
    ocpp_settle_connected(world.settle, "PILE", true, world.now);
    snprintf(text, sizeof text,
             "{\"versions\":[\"1\"],\"features\":[\"TerminalStart\"],\"maxBytes\":8192,\"serial\":\"S\",\"now\":%s}", moment);
    say("Hello", text);
    snprintf(text, sizeof text, "{\"prompt\":\"%s\",\"evse\":1,\"vehicle\":%s,\"at\":%s}", claim.prompt, vehicle, moment);
    say("VehicleConnected", text);
    snprintf(
        text, sizeof text,
        "{\"prompt\":\"%s\",\"evse\":1,\"vehicle\":%s,\"terminal\":\"ANNA\",\"wish\":{\"kind\":\"Full\"},\"association\":\"%s\","
        "\"at\":%s}",
        claim.prompt, vehicle, sign("settle-association+jws", &ocpp_settle_association_claim_type, &claim), moment);
    say("StartRequest", text);
    ocpp_settle_advance(world.settle, world.now);
    must(world.ticket[0] != '\0');
    car(OCPP_TRANSACTION_STARTED);
}

/* --- lines --------------------------------------------------------------------------------------------------------------- */

static void note(const char *text, int at)
{
    const char *ticket = strstr(text, "\"ticket\":\""), *bill = strstr(text, "\"bill\":\"");
    const char *challenge = strstr(text, "{\"challenge\":\"");

    if (ticket) {
        snprintf(world.ticket, sizeof world.ticket, "%.64s", ticket + strlen("\"ticket\":\""));
    }
    if (bill) {
        snprintf(world.bill, sizeof world.bill, "%.64s", bill + strlen("\"bill\":\""));
    }
    if (challenge) {
        snprintf(world.challenges[at], sizeof world.challenges[at], "%.64s", challenge + strlen("{\"challenge\":\""));
    }
}

static bool reads(int at)
{
    size_t size = 0;
    const char *text = ocpp_settle_terminal_next_output(world.settle, world.numbers[at], &size);

    if (text) {
        must(strlen(text) == size && size > 0);
        note(text, at);
    }
    return text != NULL;
}

static void connects(int at)
{
    if (world.numbers[at] == 0 && ocpp_settle_terminal_connected(world.settle, world.last + 1, world.now) == OCPP_OK) {
        world.numbers[at] = ++world.last;
        while (reads(at)) {
        }
    }
}

static void shows(int at, int64_t last)
{
    const struct ocpp_settle_connection_claim claim = {
        .iss = "ANNA", .ticket = world.ticket, .challenge = world.challenges[at], .last = last
    };
    char text[4096];

    if (world.numbers[at] != 0 && world.challenges[at][0] != '\0') {
        snprintf(text, sizeof text, "{\"connect\":\"%s\"}",
                 sign("settle-connection+jws", &ocpp_settle_connection_claim_type, &claim));
        ocpp_settle_terminal_receive(world.settle, world.numbers[at], text, strlen(text), world.now);
    }
}

static void speaks(int at, const char *words)
{
    char text[WORDS + 128];
    size_t size = 0;

    for (; *words != '\0' && size < WORDS; words++) {
        size += *words == '$' ? (size_t)snprintf(text + size, 65, "%s", world.bill) : 1;
        if (*words != '$') {
            text[size - 1] = *words;
        }
    }
    ocpp_settle_terminal_receive(world.settle, world.numbers[at], text, size, world.now);
}

static void pass(int64_t seconds)
{
    world.now.mono_ms += 1000 * seconds;
    world.now.utc_ms += 1000 * seconds;
    ocpp_settle_advance(world.settle, world.now);
}

static void event(const char *line)
{
    const int at = line[0] != '\0' && line[1] >= '1' && line[1] <= '0' + CONNECTIONS ? line[1] - '0' : 1;

    switch (line[0]) {
    case 'c':
        connects(at);
        break;
    case 'k':
        shows(at, 0);
        break;
    case 'K':
        shows(at, 3);
        break;
    case 'x':
        ocpp_settle_terminal_closed(world.settle, world.numbers[at]);
        world.numbers[at] = 0;
        world.challenges[at][0] = '\0';
        break;
    case 'r':
        (void)reads(at);
        break;
    case 'R':
        while (reads(at)) {
        }
        break;
    case '>':
        speaks(at, line[1] != '\0' ? line + 2 : "");
        break;
    case 'm':
        world.wh += world.has_ended ? 0 : 1000;
        car(world.has_ended ? OCPP_TRANSACTION_ENDED : OCPP_TRANSACTION_UPDATED);
        break;
    case 'e':
        world.has_ended = true;
        car(OCPP_TRANSACTION_ENDED);
        break;
    case 't':
        pass(1);
        break;
    case 'T':
        pass(3600);
        break;
    case 'n':
        world.fails = true;
        break;
    default:
        break;
    }
}

static void holds(void)
{
    struct ocpp_settle_payer_balance balance = { .wallet_minor = 0 };

    world.fails = false;
    must(ocpp_settle_payer_balance(world.settle, "CARD", "EUR", &balance) == OCPP_OK);
    must(balance.wallet_minor >= 0 && balance.wallet_minor <= MONEY);
}

static void open_world(void)
{
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();
    unsigned char point[OCPP_SETTLE_POINT_SIZE] = { 0 };

    memset(&world, 0, sizeof world);
    world.now = (struct ocpp_now){ 1000, 1790000000000 };
    world.keys = toy_keys;
    world.keys.random = fill;
    world.arena = ocpp_arena_new(NULL, 0);
    world.store = ocpp_settle_memory_store_new(NULL, 64 << 20);
    must(world.arena && world.store);
    for (int i = 0; point[0] != 4; i++) { /* a key whose point looks like one */
        snprintf(world.key, sizeof world.key, "k%d", i);
        toy_point(world.key, point);
    }
    settings.allocator = &allocator;
    settings.store = *world.store;
    settings.keys = world.keys;
    settings.transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    settings.on_terminal = on_terminal;
    must(ocpp_settle_new(&settings, world.now, &world.settle) == OCPP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *script = calloc(1, size + 1);

    must(script != NULL);
    memcpy(script, data, size);
    open_world();
    begin();
    char *line = script;
    for (int i = 0; i < LINES && line != NULL && *line != '\0'; i++) {
        char *end = strchr(line, '\n');

        if (end != NULL) {
            *end = '\0';
        }
        event(line);
        holds();
        line = end != NULL ? end + 1 : NULL;
    }
    ocpp_settle_free(world.settle);
    ocpp_settle_memory_store_free(world.store);
    ocpp_arena_free(world.arena);
    free(script);
    return 0;
}
