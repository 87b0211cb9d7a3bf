/* What meters sign is told byte for byte, in both versions, online, out of the queue and after a power cut; and what happens to
 * signed values that no message could carry. The paper on signed meter values, 3 and 4. */
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define REGISTER "Energy.Active.Import.Register"

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- a meter that signs -------------------------------------------------------------------------------------------------- */

enum { TEXT_ROOM = 2600 };

/* What the meter signed last, for whoever asks; made anew at each reading. */
static struct {
    char data[TEXT_ROOM];
    char key[TEXT_ROOM];
    struct ocpp_signed_value value;
    size_t data_size;
    size_t key_size;
    int readings;
} meter;

static void fill(char *text, size_t size, int number)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i++) {
        text[i] = digits[(i * 7 + (size_t)number * 13) % 64];
    }
    text[size] = '\0';
}

static size_t read_signing(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    const struct world *world = user;
    (void)room;
    fill(meter.data, meter.data_size, ++meter.readings);
    fill(meter.key, meter.key_size, 0);
    meter.value = (struct ocpp_signed_value){ meter.data, "ECDSA-secp256r1-SHA256", "OCMF", meter.key };
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .value = { world->meter_wh[evse], 0 },
                                       .signed_value = &meter.value };
    samples[1] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_POWER_ACTIVE_IMPORT, .value = { 11000, 0 } };
    return 2;
}

static struct world *signing_world(size_t data_size, size_t key_size)
{
    struct world *world = world_new();
    memset(&meter, 0, sizeof(meter));
    meter.data_size = data_size;
    meter.key_size = key_size;
    world->hardware.read_meter = read_signing;
    world->settings.max_signed_bytes = 6000;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    return world;
}

static void sign(struct world *world, const char *keys)
{
    if (world_is_old(world)) {
        world_set(world, "StopTxnSampledData", REGISTER);
        world_set(world, "SampledDataSignReadings", "true");
        world_set(world, "AlignedDataSignReadings", "true");
        world_set(world, "PublicKeyWithSignedMeterValue", keys);
        return;
    }
    world_set_variable(world, "SampledDataCtrlr", "SignReadings", NULL, "true");
    world_set_variable(world, "AlignedDataCtrlr", "SignReadings", NULL, "true");
    world_set_variable(world, "OCPPCommCtrlr", "PublicKeyWithSignedMeterValue", NULL, keys);
}

/* --- what was told -----------------------------------------------------------------------------------------------------------
 */

struct told_signed {
    char data[TEXT_ROOM];
    char key[TEXT_ROOM];
    char method[64];
    char encoding[64];
    char context[24];
};

struct told_list {
    struct told_signed *items;
    size_t count;
};

enum { MOST_TOLD = 64 };

static void copy(char *to, size_t room, const struct ocpp_json *object, const char *name)
{
    const struct ocpp_json *member = ocpp_json_member(object, name);
    assert_non_null(member);
    snprintf(to, room, "%s", ocpp_json_string(member));
}

static void take_value(struct told_list *list, const struct ocpp_json *sampled, const struct ocpp_json *value)
{
    assert_true(list->count < MOST_TOLD);
    struct told_signed *item = &list->items[list->count++];
    copy(item->data, sizeof(item->data), value, "signedMeterData");
    copy(item->key, sizeof(item->key), value, "publicKey");
    copy(item->method, sizeof(item->method), value, "signingMethod");
    copy(item->encoding, sizeof(item->encoding), value, "encodingMethod");
    copy(item->context, sizeof(item->context), sampled, "context");
}

static void take_sampled(struct told_list *list, const struct ocpp_json *sampled)
{
    const struct ocpp_json *value = ocpp_json_member(sampled, "signedMeterValue");
    const struct ocpp_json *format = ocpp_json_member(sampled, "format");
    if (value != NULL) {
        take_value(list, sampled, value);
    } else if (format != NULL && strcmp(ocpp_json_string(format), "SignedData") == 0) { /* the same as a text (3.2.1) */
        const char *text = ocpp_json_string(ocpp_json_member(sampled, "value"));
        struct ocpp_json *inner = NULL;
        assert_int_equal(ocpp_json_parse(text, strlen(text), NULL, &inner, NULL), OCPP_OK);
        take_value(list, sampled, inner);
        ocpp_json_free(inner);
    }
}

static void take_all(struct told_list *list, const struct ocpp_json *json)
{
    if (ocpp_json_kind(json) == OCPP_JSON_OBJECT) {
        take_sampled(list, json);
    }
    if (ocpp_json_kind(json) == OCPP_JSON_OBJECT || ocpp_json_kind(json) == OCPP_JSON_ARRAY) {
        for (const struct ocpp_json *item = ocpp_json_first(json); item != NULL; item = ocpp_json_next(item)) {
            take_all(list, item);
        }
    }
}

static struct told_list told(const struct world *world)
{
    struct told_list list = { calloc(MOST_TOLD, sizeof(struct told_signed)), 0 };
    for (size_t i = world->looked_at; i < world->call_count; i++) {
        struct ocpp_json *json = NULL;
        assert_int_equal(ocpp_json_parse(world->calls[i].payload, strlen(world->calls[i].payload), NULL, &json, NULL), OCPP_OK);
        take_all(&list, json);
        ocpp_json_free(json);
    }
    return list;
}

/* Every value is one the meter signed, as it is; |keys| of them have the meter's key, the others an empty one. */
static void assert_as_signed(const struct told_list *list, size_t keys)
{
    char data[TEXT_ROOM];
    size_t with_key = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct told_signed *item = &list->items[i];
        bool is_known = false;
        for (int number = 1; number <= meter.readings && !is_known; number++) {
            fill(data, meter.data_size, number);
            is_known = strcmp(data, item->data) == 0;
        }
        assert_true(is_known);
        assert_string_equal(item->method, "ECDSA-secp256r1-SHA256");
        assert_string_equal(item->encoding, "OCMF");
        if (item->key[0] != '\0') {
            assert_string_equal(item->key, meter.key);
            with_key++;
        }
    }
    assert_int_equal(with_key, keys);
}

static bool has_context(const struct told_list *list, const char *context)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].context, context) == 0) {
            return true;
        }
    }
    return false;
}

/* --- transactions
 * --------------------------------------------------------------------------------------------------------------- */

static void charge_with_samples(struct world *world)
{
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 100);
    world_pass(world, 125);
    card(world, 1, "TAG");
    unplug(world, 1);
}

/* J02.FR.21, E07.FR.12; the paper's table 20. */
static void samples_and_the_end_are_told_as_signed(void **state)
{
    struct world *world = signing_world(900, 120);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    central_forgets(world);
    charge_with_samples(world);
    struct told_list list = told(world);
    assert_int_equal(list.count, world_is_old(world) ? 6 : 5); /* started (2.x), two samples; begin, samples (1.6), end */
    assert_as_signed(&list, list.count);
    assert_true(has_context(&list, "Transaction.Begin"));
    assert_true(has_context(&list, "Sample.Periodic"));
    assert_true(has_context(&list, "Transaction.End"));
    free(list.items);
    world_free(world);
}

/* 2.0.1 PublicKeyWithSignedMeterValue; the paper, 3.3.2. The member is there and empty where the key is not told. */
static void the_key_is_told_as_often_as_is_asked(void **state)
{
    static const struct {
        const char *words;
        size_t keys;
    } rules[] = { { "Never", 0 }, { "OncePerTransaction", 2 } }; /* two transactions */
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct world *world = signing_world(300, 99);
        world_connect(world, version_of(state));
        sign(world, rules[i].words);
        central_forgets(world);
        charge_with_samples(world);
        charge_with_samples(world);
        struct told_list list = told(world);
        assert_as_signed(&list, rules[i].keys);
        free(list.items);
        world_free(world);
    }
}

/* Out of the queue, over a power cut, with the largest texts there are. */
static void the_largest_survive_a_power_cut(void **state)
{
    struct world *world = signing_world(2500, 2500);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    world_disconnect(world);
    central_forgets(world);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 100);
    world_pass(world, 125);
    world_power_back(world, 10);
    unplug(world, 1);
    world_connect(world, version_of(state));
    world_pass(world, 60);
    assert_int_equal(the_session(world)->ended, 1);
    struct told_list list = told(world);
    assert_true(list.count >= 4);
    assert_as_signed(&list, list.count);
    assert_true(has_context(&list, "Transaction.Begin"));
    free(list.items);
    world_free(world);
}

static bool count_entry(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    assert_true(size <= 4096); /* no more than any other record */
    *(size_t *)user += strncmp(key, "signed/", 7) == 0 || strncmp(key, "data/", 5) == 0;
    return true;
}

static void nothing_of_them_stays_when_they_were_told(void **state)
{
    struct world *world = signing_world(2500, 2500);
    size_t before = 0;
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    world_disconnect(world);
    charge_with_samples(world);
    world->memory->each("", NULL, count_entry, &before, world->memory->user);
    assert_true(before > 4);
    world_connect(world, version_of(state));
    size_t after = 0;
    world->memory->each("", NULL, count_entry, &after, world->memory->user);
    assert_int_equal(after, 0);
    world_free(world);
}

/* A full queue drops the signed values with the facts they belong to. */
static void they_go_with_a_fact_that_is_given_up(void **state)
{
    struct world *world = signing_world(2500, 2500);
    world_connect(world, version_of(state));
    sign(world, "Never");
    world_disconnect(world);
    world_power_off(world);
    world->settings.max_queued_records = 6;
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 3600);
    assert_true(ocpp_charge_point_view(world->cp).dropped_records > 20);
    size_t count = 0;
    world->memory->each("signed/", NULL, count_entry, &count, world->memory->user);
    assert_in_range(count, 1, 12);
    world_free(world);
}

/* --- when they are not wanted
 * ------------------------------------------------------------------------------------------------------ */

static void unasked_nothing_is_signed(void **state)
{
    struct world *world = signing_world(500, 100);
    world_connect(world, version_of(state));
    charge_with_samples(world);
    struct told_list list = told(world);
    assert_int_equal(list.count, 0);
    size_t count = 0;
    world->memory->each("signed/", NULL, count_entry, &count, world->memory->user);
    assert_int_equal(count, 0);
    free(list.items);
    world_free(world);
}

/* The paper's "End Only": SignStartedReadings and SignUpdatedReadings false. */
static void the_end_may_be_the_only_one(void **state)
{
    struct world *world = signing_world(500, 100);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    if (world_is_old(world)) {
        world_set(world, "SampledDataSignStartedReadings", "false");
        world_set(world, "SampledDataSignUpdatedReadings", "false");
    } else {
        world_set_variable(world, "SampledDataCtrlr", "SignStartedReadings", NULL, "false");
        world_set_variable(world, "SampledDataCtrlr", "SignUpdatedReadings", NULL, "false");
    }
    central_forgets(world);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 125);
    struct told_list before = told(world);
    assert_int_equal(before.count, 0);
    card(world, 1, "TAG");
    struct told_list after = told(world);
    assert_true(after.count >= 2);
    assert_true(has_context(&after, "Transaction.Begin"));
    assert_true(has_context(&after, "Transaction.End"));
    assert_as_signed(&after, after.count);
    free(before.items);
    free(after.items);
    world_free(world);
}

/* The paper, 3.3.4 and 3.3.5: a message with the first values right behind the start, signed or not. */
static void values_behind_the_start_of_1_6(void **state)
{
    (void)state;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        struct world *world = signing_world(500, 100);
        world_connect(world, OCPP_VERSION_1_6);
        sign(world, "EveryMeterValue");
        world_set(world, "StartTxnSampledData", REGISTER);
        world_set(world, "SampledDataSignStartedReadings", is_signed ? "true" : "false");
        central_forgets(world);
        plug(world, 1);
        card(world, 1, "TAG");
        struct told_list list = told(world);
        assert_int_equal(list.count, is_signed);
        assert_as_signed(&list, list.count);
        central_sees(world, "StartTransaction", "");
        central_sees(world, "MeterValues", "transactionId=1 meterValue/0/sampledValue/0/context=Transaction.Begin");
        central_does_not_see(world, "MeterValues");
        world_pass(world, 60);
        central_sees(world, "MeterValues", "meterValue/0/sampledValue/0/context=Sample.Periodic");
        free(list.items);
        world_free(world);
    }
}

/* 2.0.1: a station whose meters do not sign does not report the variable. */
static void without_signing_meters_there_is_no_such_setting(void **state)
{
    struct world *world = world_of(state);
    if (world_is_old(world)) {
        assert_string_equal(
            value_of(central_asks(world, "ChangeConfiguration", "{'key':'SampledDataSignReadings','value':'true'}"), "status"),
            "NotSupported");
    } else {
        assert_string_equal(value_of(central_asks(world, "SetVariables",
                                                  "{'setVariableData':[{'component':{'name':'SampledDataCtrlr'},"
                                                  "'variable':{'name':'SignReadings'},'attributeValue':'true'}]}"),
                                     "setVariableResult/0/attributeStatus"),
                            "UnknownVariable");
    }
    world_free(world);
}

/* J01.FR.21: outside of transactions, too. */
static void readings_by_the_clock_are_told_as_signed(void **state)
{
    struct world *world = signing_world(800, 200);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    world_set(world, "ClockAlignedDataInterval", "60");
    central_forgets(world);
    world_disconnect(world);
    world_pass(world, 100);
    world_connect(world, version_of(state));
    struct told_list list = told(world);
    assert_in_range(list.count, 2, 4);
    assert_as_signed(&list, list.count);
    free(list.items);
    world_free(world);
}

/* --- limits
 * -------------------------------------------------------------------------------------------------------------------------- */

/* A text no message may carry: the value is told, without its signature. */
static void what_is_too_long_is_told_unsigned(void **state)
{
    struct world *world = signing_world(2501, 100);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    central_forgets(world);
    charge_with_samples(world);
    struct told_list list = told(world);
    assert_int_equal(list.count, 0);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 100);
    free(list.items);
    world_free(world);
}

/* Pushed readings keep their signed values until they are used. */
static void a_pushed_value_keeps_what_was_signed(void **state)
{
    struct world *world = world_new();
    memset(&meter, 0, sizeof(meter));
    meter.data_size = 700;
    meter.key_size = 120;
    world->hardware.read_meter = NULL;
    world->settings.max_signed_bytes = 6000;
    world->settings.pushed_reading_ms = 10000;
    world_power_on(world);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    central_forgets(world);
    struct ocpp_sample samples[2];
    const struct ocpp_meter_reading reading = { samples, read_signing(1, samples, 2, world) };
    assert_int_equal(ocpp_charge_point_meter(world->cp, 1, &reading, world->now), OCPP_OK);
    memset(meter.data, '?', sizeof(meter.data) - 1); /* borrowed for the call only */
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    struct told_list list = told(world);
    fill(meter.key, meter.key_size, 0);
    assert_true(list.count >= 2);
    assert_as_signed(&list, list.count);
    free(list.items);
    world_free(world);
}

/* --- a meter that signs and takes its time ---------------------------------------------------------------------------------- */

static struct world *slow_world(enum ocpp_version version, int64_t wait_ms)
{
    struct world *world = world_new();
    memset(&meter, 0, sizeof(meter));
    meter.data_size = 700;
    meter.key_size = 120;
    world->hardware.read_meter = NULL;
    world->settings.max_signed_bytes = 6000;
    world->settings.pushed_reading_ms = 5000;
    world->settings.meter_wait_ms = wait_ms;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    world_connect(world, version);
    sign(world, "EveryMeterValue");
    central_forgets(world);
    return world;
}

/* The meter has signed, and shows |wh|. */
static void answer_signed(struct world *world, int64_t wh)
{
    struct ocpp_sample samples[2];
    world->meter_wh[1] = wh;
    const struct ocpp_meter_reading reading = { samples, read_signing(1, samples, 2, world) };
    assert_int_equal(ocpp_charge_point_meter(world->cp, 1, &reading, world->now), OCPP_OK);
    world_run(world);
}

/* Signing takes some meters half a minute: start and end wait for it, and are told with what was signed. */
static void a_signed_start_and_a_signed_end_are_waited_for(void **state)
{
    struct world *world = slow_world(version_of(state), 60000);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 40);
    assert_false(world->closed[1]);
    answer_signed(world, 500);
    assert_true(world->closed[1]);
    world_pass(world, 30);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 40);
    answer_signed(world, 777);
    unplug(world, 1);
    assert_int_equal(the_session(world)->meter_start, 500);
    assert_int_equal(the_session(world)->meter_stop, 777);
    struct told_list list = told(world);
    assert_as_signed(&list, list.count);
    assert_true(has_context(&list, "Transaction.Begin"));
    assert_true(has_context(&list, "Transaction.End"));
    free(list.items);
    world_free(world);
}

/* A meter that never answers costs the signature, not the transaction. */
static void a_meter_that_never_signs_ends_no_transaction_and_loses_none(void **state)
{
    struct world *world = slow_world(version_of(state), 60000);
    answer_signed(world, 500);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_pass(world, 30);
    card(world, 1, "TAG");
    world_pass(world, 59);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 2);
    unplug(world, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_start, 500);
    assert_int_equal(the_session(world)->meter_stop, 500);
    struct told_list list = told(world);
    assert_false(has_context(&list, "Transaction.End"));
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    free(list.items);
    world_free(world);
}

/* The power goes while the end waits for its signature, and later comes without a link: the transaction ends once, with the last
 * that is known. */
static void power_that_goes_while_the_end_is_being_signed_costs_no_transaction(void **state)
{
    struct world *world = slow_world(version_of(state), 60000);
    answer_signed(world, 500);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 30);
    card(world, 1, "TAG");
    world_pass(world, 20);
    world_disconnect(world);
    world_power_back(world, 10);
    unplug(world, 1);
    world_connect(world, version_of(state));
    world_pass(world, 120);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_start, 500);
    assert_int_equal(the_session(world)->meter_stop, 500);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    struct told_list list = told(world);
    assert_as_signed(&list, list.count);
    free(list.items);
    world_free(world);
}

/* The link is lost while the end is being signed: what was signed is told when it is back. */
static void a_link_that_is_lost_while_the_end_is_being_signed_loses_no_signature(void **state)
{
    struct world *world = slow_world(version_of(state), 60000);
    answer_signed(world, 500);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 30);
    card(world, 1, "TAG");
    world_disconnect(world);
    world_pass(world, 30);
    answer_signed(world, 777);
    unplug(world, 1);
    world_connect(world, version_of(state));
    world_pass(world, 60);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 777);
    struct told_list list = told(world);
    assert_as_signed(&list, list.count);
    assert_true(has_context(&list, "Transaction.End"));
    free(list.items);
    world_free(world);
}

/* One byte of what was stored goes bad: the value is told without its signature, the transaction is not harmed. */
static void what_went_bad_is_told_unsigned(void **state)
{
    struct world *world = signing_world(700, 120);
    world_connect(world, version_of(state));
    sign(world, "EveryMeterValue");
    world_disconnect(world);
    central_forgets(world);
    charge_with_samples(world);
    for (int i = 0; i < 8; i++) {
        char key[64];
        for (int number = 0; number < 32; number++) {
            snprintf(key, sizeof(key), "signed/00000001%08x/0", (unsigned)number);
            const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
            assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
            snprintf(key, sizeof(key), "signed/00000001%08x/1", (unsigned)number);
            const struct ocpp_change bad = { .kind = OCPP_CHANGE_PUT, .key = key, .value = "rubbish", .size = 7 };
            assert_int_equal(world->memory->write(&bad, 1, NULL, NULL, world->memory->user), OCPP_OK);
        }
    }
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(samples_and_the_end_are_told_as_signed),
        IN_EACH_VERSION(the_key_is_told_as_often_as_is_asked),
        IN_EACH_VERSION(the_largest_survive_a_power_cut),
        IN_EACH_VERSION(nothing_of_them_stays_when_they_were_told),
        IN_EACH_VERSION(they_go_with_a_fact_that_is_given_up),
        IN_EACH_VERSION(unasked_nothing_is_signed),
        IN_EACH_VERSION(the_end_may_be_the_only_one),
        cmocka_unit_test(values_behind_the_start_of_1_6),
        IN_EACH_VERSION(without_signing_meters_there_is_no_such_setting),
        IN_EACH_VERSION(readings_by_the_clock_are_told_as_signed),
        IN_EACH_VERSION(what_is_too_long_is_told_unsigned),
        IN_EACH_VERSION(a_pushed_value_keeps_what_was_signed),
        IN_EACH_VERSION(a_signed_start_and_a_signed_end_are_waited_for),
        IN_EACH_VERSION(a_meter_that_never_signs_ends_no_transaction_and_loses_none),
        IN_EACH_VERSION(power_that_goes_while_the_end_is_being_signed_costs_no_transaction),
        IN_EACH_VERSION(a_link_that_is_lost_while_the_end_is_being_signed_loses_no_signature),
        IN_EACH_VERSION(what_went_bad_is_told_unsigned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
