/* link_frame.h: frames on the phone link: stuffed (COBS) between zero bytes, with a check that also names the session. What is
 * damaged or of another session is no frame.
 *
 * On the wire: COBS of (content, CRC-16 of session and content, high byte first), then 00.
 */
#ifndef SETTLE_LINK_FRAME_H
#define SETTLE_LINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINK_FRAME_LIMIT = 255, /* bytes on the wire, the zero at the end counted */
    LINK_FRAME_AROUND = 4,  /* of them are not content: code, check, zero */
    LINK_CONTENT_LIMIT = LINK_FRAME_LIMIT - LINK_FRAME_AROUND,
    LINK_SESSION_SIZE = 8
};

/* The first byte of a content, and what follows it. */
enum link_kind {
    LINK_OPEN = 1,    /* phone: attempt (2), index of the piece (1), piece */
    LINK_WELCOME = 2, /* pile: as Open */
    LINK_RESUME = 3,  /* phone: session (8), number of the frame it expects next (2) */
    LINK_RESUMED = 4, /* pile: likewise */
    LINK_UNKNOWN = 5, /* pile: session (8) */
    LINK_ACK = 6,     /* number of the frame that is expected next (2) */
    LINK_MORE = 7,    /* number of the frame (2), a part of a message */
    LINK_LAST = 8     /* likewise, its last part */
};

extern const unsigned char link_no_session[LINK_SESSION_SIZE]; /* zeros: of Open to Unknown */

/* link_frame_write: |size| bytes of |content| (at most LINK_CONTENT_LIMIT) as a frame of |session|; its size. */
size_t link_frame_write(const unsigned char session[LINK_SESSION_SIZE], const unsigned char *content, size_t size,
                        unsigned char frame[LINK_FRAME_LIMIT]);

/* link_frame_is_of: whether |size| bytes of a frame's content and check are of |session|, whole. */
bool link_frame_is_of(const unsigned char session[LINK_SESSION_SIZE], const unsigned char *bytes, size_t size);

/* link_line: what has come of a frame. Zeroed it is between frames. */
struct link_line {
    unsigned char bytes[LINK_FRAME_LIMIT];
    size_t size;
    bool is_too_long;
};

/* link_line_add: takes a byte. The size of the content and check that stand in |bytes| now, where that byte ended a frame; 0: it
 * ended none, or nothing that could be one (|*is_damaged|). */
size_t link_line_add(struct link_line *line, unsigned char byte, bool *is_damaged);

#endif
