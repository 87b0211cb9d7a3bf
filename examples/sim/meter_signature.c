/* meter_signature.c: OCMF text, in base64 as 2.x wants it. */
#include "meter_signature.h"

#include <inttypes.h>
#include <ocpp/types.h>
#include <stdio.h>
#include <string.h>

static void encode(const char *text, char *base64)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);

    for (size_t at = 0; at < size; at += 3) {
        size_t left = size - at;
        unsigned bits = (unsigned)(unsigned char)text[at] << 16 | (left > 1 ? (unsigned)(unsigned char)text[at + 1] << 8 : 0) |
                        (left > 2 ? (unsigned char)text[at + 2] : 0);
        *base64++ = digits[bits >> 18];
        *base64++ = digits[bits >> 12 & 63];
        *base64++ = left > 1 ? digits[bits >> 6 & 63] : '=';
        *base64++ = left > 2 ? digits[bits & 63] : '=';
    }
    *base64 = '\0';
}

void meter_signature_make(struct meter_signature *signature, const char *serial, int64_t wh, int64_t utc_ms)
{
    char time[OCPP_TIME_TEXT_SIZE] = "";
    char text[METER_SIGNATURE_SIZE / 4 * 3 - 3];

    (void)ocpp_time_format(utc_ms, time);
    if (strlen(time) == 24) { /* 2026-01-02T03:04:05.678Z becomes 2026-01-02T03:04:05,678+0000 */
        time[19] = ',';
        time[23] = '\0';
    }
    snprintf(text, sizeof text,
             "OCMF|{\"FV\":\"1.0\",\"GI\":\"ocpp-sim\",\"MS\":\"%s\",\"PG\":\"T1\",\"RD\":[{\"TM\":\"%s+0000 S\",\"RV\":%" PRId64
             ".%03d,\"RI\":\"1-b:1.8.0\",\"RU\":\"kWh\",\"ST\":\"G\"}]}|{\"SD\":\"\"}",
             serial, time, wh / 1000, (int)(wh % 1000));
    encode(text, signature->data);
    signature->value =
        (struct ocpp_signed_value){ .data = signature->data, .signing_method = "", .encoding_method = "OCMF", .public_key = "" };
}
