/* A hostile wire between phones and piles: by a seed it loses, repeats, delays, alters, cuts, glues and swaps frames, phones come
 * and go, and the pile is without power now and then. Whatever it does, nothing is done twice, nothing is done that nobody asked,
 * nobody hears an answer to another's question; and when it becomes kind again, everything that was asked is answered.
 *
 * OCPP_SETTLE_LINK_SEEDS: how many histories (12).
 */
#include "link_frame.h"
#include "link_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 10 };

static struct link_world world;

static void be_kind(void)
{
    world.odds = (struct link_world_odds){ 0 };
}

static int odd(int most)
{
    return (int)(link_world_bits(&world) % (unsigned)(most + 1));
}

static void be_hostile(void)
{
    world.odds = (struct link_world_odds){ odd(150), odd(150), odd(250), odd(60), odd(30), odd(20), odd(30) };
}

/* What each phone asks to be done, and whether it was answered. */
struct wish {
    char mark[16];
    char id[OCPP_SETTLE_ID_SIZE];
    int phone;
    bool is_answered;
};

static struct wish wishes[LINK_WORLD_ACTS];
static int wish_count;

static void answered(const struct ocpp_settle_phone_answer *answer, void *user)
{
    struct wish *wish = user;
    const struct ocpp_settle_link_start_outlet_conf *conf = answer->answer;

    assert_non_null(conf);
    assert_string_equal(conf->session, wish->mark); /* the answer to this question */
    assert_string_equal(answer->id, wish->id);
    wish->is_answered = true;
}

static void wish_for(int phone)
{
    struct wish *wish = &wishes[wish_count];
    const struct ocpp_settle_link_start_outlet_req start = { .outlet = 1, .account = { wish->mark, "signed" } };

    if (wish_count == LINK_WORLD_ACTS) {
        return;
    }
    *wish = (struct wish){ .phone = phone };
    (void)snprintf(wish->mark, sizeof wish->mark, "wish-%d", wish_count);
    if (ocpp_settle_phone_ask(world.phones[phone].phone, OCPP_SETTLE_LINK_ACTION_START_OUTLET, &start, wish->id, answered, wish,
                              link_world_now(&world)) == OCPP_OK) {
        wish_count++;
    }
}

static void nothing_was_done_twice(void)
{
    int done = 0;

    for (int i = 0; i < wish_count; i++) {
        const int times = link_world_done(&world, wishes[i].mark);

        assert_in_range(times, wishes[i].is_answered ? 1 : 0, 1);
        done += times;
    }
    int acts = 0;
    for (int p = 0; p < LINK_WORLD_PILES; p++) {
        acts += world.piles[p].acts;
    }
    assert_int_equal(acts, done); /* and nothing that nobody asked */
}

static void somebody_comes(void)
{
    const int phone = odd(LINK_WORLD_PHONES - 1);

    if (odd(3) == 0) {
        link_world_cut(&world, phone);
    }
    if (world.phones[phone].pile < 0 || odd(4) == 0) {
        link_world_connect(&world, phone, 0);
    }
    if (odd(1) == 0) {
        wish_for(phone);
    }
}

/* A frame whose check is right and whose content is not the phone's, or not the pile's. */
static void forge(int phone)
{
    unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE];
    unsigned char content[40] = { LINK_MORE };
    unsigned char frame[LINK_FRAME_LIMIT];

    if (world.phones[phone].pile < 0 || ocpp_settle_phone_binding(world.phones[phone].phone, binding) != OCPP_OK) {
        return;
    }
    for (unsigned number = 0; number < 60; number++) {
        content[0] = (unsigned char)(odd(1) == 0 ? LINK_LAST : LINK_MORE);
        content[2] = (unsigned char)number;
        content[3] = (unsigned char)odd(255);
        const size_t size = link_frame_write(binding, content, sizeof content, frame);
        if (odd(1) == 0) {
            ocpp_settle_link_receive(world.piles[0].link, frame, size, link_world_now(&world));
        } else {
            ocpp_settle_phone_receive(world.phones[phone].phone, frame, size, link_world_now(&world));
        }
    }
}

static void play(uint64_t seed)
{
    link_world_start(&world, seed);
    wish_count = 0;
    world.pile_settings.frame_bytes = (size_t)(20 + odd(100));
    world.pile_settings.max_answers = 64;
    world.pile_settings.max_sessions = 1 + odd(2);
    world.pile_settings.open_gap_ms = 50;
    world.phone_settings.pile = "PILE-0"; /* frames of the other one come by, and none is taken for its own */
    world.phone_settings.attempts = 100;
    world.phone_settings.max_asked = LINK_WORLD_ACTS;
    link_world_open(&world);
    for (int round = 0; round < ROUNDS; round++) {
        be_hostile();
        for (int i = 0; i < 3; i++) {
            somebody_comes();
            link_world_run(&world, 300 + odd(4000));
            if (odd(2) == 0) {
                forge(odd(LINK_WORLD_PHONES - 1));
            }
            link_world_run(&world, odd(3000));
            nothing_was_done_twice();
        }
    }
    be_kind();
    for (int turn = 0; turn < 2; turn++) {
        for (int phone = 0; phone < LINK_WORLD_PHONES; phone++) {
            link_world_connect(&world, phone, 0);
            link_world_run(&world, 120000);
            nothing_was_done_twice();
        }
    }
    for (int i = 0; i < wish_count; i++) {
        if (!wishes[i].is_answered) {
            fail_msg("seed %d: %s of phone %d was never answered", (int)seed, wishes[i].mark, wishes[i].phone);
        }
    }
    assert_int_equal(world.piles[1].acts, 0);
    link_world_end(&world);
}

/* D5, D7, D9: what the wire repeats, alters and gives to others. */
static void whatever_the_wire_does_each_wish_is_done_once(void **state)
{
    const char *text = getenv("OCPP_SETTLE_LINK_SEEDS");
    const int seeds = text != NULL ? atoi(text) : 12;

    (void)state;
    for (int seed = 1; seed <= seeds; seed++) {
        play((uint64_t)seed);
    }
}

/* A wire that loses half of all frames still carries a bill of 12 KiB, in the smallest frames. */
static void a_large_message_gets_through_a_bad_wire_in_small_frames(void **state)
{
    static char large[4000];
    char id[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    memset(large, 'x', sizeof large - 1);
    link_world_start(&world, 3);
    world.pile_settings.frame_bytes = 20;
    world.phone_settings.attempts = world.pile_settings.attempts = 100;
    link_world_open(&world);
    link_world_connect(&world, 0, 0);
    link_world_run(&world, 2000);
    world.odds.dropped = 200;
    assert_int_equal(link_world_act(&world, 0, large, id), OCPP_OK);
    link_world_run(&world, 600000);
    assert_int_equal(world.piles[0].acts, 1);
    link_world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_wire_does_each_wish_is_done_once),
        cmocka_unit_test(a_large_message_gets_through_a_bad_wire_in_small_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
