/* letters.h: what is kept and not used: dead letters, and records that cannot be read (letters.c). */
#ifndef OCPP_LIB_LETTERS_H
#define OCPP_LIB_LETTERS_H

#include <ocpp/storage.h>

struct ocpp_charge_point;

enum {
    MOST_DEAD = 100,   /* that are kept; the oldest make room */
    MOST_CORRUPT = 64, /* the same */
    LETTER_CHANGES = 3
};

/* ocpp_cp_letters_load: sets unreadable ones aside, counts, and forgets what belongs to nothing any more. After the queue. */
enum ocpp_status ocpp_cp_letters_load(struct ocpp_charge_point *cp);
/* ocpp_cp_letter_write: the changes that make a dead letter of the fact at the head; they borrow |letter|. */
struct letter {
    char keys[2 * LETTER_CHANGES][OCPP_KEY_SIZE];
    uint8_t told[128];
};
enum ocpp_status ocpp_cp_letter_write(struct ocpp_charge_point *cp, struct letter *letter, struct ocpp_change *changes,
                                      size_t *count);
/* ocpp_cp_letter_begin: the head was a dead letter: it is told as things stood then. _end: it was, and that is added to how
 * things stand now. */
enum ocpp_status ocpp_cp_letter_begin(struct ocpp_charge_point *cp);
void ocpp_cp_letter_end(struct ocpp_charge_point *cp);
/* ocpp_cp_discard: the dead letter, or what is under corrupt/, of |key| is thrown away (kept_records.c). */
enum ocpp_status ocpp_cp_discard(struct ocpp_charge_point *cp, const char *key);

#endif
