/* postings.c: the table of what moves when, and how a row of it becomes lines. */
#include "postings.h"

#include <string.h>

const char *const account_kind_names[ACCOUNT_KIND_COUNT] = {
    [ACCOUNT_NONE] = "",
    [ACCOUNT_WALLET] = "wallet",
    [ACCOUNT_HOLD] = "hold",
    [ACCOUNT_AUTHORIZED] = "authorized",
    [ACCOUNT_CLEARING] = "clearing",
    [ACCOUNT_RECEIVABLE] = "receivable",
    [ACCOUNT_DEPOSIT] = "deposit",
    [ACCOUNT_REVENUE] = "revenue",
    [ACCOUNT_TAX] = "tax",
    [ACCOUNT_LOSS] = "loss",
    [ACCOUNT_SUSPENSE] = "suspense",
    [ACCOUNT_BANK] = "bank",
    [ACCOUNT_FEES] = "fees",
    [ACCOUNT_ROUNDING] = "rounding",
};

/* clang-format off */
#define MOVE(debit, credit) { ACCOUNT_##debit, ACCOUNT_##credit, POSTING_AMOUNT }
#define MOVE_REST(debit, credit) { ACCOUNT_##debit, ACCOUNT_##credit, POSTING_REST }
const struct posting_rule posting_rules[POSTING_EVENT_COUNT] = {
    /* event                         name                 debit, credit */
    [POSTING_HOLD] =               { "hold",              { MOVE(SOURCE, HOLD) }, "a provider holds an amount for an order, or holds more" },
    [POSTING_RELEASE] =            { "release",           { MOVE(HOLD, SOURCE) }, "a hold, or a part of it, is let go" },
    [POSTING_CAPTURE] =            { "capture",           { MOVE(HOLD, SOURCE), MOVE(MONEY, RECEIVABLE), MOVE_REST(HOLD, SOURCE) },
                                                          "the amount is taken for a bill, the rest of the hold is let go" },
    [POSTING_CAPTURE_EARLY] =      { "capture-early",     { MOVE(HOLD, SOURCE), MOVE(MONEY, DEPOSIT), MOVE_REST(HOLD, SOURCE) },
                                                          "likewise, while the order is open: its hold could not be renewed" },
    [POSTING_USE_DEPOSIT] =        { "use-deposit",       { MOVE(DEPOSIT, RECEIVABLE) }, "what was taken early pays the bill" },
    [POSTING_RETURN_DEPOSIT] =     { "return-deposit",    { MOVE(DEPOSIT, MONEY) }, "what was taken early is given back" },
    [POSTING_REFUND] =             { "refund",            { MOVE(RECEIVABLE, MONEY) }, "what was paid too much is given back" },
    [POSTING_CHARGEBACK] =         { "chargeback",        { MOVE(RECEIVABLE, MONEY) }, "the payer's bank took it back; the order is a debt" },
    [POSTING_WRITE_OFF] =          { "write-off",         { MOVE(LOSS, RECEIVABLE) }, "a debt is given up" },
    [POSTING_WRITE_OFF_LESS] =     { "write-off-less",    { MOVE(RECEIVABLE, LOSS) }, "what was given up turned out to be less" },
    [POSTING_BILL] =               { "bill",              { { ACCOUNT_NONE, ACCOUNT_NONE, POSTING_AMOUNT } },
                                                          "an order is sealed, or billed again: receivable against revenue and taxes" },
    [POSTING_TOP_UP] =             { "top-up",            { MOVE(CLEARING, WALLET) }, "a user puts money into the wallet" },
    [POSTING_PAY_OUT] =            { "pay-out",           { MOVE(WALLET, CLEARING) }, "a user takes money out of the wallet" },
    [POSTING_SETTLED] =            { "settled",           { MOVE(BANK, CLEARING) }, "a provider pays what it took for us" },
    [POSTING_FEE] =                { "fee",               { MOVE(FEES, CLEARING) }, "a provider keeps something for its service" },
    [POSTING_UNKNOWN_MONEY] =      { "unknown-money",     { MOVE(CLEARING, SUSPENSE) }, "a provider took what nobody asked for" },
    [POSTING_UNKNOWN_GIVEN_BACK] = { "unknown-returned",  { MOVE(SUSPENSE, CLEARING) }, "and gave it back" },
    [POSTING_UNKNOWN_FOUND] =      { "unknown-found",     { MOVE(SUSPENSE, RECEIVABLE) }, "it was found to be for this order" },
    [POSTING_STATE] =              { "state",             { MOVE(STATED, RECEIVABLE) }, "what a session came to is owed by a statement from now on" },
    [POSTING_STATE_LESS] =         { "state-less",        { MOVE(RECEIVABLE, STATED) }, "likewise, what it came to less after it was stated" },
};
/* clang-format on */

/* --- accounts ------------------------------------------------------------------------------------------------------ */

static bool is_safe(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c != 0 && strchr("-_.:+@*=|", c));
}

static size_t put_safely(char *to, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    to[0] = is_safe(c) ? (char)c : '~';
    if (to[0] != '~') {
        return 1;
    }
    to[1] = digits[c >> 4];
    to[2] = digits[c & 15];
    return 3;
}

enum ocpp_status account_name(enum account_kind kind, const char *subject, char name[ACCOUNT_SIZE])
{
    char text[ACCOUNT_SIZE + 3];
    size_t size = strlen(account_kind_names[kind]);

    if (subject == NULL || subject[0] == '\0') {
        return OCPP_ERR_LENGTH;
    }
    memcpy(text, account_kind_names[kind], size);
    text[size++] = ':';
    for (const char *c = subject; *c != '\0'; c++) {
        size += put_safely(text + size, (unsigned char)*c);
        if (size >= ACCOUNT_SIZE) {
            return OCPP_ERR_LENGTH;
        }
    }
    text[size] = '\0';
    memcpy(name, text, size + 1);
    return OCPP_OK;
}

/* Of SOURCE and MONEY the one that is meant. */
static enum account_kind resolved(enum account_kind kind, const struct posting *posting)
{
    if (kind == ACCOUNT_STATED) {
        return ACCOUNT_RECEIVABLE;
    }
    if (kind != ACCOUNT_SOURCE && kind != ACCOUNT_MONEY) {
        return kind;
    }
    if (posting->wallet != NULL) {
        return ACCOUNT_WALLET;
    }
    return kind == ACCOUNT_SOURCE ? ACCOUNT_AUTHORIZED : ACCOUNT_CLEARING;
}

enum subject { SUBJECT_NONE, SUBJECT_WALLET, SUBJECT_LEG, SUBJECT_PROVIDER, SUBJECT_ORDER, SUBJECT_PARTY, SUBJECT_CURRENCY };

static const char *subject_of(enum account_kind kind, const struct posting *posting, const char *operator_id)
{
    static const enum subject subjects[ACCOUNT_KIND_COUNT] = {
        [ACCOUNT_WALLET] = SUBJECT_WALLET,     [ACCOUNT_HOLD] = SUBJECT_LEG,         [ACCOUNT_AUTHORIZED] = SUBJECT_PROVIDER,
        [ACCOUNT_CLEARING] = SUBJECT_PROVIDER, [ACCOUNT_RECEIVABLE] = SUBJECT_ORDER, [ACCOUNT_DEPOSIT] = SUBJECT_ORDER,
        [ACCOUNT_REVENUE] = SUBJECT_PARTY,     [ACCOUNT_LOSS] = SUBJECT_PARTY,       [ACCOUNT_SUSPENSE] = SUBJECT_PROVIDER,
        [ACCOUNT_BANK] = SUBJECT_PARTY,        [ACCOUNT_FEES] = SUBJECT_PROVIDER,    [ACCOUNT_ROUNDING] = SUBJECT_CURRENCY,
    };

    switch (subjects[kind]) {
    case SUBJECT_WALLET:
        return posting->wallet;
    case SUBJECT_LEG:
        return posting->leg;
    case SUBJECT_PROVIDER:
        return posting->provider;
    case SUBJECT_ORDER:
        return posting->order;
    case SUBJECT_PARTY:
        return posting->party != NULL ? posting->party : operator_id;
    case SUBJECT_CURRENCY:
        return posting->currency;
    case SUBJECT_NONE:
        break;
    }
    return NULL;
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static bool is_amount(int64_t minor)
{
    return minor >= -OCPP_SETTLE_MOST_MINOR && minor <= OCPP_SETTLE_MOST_MINOR;
}

/* An account that is moved twice has one line. */
static enum ocpp_status add(struct posting_lines *lines, const char *account, int64_t minor)
{
    size_t i = 0;

    while (i < lines->count && strcmp(lines->items[i].account, account) != 0) {
        i++;
    }
    if (i == POSTING_LINES) {
        return OCPP_ERR_TOO_MANY;
    }
    if (i == lines->count) {
        lines->count++;
        lines->items[i].minor = 0;
        memcpy(lines->items[i].account, account, strlen(account) + 1);
    }
    const int64_t sum = lines->items[i].minor + minor; /* both are amounts: no overflow */
    if (!is_amount(minor) || !is_amount(sum)) {
        return OCPP_ERR_RANGE;
    }
    lines->items[i].minor = sum;
    return OCPP_OK;
}

static enum ocpp_status add_to(struct posting_lines *lines, enum account_kind kind, const char *subject, int64_t minor)
{
    char account[ACCOUNT_SIZE];
    const enum ocpp_status status = account_name(kind, subject, account);

    return status == OCPP_OK ? add(lines, account, minor) : status;
}

static enum ocpp_status add_side(struct posting_lines *lines, enum account_kind kind, const struct posting *posting,
                                 const char *operator_id, int64_t minor)
{
    const enum account_kind account = resolved(kind, posting);

    return add_to(lines, account, kind == ACCOUNT_STATED ? posting->statement : subject_of(account, posting, operator_id), minor);
}

static enum ocpp_status add_step(struct posting_lines *lines, const struct posting_step *step, const struct posting *posting,
                                 const char *operator_id)
{
    const int64_t minor = step->amount == POSTING_AMOUNT ? posting->amount_minor : posting->rest_minor;

    if (minor == 0) {
        return OCPP_OK;
    }
    const enum ocpp_status status = add_side(lines, step->debit, posting, operator_id, -minor);
    return status == OCPP_OK ? add_side(lines, step->credit, posting, operator_id, minor) : status;
}

static void leave_out_zeros(struct posting_lines *lines)
{
    size_t kept = 0;

    for (size_t i = 0; i < lines->count; i++) {
        if (lines->items[i].minor != 0) {
            lines->items[kept++] = lines->items[i];
        }
    }
    lines->count = kept;
}

enum ocpp_status posting_make(const struct posting *posting, const char *operator_id, struct posting_lines *lines)
{
    const struct posting_rule *rule = &posting_rules[posting->event];
    enum ocpp_status status = OCPP_OK;

    lines->count = 0;
    if (rule->steps[0].debit == ACCOUNT_NONE) {
        return OCPP_ERR_ARGUMENT;
    }
    if (posting->amount_minor < 0 || posting->rest_minor < 0 || !is_amount(posting->amount_minor) ||
        !is_amount(posting->rest_minor)) {
        return OCPP_ERR_RANGE;
    }
    for (int i = 0; i < POSTING_STEPS && rule->steps[i].debit != ACCOUNT_NONE && status == OCPP_OK; i++) {
        status = add_step(lines, &rule->steps[i], posting, operator_id);
    }
    leave_out_zeros(lines);
    return status;
}

/* --- bills --------------------------------------------------------------------------------------------------------- */

/* What the lines of |bill| earn and what they owe the state, |sign| times. */
static enum ocpp_status add_bill_lines(struct posting_lines *lines, const struct ocpp_settle_bill *bill, const char *party,
                                       int sign)
{
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < bill->lines.count && status == OCPP_OK; i++) {
        const struct ocpp_settle_bill_line *line = &bill->lines.items[i];

        status = is_amount(line->net_minor) ? add_to(lines, ACCOUNT_REVENUE, party, sign * line->net_minor) : OCPP_ERR_RANGE;
        for (size_t k = 0; k < line->taxes.count && status == OCPP_OK; k++) {
            const struct ocpp_settle_line_tax *tax = &line->taxes.items[k];

            status = is_amount(tax->tax_minor) ? add_to(lines, ACCOUNT_TAX, tax->name, sign * tax->tax_minor) : OCPP_ERR_RANGE;
        }
    }
    return status;
}

static int64_t sum_of(const struct posting_lines *lines)
{
    int64_t sum = 0;

    for (size_t i = 0; i < lines->count; i++) {
        sum += lines->items[i].minor; /* at most 32 amounts: no overflow */
    }
    return sum;
}

/* What the payer owes for it, and what the sum of its rounded lines misses of that: a unit for each line and tax at the most. */
static enum ocpp_status add_bill(struct posting_lines *lines, const struct ocpp_settle_bill *bill, const struct posting *posting,
                                 const char *operator_id, int sign)
{
    const int64_t before = sum_of(lines);
    const int64_t most = (int64_t)bill->lines.count + 8;
    enum ocpp_status status = is_amount(bill->gross_minor) ? OCPP_OK : OCPP_ERR_RANGE;

    if (status == OCPP_OK) {
        status = add_to(lines, ACCOUNT_RECEIVABLE, posting->order, -sign * bill->gross_minor);
    }
    if (status == OCPP_OK) {
        status = add_bill_lines(lines, bill, posting->party != NULL ? posting->party : operator_id, sign);
    }
    const int64_t missing = before - sum_of(lines);
    if (status == OCPP_OK && (missing > most || missing < -most)) {
        status = OCPP_ERR_VALUE;
    }
    return status == OCPP_OK && missing != 0 ? add_to(lines, ACCOUNT_ROUNDING, posting->currency, missing) : status;
}

enum ocpp_status posting_make_bill(const struct posting *posting, const struct ocpp_settle_bill *bill,
                                   const struct ocpp_settle_bill *before, const char *operator_id, struct posting_lines *lines)
{
    lines->count = 0;
    if (strcmp(bill->currency, posting->currency) != 0 || (before != NULL && strcmp(before->currency, bill->currency) != 0)) {
        return OCPP_ERR_VALUE;
    }
    enum ocpp_status status = add_bill(lines, bill, posting, operator_id, 1);
    if (status == OCPP_OK && before != NULL) {
        status = add_bill(lines, before, posting, operator_id, -1);
    }
    leave_out_zeros(lines);
    return status;
}

/* --- the record ---------------------------------------------------------------------------------------------------- */

/* Debits first, as books have it. */
static size_t copy_side(const struct posting_lines *lines, bool debits, struct ocpp_arena *arena, struct row_posting_line *to)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->count; i++) {
        const int64_t minor = lines->items[i].minor;

        if ((minor < 0) != debits) {
            continue;
        }
        to[count++] = (struct row_posting_line){
            .account = ocpp_arena_text(arena, lines->items[i].account, strlen(lines->items[i].account)),
            .has_debit_minor = debits,
            .debit_minor = debits ? -minor : 0,
            .has_credit_minor = !debits,
            .credit_minor = debits ? 0 : minor,
        };
    }
    return count;
}

enum ocpp_status posting_record(const struct posting *posting, const struct posting_lines *lines, const char *id,
                                const char *operator_id, struct ocpp_arena *arena, struct row_posting *record)
{
    if (sum_of(lines) != 0) {
        return OCPP_ERR_VALUE;
    }
    struct row_posting_line *items = ocpp_arena_take(arena, (lines->count + 1) * sizeof *items);
    if (items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    const size_t debits = copy_side(lines, true, arena, items);
    const size_t count = debits + copy_side(lines, false, arena, items + debits);
    for (size_t i = 0; i < count; i++) {
        if (items[i].account == NULL) {
            return OCPP_ERR_NOMEM;
        }
    }
    *record = (struct row_posting){
        .id = id,
        .operator_ = operator_id,
        .event = posting_rules[posting->event].name,
        .currency = posting->currency,
        .order = posting->order,
        .leg = posting->leg,
        .reason = posting->reason,
        .lines = { items, count },
    };
    return OCPP_OK;
}
