/* validate.c: the demands a table row makes on a value, asked by the decoder and the encoder alike, and the walk that only
 * checks.
 *
 * Everything here works on values; JSON is seen only for customData, which stays JSON in C.
 */
#include "decimal.h"
#include "text.h"
#include "walk.h"

#include <string.h>

enum { VENDOR_ID_MAX_LENGTH = 255 };

/* OCPP 1.6 writes multipleOf 0.1; a double sent by a peer is rarely exactly that. */
#define TENTHS_TOLERANCE OCPP_DECIMAL(1, 6)

bool ocpp_text_is_longer(const char *text, size_t max_length)
{
    if (max_length == 0)
        return false;
    const size_t bytes = strlen(text);
    return bytes > max_length && ocpp_text_count(text, bytes) > max_length;
}

bool ocpp_integer_in_range(const struct ocpp_member *member, int64_t integer)
{
    if ((member->flags & OCPP_MEMBER_MINIMUM) && integer < member->range.minimum)
        return false;
    return !(member->flags & OCPP_MEMBER_MAXIMUM) || integer <= member->range.maximum;
}

/* Whether |number| is a multiple of 0.1 but for a millionth. */
static bool is_tenths(struct ocpp_decimal number)
{
    if (number.scale <= 1)
        return true;
    int64_t rest = number.coefficient;
    if (number.scale <= 19) {
        const int64_t tenth = (int64_t)ocpp_power_of_ten((unsigned)number.scale - 1);
        rest %= tenth;
        if (rest < 0)
            rest += tenth;
        if (rest > tenth / 2)
            rest = tenth - rest;
    }
    if (rest < 0)
        rest = rest == INT64_MIN ? INT64_MAX : -rest;
    return ocpp_decimal_compare(OCPP_DECIMAL(rest, number.scale), TENTHS_TOLERANCE) <= 0;
}

bool ocpp_number_in_range(const struct ocpp_member *member, struct ocpp_decimal number)
{
    if ((member->flags & OCPP_MEMBER_MINIMUM) && ocpp_decimal_compare(number, OCPP_DECIMAL(member->range.minimum, 0)) < 0)
        return false;
    if ((member->flags & OCPP_MEMBER_MAXIMUM) && ocpp_decimal_compare(number, OCPP_DECIMAL(member->range.maximum, 0)) > 0)
        return false;
    return !(member->flags & OCPP_MEMBER_TENTHS) || is_tenths(number);
}

enum ocpp_status ocpp_check_custom(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node)
{
    if (ocpp_json_kind(node) != OCPP_JSON_OBJECT)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const struct ocpp_place here = { place, "vendorId", 0 };
    const struct ocpp_json *vendor_id = ocpp_json_member(node, here.name);
    if (vendor_id == NULL)
        return ocpp_walk_fail(walk, &here, OCPP_ERR_MISSING_MEMBER);
    if (ocpp_json_kind(vendor_id) != OCPP_JSON_STRING)
        return ocpp_walk_fail(walk, &here, OCPP_ERR_TYPE);
    if (ocpp_text_is_longer(ocpp_json_string(vendor_id), VENDOR_ID_MAX_LENGTH))
        return ocpp_walk_forgive(walk, &here, OCPP_QUIRK_OVERLONG_TEXT, OCPP_ERR_LENGTH);
    return OCPP_OK;
}

enum ocpp_status ocpp_message_validate(const struct ocpp_type *type, const void *message, struct ocpp_issue *issue)
{
    return ocpp_walk_encode(type, message, NULL, issue);
}
