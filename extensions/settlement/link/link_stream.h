/* link_stream.h: whole messages over frames that may be lost, repeated and mixed up: numbered frames, taken in order only,
 * acknowledged by the number that is expected next; what is not acknowledged in time is sent again. Both sides of a session have
 * one; it outlives connections.
 */
#ifndef SETTLE_LINK_STREAM_H
#define SETTLE_LINK_STREAM_H

#include "link_frame.h"

#include <ocpp/types.h>

enum {
    LINK_NUMBER_SIZE = 3,   /* kind and number before the bytes of a part */
    LINK_ACK_EVERY = 4,     /* frames in order, at the latest */
    LINK_BACK_OFF_MOST = 3, /* doublings */
    LINK_PART_LIMIT = LINK_CONTENT_LIMIT - LINK_NUMBER_SIZE
};

/* link_parcel: a message that is being sent, encrypted. */
struct link_parcel {
    struct link_parcel *next;
    size_t size;
    unsigned char bytes[];
};

struct link_stream_settings {
    const struct ocpp_allocator *allocator;
    size_t frame_bytes; /* of the session */
    size_t max_bytes;   /* of a message that comes */
    unsigned window;
    int64_t resend_ms;
    int attempts;
};

struct link_stream {
    struct link_stream_settings settings;
    /* What leaves. The frame |base| is the first that was not acknowledged, at |base_at| of the first parcel. */
    struct link_parcel *first;
    size_t parcels;
    size_t base_at;
    uint16_t base;
    unsigned on_way;  /* frames from |base| on that were sent at least once */
    unsigned cursor;  /* the next to send, counted from |base|; before |on_way| it is sent again */
    unsigned allowed; /* up to here; one alone after a time-out */
    bool went_back;   /* for this |base| already, because frames were missing */
    bool is_quiet;    /* nobody answered: nothing is sent until somebody speaks */
    int tries;
    int64_t since_ms; /* the last thing that gave hope */
    uint32_t repeated;
    /* What comes. */
    uint16_t expected;
    unsigned unacknowledged;
    bool owes_ack;
    unsigned char *bytes; /* of the message that is coming */
    size_t size;
    size_t room;
};

void link_stream_start(struct link_stream *stream, const struct link_stream_settings *settings);
void link_stream_end(struct link_stream *stream);

/* link_stream_parcel: memory for a message of |size| bytes, to be filled and queued, or dropped. NULL: there is none. */
struct link_parcel *link_stream_parcel(const struct link_stream *stream, size_t size);
void link_stream_queue(struct link_stream *stream, struct link_parcel *parcel, int64_t now_ms);
void link_stream_drop(const struct link_stream *stream, struct link_parcel *parcel);

/* link_stream_acknowledged: the other side expects |number| next. False: that was never sent; the sides do not speak of the same
 * any more (somebody put frames of their own among them), and the session cannot go on. */
bool link_stream_acknowledged(struct link_stream *stream, uint16_t number, int64_t now_ms);

/* link_stream_rouse: somebody came back who expects |number|: what is not acknowledged is sent again at once. False: as above. */
bool link_stream_rouse(struct link_stream *stream, uint16_t number, int64_t now_ms);

/* link_stream_hush: nobody is there. */
void link_stream_hush(struct link_stream *stream);

/* What a part that came was. */
enum link_part {
    LINK_PART_TAKEN,   /* in order; more is to come */
    LINK_PART_LAST,    /* the message is whole, in |bytes|, |size| of them: then link_stream_taken(), or link_stream_untaken() */
    LINK_PART_OTHER,   /* known, or not its turn */
    LINK_PART_NO_ROOM, /* no memory: as if it had not come */
    LINK_PART_TOO_LONG /* no message is so long */
};

/* link_stream_part: a content of |size| bytes, LINK_MORE or LINK_LAST. */
enum link_part link_stream_part(struct link_stream *stream, const unsigned char *content, size_t size);

/* link_stream_taken: the message was heard. link_stream_untaken: it could not be; its last frame did not come. */
void link_stream_taken(struct link_stream *stream);
void link_stream_untaken(struct link_stream *stream, size_t last_part);

/* link_stream_next: the content of the next frame that wants to leave; 0: none does. */
size_t link_stream_next(struct link_stream *stream, int64_t now_ms, unsigned char content[LINK_CONTENT_LIMIT]);

int64_t link_stream_deadline(const struct link_stream *stream);

/* link_stream_advance: sends again what took too long. False: it has become quiet now. */
bool link_stream_advance(struct link_stream *stream, int64_t now_ms);

#endif
