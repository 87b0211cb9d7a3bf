/* pile_words_banks_none.c: without the settlement extension there are no banks. */
#include "pile_words.h"

void pile_words_banks(const struct pile *pile, const char *kind, struct completion *completion)
{
    (void)pile;
    (void)kind;
    (void)completion;
}
