/* The whole road of an offline visit: server, phone, the encrypted link, the pile, and back. */
#include "relay_world.h"

#include "unit.h"

#include <ocpp/settlement/phone.h>

#include <string.h>

/* A phone next to pile 0 of a relay world; what it was answered last. */
struct road {
    struct relay_world world;
    struct ocpp_settle_link *link;
    struct ocpp_settle_phone *phone;
    const char *text; /* the token, bill or session of the last answer; NULL */
    int64_t number;   /* the page, or how many were acknowledged */
    enum ocpp_settle_refusal_code code;
    bool is_answered;
    bool ended;
};

static bool believe(const struct ocpp_settle_phone_pile *pile, void *user)
{
    (void)user;
    return strcmp(pile->proof->pile, "PILE-1") == 0;
}

static struct ocpp_now road_now(const struct road *road)
{
    return road->world.pile[0].now;
}

static int start(void **state)
{
    static struct road road;

    memset(&road, 0, sizeof road);
    relay_world_open(&road.world, 1);
    struct ocpp_settle_link_settings link = ocpp_settle_link_settings_default();
    link.pile = "PILE-1";
    link.keys = road.world.pile[0].keys.contract;
    link.frame_bytes = 20;
    assert_int_equal(ocpp_settle_link_new(&link, &road.link), OCPP_OK);
    assert_int_equal(ocpp_settle_outlets_serve(road.world.pile[0].outlets, road.link), OCPP_OK);
    assert_int_equal(ocpp_settle_outlets_serve(road.world.pile[0].outlets, road.link), OCPP_ERR_STATE);
    struct ocpp_settle_phone_settings phone = ocpp_settle_phone_settings_default();
    phone.keys = road.world.backend->keys.contract;
    phone.judge = believe;
    assert_int_equal(ocpp_settle_phone_new(&phone, &road.phone), OCPP_OK);
    ocpp_settle_phone_connected(road.phone, road_now(&road));
    *state = &road;
    return 0;
}

static int end(void **state)
{
    struct road *road = *state;

    ocpp_settle_phone_free(road->phone);
    ocpp_settle_link_free(road->link);
    relay_world_close(&road->world);
    return 0;
}

/* The wire: whatever wants to leave arrives, until nothing does. */
static void exchange(struct road *road)
{
    const unsigned char *bytes;
    size_t size;

    for (int quiet = 0; quiet < 40 && !road->is_answered; quiet++) {
        while ((size = ocpp_settle_phone_next_output(road->phone, &bytes, road_now(road))) > 0) {
            ocpp_settle_link_receive(road->link, bytes, size, road_now(road));
            quiet = 0;
        }
        while ((size = ocpp_settle_link_next_output(road->link, &bytes, road_now(road))) > 0) {
            assert_true(size <= 20);
            ocpp_settle_phone_receive(road->phone, bytes, size, road_now(road));
            quiet = 0;
        }
        relay_pass_s(&road->world, 1);
        ocpp_settle_phone_advance(road->phone, road_now(road));
        ocpp_settle_link_advance(road->link, road_now(road));
    }
    assert_true(road->is_answered);
}

static void refused_or(struct road *road, const struct ocpp_settle_phone_answer *answer)
{
    road->is_answered = true;
    road->code = answer->answer ? OCPP_SETTLE_REFUSAL_CODE_UNSET : answer->code;
    road->text = NULL;
    road->number = 0;
}

static void keep_text(struct road *road, const char *text)
{
    road->text = text ? ocpp_arena_text(road->world.backend->arena, text, strlen(text)) : NULL;
}

static void hear_status(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct road *road = user;

    refused_or(road, answer);
    if (answer->answer) {
        keep_text(road, ((const struct ocpp_settle_link_status_conf *)answer->answer)->token);
    }
}

static void hear_delivery(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct road *road = user;

    refused_or(road, answer);
    if (answer->answer) {
        keep_text(road, ((const struct ocpp_settle_link_deliver_conf *)answer->answer)->session);
        road->number = ((const struct ocpp_settle_link_deliver_conf *)answer->answer)->acknowledged;
    }
}

static void hear_bill(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct road *road = user;

    refused_or(road, answer);
    if (answer->answer) {
        keep_text(road, ((const struct ocpp_settle_link_next_bill_conf *)answer->answer)->bill);
        road->number = ((const struct ocpp_settle_link_next_bill_conf *)answer->answer)->page;
    }
}

static void hear_end(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct road *road = user;

    refused_or(road, answer);
    road->ended = answer->answer && ((const struct ocpp_settle_link_stop_session_conf *)answer->answer)->ended;
}

static void ask(struct road *road, enum ocpp_settle_link_action action, const void *message,
                void (*done)(const struct ocpp_settle_phone_answer *answer, void *user))
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    road->is_answered = false;
    assert_int_equal(ocpp_settle_phone_ask(road->phone, action, message, id, done, road, road_now(road)), OCPP_OK);
    exchange(road);
}

static const char *begin(struct road *road, const char **session)
{
    const struct ocpp_settle_link_status_req which = { .has_outlet = true, .outlet = 1 };

    ask(road, OCPP_SETTLE_LINK_ACTION_STATUS, &which, hear_status);
    const char *jti = wish_for(&road->world, 0, road->text, 1, "CARD-A", 2000);
    assert_non_null(jti);
    const struct ocpp_settle_link_deliver_req parcel = { .parcel = authorisation_of(&road->world, jti).parcel };
    ask(road, OCPP_SETTLE_LINK_ACTION_DELIVER, &parcel, hear_delivery);
    assert_int_equal(road->code, OCPP_SETTLE_REFUSAL_CODE_UNSET);
    assert_non_null(road->text);
    *session = road->text;
    return jti;
}

static void a_visit_goes_over_frames_of_20_bytes_from_status_to_acknowledgement(void **state)
{
    struct road *road = *state;
    const struct ocpp_settle_link_next_bill_req first = { .from = 0 };
    const char *session = NULL;
    const char *jti = begin(road, &session);

    plug(&road->world.pile[0], 1);
    assert_true(road->world.pile[0].outlet[1].is_on);
    relay_pass_s(&road->world, 3600);
    unplug(&road->world.pile[0], 1);
    ask(road, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &first, hear_bill);
    assert_int_equal(road->number, 1);
    assert_true(bring(&road->world, road->text));
    assert_true(shown_page(&road->world, "PILE-1", 1));
    const struct ocpp_settle_link_deliver_req parcel = { .parcel = road->world.page.parcel };
    ask(road, OCPP_SETTLE_LINK_ACTION_DELIVER, &parcel, hear_delivery);
    assert_int_equal(road->number, 1);
    ask(road, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &first, hear_bill);
    assert_null(road->text);
    assert_string_equal(authorisation_of(&road->world, jti).state, "Billed");
    assert_int_equal(settle_world_order(road->world.backend, road->world.page.order).state, OCPP_SETTLE_ORDER_STATE_PAID);
}

static void only_who_has_the_authorisation_stops_its_session(void **state)
{
    struct road *road = *state;
    const char *session = NULL;
    const char *jti = begin(road, &session);
    const void *parcel = NULL;
    const char *text = authorisation_of(&road->world, jti).parcel;

    plug(&road->world.pile[0], 1);
    relay_pass_s(&road->world, 60);
    struct ocpp_settle_link_stop_session_req stop = { .outlet = 1, .session = session };
    ask(road, OCPP_SETTLE_LINK_ACTION_STOP_SESSION, &stop, hear_end);
    assert_int_equal(road->code, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED);
    assert_true(road->world.pile[0].outlet[1].is_on);
    assert_int_equal(ocpp_message_decode(&ocpp_settle_pile_parcel_type, text, strlen(text), NULL, NULL,
                                         road->world.backend->arena, &parcel, NULL),
                     OCPP_OK);
    stop.authorisation = ((const struct ocpp_settle_pile_parcel *)parcel)->authorisation;
    ask(road, OCPP_SETTLE_LINK_ACTION_STOP_SESSION, &stop, hear_end);
    assert_true(road->ended);
    assert_false(road->world.pile[0].outlet[1].is_on);
    ask(road, OCPP_SETTLE_LINK_ACTION_STOP_SESSION, &stop, hear_end);
    assert_false(road->ended);
}

static void what_nobody_signed_is_refused_over_the_link(void **state)
{
    struct road *road = *state;
    const struct ocpp_settle_link_deliver_req nonsense = { .parcel =
                                                               "{\"trust\":{\"keys\":[\"a.b.c\"]},\"acknowledgements\":[]}" };
    const struct ocpp_settle_link_deliver_req nothing = { .parcel = "{}" };
    const struct ocpp_settle_link_status_req none = { .has_outlet = true, .outlet = 9 };

    ask(road, OCPP_SETTLE_LINK_ACTION_DELIVER, &nonsense, hear_delivery);
    assert_int_not_equal(road->code, OCPP_SETTLE_REFUSAL_CODE_UNSET);
    ask(road, OCPP_SETTLE_LINK_ACTION_DELIVER, &nothing, hear_delivery);
    assert_int_not_equal(road->code, OCPP_SETTLE_REFUSAL_CODE_UNSET);
    ask(road, OCPP_SETTLE_LINK_ACTION_STATUS, &none, hear_status);
    assert_int_equal(road->code, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(a_visit_goes_over_frames_of_20_bytes_from_status_to_acknowledgement),
        CASE(only_who_has_the_authorisation_stops_its_session),
        CASE(what_nobody_signed_is_refused_over_the_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
