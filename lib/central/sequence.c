/* sequence.c: numbers that were seen, as a row with gaps. A station that delivers its queue beside what is new leaves one gap and
 * fills it from its lower end; one that drops every second event leaves many, of which the newest are remembered. */
#include "sequence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BITS_OF_FIRST_RELEASE = 48 };

/* The oldest gap gives way: of what lies in it, or below, nobody knows any more. */
static void forget_lowest(struct sequence *sequence)
{
    sequence->has_floor = true;
    sequence->floor = sequence->gaps[0].to + 1;
    sequence->count--;
    memmove(&sequence->gaps[0], &sequence->gaps[1], sequence->count * sizeof sequence->gaps[0]);
}

/* Puts a gap in at |at|. One that would be the lowest of too many is given up itself. */
static void insert(struct sequence *sequence, size_t at, int64_t from, int64_t to)
{
    if (from > to) {
        return;
    }
    if (sequence->count == SEQUENCE_GAPS) {
        if (at == 0) {
            sequence->has_floor = true;
            sequence->floor = to + 1;
            return;
        }
        forget_lowest(sequence);
        at--;
    }
    memmove(&sequence->gaps[at + 1], &sequence->gaps[at], (sequence->count - at) * sizeof sequence->gaps[0]);
    sequence->gaps[at] = (struct sequence_gap){ from, to };
    sequence->count++;
}

/* Takes |number| out of the gap it lies in; false when it lies in none. */
static bool fill(struct sequence *sequence, int64_t number)
{
    size_t at = 0;

    while (at < sequence->count && sequence->gaps[at].to < number) {
        at++;
    }
    if (at == sequence->count || sequence->gaps[at].from > number) {
        return false;
    }
    const struct sequence_gap gap = sequence->gaps[at];
    sequence->count--;
    memmove(&sequence->gaps[at], &sequence->gaps[at + 1], (sequence->count - at) * sizeof sequence->gaps[0]);
    insert(sequence, at, number + 1, gap.to);
    insert(sequence, at, gap.from, number - 1);
    return true;
}

bool sequence_note(struct sequence *sequence, int64_t number)
{
    if (!sequence->any) {
        *sequence = (struct sequence){ .any = true, .first = number, .last = number };
        return true;
    }
    if (number > sequence->last) {
        insert(sequence, sequence->count, sequence->last + 1, number - 1);
        sequence->last = number;
        return true;
    }
    if (sequence->has_floor && number < sequence->floor) {
        return true;
    }
    if (number < sequence->first) {
        insert(sequence, 0, number + 1, sequence->first - 1);
        sequence->first = number;
        return true;
    }
    return fill(sequence, number);
}

int64_t sequence_missing(const struct sequence *sequence)
{
    int64_t missing = 0;

    for (size_t i = 0; i < sequence->count; i++) {
        missing += sequence->gaps[i].to - sequence->gaps[i].from + 1;
    }
    return missing;
}

void sequence_format(const struct sequence *sequence, char text[SEQUENCE_TEXT_SIZE])
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sequence->count; i++) {
        const struct sequence_gap *gap = &sequence->gaps[i];
        int size = gap->from == gap->to ? snprintf(text + used, SEQUENCE_TEXT_SIZE - used, "%s%" PRId64, i ? "," : "", gap->from)
                                        : snprintf(text + used, SEQUENCE_TEXT_SIZE - used, "%s%" PRId64 ":%" PRId64, i ? "," : "",
                                                   gap->from, gap->to);
        used += (size_t)size;
    }
}

/* A number at |*text|, which moves behind it. Numbers stay within what a frame may hold. */
static bool read_number(const char **text, int64_t *number)
{
    const bool is_negative = **text == '-';
    const char *digits = *text + is_negative;
    const char *at = digits;
    int64_t value = 0;

    for (; *at >= '0' && *at <= '9' && at - digits < 17; at++) {
        value = value * 10 + (*at - '0');
    }
    *number = is_negative ? -value : value;
    *text = at;
    return at > digits;
}

static bool read_gap(const char **text, struct sequence_gap *gap)
{
    if (!read_number(text, &gap->from)) {
        return false;
    }
    gap->to = gap->from;
    if (**text == ':') {
        ++*text;
        return read_number(text, &gap->to);
    }
    return true;
}

bool sequence_parse(struct sequence *sequence, const char *text)
{
    int64_t behind = sequence->first;

    sequence->count = 0;
    while (*text) {
        struct sequence_gap gap;
        if (sequence->count == SEQUENCE_GAPS || !read_gap(&text, &gap) || gap.from <= behind || gap.to < gap.from ||
            gap.to >= sequence->last || (*text && *text != ',')) {
            return false;
        }
        text += *text == ',';
        behind = gap.to;
        sequence->gaps[sequence->count++] = gap;
    }
    return true;
}

void sequence_of_bits(struct sequence *sequence, int64_t last, int64_t seen)
{
    *sequence = (struct sequence){ 0 };
    for (int i = BITS_OF_FIRST_RELEASE - 1; i >= 0; i--) {
        if ((uint64_t)seen >> i & 1) {
            (void)sequence_note(sequence, last - i);
        }
    }
    (void)sequence_note(sequence, last);
    if (last >= BITS_OF_FIRST_RELEASE && (!sequence->has_floor || sequence->floor < last - BITS_OF_FIRST_RELEASE + 1)) {
        sequence->has_floor = true;
        sequence->floor = last - BITS_OF_FIRST_RELEASE + 1;
    }
}
