/* sqlite_set_aside.c: a damaged database is renamed, never deleted.
 *
 * The log goes first: a log that stayed behind alone would be played into the new, empty database. If power is lost in between,
 * the database is found damaged again and set aside under the next number.
 */
#define _POSIX_C_SOURCE 200809L

#include "sqlite_set_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAMES = 1000, SUFFIX_SIZE = 5 };

/* Makes the new name ours by creating it, so that nothing is ever overwritten; works on file systems without hard links too. */
static bool reserve_name(const char *path, char moved[SET_ASIDE_PATH_SIZE])
{
    for (int n = 1; n <= NAMES; n++) {
        const int length = snprintf(moved, SET_ASIDE_PATH_SIZE - SUFFIX_SIZE, "%s.corrupt-%d", path, n);
        if (length < 0 || length >= SET_ASIDE_PATH_SIZE - SUFFIX_SIZE)
            return false;
        const int fd = open(moved, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0)
            return close(fd) == 0;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static bool rename_beside(const char *path, const char *moved, const char *suffix)
{
    char from[SET_ASIDE_PATH_SIZE];
    char to[SET_ASIDE_PATH_SIZE];
    if (snprintf(from, sizeof from, "%s%s", path, suffix) >= (int)sizeof from ||
        snprintf(to, sizeof to, "%s%s", moved, suffix) >= (int)sizeof to)
        return false;
    return rename(from, to) == 0 || errno == ENOENT;
}

/* So that the new names survive a power cut. A file system that cannot do it keeps names by itself or not at all. */
static void sync_folder(const char *path)
{
    char folder[SET_ASIDE_PATH_SIZE];
    (void)snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder ? 1 : 0] = '\0';
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

enum ocpp_status sqlite_set_aside(const char *path, char moved[SET_ASIDE_PATH_SIZE])
{
    if (!reserve_name(path, moved))
        return OCPP_ERR_STORAGE;
    if (rename_beside(path, moved, "-wal") && rename_beside(path, moved, "-shm") && rename(path, moved) == 0) {
        sync_folder(path);
        return OCPP_OK;
    }
    (void)unlink(moved);
    return OCPP_ERR_STORAGE;
}
