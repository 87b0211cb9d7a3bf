/* letters.c: what is kept and not used: facts that were given up after the last attempt, and bytes that could not be read.
 *
 * Both are bounded, the oldest make room. With a dead letter stays how much of its transaction had been told before it: should
 * somebody have it told again, it is told in its own place, with its own number, and adds to what is known now (retold/). */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

static void letter_keys(int64_t number, char dead[OCPP_KEY_SIZE], char retold[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key("dead", number, dead);
    ocpp_cp_number_key("retold", number, retold);
}

/* --- making one ----------------------------------------------------------------------------------------------------------------
 */

static bool note_key(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    ocpp_text_copy(user, OCPP_KEY_SIZE, key);
    return false;
}

static struct ocpp_change *add(struct ocpp_change *changes, size_t *count, enum ocpp_change_kind kind, const char *key)
{
    struct ocpp_change *change = &changes[(*count)++];
    *change = (struct ocpp_change){ .kind = kind, .key = key };
    return change;
}

enum ocpp_status ocpp_cp_letter_write(struct ocpp_charge_point *cp, struct letter *letter, struct ocpp_change *changes,
                                      size_t *count)
{
    const struct queue *queue = &cp->queue;
    letter_keys(queue->loaded_number, letter->keys[0], letter->keys[1]);
    struct ocpp_change *dead = add(changes, count, OCPP_CHANGE_PUT, letter->keys[0]);
    struct ocpp_change *retold = add(changes, count, OCPP_CHANGE_PUT, letter->keys[1]);
    dead->value = cp->bytes;
    retold->value = letter->told;
    enum ocpp_status status = ocpp_record_write(&fact_layout, &queue->fact, cp->bytes, sizeof(cp->bytes), &dead->size);
    if (status == OCPP_OK) {
        status = ocpp_record_write(&told_layout, &queue->told_before, letter->told, sizeof(letter->told), &retold->size);
    }
    char oldest[OCPP_KEY_SIZE] = "";
    if (status == OCPP_OK && queue->dead >= MOST_DEAD) {
        cp->storage->each("dead/", NULL, note_key, oldest, cp->storage->user);
    }
    if (oldest[0] != '\0') {
        letter_keys(ocpp_cp_key_number(oldest), letter->keys[2], letter->keys[3]);
        add(changes, count, OCPP_CHANGE_DELETE, letter->keys[2]);
        add(changes, count, OCPP_CHANGE_DELETE, letter->keys[3]);
        ocpp_cp_signed_prefix(ocpp_cp_key_number(oldest), letter->keys[4]);
        add(changes, count, OCPP_CHANGE_DELETE_PREFIX, letter->keys[4]);
    }
    return status;
}

/* --- telling it again
 * ------------------------------------------------------------------------------------------------------------ */

enum ocpp_status ocpp_cp_letter_begin(struct ocpp_charge_point *cp)
{
    struct queue *queue = &cp->queue;
    char dead[OCPP_KEY_SIZE];
    char retold[OCPP_KEY_SIZE];
    struct told then;
    letter_keys(queue->loaded_number, dead, retold);
    queue->told_now = queue->told;
    const enum ocpp_status status = ocpp_cp_read_record(cp, retold, &told_layout, &then);
    if (status == OCPP_ERR_NOT_FOUND) { /* nothing is known of then: it is told as things stand */
        queue->is_again = false;
        return OCPP_OK;
    }
    if (status == OCPP_OK) {
        then.has_wire_number = queue->told.has_wire_number;
        then.wire_number = queue->told.wire_number;
        queue->told = then;
    }
    return status;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void ocpp_cp_letter_end(struct ocpp_charge_point *cp)
{
    struct told *told = &cp->queue.told;
    const struct told *now = &cp->queue.told_now;
    told->started = told->started || now->started;
    told->place_told = told->place_told || now->place_told;
    told->token_told = told->token_told || now->token_told;
    told->next_seq_no = later(told->next_seq_no, now->next_seq_no);
    told->next_number = later(told->next_number, now->next_number);
}

/* --- what is there at the start
 * --------------------------------------------------------------------------------------------------- */

struct sweep {
    struct ocpp_charge_point *cp;
    const struct ocpp_layout *layout;
    char key[OCPP_KEY_SIZE]; /* the first that has to go; "" */
    size_t count;
};

static struct queued *entry_of(const struct ocpp_charge_point *cp, int64_t number)
{
    for (size_t i = 0; i < cp->queue.count; i++) {
        if (cp->queue.entries[i].number == number) {
            return &cp->queue.entries[i];
        }
    }
    return NULL;
}

static bool find_unreadable(const char *key, const void *value, size_t size, void *user)
{
    struct sweep *sweep = user;
    sweep->count++;
    if (ocpp_record_read(sweep->layout, value, size, &sweep->cp->scratch) == OCPP_OK) { /* a fact is the largest of them */
        return true;
    }
    ocpp_text_copy(sweep->key, sizeof(sweep->key), key);
    return false;
}

static bool find_unreadable_sample(const char *key, const void *value, size_t size, void *user)
{
    bool is_record = false;
    ocpp_cp_data_slot(key, &is_record);
    return !is_record || find_unreadable(key, value, size, user);
}

static bool nothing(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    (void)user;
    return true;
}

/* How much of a transaction had been told before a letter that is neither dead nor in the queue is of no use. */
static bool find_widowed(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct sweep *sweep = user;
    char dead[OCPP_KEY_SIZE];
    char retold[OCPP_KEY_SIZE];
    const int64_t number = ocpp_cp_key_number(key);
    struct queued *entry = entry_of(sweep->cp, number);
    if (entry != NULL) {
        entry->again = true;
        return true;
    }
    letter_keys(number, dead, retold);
    const struct ocpp_storage *storage = sweep->cp->storage;
    if (number >= 0 && storage->read(dead, nothing, NULL, storage->user) != OCPP_ERR_NOT_FOUND) {
        return true;
    }
    ocpp_text_copy(sweep->key, sizeof(sweep->key), key);
    return false;
}

static bool is_of_transaction(const struct ocpp_charge_point *cp, const char *uuid)
{
    char text[UUID_TEXT_SIZE];
    for (size_t i = 0; i < cp->queue.count; i++) {
        ocpp_uuid_text(cp->queue.entries[i].uuid, text);
        if (strcmp(text, uuid) == 0) {
            return true;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        ocpp_uuid_text(cp->evses[i].transaction.uuid, text);
        if (ocpp_cp_has_transaction(&cp->evses[i]) && strcmp(text, uuid) == 0) {
            return true;
        }
    }
    return false;
}

/* What was told of a transaction that neither runs nor has anything left to tell. */
static bool find_over(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct sweep *sweep = user;
    if (is_of_transaction(sweep->cp, key + strlen("told/"))) {
        return true;
    }
    ocpp_text_copy(sweep->key, sizeof(sweep->key), key);
    return false;
}

static enum ocpp_status forget(struct ocpp_charge_point *cp, const char *key)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    return ocpp_cp_write_now(cp, &change, 1);
}

/* Whether a dead letter is about the transaction whose |uuid| the key in |user| has. */
struct owner {
    struct ocpp_charge_point *cp;
    const char *uuid;
    bool is_found;
};

static bool find_owner(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    struct owner *owner = user;
    char text[UUID_TEXT_SIZE];
    if (ocpp_record_read(&fact_layout, value, size, &owner->cp->scratch) == OCPP_OK) {
        ocpp_uuid_text(owner->cp->scratch.uuid, text);
        owner->is_found = strcmp(text, owner->uuid) == 0;
    }
    return !owner->is_found;
}

/* The account of a transaction (transaction_data.c) that nobody will tell any more. */
static bool find_account_over(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct sweep *sweep = user;
    char uuid[UUID_TEXT_SIZE];
    ocpp_text_copy(uuid, sizeof(uuid), key + strlen("data/"));
    struct owner owner = { .cp = sweep->cp, .uuid = uuid };
    const struct ocpp_storage *storage = sweep->cp->storage;
    if (is_of_transaction(sweep->cp, uuid) || storage->each("dead/", NULL, find_owner, &owner, storage->user) != OCPP_OK ||
        owner.is_found) {
        return true;
    }
    ocpp_text_copy(sweep->key, sizeof(sweep->key), key);
    return false;
}

/* Signed values of a fact that is neither in the queue nor dead. */
static bool find_unsigned(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    struct sweep *sweep = user;
    char dead[OCPP_KEY_SIZE];
    char retold[OCPP_KEY_SIZE];
    char fact[OCPP_KEY_SIZE];
    ocpp_text_copy(fact, strlen("signed/") + 16 + 1, key);
    const int64_t number = ocpp_cp_key_number(fact);
    letter_keys(number, dead, retold);
    const struct ocpp_storage *storage = sweep->cp->storage;
    if (number >= 0 &&
        (entry_of(sweep->cp, number) != NULL || storage->read(dead, nothing, NULL, storage->user) != OCPP_ERR_NOT_FOUND)) {
        return true;
    }
    ocpp_text_copy(sweep->key, sizeof(sweep->key), key);
    return false;
}

static enum ocpp_status forget_all(struct ocpp_charge_point *cp, const char *key, size_t size)
{
    char prefix[OCPP_KEY_SIZE];
    ocpp_text_copy(prefix, size + 1, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = prefix };
    return ocpp_cp_write_now(cp, &change, 1);
}

static enum ocpp_status forget_account(struct ocpp_charge_point *cp, const char *key)
{
    return forget_all(cp, key, strlen("data/") + UUID_TEXT_SIZE - 1);
}

static enum ocpp_status forget_signed(struct ocpp_charge_point *cp, const char *key)
{
    return forget_all(cp, key, strlen("signed/") + 16);
}

struct sweeping {
    const char *prefix;
    const struct ocpp_layout *layout;
    bool (*find)(const char *key, const void *value, size_t size, void *user);
    enum ocpp_status (*remove)(struct ocpp_charge_point *cp, const char *key);
};

/* Each key that is found is gone before the next is looked for; |*count| entries are left. */
static enum ocpp_status sweep(struct ocpp_charge_point *cp, const struct sweeping *sweeping, size_t *count)
{
    for (;;) {
        struct sweep found = { .cp = cp, .layout = sweeping->layout };
        enum ocpp_status status = cp->storage->each(sweeping->prefix, NULL, sweeping->find, &found, cp->storage->user);
        *count = found.count;
        if (status != OCPP_OK || found.key[0] == '\0') {
            return status;
        }
        status = sweeping->remove(cp, found.key);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

static bool count_one(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(size_t *)user;
    return true;
}

/* The records that are looked at long after the start, when nobody expects them to be bad, and those of no use any more. The rest
 * is read at the start. */
static const struct sweeping sweepings[] = {
    { "dead/", &fact_layout, find_unreadable, ocpp_cp_set_aside },
    { "retold/", &told_layout, find_unreadable, ocpp_cp_set_aside },
    { "clock/", &clock_layout, find_unreadable, ocpp_cp_set_aside },
    { "begin/", &reading_layout, find_unreadable, ocpp_cp_set_aside },
    { "data/", &fact_layout, find_unreadable_sample, ocpp_cp_set_aside },
    { "retold/", NULL, find_widowed, forget },
    { "told/", NULL, find_over, forget },
    { "data/", NULL, find_account_over, forget_account },
    { "signed/", NULL, find_unsigned, forget_signed },
};

enum ocpp_status ocpp_cp_letters_load(struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < sizeof(sweepings) / sizeof(sweepings[0]); i++) {
        size_t count;
        const enum ocpp_status status = sweep(cp, &sweepings[i], &count);
        if (status != OCPP_OK) {
            return status;
        }
        cp->queue.dead = i == 0 ? count : cp->queue.dead;
    }
    cp->corrupt = 0;
    const enum ocpp_status status = cp->storage->each("corrupt/", NULL, count_one, &cp->corrupt, cp->storage->user);
    if (status == OCPP_OK && (cp->queue.dead > 0 || cp->corrupt > 0)) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the store holds %lu dead letters and %lu records that could not be read",
                    (unsigned long)cp->queue.dead, (unsigned long)cp->corrupt);
    }
    return status;
}
