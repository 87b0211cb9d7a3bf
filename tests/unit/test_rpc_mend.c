/* mend.c: which texts are mended, and which are left because something might be guessed. */
#include <ocpp/rpc.h>

#include "arena.h"
#include "json.h"
#include "unit.h"

#include <string.h>

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct row {
    const char *text;
    size_t size;
    const char *mended; /* NULL: it is left as it is */
} rows[] = {
    { TEXT("[3,\"a\",{\"k\":[]"), "[3,\"a\",{\"k\":[]}]" },
    { TEXT("[3,\"a\",{}"), "[3,\"a\",{}]" },
    { TEXT("[3,\"a\",{} \r\n"), "[3,\"a\",{} \r\n]" },
    { TEXT("[2,\"a\",\"B\",\"m\":\"v\",\"n\":1}]"), "[2,\"a\",\"B\",{\"m\":\"v\",\"n\":1}]" },
    { TEXT("[2,\"a\",\"B\", \"m\" : [1]}]"), "[2,\"a\",\"B\", {\"m\" : [1]}]" },
    { TEXT("[2,\"a\\\"b\",\"B\",{\"m\":\"x\0y\"}]"), "[2,\"a\\\"b\",\"B\",{\"m\":\"xy\"}]" },
    { TEXT("[2,\"a\",\"B\",{\"m\":\"x\ny\\u0000\\n\"}]\0\0"), "[2,\"a\",\"B\",{\"m\":\"xy\\n\"}]" },
    /* nothing to mend */
    { TEXT("[2,\"a\",\"B\",{\"m\":\"[{\"}]"), NULL },
    { TEXT(""), NULL },
    { TEXT("hello"), NULL },
    /* who knows what stood there? */
    { TEXT("[2,\"a\",\"B\",{\"m\":[]"), NULL }, /* a request: more may have been lost */
    { TEXT("[3,\"a\",{\"m\":51"), NULL },
    { TEXT("[2,\"a\",\"B\",{\"m\":51"), NULL },
    { TEXT("[2,\"a\",\"B\",{\"m\":"), NULL },
    { TEXT("[3,\"a\",{\"m\":[],"), NULL },
    { TEXT("[2,\"a\",\"B\",{\"m\":\"half"), NULL },
    { TEXT("[2,\"a\",\"B\",{\"m\":\"half\\"), NULL },
    { TEXT("[3,\"a\",{\"m\":\"whole\""), NULL },
    { TEXT("[2,\"a\",\"B\",{\"m\":tru"), NULL },
    /* no way to read it */
    { TEXT("[2,\"a\"}]"), NULL },
    { TEXT("]"), NULL },
    { TEXT("[1:2]"), NULL },
    { TEXT("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]"), NULL },
};

static void what_is_missing_for_certain_is_put_there_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
        const char *mended = NULL, *again = NULL;
        size_t size = 0, again_size = 0;
        const bool done = ocpp_rpc_mend(rows[i].text, rows[i].size, arena, &mended, &size) == OCPP_OK;
        if (done != (rows[i].mended != NULL) || (done && strcmp(mended, rows[i].mended) != 0))
            fail_msg("%s: %s", rows[i].text, done ? mended : "left");
        if (done) {
            assert_int_equal(size, strlen(mended));
            assert_int_equal(ocpp_json_scan(mended, size, NULL, NULL), OCPP_OK);
            assert_int_equal(ocpp_rpc_mend(mended, size, arena, &again, &again_size), OCPP_ERR_NOT_JSON);
        }
        ocpp_arena_free(arena);
    }
}

/* Every beginning of a valid answer: either left, or mended into one that says nothing the answer did not say. */
static void an_answer_that_is_cut_anywhere_is_never_bent_into_another_quantity(void **state)
{
    static const char frame[] =
        "[2,\"a\",\"StopTransaction\",{\"meterStop\":5188,\"transactionData\":[{\"sampledValue\":[{\"value\":\"12\"}]}],"
        "\"transactionId\":7}]";

    (void)state;
    for (size_t size = 0; size < sizeof frame - 1; size++) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
        const char *mended;
        size_t mended_size;
        if (ocpp_rpc_mend(frame, size, arena, &mended, &mended_size) == OCPP_OK) {
            assert_memory_equal(mended, frame, size);
            assert_true(frame[size - 1] == ']' || frame[size - 1] == '}');
            assert_int_equal(strspn(mended + size, "}]"), mended_size - size);
        }
        ocpp_arena_free(arena);
    }
}

/* A brace is missing in front of each of them: what is put there has bounds. */
static void braces_without_end_are_not_put_there(void **state)
{
    static const char head[] = "[2,\"a\",\"B\"", member[] = ",\"m\":1}";
    char text[sizeof head + 4000 * sizeof member];
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const char *mended;
    size_t size = sizeof head - 1, mended_size;

    (void)state;
    memcpy(text, head, size);
    for (int i = 0; i < 4000; i++, size += sizeof member - 1)
        memcpy(text + size, member, sizeof member - 1);
    text[size++] = ']';
    assert_int_equal(ocpp_rpc_mend(text, size, arena, &mended, &mended_size), OCPP_ERR_NOT_JSON);
    ocpp_arena_free(arena);
}

static void without_memory_nothing_is_mended(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 1);
    const char *mended;
    size_t size;

    (void)state;
    assert_int_equal(ocpp_rpc_mend("[3,\"a\",{}", 9, arena, &mended, &size), OCPP_ERR_NOMEM);
    ocpp_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_for_certain_is_put_there_and_nothing_else),
        cmocka_unit_test(an_answer_that_is_cut_anywhere_is_never_bent_into_another_quantity),
        cmocka_unit_test(braces_without_end_are_not_put_there),
        cmocka_unit_test(without_memory_nothing_is_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
