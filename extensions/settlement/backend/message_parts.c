/* message_parts.c: a walk over the members of a message, for the one that has a type. */
#include "message_parts.h"

#include <stddef.h>

/* Where a required struct of |part| stands in a message of |type|; SIZE_MAX: nowhere. */
static size_t offset_of(const struct ocpp_type *type, const struct ocpp_type *part)
{
    for (size_t i = 0; type && i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];

        if (member->kind == OCPP_MEMBER_STRUCT && member->detail == part && (member->flags & OCPP_MEMBER_REQUIRED) &&
            !(member->flags & OCPP_MEMBER_LIST)) {
            return member->offset;
        }
    }
    return SIZE_MAX;
}

const struct ocpp_settle_envelope *message_envelope(const struct ocpp_type *type, const void *message)
{
    const size_t offset = offset_of(type, &ocpp_settle_envelope_type);

    return offset == SIZE_MAX ? NULL : (const void *)((const char *)message + offset);
}

const struct ocpp_settle_receipt *message_receipt(const struct ocpp_type *type, const void *message)
{
    const size_t offset = offset_of(type, &ocpp_settle_receipt_type);

    return offset == SIZE_MAX ? NULL : (const void *)((const char *)message + offset);
}

struct ocpp_settle_receipt *message_receipt_to_fill(const struct ocpp_type *type, void *message)
{
    const size_t offset = offset_of(type, &ocpp_settle_receipt_type);

    return offset == SIZE_MAX ? NULL : (void *)((char *)message + offset);
}
