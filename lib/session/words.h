/* words.h: how one enumeration of the vocabulary is spelled in one version, as a pair of tables.
 *
 * wire[word] is the version's value for a word of vocabulary.h, the nearest it has where it lacks the word, 0 where nothing comes
 * near (the value is then left out of the message). word[value] is the way back. Both directions are total: every word and every
 * value has its row.
 */
#ifndef OCPP_LIB_WORDS_H
#define OCPP_LIB_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct ocpp_words {
    const uint8_t *wire;
    size_t wire_count;
    const uint8_t *word;
    size_t word_count;
};

/* ocpp_word_to_wire: the version's value of |word|; 0 for 0, for what is outside and for what the version cannot say. */
int ocpp_word_to_wire(const struct ocpp_words *words, int word);

/* ocpp_word_from_wire: the word of the version's |value|; 0 for 0 and for what is outside. */
int ocpp_word_from_wire(const struct ocpp_words *words, int value);

/* OCPP_WORDS: the pair, from its two tables. */
#define OCPP_WORDS(wire_table, word_table)                                                                                       \
    {                                                                                                                            \
        wire_table, sizeof(wire_table), word_table, sizeof(word_table)                                                           \
    }

#endif
