"""The WebSocket server against stations and browsers good and bad. Usage: ws_server.py PROBE libev|libuv|poll"""

import base64
import http.client
import os
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402  pylint: disable=wrong-import-position
from rawws import CLOSE, CONTINUATION, PING, PONG, TEXT, BINARY, Gone, Program, connect, frame, station  # noqa: E402

PROBE = sys.argv[1]
LIBRARY = {"libev": 1, "libuv": 2, "poll": 3}[sys.argv[2]]
CERTIFICATES = rawws.Certificates()


class Server:
    def __init__(self, *options, listens=1):
        self.program = Program(PROBE, f"library={LIBRARY}", *options)
        self.ports = [int(self.program.expect("port").split()[1]) for _ in range(listens)]
        self.port = self.ports[0]

    def station(self, identity, *arguments, **how):
        """A connected station: its wire."""
        wire, line, headers = station(self.port, identity, *arguments, **how)
        assert line.startswith("HTTP/1.1 101"), line
        assert headers["sec-websocket-accept"] == rawws.accept_key("dGhlIHNhbXBsZSBub25jZQ==")
        self.headers = headers
        return wire

    def refusal(self, identity, *arguments, **how):
        """The status a handshake is refused with, and the headers."""
        wire, line, headers = station(self.port, identity, *arguments, **how)
        assert wire.is_gone()
        return int(line.split()[1]), headers

    def request(self, method, path, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=rawws.LIMIT_S)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()

    def end(self):
        assert self.program.end() == 0, self.program.seen


def with_server(*options, listens=1):
    def decorate(test):
        def run():
            server = Server(*options, listens=listens)
            try:
                test(server)
                server.end()
            finally:
                server.program.kill()
        return run
    return decorate


def client_frame(opcode, payload=b"", **how):
    return frame(opcode, payload, mask=True, **how)


def echo(wire, text, others=()):
    """|others|: how texts begin that may come before."""
    wire.send(client_frame(TEXT, "=" + text))
    heard = wire.read_text()
    while any(heard.startswith(other) for other in others):
        heard = wire.read_text()
    assert heard == text, heard


# --- handshakes --------------------------------------------------------------------------------------------------------

@with_server()
# TC_088_CSMS; part 4, 3.1.2: the first of the client's that the server knows is the one it answers
def test_takes_the_first_version_of_the_clients_that_it_has(server):
    for offers, chosen in [("ocpp2.0.1", "ocpp2.0.1"), ("ocpp1.6, ocpp2.0.1", "ocpp1.6"), ("ocpp1.5,soap,ocpp2.1 , ocpp1.6", "ocpp2.1"),
                           ("ocpp1.6,2.0.1", "ocpp1.6")]:
        server.station("CP1", offers).close()
        assert server.headers["sec-websocket-protocol"] == chosen, offers
        server.program.expect("connected CP1 " + chosen)
        server.program.expect("disconnected CP1")


@with_server()
def test_lets_a_station_speak_only_what_it_may(server):
    server.station("old-1", "ocpp2.0.1, ocpp1.6")
    assert server.headers["sec-websocket-protocol"] == "ocpp1.6"
    assert server.refusal("old-1", "ocpp2.0.1")[0] == 400
    server.station("new-1", "ocpp2.0.1, ocpp1.6")
    assert server.headers["sec-websocket-protocol"] == "ocpp2.0.1"


@with_server()
# TC_B_58_CSMS; TC_088_CSMS: no subprotocol both sides know, and no upgrade
def test_refuses_no_common_version_with_400(server):
    assert server.refusal("CP1", "ocpp1.5, mqtt")[0] == 400
    assert server.refusal("CP1", None)[0] == 400
    for unreadable in ("ocpp1.5 ; q=1", "2.0.1, ocpp1.6", ",ocpp1.6", "soap http, ocpp1.6"):
        assert server.refusal("CP1", unreadable)[0] == 400, unreadable
    assert server.refusal("CP1", "x" * 3000)[0] == 400
    server.station("CP1")


@with_server("complete=1")
def test_completes_the_handshake_without_a_version_and_closes_when_told_to(server):
    wire, line, headers = station(server.port, "CP1", "ocpp1.5")
    assert line.startswith("HTTP/1.1 101") and "sec-websocket-protocol" not in headers
    assert headers["sec-websocket-accept"] == rawws.accept_key("dGhlIHNhbXBsZSBub25jZQ==")
    assert wire.read_close() == 1002
    assert wire.is_gone()
    assert server.refusal("CP1", None)[0] == 400


@with_server("no-subprotocol=ocpp1.6")
def test_gives_those_that_offer_nothing_the_version_it_was_told(server):
    server.station("CP1", None)
    assert "sec-websocket-protocol" not in server.headers
    server.program.expect("connected CP1 ocpp1.6")


@with_server()
def test_reads_the_identity_from_the_last_segment_of_the_path(server):
    for path, identity in [("CP1", "CP1"), ("RDAM%7C123", "RDAM|123"), ("a/b//CP%202///", "CP 2"), ("%C3%A4", "ä"), ("x" * 48, "x" * 48),
                           ("50%25", "50%")]:
        server.station(path).close()
        server.program.expect("connected " + identity + " ")
        server.program.expect("disconnected")


@with_server()
def test_lets_no_url_choose_the_version(server):
    for path, offered in [("1.6/CP1", "ocpp2.0.1"), ("ocpp2.0.1/CP1", "ocpp1.6"), ("ocpp1.6", "ocpp2.0.1")]:
        server.station(path, offered).close()
        assert server.headers["sec-websocket-protocol"] == offered, path
        server.program.expect("disconnected")


@with_server()
def test_does_not_know_other_paths_and_impossible_identities(server):
    for prefix, path in [("/", "CP1"), ("/ocpp/", ""), ("/ocpp", ""), ("/ocpp/", "x" * 49), ("/ocpp/", "a:b"), ("/ocpp/", "a%3Ab"),
                         ("/ocpp/", "%01"), ("/ocpp/", "%FF"), ("/api/ocpp/", "CP1"), ("/ocpp/", "a%09b")]:
        assert server.refusal(path, prefix=prefix)[0] == 404, (prefix, path)
    server.program.tell("shards")
    server.program.expect("shard", but=["admit"])


@with_server()
def test_answers_what_the_host_decides(server):
    assert server.refusal("unknown-1")[0] == 404
    assert server.refusal("forbidden-1")[0] == 403
    assert server.refusal("busy-1")[0] == 503
    status, headers = server.refusal("secret-1")
    assert status == 401 and headers["www-authenticate"].startswith("Basic ")
    assert server.refusal("secret-1", extra=rawws.basic("secret-1", "wrong!"))[0] == 401
    assert server.refusal("secret-1", extra="Authorization: Basic !!!\r\n")[0] == 401
    assert server.refusal("secret-1", extra="Authorization: Bearer sesame\r\n")[0] == 401
    server.station("secret-1", extra=rawws.basic("secret-1", "sesame"))
    assert "basic secret-1" in server.program.expect("admit secret-1 from 127.0.0.1 tls 0 basic secret-1")


@with_server()
def test_refuses_what_is_no_handshake(server):
    good = rawws.upgrade_request("/ocpp/CP1")
    for wrong, status in [(good.replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"), 426),
                          (good.replace("Sec-WebSocket-Version: 13\r\n", ""), 426),
                          (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400),
                          (good.replace("Connection: Upgrade", "Connection: close"), 400),
                          (good.replace("GET ", "POST "), 405),
                          (good.replace("Upgrade: websocket", "Upgrade: h2c"), 400)]:
        wire = connect(server.port)
        wire.send(wrong)
        line, headers = wire.read_head()
        assert line.split()[1] == str(status), (wrong, line)
        assert status != 426 or headers["sec-websocket-version"] == "13"
        assert wire.is_gone()
    server.station("CP1")


@with_server("handshake=300")
def test_gives_half_open_handshakes_a_limited_time(server):
    silent, slow = connect(server.port), connect(server.port)
    slow.send("GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpg")
    begun = time.monotonic()
    assert silent.is_gone() and slow.is_gone()
    assert time.monotonic() - begun < 10


@with_server("handshake=400")
def test_is_not_fooled_by_a_byte_now_and_then(server):
    wire = connect(server.port)
    begun = time.monotonic()
    try:
        for byte in rawws.upgrade_request("/ocpp/CP1", extra="X-Padding: " + "x" * 4000 + "\r\n"):
            wire.send(byte)
            time.sleep(0.02)
            assert time.monotonic() - begun < 10
    except (OSError, Gone):
        pass
    assert wire.is_gone()
    server.program.tell("shards")
    server.program.expect("shard", but=["admit"])


@with_server()
def test_survives_garbage_before_the_handshake(server):
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\0" * 100,
                    b"GET\r\n\r\n", b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /ocpp/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 3000 + b"\r\n"):
        wire = connect(server.port)
        try:
            wire.send(garbage)
            wire.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert wire.is_gone(), garbage[:20]
    echo(server.station("CP1"), "still here")


# --- texts -------------------------------------------------------------------------------------------------------------

@with_server()
def test_carries_texts_both_ways(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "hello"))
    server.program.expect("text CP1 hello")
    echo(wire, "a")
    wire.send(client_frame(TEXT, "*200000"))
    opcode, payload, fin, packed, masked = wire.read_frame()
    assert (opcode, payload, fin, packed, masked) == (TEXT, b"y" * 200000, True, False, False)


@with_server()
def test_hears_what_came_with_the_handshake(server):
    wire = connect(server.port)
    wire.send(rawws.upgrade_request("/ocpp/CP1").encode() + client_frame(TEXT, "=early") + client_frame(TEXT, "=bird"))
    assert wire.read_head()[0].startswith("HTTP/1.1 101")
    assert wire.read_text() == "early" and wire.read_text() == "bird"


@with_server()
def test_puts_fragments_together(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "=one ", fin=False) + client_frame(PING, "p") + client_frame(CONTINUATION, "two ", fin=False))
    assert wire.read_frame()[:2] == (PONG, b"p")
    wire.send(client_frame(CONTINUATION, "", fin=False) + client_frame(CONTINUATION, "three"))
    assert wire.read_text() == "one two three"
    text = "=" + "".join(chr(97 + i % 26) for i in range(30000))
    for start in range(0, len(text), 7000):
        wire.send(client_frame(CONTINUATION if start else TEXT, text[start:start + 7000], fin=start + 7000 >= len(text)))
    assert wire.read_text() == text[1:]
    for byte in client_frame(TEXT, "=slow"):
        wire.send(bytes([byte]))
    assert wire.read_text() == "slow"


@with_server()
def test_keeps_the_messages_of_many_apart(server):
    wires = [server.station(f"CP{i}") for i in range(30)]
    texts = ["=" + chr(65 + i) * (3000 + i * 100) for i in range(30)]
    parts = [client_frame(TEXT, text) for text in texts]
    for step in range(0, max(map(len, parts)), 500):
        for wire, part in zip(wires, parts):
            wire.send(part[step:step + 500])
    for wire, text in zip(wires, texts):
        assert wire.read_text() == text[1:]


@with_server("max=20000", "text=40000")
def test_takes_twice_the_limit_and_closes_with_1009_beyond(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "x" * 40000))
    server.program.expect("text-of CP1 40000")
    wire.send(client_frame(TEXT, "x" * 40001))
    assert wire.read_close() == 1009
    server.program.expect("disconnected CP1 message too large")
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "x" * 3000, length=1 << 40))
    assert wire.read_close() == 1009
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "x" * 1000, fin=False))
    try:
        for _ in range(60):
            wire.send(client_frame(CONTINUATION, "x" * 1000, fin=False))
    except OSError:
        pass
    assert wire.read_close() == 1009
    echo(server.station("CP2"), "others do not notice")


@with_server("text=100")
def test_closes_with_1009_when_the_shard_says_so(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "x" * 101))
    assert wire.read_close() == 1009


@with_server()
def test_closes_with_1003_on_a_binary_frame(server):
    wire = server.station("CP1")
    wire.send(client_frame(BINARY, b"\0"))
    assert wire.read_close() == 1003
    server.program.expect("disconnected CP1 text frames only")


@with_server()
def test_takes_the_close_of_a_station_and_tells_its_words(server):
    wire = server.station("CP1")
    wire.send(client_frame(CLOSE, struct.pack(">H", 1000) + b"bye"))
    assert wire.read_close() == 1000
    server.program.expect("disconnected CP1 closed by the station with 1000: bye")


@with_server()
def test_survives_garbage_and_half_frames(server):
    for garbage in (b"\xff\xff\xff\xff", b"\x83\x80\0\0\0\0", b"\xc1\x81\0\0\0\0x", b"\x80\x81\0\0\0\0x", b"\x89\xfe\x00\xff\0\0\0\0",
                    client_frame(TEXT, "half")[:7], b"\x81\x05plain", b"\x08\x80\0\0\0\0", random.Random(5).randbytes(4000)):
        wire = server.station("CP1")
        server.program.expect("connected CP1")
        wire.send(garbage)
        wire.sock.shutdown(socket.SHUT_WR)
        server.program.expect("disconnected CP1")
        wire.close()
    echo(server.station("CP1"), "fine")


@with_server()
def test_passes_on_text_that_is_no_utf8(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, b"=\xff\xfe"))
    opcode, payload, *_ = wire.read_frame()
    assert (opcode, payload) == (TEXT, b"\xff\xfe")  # the call layer answers it by the rules of its version


# --- life and death ----------------------------------------------------------------------------------------------------

def answer_pings(wire, count):
    for _ in range(count):
        opcode, payload, *_ = wire.read_frame()
        assert opcode == PING
        wire.send(client_frame(PONG, payload))


@with_server("ping=80", "pong=5000")
def test_pings_who_is_silent_and_leaves_who_does_not_answer(server):
    wire = server.station("CP1")
    answer_pings(wire, 4)
    assert wire.read_frame()[0] == PING
    server.program.expect("disconnected CP1 it does not answer pings")
    assert wire.is_gone()


@with_server("ping=80", "pong=60000")
def test_pings_again_after_its_interval_however_long_it_would_have_waited_for_the_pong(server):
    answer_pings(server.station("CP1"), 3)


@with_server("ping=1000", "pong=5000")
def test_does_not_ping_who_talks(server):
    begun = heard = time.monotonic()  # |heard|: not later than when it heard us last
    wire = server.station("CP1")
    while time.monotonic() - begun < 2.5:
        said = time.monotonic()
        wire.send(client_frame(TEXT, "=x"))
        frame_of_its = wire.read_frame()[:2]
        while frame_of_its[0] == PING:  # where one of us stalled for so long
            assert time.monotonic() - heard >= 1
            frame_of_its = wire.read_frame()[:2]
        assert frame_of_its == (TEXT, b"x")
        heard = said
        time.sleep(0.01)


@with_server("ping=100", "pong=200")
def test_leaves_a_peer_that_stops_in_the_middle_of_a_frame(server):
    wire = server.station("CP1")
    wire.send(client_frame(TEXT, "x" * 100)[:50])
    server.program.expect("disconnected CP1 it does not answer pings", but=["text"])


@with_server("write=300", "ping=0")
def test_leaves_a_peer_that_does_not_read(server):
    wire = server.station("CP1", rcvbuf=4096)
    other = server.station("CP2")
    wire.send(client_frame(TEXT, "#20000"))
    echo(other, "others do not wait")
    server.program.expect("disconnected CP1 it does not read what is sent to it")


@with_server("write=300", "ping=0")
def test_does_not_read_from_a_peer_that_does_not_read(server):
    wire = server.station("CP1", rcvbuf=4096)
    wire.send(client_frame(TEXT, "#5000"))
    wire.sock.settimeout(rawws.LIMIT_S)
    sent = 0
    try:
        while sent < 100000000:  # far beyond all socket buffers
            sent += wire.sock.send(client_frame(TEXT, "=" + "x" * 60000))
    except OSError:
        pass
    assert sent < 100000000
    server.program.expect("disconnected CP1 it does not read what is sent to it")


@with_server("write=5000", "ping=0")
def test_waits_for_a_slow_reader_that_reads(server):
    wire = server.station("CP1", rcvbuf=4096)
    wire.send(client_frame(TEXT, "#9000"))  # more than the socket takes
    for i in range(9000):
        assert wire.read_text() == "y" * 1000
        if i % 750 == 0:
            time.sleep(0.5)  # 6 s in all, and far less at a time than it waits
    echo(wire, "and is heard again")


@with_server()
def test_closes_a_station_when_told_to(server):
    wire = server.station("CP1")
    server.program.expect("connected CP1")
    server.program.tell("close CP1 1001")
    assert wire.read_close() == 1001
    server.program.expect_all("closing OK", "disconnected CP1 closed by the central system")
    server.program.tell("close CP1 1001")
    server.program.expect("closing ERR_NOT_FOUND")


@with_server()
def test_tells_a_station_that_the_shard_has_no_room(server):
    server.program.tell("refuse 1")
    server.program.tell("shards")
    server.program.expect("shard")
    wire = server.station("CP1")
    assert wire.read_close() == 1011
    server.program.tell("refuse 0")
    server.program.tell("shards")
    server.program.expect("shard")
    echo(server.station("CP1"), "room again")


@with_server()
def test_serves_the_deadlines_of_the_shard(server):
    wire = server.station("CP1")
    server.program.expect("connected")
    server.program.tell("alarm 50")
    assert wire.read_text() == "ding"
    server.program.tell("alarm 3600000")
    server.program.tell("shards")
    server.program.expect("shard")  # so it was set before the clock jumps
    server.program.tell("clock 3600001")
    assert wire.read_text() == "ding"


def test_says_goodbye_with_1001_when_it_stops():
    server = Server("threads=2")
    wires = [server.station(f"CP{i}") for i in range(10)]
    server.program.process.stdin.close()
    for wire in wires:
        assert wire.read_close() == 1001
        wire.close()
    assert server.program.process.wait(rawws.LIMIT_S) == 0


def test_does_not_wait_for_ever_when_it_stops():
    server = Server()
    wire = server.station("CP1", rcvbuf=4096)
    wire.send(client_frame(TEXT, "#20000"))
    begun = time.monotonic()
    server.end()
    assert time.monotonic() - begun < 10
    wire.close()


# --- threads -----------------------------------------------------------------------------------------------------------

@with_server("threads=2", "replacements=0")
def test_moves_an_identity_to_its_newest_connection(server):
    """Consecutive connections go to different threads, so the old owner and the new one are on two."""
    old = server.station("CP1")
    server.program.expect("connected CP1")
    for i in range(20):
        new = connect(server.port)
        new.send(rawws.upgrade_request("/ocpp/CP1").encode() + client_frame(TEXT, f"=first {i}"))
        assert new.read_head()[0].startswith("HTTP/1.1 101")
        server.program.expect("disconnected CP1 replaced by a newer connection", but=["connected"])
        server.program.expect("connected CP1")
        assert new.read_text() == f"first {i}"
        assert old.read_close() == 1008
        old.close()
        old = new


@with_server("threads=4")
def test_lets_only_the_last_of_many_win(server):
    wires = [connect(server.port) for _ in range(40)]
    for wire in wires:
        wire.send(rawws.upgrade_request("/ocpp/CP1"))
    for wire in wires:
        assert wire.read_head()[0].startswith("HTTP/1.1 101")
    alive = []
    for wire in wires:
        wire.send(client_frame(TEXT, "=me"))
    for wire in wires:
        try:
            while True:
                opcode, payload, *_ = wire.read_frame(limit_s=rawws.LIMIT_S)
                if opcode == TEXT and wire not in alive:
                    alive.append(wire)
                    break
                if opcode == CLOSE:
                    break
        except (Gone, socket.timeout):
            pass
    # Some answered before they were replaced; exactly one is open in the end.
    still = []
    for wire in wires:
        try:
            wire.send(client_frame(TEXT, "=still"))
            if wire.read_text() == "still":
                still.append(wire)
        except (Gone, OSError, AssertionError):
            pass
    assert len(still) == 1, len(still)


@with_server("threads=4", "quiet=1")
def test_reaches_any_station_from_any_thread(server):
    wires = {f"CP{i}": server.station(f"CP{i}") for i in range(40)}
    for wire in wires.values():
        echo(wire, "there")
    for identity in wires:
        server.program.tell(f"post {identity} for {identity}")
    for identity, wire in wires.items():
        assert wire.read_text() == f"for {identity}"
    server.program.tell("post CP99 the absent")
    server.program.expect("nobody for the absent")
    server.program.tell("shards")
    for _ in range(4):
        server.program.expect("shard")


@with_server("threads=3", "quiet=1")
# peers: server stuck or crashed around disconnect
def test_holds_together_when_stations_come_and_go_and_are_spoken_to(server):
    """Chaos within bounds: what counts is that nothing breaks (see also the thread sanitizer) and that everyone is served afterwards."""
    stop = threading.Event()
    failures = []

    def come_and_go(seed):
        rng = random.Random(seed)
        while not stop.is_set():
            try:
                wire = server.station(f"CP{rng.randrange(8)}")
                for _ in range(rng.randrange(4)):
                    wire.send(client_frame(TEXT, "=" + "x" * rng.randrange(3000)))
                if rng.random() < 0.5:
                    wire.read_frame(limit_s=0.05)
            except (OSError, Gone):
                pass
            except AssertionError as error:
                failures.append(error)
            finally:
                wire.close()

    threads = [threading.Thread(target=come_and_go, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for i in range(600):
        server.program.tell(f"post CP{i % 8} hello {i}")
        if i % 50 == 0:
            server.program.tell(f"close CP{i % 8} 1001")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures
    for i in range(8):
        is_served_in_the_end(server, f"CP{i}")


def is_served_in_the_end(server, identity):
    """A station is served; what was ordered before it came (to close its connection) may still catch it."""
    deadline = time.monotonic() + rawws.LIMIT_S
    while True:
        try:
            echo(server.station(identity), "served", others=["hello"])
            return
        except (AssertionError, Gone, OSError):
            if time.monotonic() > deadline:
                raise


@with_server("mailbox=5", "quiet=1")
def test_says_so_when_a_mailbox_is_full(server):
    for i in range(3000):
        server.program.tell(f"post CP{i} x")
    server.program.tell("post CP1 last")
    busy = ran = 0
    deadline = time.monotonic() + rawws.LIMIT_S
    while ran + busy < 3001:
        line = server.program.lines.get(timeout=max(0.01, deadline - time.monotonic()))
        busy += line == "post ERR_BUSY"
        ran += line.startswith("nobody")
    assert ran > 0  # whether it was ever full depends on the machine; none was lost or done twice


# --- TLS ---------------------------------------------------------------------------------------------------------------

def tls_options(name="server"):
    return ["listen=127.0.0.1", "cert=" + CERTIFICATES.file(f"{name}.pem"), "key=" + CERTIFICATES.file(f"{name}.key")]


@with_server(*tls_options())
def test_serves_stations_over_tls(server):
    wire = server.station("CP1", context=CERTIFICATES.client_context())
    assert "tls 1" in server.program.expect("admit CP1")
    echo(wire, "secret")
    wire.send(client_frame(TEXT, "*300000"))
    assert wire.read_text() == "y" * 300000
    plain = connect(server.port)
    plain.send(rawws.upgrade_request("/ocpp/CP2"))
    assert plain.is_gone()


@with_server(*tls_options(), "client-ca=" + CERTIFICATES.file("ca.pem"))
def test_shows_the_host_a_verified_client_certificate(server):
    server.station("CP1", context=CERTIFICATES.client_context(name="client"))
    assert "certificate CN=client,O=Example" in server.program.expect("admit CP1")
    server.station("CP2", context=CERTIFICATES.client_context())
    assert "certificate -" in server.program.expect("admit CP2")
    try:
        wire = connect(server.port, CERTIFICATES.client_context(name="foreign"))
        wire.send(rawws.upgrade_request("/ocpp/CP3"))
        assert wire.is_gone()
    except (OSError, rawws.ssl.SSLError):
        pass
    server.program.tell("shards")
    server.program.expect("shard", but=["admit CP3"])


@with_server(*tls_options(), "client-ca=" + CERTIFICATES.file("ca.pem"), "threads=3")
def test_serves_tls_on_several_threads(server):
    """Each thread has a context of its own, and libwebsockets mixes their data up unless it is kept from it."""
    wires = [server.station(f"CP{i}", context=CERTIFICATES.client_context(name="client" if i % 2 else None)) for i in range(12)]
    for wire in wires:
        echo(wire, "secret")


@with_server(*tls_options(), "handshake=300")
def test_gives_a_tls_handshake_a_limited_time(server):
    wire = connect(server.port)
    wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01")
    assert wire.is_gone()


# --- compression -------------------------------------------------------------------------------------------------------

def offer(parameters=""):
    return f"Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n"


@with_server()
def test_agrees_on_compression_without_context_takeover(server):
    for offered, answered in [
            ("", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            ("; client_max_window_bits", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            ("; server_no_context_takeover; client_no_context_takeover",
             "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            ("; server_max_window_bits=10",
             "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"),
            ("; server_max_window_bits=15; client_max_window_bits=15",
             "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"),
            ("; server_max_window_bits=8, permessage-deflate",
             "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            ("; server_max_window_bits=8", None), ("; unheard_of", None)]:
        server.station("CP1", extra=offer(offered)).close()
        assert server.headers.get("sec-websocket-extensions") == answered, offered
        server.program.expect("disconnected")


@with_server()
def test_packs_and_unpacks(server):
    wire = server.station("CP1", extra=offer("; client_max_window_bits"))
    for i in range(5):
        text = f"the same words over and over {i} " * 30
        wire.send(client_frame(TEXT, rawws.deflate("=" + text), rsv=4))
        opcode, payload, fin, packed, _ = wire.read_frame()
        assert (opcode, fin, packed) == (TEXT, True, True)
        assert rawws.inflate(payload, bits=12) == text
    wire.send(client_frame(TEXT, "=plain and short"))
    assert wire.read_frame()[:4] == (TEXT, b"plain and short", True, False)
    packed = rawws.deflate("=in pieces " * 100)
    wire.send(client_frame(TEXT, packed[:20], fin=False, rsv=4) + client_frame(PING, "p"))
    assert wire.read_frame()[:2] == (PONG, b"p")
    wire.send(client_frame(CONTINUATION, packed[20:]))
    assert wire.read_text() == ("=in pieces " * 100)[1:]


@with_server("max=20000")
def test_does_not_unpack_a_bomb(server):
    wire = server.station("CP1", extra=offer())
    wire.send(client_frame(TEXT, rawws.deflate("=" + "x" * 39999), rsv=4))
    assert wire.read_text() == "x" * 39999
    wire.send(client_frame(TEXT, rawws.deflate("x" * 10000000), rsv=4))
    assert wire.read_close() == 1009
    wire = server.station("CP1", extra=offer())
    wire.send(client_frame(TEXT, b"\xff\xff\xff\xff", rsv=4))
    assert wire.read_close() == 1007


@with_server("compress=0")
def test_does_without_compression_when_told_to(server):
    server.station("CP1", extra=offer())
    assert "sec-websocket-extensions" not in server.headers


# --- HTTP --------------------------------------------------------------------------------------------------------------

@with_server()
def test_shows_the_host_a_request(server):
    answer, body = server.request("GET", "/echo/a%20b?x=1%262&y=%C3%A4&flag", headers={
        "Authorization": "Bearer t", "Accept": "a/b", "Origin": "http://o"})
    assert answer.status == 200 and answer.headers["X-Probe"] == "yes" and answer.headers["Content-Type"] == "text/plain"
    assert body.decode() == (f"GET /echo/a b ?x=1%262&y=%C3%A4&flag listen 0 authorization Bearer t accept a/b type - origin http://o "
                             f"host 127.0.0.1:{server.port} range - last - match - site - body 0\n"), body
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer, body = server.request(method, "/echo", b"12345", {"Content-Type": "text/x"})
        assert body.decode().startswith(f"{method} /echo ?- ") and body.endswith(b"body 5\n"), body
    answer, body = server.request("POST", "/echo", b"")
    assert body.endswith(b"body 0\n")
    answer, body = server.request("OPTIONS", "/echo")
    assert body.startswith(b"OPTIONS")
    assert server.request("GET", "/nothing")[0].status == 404


@with_server()
def test_answers_head_without_a_body_and_204_without_a_length(server):
    answer, body = server.request("HEAD", "/echo")
    assert answer.status == 200 and int(answer.headers["Content-Length"]) > 50 and body == b""
    wire = connect(server.port)
    wire.send("GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
    line, headers = wire.read_head()
    assert line == "HTTP/1.1 204 No Content" and "content-length" not in headers


@with_server()
def test_keeps_connections_open_between_requests(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=rawws.LIMIT_S)
    for i in range(20):
        connection.request("POST" if i % 2 else "GET", "/echo", b"x" * i * 1000 if i % 2 else None)
        answer = connection.getresponse()
        assert answer.read().endswith(f"body {i * 1000 if i % 2 else 0}\n".encode())
    wire = connect(server.port)
    wire.send("GET /echo/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo/2 HTTP/1.1\r\nHost: x\r\n\r\nGET /echo/3 HTTP/1.0\r\nHost: x\r\n\r\n")
    for i in (1, 2, 3):
        _, headers = wire.read_head()
        assert wire.read(int(headers["content-length"])).startswith(f"GET /echo/{i} ".encode())
        assert (headers.get("connection") == "close") == (i == 3)
    assert wire.is_gone()


@with_server("body=100000")
def test_bounds_bodies(server):
    body = bytes(random.Random(1).randbytes(100000))
    assert server.request("POST", "/body", body)[1] == body
    assert server.request("POST", "/body", body + b"x")[0].status == 413
    wire = connect(server.port)
    wire.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n")
    assert wire.read_head()[0] == "HTTP/1.1 100 Continue"
    wire.send("y" * 3000)
    line, _ = wire.read_head()
    assert line == "HTTP/1.1 200 OK" and wire.read(3000) == b"y" * 3000
    for head, status in [("Transfer-Encoding: chunked\r\n", 411), ("", 411), ("Content-Length: -1\r\n", 400),
                         ("Content-Length: 1x\r\n", 400), ("Content-Length: 99999999999999999999\r\n", 400)]:
        wire = connect(server.port)
        wire.send(f"POST /body HTTP/1.1\r\nHost: x\r\n{head}\r\n")
        assert wire.read_head()[0].split()[1] == str(status), head


@with_server()
def test_refuses_methods_nobody_knows(server):
    for method in ("BREW", "TRACE", "PROPFIND"):
        wire = connect(server.port)
        wire.send(f"{method} /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.is_gone()  # libwebsockets hangs up on what it does not know
    assert server.request("GET", "/echo")[0].status == 200


@with_server()
def test_takes_answers_from_other_threads_at_any_time(server):
    wires = [connect(server.port) for _ in range(3)]
    for i, wire in enumerate(wires):
        wire.send(f"GET /late/{i} HTTP/1.1\r\nHost: x\r\n\r\n")
        server.program.expect(f"request /late/{i}")
    wires[1].close()  # gone before its answer
    for _ in wires:
        server.program.tell("answer")
    for wire in (wires[0], wires[2]):
        line, headers = wire.read_head()
        assert line == "HTTP/1.1 200 OK" and wire.read(int(headers["content-length"])) == b"at last"


def test_lets_answers_come_after_the_server_is_gone():
    server = Server()
    wire = connect(server.port)
    wire.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
    server.program.expect("request")
    stream = connect(server.port)
    stream.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
    server.program.expect("request")
    server.end()
    assert wire.is_gone() and stream.is_gone()
    server.program.expect("stream 0 ERR_CLOSED")


@with_server("output=200000", "write=2000")
def test_streams_events_within_bounds(server):
    wire = connect(server.port, rcvbuf=4096)
    wire.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
    line, headers = wire.read_head()
    assert line == "HTTP/1.1 200 OK" and headers["content-type"] == "text/event-stream"
    server.program.expect("request")
    for i in range(3):
        server.program.tell(f"say data: {i}")
        server.program.expect("stream 0 OK")
        assert wire.read(len(f"data: {i}")) == f"data: {i}".encode()
    server.program.tell("\n".join(["fill 150000"] * 40))  # more than the sockets take, and all at once
    answers = [server.program.expect("stream 0").split()[-1] for _ in range(40)]
    assert "ERR_LIMIT" in answers
    deadline = time.monotonic() + rawws.LIMIT_S
    while "ERR_CLOSED" not in answers:  # it did not read for longer than write=
        assert time.monotonic() < deadline
        server.program.tell("fill 150000")
        answers.append(server.program.expect("stream 0").split()[-1])
    server.program.tell("end-streams")


@with_server()
def test_ends_a_stream(server):
    wire = connect(server.port)
    wire.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
    wire.read_head()
    server.program.expect("request")
    server.program.tell("say last words")
    server.program.tell("end-streams")
    assert wire.read(10) == b"last words"
    assert wire.is_gone()


@with_server("listen=127.0.0.1", "for=1", "listen=127.0.0.1", "for=2", "listen=127.0.0.1", listens=3)
def test_serves_on_each_port_what_it_is_for(server):
    stations, pages, both = server.ports
    assert server.request("GET", "/echo", port=stations)[0].status == 404
    assert server.request("GET", "/echo", port=pages)[1].startswith(b"GET /echo ?- listen 1 ")
    assert server.request("GET", "/echo", port=both)[1].startswith(b"GET /echo ?- listen 2 ")
    for port, status in [(stations, 101), (pages, 404), (both, 101)]:
        _, line, _ = station(port, "CP1")
        assert line.split()[1] == str(status)


@with_server("no-http=1")
def test_has_no_pages_when_the_host_has_none(server):
    assert server.request("GET", "/")[0].status == 404
    assert server.request("POST", "/", b"x" * 100000)[0].status == 404


# --- settings ----------------------------------------------------------------------------------------------------------

def test_refuses_wrong_settings_with_one_line():
    taken = rawws.Listener()
    for status, *options in [("ERR_ARGUMENT", "listen=nowhere"), ("ERR_ARGUMENT", "listen=127.0.0.1", "port=70000"),
                             ("ERR_ADDRESS_IN_USE", "listen=127.0.0.1", f"port={taken.port}"),
                             ("ERR_NETWORK", "listen=203.0.113.7"),
                             ("ERR_ARGUMENT", "threads=0"), ("ERR_ARGUMENT", "threads=65"), ("ERR_ARGUMENT", "prefix=ocpp"),
                             ("ERR_ARGUMENT", "no-subprotocol=soap"), ("ERR_ARGUMENT", "no-subprotocol=ocpp9"),
                             ("ERR_ARGUMENT", "max=10"), ("ERR_ARGUMENT", "handshake=0"), ("ERR_ARGUMENT", "mailbox=0"),
                             ("ERR_ARGUMENT", "proxy=nobody"), ("ERR_ARGUMENT", "patience=0"), ("ERR_ARGUMENT", "addresses=0"),
                             ("ERR_TLS", "listen=127.0.0.1", "cert=/nowhere"), ("ERR_TLS", "listen=127.0.0.1", "cert=/nowhere", "key=/nowhere"),
                             ("ERR_TLS", *tls_options()[:2], "key=" + CERTIFICATES.file("ca.key"))]:
        program = Program(PROBE, f"library={LIBRARY}", *options)
        line = program.expect("refused ")
        assert line.startswith(f"refused {status} ") and len(line) > len(status) + 12, line
        assert program.end() == 1
    taken.close()


def test_listens_on_both_families():
    server = Server("listen=::")
    wire, line, _ = station(server.port, "CP1", host="::1")
    assert line.startswith("HTTP/1.1 101")
    echo(wire, "six")
    echo(server.station("CP2"), "four")
    server.end()


if __name__ == "__main__":
    rawws.run(dict(globals()))
