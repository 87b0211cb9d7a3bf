/* languages.c: which of several texts a driver understands best, by language tags as in RFC 5646, compared as in RFC 4647 3.3. */
#include "languages.h"

#include <string.h>

#include "text.h"

static size_t subtag(const char *tag)
{
    return strcspn(tag, "-_");
}

static bool starts_alike(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (ocpp_text_fold(a[i]) != ocpp_text_fold(b[i])) {
            return false;
        }
    }
    return true;
}

/* Whether one of two tags is the beginning of the other, whole subtags counted: "de" and "de-AT", not "de-CH" and "de-AT". */
static bool is_alike(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        const size_t size = subtag(a);
        if (size != subtag(b) || !starts_alike(a, b, size)) {
            return false;
        }
        a += size + (a[size] != '\0');
        b += size + (b[size] != '\0');
    }
    return true;
}

int ocpp_language_rank(const char *language, const char *const languages[2])
{
    for (int i = 0; i < 2; i++) {
        if (languages[i][0] != '\0' && is_alike(language, languages[i])) {
            return i;
        }
    }
    return is_alike(language, "en") ? 2 : LANGUAGE_UNSUITED;
}
