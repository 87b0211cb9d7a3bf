/* terminal_world.c: terminals in a settle_world. */
#include "terminal_world.h"
#include "unit.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/jws.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 64 };

static struct terminal_line *lines[LINES];
static size_t line_count;
static void (*changes)(struct settle_world *world);

static void on_terminal(uint64_t number, bool is_over, void *user)
{
    (void)user;
    for (size_t i = 0; i < line_count; i++) {
        if (lines[i]->number == number) {
            lines[i]->is_over |= is_over;
        }
    }
}

static void set_up(struct settle_world *world)
{
    world->settings.on_terminal = on_terminal;
    if (changes != NULL) {
        changes(world);
    }
}

struct settle_world *terminal_world_new(void (*change)(struct settle_world *world))
{
    line_count = 0;
    changes = change;
    struct settle_world *world = settle_world_new_with(set_up);

    world->payment_by = "wallet";
    pile_hello(world, "PILE-1");
    pile_hello(world, "PILE-2");
    return world;
}

void terminal_few_prompts(struct settle_world *world)
{
    world->settings.terminals.prompts = 1;
}

const char *terminal_key_name(const char *terminal)
{
    static char name[48];
    size_t i = 0;

    for (; terminal[i] != '\0' && i < sizeof name - 1; i++) {
        name[i] = (char)tolower((unsigned char)terminal[i]);
    }
    name[i] = '\0';
    return name;
}

void terminal_known(struct settle_world *world, const char *terminal, const char *token, bool may_deduct)
{
    struct ocpp_settle_terminal entry = {
        .id = terminal, .name = terminal, .token_id = token, .token_type = "ISO14443", .may_deduct = may_deduct
    };
    const struct ocpp_settle_keys *keys = &world->keys.contract;

    assert_int_equal(keys->public_key(terminal_key_name(terminal), entry.point, keys->user), OCPP_OK);
    assert_int_equal(ocpp_settle_terminal_register(world->settle, &entry, settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

void terminal_joins(struct settle_world *world, const char *terminal, const struct ocpp_settle_vehicle_id *vehicle)
{
    assert_int_equal(
        ocpp_settle_associate(world->settle, terminal, vehicle, "the landlord", settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

const char *terminal_new_prompt(struct settle_world *world)
{
    char *id = ocpp_arena_take(world->arena, OCPP_SETTLE_ID_SIZE);

    assert_non_null(id);
    settle_keys_id(&world->keys, id);
    return id;
}

const struct ocpp_settle_vehicle_connected_conf *terminal_plugs(struct settle_world *world, const char *station, int64_t evse,
                                                                const struct ocpp_settle_vehicle_id *vehicle, const char *prompt,
                                                                int64_t version)
{
    const struct ocpp_settle_vehicle_connected_req message = { .prompt = prompt,
                                                               .evse = evse,
                                                               .vehicle = *vehicle,
                                                               .at = pile_time(world),
                                                               .has_list_version = version >= 0,
                                                               .list_version = version >= 0 ? version : 0 };
    const void *answer = pile_says(world, station, OCPP_SETTLE_ACTION_VEHICLE_CONNECTED, &message);

    assert_non_null(answer);
    return answer;
}

/* --- money --------------------------------------------------------------------------------------------------------------------
 */

static const char *account_of(const char *token)
{
    static char name[80];

    (void)snprintf(name, sizeof name, "ISO14443:%s", token);
    return name;
}

void terminal_money(struct settle_world *world, const char *token, int64_t minor)
{
    char key[32];
    const struct ocpp_settle_wallet_change change = {
        .account = account_of(token), .currency = "EUR", .amount_minor = minor, .through = "till", .key = key
    };

    (void)snprintf(key, sizeof key, "%d", world->done_count);
    assert_int_equal(ocpp_settle_wallet_top_up(world->settle, &change, settle_world_done(world), world->now), OCPP_OK);
    settle_world_run(world);
    assert_string_equal(world->done_code, "");
}

int64_t terminal_purse(struct settle_world *world, const char *token)
{
    struct ocpp_settle_payer_balance balance;

    assert_int_equal(ocpp_settle_payer_balance(world->settle, account_of(token), "EUR", &balance), OCPP_OK);
    return balance.wallet_minor;
}

/* --- asking -------------------------------------------------------------------------------------------------------------------
 */

const struct ocpp_settle_vehicle_id terminal_car = { OCPP_SETTLE_VEHICLE_ID_KIND_EVCCID, "0A1B2C3D4E5F" };

struct ocpp_settle_charging_wish wish_energy(int64_t wh)
{
    return (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_ENERGY, .has_energy_wh = true, .energy_wh = wh };
}

struct ocpp_settle_charging_wish wish_amount(const char *amount)
{
    return (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_AMOUNT, .amount = amount };
}

struct ocpp_settle_charging_wish wish_time(int64_t seconds)
{
    return (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_TIME, .has_time_s = true, .time_s = seconds };
}

struct ocpp_settle_charging_wish wish_full(void)
{
    return (struct ocpp_settle_charging_wish){ .kind = OCPP_SETTLE_WISH_KIND_FULL };
}

static const char *sign(struct settle_world *world, const char *key, const char *kid, const char *typ,
                        const struct ocpp_type *type, const void *message)
{
    char name[48];
    const struct ocpp_settle_jws_signer signer = { &world->keys.contract, name, kid, typ };
    const char *token;
    size_t size;

    (void)snprintf(name, sizeof name, "%s", terminal_key_name(key));
    assert_int_equal(ocpp_settle_jws_make_message(&signer, type, message, world->arena, &token, &size), OCPP_OK);
    return token;
}

const char *terminal_claim(struct settle_world *world, const struct ocpp_settle_association_claim *claim, const char *key)
{
    return sign(world, key, claim->iss, "settle-association+jws", &ocpp_settle_association_claim_type, claim);
}

const struct ocpp_settle_start_request_conf *terminal_request(struct settle_world *world,
                                                              const struct ocpp_settle_start_request_req *message)
{
    const void *answer = pile_says(world, "PILE-1", OCPP_SETTLE_ACTION_START_REQUEST, message);

    assert_non_null(answer);
    return answer;
}

const struct ocpp_settle_start_request_conf *terminal_asks(struct settle_world *world, const char *terminal, const char *prompt,
                                                           const struct ocpp_settle_charging_wish *wish)
{
    const struct ocpp_settle_association_claim claim = {
        .iss = terminal, .aud = "PILE-1", .prompt = prompt, .vehicle = terminal_car, .wish = *wish
    };
    const struct ocpp_settle_start_request_req message = { .prompt = prompt,
                                                           .evse = 1,
                                                           .vehicle = terminal_car,
                                                           .terminal = terminal,
                                                           .wish = *wish,
                                                           .association = terminal_claim(world, &claim, terminal),
                                                           .at = pile_time(world) };

    return terminal_request(world, &message);
}

const struct ocpp_settle_start_grant_req *terminal_starts(struct settle_world *world, const char *terminal,
                                                          const struct ocpp_settle_charging_wish *wish)
{
    const char *prompt = terminal_new_prompt(world);
    const struct ocpp_settle_start_request_conf *answer;
    const struct ocpp_settle_start_grant_req *grant;

    terminal_plugs(world, "PILE-1", 1, &terminal_car, prompt, -1);
    answer = terminal_asks(world, terminal, prompt, wish);
    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    grant = pile_heard(world, "PILE-1", OCPP_SETTLE_ACTION_START_GRANT);
    assert_non_null(grant);
    assert_string_equal(grant->prompt, prompt);
    return grant;
}

const struct ocpp_settle_start_grant_req *terminal_charges(struct settle_world *world, const char *terminal, const char *token,
                                                           const char *id)
{
    const struct ocpp_settle_charging_wish wish = wish_full();
    const struct ocpp_settle_start_grant_req *grant = terminal_starts(world, terminal, &wish);

    car_starts(world, "PILE-1", id, token, 1000);
    return grant;
}

/* --- connections --------------------------------------------------------------------------------------------------------------
 */

struct terminal_line *terminal_dials(struct settle_world *world)
{
    struct terminal_line *line = ocpp_arena_take(world->arena, sizeof *line);

    assert_true(line != NULL && line_count < LINES);
    *line = (struct terminal_line){ .world = world, .number = line_count + 1 };
    lines[line_count++] = line;
    if (ocpp_settle_terminal_connected(world->settle, line->number, world->now) != OCPP_OK) {
        line->is_over = true;
    }
    terminal_hears(line);
    return line;
}

static void take(struct terminal_line *line, const struct ocpp_settle_terminal_hears *hears)
{
    if (hears->challenge != NULL) {
        (void)snprintf(line->challenge, sizeof line->challenge, "%s", hears->challenge);
    }
    if (hears->welcome != NULL) {
        (void)snprintf(line->ticket, sizeof line->ticket, "%s", hears->welcome->ticket);
        (void)snprintf(line->start, sizeof line->start, "%s", hears->welcome->start);
    }
    if (hears->has_seq) {
        assert_true(hears->seq > line->last); /* in order, none twice */
        line->last = hears->seq;
        line->told++;
    }
    line->state = hears->state != NULL ? hears->state : line->state;
    line->fee = hears->fee != NULL ? hears->fee : line->fee;
    line->answer = hears->answer != NULL ? hears->answer : line->answer;
}

void terminal_hears(struct terminal_line *line)
{
    const char *text;
    size_t size;

    while ((text = ocpp_settle_terminal_next_output(line->world->settle, line->number, &size)) != NULL) {
        const void *message;

        assert_int_equal(strlen(text), size);
        assert_int_equal(
            ocpp_message_decode(&ocpp_settle_terminal_hears_type, text, size, NULL, NULL, line->world->arena, &message, NULL),
            OCPP_OK);
        take(line, message);
    }
}

void terminal_hangs_up(struct terminal_line *line)
{
    line->is_over = true;
    ocpp_settle_terminal_closed(line->world->settle, line->number);
}

void terminal_says(struct terminal_line *line, const char *text)
{
    line->answer = NULL;
    ocpp_settle_terminal_receive(line->world->settle, line->number, text, strlen(text), line->world->now);
    settle_world_run(line->world);
    terminal_hears(line);
}

struct terminal_line *terminal_connects(struct settle_world *world, const char *terminal, const char *ticket, int64_t last)
{
    struct terminal_line *line = terminal_dials(world);
    const struct ocpp_settle_connection_claim claim = {
        .iss = terminal, .ticket = ticket, .challenge = line->challenge, .last = last
    };
    const char *token = sign(world, terminal, terminal, "settle-connection+jws", &ocpp_settle_connection_claim_type, &claim);
    char text[4096];

    line->last = last;
    (void)snprintf(text, sizeof text, "{\"connect\":\"%s\"}", token);
    terminal_says(line, text);
    return line;
}

static const char *code_of(const struct terminal_line *line, const char *id)
{
    if (line->answer == NULL) {
        return "-";
    }
    assert_string_equal(line->answer->id, id);
    const char *code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)line->answer->receipt.code);
    return code != NULL ? code : "";
}

static const char *say(struct terminal_line *line, const char *id, const char *member, const char *value)
{
    char text[512];

    (void)snprintf(text, sizeof text, "{\"id\":\"%s\",\"%s\":%s}", id, member, value);
    terminal_says(line, text);
    return code_of(line, id);
}

const char *terminal_stops(struct terminal_line *line, const char *id)
{
    return say(line, id, "stop", "true");
}

const char *terminal_confirms(struct terminal_line *line, const char *id, const char *bill)
{
    char quoted[80];

    (void)snprintf(quoted, sizeof quoted, "\"%s\"", bill);
    return say(line, id, "confirm", quoted);
}

const char *terminal_pays_by(struct terminal_line *line, const char *id, const char *provider)
{
    char quoted[80];

    (void)snprintf(quoted, sizeof quoted, "\"%s\"", provider);
    return say(line, id, "payBy", quoted);
}

struct newest {
    struct settle_world *world;
    struct ocpp_settle_start start;
};

static const char *keep(struct settle_world *world, const char *text)
{
    return text != NULL ? ocpp_arena_text(world->arena, text, strlen(text)) : NULL;
}

static void take_start(const struct ocpp_settle_start *start, void *user)
{
    struct newest *newest = user;

    if (newest->start.id == NULL || start->asked_utc_ms >= newest->start.asked_utc_ms) {
        newest->start = *start;
        newest->start.id = keep(newest->world, start->id);
        newest->start.order = keep(newest->world, start->order);
        newest->start.bill = keep(newest->world, start->bill);
        newest->start.confirmed_by = keep(newest->world, start->confirmed_by);
        newest->start.reason = keep(newest->world, start->reason);
        newest->start.transaction = keep(newest->world, start->transaction);
        newest->start.vehicle = newest->start.terminal = newest->start.station = newest->start.currency = NULL;
        newest->start.confirmed = keep(newest->world, start->confirmed);
        newest->start.wish = NULL;
    }
}

struct ocpp_settle_start terminal_start(struct settle_world *world)
{
    struct newest newest = { .world = world };
    struct ocpp_settle_rentals_query query = { .limit = 0 };

    assert_int_equal(ocpp_settle_starts(world->settle, &query, take_start, &newest), OCPP_OK);
    assert_non_null(newest.start.id);
    return newest.start;
}
