/* convert.h: what a message of one version says, in the struct another version has for it.
 *
 * Versions of one family give the same things the same names, so a member goes to the member of its name, a value of an
 * enumeration to the value of its name, whatever else changed: an enumeration that became open is a text, a number that
 * was an integer is rounded on the way back. What the other version has no member for is left out. Nothing is checked: the
 * walk that writes the result does that.
 */
#ifndef OCPP_LIB_CONVERT_H
#define OCPP_LIB_CONVERT_H

#include <ocpp/message.h>

/* ocpp_beyond: names an enumeration lacks and its user knows nevertheless. They have the numbers behind its last one. */
struct ocpp_beyond {
    const struct ocpp_enum *enumeration;
    const char *const *names; /* ended by NULL */
};

/* ocpp_beyond_name: the wire text of |value|, those behind the last one included; NULL for 0 and what has none. */
const char *ocpp_beyond_name(const struct ocpp_beyond *beyond, const struct ocpp_enum *enumeration, int value);

/* ocpp_message_convert: |message| of |from| as a fresh struct of |to| in |arena|, which borrows the texts of |message|.
 * |beyond| is ended by a row without enumeration; NULL: there is none.
 *
 * A value without counterpart becomes the general one of its enumeration ("Other"), else it is left out; what would say something
 * else without it (a sample whose measurand is unknown, a period whose limit is not given) is left out as an item of its list.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT of the arena; OCPP_ERR_VALUE what may not be left out stands in no list. */
enum ocpp_status ocpp_message_convert(const struct ocpp_type *from, const void *message, const struct ocpp_type *to,
                                      const struct ocpp_beyond *beyond, struct ocpp_arena *arena, const void **converted);

#endif
