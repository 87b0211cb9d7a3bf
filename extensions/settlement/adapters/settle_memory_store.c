/* settle_memory_store.c: a store that lives as long as the process, for tests.
 *
 * Rows hang in an array ordered by key, entries in one ordered by number. A write first looks at every precondition, then takes
 * all memory it needs; what follows cannot fail.
 */
#include "settle_store_check.h"
#include "settle_support.h"

#include <ocpp/settlement/adapters.h>

#include <string.h>

struct memory_row {
    int64_t version;
    size_t size;
    char *key; /* behind the value, behind this struct */
    unsigned char value[];
};

struct memory_entry {
    struct ocpp_settle_journal_entry face; /* points behind this struct */
    char bytes[];
};

struct memory_lease {
    struct memory_lease *next;
    int64_t token;
    int64_t until_utc_ms;
    char name[OCPP_SETTLE_LEASE_NAME_SIZE];
    char holder[OCPP_SETTLE_LEASE_NAME_SIZE];
};

struct memory_store {
    struct ocpp_settle_store face;
    const struct ocpp_allocator *allocator;
    struct settle_hasher *hasher;
    size_t limit_bytes;
    size_t used_bytes;
    struct memory_row **rows;
    size_t row_count;
    size_t row_room;
    struct memory_entry **entries;
    size_t entry_count;
    size_t entry_room;
    struct ocpp_settle_head head;
    struct memory_lease *leases;
    unsigned visiting;
    uint64_t changes; /* of the contract */
};

/* --- finding ----------------------------------------------------------------------------------------------------- */

/* The place of the first row whose key is not below |key|. */
static size_t find(const struct memory_store *store, const char *key)
{
    size_t low = 0;
    size_t high = store->row_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(store->rows[middle]->key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct memory_store *store, size_t place, const char *key)
{
    return place < store->row_count && strcmp(store->rows[place]->key, key) == 0;
}

static struct memory_lease *find_lease(const struct memory_store *store, const char *name)
{
    struct memory_lease *lease = store->leases;

    while (lease != NULL && strcmp(lease->name, name) != 0) {
        lease = lease->next;
    }
    return lease;
}

/* --- what a write needs before it can no longer fail --------------------------------------------------------------- */

static size_t row_bytes(size_t key_size, size_t size)
{
    return sizeof(struct memory_row) + sizeof(struct memory_row *) + size + key_size;
}

/* The new rows and entries of a write, and what they take and give back. */
struct plan {
    struct memory_row *rows[OCPP_SETTLE_CHANGES_MAXIMUM];
    struct memory_entry *entries[OCPP_SETTLE_ENTRIES_MAXIMUM];
    struct ocpp_settle_head head;
    size_t more_rows;
    size_t takes_bytes;
    size_t frees_bytes;
};

static enum ocpp_status look_at(const struct memory_store *store, const struct ocpp_settle_change *change, struct plan *plan)
{
    const size_t place = find(store, change->key);
    const bool exists = is_at(store, place, change->key);

    if (change->kind == OCPP_SETTLE_INSERT) {
        plan->more_rows++;
        return exists ? OCPP_ERR_BUSY : OCPP_OK;
    }
    if (!exists || store->rows[place]->version != change->version) {
        return OCPP_ERR_BUSY;
    }
    plan->frees_bytes += row_bytes(strlen(change->key) + 1, store->rows[place]->size);
    return OCPP_OK;
}

static enum ocpp_status look_at_all(const struct memory_store *store, const struct ocpp_settle_write *write, struct plan *plan)
{
    enum ocpp_status status = OCPP_OK;

    if (write->follows != 0 && write->follows != store->head.number) {
        return OCPP_ERR_BUSY;
    }
    if (write->lease != NULL) {
        const struct memory_lease *lease = find_lease(store, write->lease->name);

        if (lease == NULL || lease->token != write->lease->token) {
            return OCPP_ERR_BUSY;
        }
    }
    for (size_t i = 0; i < write->change_count && status == OCPP_OK; i++) {
        status = look_at(store, &write->changes[i], plan);
    }
    return status;
}

static struct memory_row *row_new(struct memory_store *store, const struct ocpp_settle_change *change, struct plan *plan)
{
    const size_t key_size = strlen(change->key) + 1;
    struct memory_row *row = settle_reallocate(store->allocator, NULL, sizeof *row + change->size + key_size);

    if (row == NULL) {
        return NULL;
    }
    row->version = change->kind == OCPP_SETTLE_INSERT ? 1 : change->version + 1;
    row->size = change->size;
    row->key = (char *)row->value + change->size;
    if (change->size > 0) {
        memcpy(row->value, change->value, change->size);
    }
    memcpy(row->key, change->key, key_size);
    plan->takes_bytes += row_bytes(key_size, change->size);
    return row;
}

static struct memory_entry *entry_new(struct memory_store *store, const struct ocpp_settle_entry *from, int64_t utc_ms,
                                      struct plan *plan)
{
    const size_t kind_size = strlen(from->kind) + 1;
    struct memory_entry *entry = settle_reallocate(store->allocator, NULL, sizeof *entry + kind_size + from->size);

    if (entry == NULL) {
        return NULL;
    }
    memcpy(entry->bytes, from->kind, kind_size);
    if (from->size > 0) {
        memcpy(entry->bytes + kind_size, from->body, from->size);
    }
    entry->face = (struct ocpp_settle_journal_entry){
        .number = plan->head.number, .utc_ms = utc_ms, .kind = entry->bytes, .body = entry->bytes + kind_size, .size = from->size
    };
    memcpy(entry->face.hash, plan->head.hash, sizeof plan->head.hash);
    plan->takes_bytes += sizeof *entry + sizeof(struct memory_entry *) + kind_size + from->size;
    return entry;
}

/* Makes room for |count| pointers behind |used|. NULL: there is no memory, and what was there is as it was. */
static void *with_room(struct memory_store *store, void *pointers, size_t used, size_t count, size_t *room)
{
    size_t wanted = *room > 0 ? *room : 16;

    if (pointers != NULL && used + count <= *room) {
        return pointers;
    }
    while (wanted < used + count) {
        wanted *= 2;
    }
    void *grown = settle_reallocate(store->allocator, pointers, wanted * sizeof(void *));
    *room = grown != NULL ? wanted : *room;
    return grown;
}

static bool make_room(struct memory_store *store, const struct plan *plan, size_t entry_count)
{
    struct memory_row **rows = with_room(store, store->rows, store->row_count, plan->more_rows, &store->row_room);

    store->rows = rows != NULL ? rows : store->rows;
    struct memory_entry **entries = with_room(store, store->entries, store->entry_count, entry_count, &store->entry_room);
    store->entries = entries != NULL ? entries : store->entries;
    return rows != NULL && entries != NULL;
}

static enum ocpp_status make_rows(struct memory_store *store, const struct ocpp_settle_write *write, struct plan *plan)
{
    for (size_t i = 0; i < write->change_count; i++) {
        if (write->changes[i].kind == OCPP_SETTLE_DELETE) {
            continue;
        }
        plan->rows[i] = row_new(store, &write->changes[i], plan);
        if (plan->rows[i] == NULL) {
            return OCPP_ERR_NOMEM;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status make_entries(struct memory_store *store, const struct ocpp_settle_write *write, struct plan *plan)
{
    plan->head = store->head;
    for (size_t i = 0; i < write->entry_count; i++) {
        const enum ocpp_status status = settle_hasher_next(store->hasher, &plan->head, &write->entries[i], write->utc_ms);

        if (status != OCPP_OK) {
            return status;
        }
        plan->entries[i] = entry_new(store, &write->entries[i], write->utc_ms, plan);
        if (plan->entries[i] == NULL) {
            return OCPP_ERR_NOMEM;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status make_plan(struct memory_store *store, const struct ocpp_settle_write *write, struct plan *plan)
{
    enum ocpp_status status = look_at_all(store, write, plan);

    if (status == OCPP_OK) {
        status = make_rows(store, write, plan);
    }
    if (status == OCPP_OK) {
        status = make_entries(store, write, plan);
    }
    if (status == OCPP_OK && store->limit_bytes > 0 &&
        store->used_bytes + plan->takes_bytes > store->limit_bytes + plan->frees_bytes) {
        status = OCPP_ERR_FULL;
    }
    if (status == OCPP_OK && !make_room(store, plan, write->entry_count)) {
        status = OCPP_ERR_NOMEM;
    }
    return status;
}

static void drop_plan(struct memory_store *store, const struct ocpp_settle_write *write, const struct plan *plan)
{
    for (size_t i = 0; i < write->change_count; i++) {
        (void)settle_reallocate(store->allocator, plan->rows[i], 0);
    }
    for (size_t i = 0; i < write->entry_count; i++) {
        (void)settle_reallocate(store->allocator, plan->entries[i], 0);
    }
}

/* --- what can no longer fail --------------------------------------------------------------------------------------- */

static void apply(struct memory_store *store, const struct ocpp_settle_change *change, struct memory_row *row)
{
    const size_t place = find(store, change->key);
    struct memory_row **at = &store->rows[place];
    const size_t behind = store->row_count - place;

    if (change->kind == OCPP_SETTLE_INSERT) {
        memmove(at + 1, at, behind * sizeof *at);
        *at = row;
        store->row_count++;
        return;
    }
    (void)settle_reallocate(store->allocator, *at, 0);
    *at = row;
    if (change->kind == OCPP_SETTLE_DELETE) {
        memmove(at, at + 1, (behind - 1) * sizeof *at);
        store->row_count--;
    }
}

static void apply_plan(struct memory_store *store, const struct ocpp_settle_write *write, const struct plan *plan)
{
    for (size_t i = 0; i < write->change_count; i++) {
        apply(store, &write->changes[i], plan->rows[i]);
    }
    for (size_t i = 0; i < write->entry_count; i++) {
        store->entries[store->entry_count++] = plan->entries[i];
    }
    store->head = plan->head;
    store->used_bytes += plan->takes_bytes;
    store->used_bytes -= plan->frees_bytes;
}

/* --- the contract ------------------------------------------------------------------------------------------------ */

static enum ocpp_status memory_write(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                     void *done_user, void *user)
{
    struct memory_store *store = user;
    struct plan plan = { .more_rows = 0 };

    if (store->visiting > 0) {
        return OCPP_ERR_STATE;
    }
    enum ocpp_status status = settle_write_check(write, store->face.max_value_bytes);
    if (status != OCPP_OK) {
        return status;
    }
    status = make_plan(store, write, &plan);
    if (status != OCPP_OK) {
        drop_plan(store, write, &plan);
        return status;
    }
    apply_plan(store, write, &plan);
    store->changes++;
    if (done != NULL) {
        done(OCPP_OK, done_user);
    }
    return OCPP_OK;
}

static uint64_t memory_changes(void *user)
{
    const struct memory_store *store = user;
    return store->changes;
}

static void memory_flush(void *user)
{
    (void)user; /* nothing waits */
}

static bool show(struct memory_store *store, const struct memory_row *row,
                 bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user)
{
    const struct ocpp_settle_row face = { .key = row->key, .version = row->version, .value = row->value, .size = row->size };

    store->visiting++;
    const bool go_on = visit(&face, visit_user);
    store->visiting--;
    return go_on;
}

static enum ocpp_status memory_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                    void *visit_user, void *user)
{
    struct memory_store *store = user;
    const size_t place = find(store, key);

    if (!is_at(store, place, key)) {
        return OCPP_ERR_NOT_FOUND;
    }
    (void)show(store, store->rows[place], visit, visit_user);
    return OCPP_OK;
}

static enum ocpp_status memory_each(const char *prefix, const char *from,
                                    bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    struct memory_store *store = user;

    for (size_t i = find(store, settle_start(prefix, from)); i < store->row_count; i++) {
        if (!settle_begins_with(store->rows[i]->key, prefix) || !show(store, store->rows[i], visit, visit_user)) {
            break;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status memory_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                       void *visit_user, void *user)
{
    struct memory_store *store = user;
    bool go_on = true;

    for (size_t i = from > 1 ? (size_t)from - 1 : 0; i < store->entry_count && go_on; i++) {
        store->visiting++;
        go_on = visit(&store->entries[i]->face, visit_user);
        store->visiting--;
    }
    return OCPP_OK;
}

static enum ocpp_status memory_head(struct ocpp_settle_head *head, void *user)
{
    const struct memory_store *store = user;

    *head = store->head;
    return OCPP_OK;
}

static struct memory_lease *lease_new(struct memory_store *store, const char *name)
{
    struct memory_lease *lease = settle_reallocate(store->allocator, NULL, sizeof *lease);

    if (lease == NULL) {
        return NULL;
    }
    *lease = (struct memory_lease){ .next = store->leases, .until_utc_ms = INT64_MIN };
    memcpy(lease->name, name, strlen(name) + 1);
    store->leases = lease;
    return lease;
}

static enum ocpp_status memory_take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms,
                                          int64_t *token, void *user)
{
    struct memory_store *store = user;
    const enum ocpp_status status = store->visiting > 0 ? OCPP_ERR_STATE : settle_lease_check(name, holder);

    if (status != OCPP_OK) {
        return status;
    }
    struct memory_lease *lease = find_lease(store, name);
    if (lease == NULL) {
        lease = lease_new(store, name);
    }
    if (lease == NULL) {
        return OCPP_ERR_NOMEM;
    }
    const bool is_held = lease->until_utc_ms > now_utc_ms;
    if (is_held && strcmp(lease->holder, holder) != 0) {
        return OCPP_ERR_BUSY;
    }
    lease->token += !is_held;
    lease->until_utc_ms = until_utc_ms;
    memcpy(lease->holder, holder, strlen(holder) + 1);
    *token = lease->token;
    return OCPP_OK;
}

/* --- the handle -------------------------------------------------------------------------------------------------- */

struct ocpp_settle_store *ocpp_settle_memory_store_new(const struct ocpp_allocator *allocator, size_t limit_bytes)
{
    struct memory_store *store = settle_reallocate(allocator, NULL, sizeof *store);

    if (store == NULL) {
        return NULL;
    }
    *store = (struct memory_store){
        .face = { .read = memory_read,
                  .each = memory_each,
                  .write = memory_write,
                  .flush = memory_flush,
                  .journal = memory_journal,
                  .head = memory_head,
                  .take_lease = memory_take_lease,
                  .max_value_bytes = SETTLE_VALUE_BYTES_DEFAULT,
                  .user = store,
                  .changes = memory_changes },
        .allocator = allocator,
        .hasher = settle_hasher_new(),
        .limit_bytes = limit_bytes,
    };
    if (store->hasher != NULL) {
        return &store->face;
    }
    (void)settle_reallocate(allocator, store, 0);
    return NULL;
}

static void free_pointers(const struct ocpp_allocator *allocator, void **pointers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)settle_reallocate(allocator, pointers[i], 0);
    }
    (void)settle_reallocate(allocator, pointers, 0);
}

void ocpp_settle_memory_store_free(struct ocpp_settle_store *face)
{
    if (face == NULL) {
        return;
    }
    struct memory_store *store = face->user;
    const struct ocpp_allocator *allocator = store->allocator;
    free_pointers(allocator, (void **)store->rows, store->row_count);
    free_pointers(allocator, (void **)store->entries, store->entry_count);
    while (store->leases != NULL) {
        struct memory_lease *next = store->leases->next;

        (void)settle_reallocate(allocator, store->leases, 0);
        store->leases = next;
    }
    settle_hasher_free(store->hasher);
    (void)settle_reallocate(allocator, store, 0);
}
