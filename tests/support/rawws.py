"""WebSocket by hand (RFC 6455, RFC 7692), both sides, with every bad manner a peer can have. Standard library only.

Nothing here waits for a fixed time: every read has a deadline and fails with what it waited for."""

import base64
import hashlib
import os
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import queue
import time
import zlib

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
LIMIT_S = 20.0  # generous: the machine may be busy


class Gone(Exception):
    """The peer closed the TCP connection."""


def accept_key(key):
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


def frame(opcode, payload=b"", fin=True, mask=None, rsv=0, length=None):
    """One frame. |mask| is a bool or 4 bytes; |length| lies about the payload."""
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    if not mask:
        return head + payload
    key = mask if isinstance(mask, bytes) else os.urandom(4)
    return head + key + bytes(byte ^ key[i & 3] for i, byte in enumerate(payload))


def deflate(text, bits=15):
    packer = zlib.compressobj(6, zlib.DEFLATED, -bits)
    packed = packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed[:-4]


def inflate(payload, bits=15):
    return zlib.decompressobj(-bits).decompress(payload + b"\0\0\xff\xff").decode()


class Wire:
    """A connected socket that reads with a deadline."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""

    def send(self, data):
        self.sock.settimeout(LIMIT_S)
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def fill(self, limit_s=LIMIT_S):
        self.sock.settimeout(limit_s)
        try:
            more = self.sock.recv(65536)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError) as error:
            if isinstance(error, ssl.SSLError) and "timed out" in str(error):
                raise socket.timeout from error
            raise Gone() from error
        if not more:
            raise Gone()
        self.buffer += more

    def read(self, size, limit_s=LIMIT_S):
        while len(self.buffer) < size:
            self.fill(limit_s)
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_head(self, limit_s=LIMIT_S):
        """An HTTP head: first line and headers with names in lower case."""
        while b"\r\n\r\n" not in self.buffer:
            self.fill(limit_s)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        return lines[0], headers

    def read_frame(self, limit_s=LIMIT_S):
        """(opcode, payload, fin, rsv1, masked)"""
        first, second = self.read(2, limit_s)
        size = second & 127
        if size == 126:
            size = struct.unpack(">H", self.read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.read(8))[0]
        key = self.read(4) if second & 128 else None
        payload = self.read(size, limit_s)
        if key:
            payload = bytes(byte ^ key[i & 3] for i, byte in enumerate(payload))
        return first & 15, payload, bool(first & 128), bool(first & 64), key is not None

    def read_text(self, limit_s=LIMIT_S, pongs=None):
        """The next text; pings are answered with |pongs| (a function of the payload) or passed over."""
        while True:
            opcode, payload, _, packed, _ = self.read_frame(limit_s)
            if opcode == TEXT:
                return inflate(payload) if packed else payload.decode()
            if opcode == PING and pongs:
                self.send(pongs(payload))
            if opcode == CLOSE:
                raise AssertionError(f"closed with {payload!r} instead of a text")

    def read_close(self, limit_s=LIMIT_S):
        """The code of the close frame that comes, whatever comes before it; 0 when the connection just ends."""
        try:
            while True:
                opcode, payload, *_ = self.read_frame(limit_s)
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
        except Gone:
            return 0

    def is_gone(self, limit_s=LIMIT_S):
        try:
            while True:
                self.fill(limit_s)
        except Gone:
            return True
        except socket.timeout:
            return False

    def close(self):
        self.sock.close()


class Listener:
    """A server socket on loopback."""

    def __init__(self, context=None, family=socket.AF_INET):
        self.sock = socket.socket(family)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        self.context = context

    def accept(self, limit_s=LIMIT_S):
        self.sock.settimeout(limit_s)
        connection, _ = self.sock.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context:
            connection.settimeout(limit_s)
            connection = self.context.wrap_socket(connection, server_side=True)
        return Wire(connection)

    def handshake(self, protocol="ocpp2.0.1", extra="", limit_s=LIMIT_S):
        """Accepts one client: its wire, the first line of its request, its headers."""
        wire = self.accept(limit_s)
        line, headers = wire.read_head(limit_s)
        wire.send(upgrade_answer(headers, protocol, extra))
        return wire, line, headers

    def close(self):
        self.sock.close()


class Vacancy:
    """A port of loopback at which nobody listens, and that nobody else gets meanwhile."""

    def __init__(self):
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]

    def close(self):
        self.sock.close()


def upgrade_answer(headers, protocol="ocpp2.0.1", extra="", key=None):
    answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    answer += f"Sec-WebSocket-Accept: {key or accept_key(headers['sec-websocket-key'])}\r\n"
    if protocol:
        answer += f"Sec-WebSocket-Protocol: {protocol}\r\n"
    return answer + extra + "\r\n"


def connect(port, context=None, host="127.0.0.1", name="localhost", rcvbuf=None, source=None):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if source:
        sock.bind((source, 0))
    if rcvbuf:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    sock.settimeout(LIMIT_S)
    sock.connect((host, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if context:
        sock = context.wrap_socket(sock, server_hostname=name)
    return Wire(sock)


def upgrade_request(path, protocols="ocpp2.0.1", extra="", key="dGhlIHNhbXBsZSBub25jZQ=="):
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
    if protocols:
        request += f"Sec-WebSocket-Protocol: {protocols}\r\n"
    return request + extra + "\r\n"


def station(port, identity, protocols="ocpp2.0.1", extra="", prefix="/ocpp/", **how):
    """A station's connection: (wire, status line, headers)."""
    wire = connect(port, **how)
    wire.send(upgrade_request(prefix + identity, protocols, extra))
    line, headers = wire.read_head()
    return wire, line, headers


def basic(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() + "\r\n"


class Program:
    """A program under test: lines in, lines out, read with a deadline."""

    def __init__(self, *command, environment=None):
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **(environment or {})})
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self.lines.put(None)

    def tell(self, line):
        self.process.stdin.write((line + "\n").encode())
        self.process.stdin.flush()

    def expect(self, start, limit_s=LIMIT_S, but=()):
        """The next line that begins with |start|; lines that begin with one of |but| may not come before it."""
        end = time.monotonic() + limit_s
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line {start!r} came; seen: {self.seen[-12:]}") from None
            if line is None:
                raise AssertionError(f"the program ended before a line {start!r}; seen: {self.seen[-12:]}")
            self.seen.append(line)
            if line.startswith(start):
                return line
            for wrong in but:
                assert not line.startswith(wrong), f"{line!r} came before {start!r}"

    def expect_all(self, *starts):
        """Lines that may come in any order."""
        waiting = list(starts)
        while waiting:
            line = self.expect("")
            waiting = [start for start in waiting if not line.startswith(start)]

    def end(self, limit_s=LIMIT_S):
        """Closes its stdin and gives its exit code."""
        self.process.stdin.close()
        try:
            return self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the program does not end; seen: {self.seen[-12:]}") from None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Certificates:
    """A CA, what it signed, and what it did not, in a scratch folder."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.folder.name
        self._ca("ca")
        self._ca("other_ca")
        self._signed("server", "ca", "DNS:localhost,IP:127.0.0.1")
        self._signed("wrong_name", "ca", "DNS:elsewhere.example")
        self._signed("foreign", "other_ca", "DNS:localhost,IP:127.0.0.1")
        self._signed("client", "ca", "DNS:client")
        self._signed("pretender", "ca", "DNS:client", "/O=Example,CN=client/CN=pretender")

    def file(self, name):
        return os.path.join(self.path, name)

    def _run(self, *arguments, text=None):
        subprocess.run(["openssl", *arguments], check=True, cwd=self.path, input=text, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def _ca(self, name):
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                  "-out", f"{name}.pem", "-days", "2", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")

    def _signed(self, name, ca, names, subject=None):
        self._run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                  "-out", f"{name}.csr", "-subj", subject or f"/O=Example/CN={name}")
        with open(self.file(f"{name}.ext"), "w", encoding="ascii") as extensions:
            extensions.write(f"subjectAltName={names}\n")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial",
                  "-days", "2", "-out", f"{name}.pem", "-extfile", f"{name}.ext")

    def server_context(self, name="server", client_ca=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(f"{name}.pem"), self.file(f"{name}.key"))
        if client_ca:
            context.load_verify_locations(self.file(f"{client_ca}.pem"))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client_context(self, ca="ca", name=None):
        context = ssl.create_default_context(cafile=self.file(f"{ca}.pem"))
        if name:
            context.load_cert_chain(self.file(f"{name}.pem"), self.file(f"{name}.key"))
        return context


def run(tests, *arguments):
    """Runs the functions of |tests| whose names are sentences; exits 1 when one fails."""
    failed = []
    for name, test in [(name, value) for name, value in tests.items() if name.startswith("test_")]:
        begun = time.monotonic()
        try:
            test(*arguments)
        except Exception as error:  # pylint: disable=broad-except
            failed.append(name)
            import traceback
            traceback.print_exc()
            print(f"FAILED {name}: {error!r}", flush=True)
        else:
            print(f"ok {name[5:].replace('_', ' ')} ({time.monotonic() - begun:.2f} s)", flush=True)
    print(f"{len(failed)} failed")
    raise SystemExit(1 if failed else 0)
