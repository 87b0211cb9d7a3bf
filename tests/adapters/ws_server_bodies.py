"""Bodies that never stand in memory as a whole: read from a source while they are sent, written to a sink while they come.
Usage: ws_server_bodies.py PROBE libev|libuv|poll"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rawws  # noqa: E402  pylint: disable=wrong-import-position
from rawws import connect  # noqa: E402
from ws_server import with_server  # noqa: E402

LARGE = 5000003
FLOW = bytes(i * 7 & 255 for i in range(256)) * (LARGE // 256 + 1)


@with_server()
def test_sends_what_it_reads(server):
    for size in (0, 1, 65536, LARGE):
        answer, body = server.request("GET", f"/source?{size}")
        assert answer.status == 200 and int(answer.headers["Content-Length"]) == size and body == FLOW[:size]
        server.program.expect(f"flow ended at {size}")
    answer, body = server.request("HEAD", f"/source?{LARGE}")
    assert int(answer.headers["Content-Length"]) == LARGE and body == b""
    server.program.expect("flow ended at 0")


@with_server("keep=100000")
def test_hangs_up_when_the_rest_cannot_be_read(server):
    wire = connect(server.port)
    wire.send("GET /source?200000 HTTP/1.1\r\nHost: x\r\n\r\n")
    wire.read_head()
    assert wire.read(65536) == FLOW[:65536]
    assert wire.is_gone()
    server.program.expect("flow ended")


@with_server("write=300")
def test_closes_a_source_whose_reader_is_deaf_or_gone(server):
    deaf, gone = connect(server.port), connect(server.port)
    for wire in (deaf, gone):
        wire.send(f"GET /source?{100 * LARGE} HTTP/1.1\r\nHost: x\r\n\r\n")
        wire.read_head()
    gone.close()
    server.program.expect("flow ended")
    server.program.expect("flow ended")


@with_server("body=1000")
def test_writes_what_comes(server):
    for size in (1, 65536, LARGE):
        answer, said = server.request("PUT", "/sink", FLOW[:size])
        assert answer.status == 201 and said == f"{size} 1".encode(), said
    wire = connect(server.port)
    wire.send("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\nExpect: 100-continue\r\n\r\n")
    assert wire.read_head()[0] == "HTTP/1.1 100 Continue"
    wire.send(FLOW[:3000])
    assert wire.read_head()[0].split()[1] == "201"
    assert server.request("PUT", "/body", b"x" * 1001)[0].status == 413, "memory has its own bound"


@with_server("sink=1000", "keep=500")
def test_bounds_what_comes(server):
    assert server.request("PUT", "/sink", FLOW[:1001])[0].status == 413
    server.program.expect("flow ended at 0")
    wire = connect(server.port)
    wire.send("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    wire.send(FLOW[:600])
    assert wire.read_head()[0].split()[1] == "507"
    server.program.expect("flow ended")
    assert server.request("PUT", "/sink", FLOW[:400])[1] == b"400 1"


@with_server("handshake=4000")
def test_gives_a_body_time_as_long_as_it_comes(server):
    wire = connect(server.port)
    wire.send("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    for i in range(10):
        wire.send(FLOW[i:i + 1])
        time.sleep(0.5)
    assert wire.read_head()[0].split()[1] == "201"
    wire = connect(server.port)
    wire.send("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n" + "ab")
    assert wire.is_gone()
    server.program.expect("flow ended at 2")


@with_server()
def test_shows_where_a_client_wants_to_go_on(server):
    _, body = server.request("GET", "/echo", headers={"Range": "bytes=5-", "Last-Event-ID": "7f.12"})
    assert b"range bytes=5- last 7f.12 match - site - " in body, body


@with_server()
def test_shows_what_a_browser_has_and_from_where_it_asks(server):
    _, body = server.request("GET", "/echo", headers={"If-None-Match": '"5f"', "Sec-Fetch-Site": "cross-site"})
    assert b'match "5f" site cross-site ' in body, body


if __name__ == "__main__":
    rawws.run(dict(globals()))
