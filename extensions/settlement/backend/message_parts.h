/* message_parts.h: the parts that messages have in common, found by their names in the model. */
#ifndef SETTLEMENT_MESSAGE_PARTS_H
#define SETTLEMENT_MESSAGE_PARTS_H

#include <ocpp/settlement/model.h>

/* message_envelope, message_receipt: NULL: a message of |type| has none. */
const struct ocpp_settle_envelope *message_envelope(const struct ocpp_type *type, const void *message);
const struct ocpp_settle_receipt *message_receipt(const struct ocpp_type *type, const void *message);

/* message_receipt_to_fill: of an answer that is made. */
struct ocpp_settle_receipt *message_receipt_to_fill(const struct ocpp_type *type, void *message);

#endif
