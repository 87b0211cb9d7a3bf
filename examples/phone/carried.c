/* carried.c: see carried.h. */
#include "carried.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 16 << 20, PATH_SIZE = 600 };

/* --- files
 * ---------------------------------------------------------------------------------------------------------------------- */

static bool path_of(const char *folder, const char *name, const char *end, char path[PATH_SIZE])
{
    return (size_t)snprintf(path, PATH_SIZE, "%s/%s%s", folder, name, end) < PATH_SIZE;
}

static bool write_all(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t left = strlen(text);
    bool ok = fd >= 0;

    while (ok && left > 0) {
        const ssize_t wrote = write(fd, text, left);

        ok = wrote > 0;
        text += ok ? wrote : 0;
        left -= ok ? (size_t)wrote : 0;
    }
    ok = ok && fsync(fd) == 0;
    return fd >= 0 && close(fd) == 0 && ok;
}

bool carried_write(const char *folder, const char *name, const char *text)
{
    char path[PATH_SIZE], new_path[PATH_SIZE];

    (void)mkdir(folder, 0700); /* whether it is there now, the file says */
    return path_of(folder, name, "", path) && path_of(folder, name, ".new", new_path) && write_all(new_path, text) &&
           rename(new_path, path) == 0;
}

char *carried_read(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct stat about;
    FILE *file = folder && path_of(folder, name, "", path) ? fopen(path, "r") : NULL;
    char *text = NULL;

    if (file && fstat(fileno(file), &about) == 0 && about.st_size >= 0 && about.st_size < FILE_MOST) {
        text = calloc(1, (size_t)about.st_size + 1);
    }
    if (text && fread(text, 1, (size_t)about.st_size, file) != (size_t)about.st_size) {
        free(text);
        text = NULL;
    }
    if (file) {
        fclose(file);
    }
    return text;
}

/* --- things
 * --------------------------------------------------------------------------------------------------------------------- */

/* Each thing has what is looked at later; a file that somebody changed may not. */
static bool are_right(const cJSON *things)
{
    const cJSON *thing;

    cJSON_ArrayForEach(thing, things)
    {
        if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(thing, "pile")) ||
            !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(thing, "token")) ||
            !cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(thing, "page"))) {
            return false;
        }
    }
    return cJSON_IsArray(things);
}

bool carried_open(struct carried *carried, const char *folder)
{
    char *text = folder ? carried_read(folder, "carried.json") : NULL;

    *carried = (struct carried){ .folder = folder, .things = text ? cJSON_Parse(text) : cJSON_CreateArray() };
    free(text);
    if (!are_right(carried->things)) {
        fprintf(stderr, "ocpp-phone: --state: carried.json cannot be read\n");
        cJSON_Delete(carried->things);
        carried->things = NULL;
    }
    return carried->things != NULL;
}

bool carried_close(struct carried *carried)
{
    char *text = carried->folder ? cJSON_PrintUnformatted(carried->things) : NULL;
    const bool is_kept = !carried->folder || (text && carried_write(carried->folder, "carried.json", text));

    if (!is_kept) {
        fprintf(stderr, "ocpp-phone: --state: %s cannot be written\n", carried->folder);
    }
    cJSON_free(text);
    cJSON_Delete(carried->things);
    carried->things = NULL;
    return is_kept;
}

static bool is_of(const cJSON *thing, const char *pile, int64_t page)
{
    const char *of = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(thing, "pile"));
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(thing, "page");

    return of && strcmp(of, pile) == 0 && cJSON_IsNumber(number) && (int64_t)number->valuedouble == page;
}

bool carried_add(struct carried *carried, const char *pile, int64_t page, const char *token)
{
    int i = 0;

    while (i < cJSON_GetArraySize(carried->things) && !is_of(cJSON_GetArrayItem(carried->things, i), pile, page)) {
        i++;
    }
    if (i < cJSON_GetArraySize(carried->things) && page != 0) {
        return true;
    }
    if (i < cJSON_GetArraySize(carried->things)) {
        cJSON_DeleteItemFromArray(carried->things, i);
    }
    cJSON *thing = cJSON_GetArraySize(carried->things) < CARRIED_MOST ? cJSON_CreateObject() : NULL;
    if (thing && cJSON_AddStringToObject(thing, "pile", pile) && cJSON_AddNumberToObject(thing, "page", (double)page) &&
        cJSON_AddStringToObject(thing, "token", token) && cJSON_AddItemToArray(carried->things, thing)) {
        return true;
    }
    cJSON_Delete(thing);
    return false;
}
