/* fuzz_settle_compute.c: any texts as a snapshot and a usage, a line each, and a line that says when: what passes the check is
 * reckoned, and what is reckoned adds up. */
#include "target.h"

#include "plain_keys.h"

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/money.h>

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The next line of the input; its end where there is none. */
static const char *next_line(const char **at, const char *end, size_t *size)
{
    const char *line = *at;
    const char *feed = (const char *)memchr(line, '\n', (size_t)(end - line));

    *size = (size_t)((feed != NULL ? feed : end) - line);
    *at = feed != NULL ? feed + 1 : end;
    return line;
}

static bool is_amount(int64_t minor)
{
    return minor >= -OCPP_SETTLE_MOST_MINOR && minor <= OCPP_SETTLE_MOST_MINOR;
}

static void look_at_line(const struct ocpp_settle_bill_line *line)
{
    int64_t taxes = 0;

    for (size_t i = 0; i < line->taxes.count; i++) {
        taxes += line->taxes.items[i].tax_minor;
    }
    require(is_amount(line->net_minor) && is_amount(line->gross_minor));
    require(line->gross_minor == line->net_minor + line->tax_minor);
    require(line->taxes.count == 0 || taxes == line->tax_minor);
    require(line->measured >= 0 && line->billed >= 0);
    require(!line->has_from || line->from <= line->to);
}

/* I11: what the lines measured is what the meter delivered, as far as it rose. */
static int64_t delivered(const struct ocpp_settle_usage *usage)
{
    int64_t highest_mwh = usage->events.count > 0 ? usage->events.items[0].energy_mwh : 0;
    const int64_t base_mwh = highest_mwh;

    for (size_t i = 0; i < usage->events.count; i++) {
        const struct ocpp_settle_usage_event *event = &usage->events.items[i];

        highest_mwh = event->has_energy_mwh && event->energy_mwh > highest_mwh ? event->energy_mwh : highest_mwh;
    }
    return highest_mwh - base_mwh;
}

static void look(const struct ocpp_settle_bill *bill, const struct ocpp_settle_usage *usage)
{
    int64_t net = 0;
    int64_t tax = 0;
    int64_t energy_mwh = 0;

    for (size_t i = 0; i < bill->lines.count; i++) {
        const struct ocpp_settle_bill_line *line = &bill->lines.items[i];

        look_at_line(line);
        net += line->net_minor;
        tax += line->tax_minor;
        energy_mwh += line->kind == OCPP_SETTLE_LINE_KIND_ENERGY ? line->measured : 0;
    }
    require(net == bill->net_minor && tax == bill->tax_minor && net + tax == bill->gross_minor);
    require(is_amount(bill->net_minor) && is_amount(bill->gross_minor));
    require(energy_mwh == delivered(usage));
    require(ocpp_message_validate(&ocpp_settle_bill_type, bill, NULL) == OCPP_OK);
}

static void reckon(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage,
                   enum ocpp_settle_compute_mode mode, int64_t at_ms, struct ocpp_arena *arena)
{
    struct ocpp_issue issue;
    const struct ocpp_settle_bill *bill = NULL;
    const enum ocpp_status checked = ocpp_settle_snapshot_check(snapshot, &issue);
    const enum ocpp_status status = ocpp_settle_compute(snapshot, usage, mode, at_ms, &plain_keys, arena, &bill, &issue);

    require(checked == OCPP_OK || status == checked);
    require((status == OCPP_OK) == (bill != NULL));
    require(status == OCPP_OK || strlen(issue.path) < OCPP_PATH_SIZE);
    if (status == OCPP_OK) {
        look(bill, usage);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    const char *end = at + size;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, (size_t)1 << 24);
    const void *snapshot;
    const void *usage;
    int64_t at_ms;
    size_t length;
    const char *line = next_line(&at, end, &length);

    require(arena != NULL);
    if (ocpp_message_decode(&ocpp_settle_snapshot_type, line, length, NULL, NULL, arena, &snapshot, NULL) == OCPP_OK) {
        line = next_line(&at, end, &length);
        if (ocpp_message_decode(&ocpp_settle_usage_type, line, length, NULL, NULL, arena, &usage, NULL) == OCPP_OK) {
            line = next_line(&at, end, &length);
            const char *blank = (const char *)memchr(line, ' ', length);
            if (blank != NULL && ocpp_time_parse(blank + 1, length - (size_t)(blank + 1 - line), &at_ms) == OCPP_OK) {
                reckon((const struct ocpp_settle_snapshot *)snapshot, (const struct ocpp_settle_usage *)usage,
                       line[0] == 'F' ? OCPP_SETTLE_COMPUTE_MODE_FINAL : OCPP_SETTLE_COMPUTE_MODE_RUNNING, at_ms, arena);
            }
        }
    }
    ocpp_arena_free(arena);
    return 0;
}
