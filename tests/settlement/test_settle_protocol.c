/* PROTOCOL.md against the code: every example is a message, every mark on the page is one of the keys it names. That the tables
 * are those of the models is protocol_page.py's matter. */
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/mark.h>
#include <ocpp/settlement/wire.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static char *page;
static struct ocpp_arena *arena;

static int read_page(void **state)
{
    FILE *file = fopen("extensions/settlement/PROTOCOL.md", "rb");
    enum { ROOM = 1 << 20 };

    (void)state;
    assert_non_null(file);
    page = calloc(1, ROOM);
    arena = ocpp_arena_new(NULL, 0);
    assert_true(page != NULL && arena != NULL);
    const size_t size = fread(page, 1, ROOM - 1, file);
    assert_true(size > 0 && size < ROOM - 1);
    return fclose(file);
}

static int forget_page(void **state)
{
    (void)state;
    free(page);
    ocpp_arena_free(arena);
    return 0;
}

/* What stands below the heading |name|; NULL: there is no such. */
static char *section_of(const char *name)
{
    char heading[80];

    (void)snprintf(heading, sizeof heading, "\n### %s\n", name);
    const char *from = strstr(page, heading);
    if (from == NULL) {
        return NULL;
    }
    from += strlen(heading);
    const char *next = strstr(from, "\n### ");
    const char *chapter = strstr(from, "\n## ");
    const char *end = next != NULL && (chapter == NULL || next < chapter) ? next : chapter;
    const size_t size = end != NULL ? (size_t)(end - from) : strlen(from);
    char *section = calloc(1, size + 1);
    memcpy(section, from, size);
    return section;
}

/* The number |index| of the examples in |section|, terminated in place; NULL: there are fewer. */
static char *example_of(char *section, int index)
{
    static const char opening[] = "```json\n";
    char *at = section;

    for (int i = 0; at != NULL; i++) {
        at = strstr(at, opening);
        if (at == NULL) {
            return NULL;
        }
        at += strlen(opening);
        char *end = strstr(at, "\n```");
        assert_non_null(end);
        if (i == index) {
            *end = '\0';
            return at;
        }
        at = end + 4;
    }
    return NULL;
}

/* Decoded strictly, and what is encoded is the example again: so members stand in the order of the page. */
static void assert_example(const struct ocpp_type *type, const char *text)
{
    const void *message;
    const char *again;
    size_t size;
    struct ocpp_issue issue = { 0 };

    if (ocpp_message_decode(type, text, strlen(text), NULL, NULL, arena, &message, &issue) != OCPP_OK) {
        fail_msg("%s%s: %s: %s", type->name, issue.path, ocpp_status_sentence(issue.status), text);
    }
    assert_int_equal(ocpp_message_encode(type, message, arena, &again, &size, NULL), OCPP_OK);
    assert_string_equal(again, text);
    ocpp_arena_reset(arena);
}

static void every_message_has_an_example_of_itself_and_of_its_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < OCPP_SETTLE_ACTION_COUNT; i++) {
        const struct ocpp_action *action = &ocpp_settle_actions[i];
        const struct ocpp_type *const types[] = { action->response, action->request };

        for (int n = 2; n-- > 0;) { /* the last first, because each is cut out in place */
            char *section = section_of(action->name);
            if (section == NULL) {
                fail_msg("%s has no section", action->name);
            }
            const char *text = example_of(section, n);
            if (text == NULL) {
                fail_msg("%s has no example number %d", action->name, n + 1);
            }
            assert_example(types[1 - n], text);
            free(section);
        }
    }
}

static void examples_of_structures_are_such(void **state)
{
    char *section = section_of("Refusal");

    (void)state;
    assert_non_null(section);
    assert_example(&ocpp_settle_refusal_type, example_of(section, 0));
    free(section);
    char *tokens = strstr(page, "\n## Tokens\n");
    assert_non_null(tokens);
    section = calloc(1, strlen(tokens) + 1);
    memcpy(section, tokens, strlen(tokens));
    assert_example(&ocpp_settle_sealed_header_type, example_of(section, 1)); /* the last first, because each is cut out in place */
    assert_example(&ocpp_settle_token_header_type, example_of(section, 0));
    free(section);
}

/* Every message says when it is sent and what a repetition does. */
static void every_message_says_when_and_what_a_repetition_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < OCPP_SETTLE_ACTION_COUNT; i++) {
        char *section = section_of(ocpp_settle_actions[i].name);

        assert_non_null(section);
        assert_non_null(strstr(section, "*When:*"));
        assert_non_null(strstr(section, "*Again:*"));
        free(section);
    }
}

static bool is_digit_of_mark(char c)
{
    return isdigit((unsigned char)c) != 0 || (c >= 'a' && c <= 'f');
}

static size_t digits_at(const char *text)
{
    size_t count = 0;

    while (is_digit_of_mark(text[count])) {
        count++;
    }
    return count;
}

static void every_mark_on_the_page_is_one_of_the_keys_it_names(void **state)
{
    static const char *const fleet_keys[] = { "fleet" };
    struct settle_keys keys;
    struct ocpp_settle_judge judge = { &keys.contract, fleet_keys, 1, 0 };
    size_t found = 0;

    (void)state;
    settle_keys_start(&keys, 1);
    assert_int_equal(ocpp_settle_mark_fleet(&keys.contract, "operator", &judge.fleet), OCPP_OK);
    for (const char *at = page; *at != '\0';) {
        const size_t digits = digits_at(at);

        if (digits == OCPP_SETTLE_MARK_TEXT_SIZE - 1) {
            char text[OCPP_SETTLE_MARK_TEXT_SIZE] = { 0 };
            unsigned char mark[OCPP_SETTLE_MARK_SIZE];
            enum ocpp_settle_mark_reading reading;
            struct ocpp_settle_mark said;

            memcpy(text, at, digits);
            assert_int_equal(ocpp_settle_mark_parse(text, mark), OCPP_OK);
            assert_int_equal(ocpp_settle_mark_judge(&judge, mark, &reading, &said), OCPP_OK);
            assert_true(reading == OCPP_SETTLE_READ_MARKED || reading == OCPP_SETTLE_READ_NEUTRAL);
            found++;
        }
        at += digits != 0 ? digits : 1;
    }
    assert_true(found >= 6);
    settle_keys_end(&keys);
}

static void the_renter_and_the_key_on_the_page_are_those_of_the_fleet(void **state)
{
    struct settle_keys keys;
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE];
    char text[OCPP_SETTLE_RENTER_DIGEST_SIZE];

    (void)state;
    settle_keys_start(&keys, 1);
    assert_int_equal(ocpp_settle_renter_digest_for(&keys.contract, "fleet", 70000, "ISO14443", "04a2B7", text), OCPP_OK);
    assert_non_null(strstr(page, text));
    assert_int_equal(ocpp_settle_mark_pile_key(&keys.contract, "fleet", 70000, key), OCPP_OK);
    for (size_t i = 0; i < sizeof key; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", key[i]);
    }
    assert_non_null(strstr(page, text));
    settle_keys_end(&keys);
}

static void the_numbers_on_the_page_are_those_of_the_headers(void **state)
{
    (void)state;
    assert_int_equal(OCPP_SETTLE_WIRE_BYTES, 8192);
    assert_non_null(strstr(page, "at most 8,192 bytes"));
    assert_int_equal(OCPP_SETTLE_WIRE_BYTES_LEAST, 1024);
    assert_int_equal(OCPP_SETTLE_WIRE_BYTES_LIMIT, 65536);
    assert_non_null(strstr(page, "within 1,024 to 65,536"));
    assert_int_equal(OCPP_SETTLE_MARK_GENERATION_LIMIT, 16777214);
    assert_non_null(strstr(page, "generation, 1 to 16,777,214"));
    assert_non_null(strstr(page, "`" OCPP_SETTLE_VENDOR_ID "`"));
    assert_non_null(strstr(page, "This is version `" OCPP_SETTLE_PROTOCOL_VERSION "`"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_has_an_example_of_itself_and_of_its_answer),
        cmocka_unit_test(examples_of_structures_are_such),
        cmocka_unit_test(every_message_says_when_and_what_a_repetition_does),
        cmocka_unit_test(every_mark_on_the_page_is_one_of_the_keys_it_names),
        cmocka_unit_test(the_renter_and_the_key_on_the_page_are_those_of_the_fleet),
        cmocka_unit_test(the_numbers_on_the_page_are_those_of_the_headers),
    };

    return cmocka_run_group_tests(tests, read_page, forget_page);
}
