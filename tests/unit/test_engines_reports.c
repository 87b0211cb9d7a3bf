/* test_engines_reports.c: both engines face to face about the device model: what the central system asks, our own station
 * reports, and what it tells of its monitors and of a customer arrives whole. */
#include <ocpp/adapters.h>
#include <ocpp/central_reports.h>
#include <ocpp/customer.h>
#include <ocpp/monitoring.h>

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVSES = 2 };

struct pair {
    enum ocpp_version version;
    struct ocpp_now now;
    unsigned char random;
    struct ocpp_charge_point *cp;
    struct ocpp_storage *disk;
    struct ocpp_central *central;
    struct ocpp_storage *archive;
    struct ocpp_station *station;

    /* what the central system's application heard */
    int reports;
    enum ocpp_status status;
    bool is_asked;
    size_t pages;
    size_t variables;
    size_t monitors;
    bool has_known; /* a variable every station has, with a value */
    char text[4096];
    int events;
    int64_t event_monitor;
    int answers;
    bool accepted;
    char word[40];
    int64_t request_id;
    int64_t reported_id;
    int64_t monitor_id; /* that the station gave */
};

static void fill(void *bytes, size_t size, void *user)
{
    struct pair *pair = user;
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)bytes)[i] = (unsigned char)(++pair->random * 37);
    }
}

/* --- the applications ------------------------------------------------------------------------------------------------------- */

static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
{
    const struct ocpp_setting_address known = { .key = "HeartbeatInterval",
                                                .component = "OCPPCommCtrlr",
                                                .variable = "HeartbeatInterval" };
    struct pair *pair = user;
    assert_ptr_equal(station, pair->station);
    const struct ocpp_reported_variable *variable = ocpp_report_find(report, &known);
    pair->reports++;
    pair->status = report->status;
    pair->is_asked = report->is_asked;
    pair->reported_id = report->request_id;
    pair->pages = report->page_count;
    pair->variables = report->variable_count;
    pair->monitors = report->monitor_count;
    pair->has_known = variable != NULL && variable->attributes[0].value != NULL;
    snprintf(pair->text, sizeof(pair->text), "%s", report->text != NULL ? report->text : "");
}

static void on_event(struct ocpp_station *station, const struct ocpp_station_event *event, void *user)
{
    (void)station;
    struct pair *pair = user;
    pair->events++;
    pair->event_monitor = event->has_monitor ? event->monitor_id : 0;
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    struct pair *pair = user;
    assert_int_equal(result->status, OCPP_OK);
    pair->answers++;
    pair->accepted = result->accepted;
    pair->request_id = result->request_id;
    pair->monitor_id = result->monitor_count > 0 && result->monitors[0].has_id ? result->monitors[0].id : 0;
    snprintf(pair->word, sizeof(pair->word), "%s", result->word);
}

static void print_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    print_message("    %s\n", line);
}

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)user;
    assert_true(room > 0);
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { evse * 1000, 0 } };
    return 1;
}

static size_t known_of_customer(const struct ocpp_customer *customer, char *text, size_t room, void *user)
{
    (void)user;
    if (customer->kind != OCPP_CUSTOMER_IDENTIFIER || strcmp(customer->identifier, "I") != 0 || room < 1500) {
        return 0;
    }
    memset(text, 'k', 1500);
    return 1500;
}

static bool clear_customer(const struct ocpp_customer *customer, void *user)
{
    (void)customer;
    (void)user;
    return true;
}

/* --- the link ----------------------------------------------------------------------------------------------------------------
 */

static bool carry(struct pair *pair)
{
    size_t size = 0;
    const char *text = ocpp_charge_point_next_output(pair->cp, &size, pair->now);
    if (text != NULL) {
        assert_int_equal(ocpp_station_receive(pair->station, text, size, pair->now), OCPP_OK);
    }
    const bool went = text != NULL;
    text = ocpp_station_next_output(pair->station, &size, pair->now);
    if (text != NULL) {
        assert_int_equal(ocpp_charge_point_receive(pair->cp, text, size, pair->now), OCPP_OK);
    }
    return went || text != NULL;
}

static void pass(struct pair *pair, int64_t ms)
{
    const int64_t end = pair->now.mono_ms + ms;
    for (;;) {
        while (carry(pair)) {
        }
        const int64_t deadline = ocpp_charge_point_deadline(pair->cp);
        if (deadline > end) {
            break;
        }
        const int64_t step = deadline > pair->now.mono_ms ? deadline - pair->now.mono_ms : 0;
        pair->now.mono_ms += step;
        pair->now.utc_ms += step;
        ocpp_charge_point_advance(pair->cp, pair->now);
        ocpp_central_advance(pair->central, pair->now);
    }
    pair->now.utc_ms += end - pair->now.mono_ms;
    pair->now.mono_ms = end;
}

static struct pair *new_pair(enum ocpp_version version)
{
    static const struct ocpp_report_handler reports = { .on_report = on_report, .on_event = on_event };
    static const struct ocpp_monitor monitors[] = {
        { .id = 1,
          .variable = { .component = "EVSE", .evse = 1, .variable = "AvailabilityState" },
          .type = OCPP_MONITOR_DELTA,
          .value = { 1, 0 },
          .severity = 4 },
    };
    static const struct ocpp_monitoring_settings monitoring = { .monitors = monitors, .monitor_count = 1 };
    static const struct ocpp_customer_settings customer = { .max_bytes = 4000,
                                                            .report = known_of_customer,
                                                            .clear = clear_customer };
    struct pair *pair = calloc(1, sizeof(*pair));
    assert_non_null(pair);
    pair->version = version;
    pair->now = (struct ocpp_now){ 1000, 1767225600000 };
    pair->disk = ocpp_memory_storage_new(NULL, 0);
    pair->archive = ocpp_memory_storage_new(NULL, 0);
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    settings.identity = "P";
    settings.vendor = "V";
    settings.model = "M";
    settings.evse_count = EVSES;
    settings.random = fill;
    settings.random_user = pair;
    settings.monitoring = &monitoring;
    settings.customer = &customer;
    settings.log = (struct ocpp_log){ .write = print_line, .level = OCPP_LOG_ERROR };
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter, .user = pair };
    pair->cp = ocpp_charge_point_new(&settings, &hardware, pair->disk, pair->now);
    assert_non_null(pair->cp);
    struct ocpp_central_settings central_settings = ocpp_central_settings_default();
    central_settings.random = fill;
    central_settings.random_user = pair;
    const struct ocpp_central_handler handler = { .reports = &reports, .user = pair };
    pair->central = ocpp_central_new(&central_settings, &handler, pair->archive);
    assert_non_null(pair->central);
    const struct ocpp_station_options options = { .identity = "P", .version = version };
    assert_int_equal(ocpp_central_connect(pair->central, &options, pair->now, &pair->station), OCPP_OK);
    assert_int_equal(ocpp_charge_point_link_up(pair->cp, version, pair->now), OCPP_OK);
    pass(pair, 1000);
    assert_int_equal(ocpp_station_registration(pair->station), OCPP_REGISTRATION_ACCEPTED);
    return pair;
}

static void free_pair(struct pair *pair)
{
    ocpp_station_disconnect(pair->station, pair->now);
    ocpp_charge_point_link_down(pair->cp, pair->now);
    ocpp_charge_point_free(pair->cp);
    ocpp_central_free(pair->central);
    ocpp_memory_storage_free(pair->disk);
    ocpp_memory_storage_free(pair->archive);
    free(pair);
}

static struct ocpp_command_done done_of(struct pair *pair)
{
    return (struct ocpp_command_done){ on_done, pair };
}

/* --- the stories ---------------------------------------------------------------------------------------------------------------
 */

/* B07.FR.03, FR.08, FR.10; 1.6 edition 2, 5.8 */
static void all_a_station_has_is_reported_whole(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    struct pair *pair = new_pair(version);
    const struct ocpp_command_done done = done_of(pair);
    assert_int_equal(ocpp_station_get_base_report(pair->station, OCPP_REPORT_FULL, 0, &done), OCPP_OK);
    pass(pair, 1000);
    assert_int_equal(pair->answers, 1);
    assert_true(pair->accepted);
    assert_int_equal(pair->reports, 1);
    assert_int_equal(pair->status, OCPP_OK);
    assert_true(pair->is_asked && pair->has_known);
    assert_int_equal(pair->reported_id, pair->request_id);
    assert_true(pair->variables > 30);
    assert_true(version == OCPP_VERSION_1_6 ? pair->pages == 1 : pair->pages > 1);
    free_pair(pair);
}

/* B05.FR.11. What the report said a station takes is known from then on. */
static void what_a_message_takes_is_learned_from_the_report(void **state)
{
    (void)state;
    struct pair *pair = new_pair(OCPP_VERSION_2_0_1);
    const struct ocpp_command_done done = done_of(pair);
    assert_int_equal(ocpp_station_items_per_message(pair->station, "GetVariables"), 0);
    assert_int_equal(ocpp_station_get_base_report(pair->station, OCPP_REPORT_FULL, 0, &done), OCPP_OK);
    pass(pair, 1000);
    assert_true(ocpp_station_items_per_message(pair->station, "GetVariables") > 0);
    assert_true(ocpp_station_items_per_message(pair->station, "SetVariables") > 0);
    assert_true(ocpp_station_items_per_message(pair->station, "GetReport") > 0);
    assert_true(ocpp_station_items_per_message(pair->station, "SetVariableMonitoring") > 0);
    free_pair(pair);
}

/* B08.FR.11, FR.15 */
static void a_part_is_reported_and_nothing_is_known_to_be_nothing(void **state)
{
    const struct ocpp_setting_address names[] = { { .component = "OCPPCommCtrlr", .variable = "HeartbeatInterval" },
                                                  { .component = "Nobody" } };
    struct ocpp_report_query query = { .names = names, .count = 1 };
    (void)state;
    struct pair *pair = new_pair(OCPP_VERSION_2_0_1);
    const struct ocpp_command_done done = done_of(pair);
    assert_int_equal(ocpp_station_get_report(pair->station, &query, &done), OCPP_OK);
    pass(pair, 1000);
    assert_int_equal(pair->reports, 1);
    assert_int_equal(pair->variables, 1);
    assert_true(pair->has_known);
    query.names = &names[1];
    assert_int_equal(ocpp_station_get_report(pair->station, &query, &done), OCPP_OK);
    pass(pair, 120000);
    assert_string_equal(pair->word, "EmptyResultSet");
    assert_int_equal(pair->reports, 1);
    free_pair(pair);
}

/* N02, N04, N06, N07 */
static void a_monitor_is_set_tells_and_is_reported_and_cleared(void **state)
{
    const struct ocpp_setting_address state_of_2 = { .component = "EVSE", .evse = 2, .variable = "AvailabilityState" };
    const struct ocpp_monitor_order order = { .name = state_of_2, .type = OCPP_MONITOR_DELTA, .value = { 1, 0 }, .severity = 3 };
    const struct ocpp_report_query all = { .request_id = 0 };
    (void)state;
    struct pair *pair = new_pair(OCPP_VERSION_2_0_1);
    const struct ocpp_command_done done = done_of(pair);
    assert_int_equal(ocpp_station_set_monitors(pair->station, &order, 1, &done), OCPP_OK);
    pass(pair, 1000);
    assert_true(pair->accepted && pair->monitor_id > 0);
    const int64_t id = pair->monitor_id;
    assert_int_equal(ocpp_charge_point_plug(pair->cp, 2, 1, true, pair->now), OCPP_OK);
    pass(pair, 20000);
    assert_int_equal(pair->events, 1);
    assert_int_equal(pair->event_monitor, id);
    assert_int_equal(ocpp_station_get_monitoring_report(pair->station, &all, &done), OCPP_OK);
    pass(pair, 1000);
    assert_int_equal(pair->reports, 1);
    assert_int_equal(pair->status, OCPP_OK);
    assert_int_equal(pair->monitors, 2);
    assert_int_equal(ocpp_station_clear_monitors(pair->station, &id, 1, &done), OCPP_OK);
    pass(pair, 1000);
    assert_true(pair->accepted);
    const int64_t hard_wired = 1;
    assert_int_equal(ocpp_station_clear_monitors(pair->station, &hard_wired, 1, &done), OCPP_OK);
    pass(pair, 1000);
    assert_string_equal(pair->word, "Rejected");
    free_pair(pair);
}

/* N09.FR.05 */
static void what_is_known_of_a_customer_arrives_as_one_text(void **state)
{
    const struct ocpp_customer_order order = { .report = true, .identifier = "I" };
    (void)state;
    struct pair *pair = new_pair(OCPP_VERSION_2_0_1);
    const struct ocpp_command_done done = done_of(pair);
    assert_int_equal(ocpp_station_customer_information(pair->station, &order, &done), OCPP_OK);
    pass(pair, 1000);
    assert_int_equal(pair->reports, 1);
    assert_int_equal(pair->status, OCPP_OK);
    assert_true(pair->pages > 1);
    const char *told = strchr(pair->text, 'k');
    assert_non_null(told);
    assert_true(strspn(told, "k") >= 1500);
    free_pair(pair);
}

int main(void)
{
    static enum ocpp_version versions[2] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 };
    const struct CMUnitTest tests[] = {
        { "all_a_station_has_is_reported_whole (1.6)", all_a_station_has_is_reported_whole, NULL, NULL, &versions[0] },
        { "all_a_station_has_is_reported_whole (2.0.1)", all_a_station_has_is_reported_whole, NULL, NULL, &versions[1] },
        cmocka_unit_test(what_a_message_takes_is_learned_from_the_report),
        cmocka_unit_test(a_part_is_reported_and_nothing_is_known_to_be_nothing),
        cmocka_unit_test(a_monitor_is_set_tells_and_is_reported_and_cleared),
        cmocka_unit_test(what_is_known_of_a_customer_arrives_as_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
