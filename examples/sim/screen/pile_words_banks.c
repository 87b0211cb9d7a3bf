/* pile_words_banks.c: see pile_words.h. */
#include "pile_banks_inside.h"
#include "pile_words.h"

#include <string.h>

void pile_words_banks(const struct pile *pile, const char *kind, struct completion *completion)
{
    for (int i = 0; strcmp(kind, "bank") == 0 && pile->banks && i < PILE_HANDS; i++) {
        if (pile->banks->hands[i].is_real) {
            completion_offer(completion, pile->banks->hands[i].id);
        }
    }
    for (int fault = 0; strcmp(kind, "slot-fault") == 0 && fault < CABINET_FAULTS; fault++) {
        completion_offer(completion, cabinet_fault_name((enum cabinet_fault)fault));
    }
}
