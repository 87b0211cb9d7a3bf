/* peer_address.c: addresses, networks, and what proxies say. */
#include "peer_address.h"

#include "unit.h"

#include <string.h>

static const char *read_and_print(const char *text)
{
    static char printed[PEER_TEXT_SIZE];
    struct ocpp_peer_address address;

    if (!ocpp_peer_read(&address, text, strlen(text)))
        return NULL;
    ocpp_peer_print(&address, printed);
    return printed;
}

static void addresses_are_read_with_and_without_brackets_and_ports(void **state)
{
    static const char *const rows[][2] = {
        { "192.0.2.7", "192.0.2.7" },
        { "192.0.2.7:80", "192.0.2.7" },
        { "2001:db8::7", "2001:db8::7" },
        { "[2001:db8::7]", "2001:db8::7" },
        { "[2001:db8::7]:443", "2001:db8::7" },
        { "::ffff:192.0.2.7", "192.0.2.7" },
        { "2001:0DB8:0:0::0007", "2001:db8::7" },
    };
    static const char *const none[] = { "",
                                        "unknown",
                                        "_hidden",
                                        "192.0.2",
                                        "192.0.2.256",
                                        "[192.0.2.7",
                                        "2001:db8::7::1",
                                        "[]",
                                        "0123456789012345678901234567890123456789012345678901234567890123456789" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(read_and_print(rows[i][0]), rows[i][1]);
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_null(read_and_print(none[i]));
}

static bool is_in(const char *address_text, const char *network_text)
{
    struct ocpp_peer_address address;
    struct ocpp_peer_network network;

    assert_true(ocpp_peer_read(&address, address_text, strlen(address_text)));
    assert_true(ocpp_peer_network_read(&network, network_text));
    return ocpp_peer_is_in(&address, &network, 1);
}

static void networks_hold_the_addresses_that_begin_like_them(void **state)
{
    static const char *const none[] = { "",     "192.0.2.0/",    "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/-1", "192.0.2.0/8x",
                                        "host", "192.0.2.0/0000" };
    struct ocpp_peer_network network;

    (void)state;
    assert_true(is_in("192.0.2.7", "192.0.2.7"));
    assert_false(is_in("192.0.2.8", "192.0.2.7"));
    assert_true(is_in("192.0.2.255", "192.0.2.0/24"));
    assert_false(is_in("192.0.3.0", "192.0.2.0/24"));
    assert_true(is_in("10.31.255.255", "10.16.0.0/12"));
    assert_false(is_in("10.32.0.0", "10.16.0.0/12"));
    assert_true(is_in("203.0.113.9", "0.0.0.0/0"));
    assert_false(is_in("2001:db8::1", "0.0.0.0/0"));
    assert_true(is_in("2001:db8:ffff::1", "2001:db8::/32"));
    assert_false(is_in("2001:db9::1", "2001:db8::/32"));
    assert_true(is_in("192.0.2.7", "::/0"));
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(ocpp_peer_network_read(&network, none[i]));
}

static void ipv6_counts_by_64_bits(void **state)
{
    struct ocpp_peer_address a, b, c;

    (void)state;
    assert_true(ocpp_peer_read(&a, "2001:db8:1:2:3::1", 17));
    assert_true(ocpp_peer_read(&b, "2001:db8:1:2:ffff::9", 20));
    assert_true(ocpp_peer_read(&c, "192.0.2.7", 9));
    a = ocpp_peer_host(&a);
    b = ocpp_peer_host(&b);
    assert_memory_equal(&a, &b, sizeof a);
    b = ocpp_peer_host(&c);
    assert_memory_equal(&b, &c, sizeof b);
}

static void this_machine_is_known(void **state)
{
    struct ocpp_peer_address address;

    (void)state;
    assert_true(ocpp_peer_read(&address, "127.9.9.9", 9) && ocpp_peer_is_loopback(&address));
    assert_true(ocpp_peer_read(&address, "::1", 3) && ocpp_peer_is_loopback(&address));
    assert_true(ocpp_peer_read(&address, "128.0.0.1", 9) && !ocpp_peer_is_loopback(&address));
    assert_true(ocpp_peer_read(&address, "::2", 3) && !ocpp_peer_is_loopback(&address));
}

/* "address scheme" with - for what is not known. */
static const char *forwarded(bool rfc7239, const char *header)
{
    static char told[PEER_TEXT_SIZE + 8];
    struct ocpp_peer_network proxies[2];
    struct ocpp_forwarded read = { .known = false };

    assert_true(ocpp_peer_network_read(&proxies[0], "10.0.0.0/8"));
    assert_true(ocpp_peer_network_read(&proxies[1], "2001:db8::/32"));
    if (rfc7239)
        ocpp_forwarded_read(&read, header, proxies, 2);
    else
        ocpp_forwarded_read_for(&read, header, proxies, 2);
    strcpy(told, "-");
    if (read.known)
        ocpp_peer_print(&read.address, told);
    strcat(told, !read.has_scheme ? " -" : read.is_https ? " https" : " http");
    return told;
}

static void the_first_from_the_right_that_is_no_proxy_is_the_peer(void **state)
{
    (void)state;
    assert_string_equal(forwarded(false, "192.0.2.7"), "192.0.2.7 -");
    assert_string_equal(forwarded(false, "6.6.6.6, 192.0.2.7"), "192.0.2.7 -");
    assert_string_equal(forwarded(false, "6.6.6.6 ,192.0.2.7, 10.1.1.1,2001:db8::5"), "192.0.2.7 -");
    assert_string_equal(forwarded(false, "10.1.1.1"), "10.1.1.1 -");
    assert_string_equal(forwarded(false, "6.6.6.6, nobody, 10.1.1.1"), "10.1.1.1 -");
    assert_string_equal(forwarded(false, "6.6.6.6, nobody"), "- -");
    assert_string_equal(forwarded(false, "6.6.6.6,"), "6.6.6.6 -");
    assert_string_equal(forwarded(false, ""), "- -");
    assert_string_equal(forwarded(false, ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,192.0.2.7,10.1.1.1"), "192.0.2.7 -");
}

/* Whoever stands in front of a proxy writes the left of the header: no quote of his may hide what the proxy wrote. */
static void a_quote_of_a_strangers_hides_no_address(void **state)
{
    (void)state;
    assert_string_equal(forwarded(false, "\"6.6.6.6, 192.0.2.7"), "192.0.2.7 -");
    assert_string_equal(forwarded(false, "\"\\, 192.0.2.7, 10.1.1.1"), "192.0.2.7 -");
    assert_string_equal(forwarded(true, "for=\"6.6.6.6, for=192.0.2.7;proto=http"), "192.0.2.7 http");
    assert_string_equal(forwarded(true, "for=\"x\\, for=\"192.0.2.7:80\";proto=http, for=\"[2001:db8::5]\""), "192.0.2.7 http");
    assert_string_equal(forwarded(true, "for=6.6.6.6, for=192.0.2.7;by=\"a,\\\",b\""), "192.0.2.7 -");
}

static void elements_of_forwarded_are_told_apart_by_rfc_7239(void **state)
{
    (void)state;
    assert_string_equal(forwarded(true, "for=192.0.2.7"), "192.0.2.7 -");
    assert_string_equal(forwarded(true, "For=\"[2001:db9::7]:99\"; proto=HTTPS ;by=10.0.0.1"), "2001:db9::7 https");
    assert_string_equal(forwarded(true, "for=6.6.6.6;proto=https, for=192.0.2.7;proto=http"), "192.0.2.7 http");
    assert_string_equal(forwarded(true, "for=192.0.2.7;proto=https, for=10.0.0.1;proto=http"), "192.0.2.7 https");
    assert_string_equal(forwarded(true, "for=\"x, for=6.6.6.6;\\\",\", for=192.0.2.7"), "192.0.2.7 -");
    assert_string_equal(forwarded(true, "for=_gateway;proto=https"), "- https");
    assert_string_equal(forwarded(true, "xfor=6.6.6.6;fo=1;for"), "- -");
    assert_string_equal(forwarded(true, "for=6.6.6.6, proto=https"), "- https");
    assert_string_equal(forwarded(true, "for=\"192.0.2.7"), "- -");
    assert_string_equal(forwarded(true, "proto=ftp;for=192.0.2.7"), "192.0.2.7 -");
}

static void the_scheme_is_the_first_word(void **state)
{
    static const struct {
        const char *header;
        bool known, https;
    } rows[] = { { "https", true, true }, { "HTTP", true, false }, { "wss, http", true, true },
                 { "ws", true, false },   { "", false, false },    { "gopher", false, false } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ocpp_forwarded read = { .known = false };
        ocpp_forwarded_read_scheme(&read, rows[i].header);
        assert_int_equal(read.has_scheme, rows[i].known);
        assert_int_equal(read.is_https, rows[i].https);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_with_and_without_brackets_and_ports),
        cmocka_unit_test(networks_hold_the_addresses_that_begin_like_them),
        cmocka_unit_test(ipv6_counts_by_64_bits),
        cmocka_unit_test(this_machine_is_known),
        cmocka_unit_test(the_first_from_the_right_that_is_no_proxy_is_the_peer),
        cmocka_unit_test(a_quote_of_a_strangers_hides_no_address),
        cmocka_unit_test(elements_of_forwarded_are_told_apart_by_rfc_7239),
        cmocka_unit_test(the_scheme_is_the_first_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
