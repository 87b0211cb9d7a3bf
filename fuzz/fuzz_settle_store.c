/* fuzz_settle_store.c: a store that somebody tampered with: rows and entries of any kind, in any order, with any versions.
 * Whoever reads it finds it wrong or right, and never crashes: the walk over the chain, the books, and a backend that opens on
 * it, lets its timers run out and shows what it has.
 *
 * A line of the input is a row, "KEY VERSION VALUE", or an entry of the journal, "#NUMBER KIND BODY". Writes are accepted and
 * forgotten.
 */
#include "target.h"
#include "toy_keys.h"

#include <ocpp/settlement/ledger.h>
#include <ocpp/settlement/orders.h>

#include <stdlib.h>
#include <string.h>

enum { LINES = 128, OPERATOR_TIMERS = 8 };

struct line {
    const char *key; /* of a row; the kind of an entry */
    int64_t number;  /* of an entry; the version of a row */
    const char *value;
    size_t size;
};

struct tampered {
    struct line rows[LINES];
    size_t row_count;
    struct line entries[LINES];
    size_t entry_count;
};

/* --- the store ----------------------------------------------------------------------------------------------------- */

/* The next word of |at|, terminated in place. */
static char *next_word(char **at)
{
    char *word = *at;
    const size_t size = strcspn(word, " ");

    *at = word + size + (word[size] != '\0');
    word[size] = '\0';
    return word;
}

static void take_line(struct tampered *store, char *text)
{
    const bool is_entry = text[0] == '#';
    size_t *count = is_entry ? &store->entry_count : &store->row_count;
    struct line *line = is_entry ? &store->entries[*count] : &store->rows[*count];
    char *at = text + is_entry;

    if (*count == LINES) {
        return;
    }
    if (is_entry) {
        line->number = strtoll(next_word(&at), NULL, 10);
        line->key = next_word(&at);
    } else {
        line->key = next_word(&at);
        line->number = strtoll(next_word(&at), NULL, 10);
    }
    line->value = at;
    line->size = strlen(at);
    *count += line->key[0] != '\0' && (is_entry || (strlen(line->key) < OCPP_SETTLE_KEY_SIZE && line->number > 0));
}

static enum ocpp_status store_read(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user),
                                   void *visit_user, void *user)
{
    const struct tampered *store = user;

    for (size_t i = 0; i < store->row_count; i++) {
        const struct line *line = &store->rows[i];

        if (strcmp(line->key, key) == 0) {
            (void)visit(&(struct ocpp_settle_row){ line->key, line->number, line->value, line->size }, visit_user);
            return OCPP_OK;
        }
    }
    return OCPP_ERR_NOT_FOUND;
}

static enum ocpp_status store_each(const char *prefix, const char *from,
                                   bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    const struct tampered *store = user;
    bool go_on = true;

    for (size_t i = 0; i < store->row_count && go_on; i++) {
        const struct line *line = &store->rows[i];

        if (strncmp(line->key, prefix, strlen(prefix)) == 0 && (from == NULL || strcmp(line->key, from) >= 0)) {
            go_on = visit(&(struct ocpp_settle_row){ line->key, line->number, line->value, line->size }, visit_user);
        }
    }
    return OCPP_OK;
}

static enum ocpp_status store_write(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                    void *done_user, void *user)
{
    (void)write, (void)user;
    if (done != NULL) {
        done(OCPP_OK, done_user);
    }
    return OCPP_OK;
}

static void store_flush(void *user)
{
    (void)user;
}

static enum ocpp_status store_journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                      void *visit_user, void *user)
{
    const struct tampered *store = user;
    bool go_on = true;

    for (size_t i = 0; i < store->entry_count && go_on; i++) {
        const struct line *line = &store->entries[i];

        if (line->number >= from) {
            const struct ocpp_settle_journal_entry entry = {
                .number = line->number, .kind = line->key, .body = line->value, .size = line->size
            };
            go_on = visit(&entry, visit_user);
        }
    }
    return OCPP_OK;
}

static enum ocpp_status store_head(struct ocpp_settle_head *head, void *user)
{
    const struct tampered *store = user;

    *head = (struct ocpp_settle_head){ .number = store->entry_count > 0 ? store->entries[store->entry_count - 1].number : 0 };
    return OCPP_OK;
}

static enum ocpp_status store_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms,
                                    int64_t *token, void *user)
{
    (void)name, (void)holder, (void)now_utc_ms, (void)until_utc_ms, (void)user;
    *token = 1;
    return OCPP_OK;
}

/* --- the backend's world ------------------------------------------------------------------------------------------- */

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)station, (void)data, (void)token, (void)user;
    return OCPP_OK;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *data, void *user)
{
    (void)station, (void)token, (void)data, (void)user;
}

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **tariff, const char **zone, void *user)
{
    (void)station, (void)tariff, (void)zone, (void)user;
    return false;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)transitions, (void)room, (void)user;
    return 0;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)token, (void)user;
    *payer = (struct ocpp_settle_payer){ .provider = "wallet" };
    return true;
}

static bool see_account(const struct ocpp_settle_account *account, void *user)
{
    (void)user;
    return account->name != NULL;
}

static bool see_line(const struct ocpp_settle_statement_line *line, void *user)
{
    (void)user;
    return line->event != NULL;
}

static void see_order(const struct ocpp_settle_order *order, void *user)
{
    (void)order, (void)user;
}

static void see_bill(const struct ocpp_settle_bill *bill, void *user)
{
    (void)bill, (void)user;
}

static void see_leg(const struct ocpp_settle_leg *leg, void *user)
{
    (void)leg, (void)user;
}

/* --- who reads it -------------------------------------------------------------------------------------------------- */

static void read_books(const struct ocpp_settle_store *store)
{
    struct ocpp_settle_verification found;
    struct ocpp_settle_trial_balance trial;
    struct ocpp_settle_books books;
    int64_t minor;

    (void)!ocpp_settle_store_verify(store, &toy_keys, NULL, &found);
    (void)!ocpp_settle_store_anchor(store, &toy_keys, NULL, 1, 0);
    (void)!ocpp_settle_accounts(store, "operator", NULL, see_account, NULL);
    (void)!ocpp_settle_account_balance(store, "operator", "EUR", "hold:L", &minor);
    (void)!ocpp_settle_trial_balance(store, "operator", "EUR", &trial);
    (void)!ocpp_settle_statement(store, NULL, "operator", "EUR", "hold:L", 1, see_line, NULL);
    (void)!ocpp_settle_books_check(store, NULL, 0, &books);
}

/* The first order there is. */
static const char *order_in(const struct tampered *store)
{
    static const char prefix[] = "operator/order/";

    for (size_t i = 0; i < store->row_count; i++) {
        if (strncmp(store->rows[i].key, prefix, sizeof prefix - 1) == 0) {
            return store->rows[i].key + sizeof prefix - 1;
        }
    }
    return "O";
}

static void open_backend(const struct ocpp_settle_store *store)
{
    const char *order = order_in(store->user);
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();
    struct ocpp_now now = { .mono_ms = 0, .utc_ms = INT64_C(1800000000000) };
    struct ocpp_settle *settle = NULL;

    settings.store = *store;
    settings.keys = toy_keys;
    settings.transport = (struct ocpp_settle_transport){ .send = send, .answer = answer };
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    if (ocpp_settle_new(&settings, now, &settle) != OCPP_OK) {
        return;
    }
    for (int i = 0; i < OPERATOR_TIMERS; i++) {
        now.mono_ms += 1000;
        ocpp_settle_advance(settle, now);
    }
    ocpp_settle_connected(settle, "PILE-1", true, now);
    (void)!ocpp_settle_find_order(settle, order, see_order, NULL);
    (void)!ocpp_settle_find_bill(settle, order, 0, see_bill, NULL, now);
    (void)!ocpp_settle_find_bill(settle, order, 1, see_bill, NULL, now);
    (void)!ocpp_settle_legs(settle, order, see_leg, NULL);
    (void)!ocpp_settle_write_off(settle, order, "fuzz", NULL, now);
    (void)!ocpp_settle_adjust(settle, order, 100, "fuzz", NULL, now);
    (void)!ocpp_settle_pay_debt(settle, order, NULL, now);
    ocpp_settle_free(settle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tampered *store = calloc(1, sizeof *store);
    char *text = malloc(size + 1);

    if (store != NULL && text != NULL) {
        const struct ocpp_settle_store face = { .read = store_read,
                                                .each = store_each,
                                                .write = store_write,
                                                .flush = store_flush,
                                                .journal = store_journal,
                                                .head = store_head,
                                                .take_lease = store_lease,
                                                .max_value_bytes = 262144,
                                                .user = store };

        memcpy(text, data, size);
        text[size] = '\0';
        for (char *at = text; *at != '\0';) {
            char *line = at;
            const size_t length = strcspn(at, "\n");

            at += length + (at[length] != '\0');
            line[length] = '\0';
            take_line(store, line);
        }
        read_books(&face);
        open_backend(&face);
    }
    free(text);
    free(store);
    return 0;
}
