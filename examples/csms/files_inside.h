/* files_inside.h: what files.c and files_ticket.c share. */
#ifndef CSMS_FILES_INSIDE_H
#define CSMS_FILES_INSIDE_H

#include "files.h"

#include <stdatomic.h>

enum { FILES_KEY_SIZE = 32 };

struct files {
    int folder; /* descriptors */
    int received;
    int64_t file_bytes;
    _Atomic int64_t left;       /* of what stations may still hand over */
    _Atomic(const char *) base; /* set once the port is known, when requests may come already; NULL: not yet */
    unsigned char key[FILES_KEY_SIZE];
};

/* files_read_key: from the store, or made and put there. */
bool files_read_key(struct files *files, struct ocpp_storage *storage);

#endif
