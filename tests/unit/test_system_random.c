/* test_system_random.c: entropy of the system, with getrandom() replaced by one that is interrupted and gives little at a time.
 */
#define _DEFAULT_SOURCE

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

static int interruptions;
static size_t at_a_time;
static int error;

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    if (error != 0 || interruptions-- > 0) {
        errno = error != 0 ? error : EINTR;
        return -1;
    }
    return __real_getrandom(bytes, size < at_a_time ? size : at_a_time, flags);
}

static void every_byte_asked_for_is_filled_and_no_other(void **state)
{
    unsigned char first[64] = { 0 };
    unsigned char second[64] = { 0 };
    (void)state;
    interruptions = 3;
    at_a_time = 5;
    ocpp_system_random(first, 62, NULL);
    ocpp_system_random(second, 62, NULL);
    assert_memory_not_equal(first, second, 62);
    assert_memory_not_equal(first + 48, "\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    assert_int_equal(first[62], 0);
    assert_int_equal(first[63], 0);
}

static void nothing_is_asked_for_no_bytes(void **state)
{
    (void)state;
    error = EIO;
    ocpp_system_random(NULL, 0, NULL);
    error = 0;
}

static void a_system_without_entropy_ends_the_process(void **state)
{
    int status = 0;
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        unsigned char bytes[4];
        error = ENOSYS;
        ocpp_system_random(bytes, sizeof bytes, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_asked_for_is_filled_and_no_other),
        cmocka_unit_test(nothing_is_asked_for_no_bytes),
        cmocka_unit_test(a_system_without_entropy_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
