/* sequence.h: which numbers of a row were seen: the lowest, the highest and what is missing between them, so that an event that
 * is told again is known however late it comes, and one that was never told is missed. */
#ifndef OCPP_CENTRAL_SEQUENCE_H
#define OCPP_CENTRAL_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SEQUENCE_GAPS = 16,                             /* gaps that are remembered; beyond, the oldest is given up */
    SEQUENCE_TEXT_SIZE = SEQUENCE_GAPS * 2 * 21 + 1 /* room for sequence_format() */
};

struct sequence_gap {
    int64_t from;
    int64_t to;
};

struct sequence {
    bool any;
    int64_t first;
    int64_t last;
    bool has_floor;
    int64_t floor; /* of what lies below it nobody knows any more whether it was seen */
    size_t count;
    struct sequence_gap gaps[SEQUENCE_GAPS]; /* from low to high */
};

/* sequence_note: |number| was seen; false when it had been before. One below the floor counts as new. */
bool sequence_note(struct sequence *sequence, int64_t number);

/* sequence_missing: how many numbers are missing between the lowest and the highest, as far as it is known. */
int64_t sequence_missing(const struct sequence *sequence);

/* sequence_format, sequence_parse: the gaps as text ("3:9,12"), "" for none. False: it is no such text. */
void sequence_format(const struct sequence *sequence, char text[SEQUENCE_TEXT_SIZE]);
bool sequence_parse(struct sequence *sequence, const char *text);

/* sequence_of_bits: as the first release wrote it: bit i of the 48 |seen|: |last| - i was seen. */
void sequence_of_bits(struct sequence *sequence, int64_t last, int64_t seen);

#endif
