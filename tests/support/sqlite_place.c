/* sqlite_place.c: a folder with a database file in it, and what tests do to such files. */
#define _XOPEN_SOURCE 700

#include "sqlite_place.h"

#include "scratch.h"

#include <stdarg.h>
#include <setjmp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static void keep_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct sqlite_place *place = user;
    (void)level;
    (void)snprintf(place->log, sizeof place->log, "%s", line);
}

int place_setup(void **state)
{
    struct sqlite_place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/store.db", place->folder);
    place->settings = ocpp_sqlite_storage_settings_default();
    place->settings.busy_timeout_ms = 0;
    place->settings.log.write = keep_line;
    place->settings.log.user = place;
    *state = place;
    return 0;
}

int place_teardown(void **state)
{
    struct sqlite_place *place = *state;
    scratch_remove(place->folder);
    free(place);
    return 0;
}

enum ocpp_status place_try_open(struct sqlite_place *place, struct ocpp_storage **storage)
{
    place->reason[0] = '\0';
    return ocpp_sqlite_storage_open(place->path, &place->settings, storage, place->reason, sizeof place->reason);
}

struct ocpp_storage *place_open(struct sqlite_place *place)
{
    struct ocpp_storage *storage = NULL;
    if (place_try_open(place, &storage) != OCPP_OK)
        fail_msg("%s", place->reason);
    return storage;
}

void place_assert_refused(struct sqlite_place *place, enum ocpp_status status, const char *why)
{
    struct ocpp_storage *untouched = (struct ocpp_storage *)place;
    struct ocpp_storage *storage = untouched;
    assert_string_equal(ocpp_status_name(place_try_open(place, &storage)), ocpp_status_name(status));
    assert_ptr_equal(storage, untouched);
    if (strstr(place->reason, place->path) == NULL || strstr(place->reason, why) == NULL)
        fail_msg("%s", place->reason);
}

void place_put(struct ocpp_storage *storage, const char *key, const char *text)
{
    const struct ocpp_change one = { .kind = OCPP_CHANGE_PUT, .key = key, .value = text, .size = strlen(text) };
    assert_int_equal(storage->write(&one, 1, NULL, NULL, storage->user), OCPP_OK);
}

bool place_count(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(unsigned *)user;
    return true;
}

unsigned place_entries(struct ocpp_storage *storage)
{
    unsigned number = 0;
    assert_int_equal(storage->each("", NULL, place_count, &number, storage->user), OCPP_OK);
    return number;
}

void place_sql(struct sqlite_place *place, const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

size_t place_read_file(const char *path, char *bytes, size_t room)
{
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    const ssize_t size = read(fd, bytes, room);
    assert_true(size >= 0 && (size_t)size < room);
    assert_int_equal(close(fd), 0);
    return (size_t)size;
}

void place_write_file(const char *path, off_t offset, const char *bytes, size_t size)
{
    const int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, offset), size);
    assert_int_equal(close(fd), 0);
}

void place_as_nobody(struct sqlite_place *place, void (*act)(struct sqlite_place *place))
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(2);
        act(place);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}
