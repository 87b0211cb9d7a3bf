/* problem.c: answers: JSON, text, nothing, and problems. */
#include "http.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char headers[] = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

static const char *title_of(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 409, "Conflict" },
        { 413, "Content Too Large" },
        { 415, "Unsupported Media Type" },
        { 416, "Range Not Satisfiable" },
        { 429, "Too Many Requests" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 507, "Insufficient Storage" },
    };

    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (titles[i].status == status) {
            return titles[i].title;
        }
    }
    return "Internal Server Error";
}

static void answer_as(struct ocpp_http_exchange *exchange, int status, const char *type, cJSON *json)
{
    static const char failure[] =
        "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500,\"detail\":\"out of memory\"}";
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    char extra[256];

    snprintf(extra, sizeof extra, "%s%s", headers, status == 401 ? "WWW-Authenticate: Bearer\r\n" : "");
    if (text) {
        ocpp_http_answer(exchange, status, type, extra, text, strlen(text));
    } else {
        ocpp_http_answer(exchange, 500, "application/problem+json", headers, failure, sizeof failure - 1);
    }
    cJSON_free(text);
    cJSON_Delete(json);
}

void answer_json(struct ocpp_http_exchange *exchange, int status, cJSON *json)
{
    answer_as(exchange, status, "application/json", json);
}

void answer_nothing(struct ocpp_http_exchange *exchange)
{
    ocpp_http_answer(exchange, 204, NULL, headers, "", 0);
}

void answer_text(struct ocpp_http_exchange *exchange, const char *type, const char *text, size_t size)
{
    ocpp_http_answer(exchange, 200, type, headers, text, size);
}

void answer_problem(struct ocpp_http_exchange *exchange, int status, const char *path, const char *format, ...)
{
    cJSON *problem = cJSON_CreateObject();
    char detail[512];
    char *clean;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    cJSON_AddStringToObject(problem, "type", "about:blank");
    cJSON_AddStringToObject(problem, "title", title_of(status));
    cJSON_AddNumberToObject(problem, "status", status);
    clean = text_clean(detail, strlen(detail)); /* it may quote who asked */
    json_add_text(problem, "detail", clean ? clean : "");
    free(clean);
    clean = path ? text_clean(path, strlen(path)) : NULL;
    json_add_text(problem, "path", clean);
    free(clean);
    answer_as(exchange, status, "application/problem+json", problem);
}

void answer_status(struct ocpp_http_exchange *exchange, enum ocpp_status status)
{
    int code = status == OCPP_ERR_FULL || status == OCPP_ERR_LIMIT ? 507 : status == OCPP_ERR_NOMEM ? 503 : 500;

    answer_problem(exchange, code, NULL, "%s", ocpp_status_sentence(status));
}
