/* scan_number.h: the numbers of a JSON text. */
#ifndef OCPP_LIB_JSON_SCAN_NUMBER_H
#define OCPP_LIB_JSON_SCAN_NUMBER_H

#include <ocpp/types.h>

/* ocpp_json_scan_number: moves |*at|, which stands on a minus or a digit, behind the number.
 * Errors: OCPP_ERR_NOT_JSON, |*at| is the byte that broke it; OCPP_ERR_NUMBER_RANGE, |*at| is where the number starts. */
enum ocpp_status ocpp_json_scan_number(const char **at, const char *end);

#endif
