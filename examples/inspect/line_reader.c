/* line_reader.c: see line_reader.h. The buffer holds the longest line and what was read behind it. */
#include "line_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = LINE_LIMIT + (1 << 18) };

bool line_reader_open(struct line_reader *reader, int fd)
{
    *reader = (struct line_reader){ .fd = fd, .buffer = malloc(BUFFER_SIZE) };
    return reader->buffer != NULL;
}

void line_reader_close(struct line_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

static char *find_line_feed(struct line_reader *reader)
{
    char *found = memchr(reader->buffer + reader->looked, '\n', reader->end - reader->looked);
    if (found == NULL)
        reader->looked = reader->end;
    return found;
}

bool line_reader_ready(struct line_reader *reader)
{
    return find_line_feed(reader) != NULL;
}

/* Reads more behind what is there. False at the end and on a failure. */
static bool fill(struct line_reader *reader)
{
    if (reader->start != 0) {
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->looked -= reader->start;
        reader->start = 0;
    }
    ssize_t got;
    do {
        got = read(reader->fd, reader->buffer + reader->end, BUFFER_SIZE - reader->end);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        reader->error = errno;
    reader->ended = got <= 0;
    if (reader->ended)
        return false;
    reader->end += (size_t)got;
    return true;
}

/* Hands out |size| bytes from the start and steps over |step|. */
static enum line_outcome hand_out(struct line_reader *reader, size_t size, size_t step, char **text, size_t *length)
{
    *text = reader->buffer + reader->start;
    *length = size > 0 && (*text)[size - 1] == '\r' ? size - 1 : size;
    reader->start += step;
    reader->looked = reader->start;
    reader->number++;
    return size > LINE_LIMIT ? LINE_TOO_LONG : LINE_READ;
}

static enum line_outcome pass_over(struct line_reader *reader)
{
    reader->number++;
    for (;;) {
        const char *end = find_line_feed(reader);
        if (end != NULL) {
            reader->start = reader->looked = (size_t)(end - reader->buffer) + 1;
            return LINE_TOO_LONG;
        }
        reader->start = reader->looked = reader->end;
        if (!fill(reader))
            return reader->error == 0 ? LINE_TOO_LONG : LINE_FAILED;
    }
}

enum line_outcome line_reader_next(struct line_reader *reader, char **text, size_t *size)
{
    for (;;) {
        const char *end = find_line_feed(reader);
        const size_t waiting = reader->end - reader->start;
        if (end != NULL) {
            const size_t length = (size_t)(end - reader->buffer) - reader->start;
            return hand_out(reader, length, length + 1, text, size);
        }
        if (waiting > LINE_LIMIT)
            return pass_over(reader);
        if (!reader->ended && fill(reader))
            continue;
        if (reader->error != 0)
            return LINE_FAILED;
        return waiting != 0 ? hand_out(reader, waiting, waiting, text, size) : LINE_END;
    }
}
