/* link_message.c: see link_message.h. */
#include "link_message.h"

#include <string.h>

enum { ID_LENGTH = OCPP_SETTLE_ID_SIZE - 1 };

static bool has_id(enum link_message_kind kind)
{
    return kind == LINK_REQUEST || kind == LINK_ANSWER || kind == LINK_REFUSAL;
}

static bool has_name(enum link_message_kind kind)
{
    return kind == LINK_REQUEST || kind == LINK_PUSH;
}

size_t link_message_head(enum link_message_kind kind, const char *id, const char *name, unsigned char head[LINK_HEAD_LIMIT])
{
    size_t size = 0;

    head[size++] = (unsigned char)kind;
    if (has_id(kind)) {
        memcpy(head + size, id, ID_LENGTH);
        size += ID_LENGTH;
    }
    if (has_name(kind)) {
        const size_t length = strlen(name);

        head[size++] = (unsigned char)length;
        memcpy(head + size, name, length);
        size += length;
    }
    return size;
}

bool link_message_read(const unsigned char *bytes, size_t size, struct link_message *message)
{
    size_t at = 1;

    if (size < 1 || bytes[0] < LINK_PROOF || bytes[0] > LINK_PUSH) {
        return false;
    }
    *message = (struct link_message){ .kind = (enum link_message_kind)bytes[0], .name = "" };
    if (has_id(message->kind)) {
        if (size < at + ID_LENGTH) {
            return false;
        }
        memcpy(message->id, bytes + at, ID_LENGTH);
        at += ID_LENGTH;
    }
    if (has_name(message->kind)) {
        if (size < at + 1 || size < at + 1 + bytes[at]) {
            return false;
        }
        message->name = (const char *)bytes + at + 1;
        message->name_size = bytes[at];
        at += 1 + message->name_size;
    }
    message->text = (const char *)bytes + at;
    message->size = size - at;
    return !has_id(message->kind) || ocpp_settle_id_is_valid(message->id);
}
