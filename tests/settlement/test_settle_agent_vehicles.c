/* A pile that asks the terminals of vehicles: prompts, what it forwards, the transaction that begins by a grant and ends at its
 * limits; in 1.6 and in 2.0.1. The backend is played. */
#include "allocator.h"
#include "bay_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ocpp_settle_vehicle_id car = { OCPP_SETTLE_VEHICLE_ID_KIND_EVCCID, "0A1B2C3D4E5F" };
static const struct ocpp_settle_vehicle_id other = { OCPP_SETTLE_VEHICLE_ID_KIND_VIN, "WVWZZZ1JZXW000001" };

/* What terminals were told, and what the backend says. */
static struct {
    char prompted[256]; /* "ANNA PROMPT " … */
    char over[512];     /* "ANNA text; " … */
    char news[512];     /* "ANNA code ticket text; " … */
    char prompt[27];
    char pile[49];
    int64_t within_s;
    bool is_away; /* terminals cannot be reached */
    const char *terminals;
    const char *request; /* of StartRequest: the receipt */
    char asked[4096];    /* the last StartRequest */
    char failed[1024];   /* the last StartFailed */
    int connected;       /* VehicleConnected that came */
    bool is_deaf;        /* nothing is answered that a vehicle is about */
} seen;

static void add(char *text, size_t room, const char *what)
{
    (void)snprintf(text + strlen(text), room - strlen(text), "%s", what);
}

static enum ocpp_status prompted(const char *terminal, const struct ocpp_settle_prompt *prompt, void *user)
{
    (void)user;
    if (seen.is_away) {
        return OCPP_ERR_STATE;
    }
    add(seen.prompted, sizeof(seen.prompted), terminal);
    add(seen.prompted, sizeof(seen.prompted), " ");
    (void)snprintf(seen.prompt, sizeof(seen.prompt), "%s", prompt->prompt);
    (void)snprintf(seen.pile, sizeof(seen.pile), "%s", prompt->pile);
    seen.within_s = prompt->within_s;
    assert_int_equal(prompt->evse, 1);
    return OCPP_OK;
}

static void over(const char *terminal, const char *prompt, const char *text, void *user)
{
    char line[256];
    (void)user;
    (void)prompt;
    (void)snprintf(line, sizeof(line), "%s %s; ", terminal, text);
    add(seen.over, sizeof(seen.over), line);
}

static void news(const char *terminal, const struct ocpp_settle_start_news *told, void *user)
{
    char line[256];
    const char *code = ocpp_enum_name(&ocpp_settle_refusal_code_enum, (int)told->code);
    (void)user;
    (void)snprintf(line, sizeof(line), "%s %s %s; ", terminal, code != NULL ? code : "granted",
                   told->ticket != NULL ? told->ticket : "-");
    add(seen.news, sizeof(seen.news), line);
}

static struct bay_world *metered; /* whose meter is read */

static bool energy(int evse, int64_t *register_wh, void *user)
{
    (void)user;
    *register_wh = metered->world->meter_wh[evse];
    return !metered->world->meter_is_silent;
}

static const struct ocpp_settle_terminal_port port = { prompted, over, news, energy, NULL };

static void hears(struct bay_world *bay, const char *name, const char *data, char *answer, size_t room)
{
    char json[1024] = "{\"receipt\":{\"reception\":\"Accepted\"}}";
    if (strcmp(name, "Hello") == 0) {
        (void)snprintf(json, sizeof(json),
                       "{\"version\":\"1\",\"features\":[\"TerminalStart\"],\"maxBytes\":8192,\"operator\":\"op\","
                       "\"now\":\"2026-11-21T10:00:00Z\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,"
                       "\"offlineRentals\":4,\"retryS\":30,\"grantWithinS\":120}}");
        assert_non_null(strstr(data, "TerminalStart"));
    } else if (strcmp(name, "VehicleConnected") == 0) {
        seen.connected++;
        (void)snprintf(
            json, sizeof(json),
            "{\"receipt\":{\"reception\":\"Accepted\"},\"listVersion\":3,\"terminals\":[%s],\"withinS\":60,\"listForS\":"
            "86400}",
            seen.terminals);
    } else if (strcmp(name, "StartRequest") == 0) {
        (void)snprintf(seen.asked, sizeof(seen.asked), "%s", data);
        (void)snprintf(json, sizeof(json), "%s", seen.request);
    } else if (strcmp(name, "StartFailed") == 0) {
        (void)snprintf(seen.failed, sizeof(seen.failed), "%s", data);
    }
    bay_answer(bay, "Accepted", json, answer, room);
}

static void with_backend(struct bay_world *bay)
{
    bay->hears = hears;
}

static const char accepted[] = "{\"receipt\":{\"reception\":\"Accepted\"},\"start\":\"S1\"}";

static void agent_again(struct bay_world *bay)
{
    bay->settings.terminals = &port;
    bay_agent_on(bay);
}

static struct bay_world *world_with(void **state)
{
    memset(&seen, 0, sizeof(seen));
    seen.terminals = "\"ANNA\",\"BERT\"";
    seen.request = accepted;
    struct bay_world *bay = bay_world_changed(OCPP_VERSION_NONE, with_backend);
    metered = bay;
    bay_agent_off(bay);
    agent_again(bay);
    bay->version = *(enum ocpp_version *)*state;
    bay_link(bay, true);
    bay_pass(bay, 2000);
    return bay;
}

static void arrives(struct bay_world *bay, const struct ocpp_settle_vehicle_id *vehicle)
{
    plug(bay->world, 1);
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, vehicle, bay->world->now), OCPP_OK);
    bay_pass(bay, 2000);
}

static enum ocpp_status answers(struct bay_world *bay, const char *terminal, const char *prompt)
{
    const struct ocpp_settle_terminal_requests requests = {
        .terminal = terminal,
        .prompt = prompt,
        .wish = { .kind = OCPP_SETTLE_WISH_KIND_ENERGY, .has_energy_wh = true, .energy_wh = 5000 },
        .association = "a.b.c",
    };
    const enum ocpp_status status = ocpp_settle_agent_terminal_answer(bay->agent, &requests, bay->world->now);
    bay_pass(bay, 1000);
    return status;
}

static const char *grants(struct bay_world *bay, const char *prompt, const char *charging)
{
    char members[512];
    (void)snprintf(
        members, sizeof(members),
        "'prompt':'%s','start':'S1','order':'O1','token':{'id':'CARD-A','type':'ISO14443'},'charging':{'kind':'Energy',%s"
        "'amount':'2.75','currency':'EUR'},'ticket':'TICKET','withinS':60",
        prompt, charging);
    const char *reception = backend_says(bay, "StartGrant", members);
    bay_pass(bay, 3000);
    return reception;
}

static enum ocpp_settle_vehicle_stage stage(const struct bay_world *bay)
{
    return ocpp_settle_agent_vehicle_at(bay->agent, 1).stage;
}

/* Steps 1 to 3: each terminal is asked, the requests are forwarded as they came, and the transaction begins. */
static void a_terminal_is_asked_its_requests_are_forwarded_and_the_charging_begins(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    assert_string_equal(seen.prompted, "ANNA BERT ");
    assert_string_equal(seen.pile, "PILE-7");
    assert_in_range(seen.within_s, 50, 120);
    assert_int_equal(answers(bay, "BERT", seen.prompt), OCPP_OK);
    assert_string_equal(value_of(seen.asked, "prompt"), seen.prompt);
    assert_string_equal(value_of(seen.asked, "terminal"), "BERT");
    assert_string_equal(value_of(seen.asked, "wish/energyWh"), "5000");
    assert_string_equal(value_of(seen.asked, "association"), "a.b.c");
    assert_string_equal(value_of(seen.asked, "vehicle/id"), "0A1B2C3D4E5F");
    assert_string_equal(seen.over, "ANNA another terminal was faster; "); /* E1 */
    assert_string_equal(grants(bay, seen.prompt, "'energyWh':5000,"), "Accepted");
    assert_string_equal(seen.news, "BERT granted TICKET; ");
    assert_true(bay->world->closed[1]);
    assert_string_equal(the_session(bay->world)->token, "CARD-A");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_CHARGING);
    bay_world_free(bay);
}

static struct bay_world *charging(void **state, const char *limits)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    assert_string_equal(grants(bay, seen.prompt, limits), "Accepted");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_CHARGING);
    return bay;
}

static void charging_ends_at_the_energy_that_was_granted(void **state)
{
    struct bay_world *bay = charging(state, "'energyWh':5000,");
    charge(bay->world, 1, 4900);
    bay_pass(bay, 3000);
    assert_true(bay->world->closed[1]);
    charge(bay->world, 1, 100);
    bay_pass(bay, 3000);
    assert_false(bay->world->closed[1]);
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_WAITING);
    bay_world_free(bay);
}

static void charging_ends_at_the_time_that_was_granted(void **state)
{
    struct bay_world *bay = charging(state, "'timeS':600,");
    bay_pass(bay, 590000);
    assert_true(bay->world->closed[1]);
    bay_pass(bay, 20000);
    assert_false(bay->world->closed[1]);
    bay_world_free(bay);
}

/* E1. Nobody is associated: the pile says so, and a card starts as always. */
static void a_vehicle_without_terminals_starts_in_other_ways(void **state)
{
    struct bay_world *bay = world_with(state);
    seen.terminals = "";
    arrives(bay, &car);
    assert_string_equal(seen.prompted, "");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_WAITING);
    card(bay->world, 1, "CARD-B");
    bay_pass(bay, 1000);
    assert_true(bay->world->closed[1]);
    bay_world_free(bay);
}

/* E1. A terminal that is refused does not end the prompt for the others. */
static void a_terminal_that_is_refused_leaves_the_others_their_turn(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    seen.request = "{\"receipt\":{\"reception\":\"Refused\",\"code\":\"NoMoney\"}}";
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    assert_string_equal(seen.news, "ANNA NoMoney -; ");
    seen.request = accepted;
    assert_int_equal(answers(bay, "BERT", seen.prompt), OCPP_OK);
    assert_string_equal(grants(bay, seen.prompt, ""), "Accepted");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_CHARGING);
    bay_world_free(bay);
}

/* E1. Whoever is not on the list any more is asked no more; the list is kept for the next time, over a restart, too. */
static void the_list_is_kept_and_corrected(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    assert_string_equal(
        backend_says(bay, "TerminalList", "'vehicle':{'kind':'Evccid','id':'0A1B2C3D4E5F'},'listVersion':4,'terminals':['BERT']"),
        "Accepted");
    assert_string_equal(seen.over, "ANNA it is not associated any more; ");
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_ERR_NOT_FOUND);
    ocpp_settle_agent_vehicle_left(bay->agent, 1, bay->world->now);
    bay_agent_off(bay);
    agent_again(bay);
    bay_link(bay, false);
    bay_link(bay, true);
    bay_pass(bay, 2000);
    seen.prompted[0] = '\0';
    seen.terminals = "\"BERT\"";
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, &car, bay->world->now), OCPP_OK);
    assert_string_equal(seen.prompted, "BERT "); /* at once */
    bay_world_free(bay);
}

/* E2. */
static void a_prompt_that_nobody_answers_times_out_and_the_pile_waits(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    bay_pass(bay, 57000);
    assert_string_equal(seen.over, "");
    bay_pass(bay, 4000);
    assert_string_equal(seen.over, "ANNA nobody answered in time; BERT nobody answered in time; ");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_WAITING);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_ERR_NOT_FOUND);
    bay_world_free(bay);
}

/* E3. A prompt is one vehicle's at one time. */
static void a_prompt_of_another_time_or_terminal_is_none(void **state)
{
    struct bay_world *bay = world_with(state);
    char before[27];
    arrives(bay, &car);
    (void)snprintf(before, sizeof(before), "%s", seen.prompt);
    assert_int_equal(answers(bay, "EVE", seen.prompt), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, &other, bay->world->now), OCPP_OK);
    bay_pass(bay, 2000);
    assert_string_not_equal(seen.prompt, before);
    assert_int_equal(answers(bay, "ANNA", before), OCPP_ERR_NOT_FOUND);
    assert_string_equal(seen.asked, "");
    bay_world_free(bay);
}

/* E4. The link goes after the prompt: who is asked is told, nothing starts, and later there is another prompt. */
static void a_backend_that_is_lost_after_the_prompt_starts_nothing(void **state)
{
    struct bay_world *bay = world_with(state);
    char before[27];
    arrives(bay, &car);
    (void)snprintf(before, sizeof(before), "%s", seen.prompt);
    bay_link(bay, false);
    bay_pass(bay, 1000);
    assert_string_equal(seen.over, "ANNA the backend cannot be reached; BERT the backend cannot be reached; ");
    assert_true(answers(bay, "ANNA", before) != OCPP_OK);
    assert_false(bay->world->closed[1]);
    seen.prompted[0] = '\0';
    bay_link(bay, true);
    bay_pass(bay, 3000);
    assert_string_equal(seen.prompted, "ANNA BERT ");
    assert_string_not_equal(seen.prompt, before);
    bay_world_free(bay);
}

/* E4. The link goes while the backend thinks: a grant that comes later is given back. */
static void a_grant_nobody_waits_for_is_given_back(void **state)
{
    struct bay_world *bay = world_with(state);
    char before[27];
    arrives(bay, &car);
    (void)snprintf(before, sizeof(before), "%s", seen.prompt);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    bay_link(bay, false);
    assert_string_equal(seen.news, "ANNA TryLater -; ");
    bay_link(bay, true);
    bay_pass(bay, 3000);
    assert_string_equal(grants(bay, before, ""), "Accepted");
    assert_string_equal(value_of(seen.failed, "why"), "Late");
    assert_string_equal(value_of(seen.failed, "prompt"), before);
    assert_false(bay->world->closed[1]);
    bay_world_free(bay);
}

static void a_vehicle_that_left_gives_its_grant_back(void **state)
{
    struct bay_world *bay = world_with(state);
    char before[27];
    arrives(bay, &car);
    (void)snprintf(before, sizeof(before), "%s", seen.prompt);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    unplug(bay->world, 1);
    ocpp_settle_agent_vehicle_left(bay->agent, 1, bay->world->now);
    assert_string_equal(grants(bay, before, ""), "Accepted");
    assert_string_equal(value_of(seen.failed, "why"), "Late");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_NONE);
    bay_world_free(bay);
}

static void a_denied_start_is_told_to_the_terminal(void **state)
{
    struct bay_world *bay = world_with(state);
    char members[256];
    arrives(bay, &car);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    (void)snprintf(members, sizeof(members), "'prompt':'%s','code':'NoMoney','text':'the wallet is empty'", seen.prompt);
    assert_string_equal(backend_says(bay, "StartDenied", members), "Accepted");
    assert_string_equal(seen.news, "ANNA NoMoney -; ");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_WAITING);
    bay_world_free(bay);
}

/* A token the central system does not take starts nothing, and the backend hears of it. */
static void a_token_that_is_not_authorised_gives_the_grant_back(void **state)
{
    struct bay_world *bay = world_with(state);
    bay->world->authorize_status = "Blocked";
    bay->world->start_status = "Blocked";
    arrives(bay, &car);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    assert_string_equal(grants(bay, seen.prompt, ""), "Accepted");
    bay_pass(bay, 62000);
    assert_string_equal(value_of(seen.failed, "why"), "NotAuthorized");
    assert_false(bay->world->closed[1]);
    bay_world_free(bay);
}

/* A power cut between the grant and the transaction: nothing starts by itself, and the backend hears of it. */
static void a_power_cut_before_the_transaction_gives_the_grant_back(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    unplug(bay->world, 1); /* so that presenting the token begins nothing */
    bay->world->silent_action = "Authorize";
    bay->world->silent_count = 10;
    char members[512];
    (void)snprintf(members, sizeof(members),
                   "'prompt':'%s','start':'S1','order':'O1','token':{'id':'CARD-A','type':'ISO14443'},'charging':{'kind':'Full',"
                   "'amount':'50.00','currency':'EUR'},'ticket':'TICKET','withinS':60",
                   seen.prompt);
    assert_string_equal(backend_says(bay, "StartGrant", members), "Accepted");
    bay_power_cut(bay, 0);
    bay_power_back(bay, 5);
    bay->world->silent_count = 0;
    bay_pass(bay, 5000);
    assert_string_equal(value_of(seen.failed, "why"), "PowerLost");
    assert_string_equal(value_of(seen.failed, "start"), "S1");
    bay_world_free(bay);
}

/* The time counts from the start of the transaction, not from the last power cut. */
static void time_that_was_granted_does_not_begin_anew_after_a_power_cut(void **state)
{
    struct bay_world *bay = charging(state, "'timeS':600,");
    bay_pass(bay, 400000);
    bay->world->settings.resume_transactions_ms = 60000;
    bay_power_cut(bay, 0);
    bay_power_back(bay, 5);
    plug(bay->world, 1);
    bay_pass(bay, 150000);
    assert_true(bay->world->closed[1]);
    bay_pass(bay, 60000);
    assert_false(bay->world->closed[1]);
    bay_world_free(bay);
}

/* Its limits hold after a power cut as well, also where nobody could note that it had begun: its transaction shows that. */
static void a_granted_charging_that_goes_on_after_a_power_cut_keeps_its_limits(void **state)
{
    int went_on = 0;
    for (unsigned n = 0; n <= 16; n++) {
        struct bay_world *bay = world_with(state);
        arrives(bay, &car);
        assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
        test_storage_refuse(bay->world->storage, n, OCPP_ERR_FULL);
        grants(bay, seen.prompt, "'energyWh':5000,");
        bay->world->settings.resume_transactions_ms = 60000;
        bay_power_cut(bay, 0);
        bay_power_back(bay, 5);
        plug(bay->world, 1);
        bay_pass(bay, 5000);
        if (bay->world->closed[1]) {
            went_on++;
            assert_string_equal(seen.failed, "");
            charge(bay->world, 1, 5100);
            bay_pass(bay, 120000);
            assert_false(bay->world->closed[1]);
        }
        bay_world_free(bay);
    }
    assert_true(went_on > 1);
}

/* A terminal that comes later is asked what waits for it. */
static void a_terminal_that_comes_later_is_asked_then(void **state)
{
    struct bay_world *bay = world_with(state);
    seen.is_away = true;
    arrives(bay, &car);
    assert_string_equal(seen.prompted, "");
    seen.is_away = false;
    assert_int_equal(ocpp_settle_agent_terminal_here(bay->agent, "EVE", bay->world->now), 0);
    assert_int_equal(ocpp_settle_agent_terminal_here(bay->agent, "BERT", bay->world->now), 1);
    assert_string_equal(seen.prompted, "BERT ");
    bay_world_free(bay);
}

/* Who is asked by the list the pile has may answer before the backend has heard of the prompt. */
static void an_answer_that_is_faster_than_the_backend_waits_for_it(void **state)
{
    struct bay_world *bay = world_with(state);
    arrives(bay, &car);
    ocpp_settle_agent_vehicle_left(bay->agent, 1, bay->world->now);
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, &car, bay->world->now), OCPP_OK);
    assert_int_equal(seen.connected, 1); /* the second one is on its way */
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    bay_pass(bay, 2000);
    assert_int_equal(seen.connected, 2);
    assert_string_equal(value_of(seen.asked, "prompt"), seen.prompt);
    assert_string_equal(grants(bay, seen.prompt, ""), "Accepted");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_CHARGING);
    bay_world_free(bay);
}

/* Wherever memory is short: nothing begins without a grant, and the next vehicle is served. */
static void memory_that_is_short_at_any_moment_costs_at_most_one_start(void **state)
{
    static struct test_allocator memory;
    struct bay_world *bay = world_with(state);
    size_t used = 1;

    bay_agent_off(bay);
    test_allocator_start(&memory, 0);
    bay->settings.allocator = &memory.allocator;
    bay_agent_on(bay);
    bay_link(bay, false);
    bay_link(bay, true);
    bay_pass(bay, 2000);
    for (size_t n = 1; n <= used && n < 60; n += every()) {
        const size_t before = memory.calls;
        memory.fail_at = before + n;
        plug(bay->world, 1);
        (void)ocpp_settle_agent_vehicle(bay->agent, 1, &car, bay->world->now);
        bay_pass(bay, 2000);
        (void)answers(bay, "ANNA", seen.prompt);
        (void)grants(bay, seen.prompt, "'energyWh':5000,");
        used = memory.calls - before;
        memory.fail_at = 0;
        unplug(bay->world, 1);
        ocpp_settle_agent_vehicle_left(bay->agent, 1, bay->world->now);
        bay_pass(bay, 3000);
        assert_false(bay->world->closed[1]);
        assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_NONE);
    }
    seen.prompted[0] = seen.over[0] = seen.news[0] = '\0';
    arrives(bay, &car);
    assert_int_equal(answers(bay, "ANNA", seen.prompt), OCPP_OK);
    assert_string_equal(grants(bay, seen.prompt, ""), "Accepted");
    assert_int_equal(stage(bay), OCPP_SETTLE_VEHICLE_CHARGING);
    bay_world_free(bay);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct bay_world *bay = world_with(state);
    const struct ocpp_settle_vehicle_id bad = { OCPP_SETTLE_VEHICLE_ID_KIND_TAG, "a b" };
    const struct ocpp_now now = bay->world->now;
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 99, &car, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, &bad, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_agent_vehicle(bay->agent, 1, NULL, now), OCPP_ERR_ARGUMENT);
    assert_string_equal(grants(bay, "", ""), "Accepted"); /* nobody's */
    assert_string_equal(value_of(seen.failed, "why"), "Late");
    bay_world_free(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_terminal_is_asked_its_requests_are_forwarded_and_the_charging_begins),
        IN_EACH_VERSION(charging_ends_at_the_energy_that_was_granted),
        IN_EACH_VERSION(charging_ends_at_the_time_that_was_granted),
        IN_EACH_VERSION(a_vehicle_without_terminals_starts_in_other_ways),
        IN_EACH_VERSION(a_terminal_that_is_refused_leaves_the_others_their_turn),
        IN_EACH_VERSION(the_list_is_kept_and_corrected),
        IN_EACH_VERSION(a_prompt_that_nobody_answers_times_out_and_the_pile_waits),
        IN_EACH_VERSION(a_prompt_of_another_time_or_terminal_is_none),
        IN_EACH_VERSION(a_backend_that_is_lost_after_the_prompt_starts_nothing),
        IN_EACH_VERSION(a_grant_nobody_waits_for_is_given_back),
        IN_EACH_VERSION(a_vehicle_that_left_gives_its_grant_back),
        IN_EACH_VERSION(a_denied_start_is_told_to_the_terminal),
        IN_EACH_VERSION(a_token_that_is_not_authorised_gives_the_grant_back),
        IN_EACH_VERSION(time_that_was_granted_does_not_begin_anew_after_a_power_cut),
        IN_EACH_VERSION(a_granted_charging_that_goes_on_after_a_power_cut_keeps_its_limits),
        IN_EACH_VERSION(a_power_cut_before_the_transaction_gives_the_grant_back),
        IN_EACH_VERSION(a_terminal_that_comes_later_is_asked_then),
        IN_EACH_VERSION(an_answer_that_is_faster_than_the_backend_waits_for_it),
        IN_EACH_VERSION(memory_that_is_short_at_any_moment_costs_at_most_one_start),
        IN_EACH_VERSION(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
