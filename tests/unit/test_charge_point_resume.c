/* Transactions over a restart: ended, or held until their vehicle is seen again; at other points than the usual ones; with the
 * power going at every write; and from records of a release that knew no points. */
#include "charge_point_internal.h"
#include "station_world.h"
#include "unit.h"

#include <string.h>

enum { HOLD_S = 120 };

static struct world *world_that_resumes(enum ocpp_version version)
{
    struct world *world = world_new();
    world->settings.resume_transactions_ms = HOLD_S * 1000;
    world->settings.offline_unknown_allowed = true;
    world->settings.sample_interval_ms = 0;
    world_power_on(world);
    world_connect(world, version);
    return world;
}

static struct world *charging(enum ocpp_version version)
{
    struct world *world = world_that_resumes(version);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 400);
    central_forgets(world);
    return world;
}

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* --- held
 * -------------------------------------------------------------------------------------------------------------------------- */

static void it_goes_on_with_its_vehicle(void **state)
{
    struct world *world = charging(version_of(state));
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    assert_false(world->closed[1]);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).closed, false);
    plug(world, 1);
    charge(world, 1, 600);
    card(world, 1, "TAG");
    const struct session *session = the_session(world);
    assert_int_equal(session->started, 1);
    assert_int_equal(session->ended, 1);
    assert_int_equal(session->meter_stop - session->meter_start, 1000);
    assert_string_equal(session->reason, "Local");
    world_free(world);
}

static void it_is_told_as_a_pause(void **state)
{
    (void)state;
    struct world *world = charging(OCPP_VERSION_2_0_1);
    world_power_back(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    central_sees(world, "TransactionEvent",
                 "eventType=Updated offline=true triggerReason=ChargingStateChanged transactionInfo/chargingState=SuspendedEVSE");
    central_sees(world, "TransactionEvent",
                 "eventType=Updated offline=- triggerReason=ChargingStateChanged transactionInfo/chargingState=Charging");
    for (int i = 0; i < 4; i++) {
        assert_int_equal(the_session(world)->numbers[i], 1);
    }
    world_free(world);
}

static void it_ends_when_nobody_is_seen_in_time(void **state)
{
    struct world *world = charging(version_of(state));
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    world_pass(world, HOLD_S - 1);
    assert_int_equal(the_session(world)->ended, 0);
    world_pass(world, 2);
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    assert_int_equal(the_session(world)->meter_stop, 400);
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

static void it_ends_at_once_where_the_connector_is_empty(void **state)
{
    struct world *world = charging(version_of(state));
    world_power_back(world, 60);
    unplug(world, 1);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    assert_false(world->locked);
    world_free(world);
}

static void another_connector_is_not_its_vehicle(void **state)
{
    struct world *world = world_new();
    world->settings.resume_transactions_ms = HOLD_S * 1000;
    world->settings.connectors_per_evse = 2;
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    card(world, 1, "TAG");
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 2, true, world->now), OCPP_OK);
    world_run(world);
    assert_false(world->closed[1]);
    world_pass(world, HOLD_S + 1);
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    card(world, 1, "OTHER"); /* and now it may charge */
    assert_true(world->closed[1]);
    assert_int_equal(world->session_count, 2);
    world_free(world);
}

static void its_owner_ends_it_while_it_is_held(void **state)
{
    struct world *world = charging(version_of(state));
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "Local");
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

/* 2.0.1 B12.FR.04; 1.6 errata 3.36. A reset ends transactions: what it did not get done is not resumed. */
static void it_does_not_go_on_after_a_reset(void **state)
{
    struct world *world = charging(version_of(state));
    assert_int_equal(ocpp_cp_keep_boot_reason(world->cp, OCPP_BOOT_REASON_REMOTE_RESET), OCPP_OK);
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "Reboot");
    world_free(world);
}

static void by_default_it_ends_at_once(void **state)
{
    struct world *world = charging(version_of(state));
    world->settings.resume_transactions_ms = 0;
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->reason, "PowerLoss");
    plug(world, 1);
    assert_false(world->closed[1]);
    world_free(world);
}

/* E01.FR.02. Also one that nobody is authorised for yet. */
static void one_that_waits_for_a_card_waits_on(void **state)
{
    (void)state;
    struct world *world = world_that_resumes(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    plug(world, 1);
    world_power_back(world, 60);
    world_connect(world, OCPP_VERSION_2_0_1);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    unplug(world, 1);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "EVDisconnected");
    world_free(world);
}

/* E05.FR.02. What was refused before the restart has no energy after it. */
static void one_that_was_refused_stays_refused(void **state)
{
    struct world *world = world_that_resumes(version_of(state));
    world_set(world, "StopTransactionOnInvalidId", "false");
    world->start_status = "Invalid";
    plug(world, 1);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    plug(world, 1);
    assert_false(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* E05.FR.03. Nor does a restart give it more energy. */
static void one_that_was_refused_has_what_was_left_of_its_energy(void **state)
{
    struct world *world = world_that_resumes(version_of(state));
    world_set(world, "StopTransactionOnInvalidId", "false");
    world_set(world, "MaxEnergyOnInvalidId", "500");
    world->start_status = "Invalid";
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 400);
    world_pass(world, 20);
    world_power_back(world, 60);
    world_connect(world, version_of(state));
    plug(world, 1);
    charge(world, 1, 100);
    world_pass(world, 20);
    assert_false(world->closed[1]);
    world_free(world);
}

/* --- the power goes at every write
 * -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *start;
    const char *stop;
} points[] = {
    { "EVConnected", "EVConnected" },
    { "Authorized", "Authorized" },
    { "ParkingBayOccupancy", "ParkingBayOccupancy" },
    { "EVConnected,Authorized", "PowerPathClosed" },
    { "EnergyTransfer", "EnergyTransfer" },
};

static bool is_dark(const struct world *world)
{
    return test_storage_is_cut(world->storage);
}

static void flow(struct world *world, int64_t *energy_wh)
{
    if (!is_dark(world) && world->closed[1]) {
        world->meter_wh[1] += 250;
        *energy_wh += 250;
    }
}

static void move(struct world *world, char what)
{
    switch (what) {
    case 'b':
    case 'B':
        ocpp_charge_point_bay(world->cp, 1, what == 'b', world->now);
        break;
    case 'p':
        plug(world, 1);
        break;
    case 'P':
        unplug(world, 1);
        break;
    default:
        card(world, 1, "TAG");
        break;
    }
    world_run(world);
}

static void live(struct world *world, int64_t *energy_wh)
{
    for (const char *what = "bpcccPcpcPB"; *what != '\0' && !is_dark(world); what++) {
        move(world, *what);
        flow(world, energy_wh);
    }
}

static struct world *world_with_points(size_t i, bool resumes)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world->settings.sample_interval_ms = 0;
    world->settings.resume_transactions_ms = resumes ? HOLD_S * 1000 : 0;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", points[i].start);
    world_set(world, "TxStopPoint", points[i].stop);
    return world;
}

static unsigned writes_of(size_t i, bool has_link)
{
    int64_t energy_wh = 0;
    struct world *world = world_with_points(i, false);
    if (!has_link) {
        world_disconnect(world);
    }
    const unsigned before = test_storage_writes(world->storage);
    live(world, &energy_wh);
    const unsigned writes = test_storage_writes(world->storage) - before;
    world_free(world);
    return writes;
}

/* Everybody is told of once, and of all their energy: transactions that flow has begun in are whole, and nothing is left to tell.
 */
static void assert_whole(const struct world *world, int64_t energy_wh)
{
    int64_t told_wh = 0;
    for (size_t i = 0; i < world->session_count; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
        told_wh += world->sessions[i].meter_stop - world->sessions[i].meter_start;
    }
    assert_int_equal(told_wh, energy_wh);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(world->protocol_errors, 0);
}

static void cut(size_t i, unsigned nth, size_t keep, bool resumes, enum ocpp_version told_in)
{
    int64_t energy_wh = 0;
    struct world *world = world_with_points(i, resumes);
    if (told_in == OCPP_VERSION_1_6) {
        world_disconnect(world);
    }
    test_storage_cut(world->storage, nth, keep);
    live(world, &energy_wh);
    assert_true(is_dark(world));
    world_power_back(world, 60);
    world_connect(world, told_in);
    if (resumes) {
        plug(world, 1);
        flow(world, &energy_wh);
        unplug(world, 1);
    }
    world_pass(world, HOLD_S + 1);
    assert_whole(world, energy_wh);
    world_free(world);
}

static void cut_everywhere(bool resumes, enum ocpp_version told_in)
{
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        const unsigned writes = writes_of(i, told_in != OCPP_VERSION_1_6);
        assert_true(writes >= 8);
        for (unsigned nth = 1; nth <= writes; nth++) {
            cut(i, nth, 0, resumes, told_in);
            cut(i, nth, 1, resumes, told_in);
        }
    }
}

static void a_cut_at_any_write_leaves_whole_transactions(void **state)
{
    cut_everywhere(false, version_of(state));
}

static void a_cut_at_any_write_leaves_whole_transactions_to_resume(void **state)
{
    cut_everywhere(true, version_of(state));
}

/* --- records of the release before
 * ---------------------------------------------------------------------------------------------- */

/* What that release wrote: these tags and no others. */
struct old_fact {
    uint8_t uuid[UUID_BYTES];
    uint8_t id[UUID_BYTES];
    int64_t number;
    int32_t evse;
    int32_t connector;
    struct moment when;
    int32_t trigger;
    bool plugged;
    bool authorized;
    int32_t charging_state;
    struct token token;
    int64_t meter_wh;
};

struct old_transaction {
    uint8_t uuid[UUID_BYTES];
    int32_t evse;
    int32_t connector;
    struct token token;
    struct moment started;
    int64_t meter_start_wh;
    int64_t meter_wh;
    int64_t next_number;
    int32_t charging_state;
};

#define ROW(tag, shape, type, member) OCPP_FIELD_ROW(tag, OCPP_FIELD_##shape, struct type, member)

static const struct ocpp_field old_fact_rows[] = {
    ROW(1, BYTES, old_fact, uuid),           ROW(2, BYTES, old_fact, id),
    ROW(3, INTEGER, old_fact, number),       ROW(4, INTEGER, old_fact, evse),
    ROW(5, INTEGER, old_fact, connector),    ROW(6, INTEGER, old_fact, when.boot),
    ROW(7, INTEGER, old_fact, when.mono_ms), ROW(8, INTEGER, old_fact, when.utc_ms),
    ROW(9, INTEGER, old_fact, trigger),      ROW(10, BOOLEAN, old_fact, plugged),
    ROW(11, BOOLEAN, old_fact, authorized),  ROW(13, INTEGER, old_fact, charging_state),
    ROW(15, TEXT, old_fact, token.id),       ROW(16, INTEGER, old_fact, token.type),
    ROW(19, INTEGER, old_fact, meter_wh),
};
static const struct ocpp_layout old_fact_layout = { 2, sizeof(struct old_fact), old_fact_rows,
                                                    sizeof(old_fact_rows) / sizeof(old_fact_rows[0]) };

static const struct ocpp_field old_transaction_rows[] = {
    ROW(1, BYTES, old_transaction, uuid),
    ROW(2, INTEGER, old_transaction, evse),
    ROW(3, INTEGER, old_transaction, connector),
    ROW(4, TEXT, old_transaction, token.id),
    ROW(5, INTEGER, old_transaction, token.type),
    ROW(9, INTEGER, old_transaction, started.boot),
    ROW(10, INTEGER, old_transaction, started.mono_ms),
    ROW(11, INTEGER, old_transaction, started.utc_ms),
    ROW(12, INTEGER, old_transaction, meter_start_wh),
    ROW(13, INTEGER, old_transaction, meter_wh),
    ROW(14, INTEGER, old_transaction, next_number),
    ROW(15, INTEGER, old_transaction, charging_state),
};
static const struct ocpp_layout old_transaction_layout = { 3, sizeof(struct old_transaction), old_transaction_rows,
                                                           sizeof(old_transaction_rows) / sizeof(old_transaction_rows[0]) };

static void note_done(enum ocpp_status status, void *user)
{
    *(enum ocpp_status *)user = status;
}

static void put(struct world *world, const char *key, const struct ocpp_layout *layout, const void *object)
{
    uint8_t bytes[1024];
    enum ocpp_status done = OCPP_ERR_STATE;
    struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes };
    assert_int_equal(ocpp_record_write(layout, object, bytes, sizeof(bytes), &change.size), OCPP_OK);
    struct ocpp_storage *store = test_storage_face(world->storage);
    assert_int_equal(store->write(&change, 1, note_done, &done, store->user), OCPP_OK);
    assert_int_equal(done, OCPP_OK);
}

static void leave_old_records(struct world *world)
{
    const struct moment when = { .boot = 1, .mono_ms = 5000, .utc_ms = 1700000000000 };
    const struct old_fact fact = {
        .uuid = { 1, 2, 3 },
        .id = { 4, 5, 6 },
        .evse = 1,
        .connector = 1,
        .when = when,
        .trigger = OCPP_TRIGGER_AUTHORIZED,
        .plugged = true,
        .authorized = true,
        .charging_state = OCPP_CHARGING_STATE_EV_CONNECTED,
        .token = { "OLD", OCPP_TOKEN_ISO14443 },
        .meter_wh = 100,
    };
    const struct old_transaction transaction = {
        .uuid = { 1, 2, 3 },
        .evse = 1,
        .connector = 1,
        .token = { "OLD", OCPP_TOKEN_ISO14443 },
        .started = when,
        .meter_start_wh = 100,
        .meter_wh = 900,
        .next_number = 1,
        .charging_state = OCPP_CHARGING_STATE_CHARGING,
    };
    const struct boot_record boot = { .number = 1 };
    put(world, "boot", &boot_layout, &boot);
    put(world, "queue/0000000100000000", &old_fact_layout, &fact);
    put(world, "transaction/0001", &old_transaction_layout, &transaction);
}

static void old_records_are_told_and_ended(void **state)
{
    struct world *world = world_new();
    leave_old_records(world);
    world->meter_wh[1] = 950;
    world_power_on(world);
    world_connect(world, version_of(state));
    const struct session *session = the_session(world);
    assert_int_equal(session->started, 1);
    assert_int_equal(session->ended, 1);
    assert_string_equal(session->reason, "PowerLoss");
    assert_string_equal(session->token, "OLD");
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void old_records_are_resumed(void **state)
{
    struct world *world = world_new();
    world->settings.resume_transactions_ms = HOLD_S * 1000;
    leave_old_records(world);
    world->meter_wh[1] = 950;
    world_power_on(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    assert_true(world->closed[1]);
    card(world, 1, "OLD");
    assert_int_equal(the_session(world)->ended, 1);
    assert_string_equal(the_session(world)->reason, "Local");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(it_goes_on_with_its_vehicle),
        cmocka_unit_test(it_is_told_as_a_pause),
        IN_EACH_VERSION(it_ends_when_nobody_is_seen_in_time),
        IN_EACH_VERSION(it_ends_at_once_where_the_connector_is_empty),
        IN_EACH_VERSION(another_connector_is_not_its_vehicle),
        IN_EACH_VERSION(its_owner_ends_it_while_it_is_held),
        IN_EACH_VERSION(it_does_not_go_on_after_a_reset),
        IN_EACH_VERSION(by_default_it_ends_at_once),
        cmocka_unit_test(one_that_waits_for_a_card_waits_on),
        IN_EACH_VERSION(one_that_was_refused_stays_refused),
        IN_EACH_VERSION(one_that_was_refused_has_what_was_left_of_its_energy),
        IN_EACH_VERSION(a_cut_at_any_write_leaves_whole_transactions),
        IN_EACH_VERSION(a_cut_at_any_write_leaves_whole_transactions_to_resume),
        IN_EACH_VERSION(old_records_are_told_and_ended),
        IN_EACH_VERSION(old_records_are_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
