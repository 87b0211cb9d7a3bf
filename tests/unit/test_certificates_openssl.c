/* The certificates of a station from message to file: a charge point with keys and certificates over OpenSSL, a central system
 * whose CA is the openssl command line. */
#include <ocpp/adapters.h>

#include "certificate_world.h"
#include "openssl_shell.h"
#include "scratch.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usual[] = "keyUsage=critical,digitalSignature";

struct real_world {
    struct certificate_world *all;
    struct ocpp_crypto *crypto;
    char pki[256];
    char keys[300];
};

static struct real_world real;

static void open_crypto(void)
{
    char reason[256] = "";
    const enum ocpp_status status = ocpp_crypto_openssl_open(real.keys, NULL, &real.crypto, reason, sizeof(reason));
    if (status != OCPP_OK) {
        fail_msg("%s", reason);
    }
    real.all->world->settings.crypto = real.crypto;
}

/* An empty folder of keys, a CA "root", a CA "sub" below it, a stranger "other"; the station is accepted. */
static void begin(enum ocpp_version version)
{
    scratch_make(real.pki, sizeof(real.pki));
    snprintf(real.keys, sizeof(real.keys), "%s/keys", real.pki);
    make_ca(real.pki, "root", "");
    make_ca(real.pki, "other", "");
    make_leaf(real.pki, "sub", "root", 3000,
              "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign");
    real.all = certificates_new();
    real.all->world->central_utc_ms = ((int64_t)time(NULL) + 3600) * 1000; /* what the CA signs now is valid already */
    open_crypto();
    world_power_on(real.all->world);
    world_connect(real.all->world, version);
}

static void end(void)
{
    certificates_free(real.all);
    ocpp_crypto_openssl_close(real.crypto);
    scratch_remove(real.pki);
}

static const char *install_file(const char *use, const char *name)
{
    char file[64];
    snprintf(file, sizeof(file), "%s.pem", name);
    char *pem = read_whole(real.pki, file, NULL);
    const char *status = install(real.all, use, pem);
    free(pem);
    return status;
}

/* The request that was sent last becomes station.csr, and |out|.pem what |issuer| makes of it. */
static void sign_last(const char *issuer, const char *out, int days, const char *extensions)
{
    const char *csr = last_request(real.all);
    write_whole(real.pki, "station.csr", csr, strlen(csr));
    sign_request(real.pki, "station.csr", issuer, out, days, extensions);
}

/* The files, divided by spaces, as one chain. */
static const char *send_files(const char *names)
{
    shell(real.pki, "cat %s >chain.pem", names);
    char *chain = read_whole(real.pki, "chain.pem", NULL);
    const char *status = send_chain(real.all, chain);
    free(chain);
    return status;
}

/* --- the whole way
 * ---------------------------------------------------------------------------------------------------------------- */

/* TC_074_CS; TC_A_11_CS; A02.FR.03, FR.06, FR.08, FR.10; A00.FR.507; M05.FR.02; M03.FR.04. */
static void a_station_gets_a_root_a_certificate_and_the_next_one(void **state)
{
    char line[256];
    begin(*(enum ocpp_version *)*state);
    assert_string_equal(install_file("CSMSRootCertificate", "root"), "Accepted");
    assert_int_equal(installed(real.all, "CSMSRootCertificate"), 1);
    for (int round = 0; round < 2; round++) {
        assert_string_equal(order_certificate(real.all), "Accepted");
        sign_last("sub", "leaf", 300, usual);
        shell(real.pki, "openssl req -in station.csr -verify -noout");
        shell_says(line, sizeof(line), real.pki, "openssl req -in station.csr -noout -subject -nameopt RFC2253");
        assert_string_equal(line, "subject=CN=SN-1,O=Operator");
        assert_string_equal(send_files("leaf.pem sub.pem"), "Accepted");
        with_link(real.all, OCPP_NEWEST, OCPP_NEWEST);
        assert_in_range(own_end(real.all), central_now(real.all) + 299LL * DAY_MS, central_now(real.all) + 301LL * DAY_MS);
    }
    shell_says(line, sizeof(line), real.pki, "ls keys | grep -c pending || true");
    assert_string_equal(line, "0");
    end();
}

/* A02.FR.17: the power goes, and comes back with the same key. */
static void a_request_outlives_a_restart(void **state)
{
    begin(*(enum ocpp_version *)*state);
    install_file("CSMSRootCertificate", "root");
    order_certificate(real.all);
    sign_last("root", "leaf", 300, usual);
    world_power_off(real.all->world);
    ocpp_crypto_openssl_close(real.crypto);
    open_crypto();
    world_power_back(real.all->world, 10);
    world_connect(real.all->world, real.all->world->version);
    assert_string_equal(send_files("leaf.pem"), "Accepted");
    end();
}

/* --- what is wrong
 * ------------------------------------------------------------------------------------------------------------------ */

struct wrong {
    enum ocpp_certificate_fault fault;
    const char *issuer;
    const char *script; /* run in the folder of the CA, leaves wrong.pem; NULL: the issuer signs as usual */
};

/* TC_077_CS; TC_A_14_CS; A02.FR.06, FR.07; A00.FR.501 to FR.504. */
static void what_is_wrong_is_refused_and_told(void **state)
{
    static const struct wrong wrongs[] = {
        { OCPP_CERTIFICATE_NO_ROOT, "other", NULL },
        { OCPP_CERTIFICATE_NO_ROOT, "sub", NULL }, /* and sub.pem is not sent */
        { OCPP_CERTIFICATE_WRONG_KEY, "root",
          "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.csr -subj "
          "/O=Operator/CN=SN-1; "
          "openssl x509 -req -in x.csr -CA root.pem -CAkey root.key -days 30 -out wrong.pem" },
        { OCPP_CERTIFICATE_WEAK, "root",
          "openssl req -new -newkey rsa:1024 -nodes -keyout x.key -out x.csr -subj /O=Operator/CN=SN-1; "
          "openssl x509 -req -in x.csr -CA root.pem -CAkey root.key -days 30 -out wrong.pem" },
        { OCPP_CERTIFICATE_WEAK, "root",
          "openssl x509 -req -sha1 -in station.csr -CA root.pem -CAkey root.key -days 30 -out wrong.pem" },
        { OCPP_CERTIFICATE_UNREADABLE, "root",
          "openssl x509 -req -in station.csr -CA root.pem -CAkey root.key -days 30 -out x.pem; "
          "head -c 300 x.pem >wrong.pem" },
        { OCPP_CERTIFICATE_UNREADABLE, "root", "echo no certificate >wrong.pem" },
    };
    begin(*(enum ocpp_version *)*state);
    install_file("CSMSRootCertificate", "root");
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        char event[160];
        order_certificate(real.all);
        sign_last(wrongs[i].issuer, "wrong", 30, usual);
        if (wrongs[i].script != NULL) {
            shell(real.pki, "%s", wrongs[i].script);
        }
        real.all->events[0] = '\0';
        assert_string_equal(send_files("wrong.pem"), "Rejected");
        snprintf(event, sizeof(event), "InvalidChargingStationCertificate: %s;", ocpp_certificate_fault_words(wrongs[i].fault));
        assert_string_equal(real.all->events, event);
        assert_int_equal(own_end(real.all), OCPP_UTC_UNKNOWN);
    }
    sign_last("root", "leaf", 30, usual);
    assert_string_equal(send_files("leaf.pem"), "Accepted"); /* the key still stands */
    end();
}

/* A02.FR.06: dates are those of the central system's clock. */
static void a_certificate_that_has_expired_is_refused(void **state)
{
    begin(*(enum ocpp_version *)*state);
    install_file("CSMSRootCertificate", "root");
    order_certificate(real.all);
    sign_last("root", "leaf", 1, usual);
    world_pass(real.all->world, 3 * 86400);
    assert_string_equal(send_files("leaf.pem"), "Rejected");
    assert_non_null(strstr(real.all->events, ocpp_certificate_fault_words(OCPP_CERTIFICATE_EXPIRED)));
    end();
}

/* --- roots
 * -------------------------------------------------------------------------------------------------------------------------- */

/* TC_076_CS; TC_M_20_CS; TC_M_07_CS; M04.FR.02, FR.04; M05.FR.07: by the names that the station itself gives. */
static void a_root_is_deleted_by_the_name_the_station_gives(void **state)
{
    static char payload[1024];
    begin(*(enum ocpp_version *)*state);
    assert_string_equal(install_file("ManufacturerRootCertificate", "other"), "Accepted");
    make_leaf(real.pki, "leaf", "root", 30, usual);
    assert_string_equal(install_file("ManufacturerRootCertificate", "leaf"), "Rejected");
    assert_int_equal(installed(real.all, "ManufacturerRootCertificate"), 1);
    const char *answer = real.all->world->answer;
    const char *from = strstr(answer, "{\"hashAlgorithm\"");
    assert_non_null(from);
    snprintf(payload, sizeof(payload), "{'certificateHashData':%.*s}", (int)(strchr(from, '}') + 1 - from), from);
    assert_string_equal(value_of(central_asks(real.all->world, "DeleteCertificate", payload), "status"), "Accepted");
    assert_string_equal(value_of(central_asks(real.all->world, "DeleteCertificate", payload), "status"), "NotFound");
    assert_int_equal(installed(real.all, "ManufacturerRootCertificate"), -1);
    end();
}

/* TC_M_09_CS; TC_M_30_CS; M05.FR.10 to FR.13, with a new root that the old one signed. */
static void one_root_follows_another(void **state)
{
    begin(*(enum ocpp_version *)*state);
    world_power_off(real.all->world);
    real.all->settings.additional_root_check = true;
    world_power_on(real.all->world);
    world_connect(real.all->world, *(enum ocpp_version *)*state);
    assert_string_equal(install_file("CSMSRootCertificate", "root"), "Accepted");
    assert_string_equal(install_file("CSMSRootCertificate", "other"), "Rejected");
    make_leaf(real.pki, "next", "root", 3000, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign");
    assert_string_equal(install_file("CSMSRootCertificate", "next"), "Accepted");
    assert_int_equal(installed(real.all, "CSMSRootCertificate"), 2);
    with_link(real.all, OCPP_NEWEST, OCPP_NEWEST);
    assert_int_equal(installed(real.all, "CSMSRootCertificate"), 1);
    end();
}

int main(void)
{
    if (!openssl_is_there()) {
        return 77;
    }
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_station_gets_a_root_a_certificate_and_the_next_one),
        IN_EACH_VERSION(a_request_outlives_a_restart),
        IN_EACH_VERSION(what_is_wrong_is_refused_and_told),
        IN_EACH_VERSION(a_certificate_that_has_expired_is_refused),
        IN_EACH_VERSION(a_root_is_deleted_by_the_name_the_station_gives),
        IN_EACH_VERSION(one_root_follows_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
