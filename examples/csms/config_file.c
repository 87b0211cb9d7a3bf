/* config_file.c: options from a file: one per line, the names of the command line without their dashes, a value behind a space or
 * '='. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_FILE_MAX = 1 << 20 };

static char *read_whole(const char *path, char *why)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(CONFIG_FILE_MAX + 1) : NULL;
    size_t size = text ? fread(text, 1, CONFIG_FILE_MAX + 1, file) : 0;

    if (!file || !text || ferror(file)) {
        snprintf(why, OPTIONS_WHY_SIZE, "--config %.100s: %s", path, strerror(errno));
    } else if (size > CONFIG_FILE_MAX || memchr(text, '\0', size)) {
        snprintf(why, OPTIONS_WHY_SIZE, "--config %.100s: not a text of at most 1 MiB", path);
    } else {
        text[size] = '\0';
        fclose(file);
        return text;
    }
    free(text);
    if (file) {
        fclose(file);
    }
    return NULL;
}

static char *trim(char *line)
{
    size_t size;

    line += strspn(line, " \t\r");
    size = strlen(line);
    while (size > 0 && strchr(" \t\r", line[size - 1])) {
        line[--size] = '\0';
    }
    return line;
}

/* "name", "name value" or "name = value"; |line| is cut in place. */
static bool apply_line(struct options *options, char *line, char *why)
{
    char *name = trim(line);
    size_t size = strcspn(name, " \t=");
    char *value = name + size;

    if (name[0] == '\0' || name[0] == '#') {
        return true;
    }
    if (*value) {
        *value++ = '\0';
        value = trim(value);
        if (value[0] == '=') {
            value = trim(value + 1);
        }
    }
    if (strcmp(name, "config") == 0) {
        snprintf(why, OPTIONS_WHY_SIZE, "a configuration file cannot name another");
        return false;
    }
    return option_apply(options, name, value[0] ? value : NULL, why);
}

bool config_file_read(struct options *options, const char *path, char *why)
{
    char inner[OPTIONS_WHY_SIZE];
    char *next;
    int number = 0;

    if (options->config_text) {
        snprintf(why, OPTIONS_WHY_SIZE, "--config is given twice; put everything into one file");
        return false;
    }
    options->config_text = read_whole(path, why);
    if (!options->config_text) {
        return false;
    }
    for (char *line = options->config_text; line; line = next) {
        number++;
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        if (!apply_line(options, line, inner)) {
            snprintf(why, OPTIONS_WHY_SIZE, "%.80s line %d: %.140s", path, number, inner);
            return false;
        }
    }
    return true;
}
