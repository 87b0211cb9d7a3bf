/* encoding.h: bytes written as text and read back: percent encoding (identities in URLs, RFC 3986), hexadecimal
 * (AuthorizationKey of 1.6, hashes) and base64 (Basic authentication, RFC 4648).
 *
 * Every function writes at most |room| bytes, the terminator included, and is all or nothing: on an error |to| holds "" where
 * there is room for it. |*written| (may be NULL) excludes the terminator.
 */
#ifndef OCPP_LIB_ENCODING_H
#define OCPP_LIB_ENCODING_H

#include <ocpp/types.h>

/* ocpp_percent_decode: |size| bytes of a URL's part as text. `+` stays `+`.
 * Errors: OCPP_ERR_VALUE  a % without two hex digits; OCPP_ERR_NUL  %00 or a NUL; OCPP_ERR_UTF8  the result is no UTF-8;
 *         OCPP_ERR_LENGTH  |room| is too small. */
OCPP_MUST_USE enum ocpp_status ocpp_percent_decode(const char *text, size_t size, char *to, size_t room, size_t *written);

/* ocpp_percent_encode: everything but the unreserved characters of RFC 3986 2.3 becomes %XX.
 * Errors: OCPP_ERR_LENGTH. */
OCPP_MUST_USE enum ocpp_status ocpp_percent_encode(const char *text, size_t size, char *to, size_t room, size_t *written);

/* ocpp_hex_encode: two lower-case digits per byte. Errors: OCPP_ERR_LENGTH. */
OCPP_MUST_USE enum ocpp_status ocpp_hex_encode(const void *bytes, size_t size, char *to, size_t room, size_t *written);

/* ocpp_hex_decode: digits of either case as bytes; |to| is not terminated and |room| counts bytes.
 * Errors: OCPP_ERR_VALUE  an odd length or no digit; OCPP_ERR_LENGTH. */
OCPP_MUST_USE enum ocpp_status ocpp_hex_decode(const char *text, size_t size, void *to, size_t room, size_t *written);

/* ocpp_base64_encode: with the standard alphabet and padding. Errors: OCPP_ERR_LENGTH. */
OCPP_MUST_USE enum ocpp_status ocpp_base64_encode(const void *bytes, size_t size, char *to, size_t room, size_t *written);

/* ocpp_base64_decode: the standard alphabet, padding demanded, unused bits zero; |to| is not terminated and |room| counts bytes.
 * Errors: OCPP_ERR_VALUE; OCPP_ERR_LENGTH. */
OCPP_MUST_USE enum ocpp_status ocpp_base64_decode(const char *text, size_t size, void *to, size_t room, size_t *written);

#endif
