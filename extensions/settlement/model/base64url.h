/* base64url.h: RFC 4648 section 5 without padding, in its one spelling. */
#ifndef SETTLE_BASE64URL_H
#define SETTLE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

/* base64url_length: characters of |size| bytes. */
size_t base64url_length(size_t size);

/* base64url_write: |size| bytes as base64url_length(size) characters at |text|, not terminated. */
void base64url_write(const void *bytes, size_t size, char *text);

/* base64url_size: bytes that |length| characters hold; of a length that cannot be, whatever. */
size_t base64url_size(size_t length);

/* base64url_read: base64url_size(length) bytes at |bytes|. False: another character, a length that cannot be, or bits set behind
 * the last byte; |bytes| is written in part then. */
bool base64url_read(const char *text, size_t length, unsigned char *bytes);

#endif
