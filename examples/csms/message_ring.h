/* message_ring.h: the last frames of one station, both ways, as they were on the wire. The oldest make room for the newest.
 *
 * The ring grows with use up to its limit, and only while the budget that all rings share lasts; a frame that is larger than the
 * ring can take is kept as its beginning. It takes no lock: its owner does.
 */
#ifndef CSMS_MESSAGE_RING_H
#define CSMS_MESSAGE_RING_H

#include <ocpp/message.h>

#include <stdatomic.h>

enum { RING_MIN_BYTES = 512, RING_DEFAULT_BYTES = 32768, RING_MAX_BYTES = 1 << 20 };

/* ring_budget: how many bytes all rings may still grow by. */
struct ring_budget {
    _Atomic int64_t left;
};

struct message_ring {
    unsigned char *bytes;
    size_t capacity;
    size_t limit; /* how far it may grow; 0: RING_DEFAULT_BYTES */
    size_t start; /* offset of the oldest entry */
    size_t used;
    uint64_t next; /* number of the next message; the first is 1 */
    uint64_t kept; /* messages in the ring: next - kept is the oldest */
};

/* ring_message: one frame. Texts are terminated copies inside the reader's buffer. */
struct ring_message {
    uint64_t number;
    int64_t utc_ms;
    enum ocpp_direction from;
    enum ocpp_status status; /* OCPP_OK: nothing was wrong with it */
    uint32_t quirk;          /* survived with this quirk */
    size_t size;             /* of the frame on the wire; |kept| bytes of it are in |text| */
    size_t kept;
    const char *text;
    const char *path; /* of what was wrong; "" when nothing was */
};

/* ring_put: remembers a frame; without memory it is not remembered, and its number is missing. */
void ring_put(struct message_ring *ring, struct ring_budget *budget, const struct ring_message *message);

/* ring_copy: a copy of |ring| that ring_each() can read without its lock; false without memory. ring_free() it. */
bool ring_copy(const struct message_ring *ring, struct message_ring *copy);
void ring_free(struct message_ring *ring);

/* ring_each: shows the messages above |after|, oldest first, until |visit| says false. */
void ring_each(const struct message_ring *ring, uint64_t after, bool (*visit)(const struct ring_message *message, void *user),
               void *user);

#endif
