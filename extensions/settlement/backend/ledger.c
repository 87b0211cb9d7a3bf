/* ledger.c: accounts, balances and statements as the store shows them. Adding up the journal is in ledger_books.c. */
#include "ledger_reading.h"

#include <string.h>

/* A word of a key: nothing that would lead elsewhere. */
bool ledger_is_name(const char *name, size_t size)
{
    const size_t length = strlen(name);

    if (length == 0 || length >= size) {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~' || *c == '/' || *c == '%') {
            return false;
        }
    }
    return true;
}

static void add(char *key, const char *text)
{
    const size_t length = strlen(key);

    memcpy(key + length, text, strlen(text) + 1);
}

/* Fits: every part was looked at. */
static enum ocpp_status make_key(char key[OCPP_SETTLE_KEY_SIZE], const char *operator_id, const char *currency,
                                 const char *account)
{
    if (!ledger_is_name(operator_id, LEDGER_OPERATOR_SIZE) ||
        (currency != NULL && !ledger_is_name(currency, LEDGER_CURRENCY_SIZE)) ||
        (account != NULL && !ledger_is_name(account, ACCOUNT_SIZE))) {
        return OCPP_ERR_ARGUMENT;
    }
    key[0] = '\0';
    add(key, operator_id);
    add(key, LEDGER_BALANCES);
    if (currency != NULL) {
        add(key, currency);
        add(key, "/");
    }
    if (account != NULL) {
        add(key, account);
    }
    return OCPP_OK;
}

enum ocpp_status ledger_decode(const struct ocpp_type *type, const void *text, size_t size, struct ocpp_arena *arena,
                               const void **record)
{
    const struct ocpp_json_limits limits = { .max_bytes = size + 1 };
    const enum ocpp_status status = ocpp_message_decode(type, text, size, &limits, NULL, arena, record, NULL);

    return ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_CORRUPT : status;
}

enum ocpp_status ledger_decode_balance(const struct ocpp_settle_row *row, struct row_balance *balance)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const void *record;

    if (arena == NULL) {
        return OCPP_ERR_NOMEM;
    }
    const enum ocpp_status status = ledger_decode(&row_balance_type, row->value, row->size, arena, &record);
    if (status == OCPP_OK) {
        *balance = *(const struct row_balance *)record;
    }
    ocpp_arena_free(arena);
    return status;
}

/* --- accounts ------------------------------------------------------------------------------------------------------ */

struct accounts_visit {
    const char *prefix;
    size_t skip; /* of the key, before the currency */
    bool (*visit)(const struct ocpp_settle_account *account, void *user);
    void *user;
    enum ocpp_status status;
};

/* The key behind the operator is "CURRENCY/ACCOUNT". */
static bool show_account(const struct ocpp_settle_row *row, void *user)
{
    struct accounts_visit *to = user;
    const char *name = strchr(row->key + to->skip, '/');
    char currency[LEDGER_CURRENCY_SIZE];
    struct row_balance balance;

    const size_t size = name != NULL ? (size_t)(name - row->key) - to->skip : 0;
    if (size == 0 || size >= sizeof currency) {
        to->status = OCPP_ERR_CORRUPT;
        return false;
    }
    memcpy(currency, row->key + to->skip, size);
    currency[size] = '\0';
    name++;
    if (to->prefix != NULL && strncmp(name, to->prefix, strlen(to->prefix)) != 0) {
        return true;
    }
    to->status = ledger_decode_balance(row, &balance);
    if (to->status != OCPP_OK) {
        return false;
    }
    const struct ocpp_settle_account account = {
        .currency = currency, .name = name, .balance_minor = balance.minor, .entries = balance.entries
    };
    return to->visit(&account, to->user);
}

enum ocpp_status ocpp_settle_accounts(const struct ocpp_settle_store *store, const char *operator_id, const char *prefix,
                                      bool (*visit)(const struct ocpp_settle_account *account, void *user), void *user)
{
    struct accounts_visit to = { .prefix = prefix, .visit = visit, .user = user };
    char key[OCPP_SETTLE_KEY_SIZE];
    enum ocpp_status status = make_key(key, operator_id, NULL, NULL);

    if (status != OCPP_OK) {
        return status;
    }
    to.skip = strlen(key);
    status = store->each(key, NULL, show_account, &to, store->user);
    return status == OCPP_OK ? to.status : status;
}

struct balance_visit {
    struct row_balance balance;
    enum ocpp_status status;
};

static bool take_balance(const struct ocpp_settle_row *row, void *user)
{
    struct balance_visit *to = user;

    to->status = ledger_decode_balance(row, &to->balance);
    return false;
}

enum ocpp_status ocpp_settle_account_balance(const struct ocpp_settle_store *store, const char *operator_id, const char *currency,
                                             const char *account, int64_t *balance_minor)
{
    struct balance_visit to = { .balance = { .minor = 0 } };
    char key[OCPP_SETTLE_KEY_SIZE];
    enum ocpp_status status = make_key(key, operator_id, currency, account);

    if (status == OCPP_OK) {
        status = store->read(key, take_balance, &to, store->user);
        status = status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    }
    if (status == OCPP_OK && to.status == OCPP_OK) {
        *balance_minor = to.balance.minor;
    }
    return status == OCPP_OK ? to.status : status;
}

/* --- trial balance ------------------------------------------------------------------------------------------------- */

struct trial {
    const char *currency;
    struct ocpp_settle_trial_balance balance;
    enum ocpp_status status;
};

static bool weigh(const struct ocpp_settle_account *account, void *user)
{
    struct trial *trial = user;
    const bool is_debit = account->balance_minor < 0;
    int64_t *side = is_debit ? &trial->balance.debit_minor : &trial->balance.credit_minor;

    if (strcmp(account->currency, trial->currency) != 0) {
        return true;
    }
    trial->balance.accounts++;
    if (account->balance_minor < -INT64_MAX ||
        *side > INT64_MAX - (is_debit ? -account->balance_minor : account->balance_minor)) {
        trial->status = OCPP_ERR_RANGE;
        return false;
    }
    *side += is_debit ? -account->balance_minor : account->balance_minor;
    return true;
}

enum ocpp_status ocpp_settle_trial_balance(const struct ocpp_settle_store *store, const char *operator_id, const char *currency,
                                           struct ocpp_settle_trial_balance *balance)
{
    struct trial trial = { .currency = currency };

    if (!ledger_is_name(currency, LEDGER_CURRENCY_SIZE)) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = ocpp_settle_accounts(store, operator_id, NULL, weigh, &trial);
    if (status != OCPP_OK || trial.status != OCPP_OK) {
        return status != OCPP_OK ? status : trial.status;
    }
    *balance = trial.balance;
    return OCPP_OK;
}

/* --- statements ---------------------------------------------------------------------------------------------------- */

struct statement_visit {
    const char *operator_id;
    const char *currency;
    const char *account;
    struct ocpp_arena *arena;
    bool (*visit)(const struct ocpp_settle_statement_line *line, void *user);
    void *user;
    enum ocpp_status status;
};

static bool show_posting(const struct statement_visit *to, const struct ocpp_settle_journal_entry *entry,
                         const struct row_posting *posting)
{
    struct ocpp_settle_statement_line line = {
        .number = entry->number,
        .utc_ms = entry->utc_ms,
        .event = posting->event,
        .order = posting->order,
        .leg = posting->leg,
        .reason = posting->reason,
    };
    bool go_on = true;

    for (size_t i = 0; i < posting->lines.count && go_on; i++) {
        const struct row_posting_line *moved = &posting->lines.items[i];

        if (strcmp(moved->account, to->account) == 0) {
            line.minor = moved->has_credit_minor ? moved->credit_minor : -moved->debit_minor;
            go_on = to->visit(&line, to->user);
        }
    }
    return go_on;
}

static bool show_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct statement_visit *to = user;
    const void *record;

    if (strcmp(entry->kind, LEDGER_POSTING) != 0) {
        return true;
    }
    ocpp_arena_reset(to->arena);
    to->status = ledger_decode(&row_posting_type, entry->body, entry->size, to->arena, &record);
    if (to->status != OCPP_OK) {
        return false;
    }
    const struct row_posting *posting = record;
    if (strcmp(posting->operator_, to->operator_id) != 0 || strcmp(posting->currency, to->currency) != 0) {
        return true;
    }
    return show_posting(to, entry, posting);
}

enum ocpp_status ocpp_settle_statement(const struct ocpp_settle_store *store, const struct ocpp_allocator *allocator,
                                       const char *operator_id, const char *currency, const char *account, int64_t from,
                                       bool (*visit)(const struct ocpp_settle_statement_line *line, void *user), void *user)
{
    struct statement_visit to = {
        .operator_id = operator_id, .currency = currency, .account = account, .visit = visit, .user = user
    };
    char key[OCPP_SETTLE_KEY_SIZE];
    enum ocpp_status status = make_key(key, operator_id, currency, account);

    if (status != OCPP_OK) {
        return status;
    }
    to.arena = ocpp_arena_new(allocator, LEDGER_ARENA_BYTES);
    if (to.arena == NULL) {
        return OCPP_ERR_NOMEM;
    }
    status = store->journal(from, show_entry, &to, store->user);
    ocpp_arena_free(to.arena);
    return status == OCPP_OK ? to.status : status;
}
