/* completion.h: what the word at the cursor may become: a command, or what a command takes at that place. What commands take is
 * said by forms, one per way to type it, divided by ';':
 *
 *     "suspend|resume @evse; session @evse end"      words to choose from, values of a kind (@), or '.' for any text
 *
 * Values come from whoever knows them. Pure.
 */
#ifndef OCPP_SIM_COMPLETION_H
#define OCPP_SIM_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

enum { COMPLETION_WORDS = 256, COMPLETION_WORD_SIZE = 96 };

struct completion {
    size_t from;                                        /* where the word begins in the line */
    char typed[COMPLETION_WORD_SIZE];                   /* of it, up to the cursor */
    char words[COMPLETION_WORDS][COMPLETION_WORD_SIZE]; /* that fit, in the order they were offered */
    int count;
    bool more; /* than there is room for */
};

struct completion_source {
    /* the name and the forms of command |index|; false: there are no more */
    bool (*command)(int index, const char **name, const char **forms);
    /* offers the values of |kind| (without '@') */
    void (*values)(const char *kind, struct completion *completion, void *user);
    void *user;
};

/* completion_find: for the line's |cursor| bytes before the cursor. Words that are too long for |completion| have none. */
void completion_find(const struct completion_source *source, const char *line, size_t cursor, struct completion *completion);

/* completion_offer: by a source: |word| is taken where it begins as what was typed (whatever the case) and is not there yet. */
void completion_offer(struct completion *completion, const char *word);

/* completion_common: the longest beginning that all of them share, at least as long as what was typed; with one alone, the word
 * and a blank, unless it ends with a '.'. "": there are none. */
void completion_common(const struct completion *completion, char text[COMPLETION_WORD_SIZE + 1]);

#endif
