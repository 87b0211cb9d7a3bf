#!/usr/bin/env python3
"""compare_with_python.py ANSWER [SEED]: judges random JSON texts, decimals, doubles and times with Python's own json, decimal, float
and datetime, has the program ANSWER judge the same, and prints every difference. Standard library only."""
import calendar
import decimal
import json
import random
import re
import struct
import subprocess
import sys
from datetime import datetime, timedelta, timezone

CASES = 20000
decimal.getcontext().prec = 2000
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN


# --- JSON -------------------------------------------------------------------------------------------------------

class Refused(Exception):
    pass


REFUSED = object()


def exact(literal):
    """The decimal of a JSON number; one whose exponent not even decimal can hold is as large or as small as decimal can say."""
    mantissa, _, exponent = literal.lower().partition("e")
    if decimal.Decimal(mantissa) == 0:
        return decimal.Decimal(0)
    exponent = max(-10 ** 6, min(10 ** 6, int(exponent or 0)))
    return decimal.Decimal("%se%d" % (mantissa, exponent))


def checked_number(literal):
    if len(literal) > 63 or abs(exact(literal)) > 2 ** 53:
        raise Refused
    return float(literal)


def checked_object(pairs):
    if len({name for name, _ in pairs}) < len(pairs):
        raise Refused
    return dict(pairs)


def refuse_constant(_):
    raise Refused


def check_text(value, depth=0):
    """Refuses NUL and lone surrogates in any string, and more than 32 levels; returns the number of values."""
    if isinstance(value, str):
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise Refused
        return 1
    if isinstance(value, dict):
        for name in value:
            check_text(name)
        items = value.values()
    elif isinstance(value, list):
        items = value
    else:
        return 1
    if depth == 32:
        raise Refused
    return 1 + sum(check_text(item, depth + 1) for item in items)


def judge_json(text):
    try:
        value = json.loads(text.decode("utf-8"), parse_float=checked_number, parse_int=checked_number,
                           parse_constant=refuse_constant, object_pairs_hook=checked_object)
        if check_text(value) > 4096:
            raise Refused
    except (ValueError, Refused, RecursionError):
        return REFUSED
    return value


def random_number(r):
    kind = r.randrange(8)
    if kind == 0:
        return str(r.randint(-1000, 1000))
    if kind == 1:
        return str(r.randint(2 ** 53 - 4, 2 ** 53 + 4) * r.choice((1, -1)))
    if kind == 2:
        return "%de%s%d" % (r.randint(-99, 99), r.choice(("", "+", "-")), r.randrange(30))
    if kind == 3:
        return repr(r.uniform(-1e6, 1e6))
    if kind == 4:
        return "%.*f" % (r.randrange(20), r.uniform(-1e4, 1e4))
    if kind == 5:
        return "%d.%0*dE%d" % (r.randrange(10), r.randint(1, 60), r.randrange(10 ** 6), r.randint(-330, 20))
    if kind == 6:
        return "9007199254740992" + r.choice(("", ".0", ".00000001", "0e-1", "1e-1", "e0", ".5"))
    return r.choice(("0", "-0", "1e999", "01", "1.", ".5", "+1", "-", "NaN", "Infinity", "1e400", "1e-400", "0e99999"))


def random_string(r):
    pieces = []
    for _ in range(r.randrange(9)):
        kind = r.randrange(14)
        if kind < 6:
            pieces.append("".join(r.choice("abcdeXYZ 0189-_:,{}[]") for _ in range(r.randrange(12))))
        elif kind == 6:
            pieces.append(r.choice(("\u00e9", "\u20ac", "\U0001F600", "\u4e2d", "\u007f", "\uffff", "\U0010ffff")))
        elif kind == 7:
            pieces.append(r.choice(("\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t", "\\u0041", "\\u20AC")))
        elif kind == 8:
            pieces.append("\\ud83d\\ude00")
        elif kind == 9 and r.random() < 0.1:
            pieces.append(r.choice(("\\u0000", "\\ud800", "\\udc00", "\\x", "\n", "\x01", "\\u12", "\\uD83Dx")))
        else:
            pieces.append(r.choice("abc"))
    return '"' + "".join(pieces) + '"'


def random_space(r):
    return "".join(r.choice(" \t\r\n") for _ in range(r.choice((0, 0, 0, 1, 2))))


def random_value(r, depth):
    kind = r.randrange(10) if depth else r.randrange(6)
    if kind < 2:
        return random_number(r)
    if kind < 4:
        return random_string(r)
    if kind < 6:
        return r.choice(("true", "false", "null"))
    items = []
    for _ in range(r.choice((0, 1, 2, 3, 5, r.randrange(60)))):
        value = random_space(r) + random_value(r, depth - 1) + random_space(r)
        if kind >= 8:
            value = random_space(r) + random_string(r) + random_space(r) + ":" + value
        items.append(value)
    body = ",".join(items) or random_space(r)
    return "{" + body + "}" if kind >= 8 else "[" + body + "]"


def mutated(r, text):
    """Text with a few bytes changed, left out, doubled or cut off, in a third of the cases."""
    if r.random() < 0.66 or not text:
        return text
    text = bytearray(text)
    for _ in range(r.randint(1, 3)):
        at = r.randrange(len(text))
        action = r.randrange(5)
        if action == 0:
            text[at] = r.randrange(256)
        elif action == 1:
            text[at] = r.choice(b'"\\{}[]:,0 1-.eE\x00\x80\xff')
        elif action == 2:
            del text[at]
        elif action == 3:
            text.insert(at, r.choice(b'"\\{}[]:,0 1-.eE'))
        else:
            del text[at:]
        if not text:
            break
    return bytes(text)


def json_cases(r):
    for _ in range(CASES):
        text = random_space(r) + random_value(r, r.choice((0, 1, 2, 3, 4))) + random_space(r)
        text = mutated(r, text.encode("utf-8", "surrogatepass"))
        if len(text) <= 65536:
            yield text


def judge_json_answer(text, answer):
    expected = judge_json(text)
    if expected is REFUSED or not answer.startswith(b"ok "):
        return expected is REFUSED and answer.startswith(b"refused ")
    return json.loads(answer[3:].decode("utf-8"), parse_int=float) == expected


# --- decimals and doubles -----------------------------------------------------------------------------------------

NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def decimal_cases(r):
    for _ in range(CASES):
        digits = "".join(r.choice("0001234567899") for _ in range(r.randrange(22)))
        text = r.choice(("", "-")) + r.choice(("0", str(r.randrange(10 ** r.randrange(1, 22)))))
        text += r.choice(("", "." + digits)) + r.choice(("", "e%d" % r.randint(-360, 360), "E+%d" % r.randrange(20)))
        yield mutated(r, text.encode())


def judge_decimal(text):
    if not NUMBER.fullmatch(text):
        return b"refused ERR_VALUE"
    number = exact(text.decode())
    if number == 0:
        return (0, 0)
    sign, digits, exponent = number.normalize().as_tuple()
    if len(digits) > 18 or abs(exponent) > 330:
        return b"refused ERR_RANGE"
    coefficient = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (coefficient, -exponent)


def judge_decimal_answer(text, answer):
    expected = judge_decimal(text)
    if isinstance(expected, bytes):
        return answer == expected
    if not answer.startswith(b"ok "):
        return False
    coefficient, scale, written = answer[3:].split()
    return ((int(coefficient), int(scale)) == expected and NUMBER.fullmatch(written) is not None
            and decimal.Decimal(written.decode()) == exact(text.decode()))


def double_cases(r):
    for i in range(CASES):
        bits = r.getrandbits(64)
        if i % 2:
            number = r.choice((r.uniform(-1e5, 1e5), round(r.uniform(-1e5, 1e5), r.randrange(9)), r.randrange(2 ** 60) * 1.0))
            bits = struct.unpack(">Q", struct.pack(">d", number))[0]
        yield b"%016x" % bits


def judge_double_answer(text, answer):
    number = struct.unpack(">d", bytes.fromhex(text.decode()))[0]
    if number != number or number in (float("inf"), float("-inf")):
        return answer == b"refused ERR_RANGE"
    written = answer.split()[-1].decode()
    return decimal.Decimal(written) == decimal.Decimal(repr(number)) and float(written) == number


# --- times --------------------------------------------------------------------------------------------------------

TIME = re.compile(rb"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
                  rb"(?:([Zz])|([-+])([0-9]{2}):([0-9]{2}))")
EPOCH = datetime(1970, 1, 1)


def time_cases(r):
    for _ in range(CASES):
        month = r.choice((r.randint(1, 12), 2, r.randrange(14)))
        year = r.choice((r.randint(1, 9999), r.randint(1970, 2100), r.choice((1900, 2000, 2024, 1, 9999))))
        zone = r.choice(("Z", "z", "%s%02d:%02d" % (r.choice("+-"), r.randrange(25), r.choice((0, 0, 15, 30, 45, 59, 60)))))
        text = "%04d-%02d-%02d%s%02d:%02d:%02d%s%s" % (
            year, month, r.choice((r.randint(1, 28), 28, 29, 30, 31)), r.choice("TTTt "), r.choice((r.randrange(25), 23)),
            r.choice((r.randrange(61), 59)), r.choice((r.randrange(61), 60, 59)),
            r.choice(("", "." + str(r.randrange(10 ** r.randint(1, 12))))), zone)
        yield text.encode() if r.random() < 0.8 else mutated(r, text.encode())


def judge_time(text):
    match = TIME.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    hours, minutes = int(match[10] or 0), int(match[11] or 0)
    if year == 0:
        return "skip"  # datetime has no year 0
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if hour > 23 or minute > 59 or second > 60 or hours > 23 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if match[9] == b"-" else 1)
    try:
        instant = datetime(year, month, day, hour, minute) - offset
    except OverflowError:
        return "skip" if year < 5 else None
    if second == 60 and (instant.hour, instant.minute) != (23, 59):
        return None
    ms = (instant - EPOCH) // timedelta(milliseconds=1) + second * 1000 + int((match[7] or b".0")[1:4].ljust(3, b"0"))
    return ms if ms <= 253402300799999 else None


def judge_time_answer(text, answer):
    expected = judge_time(text)
    if expected == "skip":
        return True
    return answer == (b"refused ERR_DATE_TIME" if expected is None else b"ok %d" % expected)


def format_cases(r):
    for _ in range(CASES):
        yield b"%d" % r.choice((r.randint(-62135596800000, 253402300799999), r.randint(0, 4102444800000), r.randint(-10, 10)))


def judge_format_answer(text, answer):
    instant = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=int(text))
    expected = "ok %04d%s.%03dZ" % (instant.year, instant.strftime("-%m-%dT%H:%M:%S"), instant.microsecond // 1000)
    return answer == expected.encode()


KINDS = {
    "json": (json_cases, judge_json_answer),
    "decimal": (decimal_cases, judge_decimal_answer),
    "double": (double_cases, judge_double_answer),
    "time": (time_cases, judge_time_answer),
    "format": (format_cases, judge_format_answer),
}


def compare(program, kind, seed):
    make_cases, judge = KINDS[kind]
    cases = list(make_cases(random.Random("%s %s" % (kind, seed))))
    stream = b"".join(b"%s %d\n%s\n" % (kind.encode(), len(case), case) for case in cases)
    done = subprocess.run([program], input=stream, stdout=subprocess.PIPE, check=True)
    answers = done.stdout.split(b"\n")[:-1]
    if len(answers) != len(cases):
        sys.exit("%s: %d answers to %d cases" % (kind, len(answers), len(cases)))
    wrong = [(case, answer) for case, answer in zip(cases, answers) if not judge(case, answer)]
    accepted = sum(answer.startswith(b"ok ") for answer in answers)
    print("%s: %d cases, %d accepted, %d differences" % (kind, len(cases), accepted, len(wrong)))
    for case, answer in wrong[:10]:
        print("  %r\n    answered %r" % (case, answer))
    if not len(cases) // 10 < accepted:
        sys.exit("%s: too few cases were accepted to prove anything" % kind)
    return len(wrong)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: compare_with_python.py ANSWER [SEED]")
    seed = sys.argv[2] if len(sys.argv) == 3 else "1"
    sys.exit(1 if sum([compare(sys.argv[1], kind, seed) for kind in KINDS]) else 0)


if __name__ == "__main__":
    main()
