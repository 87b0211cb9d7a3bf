/* answer.c: what the two lowest floors say of cases given on stdin, for compare_with_python.py.
 *
 * A case is a line "KIND SIZE" followed by SIZE bytes and a line feed; the answer is one line. KIND is json, decimal, time,
 * format or double (16 hex digits of its bits).
 */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer_json(const char *text, size_t size)
{
    struct ocpp_json *root = NULL;
    const char *written = "";
    size_t written_size = 0;
    enum ocpp_status status = ocpp_json_parse(text, size, NULL, &root, NULL);

    if (status != OCPP_OK) {
        printf("refused %s\n", ocpp_status_name(status));
        return;
    }
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_json_writer writer;
    ocpp_json_writer_start(&writer, arena);
    ocpp_json_write_value(&writer, root);
    status = ocpp_json_writer_finish(&writer, &written, &written_size);
    printf("%s %s\n", status == OCPP_OK ? "ok" : "failed", written);
    ocpp_json_free(root);
    ocpp_arena_free(arena);
}

static void print_decimal(enum ocpp_status status, struct ocpp_decimal value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];

    if (status != OCPP_OK) {
        printf("refused %s\n", ocpp_status_name(status));
        return;
    }
    (void)ocpp_decimal_format(value, text);
    printf("ok %" PRId64 " %d %s\n", value.coefficient, (int)value.scale, text);
}

static void answer_decimal(const char *text, size_t size)
{
    struct ocpp_decimal value = { 0 };
    const enum ocpp_status status = ocpp_decimal_parse(text, size, &value);

    print_decimal(status, value);
}

static void answer_double(const char *text, size_t size)
{
    char digits[17] = "";
    struct ocpp_decimal value = { 0 };
    double number;

    memcpy(digits, text, size < 16 ? size : 16);
    const uint64_t bits = strtoull(digits, NULL, 16);
    memcpy(&number, &bits, sizeof number);
    const enum ocpp_status status = ocpp_decimal_from_double(number, &value);
    print_decimal(status, value);
}

static void answer_time(const char *text, size_t size)
{
    int64_t utc_ms = 0;
    const enum ocpp_status status = ocpp_time_parse(text, size, &utc_ms);

    if (status != OCPP_OK) {
        printf("refused %s\n", ocpp_status_name(status));
        return;
    }
    printf("ok %" PRId64 "\n", utc_ms);
}

static void answer_format(const char *text, size_t size)
{
    char digits[32] = "";
    char written[OCPP_TIME_TEXT_SIZE];

    memcpy(digits, text, size < sizeof digits - 1 ? size : sizeof digits - 1);
    const enum ocpp_status status = ocpp_time_format(strtoll(digits, NULL, 10), written);
    printf("%s %s\n", status == OCPP_OK ? "ok" : "refused", written);
}

static const struct {
    const char *kind;
    void (*answer)(const char *text, size_t size);
} kinds[] = { { "json", answer_json },
              { "decimal", answer_decimal },
              { "double", answer_double },
              { "time", answer_time },
              { "format", answer_format } };

static bool answer(const char *kind, const char *text, size_t size)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            kinds[i].answer(text, size);
            return true;
        }
    }
    return false;
}

int main(void)
{
    char kind[16];
    size_t size;

    while (scanf("%15s %zu", kind, &size) == 2 && getchar() == '\n') {
        char *text = malloc(size ? size : 1);
        const bool answered = text && fread(text, 1, size, stdin) == size && answer(kind, text, size);
        free(text);
        if (!answered) {
            fprintf(stderr, "answer: cannot answer a case of kind %s\n", kind);
            return 1;
        }
    }
    return 0;
}
