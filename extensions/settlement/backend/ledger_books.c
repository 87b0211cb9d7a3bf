/* ledger_books.c: the journal added up, and every balance compared with the sum. */
#include "ledger_reading.h"

#include <string.h>

enum { BUCKETS = 4096 };

struct sum {
    struct sum *next;
    int64_t minor;
    int64_t entries;
    bool has_balance;
    char name[]; /* "OPERATOR/CURRENCY/ACCOUNT" */
};

struct books {
    const struct ocpp_settle_store *store;
    struct ocpp_arena *sums_arena;
    struct ocpp_arena *entry_arena;
    struct sum *buckets[BUCKETS];
    struct ocpp_settle_books found;
    enum ocpp_status status;
};

/* --- sums ---------------------------------------------------------------------------------------------------------- */

static struct sum **bucket_of(struct books *books, const char *name)
{
    uint32_t hash = 2166136261U;

    for (const char *c = name; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    }
    return &books->buckets[hash % BUCKETS];
}

static struct sum *find(struct books *books, const char *name)
{
    struct sum *sum = *bucket_of(books, name);

    while (sum != NULL && strcmp(sum->name, name) != 0) {
        sum = sum->next;
    }
    return sum;
}

/* NULL: there is no memory. */
static struct sum *find_or_make(struct books *books, const char *name)
{
    struct sum **bucket = bucket_of(books, name);
    struct sum *sum = find(books, name);

    if (sum != NULL) {
        return sum;
    }
    sum = ocpp_arena_take(books->sums_arena, sizeof *sum + strlen(name) + 1);
    if (sum == NULL) {
        return NULL;
    }
    memcpy(sum->name, name, strlen(name) + 1);
    sum->next = *bucket;
    *bucket = sum;
    books->found.accounts++;
    return sum;
}

/* --- the journal --------------------------------------------------------------------------------------------------- */

static void name_of(char name[OCPP_SETTLE_KEY_SIZE], const struct row_posting *posting, const char *account)
{
    const char *const parts[] = { posting->operator_, "/", posting->currency, "/", account };
    size_t size = 0;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        memcpy(name + size, parts[i], strlen(parts[i])); /* fits: 40, 3 and 120 characters, one byte each */
        size += strlen(parts[i]);
    }
    name[size] = '\0';
}

/* An amount no command would write makes the posting one that cannot be read. */
static bool moved_by(const struct row_posting_line *line, int64_t *minor)
{
    const int64_t amount = line->has_debit_minor ? line->debit_minor : line->credit_minor;

    *minor = line->has_debit_minor ? -amount : amount;
    return line->has_debit_minor != line->has_credit_minor && amount > 0 && amount <= OCPP_SETTLE_MOST_MINOR;
}

static bool is_sound(const struct row_posting *posting)
{
    int64_t sum = 0;

    if (!ledger_is_name(posting->operator_, LEDGER_OPERATOR_SIZE) || !ledger_is_name(posting->currency, LEDGER_CURRENCY_SIZE)) {
        return false;
    }
    for (size_t i = 0; i < posting->lines.count; i++) {
        int64_t minor;

        if (!moved_by(&posting->lines.items[i], &minor) || !ledger_is_name(posting->lines.items[i].account, ACCOUNT_SIZE)) {
            return false;
        }
        sum += minor; /* at most 32 amounts: no overflow */
    }
    return sum == 0;
}

/* Sums that no balance could have are kept from overflowing only: they are wrong in any case. */
static void add_line(struct books *books, const struct row_posting *posting, const struct row_posting_line *line)
{
    char name[OCPP_SETTLE_KEY_SIZE];
    int64_t minor;

    name_of(name, posting, line->account);
    struct sum *sum = find_or_make(books, name);
    if (sum == NULL) {
        books->status = OCPP_ERR_LIMIT;
        return;
    }
    (void)moved_by(line, &minor);
    if (sum->minor < INT64_MAX / 2 && sum->minor > INT64_MIN / 2) {
        sum->minor += minor;
    }
    sum->entries++;
}

static bool add_up(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct books *books = user;
    const void *record;

    if (strcmp(entry->kind, LEDGER_POSTING) != 0) {
        return true;
    }
    ocpp_arena_reset(books->entry_arena);
    books->status = ledger_decode(&row_posting_type, entry->body, entry->size, books->entry_arena, &record);
    const struct row_posting *posting = books->status == OCPP_OK ? record : NULL;
    if (books->status == OCPP_ERR_CORRUPT || (posting != NULL && !is_sound(posting))) {
        books->status = OCPP_OK;
        books->found.unbalanced = entry->number;
        return false;
    }
    for (size_t i = 0; posting != NULL && i < posting->lines.count && books->status == OCPP_OK; i++) {
        add_line(books, posting, &posting->lines.items[i]);
    }
    books->found.postings += books->status == OCPP_OK;
    return books->status == OCPP_OK;
}

/* --- the balances -------------------------------------------------------------------------------------------------- */

static void note_wrong(struct books *books, const char *name)
{
    books->found.wrong++;
    if (books->found.account[0] == '\0') {
        memcpy(books->found.account, name, strlen(name) + 1);
    }
}

/* "OPERATOR/balance/CURRENCY/ACCOUNT" without its second word. */
static bool take_name(const char *key, char name[OCPP_SETTLE_KEY_SIZE])
{
    const char *balances = strchr(key, '/');

    if (balances == NULL || strncmp(balances, LEDGER_BALANCES, strlen(LEDGER_BALANCES)) != 0) {
        return false;
    }
    const size_t size = (size_t)(balances - key);
    memcpy(name, key, size);
    name[size] = '/';
    memcpy(name + size + 1, balances + strlen(LEDGER_BALANCES), strlen(balances + strlen(LEDGER_BALANCES)) + 1);
    return true;
}

static bool compare(const struct ocpp_settle_row *row, void *user)
{
    struct books *books = user;
    char name[OCPP_SETTLE_KEY_SIZE];
    struct row_balance balance = { .minor = 0 };

    if (!take_name(row->key, name)) {
        return true;
    }
    struct sum *sum = find(books, name);
    books->status = ledger_decode_balance(row, &balance);
    const bool is_readable = books->status == OCPP_OK;
    if (books->status == OCPP_ERR_CORRUPT) {
        books->status = OCPP_OK;
    }
    if (sum != NULL) {
        sum->has_balance = true;
    }
    if (!is_readable || sum == NULL || sum->minor != balance.minor || sum->entries != balance.entries) {
        note_wrong(books, name);
    }
    return books->status == OCPP_OK;
}

static void look_for_missing(struct books *books)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct sum *sum = books->buckets[i]; sum != NULL; sum = sum->next) {
            if (!sum->has_balance) {
                note_wrong(books, sum->name);
            }
        }
    }
}

/* --- both ---------------------------------------------------------------------------------------------------------- */

static enum ocpp_status check(struct books *books)
{
    enum ocpp_status status = books->store->journal(1, add_up, books, books->store->user);

    if (status != OCPP_OK || books->status != OCPP_OK || books->found.unbalanced != 0) {
        return status != OCPP_OK ? status : books->status;
    }
    status = books->store->each("", NULL, compare, books, books->store->user);
    if (status == OCPP_OK && books->status == OCPP_OK) {
        look_for_missing(books);
    }
    return status != OCPP_OK ? status : books->status;
}

enum ocpp_status ocpp_settle_books_check(const struct ocpp_settle_store *store, const struct ocpp_allocator *allocator,
                                         size_t limit_bytes, struct ocpp_settle_books *found)
{
    enum { LIMIT_BYTES_DEFAULT = 64 * 1024 * 1024 };
    struct ocpp_arena *sums = ocpp_arena_new(allocator, limit_bytes > 0 ? limit_bytes : LIMIT_BYTES_DEFAULT);
    struct ocpp_arena *entries = ocpp_arena_new(allocator, LEDGER_ARENA_BYTES);
    struct books *books = sums != NULL && entries != NULL ? ocpp_arena_take(sums, sizeof *books) : NULL;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    if (books != NULL) {
        books->store = store;
        books->sums_arena = sums;
        books->entry_arena = entries;
        status = check(books);
    }
    if (status == OCPP_OK) {
        *found = books->found;
    }
    ocpp_arena_free(entries);
    ocpp_arena_free(sums);
    return status;
}
