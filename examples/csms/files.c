/* files.c: the two folders: reading, and receiving under a name of our own, so that nobody can write over anything. */
#include "files_inside.h"
#include "text.h"

#include <ocpp/adapters.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECEIVED "received"
#define PART     ".part-"

enum { NAMES_TRIED = 1000, PART_NAME_SIZE = 32 };

struct incoming_file {
    struct files *files;
    int descriptor;
    uint64_t announced; /* taken off what is left */
    char part[PART_NAME_SIZE];
    char wanted[FILE_NAME_SIZE];
};

/* --- the folders
 * ---------------------------------------------------------------------------------------------------------------- */

/* What a stop in the middle left behind, and how much there is. */
static void look_through(struct files *files)
{
    DIR *folder = fdopendir(dup(files->received));
    const struct dirent *entry;
    struct stat about;

    while (folder && (entry = readdir(folder))) {
        if (strncmp(entry->d_name, PART, sizeof PART - 1) == 0) {
            unlinkat(files->received, entry->d_name, 0);
        } else if (fstatat(files->received, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode)) {
            atomic_fetch_sub(&files->left, about.st_size);
        }
    }
    if (folder) {
        closedir(folder);
    }
}

static bool open_folders(struct files *files, const char *folder)
{
    files->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->folder < 0 || (mkdirat(files->folder, RECEIVED, 0700) != 0 && errno != EEXIST)) {
        return false;
    }
    files->received = openat(files->folder, RECEIVED, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return files->received >= 0 && faccessat(files->received, ".", W_OK, 0) == 0;
}

struct files *files_open(const char *folder, int64_t file_bytes, int64_t total_bytes, struct ocpp_storage *storage, char *why)
{
    struct files *files = calloc(1, sizeof *files);

    if (!files) {
        snprintf(why, FILES_WHY_SIZE, "out of memory");
        return NULL;
    }
    files->folder = files->received = -1;
    files->file_bytes = file_bytes;
    files->left = total_bytes;
    if (!open_folders(files, folder)) {
        snprintf(why, FILES_WHY_SIZE, "--files %.100s: %s", folder, strerror(errno));
    } else if (!files_read_key(files, storage)) {
        snprintf(why, FILES_WHY_SIZE, "--files: the key of the addresses cannot be kept in the store");
    } else {
        look_through(files);
        return files;
    }
    files_close(files);
    return NULL;
}

void files_close(struct files *files)
{
    if (!files) {
        return;
    }
    if (files->folder >= 0) {
        close(files->folder);
    }
    if (files->received >= 0) {
        close(files->received);
    }
    explicit_bzero(files->key, sizeof files->key);
    free(files);
}

void files_set_base(struct files *files, const char *base)
{
    atomic_store(&files->base, base);
}

bool file_name_is_usable(const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f || name[i] == '/') {
            return false;
        }
    }
    return size > 0 && size < FILE_NAME_SIZE && name[0] != '.' && text_is_utf8(name, size);
}

int files_read(const struct files *files, bool received, const char *name, uint64_t *size)
{
    struct stat about;
    int descriptor;

    if (!file_name_is_usable(name)) {
        return -1;
    }
    descriptor = openat(received ? files->received : files->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode)) {
        *size = (uint64_t)about.st_size;
        return descriptor;
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return -1;
}

bool files_each(const struct files *files, bool received,
                bool (*visit)(const char *name, uint64_t size, int64_t modified_utc_ms, void *user), void *user)
{
    int place = received ? files->received : files->folder;
    DIR *folder = fdopendir(openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const struct dirent *entry;
    struct stat about;
    bool go_on = true;

    if (!folder) {
        return false;
    }
    while (go_on && (entry = readdir(folder))) {
        if (file_name_is_usable(entry->d_name) && fstatat(place, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode)) {
            go_on = visit(entry->d_name, (uint64_t)about.st_size,
                          (int64_t)about.st_mtim.tv_sec * 1000 + about.st_mtim.tv_nsec / 1000000, user);
        }
    }
    closedir(folder);
    return true;
}

/* --- receiving
 * -------------------------------------------------------------------------------------------------------------------- */

/* Letters, digits, dots and dashes stay; what else a station calls itself or its file may mean something to somebody's shell. */
static void add_plain(char *text, size_t size, const char *from, size_t most)
{
    size_t used = strlen(text);

    for (size_t i = 0; from[i] && i < most && used + 1 < size; i++) {
        char c = from[i];
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && i > 0);
        text[used++] = plain ? c : '_';
    }
    text[used] = '\0';
}

/* "PILE-7_12_name.log": whose it is, what for, and what the station calls it. */
static void name_it(struct incoming_file *incoming, const char *station, const char *subject, const char *name)
{
    add_plain(incoming->wanted, sizeof incoming->wanted, station, 48);
    add_plain(incoming->wanted, sizeof incoming->wanted, "_", 1);
    add_plain(incoming->wanted, sizeof incoming->wanted, subject, 12);
    add_plain(incoming->wanted, sizeof incoming->wanted, "_", 1);
    add_plain(incoming->wanted, sizeof incoming->wanted, name && name[0] ? name : "log", 60);
}

static bool take_room(struct files *files, uint64_t size)
{
    if (size > (uint64_t)files->file_bytes) {
        return false;
    }
    if (atomic_fetch_sub(&files->left, (int64_t)size) >= (int64_t)size) {
        return true;
    }
    atomic_fetch_add(&files->left, (int64_t)size);
    return false;
}

static int make_part(const struct files *files, char name[PART_NAME_SIZE])
{
    unsigned char random[8];

    ocpp_system_random(random, sizeof random, NULL);
    strcpy(name, PART);
    for (size_t i = 0; i < sizeof random; i++) {
        snprintf(name + sizeof PART - 1 + 2 * i, 3, "%02x", random[i]);
    }
    return openat(files->received, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

struct incoming_file *files_receive(struct files *files, const char *station, const char *subject, const char *name,
                                    uint64_t size)
{
    struct incoming_file *incoming;

    if (!take_room(files, size)) {
        return NULL;
    }
    incoming = calloc(1, sizeof *incoming);
    if (incoming) {
        incoming->files = files;
        incoming->announced = size;
        incoming->descriptor = make_part(files, incoming->part);
        name_it(incoming, station, subject, name);
    }
    if (incoming && incoming->descriptor >= 0) {
        return incoming;
    }
    atomic_fetch_add(&files->left, (int64_t)size);
    free(incoming);
    return NULL;
}

bool incoming_file_write(const void *bytes, size_t size, void *incoming)
{
    const struct incoming_file *file = incoming;
    const char *at = bytes;

    while (size > 0) {
        ssize_t written = write(file->descriptor, at, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static void forget(struct incoming_file *incoming)
{
    close(incoming->descriptor);
    unlinkat(incoming->files->received, incoming->part, 0);
    free(incoming);
}

void incoming_file_drop(void *incoming)
{
    struct incoming_file *file = incoming;

    atomic_fetch_add(&file->files->left, (int64_t)file->announced);
    forget(file);
}

/* A second name for the file, which is no other's. */
static bool give_name(const struct incoming_file *incoming, char name[FILE_NAME_SIZE])
{
    int place = incoming->files->received;

    strcpy(name, incoming->wanted);
    for (int i = 2; i < NAMES_TRIED; i++) {
        if (linkat(place, incoming->part, place, name, 0) == 0) {
            return true;
        }
        if (errno != EEXIST) {
            return false;
        }
        snprintf(name, FILE_NAME_SIZE, "%.*s.%d", FILE_NAME_SIZE - 6, incoming->wanted, i);
    }
    return false;
}

bool incoming_file_keep(struct incoming_file *incoming, char name[FILE_NAME_SIZE])
{
    if (fdatasync(incoming->descriptor) != 0 || !give_name(incoming, name) || fsync(incoming->files->received) != 0) {
        incoming_file_drop(incoming);
        return false;
    }
    forget(incoming);
    return true;
}
