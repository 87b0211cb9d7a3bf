/* transfer_address.c: what the engine must know of addresses of files: their protocol, and how to show them without their
 * secrets. And the words for how a transfer ended. */
#include <ocpp/file_transfer.h>

#include <string.h>

#include "text.h"

static const struct {
    const char *name;
    bool may_retry;
} results[OCPP_TRANSFER_RESULT_COUNT] = {
    [OCPP_TRANSFER_DONE] = { "done", false },
    [OCPP_TRANSFER_LOST] = { "the connection failed", true },
    [OCPP_TRANSFER_NOT_FOUND] = { "nothing is there", true }, /* perhaps not yet */
    [OCPP_TRANSFER_DENIED] = { "the server refuses", true },
    [OCPP_TRANSFER_NOT_SUPPORTED] = { "the server cannot do it", false },
    [OCPP_TRANSFER_UNTRUSTED] = { "the server is not to be trusted", true }, /* a clock that is set, a root that is installed */
    [OCPP_TRANSFER_TOO_LARGE] = { "the file is too large", false },
    [OCPP_TRANSFER_NOT_RESUMED] = { "the server does not go on in the middle", true },
    [OCPP_TRANSFER_LOCAL] = { "the station's own end failed", true },
};

bool ocpp_transfer_may_retry(enum ocpp_transfer_result result)
{
    return (unsigned)result < OCPP_TRANSFER_RESULT_COUNT && results[result].may_retry;
}

const char *ocpp_transfer_result_name(enum ocpp_transfer_result result)
{
    return (unsigned)result < OCPP_TRANSFER_RESULT_COUNT ? results[result].name : "";
}

static const struct {
    const char *text;
    unsigned bit;
} schemes[] = {
    { "http://", OCPP_TRANSFER_HTTP }, { "https://", OCPP_TRANSFER_HTTPS }, { "ftp://", OCPP_TRANSFER_FTP },
    { "ftps://", OCPP_TRANSFER_FTPS }, { "sftp://", OCPP_TRANSFER_SFTP },
};

static bool begins_with(const char *text, const char *start)
{
    while (*start != '\0' && ocpp_text_fold(*text) == *start) {
        text++;
        start++;
    }
    return *start == '\0';
}

/* The scheme |url| begins with; NULL. */
static const char *scheme_of(const char *url, unsigned *bit)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (begins_with(url, schemes[i].text)) {
            *bit = schemes[i].bit;
            return schemes[i].text;
        }
    }
    return NULL;
}

/* Between "//" and the path: user, password, host and port. */
static size_t authority_size(const char *authority)
{
    return strcspn(authority, "/?#");
}

unsigned ocpp_transfer_protocol_of(const char *url)
{
    unsigned bit = 0;
    const char *scheme = scheme_of(url, &bit);
    if (scheme == NULL) {
        return 0;
    }
    const char *authority = url + strlen(scheme);
    const size_t size = authority_size(authority);
    for (const char *c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f) {
            return 0;
        }
    }
    const bool has_host = size > 0 && authority[size - 1] != '@' && authority[0] != ':';
    return has_host ? bit : 0;
}

/* Where the host begins, behind user and password; NULL: it cannot be told apart from them for sure, because one of them holds a
 * character that ends it. */
static const char *host_of(const char *authority)
{
    const size_t size = authority_size(authority);
    const char *host = authority;
    if (strchr(authority + size, '@') != NULL) {
        return NULL;
    }
    for (size_t i = 0; i < size; i++) {
        if (authority[i] == '@') {
            host = authority + i + 1;
        }
    }
    return host;
}

static size_t append(char *text, size_t size, size_t at, const char *from, size_t count)
{
    for (size_t i = 0; i < count && at + 1 < size; i++) {
        const unsigned char c = (unsigned char)from[i];
        text[at++] = (char)(c > ' ' && c < 0x7f ? c : '?');
    }
    return at;
}

const char *ocpp_transfer_show(const char *url, char *text, size_t size)
{
    if (size == 0) {
        return "";
    }
    unsigned bit;
    size_t at = 0;
    const char *scheme = scheme_of(url, &bit);
    const char *host = scheme == NULL ? NULL : host_of(url + strlen(scheme));
    if (scheme != NULL) {
        at = append(text, size, at, scheme, strlen(scheme));
    }
    if (host != NULL) {
        at = append(text, size, at, host, strcspn(host, "?#"));
    } else {
        at = append(text, size, at, "...", 3);
    }
    text[at] = '\0';
    return text;
}
