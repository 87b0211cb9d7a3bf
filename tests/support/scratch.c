/* scratch.c: a folder of its own for a test that needs files. */
#define _XOPEN_SOURCE 700

#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void scratch_make(char *folder, size_t size)
{
    const char *below = getenv("TMPDIR");
    const int length = snprintf(folder, size, "%s/ocpp-test-XXXXXX", below != NULL && below[0] != '\0' ? below : "/tmp");
    if (length < 0 || (size_t)length >= size || mkdtemp(folder) == NULL) {
        perror("scratch_make");
        abort();
    }
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}

void scratch_remove(const char *folder)
{
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        perror("scratch_remove");
}
