/* query.h: the values of a query, "name=value&name=value". */
#ifndef CSMS_QUERY_H
#define CSMS_QUERY_H

#include <stdbool.h>

enum { QUERY_VALUE_SIZE = 512 };

/* query_find: the decoded value of the first |name| in |query| (NULL: there is none); false when it is not there, too long, or
 * holds a NUL. */
bool query_find(const char *query, const char *name, char value[QUERY_VALUE_SIZE]);

#endif
