/* taped_files.c: see taped_files.h. Bytes come on the thread of the transfers; everything else is the pile's. */
#include "taped_files.h"
#include "recorder.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOVES = 8, NO_MOVE = -1 };

/* A download. */
struct move {
    int64_t id; /* NO_MOVE: this place is free */
    struct ocpp_transfer_sink sink;
    uint64_t offset; /* of what comes next, for the sink */
    pthread_mutex_t lock;
    unsigned char *came; /* and is not told yet; guarded by the lock, as its size */
    size_t size;
};

struct taped_files {
    struct ocpp_file_transfer face;
    const struct ocpp_file_transfer *real;
    struct pile *pile;
    struct move moves[MOVES];
};

static struct move *move_of(struct taped_files *files, int64_t id)
{
    for (int i = 0; i < MOVES; i++) {
        if (files->moves[i].id == id) {
            return &files->moves[i];
        }
    }
    return NULL;
}

static void forget(struct move *move)
{
    if (move) {
        free(move->came);
        move->came = NULL;
        move->size = 0;
        move->id = NO_MOVE;
    }
}

/* --- what comes -------------------------------------------------------------------------------------------------- */

static bool keep(uint64_t offset, const void *bytes, size_t size, void *user)
{
    struct move *move = user;
    unsigned char *more;

    (void)offset; /* in order, without gaps */
    pthread_mutex_lock(&move->lock);
    more = move->size + size <= RECORDING_FILE_BYTES ? realloc(move->came, move->size + size) : NULL;
    if (more) {
        memcpy(more + move->size, bytes, size);
        move->came = more;
        move->size += size;
    }
    pthread_mutex_unlock(&move->lock);
    return more != NULL;
}

static bool give(struct move *move, const unsigned char *bytes, size_t size)
{
    const uint64_t offset = move->offset;

    move->offset += size;
    return move->sink.write(offset, bytes, size, move->sink.user);
}

/* A replay has nothing to write down, and nothing that came by itself. */
void taped_files_news(struct taped_files *files, const struct ocpp_curl_transfer_news *news)
{
    struct recorder *recorder = files->pile->tape->recorder;
    struct move *move = move_of(files, news->id);

    if (move) {
        pthread_mutex_lock(&move->lock);
        for (size_t at = 0; at < move->size; at += RECORDING_PIECE_BYTES) {
            const size_t left = move->size - at;
            const size_t size = left < RECORDING_PIECE_BYTES ? left : RECORDING_PIECE_BYTES;
            recorder_file(recorder, news->id, move->came + at, size);
            (void)give(move, move->came + at, size); /* what its sink has not, is missing when it is looked at */
        }
        move->size = 0;
        pthread_mutex_unlock(&move->lock);
    }
    recorder_moved(recorder, news);
    if (news->is_over) {
        forget(move);
    }
}

bool taped_files_give(struct taped_files *files, int64_t transfer, const unsigned char *bytes, size_t size)
{
    struct move *move = transfer == NO_MOVE ? NULL : move_of(files, transfer);

    return move && give(move, bytes, size);
}

/* --- what is asked for ------------------------------------------------------------------------------------------- */

static bool is_replayed(const struct taped_files *files)
{
    return files->real == NULL;
}

static enum ocpp_status start_download(int64_t id, const struct ocpp_download *download, void *user)
{
    struct taped_files *files = user;
    struct ocpp_download kept = *download;
    struct move *move = move_of(files, NO_MOVE);
    enum ocpp_status status = OCPP_ERR_BUSY;

    if (move) {
        move->id = id;
        move->sink = download->sink;
        move->offset = download->offset;
        kept.sink = (struct ocpp_transfer_sink){ keep, move };
        kept.max_bytes = kept.max_bytes < RECORDING_FILE_BYTES ? kept.max_bytes : RECORDING_FILE_BYTES;
    }
    if (is_replayed(files)) {
        status = files->pile->tape->on_move(id, files->pile->tape->user);
    } else {
        status = move ? files->real->start_download(id, &kept, files->real->user) : status;
        recorder_move(files->pile->tape->recorder, id, status);
    }
    if (status != OCPP_OK) {
        forget(move);
    }
    return status;
}

static enum ocpp_status start_upload(int64_t id, const struct ocpp_upload *upload, void *user)
{
    const struct taped_files *files = user;
    enum ocpp_status status;

    if (is_replayed(files)) {
        return files->pile->tape->on_move(id, files->pile->tape->user);
    }
    status = files->real->start_upload(id, upload, files->real->user);
    recorder_move(files->pile->tape->recorder, id, status);
    return status;
}

static void cancel(int64_t id, void *user)
{
    struct taped_files *files = user;

    if (!is_replayed(files)) {
        files->real->cancel(id, files->real->user);
    }
    forget(move_of(files, id));
}

/* --- making ------------------------------------------------------------------------------------------------------ */

struct taped_files *taped_files_new(struct pile *pile, const struct ocpp_file_transfer *real)
{
    struct taped_files *files = calloc(1, sizeof *files);

    if (!files) {
        return NULL;
    }
    files->pile = pile;
    files->real = real;
    files->face = (struct ocpp_file_transfer){ pile->tape->protocols, start_download, start_upload, cancel, files };
    for (int i = 0; i < MOVES; i++) {
        files->moves[i].id = NO_MOVE;
        pthread_mutex_init(&files->moves[i].lock, NULL);
    }
    return files;
}

void taped_files_free(struct taped_files *files)
{
    for (int i = 0; files && i < MOVES; i++) {
        forget(&files->moves[i]);
        pthread_mutex_destroy(&files->moves[i].lock);
    }
    free(files);
}

const struct ocpp_file_transfer *taped_files_face(const struct taped_files *files)
{
    return &files->face;
}
