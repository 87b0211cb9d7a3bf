/* api_journal.c: the journal of the ledger, entry by entry: what was posted when, for which order. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/store.h>

#include <string.h>

/* What one request may read: a journal is long, and the settlement waits meanwhile. */
enum { JOURNAL_READ_MAX = 20000 };

struct page {
    cJSON *entries;
    const char *operator_id;
    const char *order; /* NULL: of any, or of none */
    int64_t left;      /* to show */
    int64_t read;
    int64_t next; /* where the next page begins; 0: the journal is over */
};

static const char *text_of(const cJSON *body, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(body, name));
}

static void add_line(cJSON *lines, const cJSON *line, int exponent)
{
    cJSON *json = cJSON_CreateObject();
    const cJSON *debit = cJSON_GetObjectItemCaseSensitive(line, "debitMinor");
    const cJSON *credit = cJSON_GetObjectItemCaseSensitive(line, "creditMinor");

    json_add_text(json, "account", text_of(line, "account"));
    if (cJSON_IsNumber(credit)) {
        json_add_amount(json, "credit", (int64_t)credit->valuedouble, exponent); /* below 10^15: exact */
    } else if (cJSON_IsNumber(debit)) {
        json_add_amount(json, "debit", (int64_t)debit->valuedouble, exponent);
    }
    cJSON_AddItemToArray(lines, json);
}

static void add_posting(cJSON *json, const cJSON *body)
{
    static const char *const names[] = { "event", "currency", "order", "leg", "reason" };
    const char *code = text_of(body, "currency");
    const struct ocpp_settle_currency *currency = code ? ocpp_settle_currency_of(code) : NULL;
    cJSON *lines;
    const cJSON *line;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_add_text(json, names[i], text_of(body, names[i]));
    }
    lines = cJSON_AddArrayToObject(json, "lines");
    cJSON_ArrayForEach(line, cJSON_GetObjectItemCaseSensitive(body, "lines"))
    {
        add_line(lines, line, currency ? currency->exponent : 2);
    }
}

/* Whether an entry is one the page is about. Those of other kinds are told by their kind alone. */
static bool is_wanted(const struct page *page, const cJSON *body)
{
    const char *operator_id = body ? text_of(body, "operator") : NULL;
    const char *order = body ? text_of(body, "order") : NULL;

    if (!body) {
        return !page->order;
    }
    return operator_id && strcmp(operator_id, page->operator_id) == 0 &&
           (!page->order || (order && strcmp(order, page->order) == 0));
}

static bool add_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct page *page = user;

    if (page->left == 0 || page->read == JOURNAL_READ_MAX) {
        page->next = entry->number;
        return false;
    }
    page->read++;
    cJSON *body = strcmp(entry->kind, "post") == 0 ? body_parse(entry->body, entry->size) : NULL;
    if (is_wanted(page, body)) {
        cJSON *json = cJSON_CreateObject();
        json_add_integer(json, "number", entry->number);
        json_add_time(json, "time", entry->utc_ms);
        json_add_text(json, "kind", entry->kind);
        if (body) {
            add_posting(json, body);
        }
        cJSON_AddItemToArray(page->entries, json);
        page->left--;
    }
    cJSON_Delete(body);
    return true;
}

void api_journal(struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    struct page page = { .left = PAGE_DEFAULT };
    struct ocpp_settle_head head = { .number = 0 };
    char order[QUERY_VALUE_SIZE];
    int64_t from = 0;
    enum ocpp_status status;
    cJSON *json;

    if (!settlement_wanted(request) || !query_number(request, "from", &from, 1, (int64_t)1 << 53) ||
        !query_number(request, "limit", &page.left, 1, PAGE_MAX)) {
        return;
    }
    page.order = query_value(request, "order", order) ? order : NULL;
    page.operator_id = settlement->config.operator_id;
    json = cJSON_CreateObject();
    page.entries = cJSON_AddArrayToObject(json, "entries");
    (void)settlement_enter(settlement);
    status = settlement->store->head(&head, settlement->store->user);
    if (from == 0) { /* of an order all, otherwise the newest */
        from = page.order || head.number <= page.left ? 1 : head.number - page.left + 1;
    }
    if (status == OCPP_OK) {
        status = settlement->store->journal(from, add_entry, &page, settlement->store->user);
    }
    settlement_leave(settlement);
    if (status != OCPP_OK) {
        cJSON_Delete(json);
        answer_status(request->exchange, status);
        return;
    }
    json_add_integer(json, "head", head.number);
    if (page.next > 0) {
        json_add_integer(json, "next", page.next);
    }
    answer_json(request->exchange, 200, json);
}
