"""The story of a charge in each version's words: what a stranger's station says, what a stranger's central system answers, and by what
marks a frame of ours is known. Facts of the standards, nothing of any library."""

import datetime
import uuid

NOW = "$now"  # in a prepared answer: the time when it is given


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def reading(watt_hours, number):
    value = {"value": number(watt_hours), "measurand": "Energy.Active.Import.Register"}
    return value


class V16:
    name, protocol, other_protocol = "1.6", "ocpp1.6", "ocpp2.0.1"
    remote_stop_action, remote_start_action = "RemoteStopTransaction", "RemoteStartTransaction"
    codes = {"missing": "OccurenceConstraintViolation", "format": "FormationViolation"}
    statuses = {"available": "Available", "plugged": "Preparing", "charging": "Charging"}
    reasons = {"remote": "Remote", "local": "Local"}

    def boot(self):
        return "BootNotification", {"chargePointVendor": "Stranger", "chargePointModel": "Peer"}

    def status(self, status):
        return "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": self.statuses[status], "timestamp": now()}

    def authorize(self, tag):
        return "Authorize", {"idTag": tag}

    def heartbeat(self):
        return "Heartbeat", {}

    def start(self, tag, _remote_start=None):
        return "StartTransaction", {"connectorId": 1, "idTag": tag, "meterStart": 0, "timestamp": now()}, None

    def start_marks(self, _own_id):
        return {}

    def transaction_id(self, _request, result):
        return result["transactionId"]

    def sample(self, transaction, watt_hours):
        value = dict(reading(watt_hours, str), unit="Wh", context="Sample.Periodic")
        return "MeterValues", {"connectorId": 1, "transactionId": transaction,
                               "meterValue": [{"timestamp": now(), "sampledValue": [value]}]}

    def stop(self, transaction, reason, watt_hours):
        return "StopTransaction", {"transactionId": transaction, "meterStop": watt_hours, "timestamp": now(),
                                   "reason": self.reasons[reason]}

    def remote_stop(self, transaction):
        return self.remote_stop_action, {"transactionId": transaction}

    def remote_start(self, tag):
        return self.remote_start_action, {"connectorId": 1, "idTag": tag}

    def central_answers(self, interval):
        accepted = {"idTagInfo": {"status": "Accepted"}}
        return {"BootNotification": {"currentTime": NOW, "interval": interval, "status": "Accepted"}, "StatusNotification": {},
                "Authorize": accepted, "StartTransaction": {"transactionId": 4711, **accepted}, "MeterValues": {},
                "StopTransaction": {}, "Heartbeat": {"currentTime": NOW}, "SecurityEventNotification": {},
                "DiagnosticsStatusNotification": {}, "FirmwareStatusNotification": {},
                "SignCertificate": {"status": "Accepted"}}

    def station_answers(self):
        return {self.remote_stop_action: {"status": "Accepted"}, self.remote_start_action: {"status": "Accepted"},
                "ChangeAvailability": {"status": "Accepted"}, "Reset": {"status": "Accepted"}, "ChangeConfiguration": {"status": "Accepted"}}

    # What a station's frames are known by: an action and marks in its payload.

    def says_status(self, status):
        return "StatusNotification", {"connectorId": 1, "status": self.statuses[status]}

    def says_authorize(self, tag):
        return "Authorize", {"idTag": tag}

    def says_start(self, tag):
        return "StartTransaction", {"connectorId": 1, "idTag": tag, "timestamp": ...}

    def says_sample(self, transaction):
        return "MeterValues", {"transactionId": transaction, "meterValue/0/sampledValue/0/value": ...}

    def says_stop(self, transaction, reason):
        return "StopTransaction", {"transactionId": transaction, "reason": self.reasons[reason], "meterStop": ...}


class V201:
    name, protocol, other_protocol = "2.0.1", "ocpp2.0.1", "ocpp1.6"
    remote_stop_action, remote_start_action = "RequestStopTransaction", "RequestStartTransaction"
    codes = {"missing": "OccurrenceConstraintViolation", "format": "FormatViolation"}
    statuses = {"available": "Available", "plugged": "Occupied", "charging": "Occupied"}
    reasons = {"remote": "Remote", "local": "Local"}
    triggers = {"remote": "RemoteStop", "local": "StopAuthorized"}

    def __init__(self):
        self.sequence = {}

    def boot(self):
        return "BootNotification", {"reason": "PowerUp", "chargingStation": {"model": "Peer", "vendorName": "Stranger"}}

    def status(self, status):
        return "StatusNotification", {"timestamp": now(), "connectorStatus": self.statuses[status], "evseId": 1, "connectorId": 1}

    def authorize(self, tag):
        return "Authorize", {"idToken": {"idToken": tag, "type": "ISO14443"}}

    def heartbeat(self):
        return "Heartbeat", {}

    def event(self, kind, trigger, transaction, info, **more):
        number = self.sequence.get(transaction, -1) + 1
        self.sequence[transaction] = number
        return "TransactionEvent", {"eventType": kind, "timestamp": now(), "triggerReason": trigger, "seqNo": number,
                                    "transactionInfo": {"transactionId": transaction, **info}, **more}

    def start(self, tag, remote_start=None):
        transaction, info, trigger = str(uuid.uuid4()), {"chargingState": "Charging"}, "Authorized"
        if remote_start is not None:
            info["remoteStartId"], trigger = remote_start["remoteStartId"], "RemoteStart"
        action, payload = self.event("Started", trigger, transaction, info, evse={"id": 1, "connectorId": 1},
                                     idToken={"idToken": tag, "type": "ISO14443"}, meterValue=self.meter_value(0))
        return action, payload, transaction

    def start_marks(self, own_id):
        return {"eventType": "Started", "transactionInfo/transactionId": own_id}

    def transaction_id(self, request, _result):
        return request["transactionInfo"]["transactionId"]

    def meter_value(self, watt_hours):
        value = dict(reading(watt_hours, float), context="Sample.Periodic", unitOfMeasure={"unit": "Wh"})
        return [{"timestamp": now(), "sampledValue": [value]}]

    def sample(self, transaction, watt_hours):
        return self.event("Updated", "MeterValuePeriodic", transaction, {"chargingState": "Charging"},
                          meterValue=self.meter_value(watt_hours))

    def stop(self, transaction, reason, watt_hours):
        return self.event("Ended", self.triggers[reason], transaction, {"stoppedReason": self.reasons[reason]},
                          meterValue=self.meter_value(watt_hours))

    def remote_stop(self, transaction):
        return self.remote_stop_action, {"transactionId": transaction}

    def remote_start(self, tag):
        return self.remote_start_action, {"evseId": 1, "remoteStartId": 17, "idToken": {"idToken": tag, "type": "ISO14443"}}

    def central_answers(self, interval):
        accepted = {"idTokenInfo": {"status": "Accepted"}}
        return {"BootNotification": {"currentTime": NOW, "interval": interval, "status": "Accepted"}, "StatusNotification": {},
                "Authorize": accepted, "TransactionEvent": accepted, "MeterValues": {}, "Heartbeat": {"currentTime": NOW},
                "SecurityEventNotification": {}, "NotifyEvent": {}, "NotifyReport": {}, "ReservationStatusUpdate": {}, "ReportChargingProfiles": {},
                "LogStatusNotification": {}, "FirmwareStatusNotification": {}, "NotifyMonitoringReport": {}, "NotifyCustomerInformation": {},
                "SignCertificate": {"status": "Accepted"}, "NotifyDisplayMessages": {}}

    def station_answers(self):
        return {self.remote_stop_action: {"status": "Accepted"}, self.remote_start_action: {"status": "Accepted"},
                "ChangeAvailability": {"status": "Accepted"}, "Reset": {"status": "Accepted"}, "ClearCache": {"status": "Accepted"}}

    def says_status(self, status):
        return "StatusNotification", {"evseId": 1, "connectorId": 1, "connectorStatus": self.statuses[status]}

    def says_authorize(self, tag):
        return "Authorize", {"idToken/idToken": tag}

    def says_start(self, tag):
        return "TransactionEvent", {"eventType": "Started", "transactionInfo/transactionId": ..., "seqNo": ...}

    def says_sample(self, transaction):
        return "TransactionEvent", {"eventType": "Updated", "transactionInfo/transactionId": transaction,
                                    "triggerReason": "MeterValuePeriodic", "meterValue/0/sampledValue/0/value": ...}

    def says_stop(self, transaction, reason):
        return "TransactionEvent", {"eventType": "Ended", "transactionInfo/transactionId": transaction,
                                    "transactionInfo/stoppedReason": self.reasons[reason]}


class V21(V201):
    """The story has no word that 2.1 changed."""
    name, protocol, other_protocol = "2.1", "ocpp2.1", "ocpp1.6"


def version_of(name):
    return {"1.6": V16, "2.0.1": V201, "2.1": V21}[name]()
