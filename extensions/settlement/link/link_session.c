/* link_session.c: see link_session.h. */
#include "link_session.h"

#include <string.h>

void link_session_end(struct link_session *session)
{
    link_stream_end(&session->stream);
    ocpp_settle_wipe(session, sizeof *session);
}

enum ocpp_status link_session_say(struct link_session *session, const struct ocpp_settle_keys *keys, struct link_way *way,
                                  const struct link_words *words, int64_t now_ms)
{
    unsigned char head[LINK_HEAD_LIMIT];
    const size_t head_size = link_message_head(words->kind, words->id, words->name, head);
    const size_t size = head_size + words->size;
    struct link_parcel *parcel = link_stream_parcel(&session->stream, size + OCPP_SETTLE_SEAL_TAG_SIZE);

    if (parcel == NULL) {
        return OCPP_ERR_NOMEM;
    }
    memcpy(parcel->bytes, head, head_size);
    memcpy(parcel->bytes + head_size, words->text, words->size);
    const enum ocpp_status status = link_seal(keys, way, parcel->bytes, size);
    if (status != OCPP_OK) {
        ocpp_settle_wipe(parcel->bytes, size);
        link_stream_drop(&session->stream, parcel);
        return status;
    }
    link_stream_queue(&session->stream, parcel, now_ms);
    return OCPP_OK;
}

static enum link_heard open_message(struct link_session *session, const struct ocpp_settle_keys *keys, struct link_way *way,
                                    size_t last_part, struct ocpp_arena *arena, struct link_message *message)
{
    const struct link_stream *stream = &session->stream;
    unsigned char *plain = ocpp_arena_take(arena, stream->size + 1);
    const enum ocpp_status status = plain != NULL ? link_open(keys, way, stream->bytes, stream->size, plain) : OCPP_ERR_NOMEM;

    if (status == OCPP_ERR_SECURITY) {
        return LINK_HEARD_BROKEN;
    }
    if (status != OCPP_OK) {
        link_stream_untaken(&session->stream, last_part);
        return LINK_HEARD_NOTHING;
    }
    return link_message_read(plain, stream->size - OCPP_SETTLE_SEAL_TAG_SIZE, message) ? LINK_HEARD_MESSAGE : LINK_HEARD_BROKEN;
}

enum link_heard link_session_hear(struct link_session *session, const struct ocpp_settle_keys *keys, struct link_way *way,
                                  const unsigned char *content, size_t size, struct ocpp_arena *arena, int64_t now_ms,
                                  struct link_message *message)
{
    if (size < LINK_NUMBER_SIZE || (content[0] == LINK_ACK && size != LINK_NUMBER_SIZE)) {
        return LINK_HEARD_NOTHING;
    }
    session->heard_ms = now_ms;
    if (content[0] == LINK_ACK) {
        const bool is_sound =
            link_stream_acknowledged(&session->stream, (uint16_t)((unsigned)content[1] << 8 | content[2]), now_ms);
        return is_sound ? LINK_HEARD_NOTHING : LINK_HEARD_BROKEN;
    }
    if ((content[0] != LINK_MORE && content[0] != LINK_LAST) || size == LINK_NUMBER_SIZE) {
        return LINK_HEARD_NOTHING;
    }
    switch (link_stream_part(&session->stream, content, size)) {
    case LINK_PART_LAST:
        return open_message(session, keys, way, size - LINK_NUMBER_SIZE, arena, message);
    case LINK_PART_TOO_LONG:
        return LINK_HEARD_BROKEN;
    case LINK_PART_TAKEN:
    case LINK_PART_OTHER:
    case LINK_PART_NO_ROOM:
        break;
    }
    return LINK_HEARD_NOTHING;
}

void link_session_unheard(struct link_session *session, struct link_way *way, size_t size)
{
    way->count--;
    link_stream_untaken(&session->stream, size - LINK_NUMBER_SIZE);
}
