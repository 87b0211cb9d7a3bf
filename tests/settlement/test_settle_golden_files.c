/* The examples of OCPI as files: imported, and then they cost what they cost, before and after a way through the other release.
 * Skipped where the files are not at hand. */
#include "unit.h"

#include "price_world.h"

#include <ocpp/settlement/exchange.h>

#include <stdio.h>
#include <string.h>

#define FOLDER "../shared/money/ocpi/"

/* One session of one example. Without |charging_s| nobody charged. */
struct example {
    const char *file;
    const char *begins;
    int64_t charging_s, wh, idle_s;
    int64_t current_ma;
    int64_t reserved_s; /* before the session, or from its time on where it expired */
    enum ocpp_settle_reservation_kind reservation;
    const char *exact_net;
    const char *exact_gross;
};

#define USED    OCPP_SETTLE_RESERVATION_KIND_USED
#define EXPIRED OCPP_SETTLE_RESERVATION_KIND_EXPIRED
#define NONE    OCPP_SETTLE_RESERVATION_KIND_UNSET

/* clang-format off */
static const struct example examples[] = {
    { "tariff_8_simple_025kwh",             NULL, 3600, 20000, 0, 0, 0, NONE, "5", "5.5" },
    { "tariff_9_025kwh_start",              NULL, 3600, 20000, 0, 0, 0, NONE, "5.5", "6.1" },
    { "tariff_12_025kwh_min_price",         NULL, 3600, 1000, 0, 0, 0, NONE, "0.5", "0.55" },
    { "tariff_12_025kwh_min_price",         NULL, 3600, 20000, 0, 0, 0, NONE, "5", "5.5" },
    { "tariff_10_025kwh_parking_start",     NULL, 3600, 20000, 2400, 0, 0, NONE, "7", "7.9" },
    { "tariff_6_025kwh_start_max_price",    "2019-06-29T12:00:00Z", 3600, 50000, 0, 0, 0, NONE, "10", "11" },
    { "tariff_6_025kwh_start_max_price",    "2019-06-29T12:00:00Z", 3600, 30000, 0, 0, 0, NONE, "8", "8.85" },
    { "tariff_1_simple_2hour",              NULL, 9000, 0, 0, 0, 0, NONE, "5", "5.5" },
    { "tariff_2_alt_text",                  NULL, 9000, 0, 0, 0, 0, NONE, "4.75", "4.997" },
    { "tariff_13_simple_3hour_5parking",    NULL, 9000, 0, 2520, 0, 0, NONE, "11.25", "12.75" },
    { "tariff_4_complex",                   "2026-11-23T09:30:00+01:00", 9900, 0, 2520, 16000, 0, NONE, "9", "10.3" },
    { "tariff_4_complex",                   "2026-11-28T13:30:00+01:00", 6840, 0, 4260, 43000, 0, NONE, "12.375", "13.975" },
    { "tariff_15_reservation_5_euro_per_hour",           NULL, 3600, 20000, 0, 0, 900, USED, "6.75", "7.6" },
    { "tariff_16_reservation_2_euro_fee_5_euro_per_hour", NULL, 3600, 20000, 0, 0, 780, USED, "8.75", "10" },
    { "tariff_17_reservation_with_expire_fee",           NULL, 3600, 20000, 0, 0, 1320, USED, "6.5", "7.3" },
    { "tariff_17_reservation_with_expire_fee",           NULL, 0, 0, 0, 0, 3600, EXPIRED, "6", "7.2" },
    { "tariff_18_reservation_with_expire_time",          NULL, 3600, 20000, 0, 0, 1320, USED, "7", "7.9" },
    { "tariff_18_reservation_with_expire_time",          NULL, 0, 0, 0, 0, 5400, EXPIRED, "9", "10.8" },
    { "tariff_14_step_size",                "2026-11-23T16:55:00+01:00", 600, 0, 120, 0, 0, NONE, "0.55", "0.55" },
    { "tariff_14_step_size",                "2026-11-23T16:35:00+01:00", 2100, 0, 0, 0, 0, NONE, "1.3", "1.3" },
    { "tariff_14_step_size",                "2026-11-23T19:40:00+01:00", 720, 0, 1200, 0, 0, NONE, "0.73", "0.73" },
    { "tariff_5_free_of_charge",            NULL, 3600, 20000, 600, 0, 0, NONE, "0", "0" },
    { "tariff_19_simple_north_american_exclusive",       NULL, 9000, 0, 0, 0, 0, NONE, "5", "5" },
    { "tariff_20_simple_north_american_inclusive",       NULL, 9000, 0, 0, 0, 0, NONE, "5.25", "5.25" },
};
/* clang-format on */

static size_t read_text(const char *file, char text[16384])
{
    char path[256];

    snprintf(path, sizeof path, FOLDER "%s.json", file);
    FILE *from = fopen(path, "rb");
    if (!from) {
        fail_msg("%s cannot be read", path);
    }
    const size_t size = fread(text, 1, 16383, from);
    fclose(from);
    text[size] = '\0';
    return size;
}

static const struct ocpp_settle_tariff *import(struct price_world *world, enum ocpp_settle_ocpi_release release, const char *text,
                                               size_t size, struct ocpp_settle_ocpi_head *head)
{
    const struct ocpp_settle_text given = { text, size };
    const struct ocpp_settle_tariff *tariff = NULL;
    struct ocpp_settle_report report;

    if (ocpp_settle_tariff_from_ocpi(release, given, world->arena, &tariff, head, &report) != OCPP_OK) {
        fail_msg("%s at %s", ocpp_status_sentence(report.issue.status), report.issue.path);
    }
    return tariff;
}

/* The same tariff, told to somebody of the other release and heard again. */
static const struct ocpp_settle_tariff *there_and_back(struct price_world *world, const struct ocpp_settle_tariff *tariff,
                                                       struct ocpp_settle_ocpi_head *head)
{
    struct ocpp_settle_report report;
    struct ocpp_settle_text text;

    head->last_updated_ms = head->last_updated_ms == OCPP_UTC_UNKNOWN ? 0 : head->last_updated_ms;
    assert_int_equal(ocpp_settle_tariff_to_ocpi(OCPP_SETTLE_OCPI_2_2_1, tariff, head, world->arena, &text, &report), OCPP_OK);
    return import(world, OCPP_SETTLE_OCPI_2_2_1, text.text, text.size, head);
}

static void use(struct price_world *world, const struct ocpp_settle_tariff *tariff, const struct example *example)
{
    world->snapshot.tariff = *tariff;
    if (example->begins) {
        begins_at(world, example->begins);
    }
    if (example->charging_s > 0) {
        charges(world, example->charging_s, example->wh, example->idle_s);
        world->events[0].has_current_ma = example->current_ma > 0;
        world->events[0].current_ma = example->current_ma;
    }
    if (example->reserved_s > 0) {
        reserves(world, example->reservation == OCPP_SETTLE_RESERVATION_KIND_USED ? -example->reserved_s : 0, example->reserved_s,
                 example->reservation);
    }
}

static void costs(struct price_world *world, const struct example *example)
{
    const enum ocpp_status status = computes(world);

    if (status != OCPP_OK) {
        fail_msg("%s: %s at %s", example->file, ocpp_status_sentence(status), world->issue.path);
    }
    if (strcmp(world->bill->exact_net, example->exact_net) != 0 || strcmp(world->bill->exact_gross, example->exact_gross) != 0) {
        fail_msg("%s: %s and %s", example->file, world->bill->exact_net, world->bill->exact_gross);
    }
}

static void imported_examples_cost_what_the_specification_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        struct ocpp_settle_ocpi_head head;
        struct price_world world;
        char text[16384];
        const size_t size = read_text(examples[i].file, text);

        price_world_open(&world, "{'id':'','currency':'EUR','dialect':'Own','elements':[]}");
        const struct ocpp_settle_tariff *tariff = import(&world, OCPP_SETTLE_OCPI_2_3, text, size, &head);
        use(&world, tariff, &examples[i]);
        costs(&world, &examples[i]);
        world.snapshot.tariff = *there_and_back(&world, tariff, &head);
        costs(&world, &examples[i]);
        price_world_close(&world);
    }
}

static void energies(struct price_world *world, const char *file, const int64_t (*readings)[2], size_t count)
{
    struct ocpp_settle_ocpi_head head;
    char text[16384];
    const size_t size = read_text(file, text);

    price_world_open(world, "{'id':'','currency':'EUR','dialect':'Own','elements':[]}");
    world->snapshot.tariff = *import(world, OCPP_SETTLE_OCPI_2_3, text, size, &head);
    for (size_t i = 0; i < count; i++) {
        happens(world, readings[i][0],
                i == 0           ? OCPP_SETTLE_USAGE_KIND_START
                : i + 1 == count ? OCPP_SETTLE_USAGE_KIND_STOP
                                 : OCPP_SETTLE_USAGE_KIND_METER,
                readings[i][1]);
    }
}

static void imported_restrictions_cost_what_the_specification_says(void **state)
{
    static const int64_t powers[][2] = { { 0, 0 }, { 600, 1000 }, { 3600, 41000 }, { 4050, 41500 } };
    static const int64_t durations[][2] = { { 0, 0 }, { 1800, 5000 }, { 2400, 6200 } };
    static const struct example power = { .file = "max_power", .exact_net = "20.3", .exact_gross = "24.36" };
    static const struct example duration = { .file = "max_duration", .exact_net = "0.3", .exact_gross = "0.36" };
    struct price_world world;

    (void)state;
    energies(&world, "tariffrestriction_example_max_power", powers, COUNT_OF(powers));
    costs(&world, &power);
    price_world_close(&world);
    energies(&world, "tariffrestriction_example_max_duration", durations, COUNT_OF(durations));
    costs(&world, &duration);
    price_world_close(&world);
}

/* The tariff within the example of a CDR is one of 2.2.1. */
static void the_tariff_of_the_example_of_a_cdr_costs_what_the_cdr_says(void **state)
{
    static const struct example example = { .file = "cdr_example",
                                            .begins = "2024-12-05T17:39:09Z",
                                            .charging_s = 7103,
                                            .wh = 15342,
                                            .exact_net = "4",
                                            .exact_gross = "4.4" };
    struct ocpp_settle_ocpi_head head;
    struct price_world world;
    char text[16384];

    (void)state;
    read_text(example.file, text);
    const char *begin = strstr(text, "\"tariffs\": [");
    const char *end = strstr(text, "\"charging_periods\"");
    assert_true(begin && end && end > begin);
    begin += strlen("\"tariffs\": [");
    while (*end != ']') {
        end--;
    }
    price_world_open(&world, "{'id':'','currency':'EUR','dialect':'Own','elements':[]}");
    use(&world, import(&world, OCPP_SETTLE_OCPI_2_2_1, begin, (size_t)(end - begin), &head), &example);
    costs(&world, &example);
    price_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imported_examples_cost_what_the_specification_says),
        cmocka_unit_test(imported_restrictions_cost_what_the_specification_says),
        cmocka_unit_test(the_tariff_of_the_example_of_a_cdr_costs_what_the_cdr_says),
    };
    FILE *there = fopen(FOLDER "cdr_example.json", "rb");

    if (!there) {
        return 77;
    }
    fclose(there);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
