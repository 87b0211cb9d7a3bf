/* The settings of a charge point from inside and from the firmware's side: the tables, every kind of value and of mapping, what
 * is refused, what survives, and the settings that firmware brings. The official cases are in test_station_b_variables.c. */
#include "station_world.h"

#include "allocator.h"
#include "charge_point_internal.h"
#include "keys.h"
#include "text.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the tables ------------------------------------------------------------------------------------------------------------- */

static void every_row_has_a_name_of_its_own_and_sound_bounds(void **state)
{
    (void)state;
    for (int i = 0; i < VARIABLE_COUNT; i++) {
        const struct variable_row *row = ocpp_cp_variable_row((enum variable)i);
        assert_non_null(row->name);
        assert_true(row->minimum <= row->maximum);
        assert_true(row->kind >= KIND_TEXT || (row->initial >= row->minimum && row->initial <= row->maximum));
        assert_int_equal(row->component == COMPONENT_NONE, row->variable == NULL);
        assert_true(row->maximum < OCPP_VARIABLE_TEXT_SIZE || row->kind < KIND_TEXT);
        assert_true((row->words != NULL) == (row->kind == KIND_OPTION || row->kind == KIND_MEMBERS) ||
                    row->kind == KIND_SEQUENCE);
        for (int other = 0; other < i; other++) {
            const struct variable_row *before = ocpp_cp_variable_row((enum variable)other);
            assert_string_not_equal(row->name, before->name);
            const bool is_twice =
                row->component != COMPONENT_NONE && row->component == before->component &&
                strcmp(row->variable, before->variable) == 0 &&
                strcmp(row->instance == NULL ? "" : row->instance, before->instance == NULL ? "" : before->instance) == 0;
            assert_false(is_twice);
        }
    }
}

static const struct key_row *row_of(const char *key)
{
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        if (strcmp(ocpp_cp_key_row(i)->key, key) == 0) {
            return ocpp_cp_key_row(i);
        }
    }
    return NULL;
}

/* 1.6 edition 2, chapter 9. Against the list of all keys; what each may be done with. */
static void every_key_of_the_standard_is_a_row(void **state)
{
    (void)state;
    FILE *file = fopen("../shared/ocpp/config16/keys_1.6.csv", "r");
    if (file == NULL) {
        print_message("skipped: the list of keys is not there\n");
        return;
    }
    static char line[4096];
    unsigned count = 0;
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file) != NULL) {
        const bool is_quoted = line[0] == '"'; /* one has a comma in its name */
        char *key = line + is_quoted;
        char *end = strchr(key, is_quoted ? '"' : ',');
        assert_non_null(end);
        *end = '\0';
        const char *rest = end + 1 + is_quoted;
        const struct key_row *row = row_of(key);
        if (row == NULL) {
            fail_msg("%s has no row", key);
            return;
        }
        count++;
        char profile[40];
        char need[20];
        char access[40];
        assert_int_equal(sscanf(rest, "%39[^,],%19[^,],%39[^,]", profile, need, access), 3);
        if (strcmp(need, "required") == 0 && strcmp(profile, "Core") == 0) {
            assert_true(row->mapping != KEY_OF_FIRMWARE);
        }
        if (row->mapping != KEY_OF_FIRMWARE && strchr(access, ' ') == NULL) {
            const char *is = row->access == ACCESS_READ ? "R" : row->access == ACCESS_WRITE ? "W" : "RW";
            assert_string_equal(is, access);
        }
    }
    fclose(file);
    assert_int_equal(count, 71);
}

static void no_key_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        assert_true(strlen(ocpp_cp_key_row(i)->key) <= 50);
        for (size_t other = 0; other < i; other++) {
            assert_false(ocpp_text_equal_fold(ocpp_cp_key_row(i)->key, ocpp_cp_key_row(other)->key));
        }
    }
}

/* --- kinds of mapping ------------------------------------------------------------------------------------------------------- */

static struct world *running(const struct ocpp_own_setting *own, size_t count)
{
    struct world *world = world_new();
    world->settings.own_settings = own;
    world->settings.own_setting_count = count;
    world_power_on(world);
    assert_non_null(world->cp);
    return world;
}

static const char *key(struct world *world, const char *name)
{
    static char texts[4][OCPP_SETTING_TEXT_SIZE];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    snprintf(text, OCPP_SETTING_TEXT_SIZE, "(none)");
    const enum ocpp_status status = ocpp_charge_point_key_get(world->cp, name, text, OCPP_SETTING_TEXT_SIZE);
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND);
    return text;
}

static enum ocpp_status change_key(struct world *world, const char *name, const char *value)
{
    return ocpp_charge_point_key_set(world->cp, name, value, world->now);
}

static const char *variable(struct world *world, const char *component, const char *name)
{
    static char text[OCPP_SETTING_TEXT_SIZE];
    const struct ocpp_setting_name setting = { .component = component, .variable = name };
    assert_int_equal(ocpp_charge_point_setting_get(world->cp, &setting, text, sizeof(text)), OCPP_OK);
    return text;
}

static enum ocpp_status change(struct world *world, const char *component, const char *name, const char *value)
{
    const struct ocpp_setting_name setting = { .component = component, .variable = name };
    return ocpp_charge_point_setting_set(world->cp, &setting, value, world->now);
}

static void a_key_may_be_another_name_of_a_variable(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    assert_int_equal(change_key(world, "meterVALUEsampleinterval", "17"), OCPP_OK);
    assert_string_equal(variable(world, "SampledDataCtrlr", "TxUpdatedInterval"), "17");
    assert_int_equal(change(world, "sampleddatactrlr", "txupdatedINTERVAL", "18"), OCPP_OK);
    assert_string_equal(key(world, "MeterValueSampleInterval"), "18");
    world_free(world);
}

/* Errata 3.88; 1.6 edition 2, 9.1.5. */
static void a_key_may_be_converted_or_fan_out(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    assert_int_equal(change_key(world, "ClockAlignedDataInterval", "900"), OCPP_OK);
    assert_string_equal(variable(world, "AlignedDataCtrlr", "Interval"), "900");
    assert_string_equal(variable(world, "AlignedDataCtrlr", "TxEndedInterval"), "900");
    char text[OCPP_VARIABLE_TEXT_SIZE];
    ocpp_cp_key_text(world->cp, row_of("ChargingScheduleAllowedChargingRateUnit"), text);
    assert_string_equal(text, "Current,Power");
    world->cp->values[VARIABLE_FILE_PROTOCOLS] = 0x1c; /* HTTP, HTTPS, SFTP */
    ocpp_cp_key_text(world->cp, row_of("SupportedFileTransferProtocols"), text);
    assert_string_equal(text, "HTTP,HTTPS");
    assert_string_equal(variable(world, "OCPPCommCtrlr", "FileTransferProtocols"), "HTTP,HTTPS,SFTP");
    world->cp->values[VARIABLE_FILE_PROTOCOLS] = 0x10;
    ocpp_cp_key_text(world->cp, row_of("SupportedFileTransferProtocols"), text);
    assert_string_equal(text, "");
    world_free(world);
}

/* Both intervals or none, whatever the store does. */
static void a_fan_out_is_one_write(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    assert_int_equal(change_key(world, "ClockAlignedDataInterval", "900"), OCPP_OK);
    test_storage_lose(world->storage, 1, OCPP_ERR_FULL);
    assert_int_equal(change_key(world, "ClockAlignedDataInterval", "60"), OCPP_ERR_FULL);
    assert_string_equal(variable(world, "AlignedDataCtrlr", "Interval"), "900");
    assert_string_equal(variable(world, "AlignedDataCtrlr", "TxEndedInterval"), "900");
    for (size_t keep = 0; keep < 2; keep++) {
        test_storage_cut(world->storage, 1, keep);
        change_key(world, "ClockAlignedDataInterval", "30");
        world_power_back(world, 1);
        const char *expected = keep == 0 ? "900" : "30";
        assert_string_equal(variable(world, "AlignedDataCtrlr", "Interval"), expected);
        assert_string_equal(variable(world, "AlignedDataCtrlr", "TxEndedInterval"), expected);
    }
    world_free(world);
}

static void a_key_may_be_a_bound_or_worked_out(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.evse_count = 3;
    world->settings.connectors_per_evse = 2;
    world->settings.local_list_length = 77;
    world->settings.measurands = 1 << OCPP_MEASURAND_VOLTAGE | 1 << OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER;
    world_power_on(world);
    assert_string_equal(key(world, "NumberOfConnectors"), "6");
    assert_string_equal(key(world, "ConnectorPhaseRotationMaxLength"), "7");
    assert_string_equal(key(world, "LocalAuthListMaxLength"), "77");
    assert_string_equal(key(world, "MeterValuesSampledDataMaxLength"), "14");
    assert_string_equal(key(world, "MeterValuesSampledData"), "Energy.Active.Import.Register,Voltage");
    assert_int_equal(change_key(world, "MeterValuesSampledData", "Voltage"), OCPP_OK);
    assert_int_equal(change_key(world, "MeterValuesSampledData", "Voltage,SoC"), OCPP_ERR_VALUE);
    assert_int_equal(change_key(world, "LocalAuthListMaxLength", "5"), OCPP_ERR_STATE);
    assert_int_equal(change_key(world, "NumberOfConnectors", "5"), OCPP_ERR_STATE);
    world_free(world);
}

/* 1.6 edition 2, 9.1.15, 9.1.17, 9.1.25, 9.1.27; errata 3.14.4. */
static void a_list_of_measurands_may_name_phases(void **state)
{
    (void)state;
    static const char *const keys[] = { "MeterValuesSampledData", "MeterValuesAlignedData", "StopTxnSampledData",
                                        "StopTxnAlignedData", "StartTxnSampledData" };
    static const struct {
        const char *set;
        const char *told;
    } lists[] = {
        { "Voltage.L1", "Voltage.L1" },
        { "Current.Import.L1,Current.Import.N,Voltage.L1-N,Voltage.L3-L1",
          "Current.Import.L1,Current.Import.N,Voltage.L1-N,Voltage.L3-L1" },
        { " voltage.l2 , SoC,Voltage.L1,Voltage.L2", "SoC,Voltage.L1,Voltage.L2" },
        { "Voltage.L1,Voltage", "Voltage" },
        { "Energy.Active.Import.Register.L3,Current.Import", "Current.Import,Energy.Active.Import.Register.L3" },
        { "", "" },
    };
    struct world *world = running(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            assert_int_equal(change_key(world, keys[k], lists[i].set), OCPP_OK);
            assert_string_equal(key(world, keys[k]), lists[i].told);
        }
        world_power_back(world, 1);
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            assert_string_equal(key(world, keys[k]), lists[i].told);
        }
    }
    world_free(world);
}

static void a_list_with_a_wrong_phase_is_refused_whole(void **state)
{
    (void)state;
    static const char *const wrong[] = { "Voltage.L4",
                                         "Voltage,Current.Import.Unknown",
                                         "Voltage.",
                                         "Voltage.L1.L2",
                                         ".L1",
                                         "L1",
                                         "Current.L1",
                                         "SoC.L1",
                                         "Temperature.L1",
                                         "RPM.L1",
                                         "Voltage.L1,,SoC",
                                         "Unknown.L1" };
    struct world *world = running(NULL, 0);
    assert_int_equal(change_key(world, "MeterValuesSampledData", "Voltage.L2"), OCPP_OK);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(change_key(world, "MeterValuesSampledData", wrong[i]), OCPP_ERR_VALUE);
    }
    assert_string_equal(key(world, "MeterValuesSampledData"), "Voltage.L2");
    assert_int_equal(change(world, "SampledDataCtrlr", "TxEndedMeasurands", "Voltage.L1"), OCPP_ERR_VALUE); /* has no key */
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_int_equal(change_key(world, "MeterValuesSampledData", "Voltage.L3"), OCPP_ERR_STORAGE);
    assert_string_equal(key(world, "MeterValuesSampledData"), "Voltage.L2");
    world_free(world);
}

/* The longest list there is has room as a text; one member more is refused. */
static void a_list_names_so_many_phases_and_no_more(void **state)
{
    (void)state;
    char text[OCPP_VARIABLE_TEXT_SIZE] = "";
    size_t size = 0;
    struct measurands list = { .set = INT64_MAX };
    struct measurands again;
    list.phases[OCPP_MEASURAND_ENERGY_REACTIVE_EXPORT_REGISTER] = 0x7FE; /* all ten */
    list.phases[OCPP_MEASURAND_ENERGY_REACTIVE_IMPORT_REGISTER] = 3 << OCPP_PHASE_L1_L2;
    ocpp_cp_measurands_write(&list, text);
    assert_int_equal(ocpp_cp_measurands_read(text, &again), OCPP_OK);
    assert_memory_equal(again.phases, list.phases, sizeof(list.phases));
    for (int i = 1; i < MEASURAND_COUNT; i++) {
        assert_true(again.set >> i & 1);
    }
    size = strlen(text);
    snprintf(text + size, sizeof(text) - size, ",Energy.Reactive.Import.Register.L1");
    assert_int_equal(ocpp_cp_measurands_read(text, &again), OCPP_ERR_RANGE);
}

/* A key may have another access than the variable it names. Errata 3.83. */
static void a_key_may_change_what_the_device_model_only_shows(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    const struct ocpp_setting_name timeout = { .component = "OCPPCommCtrlr",
                                               .variable = "MessageTimeout",
                                               .instance = "Default" };
    assert_int_equal(ocpp_charge_point_setting_set(world->cp, &timeout, "7", world->now), OCPP_ERR_STATE);
    assert_int_equal(change_key(world, "MessageTimeout", "7"), OCPP_OK);
    world_power_back(world, 1);
    assert_string_equal(key(world, "MessageTimeout"), "7");
    world->silent_action = "BootNotification"; /* and it counts */
    world->silent_count = 1;
    world_connect(world, OCPP_VERSION_1_6);
    world_pass(world, 6);
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    world_pass(world, 70);
    assert_int_equal(central_counts(world, "BootNotification"), 2);
    world_free(world);
}

/* 1.6 edition 2, 9.1.33; errata 3.84, 3.85. */
static void a_fixed_cable_is_not_unlocked_by_any_setting(void **state)
{
    (void)state;
    static const struct ocpp_connector_settings fixed = { .fixed_cable = true };
    struct world *world = running(NULL, 0);
    assert_string_equal(key(world, "UnlockConnectorOnEVSideDisconnect"), "true");
    assert_int_equal(change_key(world, "UnlockConnectorOnEVSideDisconnect", "false"), OCPP_OK);
    world_free(world);
    world = world_new();
    world->settings.connectors = &fixed;
    world_power_on(world);
    assert_string_equal(key(world, "UnlockConnectorOnEVSideDisconnect"), "false");
    assert_int_equal(change_key(world, "UnlockConnectorOnEVSideDisconnect", "true"), OCPP_ERR_STATE);
    world_connect(world, OCPP_VERSION_1_6);
    const char *answer = central_asks(world, "GetConfiguration", "{'key':['UnlockConnectorOnEVSideDisconnect']}");
    assert_string_equal(value_of(answer, "configurationKey/0/readonly"), "true");
    world_free(world);
}

/* --- what is absent --------------------------------------------------------------------------------------------------------- */

/* 1.6 edition 2, chapter 9: a key that is not there says that its function is not. */
static void settings_of_features_the_station_lacks_do_not_exist(void **state)
{
    (void)state;
    static const char *const absent[] = { "BlinkRepeat",
                                          "AuthorizationKey",
                                          "SecurityProfile",
                                          "CpoName",
                                          "ISO15118PnCEnabled",
                                          "DefaultPrice",
                                          "SupportedFileTransferProtocols",
                                          "CertificateStoreMaxLength" };
    struct world *world = world_new();
    world->settings.local_list_length = 0;
    world->settings.cache_entries = 0;
    world_power_on(world);
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        assert_string_equal(key(world, absent[i]), "(none)");
        assert_int_equal(change_key(world, absent[i], "1"), OCPP_ERR_NOT_FOUND);
    }
    assert_string_equal(key(world, "LocalAuthListEnabled"), "(none)");
    assert_string_equal(key(world, "AuthorizationCacheEnabled"), "(none)");
    assert_null(strstr(key(world, "SupportedFeatureProfiles"), "LocalAuthListManagement"));
    assert_int_equal(change(world, "LocalAuthListCtrlr", "Enabled", "true"), OCPP_ERR_NOT_FOUND);
    world_free(world);
}

/* --- secrets ---------------------------------------------------------------------------------------------------------------- */

static char log_text[8192];

static void keep_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    strncat(log_text, line, sizeof(log_text) - strlen(log_text) - 1);
}

/* Security whitepaper, chapter 7 (AuthorizationKey); 2.0.1 A01. The station has no such feature yet: by the rows themselves. */
static void a_password_is_kept_and_told_to_the_firmware_alone(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.log = (struct ocpp_log){ .write = keep_line, .level = OCPP_LOG_DEBUG };
    world_power_on(world);
    struct ocpp_charge_point *cp = world->cp;
    const struct key_row *row = row_of("AuthorizationKey");
    assert_int_equal(ocpp_cp_key_set(cp, row, "00112233445566778899AABBCCDDEEFF"), OCPP_OK);
    assert_string_equal(ocpp_cp_variable_string(cp, VARIABLE_PASSWORD), "00112233445566778899aabbccddeeff");
    assert_int_equal(ocpp_cp_key_set(cp, row, "0011"), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_cp_key_set(cp, row, "00112233445566778899AABBCCDDEEF"), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_cp_key_set(cp, row, "no digits at all, none"), OCPP_ERR_VALUE);
    assert_int_equal(ocpp_cp_variable_set(cp, VARIABLE_PASSWORD, "too short"), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_cp_variable_set(cp, VARIABLE_PASSWORD, "0123456789abcdef"), OCPP_OK);
    assert_string_equal(ocpp_cp_variable_string(cp, VARIABLE_PASSWORD), "30313233343536373839616263646566");
    char text[OCPP_VARIABLE_TEXT_SIZE] = "?";
    ocpp_cp_variable_text(cp, VARIABLE_PASSWORD, text);
    assert_string_equal(text, "");
    ocpp_cp_key_text(cp, row, text);
    assert_string_equal(text, "");
    world_power_back(world, 1);
    assert_string_equal(ocpp_cp_variable_string(world->cp, VARIABLE_PASSWORD), "30313233343536373839616263646566");
    assert_null(strstr(log_text, "0123456789abcdef"));
    assert_null(strstr(log_text, "30313233"));
    world_free(world);
}

/* --- what is kept ----------------------------------------------------------------------------------------------------------- */

static void put_record(struct world *world, const char *name, const struct variable_record *record)
{
    uint8_t bytes[2048];
    size_t size;
    assert_int_equal(ocpp_record_write(&variable_layout, record, bytes, sizeof(bytes), &size), OCPP_OK);
    const struct ocpp_change write = { .kind = OCPP_CHANGE_PUT, .key = name, .value = bytes, .size = size };
    assert_int_equal(world->memory->write(&write, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

/* Records of the time when values were numbers only: format, kind, one field (tag 1, shape 0), checksum. */
static void records_of_old_are_read(void **state)
{
    (void)state;
    struct world *world = world_new();
    put_record(world, "variable/SampleInterval", &(struct variable_record){ .value = 33 });
    put_record(world, "variable/ConnectionTimeOut", &(struct variable_record){ .value = -5 }); /* outside of today's bounds */
    put_record(world, "variable/SampledMeasurands", &(struct variable_record){ .value = 1 << OCPP_MEASURAND_SOC });
    put_record(
        world, "variable/AlignedMeasurands",
        &(struct variable_record){ .value = 1 << OCPP_MEASURAND_VOLTAGE, .text = "Voltage.L9" }); /* no such phase any more */
    put_record(world, "variable/TimeZone", &(struct variable_record){ .text = "Europe/Oslo" });
    world_power_on(world);
    assert_string_equal(key(world, "MeterValueSampleInterval"), "33");
    assert_string_equal(key(world, "ConnectionTimeOut"), "60");
    assert_string_equal(key(world, "MeterValuesSampledData"), "SoC");
    assert_string_equal(key(world, "MeterValuesAlignedData"), "Voltage");
    world_free(world);
}

static void a_record_that_cannot_be_read_costs_the_setting_only(void **state)
{
    (void)state;
    struct world *world = world_new();
    const struct ocpp_change bent = { .kind = OCPP_CHANGE_PUT, .key = "variable/SampleInterval", .value = "bent", .size = 4 };
    assert_int_equal(world->memory->write(&bent, 1, NULL, NULL, world->memory->user), OCPP_OK);
    put_record(world, "variable/ConnectionTimeOut", &(struct variable_record){ .value = 90 });
    world_power_on(world);
    assert_string_equal(key(world, "MeterValueSampleInterval"), "60");
    assert_string_equal(key(world, "ConnectionTimeOut"), "90");
    world_free(world);
}

static void every_shape_survives_the_power(void **state)
{
    (void)state;
    static const struct {
        const char *component;
        const char *name;
        const char *value;
        const char *kept;
    } rows[] = {
        { "TxCtrlr", "EVConnectionTimeOut", "90", "90" },
        { "AuthCtrlr", "LocalPreAuthorize", "TRUE", "true" },
        { "AuthCacheCtrlr", "Policy", "fifo", "FIFO" },
        { "TxCtrlr", "TxStopPoint", "PowerPathClosed, Authorized", "Authorized,PowerPathClosed" },
        { "SampledDataCtrlr", "TxUpdatedMeasurands", "", "" },
        { "SecurityCtrlr", "OrganizationName", "Ström & Söhne", "Ström & Söhne" },
        { "AuthCtrlr", "MasterPassGroupId", "MASTER", "MASTER" },
        { "ClockCtrlr", "TimeOffset", "+02:00", "+02:00" },
        { "ClockCtrlr", "NextTimeOffsetTransitionDateTime", "2026-10-25T01:00:00Z", "2026-10-25T01:00:00Z" },
        { "ClockCtrlr", "TimeSource", "Heartbeat", "Heartbeat" },
        { "OCPPCommCtrlr", "NetworkConfigurationPriority", "1", "1" },
    };
    struct world *world = running(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(change(world, rows[i].component, rows[i].name, rows[i].value), OCPP_OK);
    }
    world_power_back(world, 5);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(variable(world, rows[i].component, rows[i].name), rows[i].kept);
    }
    world_free(world);
}

static void texts_are_bounded(void **state)
{
    (void)state;
    char text[OCPP_SETTING_TEXT_SIZE * 2];
    struct world *world = running(NULL, 0);
    memset(text, 'x', sizeof(text));
    text[64] = '\0';
    assert_int_equal(change(world, "SecurityCtrlr", "OrganizationName", text), OCPP_OK);
    text[64] = 'x';
    text[65] = '\0';
    assert_int_equal(change(world, "SecurityCtrlr", "OrganizationName", text), OCPP_ERR_LENGTH);
    text[65] = 'x';
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(change(world, "SecurityCtrlr", "OrganizationName", text), OCPP_ERR_LENGTH);
    assert_int_equal(strlen(variable(world, "SecurityCtrlr", "OrganizationName")), 64);
    assert_int_equal(change(world, "AuthCtrlr", "MasterPassGroupId", "Mäster"), OCPP_ERR_VALUE);
    char room[8];
    assert_int_equal(ocpp_charge_point_key_get(world->cp, "SupportedFeatureProfiles", room, sizeof(room)), OCPP_ERR_LENGTH);
    world_free(world);
}

/* 1.6 edition 2, 9.1.7, 9.1.8. */
static void a_phase_rotation_names_connectors_there_are(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "3.RST", "0.RSTU", "RST", "0.", ".RST", "0.RST,1.RST,2.RST,0.RST", "-1.RST", "99999999999999999999.RST"
    };
    struct world *world = world_new();
    world->settings.evse_count = 2;
    world_power_on(world);
    assert_string_equal(key(world, "ConnectorPhaseRotation"), "0.Unknown,1.Unknown,2.Unknown");
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(change_key(world, "ConnectorPhaseRotation", wrong[i]), OCPP_ERR_VALUE);
    }
    assert_int_equal(change_key(world, "ConnectorPhaseRotation", "1.RTS, 2.NotApplicable"), OCPP_OK);
    world_free(world);
    world = world_new();
    world->settings.evse_count = 64;
    world->settings.max_queued_records = 1000;
    world_power_on(world);
    assert_string_equal(key(world, "ConnectorPhaseRotation"), ""); /* too many to name them all */
    world_free(world);
}

/* 1.6 edition 2, 7.29: at most 500 characters. What 2.x may set longer is cut behind a whole member. */
static void a_list_too_long_for_a_key_is_cut(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    char all[OCPP_VARIABLE_TEXT_SIZE];
    ocpp_cp_measurands_text(INT64_MAX, all);
    assert_int_equal(change_key(world, "MeterValuesSampledData", all), OCPP_OK);
    world_connect(world, OCPP_VERSION_1_6);
    const char *answer = central_asks(world, "GetConfiguration", "{'key':['MeterValuesSampledData']}");
    const char *told = value_of(answer, "configurationKey/0/value");
    assert_true(strlen(told) <= 500 && strlen(told) > 400);
    assert_int_equal(strncmp(key(world, "MeterValuesSampledData"), told, 20), 0);
    assert_true(told[strlen(told) - 1] != ',' && told[strlen(told) - 1] != '.');
    world_free(world);
}

/* What is too much for the room of one answer is refused, and asked for by name it is told. */
static void all_keys_at_once_need_room(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.limits.max_bytes = 512;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    assert_string_equal(central_asks(world, "GetConfiguration", "{}"), "InternalError");
    const char *answer = central_asks(world, "GetConfiguration", "{'key':['NumberOfConnectors']}");
    assert_string_equal(value_of(answer, "configurationKey/0/value"), "1");
    world_free(world);
}

/* --- the connection --------------------------------------------------------------------------------------------------------- */

/* OCPP 2.0.1 part 4, 8.1 to 8.3; OCPP-J 1.6, 7. */
static void the_connection_is_kept_as_the_central_system_wants(void **state)
{
    (void)state;
    struct world *world = running(NULL, 0);
    const struct ocpp_transport own = {
        .ping_interval_ms = 1500, .retry_wait_minimum_ms = 250, .retry_random_range_ms = 3000, .retry_repeat_times = 2
    };
    ocpp_charge_point_set_transport(world->cp, &own);
    struct ocpp_transport now = ocpp_charge_point_transport(world->cp);
    assert_int_equal(now.ping_interval_ms, 1500); /* exactly, not in seconds */
    assert_int_equal(now.retry_wait_minimum_ms, 250);
    assert_int_equal(now.retry_random_range_ms, 3000);
    assert_int_equal(now.retry_repeat_times, 2);
    assert_string_equal(key(world, "WebSocketPingInterval"), "2");
    assert_string_equal(variable(world, "OCPPCommCtrlr", "RetryBackOffWaitMinimum"), "1");
    assert_int_equal(change_key(world, "WebSocketPingInterval", "0"), OCPP_OK);
    assert_int_equal(change(world, "OCPPCommCtrlr", "RetryBackOffRepeatTimes", "7"), OCPP_OK);
    assert_int_equal(change(world, "OCPPCommCtrlr", "RetryBackOffRandomRange", "20"), OCPP_OK);
    world_power_back(world, 1);
    ocpp_charge_point_set_transport(world->cp, &own);
    now = ocpp_charge_point_transport(world->cp);
    assert_int_equal(now.ping_interval_ms, 0);
    assert_int_equal(now.retry_wait_minimum_ms, 250);
    assert_int_equal(now.retry_random_range_ms, 20000);
    assert_int_equal(now.retry_repeat_times, 7);
    world_free(world);
}

/* --- settings the firmware brings ---------------------------------------------------------------------------------------------
 */

static char lamp[16] = "10";
static int asked;

static bool get_lamp(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, char *text, size_t room,
                     void *user)
{
    (void)setting;
    (void)user;
    snprintf(text, room, "%s", lamp);
    return attribute == OCPP_SETTING_ACTUAL;
}

static bool set_lamp(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, const char *text, void *user)
{
    (void)setting;
    (void)attribute;
    (void)user;
    asked++;
    snprintf(lamp, sizeof(lamp), "%s", text);
    return strcmp(text, "13") != 0;
}

static const struct ocpp_own_setting own[] = {
    { .key = "LightIntensity",
      .name = { .component = "Lamp", .variable = "Intensity" },
      .type = OCPP_SETTING_INTEGER,
      .access = OCPP_SETTING_READ_WRITE,
      .attributes = 1u << OCPP_SETTING_ACTUAL | 1u << OCPP_SETTING_TARGET,
      .unit = "Percent",
      .is_limited = true,
      .maximum = { 100, 0 },
      .get = get_lamp,
      .set = set_lamp },
    { .key = "VendorGreeting",
      .stored_as = "greeting",
      .type = OCPP_SETTING_STRING,
      .access = OCPP_SETTING_READ_WRITE,
      .length = 20,
      .initial = "Hello" },
    { .name = { .component = "Fan", .evse = 1, .variable = "Speed" },
      .stored_as = "fan",
      .type = OCPP_SETTING_DECIMAL,
      .access = OCPP_SETTING_READ_WRITE,
      .attributes = 15,
      .is_limited = true,
      .minimum = { 5, 1 },
      .maximum = { 95, 1 },
      .initial = "2.5",
      .needs_reboot = true },
    { .key = "VendorMode",
      .stored_as = "mode",
      .type = OCPP_SETTING_OPTION_LIST,
      .access = OCPP_SETTING_READ_WRITE,
      .values = "Quiet,Loud",
      .length = 10,
      .initial = "Quiet",
      .needs_reboot = true },
    { .name = { .component = "Lamp", .variable = "Problem" },
      .stored_as = "p",
      .type = OCPP_SETTING_BOOLEAN,
      .access = OCPP_SETTING_READ_ONLY,
      .initial = "true" },
    { .key = "VendorSecret",
      .stored_as = "secret",
      .type = OCPP_SETTING_STRING,
      .access = OCPP_SETTING_WRITE_ONLY,
      .length = 20 },
    { .key = "VendorColours",
      .stored_as = "colours",
      .type = OCPP_SETTING_MEMBER_LIST,
      .access = OCPP_SETTING_READ_WRITE,
      .values = "red,green",
      .length = 20 },
    { .name = { .component = "Lamp", .component_instance = "Door", .variable = "Code" },
      .stored_as = "code",
      .type = OCPP_SETTING_STRING,
      .access = OCPP_SETTING_WRITE_ONLY,
      .length = 20 },
    { .key = "VendorDate", .stored_as = "date", .type = OCPP_SETTING_DATE_TIME, .access = OCPP_SETTING_READ_WRITE },
};

static const char *asks_change(struct world *world, const char *name, const char *value)
{
    char payload[256];
    snprintf(payload, sizeof(payload), "{'key':'%s','value':'%s'}", name, value);
    return value_of(central_asks(world, "ChangeConfiguration", payload), "status");
}

static void firmware_brings_keys(void **state)
{
    (void)state;
    struct world *world = running(own, COUNT_OF(own));
    world_connect(world, OCPP_VERSION_1_6);
    static const struct {
        const char *key;
        const char *value;
        const char *status;
    } rows[] = {
        { "lightintensity", "50", "Accepted" },
        { "LightIntensity", "101", "Rejected" },
        { "LightIntensity", "13", "Rejected" },
        { "LightIntensity", "1.5", "Rejected" },
        { "VendorGreeting", "Hi", "Accepted" },
        { "VendorGreeting", "far too long to be a greeting", "Rejected" },
        { "VendorMode", "Loud", "RebootRequired" },
        { "VendorMode", "Louder", "Rejected" },
        { "VendorSecret", "s3cret", "Accepted" },
        { "VendorColours", "green, red", "Accepted" },
        { "VendorColours", "blue", "Rejected" },
        { "VendorColours", "red,,green", "Rejected" },
        { "VendorDate", "2026-01-01T00:00:00Z", "Accepted" },
        { "VendorDate", "soon", "Rejected" },
    };
    asked = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(asks_change(world, rows[i].key, rows[i].value), rows[i].status);
    }
    assert_int_equal(asked, 2); /* of what is well-formed and within bounds only */
    const char *all = central_asks(world, "GetConfiguration", "{}");
    assert_non_null(strstr(all, "VendorColours"));
    assert_null(strstr(all, "VendorSecret"));
    const char *one = central_asks(world, "GetConfiguration", "{'key':['VendorSecret']}");
    assert_string_equal(value_of(one, "configurationKey/0/key"), "VendorSecret");
    assert_string_equal(value_of(one, "configurationKey/0/value"), "");
    world_power_back(world, 1);
    assert_string_equal(key(world, "VendorGreeting"), "Hi");
    assert_string_equal(key(world, "VendorMode"), "Loud");
    assert_string_equal(key(world, "VendorSecret"), "s3cret");
    assert_string_equal(key(world, "VendorColours"), "green, red");
    world_free(world);
}

static const char *set_variable(struct world *world, const char *component, const char *name, const char *value,
                                const char *attribute)
{
    char payload[512];
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'component':%s,'variable':{'name':'%s'},'attributeValue':'%s','attributeType':'%s'}]}",
             component, name, value, attribute);
    return value_of(central_asks(world, "SetVariables", payload), "setVariableResult/0/attributeStatus");
}

static const char *get_variable(struct world *world, const char *component, const char *name, const char *attribute)
{
    char payload[512];
    snprintf(payload, sizeof(payload), "{'getVariableData':[{'component':%s,'variable':{'name':'%s'},'attributeType':'%s'}]}",
             component, name, attribute);
    const char *answer = central_asks(world, "GetVariables", payload);
    static char text[128];
    snprintf(text, sizeof(text), "%s %s", value_of(answer, "getVariableResult/0/attributeStatus"),
             value_of(answer, "getVariableResult/0/attributeValue"));
    return text;
}

/* B05.FR.06, FR.08; B06.FR.08, FR.13; B07.FR.11. */
static void firmware_brings_variables_with_their_attributes(void **state)
{
    (void)state;
    static const char fan[] = "{'name':'Fan','evse':{'id':1}}";
    static const char light[] = "{'name':'Lamp'}";
    struct world *world = running(own, COUNT_OF(own));
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(get_variable(world, fan, "Speed", "Actual"), "Accepted 2.5");
    assert_string_equal(get_variable(world, fan, "Speed", "Target"), "Accepted ");
    assert_string_equal(set_variable(world, fan, "Speed", "7.25", "Target"), "RebootRequired");
    assert_string_equal(set_variable(world, fan, "Speed", "9.6", "MaxSet"), "Rejected");
    assert_string_equal(set_variable(world, fan, "Speed", "0.4", "MinSet"), "Rejected");
    assert_string_equal(set_variable(world, fan, "Speed", "9.5", "MaxSet"), "RebootRequired");
    assert_string_equal(get_variable(world, fan, "Speed", "Target"), "Accepted 7.25");
    assert_string_equal(get_variable(world, light, "Intensity", "Target"), "Accepted ");
    assert_string_equal(get_variable(world, light, "Intensity", "MaxSet"), "NotSupportedAttributeType ");
    assert_string_equal(set_variable(world, light, "Problem", "false", "Actual"), "Rejected");
    world_power_back(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(get_variable(world, fan, "Speed", "Target"), "Accepted 7.25");
    assert_string_equal(get_variable(world, fan, "Speed", "MaxSet"), "Accepted 9.5");
    central_forgets(world);
    central_asks(world, "GetReport",
                 "{'requestId':1,'componentVariable':[{'component':{'name':'Fan'}},{'component':{'name':'Lamp'}}]}");
    world_run(world);
    const char *page = world->calls[world->call_count - 1].payload;
    assert_string_equal(value_of(page, "reportData"), "(4)");
    assert_string_equal(value_of(page, "reportData/3/component/instance"), "Door");
    assert_string_equal(value_of(page, "reportData/3/variableAttribute/0/mutability"), "WriteOnly");
    assert_string_equal(value_of(page, "reportData/3/variableAttribute/0/value"), "");
    assert_string_equal(value_of(page, "reportData/1/variableAttribute"), "(4)");
    assert_string_equal(value_of(page, "reportData/1/variableAttribute/2/type"), "MinSet");
    assert_string_equal(value_of(page, "reportData/1/variableCharacteristics/minLimit"), "0.5");
    assert_string_equal(value_of(page, "reportData/0/variableCharacteristics/unit"), "Percent");
    central_asks(world, "GetReport", "{'requestId':2,'componentCriteria':['Problem']}");
    world_run(world);
    assert_string_equal(value_of(world->calls[world->call_count - 1].payload, "reportData"), "(2)"); /* the lamp, whole */
    central_asks(world, "GetBaseReport", "{'requestId':3,'reportBase':'SummaryInventory'}");
    world_run(world);
    assert_string_equal(value_of(world->calls[world->call_count - 1].payload, "reportData"), "(4)"); /* its problem, too */
    world_free(world);
}

/* B06.FR.09; B08.FR.24, FR.25; errata 2025-09, B08.FR.03. */
static void a_secret_of_the_firmware_is_never_told(void **state)
{
    (void)state;
    static const char door[] = "{'name':'Lamp','instance':'door'}";
    struct world *world = running(own, COUNT_OF(own));
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_string_equal(set_variable(world, door, "Code", "0000", "Actual"), "Accepted");
    assert_string_equal(get_variable(world, door, "Code", "Actual"), "Rejected ");
    assert_string_equal(get_variable(world, "{'name':'Lamp'}", "Code", "Actual"), "UnknownVariable ");
    assert_string_equal(get_variable(world, "{'name':'Lamp','instance':'roof'}", "Code", "Actual"), "UnknownComponent ");
    central_forgets(world);
    central_asks(world, "GetReport", "{'requestId':1,'componentVariable':[{'component':{'name':'Lamp','instance':'Door'}}]}");
    world_run(world);
    const char *page = world->calls[world->call_count - 1].payload;
    assert_string_equal(value_of(page, "reportData"), "(1)");
    assert_null(strstr(page, "0000"));
    world_free(world);
}

/* --- telling the firmware -----------------------------------------------------------------------------------------------------
 */

static char heard[512];

static void setting_changed(const char *name_of_key, const struct ocpp_setting_name *name, void *user)
{
    (void)user;
    const size_t size = strlen(heard);
    snprintf(heard + size, sizeof(heard) - size, "%s=%s.%s ", name_of_key == NULL ? "-" : name_of_key,
             name->component == NULL ? "-" : name->component, name->variable == NULL ? "-" : name->variable);
}

static void firmware_hears_of_what_it_did_not_change_itself(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.own_settings = own;
    world->settings.own_setting_count = COUNT_OF(own);
    world->hardware.setting_changed = setting_changed;
    world_power_on(world);
    world_connect(world, OCPP_VERSION_1_6);
    heard[0] = '\0';
    assert_int_equal(change_key(world, "ConnectionTimeOut", "5"), OCPP_OK);
    assert_int_equal(change_key(world, "VendorGreeting", "Hi"), OCPP_OK);
    world_run(world);
    assert_string_equal(heard, "");
    asks_change(world, "ConnectionTimeOut", "6");
    asks_change(world, "StopTxnSampledData", "SoC");
    asks_change(world, "VendorGreeting", "Ho");
    asks_change(world, "ConnectionTimeOut", "never");
    assert_string_equal(heard, "ConnectionTimeOut=TxCtrlr.EVConnectionTimeOut StopTxnSampledData=-.- VendorGreeting=-.- ");
    heard[0] = '\0';
    asks_change(world, "ClockAlignedDataInterval", "900");
    assert_string_equal(heard, "ClockAlignedDataInterval=AlignedDataCtrlr.Interval -=AlignedDataCtrlr.TxEndedInterval ");
    world_free(world);
}

struct seen {
    int count;
    int keys;
    int places;
    bool shows_secret;
};

static bool look(const struct ocpp_setting_view *view, void *user)
{
    struct seen *seen = user;
    seen->count++;
    seen->keys += view->key != NULL;
    seen->places += view->name.evse > 0;
    seen->shows_secret = seen->shows_secret || (view->access == OCPP_SETTING_WRITE_ONLY && view->value != NULL);
    assert_true(view->key != NULL || view->name.component != NULL);
    return true;
}

static bool stop_at_third(const struct ocpp_setting_view *view, void *user)
{
    (void)view;
    return ++*(int *)user < 3;
}

static void the_list_of_settings_has_all_of_them_once(void **state)
{
    (void)state;
    struct world *world = running(own, COUNT_OF(own));
    struct seen seen = { .count = 0 };
    ocpp_charge_point_each_setting(world->cp, look, &seen);
    assert_true(seen.places >= 4 + 4 + 1);
    assert_true(seen.count > 80);
    assert_false(seen.shows_secret);
    int keys = 0;
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        keys += ocpp_cp_key_is_there(world->cp, ocpp_cp_key_row(i));
    }
    assert_int_equal(seen.keys, keys + 6);
    int visits = 0;
    ocpp_charge_point_each_setting(world->cp, stop_at_third, &visits);
    assert_int_equal(visits, 3);
    world_free(world);
}

/* --- what firmware may not bring
 * ------------------------------------------------------------------------------------------------ */

static void settings_that_are_not_sound_are_refused_at_the_start(void **state)
{
    (void)state;
    static const struct ocpp_own_setting wrong[] = {
        { .stored_as = "x", .type = OCPP_SETTING_INTEGER }, /* no name */
        { .key = "Key", .type = OCPP_SETTING_INTEGER },     /* kept nowhere */
        { .key = "Key", .stored_as = "a/b", .type = OCPP_SETTING_INTEGER },
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_STRING }, /* how long? */
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_STRING, .length = 1001 },
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_OPTION_LIST, .length = 5 }, /* of what? */
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_BOOLEAN, .initial = "maybe" },
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_BOOLEAN, .attributes = 16 },
        { .key = "HeartbeatInterval", .stored_as = "x", .type = OCPP_SETTING_INTEGER }, /* taken */
        { .key = "SecurityProfile", .stored_as = "x", .type = OCPP_SETTING_INTEGER },   /* taken, though absent */
        { .name = { .component = "TxCtrlr", .variable = "txstartpoint" }, .stored_as = "x", .type = OCPP_SETTING_INTEGER },
        { .name = { .component = "EVSE", .evse = 1, .variable = "Power" }, .stored_as = "x", .type = OCPP_SETTING_INTEGER },
        { .name = { .component = "Fan", .evse = 2, .variable = "Speed" }, .stored_as = "x", .type = OCPP_SETTING_INTEGER },
        { .name = { .component = "Fan" }, .stored_as = "x", .type = OCPP_SETTING_INTEGER },
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct world *world = world_new();
        world->settings.own_settings = &wrong[i];
        world->settings.own_setting_count = 1;
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, world->memory, world->now));
        world_free(world);
    }
    static const struct ocpp_own_setting twice[] = {
        { .key = "Key", .stored_as = "x", .type = OCPP_SETTING_INTEGER },
        { .key = "Other", .stored_as = "x", .type = OCPP_SETTING_INTEGER },
    };
    static const struct ocpp_charge_point_settings settings = {
        .evse_count = 1, .connectors_per_evse = 1, .own_settings = twice, .own_setting_count = 2
    };
    assert_string_equal(ocpp_cp_own_wrong(&settings), "own_settings: twice");
    static const struct ocpp_evse_properties nothing = { .max_power_w = 0, .supply_phases = 3 };
    struct ocpp_charge_point_settings powerless = settings;
    powerless.evse_properties = &nothing;
    assert_false(ocpp_cp_are_properties(&powerless));
}

/* --- memory and the store
 * --------------------------------------------------------------------------------------------------------- */

/* The n-th allocation fails while a full report is made: it ends or goes on later, and nothing is lost or leaks. */
static void a_report_lives_through_a_lack_of_memory(void **state)
{
    (void)state;
    bool was_reached = true;
    size_t nth = 0;
    while (was_reached) {
        struct test_allocator memory;
        test_allocator_start(&memory, 0);
        struct world *world = world_new();
        world->settings.allocator = &memory.allocator;
        world->is_starved = true;
        world_power_on(world);
        world_connect(world, OCPP_VERSION_2_0_1);
        memory.calls = 0;
        memory.fail_at = ++nth;
        central_asks(world, "GetBaseReport", "{'requestId':1,'reportBase':'FullInventory'}");
        world_pass(world, 60);
        was_reached = memory.calls >= nth;
        world_free(world);
        assert_int_equal(memory.blocks, 0);
    }
    assert_true(nth > 2);
}

static void own_settings_live_through_a_store_that_fails(void **state)
{
    (void)state;
    struct world *world = running(own, COUNT_OF(own));
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_int_equal(change_key(world, "VendorGreeting", "Hi"), OCPP_ERR_STORAGE);
    assert_string_equal(key(world, "VendorGreeting"), "Hello");
    for (size_t keep = 0; keep < 2; keep++) {
        test_storage_cut(world->storage, 1, keep);
        change_key(world, "VendorGreeting", "Hi");
        world_power_back(world, 1);
        assert_string_equal(key(world, "VendorGreeting"), keep == 0 ? "Hello" : "Hi");
    }
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_a_name_of_its_own_and_sound_bounds),
        cmocka_unit_test(every_key_of_the_standard_is_a_row),
        cmocka_unit_test(no_key_stands_twice),
        cmocka_unit_test(a_key_may_be_another_name_of_a_variable),
        cmocka_unit_test(a_key_may_be_converted_or_fan_out),
        cmocka_unit_test(a_fan_out_is_one_write),
        cmocka_unit_test(a_key_may_be_a_bound_or_worked_out),
        cmocka_unit_test(a_list_of_measurands_may_name_phases),
        cmocka_unit_test(a_list_with_a_wrong_phase_is_refused_whole),
        cmocka_unit_test(a_list_names_so_many_phases_and_no_more),
        cmocka_unit_test(a_key_may_change_what_the_device_model_only_shows),
        cmocka_unit_test(a_fixed_cable_is_not_unlocked_by_any_setting),
        cmocka_unit_test(settings_of_features_the_station_lacks_do_not_exist),
        cmocka_unit_test(a_password_is_kept_and_told_to_the_firmware_alone),
        cmocka_unit_test(records_of_old_are_read),
        cmocka_unit_test(a_record_that_cannot_be_read_costs_the_setting_only),
        cmocka_unit_test(every_shape_survives_the_power),
        cmocka_unit_test(texts_are_bounded),
        cmocka_unit_test(a_phase_rotation_names_connectors_there_are),
        cmocka_unit_test(a_list_too_long_for_a_key_is_cut),
        cmocka_unit_test(all_keys_at_once_need_room),
        cmocka_unit_test(the_connection_is_kept_as_the_central_system_wants),
        cmocka_unit_test(firmware_brings_keys),
        cmocka_unit_test(firmware_brings_variables_with_their_attributes),
        cmocka_unit_test(a_secret_of_the_firmware_is_never_told),
        cmocka_unit_test(firmware_hears_of_what_it_did_not_change_itself),
        cmocka_unit_test(the_list_of_settings_has_all_of_them_once),
        cmocka_unit_test(settings_that_are_not_sound_are_refused_at_the_start),
        cmocka_unit_test(a_report_lives_through_a_lack_of_memory),
        cmocka_unit_test(own_settings_live_through_a_store_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
