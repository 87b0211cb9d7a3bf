/* client.c: see client.h. */
#include "client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SIZE = 4 << 20 };

static size_t take(char *bytes, size_t size, size_t count, void *user)
{
    struct client *client = user;
    char *grown = client->size + count < ANSWER_SIZE ? realloc(client->text, client->size + count + 1) : NULL;

    (void)size; /* is 1 */
    if (!grown) {
        return 0;
    }
    memcpy(grown + client->size, bytes, count);
    client->text = grown;
    client->size += count;
    grown[client->size] = '\0';
    return count;
}

static void forget(struct client *client)
{
    cJSON_Delete(client->answer);
    free(client->text);
    client->answer = NULL;
    client->text = NULL;
    client->size = 0;
    client->status = 0;
}

static struct curl_slist *headers_of(const struct client *client)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char line[640];

    if (client->bearer[0]) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", client->bearer);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static bool perform(CURL *handle, struct client *client, const struct client_question *question, const char *url)
{
    struct curl_slist *headers = headers_of(client);

    (void)curl_easy_setopt(handle, CURLOPT_URL, url);
    (void)curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, question->method);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)client->timeout_s);
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, client);
    if (question->body) {
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, question->body);
    }
    const CURLcode result = curl_easy_perform(handle);
    if (result == CURLE_OK) {
        (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &client->status);
    } else {
        fprintf(stderr, "ocpp-phone: %s: %s\n", url, curl_easy_strerror(result));
    }
    curl_slist_free_all(headers);
    return result == CURLE_OK;
}

bool client_ask_this(struct client *client, const struct client_question *question)
{
    char url[ACT_PATH_SIZE + 512];
    CURL *handle = curl_easy_init();
    const char *slash = question->path[0] == '/' ? "" : "/";

    forget(client);
    if (!handle || (size_t)snprintf(url, sizeof url, "%s%s%s", client->server, slash, question->path) >= sizeof url) {
        fprintf(stderr, "ocpp-phone: %s\n", handle ? "the path is too long" : "out of memory");
        curl_easy_cleanup(handle);
        return false;
    }
    const bool is_answered = perform(handle, client, question, url);
    curl_easy_cleanup(handle);
    client->answer = is_answered && client->text ? cJSON_Parse(client->text) : NULL;
    return is_answered;
}

bool client_ask(struct client *client, const struct act_request *request)
{
    const struct client_question question = { request->method, request->path, request->has_body ? request->body : NULL };

    return client_ask_this(client, &question);
}

void client_end(struct client *client)
{
    forget(client);
}

/* --- values
 * --------------------------------------------------------------------------------------------------------------- */

char *client_text(const cJSON *value)
{
    return cJSON_IsString(value) ? strdup(value->valuestring) : cJSON_PrintUnformatted(value);
}

static bool is_text(const cJSON *value, const char *wanted)
{
    char *text = value ? client_text(value) : NULL;
    const bool is_equal = text && strcmp(text, wanted) == 0;

    free(text);
    return is_equal;
}

static const cJSON *item_of(const cJSON *array, char *part)
{
    char *wanted = strchr(part, '=');
    const cJSON *item;

    if (!wanted) {
        return cJSON_GetArrayItem(array, (int)strtol(part, NULL, 10));
    }
    *wanted++ = '\0';
    cJSON_ArrayForEach(item, array)
    {
        if (is_text(cJSON_GetObjectItemCaseSensitive(item, part), wanted)) {
            return item;
        }
    }
    return NULL;
}

const cJSON *client_value(const struct client *client, const char *pointer)
{
    const cJSON *value = client->answer;
    char part[160];

    while (value && *pointer == '/') {
        const size_t length = strcspn(++pointer, "/");

        if (length >= sizeof part) {
            return NULL;
        }
        memcpy(part, pointer, length);
        part[length] = '\0';
        pointer += length;
        value = cJSON_IsArray(value) ? item_of(value, part) : cJSON_GetObjectItemCaseSensitive(value, part);
    }
    return value;
}
