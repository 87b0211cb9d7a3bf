"""The commands of ocpp-csms as a test gives them: a body that 1.6 can say, the call it becomes, what the station answers, and what operators see."""

TOKEN = {"id": "TAG", "type": "ISO14443"}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "a" * 64, "issuerKeyHash": "b" * 64, "serialNumber": "1f"}
SHOWN_HASH = {"algorithm": "SHA256", "issuerNameHash": "a" * 64, "issuerKeyHash": "b" * 64, "serialNumber": "1f"}
PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
LATER = "2040-01-01T00:00:00Z"


class Command:
    def __init__(self, body, action, sent, answer=None, shown=None, accepted=True, version="1.6"):
        self.body, self.action, self.sent, self.version = body, action, sent, version
        self.answer = {"status": "Accepted"} if answer is None else answer
        self.shown = {"status": self.answer.get("status", ""), **(shown or {})}
        self.accepted = accepted


COMMANDS = {
    "start": Command({"token": TOKEN, "evse": 1, "limit": {"id": 4, "purpose": "Transaction", "kind": "Relative", "unit": "A",
                                                           "periods": [{"start_s": 0, "limit": 10}]}}, "RemoteStartTransaction",
                     {"idTag": "TAG", "connectorId": 1, "chargingProfile": {
                         "chargingProfileId": 4, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
                         "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}]}}}),
    "stop": Command({"transaction": "1"}, "RemoteStopTransaction", {"transactionId": 1}),
    "unlock": Command({"evse": 1, "connector": 1}, "UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"}),
    "reset": Command({"immediately": True}, "Reset", {"type": "Hard"}),
    "trigger": Command({"message": "Heartbeat", "evse": 1}, "TriggerMessage", {"requestedMessage": "Heartbeat", "connectorId": 1}),
    "availability": Command({"operative": False, "evse": 2}, "ChangeAvailability", {"connectorId": 2, "type": "Inoperative"},
                            {"status": "Scheduled"}),
    "reserve": Command({"id": 7, "token": TOKEN, "expires": LATER, "evse": 1, "group": "G"}, "ReserveNow",
                       {"reservationId": 7, "idTag": "TAG", "connectorId": 1, "parentIdTag": "G", "expiryDate": "2040-01-01T00:00:00.000Z"},
                       {"status": "Occupied"}, accepted=False),
    "cancel": Command({"id": 7}, "CancelReservation", {"reservationId": 7}),
    "clear-cache": Command({}, "ClearCache", {}),
    "list-version": Command({}, "GetLocalListVersion", {}, {"listVersion": 4}, {"listVersion": 4}),
    "list": Command({"version": 5, "whole": False, "entries": [
        {"token": TOKEN, "status": "Accepted", "group": "G", "expires": LATER}, {"token": {"id": "GONE"}, "removed": True}]}, "SendLocalList",
        {"listVersion": 5, "updateType": "Differential", "localAuthorizationList": [
            {"idTag": "TAG", "idTagInfo": {"status": "Accepted", "parentIdTag": "G", "expiryDate": "2040-01-01T00:00:00.000Z"}}, {"idTag": "GONE"}]},
        {"status": "VersionMismatch"}, accepted=False),
    "setting": Command({"key": "HeartbeatInterval", "value": "60"}, "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"},
                       {"status": "RebootRequired"}),
    "change-settings": Command({"changes": [{"component": "A", "variable": "X", "value": "1"}, {"component": "B", "evse": 1, "variable": "Y", "value": ""}]},
                               "SetVariables", {"setVariableData": [
                                   {"attributeValue": "1", "component": {"name": "A"}, "variable": {"name": "X"}},
                                   {"attributeValue": "", "component": {"name": "B", "evse": {"id": 1}}, "variable": {"name": "Y"}}]},
                               {"setVariableResult": [
                                   {"attributeStatus": "RebootRequired", "component": {"name": "A"}, "variable": {"name": "X"}},
                                   {"attributeStatus": "Rejected", "component": {"name": "B", "evse": {"id": 1}}, "variable": {"name": "Y"}}]},
                               {"status": "Rejected", "settings": [
                                   {"component": "A", "variable": "X", "status": "RebootRequired", "readonly": False},
                                   {"component": "B", "evse": 1, "variable": "Y", "status": "Rejected", "readonly": False}]},
                               accepted=False, version="2.0.1"),
    "network-profile": Command({"slot": 1, "url": "wss://csms.example/ocpp", "version": "2.0.1", "securityProfile": 2, "interface": "Wireless0",
                                "apn": {"name": "internet", "user": "u", "password": "secret", "simPin": 1234, "authentication": "PAP"},
                                "vpn": {"server": "vpn.example", "user": "v", "group": "g", "password": "hidden", "key": "k", "kind": "IPSec"}},
                               "SetNetworkProfile", {"configurationSlot": 1, "connectionData": {
                                   "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": "wss://csms.example/ocpp", "messageTimeout": 30,
                                   "securityProfile": 2, "ocppInterface": "Wireless0",
                                   "apn": {"apn": "internet", "apnUserName": "u", "apnPassword": "secret", "simPin": 1234, "apnAuthentication": "PAP"},
                                   "vpn": {"server": "vpn.example", "user": "v", "group": "g", "password": "hidden", "key": "k", "type": "IPSec"}}},
                               {"status": "Failed"}, accepted=False, version="2.0.1"),
    "settings": Command({"names": [{"key": "A"}, {"key": "B"}]}, "GetConfiguration", {"key": ["A", "B"]},
                        {"configurationKey": [{"key": "A", "readonly": True, "value": "1"}], "unknownKey": ["B"]},
                        {"settings": [{"key": "A", "status": "Accepted", "value": "1", "readonly": True},
                                      {"key": "B", "status": "UnknownKey", "readonly": False}]}),
    "limit": Command({"id": 3, "evse": 1, "stackLevel": 2, "purpose": "Default", "kind": "Daily", "start": LATER, "duration_s": 3600, "unit": "A",
                      "minRate": 6, "validFrom": LATER, "validTo": "2041-01-01T00:00:00Z",
                      "periods": [{"start_s": 0, "limit": 16.5, "phases": 3}, {"start_s": 60, "limit": 0}]}, "SetChargingProfile",
                     {"connectorId": 1, "csChargingProfiles": {
                         "chargingProfileId": 3, "stackLevel": 2, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Recurring",
                         "recurrencyKind": "Daily", "validFrom": "2040-01-01T00:00:00.000Z", "validTo": "2041-01-01T00:00:00.000Z",
                         "chargingSchedule": {"startSchedule": "2040-01-01T00:00:00.000Z", "duration": 3600, "chargingRateUnit": "A",
                                              "minChargingRate": 6, "chargingSchedulePeriod": [
                                                  {"startPeriod": 0, "limit": 16.5, "numberPhases": 3}, {"startPeriod": 60, "limit": 0}]}}}),
    "profile": Command({"id": 5, "evse": 1, "purpose": "Transaction", "transaction": "T-1", "kind": "Relative", "schedules": [
        {"id": 1, "unit": "W", "duration_s": 600, "periods": [{"start_s": 0, "limit": 11000}]},
        {"id": 2, "unit": "A", "minRate": 6, "periods": [{"start_s": 0, "limit": 16}, {"start_s": 60, "limit": 8}]}]}, "SetChargingProfile",
        {"evseId": 1, "chargingProfile": {
            "id": 5, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative", "transactionId": "T-1",
            "chargingSchedule": [
                {"id": 1, "duration": 600, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]},
                {"id": 2, "chargingRateUnit": "A", "minChargingRate": 6,
                 "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}, {"startPeriod": 60, "limit": 8}]}]}}, version="2.0.1"),
    "profiles": Command({"evse": 1, "purpose": "Default", "sources": ["CSO", "EMS"], "requestId": 8}, "GetChargingProfiles",
                        {"requestId": 8, "evseId": 1, "chargingProfile": {"chargingProfilePurpose": "TxDefaultProfile", "chargingLimitSource": ["EMS", "CSO"]}},
                        {"status": "NoProfiles"}, {"requestId": 8}, accepted=False, version="2.0.1"),
    "clear-limits": Command({"purpose": "Default", "evse": 1, "stackLevel": 2}, "ClearChargingProfile",
                            {"chargingProfilePurpose": "TxDefaultProfile", "connectorId": 1, "stackLevel": 2}, {"status": "Unknown"}, accepted=False),
    "composite-schedule": Command({"duration_s": 600, "evse": 1, "unit": "W"}, "GetCompositeSchedule",
                                  {"connectorId": 1, "duration": 600, "chargingRateUnit": "W"},
                                  {"status": "Accepted", "connectorId": 1, "scheduleStart": LATER, "chargingSchedule": {
                                      "duration": 600, "chargingRateUnit": "W", "chargingSchedulePeriod": [
                                          {"startPeriod": 0, "limit": 1100.5, "numberPhases": 1}]}},
                                  {"schedule": {"start": "2040-01-01T00:00:00.000Z", "duration_s": 600, "unit": "W",
                                                "periods": [{"start_s": 0, "limit": 1100.5, "phases": 1}]}}),
    "firmware": Command({"url": "https://files.example/1.bin", "requestId": 9, "retrieve": LATER, "install": LATER, "certificate": PEM,
                         "signature": "AAAA", "retries": 2, "retryInterval_s": 60}, "SignedUpdateFirmware",
                        {"requestId": 9, "retries": 2, "retryInterval": 60, "firmware": {
                            "location": "https://files.example/1.bin", "retrieveDateTime": "2040-01-01T00:00:00.000Z",
                            "installDateTime": "2040-01-01T00:00:00.000Z", "signingCertificate": PEM, "signature": "AAAA"}},
                        {"status": "Accepted"}, {"requestId": 9}),
    "log": Command({"url": "https://files.example/logs/", "kind": "Security", "requestId": 10, "oldest": LATER, "latest": LATER, "retries": 1,
                    "retryInterval_s": 30}, "GetLog",
                   {"logType": "SecurityLog", "requestId": 10, "retries": 1, "retryInterval": 30, "log": {
                       "remoteLocation": "https://files.example/logs/", "oldestTimestamp": "2040-01-01T00:00:00.000Z",
                       "latestTimestamp": "2040-01-01T00:00:00.000Z"}},
                   {"status": "Accepted", "filename": "security.log"}, {"requestId": 10, "fileName": "security.log"}),
    "send-certificate": Command({"chain": PEM, "use": "Station"}, "CertificateSigned", {"certificateChain": PEM}),
    "install-root": Command({"root": "CSMS", "pem": PEM}, "InstallCertificate",
                            {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}),
    "delete-certificate": Command(SHOWN_HASH, "DeleteCertificate", {"certificateHashData": HASH}),
    "delete-vehicle-certificate": Command(SHOWN_HASH, "DeleteCertificate", {"certificateHashData": HASH}, {"status": "NotFound"}, accepted=False,
                                          version="2.0.1"),
    "certificates": Command({"kind": "CSMS"}, "GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"},
                            {"status": "Accepted", "certificateHashData": [HASH]},
                            {"certificates": [{**SHOWN_HASH, "kind": "CSMS", "children": []}]}),
    "base-report": Command({"base": "Full"}, "GetBaseReport", {"reportBase": "FullInventory"}, version="2.0.1"),
    "report": Command({"criteria": ["Active", "Problem"], "names": [{"component": "EVSE", "evse": 1}], "requestId": 6}, "GetReport",
                      {"requestId": 6, "componentCriteria": ["Active", "Problem"],
                       "componentVariable": [{"component": {"name": "EVSE", "evse": {"id": 1}}}]}, {"status": "EmptyResultSet"}, {"requestId": 6},
                      accepted=False, version="2.0.1"),
    "monitoring-report": Command({"criteria": ["Delta"], "names": []}, "GetMonitoringReport", {"monitoringCriteria": ["DeltaMonitoring"]},
                                 version="2.0.1"),
    "customer": Command({"report": True, "clear": False, "token": TOKEN}, "CustomerInformation",
                        {"report": True, "clear": False, "idToken": {"idToken": "TAG", "type": "ISO14443"}},
                        version="2.0.1"),
    "transaction-status": Command({"transaction": "T-1"}, "GetTransactionStatus", {"transactionId": "T-1"},
                                  {"ongoingIndicator": True, "messagesInQueue": False}, {"ongoing": True, "messagesInQueue": False}, version="2.0.1"),
    "monitoring-base": Command({"base": "FactoryDefault"}, "SetMonitoringBase", {"monitoringBase": "FactoryDefault"}, version="2.0.1"),
    "monitoring-level": Command({"severity": 3}, "SetMonitoringLevel", {"severity": 3}, version="2.0.1"),
    "monitors": Command({"monitors": [{"component": "EVSE", "evse": 1, "variable": "Power", "type": "UpperThreshold", "value": 11.5, "severity": 4}]},
                        "SetVariableMonitoring",
                        {"setMonitoringData": [{"value": 11.5, "type": "UpperThreshold", "severity": 4,
                                                "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}]},
                        {"setMonitoringResult": [{"id": 12, "status": "Accepted", "type": "UpperThreshold", "severity": 4,
                                                  "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}]},
                        {"status": "Accepted", "monitors": [{"status": "Accepted", "id": 12, "component": "EVSE", "evse": 1, "variable": "Power"}]},
                        version="2.0.1"),
    "clear-monitors": Command({"ids": [12]}, "ClearVariableMonitoring", {"id": [12]}, {"clearMonitoringResult": [{"id": 12, "status": "NotFound"}]},
                              {"status": "NotFound"}, accepted=False, version="2.0.1"),
    "publish-firmware": Command({"url": "https://files.example/1.bin", "checksum": "a" * 32, "requestId": 9}, "PublishFirmware",
                                {"requestId": 9, "location": "https://files.example/1.bin", "checksum": "a" * 32}, None, {"requestId": 9},
                                version="2.0.1"),
    "unpublish-firmware": Command({"checksum": "a" * 32}, "UnpublishFirmware", {"checksum": "a" * 32}, {"status": "NoFirmware"}, accepted=False,
                                  version="2.0.1"),
    "display-message": Command({"id": 3, "text": "Hello", "priority": "InFront", "state": "Idle", "format": "UTF8", "language": "en", "starts": LATER,
                        "ends": "2041-01-01T00:00:00Z"}, "SetDisplayMessage",
                       {"message": {"id": 3, "priority": "InFront", "state": "Idle", "startDateTime": "2040-01-01T00:00:00.000Z",
                                    "endDateTime": "2041-01-01T00:00:00.000Z",
                                    "message": {"format": "UTF8", "language": "en", "content": "Hello"}}}, version="2.0.1"),
    "display-messages": Command({"ids": [3], "priority": "InFront", "requestId": 10}, "GetDisplayMessages",
                        {"requestId": 10, "id": [3], "priority": "InFront"}, {"status": "Unknown"}, {"requestId": 10}, accepted=False, version="2.0.1"),
    "clear-display-message": Command({"id": 3}, "ClearDisplayMessage", {"id": 3}, version="2.0.1"),
    "cost": Command({"transaction": "T-1", "amount": "12.50"}, "CostUpdated", {"totalCost": 12.5, "transactionId": "T-1"}, {}, {"status": ""},
                    version="2.0.1"),
    "final-cost": Command({"transaction": "1", "amount": "12.50", "text": "Thank you", "language": "en", "qrCode": "https://x.example"}, "DataTransfer",
                          None),
    "price": Command({"token": TOKEN, "text": "0.30 per kWh", "language": "en"}, "DataTransfer", None),
    "data": Command({"vendor": "com.example", "message": "hello", "data": {"a": [1, "x"]}}, "DataTransfer",
                    {"vendorId": "com.example", "messageId": "hello", "data": {"a": [1, "x"]}}, {"status": "Accepted", "data": "yes"}, {"data": "yes"},
                    version="2.0.1"),
    "sync-list": Command({"pageEntries": 10}, "GetLocalListVersion", {}, {"versionNumber": 0}, {"status": "Updated"}, version="2.0.1"),
}
