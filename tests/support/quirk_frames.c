/* quirk_frames.c: the rows of quirk_frames.h. */
#include "quirk_frames.h"

#define V16         OCPP_VERSION_1_6
#define V201        OCPP_VERSION_2_0_1
#define V21         OCPP_VERSION_2_1
#define QUIRK(name) OCPP_QUIRK_##name
#define TEN         "0123456789"
#define HUNDRED     TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* clang-format off */
const struct quirk_frame quirk_frames[] = {
    /* times */
    { "658ae207-02ad-4051-8ecb-51d90e8bbf21", V16, "StatusNotification", false,
      "{\"connectorId\":2,\"errorCode\":\"NoError\",\"status\":\"Preparing\",\"timestamp\":\"2024-04-26T14:35:02+02\"}",
      OCPP_ERR_DATE_TIME, "/timestamp", OCPP_OK, QUIRK(SHORT_OFFSET) },
    { "ea54de85000b4d90bba26a90ab3b7829", V16, "StatusNotification", false,
      "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Available\",\"timestamp\":\"2025-01-30T14:41:45.244665+11:00\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "156167709", V16, "StatusNotification", false, /* a clock that is two hours ahead is no matter of form */
      "{\"connectorId\":1,\"status\":\"Available\",\"errorCode\":\"NoError\",\"timestamp\":\"2999-05-10T16:05:33Z\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "8afaaa50-12c7-11ef-8012-0c8629738129", V16, "Authorize", true,
      "{\"idTagInfo\":{\"expiryDate\":\"2024-05-15T14:34:31.2351101+00:00\",\"status\":\"Accepted\"}}", OCPP_OK, "", OCPP_OK, 0 },
    { "1000001", V16, "BootNotification", true,
      "{\"status\":\"Accepted\",\"currentTime\":\"2023-11-28T19:40:22.2973429+01:00\",\"interval\":300}", OCPP_OK, "", OCPP_OK, 0 },
    { "210", V16, "BootNotification", true,
      "{\"currentTime\":\"2022-02-02T13:33:27.864437+00:00\",\"interval\":3600,\"status\":\"Accepted\"}", OCPP_OK, "", OCPP_OK, 0 },
    { "317097467", V16, "Heartbeat", true, "{\"currentTime\":\"2021-03-17T19:24:56.096082\"}",
      OCPP_ERR_DATE_TIME, "/currentTime", OCPP_OK, QUIRK(NO_ZONE) },
    { "r2", V16, "RemoteStartTransaction", false,
      "{\"idTag\":\"a\",\"chargingProfile\":{\"chargingProfileId\":1,\"stackLevel\":0,\"chargingProfilePurpose\":\"TxDefaultProfile\","
      "\"chargingProfileKind\":\"Recurring\",\"chargingSchedule\":{\"startSchedule\":\"2013-01-01T00:00Z\",\"chargingRateUnit\":\"A\","
      "\"chargingSchedulePeriod\":[{\"startPeriod\":0,\"limit\":7}]}}}",
      OCPP_ERR_DATE_TIME, "/chargingProfile/chargingSchedule/startSchedule", OCPP_OK, QUIRK(NO_SECONDS) },

    /* text */
    { "s1", V16, "StatusNotification", false, "{\"connectorId\":0,\"errorCode\":\"NoError\",\"info\":\"null\",\"status\":\"Available\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "382238659", V16, "StatusNotification", false,
      "{\"info\":\"\",\"vendorErrorCode\":\"\",\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"SuspendedEVSE\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "6a6709c5000009ab09a2", V16, "BootNotification", false, "{\"chargePointModel\":\"m\",\"chargePointVendor\":\"\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "2004910888", V16, "BootNotification", false, "{\"chargePointVendor\":\"v\",\"chargePointModel\":\"m\",\"iccid\":\"\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "11", V16, "BootNotification", false, "{\"chargePointModel\":\"" TEN TEN "123\",\"chargePointVendor\":\"v\"}",
      OCPP_ERR_LENGTH, "/chargePointModel", OCPP_OK, QUIRK(OVERLONG_TEXT) },
    { "x3", V16, "GetConfiguration", true,
      "{\"configurationKey\":[{\"key\":\"k\",\"readonly\":false,\"value\":\"" HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED "1\"}]}",
      OCPP_ERR_LENGTH, "/configurationKey/0/value", OCPP_OK, QUIRK(OVERLONG_TEXT) },
    { "a4fe9db3-cdd6-4801-ab6d-a9fa2f2fc224", V16, "GetConfiguration", true,
      "{\"configurationKey\":[{\"key\":\"StationPassword\",\"readonly\":false,\"value\":\"LetMeIn!\"}]}", OCPP_OK, "", OCPP_OK, 0 },

    /* types */
    { "x1", V16, "GetConfiguration", true,
      "{\"configurationKey\":[{\"key\":\"a\",\"readonly\":0,\"value\":\"60\"},{\"key\":\"b\",\"readonly\":1}]}",
      OCPP_ERR_TYPE, "/configurationKey/0/readonly", OCPP_OK, QUIRK(NUMBER_AS_BOOLEAN) },
    { "41810", V16, "MeterValues", false,
      "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2022-06-01T00:00:00Z\",\"sampledValue\":[{\"value\":0.0}]}]}",
      OCPP_ERR_TYPE, "/meterValue/0/sampledValue/0/value", OCPP_OK, QUIRK(NUMBER_AS_TEXT) },
    { "c1", V16, "ChangeConfiguration", false, "{\"key\":\"HeartbeatInterval\",\"value\":60}",
      OCPP_ERR_TYPE, "/value", OCPP_OK, QUIRK(NUMBER_AS_TEXT) },
    { NULL, V16, "UnlockConnector", false, "{\"connectorId\":\"1\"}", OCPP_ERR_TYPE, "/connectorId", OCPP_OK, QUIRK(TEXT_AS_NUMBER) },
    { "661eb557000000570056", V16, "MeterValues", false,
      "{\"connectorId\":1,\"meterValue\":{\"timestamp\":\"2024-04-16T17:28:55.000Z\",\"sampledValue\":[{\"value\":\"0.00\"}]}}",
      OCPP_ERR_TYPE, "/meterValue", OCPP_OK, QUIRK(OBJECT_AS_LIST) },
    { NULL, V16, "StatusNotification", false,
      "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Available\",\"info\":null}",
      OCPP_ERR_TYPE, "/info", OCPP_OK, QUIRK(NULL_AS_ABSENT) },

    /* lists and samples */
    { "40eccea5-54b6-4fc3-94ce-86c229d3283e", V16, "GetConfiguration", true, "{\"unknownKey\":[]}", OCPP_OK, "", OCPP_OK, 0 },
    { "31", V16, "MeterValues", false,
      "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2022-03-29T19:15:37Z\",\"sampledValue\":[]}]}", OCPP_OK, "", OCPP_OK, 0 },
    { NULL, V201, "MeterValues", false, "{\"evseId\":1,\"meterValue\":[]}", OCPP_ERR_TOO_FEW, "/meterValue", OCPP_OK, QUIRK(EMPTY_LIST) },
    { "927612902", V16, "MeterValues", false,
      "{\"meterValue\":[{\"timestamp\":\"2021-03-17T19:24:54Z\",\"sampledValue\":[{\"value\":\"2e+01\"}]}],\"connectorId\":1}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "669842954", V16, "MeterValues", false,
      "{\"meterValue\":[{\"timestamp\":\"2024-12-20T16:02:16Z\",\"sampledValue\":[{\"value\":\"\"}]}],\"connectorId\":1}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "5430689", V16, "MeterValues", false, /* a register that falls back is for who settles, not for who reads */
      "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2022-02-04T05:29:17.000Z\",\"sampledValue\":[{\"value\":\"895\"}]}]}",
      OCPP_OK, "", OCPP_OK, 0 },

    /* enumerations */
    { "28240181849166013077", V16, "StatusNotification", false, "{\"connectorId\":0,\"errorCode\":\"Error\",\"status\":\"Faulted\"}",
      OCPP_ERR_VALUE, "/errorCode", OCPP_OK, QUIRK(UNKNOWN_ENUM) },
    { "hz1", V16, "MeterValues", false,
      "{\"connectorId\":1,\"meterValue\":[{\"timestamp\":\"2025-03-12T12:35:37Z\",\"sampledValue\":["
      "{\"value\":\"14\",\"measurand\":\"Temperature\",\"unit\":\"Celsius\"},{\"value\":\"49.97\",\"measurand\":\"Frequency\",\"unit\":\"Hz\"}]}]}",
      OCPP_ERR_VALUE, "/meterValue/0/sampledValue/1/unit", OCPP_OK, QUIRK(UNKNOWN_ENUM) },
    { NULL, V16, "StatusNotification", false, "{\"connectorId\":1,\"errorCode\":\"NoError\",\"status\":\"Faultd\"}",
      OCPP_ERR_VALUE, "/status", OCPP_OK, QUIRK(MISSING_ENUM) },
    { "m405", V201, "TransactionEvent", false,
      "{\"eventType\":\"Updated\",\"seqNo\":3,\"timestamp\":\"2025-03-10T00:00:00Z\",\"transactionInfo\":{\"transactionId\":\"t1\"}}",
      OCPP_ERR_MISSING_MEMBER, "/triggerReason", OCPP_OK, QUIRK(MISSING_ENUM) },

    /* names */
    { "tp0", V201, "TransactionEvent", false,
      "{\"transactionData\":{\"id\":\"x\"},\"eventType\":\"Started\",\"timestamp\":\"2022-07-16T12:59:35Z\","
      "\"triggerReason\":\"CablePluggedIn\",\"seqNo\":0}",
      OCPP_ERR_UNKNOWN_MEMBER, "/transactionData", OCPP_OK, QUIRK(LEGACY_NAMES) },
    { "19223201", V16, "BootNotification", true,
      "{\"status\":\"Accepted\",\"currentTime\":\"2013-02-01T20:53:32.486Z\",\"heartbeatInterval\":300}",
      OCPP_ERR_UNKNOWN_MEMBER, "/heartbeatInterval", OCPP_OK, QUIRK(LEGACY_NAMES) },
    { NULL, V16, "Heartbeat", false, "{\"bogus\":true}", OCPP_ERR_UNKNOWN_MEMBER, "/bogus", OCPP_OK, QUIRK(UNKNOWN_MEMBER) },

    /* answers that say no */
    { "2410947932", V16, "GetCompositeSchedule", true,
      "{\"status\":\"Rejected\",\"connectorId\":0,\"chargingSchedule\":{\"duration\":0,\"chargingSchedulePeriod\":[],"
      "\"startSchedule\":\"0\",\"chargingRateUnit\":\"\"},\"scheduleStart\":\"0\"}",
      OCPP_ERR_DATE_TIME, "/chargingSchedule/startSchedule", OCPP_OK, QUIRK(JUNK_IN_REJECTED) },

    /* what is right, though people stumble over it */
    { "h-stop", V16, "StopTransaction", false,
      "{\"meterStop\":51880,\"timestamp\":\"2024-05-15T14:29:41Z\",\"transactionId\":-1,\"reason\":\"DeAuthorized\"}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "e495", V16, "StopTransaction", false, "{\"meterStop\":100,\"timestamp\":\"2024-02-26T10:14:46Z\",\"transactionId\":-1}",
      OCPP_OK, "", OCPP_OK, 0 },
    { "b81b0376", V16, "SetChargingProfile", false, /* Relative is wrong here; the charge point answers Rejected */
      "{\"connectorId\":0,\"csChargingProfiles\":{\"chargingProfileId\":8,\"stackLevel\":6,\"chargingProfileKind\":\"Relative\","
      "\"chargingProfilePurpose\":\"ChargePointMaxProfile\",\"chargingSchedule\":{\"chargingRateUnit\":\"A\","
      "\"chargingSchedulePeriod\":[{\"startPeriod\":0,\"limit\":10.0}]}}}", OCPP_OK, "", OCPP_OK, 0 },
    { "a3148555-744a-49b5-bb26-2c4261ab4358", V16, "TriggerMessage", false,
      "{\"requestedMessage\":\"StatusNotification\",\"connectorId\":0}", OCPP_OK, "", OCPP_OK, 0 },
    { "2e22b2f9-df12-4665-b782-40e9f7933768", V16, "Heartbeat", false, "{}", OCPP_OK, "", OCPP_OK, 0 },
    { "fx1", V201, "StatusNotification", false,
      "{\"timestamp\":\"2026-07-30T00:00:00Z\",\"connectorStatus\":\"Available\",\"evseId\":0,\"connectorId\":0}", OCPP_OK, "", OCPP_OK, 0 },

    /* what nobody can make sense of: the moment the samples count from is not there */
    { "19223201", V21, "NotifyPeriodicEventStream", false,
      "{\"id\":123,\"pending\":0,\"data\":[{\"t\":\"2024-08-27T12:30:40Z\",\"v\":\"230.4\"}]}",
      OCPP_ERR_TYPE, "/data/0/t", OCPP_ERR_TYPE, 0 },
};
/* clang-format on */

const size_t quirk_frame_count = sizeof quirk_frames / sizeof quirk_frames[0];
