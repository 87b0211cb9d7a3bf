/* readable.c: see readable.h. */
#include "readable.h"
#include "glyph.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DEPTH = 16 };

void readable_put(FILE *file, const char *text)
{
    size_t left = strlen(text), used;

    for (; left > 0; text += used, left -= used) {
        const uint32_t code = glyph_read(text, left, &used);

        if (glyph_width(code) == 0 || code == GLYPH_REPLACEMENT) {
            fputc(' ', file);
        } else {
            fwrite(text, 1, used, file);
        }
    }
}

static void print_scalar(const cJSON *value)
{
    if (cJSON_IsString(value)) {
        readable_put(stdout, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        printf("%.15g", value->valuedouble);
    } else {
        fputs(cJSON_IsTrue(value) ? "yes" : cJSON_IsFalse(value) ? "no" : "-", stdout);
    }
}

static bool is_scalar(const cJSON *value)
{
    return !cJSON_IsObject(value) && !cJSON_IsArray(value);
}

static bool are_scalars(const cJSON *array)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, array)
    {
        if (!is_scalar(item)) {
            return false;
        }
    }
    return true;
}

static void print_row(const cJSON *array)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, array)
    {
        print_scalar(item);
        fputs(item->next ? ", " : "", stdout);
    }
    putchar('\n');
}

static void print_members(const cJSON *object, int indent, bool is_item);

/* The value of a name, behind its colon. */
static void print_value(const cJSON *value, int indent)
{
    const cJSON *item;

    if (is_scalar(value)) {
        print_scalar(value);
        putchar('\n');
        return;
    }
    if (indent > 2 * DEPTH) {
        puts("...");
        return;
    }
    if (cJSON_IsObject(value)) {
        putchar('\n');
        print_members(value, indent + 2, false);
        return;
    }
    if (are_scalars(value)) {
        print_row(value);
        return;
    }
    putchar('\n');
    cJSON_ArrayForEach(item, value)
    {
        printf("%*s- ", indent, "");
        if (cJSON_IsObject(item)) {
            print_members(item, indent + 2, true);
        } else {
            print_value(item, indent + 2);
        }
    }
}

static void print_members(const cJSON *object, int indent, bool is_item)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        printf("%*s", is_item && member == object->child ? 0 : indent, "");
        readable_put(stdout, member->string);
        fputs(": ", stdout);
        print_value(member, indent);
    }
    if (!object->child) {
        putchar('\n');
    }
}

void readable_print(const cJSON *json)
{
    if (cJSON_IsObject(json)) {
        print_members(json, 0, false);
    } else {
        print_value(json, 0);
    }
}
