/* query.c: finds and decodes the values of a query. */
#include "query.h"

#include <stddef.h>
#include <string.h>

static int hex_value(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* One value of a query, decoded; false when it is too long, or holds a NUL. */
static bool decode(const char *at, size_t size, char value[QUERY_VALUE_SIZE])
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        char letter = at[i] == '+' ? ' ' : at[i];
        if (letter == '%' && i + 2 < size && hex_value(at[i + 1]) >= 0 && hex_value(at[i + 2]) >= 0) {
            letter = (char)(hex_value(at[i + 1]) << 4 | hex_value(at[i + 2]));
            i += 2;
        }
        if (letter == '\0' || used + 1 == QUERY_VALUE_SIZE) {
            return false;
        }
        value[used++] = letter;
    }
    value[used] = '\0';
    return true;
}

bool query_find(const char *query, const char *name, char value[QUERY_VALUE_SIZE])
{
    size_t name_size = strlen(name);

    for (const char *at = query; at && *at;) {
        size_t size = strcspn(at, "&");
        if (size > name_size && strncmp(at, name, name_size) == 0 && at[name_size] == '=') {
            return decode(at + name_size + 1, size - name_size - 1, value);
        }
        at += size;
        at += *at == '&';
    }
    return false;
}
