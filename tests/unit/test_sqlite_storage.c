/* test_sqlite_storage.c: what only the SQLite store has: gathering, bounds of the file, full disks, several handles. The contract
 * itself is in test_storage_contract.c, power and kill in test_sqlite_crash.c.
 */
#define _GNU_SOURCE

#include "failing_commits.h"
#include "scratch.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BIG = 60000 };

static const char big_value[BIG] = { 'b', 'i', 'g' };

struct place {
    char folder[64];
    char path[96];
    struct ocpp_sqlite_storage_settings settings;
    unsigned log_lines;
    unsigned good; /* |done|s that were told OCPP_OK … */
    unsigned bad;  /* … and the others */
    enum ocpp_status last;
};

static void count_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct place *place = user;
    (void)line;
    assert_int_equal(level, OCPP_LOG_ERROR);
    place->log_lines++;
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(place->folder, sizeof place->folder);
    (void)snprintf(place->path, sizeof place->path, "%s/store.db", place->folder);
    place->settings = ocpp_sqlite_storage_settings_default();
    place->settings.busy_timeout_ms = 0;
    place->settings.log.write = count_line;
    place->settings.log.user = place;
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    scratch_remove(place->folder);
    free(place);
    return 0;
}

/* --- small words ------------------------------------------------------------------------------------------------- */

static struct ocpp_storage *open_store(struct place *place)
{
    struct ocpp_storage *storage = NULL;
    char reason[256] = "";
    if (ocpp_sqlite_storage_open(place->path, &place->settings, &storage, reason, sizeof reason) != OCPP_OK)
        fail_msg("%s", reason);
    return storage;
}

static struct ocpp_storage *open_group(struct place *place, size_t limit)
{
    place->settings.group = true;
    place->settings.group_limit = limit;
    return open_store(place);
}

static void count_done(enum ocpp_status status, void *user)
{
    struct place *place = user;
    place->last = status;
    if (status == OCPP_OK)
        place->good++;
    else
        place->bad++;
}

static enum ocpp_status write_one(struct ocpp_storage *storage, struct place *place, enum ocpp_change_kind kind, const char *key,
                                  size_t size)
{
    const struct ocpp_change one = { .kind = kind, .key = key, .value = big_value, .size = size };
    return storage->write(&one, 1, count_done, place, storage->user);
}

static enum ocpp_status put(struct ocpp_storage *storage, struct place *place, const char *key, size_t size)
{
    return write_one(storage, place, OCPP_CHANGE_PUT, key, size);
}

static bool note(const char *key, const void *value, size_t size, void *user)
{
    char *text = user;
    (void)value;
    (void)snprintf(text + strlen(text), 1024 - strlen(text), "%s:%zu;", key, size);
    return true;
}

static void assert_all(struct ocpp_storage *storage, const char *expected)
{
    char text[1024] = "";
    assert_int_equal(storage->each("", NULL, note, text, storage->user), OCPP_OK);
    assert_string_equal(text, expected);
}

/* What a second look at the file finds: only what was committed. */
static void assert_durable(struct place *place, const char *expected)
{
    const bool group = place->settings.group;
    place->settings.group = false;
    struct ocpp_storage *other = open_store(place);
    assert_all(other, expected);
    ocpp_sqlite_storage_close(other);
    place->settings.group = group;
}

/* --- gathering --------------------------------------------------------------------------------------------------- */

static void gathered_writes_are_durable_and_done_in_flush(void **state)
{
    struct place *place = *state;
    place->settings.shared = true;
    struct ocpp_storage *storage = open_group(place, 100);
    assert_int_equal(put(storage, place, "a", 1), OCPP_OK);
    assert_int_equal(put(storage, place, "b", 2), OCPP_OK);
    assert_all(storage, "a:1;b:2;");
    assert_durable(place, "");
    assert_int_equal(place->good, 0);
    storage->flush(storage->user);
    assert_int_equal(place->good, 2);
    assert_durable(place, "a:1;b:2;");
    ocpp_sqlite_storage_close(storage);
}

static void as_many_writes_as_the_limit_flush_by_themselves(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_group(place, 3);
    for (unsigned i = 1; i <= 10; i++) {
        assert_int_equal(put(storage, place, "a", i), OCPP_OK);
        assert_int_equal(place->good, i / 3 * 3);
    }
    storage->flush(storage->user);
    assert_int_equal(place->good, 10);
    ocpp_sqlite_storage_close(storage);
}

static void closing_brings_home_what_was_gathered(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_group(place, 100);
    assert_int_equal(put(storage, place, "a", 1), OCPP_OK);
    ocpp_sqlite_storage_close(storage);
    assert_int_equal(place->good, 1);
    assert_durable(place, "a:1;");
}

/* Each done writes two more until there are 200: more than the limit gather while as many wait for their turn. */
struct flood {
    struct place *place;
    struct ocpp_storage *storage;
    unsigned accepted;
    unsigned done;
};

static void write_two_more(enum ocpp_status status, void *user)
{
    struct flood *flood = user;
    const struct ocpp_change one = { .kind = OCPP_CHANGE_APPEND, .key = "s" };
    assert_int_equal(status, OCPP_OK);
    flood->done++;
    for (int i = 0; i < 2 && flood->accepted < 200; i++) {
        flood->accepted++;
        assert_int_equal(flood->storage->write(&one, 1, write_two_more, flood, flood->storage->user), OCPP_OK);
    }
}

enum { LATE_WRITES = 8 };

struct late {
    struct ocpp_storage *storage;
    char key[24]; /* of the write at hand */
    int done;
};

static void spoil(enum ocpp_status status, void *user)
{
    struct late *late = user;
    assert_int_equal(status, OCPP_OK);
    (void)snprintf(late->key, sizeof late->key, "spoilt");
    late->done++;
}

static void write_several(enum ocpp_status status, void *user)
{
    struct late *late = user;
    assert_int_equal(status, OCPP_OK);
    for (int i = 0; i < LATE_WRITES; i++) {
        (void)snprintf(late->key, sizeof late->key, "late-%d", i);
        const struct ocpp_change one = { OCPP_CHANGE_PUT, late->key, "1", 1 };
        assert_int_equal(late->storage->write(&one, 1, spoil, late, late->storage->user), OCPP_OK);
    }
}

static void dones_that_write_more_than_the_limit_lose_none(void **state)
{
    struct place *place = *state;
    for (size_t limit = 1; limit <= 4; limit++) {
        struct flood flood = { .place = place, .storage = open_group(place, limit), .accepted = 0 };
        write_two_more(OCPP_OK, &flood);
        for (int i = 0; i < 200 && flood.done < 201; i++)
            flood.storage->flush(flood.storage->user);
        assert_int_equal(flood.accepted, 200);
        assert_int_equal(flood.done, 201);
        ocpp_sqlite_storage_close(flood.storage);
    }
}

/* What a write is made of may be gone when somebody else's |done| has run: none runs while a write is looked at. */
static void no_done_runs_between_a_write_and_its_looks(void **state)
{
    struct place *place = *state;
    struct late late = { .storage = open_group(place, 1) };
    char first[8] = "first";
    const struct ocpp_change one = { OCPP_CHANGE_PUT, first, "1", 1 };
    assert_int_equal(late.storage->write(&one, 1, write_several, &late, late.storage->user), OCPP_OK);
    for (int i = 0; i < 10; i++)
        late.storage->flush(late.storage->user);
    assert_int_equal(late.done, LATE_WRITES);
    assert_all(late.storage, "first:1;late-0:1;late-1:1;late-2:1;late-3:1;late-4:1;late-5:1;late-6:1;late-7:1;");
    ocpp_sqlite_storage_close(late.storage);
}

static bool flush_inside(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_storage *storage = user;
    (void)key;
    (void)value;
    (void)size;
    storage->flush(storage->user);
    return true;
}

static void a_flush_inside_a_visit_does_nothing_and_is_logged(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_group(place, 100);
    assert_int_equal(put(storage, place, "a", 1), OCPP_OK);
    assert_int_equal(storage->each("", NULL, flush_inside, storage, storage->user), OCPP_OK);
    assert_int_equal(place->good, 0);
    assert_int_equal(place->log_lines, 1);
    storage->flush(storage->user);
    assert_int_equal(place->good, 1);
    ocpp_sqlite_storage_close(storage);
}

/* --- a bound on the file ----------------------------------------------------------------------------------------- */

static unsigned fill(struct ocpp_storage *storage, struct place *place, size_t size)
{
    for (unsigned i = 0; i < 10000; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "k%04u", i);
        const enum ocpp_status status = put(storage, place, key, size);
        if (status == OCPP_OK)
            continue;
        assert_int_equal(status, OCPP_ERR_FULL);
        return i;
    }
    fail_msg("never full");
    return 0;
}

static bool add_one(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(unsigned *)user;
    return true;
}

static unsigned entries(struct ocpp_storage *storage)
{
    unsigned number = 0;
    assert_int_equal(storage->each("", NULL, add_one, &number, storage->user), OCPP_OK);
    return number;
}

static void a_full_file_refuses_and_takes_again_once_something_was_deleted(void **state)
{
    struct place *place = *state;
    struct stat file;
    place->settings.max_bytes = 256 * 1024;
    for (int group = 0; group < 2; group++) {
        char wal[128];
        struct ocpp_storage *storage = group ? open_group(place, 20) : open_store(place);
        const unsigned fitted = fill(storage, place, 400);
        assert_in_range(fitted, 300, 640);
        assert_int_equal(entries(storage), fitted);
        (void)snprintf(wal, sizeof wal, "%s-wal", place->path);
        assert_int_equal(stat(wal, &file), 0);
        assert_true(file.st_size <= (64 + 64) * 1024);
        assert_int_equal(write_one(storage, place, OCPP_CHANGE_DELETE_PREFIX, "k00", 0), OCPP_OK);
        assert_int_equal(put(storage, place, "k0000", 400), OCPP_OK);
        assert_int_equal(write_one(storage, place, OCPP_CHANGE_DELETE_PREFIX, "", 0), OCPP_OK);
        ocpp_sqlite_storage_close(storage);
        assert_int_equal(place->bad, 0);
        assert_int_equal(stat(place->path, &file), 0);
        assert_true(file.st_size <= 256 * 1024);
    }
}

static void a_write_that_does_not_fit_leaves_no_part_of_it(void **state)
{
    struct place *place = *state;
    place->settings.max_bytes = 256 * 1024;
    struct ocpp_storage *storage = open_store(place);
    struct ocpp_change changes[6];
    char keys[6][8];
    assert_int_equal(put(storage, place, "a", 1), OCPP_OK);
    changes[0] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = "a" };
    for (int i = 1; i < 6; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "b%d", i);
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = keys[i], .value = big_value, .size = BIG };
    }
    assert_int_equal(storage->write(changes, 6, count_done, place, storage->user), OCPP_ERR_FULL);
    assert_int_equal(place->good, 1);
    assert_int_equal(place->bad, 0);
    assert_all(storage, "a:1;");
    ocpp_sqlite_storage_close(storage);
}

static void gathered_writes_survive_one_that_does_not_fit(void **state)
{
    struct place *place = *state;
    place->settings.max_bytes = 256 * 1024;
    struct ocpp_storage *storage = open_group(place, 1000);
    assert_int_equal(put(storage, place, "a", BIG), OCPP_OK);
    assert_int_equal(put(storage, place, "b", BIG), OCPP_OK);
    assert_int_equal(put(storage, place, "c", BIG), OCPP_OK);
    assert_int_equal(put(storage, place, "d", BIG), OCPP_OK);
    assert_int_equal(put(storage, place, "e", BIG), OCPP_ERR_FULL);
    assert_int_equal(put(storage, place, "f", 1), OCPP_OK);
    storage->flush(storage->user);
    assert_int_equal(place->good, 5);
    assert_int_equal(place->bad, 0);
    assert_all(storage, "a:60000;b:60000;c:60000;d:60000;f:1;");
    ocpp_sqlite_storage_close(storage);
}

/* Whoever wrote "c" had read the others, which are gone. */
static void a_write_that_a_group_made_way_for_is_lost_with_the_group(void **state)
{
    struct place *place = *state;
    place->settings.max_bytes = 256 * 1024;
    failing_commits_begin();
    struct ocpp_storage *storage = open_group(place, 1000);
    assert_int_equal(put(storage, place, "a", BIG), OCPP_OK);
    assert_int_equal(put(storage, place, "b", BIG), OCPP_OK);
    failing_commits(true);
    assert_int_equal(put(storage, place, "c", BIG), OCPP_ERR_STORAGE);
    assert_int_equal(place->good, 0);
    assert_int_equal(place->bad, 2);
    assert_all(storage, "");
    failing_commits_end();
    assert_int_equal(put(storage, place, "d", BIG), OCPP_OK);
    ocpp_sqlite_storage_close(storage);
    assert_int_equal(place->good, 1);
    assert_durable(place, "d:60000;");
}

static void a_bound_below_what_the_file_has_refuses_growth_only(void **state)
{
    struct place *place = *state;
    struct ocpp_storage *storage = open_store(place);
    for (int i = 0; i < 4; i++) {
        const char key[] = { (char)('a' + i), '\0' };
        assert_int_equal(put(storage, place, key, BIG), OCPP_OK);
    }
    ocpp_sqlite_storage_close(storage);
    place->settings.max_bytes = 64 * 1024;
    storage = open_store(place);
    assert_int_equal(put(storage, place, "e", BIG), OCPP_ERR_FULL);
    assert_int_equal(write_one(storage, place, OCPP_CHANGE_DELETE, "a", 0), OCPP_OK);
    assert_int_equal(put(storage, place, "e", BIG), OCPP_OK);
    assert_all(storage, "b:60000;c:60000;d:60000;e:60000;");
    ocpp_sqlite_storage_close(storage);
}

/* --- a disk that is full ----------------------------------------------------------------------------------------- */

/* Fills a small file system. In a child, as its mount must not be seen by others. Exit code: 77 no right to mount, 0
 * good, else the line that failed. */
#define CHECK(condition)                                                                                                         \
    do {                                                                                                                         \
        if (!(condition))                                                                                                        \
            _exit(__LINE__ % 77);                                                                                                \
    } while (0)

static unsigned fill_disk(struct ocpp_storage *storage, struct place *place)
{
    for (unsigned i = 0; i < 1000; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "k%04u", i);
        place->last = OCPP_OK;
        const enum ocpp_status status = put(storage, place, key, 10000);
        if (storage->flush != NULL && i % 4 == 3)
            storage->flush(storage->user);
        if (status == OCPP_OK && place->last == OCPP_OK)
            continue;
        CHECK(status == OCPP_ERR_FULL || place->last == OCPP_ERR_FULL);
        return i;
    }
    return 1000;
}

/* Something else on the disk, that goes away later. */
static void take_room(const char *path, size_t size)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    for (size_t i = 0; i < size; i++)
        CHECK(fputc('x', file) == 'x');
    CHECK(fclose(file) == 0);
}

static void on_a_full_disk(struct place *place, bool group)
{
    char other[128];
    struct ocpp_storage *storage = NULL;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", place->folder, "tmpfs", 0, "size=1m") != 0)
        _exit(77);
    (void)snprintf(other, sizeof other, "%s/other", place->folder);
    take_room(other, 600000);
    place->settings.group = group;
    CHECK(ocpp_sqlite_storage_open(place->path, &place->settings, &storage, NULL, 0) == OCPP_OK);
    CHECK(fill_disk(storage, place) < 60);
    CHECK(place->log_lines > 0);
    const unsigned kept = entries(storage);
    CHECK(kept == place->good);
    CHECK(remove(other) == 0);
    CHECK(put(storage, place, "again", 10000) == OCPP_OK);
    CHECK(write_one(storage, place, OCPP_CHANGE_DELETE, "k0000", 0) == OCPP_OK);
    ocpp_sqlite_storage_close(storage);
    CHECK(place->good == kept + 2);
    CHECK(ocpp_sqlite_storage_open(place->path, &place->settings, &storage, NULL, 0) == OCPP_OK);
    CHECK(entries(storage) == kept);
    ocpp_sqlite_storage_close(storage);
    _exit(0);
}

static void a_full_disk_is_told_and_loses_nothing_that_was_done(void **state)
{
    struct place *place = *state;
    for (int group = 0; group < 2; group++) {
        int status = 0;
        const pid_t child = fork();
        if (child == 0)
            on_a_full_disk(place, group != 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77) {
            print_message("no right to mount a small disk: skipped\n");
            return;
        }
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

/* --- several handles --------------------------------------------------------------------------------------------- */

static bool keep_last(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    (void)snprintf(user, OCPP_KEY_SIZE, "%s", key);
    return true;
}

static void two_handles_appending_to_one_stream_raise_one_number(void **state)
{
    struct place *place = *state;
    char last[OCPP_KEY_SIZE] = "";
    place->settings.shared = true;
    struct ocpp_storage *handles[2] = { open_store(place), open_group(place, 100) };
    for (unsigned i = 0; i < 20; i++) {
        char now[OCPP_KEY_SIZE] = "";
        struct ocpp_storage *storage = handles[i * 7 / 3 % 2];
        assert_int_equal(write_one(storage, place, OCPP_CHANGE_APPEND, "s", 0), OCPP_OK);
        if (storage->flush != NULL)
            storage->flush(storage->user);
        assert_int_equal(storage->each("s/", NULL, keep_last, now, storage->user), OCPP_OK);
        assert_true(strcmp(now, last) > 0);
        (void)snprintf(last, sizeof last, "%s", now);
        assert_int_equal(write_one(storage, place, OCPP_CHANGE_DELETE_PREFIX, "s/", 0), OCPP_OK);
        if (storage->flush != NULL)
            storage->flush(storage->user);
    }
    ocpp_sqlite_storage_close(handles[0]);
    ocpp_sqlite_storage_close(handles[1]);
}

static void a_write_while_another_handle_gathers_fails_after_the_time_allowed(void **state)
{
    struct place *place = *state;
    place->settings.shared = true;
    struct ocpp_storage *through = open_store(place);
    struct ocpp_storage *gathering = open_group(place, 100);
    assert_int_equal(put(gathering, place, "a", 1), OCPP_OK);
    assert_int_equal(put(through, place, "b", 1), OCPP_ERR_STORAGE);
    assert_int_equal(place->log_lines, 1);
    gathering->flush(gathering->user);
    assert_int_equal(put(through, place, "b", 1), OCPP_OK);
    assert_all(gathering, "a:1;b:1;");
    ocpp_sqlite_storage_close(through);
    ocpp_sqlite_storage_close(gathering);
}

enum { THREADS = 3, APPENDS = 60 };

struct worker {
    struct place place; /* its own: |done|s run on its thread */
    pthread_t thread;
    bool group;
};

static void *append_many(void *user)
{
    struct worker *worker = user;
    struct ocpp_storage *storage = NULL;
    worker->place.settings.group = worker->group;
    if (ocpp_sqlite_storage_open(worker->place.path, &worker->place.settings, &storage, NULL, 0) != OCPP_OK)
        return NULL;
    for (int i = 0; i < APPENDS; i++) {
        (void)write_one(storage, &worker->place, OCPP_CHANGE_APPEND, "s", 0);
        if (worker->group && i % 4 == 3)
            storage->flush(storage->user);
    }
    ocpp_sqlite_storage_close(storage);
    return NULL;
}

static void threads_with_a_handle_each_lose_nothing(void **state)
{
    struct place *place = *state;
    struct worker workers[THREADS];
    place->settings.shared = true;
    place->settings.busy_timeout_ms = 60000;
    place->settings.log.write = NULL;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .place = *place, .group = i > 0 };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, append_many, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].place.good, APPENDS);
        assert_int_equal(workers[i].place.bad, 0);
    }
    struct ocpp_storage *storage = open_store(place);
    assert_int_equal(entries(storage), THREADS * APPENDS);
    ocpp_sqlite_storage_close(storage);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(gathered_writes_are_durable_and_done_in_flush),
        IN_A_FOLDER(as_many_writes_as_the_limit_flush_by_themselves),
        IN_A_FOLDER(closing_brings_home_what_was_gathered),
        IN_A_FOLDER(dones_that_write_more_than_the_limit_lose_none),
        IN_A_FOLDER(no_done_runs_between_a_write_and_its_looks),
        IN_A_FOLDER(a_flush_inside_a_visit_does_nothing_and_is_logged),
        IN_A_FOLDER(a_full_file_refuses_and_takes_again_once_something_was_deleted),
        IN_A_FOLDER(a_write_that_does_not_fit_leaves_no_part_of_it),
        IN_A_FOLDER(gathered_writes_survive_one_that_does_not_fit),
        IN_A_FOLDER(a_write_that_a_group_made_way_for_is_lost_with_the_group),
        IN_A_FOLDER(a_bound_below_what_the_file_has_refuses_growth_only),
        IN_A_FOLDER(a_full_disk_is_told_and_loses_nothing_that_was_done),
        IN_A_FOLDER(two_handles_appending_to_one_stream_raise_one_number),
        IN_A_FOLDER(threads_with_a_handle_each_lose_nothing),
        IN_A_FOLDER(a_write_while_another_handle_gathers_fails_after_the_time_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
