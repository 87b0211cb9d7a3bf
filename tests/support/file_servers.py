"""Servers of files on loopback, as tests of transfers need them: HTTP and HTTPS that can go on in the middle and misbehave on order,
and a small FTP server (RFC 959: one file at a time, passive, with REST)."""

import http.server
import os
import re
import socket
import socketserver
import ssl
import subprocess
import threading
import time


class Threads(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass  # peers that hang up in the middle are what the tests are about


class Place:
    """What the servers have, and how they shall behave; a test writes it."""

    def __init__(self, content=b""):
        self.files = {"new.bin": content}
        self.received = {}
        self.requests = []     # (method, path, Range)
        self.statuses = []     # of the next requests, instead of the file
        self.cut_after = None  # bytes of a body, then the connection goes
        self.says_length = None
        self.ranges = True
        self.delay = 0         # between pieces
        self.piece = 16384
        self.held = None       # an event that everything behind the first piece of a body waits for
        self.endless = False
        self.redirect = None
        self.user = None       # (name, password)


class Http(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    @property
    def place(self):
        return self.server.place

    def refuse(self, status):
        body = b"<html>sorry</html>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def admit(self):
        self.place.requests.append((self.command, self.path, self.headers.get("Range")))
        if self.place.statuses:
            status = self.place.statuses.pop(0)
            if status != 200:
                self.refuse(status)
                return False
        if self.place.redirect is not None and self.path.startswith("/redirect"):
            self.send_response(302)
            self.send_header("Location", self.place.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        return True

    def do_GET(self):
        if not self.admit():
            return
        if self.place.endless:
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            while True:
                self.wfile.write(bytes(65536))
        content = self.place.files.get(self.path.lstrip("/").split("?")[0])
        if content is None:
            self.refuse(404)
            return
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if wanted and self.place.ranges:
            start = int(wanted.group(1))
            if start >= len(content):
                self.refuse(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        body = content[start:]
        self.send_header("Content-Length", str(len(body) if self.place.says_length is None else self.place.says_length))
        self.end_headers()
        sent = 0
        while sent < len(body):
            piece = body[sent:sent + self.place.piece]
            if self.place.cut_after is not None:
                piece = piece[:self.place.cut_after - sent]
            self.wfile.write(piece)
            self.wfile.flush()
            sent += len(piece)
            if self.place.cut_after is not None and sent >= self.place.cut_after:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            time.sleep(self.place.delay)
            if self.place.held is not None:
                self.place.held.wait()
        if self.place.says_length is not None:
            self.close_connection = True

    def do_PUT(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if not self.admit():
            return
        self.place.received[self.path.lstrip("/")] = body
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Ftp(socketserver.StreamRequestHandler):
    listener = None
    is_private = False

    def finish(self):
        if self.listener is not None:
            self.listener.close()
        super().finish()

    def say(self, text):
        self.wfile.write((text + "\r\n").encode())
        self.wfile.flush()

    def data(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        if self.server.context is not None and self.is_private:
            connection = self.server.context.wrap_socket(connection, server_side=True)
        return connection

    def handle(self):
        place = self.server.place
        rest = 0
        user = ""
        self.say("220 hello")
        for line in self.rfile:
            word, _, value = line.decode().strip().partition(" ")
            word = word.upper()
            place.requests.append((word, value, None))
            if word == "USER":
                user = value
                self.say("331 and the password")
            elif word == "PASS":
                admitted = place.user is None or place.user == (user, value)
                self.say("230 welcome" if admitted else "530 who?")
            elif word == "PWD":
                self.say('257 "/"')
            elif word in ("CWD", "TYPE", "NOOP", "PBSZ", "PROT"):
                self.is_private = self.is_private or (word == "PROT" and value == "P")
                self.say("200 fine")
            elif word in ("EPSV", "PASV"):
                if self.listener is not None:
                    self.listener.close()
                self.listener = socket.create_server(("127.0.0.1", 0))
                port = self.listener.getsockname()[1]
                self.say(f"229 extended (|||{port}|)" if word == "EPSV" else f"227 (127,0,0,1,{port // 256},{port % 256})")
            elif word == "SIZE":
                content = place.files.get(os.path.basename(value))
                self.say("550 nothing" if content is None else f"213 {len(content)}")
            elif word == "REST":
                if place.ranges:
                    rest = int(value)
                    self.say("350 from there")
                else:
                    self.say("502 no")
            elif word == "RETR":
                content = place.files.get(os.path.basename(value))
                if content is None:
                    self.say("550 nothing")
                    continue
                self.say("150 here it comes")
                body = content[rest:]
                with self.data() as connection:
                    connection.sendall(body if place.cut_after is None else body[:place.cut_after])
                if place.cut_after is not None:
                    return
                self.say("226 that was it")
                rest = 0
            elif word == "STOR":
                self.say("150 go on")
                received = b""
                with self.data() as connection:
                    while piece := connection.recv(65536):
                        received += piece
                place.received[os.path.basename(value)] = received
                self.say("226 thanks")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 no")


def serve(handler, place, context=None):
    """A server on a free port of loopback, on a thread of its own; gives the port."""
    server = Threads(("127.0.0.1", 0), handler)
    server.place = place
    server.context = context
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def certificate(folder, name="localhost"):
    """A certificate for 127.0.0.1 and |name| that vouches for itself, made by the openssl program; its context for a server."""
    key, cert = os.path.join(folder, "server.key"), os.path.join(folder, "server.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                    "-out", cert, "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def silent_server():
    """Accepts connections and says nothing, or a byte at a time; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle(connection):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
                connection.send(bytes([byte]))
                time.sleep(0.5)
        except OSError:
            pass

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=trickle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]
