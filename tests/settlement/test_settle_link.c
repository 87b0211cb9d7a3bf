/* The phone link: a session begins, is resumed and ends; what is asked is answered once; who is not the pile is not believed. */
#include "allocator.h"
#include "link_frame.h"
#include "link_world.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct link_world world;

static int start(void **state)
{
    (void)state;
    link_world_start(&world, 1);
    return 0;
}

static int start_open(void **state)
{
    (void)state;
    link_world_start(&world, 1);
    link_world_open(&world);
    return 0;
}

static int end(void **state)
{
    (void)state;
    link_world_end(&world);
    return 0;
}

/* --- frames
 * --------------------------------------------------------------------------------------------------------------------- */

static void frames_of_any_content_are_read_again(void **state)
{
    unsigned char content[LINK_CONTENT_LIMIT];
    unsigned char frame[LINK_FRAME_LIMIT];
    static const unsigned char session[LINK_SESSION_SIZE] = { 1, 2, 3 };
    static const unsigned char other[LINK_SESSION_SIZE] = { 1, 2, 4 };
    struct link_line line = { .size = 0 };
    bool is_damaged;

    (void)state;
    for (size_t size = 1; size <= LINK_CONTENT_LIMIT; size++) {
        for (size_t i = 0; i < size; i++) {
            content[i] = (unsigned char)(size % 3 == 0 ? 0 : size % 3 == 1 ? i : i % 5);
        }
        const size_t length = link_frame_write(session, content, size, frame);
        assert_int_equal(length, size + LINK_FRAME_AROUND);
        assert_null(memchr(frame, 0, length - 1));
        for (size_t i = 0; i + 1 < length; i++) {
            assert_int_equal(link_line_add(&line, frame[i], &is_damaged), 0);
        }
        assert_int_equal(link_line_add(&line, 0, &is_damaged), size + 2);
        assert_memory_equal(line.bytes, content, size);
        assert_true(link_frame_is_of(session, line.bytes, size + 2));
        assert_false(link_frame_is_of(other, line.bytes, size + 2));
        assert_false(link_frame_is_of(link_no_session, line.bytes, size + 2));
    }
}

static void what_is_no_frame_is_passed_over_and_the_next_one_is_read(void **state)
{
    struct link_line line = { .size = 0 };
    bool is_damaged;

    (void)state;
    assert_int_equal(link_line_add(&line, 0, &is_damaged), 0);
    assert_false(is_damaged); /* zeros between frames are no damage */
    assert_int_equal(link_line_add(&line, 200, &is_damaged), 0);
    assert_int_equal(link_line_add(&line, 0, &is_damaged), 0);
    assert_true(is_damaged);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(link_line_add(&line, 1, &is_damaged), 0);
    }
    assert_int_equal(link_line_add(&line, 0, &is_damaged), 0);
    assert_true(is_damaged);
    unsigned char frame[LINK_FRAME_LIMIT];
    const size_t length = link_frame_write(link_no_session, (const unsigned char *)"ab", 2, frame);
    for (size_t i = 0; i + 1 < length; i++) {
        assert_int_equal(link_line_add(&line, frame[i], &is_damaged), 0);
    }
    assert_int_equal(link_line_add(&line, 0, &is_damaged), 4);
}

/* --- sessions
 * ------------------------------------------------------------------------------------------------------------------- */

static void a_phone_opens_a_session_asks_and_is_answered(void **state)
{
    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].answers, 1);
    assert_int_equal(world.phones[0].outlets, 2);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 1);
    assert_int_equal(world.piles[0].events[OCPP_SETTLE_LINK_OPENED], 1);
    assert_true(world.phones[0].is_certified);
    assert_int_equal(ocpp_settle_phone_view(world.phones[0].phone).repeated, 0);
    assert_int_equal(ocpp_settle_link_view(world.piles[0].link).repeated, 0);
}

static void frames_are_no_longer_than_the_smaller_side_takes(void **state)
{
    static const size_t sizes[] = { 20, 21, 64, 255 };

    (void)state;
    link_world_end(&world);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (int side = 0; side < 2; side++) {
            link_world_start(&world, 1);
            (side == 0 ? &world.pile_settings.frame_bytes : &world.phone_settings.frame_bytes)[0] = sizes[i];
            (side == 0 ? &world.phone_settings.frame_bytes : &world.pile_settings.frame_bytes)[0] = 255;
            link_world_open(&world);
            link_world_connect(&world, 0, 0);
            assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
            link_world_run(&world, 5000);
            assert_int_equal(world.phones[0].answers, 1);
            assert_int_equal(world.longest, sizes[i]);
            assert_int_equal(ocpp_settle_link_view(world.piles[0].link).frame_bytes, sizes[i]);
            link_world_end(&world);
        }
    }
    link_world_start(&world, 1);
    link_world_open(&world);
}

static void nothing_of_what_is_said_is_read_on_the_wire(void **state)
{
    static const char *const words[] = { "Hello", "PILE-0", "PhoneLink", "settle", "outlets" };

    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
    link_world_run(&world, 3000);
    for (int w = 0; w < 2; w++) {
        const struct link_world_frame *wire = w == 0 ? world.to_pile : world.to_phone; /* what was there is still in it */

        for (int i = 0; i < LINK_WORLD_WIRE; i++) {
            for (size_t k = 0; k < COUNT_OF(words); k++) {
                for (size_t at = 0; at + strlen(words[k]) <= wire[i].size; at++) {
                    assert_int_not_equal(memcmp(wire[i].bytes + at, words[k], strlen(words[k])), 0);
                }
            }
        }
    }
}

static void both_sides_know_the_same_binding_and_it_is_another_in_each_session(void **state)
{
    unsigned char first[32];
    unsigned char theirs[32];
    unsigned char second[32];

    (void)state;
    assert_int_equal(ocpp_settle_phone_binding(world.phones[0].phone, first), OCPP_ERR_STATE);
    assert_int_equal(ocpp_settle_link_binding(world.piles[0].link, 1, first), OCPP_ERR_STATE);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 3000);
    assert_int_equal(ocpp_settle_phone_binding(world.phones[0].phone, first), OCPP_OK);
    assert_int_equal(ocpp_settle_link_binding(world.piles[0].link, 1, theirs), OCPP_OK);
    assert_memory_equal(first, theirs, 32);
    link_world_connect(&world, 1, 0);
    link_world_run(&world, 3000);
    assert_int_equal(ocpp_settle_phone_binding(world.phones[1].phone, second), OCPP_OK);
    assert_memory_not_equal(first, second, 32);
}

static void a_session_goes_on_after_the_connection_was_lost(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    world.piles[0].answers_later = true;
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 1000);
    assert_int_equal(link_world_act(&world, 0, "one", id), OCPP_OK);
    link_world_run(&world, 1000);
    link_world_cut(&world, 0);
    const struct ocpp_settle_link_start_outlet_conf answer = { "S" };
    assert_int_equal(ocpp_settle_link_answer(world.piles[0].link, world.piles[0].open[0], &answer, link_world_now(&world)),
                     OCPP_OK);
    link_world_run(&world, 20000);
    assert_int_equal(world.phones[0].answers, 0);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 1000);
    assert_int_equal(world.phones[0].answers, 1);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_RESUMED], 1);
    assert_int_equal(world.piles[0].events[OCPP_SETTLE_LINK_RESUMED], 1);
    assert_int_equal(world.piles[0].events[OCPP_SETTLE_LINK_OPENED], 1);
    assert_int_equal(link_world_done(&world, "one"), 1);
}

/* D3: any phone, in any order. */
static void phones_take_turns_and_each_goes_on_where_it_was(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        for (int phone = 0; phone < LINK_WORLD_PHONES; phone++) {
            link_world_connect(&world, phone, 0);
            assert_int_equal(link_world_ask(&world, phone), OCPP_OK);
            link_world_run(&world, 2000);
            assert_int_equal(world.phones[phone].answers, round + 1);
        }
    }
    assert_int_equal(world.piles[0].events[OCPP_SETTLE_LINK_OPENED], LINK_WORLD_PHONES);
    assert_int_equal(ocpp_settle_link_view(world.piles[0].link).sessions, LINK_WORLD_PHONES);
}

static void sessions_are_bounded_and_who_was_forgotten_opens_a_new_one(void **state)
{
    (void)state;
    link_world_end(&world);
    link_world_start(&world, 1);
    world.pile_settings.max_sessions = 1;
    link_world_open(&world);
    for (int round = 0; round < 2; round++) {
        for (int phone = 0; phone < LINK_WORLD_PHONES; phone++) {
            link_world_connect(&world, phone, 0);
            assert_int_equal(link_world_ask(&world, phone), OCPP_OK);
            link_world_run(&world, 3000);
            assert_int_equal(world.phones[phone].answers, round + 1);
            assert_int_equal(ocpp_settle_link_view(world.piles[0].link).sessions, 1);
        }
    }
    assert_int_equal(world.piles[0].events[OCPP_SETTLE_LINK_ENDED], 2 * LINK_WORLD_PHONES - 1);
}

static void a_session_nobody_comes_back_to_is_forgotten(void **state)
{
    (void)state;
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 1000);
    link_world_cut(&world, 0);
    link_world_run(&world, 599000);
    assert_int_equal(ocpp_settle_link_view(world.piles[0].link).sessions, 1);
    link_world_run(&world, 2000);
    assert_int_equal(ocpp_settle_link_view(world.piles[0].link).sessions, 0);
    assert_int_equal(ocpp_settle_link_deadline(world.piles[0].link), OCPP_NEVER);
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].answers, 1);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 2);
}

static void a_phone_that_hears_nothing_says_so_and_may_try_again(void **state)
{
    (void)state;
    world.odds.dropped = 1000;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
    link_world_run(&world, 120000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_UNHEARD], 1);
    assert_int_equal(ocpp_settle_phone_deadline(world.phones[0].phone), OCPP_NEVER);
    world.odds.dropped = 0;
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].answers, 1);
}

static void a_pile_that_started_anew_is_found_again(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 1000);
    link_world_restart(&world, 0);
    assert_int_equal(link_world_act(&world, 0, "one", id), OCPP_OK);
    link_world_run(&world, 60000);
    assert_int_equal(world.phones[0].answers, 1);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 2);
    assert_int_equal(link_world_done(&world, "one"), 1);
}

/* Somebody who knows the check, which is no secret, makes one side believe that it heard what was never said. */
static void sides_that_lost_count_of_one_another_begin_anew(void **state)
{
    unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE];
    unsigned char content[] = { LINK_MORE, 0, 0, 'x' };
    unsigned char frame[LINK_FRAME_LIMIT];

    (void)state;
    for (int side = 0; side < 2; side++) {
        link_world_connect(&world, side, 0);
        link_world_run(&world, 2000);
        assert_int_equal(ocpp_settle_phone_binding(world.phones[side].phone, binding), OCPP_OK);
        for (unsigned number = 0; number < 40; number++) { /* one of them is the next */
            content[2] = (unsigned char)number;
            const size_t size = link_frame_write(binding, content, sizeof content, frame);
            if (side == 0) {
                ocpp_settle_link_receive(world.piles[0].link, frame, size, link_world_now(&world));
            } else {
                ocpp_settle_phone_receive(world.phones[side].phone, frame, size, link_world_now(&world));
            }
        }
        char id[OCPP_SETTLE_ID_SIZE] = "";
        assert_int_equal(link_world_act(&world, side, side == 0 ? "a" : "b", id), OCPP_OK);
        link_world_run(&world, 60000);
        assert_int_equal(world.phones[side].answers, 1);
        assert_int_equal(world.phones[side].events[OCPP_SETTLE_PHONE_OPENED], 2);
    }
    assert_int_equal(world.piles[0].acts, 2);
}

/* --- who the pile is
 * ------------------------------------------------------------------------------------------------------------ */

static void open_with(const char *pile, const unsigned char *point, bool judges)
{
    link_world_end(&world);
    link_world_start(&world, 1);
    world.phone_settings.pile = pile;
    world.phone_settings.point = point;
    world.phone_settings.judge = judges ? world.phone_settings.judge : NULL;
    link_world_open(&world);
}

static void only_a_pile_that_is_certified_or_known_is_asked(void **state)
{
    unsigned char points[2][OCPP_SETTLE_POINT_SIZE];

    (void)state;
    for (int index = 0; index < 2; index++) { /* the first is certified, the second is not */
        open_with(NULL, NULL, false);
        assert_int_equal(world.keys.contract.public_key("pile-0", points[0], &world.keys), OCPP_OK);
        assert_int_equal(world.keys.contract.public_key("pile-1", points[1], &world.keys), OCPP_OK);
        link_world_connect(&world, 0, index);
        assert_int_equal(link_world_ask(&world, 0), OCPP_OK);
        link_world_run(&world, 5000);
        assert_int_equal(world.phones[0].answers, index == 0);
        assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_REFUSED], index);
        assert_int_equal(world.phones[0].is_certified, index == 0);
    }
    open_with("PILE-1", NULL, false); /* certified, and another one */
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_REFUSED], 1);
    open_with("PILE-1", NULL, true); /* a judge cannot allow what was excluded */
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_REFUSED], 1);
}

static void a_pile_may_be_known_by_its_key_alone(void **state)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE] = { 4 };

    (void)state;
    open_with(NULL, point, false);
    assert_int_equal(world.keys.contract.public_key("pile-1", point, &world.keys), OCPP_OK);
    link_world_connect(&world, 0, 1);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 1);
    link_world_connect(&world, 1, 0);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[1].events[OCPP_SETTLE_PHONE_REFUSED], 1);
    assert_int_equal(world.phones[1].events[OCPP_SETTLE_PHONE_OPENED], 0);
}

static void a_certificate_of_another_root_counts_nothing(void **state)
{
    unsigned char root[OCPP_SETTLE_POINT_SIZE];

    (void)state;
    assert_int_equal(world.keys.contract.public_key("another", root, &world.keys), OCPP_OK);
    ocpp_settle_trust_begin(&world.trust, "root", root);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 1); /* the judge of this world lets all pass */
    assert_false(world.phones[0].is_certified);
}

/* Somebody between them who has a key of its own, and answers the phone in the pile's name. */
static void somebody_else_with_the_words_of_the_pile_is_not_believed(void **state)
{
    (void)state;
    open_with("PILE-0", NULL, false);
    world.certificate = NULL;
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 5000);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_REFUSED], 1);
    assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_OPENED], 0);
}

/* --- requests
 * ------------------------------------------------------------------------------------------------------------------- */

static void an_act_is_done_once_over_any_number_of_sessions(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_act(&world, 0, "once", id), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].answers, 1);
    assert_string_equal(world.phones[0].session, "once");
    for (int phone = 0; phone < 3; phone++) { /* the same phone, and others that were told the id */
        link_world_connect(&world, phone, 0);
        assert_int_equal(link_world_act(&world, phone, "once", id), OCPP_OK);
        link_world_run(&world, 3000);
        assert_string_equal(world.phones[phone].session, "once");
    }
    assert_int_equal(world.piles[0].acts, 1);
}

static void the_same_id_with_other_words_is_refused(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_act(&world, 0, "one", id), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(link_world_act(&world, 0, "two", id), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].refusals, 1);
    assert_int_equal(world.phones[0].code, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY);
    assert_int_equal(link_world_done(&world, "two"), 0);
    world.piles[0].answers_later = true; /* also while the first is being answered */
    id[0] = '\0';
    assert_int_equal(link_world_act(&world, 0, "three", id), OCPP_OK);
    link_world_run(&world, 1000);
    link_world_connect(&world, 1, 0);
    assert_int_equal(link_world_act(&world, 1, "four", id), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[1].code, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY);
    assert_int_equal(link_world_done(&world, "four"), 0);
}

static void what_is_being_answered_is_not_begun_again_and_its_answer_finds_the_phone(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";
    const struct ocpp_settle_link_start_outlet_conf answer = { "S" };

    (void)state;
    world.piles[0].answers_later = true;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_act(&world, 0, "slow", id), OCPP_OK);
    link_world_run(&world, 2000);
    link_world_connect(&world, 1, 0);
    assert_int_equal(link_world_act(&world, 1, "slow", id), OCPP_OK);
    link_world_run(&world, 2000);
    assert_int_equal(world.piles[0].acts, 1);
    assert_int_equal(ocpp_settle_link_answer(world.piles[0].link, world.piles[0].open[0], &answer, link_world_now(&world)),
                     OCPP_OK);
    link_world_run(&world, 2000);
    assert_string_equal(world.phones[1].session, "S");
    assert_int_equal(ocpp_settle_link_answer(world.piles[0].link, world.piles[0].open[0], &answer, link_world_now(&world)),
                     OCPP_ERR_NOT_FOUND);
    link_world_connect(&world, 0, 0); /* and the first one, who asks again in a session of its own */
    link_world_run(&world, 60000);
    assert_int_equal(world.piles[0].acts, 1);
}

static void what_was_forgotten_is_not_told_any_more(void **state)
{
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(link_world_act(&world, 0, "x", id), OCPP_OK);
    ocpp_settle_phone_forget(world.phones[0].phone, id);
    ocpp_settle_phone_forget(world.phones[0].phone, id);
    link_world_run(&world, 1000);
    assert_int_equal(ocpp_settle_phone_view(world.phones[0].phone).asked, 0);
    assert_int_equal(world.phones[0].answers, 0);
}

static void note_code(const struct ocpp_settle_phone_answer *answer, void *user)
{
    *(enum ocpp_settle_refusal_code *)user = answer->code;
    assert_null(answer->answer);
    assert_true(answer->reason[0] != '\0');
}

static void what_nobody_serves_is_refused(void **state)
{
    const struct ocpp_settle_link_next_bill_req bill = { 0 };
    const struct ocpp_settle_link_start_outlet_req occupied = { .outlet = 9, .account = { "x", "signed" } };
    enum ocpp_settle_refusal_code code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    link_world_connect(&world, 0, 0);
    assert_int_equal(ocpp_settle_phone_ask(world.phones[0].phone, OCPP_SETTLE_LINK_ACTION_NEXT_BILL, &bill, id, note_code, &code,
                                           link_world_now(&world)),
                     OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(code, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED);
    for (int i = 1; i <= 2; i++) { /* what was refused may be asked again, and is looked at again */
        code = OCPP_SETTLE_REFUSAL_CODE_UNSET;
        id[0] = '\0';
        assert_int_equal(ocpp_settle_phone_ask(world.phones[0].phone, OCPP_SETTLE_LINK_ACTION_START_OUTLET, &occupied, id,
                                               note_code, &code, link_world_now(&world)),
                         OCPP_OK);
        link_world_run(&world, 3000);
        assert_int_equal(code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
        assert_int_equal(world.piles[0].acts, i);
    }
}

static void more_than_is_answered_at_a_time_is_refused(void **state)
{
    (void)state;
    world.piles[0].answers_later = true;
    link_world_connect(&world, 0, 0);
    for (int i = 0; i < 5; i++) {
        char id[OCPP_SETTLE_ID_SIZE] = "";
        char mark[] = "a0";

        mark[1] = (char)('0' + i);
        assert_int_equal(link_world_act(&world, 0, mark, id), OCPP_OK);
    }
    link_world_run(&world, 3000);
    assert_int_equal(world.piles[0].open_count, 4);
    assert_int_equal(world.phones[0].refusals, 1);
    assert_int_equal(world.phones[0].code, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED);
    for (int i = 0; i < 4; i++) {
        const struct ocpp_settle_link_start_outlet_conf answer = { "S" };

        assert_int_equal(ocpp_settle_link_answer(world.piles[0].link, world.piles[0].open[i], &answer, link_world_now(&world)),
                         OCPP_OK);
    }
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].answers, 4);
}

static void what_the_pile_says_by_itself_arrives_once(void **state)
{
    const struct ocpp_settle_link_prompt_req prompt = { "P", "PILE-0", 1, "{\"kind\":\"Evccid\",\"id\":\"AA\"}", 60 };
    struct ocpp_settle_link *link = world.piles[0].link;

    (void)state;
    assert_int_equal(ocpp_settle_link_push(link, 0, OCPP_SETTLE_LINK_ACTION_PROMPT, &prompt, link_world_now(&world)),
                     OCPP_ERR_STATE);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 2000);
    assert_int_equal(ocpp_settle_link_push(link, 0, OCPP_SETTLE_LINK_ACTION_HELLO, &prompt, link_world_now(&world)),
                     OCPP_ERR_ARGUMENT);
    link_world_cut(&world, 0); /* while nobody is there it waits, up to a bound */
    int said = 0;
    while (ocpp_settle_link_push(link, 1, OCPP_SETTLE_LINK_ACTION_PROMPT, &prompt, link_world_now(&world)) == OCPP_OK) {
        said++;
    }
    assert_int_equal(said, 7);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].pushes, said);
    assert_int_equal(ocpp_settle_link_push(link, 1, OCPP_SETTLE_LINK_ACTION_PROMPT, &prompt, link_world_now(&world)), OCPP_OK);
    link_world_run(&world, 3000);
    assert_int_equal(world.phones[0].pushes, said + 1);
}

static void routes_are_for_requests_of_phones_and_have_one_owner(void **state)
{
    static const struct ocpp_settle_link_route twice[] = { { OCPP_SETTLE_LINK_ACTION_HELLO, false, NULL } };
    struct ocpp_settle_link_route route = { OCPP_SETTLE_LINK_ACTION_PROMPT, false, NULL };

    (void)state;
    assert_int_equal(ocpp_settle_link_serve(world.piles[0].link, &route, 1, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_link_serve(world.piles[0].link, twice, 1, NULL), OCPP_ERR_ARGUMENT);
}

static void settings_outside_their_range_are_refused(void **state)
{
    struct ocpp_settle_link_settings settings = world.pile_settings;
    struct ocpp_settle_link *link;

    (void)state;
    settings.pile = "P";
    settings.keys = world.keys.contract;
    settings.key_name = "pile-0";
    assert_int_equal(ocpp_settle_link_new(&settings, &link), OCPP_OK);
    ocpp_settle_link_free(link);
    settings.frame_bytes = 19;
    assert_int_equal(ocpp_settle_link_new(&settings, &link), OCPP_ERR_ARGUMENT);
    settings.frame_bytes = 256;
    assert_int_equal(ocpp_settle_link_new(&settings, &link), OCPP_ERR_ARGUMENT);
    settings.frame_bytes = 20;
    settings.pile = "0123456789012345678901234567890123456789012345678";
    assert_int_equal(ocpp_settle_link_new(&settings, &link), OCPP_ERR_ARGUMENT);
    settings.pile = NULL;
    assert_int_equal(ocpp_settle_link_new(&settings, &link), OCPP_ERR_ARGUMENT);
    ocpp_settle_link_free(NULL);
    ocpp_settle_phone_free(NULL);
}

/* --- what runs out
 * -------------------------------------------------------------------------------------------------------------- */

/* Each request for memory of either side fails once; the link goes on when it was over. */
static void each_request_for_memory_may_fail(void **state)
{
    struct test_allocator memory;
    bool is_over = false;

    (void)state;
    link_world_end(&world);
    for (size_t n = 1; !is_over; n += every()) {
        struct link_world *w = &world;

        link_world_start(w, 1);
        test_allocator_start(&memory, 0);
        w->pile_settings.allocator = &memory.allocator;
        w->phone_settings.allocator = &memory.allocator;
        link_world_open(w);
        memory.fail_at = memory.calls + n;
        char id[OCPP_SETTLE_ID_SIZE] = "";
        link_world_connect(w, 0, 0);
        if (link_world_act(w, 0, "one", id) == OCPP_OK) {
            link_world_run(w, 60000);
            assert_int_equal(w->phones[0].answers, 1);
            assert_int_equal(w->piles[0].acts, 1);
        }
        is_over = memory.calls < memory.fail_at;
        link_world_end(w);
        assert_int_equal(memory.blocks, 0);
    }
    link_world_start(&world, 1);
    link_world_open(&world);
}

static void each_call_of_keys_may_fail(void **state)
{
    bool is_over = false;

    (void)state;
    link_world_end(&world);
    for (size_t n = 1; !is_over; n += every()) {
        link_world_start(&world, 1);
        link_world_open(&world);
        world.keys.failure = n % 2 == 0 ? OCPP_ERR_NOMEM : OCPP_ERR_CRYPTO;
        world.keys.fail_at = world.keys.calls + n;
        char id[OCPP_SETTLE_ID_SIZE] = "";
        link_world_connect(&world, 0, 0);
        assert_int_equal(link_world_act(&world, 0, "one", id), OCPP_OK);
        link_world_run(&world, 60000);
        if (world.phones[0].answers == 0) { /* a proof that could not be verified is not believed */
            assert_int_equal(world.phones[0].events[OCPP_SETTLE_PHONE_REFUSED], 1);
            link_world_connect(&world, 0, 0);
            link_world_run(&world, 60000);
        }
        assert_int_equal(world.phones[0].answers, 1);
        assert_int_equal(world.piles[0].acts, 1);
        is_over = world.keys.calls < world.keys.fail_at;
        link_world_end(&world);
    }
    link_world_start(&world, 1);
    link_world_open(&world);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start_open, end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_any_content_are_read_again),
        cmocka_unit_test(what_is_no_frame_is_passed_over_and_the_next_one_is_read),
        TEST(a_phone_opens_a_session_asks_and_is_answered),
        TEST(frames_are_no_longer_than_the_smaller_side_takes),
        TEST(nothing_of_what_is_said_is_read_on_the_wire),
        TEST(both_sides_know_the_same_binding_and_it_is_another_in_each_session),
        TEST(a_session_goes_on_after_the_connection_was_lost),
        TEST(phones_take_turns_and_each_goes_on_where_it_was),
        TEST(sessions_are_bounded_and_who_was_forgotten_opens_a_new_one),
        TEST(a_session_nobody_comes_back_to_is_forgotten),
        TEST(a_phone_that_hears_nothing_says_so_and_may_try_again),
        TEST(a_pile_that_started_anew_is_found_again),
        TEST(sides_that_lost_count_of_one_another_begin_anew),
        TEST(only_a_pile_that_is_certified_or_known_is_asked),
        TEST(a_pile_may_be_known_by_its_key_alone),
        TEST(a_certificate_of_another_root_counts_nothing),
        TEST(somebody_else_with_the_words_of_the_pile_is_not_believed),
        TEST(an_act_is_done_once_over_any_number_of_sessions),
        TEST(the_same_id_with_other_words_is_refused),
        TEST(what_is_being_answered_is_not_begun_again_and_its_answer_finds_the_phone),
        TEST(what_was_forgotten_is_not_told_any_more),
        TEST(what_nobody_serves_is_refused),
        TEST(more_than_is_answered_at_a_time_is_refused),
        TEST(what_the_pile_says_by_itself_arrives_once),
        TEST(routes_are_for_requests_of_phones_and_have_one_owner),
        cmocka_unit_test_setup_teardown(settings_outside_their_range_are_refused, start, end),
        TEST(each_request_for_memory_may_fail),
        TEST(each_call_of_keys_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
