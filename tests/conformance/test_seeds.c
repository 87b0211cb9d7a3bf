/* test_seeds.c: every message of every version, made of the models at its largest and, for 1.6, at its smallest
 * (fuzz/make_seeds.py), is accepted and comes back the same. It needs no reference data. */
#define _POSIX_C_SOURCE 200809L

#include <ocpp/message.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SEED_SIZE = 1 << 16 };

static size_t read_seed(const char *folder, const char *name, char bytes[SEED_SIZE])
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, SEED_SIZE, file);
    fclose(file);
    assert_in_range(size, 2, SEED_SIZE - 1);
    return size;
}

static void judge_seed(const struct ocpp_protocol *protocol, const char *name, const char *bytes, size_t size)
{
    const struct ocpp_action *action = &protocol->actions[(unsigned char)bytes[0]];
    const struct ocpp_type *type = bytes[1] == 0 ? action->request : action->response;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_issue issue;
    const void *message;
    const void *again;
    const char *text;
    size_t length;
    assert_memory_equal(name, action->name, strlen(action->name));
    if (ocpp_message_decode(type, bytes + 2, size - 2, NULL, NULL, arena, &message, &issue) != OCPP_OK)
        fail_msg("%s: %s at \"%s\"", name, ocpp_status_name(issue.status), issue.path);
    if (ocpp_message_encode(type, message, arena, &text, &length, &issue) != OCPP_OK)
        fail_msg("%s: %s at \"%s\"", name, ocpp_status_name(issue.status), issue.path);
    assert_int_equal(ocpp_message_decode(type, text, length, NULL, NULL, arena, &again, NULL), OCPP_OK);
    assert_true(ocpp_message_equal(type, message, again));
    ocpp_arena_free(arena);
}

static bool ends_with(const char *name, const char *end)
{
    const size_t length = strlen(name);
    return length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* Returns how many seeds of |folder| end with |end|. */
static unsigned judge_folder(const struct ocpp_protocol *protocol, const char *folder, const char *end)
{
    DIR *files = opendir(folder);
    char *bytes = malloc(SEED_SIZE);
    unsigned count = 0;
    assert_non_null(files);
    assert_non_null(bytes);
    for (struct dirent *file = readdir(files); file != NULL; file = readdir(files)) {
        if (!ends_with(file->d_name, end))
            continue;
        judge_seed(protocol, file->d_name, bytes, read_seed(folder, file->d_name, bytes));
        count++;
    }
    free(bytes);
    closedir(files);
    return count;
}

/* How many messages the version has. */
static unsigned count_messages(const struct ocpp_protocol *protocol)
{
    unsigned count = 0;
    for (size_t i = 0; i < protocol->count; i++)
        count += protocol->actions[i].response != NULL ? 2 : 1;
    return count;
}

static const struct {
    enum ocpp_version version;
    const char *folder;
} rooms[] = {
    { OCPP_VERSION_1_6, "fuzz/corpus/decode_v16" },
    { OCPP_VERSION_2_0_1, "fuzz/corpus/decode_v201" },
    { OCPP_VERSION_2_1, "fuzz/corpus/decode_v21" },
};

static void every_message_at_its_largest_is_accepted_and_comes_back_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        const struct ocpp_protocol *protocol = ocpp_protocol_of(rooms[i].version);
        if (protocol != NULL)
            assert_int_equal(judge_folder(protocol, rooms[i].folder, "_full"), count_messages(protocol));
    }
}

static void every_message_of_the_first_version_at_its_smallest_is_accepted_and_comes_back_the_same(void **state)
{
    (void)state;
    const struct ocpp_protocol *protocol = ocpp_protocol_of(rooms[0].version);
    if (protocol != NULL)
        assert_int_equal(judge_folder(protocol, rooms[0].folder, "_minimal"), count_messages(protocol));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_at_its_largest_is_accepted_and_comes_back_the_same),
        cmocka_unit_test(every_message_of_the_first_version_at_its_smallest_is_accepted_and_comes_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
