/* Time zone files: where things stand in the bytes, and which offset holds when. */
#include "tzif.h"

#include <string.h>

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, YEAR_FIRST = 1, YEAR_LAST = 9999, SIZE_MOST = 1 << 20 };

/* RFC 8536, 3.2: an offset is more than 25 hours behind and less than 26 ahead. */
enum { OFFSET_LEAST = -89999, OFFSET_MOST = 93599 };

#define DAY_S INT64_C(86400)

/* The counts of a block, in the order of its header. */
struct counts {
    size_t ut, standard, leap, time, type, name;
};

static uint32_t four_bytes(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t eight_bytes(const unsigned char *at)
{
    const uint64_t value = (uint64_t)four_bytes(at) << 32 | four_bytes(at + 4);

    return value >> 63 ? -(int64_t)(~value) - 1 : (int64_t)value;
}

static int32_t offset_of(const struct tzif *tzif, size_t type)
{
    const uint32_t value = four_bytes(tzif->types + type * TYPE_SIZE);

    return value >> 31 ? -(int32_t)(~value) - 1 : (int32_t)value;
}

static int64_t time_at(const struct tzif *tzif, size_t index)
{
    return eight_bytes(tzif->times + index * 8);
}

/* Reads a header; false where there is none, or where no file of |size| bytes holds so much. */
static bool read_header(const unsigned char *bytes, size_t size, struct counts *counts)
{
    if (size < HEADER_SIZE || memcmp(bytes, "TZif", 4) != 0) {
        return false;
    }
    size_t *const fields[] = { &counts->ut, &counts->standard, &counts->leap, &counts->time, &counts->type, &counts->name };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        *fields[i] = four_bytes(bytes + 20 + i * 4);
        if (*fields[i] > size) {
            return false;
        }
    }
    return counts->type > 0 && (counts->ut == 0 || counts->ut == counts->type) &&
           (counts->standard == 0 || counts->standard == counts->type);
}

static size_t block_size(const struct counts *counts, size_t time_size)
{
    return counts->time * (time_size + 1) + counts->type * TYPE_SIZE + counts->name + counts->leap * (time_size + 4) +
           counts->standard + counts->ut;
}

static bool check_block(const struct tzif *tzif)
{
    for (size_t i = 0; i < tzif->time_count; i++) {
        if (tzif->kinds[i] >= tzif->type_count || (i > 0 && time_at(tzif, i) <= time_at(tzif, i - 1))) {
            return false;
        }
    }
    for (size_t i = 0; i < tzif->type_count; i++) {
        if (offset_of(tzif, i) < OFFSET_LEAST || offset_of(tzif, i) > OFFSET_MOST) {
            return false;
        }
    }
    return true;
}

/* Whether the changes of each year come before those of the next: what 400 years say is what all say. A file where they do not
 * says nothing. */
static bool is_orderly(const struct tz_rule *rule)
{
    int64_t last = INT64_MIN;

    for (int year = 1970; rule->has_summer && year <= 2370; year++) {
        int64_t begin = 0;
        int64_t end = 0;

        tz_rule_changes(rule, year, &begin, &end);
        if (begin < last || end < last) {
            return false;
        }
        last = begin < end ? end : begin;
    }
    return true;
}

/* The footer: a line feed, the rule, a line feed. An empty rule is none: the last type holds for ever. */
static bool read_footer(const unsigned char *at, size_t size, struct tzif *tzif)
{
    if (size < 2 || at[0] != '\n') {
        return false;
    }
    const unsigned char *end = memchr(at + 1, '\n', size - 1);

    if (!end) {
        return false;
    }
    tzif->has_rule = end > at + 1;
    return !tzif->has_rule ||
           (tz_rule_read((const char *)at + 1, (size_t)(end - at - 1), &tzif->rule) && is_orderly(&tzif->rule));
}

enum ocpp_status tzif_read(const unsigned char *bytes, size_t size, struct tzif *tzif)
{
    struct counts counts;

    memset(tzif, 0, sizeof *tzif);
    if (size > SIZE_MOST || !read_header(bytes, size, &counts)) {
        return OCPP_ERR_CORRUPT;
    }
    if (bytes[4] < '2') {
        return OCPP_ERR_FOREIGN;
    }
    const size_t first = HEADER_SIZE + block_size(&counts, 4);

    if (first > size || !read_header(bytes + first, size - first, &counts)) {
        return OCPP_ERR_CORRUPT;
    }
    const unsigned char *block = bytes + first + HEADER_SIZE;
    const size_t left = size - first - HEADER_SIZE;
    const size_t used = block_size(&counts, 8);

    if (used > left || counts.leap != 0) {
        return OCPP_ERR_CORRUPT;
    }
    tzif->times = block;
    tzif->kinds = block + counts.time * 8;
    tzif->types = tzif->kinds + counts.time;
    tzif->time_count = counts.time;
    tzif->type_count = counts.type;
    return check_block(tzif) && read_footer(block + used, left - used, tzif) ? OCPP_OK : OCPP_ERR_CORRUPT;
}

/* --- changes ------------------------------------------------------------------------------------------------------------- */

/* The list while it grows. Until |from_s| its one item is the offset that holds then. */
struct list {
    int64_t from_s, to_s;
    struct ocpp_settle_zone_transition *items;
    size_t most, count;
    bool is_full;
};

/* From |at_s| on |offset_s| holds. Changes come in order. */
static void add_change(struct list *list, int64_t at_s, int64_t offset_s)
{
    if (at_s <= list->from_s) {
        list->items[0].offset_s = offset_s;
        return;
    }
    if (at_s >= list->to_s) {
        return;
    }
    struct ocpp_settle_zone_transition *last = &list->items[list->count - 1];

    if (last->from == at_s * 1000) {
        last->offset_s = offset_s;
        return;
    }
    /* two changes at the same moment may have cancelled each other */
    if (list->count > 1 && last->offset_s == last[-1].offset_s) {
        list->count--;
        last--;
    }
    if (last->offset_s == offset_s) {
        return;
    }
    if (list->count == list->most) {
        list->is_full = true;
        return;
    }
    list->items[list->count++] = (struct ocpp_settle_zone_transition){ .from = at_s * 1000, .offset_s = offset_s };
}

static int year_of(int64_t at_s)
{
    const int64_t day = at_s / DAY_S - (at_s % DAY_S < 0);
    const int64_t year = 1970 + day * 400 / 146097;

    return year < YEAR_FIRST ? YEAR_FIRST : year > YEAR_LAST ? YEAR_LAST : (int)year;
}

/* Both changes of a year in their order. Where one year's end is the moment the next one's summer begins, the beginning is what
 * counts: so comes what holds all year. */
static void add_year(const struct tz_rule *rule, int year, int64_t after_s, struct list *list)
{
    int64_t begin = 0;
    int64_t end = 0;

    tz_rule_changes(rule, year, &begin, &end);
    const bool begins_first = begin < end;
    const int64_t moments[2] = { begins_first ? begin : end, begins_first ? end : begin };
    const int64_t offsets[2] = { begins_first ? rule->summer_s : rule->standard_s,
                                 begins_first ? rule->standard_s : rule->summer_s };

    for (int i = 0; i < 2; i++) {
        if (moments[i] > after_s) {
            add_change(list, moments[i], offsets[i]);
        }
    }
}

/* What the rule says of the time after |after_s|, the last change of the file. The years around are looked at as well: with
 * offsets a change may lie in another year than its date. */
static void add_rule(const struct tz_rule *rule, int64_t after_s, struct list *list)
{
    const int64_t start_s = after_s > list->from_s ? after_s : list->from_s;

    if (!rule->has_summer) {
        add_change(list, after_s, rule->standard_s);
        return;
    }
    int first = year_of(start_s) - 2;
    const int last = year_of(list->to_s) + 2;

    first = first < YEAR_FIRST ? YEAR_FIRST : first;
    for (int year = first; year <= last && year <= YEAR_LAST && !list->is_full; year++) {
        add_year(rule, year, after_s, list);
    }
}

enum ocpp_status tzif_transitions(const struct tzif *tzif, int64_t from_s, int64_t to_s,
                                  struct ocpp_settle_zone_transition *transitions, size_t most, size_t *count)
{
    struct list list = { .from_s = from_s, .to_s = to_s, .items = transitions, .most = most, .count = 1 };

    transitions[0] = (struct ocpp_settle_zone_transition){ .from = from_s * 1000, .offset_s = offset_of(tzif, 0) };
    for (size_t i = 0; i < tzif->time_count && !list.is_full; i++) {
        add_change(&list, time_at(tzif, i), offset_of(tzif, tzif->kinds[i]));
    }
    if (tzif->has_rule) {
        const int64_t last = tzif->time_count > 0 ? time_at(tzif, tzif->time_count - 1) : INT64_MIN;

        add_rule(&tzif->rule, last, &list);
    }
    if (list.count > 1 && list.items[list.count - 1].offset_s == list.items[list.count - 2].offset_s) {
        list.count--;
    }
    if (list.is_full) {
        return OCPP_ERR_LIMIT;
    }
    *count = list.count;
    return OCPP_OK;
}
