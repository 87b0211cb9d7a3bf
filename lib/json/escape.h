/* escape.h: one backslash escape of a JSON string, read by the scan and by the comparison of member names. */
#ifndef OCPP_LIB_JSON_ESCAPE_H
#define OCPP_LIB_JSON_ESCAPE_H

#include <ocpp/types.h>

/* ocpp_json_escape: reads the escape at |text| (a backslash; |size| bytes are there) as one character; a pair of surrogates is
 * one escape. |*length| is how long it is. Errors: OCPP_ERR_NOT_JSON, OCPP_ERR_NUL for \u0000, OCPP_ERR_UTF8 for a surrogate
 * without its other half. */
enum ocpp_status ocpp_json_escape(const char *text, size_t size, uint32_t *character, size_t *length);

#endif
