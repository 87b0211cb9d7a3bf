/* open_transactions.c: one entry per running transaction, found by its name and by its token. */
#include "open_transactions.h"
#include "text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BUCKETS = 16384 };

struct entry {
    struct entry *next_by_name;
    struct entry *next_by_token;
    char *identity;
    char *id;
    char *token; /* NULL: not known yet */
    enum ocpp_token_type type;
    int evse;
};

struct open_transactions {
    pthread_mutex_t lock;
    size_t count;
    struct entry *by_name[BUCKETS];
    struct entry *by_token[BUCKETS];
};

struct open_transactions *open_transactions_new(void)
{
    struct open_transactions *open = calloc(1, sizeof *open);

    if (open) {
        pthread_mutex_init(&open->lock, NULL);
    }
    return open;
}

static void free_entry(struct entry *entry)
{
    free(entry->identity);
    free(entry->id);
    free(entry->token);
    free(entry);
}

void open_transactions_free(struct open_transactions *open)
{
    if (!open) {
        return;
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        while (open->by_name[i]) {
            struct entry *entry = open->by_name[i];
            open->by_name[i] = entry->next_by_name;
            free_entry(entry);
        }
    }
    pthread_mutex_destroy(&open->lock);
    free(open);
}

/* --- finding ------------------------------------------------------------------------------------------------------------------
 */

static uint32_t mix(uint32_t hash, const char *text)
{
    for (; *text; text++) {
        unsigned char letter = (unsigned char)*text;
        if (letter >= 'A' && letter <= 'Z') {
            letter = (unsigned char)(letter + 32);
        }
        hash = (hash ^ letter) * 16777619u;
    }
    return (hash ^ 0xFF) * 16777619u;
}

static struct entry **name_bucket(struct open_transactions *open, const char *identity, const char *id)
{
    return &open->by_name[mix(mix(2166136261u, identity), id) % BUCKETS];
}

static struct entry **token_bucket(struct open_transactions *open, const char *token)
{
    return &open->by_token[mix(2166136261u, token) % BUCKETS];
}

/* The link that leads to the entry, or to the end of its bucket. */
static struct entry **find(struct open_transactions *open, const char *identity, const char *id)
{
    struct entry **link = name_bucket(open, identity, id);

    while (*link && (strcmp((*link)->identity, identity) != 0 || strcmp((*link)->id, id) != 0)) {
        link = &(*link)->next_by_name;
    }
    return link;
}

/* 1.6 knows no types: its idTags are cards. */
static enum ocpp_token_type type_of(enum ocpp_token_type type)
{
    return type == OCPP_TOKEN_UNKNOWN ? OCPP_TOKEN_ISO14443 : type;
}

/* --- changing
 * ------------------------------------------------------------------------------------------------------------------- */

static void unlink_token(struct open_transactions *open, struct entry *entry)
{
    struct entry **link = entry->token ? token_bucket(open, entry->token) : NULL;

    while (link && *link != entry) {
        link = &(*link)->next_by_token;
    }
    if (link) {
        *link = entry->next_by_token;
    }
}

static void link_token(struct open_transactions *open, struct entry *entry, const struct ocpp_transaction *transaction)
{
    struct entry **bucket;

    if (entry->token && strcmp(entry->token, transaction->token) == 0) {
        return;
    }
    unlink_token(open, entry);
    text_replace(&entry->token, transaction->token[0] ? transaction->token : NULL);
    entry->type = type_of(transaction->token_type);
    if (entry->token) {
        bucket = token_bucket(open, entry->token);
        entry->next_by_token = *bucket;
        *bucket = entry;
    }
}

static struct entry *add(struct open_transactions *open, const struct ocpp_transaction *transaction)
{
    struct entry **bucket = name_bucket(open, transaction->identity, transaction->id);
    struct entry *entry = open->count < OPEN_TRANSACTIONS_MAX ? calloc(1, sizeof *entry) : NULL;

    if (!entry) {
        return NULL;
    }
    text_replace(&entry->identity, transaction->identity);
    text_replace(&entry->id, transaction->id);
    if (!entry->identity || !entry->id) {
        free_entry(entry);
        return NULL;
    }
    entry->next_by_name = *bucket;
    *bucket = entry;
    open->count++;
    return entry;
}

void open_transactions_note(struct open_transactions *open, const struct ocpp_transaction *transaction)
{
    struct entry **link;
    struct entry *entry;

    pthread_mutex_lock(&open->lock);
    link = find(open, transaction->identity, transaction->id);
    entry = *link;
    if (transaction->ended && entry) {
        *link = entry->next_by_name;
        unlink_token(open, entry);
        free_entry(entry);
        open->count--;
    } else if (!transaction->ended) {
        entry = entry ? entry : add(open, transaction);
        if (entry) {
            entry->evse = transaction->evse;
            link_token(open, entry, transaction);
        }
    }
    pthread_mutex_unlock(&open->lock);
}

/* FNV-1a of all that open_transactions_note() looks at, but the station; never 0. */
static uint64_t print_of(const struct ocpp_transaction *transaction)
{
    const char *const texts[] = { transaction->id, transaction->token };
    uint64_t print =
        14695981039346656037u ^ (uint64_t)transaction->evse << 8 ^ (uint64_t)transaction->token_type << 1 ^ transaction->ended;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (const char *text = texts[i]; *text; text++) {
            print = (print ^ (unsigned char)*text) * 1099511628211u;
        }
        print = (print ^ 0xFF) * 1099511628211u;
    }
    return print | 1;
}

void open_transactions_note_change(struct open_transactions *open, struct open_noted *noted,
                                   const struct ocpp_transaction *transaction)
{
    uint64_t *last = &noted->prints[(unsigned)transaction->evse % OPEN_NOTED];
    uint64_t print = print_of(transaction);

    if (*last != print) {
        open_transactions_note(open, transaction);
        *last = print;
    }
}

bool open_transactions_elsewhere(struct open_transactions *open, const struct ocpp_token *token, const char *identity, int evse)
{
    struct entry *entry;
    bool found = false;

    pthread_mutex_lock(&open->lock);
    for (entry = *token_bucket(open, token->id); entry && !found; entry = entry->next_by_token) {
        found = strcasecmp(entry->token, token->id) == 0 && entry->type == type_of(token->type) &&
                (strcmp(entry->identity, identity) != 0 || entry->evse != evse);
    }
    pthread_mutex_unlock(&open->lock);
    return found;
}

size_t open_transactions_count(struct open_transactions *open)
{
    size_t count;

    pthread_mutex_lock(&open->lock);
    count = open->count;
    pthread_mutex_unlock(&open->lock);
    return count;
}
