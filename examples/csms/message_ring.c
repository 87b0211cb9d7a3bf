/* message_ring.c: entries stand one behind the other in a ring of bytes: head, path, text. */
#include "message_ring.h"

#include <stdlib.h>
#include <string.h>

struct head {
    int64_t utc_ms;
    uint32_t size;
    uint32_t kept;
    uint32_t quirk;
    int16_t status;
    uint8_t from;
    uint8_t path_size;
};

static size_t offset(const struct message_ring *ring, size_t distance)
{
    size_t at = ring->start + distance;

    return at >= ring->capacity ? at - ring->capacity : at;
}

static void copy_in(struct message_ring *ring, const void *bytes, size_t size)
{
    size_t at = offset(ring, ring->used);
    size_t first = ring->capacity - at < size ? ring->capacity - at : size;

    if (size > 0) {
        memcpy(ring->bytes + at, bytes, first);
        memcpy(ring->bytes, (const unsigned char *)bytes + first, size - first);
    }
    ring->used += size;
}

static void copy_out(const struct message_ring *ring, size_t distance, void *bytes, size_t size)
{
    size_t at = offset(ring, distance);
    size_t first = ring->capacity - at < size ? ring->capacity - at : size;

    if (size > 0) {
        memcpy(bytes, ring->bytes + at, first);
        memcpy((unsigned char *)bytes + first, ring->bytes, size - first);
    }
}

static size_t entry_size(const struct head *head)
{
    return sizeof *head + head->path_size + head->kept;
}

static void drop_oldest(struct message_ring *ring)
{
    struct head head;

    copy_out(ring, 0, &head, sizeof head);
    ring->start = offset(ring, entry_size(&head));
    ring->used -= entry_size(&head);
    ring->kept--;
}

static bool resize(struct message_ring *ring, size_t capacity)
{
    unsigned char *bytes = malloc(capacity);

    if (!bytes) {
        return false;
    }
    if (ring->used > 0) {
        copy_out(ring, 0, bytes, ring->used);
    }
    free(ring->bytes);
    ring->bytes = bytes;
    ring->capacity = capacity;
    ring->start = 0;
    return true;
}

/* Grows towards |wanted| bytes, as far as the limit and the budget allow. */
static void grow(struct message_ring *ring, struct ring_budget *budget, size_t wanted)
{
    size_t limit = ring->limit ? ring->limit : RING_DEFAULT_BYTES;
    size_t capacity;
    int64_t cost;

    /* The first bytes of a ring are beyond the budget: every station shows its last message, or its beginning. */
    if (ring->capacity == 0 && !resize(ring, RING_MIN_BYTES)) {
        return;
    }
    capacity = ring->capacity;
    while (capacity < wanted && capacity < limit) {
        capacity *= 4; /* seldom: moving rings about costs a busy server more than their room */
    }
    capacity = capacity > limit ? limit : capacity;
    cost = (int64_t)capacity - (int64_t)ring->capacity;
    if (cost <= 0) {
        return;
    }
    if (atomic_fetch_sub_explicit(&budget->left, cost, memory_order_relaxed) < cost) {
        atomic_fetch_add_explicit(&budget->left, cost, memory_order_relaxed);
        return;
    }
    if (!resize(ring, capacity)) {
        atomic_fetch_add_explicit(&budget->left, cost, memory_order_relaxed);
    }
}

void ring_put(struct message_ring *ring, struct ring_budget *budget, const struct ring_message *message)
{
    size_t path_size = strlen(message->path);
    struct head head = {
        .utc_ms = message->utc_ms,
        .size = (uint32_t)message->size,
        .quirk = message->quirk,
        .status = (int16_t)message->status,
        .from = (uint8_t)message->from,
        .path_size = (uint8_t)(path_size < OCPP_PATH_SIZE ? path_size : 0),
    };
    size_t room;

    if (ring->next == 0) {
        ring->next = 1;
    }
    if (ring->used + sizeof head + head.path_size + message->size > ring->capacity) {
        grow(ring, budget, ring->used + sizeof head + head.path_size + message->size);
    }
    if (ring->capacity == 0) {
        ring->next++;
        return;
    }
    room = ring->capacity - sizeof head - head.path_size;
    head.kept = (uint32_t)(message->size <= room ? message->size : room);
    while (ring->kept > 0 && ring->used + entry_size(&head) > ring->capacity) {
        drop_oldest(ring);
    }
    copy_in(ring, &head, sizeof head);
    copy_in(ring, message->path, head.path_size);
    copy_in(ring, message->text, head.kept);
    ring->kept++;
    ring->next++;
}

bool ring_copy(const struct message_ring *ring, struct message_ring *copy)
{
    *copy = *ring;
    copy->bytes = NULL;
    if (ring->used == 0) {
        return true;
    }
    copy->bytes = malloc(ring->used);
    if (!copy->bytes) {
        return false;
    }
    copy_out(ring, 0, copy->bytes, ring->used);
    copy->capacity = ring->used;
    copy->start = 0;
    return true;
}

void ring_free(struct message_ring *ring)
{
    free(ring->bytes);
    ring->bytes = NULL;
    ring->capacity = ring->used = ring->start = 0;
    ring->kept = 0;
}

/* Shows the entry at |distance|; true: go on. */
static bool show(const struct message_ring *ring, size_t distance, const struct head *head, struct ring_message *message,
                 bool (*visit)(const struct ring_message *message, void *user), void *user)
{
    char path[OCPP_PATH_SIZE];
    char *text = malloc((size_t)head->kept + 1);
    bool on;

    if (!text) {
        return false;
    }
    copy_out(ring, distance + sizeof *head, path, head->path_size);
    path[head->path_size] = '\0';
    copy_out(ring, distance + sizeof *head + head->path_size, text, head->kept);
    text[head->kept] = '\0';
    message->utc_ms = head->utc_ms;
    message->from = (enum ocpp_direction)head->from;
    message->status = (enum ocpp_status)head->status;
    message->quirk = head->quirk;
    message->size = head->size;
    message->kept = head->kept;
    message->text = text;
    message->path = path;
    on = visit(message, user);
    free(text);
    return on;
}

void ring_each(const struct message_ring *ring, uint64_t after, bool (*visit)(const struct ring_message *message, void *user),
               void *user)
{
    struct ring_message message = { .number = ring->next - ring->kept };
    struct head head;

    for (size_t distance = 0; distance < ring->used; distance += entry_size(&head), message.number++) {
        copy_out(ring, distance, &head, sizeof head);
        if (message.number > after && !show(ring, distance, &head, &message, visit, user)) {
            return;
        }
    }
}
