/* words.c: looking words up in a version's tables. */
#include "words.h"

static int at(const uint8_t *table, size_t count, int index)
{
    return index > 0 && (size_t)index < count ? table[index] : 0;
}

int ocpp_word_to_wire(const struct ocpp_words *words, int word)
{
    return at(words->wire, words->wire_count, word);
}

int ocpp_word_from_wire(const struct ocpp_words *words, int value)
{
    return at(words->word, words->word_count, value);
}
