/* api_payments.c: what providers of payments notify, and what they did beside what was asked of them. */
#include "settlement_json.h"
#include "settlement_reply.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/relay.h>

#include <string.h>
#include <strings.h>

enum { NOTIFICATION_MAX_BYTES = 16384, LIST_MAX_BYTES = 200000, FINDINGS_MAX = 1000, EDGE_MAX_S = 86400 };

/* --- notifications ------------------------------------------------------------------------------------------------------- */

/* "Authorization: Signature t=…,v1=…"; NULL: none. */
static const char *signature_of(const struct request *request)
{
    static const char scheme[] = "Signature ";
    const char *header = request->http->authorization;

    if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        return NULL;
    }
    header += sizeof scheme - 1;
    return header + strspn(header, " ");
}

/* Durable before it is answered: a provider that was answered does not say it again. */
static enum ocpp_status take_notification(const struct request *request)
{
    struct settlement *settlement = request->app->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);
    const enum ocpp_status status =
        ocpp_settle_notified(handle, request->parameters[0], request->http->body, request->http->body_size, signature_of(request),
                             settlement_now(request->app));

    settlement_flush(settlement);
    settlement_leave(settlement);
    return status;
}

static bool is_for_us_to_retry(enum ocpp_status status)
{
    const enum ocpp_status_class kind = ocpp_status_class_of(status);

    return kind == OCPP_CLASS_IO || kind == OCPP_CLASS_RESOURCE;
}

void api_payment_notify(struct request *request)
{
    const struct settlement_provider *provider;
    enum ocpp_status status;

    if (!settlement_wanted(request)) {
        return;
    }
    provider = settlement_provider_named(&request->app->settlement->config, request->parameters[0]);
    if (!provider || provider->secret.size == 0) {
        answer_problem(request->exchange, 404, NULL, "no such provider, or none that notifies");
        return;
    }
    if (request->http->body_size > NOTIFICATION_MAX_BYTES) {
        answer_problem(request->exchange, 413, NULL, "a notification has at most %d bytes", NOTIFICATION_MAX_BYTES);
        return;
    }
    status = take_notification(request);
    if (status == OCPP_ERR_SECURITY) {
        answer_problem(request->exchange, 401, NULL, "this is not signed as agreed");
    } else if (status != OCPP_OK && is_for_us_to_retry(status)) {
        answer_status(request->exchange, status);
    } else {
        if (status != OCPP_OK) {
            log_event(&request->app->log, OCPP_LOG_WARNING, "settlement", NULL, "a notification of %s: %s", provider->name,
                      ocpp_status_sentence(status));
        }
        answer_nothing(request->exchange); /* said again it would be no better */
    }
}

/* --- reconciliation ------------------------------------------------------------------------------------------------------ */

static const char *const kind_words[] = { "Authorize", "Increment", "Capture", "Void", "Refund", NULL };

static const struct body_member reconcile_members[] = {
    { .name = "provider", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
    { .name = "from", .kind = BODY_TIME, .required = true },
    { .name = "to", .kind = BODY_TIME, .required = true },
    { .name = "edgeS", .kind = BODY_INTEGER, .minimum = 1, .maximum = EDGE_MAX_S },
    { .name = "kinds", .kind = BODY_TEXTS, .minimum = 1, .maximum = 5, .words = kind_words },
    { .name = "list", .kind = BODY_TEXT, .required = true, .minimum = 0, .maximum = LIST_MAX_BYTES },
    BODY_END,
};

struct report {
    struct ocpp_settle_relay_gaps gaps;
    cJSON *json;
    cJSON *findings;
    int left;
};

static void add_text(cJSON *json, const char *name, const char *text)
{
    json_add_text(json, name, text && text[0] ? text : NULL);
}

static void add_money(cJSON *json, const char *name, int64_t minor, const char *currency_code)
{
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(currency_code);

    if (currency) {
        json_add_amount(json, name, minor, currency->exponent);
    }
}

static void add_books(cJSON *json, const struct ocpp_settle_finding *finding)
{
    add_money(json, "ourAmount", finding->our_minor, finding->currency);
    add_money(json, "booksAmount", finding->books_minor, finding->currency);
}

static void add_gap(cJSON *json, const struct ocpp_settle_finding *finding)
{
    add_text(json, "station", finding->station);
    json_add_integer(json, "firstPage", finding->first_page);
    json_add_integer(json, "lastPage", finding->last_page);
}

static void add_finding(const struct ocpp_settle_finding *finding, void *user)
{
    struct report *report = user;
    cJSON *json = report->left-- > 0 ? cJSON_CreateObject() : NULL;

    if (!json) {
        return;
    }
    json_add_text(json, "kind", ocpp_settle_finding_name(finding->kind));
    add_text(json, "operation", finding->operation);
    add_text(json, "currency", finding->currency);
    if (finding->line > 0) {
        json_add_integer(json, "line", finding->line);
    }
    if (finding->kind == OCPP_SETTLE_FINDING_BOOKS) {
        add_books(json, finding);
    } else if (finding->kind == OCPP_SETTLE_FINDING_BILL_GAP) {
        add_gap(json, finding);
    } else if (finding->our_kind[0]) {
        add_money(json, "ourAmount", finding->our_minor, finding->currency);
    }
    add_text(json, "ourKind", finding->our_kind);
    json_add_time(json, "at", finding->utc_ms);
    add_text(json, "theirKind", finding->their_kind);
    add_text(json, "theirAmount", finding->their_amount);
    add_text(json, "theirCurrency", finding->their_currency);
    cJSON_AddItemToArray(report->findings, json);
}

static void add_summary(struct report *report, const struct ocpp_settle_reconciliation_summary *summary)
{
    cJSON *counts = cJSON_AddObjectToObject(report->json, "counts");
    cJSON *totals = cJSON_AddArrayToObject(report->json, "totals");

    json_add_integer(report->json, "lines", summary->lines);
    json_add_integer(report->json, "matched", summary->matched);
    for (int i = 0; i < OCPP_SETTLE_FINDING_KIND_COUNT; i++) {
        json_add_integer(counts, ocpp_settle_finding_name((enum ocpp_settle_finding_kind)i), summary->findings[i]);
    }
    for (size_t i = 0; i < summary->total_count; i++) {
        const struct ocpp_settle_reconciliation_totals *total = &summary->totals[i];
        cJSON *json = cJSON_CreateObject();

        json_add_text(json, "currency", total->currency);
        add_money(json, "theirs", total->theirs_minor, total->currency);
        add_money(json, "ours", total->ours_minor, total->currency);
        add_money(json, "books", total->books_minor, total->currency);
        cJSON_AddItemToArray(totals, json);
    }
    cJSON_AddBoolToObject(report->json, "more", report->left < 0);
}

static uint32_t kinds_of(const cJSON *body)
{
    uint32_t kinds = 0;
    const cJSON *word;

    cJSON_ArrayForEach(word, body_value(body, "kinds"))
    {
        for (uint32_t i = 0; kind_words[i]; i++) {
            kinds |= strcmp(word->valuestring, kind_words[i]) == 0 ? UINT32_C(1) << i : 0;
        }
    }
    return kinds;
}

static bool next_gap(struct ocpp_settle_bill_gap *gap, void *user)
{
    struct report *report = user;

    return ocpp_settle_relay_next_gap(gap, &report->gaps);
}

/* The list against the books, while the handle is ours. */
static enum ocpp_status reconcile(struct ocpp_settle *handle, const cJSON *body, struct report *report)
{
    const struct ocpp_settle_reconciliation_settings settings = {
        .provider = body_text(body, "provider", ""),
        .from_utc_ms = body_time(body, "from"),
        .to_utc_ms = body_time(body, "to"),
        .edge_ms = body_integer(body, "edgeS", 0) * 1000,
        .kinds = kinds_of(body),
        .found = add_finding,
        .next_bill_gap = next_gap,
        .user = report,
    };
    const char *list = body_text(body, "list", "");
    struct ocpp_settle_reconciliation *reconciliation = NULL;
    struct ocpp_settle_reconciliation_summary summary;
    enum ocpp_status status = ocpp_settle_reconciliation_new(handle, &settings, &reconciliation);

    report->gaps.settle = handle;
    if (status == OCPP_OK) {
        status = ocpp_settle_reconciliation_feed(reconciliation, list, strlen(list));
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_reconciliation_finish(reconciliation, &summary);
    }
    status = status == OCPP_OK ? report->gaps.status : status;
    if (status == OCPP_OK) {
        add_summary(report, &summary);
    }
    ocpp_settle_reconciliation_free(reconciliation);
    return status;
}

static void answer_refused(const struct request *request, enum ocpp_status status)
{
    if (status == OCPP_ERR_VALUE) {
        answer_problem(request->exchange, 400, "/list", "the list is not in the order of its operations (LC_ALL=C sort)");
    } else if (status == OCPP_ERR_ARGUMENT) {
        answer_problem(request->exchange, 400, "/to", "the period is none");
    } else {
        answer_status(request->exchange, status);
    }
}

static bool is_ours(const struct request *request, struct settlement_provider **provider, const char *name)
{
    *provider = settlement_provider_named(&request->app->settlement->config, name);
    if (!*provider) {
        answer_problem(request->exchange, 404, NULL, "no such provider");
    }
    return *provider;
}

void api_reconcile(struct request *request)
{
    struct report report = { .left = FINDINGS_MAX };
    struct settlement_provider *provider;
    struct ocpp_settle *handle;
    enum ocpp_status status;

    if (!settlement_wanted(request) || !request_body_is(request, reconcile_members) ||
        !is_ours(request, &provider, body_text(request->body, "provider", ""))) {
        return;
    }
    report.json = cJSON_CreateObject();
    json_add_text(report.json, "provider", provider->name);
    json_add_time(report.json, "from", body_time(request->body, "from"));
    json_add_time(report.json, "to", body_time(request->body, "to"));
    report.findings = cJSON_AddArrayToObject(report.json, "findings");
    handle = settlement_enter(request->app->settlement);
    status = reconcile(handle, request->body, &report);
    if (status == OCPP_OK) {
        cJSON_Delete(provider->report);
        provider->report = cJSON_Duplicate(report.json, true);
    }
    settlement_leave(request->app->settlement);
    if (status == OCPP_OK) {
        answer_json(request->exchange, 200, report.json);
        return;
    }
    cJSON_Delete(report.json);
    answer_refused(request, status);
}

void api_reconciliation(struct request *request)
{
    char name[QUERY_VALUE_SIZE];
    struct settlement_provider *provider;
    cJSON *json = NULL;
    bool is_there;

    if (!settlement_wanted(request)) {
        return;
    }
    if (!query_value(request, "provider", name)) {
        answer_problem(request->exchange, 400, NULL, "the query has to name a provider");
        return;
    }
    if (!is_ours(request, &provider, name)) {
        return;
    }
    (void)settlement_enter(request->app->settlement);
    is_there = provider->report != NULL;
    json = is_there ? cJSON_Duplicate(provider->report, true) : NULL;
    settlement_leave(request->app->settlement);
    if (is_there) {
        answer_json(request->exchange, 200, json);
    } else {
        answer_problem(request->exchange, 404, NULL, "nothing was reconciled with this provider since the start");
    }
}
