/* fuzz_csms.c: what strangers and operators may write to ocpp-csms, beside what the library reads. The first byte chooses:
 *
 * 'r'  a Range header: what it asks for lies within the file, and what is asked for in other words is the same;
 * 't'  the path of a file: no ticket but the one that was given opens it, for whoever changes whatever of it;
 * 'e'  Last-Event-ID: an id is the one we print, and of an event that there was;
 * 'q'  a query: what is found was there, decoded once;
 * 'm'  an If-None-Match header: it names what stands in it, whatever stands around it;
 * 'b'  a body: what a table lets through is what it says, and is read without a surprise.
 */
#include "target.h"

#include "body.h"
#include "event_id.h"
#include "files_inside.h"
#include "query.h"
#include "range.h"
#include "require.h"
#include "store.h"
#include "text.h"
#include "web.h"

#include <ocpp/adapters.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

/* files_ticket.c makes its key in other functions than those under test. */
void ocpp_system_random(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

void store_write(struct ocpp_storage *storage, const struct ocpp_change *change,
                 void (*done)(enum ocpp_status status, void *user), void *user)
{
    (void)storage;
    (void)change;
    done(OCPP_OK, user);
}

/* --- Range ---------------------------------------------------------------------------------------------------------------- */

static void check_range(const char *text, uint64_t size)
{
    uint64_t from, count, again_from, again_count;
    char again[64];

    if (!range_read(text, size, &from, &count)) {
        ocpp_require(strncmp(text, "bytes=", 6) == 0 && strspn(text + 6, "0123456789-") == strlen(text + 6));
        return;
    }
    ocpp_require(from <= size && count <= size - from);
    ocpp_require(!strstr(text, "--") || count == size); /* there are no negative numbers of bytes */
    if (count == 0) {
        ocpp_require(size == 0);
        return;
    }
    snprintf(again, sizeof again, "bytes=%" PRIu64 "-%" PRIu64, from, from + count - 1);
    ocpp_require(range_read(again, size, &again_from, &again_count) && again_from == from && again_count == count);
    snprintf(again, sizeof again, "bytes=-%" PRIu64, size - from);
    ocpp_require(range_read(again, size, &again_from, &again_count) && again_from == from);
}

static void fuzz_range(char *text, size_t size)
{
    static const uint64_t sizes[] = { 0, 1, 10, 4096, UINT64_MAX };

    (void)size;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_range(text, sizes[i]);
    }
}

/* --- tickets -------------------------------------------------------------------------------------------------------------- */

static const int64_t until_ms = 1767225600000;

static bool opens(const struct files *files, const char *path, enum file_act act)
{
    char copy[2 * TEXT_MAX];
    char *parts[4];

    snprintf(copy, sizeof copy, "%s", path);
    return files_path_cut(copy, parts) && files_ticket_holds(files, parts[0], act, parts[1], parts[2], until_ms);
}

/* The path of a ticket for |station| and |subject|, neither with a slash, as the server hands it over: decoded. */
static bool path_of(const struct files *files, const char *station, const char *subject, char path[2 * TEXT_MAX])
{
    char *url = files_url(files, FILE_ACT_PUT, station, subject, until_ms);
    const char *ticket = url ? strstr(url, "/files/") + 7 : NULL;

    if (url) {
        snprintf(path, 2 * TEXT_MAX, "/files/%.*s/%s/%s/", (int)strcspn(ticket, "/"), ticket, station, subject);
    }
    free(url);
    return url;
}

/* "STATION\nSUBJECT\nPATH": PATH is whatever somebody tries. */
static void fuzz_ticket(char *text, size_t size)
{
    struct files files = { .folder = -1, .received = -1, .key = { 1, 2, 3 } };
    char *subject = strchr(text, '\n');
    char *tried = subject ? strchr(subject + 1, '\n') : NULL;
    char path[2 * TEXT_MAX];

    if (!tried || memchr(text, '/', (size_t)(tried - text))) {
        return;
    }
    *subject++ = '\0';
    *tried++ = '\0';
    atomic_store(&files.base, "http://csms.example");
    if (!path_of(&files, text, subject, path)) {
        return;
    }
    ocpp_require(opens(&files, path, FILE_ACT_PUT) && !opens(&files, path, FILE_ACT_GET));
    ocpp_require(!opens(&files, tried, FILE_ACT_GET));
    if (strncmp(tried, path, strlen(path)) != 0) {
        size_t at = 7 + size % (strlen(path) - 8);
        path[at] = path[at] == 'x' ? 'y' : 'x';
        ocpp_require(!opens(&files, path, FILE_ACT_PUT));
    }
    (void)opens(&files, tried, FILE_ACT_PUT);
}

/* --- tags of what a browser has ------------------------------------------------------------------------------------------ */

static void fuzz_tags(char *text, size_t size)
{
    static const char tag[] = "\"0123456789abcdef\"";
    char more[2 * TEXT_MAX];

    if (web_tag_matches(text, tag)) {
        ocpp_require(strstr(text, tag) || strchr(text, '*'));
    }
    if (size + sizeof tag + 4 < sizeof more) {
        snprintf(more, sizeof more, "%s, W/%s", text, tag);
        ocpp_require(web_tag_matches(more, tag));
    }
}

/* --- ids of events ---------------------------------------------------------------------------------------------------------- */

static void fuzz_event_id(char *text, size_t size)
{
    static const uint64_t newest[] = { 0, 7, UINT64_MAX };
    char *end;
    uint64_t run = strtoull(text, &end, 16);
    char again[EVENT_ID_SIZE];

    (void)size;
    for (size_t i = 0; i < sizeof newest / sizeof newest[0]; i++) {
        uint64_t number = 0;
        if (event_id_read(text, run, newest[i], &number)) {
            event_id_print(again, run, number);
            ocpp_require(number <= newest[i] && strcmp(text, again) == 0);
        }
    }
    event_id_print(again, UINT64_MAX, UINT64_MAX);
    ocpp_require(event_id_read(again, UINT64_MAX, UINT64_MAX, &(uint64_t){ 0 }));
}

/* --- queries ---------------------------------------------------------------------------------------------------------------- */

static void fuzz_query(char *text, size_t size)
{
    static const char *const queried[] = { "after", "station", "kinds", "" };
    char value[QUERY_VALUE_SIZE];

    (void)size;
    for (size_t i = 0; i < sizeof queried / sizeof queried[0]; i++) {
        char sought[16];
        snprintf(sought, sizeof sought, "%s=", queried[i]);
        if (query_find(text, queried[i], value)) {
            const char *found = strstr(text, sought);
            ocpp_require(found && strlen(value) <= strcspn(found + strlen(sought), "&") + strlen(found));
        }
    }
    ocpp_require(!query_find(NULL, "after", value));
}

/* --- bodies ----------------------------------------------------------------------------------------------------------------- */

static const char *const words[] = { "one", "two", NULL };

static const struct body_member inner[] = {
    { .name = "number", .kind = BODY_NUMBER, .required = true, .minimum = -10, .maximum = 100000000 },
    { .name = "texts", .kind = BODY_TEXTS, .minimum = 1, .maximum = 3 },
    BODY_END,
};

static const struct body_member outer[] = {
    { .name = "text", .kind = BODY_TEXT, .minimum = 1, .maximum = 12 },
    { .name = "word", .kind = BODY_WORD, .words = words },
    { .name = "integer", .kind = BODY_INTEGER, .maximum = (int64_t)1 << 53 },
    { .name = "decimal", .kind = BODY_DECIMAL },
    { .name = "flag", .kind = BODY_BOOLEAN },
    { .name = "any", .kind = BODY_ANY },
    { .name = "time", .kind = BODY_TIME },
    { .name = "some", .kind = BODY_TEXTS, .maximum = 2, .words = words },
    { .name = "integers", .kind = BODY_INTEGERS, .maximum = 3 },
    { .name = "object", .kind = BODY_OBJECT, .members = inner },
    { .name = "free", .kind = BODY_OBJECT },
    { .name = "objects", .kind = BODY_OBJECTS, .maximum = 3, .members = inner },
    BODY_END,
};

static void check_inner(const cJSON *object)
{
    const cJSON *item;

    ocpp_require(cJSON_IsNumber(body_value(object, "number")));
    (void)body_decimal(object, "number");
    ocpp_require(!body_value(object, "texts") || (body_count(object, "texts") >= 1 && body_count(object, "texts") <= 3));
    cJSON_ArrayForEach(item, body_value(object, "texts"))
    {
        ocpp_require(cJSON_IsString(item) && item->valuestring[0] && text_is_utf8(item->valuestring, strlen(item->valuestring)));
    }
}

static void check_body(const cJSON *body)
{
    const char *text = body_text(body, "text", "x");
    struct ocpp_decimal decimal = body_decimal(body, "decimal");
    const cJSON *item;
    char time[OCPP_TIME_TEXT_SIZE];
    int64_t utc_ms = body_time(body, "time");

    ocpp_require(text_is_utf8(text, strlen(text)) && text_characters(text) >= 1 && text_characters(text) <= 12);
    ocpp_require(body_word(body, "word", words, 0) <= 1);
    ocpp_require(body_integer(body, "integer", 0) >= 0 && body_integer(body, "integer", 0) <= (int64_t)1 << 53);
    ocpp_require(decimal.coefficient >= 0);
    ocpp_require(!body_flag(body, "flag", false) || cJSON_IsTrue(body_value(body, "flag")));
    ocpp_require((utc_ms == OCPP_UTC_UNKNOWN) == !body_value(body, "time"));
    ocpp_require(utc_ms == OCPP_UTC_UNKNOWN || ocpp_time_format(utc_ms, time) == OCPP_OK);
    ocpp_require(body_count(body, "some") <= 2 && body_count(body, "integers") <= 3 && body_count(body, "objects") <= 3);
    cJSON_ArrayForEach(item, body_value(body, "integers"))
    {
        ocpp_require(cJSON_IsNumber(item) && item->valuedouble >= 1 && item->valuedouble <= INT32_MAX);
    }
    cJSON_ArrayForEach(item, body_value(body, "objects"))
    {
        check_inner(item);
    }
    if (body_value(body, "object")) {
        check_inner(body_value(body, "object"));
    }
}

/* Of exactly |size| bytes, so that a sanitizer sees the first one that is read behind them. */
static void fuzz_body(char *text, size_t size)
{
    struct body_issue issue = { .path = "?" };
    char *exact = malloc(size ? size : 1);
    cJSON *body = NULL;

    if (exact) {
        memcpy(exact, text, size);
        body = body_parse(exact, size);
    }
    if (body && body_check(body, outer, &issue)) {
        check_body(body);
    } else if (body) {
        ocpp_require(issue.path[0] == '\0' || issue.path[0] == '/');
        ocpp_require(memchr(issue.path, '\0', sizeof issue.path) && memchr(issue.why, '\0', sizeof issue.why) && issue.why[0]);
    }
    cJSON_Delete(body);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        char letter;
        void (*run)(char *text, size_t size);
    } parts[] = {
        { 'r', fuzz_range }, { 't', fuzz_ticket }, { 'e', fuzz_event_id },
        { 'm', fuzz_tags },  { 'q', fuzz_query },  { 'b', fuzz_body },
    };
    char text[TEXT_MAX];

    if (size == 0 || size > sizeof text) {
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].letter == (char)data[0]) {
            parts[i].run(text, size - 1);
        }
    }
    return 0;
}
