/* story.h: what programs that play one story tell each other: names and values, kept, and in a folder that they share. */
#ifndef OCPP_PROGRAMS_STORY_H
#define OCPP_PROGRAMS_STORY_H

#include <stdbool.h>
#include <stddef.h>

enum { STORY_NAMES = 64, STORY_NAME_SIZE = 40, STORY_VALUE_SIZE = 2000 };

struct story {
    const char *folder; /* NULL: nobody else plays */
    size_t count;
    struct {
        char name[STORY_NAME_SIZE];
        char value[STORY_VALUE_SIZE];
    } kept[STORY_NAMES]; /* what this program told */
};

/* story_tell: |name| (letters, digits, '-' and '_') has |value| from now on, here and in the folder. False: it is no name, it is
 * too long, there are too many, or the folder does not take it. */
bool story_tell(struct story *story, const char *name, const char *value);

/* story_hear: what |name| has; false as long as nobody told it. */
bool story_hear(const struct story *story, const char *name, char *value, size_t size);

enum story_outcome { STORY_READY, STORY_WAITS, STORY_WRONG };

/* story_fill: |line| with the value of each $NAME in its place. STORY_WAITS: |name| was not told yet; STORY_WRONG: it is too
 * long. */
enum story_outcome story_fill(const struct story *story, const char *line, char *filled, size_t size, char name[STORY_NAME_SIZE]);

#endif
