/* Time zones from the files of the system. */
#define _POSIX_C_SOURCE 200809L /* openat, O_CLOEXEC */

#include "tzif.h"

#include <ocpp/settlement/adapters.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MOST = 64, FILE_MOST = 64 * 1024, TRANSITIONS_MOST = 64, PATH_MOST = 1024 };

#define ZONE_FOLDER  "/usr/share/zoneinfo"
#define LAST_MOMENT  INT64_C(253402300799999)
#define FIRST_MOMENT INT64_C(-62135596800000)

static bool is_part_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
}

/* Parts of letters, digits and signs with single slashes between: no point, so no way out of the folder. */
static bool is_zone_name(const char *name)
{
    size_t size = 0;
    bool in_part = false;

    for (; size <= NAME_MOST && name[size] != '\0'; size++) {
        if (name[size] == '/' ? !in_part : !is_part_character(name[size])) {
            return false;
        }
        in_part = name[size] != '/';
    }
    return in_part && size <= NAME_MOST;
}

static bool is_span(const struct ocpp_settle_zone_span *span)
{
    return span->from_utc_ms >= FIRST_MOMENT && span->from_utc_ms <= span->to_utc_ms && span->to_utc_ms <= LAST_MOMENT;
}

/* |*size| is what the file holds, at most FILE_MOST. */
static enum ocpp_status open_zone(const char *folder, const char *name, int *file, size_t *size)
{
    char path[PATH_MOST];
    struct stat info;
    const int length = snprintf(path, sizeof path, "%s/%s", folder ? folder : ZONE_FOLDER, name);

    if (length < 0 || (size_t)length >= sizeof path) {
        return OCPP_ERR_ARGUMENT;
    }
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0) {
        return errno == ENOENT || errno == ENOTDIR ? OCPP_ERR_NOT_FOUND : OCPP_ERR_STORAGE;
    }
    const bool is_file = fstat(*file, &info) == 0 && S_ISREG(info.st_mode);

    if (!is_file || info.st_size > FILE_MOST) {
        close(*file);
        return is_file ? OCPP_ERR_CORRUPT : OCPP_ERR_NOT_FOUND;
    }
    *size = (size_t)info.st_size;
    return OCPP_OK;
}

static enum ocpp_status read_all(int file, unsigned char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t got = read(file, bytes + done, size - done);

        if (got == 0 || (got < 0 && errno != EINTR)) {
            return OCPP_ERR_STORAGE;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return OCPP_OK;
}

static enum ocpp_status read_zone(int file, size_t size, struct ocpp_arena *arena, struct tzif *tzif)
{
    unsigned char *bytes = ocpp_arena_take(arena, size);

    if (!bytes) {
        return OCPP_ERR_NOMEM;
    }
    const enum ocpp_status status = read_all(file, bytes, size);

    return status == OCPP_OK ? tzif_read(bytes, size, tzif) : status;
}

static int64_t floor_s(int64_t utc_ms)
{
    return utc_ms / 1000 - (utc_ms % 1000 < 0);
}

static enum ocpp_status list_transitions(const struct tzif *tzif, const struct ocpp_settle_zone_span *span,
                                         struct ocpp_arena *arena, struct ocpp_settle_zone_transitions *transitions)
{
    struct ocpp_settle_zone_transition items[TRANSITIONS_MOST];
    size_t count = 0;
    const enum ocpp_status status =
        tzif_transitions(tzif, floor_s(span->from_utc_ms), floor_s(span->to_utc_ms) + 1, items, TRANSITIONS_MOST, &count);

    if (status != OCPP_OK) {
        return status;
    }
    struct ocpp_settle_zone_transition *kept = ocpp_arena_take(arena, count * sizeof *kept);

    if (!kept) {
        return OCPP_ERR_NOMEM;
    }
    memcpy(kept, items, count * sizeof *kept);
    *transitions = (struct ocpp_settle_zone_transitions){ kept, count };
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_zone_read(const char *folder, const struct ocpp_settle_zone_span *span, struct ocpp_arena *arena,
                                       struct ocpp_settle_zone_transitions *transitions)
{
    struct tzif tzif;
    size_t size = 0;
    int file = -1;

    if (!is_zone_name(span->zone) || !is_span(span)) {
        return OCPP_ERR_ARGUMENT;
    }
    enum ocpp_status status = open_zone(folder, span->zone, &file, &size);

    if (status != OCPP_OK) {
        return status;
    }
    status = read_zone(file, size, arena, &tzif);
    close(file);
    return status == OCPP_OK ? list_transitions(&tzif, span, arena, transitions) : status;
}
