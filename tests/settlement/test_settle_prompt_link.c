/* Terminals over the phone link: a phone announces itself, is prompted in its session, answers in it, and hears what became of
 * it; the pile's agent and a backend that is played on the other side. */
#include "bay_world.h"
#include "link_world.h"

#include "unit.h"

#include <ocpp/settlement/prompts.h>

#include <stdio.h>
#include <string.h>

static const struct ocpp_settle_vehicle_id car = { OCPP_SETTLE_VEHICLE_ID_KIND_EVCCID, "0A1B2C3D4E5F" };

static struct {
    struct bay_world *bay;
    struct link_world link;
    struct ocpp_settle_prompt_link *prompts;
    struct ocpp_settle_terminal_port port;
    char prompt[27];
    char pile[49];
    char vehicle[128];
    char over[201];
    char ticket[65];
    char code[41];
    char asked[4096];
    bool was_known;
    bool was_accepted;
    enum ocpp_settle_refusal_code refused;
} both;

static void pushed(const struct ocpp_settle_phone_event *event)
{
    const struct ocpp_settle_link_prompt_req *prompt = event->message;
    const struct ocpp_settle_link_prompt_over_req *over = event->message;
    const struct ocpp_settle_link_start_news_req *news = event->message;

    if (event->action == OCPP_SETTLE_LINK_ACTION_PROMPT) {
        (void)snprintf(both.prompt, sizeof both.prompt, "%s", prompt->prompt);
        (void)snprintf(both.pile, sizeof both.pile, "%s", prompt->pile);
        (void)snprintf(both.vehicle, sizeof both.vehicle, "%s", prompt->vehicle);
    } else if (event->action == OCPP_SETTLE_LINK_ACTION_PROMPT_OVER) {
        (void)snprintf(both.over, sizeof both.over, "%s", over->text);
    } else if (event->action == OCPP_SETTLE_LINK_ACTION_START_NEWS) {
        (void)snprintf(both.ticket, sizeof both.ticket, "%s", news->ticket ? news->ticket : "");
        (void)snprintf(both.code, sizeof both.code, "%s", news->code ? news->code : "");
    }
}

static void hears(struct bay_world *bay, const char *name, const char *data, char *answer, size_t room)
{
    const char *json = "{\"receipt\":{\"reception\":\"Accepted\"}}";

    if (strcmp(name, "Hello") == 0) {
        json = "{\"version\":\"1\",\"features\":[\"TerminalStart\"],\"maxBytes\":8192,\"operator\":\"op\","
               "\"now\":\"2026-11-21T10:00:00Z\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,"
               "\"offlineRentals\":4,\"retryS\":30,\"grantWithinS\":120}}";
    } else if (strcmp(name, "VehicleConnected") == 0) {
        json = "{\"receipt\":{\"reception\":\"Accepted\"},\"listVersion\":1,\"terminals\":[\"ANNA\"],\"withinS\":60,\"listForS\":"
               "60}";
    } else if (strcmp(name, "StartRequest") == 0) {
        (void)snprintf(both.asked, sizeof both.asked, "%s", data);
        json = "{\"receipt\":{\"reception\":\"Accepted\"},\"start\":\"S1\"}";
    }
    bay_answer(bay, "Accepted", json, answer, room);
}

static void with_backend(struct bay_world *bay)
{
    bay->hears = hears;
}

/* The link's time goes on, then the pile's. */
static void go_on(void)
{
    link_world_run(&both.link, 2000);
    bay_pass(both.bay, 2000);
    link_world_run(&both.link, 2000);
}

static int setup(void **state)
{
    (void)state;
    memset(&both, 0, sizeof both);
    link_world_start(&both.link, 7);
    link_world_open(&both.link);
    both.bay = bay_world_changed(OCPP_VERSION_NONE, with_backend);
    bay_agent_off(both.bay);
    assert_int_equal(ocpp_settle_prompt_link_new(NULL, both.link.piles[0].link, &both.prompts), OCPP_OK);
    both.port = ocpp_settle_prompt_link_port(both.prompts);
    both.bay->settings.terminals = &both.port;
    bay_agent_on(both.bay);
    ocpp_settle_prompt_link_use(both.prompts, both.bay->agent);
    both.bay->version = OCPP_VERSION_2_0_1;
    bay_link(both.bay, true);
    bay_pass(both.bay, 2000);
    both.link.phones[0].on_pushed = pushed;
    link_world_connect(&both.link, 0, 0);
    link_world_run(&both.link, 5000);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bay_world_free(both.bay);
    link_world_end(&both.link);
    ocpp_settle_prompt_link_free(both.prompts);
    return 0;
}

static void announced(const struct ocpp_settle_phone_answer *answer, void *user)
{
    const struct ocpp_settle_link_announce_conf *conf = answer->answer;

    (void)user;
    assert_non_null(conf);
    both.was_known = conf->known;
}

static void answered(const struct ocpp_settle_phone_answer *answer, void *user)
{
    (void)user;
    both.was_accepted = answer->answer != NULL;
    both.refused = answer->code;
}

static void phone_announces(int phone, const char *name)
{
    const struct ocpp_settle_link_announce_req message = { name };
    char id[OCPP_SETTLE_ID_SIZE] = "";

    assert_int_equal(ocpp_settle_phone_ask(both.link.phones[phone].phone, OCPP_SETTLE_LINK_ACTION_ANNOUNCE, &message, id,
                                           announced, NULL, link_world_now(&both.link)),
                     OCPP_OK);
    go_on();
}

static void announces(const char *name)
{
    phone_announces(0, name);
}

static void answers(const char *prompt, const char *wish)
{
    const struct ocpp_settle_link_answer_req message = { prompt, wish, "a.b.c" };
    char id[OCPP_SETTLE_ID_SIZE] = "";

    both.was_accepted = false;
    assert_int_equal(ocpp_settle_phone_ask(both.link.phones[0].phone, OCPP_SETTLE_LINK_ACTION_ANSWER, &message, id, answered,
                                           NULL, link_world_now(&both.link)),
                     OCPP_OK);
    go_on();
}

static void arrives(void)
{
    plug(both.bay->world, 1);
    assert_int_equal(ocpp_settle_agent_vehicle(both.bay->agent, 1, &car, both.bay->world->now), OCPP_OK);
    bay_pass(both.bay, 2000);
    go_on();
}

static void a_phone_is_prompted_answers_and_hears_of_its_ticket(void **state)
{
    char members[512];

    (void)state;
    announces("ANNA");
    assert_false(both.was_known); /* nothing waits for it */
    arrives();
    assert_string_equal(both.pile, "PILE-7");
    assert_string_equal(both.vehicle, "{\"kind\":\"Evccid\",\"id\":\"0A1B2C3D4E5F\"}");
    answers(both.prompt, "{\"kind\":\"Energy\",\"energyWh\":5000}");
    assert_true(both.was_accepted);
    assert_string_equal(value_of(both.asked, "terminal"), "ANNA");
    assert_string_equal(value_of(both.asked, "wish/energyWh"), "5000");
    (void)snprintf(members, sizeof members,
                   "'prompt':'%s','start':'S1','order':'O1','token':{'id':'CARD-A','type':'ISO14443'},'charging':{'kind':'Full',"
                   "'amount':'50.00','currency':'EUR'},'ticket':'TICKET','withinS':60",
                   both.prompt);
    assert_string_equal(backend_says(both.bay, "StartGrant", members), "Accepted");
    go_on();
    assert_string_equal(both.ticket, "TICKET");
    assert_string_equal(both.code, "");
    assert_true(both.bay->world->closed[1]);
}

static void a_phone_that_comes_later_is_prompted_then(void **state)
{
    (void)state;
    arrives();
    assert_string_equal(both.prompt, "");
    announces("ANNA");
    assert_true(both.was_known);
    assert_string_not_equal(both.prompt, "");
    ocpp_settle_agent_vehicle_left(both.bay->agent, 1, both.bay->world->now);
    go_on();
    assert_string_equal(both.over, "the vehicle left");
}

static void not_here(const struct ocpp_settle_phone_event *event)
{
    assert_int_not_equal(event->action, OCPP_SETTLE_LINK_ACTION_PROMPT);
}

/* A phone that was somebody else's terminal before, too. */
static void a_name_is_prompted_where_it_was_announced_last(void **state)
{
    (void)state;
    announces("ANNA");
    both.link.phones[0].on_pushed = not_here;
    both.link.phones[1].on_pushed = pushed;
    link_world_connect(&both.link, 1, 0);
    link_world_run(&both.link, 5000);
    phone_announces(1, "BEN");
    phone_announces(1, "ANNA");
    arrives();
    assert_string_not_equal(both.prompt, "");
}

/* A session answers for the name it announced, and for no other. */
static void a_phone_that_did_not_say_who_it_is_answers_nothing(void **state)
{
    (void)state;
    arrives();
    answers("01HQ3V8N6T2C4E5G7J9KABCDEF", "{\"kind\":\"Full\"}");
    assert_false(both.was_accepted);
    announces("EVE");
    assert_false(both.was_known);
    answers(ocpp_settle_agent_vehicle_at(both.bay->agent, 1).prompt, "{\"kind\":\"Full\"}");
    assert_false(both.was_accepted);
    assert_int_equal(both.refused, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_string_equal(both.asked, "");
}

static void a_wish_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    announces("ANNA");
    arrives();
    answers(both.prompt, "{\"kind\":\"Everything\"}");
    assert_int_equal(both.refused, OCPP_SETTLE_REFUSAL_CODE_INVALID);
    answers(both.prompt, "[1]");
    assert_int_equal(both.refused, OCPP_SETTLE_REFUSAL_CODE_INVALID);
    assert_string_equal(both.asked, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_phone_is_prompted_answers_and_hears_of_its_ticket, setup, teardown),
        cmocka_unit_test_setup_teardown(a_phone_that_comes_later_is_prompted_then, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_is_prompted_where_it_was_announced_last, setup, teardown),
        cmocka_unit_test_setup_teardown(a_phone_that_did_not_say_who_it_is_answers_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wish_that_makes_no_sense_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
