/* text.h: UTF-8 text: is it valid, how many characters, compare without regard to ASCII case, copy into bounded room.
 *
 * A character is a Unicode scalar value, which is what the protocol's lengths count. Percent, hex and base64 are in encoding.h.
 */
#ifndef OCPP_LIB_TEXT_H
#define OCPP_LIB_TEXT_H

#include <ocpp/types.h>

/* ocpp_utf8_length: how many bytes the character at |text| has, of |size| bytes there are; 0 when it is not valid UTF-8:
 * overlong forms, surrogates, beyond U+10FFFF, cut off. NUL is a character of one byte. */
size_t ocpp_utf8_length(const char *text, size_t size);

/* ocpp_text_valid: whether |size| bytes are UTF-8 without NUL. */
bool ocpp_text_valid(const char *text, size_t size);

/* ocpp_text_count: the number of characters in |size| bytes of valid UTF-8; of invalid text, the number of bytes that do not
 * continue a character. */
size_t ocpp_text_count(const char *text, size_t size);

/* ocpp_text_fold: |c| in lower case if it is an ASCII letter. No locale is asked. */
char ocpp_text_fold(char c);

/* ocpp_text_compare_fold: as strcmp() with ASCII letters folded; other bytes stay as they are. */
int ocpp_text_compare_fold(const char *a, const char *b);

/* ocpp_text_equal_fold: whether two texts differ at most in the case of ASCII letters. */
bool ocpp_text_equal_fold(const char *a, const char *b);

/* ocpp_text_copy: copies |text| into |room| bytes at |to|, terminated, cut at a whole character where it does not fit. Returns
 * the length of |text|: the copy is whole when that is below |room|. With |room| 0 nothing is written. */
size_t ocpp_text_copy(char *to, size_t room, const char *text);

#endif
