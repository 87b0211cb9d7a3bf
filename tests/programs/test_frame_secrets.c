/* What ocpp-csms and ocpp-sim keep of frames that hold a secret: found wherever it stands and however its name is spelled, and
 * frames without one are kept as they are. */
#include "frame_secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool shows(const char *text, const char *secret)
{
    char *covered = secrets_cover(text, strlen(text));
    const bool shown = strstr(covered != NULL ? covered : text, secret) != NULL;

    free(covered);
    return shown;
}

/* The search looks at every fourth byte, so a name has to be found at each of four places. */
static void a_secret_is_found_wherever_its_name_stands(void **state)
{
    static const char *const payloads[] = {
        "{\"key\":\"AuthorizationKey\",\"value\":\"hush0\"}",
        "{\"key\":\"AUTHORIZATIONkey\",\"value\":\"hush0\"}",
        "{\"variable\":{\"name\":\"BasicAuthPassword\"},\"attributeValue\":\"hush0\"}",
        "{\"connectionData\":{\"apn\":{\"apn\":\"x\",\"apnPassword\":\"hush0\"}}}",
        "{\"connectionData\":{\"basicAuthPassword\":\"hush0\"}}",
        "{\"connectionData\":{\"vpn\":{\"password\":\"hush0\",\"key\":\"k\"}}}",
        "{\"connectionData\":{\"apn\":{\"simPin\":9876543}},\"x\":\"hush0\"}",
        "{\"vendorId\":\"v\",\"messageId\":\"MarkKey\",\"data\":{\"epoch\":1,\"key\":\"hush0\"}}",
        "{\"location\":\"ftp://ada:hush0@host/\"}",
        "{\"log\":{\"remoteLocation\":\"sftp:\\/\\/ada:hush0@host/x\"}}",
        "{\"firmware\":{\"location\":\"https://a/ and ftps://ada:hush0@[::1]:21/f?x=y@z\"}}",
        "{\"vendorId\":\"v\",\"messageId\":\"MarkKey\",\"data\":\"{\\\"epoch\\\":1,\\\"key\\\":\\\"hush0\\\"}\"}",
    };
    char frame[512];
    (void)state;

    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        for (int places = 1; places <= 8; places++) {
            (void)snprintf(frame, sizeof frame, "[2,\"%0*d\",\"Some\",%s]", places, 1, payloads[i]);
            assert_false(shows(frame, strstr(frame, "simPin") ? "9876543" : "hush0"));
        }
    }
}

/* A JSON text may spell any letter as an escape, in the name of a member, too. */
static void a_secret_whose_name_is_spelled_with_escapes_is_found(void **state)
{
    (void)state;
    assert_false(shows("[2,\"1\",\"ChangeConfiguration\",{\"key\":\"\\u0041uthorizationKey\",\"value\":\"hush\"}]", "hush"));
    assert_false(shows("[2,\"1\",\"X\",{\"v\\u0070n\":{\"password\":\"hush\"}}]", "hush"));
}

static void a_frame_that_names_a_secret_and_cannot_be_read_is_not_kept(void **state)
{
    (void)state;
    assert_false(shows("[2,\"1\",\"X\",{\"key\":\"AuthorizationKey\",\"value\":\"hush\"", "hush"));
}

static void a_frame_without_a_secret_is_kept_as_it_is(void **state)
{
    static const char *const frames[] = {
        "",
        "[",
        "[2,\"1\",\"Heartbeat\",{}]",
        "garbage of ada@host",
        "[2,\"1\",\"MeterValues\",{\"meterValue\":[{\"sampledValue\":[{\"value\":\"1\",\"measurand\":\"Voltage\"}]}]}]",
        "[2,\"1\",\"ChangeConfiguration\",{\"key\":\"HeartbeatInterval\",\"value\":\"900\"}]",
        "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\",\"data\":\"no JSON\"}]",
        "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\"}]",
        "[2,\"1\",\"GetDiagnostics\",{\"location\":\"https://ada@host/a:b@c\"}]",
        "[2,\"1\",\"GetDiagnostics\",{\"location\":\"https://host/://a:b\"}]",
    };
    (void)state;

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        assert_null(secrets_cover(frames[i], strlen(frames[i])));
}

static void a_stand_in_is_of_the_same_length_and_kind(void **state)
{
    static const struct {
        const char *frame;
        const char *replaced;
    } cases[] = {
        { "[2,\"1\",\"ChangeConfiguration\",{\"key\":\"AuthorizationKey\",\"value\":\"Ab01ff\"}]",
          "[2,\"1\",\"ChangeConfiguration\",{\"key\":\"AuthorizationKey\",\"value\":\"000000\"}]" },
        { "[2,\"1\",\"X\",{\"connectionData\":{\"basicAuthPassword\":\"Open se\u00e7ame-7\"}}]",
          "[2,\"1\",\"X\",{\"connectionData\":{\"basicAuthPassword\":\"xx0x_x0__0x0_0\"}}]" },
        { "[2,\"1\",\"GetDiagnostics\",{\"location\":\"ftp://ada:s3cr:t@h/ ftp://b:c1@h\"}]",
          "[2,\"1\",\"GetDiagnostics\",{\"location\":\"ftp://ada:x00x_x@h/ ftp://b:00@h\"}]" },
        { "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\",\"data\":{\"key\":\"ab01\",\"epoch\":1}}]",
          "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\",\"data\":{\"key\":\"0000\",\"epoch\":1}}]" },
        { "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\",\"data\":\"{\\\"key\\\":\\\"ab01\\\"}\"}]",
          "[2,\"1\",\"DataTransfer\",{\"messageId\":\"MarkKey\",\"data\":\"{\\\"key\\\":\\\"0000\\\"}\"}]" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *replaced = secrets_replace(cases[i].frame, strlen(cases[i].frame));
        assert_string_equal(replaced, cases[i].replaced);
        free(replaced);
    }
    assert_null(secrets_replace("[3,\"1\",{}]", 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_found_wherever_its_name_stands),
        cmocka_unit_test(a_secret_whose_name_is_spelled_with_escapes_is_found),
        cmocka_unit_test(a_frame_that_names_a_secret_and_cannot_be_read_is_not_kept),
        cmocka_unit_test(a_frame_without_a_secret_is_kept_as_it_is),
        cmocka_unit_test(a_stand_in_is_of_the_same_length_and_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
