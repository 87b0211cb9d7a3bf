/* What a handshake proves: certificate and password by the rules of block A, in every combination. And passwords at rest. */
#include <ocpp/admission.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char password[] = "a \0 byte";

static enum ocpp_admission_verdict check_password(const void *shown, size_t size, void *user)
{
    const bool *overloaded = user;
    if (overloaded && *overloaded)
        return OCPP_ADMISSION_OVERLOADED;
    return size == sizeof password - 1 && memcmp(shown, password, size) == 0 ? OCPP_ADMISSION_ACCEPT
                                                                             : OCPP_ADMISSION_UNAUTHORIZED;
}

/* --- who comes ------------------------------------------------------------------------------------------------------------ */

static struct ocpp_client_certificate certificate_of(const char *name, const char *organization)
{
    struct ocpp_client_certificate certificate = { .subject = "", .issuer = "" };
    (void)snprintf(certificate.info.common_name, sizeof certificate.info.common_name, "%s", name);
    (void)snprintf(certificate.info.organization, sizeof certificate.info.organization, "%s", organization);
    return certificate;
}

static struct ocpp_handshake comes(bool tls, const struct ocpp_client_certificate *certificate)
{
    return (
        struct ocpp_handshake){ .identity = "CP1", .path = "/ocpp/CP1", .address = "", .tls = tls, .certificate = certificate };
}

static struct ocpp_handshake shows(bool tls, const char *user, const char *secret, size_t size)
{
    struct ocpp_handshake handshake = comes(tls, NULL);
    handshake.has_basic = true;
    handshake.basic_user = user;
    handshake.basic_password = secret;
    handshake.basic_password_size = size;
    return handshake;
}

static void is_admitted(struct ocpp_handshake handshake, struct ocpp_admission_rules rules, enum ocpp_security_profile profile)
{
    const struct ocpp_admission admission = ocpp_admission_check(&handshake, &rules);
    assert_int_equal(admission.verdict, OCPP_ADMISSION_ACCEPT);
    assert_int_equal(admission.security_profile, profile);
}

static void is_refused(struct ocpp_handshake handshake, struct ocpp_admission_rules rules, enum ocpp_admission_verdict verdict,
                       const char *reason)
{
    const struct ocpp_admission admission = ocpp_admission_check(&handshake, &rules);
    assert_int_equal(admission.verdict, verdict);
    assert_string_equal(admission.reason, reason);
    assert_int_equal(admission.security_profile, OCPP_SECURITY_NONE);
}

/* --- passwords ------------------------------------------------------------------------------------------------------------- */

/* A00.FR.202, FR.204, FR.207, FR.324. The user name is the identity, in full and in its case; the password may hold any byte. */
static void a_password_proves_profile_1_or_2_with_the_identity_as_its_name(void **state)
{
    (void)state;
    const struct ocpp_admission_rules rules = { .check_password = check_password };
    const size_t size = sizeof password - 1;
    is_admitted(shows(false, "CP1", password, size), rules, OCPP_SECURITY_BASIC);
    is_admitted(shows(true, "CP1", password, size), rules, OCPP_SECURITY_TLS);
    static const char *const others[] = { "", "CP2", "cp1", "CP1 ", "CP11", "C" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        is_refused(shows(true, others[i], password, size), rules, OCPP_ADMISSION_UNAUTHORIZED, "a wrong name or password");
    is_refused(shows(true, "CP1", password, size - 1), rules, OCPP_ADMISSION_UNAUTHORIZED, "a wrong name or password");
    is_refused(shows(true, "CP1", "", 0), rules, OCPP_ADMISSION_UNAUTHORIZED, "a wrong name or password");
    is_refused(comes(true, NULL), rules, OCPP_ADMISSION_UNAUTHORIZED, "no password");
}

static void a_password_that_nobody_asks_for_proves_nothing(void **state)
{
    (void)state;
    is_admitted(shows(true, "CP1", password, 5), (struct ocpp_admission_rules){ .lowest_profile = OCPP_SECURITY_NONE },
                OCPP_SECURITY_NONE);
    is_admitted(comes(false, NULL), (struct ocpp_admission_rules){ .serial_number = "S" }, OCPP_SECURITY_NONE);
    is_refused(shows(true, "CP1", password, 5), (struct ocpp_admission_rules){ .lowest_profile = OCPP_SECURITY_BASIC },
               OCPP_ADMISSION_FORBIDDEN, "below the security profile it has to have");
}

static void a_host_that_cannot_check_a_password_now_puts_the_station_off(void **state)
{
    (void)state;
    bool overloaded = true;
    const struct ocpp_admission_rules rules = { .check_password = check_password, .user = &overloaded };
    is_refused(shows(true, "CP1", password, sizeof password - 1), rules, OCPP_ADMISSION_OVERLOADED,
               "too many passwords to check");
}

/* A05.FR.07, A00.FR.002. */
static void a_station_that_proves_less_than_it_has_to_is_refused(void **state)
{
    (void)state;
    struct ocpp_admission_rules rules = { .check_password = check_password, .lowest_profile = OCPP_SECURITY_TLS };
    const size_t size = sizeof password - 1;
    is_admitted(shows(true, "CP1", password, size), rules, OCPP_SECURITY_TLS);
    is_refused(shows(false, "CP1", password, size), rules, OCPP_ADMISSION_FORBIDDEN, "below the security profile it has to have");
    rules.lowest_profile = OCPP_SECURITY_CERTIFICATE;
    is_refused(shows(true, "CP1", password, size), rules, OCPP_ADMISSION_FORBIDDEN, "below the security profile it has to have");
}

/* --- certificates ---------------------------------------------------------------------------------------------------------- */

/* A00.FR.405, FR.511: the serial number, in any case; without a registered one, or where that is wanted, the identity. */
static void a_certificate_proves_profile_3_when_it_names_the_station(void **state)
{
    (void)state;
    const struct ocpp_client_certificate serial = certificate_of("SERIAL-1", "O"), small = certificate_of("serial-1", "O"),
                                         identity = certificate_of("CP1", "O"), folded = certificate_of("cp1", "O"),
                                         none = certificate_of("", "O");
    const struct ocpp_admission_rules unknown = { .serial_number = NULL }, known = { .serial_number = "SERIAL-1" },
                                      both = { .serial_number = "SERIAL-1", .common_name_is_identity = true };
    const char *const other = "its certificate is another station's";
    is_admitted(comes(true, &serial), known, OCPP_SECURITY_CERTIFICATE);
    is_admitted(comes(true, &small), known, OCPP_SECURITY_CERTIFICATE);
    is_admitted(comes(true, &identity), unknown, OCPP_SECURITY_CERTIFICATE);
    is_admitted(comes(true, &identity), both, OCPP_SECURITY_CERTIFICATE);
    is_refused(comes(true, &identity), known, OCPP_ADMISSION_FORBIDDEN, other);
    is_refused(comes(true, &serial), unknown, OCPP_ADMISSION_FORBIDDEN, other);
    is_refused(comes(true, &serial), both, OCPP_ADMISSION_FORBIDDEN, other);
    is_refused(comes(true, &folded), unknown, OCPP_ADMISSION_FORBIDDEN, other);
    is_refused(comes(true, &none), known, OCPP_ADMISSION_FORBIDDEN, other);
    is_refused(comes(true, &none), (struct ocpp_admission_rules){ .serial_number = "" }, OCPP_ADMISSION_FORBIDDEN, other);
}

/* A00.FR.404: the operator, or who he trusts. */
static void a_certificate_of_another_organization_is_refused(void **state)
{
    (void)state;
    static const char *const trusted[] = { "Operator", "Maker" };
    const struct ocpp_admission_rules rules = { .organizations = trusted, .organization_count = 2 };
    static const struct {
        const char *organization;
        bool is_trusted;
    } owners[] = { { "Operator", true }, { "Maker", true }, { "operator", false }, { "Operator2", false }, { "", false } };
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        const struct ocpp_client_certificate certificate = certificate_of("CP1", owners[i].organization);
        if (owners[i].is_trusted)
            is_admitted(comes(true, &certificate), rules, OCPP_SECURITY_CERTIFICATE);
        else
            is_refused(comes(true, &certificate), rules, OCPP_ADMISSION_FORBIDDEN,
                       "its certificate belongs to another organization");
    }
}

/* A00.FR.429. */
static void an_expired_certificate_is_for_those_who_were_told(void **state)
{
    (void)state;
    struct ocpp_client_certificate certificate = certificate_of("CP1", "O");
    certificate.has_expired = true;
    is_refused(comes(true, &certificate), (struct ocpp_admission_rules){ .lowest_profile = 0 }, OCPP_ADMISSION_FORBIDDEN,
               "its certificate has expired");
    is_admitted(comes(true, &certificate), (struct ocpp_admission_rules){ .may_have_expired = true }, OCPP_SECURITY_CERTIFICATE);
}

/* B01.FR.11: what the boot has to tell goes with the certificate only. */
static void the_serial_number_is_expected_of_boots_with_profile_3(void **state)
{
    (void)state;
    const struct ocpp_client_certificate certificate = certificate_of("SERIAL-1", "O");
    const struct ocpp_admission_rules rules = { .serial_number = "SERIAL-1", .check_password = check_password };
    const struct ocpp_handshake with = comes(true, &certificate), without = shows(true, "CP1", password, sizeof password - 1);
    assert_string_equal(ocpp_admission_check(&with, &rules).serial_number, "SERIAL-1");
    assert_null(ocpp_admission_check(&without, &rules).serial_number);
}

/* A station that is still to be migrated may have a certificate of its maker: its password counts, and counts as profile 2. */
static void a_password_decides_where_the_certificate_is_somebody_elses(void **state)
{
    (void)state;
    const struct ocpp_client_certificate other = certificate_of("SERIAL-2", "O"), own = certificate_of("SERIAL-1", "O");
    struct ocpp_admission_rules rules = { .serial_number = "SERIAL-1", .check_password = check_password };
    struct ocpp_handshake handshake = shows(true, "CP1", password, sizeof password - 1);
    handshake.certificate = &other;
    is_admitted(handshake, rules, OCPP_SECURITY_TLS);
    handshake.basic_password_size = 2;
    is_refused(handshake, rules, OCPP_ADMISSION_UNAUTHORIZED, "a wrong name or password");
    handshake.certificate = &own; /* with profile 3 no password is looked at */
    is_admitted(handshake, rules, OCPP_SECURITY_CERTIFICATE);
    handshake.certificate = &other;
    handshake.basic_password_size = sizeof password - 1;
    rules.check_password = NULL;
    is_refused(handshake, rules, OCPP_ADMISSION_FORBIDDEN, "its certificate is another station's");
}

/* --- at rest ---------------------------------------------------------------------------------------------------------------- */

static void a_hashed_password_matches_itself_alone(void **state)
{
    (void)state;
    char one[OCPP_SECRET_SIZE], two[OCPP_SECRET_SIZE];
    assert_true(ocpp_secret_hash(password, sizeof password - 1, one));
    assert_true(ocpp_secret_hash(password, sizeof password - 1, two));
    assert_string_not_equal(one, two); /* each has its own salt */
    assert_true(ocpp_secret_matches(one, password, sizeof password - 1));
    assert_true(ocpp_secret_matches(two, password, sizeof password - 1));
    assert_false(ocpp_secret_matches(one, password, sizeof password - 2));
    assert_false(ocpp_secret_matches(one, "", 0));
    assert_null(strstr(one, "byte"));
}

static void a_text_that_is_no_hash_matches_nothing(void **state)
{
    (void)state;
    char hashed[OCPP_SECRET_SIZE], spoilt[OCPP_SECRET_SIZE];
    assert_true(ocpp_secret_hash("", 0, hashed));
    assert_true(ocpp_secret_matches(hashed, "", 0));
    static const char *const texts[] = {
        "", "scrypt", "scrypt$1024$8$1$$", "plain", "scrypt$0$0$0$00$00", "scrypt$4294967295$8$1$00$00"
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(ocpp_secret_matches(texts[i], "", 0));
    for (size_t size = strlen(hashed); size-- > 0;) { /* cut anywhere */
        memcpy(spoilt, hashed, size);
        spoilt[size] = '\0';
        assert_false(ocpp_secret_matches(spoilt, "", 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_proves_profile_1_or_2_with_the_identity_as_its_name),
        cmocka_unit_test(a_password_that_nobody_asks_for_proves_nothing),
        cmocka_unit_test(a_host_that_cannot_check_a_password_now_puts_the_station_off),
        cmocka_unit_test(a_station_that_proves_less_than_it_has_to_is_refused),
        cmocka_unit_test(a_certificate_proves_profile_3_when_it_names_the_station),
        cmocka_unit_test(a_certificate_of_another_organization_is_refused),
        cmocka_unit_test(an_expired_certificate_is_for_those_who_were_told),
        cmocka_unit_test(the_serial_number_is_expected_of_boots_with_profile_3),
        cmocka_unit_test(a_password_decides_where_the_certificate_is_somebody_elses),
        cmocka_unit_test(a_hashed_password_matches_itself_alone),
        cmocka_unit_test(a_text_that_is_no_hash_matches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
