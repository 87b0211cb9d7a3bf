/* test_adapter_support.c: the host's allocator and log, as adapters use them. */
#include "adapter_support.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct heard {
    char line[2 * ADAPTER_LINE_SIZE];
    int lines;
    enum ocpp_log_level level;
};

static void hear(enum ocpp_log_level level, const char *line, void *user)
{
    struct heard *heard = user;
    (void)snprintf(heard->line, sizeof heard->line, "%s", line);
    heard->level = level;
    heard->lines++;
}

static void a_line_as_talkative_as_the_log_wants_is_written(void **state)
{
    struct heard heard = { .lines = 0 };
    const struct ocpp_log log = { .write = hear, .user = &heard, .level = OCPP_LOG_WARNING };
    (void)state;
    adapter_log(&log, OCPP_LOG_WARNING, "%d of %s", 3, "four");
    assert_string_equal(heard.line, "3 of four");
    assert_int_equal(heard.level, OCPP_LOG_WARNING);
    adapter_log(&log, OCPP_LOG_INFO, "too much");
    assert_int_equal(heard.lines, 1);
    adapter_log(&log, OCPP_LOG_ERROR, "worse");
    assert_int_equal(heard.lines, 2);
}

static void a_log_without_a_listener_is_silence(void **state)
{
    const struct ocpp_log log = { .write = NULL, .level = OCPP_LOG_DEBUG };
    (void)state;
    adapter_log(&log, OCPP_LOG_ERROR, "nobody hears this");
}

static void a_line_that_is_too_long_is_cut(void **state)
{
    struct heard heard = { .lines = 0 };
    const struct ocpp_log log = { .write = hear, .user = &heard, .level = OCPP_LOG_ERROR };
    (void)state;
    adapter_log(&log, OCPP_LOG_ERROR, "%*d", ADAPTER_LINE_SIZE + 10, 7);
    assert_int_equal(strlen(heard.line), ADAPTER_LINE_SIZE - 1);
}

static void *take_note(void *pointer, size_t size, void *user)
{
    *(size_t *)user = size;
    return pointer;
}

static void memory_comes_from_the_host_or_from_malloc(void **state)
{
    size_t asked = 0;
    const struct ocpp_allocator allocator = { .reallocate = take_note, .user = &asked };
    (void)state;
    assert_null(adapter_reallocate(&allocator, NULL, 17));
    assert_int_equal(asked, 17);
    char *text = adapter_reallocate(NULL, NULL, 4);
    assert_non_null(text);
    memcpy(text, "abc", 4);
    text = adapter_reallocate(NULL, text, 4000);
    assert_non_null(text);
    assert_string_equal(text, "abc");
    assert_null(adapter_reallocate(NULL, text, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_as_talkative_as_the_log_wants_is_written),
        cmocka_unit_test(a_log_without_a_listener_is_silence),
        cmocka_unit_test(a_line_that_is_too_long_is_cut),
        cmocka_unit_test(memory_comes_from_the_host_or_from_malloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
