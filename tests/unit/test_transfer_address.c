/* Addresses of files: which protocol they are of, and that what is shown of them holds no secret. */
#include <ocpp/file_transfer.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void a_scheme_is_known_in_any_case_and_every_other_is_none(void **state)
{
    (void)state;
    assert_int_equal(ocpp_transfer_protocol_of("http://h/f"), OCPP_TRANSFER_HTTP);
    assert_int_equal(ocpp_transfer_protocol_of("HTTPS://h:8443/f"), OCPP_TRANSFER_HTTPS);
    assert_int_equal(ocpp_transfer_protocol_of("ftp://u:p@h/f"), OCPP_TRANSFER_FTP);
    assert_int_equal(ocpp_transfer_protocol_of("ftps://[::1]/f"), OCPP_TRANSFER_FTPS);
    assert_int_equal(ocpp_transfer_protocol_of("sftp://h"), OCPP_TRANSFER_SFTP);
    static const char *const none[] = {
        "",           "http:",       "http:/h/f",   "http://",     "http:///f",  "file:///etc/passwd",
        "gopher://h", "scp://h/f",   "dict://h:1",  "xhttp://h",   " http://h",  "http://h/a b",
        "http://h\n", "http://u:p@", "http://u@/f", "http://:80/", "https//h/f", "http://?x"
    };
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_int_equal(ocpp_transfer_protocol_of(none[i]), 0);
    }
}

static void what_is_shown_holds_no_user_password_or_query(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *shown;
    } rows[] = {
        { "http://h.example/a/f.bin", "http://h.example/a/f.bin" },
        { "HTTP://h:80/f", "http://h:80/f" },
        { "ftp://user:secret@h/f", "ftp://h/f" },
        { "https://h/f?token=secret", "https://h/f" },
        { "https://h/f?token=secret@x", "https://..." }, /* perhaps a password with a '?' */
        { "https://user:12/secret@h/f", "https://..." },
        { "https://user:12#secret@h/f", "https://..." },
        { "https://h?secret", "https://h" },
        { "https://h/f#secret", "https://h/f" },
        { "ftp://user:a@secret@h/f", "ftp://h/f" },
        { "ftp://[::1]:21/f", "ftp://[::1]:21/f" },
        { "ftp://user:sec/ret@h/f", "ftp://..." }, /* a password that was not encoded */
        { "ftp://user:sec@re/t@h/f", "ftp://..." },
        { "ftp://user:se?cret@h/f", "ftp://..." },
        { "secret://user:secret@h", "..." },
        { "http://h/\x1b[2Jf\n", "http://h/?[2Jf?" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];
        assert_string_equal(ocpp_transfer_show(rows[i].url, text, sizeof(text)), rows[i].shown);
        assert_null(strstr(text, "secret"));
    }
}

static void what_is_shown_fits_the_room_there_is(void **state)
{
    (void)state;
    const char *url = "http://h/abcdefgh";
    for (size_t size = 1; size <= 30; size++) {
        char text[32];
        memset(text, 'x', sizeof(text));
        ocpp_transfer_show(url, text, size);
        assert_int_equal(strlen(text), size <= strlen(url) ? size - 1 : strlen(url));
        assert_memory_equal(text, url, strlen(text));
        assert_int_equal(text[size], 'x');
    }
    assert_string_equal(ocpp_transfer_show(url, NULL, 0), "");
}

static void each_result_has_a_name_and_says_whether_another_attempt_makes_sense(void **state)
{
    (void)state;
    for (int result = 0; result < OCPP_TRANSFER_RESULT_COUNT; result++) {
        assert_true(ocpp_transfer_result_name((enum ocpp_transfer_result)result)[0] != '\0');
    }
    assert_string_equal(ocpp_transfer_result_name(OCPP_TRANSFER_RESULT_COUNT), "");
    assert_true(ocpp_transfer_may_retry(OCPP_TRANSFER_LOST));
    assert_true(ocpp_transfer_may_retry(OCPP_TRANSFER_NOT_RESUMED));
    assert_false(ocpp_transfer_may_retry(OCPP_TRANSFER_DONE));
    assert_false(ocpp_transfer_may_retry(OCPP_TRANSFER_TOO_LARGE));
    assert_false(ocpp_transfer_may_retry(OCPP_TRANSFER_NOT_SUPPORTED));
    assert_false(ocpp_transfer_may_retry(OCPP_TRANSFER_RESULT_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_is_known_in_any_case_and_every_other_is_none),
        cmocka_unit_test(what_is_shown_holds_no_user_password_or_query),
        cmocka_unit_test(what_is_shown_fits_the_room_there_is),
        cmocka_unit_test(each_result_has_a_name_and_says_whether_another_attempt_makes_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
