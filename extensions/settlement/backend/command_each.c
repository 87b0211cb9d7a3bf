/* command_each.c: rows as this command sees them: those of the store, with its own changes among them. */
#include "command_internal.h"

#include <string.h>

/* merging: two lists in the order of keys become one. */
struct merging {
    const struct seen_row *own[COMMAND_CHANGES]; /* what this command has changed below the prefix, in order */
    size_t count;
    size_t next;
    bool (*visit)(struct command *command, const char *key, const void *record, void *user);
    void *user;
    bool goes_on;
};

/* They are few, and mostly put in order. */
static void insert(struct merging *merging, const struct seen_row *row)
{
    size_t at = merging->count++;

    for (; at > 0 && strcmp(merging->own[at - 1]->key.text, row->key.text) > 0; at--) {
        merging->own[at] = merging->own[at - 1];
    }
    merging->own[at] = row;
}

static void gather(const struct command *command, const char *prefix, struct merging *merging)
{
    const size_t size = strlen(prefix);

    for (size_t i = 0; i < command->row_count; i++) {
        const struct seen_row *row = &command->rows[i];

        if (row->changed && row->key.size >= size && memcmp(row->key.text, prefix, size) == 0) {
            insert(merging, row);
        }
    }
}

static void show_own(struct command *command, struct merging *merging)
{
    const struct seen_row *row = merging->own[merging->next++];

    if (row->exists) {
        merging->goes_on = merging->visit(command, row->key.text, row->record, merging->user);
    }
}

static bool show_stored(struct command *command, const char *key, const void *record, void *user)
{
    struct merging *merging = user;
    int order = 1;

    while (merging->goes_on && merging->next < merging->count && order > 0) {
        order = strcmp(key, merging->own[merging->next]->key.text);
        if (order >= 0) {
            show_own(command, merging); /* of the same key: in its place */
        }
    }
    if (merging->goes_on && order != 0) {
        merging->goes_on = merging->visit(command, key, record, merging->user);
    }
    return merging->goes_on;
}

void command_each_now(struct command *command, const char *prefix, const struct ocpp_type *type,
                      bool (*visit)(struct command *command, const char *key, const void *record, void *user), void *user)
{
    struct merging merging = { .visit = visit, .user = user, .goes_on = true };

    if (command_failed(command) || !prefix) {
        return;
    }
    gather(command, prefix, &merging);
    command_each(command, prefix, type, show_stored, &merging);
    while (merging.goes_on && merging.next < merging.count && !command_failed(command)) {
        show_own(command, &merging);
    }
}
