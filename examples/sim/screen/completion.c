/* completion.c: see completion.h. */
#include "completion.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LINE_WORDS = 8, FORM_SIZE = 400 };

/* The words before the one at the cursor. */
struct sentence {
    const char *words[LINE_WORDS];
    size_t sizes[LINE_WORDS];
    int count;
};

void completion_offer(struct completion *completion, const char *word)
{
    if (strlen(word) >= COMPLETION_WORD_SIZE || strncasecmp(word, completion->typed, strlen(completion->typed)) != 0) {
        return;
    }
    for (int i = 0; i < completion->count; i++) {
        if (strcmp(completion->words[i], word) == 0) {
            return;
        }
    }
    if (completion->count == COMPLETION_WORDS) {
        completion->more = true;
        return;
    }
    snprintf(completion->words[completion->count++], COMPLETION_WORD_SIZE, "%s", word);
}

/* Reads the line up to the word at the cursor; false: nothing is completed there. */
static bool read_sentence(const char *line, size_t cursor, struct sentence *sentence, size_t *from)
{
    size_t at = 0;

    sentence->count = 0;
    for (;;) {
        while (at < cursor && line[at] == ' ') {
            at++;
        }
        const size_t begin = at;
        while (at < cursor && line[at] != ' ') {
            at++;
        }
        if (at == cursor) {
            *from = begin;
            return true;
        }
        if (sentence->count == LINE_WORDS || line[begin] == '"' || line[begin] == '[') {
            return false;
        }
        sentence->words[sentence->count] = line + begin;
        sentence->sizes[sentence->count++] = at - begin;
    }
}

static bool is_word(const struct sentence *sentence, int index, const char *word, size_t size)
{
    return sentence->sizes[index] == size && strncmp(sentence->words[index], word, size) == 0;
}

/* --- forms ----------------------------------------------------------------------------------------------------------- */

/* Whether what was typed at a place fits what a form has there. */
static bool fits(const struct sentence *sentence, int index, const char *part, size_t size)
{
    if (*part == '.' || memchr(part, '@', size)) {
        return true;
    }
    for (size_t at = 0; at < size;) {
        const size_t length = strcspn(part + at, "|");
        const size_t end = at + length < size ? length : size - at;
        if (is_word(sentence, index, part + at, end)) {
            return true;
        }
        at += end + 1;
    }
    return false;
}

static void offer_words(const char *part, size_t size, const struct completion_source *source, struct completion *completion)
{
    char word[COMPLETION_WORD_SIZE];

    for (size_t at = 0; at < size;) {
        size_t length = 0;
        while (at + length < size && part[at + length] != '|') {
            length++;
        }
        if (length < sizeof word) {
            memcpy(word, part + at, length);
            word[length] = '\0';
            if (*word == '@') {
                source->values(word + 1, completion, source->user);
            } else if (strcmp(word, ".") != 0) {
                completion_offer(completion, word);
            }
        }
        at += length + 1;
    }
}

/* One way to type a command. */
static void follow(const char *form, size_t size, const struct sentence *sentence, const struct completion_source *source,
                   struct completion *completion)
{
    size_t at = 0;

    for (int place = 1;; place++) {
        while (at < size && form[at] == ' ') {
            at++;
        }
        size_t length = 0;
        while (at + length < size && form[at + length] != ' ') {
            length++;
        }
        if (length == 0) {
            return;
        }
        if (place == sentence->count) {
            offer_words(form + at, length, source, completion);
            return;
        }
        if (!fits(sentence, place, form + at, length)) {
            return;
        }
        at += length;
    }
}

static void follow_all(const char *forms, const struct sentence *sentence, const struct completion_source *source,
                       struct completion *completion)
{
    while (*forms) {
        const size_t size = strcspn(forms, ";");
        follow(forms, size, sentence, source, completion);
        forms += size + (forms[size] == ';');
    }
}

void completion_find(const struct completion_source *source, const char *line, size_t cursor, struct completion *completion)
{
    struct sentence sentence;
    const char *name, *forms;

    completion->count = 0;
    completion->more = false;
    if (!read_sentence(line, cursor, &sentence, &completion->from) || cursor - completion->from >= COMPLETION_WORD_SIZE) {
        return;
    }
    memcpy(completion->typed, line + completion->from, cursor - completion->from);
    completion->typed[cursor - completion->from] = '\0';
    for (int i = 0; source->command(i, &name, &forms); i++) {
        if (sentence.count == 0) {
            completion_offer(completion, name);
        } else if (is_word(&sentence, 0, name, strlen(name))) {
            follow_all(forms, &sentence, source, completion);
        }
    }
}

void completion_common(const struct completion *completion, char text[COMPLETION_WORD_SIZE + 1])
{
    size_t common;

    text[0] = '\0';
    if (completion->count == 0) {
        return;
    }
    common = strlen(completion->words[0]);
    for (int i = 1; i < completion->count; i++) {
        size_t same = 0;
        while (same < common && completion->words[0][same] == completion->words[i][same]) {
            same++;
        }
        common = same;
    }
    if (common < strlen(completion->typed)) { /* they differ in their case before that */
        snprintf(text, COMPLETION_WORD_SIZE + 1, "%s", completion->typed);
        return;
    }
    memcpy(text, completion->words[0], common);
    text[common] = '\0';
    if (completion->count == 1 && !completion->more && (common == 0 || text[common - 1] != '.')) {
        text[common] = ' ';
        text[common + 1] = '\0';
    }
}
