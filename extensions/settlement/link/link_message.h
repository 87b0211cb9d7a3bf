/* link_message.h: what stands inside of the encryption: kind (1), then
 *
 *     Proof     JSON of a Proof
 *     Request   id (26), length of the name (1), name, JSON
 *     Answer    id (26), JSON of the response
 *     Refusal   id (26), JSON of a Refusal (messages.model)
 *     Push      length of the name (1), name, JSON
 */
#ifndef SETTLE_LINK_MESSAGE_H
#define SETTLE_LINK_MESSAGE_H

#include <ocpp/message.h>
#include <ocpp/settlement/id.h>

enum link_message_kind { LINK_PROOF = 1, LINK_REQUEST, LINK_ANSWER, LINK_REFUSAL, LINK_PUSH };

/* link_message: texts are borrowed; those that a kind has not are empty. */
struct link_message {
    enum link_message_kind kind;
    char id[OCPP_SETTLE_ID_SIZE];
    const char *name; /* |name_size| bytes */
    size_t name_size;
    const char *text; /* JSON, |size| bytes */
    size_t size;
};

enum { LINK_HEAD_LIMIT = 1 + 26 + 1 + 64 };

/* link_message_head: what stands before the JSON; its size. |name| is at most 64 bytes. */
size_t link_message_head(enum link_message_kind kind, const char *id, const char *name, unsigned char head[LINK_HEAD_LIMIT]);

/* link_message_read: false: no message. */
bool link_message_read(const unsigned char *bytes, size_t size, struct link_message *message);

#endif
