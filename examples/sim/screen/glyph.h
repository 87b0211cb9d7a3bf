/* glyph.h: characters as a terminal may draw them. Whatever comes from elsewhere (a central system, a file, a paste) is text of
 * whoever wrote it: what a terminal would obey instead of drawing, what has no width of its own, and what turns the direction of
 * a line has no width here, and is never drawn as it is. Pure.
 */
#ifndef OCPP_SIM_GLYPH_H
#define OCPP_SIM_GLYPH_H

#include <stddef.h>
#include <stdint.h>

enum { GLYPH_REPLACEMENT = 0xfffd, GLYPH_BYTES = 4 };

/* glyph_read: the character |text| (|size| bytes, at least one) begins with, and in |used| how many bytes it takes. Bytes that
 * are no UTF-8 are read one by one, as GLYPH_REPLACEMENT. */
uint32_t glyph_read(const char *text, size_t size, size_t *used);

/* glyph_width: 1 or 2 columns; 0: it is not to be drawn. */
int glyph_width(uint32_t code);

/* glyph_write: |code| as UTF-8; returns how many bytes. */
size_t glyph_write(uint32_t code, char bytes[GLYPH_BYTES]);

/* glyph_ascii: what stands for |code| where there is nothing but ASCII; '?' when nothing is like it. */
char glyph_ascii(uint32_t code);

#endif
