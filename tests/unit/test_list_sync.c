/* test_list_sync.c: a station's list brought to what is wanted, against a station that keeps one: what is sent, what goes on
 * after a break, what begins anew after a refusal, and that whatever happens the two lists are the same in the end. */
#include "central_world.h"

#include <ocpp/central_lists.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

enum { ROOM = 64 };

/* The station: a list of tokens and its version, as 1.6 5.15 and D01 say what becomes of them. */
static struct {
    char tokens[ROOM][8];
    size_t count;
    int64_t version;
    const char *refuse; /* the next message with a part of the list is answered so, and not heeded */
    bool is_deaf;       /* heeds what comes, and answers nothing */
    size_t messages;    /* with a part of the list, and the entries in them */
    size_t entries;
    size_t wholes;
} keeper;

static struct central_world *world;
static struct ocpp_station *station;
static enum ocpp_version version;
static struct ocpp_list_result heard; /* |word| is copied */
static char heard_word[40];
static int runs;

static void on_done(struct ocpp_station *who, const struct ocpp_list_result *result, void *user)
{
    (void)who;
    (void)user;
    runs++;
    heard = *result;
    snprintf(heard_word, sizeof heard_word, "%s", result->word);
}

static const struct ocpp_list_done done = { on_done, NULL };

static void connect_again(void)
{
    station = world_connect(world, "PILE", version);
    world_boot(world, station);
}

static int set_up_with(enum ocpp_version spoken)
{
    memset(&keeper, 0, sizeof keeper);
    runs = 0;
    version = spoken;
    world = world_new();
    connect_again();
    return 0;
}

static int set_up_16(void **state)
{
    (void)state;
    return set_up_with(OCPP_VERSION_1_6);
}

static int set_up_201(void **state)
{
    (void)state;
    return set_up_with(OCPP_VERSION_2_0_1);
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* --- the station's side ------------------------------------------------------------------------------------------------------
 */

static void forget(const char *token)
{
    for (size_t i = 0; i < keeper.count; i++) {
        if (strcmp(keeper.tokens[i], token) == 0) {
            memmove(keeper.tokens[i], keeper.tokens[keeper.count - 1], sizeof keeper.tokens[i]);
            keeper.count--;
            return;
        }
    }
}

static void learn(const char *token)
{
    forget(token);
    assert_true(keeper.count < ROOM);
    snprintf(keeper.tokens[keeper.count++], sizeof keeper.tokens[0], "%s", token);
}

static void heed_entries(const char *frame)
{
    const char *mark = version == OCPP_VERSION_1_6 ? "{'idTag':'" : "{'idToken':{'idToken':'";

    for (const char *at = frame; (at = strstr(at, mark));) {
        char token[8];
        const char *next = strstr(at + 1, mark);
        const char *info = strstr(at, "'status'");
        at += strlen(mark);
        assert_int_equal(sscanf(at, "%7[^']", token), 1);
        keeper.entries++;
        if (info && (!next || info < next)) {
            learn(token);
        } else {
            forget(token);
        }
    }
}

static const char *heed_list(const char *frame)
{
    const bool is_whole = strstr(frame, "'Full'");
    int told = 0;

    keeper.messages++;
    if (keeper.refuse) {
        const char *word = keeper.refuse;
        keeper.refuse = NULL;
        return word;
    }
    assert_int_equal(
        sscanf(strstr(frame, version == OCPP_VERSION_1_6 ? "'listVersion':" : "'versionNumber':"), "'%*[^']':%d", &told), 1);
    assert_true(told > 0);
    if (!is_whole && told <= keeper.version) {
        return "VersionMismatch";
    }
    if (is_whole) {
        keeper.count = 0;
        keeper.wholes++;
    }
    heed_entries(frame);
    keeper.version = told;
    return "Accepted";
}

/* Answers one call of the central system; false when there is none, or it stays unanswered. */
static bool answers_one(void)
{
    const char *frame = world_hears(world, station);
    char answer[200];
    char id[64];

    if (frame[0] == '\0') {
        return false;
    }
    assert_int_equal(sscanf(frame, "[2,'%63[^']'", id), 1);
    if (strstr(frame, "'GetLocalListVersion'")) {
        snprintf(answer, sizeof answer, "[3,'%s',{'%s':%d}]", id, version == OCPP_VERSION_1_6 ? "listVersion" : "versionNumber",
                 (int)keeper.version);
    } else {
        snprintf(answer, sizeof answer, "[3,'%s',{'status':'%s'}]", id, heed_list(frame));
    }
    if (keeper.is_deaf) {
        return false;
    }
    char text[200];
    snprintf(text, sizeof text, "%s", answer);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    assert_int_equal(ocpp_station_receive(station, text, strlen(text), world->now), OCPP_OK);
    return true;
}

static void station_answers(void)
{
    while (answers_one()) {
    }
}

/* --- lists ---------------------------------------------------------------------------------------------------------------------
 */

/* Tokens |first| to |last|; texts are kept for good. */
static size_t make_list(struct ocpp_list_entry *entries, int first, int last)
{
    static char names[ROOM][8];
    size_t count = 0;

    for (int i = first; i <= last; i++) {
        snprintf(names[i], sizeof names[i], "T%d", i);
        entries[count++] = (struct ocpp_list_entry){ .token = { names[i], OCPP_TOKEN_ISO14443 },
                                                     .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                     .expires_utc_ms = OCPP_UTC_UNKNOWN };
    }
    return count;
}

static void assert_has(const struct ocpp_list_entry *entries, size_t count)
{
    assert_int_equal(keeper.count, count);
    for (size_t i = 0; i < count; i++) {
        size_t found = 0;
        while (found < keeper.count && strcmp(keeper.tokens[found], entries[i].token.id) != 0) {
            found++;
        }
        assert_true(found < keeper.count);
    }
}

static void sync_to(const struct ocpp_list_order *order, enum ocpp_list_outcome outcome)
{
    keeper.messages = keeper.entries = keeper.wholes = 0;
    runs = 0;
    assert_int_equal(ocpp_station_sync_list(station, order, &done), OCPP_OK);
    station_answers();
    assert_int_equal(runs, 1);
    assert_int_equal(heard.outcome, outcome);
    assert_int_equal(heard.messages, keeper.messages);
}

/* --- tests
 * ------------------------------------------------------------------------------------------------------------------------ */

/* TC_D_01_CSMS; 1.6 edition 2, 5.15; D01.FR.01 */
static void a_list_is_sent_whole_in_pages_to_who_has_none(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 10), .page_entries = 4 };

    (void)state;
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.messages, 3);
    assert_int_equal(keeper.wholes, 1);
    assert_int_equal(keeper.version, 3);
    assert_int_equal(heard.version, 3);
    assert_true(heard.was_whole);
    assert_has(entries, 10);
}

static void who_is_in_step_is_asked_for_its_version_and_no_more(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    struct ocpp_list_entry turned[3];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 3) };
    const struct ocpp_list_order again = { .entries = turned, .count = 3 };

    (void)state;
    sync_to(&order, OCPP_LIST_UPDATED);
    world_restart(world);
    connect_again();
    for (size_t i = 0; i < 3; i++) {
        turned[i] = entries[2 - i]; /* a list has no order */
    }
    sync_to(&again, OCPP_LIST_IN_STEP);
    assert_int_equal(keeper.messages, 0);
}

/* D01.FR.17 */
static void who_has_the_list_before_is_sent_the_difference(void **state)
{
    struct ocpp_list_entry before[ROOM];
    struct ocpp_list_entry after[ROOM];
    const struct ocpp_list_order first = { .entries = before, .count = make_list(before, 1, 20), .page_entries = 20 };
    const struct ocpp_list_order second = {
        .entries = after, .count = make_list(after, 3, 21), .before = before, .before_count = 20, .page_entries = 2
    };

    (void)state;
    sync_to(&first, OCPP_LIST_UPDATED);
    sync_to(&second, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.messages, 2);
    assert_int_equal(keeper.entries, 3); /* T1 and T2 are gone, T21 is new */
    assert_int_equal(keeper.wholes, 0);
    assert_false(heard.was_whole);
    assert_has(after, 19);
}

/* A guess that the record does not bear out is none. */
static void who_has_another_list_is_sent_it_whole(void **state)
{
    struct ocpp_list_entry before[ROOM];
    struct ocpp_list_entry after[ROOM];
    struct ocpp_list_order order = { .entries = before, .count = make_list(before, 1, 5) };

    (void)state;
    sync_to(&order, OCPP_LIST_UPDATED);
    order = (struct ocpp_list_order){ .entries = after, .count = make_list(after, 2, 5), .before = before, .before_count = 4 };
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.wholes, 1);
    keeper.version = 40; /* somebody else changed it */
    keeper.count = 0;
    order.before = after;
    order.count = make_list(after, 2, 6);
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.wholes, 1);
    assert_int_equal(keeper.version, 41);
    assert_has(after, 5);
}

/* The connection goes after each message in turn, answered or not; what is there is not sent again. */
static void a_break_goes_on_where_it_was(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 9), .page_entries = 3 };

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        for (int break_at = 1; break_at <= 3; break_at++) {
            keeper.version += 7; /* nobody knows what it has */
            keeper.messages = keeper.entries = 0;
            runs = 0;
            assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
            assert_true(answers_one());
            for (int i = 1; i < break_at; i++) {
                assert_true(answers_one());
            }
            if (kind == 1) { /* the next message arrives, its answer does not */
                keeper.is_deaf = true;
                (void)answers_one();
                keeper.is_deaf = false;
            }
            ocpp_station_disconnect(station, world->now);
            assert_int_equal(runs, 1);
            assert_int_equal(heard.outcome, OCPP_LIST_FAILED);
            assert_int_equal(heard.status, OCPP_ERR_CLOSED);
            connect_again();
            assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
            station_answers();
            assert_int_equal(heard.outcome, OCPP_LIST_UPDATED);
            assert_int_equal(keeper.entries, 9);
            assert_has(entries, 9);
        }
    }
}

/* Of a difference, too. */
static void a_difference_goes_on_where_it_was(void **state)
{
    struct ocpp_list_entry before[ROOM];
    struct ocpp_list_entry after[ROOM];
    const struct ocpp_list_order first = { .entries = before, .count = make_list(before, 1, 10) };
    const struct ocpp_list_order second = {
        .entries = after, .count = make_list(after, 5, 15), .before = before, .before_count = 10, .page_entries = 4
    };

    (void)state;
    sync_to(&first, OCPP_LIST_UPDATED);
    keeper.entries = keeper.wholes = 0;
    assert_int_equal(ocpp_station_sync_list(station, &second, &done), OCPP_OK);
    assert_true(answers_one());
    assert_true(answers_one());
    world_restart(world);
    connect_again();
    assert_int_equal(ocpp_station_sync_list(station, &second, &done), OCPP_OK);
    station_answers();
    assert_int_equal(heard.outcome, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.entries, 9); /* 4 gone, 5 new */
    assert_int_equal(keeper.wholes, 0);
    assert_has(after, 11);
}

/* 1.6 edition 2, 5.15; TC_043_3_CSMS */
static void a_refusal_begins_anew_with_the_whole_list(void **state)
{
    static const char *const words[] = { "VersionMismatch", "Failed" };
    struct ocpp_list_entry before[ROOM];
    struct ocpp_list_entry after[ROOM];
    struct ocpp_list_order order = { .entries = before, .count = make_list(before, 1, 6) };

    (void)state;
    sync_to(&order, OCPP_LIST_UPDATED);
    order = (struct ocpp_list_order){
        .entries = after, .count = make_list(after, 2, 7), .before = before, .before_count = 6, .page_entries = 4
    };
    for (size_t i = 0; i < 2; i++) {
        keeper.refuse = words[i];
        sync_to(&order, OCPP_LIST_UPDATED);
        assert_int_equal(keeper.wholes, 1);
        assert_int_equal(keeper.messages, 3); /* the refused one, and two pages */
        assert_has(after, 6);
        order.before = NULL;
        order.before_count = 0;
        keeper.version += 3;
    }
}

static void who_always_refuses_is_left_alone_in_the_end(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 2), .restarts = -1 };

    (void)state;
    keeper.refuse = "Failed";
    sync_to(&order, OCPP_LIST_REFUSED);
    assert_int_equal(keeper.messages, 1);
    assert_text(heard_word, "Failed");
    order.restarts = 0;
    keeper.messages = 0;
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
    do {
        keeper.refuse = "Failed";
    } while (answers_one());
    assert_int_equal(heard.outcome, OCPP_LIST_REFUSED);
    assert_int_equal(keeper.messages, 3);
    keeper.refuse = NULL;
    sync_to(&order, OCPP_LIST_UPDATED); /* and is asked again when somebody wants to */
}

/* TC_042_1_CSMS; TC_043_1_CSMS; 1.6 edition 2, 5.10 */
static void who_has_no_list_says_so(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 2) };

    (void)state;
    keeper.version = -1;
    sync_to(&order, OCPP_LIST_NOT_SUPPORTED);
    keeper.version = 0;
    keeper.refuse = "NotSupported";
    sync_to(&order, OCPP_LIST_NOT_SUPPORTED);
}

/* TC_D_04_CSMS; D01.FR.04 */
static void an_empty_list_is_one_message(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 2) };
    const struct ocpp_list_order empty = { .count = 0 };

    (void)state;
    sync_to(&order, OCPP_LIST_UPDATED);
    sync_to(&empty, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.messages, 1);
    assert_int_equal(keeper.count, 0);
    sync_to(&empty, OCPP_LIST_IN_STEP);
}

/* A version that cannot rise any more begins at 1, with the whole list. */
static void versions_begin_anew_at_their_end(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 4), .page_entries = 2 };

    (void)state;
    keeper.version = INT32_MAX;
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.version, 2);
    assert_has(entries, 4);
    keeper.version = INT32_MAX - 1; /* the end comes in the middle */
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_has(entries, 4);
}

static void make_small(struct ocpp_central_settings *settings)
{
    settings->limits.max_bytes = 1024;
}

/* The last call is about the setting |name|, and the station says |value|. */
static void setting_told(const char *name, int value)
{
    char frame[300];
    char id[64];

    assert_holds(world_hears(world, station), name);
    assert_int_equal(sscanf(world->frame, "[2,'%63[^']'", id), 1);
    if (version == OCPP_VERSION_1_6) {
        snprintf(frame, sizeof frame, "[3,'%s',{'configurationKey':[{'key':'%s','readonly':true,'value':'%d'}]}]", id, name,
                 value);
    } else {
        snprintf(frame, sizeof frame,
                 "[3,'%s',{'getVariableResult':[{'attributeStatus':'Accepted','attributeValue':'%d','component':{'name':"
                 "'LocalAuthListCtrlr'},'variable':{'name':'%s'}}]}]",
                 id, value, name);
    }
    world_says(world, station, frame);
}

/* D01.FR.11; 1.6 edition 2, 9.2 */
static void no_message_has_more_entries_than_the_station_says(void **state)
{
    const struct ocpp_setting_address name = { .key = "SendLocalListMaxLength",
                                               .component = "LocalAuthListCtrlr",
                                               .variable = "ItemsPerMessage" };
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 10) };
    const struct ocpp_list_update update = { .version = 1, .is_whole = true, .entries = entries, .count = 5 };

    (void)state;
    assert_int_equal(ocpp_station_get_settings(station, &name, 1, NULL), OCPP_OK);
    setting_told(version == OCPP_VERSION_1_6 ? "SendLocalListMaxLength" : "ItemsPerMessage", 4);
    assert_int_equal(ocpp_station_send_list(station, &update, NULL), OCPP_ERR_LIMIT);
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_int_equal(keeper.messages, 3);
    assert_has(entries, 10);
}

/* A page that outgrows what may be sent is sent in halves. */
static void a_page_too_large_to_send_is_halved(void **state)
{
    enum { MANY = 40 };
    static char names[MANY][40];
    struct ocpp_list_entry entries[MANY];
    const struct ocpp_list_order order = { .entries = entries, .count = MANY, .page_entries = MANY };

    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "T%d", i);
        entries[i] = (struct ocpp_list_entry){ .token = { names[i], OCPP_TOKEN_ISO14443 },
                                               .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                               .expires_utc_ms = OCPP_UTC_UNKNOWN,
                                               .group_id = "a-group-with-a-rather-long-name" };
    }
    world->change_settings = make_small;
    world_restart(world);
    connect_again();
    sync_to(&order, OCPP_LIST_UPDATED);
    assert_true(keeper.messages > 1);
    assert_int_equal(keeper.entries, MANY);
    assert_int_equal(keeper.count, MANY);
}

static void what_cannot_be_a_list_is_refused_and_one_order_is_enough(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 2) };

    (void)state;
    entries[1].removed = true;
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_ERR_ARGUMENT);
    entries[1].removed = false;
    entries[1].token.id = "";
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_ERR_ARGUMENT);
    order = (struct ocpp_list_order){ .count = 1 };
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_ERR_ARGUMENT);
    order = (struct ocpp_list_order){ .entries = entries, .count = 1 };
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_ERR_BUSY);
    assert_int_equal(runs, 0);
}

/* A store that fails costs a whole list, not a wrong one. */
static void a_store_that_fails_costs_messages_only(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 6), .page_entries = 2 };

    (void)state;
    for (int i = 1; i <= 4; i++) {
        keeper.version += 5;
        world->fail_write = world->writes + i;
        sync_to(&order, OCPP_LIST_UPDATED);
        sync_to(&order, i == 4 ? OCPP_LIST_UPDATED : OCPP_LIST_IN_STEP);
        assert_has(entries, 6);
    }
    runs = 0;
    world->fail_read = world->reads + 1;
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
    station_answers();
    assert_int_equal(heard.outcome, OCPP_LIST_FAILED);
    assert_int_equal(heard.status, OCPP_ERR_STORAGE);
}

/* A station that may leave required members out said nothing: that is no yes, and no word. */
static void an_answer_without_a_word_is_a_refusal(void **state)
{
    struct ocpp_list_entry entries[ROOM];
    const struct ocpp_list_order order = { .entries = entries, .count = make_list(entries, 1, 2), .restarts = -1 };
    const struct ocpp_station_options options = { .identity = "LAX", .version = version, .quirks = OCPP_QUIRK_ALL };
    char answer[100];
    char id[64];

    (void)state;
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_OK);
    world_boot(world, station);
    assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
    assert_true(answers_one());
    assert_int_equal(sscanf(world_hears(world, station), "[2,'%63[^']'", id), 1);
    snprintf(answer, sizeof answer, "[3,'%s',{'listVersion':1}]", id);
    world_says(world, station, answer);
    assert_int_equal(heard.outcome, OCPP_LIST_REFUSED);
    assert_text(heard_word, "");
}

/* Whatever breaks, refuses or is forgotten: once it comes to an end, the lists are the same. */
static void lists_are_the_same_in_the_end(void **state)
{
    struct ocpp_list_entry lists[2][ROOM];
    size_t counts[2] = { 0, 0 };
    unsigned seed = 20260101;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct ocpp_list_entry *wanted = lists[round % 2];
        seed = seed * 1103515245 + 12345;
        const int first = 1 + (int)(seed >> 16) % 20;
        const int last = first + (int)(seed >> 8) % 30;
        counts[round % 2] = make_list(wanted, first, last);
        const struct ocpp_list_order order = { .entries = wanted,
                                               .count = counts[round % 2],
                                               .before = lists[1 - round % 2],
                                               .before_count = counts[1 - round % 2],
                                               .page_entries = 1 + (seed >> 20) % 9 };
        heard.outcome = OCPP_LIST_FAILED;
        for (int attempt = 0; heard.outcome != OCPP_LIST_UPDATED && heard.outcome != OCPP_LIST_IN_STEP; attempt++) {
            assert_true(attempt < 50);
            assert_int_equal(ocpp_station_sync_list(station, &order, &done), OCPP_OK);
            for (bool goes_on = true; goes_on;) {
                seed = seed * 1103515245 + 12345;
                keeper.is_deaf = (seed >> 16) % 23 == 0;
                keeper.refuse = (seed >> 16) % 19 == 1 ? "Failed" : NULL;
                keeper.version += (seed >> 16) % 97 == 2;
                goes_on = answers_one();
            }
            keeper.is_deaf = false;
            keeper.refuse = NULL;
            if ((seed >> 12) % 3 == 0) {
                world_restart(world);
            } else {
                ocpp_station_disconnect(station, world->now);
            }
            connect_again();
        }
        assert_has(wanted, counts[round % 2]);
    }
}

int main(void)
{
#define OLD(test) cmocka_unit_test_setup_teardown(test, set_up_16, tear_down)
#define NEW(test) cmocka_unit_test_setup_teardown(test, set_up_201, tear_down)
    const struct CMUnitTest tests[] = {
        OLD(a_list_is_sent_whole_in_pages_to_who_has_none),
        NEW(a_list_is_sent_whole_in_pages_to_who_has_none),
        OLD(who_is_in_step_is_asked_for_its_version_and_no_more),
        NEW(who_has_the_list_before_is_sent_the_difference),
        OLD(who_has_the_list_before_is_sent_the_difference),
        OLD(who_has_another_list_is_sent_it_whole),
        OLD(a_break_goes_on_where_it_was),
        NEW(a_difference_goes_on_where_it_was),
        OLD(a_refusal_begins_anew_with_the_whole_list),
        NEW(a_refusal_begins_anew_with_the_whole_list),
        NEW(who_always_refuses_is_left_alone_in_the_end),
        OLD(who_has_no_list_says_so),
        NEW(an_empty_list_is_one_message),
        OLD(versions_begin_anew_at_their_end),
        OLD(no_message_has_more_entries_than_the_station_says),
        NEW(no_message_has_more_entries_than_the_station_says),
        NEW(a_page_too_large_to_send_is_halved),
        NEW(what_cannot_be_a_list_is_refused_and_one_order_is_enough),
        OLD(a_store_that_fails_costs_messages_only),
        OLD(an_answer_without_a_word_is_a_refusal),
        OLD(lists_are_the_same_in_the_end),
        NEW(lists_are_the_same_in_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
