/* The backend's own connections to terminals: whose they are, how often a ticket is good, what becomes of those who do not read,
 * say nonsense, or too much. */
#include "terminal_world.h"
#include "unit.h"

#include <ocpp/settlement/jws.h>

#include <stdio.h>
#include <string.h>

static const struct ocpp_settle_start_grant_req *grant;

static int setup(void **state)
{
    struct settle_world *w = terminal_world_new(NULL);

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_known(w, "EVE", "CARD-E", false);
    terminal_joins(w, "ANNA", &terminal_car);
    terminal_money(w, "CARD-A", 10000);
    grant = terminal_charges(w, "ANNA", "CARD-A", "7");
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static bool is_in(const struct terminal_line *line)
{
    return line->start[0] != '\0' && !line->is_over;
}

static void a_ticket_is_good_once_and_brings_the_next_one(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *first = terminal_connects(w, "ANNA", grant->ticket, 0), *second, *third;

    assert_true(is_in(first));
    second = terminal_connects(w, "ANNA", first->ticket, first->last);
    assert_true(is_in(second));
    assert_true(first->is_over); /* one at a time */
    third = terminal_connects(w, "ANNA", grant->ticket, 0);
    assert_false(is_in(third));
    assert_false(second->is_over);
}

/* The welcome may be lost: then the terminal has the ticket it came with, and no other. */
static void a_ticket_whose_successor_was_never_used_is_good_again(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *first = terminal_connects(w, "ANNA", grant->ticket, 0), *again;

    again = terminal_connects(w, "ANNA", grant->ticket, 0);
    assert_true(is_in(again));
    assert_false(is_in(terminal_connects(w, "ANNA", first->ticket, 0))); /* nobody has it, so who shows it? */
    assert_true(is_in(terminal_connects(w, "ANNA", again->ticket, 0)));
}

/* The pile saw the ticket; it does not have the key. */
static void a_ticket_in_other_hands_is_worth_nothing(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *eve = terminal_connects(w, "EVE", grant->ticket, 0);

    assert_false(is_in(eve));
    assert_true(eve->is_over);
    assert_true(is_in(terminal_connects(w, "ANNA", grant->ticket, 0)));
}

static bool count_row(const struct ocpp_settle_row *row, void *user)
{
    (void)row;
    ++*(size_t *)user;
    return true;
}

static size_t rows_of(const struct settle_world *w)
{
    size_t count = 0;

    assert_int_equal(w->store->each("", NULL, count_row, &count, w->store->user), OCPP_OK);
    return count;
}

static size_t bad_tickets_told(const struct settle_world *w)
{
    size_t count = 0;

    for (size_t i = 0; i < w->event_count; i++) {
        count += strstr(w->events[i], " terminal BadTicket") != NULL;
    }
    return count;
}

/* Whoever reaches the port may try: a flood of it must not become a flood of lines, or of entries. */
static void who_tries_tickets_without_end_is_told_of_once_a_minute_with_how_often(void **state)
{
    struct settle_world *w = *state;
    size_t rows;

    assert_false(is_in(terminal_connects(w, "EVE", grant->ticket, 0)));
    assert_int_equal(bad_tickets_told(w), 1);
    rows = rows_of(w);
    for (int i = 0; i < 9; i++) {
        assert_false(is_in(terminal_connects(w, "EVE", grant->ticket, 0)));
    }
    assert_int_equal(bad_tickets_told(w), 1);
    assert_int_equal(rows_of(w), rows);
    w->now.mono_ms += 60000;
    assert_false(is_in(terminal_connects(w, "EVE", grant->ticket, 0)));
    assert_int_equal(bad_tickets_told(w), 2);
    assert_non_null(strstr(w->event_text, "told: 10)"));
    assert_true(is_in(terminal_connects(w, "ANNA", grant->ticket, 0))); /* hers is good all the while */
}

static void a_ticket_expires(void **state)
{
    struct settle_world *w = *state;

    pass_s(w, 172801);
    assert_false(is_in(terminal_connects(w, "ANNA", grant->ticket, 0)));
}

static void a_terminal_that_was_revoked_does_not_get_in(void **state)
{
    struct settle_world *w = *state;

    assert_int_equal(ocpp_settle_terminal_revoke(w->settle, "ANNA", "Anna", settle_world_done(w), w->now), OCPP_OK);
    settle_world_run(w);
    assert_false(is_in(terminal_connects(w, "ANNA", grant->ticket, 0)));
}

/* What was signed for one connection is worth nothing on another. */
static void a_connection_that_was_overheard_cannot_be_made_again(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *line = terminal_dials(w);
    const struct ocpp_settle_connection_claim claim = {
        .iss = "ANNA", .ticket = grant->ticket, .challenge = "0000000000000000000000000000000000000000000000000000000000000000"
    };
    const struct ocpp_settle_jws_signer signer = { &w->keys.contract, "anna", "ANNA", "settle-connection+jws" };
    char text[4096];
    const char *token;
    size_t size;

    assert_int_equal(ocpp_settle_jws_make_message(&signer, &ocpp_settle_connection_claim_type, &claim, w->arena, &token, &size),
                     OCPP_OK);
    (void)snprintf(text, sizeof text, "{\"connect\":\"%s\"}", token);
    terminal_says(line, text);
    assert_false(is_in(line));
    assert_true(line->is_over);
}

static void who_says_nothing_is_let_go(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *line = terminal_dials(w);

    assert_true(strlen(line->challenge) == 64);
    pass_s(w, 14);
    assert_false(line->is_over);
    pass_s(w, 2);
    assert_true(line->is_over);
}

static void nonsense_ends_a_connection(void **state)
{
    struct settle_world *w = *state;
    static const char *const words[] = { "",
                                         "{",
                                         "[]",
                                         "{}",
                                         "{\"stop\":true}",
                                         "{\"id\":\"W\",\"stop\":false}",
                                         "{\"id\":\"W\",\"stop\":true,\"payBy\":\"card\"}",
                                         "{\"id\":\"W\",\"connect\":\"x\"}",
                                         "{\"id\":\"W\",\"evil\":1}",
                                         "{\"id\":\"W\",\"confirm\":7}" };
    const char *ticket = grant->ticket;
    char kept[65];

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct terminal_line *line = terminal_connects(w, "ANNA", ticket, 0);

        assert_true(is_in(line));
        (void)snprintf(kept, sizeof kept, "%s", line->ticket);
        ticket = kept;
        terminal_says(line, words[i]);
        assert_true(line->is_over);
        assert_null(line->answer);
    }
    assert_int_equal(w->stop_count, 0);
}

static void nobody_commands_who_has_not_said_who_it_is(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *line = terminal_dials(w);

    assert_string_equal(terminal_stops(line, "W1"), "-");
    assert_true(line->is_over);
    assert_int_equal(w->stop_count, 0);
}

static void who_talks_without_end_is_let_go(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0);
    char id[16];

    for (int i = 0; i < 59; i++) {
        (void)snprintf(id, sizeof id, "W%d", i);
        assert_string_equal(terminal_stops(line, id), "");
    }
    assert_string_equal(terminal_stops(line, "LAST"), "-");
    assert_true(line->is_over);
}

/* E11. Who does not read loses the connection and nothing else. */
static void a_slow_terminal_is_dropped_and_goes_on_where_it_was(void **state)
{
    struct settle_world *w = *state;
    struct terminal_line *line = terminal_connects(w, "ANNA", grant->ticket, 0), *again;
    const int64_t last = line->last;
    int i = 0;

    while (!line->is_over && i < 200) {
        pass_s(w, 60);
        car_reads(w, "PILE-1", "7", 1000 + 10 * ++i);
    }
    assert_int_equal(i, 129); /* as many as may wait, and one */
    again = terminal_connects(w, "ANNA", line->ticket, last);
    assert_true(is_in(again));
    assert_int_equal(again->told, 64);
    assert_int_equal(again->state->energy_wh, 1290);
}

static void few(struct settle_world *world)
{
    world->settings.terminals.connections = 2;
}

static void there_are_only_so_many_connections(void **state)
{
    struct settle_world *w = terminal_world_new(few);
    struct terminal_line *first = terminal_dials(w), *second = terminal_dials(w), *third = terminal_dials(w);

    (void)state;
    assert_true(!first->is_over && !second->is_over && third->is_over);
    terminal_hangs_up(first);
    assert_false(terminal_dials(w)->is_over);
    settle_world_free(w);
}

/* A terminal without memory at the backend comes back; nothing is half done. */
static void memory_that_is_short_ends_a_connection_at_most(void **state)
{
    struct settle_world *w = *state;
    char ticket[65];
    bool went_well = false;

    (void)snprintf(ticket, sizeof ticket, "%s", grant->ticket);
    for (size_t n = 1; !went_well && n < 400; n += every()) {
        w->memory.fail_at = w->memory.calls + n;
        struct terminal_line *line = terminal_connects(w, "ANNA", ticket, 0);
        w->memory.fail_at = 0;
        if (line->start[0] == '\0') {
            settle_world_run(w);
            terminal_hangs_up(line);
            continue;
        }
        went_well = is_in(line) && line->told == 2;
        (void)snprintf(ticket, sizeof ticket, "%s", line->ticket);
        terminal_hangs_up(line);
    }
    assert_true(went_well);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ticket_is_good_once_and_brings_the_next_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_ticket_whose_successor_was_never_used_is_good_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_ticket_in_other_hands_is_worth_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(who_tries_tickets_without_end_is_told_of_once_a_minute_with_how_often, setup, teardown),
        cmocka_unit_test_setup_teardown(a_ticket_expires, setup, teardown),
        cmocka_unit_test_setup_teardown(a_terminal_that_was_revoked_does_not_get_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_connection_that_was_overheard_cannot_be_made_again, setup, teardown),
        cmocka_unit_test_setup_teardown(who_says_nothing_is_let_go, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_ends_a_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_commands_who_has_not_said_who_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(who_talks_without_end_is_let_go, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slow_terminal_is_dropped_and_goes_on_where_it_was, setup, teardown),
        cmocka_unit_test(there_are_only_so_many_connections),
        cmocka_unit_test_setup_teardown(memory_that_is_short_ends_a_connection_at_most, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
