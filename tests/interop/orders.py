"""A stranger's central system orders what it likes of ocpp-sim; its own library judges our answers and what we tell of it. Each row is the
order, what its result has, and the call that follows from it."""

import charge

TOKEN = {"idToken": "ORDERS-1", "type": "ISO14443"}
LATER = "2099-01-01T00:00:00Z"
NOWHERE = "http://127.0.0.1:9/"


def variable(component, name, **value):
    return {"component": {"name": component}, "variable": {"name": name}, **value}


PERIOD = {"startPeriod": 0, "limit": 10.0, "numberPhases": 3}
PROFILE = {"stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute"}
SCHEDULE = {"chargingRateUnit": "A", "startSchedule": "2024-01-01T00:00:00Z", "chargingSchedulePeriod": [PERIOD]}
PROFILE_V16 = {"chargingProfileId": 5, **PROFILE, "chargingSchedule": SCHEDULE}
PROFILE_V201 = {"id": 5, **PROFILE, "chargingSchedule": [{"id": 1, **SCHEDULE}]}
ACCEPTED = {"status": "Accepted"}
ROOT = "\n".join((
    "-----BEGIN CERTIFICATE-----",
    "MIIBhTCCASugAwIBAgIBEDAKBggqhkjOPQQDAjApMRAwDgYDVQQKDAdFeGFtcGxl",
    "MRUwEwYDVQQDDAxJbnRlcm9wIHJvb3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAx",
    "MDEwMDAwMDBaMCkxEDAOBgNVBAoMB0V4YW1wbGUxFTATBgNVBAMMDEludGVyb3Ag",
    "cm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOqipLV2d+3hmpENlirWYlf4",
    "TwLkVETA/KGi1llms3yWFToVyy6NcohgItbCba2K4R81+POYFG7aQWmlh+lxw0aj",
    "QjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBSz",
    "NgbtFsD/t3Vt38v6UFNfyLA+NjAKBggqhkjOPQQDAgNIADBFAiEAmr1v5BmOmCne",
    "tk+DUKSrwmVsU1UQe0Gi1W7m6GFIQlICIAjzQCdR/cwzTpl3DK2jnBZtkLaQzMcs",
    "cSnA/zBQdf9X",
    "-----END CERTIFICATE-----", ""))  # signed by itself, until 2120
NO_CERTIFICATE = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab" * 32, "issuerKeyHash": "cd" * 32, "serialNumber": "1f"}
MESSAGE = {"id": 7, "priority": "NormalCycle", "message": {"format": "UTF8", "language": "en", "content": "Mind the step"}}
PRICING = {"vendorId": "org.openchargealliance.costmsg"}

ORDERS = {
    "1.6": (
        ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "30"}, ACCEPTED, None),
        ("ChangeConfiguration", {"key": "NumberOfConnectors", "value": "7"}, {"status": "Rejected"}, None),
        ("GetConfiguration", {"key": ["MeterValueSampleInterval", "NoSuchKey"]},
         {"configurationKey/0/value": "30", "unknownKey/0": "NoSuchKey"}, None),
        ("GetConfiguration", {}, {"configurationKey/9/key": ...}, None),
        ("SendLocalList", {"listVersion": 3, "updateType": "Full", "localAuthorizationList":
                           [{"idTag": "ORDERS-1", "idTagInfo": {"status": "Accepted", "expiryDate": LATER}}]}, ACCEPTED, None),
        ("GetLocalListVersion", {}, {"listVersion": 3}, None),
        ("ClearCache", {}, ACCEPTED, None),
        ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 1}, ACCEPTED,
         ("StatusNotification", {"connectorId": 1, "status": "Available"})),
        ("ReserveNow", {"connectorId": 1, "reservationId": 9, "idTag": "ORDERS-1", "expiryDate": LATER}, ACCEPTED,
         ("StatusNotification", {"connectorId": 1, "status": "Reserved"})),
        ("CancelReservation", {"reservationId": 9}, ACCEPTED, ("StatusNotification", {"connectorId": 1, "status": "Available"})),
        ("CancelReservation", {"reservationId": 9}, {"status": "Rejected"}, None),
        ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE_V16}, ACCEPTED, None),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 300, "chargingRateUnit": "A"},
         {"status": "Accepted", "chargingSchedule/chargingSchedulePeriod/0/limit": 10}, None),
        ("ClearChargingProfile", {"id": 5}, ACCEPTED, None),
        ("ClearChargingProfile", {"id": 5}, {"status": "Unknown"}, None),
        ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": ROOT}, ACCEPTED, None),
        ("InstallCertificate", {"certificateType": "ManufacturerRootCertificate", "certificate": "none"}, {"status": "Rejected"}, None),
        ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"},
         {"status": "Accepted", "certificateHashData/0/serialNumber": "10"}, None),
        ("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"}, {"status": "NotFound"}, None),
        ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, ACCEPTED, ("SignCertificate", {"csr": ...})),
        ("CertificateSigned", {"certificateChain": ROOT}, {"status": "Rejected"}, None),
        ("DeleteCertificate", {"certificateHashData": NO_CERTIFICATE}, {"status": "NotFound"}, None),
        ("UpdateFirmware", {"location": NOWHERE, "retrieveDate": "2024-01-01T00:00:00Z", "retries": 0}, {},
         ("FirmwareStatusNotification", {"status": "DownloadFailed"})),
        ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}, ACCEPTED,
         ("FirmwareStatusNotification", {"status": "DownloadFailed"})),
        ("GetDiagnostics", {"location": NOWHERE, "retries": 0}, {"fileName": ...},
         ("DiagnosticsStatusNotification", {"status": "UploadFailed"})),
        ("DataTransfer", {"vendorId": "org.example.nobody"}, {"status": "UnknownVendorId"}, None),
        ("DataTransfer", {**PRICING, "messageId": "FinalCost", "data": '{"transactionId":4711,"cost":1,"priceText":"x"}'},
         {"status": "Rejected"}, None),
        ("ChangeConfiguration", {"key": "DefaultPrice", "value": '{"priceText":"0.15 per kWh"}'}, ACCEPTED, None),
    ),
    "2.0.1": (
        ("SetVariables", {"setVariableData": [variable("SampledDataCtrlr", "TxUpdatedInterval", attributeValue="30")]},
         {"setVariableResult/0/attributeStatus": "Accepted"}, None),
        ("GetVariables", {"getVariableData": [variable("SampledDataCtrlr", "TxUpdatedInterval"), variable("Nobody", "Nothing")]},
         {"getVariableResult/0/attributeValue": "30", "getVariableResult/1/attributeStatus": "UnknownComponent"}, None),
        ("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}, ACCEPTED, ("NotifyReport", {"requestId": 1, "tbc": False})),
        ("GetReport", {"requestId": 2, "componentVariable": [variable("SampledDataCtrlr", "TxUpdatedInterval")]}, ACCEPTED,
         ("NotifyReport", {"requestId": 2, "reportData/0/variableAttribute/0/value": "30"})),
        ("SendLocalList", {"versionNumber": 3, "updateType": "Full", "localAuthorizationList":
                           [{"idToken": TOKEN, "idTokenInfo": {"status": "Accepted", "cacheExpiryDateTime": LATER}}]}, ACCEPTED, None),
        ("GetLocalListVersion", {}, {"versionNumber": 3}, None),
        ("ClearCache", {}, ACCEPTED, None),
        ("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}}, ACCEPTED,
         ("StatusNotification", {"evseId": 1, "connectorStatus": "Available"})),
        ("ReserveNow", {"id": 9, "evseId": 1, "idToken": TOKEN, "expiryDateTime": LATER}, ACCEPTED,
         ("StatusNotification", {"evseId": 1, "connectorStatus": "Reserved"})),
        ("CancelReservation", {"reservationId": 9}, ACCEPTED, ("StatusNotification", {"evseId": 1, "connectorStatus": "Available"})),
        ("CancelReservation", {"reservationId": 9}, {"status": "Rejected"}, None),
        ("SetChargingProfile", {"evseId": 1, "chargingProfile": PROFILE_V201}, ACCEPTED, None),
        ("GetChargingProfiles", {"requestId": 4, "evseId": 1, "chargingProfile": {"chargingProfilePurpose": "TxDefaultProfile"}}, ACCEPTED,
         ("ReportChargingProfiles", {"requestId": 4, "evseId": 1, "chargingProfile/0/id": 5})),
        ("GetCompositeSchedule", {"evseId": 1, "duration": 300, "chargingRateUnit": "A"},
         {"status": "Accepted", "schedule/chargingSchedulePeriod/0/limit": 10}, None),
        ("ClearChargingProfile", {"chargingProfileId": 5}, ACCEPTED, None),
        ("ClearChargingProfile", {"chargingProfileId": 5}, {"status": "Unknown"}, None),
        ("InstallCertificate", {"certificateType": "CSMSRootCertificate", "certificate": ROOT}, ACCEPTED, None),
        ("InstallCertificate", {"certificateType": "V2GRootCertificate", "certificate": "none"},
         {"status": "Rejected", "statusInfo/reasonCode": "InvalidCertificate"}, None),
        ("GetInstalledCertificateIds", {"certificateType": ["CSMSRootCertificate", "MORootCertificate"]},
         {"status": "Accepted", "certificateHashDataChain/0/certificateHashData/serialNumber": "10"}, None),
        ("GetInstalledCertificateIds", {"certificateType": ["MORootCertificate"]}, {"status": "NotFound"}, None),
        ("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"}, ACCEPTED,
         ("SignCertificate", {"csr": ..., "certificateType": "ChargingStationCertificate"})),
        ("CertificateSigned", {"certificateChain": ROOT, "certificateType": "ChargingStationCertificate"}, {"status": "Rejected"}, None),
        ("DeleteCertificate", {"certificateHashData": NO_CERTIFICATE}, {"status": "NotFound"}, None),
        ("UpdateFirmware", {"requestId": 7, "retries": 0, "firmware": {"location": NOWHERE, "retrieveDateTime": "2024-01-01T00:00:00Z"}}, ACCEPTED,
         ("FirmwareStatusNotification", {"status": "DownloadFailed", "requestId": 7})),
        ("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"}, ACCEPTED,
         ("FirmwareStatusNotification", {"status": "DownloadFailed", "requestId": 7})),
        ("GetLog", {"logType": "SecurityLog", "requestId": 6, "retries": 0, "log": {"remoteLocation": NOWHERE}},
         {"status": "Accepted", "filename": ...}, ("LogStatusNotification", {"status": "UploadFailure", "requestId": 6})),
        ("SetVariableMonitoring", {"setMonitoringData": [
            variable("CoolingSystem", "Temperature", value=20.5, type="UpperThreshold", severity=4),
            variable("Nobody", "Nothing", value=1.0, type="Delta", severity=4)]},
         {"setMonitoringResult/0/id": 1000, "setMonitoringResult/1/status": "UnknownComponent"},
         ("NotifyEvent", {"eventData/0/variableMonitoringId": 1000, "eventData/0/trigger": "Alerting"})),
        ("GetMonitoringReport", {"requestId": 7, "monitoringCriteria": ["ThresholdMonitoring"]}, ACCEPTED,
         ("NotifyMonitoringReport", {"requestId": 7, "monitor/0/variableMonitoring/1/value": 20.5})),
        ("SetMonitoringLevel", {"severity": 8}, ACCEPTED, None),
        ("ClearVariableMonitoring", {"id": [1000, 1]},
         {"clearMonitoringResult/0/status": "Accepted", "clearMonitoringResult/1/status": "Rejected"}, None),
        ("SetMonitoringBase", {"monitoringBase": "HardWiredOnly"}, ACCEPTED, None),
        ("CustomerInformation", {"requestId": 8, "report": True, "clear": False, "idToken": TOKEN}, ACCEPTED,
         ("NotifyCustomerInformation", {"requestId": 8, "seqNo": 0, "data": ...})),
        ("DataTransfer", {"vendorId": "org.example.nobody"}, {"status": "UnknownVendorId"}, None),
        ("SetDisplayMessage", {"message": MESSAGE}, ACCEPTED, None),
        ("GetDisplayMessages", {"requestId": 6}, ACCEPTED,
         ("NotifyDisplayMessages", {"requestId": 6, "messageInfo/0/id": 7, "messageInfo/0/message/content": "Mind the step"})),
        ("ClearDisplayMessage", {"id": 7}, ACCEPTED, None),
        ("GetDisplayMessages", {"requestId": 6}, {"status": "Unknown"}, None),
        ("SetVariables", {"setVariableData": [variable("TariffCostCtrlr", "TariffFallbackMessage", attributeValue="0.15 per kWh")]},
         {"setVariableResult/0/attributeStatus": "Accepted"}, None),
    ),
}


def play(station, central, traffic, says):
    charge.boots(station, traffic, says)
    for action, payload, result, then in ORDERS[says.name]:
        since = traffic.mark()
        central.peer.result(action, payload)
        traffic.accepted(traffic.expect("down", action, {}, since), result)
        if then:
            charge.expect_all(traffic, since, [then])
