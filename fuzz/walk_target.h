/* walk_target.h: what the targets over the message walkers share: which message the bytes stand for, and what must hold of it.
 *
 * An input begins with the index of the action and whether it is an answer; the rest is the text of the payload.
 */
#ifndef OCPP_FUZZ_WALK_TARGET_H
#define OCPP_FUZZ_WALK_TARGET_H

#include "target.h"

#include <ocpp/message.h>

struct fuzz_payload {
    const struct ocpp_type *type; /* NULL: the bytes name no message, there is nothing to do */
    const char *text;
    size_t size;
};

/* fuzz_payload_of: the message of |version| that |size| bytes of |data| name. */
struct fuzz_payload fuzz_payload_of(enum ocpp_version version, const uint8_t *data, size_t size);

/* fuzz_version: a version of the first byte. */
enum ocpp_version fuzz_version(uint8_t byte);

/* fuzz_demand: aborts where |holds| is false: a find. */
void fuzz_demand(bool holds);

/* fuzz_decode: reads the input as a message of |version|; what is accepted can be checked, copied and printed. */
int fuzz_decode(enum ocpp_version version, const uint8_t *data, size_t size);

#endif
