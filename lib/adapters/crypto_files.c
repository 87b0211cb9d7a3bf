/* crypto_files.c: files that are there whole or not at all. A file is written beside its place, brought to the disk, renamed, and
 * the folder brought to the disk.
 */
#define _POSIX_C_SOURCE 200809L
#include "crypto_openssl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ocpp_status trouble(int error)
{
    return error == ENOENT ? OCPP_ERR_NOT_FOUND : error == ENOMEM ? OCPP_ERR_NOMEM : OCPP_ERR_STORAGE;
}

void crypto_forget(char *text, size_t size)
{
    if (text != NULL)
        OPENSSL_cleanse(text, size);
    free(text);
}

/* The bytes of |file|, at most |room|. */
static bool read_all(int file, char *to, size_t room, size_t *size)
{
    *size = 0;
    while (*size < room) {
        const ssize_t got = read(file, to + *size, room - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        *size += (size_t)got;
    }
    return true;
}

enum ocpp_status crypto_read_file(struct crypto_openssl *crypto, const char *name, char **text, size_t *size)
{
    const int file = openat(crypto->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return trouble(errno);
    enum ocpp_status status = OCPP_ERR_NOMEM;
    char *bytes = malloc(CRYPTO_FILE_LIMIT + 2);
    if (bytes != NULL)
        status = read_all(file, bytes, CRYPTO_FILE_LIMIT + 1, size) ? OCPP_OK : OCPP_ERR_STORAGE;
    (void)close(file);
    if (status == OCPP_OK && *size > CRYPTO_FILE_LIMIT)
        status = OCPP_ERR_CORRUPT;
    if (status != OCPP_OK) {
        crypto_forget(bytes, CRYPTO_FILE_LIMIT + 2);
        return status;
    }
    bytes[*size] = '\0';
    *text = bytes;
    return OCPP_OK;
}

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t put = write(file, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return fsync(file) == 0;
}

enum ocpp_status crypto_write_file(struct crypto_openssl *crypto, const char *name, const void *bytes, size_t size)
{
    char beside[CRYPTO_NAME_SIZE + 4];
    (void)snprintf(beside, sizeof beside, "%s.tmp", name);
    const int file = openat(crypto->folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return OCPP_ERR_STORAGE;
    const bool written = write_all(file, bytes, size);
    const bool closed = close(file) == 0;
    if (written && closed)
        return crypto_rename_file(crypto, beside, name);
    (void)unlinkat(crypto->folder, beside, 0);
    return OCPP_ERR_STORAGE;
}

enum ocpp_status crypto_rename_file(struct crypto_openssl *crypto, const char *from, const char *to)
{
    if (renameat(crypto->folder, from, crypto->folder, to) != 0 || fsync(crypto->folder) != 0)
        return OCPP_ERR_STORAGE;
    return OCPP_OK;
}

enum ocpp_status crypto_remove_file(struct crypto_openssl *crypto, const char *name)
{
    if (unlinkat(crypto->folder, name, 0) != 0)
        return errno == ENOENT ? OCPP_OK : OCPP_ERR_STORAGE;
    return fsync(crypto->folder) == 0 ? OCPP_OK : OCPP_ERR_STORAGE;
}

bool crypto_has_file(struct crypto_openssl *crypto, const char *name)
{
    return faccessat(crypto->folder, name, F_OK, 0) == 0;
}

/* --- lists ------------------------------------------------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool is_listed(const char *name, const char *prefix)
{
    const size_t length = strlen(name);
    const bool is_temporary = length > 4 && strcmp(name + length - 4, ".tmp") == 0;
    return length < CRYPTO_NAME_SIZE && strncmp(name, prefix, strlen(prefix)) == 0 && (!is_temporary || prefix[0] == '\0') &&
           name[0] != '.';
}

enum ocpp_status crypto_list_files(struct crypto_openssl *crypto, const char *prefix, char (**names)[CRYPTO_NAME_SIZE],
                                   size_t *count)
{
    const int copy = openat(crypto->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (folder == NULL) {
        if (copy >= 0)
            (void)close(copy);
        return OCPP_ERR_STORAGE;
    }
    char(*list)[CRYPTO_NAME_SIZE] = calloc(CRYPTO_FILES_LIMIT, sizeof *list);
    size_t found = 0;
    for (const struct dirent *entry = readdir(folder); list != NULL && entry != NULL && found < CRYPTO_FILES_LIMIT;
         entry = readdir(folder)) {
        if (is_listed(entry->d_name, prefix))
            memcpy(list[found++], entry->d_name, strlen(entry->d_name) + 1);
    }
    (void)closedir(folder);
    if (list == NULL)
        return OCPP_ERR_NOMEM;
    qsort(list, found, sizeof *list, by_name);
    *names = list;
    *count = found;
    return OCPP_OK;
}
