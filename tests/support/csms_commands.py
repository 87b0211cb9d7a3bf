"""The commands of ocpp-csms as a test gives them: a body that 1.6 can say, the call it becomes, what the station answers, and what operators see."""

TOKEN = {"id": "TAG", "type": "ISO14443"}
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "a" * 64, "issuerKeyHash": "b" * 64, "serialNumber": "1f"}
SHOWN_HASH = {"algorithm": "SHA256", "issuerNameHash": "a" * 64, "issuerKeyHash": "b" * 64, "serialNumber": "1f"}
PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
LATER = "2040-01-01T00:00:00Z"


class Command:
    def __init__(self, body, action, sent, answer=None, shown=None, accepted=True):
        self.body, self.action, self.sent = body, action, sent
        self.answer = {"status": "Accepted"} if answer is None else answer
        self.shown = {"status": self.answer.get("status", ""), **(shown or {})}
        self.accepted = accepted


COMMANDS = {
    "start": Command({"token": TOKEN, "evse": 1}, "RemoteStartTransaction", {"idTag": "TAG", "connectorId": 1}),
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
    "certificates": Command({"kind": "CSMS"}, "GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"},
                            {"status": "Accepted", "certificateHashData": [HASH]},
                            {"certificates": [{**SHOWN_HASH, "kind": "CSMS", "children": []}]}),
}
