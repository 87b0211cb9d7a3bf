/* phone.c: see phone.h. */
#include "phone.h"
#include "readable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void say_done(const struct phone *phone, cJSON *json, const char *format, ...)
{
    va_list arguments;

    if (phone->options->json) {
        char *text = cJSON_PrintUnformatted(json);

        puts(text ? text : "{}");
        cJSON_free(text);
    } else {
        char *words = NULL;

        va_start(arguments, format);
        if (vasprintf(&words, format, arguments) >= 0) {
            readable_put(stdout, words);
            free(words);
        }
        va_end(arguments);
        putchar('\n');
    }
    fflush(stdout);
    cJSON_Delete(json);
}

enum phone_code say_failed(const char *what, const char *why)
{
    fprintf(stderr, "ocpp-phone: %s%s", what, why && why[0] ? ": " : "");
    readable_put(stderr, why ? why : "");
    fputc('\n', stderr);
    return PHONE_REFUSED;
}

const char *server_refusal(const struct phone *phone)
{
    const char *detail = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(phone->client.answer, "detail"));
    static char status[24];

    snprintf(status, sizeof status, "%ld", phone->client.status);
    return detail ? detail : status;
}

/* What is sent is longer than a line of a scenario may be: tokens and bills. */
bool ask_server(struct phone *phone, const char *path, cJSON *body, bool quiet)
{
    char *text = body ? cJSON_PrintUnformatted(body) : NULL;
    const struct client_question question = { .method = body ? "POST" : "GET", .path = path, .body = text };
    const bool is_answered = (!body || text) && client_ask_this(&phone->client, &question);
    const bool is_done = is_answered && phone->client.status >= 200 && phone->client.status < 300;

    if (is_answered && !is_done && !quiet) {
        (void)say_failed("the server refuses", server_refusal(phone));
    }
    cJSON_free(text);
    cJSON_Delete(body);
    return is_done;
}

void path_escape(const char *text, char *escaped, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = 0;

    for (; *text && used + 4 <= size; text++) {
        const unsigned char byte = (unsigned char)*text;
        const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                              strchr("-._~", byte) != NULL;

        if (is_plain) {
            escaped[used++] = (char)byte;
        } else {
            escaped[used++] = '%';
            escaped[used++] = digits[byte >> 4];
            escaped[used++] = digits[byte & 15];
        }
    }
    escaped[used] = '\0';
}
