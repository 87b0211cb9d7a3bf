/* unit.h: cmocka with the headers it wants before itself, and the few words unit tests share. */
#ifndef OCPP_TESTS_UNIT_H
#define OCPP_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#endif
