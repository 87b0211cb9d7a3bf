"""peer.py: the Python package ocpp over websockets, remote-controlled over standard input and output (the protocol is in ../README.md).
What is played stands in the driver; this file only lends it the library."""

import asyncio
import base64
import contextlib
import datetime
import http
import json
import sys
import threading
import urllib.parse

import ocpp.exceptions
import ocpp.messages
import ocpp.v16.call_result
import ocpp.v201.call_result
import ocpp.v21.call_result
import websockets
from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

CALL_TIMEOUT_SECONDS = 15
STATION_CLASSES = {"ocpp1.6": ocpp.v16.ChargePoint, "ocpp2.0.1": ocpp.v201.ChargePoint,
                   "ocpp2.1": ocpp.v21.ChargePoint}


def tell(event, **more):
    sys.stdout.write(json.dumps({"event": event, **more}, default=float) + "\n")  # the library reads some numbers of 1.6 as Decimal
    sys.stdout.flush()


class Tap:
    """A connection that shows what passes through it, and complains of what the library cannot read: the library only logs that."""

    def __init__(self, connection):
        self.connection = connection

    async def recv(self):
        text = await self.connection.recv()
        tell("frame", direction="in", text=text)
        try:
            ocpp.messages.unpack(text)
        except Exception as error:
            tell("complaint", what=f"{getattr(error, 'code', type(error).__name__)}: {error}")
        return text

    async def send(self, text):
        tell("frame", direction="out", text=text)
        await self.connection.send(text)


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def handler_of(action, result_class, answers):
    @on(action)
    def handle(_self, **payload):
        tell("call", action=action, payload=payload)
        if action not in answers:
            raise ocpp.exceptions.NotSupportedError(description=f"no answer to {action}")
        payload = {name: now() if value == "$now" else value for name, value in answers[action].items()}
        return result_class(**camel_to_snake_case(payload))
    handle.__name__ = handle._on_action + "_handler"
    return handle


def endpoint_of(protocol, identity, connection, answers):
    """The library finds handlers among attributes by name (ocpp.routing.routables), so each action gets a method of its own."""
    base = STATION_CLASSES[protocol]
    results = {name: cls for name, cls in vars(base._call_result).items() if isinstance(cls, type) and hasattr(base._call, name)}
    methods = {}
    for action, cls in results.items():
        method = handler_of(action, cls, answers)
        ocpp.routing.routables.append(method.__name__)
        methods[method.__name__] = method

    async def complain_of_calls(self, message):
        try:
            await base._handle_call(self, message)
        except ocpp.exceptions.OCPPError as error:
            tell("complaint", what=f"{error.code}: {error.details.get('cause')}")
            raise

    methods["_handle_call"] = complain_of_calls
    return type("Endpoint", (base,), methods)(identity, Tap(connection), response_timeout=CALL_TIMEOUT_SECONDS)


class Peer:
    """What both roles do: obey the orders on standard input."""

    def __init__(self):
        self.answers, self.endpoint, self.tasks = {}, None, set()

    async def run_endpoint(self, protocol, identity, connection):
        self.endpoint = endpoint_of(protocol, identity, connection, self.answers)
        tell("connected", id=identity, protocol=protocol)
        try:
            await self.endpoint.start()
        except websockets.ConnectionClosed as closed:
            code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
            tell("closed", code=code, reason=reason)

    async def call(self, n, action, payload):
        """The library makes messages of keyword arguments in snake case, and checks both the request and its answer."""
        try:
            request = getattr(self.endpoint._call, action)(**camel_to_snake_case(payload))
            result = await self.endpoint.call(request, suppress=False)
            tell("answer", n=n, result=ocpp.charge_point.remove_nones(ocpp.charge_point.serialize_as_dict(result)))
        except Exception as error:
            code = getattr(error, "code", type(error).__name__)
            tell("answer", n=n, error={"code": code, "description": str(error)})

    async def obey(self, order):
        if order["do"] == "answers":
            self.answers.update(order["answers"])
        elif order["do"] == "raw":
            await self.endpoint._connection.send(order["text"])
        elif order["do"] == "call":
            task = asyncio.ensure_future(self.call(order["n"], order["action"], order["payload"]))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def obey_all(self):
        """Standard input is read in a thread of its own; its end ends the program."""
        loop, orders = asyncio.get_running_loop(), asyncio.Queue()

        def read():
            for line in sys.stdin:
                loop.call_soon_threadsafe(orders.put_nowait, json.loads(line))
            loop.call_soon_threadsafe(orders.put_nowait, None)

        threading.Thread(target=read, daemon=True).start()
        while (order := await orders.get()) is not None:
            await self.obey(order)


class Station(Peer):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    async def connect_and_run(self):
        identity, password = self.settings["id"], self.settings.get("password")
        headers = {}
        if password is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{identity}:{password}".encode()).decode()
        url = self.settings["url"] + "/" + urllib.parse.quote(identity, safe="")
        try:
            async with connect(url, subprotocols=self.settings["offer"], additional_headers=headers) as connection:
                if connection.subprotocol is None:
                    tell("refused", status=101, reason="no subprotocol")
                    return
                await self.run_endpoint(connection.subprotocol, identity, connection)
        except websockets.InvalidStatus as error:
            tell("refused", status=error.response.status_code, reason=str(error))
        except (websockets.InvalidHandshake, OSError, EOFError) as error:
            tell("refused", status=0, reason=str(error))

    async def run(self):
        connected = asyncio.ensure_future(self.connect_and_run())
        await self.obey_all()
        connected.cancel()


class Central(Peer):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def known(self, identity):
        return next((s for s in self.settings["stations"] if s["id"] == identity), None)

    def judge_request(self, connection, request):
        identity = urllib.parse.unquote(request.path.rsplit("/", 1)[1])
        password = None
        with contextlib.suppress(KeyError, ValueError):
            decoded = base64.b64decode(request.headers["Authorization"].split(" ", 1)[1]).decode()
            password = decoded.split(":", 1)[1]
        tell("asked", id=identity, password=password)
        known = self.known(identity)
        if known is None:
            return connection.respond(http.HTTPStatus.NOT_FOUND, "no such station\n")
        if known.get("password") not in (None, password):
            return connection.respond(http.HTTPStatus.UNAUTHORIZED, "wrong password\n")
        return None

    async def handle(self, connection):
        identity = urllib.parse.unquote(connection.request.path.rsplit("/", 1)[1])
        await self.run_endpoint(connection.subprotocol, identity, connection)

    async def run(self):
        async with serve(self.handle, "127.0.0.1", 0, subprotocols=self.settings["offer"],
                         process_request=self.judge_request) as server:
            tell("listening", port=next(iter(server.sockets)).getsockname()[1])
            await self.obey_all()


def judge(line):
    version, action, frame = line["version"], line.get("action"), line["frame"]
    try:
        message = ocpp.messages.unpack(json.dumps(frame))
        if message.message_type_id == ocpp.messages.MessageType.CallError:
            message.to_exception()
            return {"ok": True}
        message.action = message.action or action
        ocpp.messages._validate_payload(message, version)
    except Exception as error:
        return {"ok": False, "code": getattr(error, "code", type(error).__name__), "reason": str(error)[:300]}
    return {"ok": True}


def main():
    role = sys.argv[1]
    if role == "judge":
        for line in sys.stdin:
            print(json.dumps(judge(json.loads(line))), flush=True)
        return
    asyncio.run({"station": Station, "central": Central}[role](json.loads(sys.argv[2])).run())


if __name__ == "__main__":
    main()
