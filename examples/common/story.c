/* story.c: see story.h. A value is a file of its own that appears whole. */
#include "story.h"

#include <stdio.h>
#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

enum { PATH_SIZE = 1024 };

static bool is_name(const char *name)
{
    return *name && strlen(name) < STORY_NAME_SIZE && name[strspn(name, NAME_CHARACTERS)] == '\0';
}

static bool path_of(const struct story *story, const char *name, const char *ending, char path[PATH_SIZE])
{
    return (size_t)snprintf(path, PATH_SIZE, "%s/%s%s", story->folder, name, ending) < PATH_SIZE;
}

static bool write_file(const struct story *story, const char *name, const char *value)
{
    char path[PATH_SIZE];
    char fresh[PATH_SIZE];

    if (!path_of(story, name, "", path) || !path_of(story, name, ".new", fresh)) {
        return false;
    }
    FILE *file = fopen(fresh, "w");
    if (!file) {
        return false;
    }
    const bool is_written = fputs(value, file) >= 0;
    return fclose(file) == 0 && is_written && rename(fresh, path) == 0;
}

static size_t place_of(const struct story *story, const char *name)
{
    size_t i = 0;

    while (i < story->count && strcmp(story->kept[i].name, name) != 0) {
        i++;
    }
    return i;
}

bool story_tell(struct story *story, const char *name, const char *value)
{
    const size_t place = place_of(story, name);

    if (!is_name(name) || strlen(value) >= STORY_VALUE_SIZE || place == STORY_NAMES) {
        return false;
    }
    snprintf(story->kept[place].name, sizeof story->kept[place].name, "%s", name);
    snprintf(story->kept[place].value, sizeof story->kept[place].value, "%s", value);
    story->count += place == story->count;
    return !story->folder || write_file(story, name, value);
}

bool story_hear(const struct story *story, const char *name, char *value, size_t size)
{
    const size_t place = place_of(story, name);
    char path[PATH_SIZE];

    if (place < story->count) {
        return (size_t)snprintf(value, size, "%s", story->kept[place].value) < size;
    }
    FILE *file = story->folder && is_name(name) && path_of(story, name, "", path) ? fopen(path, "r") : NULL;
    if (!file) {
        return false;
    }
    const size_t length = fread(value, 1, size - 1, file);
    value[length] = '\0';
    value[strcspn(value, "\r\n")] = '\0';
    fclose(file);
    return true;
}

enum story_outcome story_fill(const struct story *story, const char *line, char *filled, size_t size, char name[STORY_NAME_SIZE])
{
    size_t used = 0;

    while (*line && used + 1 < size) {
        const size_t length = *line == '$' ? strspn(line + 1, NAME_CHARACTERS) : 0;

        if (length == 0 || length >= STORY_NAME_SIZE) {
            filled[used++] = *line++;
            continue;
        }
        memcpy(name, line + 1, length);
        name[length] = '\0';
        if (!story_hear(story, name, filled + used, size - used)) {
            return STORY_WAITS;
        }
        used += strlen(filled + used);
        line += 1 + length;
    }
    filled[used] = '\0';
    return *line ? STORY_WRONG : STORY_READY;
}
