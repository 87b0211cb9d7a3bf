/* fake_transfer.c: see fake_transfer.h. */
#include "fake_transfer.h"

#include <stdio.h>
#include <string.h>

static struct fake_running *free_place(struct fake_transfer *fake)
{
    for (size_t i = 0; i < FAKE_TRANSFERS; i++) {
        if (!fake->running[i].is_running) {
            return &fake->running[i];
        }
    }
    return NULL;
}

static enum ocpp_status begin(struct fake_transfer *fake, const struct fake_running *wanted, const char *url)
{
    struct fake_running *place = free_place(fake);
    const enum ocpp_status refused = fake->refuse;
    fake->refuse = OCPP_OK;
    if (refused != OCPP_OK) {
        return refused;
    }
    if ((fake->transfer.protocols & ocpp_transfer_protocol_of(url)) == 0) {
        return OCPP_ERR_ARGUMENT;
    }
    if (place == NULL) {
        return OCPP_ERR_BUSY;
    }
    *place = *wanted;
    place->is_running = true;
    snprintf(place->url, sizeof(place->url), "%s", url);
    fake->last = *place;
    fake->started++;
    return OCPP_OK;
}

static enum ocpp_status start_download(int64_t id, const struct ocpp_download *download, void *user)
{
    const struct fake_running wanted = {
        .id = id,
        .offset = download->offset,
        .max_bytes = download->max_bytes,
        .sink = download->sink,
    };
    return begin(user, &wanted, download->url);
}

static enum ocpp_status start_upload(int64_t id, const struct ocpp_upload *upload, void *user)
{
    struct fake_running wanted = { .id = id, .is_upload = true, .source = upload->source };
    snprintf(wanted.name, sizeof(wanted.name), "%s", upload->name == NULL ? "" : upload->name);
    struct fake_transfer *fake = user;
    fake->got_size = 0;
    return begin(fake, &wanted, upload->url);
}

static void cancel(int64_t id, void *user)
{
    struct fake_transfer *fake = user;
    for (size_t i = 0; i < FAKE_TRANSFERS; i++) {
        if (fake->running[i].is_running && fake->running[i].id == id) {
            fake->running[i].is_running = false;
            fake->cancelled++;
        }
    }
}

void fake_transfer_init(struct fake_transfer *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->transfer = (struct ocpp_file_transfer){
        .protocols = OCPP_TRANSFER_ALL,
        .start_download = start_download,
        .start_upload = start_upload,
        .cancel = cancel,
        .user = fake,
    };
}

struct fake_running *fake_transfer_running(struct fake_transfer *fake)
{
    struct fake_running *latest = NULL;
    for (size_t i = 0; i < FAKE_TRANSFERS; i++) {
        struct fake_running *running = &fake->running[i];
        if (running->is_running && (latest == NULL || running->id > latest->id)) {
            latest = running;
        }
    }
    return latest;
}

static bool move_down(const struct fake_transfer *fake, struct fake_running *running, size_t bytes)
{
    const size_t left = running->offset < fake->file_size ? fake->file_size - (size_t)running->offset : 0;
    const size_t count = bytes < left ? bytes : left;
    if (count == 0 || !running->sink.write(running->offset, fake->file + running->offset, count, running->sink.user)) {
        return false;
    }
    running->offset += count;
    return true;
}

static bool move_up(struct fake_transfer *fake, struct fake_running *running, size_t bytes)
{
    size_t room = sizeof(fake->got) - fake->got_size;
    room = room < bytes ? room : bytes;
    size_t got = 0;
    if (running->offset >= running->source.size ||
        !running->source.read(running->offset, fake->got + fake->got_size, room, &got, running->source.user) || got == 0) {
        return false;
    }
    running->offset += got;
    fake->got_size += got;
    return true;
}

bool fake_transfer_move(struct fake_transfer *fake, struct ocpp_charge_point *cp, size_t bytes, struct ocpp_now now)
{
    struct fake_running *running = fake_transfer_running(fake);
    if (running == NULL) {
        return false;
    }
    const bool is_moved = running->is_upload ? move_up(fake, running, bytes) : move_down(fake, running, bytes);
    return is_moved && ocpp_charge_point_transfer_progress(cp, running->id, running->offset, now) == OCPP_OK;
}

enum ocpp_status fake_transfer_end(struct fake_transfer *fake, struct ocpp_charge_point *cp, enum ocpp_transfer_result result,
                                   struct ocpp_now now)
{
    struct fake_running *running = fake_transfer_running(fake);
    if (running == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    while (result == OCPP_TRANSFER_DONE &&
           (running->is_upload ? move_up(fake, running, SIZE_MAX) : move_down(fake, running, SIZE_MAX))) {
    }
    const uint64_t size = running->is_upload ? running->source.size : fake->file_size;
    if (result == OCPP_TRANSFER_DONE && running->offset < size) {
        result = OCPP_TRANSFER_LOCAL;
    }
    running->is_running = false;
    return ocpp_charge_point_transfer_done(cp, running->id, result, running->offset, now);
}
