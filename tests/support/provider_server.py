"""A payment provider as docs/payments.md has it, that misbehaves as it is told: the last two digits of an amount are the number of a mood
in MOODS. It does each operation at most once, whatever it answers. Prints its port; ends when its standard input does.

    GET /moved                 lines: LEG KIND SUM COUNT of what has happened
    GET /report                what has happened, as the list of docs/payments.md, sorted
    GET /outbox?t=SECONDS      lines: SIGNATURE TAB BODY of the notifications that wait, signed at that time
    GET /posts                 how many operations were posted, repetitions counted
"""
import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

# What the keys of the tests make of that name, unless another secret was agreed.
SECRET = os.environ["PROVIDER_SECRET"].encode() if "PROVIDER_SECRET" in os.environ else hashlib.sha256(b"notify").digest()
MOODS = ["ok", "declined", "done_500", "done_silent", "not_done_500", "other_amount", "other_currency", "cut", "huge", "redirect", "garbage",
         "pending", "overloaded", "twice", "other_operation", "empty", "not_found", "closes", "trickle", "big_headers", "created", "action",
         "unsupported", "deep", "two_results"]


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.acts = {}
        self.outbox = []
        self.posts = 0
        self.tries = {}
        self.stop = threading.Event()


def outcome(act, **other):
    said = {"operation": act["operation"], "result": act["result"]}
    if act["result"] == "Ok":
        said.update(amount=act["amount"], currency=act["currency"], reference="R-" + act["leg"], somethingNew={"x": 1})
    elif act["result"] == "Declined":
        said.update(reason="the card has no money")
    said.update(other)
    return said


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        state = self.server.state
        url = urllib.parse.urlsplit(self.path)
        with state.lock:
            if url.path.startswith("/pay/operations/"):
                operation = url.path[len("/pay/operations/"):]
                act = state.acts.get(operation)
                if act is None:
                    return self.answer(404, {"operation": operation, "result": "NeverHeard"})
                return self.answer(200, outcome(act))
            if url.path == "/moved":
                sums = {}
                for act in state.acts.values():
                    if act["result"] == "Ok":
                        entry = sums.setdefault((act["leg"], act["kind"]), [0, 0])
                        entry[0] += int(act["amount"].replace(".", ""))
                        entry[1] += 1
                return self.answer(200, "".join(f"{leg} {kind} {total} {count}\n" for (leg, kind), (total, count) in sums.items()).encode())
            if url.path == "/report":
                done = sorted(act["operation"] for act in state.acts.values() if act["result"] == "Ok")
                rows = [state.acts[operation] for operation in done]
                return self.answer(200, "".join(f"{a['operation']},{a['kind']},{a['amount']},{a['currency']}\n" for a in rows).encode())
            if url.path == "/outbox":
                seconds = urllib.parse.parse_qs(url.query)["t"][0]
                lines = []
                for said in state.outbox:
                    body = json.dumps(said)
                    mac = hmac.new(SECRET, f"{seconds}.{body}".encode(), hashlib.sha256).hexdigest()
                    lines.append(f"t={seconds},v1={mac}\t{body}\n")
                return self.answer(200, "".join(lines).encode())
            if url.path == "/posts":
                return self.answer(200, str(state.posts).encode())
        return self.answer(404, b"<html>nothing here</html>")

    def do_POST(self):
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        asked = json.loads(body)
        mood = MOODS[int(asked["amount"][-2:]) % len(MOODS)]
        if self.path not in ("/pay/operations", "/moved-to") or self.headers["Idempotency-Key"] != asked["operation"]:
            return self.answer(400, b"no")
        if self.headers.get("Authorization") != "Bearer s3cret-token":
            return self.answer(401, b"who are you")
        with state.lock:
            state.posts += 1
            known = state.acts.get(asked["operation"])
            tries = state.tries[asked["operation"]] = state.tries.get(asked["operation"], 0) + 1
        if known is not None:  # the same act again: the same outcome
            return self.answer(200, outcome(known))
        if tries > 2:  # what fails does not fail for ever
            mood = "ok"
        return getattr(self, mood)(asked)

    def do(self, asked, result="Ok"):
        """It happens, once."""
        with self.server.state.lock:
            assert asked["operation"] not in self.server.state.acts
            act = dict(asked, result=result)
            self.server.state.acts[asked["operation"]] = act
            return act

    def ok(self, asked):
        self.answer(200, outcome(self.do(asked)))

    def created(self, asked):
        self.answer(201, outcome(self.do(asked)))

    def declined(self, asked):
        self.answer(402, outcome(self.do(asked, "Declined")))

    def unsupported(self, asked):
        self.answer(422, outcome(self.do(asked, "Unsupported")))

    def done_500(self, asked):
        self.do(asked)
        self.answer(500, outcome(dict(asked, result="Declined")))

    def done_silent(self, asked):
        self.do(asked)
        self.server.state.stop.wait(2)
        self.close_connection = True

    def not_done_500(self, asked):
        self.answer(500, b"Internal Server Error")

    def other_amount(self, asked):
        act = self.do(asked)
        self.answer(200, outcome(act, amount="0" + act["amount"] if act["amount"] == "0" else act["amount"][:-1] + "0"))

    def other_currency(self, asked):
        self.answer(200, outcome(self.do(asked), currency="JPY"))

    def cut(self, asked):
        data = json.dumps(outcome(self.do(asked))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2])
        self.close_connection = True

    def huge(self, asked):
        act = self.do(asked)
        self.answer(200, json.dumps(outcome(act)).encode() + b" " * 1000000)

    def redirect(self, asked):
        self.answer(307, b"", [("Location", "/moved-to")])

    def garbage(self, asked):
        self.do(asked)
        self.answer(200, b'{"operation": "' + bytes(range(256)) + b"}}}}")

    def pending(self, asked):
        act = self.do(asked)
        with self.server.state.lock:
            self.server.state.outbox.append(outcome(act))
        self.answer(202, {"operation": asked["operation"], "result": "Pending"})

    def action(self, asked):
        act = self.do(asked)
        with self.server.state.lock:
            self.server.state.outbox.append(outcome(act))
        self.answer(202, {"operation": asked["operation"], "result": "ActionRequired", "actionUrl": "https://bank.example/3ds"})

    def overloaded(self, asked):
        self.answer(503, b"later", [("Retry-After", "1")])

    def twice(self, asked):
        act = self.do(asked)
        self.answer(200, outcome(act))
        self.answer(200, outcome(dict(act, result="Declined")))

    def other_operation(self, asked):
        self.answer(200, outcome(dict(self.do(asked), operation="00000000000000000000000000")))

    def empty(self, asked):
        self.do(asked)
        self.answer(200, b"")

    def not_found(self, asked):
        self.answer(404, {"operation": asked["operation"], "result": "NeverHeard"})

    def closes(self, asked):
        self.close_connection = True

    def trickle(self, asked):
        self.do(asked)
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(20):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                break
            self.server.state.stop.wait(0.1)
        self.close_connection = True

    def big_headers(self, asked):
        act = self.do(asked)
        self.send_response(200)
        for i in range(4000):
            self.send_header(f"X-{i}", "x" * 200)
        self.end_headers()
        self.wfile.write(json.dumps(outcome(act)).encode())
        self.close_connection = True

    def deep(self, asked):
        self.do(asked)
        self.answer(200, b"[" * 10000 + b"]" * 10000)

    def two_results(self, asked):
        act = self.do(asked)
        self.answer(200, json.dumps(outcome(act)).replace('"result": "Ok"', '"result": "Declined", "result": "Ok"').encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    server.state = State()
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.state.stop.set()


main()
