/* time_parse.h: times as chargers in the field write them, for the lenient decoder. The strict reader is ocpp_time_parse(). */
#ifndef OCPP_LIB_TIME_PARSE_H
#define OCPP_LIB_TIME_PARSE_H

#include <ocpp/types.h>

/* ocpp_time_quirks: where a text left RFC 3339. Bits of their own: this floor knows no OCPP word. */
enum ocpp_time_quirks {
    OCPP_TIME_SHORT_OFFSET = 1, /* +02 or +0200 for +02:00 */
    OCPP_TIME_NO_ZONE = 2,      /* read as UTC */
    OCPP_TIME_NO_SECONDS = 4    /* 12:30 for 12:30:00 */
};

/* ocpp_time_parse_lenient: as ocpp_time_parse(), and accepts the quirks above; |*quirks_used| gets those that were needed, 0 when
 * the text is RFC 3339.
 * Errors: OCPP_ERR_DATE_TIME, nothing is written. */
OCPP_MUST_USE enum ocpp_status ocpp_time_parse_lenient(const char *text, size_t size, int64_t *utc_ms, unsigned *quirks_used);

#endif
