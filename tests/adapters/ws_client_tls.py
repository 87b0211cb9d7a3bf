"""The WebSocket client against servers that are not what they should be: each is refused for the right reason, and nothing of the
station's is shown to them. Usage: ws_client_tls.py PROBE"""

import base64
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402  pylint: disable=wrong-import-position
from rawws import TEXT, Listener, Program, frame  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)  # of servers that speak TLS 1.1
PROBE = sys.argv[1]
QUICK = ["wait=20", "range=0", "repeat=0", "connect=5000"]
PASSWORD = "0123456789-secret"

CA_CONFIG = """
[ca]
default_ca=own
[own]
database=index.txt
new_certs_dir=.
serial=serial.txt
default_md=sha256
policy=any
unique_subject=no
copy_extensions=copy
[any]
commonName=supplied
organizationName=optional
"""


class Authority(rawws.Certificates):
    """As in rawws, and certificates of every bad kind."""

    def __init__(self):
        super().__init__()
        for name, text in (("index.txt", ""), ("serial.txt", "1000\n"), ("ca.cnf", CA_CONFIG)):
            with open(self.file(name), "w", encoding="ascii") as file:
                file.write(text)
        self._dated("expired", "20200101000000Z", "20210101000000Z")
        self._dated("future", "20900101000000Z", "20910101000000Z")
        self._dated("good", None, None)
        self._dated("revoked", None, None)
        self._signed("by_common_name", "ca", "DNS:elsewhere.example", "/O=Example/CN=localhost")
        self._signed("foreign_client", "other_ca", "DNS:client")
        self._weak("weak")
        self._run("ca", "-batch", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-revoke", "revoked.pem")

    def _request(self, name, *key):
        self._run("req", "-newkey", *(key or ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")), "-nodes", "-keyout", f"{name}.key",
                  "-out", f"{name}.csr", "-subj", "/O=Example/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")

    def _dated(self, name, start, end):
        self._request(name)
        dates = ["-startdate", start, "-enddate", end] if start else ["-days", "2"]
        self._run("ca", "-batch", "-notext", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-in", f"{name}.csr",
                  "-out", f"{name}.pem", *dates)

    def _weak(self, name):
        self._request(name, "rsa:1024")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                  "-out", f"{name}.pem", "-copy_extensions", "copy")

    def answer_about(self, name):
        """An OCSP response about |name|, of the CA itself."""
        self._run("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-issuer", "ca.pem",
                  "-cert", f"{name}.pem", "-ndays", "1", "-respout", f"{name}.ocsp", "-noverify")
        return self.file(f"{name}.ocsp")


CERTIFICATES = Authority()


def server(name="server", version=None, ciphers=None, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = version or ssl.TLSVersion.TLSv1_2
    context.maximum_version = version or ssl.TLSVersion.TLSv1_3
    context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    context.load_cert_chain(CERTIFICATES.file(f"{name}.pem"), CERTIFICATES.file(f"{name}.key"))
    if client_ca:
        context.load_verify_locations(CERTIFICATES.file(f"{client_ca}.pem"))
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Meeting:
    """A client that asks its charge point what to connect to, and the server it meets."""

    def __init__(self, context, *options, profile=2, host="localhost", scheme="wss"):
        self.listener = Listener(context)
        self.program = Program(PROBE, f"{scheme}://{host}:{self.listener.port}/ocpp", "CP1", *QUICK, f"profile={profile}",
                               "ca=" + CERTIFICATES.file("ca.pem"), f"password={PASSWORD}", *options)
        self.heard = []

    def refused(self, failure, words="", rounds=2):
        """Twice, so that it is seen to go on; the server never gets a request."""
        for _ in range(rounds):
            try:
                wire = self.listener.accept()
                line, headers = wire.read_head()
                self.heard.append((line, headers))
            except (OSError, ssl.SSLError, rawws.Gone):
                pass
            said = self.program.expect("failed", but=["up"])
            assert said.startswith(f"failed {failure} "), said
            assert words in said, said
        assert not self.heard, self.heard
        self.end()

    def connects(self):
        wire, _, headers = self.listener.handshake()
        self.program.expect("up", but=["failed"])
        return wire, headers

    def end(self):
        assert self.program.end() == 0, self.program.seen
        assert not any(PASSWORD in line or base64.b64encode(PASSWORD.encode()).decode()[4:20] in line
                       for line in self.program.seen), self.program.seen
        self.listener.close()


# --- good ones -------------------------------------------------------------------------------------------------------------------

# TC_A_01_CS; TC_A_04_CS; A00.FR.202, FR.203, FR.204, FR.301 to FR.304, FR.308, FR.312, FR.313, FR.319
def test_a_good_server_gets_the_credentials_and_a_link():
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        meeting = Meeting(server(version=version))
        wire, headers = meeting.connects()
        assert headers["authorization"] == "Basic " + base64.b64encode(f"CP1:{PASSWORD}".encode()).decode()
        assert wire.sock.compression() is None
        wire.send(frame(TEXT, "hello"))
        meeting.program.expect("text hello")
        meeting.end()


def exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        assert more, "the client went"
        data += more
    return data


def suites_of_hello(sock):
    """The cipher suites of a ClientHello, as the numbers they are."""
    kind, _, size = struct.unpack("!BHH", exactly(sock, 5))
    hello = exactly(sock, size)
    assert (kind, hello[0]) == (22, 1)
    at = 4 + 2 + 32  # behind its head, the version and the random bytes
    at += 1 + hello[at]
    length = struct.unpack_from("!H", hello, at)[0]
    return set(struct.unpack_from(f"!{length // 2}H", hello, at + 2))


RENEGOTIATION_INFO = 0x00FF  # no suite
SUITES = {0xC02B, 0xC02C, 0xC02F, 0xC030, 0x009C, 0x009D,  # with ECDSA, with RSA and ephemeral keys, with RSA alone; AES in GCM
          0x1301, 0x1302}  # of TLS 1.3


# TC_A_04_CS; A00.FR.319, FR.320, FR.422, FR.423
def test_every_suite_of_the_standard_and_no_weaker_one_is_offered():
    meeting = Meeting(None)
    wire = meeting.listener.accept()
    assert suites_of_hello(wire.sock) - {RENEGOTIATION_INFO} == SUITES
    wire.sock.close()
    meeting.end()
    for suite in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"):
        meeting = Meeting(server(version=ssl.TLSVersion.TLSv1_2, ciphers=suite))
        wire, _ = meeting.connects()
        assert wire.sock.cipher()[0] == suite
        meeting.end()


# A00.FR.319: a server with an RSA key and nothing but the static suites of the standard
def test_the_suites_with_rsa_are_there():
    for suite in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"):
        CERTIFICATES._request("rsa", "rsa:2048")  # pylint: disable=protected-access
        CERTIFICATES._run("x509", "-req", "-in", "rsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",  # pylint: disable=protected-access
                          "-days", "2", "-out", "rsa.pem", "-copy_extensions", "copy")
        meeting = Meeting(server("rsa", version=ssl.TLSVersion.TLSv1_2, ciphers=suite))
        meeting.connects()
        meeting.end()


# A00.FR.309, FR.412, FR.510: the common name counts although there is an alternative name; an address counts where it is one.
def test_the_name_may_be_the_common_name_or_an_address():
    meeting = Meeting(server("by_common_name"))
    meeting.connects()
    meeting.end()
    meeting = Meeting(server(), host="127.0.0.1")
    meeting.connects()
    meeting.end()


# TC_A_07_CS; A00.FR.401, FR.402, FR.415, FR.416
def test_with_profile_3_the_certificate_is_shown_and_no_password():
    meeting = Meeting(server(client_ca="ca"), "cert=" + CERTIFICATES.file("client.pem"), "key=" + CERTIFICATES.file("client.key"),
                      profile=3)
    wire, headers = meeting.connects()
    subject = dict(pair[0] for pair in wire.sock.getpeercert()["subject"])
    assert subject["commonName"] == "client"
    meeting.end()
    assert headers  # the password the probe was given is not the charge point's to send: see test_station_network


# A00.FR.402: a certificate that is there is shown with profile 3 only.
def test_with_profile_2_no_certificate_is_shown():
    context = server(client_ca="ca")
    context.verify_mode = ssl.CERT_OPTIONAL
    meeting = Meeting(context, "cert=" + CERTIFICATES.file("client.pem"), "key=" + CERTIFICATES.file("client.key"))
    wire, _ = meeting.connects()
    assert not wire.sock.getpeercert()
    meeting.end()


# A01: what waits to leave has left when the link is closed, and the next attempt comes at once.
def test_a_charge_point_that_wants_another_link_gets_one():
    listener = Listener()
    program = Program(PROBE, f"ws://localhost:{listener.port}/ocpp", "CP1", "wait=60000", "profile=1", f"password={PASSWORD}")
    wire, _, headers = listener.handshake()
    program.expect("up")
    program.tell("reconnect")
    program.tell("send the last word")
    program.expect("down")
    assert wire.read_text() == "the last word"
    assert wire.read_close() == 1001
    wire, _, again = listener.handshake()
    program.expect("up")
    assert headers["authorization"] == again["authorization"]
    assert program.end() == 0, program.seen
    listener.close()


# --- bad certificates ------------------------------------------------------------------------------------------------------------

# TC_A_05_CS; TC_078_CS; A00.FR.308 to FR.311, FR.411 to FR.414
def test_a_certificate_that_has_expired_is_refused():
    Meeting(server("expired")).refused("bad-certificate", "expired")


# TC_A_05_CS
def test_a_certificate_of_the_future_is_refused():
    Meeting(server("future")).refused("bad-certificate", "not yet valid")


# TC_A_05_CS; A00.FR.309, FR.412
def test_a_certificate_for_another_name_is_refused():
    Meeting(server("wrong_name")).refused("bad-certificate", "hostname mismatch")


# TC_A_05_CS: a man in the middle with a CA of his own
def test_a_certificate_of_another_authority_is_refused():
    Meeting(server("foreign")).refused("bad-certificate")


# A00.FR.501, FR.502
def test_a_certificate_with_a_weak_key_is_refused():
    Meeting(server("weak")).refused("bad-certificate", "too weak")


# --- revocation ------------------------------------------------------------------------------------------------------------------

class Stapler:
    """openssl s_server, which brings an answer about its certificate along."""

    def __init__(self, name):
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", CERTIFICATES.file(f"{name}.pem"), "-key",
             CERTIFICATES.file(f"{name}.key"), "-status_file", CERTIFICATES.answer_about(name), "-naccept", "8"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = b""
        for line in self.process.stdout:  # the port it got, which it tells when it listens
            self.text += line
            if line.startswith(b"ACCEPT "):
                break
        self.port = int(self.text.rpartition(b":")[2])
        self.lines = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.text += line
            if line.startswith(b"GET /ocpp"):
                self.lines.set()

    def end(self):
        self.process.kill()
        self.process.wait()


def stapled(name):
    stapler = Stapler(name)
    program = Program(PROBE, f"wss://localhost:{stapler.port}/ocpp", "CP1", *QUICK, "profile=2", f"password={PASSWORD}",
                      "ca=" + CERTIFICATES.file("ca.pem"))
    return stapler, program


# A00.FR.310; the server says so itself (RFC 6066 8)
def test_a_certificate_that_was_revoked_is_refused():
    stapler, program = stapled("revoked")
    said = program.expect("failed bad-certificate", but=["up"])
    assert "it was revoked" in said, said
    assert not stapler.lines.is_set()
    program.end()
    stapler.end()


def test_a_certificate_that_is_said_to_be_good_is_believed():
    stapler, program = stapled("good")
    assert stapler.lines.wait(rawws.LIMIT_S), program.seen
    program.kill()
    stapler.end()


# --- TLS that is not good enough -----------------------------------------------------------------------------------------------------

# TC_A_06_CS; A00.FR.313, FR.314, FR.316, FR.416, FR.417, FR.419
def test_a_server_with_an_old_version_is_refused():
    Meeting(server(version=ssl.TLSVersion.TLSv1_1)).refused("tls-version")


# A00.FR.320, FR.323, FR.423, FR.426
def test_a_server_with_weak_suites_only_is_refused():
    for suites in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        Meeting(server(version=ssl.TLSVersion.TLSv1_2, ciphers=suites)).refused("tls-cipher", rounds=1)


def test_a_server_without_tls_is_refused():
    meeting = Meeting(None)
    for _ in range(2):
        wire = meeting.listener.accept()
        wire.fill()
        wire.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        meeting.program.expect("failed tls-failed", but=["up"])
        wire.close()
    meeting.end()


# Whoever answers TLS with a way out of it is not followed; nor is anybody who has shown a good certificate.
def test_a_redirection_is_not_followed():
    elsewhere = Listener()
    for context in (server(), None):
        meeting = Meeting(context, scheme="wss" if context else "ws", profile=2 if context else 1)
        for _ in range(2):
            wire = meeting.listener.accept()
            wire.read_head()
            wire.send(f"HTTP/1.1 301 Moved Permanently\r\nLocation: ws://127.0.0.1:{elsewhere.port}/ocpp/CP1\r\n"
                      "Content-Length: 0\r\n\r\n")
            said = meeting.program.expect("failed", but=["up"])
            assert said.startswith("failed refused "), said
            wire.close()
        meeting.end()
    elsewhere.sock.settimeout(0.1)
    try:
        elsewhere.sock.accept()
        raise AssertionError("it was followed")
    except socket.timeout:
        pass
    elsewhere.close()


# --- the station's own credentials ---------------------------------------------------------------------------------------------------

def refuse_in_peace(listener, context):
    """Lets a handshake fail and hears the client out: who hangs up on data that came is taken for a broken connection."""
    connection, _ = listener.sock.accept()
    secure = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
    try:
        secure.do_handshake()
        raise AssertionError("it was not refused")
    except ssl.SSLError:
        pass
    plain = socket.socket(fileno=secure.detach())
    plain.shutdown(socket.SHUT_WR)
    plain.settimeout(rawws.LIMIT_S)
    try:
        while plain.recv(4096):
            pass
    except ConnectionResetError:
        pass
    plain.close()


# A00.FR.407 as the station sees it
def test_a_server_that_misses_the_certificate_of_the_station_says_so():
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        meeting = Meeting(None)
        refuse_in_peace(meeting.listener, server(client_ca="ca", version=version))
        said = meeting.program.expect("failed", but=["up"])
        assert said.startswith("failed certificate-refused "), said
        meeting.end()


def test_a_server_that_refuses_the_certificate_of_the_station_says_so():
    meeting = Meeting(None, "cert=" + CERTIFICATES.file("foreign_client.pem"), "key=" + CERTIFICATES.file("foreign_client.key"), profile=3)
    refuse_in_peace(meeting.listener, server(client_ca="ca", version=ssl.TLSVersion.TLSv1_2))
    said = meeting.program.expect("failed", but=["up"])
    assert said.startswith("failed certificate-refused "), said
    meeting.end()


def test_a_password_that_is_refused_is_told_apart():
    for answer, failure in (("401 Unauthorized", "password-refused"), ("403 Forbidden", "refused"), ("404 Not Found", "refused")):
        meeting = Meeting(None, scheme="ws", profile=1)
        wire = meeting.listener.accept()
        wire.read_head()
        wire.send(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n")
        said = meeting.program.expect("failed", but=["up"])
        assert said.startswith(f"failed {failure} "), said
        wire.close()
        meeting.end()


def test_without_a_certificate_profile_3_is_impossible():
    meeting = Meeting(server(client_ca="ca"), profile=3)
    said = meeting.program.expect("failed", but=["up"])
    assert said.startswith("failed impossible "), said
    meeting.end()


def test_with_nobody_there_it_is_unreachable():
    vacancy = rawws.Vacancy()
    program = Program(PROBE, f"wss://localhost:{vacancy.port}/ocpp", "CP1", *QUICK, "profile=2", "ca=" + CERTIFICATES.file("ca.pem"))
    program.expect("failed unreachable", but=["up"])
    assert program.end() == 0
    vacancy.close()


rawws.run(globals(), *sys.argv[2:])
