/* line_reader.h: a file or a pipe, line by line, in memory that does not grow with it. */
#ifndef INSPECT_LINE_READER_H
#define INSPECT_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

/* The longest line that is looked at. */
enum { LINE_LIMIT = 1 << 20 };

enum line_outcome {
    LINE_READ,
    LINE_TOO_LONG, /* the line was passed over */
    LINE_END,
    LINE_FAILED /* |error| of the reader tells why */
};

struct line_reader {
    int fd;
    char *buffer;
    size_t start; /* of what is not handed out yet */
    size_t end;
    size_t looked; /* up to here there is no line feed */
    bool ended;
    int error;            /* of errno; 0: none */
    unsigned long number; /* of the line handed out last */
};

/* line_reader_open: reads from |fd|. False when there is no memory. */
bool line_reader_open(struct line_reader *reader, int fd);

void line_reader_close(struct line_reader *reader);

/* line_reader_ready: whether the next line is there without reading on, which may take its time. */
bool line_reader_ready(struct line_reader *reader);

/* line_reader_next: the next line without its line feed and a carriage return before that; it may be written to, and lives until
 * the next call. */
enum line_outcome line_reader_next(struct line_reader *reader, char **text, size_t *size);

#endif
