"""The TLS of the WebSocket server: what it shows, whom it believes, what it tells of those it turns away.
Usage: ws_server_tls.py PROBE libev|libuv|poll"""

import datetime
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402  pylint: disable=wrong-import-position
from pki import LONG_AGO, Pki  # noqa: E402  pylint: disable=wrong-import-position
from rawws import TEXT, Gone, Program, basic, connect, frame, station  # noqa: E402  pylint: disable=wrong-import-position

PROBE = sys.argv[1]
LIBRARY = {"libev": 1, "libuv": 2, "poll": 3}[sys.argv[2]]
BASIC, TLS, CERTIFICATE = 2, 4, 8  # security profiles as bits

PKI = Pki()
PKI.ca("ca")
PKI.ca("other")
PKI.issue("ecdsa", "ca", "/O=Example/CN=localhost", use="server")
PKI.issue("ecdsa2", "ca", "/O=Example/CN=localhost", use="server")
PKI.issue("rsa", "ca", "/O=Example/CN=localhost", kind="rsa", use="server")
PKI.issue("pile", "ca", "/O=Operator/CN=SERIAL-1")
PKI.issue("rsa_pile", "ca", "/O=Operator/CN=SERIAL-2", kind="rsa")
PKI.issue("expired", "ca", "/O=Operator/CN=SERIAL-1", when=LONG_AGO)
PKI.issue("foreign", "other", "/O=Operator/CN=SERIAL-1")
PKI.issue("foreign_expired", "other", "/O=Operator/CN=SERIAL-1", when=LONG_AGO)
PKI.issue("weak", "ca", "/O=Operator/CN=SERIAL-1", kind="weak")
PKI.issue("two_names", "ca", "/O=Operator/CN=SERIAL-9/CN=SERIAL-1")
PKI.issue("stolen", "ca", "/O=Operator/CN=SERIAL-3")


class Server:
    def __init__(self, *options):
        self.program = Program(PROBE, f"library={LIBRARY}", "listen=127.0.0.1", *options)
        self.port = int(self.program.expect("port").split()[1])

    def station(self, identity="CP1", extra="", **client):
        wire, line, _ = station(self.port, identity, extra=extra, context=PKI.client(**client))
        assert line.startswith("HTTP/1.1 101"), line
        self.program.expect(f"connected {identity}")
        return wire

    def refusal(self, identity="CP1", extra="", **client):
        wire, line, headers = station(self.port, identity, extra=extra, context=PKI.client(**client))
        assert wire.is_gone()
        return int(line.split()[1]), headers

    def fails(self, context):
        """A handshake that comes to nothing: what the host is told of it. With TLS 1.3 a client learns it when it reads."""
        try:
            wire = connect(self.port, context)
            wire.send(rawws.upgrade_request("/ocpp/CP1"))
            wire.read_head()
            raise AssertionError("it was let in")
        except (OSError, Gone):
            pass
        return self.program.expect("turned-away tls 0 127.0.0.1 - ", but=["admit"])

    def reload(self):
        self.program.tell("reload")
        return self.program.expect("reloaded ").removeprefix("reloaded ")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            assert kind or self.program.end() == 0, self.program.seen[-20:]
        finally:
            self.program.kill()


def own(*names):
    return [option for name in names for option in (f"cert={PKI.file(name + '.pem')}", f"key={PKI.file(name + '.key')}")]


def trusting(ca="ca"):
    return [f"client-ca={PKI.file(ca + '.pem')}"]


def echo(wire, text):
    wire.send(frame(TEXT, "=" + text, mask=True))
    assert wire.read_text() == text


# --- how it speaks -----------------------------------------------------------------------------------------------------

SUITES = {"ECDHE-ECDSA-AES128-GCM-SHA256": "id-ecPublicKey", "ECDHE-ECDSA-AES256-GCM-SHA384": "id-ecPublicKey",
          "ECDHE-RSA-AES128-GCM-SHA256": "rsaEncryption", "ECDHE-RSA-AES256-GCM-SHA384": "rsaEncryption",
          "AES128-GCM-SHA256": "rsaEncryption", "AES256-GCM-SHA384": "rsaEncryption"}


# A00.FR.318, FR.421; 1.6 security A00.FR.317. Two certificates stand side by side, and the suites of the station choose.
def test_shows_the_certificate_that_the_suites_of_the_station_need():
    with Server(*own("ecdsa", "rsa")) as server:
        for suite, key in SUITES.items():
            wire = server.station(ciphers=suite)
            assert wire.sock.cipher()[0] == suite and wire.sock.version() == "TLSv1.2"
            shown = ssl.DER_cert_to_PEM_cert(wire.sock.getpeercert(binary_form=True))
            text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=shown, capture_output=True, text=True, check=True).stdout
            assert f"Public Key Algorithm: {key}" in text, suite
            echo(wire, suite)
            wire.close()
        wire = server.station()
        assert wire.sock.version() == "TLSv1.3" and wire.sock.compression() is None


# A00.FR.315, FR.418. It is told who asked for less, and the next one is served.
def test_hangs_up_on_tls_below_1_2():
    with Server(*own("ecdsa", "rsa")) as server:
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            old = PKI.client()
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, version
            assert server.fails(old).endswith("unsupported protocol")
        echo(server.station(newest=ssl.TLSVersion.TLSv1_2), "new")


# A00.FR.320, FR.322, FR.423, FR.425.
def test_hangs_up_where_only_other_suites_are_offered():
    with Server(*own("ecdsa", "rsa")) as server:
        for suite in ("ECDHE-RSA-AES128-SHA", "AES128-SHA", "ECDHE-ECDSA-CHACHA20-POLY1305", "DHE-RSA-AES128-GCM-SHA256"):
            assert server.fails(PKI.client(ciphers=suite + ":@SECLEVEL=0")).endswith("no shared cipher")


# A00.FR.321 asks for no compression; renegotiation is as good a way to trouble a server.
def test_renegotiates_with_nobody():
    with Server(*own("rsa")) as server:
        client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in client.stdout:
            if "Extended master secret" in line:
                break
        client.stdin.write("R\n")
        client.stdin.flush()
        rest = client.stdout.read()
        client.wait(20)
        assert "no renegotiation" in rest, rest


def test_tells_of_those_who_speak_no_tls_at_all():
    with Server(*own("rsa"), "handshake=4000") as server:
        for greeting, reason in ((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "http request"), (b"\x00" * 64, "wrong version number"), (b"", "unexpected eof while reading")):
            wire = connect(server.port)
            wire.send(greeting)
            if not greeting:
                wire.close()
            told = server.program.expect("turned-away tls 0 127.0.0.1 - ")
            assert told.endswith(reason), told
        wire = connect(server.port)
        wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01")
        assert wire.is_gone()
        assert server.program.expect("turned-away tls 0 127.0.0.1 - ").endswith("it takes too long")


def test_tells_of_a_station_that_does_not_believe_it():
    with Server(*own("rsa")) as server:
        sock = PKI.client(trusts="other").wrap_socket(rawws.socket.create_connection(("127.0.0.1", server.port)),
                                                      server_hostname="localhost", do_handshake_on_connect=False)
        try:
            sock.do_handshake()
            raise AssertionError("it believes")
        except ssl.SSLCertVerificationError:
            pass  # it has sent its alert, and stays until that was heard
        assert server.program.expect("turned-away tls 0 127.0.0.1 - ").endswith("unknown CA")
        sock.close()


# --- client certificates -----------------------------------------------------------------------------------------------

# A00.FR.402, FR.403. Of each kind, in each version of TLS.
def test_shows_the_host_what_a_client_certificate_says():
    with Server(*own("ecdsa", "rsa"), *trusting()) as server:
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for name, number in (("pile", 1), ("rsa_pile", 2)):
                server.station(name=name, newest=newest)
                # the lines come in the order in which they are told
                told = next(line for line in server.program.seen[::-1] if line.startswith("shows "))
                der = ssl.PEM_cert_to_DER_cert(open(PKI.file(name + ".pem"), encoding="ascii").read())
                assert told.startswith(f"shows CN SERIAL-{number} O Operator serial ") and " issuer CN=ca,O=Example CA " in told, told
                assert told.endswith("expired 0 sha256 " + hashlib.sha256(der).hexdigest())
                serial = PKI.run("x509", "-in", name + ".pem", "-noout", "-serial").strip().split("=")[1].lower().lstrip("0")
                assert f" serial {serial} " in told
                since = int(told.split(" from ")[1].split()[0])
                assert abs(datetime.datetime.now().timestamp() - since / 1000) < 3600
        assert server.station("CP2")  # none is shown, and none is demanded
        assert "certificate -" in [line for line in server.program.seen if line.startswith("admit CP2")][-1]


# A name that stands twice could be one or the other.
def test_takes_no_common_name_where_there_are_two():
    with Server(*own("rsa"), *trusting()) as server:
        server.station(name="two_names")
        assert any(line.startswith("shows CN  O Operator") for line in server.program.seen)


# A00.FR.407, FR.502. The connection ends in the handshake, whatever the identity would have been.
def test_hangs_up_on_client_certificates_that_are_not_good():
    with Server(*own("ecdsa", "rsa"), *trusting()) as server:
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert server.fails(PKI.client("expired", newest=newest)).endswith("certificate has expired")
            assert "unable to get local issuer certificate" in server.fails(PKI.client("foreign", newest=newest))
            weak = PKI.client(newest=newest)
            weak.set_ciphers("ALL:@SECLEVEL=0")
            weak.load_cert_chain(*PKI.pair("weak"))
            assert server.fails(weak).endswith("EE certificate key too weak")
            server.station(name="pile", newest=newest).close()
            server.program.expect("disconnected CP1")


# With security profile 3 alone, who has no certificate need not send a request.
def test_a_port_of_profile_3_alone_demands_a_certificate_in_the_handshake():
    with Server(*own("rsa"), *trusting(), f"profiles={CERTIFICATE}") as server:
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert server.fails(PKI.client(newest=newest)).endswith("peer did not return a certificate")
        server.station(name="pile")


# A00.FR.429. Expired, and everything else has to be right all the same.
def test_lets_an_expired_certificate_in_where_it_was_told_to():
    crl = PKI.revoke("ca", "stolen")
    with Server(*own("rsa"), *trusting(), "expired=1", f"crl={crl}") as server:
        server.station(name="expired")
        assert any(" expired 1 " in line for line in server.program.seen)
        assert "unable to get local issuer" in server.fails(PKI.client("foreign_expired"))
        assert server.fails(PKI.client("stolen")).endswith("certificate revoked")


# A00.FR.704, FR.705 (1.6 security: the same): what its own list says.
def test_believes_no_certificate_that_was_revoked():
    with Server(*own("rsa"), f"client-ca={PKI.join('both', 'ca.pem', 'other.pem')}", f"crl={PKI.revoke('ca', 'stolen')}") as server:
        assert server.fails(PKI.client("stolen")).endswith("certificate revoked")
        server.station("CP1", name="pile")
        server.station("CP2", name="foreign")  # nobody said what that issuer revoked
        PKI.revoke("ca", "rsa_pile")
        server.station("CP3", name="rsa_pile")
        assert server.reload() == "OK "
        assert server.fails(PKI.client("rsa_pile")).endswith("certificate revoked")


# Whoever is listed is believed, and nobody above him.
def test_believes_a_sub_ca_without_its_root():
    PKI.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "sub.key", "-out", "sub.csr", "-subj", "/CN=sub")
    with open(PKI.file("sub.ext"), "w", encoding="ascii") as extensions:
        extensions.write("basicConstraints=critical,CA:TRUE\n")
    PKI.run("x509", "-req", "-in", "sub.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9", "-out", "sub.pem", "-extfile", "sub.ext")
    PKI.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "below.key", "-out", "below.csr", "-subj", "/CN=below")
    PKI.run("x509", "-req", "-in", "below.csr", "-CA", "sub.pem", "-CAkey", "sub.key", "-CAcreateserial", "-days", "9", "-out", "below.pem")
    with Server(*own("rsa"), *trusting("sub")) as server:
        server.station(name="below")
        assert "self-signed certificate in certificate chain" in server.fails(PKI.client("pile"))  # OpenSSL sends what it has


# A name that the station gives must not lead it to what another port shows and believes; plain ones have nothing at all.
def test_each_port_believes_its_own_whatever_name_is_asked_for():
    plain, other = ["listen=127.0.0.1"], ["listen=127.0.0.1", *own("ecdsa"), *trusting("other")]
    for before in ([plain], [other], [plain, other], []):
        options = sum(before, []) + ["listen=127.0.0.1", *own("rsa"), *trusting()]
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with Server(*options[1:]) as server:
                for _ in before:
                    server.port = int(server.program.expect("port").split()[1])
                server.station(name="pile", newest=newest)
                assert "unable to get local issuer" in server.fails(PKI.client("foreign", newest=newest))


# A session that is resumed would show the certificate of a handshake long past.
def test_resumes_no_session_where_client_certificates_are_asked_for():
    for options, may_resume in ((trusting(), False), ([], True)):
        with Server(*own("rsa"), *options) as server:
            for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                context = PKI.client("pile" if options else None, newest=newest)
                wire, line, _ = station(server.port, "CP1", context=context)
                assert " 101 " in line
                echo(wire, "first")
                session = wire.sock.session
                sock = rawws.socket.create_connection(("127.0.0.1", server.port))
                again = context.wrap_socket(sock, server_hostname="localhost", session=session)
                assert again.session_reused == may_resume, (options, newest)
                again.close()
                wire.close()


# --- security profiles -------------------------------------------------------------------------------------------------

# A00.FR.006; A05: profiles n and n+1 at once, and nothing below.
def test_serves_the_security_profiles_it_was_told_to():
    with Server(*own("rsa"), *trusting(), f"profiles={TLS | CERTIFICATE}") as server:
        status, headers = server.refusal()
        assert status == 401 and headers["www-authenticate"].startswith("Basic")
        assert server.program.expect("turned-away admission 401 127.0.0.1 CP1 ").endswith("its security profile is not served here")
        server.station("CP1", extra=basic("CP1", "secret"))
        server.station("CP2", name="pile")
    with Server(*own("rsa"), *trusting(), f"profiles={CERTIFICATE | 1}") as server:
        assert server.refusal(extra=basic("CP1", "secret"))[0] == 403
        server.station("CP1")
    with Server(f"profiles={BASIC}") as server:
        wire, line, headers = station(server.port, "CP1")
        assert " 401 " in line and "www-authenticate" in headers
        assert " 101 " in station(server.port, "CP1", extra=basic("CP1", "secret"))[1]


# Each port has its own certificates and its own trust, whatever name a client asks for.
def test_keeps_its_ports_apart():
    program = Program(PROBE, f"library={LIBRARY}", "listen=127.0.0.1", "listen=127.0.0.1", *own("rsa"), *trusting(), "listen=127.0.0.1", *own("ecdsa"),
                      *trusting("other"))
    try:
        ports = [int(program.expect("port").split()[1]) for _ in range(3)]
        assert " 101 " in station(ports[0], "CP1")[1]
        for port, name, shown in ((ports[1], "pile", "rsa"), (ports[2], "foreign", "ecdsa")):
            wire, line, _ = station(port, "CP1", context=PKI.client(name))
            assert " 101 " in line and serial_of(wire) == fingerprint(shown)
            program.expect("shows CN SERIAL-1")
        assert program.end() == 0
    finally:
        program.kill()


def test_refuses_ports_that_cannot_be():
    for status, *options in (("ERR_ARGUMENT", f"profiles={TLS}"), ("ERR_ARGUMENT", f"profiles={CERTIFICATE}", *own("rsa")),
                             ("ERR_ARGUMENT", f"profiles={BASIC}", *own("rsa")), ("ERR_TLS", *own("ecdsa", "ecdsa2")),
                             ("ERR_TLS", *own("rsa"), *trusting(), f"crl={PKI.file('ca.pem')}"), ("ERR_TLS", *own("rsa"), "client-ca=/nowhere"),
                             ("ERR_TLS", *own("rsa"), f"cert={PKI.file('ecdsa.pem')}"), ("ERR_TLS", *own("weak"))):
        program = Program(PROBE, f"library={LIBRARY}", "listen=127.0.0.1", *options)
        line = program.expect("refused ")
        assert line.startswith(f"refused {status} ") and len(line) > len(status) + 12, line
        assert program.end() == 1


# --- files that change -------------------------------------------------------------------------------------------------

def serial_of(wire):
    return hashlib.sha256(wire.sock.getpeercert(binary_form=True)).hexdigest()


def fingerprint(name):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(open(PKI.file(name + ".pem"), encoding="ascii").read())).hexdigest()


def put(name, source):
    for ending in ("pem", "key"):
        shutil.copy(PKI.file(f"{source}.{ending}"), PKI.file(f"{name}.{ending}"))


def test_shows_new_certificates_without_dropping_a_connection():
    put("current", "ecdsa")
    with Server(*own("current"), "threads=2") as server:
        old = server.station("CP1")
        assert serial_of(old) == fingerprint("ecdsa")
        put("current", "rsa")  # of another kind: the one before has to go
        assert serial_of(server.station("CP2")) == fingerprint("ecdsa")
        assert server.reload() == "OK "
        for i in range(4):
            assert serial_of(server.station(f"CP{3 + i}")) == fingerprint("rsa")
        assert server.fails(PKI.client(ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")).endswith("no shared cipher")
        echo(old, "still here")


def test_keeps_what_it_has_where_new_files_cannot_be_used():
    put("current", "ecdsa")
    shutil.copy(PKI.file("ca.pem"), PKI.file("clients.pem"))
    with Server(*own("current"), *trusting("clients")) as server:
        shutil.copy(PKI.file("rsa.key"), PKI.file("current.key"))
        assert server.reload().startswith("ERR_TLS key ") and "current.key" in server.program.seen[-1]
        put("current", "ecdsa2")
        open(PKI.file("clients.pem"), "w", encoding="ascii").close()
        assert server.reload().startswith("ERR_TLS client CA ")
        assert serial_of(server.station("CP1", name="pile")) == fingerprint("ecdsa")
        shutil.copy(PKI.file("other.pem"), PKI.file("clients.pem"))
        assert server.reload() == "OK "
        assert serial_of(server.station("CP2", name="foreign")) == fingerprint("ecdsa2")
        server.fails(PKI.client("pile"))  # whom it believed before


def test_reads_its_files_again_while_many_shake_hands():
    put("current", "ecdsa")
    with Server(*own("current", "rsa"), *trusting(), "threads=3", "quiet=1") as server:
        def connect_often(number):
            for i in range(10):
                wire, line, _ = station(server.port, f"CP{number}-{i}", context=PKI.client("pile"))
                assert " 101 " in line
                wire.close()
        threads = [threading.Thread(target=connect_often, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for i in range(20):
            put("current", ("ecdsa2", "ecdsa")[i % 2])
            assert server.reload() == "OK "
        for thread in threads:
            thread.join()


# --- bad peers ---------------------------------------------------------------------------------------------------------

def resident_kb(server):
    with open(f"/proc/{server.program.process.pid}/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def spoil(server, count):
    """Handshakes that fail in every way there is."""
    foreign, distrusting = PKI.client("foreign"), PKI.client(trusts="other")
    for i in range(count):
        try:
            wire = connect(server.port, (None, foreign, distrusting, None)[i % 4])
            wire.send((b"\x16\x03\x01\x02\x00\x01\x00\x01", b"GET / HTTP/1.1\r\n\r\n", b"", b"nonsense" * 9)[i % 4])
            wire.close()
        except (OSError, Gone):
            pass


# A thousand times nobody costs nothing, and everybody else is served.
def test_a_thousand_bad_handshakes_leave_nothing_behind():
    with Server(*own("ecdsa", "rsa"), *trusting(), "quiet=1") as server:
        wire = station(server.port, "CP1", context=PKI.client("pile"))[0]
        spoil(server, 200)
        before = resident_kb(server)
        spoil(server, 1000)
        echo(wire, "still here")
        assert " 101 " in station(server.port, "CP2", context=PKI.client("pile"))[1]
        grown = resident_kb(server) - before
        assert grown < 2048 or "LD_PRELOAD" in os.environ or b"asan" in open(PROBE, "rb").read(), f"{grown} kB"


if __name__ == "__main__":
    rawws.run(dict(globals()))
