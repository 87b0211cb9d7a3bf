/* scan.c: one pass over a JSON text that decides whether a tree may be built from it. RFC 8259, and the limits of json.h.
 *
 * No allocation and no recursion: what is open stands in a fixed array of levels. The whole scan takes about 3.5 KiB of stack
 * (levels, names of open objects), and 2 KiB more while a large object is checked for duplicates (names.c).
 */
#include "json.h"
#include "escape.h"
#include "names.h"
#include "plain.h"
#include "scan_number.h"
#include "text.h"

#include <string.h>

enum { DEPTH_CEILING = 128, BYTES_DEFAULT = 64 * 1024, NODES_DEFAULT = 4096, DEPTH_DEFAULT = 32 };

/* What may stand next, white space aside. A comma and what must follow it are read in one step. */
enum expectation {
    EXPECT_ROOT,
    EXPECT_ITEM_OR_END,   /* behind [ */
    EXPECT_MEMBER_OR_END, /* behind { */
    EXPECT_NEXT,          /* behind a value: a comma or the end of its container */
    EXPECT_NOTHING        /* behind the root */
};

struct scan {
    const char *text;
    const char *at;
    const char *end;
    enum expectation expectation;
    size_t nodes_left;
    size_t depth;
    size_t depth_most;
    bool is_object[DEPTH_CEILING]; /* what is open, the outermost first; otherwise it is an array */
    struct ocpp_json_object objects[DEPTH_CEILING];
    struct ocpp_json_names names;
};

static uint32_t offset_of(const struct scan *s, const char *at)
{
    return (uint32_t)(at - s->text);
}

/* What is wrong with a byte that no rule lets stand where it stands. */
static enum ocpp_status refuse_byte(const struct scan *s)
{
    return s->at < s->end && *s->at == '\0' ? OCPP_ERR_NUL : OCPP_ERR_NOT_JSON;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (unsigned char)*s->at <= ' ' &&
           (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t')) {
        s->at++;
    }
}

/* --- strings ---------------------------------------------------------------------------------------------------- */

/* Reads a string to behind its closing quote; |s->at| is its opening quote. */
static enum ocpp_status scan_string(struct scan *s, bool *escaped)
{
    uint32_t character;
    size_t length;

    s->at++;
    for (;;) {
        s->at = ocpp_json_skip_plain(s->at, s->end);
        if (s->at < s->end && *s->at == '"') {
            s->at++;
            return OCPP_OK;
        }
        if (s->at == s->end || (unsigned char)*s->at < 0x20) {
            return refuse_byte(s);
        }
        if (*s->at == '\\') {
            const enum ocpp_status status = ocpp_json_escape(s->at, (size_t)(s->end - s->at), &character, &length);
            if (status != OCPP_OK) {
                return status;
            }
            *escaped = true;
        } else {
            length = ocpp_utf8_length(s->at, (size_t)(s->end - s->at));
            if (length == 0) {
                return OCPP_ERR_UTF8;
            }
        }
        s->at += length;
    }
}

/* --- values ----------------------------------------------------------------------------------------------------- */

static enum ocpp_status scan_word(struct scan *s, const char *word, size_t size)
{
    if ((size_t)(s->end - s->at) < size || memcmp(s->at, word, size) != 0) {
        return OCPP_ERR_NOT_JSON;
    }
    s->at += size;
    return OCPP_OK;
}

static enum ocpp_status open_container(struct scan *s, bool is_object)
{
    if (s->depth == s->depth_most) {
        return OCPP_ERR_DEPTH;
    }
    s->at++;
    s->is_object[s->depth] = is_object;
    if (is_object) {
        ocpp_json_names_open(&s->names, &s->objects[s->depth], offset_of(s, s->at));
    }
    s->depth++;
    s->expectation = is_object ? EXPECT_MEMBER_OR_END : EXPECT_ITEM_OR_END;
    return OCPP_OK;
}

static enum ocpp_status close_container(struct scan *s)
{
    const size_t top = s->depth - 1;
    uint32_t duplicate = 0;

    if (s->is_object[top] && !ocpp_json_names_close(&s->names, &s->objects[top], offset_of(s, s->at), &duplicate)) {
        s->at = s->text + duplicate;
        return OCPP_ERR_DUPLICATE_MEMBER;
    }
    s->at++;
    s->depth--;
    s->expectation = s->depth ? EXPECT_NEXT : EXPECT_NOTHING;
    return OCPP_OK;
}

static enum ocpp_status scan_value(struct scan *s)
{
    bool escaped = false;

    if (s->at == s->end) {
        return OCPP_ERR_NOT_JSON;
    }
    if (s->nodes_left-- == 0) {
        return OCPP_ERR_NODES;
    }
    s->expectation = s->depth ? EXPECT_NEXT : EXPECT_NOTHING;
    switch (*s->at) {
    case '"':
        return scan_string(s, &escaped);
    case '{':
        return open_container(s, true);
    case '[':
        return open_container(s, false);
    case 't':
        return scan_word(s, "true", 4);
    case 'f':
        return scan_word(s, "false", 5);
    case 'n':
        return scan_word(s, "null", 4);
    default:
        if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) {
            return ocpp_json_scan_number(&s->at, s->end);
        }
        return refuse_byte(s);
    }
}

/* A member's name and the colon behind it. */
static enum ocpp_status scan_name(struct scan *s)
{
    bool escaped = false;

    if (s->at == s->end || *s->at != '"') {
        return refuse_byte(s);
    }
    const char *name = s->at + 1;
    const enum ocpp_status status = scan_string(s, &escaped);
    if (status != OCPP_OK) {
        return status;
    }
    const uint32_t size = (uint32_t)(s->at - 1 - name);
    if (!ocpp_json_names_add(&s->names, &s->objects[s->depth - 1], offset_of(s, name), size, escaped)) {
        s->at = name;
        return OCPP_ERR_DUPLICATE_MEMBER;
    }
    skip_space(s);
    if (s->at == s->end || *s->at != ':') {
        return refuse_byte(s);
    }
    s->at++;
    return OCPP_OK;
}

static enum ocpp_status scan_member(struct scan *s)
{
    const enum ocpp_status status = scan_name(s);

    if (status != OCPP_OK) {
        return status;
    }
    skip_space(s);
    return scan_value(s);
}

static enum ocpp_status scan_next(struct scan *s)
{
    const bool is_object = s->is_object[s->depth - 1];

    if (*s->at == (is_object ? '}' : ']')) {
        return close_container(s);
    }
    if (*s->at != ',') {
        return refuse_byte(s);
    }
    s->at++;
    skip_space(s);
    return is_object ? scan_member(s) : scan_value(s);
}

static enum ocpp_status scan_step(struct scan *s)
{
    switch (s->expectation) {
    case EXPECT_NEXT:
        return scan_next(s);
    case EXPECT_MEMBER_OR_END:
        return *s->at == '}' ? close_container(s) : scan_member(s);
    case EXPECT_ITEM_OR_END:
        return *s->at == ']' ? close_container(s) : scan_value(s);
    case EXPECT_ROOT:
        return scan_value(s);
    case EXPECT_NOTHING:
        break;
    }
    return refuse_byte(s);
}

static enum ocpp_status scan_text(struct scan *s)
{
    for (;;) {
        skip_space(s);
        if (s->at == s->end) {
            return s->expectation == EXPECT_NOTHING ? OCPP_OK : OCPP_ERR_NOT_JSON;
        }
        const enum ocpp_status status = scan_step(s);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

static size_t limit_of(size_t limit, size_t standard, size_t ceiling)
{
    limit = limit ? limit : standard;
    return limit < ceiling ? limit : ceiling;
}

enum ocpp_status ocpp_json_scan(const char *text, size_t size, const struct ocpp_json_limits *limits, size_t *offset)
{
    static const struct ocpp_json_limits defaults = { 0 };
    struct scan s;

    limits = limits ? limits : &defaults;
    const size_t bytes_most = limit_of(limits->max_bytes, BYTES_DEFAULT, UINT32_MAX);
    if (size > bytes_most) {
        if (offset) {
            *offset = bytes_most;
        }
        return OCPP_ERR_TOO_LARGE;
    }
    s.text = text;
    s.at = text;
    s.end = text + size;
    s.expectation = EXPECT_ROOT;
    s.nodes_left = limit_of(limits->max_nodes, NODES_DEFAULT, SIZE_MAX);
    s.depth = 0;
    s.depth_most = limit_of(limits->max_depth, DEPTH_DEFAULT, DEPTH_CEILING);
    s.names.text = text;
    s.names.count = 0;
    const enum ocpp_status status = scan_text(&s);
    if (status != OCPP_OK && offset) {
        *offset = (size_t)(s.at - s.text);
    }
    return status;
}
