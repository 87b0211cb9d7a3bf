/* settle_exchange_probe: the exchange of tariffs for scripts.
 *
 *     settle_exchange_probe from-ocpi 2.2.1|2.3       a Tariff object per line of stdin
 *     settle_exchange_probe to-v21 FIRST COUNT        random tariffs of seeds FIRST…, told as OCPP 2.1 tells them, one per line
 *     settle_exchange_probe to-ocpi 2.2.1|2.3 FIRST COUNT
 *
 * from-ocpi answers with our own record, after it went back and was read again to the same; or "error CODE PATH".
 */
#include "random_tariff.h"

#include <ocpp/settlement/exchange.h>
#if OCPP_WITH_V21
#include <ocpp/settlement/exchange_v21.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ocpp_settle_ocpi_head some_head = { .country_code = "NL", .party_id = "OCC", .last_updated_ms = 1 };

static enum ocpp_settle_ocpi_release release_of(const char *text)
{
    return strcmp(text, "2.2.1") == 0 ? OCPP_SETTLE_OCPI_2_2_1 : OCPP_SETTLE_OCPI_2_3;
}

/* Read, told, and read again: the same. */
static enum ocpp_status read_twice(enum ocpp_settle_ocpi_release release, struct ocpp_settle_text given, struct ocpp_arena *arena,
                                   const struct ocpp_settle_tariff **tariff, struct ocpp_settle_report *report)
{
    const struct ocpp_settle_tariff *again = NULL;
    struct ocpp_settle_ocpi_head head;
    struct ocpp_settle_text text;
    enum ocpp_status status = ocpp_settle_tariff_from_ocpi(release, given, arena, tariff, &head, report);

    head.last_updated_ms = status == OCPP_OK && head.last_updated_ms != OCPP_UTC_UNKNOWN ? head.last_updated_ms : 0;
    if (status == OCPP_OK) {
        status = ocpp_settle_tariff_to_ocpi(release, *tariff, &head, arena, &text, report);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_tariff_from_ocpi(release, text, arena, &again, &head, report);
    }
    return status != OCPP_OK || ocpp_message_equal(&ocpp_settle_tariff_type, *tariff, again) ? status : OCPP_ERR_CORRUPT;
}

static void from_ocpi(const char *release, const char *line, struct ocpp_arena *arena)
{
    const struct ocpp_settle_text given = { line, strlen(line) };
    const struct ocpp_settle_tariff *tariff = NULL;
    struct ocpp_settle_report report;
    const char *text = "";
    size_t size = 0;
    enum ocpp_status status = read_twice(release_of(release), given, arena, &tariff, &report);

    if (status == OCPP_OK) {
        status = ocpp_message_encode(&ocpp_settle_tariff_type, tariff, arena, &text, &size, &report.issue);
    }
    if (status == OCPP_OK) {
        printf("%s\n", text);
        return;
    }
    printf("error %s %s\n", ocpp_status_name(status), report.issue.path);
}

static int read_lines(const char *release, struct ocpp_arena *arena)
{
    static char line[65536];

    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        ocpp_arena_reset(arena);
        from_ocpi(release, line, arena);
    }
    return 0;
}

static void print_made(enum ocpp_status status, struct ocpp_settle_text text)
{
    if (status == OCPP_OK) {
        printf("%s\n", text.text);
    }
}

static int to_ocpi(const char *release, uint64_t first, uint64_t count, struct ocpp_arena *arena)
{
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct ocpp_settle_text text = { "", 0 };
        struct ocpp_settle_report report;

        ocpp_arena_reset(arena);
        print_made(
            ocpp_settle_tariff_to_ocpi(release_of(release), random_tariff_any(seed, arena), &some_head, arena, &text, &report),
            text);
    }
    return 0;
}

#if OCPP_WITH_V21
static int to_v21(uint64_t first, uint64_t count, struct ocpp_arena *arena)
{
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct ocpp_settle_text text = { "", 0 };
        struct ocpp_settle_report report;

        ocpp_arena_reset(arena);
        print_made(ocpp_settle_tariff_to_v21_text(random_tariff_any(seed, arena), arena, &text, &report), text);
        print_made(ocpp_settle_tariff_to_v21_text(random_tariff_v21(seed, arena), arena, &text, &report), text);
    }
    return 0;
}
#endif

int main(int argc, char **argv)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    int result = 2;

    if (argc == 3 && strcmp(argv[1], "from-ocpi") == 0) {
        result = read_lines(argv[2], arena);
    }
    if (argc == 5 && strcmp(argv[1], "to-ocpi") == 0) {
        result = to_ocpi(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), arena);
    }
#if OCPP_WITH_V21
    if (argc == 4 && strcmp(argv[1], "to-v21") == 0) {
        result = to_v21(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), arena);
    }
#endif
    ocpp_arena_free(arena);
    return result;
}
