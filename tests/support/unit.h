/* unit.h: cmocka with the headers it wants before itself, and the few words unit tests share. */
#ifndef OCPP_TESTS_UNIT_H
#define OCPP_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* every: a loop over all moments of something goes on by this: 1, or, where OCPP_TEST_EVERY says so, more: under valgrind
 * and sanitizers a sample is looked at, the release build has seen them all. */
static inline unsigned every(void)
{
    const char *text = getenv("OCPP_TEST_EVERY");
    const unsigned long step = text ? strtoul(text, NULL, 10) : 1;
    return step >= 1 && step <= 100 ? (unsigned)step : 1;
}

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#endif
