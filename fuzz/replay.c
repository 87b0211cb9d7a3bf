/* replay.c: runs a fuzz target over the files of the folders it is given, so that every corpus is replayed by plain ctest on any
 * compiler. It also runs the empty input, and each file cut in half, since truncation is what networks do.
 */
#include "target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* read_file: the bytes of |path| in a buffer of exactly |*size| bytes, so that a sanitizer sees the first byte read behind them. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    struct stat info;
    uint8_t *bytes = NULL;
    if (stat(path, &info) == 0) {
        *size = (size_t)info.st_size;
        bytes = malloc(*size ? *size : 1);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

static int replay_bytes(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = calloc(1, size ? size : 1);
    if (!exact)
        return 1;
    memcpy(exact, bytes, size);
    const int result = LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return result;
}

static int replay_file(const char *path)
{
    size_t size = 0;
    uint8_t *bytes = read_file(path, &size);
    if (!bytes) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        return 1;
    }
    int failed = LLVMFuzzerTestOneInput(bytes, size);
    failed |= replay_bytes(bytes, size / 2);
    free(bytes);
    return failed;
}

/* replay_folder: the number of files replayed, or -1 when one could not be read or the folder is not there. */
static int replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    int count = 0;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        char file[4096];
        const int length = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof file || replay_file(file) != 0) {
            count = -1;
            break;
        }
        count++;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 2;
    }
    if (replay_bytes((const uint8_t *)"", 0) != 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        const int count = replay_folder(argv[i]);
        if (count <= 0) {
            fprintf(stderr, "replay: %s: %s\n", argv[i], count == 0 ? "an empty corpus proves nothing" : "not readable");
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return 0;
}
