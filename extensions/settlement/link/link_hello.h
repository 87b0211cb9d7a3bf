/* link_hello.h: how a session begins: each side says one text, Open and Welcome, in pieces that fit into the smallest frame and
 * may come in any order. What is missing is said again, whole.
 */
#ifndef SETTLE_LINK_HELLO_H
#define SETTLE_LINK_HELLO_H

#include "link_frame.h"

#include <ocpp/settlement/keys.h>

enum {
    LINK_VERSION = 1,
    LINK_HELLO_SIZE = 2 + OCPP_SETTLE_POINT_SIZE, /* version, largest frame, ephemeral key */
    LINK_PIECE_HEAD = 4,                          /* kind, attempt, index */
    LINK_PIECE_SIZE = 12,
    LINK_PIECES = (LINK_HELLO_SIZE + LINK_PIECE_SIZE - 1) / LINK_PIECE_SIZE
};

/* link_hello: a text that is said or heard. |seen| has a bit per piece. */
struct link_hello {
    uint16_t attempt;
    unsigned seen;
    unsigned char text[LINK_HELLO_SIZE];
};

/* link_hello_piece: the content of piece |index|; its size. */
size_t link_hello_piece(const struct link_hello *hello, enum link_kind kind, unsigned index,
                        unsigned char content[LINK_CONTENT_LIMIT]);

/* link_hello_add: a content of |size| bytes that came; a piece of another attempt begins anew. True: the text is whole now. */
bool link_hello_add(struct link_hello *hello, const unsigned char *content, size_t size);

#endif
