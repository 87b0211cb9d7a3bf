/* files_ticket.c: addresses nobody can guess: "/files/TICKET/STATION/SUBJECT", where TICKET is "UNTIL.CODE". */
#include "files_inside.h"
#include "store.h"

#include <ocpp/adapters.h>

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_NAME "csms/files-key"

enum { CODE_SIZE = 16, CODE_TEXT_SIZE = 2 * CODE_SIZE + 1 };

/* --- the key
 * -------------------------------------------------------------------------------------------------------------------- */

static bool take_key(const char *key, const void *value, size_t size, void *user)
{
    struct files *files = user;

    (void)key;
    if (size == sizeof files->key) {
        memcpy(files->key, value, size);
    }
    return false;
}

static void note_status(enum ocpp_status status, void *user)
{
    *(enum ocpp_status *)user = status;
}

bool files_read_key(struct files *files, struct ocpp_storage *storage)
{
    const struct ocpp_change change = {
        .kind = OCPP_CHANGE_PUT, .key = KEY_NAME, .value = files->key, .size = sizeof files->key
    };
    enum ocpp_status status = storage->read(KEY_NAME, take_key, files, storage->user);

    if (status != OCPP_ERR_NOT_FOUND) {
        return status == OCPP_OK;
    }
    ocpp_system_random(files->key, sizeof files->key, NULL);
    status = OCPP_ERR_STORAGE;
    store_write(storage, &change, note_status, &status);
    if (storage->flush) {
        storage->flush(storage->user);
    }
    return status == OCPP_OK;
}

/* --- the code
 * ---------------------------------------------------------------------------------------------------------------------- */

/* The parts stand behind their lengths, so that no two lists of them are one text. */
static bool make_code(const struct files *files, enum file_act act, const char *station, const char *subject, int64_t until_s,
                      char code[CODE_TEXT_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    char text[1024];
    int length = snprintf(text, sizeof text, "%d %" PRId64 " %zu:%s %zu:%s", (int)act, until_s, strlen(station), station,
                          strlen(subject), subject);

    if (length < 0 || (size_t)length >= sizeof text ||
        !HMAC(EVP_sha256(), files->key, sizeof files->key, (const unsigned char *)text, (size_t)length, digest, &size)) {
        return false;
    }
    for (size_t i = 0; i < CODE_SIZE; i++) {
        snprintf(code + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

/* |text| percent-encoded behind |url|; false: there is no room. */
static bool add_encoded(char *url, size_t size, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t used = strlen(url);

    for (; *text && used + 4 < size; text++) {
        used += (size_t)snprintf(url + used, size - used, strchr(plain, *text) ? "%c" : "%%%02X", (unsigned char)*text);
    }
    return *text == '\0';
}

char *files_url(const struct files *files, enum file_act act, const char *station, const char *subject, int64_t until_utc_ms)
{
    const char *base = atomic_load(&files->base);
    char *url = base ? malloc(FILE_URL_SIZE) : NULL;
    char code[CODE_TEXT_SIZE];
    bool made = url && make_code(files, act, station, subject, until_utc_ms / 1000, code);

    if (made) {
        snprintf(url, FILE_URL_SIZE, "%.256s/files/%" PRIx64 ".%s/", base, (uint64_t)(until_utc_ms / 1000), code);
        made = add_encoded(url, FILE_URL_SIZE, station) && strcat(url, "/") && add_encoded(url, FILE_URL_SIZE - 1, subject);
    }
    if (made) {
        strcat(url, act == FILE_ACT_PUT ? "/" : ""); /* a folder: the station puts a name behind it */
        return url;
    }
    free(url);
    return NULL;
}

bool files_path_cut(char *path, char *parts[4])
{
    static const char folder[] = "/files/";
    char *at = path + sizeof folder - 1;

    if (strncmp(path, folder, sizeof folder - 1) != 0) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        parts[i] = at;
        at = strchr(at, '/');
        if (!at) {
            return false;
        }
        *at++ = '\0';
    }
    parts[3] = at;
    return !strchr(at, '/');
}

/* The code of the whole ticket made anew is compared, so a ticket holds only as it was given. */
bool files_ticket_holds(const struct files *files, const char *ticket, enum file_act act, const char *station,
                        const char *subject, int64_t utc_ms)
{
    uint64_t until_s = strtoull(ticket, NULL, 16);
    char code[CODE_TEXT_SIZE];
    char again[TICKET_SIZE];

    if (until_s > INT64_MAX / 1000 || !make_code(files, act, station, subject, (int64_t)until_s, code)) {
        return false;
    }
    snprintf(again, sizeof again, "%" PRIx64 ".%s", until_s, code);
    return strlen(ticket) == strlen(again) && CRYPTO_memcmp(again, ticket, strlen(again)) == 0 && utc_ms != OCPP_UTC_UNKNOWN &&
           utc_ms / 1000 <= (int64_t)until_s;
}
