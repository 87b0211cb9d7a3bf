/* encoding.c: percent, hexadecimal, base64: known answers, round trips, every room too small. */
#include "encoding.h"

#include "unit.h"

#include <string.h>

static void an_identity_in_a_url_is_decoded(void **state)
{
    char to[64];
    size_t written = 99;

    (void)state;
    assert_int_equal(ocpp_percent_decode("PILE%207%2Fa+b%c3%bc", 20, to, sizeof to, &written), OCPP_OK);
    assert_string_equal(to, "PILE 7/a+b\xC3\xBC");
    assert_int_equal(written, strlen(to));
    assert_int_equal(ocpp_percent_decode("", 0, to, sizeof to, NULL), OCPP_OK);
    assert_string_equal(to, "");
}

static void a_broken_escape_a_nul_and_bad_utf8_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum ocpp_status status;
    } cases[] = {
        { "a%", OCPP_ERR_VALUE },    { "a%2", OCPP_ERR_VALUE },  { "%g0", OCPP_ERR_VALUE },      { "%0g", OCPP_ERR_VALUE },
        { "%%20", OCPP_ERR_VALUE },  { "a%00b", OCPP_ERR_NUL },  { "%ff", OCPP_ERR_UTF8 },       { "%c3", OCPP_ERR_UTF8 },
        { "%c0%80", OCPP_ERR_UTF8 }, { "\xC3(", OCPP_ERR_UTF8 }, { "%ed%a0%80", OCPP_ERR_UTF8 },
    };
    char to[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        strcpy(to, "untouched");
        assert_int_equal(ocpp_percent_decode(cases[i].text, strlen(cases[i].text), to, sizeof to, NULL), cases[i].status);
        assert_string_equal(to, "");
    }
    assert_int_equal(ocpp_percent_decode("a\0b", 3, to, sizeof to, NULL), OCPP_ERR_NUL);
}

static void unreserved_characters_stay_and_the_rest_is_escaped(void **state)
{
    static const char text[] = "AZaz09-._~ /%+\xC3\xBC";
    char to[64];
    char back[64];
    size_t written;

    (void)state;
    assert_int_equal(ocpp_percent_encode(text, sizeof text - 1, to, sizeof to, &written), OCPP_OK);
    assert_string_equal(to, "AZaz09-._~%20%2F%25%2B%C3%BC");
    assert_int_equal(ocpp_percent_decode(to, written, back, sizeof back, NULL), OCPP_OK);
    assert_string_equal(back, text);
}

static void hex_reads_both_cases_and_writes_lower(void **state)
{
    unsigned char bytes[4];
    char text[9];
    size_t written;

    (void)state;
    assert_int_equal(ocpp_hex_decode("00fFA9", 6, bytes, sizeof bytes, &written), OCPP_OK);
    assert_int_equal(written, 3);
    assert_memory_equal(bytes, "\x00\xFF\xA9", 3);
    assert_int_equal(ocpp_hex_encode(bytes, 3, text, sizeof text, NULL), OCPP_OK);
    assert_string_equal(text, "00ffa9");
    assert_int_equal(ocpp_hex_decode("0", 1, bytes, sizeof bytes, NULL), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_hex_decode("0x", 2, bytes, sizeof bytes, NULL), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_hex_decode(" 0", 2, bytes, sizeof bytes, NULL), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_hex_decode("g0", 2, bytes, sizeof bytes, NULL), OCPP_ERR_VALUE);
}

/* RFC 4648 section 10. */
static void base64_gives_the_known_answers(void **state)
{
    static const char *const pairs[][2] = { { "", "" },
                                            { "f", "Zg==" },
                                            { "fo", "Zm8=" },
                                            { "foo", "Zm9v" },
                                            { "foob", "Zm9vYg==" },
                                            { "fooba", "Zm9vYmE=" },
                                            { "foobar", "Zm9vYmFy" } };
    char to[16];
    size_t written;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        assert_int_equal(ocpp_base64_encode(pairs[i][0], strlen(pairs[i][0]), to, sizeof to, &written), OCPP_OK);
        assert_string_equal(to, pairs[i][1]);
        assert_int_equal(ocpp_base64_decode(to, written, to, sizeof to, &written), OCPP_OK);
        assert_int_equal(written, strlen(pairs[i][0]));
        assert_memory_equal(to, pairs[i][0], written);
    }
}

static void base64_that_is_not_canonical_is_refused(void **state)
{
    static const char *const texts[] = { "Z",     "Zg",       "Zg=",  "Zg===", "====",   "=Zg=",   "Zh==",  "Zm9=",
                                         "Z m8=", "Zm8=Zm8=", "Zm9-", "Zm9_",  "Zm9v\n", "Zg==\n", "Zm9vZ", "\xC3\xBCZm" };
    char to[16] = "untouched";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_equal(ocpp_base64_decode(texts[i], strlen(texts[i]), to, sizeof to, NULL), OCPP_ERR_VALUE);
    }
    assert_int_equal(ocpp_base64_decode("Zm9\0", 4, to, sizeof to, NULL), OCPP_ERR_VALUE);
    assert_string_equal(to, "untouched");
}

static void every_byte_survives_every_encoding(void **state)
{
    unsigned char bytes[255];
    unsigned char back[255];
    char text[1024];
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * 167 + 3);
    }
    for (size_t count = 0; count <= sizeof bytes; count++) {
        assert_int_equal(ocpp_base64_encode(bytes, count, text, sizeof text, &size), OCPP_OK);
        assert_int_equal(ocpp_base64_decode(text, size, back, sizeof back, &size), OCPP_OK);
        assert_int_equal(size, count);
        assert_memory_equal(back, bytes, count);
        assert_int_equal(ocpp_hex_encode(bytes, count, text, sizeof text, &size), OCPP_OK);
        assert_int_equal(ocpp_hex_decode(text, size, back, sizeof back, &size), OCPP_OK);
        assert_memory_equal(back, bytes, count);
    }
}

static enum ocpp_status percent_encode(const void *bytes, size_t size, char *to, size_t room, size_t *written)
{
    return ocpp_percent_encode(bytes, size, to, room, written);
}

static enum ocpp_status percent_decode(const void *bytes, size_t size, char *to, size_t room, size_t *written)
{
    return ocpp_percent_decode(bytes, size, to, room, written);
}

/* All results are 12 characters long. */
static void room_is_never_exceeded_and_too_little_is_an_error(void **state)
{
    static const struct {
        enum ocpp_status (*encode)(const void *bytes, size_t size, char *to, size_t room, size_t *written);
        const char *text;
    } cases[] = { { percent_encode, "ab c/.-_" },
                  { percent_decode, "%41bcdefghijkl" },
                  { ocpp_hex_encode, "sixsix" },
                  { ocpp_base64_encode, "ninebytes" } };
    char to[16];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t room = 0; room <= 14; room++) {
            memset(to, '#', sizeof to);
            const enum ocpp_status status = cases[i].encode(cases[i].text, strlen(cases[i].text), to, room, NULL);
            assert_int_equal(status, room >= 13 ? OCPP_OK : OCPP_ERR_LENGTH);
            assert_int_equal(to[room], '#');
            assert_int_equal(room == 0 ? 12 : strlen(to), room >= 13 || room == 0 ? 12 : 0);
        }
    }
    assert_int_equal(ocpp_percent_decode("", 0, to, 0, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_percent_encode("", 0, to, 0, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_hex_decode("aabb", 4, to, 1, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_base64_decode("Zm9v", 4, to, 2, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_hex_encode("", SIZE_MAX, to, sizeof to, NULL), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_base64_encode("", SIZE_MAX, to, sizeof to, NULL), OCPP_ERR_LENGTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_in_a_url_is_decoded),
        cmocka_unit_test(a_broken_escape_a_nul_and_bad_utf8_are_refused),
        cmocka_unit_test(unreserved_characters_stay_and_the_rest_is_escaped),
        cmocka_unit_test(hex_reads_both_cases_and_writes_lower),
        cmocka_unit_test(base64_gives_the_known_answers),
        cmocka_unit_test(base64_that_is_not_canonical_is_refused),
        cmocka_unit_test(every_byte_survives_every_encoding),
        cmocka_unit_test(room_is_never_exceeded_and_too_little_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
