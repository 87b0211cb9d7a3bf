/* range.h: which bytes of a file a Range header asks for. */
#ifndef CSMS_RANGE_H
#define CSMS_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* range_read: what "bytes=5-", "bytes=5-9" or "bytes=-5" asks for of |size| bytes. Of several ranges, or what is none, nothing is
 * asked for: then it is the whole file, as RFC 9110 14.2 allows. False: it is beyond the file. */
bool range_read(const char *text, uint64_t size, uint64_t *from, uint64_t *count);

#endif
