/* pile_words.h: what can be typed behind the commands of a pile: its EVSEs, slots, settings, and the words of the protocol. */
#ifndef OCPP_SIM_PILE_WORDS_H
#define OCPP_SIM_PILE_WORDS_H

#include "completion.h"
#include "pile.h"

/* pile_words: for the commands of |pile|, which outlives it. */
struct completion_source pile_words(struct pile *pile);

/* pile_words_banks: the banks that somebody has, and names of the faults of slots; nothing without the settlement extension. */
void pile_words_banks(const struct pile *pile, const char *kind, struct completion *completion);

#endif
