/* Signed meter values in OCMF: reading them, and whether they prove a bill. Signatures are made by the openssl command line, on
 * every curve OCMF names; the records of real meters that stand beside the checkout are checked too, where they are.
 */
#include "openssl_shell.h"
#include "scratch.h"
#include "unit.h"

#include <ocpp/adapters.h>
#include <ocpp/ocmf.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_QUIRKS (OCPP_OCMF_TEXT_VALUE | OCPP_OCMF_RAW_SIGNATURE | OCPP_OCMF_UNSIGNED | OCPP_OCMF_SPACE_BEFORE)
#define SIGNATURE  "{\"SD\":\"3006020101020102\"}"

static char folder[256];
static struct ocpp_crypto *crypto;
static struct ocpp_ocmf_record records[8];
static enum ocpp_ocmf_fault fault;

static enum ocpp_status parse(const char *text, unsigned quirks)
{
    fault = OCPP_OCMF_GOOD;
    return ocpp_ocmf_parse(text, strlen(text), quirks, &records[0], &fault);
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static const char example[] =
    "OCMF|{ \"FV\": \"1.4\", \"GI\": \"x\", \"GS\": \"808829900001\", \"PG\": \"T12345\", \"MS\": \"BQ27400330016\", \"IS\": "
    "true,\n"
    " \"ID\": \"1F2D3A4F5506C7\", \"CI\": \"DE*ABC*E1\", \"RD\": [\n"
    " {\"TM\":\"2018-07-24T13:22:04,000+0200 "
    "S\",\"TX\":\"B\",\"RV\":2935.600,\"RI\":\"01-0B:01.08.00*FF\",\"RU\":\"kWh\",\"EF\":\"\",\"ST\":\"G\"},\n"
    " {\"TM\":\"2018-07-24T13:26:04,250+0200 I\",\"TX\":\"E\",\"RV\":2965.100},\n"
    " {\"RV\":1,\"RI\":\"other\",\"RU\":\"sec\",\"EF\":\"Et\",\"ST\":\"M\"},\n"
    " {\"EF\":\"\"} ] }|" SIGNATURE;

static void a_record_is_read_with_what_readings_take_over_filled_in(void **state)
{
    const struct ocpp_ocmf_record *record = &records[0];
    int64_t utc_ms;
    (void)state;
    assert_int_equal(parse(example, 0), OCPP_OK);
    assert_string_equal(record->format_version, "1.4");
    assert_string_equal(record->gateway_serial, "808829900001");
    assert_string_equal(record->meter_serial, "BQ27400330016");
    assert_string_equal(record->token, "1F2D3A4F5506C7");
    assert_string_equal(record->point, "DE*ABC*E1");
    assert_int_equal(record->context, 'T');
    assert_int_equal(record->page, 12345);
    assert_int_equal(record->curve, OCPP_CURVE_SECP256R1);
    assert_int_equal(record->quirks, 0);
    assert_int_equal(record->reading_count, 4);
    const struct ocpp_ocmf_reading *begin = &record->readings[0];
    const struct ocpp_ocmf_reading *end = &record->readings[1];
    assert_int_equal(ocpp_time_parse("2018-07-24T11:22:04Z", 20, &utc_ms), OCPP_OK);
    assert_int_equal(begin->utc_ms, utc_ms);
    assert_int_equal(end->utc_ms, utc_ms + 240250);
    assert_int_equal(begin->reason, 'B');
    assert_int_equal(end->reason, 'E');
    assert_int_equal(begin->time_status, 'S');
    assert_int_equal(end->time_status, 'I');
    assert_int_equal(ocpp_decimal_compare(begin->value, OCPP_DECIMAL(29356, 1)), 0);
    assert_string_equal(end->identification, "01-0B:01.08.00*FF");
    assert_string_equal(end->unit, "kWh");
    assert_int_equal(end->status, 'G');
    assert_true(record->readings[2].is_energy_bad && record->readings[2].is_time_bad);
    assert_int_equal(record->readings[2].status, 'M');
    assert_false(record->readings[3].has_value); /* only an error is told */
    assert_int_equal(record->readings[3].reason, 'E');
}

static void the_payload_is_the_bytes_between_the_bars_as_they_stand(void **state)
{
    (void)state;
    assert_int_equal(parse(example, 0), OCPP_OK);
    assert_ptr_equal(records[0].payload, example + 5);
    assert_int_equal(records[0].payload[records[0].payload_size - 1], '}');
    assert_int_equal(records[0].payload[records[0].payload_size], '|');
}

#define RECORD(general, reading) "OCMF|{\"PG\":\"T1\"" general ",\"RD\":[" reading "]}|" SIGNATURE
#define READING(more)            "{\"TM\":\"2018-07-24T13:22:04,000+0200 S\",\"RV\":1,\"ST\":\"G\"" more "}"

static void what_is_no_record_is_refused_for_its_reason(void **state)
{
    static const struct {
        const char *text;
        enum ocpp_ocmf_fault fault;
    } bad[] = {
        { "", OCPP_OCMF_NOT_OCMF },
        { "OCMF", OCPP_OCMF_NOT_OCMF },
        { "OCMF|{}", OCPP_OCMF_NOT_OCMF },
        { "ocmf|{}|{}", OCPP_OCMF_NOT_OCMF },
        { " " RECORD("", READING("")), OCPP_OCMF_NOT_OCMF },
        { RECORD("", READING("")) "|", OCPP_OCMF_NOT_OCMF },
        { RECORD(",\"GI\":\"a|b\"", READING("")), OCPP_OCMF_NOT_OCMF },
        { "OCMF|[]|" SIGNATURE, OCPP_OCMF_NOT_JSON },
        { "OCMF|{|" SIGNATURE, OCPP_OCMF_NOT_JSON },
        { "OCMF||", OCPP_OCMF_NOT_JSON },
        { RECORD(",\"PG\":\"T2\"", READING("")), OCPP_OCMF_NOT_JSON }, /* which of the two was signed? */
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|[]", OCPP_OCMF_NOT_JSON },
        { "OCMF|{\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":1,\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"X1\",\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T\",\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T01\",\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T1a\",\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T9999999999999999999\",\"RD\":[" READING("") "]}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T1\"}|" SIGNATURE, OCPP_OCMF_MEMBER },
        { RECORD("", ""), OCPP_OCMF_MEMBER },
        { RECORD("", "1"), OCPP_OCMF_MEMBER },
        { RECORD(",\"MS\":7", READING("")), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"RV\":1,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200 S\",\"RV\":1}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04.000+0200 S\",\"RV\":1,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200 Q\",\"RV\":1,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-13-24T13:22:04,000+0200 S\",\"RV\":1,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200\",\"RV\":1,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", READING(",\"TX\":\"Z\"")), OCPP_OCMF_MEMBER },
        { RECORD("", READING(",\"TX\":\"BE\"")), OCPP_OCMF_MEMBER },
        { RECORD("", READING(",\"EF\":\"Q\"")), OCPP_OCMF_MEMBER },
        { RECORD("", READING(",\"RU\":\"kilowatthours\"")), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200 S\",\"RV\":\"1\",\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200 S\",\"RV\":null,\"ST\":\"G\"}"), OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{}", OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":1}", OCPP_OCMF_MEMBER },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"3006020101020102\",\"SA\":\"none\"}", OCPP_OCMF_ALGORITHM },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"3006020101020102\",\"SE\":\"raw\"}", OCPP_OCMF_ALGORITHM },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"3006020101020102\",\"SM\":\"text/plain\"}",
          OCPP_OCMF_ALGORITHM },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"3006020101020102\",\"SE\":\"base64\"}", OCPP_OCMF_SIGNATURE },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"\"}", OCPP_OCMF_SIGNATURE },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"30060201010201\"}", OCPP_OCMF_SIGNATURE },
        { "OCMF|{\"PG\":\"T1\",\"RD\":[" READING("") "]}|{\"SD\":\"xyz\"}", OCPP_OCMF_SIGNATURE },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(parse(bad[i].text, 0), OCPP_ERR_VALUE);
        if (fault != bad[i].fault)
            fail_msg("%s: %s", bad[i].text, ocpp_ocmf_fault_words(fault));
    }
    assert_int_equal(parse(RECORD("", READING("")), 0), OCPP_OK);
    for (int i = 0; i < OCPP_OCMF_FAULT_COUNT; i++)
        assert_string_not_equal(ocpp_ocmf_fault_words((enum ocpp_ocmf_fault)i), "?");
    assert_string_equal(ocpp_ocmf_fault_words((enum ocpp_ocmf_fault)99), "?");
}

static void records_beyond_the_bounds_are_refused(void **state)
{
    char *text = calloc(1, OCPP_OCMF_SIZE + 1000);
    (void)state;
    assert_non_null(text);
    strcpy(text, "OCMF|{\"PG\":\"T1\",\"RD\":[" READING(""));
    for (int i = 1; i < OCPP_OCMF_READINGS; i++)
        strcat(text, ",{\"RV\":1}");
    const size_t length = strlen(text);
    strcat(text, "]}|" SIGNATURE);
    assert_int_equal(parse(text, 0), OCPP_OK);
    assert_int_equal(records[0].reading_count, OCPP_OCMF_READINGS);
    strcpy(text + length, ",{}]}|" SIGNATURE);
    assert_int_equal(parse(text, 0), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_OCMF_TOO_LARGE);
    memset(text, ' ', OCPP_OCMF_SIZE + 1);
    memcpy(text, "OCMF|", 5);
    assert_int_equal(parse(text, 0), OCPP_ERR_VALUE);
    assert_int_equal(fault, OCPP_OCMF_TOO_LARGE);
    free(text);
}

static void what_real_meters_do_wrong_is_taken_by_name_and_told(void **state)
{
    static const char text_value[] =
        RECORD("", "{\"TM\":\"2018-07-24T13:22:04,000+0200 S\",\"RV\":\"   0009.038\",\"ST\":\"G\"}");
    static const char spaces[] = "\n  " RECORD("", READING("")) "\r\n";
    (void)state;
    assert_int_equal(parse(text_value, OCPP_OCMF_TEXT_VALUE), OCPP_OK);
    assert_int_equal(ocpp_decimal_compare(records[0].readings[0].value, OCPP_DECIMAL(9038, 3)), 0);
    assert_int_equal(records[0].quirks, OCPP_OCMF_TEXT_VALUE);
    assert_int_equal(parse(spaces, 0), OCPP_ERR_VALUE);
    assert_int_equal(parse(spaces, OCPP_OCMF_SPACE_BEFORE), OCPP_OK);
    assert_int_equal(records[0].quirks, OCPP_OCMF_SPACE_BEFORE);
    assert_int_equal(records[0].payload[0], '{');
}

/* --- signatures
 * ------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *openssl;
    size_t block;
} curves[] = {
    { "secp192k1", "secp192k1", 48 },
    { "secp256k1", "secp256k1", 64 },
    { "secp192r1", "prime192v1", 48 },
    { "secp256r1", "prime256v1", 64 },
    { "brainpool256r1", "brainpoolP256r1", 64 },
    { "secp384r1", "secp384r1", 96 },
    { "brainpool384r1", "brainpoolP384r1", 96 },
};

/* A record about |payload|, in record.ocmf, signed on |curve|; its key in key.hex and key.b64. |encoding| is how: hex or base64.
 */
static char *sign(const char *payload, const char *curve, const char *openssl, const char *encoding)
{
    write_whole(folder, "payload", payload, strlen(payload));
    shell(folder,
          "openssl ecparam -name %s -genkey -noout -out m.key; openssl ec -in m.key -pubout -outform DER -out m.der; "
          "openssl dgst -sha256 -sign m.key -out sig payload; od -An -v -tx1 m.der >key.hex; openssl base64 -in m.der >key.b64; "
          "{ printf 'OCMF|'; cat payload; printf '|{\"SA\":\"ECDSA-%s-SHA256\",\"SE\":\"%s\",\"SD\":\"'; "
          "if [ %s = hex ]; then od -An -v -tx1 sig | tr -d ' \\n'; else openssl base64 -A -in sig; fi; printf '\"}'; } "
          ">record.ocmf",
          openssl, curve, encoding, encoding);
    return read_whole(folder, "record.ocmf", NULL);
}

static enum ocpp_certificate_fault verify_with(const char *key_file, const struct ocpp_ocmf_record *record)
{
    unsigned char bytes[200];
    struct ocpp_public_key key;
    enum ocpp_certificate_fault found = OCPP_CERTIFICATE_GOOD;
    char *text = read_whole(folder, key_file, NULL);
    assert_int_equal(ocpp_ocmf_key(text, strlen(text), record, bytes, sizeof bytes, &key), OCPP_OK);
    free(text);
    const enum ocpp_status status = ocpp_ocmf_verify(record, &key, crypto, &found);
    assert_int_equal(status, found == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE);
    return found;
}

#define PAYLOAD "{\"PG\":\"T1\", \"GS\":\"g\" ,\"RD\":[" READING("") "]}"

static void a_record_verifies_on_every_curve_in_either_encoding_and_no_byte_may_change(void **state)
{
    static const char *const encodings[] = { "hex", "base64" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        for (size_t k = 0; k < COUNT_OF(encodings); k++) {
            char *text = sign(PAYLOAD, curves[i].name, curves[i].openssl, encodings[k]);
            assert_int_equal(parse(text, 0), OCPP_OK);
            assert_int_equal(verify_with("key.hex", &records[0]), OCPP_CERTIFICATE_GOOD);
            assert_int_equal(verify_with("key.b64", &records[0]), OCPP_CERTIFICATE_GOOD);
            char *space = strchr(text, ' ');
            memmove(space, space + 1, strlen(space)); /* the same JSON, and another text */
            assert_int_equal(parse(text, 0), OCPP_OK);
            assert_int_equal(verify_with("key.hex", &records[0]), OCPP_CERTIFICATE_BAD_SIGNATURE);
            free(text);
        }
    }
}

static void a_key_on_another_curve_than_the_record_names_is_refused(void **state)
{
    (void)state;
    char *text = sign(PAYLOAD, "secp256k1", "prime256v1", "hex");
    assert_int_equal(parse(text, 0), OCPP_OK);
    assert_int_equal(verify_with("key.hex", &records[0]), OCPP_CERTIFICATE_UNREADABLE);
    const struct ocpp_public_key elsewhere = { .curve = OCPP_CURVE_SECP384R1 };
    enum ocpp_certificate_fault found;
    assert_int_equal(ocpp_ocmf_verify(&records[0], &elsewhere, crypto, &found), OCPP_ERR_VALUE);
    assert_int_equal(found, OCPP_CERTIFICATE_UNREADABLE);
    free(text);
}

/* The two numbers of the signature, as long as the curve. */
static void numbers_of(const unsigned char *der, size_t block, char *hex)
{
    const unsigned char *at = der + 2;
    hex[0] = '\0';
    for (int n = 0; n < 2; n++) {
        size_t size = at[1];
        const unsigned char *number = at + 2;
        at += 2 + size;
        for (; size > block / 2; size--)
            number++;
        for (size_t i = size; i < block / 2; i++)
            strcat(hex, "00");
        for (size_t i = 0; i < size; i++)
            sprintf(hex + strlen(hex), "%02X", number[i]);
    }
}

static void two_numbers_instead_of_der_are_taken_where_that_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        char hex[200];
        char raw[700];
        char *text = sign(PAYLOAD, curves[i].name, curves[i].openssl, "hex");
        assert_int_equal(parse(text, 0), OCPP_OK);
        numbers_of(records[0].signature, curves[i].block, hex);
        snprintf(raw, sizeof raw, "OCMF|" PAYLOAD "|{\"SA\":\"ECDSA-%s-SHA256\",\"SD\":\"%s\"}", curves[i].name, hex);
        assert_int_equal(parse(raw, 0), OCPP_ERR_VALUE);
        assert_int_equal(fault, OCPP_OCMF_SIGNATURE);
        assert_int_equal(parse(raw, OCPP_OCMF_RAW_SIGNATURE), OCPP_OK);
        assert_int_equal(records[0].quirks, OCPP_OCMF_RAW_SIGNATURE);
        assert_int_equal(verify_with("key.hex", &records[0]), OCPP_CERTIFICATE_GOOD);
        free(text);
    }
}

/* DER of two numbers of |size| bytes each, without the zero that keeps a number from being negative. */
static void unsigned_der(const char *hex, char *der)
{
    const size_t half = strlen(hex) / 2;
    sprintf(der, "30%02zX02%02zX%.*s02%02zX%s", half + 4, half / 2, (int)half, hex, half / 2, hex + half);
}

static void numbers_without_a_sign_are_taken_where_that_is_allowed(void **state)
{
    bool was_negative = false;
    (void)state;
    for (int i = 0; i < 40 && !was_negative; i++) { /* three signatures in four have such a number */
        char hex[200];
        char der[220];
        char text[700];
        free(sign(PAYLOAD, "secp192r1", "prime192v1", "hex"));
        char *proper = read_whole(folder, "record.ocmf", NULL);
        assert_int_equal(parse(proper, 0), OCPP_OK);
        numbers_of(records[0].signature, 48, hex);
        unsigned_der(hex, der);
        snprintf(text, sizeof text, "OCMF|" PAYLOAD "|{\"SA\":\"ECDSA-secp192r1-SHA256\",\"SD\":\"%s\"}", der);
        was_negative = hex[0] >= '8' || hex[48] >= '8';
        assert_int_equal(parse(text, 0), was_negative ? OCPP_ERR_VALUE : OCPP_OK);
        assert_int_equal(parse(text, OCPP_OCMF_UNSIGNED), OCPP_OK);
        assert_int_equal(records[0].quirks, was_negative ? OCPP_OCMF_UNSIGNED : 0);
        if (was_negative)
            assert_int_equal(verify_with("key.hex", &records[0]), OCPP_CERTIFICATE_GOOD);
        free(proper);
    }
    assert_true(was_negative);
}

static void a_key_that_is_none_is_refused(void **state)
{
    unsigned char bytes[64];
    struct ocpp_public_key key;
    char *const long_text = calloc(1, 2001);
    (void)state;
    assert_non_null(long_text);
    memset(long_text, 'A', 2000);
    assert_int_equal(ocpp_ocmf_key("", 0, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_ocmf_key(" \n", 2, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_ocmf_key("ABC", 3, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_ocmf_key("!!!!", 4, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_ocmf_key(long_text, 200, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_ocmf_key(long_text, 2000, &records[0], bytes, sizeof bytes, &key), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_ocmf_key("AB cd", 5, &records[0], bytes, sizeof bytes, &key), OCPP_OK);
    assert_int_equal(key.form, OCPP_PUBLIC_KEY_POINT);
    assert_int_equal(key.size, 2);
    free(long_text);
}

/* --- bills
 * ------------------------------------------------------------------------------------------------------------------------- */

struct told {
    unsigned page;
    const char *second; /* of the time */
    const char *reason;
    const char *value;
    const char *more; /* of the record */
    const char *status;
};

static void tell(size_t index, struct told told)
{
    static char texts[8][600];
    snprintf(texts[index], sizeof texts[0],
             "OCMF|{\"PG\":\"T%u\",\"ID\":\"me\"%s,\"RD\":[{\"TM\":\"2018-07-24T13:22:%s,000+0000 S\",\"TX\":\"%s\",\"RV\":%s,"
             "\"RI\":\"1-0:1.8.0\",\"RU\":\"kWh\",\"ST\":\"%s\"}]}|" SIGNATURE,
             told.page, told.more != NULL ? told.more : ",\"GS\":\"g\",\"MS\":\"m\"", told.second, told.reason, told.value,
             told.status != NULL ? told.status : "G");
    assert_int_equal(ocpp_ocmf_parse(texts[index], strlen(texts[index]), 0, &records[index], &fault), OCPP_OK);
}

static struct ocpp_ocmf_bill bill;

static unsigned check(size_t count)
{
    assert_int_equal(ocpp_ocmf_check(records, count, NULL, NULL, &bill), OCPP_OK);
    return bill.wrong;
}

static void begin_and_end_that_follow_one_another_prove_the_energy(void **state)
{
    (void)state;
    tell(0, (struct told){ .page = 7, .second = "00", .reason = "B", .value = "0.2596" });
    tell(1, (struct told){ .page = 8, .second = "30", .reason = "C", .value = "3" });
    tell(2, (struct told){ .page = 9, .second = "59", .reason = "R", .value = "12.5" });
    assert_int_equal(check(3), 0);
    assert_int_equal(ocpp_decimal_compare(bill.energy_wh, OCPP_DECIMAL(122404, 1)), 0); /* 12,240.4 Wh */
    assert_string_equal(bill.identification, "1-0:1.8.0");
    assert_int_equal(bill.end_utc_ms - bill.begin_utc_ms, 59000);
    assert_string_equal(ocpp_ocmf_wrong_words(0), "");
}

static void what_is_wrong_with_a_transaction_is_told_with_its_record(void **state)
{
    static const struct {
        struct told told[3];
        unsigned wrong;
        size_t record;
    } cases[] = {
        { { { 1, "00", "C", "1", NULL, NULL }, { 2, "01", "C", "1", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_NO_BEGIN | OCPP_OCMF_NO_ENERGY,
          0 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "C", "1", NULL, NULL }, { 3, "02", "C", "2", NULL, NULL } },
          OCPP_OCMF_NO_END | OCPP_OCMF_NO_ENERGY,
          2 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 3, "01", "C", "1", NULL, NULL }, { 4, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_GAP,
          1 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 1, "01", "C", "1", NULL, NULL }, { 2, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_GAP,
          1 },
        { { { 1, "00", "B", "1", NULL, NULL },
            { 2, "01", "C", "1", NULL, NULL },
            { 3, "02", "E", "2", ",\"GS\":\"g\",\"MS\":\"n\"", NULL } },
          OCPP_OCMF_OTHER_METER,
          2 },
        { { { 1, "00", "B", "1", "", NULL }, { 2, "01", "C", "1", "", NULL }, { 3, "02", "E", "2", "", NULL } },
          OCPP_OCMF_OTHER_METER,
          0 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "C", "3", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_FELL,
          2 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "03", "C", "1", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_BACK_IN_TIME,
          2 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "C", "1", NULL, "M" }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_ERROR_STATE,
          1 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "X", "1", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_ERROR_STATE,
          1 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "E", "1", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_IN_BETWEEN,
          2 },
        { { { 1, "00", "B", "1", NULL, NULL }, { 2, "01", "B", "1", NULL, NULL }, { 3, "02", "E", "2", NULL, NULL } },
          OCPP_OCMF_IN_BETWEEN,
          1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t k = 0; k < 3; k++)
            tell(k, cases[i].told[k]);
        if (check(3) != cases[i].wrong || bill.wrong_record != cases[i].record)
            fail_msg("case %zu: %x in %zu: %s", i, bill.wrong, bill.wrong_record, ocpp_ocmf_wrong_words(bill.wrong));
    }
    for (unsigned bit = 1; bit <= OCPP_OCMF_IN_BETWEEN; bit <<= 1)
        assert_string_not_equal(ocpp_ocmf_wrong_words(bit), "");
}

static void a_record_of_another_person_or_outside_of_transactions_is_told(void **state)
{
    (void)state;
    tell(0, (struct told){ .page = 7, .second = "00", .reason = "B", .value = "1" });
    tell(1, (struct told){ .page = 8, .second = "30", .reason = "E", .value = "2" });
    strcpy(records[1].token, "you");
    assert_int_equal(check(2), OCPP_OCMF_OTHER_TOKEN);
    strcpy(records[1].token, "me");
    records[1].context = 'F';
    assert_int_equal(check(2), OCPP_OCMF_NOT_CHARGING);
}

static void no_records_or_too_many_or_half_a_key_is_no_question(void **state)
{
    const struct ocpp_public_key key = { .size = 0 };
    (void)state;
    tell(0, (struct told){ .page = 7, .second = "00", .reason = "B", .value = "1" });
    assert_int_equal(ocpp_ocmf_check(records, 0, NULL, NULL, &bill), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_ocmf_check(records, OCPP_OCMF_RECORDS + 1, NULL, NULL, &bill), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_ocmf_check(records, 1, &key, NULL, &bill), OCPP_ERR_ARGUMENT);
    records[0].reading_count = 0;
    assert_int_equal(ocpp_ocmf_check(records, 1, NULL, NULL, &bill), OCPP_ERR_ARGUMENT);
}

static void values_no_number_can_hold_are_no_energy(void **state)
{
    (void)state;
    tell(0, (struct told){ .page = 7, .second = "00", .reason = "B", .value = "1e-30" });
    tell(1, (struct told){ .page = 8, .second = "30", .reason = "E", .value = "1e15" });
    assert_int_equal(check(2), OCPP_OCMF_NO_ENERGY);
    tell(0, (struct told){ .page = 7, .second = "00", .reason = "B", .value = "-9e15" });
    records[0].readings[0].value = OCPP_DECIMAL(INT64_MIN, 0);
    records[1].readings[0].value = OCPP_DECIMAL(INT64_MAX, 0);
    assert_int_equal(check(2), OCPP_OCMF_NO_ENERGY);
}

static void a_bill_whose_signatures_do_not_verify_proves_nothing(void **state)
{
    unsigned char bytes[200];
    struct ocpp_public_key key;
    (void)state;
    char *text = sign("{\"PG\":\"T1\",\"GS\":\"g\",\"RD\":[{\"TM\":\"2018-07-24T13:22:00,000+0000 "
                      "S\",\"TX\":\"B\",\"RV\":1,\"RI\":\"1-0:1.8.0\","
                      "\"RU\":\"Wh\",\"ST\":\"G\"},{\"TX\":\"E\",\"RV\":5}]}",
                      "secp256r1", "prime256v1", "hex");
    assert_int_equal(parse(text, 0), OCPP_OK);
    char *key_text = read_whole(folder, "key.hex", NULL);
    assert_int_equal(ocpp_ocmf_key(key_text, strlen(key_text), &records[0], bytes, sizeof bytes, &key), OCPP_OK);
    assert_int_equal(ocpp_ocmf_check(records, 1, &key, crypto, &bill), OCPP_OK);
    assert_int_equal(bill.wrong, 0);
    assert_int_equal(ocpp_decimal_compare(bill.energy_wh, OCPP_DECIMAL(4, 0)), 0);
    *strstr(text, "\"RV\":5") = ' ';
    records[0].payload = text + 5;
    assert_int_equal(ocpp_ocmf_check(records, 1, &key, crypto, &bill), OCPP_OK);
    assert_int_equal(bill.wrong, OCPP_OCMF_NOT_SIGNED);
    free(key_text);
    free(text);
}

/* --- the records of real meters
 * -------------------------------------------------------------------------------------------------------- */

static const char reference[] = "../shared/money/ocmf";

struct counted {
    size_t good;
    size_t bad;
    size_t without_key;
};

/* What stands between the end of the tag that begins with |open| and |close|. NULL: there is none before |limit|. */
static char *between(char *text, const char *open, const char *close, const char *limit, char **behind)
{
    char *begin = strstr(text, open);
    if (begin == NULL || (limit != NULL && begin > limit))
        return NULL;
    begin = strchr(begin, '>') + 1;
    char *end = strstr(begin, close);
    if (end == NULL)
        return NULL;
    *end = '\0';
    *behind = end + 1;
    return begin;
}

static void count_record(const char *text, const char *key_text, struct counted *counted)
{
    unsigned char bytes[600];
    struct ocpp_public_key key;
    enum ocpp_certificate_fault found;
    if (ocpp_ocmf_parse(text, strlen(text), ALL_QUIRKS, &records[0], &fault) != OCPP_OK) {
        counted->bad++;
        return;
    }
    if (key_text == NULL) {
        counted->without_key++;
        return;
    }
    const bool is_good = ocpp_ocmf_key(key_text, strlen(key_text), &records[0], bytes, sizeof bytes, &key) == OCPP_OK &&
                         ocpp_ocmf_verify(&records[0], &key, crypto, &found) == OCPP_OK;
    counted->good += is_good;
    counted->bad += !is_good;
}

static struct counted count_file(const char *name)
{
    struct counted counted = { 0, 0, 0 };
    char *text = read_whole(reference, name, NULL);
    char *at = text;
    char *record;
    while ((record = between(at, "<signedData", "</signedData>", NULL, &at)) != NULL) {
        char *behind = at;
        char *key = between(at, "<publicKey", "</publicKey>", strstr(at, "<signedData"), &behind);
        if (key == NULL) { /* one file has its key as text at its end */
            const char *plain = strstr(at, "Public key:");
            key = plain != NULL ? (char *)(size_t)(plain + 11) : NULL;
        } else {
            at = behind;
        }
        count_record(record, key, &counted);
    }
    free(text);
    return counted;
}

static void records_of_real_meters_verify_and_forged_ones_do_not(void **state)
{
    static const struct {
        const char *name;
        struct counted counted;
    } files[] = {
        { "OCMF-receipt-template.xml", { 0, 1, 0 } }, /* no record in it */
        { "OCMF-receipt-template_with_publickey.xml", { 0, 1, 0 } },
        { "OCMF-receipt-with_publickey_and_data.xml", { 1, 0, 0 } },
        { "OCMF_Test_Data_00.xml", { 2, 0, 0 } },
        { "Ocmf_Example_OBIS_98.8.0_2.8.0.xml", { 1, 0, 0 } },
        { "VW_OCMF_load.xml", { 1, 0, 0 } },
        { "fromweb.xml", { 1, 0, 0 } },
        { "keba_test.xml", { 100, 0, 0 } },
        { "log4j_test2.xml", { 0, 1, 0 } }, /* a key that is none */
        { "log4j_test3.xml", { 0, 1, 0 } }, /* a signature that is none */
        { "measurements.xml", { 21, 0, 0 } },
        { "nistP384_0Wh.xml", { 2, 0, 0 } },
        { "ocmf-compleo-daten.xml", { 2, 0, 0 } },
        { "ocmf_sec.xml", { 2, 0, 0 } },
        { "signature_16955306_ALL.xml", { 0, 0, 2 } }, /* whose key is not there */
        { "test.xml", { 2, 0, 0 } },
        { "test_ocmf_ebee_02.xml", { 1, 1, 0 } }, /* the first was forged: it ends lower than it began */
        { "test_ocmf_keba_kcp30.xml", { 1, 0, 0 } },
        { "test_ocmf_keba_kcp30_fail.xml", { 0, 1, 0 } },
        { "test_ocmf_transaction_two_values.xml", { 2, 0, 0 } },
    };
    (void)state;
    DIR *there = opendir(reference);
    if (there == NULL) {
        fprintf(stderr, "skipped: no records of real meters in %s\n", reference);
        skip();
    }
    (void)closedir(there);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const struct counted counted = count_file(files[i].name);
        if (memcmp(&counted, &files[i].counted, sizeof counted) != 0)
            fail_msg("%s: %zu good, %zu bad, %zu without a key", files[i].name, counted.good, counted.bad, counted.without_key);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_with_what_readings_take_over_filled_in),
        cmocka_unit_test(the_payload_is_the_bytes_between_the_bars_as_they_stand),
        cmocka_unit_test(what_is_no_record_is_refused_for_its_reason),
        cmocka_unit_test(records_beyond_the_bounds_are_refused),
        cmocka_unit_test(what_real_meters_do_wrong_is_taken_by_name_and_told),
        cmocka_unit_test(a_record_verifies_on_every_curve_in_either_encoding_and_no_byte_may_change),
        cmocka_unit_test(a_key_on_another_curve_than_the_record_names_is_refused),
        cmocka_unit_test(two_numbers_instead_of_der_are_taken_where_that_is_allowed),
        cmocka_unit_test(numbers_without_a_sign_are_taken_where_that_is_allowed),
        cmocka_unit_test(a_key_that_is_none_is_refused),
        cmocka_unit_test(begin_and_end_that_follow_one_another_prove_the_energy),
        cmocka_unit_test(what_is_wrong_with_a_transaction_is_told_with_its_record),
        cmocka_unit_test(a_record_of_another_person_or_outside_of_transactions_is_told),
        cmocka_unit_test(no_records_or_too_many_or_half_a_key_is_no_question),
        cmocka_unit_test(values_no_number_can_hold_are_no_energy),
        cmocka_unit_test(a_bill_whose_signatures_do_not_verify_proves_nothing),
        cmocka_unit_test(records_of_real_meters_verify_and_forged_ones_do_not),
    };
    char store[300];
    if (!openssl_is_there())
        return 77;
    scratch_make(folder, sizeof folder);
    snprintf(store, sizeof store, "%s/store", folder);
    if (ocpp_crypto_openssl_open(store, NULL, &crypto, NULL, 0) != OCPP_OK)
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ocpp_crypto_openssl_close(crypto);
    scratch_remove(folder);
    return failed;
}
