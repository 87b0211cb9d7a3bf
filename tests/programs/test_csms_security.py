#!/usr/bin/env python3
"""test_csms_security.py CSMS: ocpp-csms with security profiles 0 to 3 over real sockets, against stations that are what they say and such that
are not. The CA is the openssl command line."""

import os
import shutil
import signal
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402
from csms import Csms, Refused, Station, misuse, scratch, until  # noqa: E402
from pki import LONG_AGO, Pki  # noqa: E402

PASSWORD = "0123456789abcdef-SECRET"
SUITES = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-GCM-SHA384")
VERSIONS = ("1.6", "2.0.1", "2.1")

PKI = Pki()
PKI.ca("ca")
PKI.ca("maker")
PKI.ca("stranger")
PKI.issue("ecdsa", "ca", "/O=Operator/CN=localhost", use="server")
PKI.issue("rsa", "ca", "/O=Operator/CN=localhost", kind="rsa", use="server")
PKI.issue("pile", "ca", "/O=Operator/CN=SERIAL-1")
PKI.issue("pile_rsa", "ca", "/O=Operator/CN=SERIAL-1", kind="rsa")
PKI.issue("other_pile", "ca", "/O=Operator/CN=SERIAL-2")
PKI.issue("named", "ca", "/O=Operator/CN=PILE-1")
PKI.issue("owned_by_others", "ca", "/O=Somebody/CN=SERIAL-1")
PKI.issue("factory", "maker", "/O=Maker/CN=SERIAL-1")
PKI.issue("expired", "ca", "/O=Operator/CN=SERIAL-1", when=LONG_AGO)
PKI.issue("foreign", "stranger", "/O=Operator/CN=SERIAL-1")
SERVER = [option for name in ("ecdsa", "rsa") for option in ("--tls-cert", PKI.file(f"{name}.pem"), "--tls-key", PKI.file(f"{name}.key"))]
CLIENTS = ("--client-ca", PKI.file("ca.pem"))


def secure(binary, *options, listen=("wss://127.0.0.1:0",), **how):
    return Csms(binary, "--http", "127.0.0.1:0", *SERVER, *options, listen=listen, **how)


def registered(csms, **settings):
    csms.rest.put("/api/stations/PILE-1", settings)
    return csms


def status_of(connect):
    """What a handshake is refused with; 0: it does not come so far, or ends without an answer."""
    try:
        connect()
    except Refused as refusal:
        return refusal.status
    except (OSError, rawws.Gone):
        return 0
    raise AssertionError("it was let in")


def works(csms, version, **how):
    """Steps every one of these cases ends with: a boot that is accepted, and what its connectors do."""
    station = csms.station("PILE-1", version, **how)
    assert station.boot()["status"] == "Accepted"
    if version == "1.6":
        assert station.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"}) == {}
        return station
    time = "2026-01-01T00:00:00Z"
    assert station.call("StatusNotification", {"timestamp": time, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}) == {}
    data = {"eventId": 1, "timestamp": time, "trigger": "Delta", "actualValue": "Available", "eventNotificationType": "HardWiredNotification",
            "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}}, "variable": {"name": "AvailabilityState"}}
    assert station.call("NotifyEvent", {"generatedAt": time, "seqNo": 0, "eventData": [data]}) == {}
    return station


# --- passwords ----------------------------------------------------------------------------------------------------------------------

# TC_A_01_CSMS; TC_085_CSMS; A00.FR.202, FR.207, FR.301, FR.324. With security profile 1 and 2.
def test_a_station_with_its_name_and_password_is_let_in(binary):
    with registered(Csms(binary), secret=PASSWORD, minProfile=1) as csms:
        for version in VERSIONS:
            works(csms, version, password=PASSWORD).close()
    with registered(secure(binary, "--security-profile", "2"), secret=PASSWORD) as csms:
        for version in VERSIONS:
            works(csms, version, password=PASSWORD, context=PKI.client()).close()
        assert csms.rest.get("/api/stations/PILE-1/security-profile")["securityProfile"] == 2


# TC_A_02_CSMS; A00.FR.204, FR.303. The name has to be the identity, in full; somebody else's is no better.
def test_a_station_with_another_name_is_refused(binary):
    for csms, how in ((Csms(binary), {}), (secure(binary), {"context": PKI.client()})):
        with registered(csms, secret=PASSWORD):
            csms.rest.put("/api/stations/PILE-2", {"secret": PASSWORD})
            for name in ("PILE-1Invalid", "PILE-2", "pile-1", ""):
                wire, line, headers = rawws.station(csms.port, "PILE-1", "ocpp2.0.1", rawws.basic(name, PASSWORD), **how)
                assert line.split()[1] == "401" and headers["www-authenticate"].startswith("Basic"), name
                assert wire.is_gone()


# TC_A_03_CSMS; A00.FR.204, FR.207. Also that of another station, none, and an empty one.
def test_a_station_with_a_wrong_password_is_refused(binary):
    for csms, how in ((Csms(binary), {}), (secure(binary), {"context": PKI.client()})):
        with registered(csms, secret=PASSWORD):
            csms.rest.put("/api/stations/PILE-2", {"secret": "another password of 2"})
            for wrong in ("another password of 2", PASSWORD + "x", PASSWORD[:-1], "", None):
                assert status_of(lambda w=wrong: csms.station("PILE-1", password=w, **how)) == 401
            works(csms, "2.0.1", password=PASSWORD, **how).close()


# TC_A_09_CSMS; TC_073_CSMS; A01.FR.02. The order goes out, the station says Accepted, and the new one alone is good from then on.
def test_a_new_password_is_given_and_the_old_one_is_gone(binary):
    with registered(Csms(binary), secret=PASSWORD) as csms:
        for version, secret in (("1.6", "a new password for 1.6"), ("2.0.1", "a new password for 2.0.1")):
            station = csms.station("PILE-1", version, password=PASSWORD)
            station.boot()
            give_password(csms, station, secret, "Accepted")
            csms.rest.put("/api/stations/PILE-1", {"secret": secret})
            station.close()
            assert status_of(lambda: csms.station("PILE-1", version, password=PASSWORD)) == 401
            works(csms, version, password=secret).close()
            csms.rest.put("/api/stations/PILE-1", {"secret": PASSWORD})


# TC_A_10_CSMS; A01.FR.04. Refused by the station: the old one goes on.
def test_a_new_password_that_is_refused_changes_nothing(binary):
    with registered(Csms(binary), secret=PASSWORD) as csms:
        for version in ("1.6", "2.0.1"):
            station = csms.station("PILE-1", version, password=PASSWORD)
            station.boot()
            give_password(csms, station, "a new password, unwanted", "Rejected")
            station.close()
            works(csms, version, password=PASSWORD).close()


def give_password(csms, station, secret, status):
    """The operator's order and the station's answer."""
    if station.version == "1.6":
        action, payload = "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret.encode().hex()}
        answer = {"status": status}
    else:
        place = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
        action, payload = "SetVariables", {"setVariableData": [{**place, "attributeValue": secret}]}
        answer = {"setVariableResult": [{**place, "attributeStatus": status}]}
    asking = rawws.threading.Thread(target=lambda: csms.rest.post("/api/stations/PILE-1/call", {"action": action, "payload": payload}))
    asking.start()
    name, heard = station.next_call(action)
    assert heard == payload
    station.answer(name, answer)
    asking.join(rawws.LIMIT_S)


# --- what the server shows ------------------------------------------------------------------------------------------------------------

def suites_are_served(csms, version, **how):
    for suite in SUITES:
        station = works(csms, version, context=PKI.client(ciphers=suite, name=how.get("name")), **{k: v for k, v in how.items() if k != "name"})
        assert station.wire.sock.cipher()[0] == suite and station.wire.sock.version() == "TLSv1.2"
        text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=ssl.DER_cert_to_PEM_cert(station.wire.sock.getpeercert(True)),
                              capture_output=True, text=True, check=True).stdout
        assert "Serial Number:" in text and "CN = localhost" in text, text
        assert "Public-Key: (2048 bit)" in text or "Public-Key: (256 bit)" in text
        station.close()


# TC_A_04_CSMS; TC_086_CSMS; A00.FR.306, FR.307, FR.312, FR.313, FR.318.
def test_a_station_is_served_over_tls_with_each_suite_of_the_standard(binary):
    with registered(secure(binary), secret=PASSWORD) as csms:
        for version in VERSIONS:
            suites_are_served(csms, version, password=PASSWORD)
            works(csms, version, password=PASSWORD, context=PKI.client()).close()


# TC_A_06_CSMS; A00.FR.314, FR.315, FR.417, FR.418. And it is told who asked for less.
def test_tls_below_1_2_ends_the_connection(binary):
    with registered(secure(binary, log="text"), secret=PASSWORD) as csms:
        for newest in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            old = PKI.client()
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, newest
            assert status_of(lambda c=old: csms.station("PILE-1", "2.0.1", password=PASSWORD, context=c)) == 0
        works(csms, "2.0.1", password=PASSWORD, context=PKI.client(newest=ssl.TLSVersion.TLSv1_2)).close()
        until(lambda: "unsupported protocol, from 127.0.0.1" in csms.complaint(), "the line about who it was")
        assert 'ocpp_csms_handshakes_refused_total{reason="tls"} 2' in csms.rest.ask("GET", "/metrics").text


# --- certificates of stations ---------------------------------------------------------------------------------------------------------

# TC_A_07_CSMS; TC_087_CSMS; A00.FR.403, FR.404, FR.405, FR.409, FR.410, FR.416, FR.421. Of both kinds, with each suite.
def test_a_station_with_its_certificate_is_let_in(binary):
    with registered(secure(binary, *CLIENTS, "--organization", "Operator", "--security-profile", "3"), serial="SERIAL-1") as csms:
        for name in ("pile", "pile_rsa"):
            suites_are_served(csms, "2.0.1", name=name)
            for version in VERSIONS:
                works(csms, version, context=PKI.client(name)).close()
        assert csms.rest.get("/api/stations/PILE-1/security-profile")["securityProfile"] == 3


# TC_A_08_CSMS; A00.FR.404, FR.405, FR.407. An unknown CA, one that has expired, the name of another station; and the right one is let in again.
def test_a_station_with_a_certificate_that_is_not_good_is_refused(binary):
    with registered(secure(binary, *CLIENTS, "--organization", "Operator"), serial="SERIAL-1", minProfile=3) as csms:
        csms.rest.put("/api/stations/PILE-2", {"serial": "SERIAL-2", "minProfile": 3})
        for name, status in (("foreign", 0), ("expired", 0), ("other_pile", 403), ("named", 403), ("owned_by_others", 403), (None, 403)):
            for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                assert status_of(lambda n=name, v=newest: csms.station("PILE-1", "2.0.1", context=PKI.client(n, newest=v))) == status, name
            works(csms, "2.0.1", context=PKI.client("pile")).close()
        # his own identity with somebody else's certificate, and the other way round
        assert status_of(lambda: csms.station("PILE-2", "2.0.1", context=PKI.client("pile"))) == 403
        csms.station("PILE-2", "2.0.1", context=PKI.client("other_pile")).close()


# peers: certificate not bound to the station identity. Where no serial number is registered, or where it is wanted so, the name is the identity.
def test_a_certificate_may_name_the_identity(binary):
    with secure(binary, *CLIENTS, "--accept-unknown") as csms:
        works(csms, "2.0.1", context=PKI.client("named")).close()
        assert status_of(lambda: csms.station("PILE-2", "2.0.1", context=PKI.client("named"))) == 403
        assert csms.rest.ask("GET", "/api/stations/PILE-2").status == 404  # who proves nothing does not fill the register
    with registered(secure(binary, *CLIENTS, "--common-name", "identity"), serial="SERIAL-1") as csms:
        assert status_of(lambda: csms.station("PILE-1", "2.0.1", context=PKI.client("pile"))) == 403
        works(csms, "2.0.1", context=PKI.client("named")).close()


# A00.FR.404, FR.406: its maker's certificate is good until it has the operator's.
def test_organizations_that_are_trusted_are_a_list(binary):
    both = PKI.join("both", "ca.pem", "maker.pem")
    with registered(secure(binary, "--client-ca", both, "--organization", "Operator", "--organization", "Maker"), serial="SERIAL-1") as csms:
        works(csms, "1.6", context=PKI.client("factory")).close()
        works(csms, "1.6", context=PKI.client("pile")).close()
        assert status_of(lambda: csms.station("PILE-1", context=PKI.client("owned_by_others"))) == 403


# B01.FR.11, FR.12. Another serial number than the certificate's: no answer that would do, and the connection is closed.
def test_a_boot_with_another_serial_number_is_hung_up_on(binary):
    with registered(secure(binary, *CLIENTS, log="text"), serial="SERIAL-1") as csms:
        events = csms.rest.events()
        for version in VERSIONS:
            station = csms.station("PILE-1", version, context=PKI.client("pile"))
            answer = station.call(*boot_of(version, "SERIAL-2"))
            assert answer[0] == "SecurityError", answer
            assert station.wire.read_close() == 1008
            station.close()
            station = csms.station("PILE-1", version, context=PKI.client("pile"))
            assert station.call(*boot_of(version, "SERIAL-1"))["status"] == "Accepted"
            station.close()
        assert events.next("security")[1]["type"] == "InvalidChargingStationCertificate"
        events.close()


def boot_of(version, serial):
    if version == "1.6":
        return "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M", "chargePointSerialNumber": serial}
    return "BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M", "serialNumber": serial}}


# --- up, and never down ---------------------------------------------------------------------------------------------------------------

# TC_A_19_CSMS; TC_083_CSMS; A05.FR.07; A00.FR.002; 1.6 security A05.FR.09. Each profile once it was used, over a restart, on whatever port.
def test_a_station_is_never_let_in_with_less_than_it_came_with(binary):
    ways = ({"port": 1}, {"port": 1, "password": PASSWORD}, {"port": 0, "password": PASSWORD, "context": PKI.client()},
            {"port": 0, "context": PKI.client("pile")})
    listen = ("wss://127.0.0.1:0", "ws://127.0.0.1:0")

    def come(csms, version, port, **how):
        station = Station(csms.ports[port], "PILE-1", version, **how)
        assert station.boot()["status"] == "Accepted"
        station.close()

    for version in VERSIONS:
        with scratch() as folder:
            store = ("--db", os.path.join(folder, "csms.db"))
            for profile, way in enumerate(ways):
                with secure(binary, *CLIENTS, *store, listen=listen) as csms:
                    registered(csms, **({}, {"secret": PASSWORD}, {}, {"serial": "SERIAL-1"})[profile])
                    for lower in ways[:max(profile - 1, 0)]:
                        assert status_of(lambda w=lower: come(csms, version, **w)) in (401, 403)
                    come(csms, version, **way)
                    for lower in ways[:profile]:
                        assert status_of(lambda w=lower: come(csms, version, **w)) in (401, 403)
                    csms.kill()  # and what it proved is kept
            with secure(binary, *CLIENTS, *store, listen=listen) as csms:
                assert csms.rest.get("/api/stations/PILE-1/security-profile")["securityProfile"] == 3
                assert status_of(lambda: come(csms, version, **ways[2])) == 403
                csms.rest.put("/api/stations/PILE-1", {})
                assert csms.rest.put("/api/stations/PILE-1/security-profile", {"securityProfile": 2})["securityProfile"] == 2
                come(csms, version, **ways[2])  # A05.FR.08: by an operator's hand
                assert status_of(lambda: come(csms, version, **ways[1])) == 403


# --- operation --------------------------------------------------------------------------------------------------------------------------

def test_certificates_are_read_again_at_sighup(binary):
    for ending in ("pem", "key"):
        shutil.copy(PKI.file(f"ecdsa.{ending}"), PKI.file(f"now.{ending}"))
    with Csms(binary, "--http", "127.0.0.1:0", "--accept-unknown", "--tls-cert", PKI.file("now.pem"), "--tls-key", PKI.file("now.key"), log="text",
              listen=("wss://127.0.0.1:0",)) as csms:
        def shown():
            station = csms.station("PILE-2", context=PKI.client())
            der = station.wire.sock.getpeercert(True)
            station.close()
            return der

        def file(name):
            with open(PKI.file(name + ".pem"), encoding="ascii") as stream:
                return ssl.PEM_cert_to_DER_cert(stream.read())

        kept = works(csms, "1.6", context=PKI.client())
        assert shown() == file("ecdsa")
        shutil.copy(PKI.file("rsa.pem"), PKI.file("now.pem"))
        csms.process.send_signal(signal.SIGHUP)
        until(lambda: "the certificates stay as they were" in csms.complaint(), "the line about a key that does not fit")
        assert shown() == file("ecdsa")
        shutil.copy(PKI.file("rsa.key"), PKI.file("now.key"))
        csms.process.send_signal(signal.SIGHUP)
        until(lambda: "certificates were read again" in csms.complaint(), "the line about new certificates")
        assert shown() == file("rsa")
        assert "currentTime" in kept.call("Heartbeat", {})
        assert csms.stop() == 0


def test_who_is_turned_away_is_told_with_the_reason(binary):
    with registered(secure(binary, *CLIENTS, log="text"), serial="SERIAL-1", secret=PASSWORD) as csms:
        status_of(lambda: csms.station("PILE-1", password="wrong", context=PKI.client()))
        status_of(lambda: csms.station("PILE-1", context=PKI.client("other_pile")))
        status_of(lambda: csms.station("PILE-9", context=PKI.client()))
        for line in ("a wrong name or password, from 127.0.0.1", "its certificate is another station's, from", "unknown station, from"):
            until(lambda: line in csms.complaint(), line)  # pylint: disable=cell-var-from-loop
        assert PASSWORD not in csms.complaint() and "wrong\n" not in csms.complaint()


def test_options_that_contradict_themselves_are_told(binary):
    wss = ("--listen", "wss://127.0.0.1:0", *SERVER)
    for options in (("--listen", "ws://127.0.0.1:0", "--security-profile", "2"), (*wss, "--security-profile", "3"), (*wss, "--crl", "x"),
                    (*wss, "--tls-cert", PKI.file("rsa.pem")), (*wss, "--organization", "O"), (*wss, "--security-profile", "4"),
                    ("--listen", "ws://127.0.0.1:0", "--crl", "x"), (*wss, *CLIENTS, "--common-name", "color")):
        code, words = misuse(binary, *options)
        assert code == 2 and len(words.strip().splitlines()) == 1, (options, words)
    code, words = misuse(binary, *wss, "--tls-cert", PKI.file("ecdsa.pem"), "--tls-key", PKI.file("ecdsa.key"))
    assert code == 1 and "already" in words, words


if __name__ == "__main__":
    rawws.run(dict(globals()), sys.argv[1])
