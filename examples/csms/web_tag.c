/* web_tag.c: what a browser has already, as it says so (RFC 9110, 13.1.2). */
#include "web.h"

#include <string.h>

bool web_tag_matches(const char *list, const char *tag)
{
    const size_t size = strlen(tag);

    for (const char *at = list; at && *at; at += strspn(at, ", \t")) {
        const size_t length = strcspn(at, ", \t");
        const size_t weak = strncmp(at, "W/", 2) == 0 ? 2 : 0;
        if ((length == 1 && *at == '*') || (length == size + weak && memcmp(at + weak, tag, size) == 0)) {
            return true;
        }
        at += length;
    }
    return false;
}
