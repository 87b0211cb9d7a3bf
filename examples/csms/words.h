/* words.h: what bodies of several resources have in common: the words of the standards, and tokens. */
#ifndef CSMS_WORDS_H
#define CSMS_WORDS_H

#include "body.h"

#include <ocpp/vocabulary.h>

/* Lists of words, ended by NULL; the library reads them by ocpp_token_type_of() and its like. */
extern const char *const token_type_words[];
extern const char *const token_status_words[];

extern const char *const monitor_type_words[]; /* at the place of each enum ocpp_monitor_type */

/* A token: {id, type}, type ISO14443 where none is said. */
extern const struct body_member token_members[];
struct ocpp_token body_token(const cJSON *token);

#endif
