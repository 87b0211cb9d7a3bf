"""What went over one link, as a stranger's own library saw it. Up is from the station, down is from the central system."""

import json
import threading
import time

from children import Failure

WAIT_SECONDS = 15
CALL, RESULT, ERROR = 2, 3, 4


class Frame:
    def __init__(self, number, direction, text):
        self.number, self.direction, self.text = number, direction, text
        try:
            self.array = json.loads(text)
        except ValueError:
            self.array = None
        is_frame = isinstance(self.array, list) and len(self.array) >= 3 and isinstance(self.array[1], str)
        if is_frame and self.array[0] == CALL and len(self.array) != 4:
            is_frame = False
        self.kind = self.array[0] if is_frame else None
        self.id = self.array[1] if is_frame else None
        self.action = self.array[2] if self.kind == CALL else None

    @property
    def payload(self):
        return self.array[3] if self.kind == CALL else self.array[2]


def value_at(payload, path):
    """The member at a path such as "evse/id" or "meterValue/0"; None if there is none."""
    for name in path.split("/"):
        if isinstance(payload, list):
            payload = payload[int(name)] if int(name) < len(payload) else None
        elif isinstance(payload, dict):
            payload = payload.get(name)
        else:
            return None
    return payload


def meets(payload, where):
    """Whether each path of |where| has its value; ... stands for any value that is there."""
    for path, wanted in where.items():
        value = value_at(payload, path)
        if value is None or (wanted is not ... and value != wanted):
            return False
    return True


class Traffic:
    def __init__(self):
        self.frames = []
        self.changed = threading.Condition()

    def add(self, direction, text):
        with self.changed:
            self.frames.append(Frame(len(self.frames), direction, text))
            self.changed.notify_all()

    def mark(self):
        with self.changed:
            return len(self.frames)

    def find(self, since, suits, what, seconds):
        until = time.monotonic() + seconds
        with self.changed:
            while True:
                for frame in self.frames[since:]:
                    if suits(frame):
                        return frame
                left = until - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    seen = "".join(f"\n    {f.direction} {f.text[:200]}" for f in self.frames[-8:])
                    raise Failure(f"{what} did not come within {seconds} s; the last frames were:{seen or ' none'}")

    def expect(self, direction, action, where=None, since=0, seconds=WAIT_SECONDS):
        """The first call |action| in that direction after |since| whose payload meets |where|."""
        def suits(frame):
            return frame.direction == direction and frame.action == action and meets(frame.payload, where or {})
        return self.find(since, suits, f"{action} {where or ''} {direction}", seconds)

    def answer(self, identifier, since=0, seconds=WAIT_SECONDS, direction=None):
        """The first answer with that message id."""
        def suits(frame):
            return frame.kind in (RESULT, ERROR) and frame.id == identifier and direction in (None, frame.direction)
        return self.find(since, suits, f"an answer to {identifier}", seconds)

    def accepted(self, call, where=None):
        """The result of a call; a CALLERROR, or another result than |where| says, is a failure."""
        answer = self.answer(call.id, call.number)
        if answer.kind != RESULT:
            raise Failure(f"{call.text} was refused: {answer.text}")
        if not meets(answer.payload, where or {}):
            raise Failure(f"{call.text} was answered {answer.text}, not {where}")
        return answer

    def records(self, version, ours, until=None):
        """What we sent, up to the mark |until|, one object per frame, as ocpp-inspect and the judges read it. |ours| is up or down."""
        actions = {(frame.direction, frame.id): frame.action for frame in self.frames if frame.kind == CALL}
        other = {"up": "down", "down": "up"}[ours]
        for frame in self.frames[:until]:
            if frame.direction == ours and frame.array is not None:
                action = frame.action or actions.get((other, frame.id))
                yield {"version": version, "direction": ours, "kind": frame.kind, "action": action, "frame": frame.array}
