"""What the WebSocket server lets peers cost: addresses, rates, proxies, identities that come twice, memory.
Usage: ws_server_limits.py PROBE libev|libuv|poll"""

import contextlib
import os
import random
import re
import socket
import statistics
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ws_server  # noqa: E402  pylint: disable=wrong-import-position
from ws_server import PROBE, client_frame, echo, offer, rawws, with_server  # noqa: E402
from rawws import CLOSE, CONTINUATION, PING, PONG, TEXT, Gone, connect, station  # noqa: E402

with open(PROBE, "rb") as program_file:
    SANITIZED = re.search(rb"__[at]san_init", program_file.read()) is not None
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"  # two addresses of this machine


def count(server, name):
    server.program.tell("counts")
    number = int(server.program.expect(f"count {name} ").split()[2])
    server.program.expect("count closed_bad_message ")
    return number


def eventually(condition, what):
    deadline = time.monotonic() + rawws.LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def is_turned_away(server, source=HERE):
    """Whether a connection is closed before anybody asked it anything."""
    try:
        wire = connect(server.port, source=source)
        wire.send("GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        wire.read_head()
        return False
    except (Gone, OSError):
        return True


def resident(server):
    with open(f"/proc/{server.program.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s*(\d+)", status.read()).group(1)) * 1024


def grew_at_most(server, before, most, what):
    grown = resident(server) - before
    print(f"  {what}: {grown / 1024:.0f} kB", flush=True)
    assert SANITIZED or grown <= most, f"{what}: {grown} bytes, at most {most}"


def is_quick(wire, times=20):
    """A good station is answered, whatever others do. Tight enough to show a server that is held up, no bench: this machine may stall."""
    seconds = []
    for i in range(times):
        begun = time.monotonic()
        echo(wire, f"quick {i}")
        seconds.append(time.monotonic() - begun)
    assert statistics.median(seconds) < 2, seconds


# --- addresses ---------------------------------------------------------------------------------------------------------

@with_server("loopback=1", "rate-of-one=20/3")
def test_takes_only_so_many_connections_of_one_address(server):
    begun, taken = time.monotonic(), 0
    while not is_turned_away(server):
        taken += 1
    assert 3 <= taken <= 3 + (time.monotonic() - begun) / 3, taken
    server.program.expect("log 127.0.0.1: connections turned away: too many of one address in a short time")
    assert not is_turned_away(server, ELSEWHERE)
    assert count(server, "away_rate") >= 1
    eventually(lambda: not is_turned_away(server), "one more after three seconds")


@with_server("rate-of-one=60/1", "failures=60/1", "strangers=1")
def test_does_not_limit_its_own_machine_unless_told_to(server):
    wires = [connect(server.port) for _ in range(10)]
    echo(server.station("CP1"), "all of them")
    for wire in wires:
        wire.close()


@with_server("rate=600/3")
def test_lets_too_many_connections_wait_and_takes_them_later(server):
    begun = time.monotonic()
    wires = [connect(server.port) for _ in range(10)]  # all at once, before any is answered
    for i, wire in enumerate(wires):
        wire.send(rawws.upgrade_request(f"/ocpp/CP{i}"))
    for wire in wires:
        assert wire.read_head()[0].startswith("HTTP/1.1 101")
    assert time.monotonic() - begun > 0.5  # 7 of them came at 10 a second
    for wire in wires:
        echo(wire, "here")
    assert count(server, "acceptance_delayed") > 0 and count(server, "accepted") == 10


@with_server("loopback=1", "strangers=5")
def test_keeps_only_so_many_unauthenticated_connections_of_one_address(server):
    strangers = [connect(server.port) for _ in range(5)]
    eventually(lambda: count(server, "accepted") == 5, "they are taken")
    assert is_turned_away(server) and count(server, "away_unauthenticated") == 1
    echo(server.station("CP1", source=ELSEWHERE), "others come in")
    for wire in strangers:
        wire.close()
    eventually(lambda: not is_turned_away(server), "there is room again")
    stations = [server.station(f"CP{i}") for i in range(20)]  # who is a station is no stranger
    for wire in stations:
        echo(wire, "welcome")


@with_server("connections=3")
def test_turns_away_more_connections_than_it_may_have(server):
    wires = [server.station(f"CP{i}") for i in range(3)]
    assert connect(server.port).is_gone()
    server.program.expect("log connections are turned away: max_connections are open")
    wires[0].close()
    server.program.expect("disconnected CP0")
    deadline = time.monotonic() + rawws.LIMIT_S
    while True:
        try:
            server.station("CP3")
            break
        except (Gone, OSError):
            assert time.monotonic() < deadline


@with_server("loopback=1", "failures=10/3")
def test_does_not_listen_to_an_address_whose_handshakes_fail(server):
    for _ in range(3):
        assert server.refusal("secret-1", extra=rawws.basic("secret-1", "guess!"))[0] == 401
    assert is_turned_away(server)
    server.program.expect("log 127.0.0.1: connections turned away: too many failed handshakes of one address")
    assert count(server, "failed_handshakes") == 3 and count(server, "away_failures") == 1
    server.station("secret-1", extra=rawws.basic("secret-1", "sesame"), source=ELSEWHERE)
    eventually(lambda: not is_turned_away(server), "and listens again after a while")


@with_server("loopback=1", "failures=1/3")
def test_counts_the_passwords_of_operators_that_are_wrong(server):
    for _ in range(3):
        assert server.request("GET", "/denied")[0].status == 401
    eventually(lambda: count(server, "failed_handshakes") == 3, "they are counted")
    assert is_turned_away(server)


@with_server("loopback=1", "failures=1/2", "handshake=4000")
def test_counts_what_is_no_handshake_and_what_never_ends_as_failures(server):
    assert server.refusal("", prefix="/nowhere")[0] == 404
    wire = connect(server.port)
    assert wire.is_gone()
    server.program.expect("log 127.0.0.1 takes too long over its request")
    assert is_turned_away(server)


@with_server("loopback=1", "addresses=4", "rate-of-one=1/1")
def test_forgets_the_address_it_has_not_heard_of_for_longest(server):
    for i in range(2, 12):
        assert not is_turned_away(server, f"127.0.0.{i}")
    assert is_turned_away(server, "127.0.0.11")
    eventually(lambda: count(server, "addresses_forgotten") == 6, "six of ten")
    assert not is_turned_away(server, "127.0.0.2")  # nobody knows it any more


@with_server("loopback=1", "failures=0", "rate-of-one=0")
def test_does_not_fill_the_log(server):
    for _ in range(300):
        server.refusal("unknown-1", prefix="/x")
        is_turned_away(server)
    wires = [connect(server.port) for _ in range(300)]
    assert is_turned_away(server)  # more than 256
    for wire in wires:
        wire.close()
    server.program.tell("shards")
    server.program.expect("shard")
    lines = [line for line in server.program.seen if line.startswith("log ")]
    assert len(lines) < 200, len(lines)


# --- proxies -----------------------------------------------------------------------------------------------------------

def admitted(server, extra, identity="CP1"):
    server.station(identity, extra=extra).close()
    line = server.program.expect(f"admit {identity} from ")
    server.program.expect("disconnected " + identity)
    return line.split(" from ")[1].split(" basic")[0]


@with_server("proxy=127.0.0.1", "proxy=192.0.2.0/24")
def test_believes_a_proxy_that_it_was_told_of(server):
    for header, address in [("203.0.113.9", "203.0.113.9"), ("2001:db8::7", "2001:db8::7"), ("[2001:db8::7]:443", "2001:db8::7"),
                            ("203.0.113.9:1234", "203.0.113.9"), ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
                            ("6.6.6.6,203.0.113.9 , 192.0.2.44", "203.0.113.9"), ("192.0.2.1", "192.0.2.1"),
                            ("6.6.6.6, unknown", "127.0.0.1"), ("", "127.0.0.1"), ("6.6.6.6, 999.1.1.1", "127.0.0.1")]:
        assert admitted(server, f"X-Forwarded-For: {header}\r\n") == address + " tls 0", header
    assert admitted(server, "") == "127.0.0.1 tls 0"
    assert admitted(server, "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\n") == "203.0.113.9 tls 0"
    for strange in ("\"", "\"\\", "6" * 3000, "6.6.6.6," * 300):  # what a client writes hides nothing of what the proxy wrote
        assert admitted(server, f"X-Forwarded-For: {strange}, 203.0.113.9\r\n") == "203.0.113.9 tls 0", strange
    assert admitted(server, "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n") == "203.0.113.9 tls 1"
    assert admitted(server, "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: http\r\n") == "203.0.113.9 tls 0"
    assert admitted(server, "Forwarded: for=203.0.113.9;proto=https\r\n") == "127.0.0.1 tls 0"  # anybody may write that one


@with_server("proxy=127.0.0.1", "forwarded=1")
def test_reads_the_header_of_rfc_7239_where_the_proxy_writes_that(server):
    for header, seen in [("for=203.0.113.9", "203.0.113.9 tls 0"), ("For=\"[2001:db8::7]:99\";Proto=https", "2001:db8::7 tls 1"),
                         ("for=6.6.6.6;proto=https, for=203.0.113.9;by=1.2.3.4", "203.0.113.9 tls 0"),
                         ("for=\"a, for=6.6.6.6\", for=203.0.113.9;proto=wss", "203.0.113.9 tls 1"),
                         ("for=\"a, for=203.0.113.9", "203.0.113.9 tls 0"), ("6" * 3000 + ", for=203.0.113.9", "203.0.113.9 tls 0"),
                         ("for=_hidden;proto=https", "127.0.0.1 tls 1"), ("for=203.0.113.9, for=127.0.0.1", "203.0.113.9 tls 0")]:
        assert admitted(server, f"Forwarded: {header}\r\n") == seen, header
    assert admitted(server, "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n") == "127.0.0.1 tls 0"


@with_server("proxy=203.0.113.1")
def test_believes_nobody_else(server):
    forged = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.9;proto=https\r\n"
    assert admitted(server, forged) == "127.0.0.1 tls 0"


@with_server("proxy=127.0.0.1", "failures=1/2", "strangers=3")
def test_limits_the_clients_of_a_proxy_and_not_the_proxy(server):
    def ask(client, identity):
        return station(server.port, identity, extra=f"X-Forwarded-For: {client}\r\n")[1].split()[1]
    silent = [connect(server.port) for _ in range(10)]
    assert [ask("203.0.113.9", "unknown-1") for _ in range(3)] == ["404", "404", "429"]
    server.program.expect("log 203.0.113.9: connections turned away: too many failed handshakes")
    assert ask("203.0.113.10", "CP1") == "101"
    for _ in range(400):  # more requests than an address may open connections
        assert server.request("GET", "/echo", headers={"X-Forwarded-For": "203.0.113.11"})[0].status == 200
    for wire in silent:
        wire.close()


# --- what a station may send -------------------------------------------------------------------------------------------

@with_server("messages=6000/20")
def test_reads_more_slowly_from_a_station_that_sends_too_much(server):
    wire, other = server.station("CP1"), server.station("CP2")
    begun = time.monotonic()
    wire.send(b"".join(client_frame(TEXT, f"={i}") for i in range(100)))
    is_quick(other, 5)
    for i in range(100):
        assert wire.read_text() == str(i)  # late, and none is lost
    assert time.monotonic() - begun > 0.4  # 80 of them at 100 a second
    assert count(server, "throttled") > 0 and count(server, "closed_rate") == 0
    assert any("station CP1 sends too much" in line for line in server.program.seen)


@with_server("messages=600/5", "patience=300")
def test_closes_a_station_that_goes_on_sending_too_much(server):
    wire = server.station("CP1")
    other = server.station("CP2")
    with contextlib.suppress(OSError):
        for _ in range(2000):
            wire.send(client_frame(TEXT, "flood"))
    is_quick(other, 3)
    assert wire.read_close() == 1008
    server.program.expect("log station CP1 at 127.0.0.1 is closed: it sends too much")
    server.program.expect("disconnected CP1 it sends too much")
    assert count(server, "closed_rate") == 1


@with_server("bytes=600000/20000")
def test_counts_bytes_too(server):
    wire, other = server.station("CP1"), server.station("CP2")
    begun = time.monotonic()
    for _ in range(4):
        wire.send(client_frame(TEXT, "=" + "x" * 9000))
    is_quick(other, 3)
    for _ in range(4):
        assert wire.read_text() == "x" * 9000
    assert time.monotonic() - begun > 0.7  # 16 kB beyond the burst at 10 kB a second, the last not waited for
    assert count(server, "throttled") > 0


@with_server("whole=300", "ping=0")
def test_leaves_a_station_whose_message_does_not_end(server):
    for pieces in ([bytes([byte]) for byte in client_frame(TEXT, "x" * 4000)],
                   [client_frame(TEXT, "x", fin=False)] + [client_frame(CONTINUATION, "", fin=False)] * 4000,
                   [client_frame(TEXT, "x", fin=False)] + [client_frame(PING, "")] * 4000):
        wire = server.station("CP1")
        begun = time.monotonic()
        with contextlib.suppress(OSError):  # it may have gone meanwhile
            for count_sent, piece in enumerate(pieces):
                wire.send(piece)
                time.sleep(0.005)
                if count_sent > 20 and time.monotonic() - begun > 0.6:  # more than the head of a frame, which is no message yet
                    break
        server.program.expect("log station CP1 at 127.0.0.1 is closed: a message takes too long")
        server.program.expect("disconnected CP1 a message takes too long")
        assert wire.read_close() == 1008
        wire.close()


# --- alive or not ------------------------------------------------------------------------------------------------------

@with_server("ping=60000", "pong=5000")
# peers: dead chargers shown online
def test_pings_each_station_as_its_admission_says(server):
    wire, calm = server.station("restless-1"), server.station("CP1")
    for _ in range(3):
        opcode, payload, *_ = wire.read_frame()
        assert opcode == PING
        wire.send(client_frame(PONG, payload))
    server.program.expect("disconnected restless-1 it does not answer pings")  # half open: nobody ever closed it
    assert count(server, "closed_dead") == 1
    echo(calm, "nobody asked")


@with_server("ping=60000", "pong=60000")
def test_changes_how_often_a_station_is_pinged_while_it_is_connected(server):
    wire = server.station("CP1")
    server.program.expect("connected CP1")
    server.program.tell("ping CP1 80 5000")
    server.program.expect("pinging OK")
    assert wire.read_frame()[0] == PING
    wire.send(client_frame(PONG, "ocpp"))
    server.program.tell("ping CP1 -1")
    server.program.expect("pinging OK")
    with contextlib.suppress(socket.timeout):
        while True:
            assert wire.read_frame(limit_s=0.5)[0] == PING  # one that was under way
            wire.send(client_frame(PONG, "ocpp"))
    echo(wire, "still here")
    server.program.tell("ping CP9 80")
    server.program.expect("pinging ERR_NOT_FOUND")


# --- an identity that comes twice --------------------------------------------------------------------------------------

def answer_pings(wire):
    """In a thread: as a living station does, until it is closed."""
    def run():
        with contextlib.suppress(Gone, OSError, AssertionError):
            while True:
                opcode, payload, *_ = wire.read_frame()
                if opcode == PING:
                    wire.send(client_frame(PONG, payload))
                if opcode == CLOSE:
                    return
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@with_server("threads=2", "policy=1", "probe=5000", "ping=0")
# peers: a second connection of the same station
def test_keeps_the_old_connection_as_long_as_it_lives_when_told_to(server):
    old = server.station("CP1")
    server.program.expect("connected CP1")
    for _ in range(3):
        new = server.station("CP1")
        opcode, payload, *_ = old.read_frame()
        assert opcode == PING
        old.send(client_frame(PONG, payload))
        assert new.read_close() == 1008
        new.close()
        echo(old, "still me")
    assert count(server, "kept") == 3 and count(server, "replaced") == 0
    new = server.station("CP1")  # and now it is silent
    server.program.expect("disconnected CP1 it does not answer a ping, and its identity has come again", but=["connected"])
    server.program.expect("connected CP1")
    echo(new, "mine now")
    old.close()


@with_server("threads=2", "policy=2", "ping=0")
def test_keeps_the_oldest_connection_when_told_to(server):
    old = server.station("CP1")
    server.program.expect("connected CP1")
    new = server.station("CP1")
    assert new.read_close() == 1008
    server.program.expect("log station CP1 at 127.0.0.1 is turned away: this identity is connected already")
    assert count(server, "kept") == 1
    echo(old, "first come")
    old.send(client_frame(CLOSE, b"\x03\xe8"))
    assert old.read_close() == 1000
    server.program.expect("disconnected CP1")
    echo(server.station("CP1"), "next")


@with_server("threads=2", "replacements=1/3", "probe=5000", "ping=0")
def test_ends_the_fight_of_two_devices_with_one_identity(server):
    first = server.station("CP1")
    server.program.expect("connected CP1")
    for _ in range(3):
        second = server.station("CP1")
        server.program.expect("connected CP1")
        assert first.read_close() == 1008
        first.close()
        first = second
    keeper = answer_pings(first)
    for _ in range(5):
        loser = server.station("CP1")
        assert loser.read_close() == 1008
        loser.close()
    server.program.expect("log station CP1 changes its connection too often, as two devices with one identity do")
    assert keeper.is_alive()
    assert count(server, "fights") == 5 and count(server, "replaced") == 3
    first.sock.shutdown(socket.SHUT_RDWR)
    server.program.expect("disconnected CP1")
    echo(server.station("CP1"), "the other may have it")


@with_server("threads=3", "policy=1", "probe=200", "ping=0", "quiet=1")
# peers: a second connection of the same station; peers: server stuck or crashed around disconnect
def test_holds_together_when_old_and_new_connections_come_and_go_at_once(server):
    stop = threading.Event()

    def come_and_go(seed):
        rng = random.Random(seed)
        while not stop.is_set():
            with contextlib.suppress(OSError, Gone, AssertionError):
                wire, _, _ = station(server.port, f"CP{rng.randrange(3)}")
                if rng.random() < 0.5:
                    wire.send(client_frame(TEXT, "=x") + client_frame(PONG, "ocpp"))
                    wire.read_frame(limit_s=0.05)
                wire.close()

    threads = [threading.Thread(target=come_and_go, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    stop.wait(2)
    stop.set()
    for thread in threads:
        thread.join()
    for i in range(3):
        ws_server.is_served_in_the_end(server, f"CP{i}")


# --- handshakes against the rules ----------------------------------------------------------------------------------------

@with_server()
# peers: validation all-or-nothing
def test_takes_a_handshake_without_a_version_of_a_station_that_is_known_for_it(server):
    echo(server.station("odd-1", None), "hello")
    assert "sec-websocket-protocol" not in server.headers
    server.program.expect("connected odd-1 ocpp1.6")
    server.program.expect("survived odd-1 no-subprotocol")
    assert server.refusal("CP1", None)[0] == 400
    server.program.expect("log station CP1 refused: it offers no version (would pass with quirk no-subprotocol)")
    assert server.refusal("odd-1", "ocpp0.9")[0] == 400  # what is offered counts


@with_server()
def test_takes_the_user_name_for_the_identity_of_a_station_that_is_known_for_it(server):
    echo(server.station("", None, prefix="/", extra=rawws.basic("odd-1", "x")), "hello")
    server.program.expect("survived odd-1 no-subprotocol")
    server.program.expect("survived odd-1 no-identity")
    for user in ("CP1", "unknown-1", "secret-1", "odd/1", "odd-" + "x" * 60):
        assert server.refusal("", prefix="/", extra=rawws.basic(user, "x"))[0] == 404, user
    assert server.refusal("", prefix="/")[0] == 404


@with_server("prefix=/")
def test_takes_the_last_segment_of_a_path_with_too_many_slashes(server):
    echo(server.station("///charger", prefix=""), "hello")
    server.program.expect("connected charger ")


@with_server()
def test_refuses_a_handshake_without_a_connection_header_of_anybody(server):
    """libwebsockets reads that header itself, after us: no quirk can stand in for it."""
    wire = connect(server.port)
    wire.send(rawws.upgrade_request("/ocpp/odd-1").replace("Connection: Upgrade\r\n", ""))
    assert wire.read_head()[0].split()[1] == "400"


# --- bad manners: memory stays bounded, others are not held up ---------------------------------------------------------------

@with_server("quiet=1", "handshake=60000")
# peers: nothing known about limits
def test_bears_a_thousand_connections_that_never_say_who_they_are(server):
    good = server.station("CP1")
    is_quick(good)
    before = resident(server)
    strangers = [connect(server.port) for _ in range(1000)]
    eventually(lambda: count(server, "accepted") == 1001, "all are taken")
    grew_at_most(server, before, 1000 * 8 * 1024, "1,000 silent connections")
    for i, wire in enumerate(strangers):
        wire.send(rawws.upgrade_request("/ocpp/CP2")[:20 + i % 100])
    is_quick(good)
    grew_at_most(server, before, 1000 * 20 * 1024, "1,000 with half a request")
    echo(server.station("CP3"), "and lets others in")
    for wire in strangers:
        wire.close()


@with_server("quiet=1")
def test_bears_a_flood_of_pings(server):
    good, bad = server.station("CP1"), server.station("CP2")
    is_quick(good)
    before = resident(server)
    reader = answer_pings(bad)
    for _ in range(40):
        bad.send(client_frame(PING, "x" * 125) * 500)
        echo(good, "quick")
    is_quick(good)
    grew_at_most(server, before, 512 * 1024, "20,000 pings")
    assert reader.is_alive()  # pings are answered, and nobody is told off for them
    bad.sock.shutdown(socket.SHUT_RDWR)
    reader.join()


@with_server("quiet=1", "max=65536")
def test_bears_many_that_begin_large_messages_and_bombs(server):
    good = server.station("CP1")
    before = resident(server)
    wires = [server.station(f"B{i}", extra=offer()) for i in range(50)]
    bomb = rawws.deflate("x" * 5000000)
    for wire in wires:
        wire.send(client_frame(TEXT, bomb, rsv=4))
    for wire in wires:
        assert wire.read_close() == 1009
        wire.close()
    is_quick(good)
    grew_at_most(server, before, 2 * 1024 * 1024, "50 bombs of 5 MB")
    wires = [server.station(f"C{i}") for i in range(50)]
    for wire in wires:
        wire.send(client_frame(TEXT, "x" * 60000, length=131072))
    is_quick(good)
    grew_at_most(server, before, 50 * 150 * 1024, "50 messages half sent")
    for wire in wires:
        wire.close()


@with_server("quiet=1", "ping=0")
def test_costs_little_memory_per_connection_that_compresses(server):
    def talk(wire, text):
        wire.send(client_frame(TEXT, rawws.deflate("=" + text), rsv=4))
        assert rawws.inflate(wire.read_frame()[1], bits=12) == text

    for kind, extra in [("plain", ""), ("compressing", offer("; client_max_window_bits"))]:
        talk(server.station("warm", extra=offer()), "the thread's own streams " * 2000)
        before = resident(server)
        wires = [server.station(f"{kind}{i}", extra=extra) for i in range(400)]
        for wire in wires:
            for i in range(3):
                if extra:
                    talk(wire, f"meter values {i} again and again " * 600)
                else:
                    echo(wire, f"meter values {i} again and again " * 600)
        grew_at_most(server, before, 400 * 12 * 1024, f"400 {kind} connections after traffic")


if __name__ == "__main__":
    rawws.run(dict(globals()))
