/* Pages that wait for news: who hears of what, how many may wait, and what ends a stream. The server is played here. */
#include "unit.h"

#include "news.h"
#include "settlement_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the server ------------------------------------------------------------------------------------------------------------ */

struct ocpp_http_exchange {
    size_t changes;
    bool is_open;
    bool is_gone; /* the reader went away, and nobody has noticed */
    int problem;
};

void ocpp_http_stream(struct ocpp_http_exchange *exchange)
{
    exchange->is_open = true;
}

enum ocpp_status ocpp_http_stream_write(struct ocpp_http_exchange *exchange, const void *text, size_t size)
{
    assert_true(exchange->is_open);
    if (exchange->is_gone) {
        return OCPP_ERR_CLOSED;
    }
    assert_memory_equal((const char *)text + size - 2, "\n\n", 2);
    if (size > 3) {
        assert_string_equal(text, "event: change\ndata: {}\n\n"); /* that, and nothing of what it was */
        exchange->changes++;
    }
    return OCPP_OK;
}

void ocpp_http_stream_end(struct ocpp_http_exchange *exchange)
{
    assert_true(exchange->is_open);
    exchange->is_open = false;
}

void answer_problem(struct ocpp_http_exchange *exchange, int status, const char *path, const char *format, ...)
{
    (void)path;
    (void)format;
    exchange->problem = status;
}

/* --- the pages ------------------------------------------------------------------------------------------------------------- */

enum { PAGES = 300 };

struct pages {
    struct settlement settlement;
    struct app app;
    struct ocpp_http_exchange rows[PAGES];
    size_t count;
};

static int setup(void **state)
{
    struct pages *pages = calloc(1, sizeof *pages);

    assert_non_null(pages);
    pages->app.settlement = &pages->settlement;
    pages->settlement.news = news_new();
    assert_non_null(pages->settlement.news);
    *state = pages;
    return 0;
}

static int teardown(void **state)
{
    struct pages *pages = *state;

    news_free(pages->settlement.news);
    for (size_t i = 0; i < pages->count; i++) {
        assert_false(pages->rows[i].is_open);
    }
    free(pages);
    return 0;
}

static struct ocpp_http_exchange *wait_as(struct pages *pages, const struct news_reader *reader)
{
    assert_true(pages->count < PAGES);
    struct ocpp_http_exchange *exchange = &pages->rows[pages->count++];
    struct request request = { .app = &pages->app, .exchange = exchange };

    news_open(&request, reader);
    return exchange;
}

static const struct news_reader ada = { NEWS_OF_HOUSE, .bearer = "PHONE-A", .house = "ELM", .tenant = "ADA", .card = "CARD-A" };
static const struct news_reader ben = { NEWS_OF_HOUSE, .bearer = "PHONE-B", .house = "ELM", .tenant = "BEN", .card = "CARD-B" };
static const struct news_reader lord = { NEWS_OF_HOUSE, .bearer = "PHONE-L", .house = "ELM", .card = "CARD-L" };
static const struct news_reader operator_ = { NEWS_OF_HOUSE, .bearer = "ELM", .house = "ELM" };
static const struct news_reader cyn = { NEWS_OF_HOUSE, .bearer = "PHONE-C", .house = "OAK", .tenant = "CYN", .card = "CARD-C" };
static const struct news_reader waiting = { NEWS_OF_PHONE, .bearer = "PHONE-W", .house = "ELM", .tenant = "ADA",
                                            .card = "CARD-A" };
static const struct news_reader visit = { NEWS_OF_VISIT, .bearer = "VISIT", .order = "ORDER", .station = "PILE-1", .evse = 1 };

/* everybody: one page each. */
struct everybody {
    struct ocpp_http_exchange *ada, *ben, *lord, *operator_, *cyn, *waiting, *visit;
};

static struct everybody all_wait(struct pages *pages)
{
    return (struct everybody){ wait_as(pages, &ada), wait_as(pages, &ben),     wait_as(pages, &lord), wait_as(pages, &operator_),
                               wait_as(pages, &cyn), wait_as(pages, &waiting), wait_as(pages, &visit) };
}

/* One digit for each page, in the order above: how often it was woken. */
static void assert_woken(const struct everybody *all, const char *digits)
{
    char found[8];

    snprintf(found, sizeof found, "%zu%zu%zu%zu%zu%zu%zu", all->ada->changes, all->ben->changes, all->lord->changes,
             all->operator_->changes, all->cyn->changes, all->waiting->changes, all->visit->changes);
    assert_string_equal(found, digits);
}

static void tell(struct pages *pages, const struct ocpp_settle_event *event)
{
    news_tell_event(pages->settlement.news, event);
}

/* --- who hears what -------------------------------------------------------------------------------------------------------- */

static void what_concerns_a_house_wakes_the_house_and_no_other(void **state)
{
    const struct everybody all = all_wait(*state);

    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "ELM", .state = "PriceValid", .house = "ELM" });
    assert_woken(&all, "1111000");
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "OAK", .state = "PriceValid", .house = "OAK" });
    assert_woken(&all, "1111100");
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_ORDER, .id = "OTHER", .station = "PILE-1", .state = "Open" });
    assert_woken(&all, "1111100");
}

static void what_a_tenant_does_wakes_no_other_tenant(void **state)
{
    const struct everybody all = all_wait(*state);

    tell(*state,
         &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "S", .state = "Paid", .house = "ELM", .tenant = "ADA" });
    assert_woken(&all, "1011000");
    tell(*state,
         &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_ORDER, .id = "O", .state = "Open", .house = "ELM", .tenant = "BEN" });
    assert_woken(&all, "1122000");
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_SECURITY, .id = "CARD-A", .state = "Guessed", .house = "ELM" });
    assert_woken(&all, "1122000"); /* operators hear of that */
}

static void outlets_are_everybodys_in_the_house_and_how_much_one_gets_there_is_not(void **state)
{
    const struct everybody all = all_wait(*state);
    struct news *news = ((struct pages *)*state)->settlement.news;
    const struct ocpp_transaction transaction = { .identity = "PILE-1", .id = "7", .evse = 1 };
    struct news_outlet outlet = { .station = "PILE-1", .house = "ELM", .tenant = "" };

    news_tell_outlet(news, &outlet);
    assert_woken(&all, "1111000");
    outlet.transaction = &transaction;
    outlet.tenant = "BEN";
    news_tell_outlet(news, &outlet);
    assert_woken(&all, "2222001");
    outlet.is_progress = true;
    news_tell_outlet(news, &outlet);
    assert_woken(&all, "2333002");
    outlet.station = "PILE-2";
    outlet.house = outlet.tenant = "";
    news_tell_outlet(news, &outlet);
    assert_woken(&all, "2333002");
}

static void a_visit_hears_of_itself_its_order_and_its_bay(void **state)
{
    const struct everybody all = all_wait(*state);

    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_VISIT, .id = "VISIT", .state = "Paying" });
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_ORDER, .id = "ORDER", .state = "Due" });
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_RENTAL, .id = "R", .station = "PILE-1", .state = "Taken" });
    assert_woken(&all, "0000003");
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_RENTAL, .id = "R", .station = "PILE-2", .state = "Taken" });
    tell(*state, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_VISIT, .id = "ANOTHER", .station = "PILE-1", .state = "Paying" });
    assert_woken(&all, "0000003");
}

/* --- what ends a stream ---------------------------------------------------------------------------------------------------- */

static void a_phone_that_is_revoked_hears_nothing_any_more(void **state)
{
    struct pages *pages = *state;
    const struct everybody all = all_wait(pages);

    tell(pages, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "PHONE-A", .state = "Revoked", .house = "ELM",
                                             .tenant = "ADA" });
    assert_false(all.ada->is_open);
    assert_true(all.ben->is_open && all.lord->is_open && all.waiting->is_open);
    tell(pages, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "ELM", .state = "PriceValid", .house = "ELM" });
    assert_woken(&all, "0122000");
}

/* B3. What happens to a card happens to its phones, also to the one that is not let in yet. */
static void B3_a_card_that_is_lost_ends_the_streams_of_its_phones(void **state)
{
    struct pages *pages = *state;
    const struct everybody all = all_wait(pages);

    tell(pages, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "CARD-A", .state = "Lost", .house = "ELM",
                                             .tenant = "ADA" });
    assert_false(all.ada->is_open || all.waiting->is_open);
    assert_true(all.ben->is_open && all.lord->is_open && all.operator_->is_open);
    assert_woken(&all, "0011000");
}

static void who_moves_out_sees_nothing_any_more(void **state)
{
    struct pages *pages = *state;
    const struct everybody all = all_wait(pages);

    tell(pages, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "ADA", .state = "Leaving", .house = "ELM",
                                             .tenant = "ADA" });
    assert_false(all.ada->is_open || all.waiting->is_open);
    assert_true(all.ben->is_open && all.lord->is_open);
    assert_woken(&all, "0011000");
}

static void a_phone_that_is_let_in_is_left_so_that_it_looks_again(void **state)
{
    struct pages *pages = *state;
    const struct everybody all = all_wait(pages);

    tell(pages, &(struct ocpp_settle_event){ OCPP_SETTLE_EVENT_HOUSE, .id = "PHONE-W", .state = "Bound", .house = "ELM",
                                             .tenant = "ADA" });
    assert_false(all.waiting->is_open);
    assert_woken(&all, "1011000");
}

static void when_the_program_ends_nobody_waits_and_nobody_is_taken(void **state)
{
    struct pages *pages = *state;
    const struct everybody all = all_wait(pages);

    news_end(pages->settlement.news);
    assert_false(all.ada->is_open || all.visit->is_open || all.waiting->is_open);
    assert_int_equal(wait_as(pages, &ben)->problem, 503);
    assert_int_equal(news_count(pages->settlement.news), 0);
}

/* --- how many -------------------------------------------------------------------------------------------------------------- */

static void one_phone_has_four_and_keeps_nobody_else_out(void **state)
{
    struct pages *pages = *state;

    for (int i = 0; i < 4; i++) {
        assert_int_equal(wait_as(pages, &ada)->problem, 0);
    }
    assert_int_equal(wait_as(pages, &ada)->problem, 503);
    assert_int_equal(wait_as(pages, &ben)->problem, 0);
}

static void who_turned_away_makes_room_at_once(void **state)
{
    struct pages *pages = *state;
    struct ocpp_http_exchange *first = wait_as(pages, &ada);

    for (int i = 1; i < 4; i++) {
        assert_int_equal(wait_as(pages, &ada)->problem, 0);
    }
    first->is_gone = true;
    assert_int_equal(wait_as(pages, &ada)->problem, 0);
    assert_false(first->is_open);
}

static void houses_may_be_full_and_drivers_are_not(void **state)
{
    struct pages *pages = *state;
    struct news_reader reader = ada;
    struct ocpp_http_exchange *last = NULL;

    for (int i = 0; i < 256; i++) {
        snprintf(reader.bearer, sizeof reader.bearer, "PHONE-%d", i);
        last = wait_as(pages, &reader);
        assert_int_equal(last->problem, 0);
    }
    assert_int_equal(wait_as(pages, &ben)->problem, 503);
    assert_int_equal(wait_as(pages, &visit)->problem, 0);
    last->is_gone = true;
    news_keep_alive(pages->settlement.news);
    assert_int_equal(wait_as(pages, &ben)->problem, 0);
    assert_true(news_is_read(pages->settlement.news, NEWS_OF_HOUSE));
    assert_false(news_is_read(pages->settlement.news, NEWS_OF_PHONE));
}

#define WITH_PAGES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAGES(what_concerns_a_house_wakes_the_house_and_no_other),
        WITH_PAGES(what_a_tenant_does_wakes_no_other_tenant),
        WITH_PAGES(outlets_are_everybodys_in_the_house_and_how_much_one_gets_there_is_not),
        WITH_PAGES(a_visit_hears_of_itself_its_order_and_its_bay),
        WITH_PAGES(a_phone_that_is_revoked_hears_nothing_any_more),
        WITH_PAGES(B3_a_card_that_is_lost_ends_the_streams_of_its_phones),
        WITH_PAGES(who_moves_out_sees_nothing_any_more),
        WITH_PAGES(a_phone_that_is_let_in_is_left_so_that_it_looks_again),
        WITH_PAGES(when_the_program_ends_nobody_waits_and_nobody_is_taken),
        WITH_PAGES(one_phone_has_four_and_keeps_nobody_else_out),
        WITH_PAGES(who_turned_away_makes_room_at_once),
        WITH_PAGES(houses_may_be_full_and_drivers_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
