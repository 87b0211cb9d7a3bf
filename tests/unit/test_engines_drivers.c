/* test_engines_drivers.c: both engines face to face about displays, prices, lists and vendors: what the application of a central
 * system says, a driver in front of a station reads, in every version. */
#include <ocpp/adapters.h>
#include <ocpp/central_drivers.h>
#include <ocpp/central_lists.h>
#include <ocpp/charge_point.h>
#include <ocpp/cost.h>

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define assert_holds(text, part) assert_non_null(strstr(text, part))

static struct pair {
    enum ocpp_version version;
    struct ocpp_now now;
    unsigned random;
    struct ocpp_storage *disk;
    struct ocpp_storage *archive;
    struct ocpp_charge_point *cp;
    struct ocpp_central *central;
    struct ocpp_station *station;
    struct ocpp_driver_answer answer;
    int64_t register_wh;
    char read[2000]; /* what a driver could read, and what the central system heard, one line each */
    struct ocpp_list_result list;
} pair;

static void note(const char *format, ...) OCPP_PRINTF(1, 2);

static void note(const char *format, ...)
{
    const size_t used = strlen(pair.read);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(pair.read + used, sizeof(pair.read) - used, format, arguments);
    va_end(arguments);
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)bytes)[i] = (unsigned char)(++pair.random * 37);
    }
}

/* --- the station ------------------------------------------------------------------------------------------------------- */

static void tell(const struct ocpp_price *price, void *user)
{
    (void)user;
    char amount[OCPP_DECIMAL_TEXT_SIZE] = "-";
    if (price->has_amount) {
        (void)ocpp_decimal_format(price->amount, amount);
    }
    note("price %d %s %s\n", (int)price->kind, amount, price->text_count > 0 ? price->texts[0].text : "-");
}

static void show(int display, const struct ocpp_display_message *message, void *user)
{
    (void)user;
    note("display %d %s\n", display, message == NULL ? "-" : message->content);
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)room;
    (void)user;
    samples[0] =
        (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, .value = { pair.register_wh, 0 } };
    return 1;
}

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static void on_request(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                       void *user)
{
    (void)user;
    note("station hears %s\n", request->data);
    const struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                      .kind = OCPP_DATA_JSON,
                                                      .data = "{\"heard\":true}" };
    assert_int_equal(ocpp_charge_point_answer_data_transfer(cp, call, &answer, pair.now), OCPP_OK);
}

static void make_station(void)
{
    static const struct ocpp_cost_settings cost = { .currency = "EUR", .idle_fee_after_stop = true, .tell = tell };
    static const struct ocpp_display_settings display = { .show = show };
    static const struct ocpp_data_transfer_handler vendor = { .vendor_id = "com.example", .on_request = on_request };
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter };
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    settings.identity = "P";
    settings.vendor = "V";
    settings.model = "M";
    settings.random = fill;
    settings.cost = &cost;
    settings.display = &display;
    settings.local_list_items = 4;
    pair.cp = ocpp_charge_point_new(&settings, &hardware, pair.disk, pair.now);
    assert_non_null(pair.cp);
    assert_int_equal(ocpp_charge_point_on_data_transfer(pair.cp, &vendor, pair.now), OCPP_OK);
}

/* --- the central system -------------------------------------------------------------------------------------------------- */

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    decision->message = "0.35 a kWh";
    return true;
}

static bool on_cost(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user)
{
    (void)station;
    (void)question;
    (void)user;
    *answer = pair.answer;
    answer->total_cost.coefficient += event->transaction->ended ? 100 : 0;
    return true;
}

static bool heeds_note(struct ocpp_station *station, void *user)
{
    (void)station;
    (void)user;
    return true;
}

static void on_unplugged(struct ocpp_station *station, const char *transaction_id, int64_t timestamp_utc_ms, void *user)
{
    (void)station;
    (void)timestamp_utc_ms;
    (void)user;
    note("unplugged %s\n", transaction_id);
}

static void on_messages(struct ocpp_station *station, const struct ocpp_message_report *report, void *user)
{
    (void)station;
    (void)user;
    note("messages %d:", (int)report->count);
    for (size_t i = 0; i < report->count; i++) {
        note(" %s", report->messages[i].text.text);
    }
    note("%s\n", report->is_whole ? "" : ", not all");
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    note("answer %s %s\n", result->word, result->data && result->data->data ? result->data->data : "-");
}

static const struct ocpp_command_done done = { on_done, NULL };

static void on_list(struct ocpp_station *station, const struct ocpp_list_result *result, void *user)
{
    (void)station;
    (void)user;
    pair.list = *result;
}

static void make_central(void)
{
    static const struct ocpp_driver_handler drivers = {
        .on_messages = on_messages, .on_cost = on_cost, .uses_pricing_note = heeds_note, .on_unplugged = on_unplugged
    };
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize, .drivers = &drivers };
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    settings.random = fill;
    pair.central = ocpp_central_new(&settings, &handler, pair.archive);
    assert_non_null(pair.central);
}

/* --- time and the link ---------------------------------------------------------------------------------------------------------
 */

static bool carry(void)
{
    size_t size = 0;
    const char *text = ocpp_charge_point_next_output(pair.cp, &size, pair.now);
    const bool went = text != NULL;
    if (text != NULL) {
        assert_int_equal(ocpp_station_receive(pair.station, text, size, pair.now), OCPP_OK);
    }
    text = ocpp_station_next_output(pair.station, &size, pair.now);
    if (text != NULL) {
        assert_int_equal(ocpp_charge_point_receive(pair.cp, text, size, pair.now), OCPP_OK);
    }
    return went || text != NULL;
}

static void pass(int64_t ms)
{
    for (int64_t gone = 0; gone <= ms; gone += 100) {
        while (carry()) {
        }
        pair.now.mono_ms += 100;
        pair.now.utc_ms += 100;
        ocpp_charge_point_advance(pair.cp, pair.now);
        ocpp_central_advance(pair.central, pair.now);
    }
    while (carry()) {
    }
}

static int set_up(enum ocpp_version version)
{
    const struct ocpp_station_options options = { .identity = "P", .version = version };
    memset(&pair, 0, sizeof(pair));
    pair.version = version;
    pair.now = (struct ocpp_now){ .mono_ms = 1000, .utc_ms = 1767225600000 };
    pair.disk = ocpp_memory_storage_new(NULL, 0);
    pair.archive = ocpp_memory_storage_new(NULL, 0);
    make_central();
    make_station();
    assert_int_equal(ocpp_central_connect(pair.central, &options, pair.now, &pair.station), OCPP_OK);
    assert_int_equal(ocpp_charge_point_link_up(pair.cp, version, pair.now), OCPP_OK);
    pass(1000);
    pair.read[0] = '\0';
    return 0;
}

static int set_up_16(void **state)
{
    (void)state;
    return set_up(OCPP_VERSION_1_6);
}

static int set_up_201(void **state)
{
    (void)state;
    return set_up(OCPP_VERSION_2_0_1);
}

static int tear_down(void **state)
{
    (void)state;
    ocpp_station_disconnect(pair.station, pair.now);
    ocpp_central_free(pair.central);
    ocpp_charge_point_free(pair.cp);
    ocpp_memory_storage_free(pair.disk);
    ocpp_memory_storage_free(pair.archive);
    return 0;
}

/* --- tests
 * ---------------------------------------------------------------------------------------------------------------------- */

/* I01, I02, I03; the pricing note of 1.6. The application says the same, whatever is spoken. */
static void a_driver_reads_tariff_cost_and_total(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    char tariff[60];
    char running[60];
    char final[60];

    (void)state;
    pair.answer = (struct ocpp_driver_answer){ .has_total_cost = true, .total_cost = { 125, 2 }, .text = { .text = "Bye" } };
    snprintf(tariff, sizeof(tariff), "price %d - 0.35 a kWh\n", OCPP_PRICE_TARIFF);
    snprintf(running, sizeof(running), "price %d 1.25", OCPP_PRICE_RUNNING);
    snprintf(final, sizeof(final), "price %d 2.25", OCPP_PRICE_FINAL);
    assert_int_equal(ocpp_charge_point_plug(pair.cp, 1, 1, true, pair.now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_token(pair.cp, 1, &token, pair.now), OCPP_OK);
    pass(2000);
    assert_holds(pair.read, tariff);
    pair.register_wh = 3000;
    pass(120000);
    assert_holds(pair.read, running);
    assert_int_equal(ocpp_charge_point_token(pair.cp, 1, &token, pair.now), OCPP_OK);
    pass(2000);
    assert_int_equal(ocpp_charge_point_plug(pair.cp, 1, 1, false, pair.now), OCPP_OK);
    pass(2000);
    assert_holds(pair.read, final);
    if (pair.version == OCPP_VERSION_1_6) {
        assert_holds(strstr(pair.read, final), "Bye");
        assert_holds(pair.read, "unplugged 1\n");
    }
}

/* O01, O03, O05 */
static void a_message_is_shown_listed_and_cleared(void **state)
{
    const struct ocpp_message_criteria all = { 0 };
    struct ocpp_station_message message = { .priority = OCPP_MESSAGE_NORMAL_CYCLE,
                                            .state = OCPP_MESSAGE_ANY_STATE,
                                            .starts_utc_ms = OCPP_UTC_UNKNOWN,
                                            .ends_utc_ms = OCPP_UTC_UNKNOWN };

    (void)state;
    for (int id = 1; id <= 12; id++) { /* more than go on a page */
        message.id = id;
        message.text = (struct ocpp_price_text){ OCPP_MESSAGE_UTF8, "en", id == 12 ? "Front" : "Hello" };
        message.priority = id == 12 ? OCPP_MESSAGE_ALWAYS_FRONT : OCPP_MESSAGE_NORMAL_CYCLE;
        assert_int_equal(ocpp_station_set_message(pair.station, &message, NULL), OCPP_OK);
        pass(100);
    }
    assert_holds(pair.read, "display 0 Front\n");
    pair.read[0] = '\0';
    assert_int_equal(ocpp_station_get_messages(pair.station, 1, &all, &done), OCPP_OK);
    pass(1000);
    assert_holds(pair.read, "answer Accepted -\n");
    assert_holds(pair.read, "messages 12: Hello Hello Hello Hello Hello Hello Hello Hello Hello Hello Hello Front\n");
    assert_int_equal(ocpp_station_clear_message(pair.station, 12, NULL), OCPP_OK);
    pass(1000);
    assert_holds(pair.read, "display 0 Hello\n");
}

static void sync_to(const struct ocpp_list_order *order, enum ocpp_list_outcome outcome)
{
    const struct ocpp_list_done list_done = { on_list, NULL };

    assert_int_equal(ocpp_station_sync_list(pair.station, order, &list_done), OCPP_OK);
    pass(1000);
    assert_int_equal(pair.list.outcome, outcome);
}

/* 1.6 edition 2, 5.15; D01. The station heeds each message, and its version says so. */
static void a_list_is_brought_in_step_with_a_station(void **state)
{
    const struct ocpp_setting_address items = { .key = "SendLocalListMaxLength",
                                                .component = "LocalAuthListCtrlr",
                                                .variable = "ItemsPerMessage" };
    const struct ocpp_setting_address enabled = { .key = "LocalAuthListEnabled",
                                                  .component = "LocalAuthListCtrlr",
                                                  .variable = "Enabled" };
    static char names[12][8];
    struct ocpp_list_entry entries[12];

    (void)state;
    assert_int_equal(ocpp_station_set_setting(pair.station, &enabled, "true", NULL), OCPP_OK);
    assert_int_equal(ocpp_station_get_settings(pair.station, &items, 1, NULL), OCPP_OK);
    pass(1000);
    for (int i = 0; i < 12; i++) {
        snprintf(names[i], sizeof(names[i]), "T%d", i);
        entries[i] = (struct ocpp_list_entry){ .token = { names[i], OCPP_TOKEN_ISO14443 },
                                               .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                               .expires_utc_ms = OCPP_UTC_UNKNOWN };
    }
    const struct ocpp_list_order first = { .entries = entries, .count = 10 };
    const struct ocpp_list_order second = { .entries = entries + 2, .count = 10, .before = entries, .before_count = 10 };
    sync_to(&first, OCPP_LIST_UPDATED);
    assert_int_equal(pair.list.messages, 3); /* of 4 entries at most, as the station said */
    sync_to(&first, OCPP_LIST_IN_STEP);
    sync_to(&second, OCPP_LIST_UPDATED);
    assert_false(pair.list.was_whole);
    assert_int_equal(pair.list.messages, 1);
    assert_int_equal(pair.list.version, 4);
}

/* 1.6 edition 2, 4.3, 5.6; P01, P02 */
static void a_vendor_s_message_goes_there_and_its_answer_back(void **state)
{
    const struct ocpp_data_transfer data = { "com.example", "Hello", OCPP_DATA_JSON, "{\"a\":1}" };

    (void)state;
    assert_int_equal(ocpp_station_send_data(pair.station, &data, &done), OCPP_OK);
    pass(1000);
    assert_string_equal(pair.read, "station hears {\"a\":1}\nanswer Accepted {\"heard\":true}\n");
}

int main(void)
{
#define OLD(test) cmocka_unit_test_setup_teardown(test, set_up_16, tear_down)
#define NEW(test) cmocka_unit_test_setup_teardown(test, set_up_201, tear_down)
    const struct CMUnitTest tests[] = {
        OLD(a_driver_reads_tariff_cost_and_total),
        NEW(a_driver_reads_tariff_cost_and_total),
        NEW(a_message_is_shown_listed_and_cleared),
        OLD(a_list_is_brought_in_step_with_a_station),
        NEW(a_list_is_brought_in_step_with_a_station),
        OLD(a_vendor_s_message_goes_there_and_its_answer_back),
        NEW(a_vendor_s_message_goes_there_and_its_answer_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
