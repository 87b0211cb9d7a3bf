"""A strict reader of Prometheus' text format (version 0.0.4): what a scraper would choke on is an error here. Standard library only."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}


class Wrong(AssertionError):
    pass


def labels_of(text):
    found, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            raise Wrong(f"labels {text!r}")
        if match.group(1) in found:
            raise Wrong(f"label {match.group(1)} twice in {text!r}")
        found[match.group(1)] = match.group(2)
        at = match.end()
    return found


class Family:
    def __init__(self, name):
        self.name, self.kind, self.help, self.samples = name, None, None, {}


def family_name(name, families):
    for end in ("_bucket", "_sum", "_count"):
        base = name[:-len(end)]
        if name.endswith(end) and base in families and families[base].kind == "histogram":
            return base
    return name


def read(text):
    """The families by name; each has its samples by (name, labels)."""
    if not text.endswith("\n"):
        raise Wrong("the last line has no end")
    families, current = {}, None
    for line in text.split("\n")[:-1]:
        comment = re.fullmatch(rf"# (HELP|TYPE) ({NAME}) (.+)", line)
        if comment:
            what, name, words = comment.groups()
            if what == "HELP" and name in families:
                raise Wrong(f"{name} comes twice")
            current = families.setdefault(name, Family(name))
            if what == "TYPE" and (words not in TYPES or current.kind or current.samples):
                raise Wrong(f"TYPE of {name}: {words}")
            setattr(current, "kind" if what == "TYPE" else "help", words)
            continue
        match = SAMPLE.fullmatch(line)
        if not match:
            raise Wrong(f"no sample: {line!r}")
        name, labels, value = match.group(1), labels_of(match.group(2) or ""), match.group(3)
        family = families.get(family_name(name, families))
        if family is None or family is not current or family.kind is None or family.help is None:
            raise Wrong(f"{name} does not stand behind its HELP and TYPE")
        key = (name, tuple(sorted(labels.items())))
        if key in family.samples:
            raise Wrong(f"{line!r} comes twice")
        family.samples[key] = float(value)
    for family in families.values():
        judge(family)
    return families


def judge(family):
    if family.kind in ("counter", "histogram") and any(not value >= 0 for value in family.samples.values()):
        raise Wrong(f"{family.name} is below 0")
    if family.kind == "counter" and not family.name.endswith("_total"):
        raise Wrong(f"the counter {family.name} does not end in _total")
    if family.kind == "histogram":
        judge_histogram(family)


def judge_histogram(family):
    buckets = [(float(dict(labels)["le"]), value) for (name, labels), value in family.samples.items() if name.endswith("_bucket")]
    if [bound for bound, _ in buckets] != sorted(bound for bound, _ in buckets) or [count for _, count in buckets] != sorted(count for _, count in buckets):
        raise Wrong(f"the buckets of {family.name} do not rise")
    if buckets[-1][0] != float("inf") or buckets[-1][1] != family.samples[(family.name + "_count", ())] or (family.name + "_sum", ()) not in family.samples:
        raise Wrong(f"{family.name} is not whole")


def value(families, name, **labels):
    """One sample; a family of one name may have several."""
    family = families[family_name(name, families)]
    return family.samples[(name, tuple(sorted(labels.items())))]
