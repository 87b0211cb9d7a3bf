/* keys_files.c: files of keys, which are there whole or not at all. One is written beside its place, brought to the disk and
 * renamed, while the folder is locked against other processes that make the same key.
 */
#define _DEFAULT_SOURCE
#include "keys_openssl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char beside[] = ".writing";

enum ocpp_status keys_folder_open(const char *path, int *folder)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return OCPP_ERR_STORAGE;
    }
    *folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *folder >= 0 ? OCPP_OK : OCPP_ERR_STORAGE;
}

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

static bool read_all(int file, unsigned char *to, size_t room, size_t *size)
{
    *size = 0;
    while (*size < room) {
        const ssize_t got = read(file, to + *size, room - *size);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        *size += (size_t)got;
    }
    return false; /* larger than any key */
}

static bool is_private(const struct keys_openssl *keys, int file, const char *name)
{
    struct stat facts;

    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        keys_log(keys, OCPP_LOG_ERROR, name, "is not used: others may read or write its file (mode 0600 is wanted)");
        return false;
    }
    return true;
}

enum ocpp_status keys_file_read(const struct keys_openssl *keys, const char *name, unsigned char bytes[KEYS_FILE_LIMIT],
                                size_t *size)
{
    const int file = openat(keys->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0) {
        return errno == ENOENT ? OCPP_ERR_NOT_FOUND : OCPP_ERR_CRYPTO;
    }
    const bool is_read = is_private(keys, file, name) && read_all(file, bytes, KEYS_FILE_LIMIT, size);
    (void)close(file);
    return is_read ? OCPP_OK : OCPP_ERR_CRYPTO;
}

/* --- writing
 * -------------------------------------------------------------------------------------------------------------------- */

static bool write_all(int file, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t put = write(file, bytes, size);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        bytes += put;
        size -= (size_t)put;
    }
    return fsync(file) == 0;
}

static bool write_beside(int folder, const void *bytes, size_t size)
{
    (void)unlinkat(folder, beside, 0); /* of a process that was ended while it wrote */
    const int file = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0) {
        return false;
    }
    const bool is_written = write_all(file, bytes, size);
    return close(file) == 0 && is_written;
}

static enum ocpp_status write_locked(int folder, const char *name, const void *bytes, size_t size)
{
    if (write_beside(folder, bytes, size) && renameat(folder, beside, folder, name) == 0) {
        return fsync(folder) == 0 ? OCPP_OK : OCPP_ERR_STORAGE;
    }
    (void)unlinkat(folder, beside, 0);
    return OCPP_ERR_STORAGE;
}

enum ocpp_status keys_file_write(const struct keys_openssl *keys, const char *name, const void *bytes, size_t size, bool replaces)
{
    enum ocpp_status status = OCPP_ERR_STATE;

    while (flock(keys->folder, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return OCPP_ERR_STORAGE;
        }
    }
    if (replaces || faccessat(keys->folder, name, F_OK, 0) != 0) {
        status = write_locked(keys->folder, name, bytes, size);
    }
    (void)flock(keys->folder, LOCK_UN);
    return status;
}
