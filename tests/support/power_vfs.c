/* power_vfs.c: a layer under SQLite that writes down what reaches the disk, and when. */
#define _POSIX_C_SOURCE 200809L

#include "power_vfs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

enum { FILES = 8, NAME_SIZE = 64, SECTOR = 512, IMAGE_SIZE = 8 * 1024 * 1024 };

enum act_kind { ACT_WRITE, ACT_TRUNCATE, ACT_SYNC, ACT_DELETE };

struct act {
    enum act_kind kind;
    unsigned file;
    size_t offset; /* of a write; the size of a truncation; of a deletion 1 when the folder is synced after it */
    size_t size;
    unsigned char *bytes;
};

/* One record for the process, as SQLite knows one default layer for the process. */
static struct act *acts;
static size_t act_count;
static char names[FILES][NAME_SIZE];
static unsigned name_count;
static bool recording;
static sqlite3_vfs *real;
static sqlite3_vfs layer;

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "power_vfs: %s\n", what);
    abort();
}

/* Files are told apart by the last part of their names. */
static unsigned file_number(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    for (unsigned i = 0; i < name_count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    require(name_count < FILES && strlen(name) < NAME_SIZE, "too many files");
    (void)snprintf(names[name_count], NAME_SIZE, "%s", name);
    return name_count++;
}

static void write_down(enum act_kind kind, unsigned file, size_t offset, const void *bytes, size_t size)
{
    if (!recording)
        return;
    struct act *grown = acts;
    if ((act_count & (act_count - 1)) == 0) /* room doubles */
        grown = realloc(acts, (act_count > 0 ? 2 * act_count : 1) * sizeof *acts);
    unsigned char *copy = malloc(size + 1);
    require(grown != NULL && copy != NULL, "out of memory");
    require(offset + size <= IMAGE_SIZE, "a file grows beyond its image");
    if (size > 0)
        memcpy(copy, bytes, size);
    acts = grown;
    acts[act_count++] = (struct act){ kind, file, offset, size, copy };
}

/* --- the layer --------------------------------------------------------------------------------------------------- */

struct layer_file {
    sqlite3_file base;
    unsigned number;
    bool recorded;
    sqlite3_file *below; /* behind this struct */
};

static struct layer_file *file_of(sqlite3_file *file)
{
    return (struct layer_file *)file;
}

static sqlite3_file *below(sqlite3_file *file)
{
    return file_of(file)->below;
}

static int layer_close(sqlite3_file *file)
{
    return below(file)->pMethods->xClose(below(file));
}

static int layer_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    return below(file)->pMethods->xRead(below(file), bytes, size, offset);
}

static int layer_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    if (file_of(file)->recorded)
        write_down(ACT_WRITE, file_of(file)->number, (size_t)offset, bytes, (size_t)size);
    return below(file)->pMethods->xWrite(below(file), bytes, size, offset);
}

static int layer_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (file_of(file)->recorded)
        write_down(ACT_TRUNCATE, file_of(file)->number, (size_t)size, NULL, 0);
    return below(file)->pMethods->xTruncate(below(file), size);
}

/* The record is the disk here; the real one need not be bothered. */
static int layer_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (file_of(file)->recorded)
        write_down(ACT_SYNC, file_of(file)->number, 0, NULL, 0);
    return SQLITE_OK;
}

static int layer_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return below(file)->pMethods->xFileSize(below(file), size);
}

static int layer_lock(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xLock(below(file), level);
}

static int layer_unlock(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xUnlock(below(file), level);
}

static int layer_check_reserved_lock(sqlite3_file *file, int *result)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), result);
}

static int layer_file_control(sqlite3_file *file, int what, void *argument)
{
    return below(file)->pMethods->xFileControl(below(file), what, argument);
}

static int layer_sector_size(sqlite3_file *file)
{
    return below(file)->pMethods->xSectorSize(below(file));
}

static int layer_device_characteristics(sqlite3_file *file)
{
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static const sqlite3_io_methods layer_methods = {
    .iVersion = 1,
    .xClose = layer_close,
    .xRead = layer_read,
    .xWrite = layer_write,
    .xTruncate = layer_truncate,
    .xSync = layer_sync,
    .xFileSize = layer_file_size,
    .xLock = layer_lock,
    .xUnlock = layer_unlock,
    .xCheckReservedLock = layer_check_reserved_lock,
    .xFileControl = layer_file_control,
    .xSectorSize = layer_sector_size,
    .xDeviceCharacteristics = layer_device_characteristics,
};

static int layer_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
    struct layer_file *opened = file_of(file);
    (void)vfs;
    opened->base.pMethods = NULL;
    opened->below = (sqlite3_file *)(opened + 1);
    opened->recorded = name != NULL;
    if (name != NULL)
        opened->number = file_number(name);
    const int code = real->xOpen(real, name, opened->below, flags, out_flags);
    if (opened->below->pMethods != NULL)
        opened->base.pMethods = &layer_methods;
    return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    write_down(ACT_DELETE, file_number(name), sync_folder != 0, NULL, 0);
    return real->xDelete(real, name, 0);
}

void power_vfs_begin(void)
{
    real = sqlite3_vfs_find(NULL);
    require(real != NULL, "SQLite has no files");
    layer = *real;
    layer.zName = "power";
    layer.szOsFile = (int)sizeof(struct layer_file) + real->szOsFile;
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    require(sqlite3_vfs_register(&layer, 1) == SQLITE_OK, "cannot register");
    recording = true;
}

void power_vfs_begin_with(const char *folder)
{
    static const char *const endings[] = { "", "-wal", "-journal" };
    power_vfs_begin();
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[256];
        char bytes[4096];
        size_t offset = 0;
        size_t size;
        (void)snprintf(path, sizeof path, "%s/%s%s", folder, POWER_VFS_FILE, endings[i]);
        FILE *file = fopen(path, "rb");
        if (file == NULL)
            continue;
        const unsigned number = file_number(path);
        while ((size = fread(bytes, 1, sizeof bytes, file)) > 0) {
            write_down(ACT_WRITE, number, offset, bytes, size);
            offset += size;
        }
        (void)fclose(file);
        write_down(ACT_SYNC, number, 0, NULL, 0);
    }
}

void power_vfs_end(void)
{
    recording = false;
}

size_t power_vfs_moment(void)
{
    return act_count;
}

void power_vfs_forget(void)
{
    if (real != NULL)
        require(sqlite3_vfs_unregister(&layer) == SQLITE_OK && sqlite3_vfs_register(real, 1) == SQLITE_OK, "cannot unregister");
    real = NULL;
    recording = false;
    for (size_t i = 0; i < act_count; i++)
        free(acts[i].bytes);
    free(acts);
    acts = NULL;
    act_count = 0;
    name_count = 0;
}

/* --- the disk afterwards ----------------------------------------------------------------------------------------- */

struct image {
    unsigned char bytes[IMAGE_SIZE];
    size_t size;
    bool exists;
};

static bool heads(uint32_t *dice)
{
    *dice = *dice * 1664525u + 1013904223u;
    return (*dice >> 16 & 1) != 0;
}

static void image_write(struct image *image, const struct act *act, bool synced, uint32_t *dice)
{
    image->exists = true;
    for (size_t at = 0; at < act->size;) {
        const size_t in_sector = SECTOR - (act->offset + at) % SECTOR;
        const size_t size = act->size - at < in_sector ? act->size - at : in_sector;
        const size_t end = act->offset + at + size;
        if (synced || heads(dice)) {
            memcpy(image->bytes + act->offset + at, act->bytes + at, size);
            image->size = end > image->size ? end : image->size;
        }
        at += size;
    }
}

static void image_truncate(struct image *image, size_t size)
{
    if (size < image->size)
        memset(image->bytes + size, 0, image->size - size);
    image->size = size;
    image->exists = true;
}

static bool is_log(unsigned file)
{
    return strstr(names[file], "-wal") != NULL || strstr(names[file], "-journal") != NULL;
}

/* The folder is synced with a deletion that asks for it, and, as SQLite's files on Unix do it, with the first sync of a new log.
 * What was made or deleted before that moment is certain. */
static size_t folder_synced(size_t moment)
{
    bool synced[FILES] = { false };
    size_t last = 0;
    for (size_t i = 0; i < moment; i++) {
        const struct act *act = &acts[i];
        if ((act->kind == ACT_DELETE && act->offset != 0) || (act->kind == ACT_SYNC && is_log(act->file) && !synced[act->file]))
            last = i + 1;
        if (act->kind == ACT_SYNC || act->kind == ACT_DELETE)
            synced[act->file] = act->kind == ACT_SYNC;
    }
    return last;
}

static size_t last_sync(unsigned file, size_t moment)
{
    size_t last = 0;
    for (size_t i = 0; i < moment; i++) {
        if (acts[i].file == file && acts[i].kind == ACT_SYNC)
            last = i;
    }
    return last;
}

/* What follows the last sync of a file may be lost, and with what follows that of the folder the whole file. */
static void replay(struct image *image, unsigned file, size_t moment, uint32_t *dice)
{
    const size_t synced = last_sync(file, moment);
    const size_t named = folder_synced(moment);
    size_t made = moment;
    for (size_t i = 0; i < moment; i++) {
        const struct act *act = &acts[i];
        if (act->file != file)
            continue;
        made = image->exists ? made : i;
        if (act->kind == ACT_WRITE)
            image_write(image, act, i < synced, dice);
        if (act->kind == ACT_TRUNCATE && (i < synced || heads(dice)))
            image_truncate(image, act->offset);
        if (act->kind == ACT_DELETE && (i < named || heads(dice))) {
            image_truncate(image, 0);
            image->exists = false;
        }
    }
    image->exists = image->exists && (made < named || heads(dice));
}

void power_vfs_lay_out(const char *folder, size_t moment, uint32_t dice)
{
    struct image *image = malloc(sizeof *image);
    require(image != NULL && moment <= act_count, "no such moment");
    for (unsigned file = 0; file < name_count; file++) {
        char path[256];
        memset(image, 0, sizeof *image);
        replay(image, file, moment, &dice);
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[file]);
        (void)remove(path);
        if (!image->exists)
            continue;
        FILE *out = fopen(path, "wb");
        require(out != NULL, "cannot lay out");
        require(fwrite(image->bytes, 1, image->size, out) == image->size && fclose(out) == 0, "cannot lay out");
    }
    free(image);
}
