/* languages.h: texts in several languages, and who understands which (languages.c). */
#ifndef OCPP_LIB_LANGUAGES_H
#define OCPP_LIB_LANGUAGES_H

/* ocpp_language_rank: how well a text in |language| suits a driver: 0 best, English after his own, LANGUAGE_UNSUITED for another.
 * A text in German of Austria suits who asked for German, and the other way round. */
enum { LANGUAGE_UNSUITED = 3 };
int ocpp_language_rank(const char *language, const char *const languages[2]);

#endif
