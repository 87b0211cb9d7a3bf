/* 128 bits as 26 letters and digits. */
#include "unit.h"

#include <ocpp/settlement/id.h>

#include <string.h>

static void bits_become_letters_first_bits_first(void **state)
{
    static const struct {
        unsigned char bytes[16];
        const char *id;
    } known[] = {
        { { 0 }, "00000000000000000000000000" },
        { { [15] = 1 }, "00000000000000000000000001" },
        { { [15] = 0x20 }, "00000000000000000000000010" },
        { { 0x20 }, "10000000000000000000000000" },
        { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
          "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char id[OCPP_SETTLE_ID_SIZE];

        ocpp_settle_id_write(known[i].bytes, id);
        assert_string_equal(id, known[i].id);
        assert_true(ocpp_settle_id_is_valid(id));
    }
}

static void what_no_bits_give_is_no_id(void **state)
{
    static const char *const wrong[] = { "",
                                         "0",
                                         "0000000000000000000000000",
                                         "000000000000000000000000000",
                                         "80000000000000000000000000",
                                         "0000000000000000000000000I",
                                         "0000000000000000000000000a",
                                         "00000000000000000000000 00" };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(ocpp_settle_id_is_valid(wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_become_letters_first_bits_first),
        cmocka_unit_test(what_no_bits_give_is_no_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
