"""The WebSocket client against servers good and bad. Usage: ws_client.py PROBE own|host|poll"""

import base64
import os
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402  pylint: disable=wrong-import-position
from rawws import CLOSE, CONTINUATION, PING, PONG, TEXT, BINARY, Listener, Program, frame  # noqa: E402

PROBE = sys.argv[1]
LOOPS = {"own": [], "host": ["host-loop=1"], "poll": ["library=3"]}
LOOP = LOOPS[sys.argv[2]]
QUICK = ["wait=20", "range=0", "repeat=0"]  # reconnects at once
CERTIFICATES = rawws.Certificates()


class Client:
    """The program under test, connected to a listener of ours."""

    def __init__(self, listener, *options, identity="CP 1", scheme="ws", path="/ocpp", host="127.0.0.1"):
        self.program = Program(PROBE, f"{scheme}://{host}:{listener.port}{path}", identity, *QUICK, *LOOP, *options)
        self.listener = listener

    def handshake(self, **how):
        self.wire, self.request, self.headers = self.listener.handshake(**how)
        return self.wire

    def up(self, **how):
        wire = self.handshake(**how)
        self.program.expect("up")
        return wire

    def up_at_last(self):
        """As up(), with a client that may have given up before we came to answer: each of its attempts has one line."""
        while True:
            wire, line = self.handshake(), ""
            while "no connection in time" not in line:
                line = self.program.expect("")
                if line.startswith("up"):
                    return wire

    def end(self):
        assert self.program.end() == 0, self.program.seen


def with_client(*options, **how):
    """Gives the test a client and a listener, and ends both."""
    def decorate(test):
        def run():
            listener = Listener()
            client = Client(listener, *options, **how)
            try:
                test(client)
                client.end()
            finally:
                client.program.kill()
                listener.close()
        return run
    return decorate


@with_client()
def test_offers_its_versions_in_order_and_appends_its_identity_percent_encoded(client):
    client.up()
    assert client.request == "GET /ocpp/CP%201 HTTP/1.1", client.request
    assert client.headers["sec-websocket-protocol"] == "ocpp2.0.1, ocpp1.6"
    assert client.headers["host"] == f"127.0.0.1:{client.listener.port}"
    assert "authorization" not in client.headers
    assert "sec-websocket-extensions" not in client.headers


@with_client(path="/a/b/?tenant=7", identity="RDAM|123")
def test_keeps_the_query_behind_the_identity(client):
    client.up()
    assert client.request == "GET /a/b/RDAM%7C123?tenant=7 HTTP/1.1", client.request


@with_client("password=open sesame", identity="CP1")
def test_sends_basic_credentials(client):
    client.up()
    assert client.headers["authorization"] == "Basic " + base64.b64encode(b"CP1:open sesame").decode()


@with_client()
def test_speaks_the_version_the_server_chose(client):
    client.handshake(protocol="ocpp1.6")
    client.program.expect("up 1.6")


@with_client()
def test_offers_anew_at_each_handshake(client):
    wire = client.up()
    client.program.tell("offer ocpp1.6")
    wire.close()
    client.program.expect("down")
    client.handshake(protocol="ocpp1.6")
    assert client.headers["sec-websocket-protocol"] == "ocpp1.6"
    client.program.expect("up 1.6")


@with_client()
def test_carries_texts_both_ways(client):
    wire = client.up()
    wire.send(frame(TEXT, '[3,"1",{}]'))
    client.program.expect('text [3,"1",{}]')
    client.program.tell('send [2,"2","Heartbeat",{}]')
    opcode, payload, fin, packed, masked = wire.read_frame()
    assert (opcode, payload, fin, packed, masked) == (TEXT, b'[2,"2","Heartbeat",{}]', True, False, True)


@with_client("lossy=1")
def test_loses_what_the_bench_wants_lost_and_nothing_else(client):
    wire = client.up()
    client.program.tell("send lost on the way out")
    client.program.tell("send kept")
    client.program.expect("lost-out lost on the way out")
    assert wire.read_frame()[:2] == (TEXT, b"kept")
    wire.send(frame(TEXT, "lost on the way in") + frame(TEXT, "kept, too"))
    client.program.expect("lost-in lost on the way in")
    client.program.expect("text kept, too")
    assert not any(line.startswith("text lost") for line in client.program.seen), client.program.seen


@with_client()
def test_puts_fragments_together_with_a_ping_between_them(client):
    wire = client.up()
    wire.send(frame(TEXT, "one ", fin=False) + frame(PING, "p") + frame(CONTINUATION, "two ", fin=False))
    assert wire.read_frame()[:2] == (PONG, b"p")
    wire.send(frame(CONTINUATION, "", fin=False) + frame(CONTINUATION, "three"))
    client.program.expect("text one two three")


@with_client()
def test_understands_a_message_that_arrives_byte_by_byte(client):
    wire = client.up()
    for byte in frame(TEXT, "slowly"):
        wire.send(bytes([byte]))
    client.program.expect("text slowly")


@with_client("max=20000")
def test_takes_a_message_of_twice_the_limit_and_closes_with_1009_beyond(client):
    wire = client.up()
    wire.send(frame(TEXT, "x" * 40000))
    client.program.expect("text-of 40000")
    wire.send(frame(TEXT, "x" * 40001))
    assert wire.read_close() == 1009
    client.program.expect("down 2.0.1 closed for what it sent: message too large")
    client.up()


@with_client("max=20000")
def test_closes_with_1009_on_a_length_alone(client):
    wire = client.up()
    wire.send(frame(TEXT, "x" * 5000, length=1 << 40))
    assert wire.read_close() == 1009
    client.up()


@with_client("max=20000")
def test_closes_with_1009_on_endless_fragments(client):
    wire = client.up()
    wire.send(frame(TEXT, "x" * 1000, fin=False))
    for _ in range(45):
        wire.send(frame(CONTINUATION, "x" * 1000, fin=False))
    assert wire.read_close() == 1009


@with_client("limit=100")
def test_closes_with_1009_when_the_charge_point_says_so(client):
    wire = client.up()
    wire.send(frame(TEXT, "x" * 101))
    assert wire.read_close() == 1009


@with_client()
def test_closes_with_1003_on_a_binary_frame(client):
    wire = client.up()
    wire.send(frame(BINARY, b"\0\1"))
    assert wire.read_close() == 1003


@with_client()
def test_sends_a_large_text_in_one_frame(client):
    wire = client.up()
    client.program.tell("big 200000")
    opcode, payload, fin, _, _ = wire.read_frame()
    assert opcode == TEXT and fin and payload == b"x" * 200000


@with_client()
def test_sends_many_texts_in_order(client):
    wire = client.up()
    for i in range(300):
        client.program.tell(f"send number {i}")
    for i in range(300):
        assert wire.read_text() == f"number {i}"




@with_client()
def test_serves_the_deadlines_of_the_charge_point(client):
    wire = client.up()
    client.program.tell("beat 30")
    for _ in range(5):
        assert wire.read_text() == "beat"


@with_client("ping=60", "pong=5000")
def test_pings_at_its_interval_while_pongs_come(client):
    begun = time.monotonic()
    wire = client.up()
    for _ in range(5):
        opcode, payload, *_ = wire.read_frame()
        assert opcode == PING
        wire.send(frame(PONG, payload))
    assert time.monotonic() - begun >= 0.25  # none could come before there was a link, however late we look
    client.program.tell("send alive")
    assert wire.read_text(pongs=lambda payload: frame(PONG, payload)) == "alive"


@with_client("ping=50", "pong=150")
# peers: no reconnect after a pong time-out, "connected" shown while dead. Part 4, 5.2.
def test_leaves_a_peer_that_answers_no_ping(client):
    wire = client.up()
    client.program.expect("down 2.0.1 it does not answer pings")
    assert wire.is_gone()
    client.up()


@with_client("ping=50", "pong=200", "max=1000000")
def test_leaves_a_peer_that_takes_nothing(client):
    wire = client.handshake()
    wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.program.expect("up")
    client.program.tell("big 8000000")
    client.program.expect("down 2.0.1 it does not answer pings")
    client.up()


@with_client("ping=200", "pong=4000")
def test_counts_anything_heard_as_a_sign_of_life(client):
    wire = client.up()
    begun = time.monotonic()
    while time.monotonic() - begun < 5:  # longer than it would wait for a pong; we may stall for nearly as long as that
        assert wire.read_frame()[0] == PING
        wire.send(frame(TEXT, "still here"))
        client.program.expect("text still here", but=["down"])


@with_client("ping=0")
def test_does_not_ping_when_told_not_to(client):
    wire = client.up()
    try:
        wire.read_frame(limit_s=0.3)
    except socket.timeout:
        return
    raise AssertionError("something came")


@with_client("ping=0")
# OCPP-J 1.6, 7; 2.0.1 part 4, 8: the charge point is asked, so what the central system sets counts at once.
def test_pings_from_when_the_central_system_wants_it_until_it_does_not(client):
    wire = client.up()
    client.program.tell("ping 60")
    for _ in range(3):
        opcode, payload, *_ = wire.read_frame()
        assert opcode == PING
        wire.send(frame(PONG, payload))
    client.program.tell("ping 0")
    client.program.tell("send done")
    assert wire.read_text(pongs=lambda payload: frame(PONG, payload)) == "done"
    try:
        wire.read_frame(limit_s=0.3)
    except socket.timeout:
        return
    raise AssertionError("something came")


@with_client("wait=60000", "repeat=0")
def test_waits_as_the_central_system_set_it(client):
    wire = client.up()
    client.program.tell("wait 130")
    client.program.tell("send done")
    assert wire.read_text() == "done"
    wire.sock.close()
    assert client.program.expect("log").rsplit("next attempt in ", 1)[1] == "0.130 s"
    client.up()


@with_client("wait=120", "repeat=5")
# TC_B_57_CS. OCPP 2.0.1 part 4, 5.3.
def test_doubles_its_wait_after_each_failure_and_starts_over_after_success(client):
    def wait_of_next():
        return client.program.expect("log").rsplit("next attempt in ", 1)[1]
    for wait in ("0.120 s", "0.240 s", "0.480 s"):
        client.listener.accept().close()
        assert wait_of_next() == wait
    wire = client.up()
    wire.close()
    client.program.expect("down")
    assert client.program.seen[-2].endswith("next attempt in 0.120 s"), client.program.seen


@with_client()
def test_says_in_one_line_why_a_handshake_was_refused(client):
    for status, words in [("404 Not Found", "it does not know this station (404)"),
                          ("401 Unauthorized", "it does not accept the credentials (401)"),
                          ("400 Bad Request", "it refuses the handshake"),
                          ("503 Service Unavailable", "it is overloaded (503)"),
                          ("418 Teapot", "HTTP status 418")]:
        wire = client.listener.accept()
        wire.read_head()
        wire.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
        line = client.program.expect("log")
        assert words in line, line
        wire.close()
    client.up()


@with_client()
def test_does_not_follow_a_redirection(client):
    other = Listener()
    wire = client.listener.accept()
    wire.read_head()
    wire.send(f"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:{other.port}/x\r\nContent-Length: 0\r\n\r\n")
    assert "302" in client.program.expect("log")
    client.up()


@with_client()
def test_survives_a_server_that_talks_nonsense(client):
    for nonsense in (b"SSH-2.0-OpenSSH_9.2p1\r\n", b"\0\1\2\3\r\n\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 101 \r\n\r\n",
                     b"HTTP/1.1 abc def\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"):
        wire = client.listener.accept()
        wire.read_head()
        wire.send(nonsense)
        wire.sock.shutdown(socket.SHUT_WR)
        client.program.expect("log", but=["up"])
        wire.close()
    client.up()


@with_client()
def test_refuses_a_wrong_accept_key(client):
    wire = client.listener.accept()
    _, headers = wire.read_head()
    wire.send(rawws.upgrade_answer(headers, key="AAAAAAAAAAAAAAAAAAAAAAAAAAA="))
    assert "no connection" in client.program.expect("log", but=["up"])
    client.up()


@with_client()
def test_refuses_a_server_that_chose_no_version(client):
    client.handshake(protocol=None)
    assert "it has none of the offered versions" in client.program.expect("log", but=["up"])
    client.up()


@with_client()
def test_refuses_a_version_it_did_not_offer(client):
    client.handshake(protocol="ocpp2.1")
    client.program.expect("log", but=["up"])
    client.up()


@with_client("connect=2000")
def test_gives_up_on_a_server_that_says_nothing(client):
    silent = client.listener.accept()
    assert "no connection in time" in client.program.expect("log")
    assert silent.is_gone()
    client.up_at_last()


@with_client("connect=2000")
def test_gives_up_on_half_an_answer(client):
    wire = client.listener.accept()
    wire.read_head()
    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: web")
    assert "no connection in time" in client.program.expect("log")


@with_client()
def test_tells_why_the_server_closed(client):
    wire = client.up()
    wire.send(frame(CLOSE, struct.pack(">H", 1008) + b"bad manners"))
    client.program.expect("down 2.0.1 closed by the central system with 1008: bad manners")
    assert wire.read_close() == 1008
    client.up()


@with_client()
def test_survives_half_a_frame_and_a_lost_connection(client):
    wire = client.up()
    wire.send(frame(TEXT, "cut off in the middle")[:9])
    wire.close()
    client.program.expect("down", but=["text"])
    client.up()


@with_client()
def test_survives_garbage_on_the_socket(client):
    for garbage in (b"\xff\xff\xff\xff", b"\x83\x00", b"\xc1\x01x", b"\x80\x01x", b"\x89\x7e\x00\xff", b"\x08\x00"):
        wire = client.up()
        wire.send(garbage)
        client.program.expect("down", but=["text"])
        wire.close()
    client.up()


@with_client()
def test_survives_a_server_that_closes_at_once(client):
    for _ in range(5):
        client.handshake().close()
        client.program.expect("log")
    client.up()


@with_client("wait=150", "range=0", "repeat=2")
# TC_B_57_CS; part 4, 5.3. A lost connection is tried again after the shortest wait, one that was not accepted after twice that.
def test_waits_longer_after_an_attempt_that_was_not_accepted(client):
    client.up()
    waits = []
    for accepted in (True, False, True):
        lost = time.monotonic()
        client.wire.close()
        client.wire = client.listener.accept()
        waits.append(time.monotonic() - lost)
        if accepted:
            _, headers = client.wire.read_head()
            client.wire.send(rawws.upgrade_answer(headers, "ocpp2.0.1"))
            client.program.expect("up")
    assert waits[0] >= 0.15 and waits[1] >= 0.15 and waits[2] >= 0.3, waits


@with_client()
def test_leaves_with_1001_when_paused_and_comes_back(client):
    wire = client.up()
    client.program.tell("pause")
    client.program.expect("down 2.0.1 paused")
    assert wire.read_close() == 1001
    client.program.tell("resume")
    client.up()


@with_client()
def test_hangs_up_where_the_peer_does_not_after_the_farewell(client):
    wire = client.up()
    client.program.tell("pause")
    assert wire.read_close() == 1001
    assert wire.is_gone(), "it waits for a peer that says nothing"


@with_client()
def test_keeps_what_is_queued_over_a_loss(client):
    wire = client.up()
    wire.close()
    client.program.expect("down")
    client.program.tell("send kept")
    wire = client.up()
    assert wire.read_text() == "kept"


def test_says_goodbye_with_1001_at_its_end():
    listener = Listener()
    client = Client(listener)
    wire = client.up()
    client.end()
    assert wire.read_close() == 1001
    listener.close()


def test_retries_while_nobody_listens():
    vacancy = rawws.Vacancy()
    program = Program(PROBE, f"ws://127.0.0.1:{vacancy.port}/ocpp", "CP1", *QUICK, *LOOP)
    for _ in range(4):
        line = program.expect("log 127.0.0.1")
        assert "no connection: Connection refused" in line or "no connection: nobody answers there" in line, line
    assert program.end() == 0
    vacancy.close()


def test_resolves_names_and_tries_every_address():
    listener = Listener()  # 127.0.0.1 only: ::1 of localhost, where there is one, refuses
    client = Client(listener, host="localhost")
    client.up()
    client.end()
    listener.close()


def test_tells_of_a_name_that_does_not_exist():
    program = Program(PROBE, "ws://no-such-host.invalid/ocpp", "CP1", *QUICK, *LOOP)
    assert "name" in program.expect("log no-such-host.invalid:80:")
    assert program.end() == 0


def test_refuses_wrong_settings_with_one_line():
    for url, identity, *options in [("http://x/", "CP1"), ("ws://", "CP1"), ("ws://x:0/", "CP1"), ("ws://x:70000/", "CP1"),
                                    ("ws://x/ y", "CP1"), ("ws://a@x/", "CP1"), ("ws://x", ""), ("ws://x", "a:b"), ("ws://x", "x" * 49),
                                    ("ws://x", "CP1", "max=1"), ("ws://x", "CP1", "connect=0"), ("ws://x", "CP1", "wait=-1"),
                                    ("ws://x", "CP1", "password=" + "p" * 257), ("wss://x", "CP1", "ca=/nowhere"),
                                    ("wss://x", "CP1", "cert=" + CERTIFICATES.file("client.pem")),
                                    ("wss://x", "CP1", "cert=" + CERTIFICATES.file("client.pem"), "key=" + CERTIFICATES.file("ca.key"))]:
        program = Program(PROBE, url, identity, *LOOP, *options)
        program.expect("refused ")
        assert program.end() == 1


# --- TLS ---------------------------------------------------------------------------------------------------------------

def tls_client(server, *options, client_ca=None):
    listener = Listener(CERTIFICATES.server_context(server, client_ca))
    client = Client(listener, "ca=" + CERTIFICATES.file("ca.pem"), *options, scheme="wss", host="localhost")
    return client, listener


def test_connects_to_a_server_with_a_certificate_of_its_ca():
    client, listener = tls_client("server")
    wire = client.up()
    wire.send(frame(TEXT, "secret"))
    client.program.expect("text secret")
    client.program.tell("big 300000")
    assert wire.read_text() == "x" * 300000
    client.end()
    listener.close()


def refused_certificate(server, why):
    client, listener = tls_client(server)
    for _ in range(2):
        try:
            listener.accept()
        except (OSError, rawws.ssl.SSLError):
            pass
        assert "its certificate is refused: " + why in client.program.expect("log localhost", but=["up"])
    client.end()
    listener.close()


def test_refuses_a_certificate_of_another_ca():
    refused_certificate("foreign", "")


def test_refuses_a_certificate_of_another_name():
    refused_certificate("wrong_name", "hostname mismatch")


def test_shows_its_own_certificate():
    client, listener = tls_client("server", "cert=" + CERTIFICATES.file("client.pem"), "key=" + CERTIFICATES.file("client.key"),
                                  client_ca="ca")
    wire = client.up()
    subject = dict(pair[0] for pair in wire.sock.getpeercert()["subject"])
    assert subject["commonName"] == "client"
    client.end()
    listener.close()


def test_survives_a_server_that_speaks_no_tls():
    listener = Listener()
    client = Client(listener, "ca=" + CERTIFICATES.file("ca.pem"), scheme="wss", host="localhost")
    for _ in range(2):
        wire = listener.accept()
        wire.fill()
        wire.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        assert "it speaks no TLS, or refuses ours" in client.program.expect("log localhost", but=["up"])
        wire.close()
    client.end()
    listener.close()


# --- compression -------------------------------------------------------------------------------------------------------

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"


@with_client("compress=1")
def test_packs_texts_when_it_was_agreed(client):
    wire = client.up(extra=DEFLATE)
    assert client.headers["sec-websocket-extensions"] == \
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    for _ in range(3):
        client.program.tell("big 5000")
        opcode, payload, fin, packed, _ = wire.read_frame()
        assert (opcode, fin, packed) == (TEXT, True, True) and len(payload) < 100
        assert rawws.inflate(payload, bits=12) == "x" * 5000
    client.program.tell("send short")
    assert wire.read_frame()[:4] == (TEXT, b"short", True, False)
    wire.send(frame(TEXT, rawws.deflate("unpacked " * 3), rsv=4))
    client.program.expect("text unpacked unpacked unpacked")
    wire.send(frame(TEXT, "plain"))
    client.program.expect("text plain")


@with_client("compress=1")
def test_unpacks_fragments(client):
    wire = client.up(extra=DEFLATE)
    packed = rawws.deflate("in pieces " * 10)
    wire.send(frame(TEXT, packed[:5], fin=False, rsv=4) + frame(CONTINUATION, packed[5:]))
    client.program.expect("text " + "in pieces " * 10)


@with_client("compress=1")
def test_follows_a_server_that_keeps_its_context(client):
    wire = client.up(extra="Sec-WebSocket-Extensions: permessage-deflate\r\n")
    packer = rawws.zlib.compressobj(6, rawws.zlib.DEFLATED, -15)
    for i in range(5):
        text = f"the same words again and again {i}"
        packed = packer.compress(text.encode()) + packer.flush(rawws.zlib.Z_SYNC_FLUSH)
        wire.send(frame(TEXT, packed[:-4], rsv=4))
        client.program.expect("text " + text)


@with_client("compress=1", "max=20000")
def test_closes_with_1009_on_a_bomb(client):
    wire = client.up(extra=DEFLATE)
    wire.send(frame(TEXT, rawws.deflate("x" * 40000), rsv=4))
    client.program.expect("text-of 40000")
    wire.send(frame(TEXT, rawws.deflate("x" * 3000000), rsv=4))
    assert wire.read_close() == 1009


@with_client("compress=1")
def test_closes_with_1007_on_what_cannot_be_unpacked(client):
    wire = client.up(extra=DEFLATE)
    wire.send(frame(TEXT, b"\xff\xff\xff\xff\xff", rsv=4))
    assert wire.read_close() == 1007


@with_client("compress=1")
def test_does_without_compression_when_the_server_wants_none(client):
    wire = client.up()
    client.program.tell("big 5000")
    assert wire.read_frame()[:4] == (TEXT, b"x" * 5000, True, False)
    wire.send(frame(TEXT, rawws.deflate("not agreed"), rsv=4))
    client.program.expect("down", but=["text"])


@with_client("compress=1")
def test_refuses_parameters_it_did_not_offer(client):
    client.handshake(extra=DEFLATE.replace("\r\n", "; client_max_window_bits=9\r\n"))
    client.program.expect("log", but=["up"])
    client.up()


if __name__ == "__main__":
    rawws.run(dict(globals()))
