/* text.h: small work on texts that come from outside. */
#ifndef CSMS_TEXT_H
#define CSMS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* text_escape: |text| as the inside of a JSON string, cut to |size| at a whole character; bytes that are no UTF-8 become U+FFFD.
 * Returns the length. */
size_t text_escape(char *out, size_t size, const char *text);

/* text_clean: a copy of |size| bytes as UTF-8 without NUL: what is neither becomes U+FFFD. NULL without memory; free() it. */
char *text_clean(const char *text, size_t size);

bool text_is_utf8(const char *text, size_t size);

/* text_characters: how many characters a UTF-8 text has. */
size_t text_characters(const char *text);

/* text_replace: |*place| becomes a copy of |text| (NULL: none). Without memory it becomes NULL. */
void text_replace(char **place, const char *text);

/* text_fold: ASCII letters in lower case, in place. */
void text_fold(char *text);

#endif
