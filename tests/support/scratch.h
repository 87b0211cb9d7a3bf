/* scratch.h: a folder of its own for a test that needs files. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/* scratch_make: makes an empty folder below TMPDIR (or /tmp) and writes its path. Aborts when it cannot. */
void scratch_make(char *folder, size_t size);

/* scratch_remove: removes the folder and everything in it. */
void scratch_remove(const char *folder);

#endif
