/* The store over the years: what the first release wrote is read, any record may go bad, and a smaller queue loses nothing. */
#include "station_world.h"
#include "store_of_first_release.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- the store of the first release --------------------------------------------------------------------------------------------
 */

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t size = 0;
    for (; hex[2 * size] != '\0'; size++) {
        const char pair[] = { hex[2 * size], hex[2 * size + 1], '\0' };
        bytes[size] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return size;
}

static void put(struct world *world, const char *key, const void *bytes, size_t size)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes, .size = size };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

static const struct stored_record *records_of(enum ocpp_version version, size_t *count)
{
    *count = version == OCPP_VERSION_1_6 ? COUNT_OF(first_release_v16) : COUNT_OF(first_release_v201);
    return version == OCPP_VERSION_1_6 ? first_release_v16 : first_release_v201;
}

/* A station with the store of the first release, not switched on yet. */
static struct world *with_old_store(enum ocpp_version version)
{
    struct world *world = world_new();
    size_t count;
    const struct stored_record *records = records_of(version, &count);
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[4096];
        put(world, records[i].key, bytes, bytes_of(records[i].hex, bytes));
    }
    world->settings.evse_count = 3;
    world->settings.offline_unknown_allowed = true;
    world->version = version;
    world->central_utc_ms += 500000;
    return world;
}

static const struct session *session_with(const struct world *world, const char *token)
{
    for (size_t i = 0; i < world->session_count; i++) {
        if (strcmp(world->sessions[i].token, token) == 0) {
            return &world->sessions[i];
        }
    }
    fail_msg("no session of %s", token);
    return NULL;
}

/* peers: upgrades that break the stored state. */
static void what_the_first_release_stored_is_read_and_told(void **state)
{
    struct world *world = with_old_store(version_of(state));
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 0);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_connect(world, version_of(state));
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    if (world_is_old(world)) {
        world->next_number = 2;
        central_sees(world, "MeterValues", "connectorId=1 transactionId=2");
        central_sees(world, "StopTransaction", "idTag=LATE meterStop=333");
        central_sees(world, "StopTransaction", "transactionId=2 meterStop=430 reason=PowerLoss transactionData=(2)");
    } else {
        central_sees(world, "TransactionEvent", "eventType=Updated seqNo=5 offline=true");
        central_sees(world, "TransactionEvent", "eventType=Ended seqNo=7 transactionInfo/stoppedReason=PowerLoss");
    }
    const struct session *late = session_with(world, "LATE");
    assert_int_equal(late->started, 1);
    assert_int_equal(late->ended, 1);
    assert_int_equal(late->meter_stop - late->meter_start, 222);
    assert_string_equal(late->started_at, "2023-11-14T22:18:36.000Z");
    assert_int_equal(world->shown[3], OCPP_CONNECTOR_UNAVAILABLE);
    assert_int_equal(world->shown[2], OCPP_CONNECTOR_AVAILABLE);
    world_free(world);
}

static void settings_of_the_first_release_hold(void **state)
{
    struct world *world = with_old_store(version_of(state));
    world->boot_interval = 0; /* the boot says nothing of it */
    world_power_on(world);
    world_connect(world, version_of(state));
    if (world_is_old(world)) {
        assert_string_equal(
            value_of(central_asks(world, "GetConfiguration", "{'key':['HeartbeatInterval']}"), "configurationKey/0/value"),
            "777");
        assert_string_equal(
            value_of(central_asks(world, "GetConfiguration", "{'key':['StopTxnSampledData']}"), "configurationKey/0/value"),
            "Energy.Active.Import.Register,Power.Active.Import");
    } else {
        assert_string_equal(value_of(central_asks(world, "GetVariables",
                                                  "{'getVariableData':[{'component':{'name':'OCPPCommCtrlr'},"
                                                  "'variable':{'name':'HeartbeatInterval'}}]}"),
                                     "getVariableResult/0/attributeValue"),
                            "777");
    }
    world_free(world);
}

/* --- records that go bad
 * --------------------------------------------------------------------------------------------------------- */

static void live_a_little(struct world *world, enum ocpp_version version)
{
    world_connect(world, version);
    assert_int_equal(ocpp_charge_point_view(world->cp).registration, OCPP_REGISTRATION_ACCEPTED);
    world_pass(world, 400);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    const size_t before = world->session_count;
    plug(world, 2);
    card(world, 2, "AFTERWARDS");
    charge(world, 2, 77);
    card(world, 2, "AFTERWARDS");
    const struct session *session = session_with(world, "AFTERWARDS");
    assert_true(world->session_count > before);
    assert_int_equal(session->started, 1);
    assert_int_equal(session->ended, 1);
    assert_int_equal(session->meter_stop - session->meter_start, 77);
}

/* With |bytes| instead of the record |at|: it is set aside and reported, the station works, and so it does after the next start.
 */
static void assert_survives(enum ocpp_version version, const struct stored_record *record, const uint8_t *bytes, size_t size)
{
    struct world *world = with_old_store(version);
    world->next_number = 2;
    put(world, record->key, bytes, size);
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 1);
    live_a_little(world, version);
    world_power_off(world);
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 1);
    world_free(world);
}

static void spoil_every_byte(enum ocpp_version version, const struct stored_record *record)
{
    uint8_t bytes[4096];
    const size_t size = bytes_of(record->hex, bytes);
    for (size_t i = 0; i < size; i += every()) {
        bytes[i] ^= (uint8_t)(1 << i % 8);
        assert_survives(version, record, bytes, size);
        bytes[i] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t cut = 0; cut < size; cut += every()) {
        assert_survives(version, record, bytes, cut);
    }
}

/* peers: file system corrupt. One record of each kind, every byte of it. */
static void any_byte_of_any_kind_of_record_may_go_bad_and_the_station_works(void **state)
{
    size_t count;
    const struct stored_record *records = records_of(version_of(state), &count);
    char last[16] = "";
    for (size_t i = 0; i < count; i++) {
        char kind[16];
        snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(records[i].key, "/"), records[i].key);
        if (strcmp(kind, last) != 0) {
            spoil_every_byte(version_of(state), &records[i]);
        }
        strcpy(last, kind);
    }
}

static void all_records_at_once_may_go_bad(void **state)
{
    struct world *world = with_old_store(version_of(state));
    size_t count;
    const struct stored_record *records = records_of(version_of(state), &count);
    for (size_t i = 0; i < count; i++) {
        put(world, records[i].key, "rubbish", 7);
    }
    world_power_on(world);
    /* all but what was told of a transaction and what dates it: with its records gone both are of no use */
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, count - 2);
    live_a_little(world, version_of(state));
    world_free(world);
}

/* Of what goes bad for years 64 are kept: a store must not fill with what it lost. */
static void what_cannot_be_read_is_kept_within_bounds(void **state)
{
    (void)state;
    struct world *world = world_new();
    for (int i = 0; i < 100; i++) {
        char key[OCPP_KEY_SIZE];
        snprintf(key, sizeof(key), "queue/%016x", i + 1);
        put(world, key, "rubbish", 7);
    }
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).corrupt_records, 64);
    world_connect(world, OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_free(world);
}

/* --- a smaller queue
 * --------------------------------------------------------------------------------------------------------------- */

static void charge_offline(struct world *world, const char *token)
{
    plug(world, 1);
    card(world, 1, token);
    charge(world, 1, 10);
    world_pass(world, 120);
    card(world, 1, token);
    unplug(world, 1);
}

static void a_smaller_queue_keeps_all_there_is_and_takes_no_more_updates(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    for (int i = 0; i < 5; i++) {
        charge_offline(world, "TAG");
    }
    plug(world, 1);
    card(world, 1, "LAST"); /* and one runs when the power goes */
    charge(world, 1, 10);
    const size_t before = ocpp_charge_point_view(world->cp).queued_records;
    assert_true(before > 15);
    world_power_off(world);
    world->settings.max_queued_records = 4;
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, before + 1); /* its end had its place */
    charge_offline(world, "MORE");
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, before + 1); /* start and end took the place of updates */
    assert_true(ocpp_charge_point_view(world->cp).dropped_records > 2);
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 7);
    for (size_t i = 0; i < world->session_count; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
        assert_int_equal(world->sessions[i].meter_stop - world->sessions[i].meter_start, 10);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void a_queue_made_smaller_and_larger_again_loses_nothing(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    for (int i = 0; i < 5; i++) {
        charge_offline(world, "TAG");
    }
    world_power_off(world);
    world->settings.max_queued_records = 4;
    world_power_on(world);
    charge_offline(world, "NEXT");
    world_power_off(world);
    world->settings.max_queued_records = 1000;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(world->session_count, 6);
    world_free(world);
}

/* What was to make room stays in its place where the write came to nothing: nothing of it is found at the next start, when its
 * transaction is long over. */
static void a_write_that_is_lost_gives_nothing_up(void **state)
{
    struct world *world = world_new();
    world->settings.max_queued_records = 6;
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    world_connect(world, version_of(state));
    world_set(world, "MeterValueSampleInterval", "60");
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "TAG");
    for (int minute = 0; minute < 20 && ocpp_charge_point_view(world->cp).dropped_records == 0; minute++) {
        world_pass(world, 60);
    }
    const size_t dropped = ocpp_charge_point_view(world->cp).dropped_records;
    assert_int_equal(dropped, 1);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    world_pass(world, 60);
    world_connect(world, version_of(state));
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 5);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_power_off(world);
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(what_the_first_release_stored_is_read_and_told),
        IN_EACH_VERSION(settings_of_the_first_release_hold),
        IN_EACH_VERSION(any_byte_of_any_kind_of_record_may_go_bad_and_the_station_works),
        IN_EACH_VERSION(all_records_at_once_may_go_bad),
        cmocka_unit_test(what_cannot_be_read_is_kept_within_bounds),
        IN_EACH_VERSION(a_smaller_queue_keeps_all_there_is_and_takes_no_more_updates),
        cmocka_unit_test(a_queue_made_smaller_and_larger_again_loses_nothing),
        IN_EACH_VERSION(a_write_that_is_lost_gives_nothing_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
