/* settle_checker_ledger.c: what holds of the journal: the chain (I8), debits and credits (I1), balances (I2), one capture for a
 * leg (I4). */
#include "settle_checker_parts.h"

#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- postings ------------------------------------------------------------------------------------------------------ */

static bool fold_line(struct settle_checker *checker, const struct row_posting *posting, const struct row_posting_line *line,
                      int64_t *sum, int64_t number)
{
    const int64_t debit = line->has_debit_minor ? line->debit_minor : 0;
    const int64_t credit = line->has_credit_minor ? line->credit_minor : 0;
    char key[256];

    CHECKER_REQUIRE(checker,
                    line->has_debit_minor != line->has_credit_minor && debit >= 0 && credit >= 0 && debit + credit > 0 &&
                        debit <= OCPP_SETTLE_MOST_MINOR && credit <= OCPP_SETTLE_MOST_MINOR,
                    "I1", "entry %" PRId64 ": %s is moved by no amount", number, line->account);
    (void)snprintf(key, sizeof key, "%s/%s/%s", posting->operator_, posting->currency, line->account);
    struct checker_item *account = checker_map_get(&checker->accounts, key);
    account->number += credit - debit;
    account->other++;
    account->is_touched = true;
    *sum += credit - debit;
    return true;
}

static bool is_capture(const char *event)
{
    return strcmp(event, "capture") == 0 || strcmp(event, "capture-early") == 0;
}

static bool fold(struct settle_checker *checker, const struct row_posting *posting, int64_t number)
{
    int64_t sum = 0;
    char key[128];

    for (size_t i = 0; i < posting->lines.count; i++) {
        if (!fold_line(checker, posting, &posting->lines.items[i], &sum, number)) {
            return false;
        }
    }
    CHECKER_REQUIRE(checker, sum == 0, "I1", "entry %" PRId64 " (%s of order %s): credits minus debits are %" PRId64, number,
                    posting->event, posting->order != NULL ? posting->order : "?", sum);
    if (is_capture(posting->event)) {
        CHECKER_REQUIRE(checker, posting->leg != NULL, "I4", "entry %" PRId64 ": a capture of no leg", number);
        (void)snprintf(key, sizeof key, "%s/%s", posting->operator_, posting->leg);
        struct checker_item *leg = checker_map_get(&checker->captures, key);
        leg->number++;
        CHECKER_REQUIRE(checker, leg->number == 1, "I4", "entry %" PRId64 ": leg %s is captured again", number, posting->leg);
    }
    return true;
}

/* --- the journal --------------------------------------------------------------------------------------------------- */

static bool visit_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct settle_checker *checker = user;
    char where[40];

    if (checker->refused && strcmp(entry->kind, "refused") != 0) {
        return checker_break(checker, "I6", "entry %" PRId64 " (%s) was made by what was refused", entry->number, entry->kind);
    }
    if (strcmp(entry->kind, "post") != 0) {
        return true;
    }
    ocpp_arena_reset(checker->arena);
    (void)snprintf(where, sizeof where, "entry %" PRId64, entry->number);
    const struct row_posting *posting = checker_decode(checker, &row_posting_type, entry->body, entry->size, where);
    return posting != NULL && fold(checker, posting, entry->number);
}

bool checker_walk_journal(struct settle_checker *checker)
{
    const struct ocpp_settle_verify how = { .from = checker->head };
    struct ocpp_settle_verification found;
    struct ocpp_settle_head head;
    enum ocpp_status status = ocpp_settle_store_verify(&checker->store, &checker->keys, &how, &found);

    if (status == OCPP_OK) {
        CHECKER_REQUIRE(checker, found.wrong == OCPP_SETTLE_UNBROKEN, "I8", "entry %" PRId64 ": %s", found.broken_at,
                        ocpp_settle_break_sentence(found.wrong));
        status = checker->store.head(&head, checker->store.user);
    }
    if (status == OCPP_OK) {
        CHECKER_REQUIRE(checker, head.number == found.head.number, "I8",
                        "the journal ends at %" PRId64 " and its head says %" PRId64, found.head.number, head.number);
        status = checker->store.journal(checker->head.number + 1, visit_entry, checker, checker->store.user);
        checker->head = found.head;
    }
    CHECKER_REQUIRE(checker, status == OCPP_OK, "stored", "the journal cannot be read: %s", ocpp_status_sentence(status));
    return checker->broken[0] == '\0';
}

/* --- balances ------------------------------------------------------------------------------------------------------ */

int64_t checker_balance(const struct settle_checker *checker, const char *operator_id, const char *currency, const char *kind,
                        const char *subject)
{
    char key[256];

    (void)snprintf(key, sizeof key, "%s/%s/%s:%s", operator_id, currency, kind, subject);
    const struct checker_item *account = checker_map_find(&checker->accounts, key);
    return account != NULL ? account->number : 0;
}

/* The row of an account the journal moved. */
static bool compare(struct settle_checker *checker, const struct checker_item *account)
{
    const size_t operator_size = strcspn(account->key, "/");
    char operator_id[64];

    (void)snprintf(operator_id, sizeof operator_id, "%.*s", (int)operator_size, account->key);
    const struct row_balance *balance =
        checker_read(checker, operator_id, "balance", account->key + operator_size + 1, &row_balance_type);
    CHECKER_REQUIRE(checker, balance != NULL, "I2", "%s was moved and has no balance", account->key);
    CHECKER_REQUIRE(checker, balance->minor == account->number, "I2",
                    "%s: the balance is %" PRId64 ", the journal adds up to %" PRId64, account->key, balance->minor,
                    account->number);
    CHECKER_REQUIRE(checker, balance->entries == account->other, "I2",
                    "%s: the balance has %" PRId64 " entries, the journal %" PRId64, account->key, balance->entries,
                    account->other);
    return true;
}

bool checker_compare_balances(struct settle_checker *checker)
{
    for (size_t i = 0; i < checker->accounts.room; i++) {
        struct checker_item *account = &checker->accounts.items[i];

        if (account->key == NULL || (!account->is_touched && !checker->in_full)) {
            continue;
        }
        account->is_touched = false;
        if (!compare(checker, account)) {
            return false;
        }
    }
    return true;
}
