/* store.c: one file for several threads, or one memory for them.
 *
 * The SQLite file is opened once per thread: each gathers the writes of a round and commits them at its end. A lock file keeps a
 * second program away: two of them would give the same transaction numbers. The store in memory is one for all threads, behind a
 * lock.
 */
#include "store.h"

#include <ocpp/adapters.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct shared_memory {
    struct ocpp_storage face;
    struct ocpp_storage *inner;
    pthread_mutex_t lock; /* recursive: a visit may read */
};

struct store {
    int count;
    int lock_file;  /* -1: none */
    bool lock_made; /* now, by us */
    struct ocpp_storage **files;
    struct shared_memory memory;
};

/* --- memory -------------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status memory_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                    void *visit_user, void *user)
{
    struct shared_memory *memory = user;
    enum ocpp_status status;

    pthread_mutex_lock(&memory->lock);
    status = memory->inner->read(key, visit, visit_user, memory->inner->user);
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static enum ocpp_status memory_each(const char *prefix, const char *from,
                                    bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                    void *user)
{
    struct shared_memory *memory = user;
    enum ocpp_status status;

    pthread_mutex_lock(&memory->lock);
    status = memory->inner->each(prefix, from, visit, visit_user, memory->inner->user);
    pthread_mutex_unlock(&memory->lock);
    return status;
}

/* |done| runs outside the lock: it may do anything. */
static enum ocpp_status memory_write(const struct ocpp_change *changes, size_t count,
                                     void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct shared_memory *memory = user;
    enum ocpp_status status;

    pthread_mutex_lock(&memory->lock);
    status = memory->inner->write(changes, count, NULL, NULL, memory->inner->user);
    pthread_mutex_unlock(&memory->lock);
    if (status == OCPP_OK && done) {
        done(OCPP_OK, done_user);
    }
    return status;
}

static bool open_memory(struct store *store, char *why)
{
    pthread_mutexattr_t recursive;

    store->memory.inner = ocpp_memory_storage_new(NULL, STORE_MEMORY_BYTES);
    if (!store->memory.inner) {
        snprintf(why, STORE_WHY_SIZE, "out of memory");
        return false;
    }
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&store->memory.lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    store->memory.face = (struct ocpp_storage){ .read = memory_read,
                                                .each = memory_each,
                                                .write = memory_write,
                                                .max_value_bytes = store->memory.inner->max_value_bytes,
                                                .user = &store->memory };
    return true;
}

/* --- files
 * ---------------------------------------------------------------------------------------------------------------------- */

enum { LOCK_NAME_SIZE = 4096 };

static void lock_name(char name[LOCK_NAME_SIZE], const char *path)
{
    snprintf(name, LOCK_NAME_SIZE, "%s.lock", path);
}

/* Beside a file that turned out to be none of ours, nothing of ours stays. */
static void take_back_lock(const struct store *store, const char *path)
{
    char name[LOCK_NAME_SIZE];

    if (store->lock_made) {
        lock_name(name, path);
        unlink(name);
    }
}

static bool take_lock(struct store *store, const char *path, char *why)
{
    char name[LOCK_NAME_SIZE];

    lock_name(name, path);
    store->lock_file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    store->lock_made = store->lock_file >= 0;
    if (!store->lock_made && errno == EEXIST) {
        store->lock_file = open(name, O_RDWR | O_CLOEXEC);
    }
    if (store->lock_file < 0) {
        snprintf(why, STORE_WHY_SIZE, "--db %.100s: its lock file: %s", path, strerror(errno));
        return false;
    }
    if (flock(store->lock_file, LOCK_EX | LOCK_NB) != 0) {
        snprintf(why, STORE_WHY_SIZE, "--db %.100s: another ocpp-csms has it open", path);
        return false;
    }
    return true;
}

/* The digests of passwords and the key of the addresses of files are for nobody else on this machine. The files that SQLite puts
 * beside it are as readable as this one. */
static void make_private(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file >= 0) {
        close(file);
    }
}

static bool open_files(struct store *store, const char *path, struct logger *log, char *why)
{
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    char reason[STORE_WHY_SIZE / 2];

    store->files = calloc((size_t)store->count, sizeof(*store->files));
    if (!store->files || !take_lock(store, path, why)) {
        return false;
    }
    make_private(path);
    settings.log = log_for_library(log);
    settings.group = true;
    settings.shared = store->count > 1;
    for (int i = 0; i < store->count; i++) {
        enum ocpp_status status = ocpp_sqlite_storage_open(path, &settings, &store->files[i], reason, sizeof reason);
        if (status != OCPP_OK) {
            snprintf(why, STORE_WHY_SIZE, "--db %.100s: %s", path, reason);
            take_back_lock(store, path);
            return false;
        }
        settings.check = false;
    }
    return true;
}

struct store *store_open(const char *path, int threads, struct logger *log, char *why)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store) {
        snprintf(why, STORE_WHY_SIZE, "out of memory");
        return NULL;
    }
    store->count = threads;
    store->lock_file = -1;
    if (path ? open_files(store, path, log, why) : open_memory(store, why)) {
        return store;
    }
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store) {
        return;
    }
    for (int i = 0; store->files && i < store->count; i++) {
        ocpp_sqlite_storage_close(store->files[i]);
    }
    free(store->files);
    if (store->memory.inner) {
        ocpp_memory_storage_free(store->memory.inner);
        pthread_mutex_destroy(&store->memory.lock);
    }
    if (store->lock_file >= 0) {
        close(store->lock_file);
    }
    free(store);
}

struct ocpp_storage *store_of(struct store *store, int index)
{
    if (store->files) {
        return store->files[index];
    }
    return store->count == 1 ? store->memory.inner : &store->memory.face;
}

/* --- small work
 * ------------------------------------------------------------------------------------------------------------------ */

void store_write(struct ocpp_storage *storage, const struct ocpp_change *change,
                 void (*done)(enum ocpp_status status, void *user), void *user)
{
    enum ocpp_status status = storage->write(change, 1, done, user, storage->user);

    if (status != OCPP_OK) {
        done(status, user);
    }
}

static bool copy_text(const char *key, const void *value, size_t size, void *user)
{
    char *text = malloc(size + 1);

    (void)key;
    if (text) {
        memcpy(text, value, size);
        text[size] = '\0';
    }
    *(char **)user = text;
    return false;
}

enum ocpp_status store_read_text(struct ocpp_storage *storage, const char *key, char **text)
{
    char *copy = NULL;
    enum ocpp_status status = storage->read(key, copy_text, &copy, storage->user);

    if (status == OCPP_OK && !copy) {
        return OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        *text = copy;
    }
    return status;
}
