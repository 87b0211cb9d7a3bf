/* api_tokens.c: what operators write down about tokens. */
#include "http.h"
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

/* A token on its way to the store, or out of it. */
struct writing {
    struct app *app;
    struct ocpp_http_exchange *exchange;
    char *record; /* NULL: it is deleted */
    bool fresh;
};

static void written(enum ocpp_status status, void *user)
{
    struct writing *writing = user;

    if (status != OCPP_OK) {
        answer_status(writing->exchange, status);
    } else if (writing->record) {
        answer_json(writing->exchange, writing->fresh ? 201 : 200, cJSON_Parse(writing->record));
    } else {
        answer_nothing(writing->exchange);
    }
    cJSON_free(writing->record);
    free(writing);
}

/* The key of the token the path names; false: answered. */
static bool path_key(const struct request *request, enum ocpp_token_type *type, char key[OCPP_KEY_SIZE])
{
    *type = ocpp_token_type_of(request->parameters[0]);
    if (*type == OCPP_TOKEN_UNKNOWN || !token_key(*type, request->parameters[1], key)) {
        answer_problem(request->exchange, 404, NULL,
                       "no such type of token; there are ISO14443, ISO15693, KeyCode, Central, Local, eMAID, …");
        return false;
    }
    return true;
}

static void write_change(struct request *request, enum ocpp_change_kind kind, const char *key, char *record, bool fresh)
{
    struct writing *writing = calloc(1, sizeof *writing);
    const struct ocpp_change change = { .kind = kind, .key = key, .value = record, .size = record ? strlen(record) : 0 };

    if (!writing) {
        cJSON_free(record);
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    *writing = (struct writing){ .app = request->app, .exchange = request->exchange, .record = record, .fresh = fresh };
    store_write(request->shard->storage, &change, written, writing);
}

void api_token(struct request *request)
{
    enum ocpp_token_type type;
    enum ocpp_status status;
    char key[OCPP_KEY_SIZE];
    char *text;

    if (!path_key(request, &type, key)) {
        return;
    }
    status = store_read_text(request->shard->storage, key, &text);
    if (status == OCPP_ERR_NOT_FOUND) {
        answer_problem(request->exchange, 404, NULL, "no such token");
    } else if (status != OCPP_OK) {
        answer_status(request->exchange, status);
    } else {
        answer_json(request->exchange, 200, cJSON_Parse(text));
        free(text);
    }
}

static bool exists(struct request *request, const char *key)
{
    char *text = NULL;
    bool found = store_read_text(request->shard->storage, key, &text) == OCPP_OK;

    free(text);
    return found;
}

void api_token_put(struct request *request)
{
    enum ocpp_token_type type;
    struct body_issue issue;
    char key[OCPP_KEY_SIZE];
    char *record;

    if (!path_key(request, &type, key)) {
        return;
    }
    record = token_record(request->body, type, request->parameters[1], &issue);
    if (!record) {
        answer_problem(request->exchange, 400, issue.path, "%s %s", issue.path, issue.why);
        return;
    }
    write_change(request, OCPP_CHANGE_PUT, key, record, !exists(request, key));
}

void api_token_delete(struct request *request)
{
    enum ocpp_token_type type;
    char key[OCPP_KEY_SIZE];

    if (!path_key(request, &type, key)) {
        return;
    }
    if (!exists(request, key)) {
        answer_problem(request->exchange, 404, NULL, "no such token");
        return;
    }
    write_change(request, OCPP_CHANGE_DELETE, key, NULL, false);
}

/* --- the list
 * ---------------------------------------------------------------------------------------------------------------------- */

struct page {
    cJSON *tokens;
    const char *after; /* key */
    int64_t left;
    char last[OCPP_KEY_SIZE];
    bool more;
};

static bool add_token(const char *key, const void *value, size_t size, void *user)
{
    struct page *page = user;
    cJSON *token;

    if (page->after && strcmp(key, page->after) == 0) {
        return true;
    }
    page->more = page->left == 0;
    if (page->more) {
        return false;
    }
    token = body_parse(value, size);
    if (token) {
        cJSON_AddItemToArray(page->tokens, token);
    }
    strcpy(page->last, key);
    page->left--;
    return true;
}

void api_tokens(struct request *request)
{
    struct ocpp_storage *storage = request->shard->storage;
    struct page page = { .left = PAGE_DEFAULT };
    char after[QUERY_VALUE_SIZE];
    char from[OCPP_KEY_SIZE] = TOKEN_PREFIX;
    enum ocpp_status status;
    cJSON *answer;

    if (!query_number(request, "limit", &page.left, 1, PAGE_MAX)) {
        return;
    }
    if (query_value(request, "after", after) && strlen(after) < OCPP_KEY_SIZE - sizeof TOKEN_PREFIX) {
        strcat(from, after);
        page.after = from;
    }
    answer = cJSON_CreateObject();
    page.tokens = cJSON_AddArrayToObject(answer, "tokens");
    status = storage->each(TOKEN_PREFIX, from, add_token, &page, storage->user);
    if (status != OCPP_OK) {
        cJSON_Delete(answer);
        answer_status(request->exchange, status);
        return;
    }
    json_add_text(answer, "next", page.more ? page.last + sizeof TOKEN_PREFIX - 1 : NULL);
    answer_json(request->exchange, 200, answer);
}
