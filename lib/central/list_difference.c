/* list_difference.c: what leads from one local list to another, so that a change of a list of thousands is a message of a few.
 *
 * Both lists are walked in the order of their tokens; what only the first has is removed, what only the second has or has
 * otherwise is told. */
#include <ocpp/central_orders.h>

#include "arena.h"
#include "text.h"

static int compare_tokens(const struct ocpp_token *a, const struct ocpp_token *b)
{
    const int order = ocpp_text_compare_fold(a->id, b->id);

    return order != 0 ? order : (int)a->type - (int)b->type;
}

/* --- an index: the entries of a list in the order of their tokens ---------------------------------------------------------- */

static void sift(const struct ocpp_list_entry **index, size_t top, size_t count)
{
    for (size_t child = 2 * top + 1; child < count; child = 2 * top + 1) {
        if (child + 1 < count && compare_tokens(&index[child]->token, &index[child + 1]->token) < 0) {
            child++;
        }
        if (compare_tokens(&index[top]->token, &index[child]->token) >= 0) {
            return;
        }
        const struct ocpp_list_entry *entry = index[top];
        index[top] = index[child];
        index[child] = entry;
        top = child;
    }
}

/* A heap, because the C library's qsort may allocate, and lists come from databases in order. */
static void sort(const struct ocpp_list_entry **index, size_t count)
{
    for (size_t top = count / 2; top > 0; top--) {
        sift(index, top - 1, count);
    }
    for (size_t end = count; end > 1; end--) {
        const struct ocpp_list_entry *last = index[0];
        index[0] = index[end - 1];
        index[end - 1] = last;
        sift(index, 0, end - 1);
    }
}

static void fill(const struct ocpp_list_entry **index, const struct ocpp_list_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        index[i] = &entries[i];
    }
    sort(index, count);
}

/* --- the difference -------------------------------------------------------------------------------------------------------- */

static bool is_same_group(const char *a, const char *b)
{
    return (a == NULL || b == NULL) ? a == b : ocpp_text_equal_fold(a, b);
}

static bool says_the_same(const struct ocpp_list_entry *a, const struct ocpp_list_entry *b)
{
    return a->authorization == b->authorization && a->expires_utc_ms == b->expires_utc_ms &&
           is_same_group(a->group_id, b->group_id);
}

struct changes {
    struct ocpp_list_entry *entries;
    size_t room;
    size_t count;
};

static void add(struct changes *changes, const struct ocpp_list_entry *entry, bool removed)
{
    if (changes->count < changes->room) {
        changes->entries[changes->count] = *entry;
        changes->entries[changes->count].removed = removed;
    }
    changes->count++;
}

/* |before| and |after| are in order. */
static void walk(const struct ocpp_list_entry **before, size_t before_count, const struct ocpp_list_entry **after,
                 size_t after_count, struct changes *changes)
{
    size_t old = 0;
    size_t new = 0;

    while (old < before_count || new < after_count) {
        const int order = old == before_count  ? 1
                          : new == after_count ? -1
                                               : compare_tokens(&before[old]->token, &after[new]->token);
        if (order < 0) {
            add(changes, before[old], true);
        } else if (order > 0 || !says_the_same(before[old], after[new])) {
            add(changes, after[new], false);
        }
        old += order <= 0;
        new += order >= 0;
    }
}

size_t ocpp_list_difference(const struct ocpp_allocator *allocator, const struct ocpp_list_entry *before, size_t before_count,
                            const struct ocpp_list_entry *after, size_t after_count, struct ocpp_list_entry *entries, size_t room)
{
    const size_t count = before_count + after_count;
    const struct ocpp_list_entry **index =
        count < SIZE_MAX / sizeof(*index) ? ocpp_reallocate(allocator, NULL, (count + 1) * sizeof(*index)) : NULL;
    struct changes changes = { entries, room, 0 };

    if (index == NULL) {
        return SIZE_MAX;
    }
    fill(index, before, before_count);
    fill(index + before_count, after, after_count);
    walk(index, before_count, index + before_count, after_count, &changes);
    ocpp_reallocate(allocator, index, 0);
    return changes.count;
}
