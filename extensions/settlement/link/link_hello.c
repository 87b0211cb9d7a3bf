/* link_hello.c: see link_hello.h. */
#include "link_hello.h"

#include <string.h>

enum { ALL_PIECES = (1 << LINK_PIECES) - 1 };

static size_t size_of_piece(unsigned index)
{
    return index + 1 < LINK_PIECES ? LINK_PIECE_SIZE : LINK_HELLO_SIZE - (LINK_PIECES - 1) * LINK_PIECE_SIZE;
}

size_t link_hello_piece(const struct link_hello *hello, enum link_kind kind, unsigned index,
                        unsigned char content[LINK_CONTENT_LIMIT])
{
    content[0] = (unsigned char)kind;
    content[1] = (unsigned char)(hello->attempt >> 8);
    content[2] = (unsigned char)(hello->attempt & 0xff);
    content[3] = (unsigned char)index;
    memcpy(content + LINK_PIECE_HEAD, hello->text + (size_t)index * LINK_PIECE_SIZE, size_of_piece(index));
    return LINK_PIECE_HEAD + size_of_piece(index);
}

bool link_hello_add(struct link_hello *hello, const unsigned char *content, size_t size)
{
    if (size < LINK_PIECE_HEAD || content[3] >= LINK_PIECES || size != LINK_PIECE_HEAD + size_of_piece(content[3])) {
        return false;
    }
    const uint16_t attempt = (uint16_t)((unsigned)content[1] << 8 | content[2]);
    if (hello->seen == 0 || hello->attempt != attempt) {
        *hello = (struct link_hello){ .attempt = attempt };
    }
    memcpy(hello->text + (size_t)content[3] * LINK_PIECE_SIZE, content + LINK_PIECE_HEAD, size - LINK_PIECE_HEAD);
    hello->seen |= 1U << content[3];
    return hello->seen == ALL_PIECES;
}
