"""Owns the seeded breaking of scoring lines: one or two faults in a line that was good.

Refuses to say which field is wrong: the two implementations are asked. Some of what is done here leaves the
line good (a null where null may stand, a field that nobody reads); then both must score it alike.
"""

import copy
import json
from random import Random
from typing import Any

from tests.policy.random_placements import random_placement

Facts = dict[str, Any]

# Right for some fields, wrong for the others: each kind of JSON value, days and instants that look like some.
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 3, 1.0, 2.5, 10**30, "", " ", "x", "true", "1", [], {}, [None],
    [""], [{}], ["A1"],
    {"kind": "home"}, {"kind": "home", "confirmed": True}, "debtor", "home", "in_person",
    "household", "Debtor",
    "2026-02-28", "2026-02-29", "2024-02-29", "2100-02-29", "2026-02-30", "2026-13-01",
    "2026-00-10", "2026-01-00",
    "0000-01-01", "0001-01-01", "9999-12-31", "20260110", "2026-1-5", "2026-W02-6", "2026-010", " 2026-01-10",
    "2026-01-10 ", "2026-01-10\n", "２０２６-01-10", "+2026-01-10", "2026/01/10", "2026-01-10T10:00:00+08:00",
    "2026-01-10T10:00:00Z", "2026-01-10t10:00:00z", "2026-01-10T10:00:00", "2026-01-10T10:00+08:00",
    "2026-01-10T10:00:00+0800", "2026-01-10T10:00:00+08", "2026-01-10 10:00:00+08:00",
    "2026-01-10T24:00:00+08:00",
    "2026-01-10T10:60:00+08:00", "2026-01-10T10:00:61Z", "2026-01-10T10:00:00.+08:00",
    "2026-01-10T10:00:00,5+08:00",
    "2026-01-10T10:00:00.123456789012+08:00", "2026-01-10T10:00:00+24:00", "2026-01-10T10:00:00+08:60",
    "2026-01-10T10:00:00+08:00:30", "2026-01-10T10:00:00-00:00", "2026-02-30T10:00:00Z", "20260110T100000Z",
    "9999-12-31T23:59:59-12:00", "2026-01-10T10:00:00 +08:00",
    "2026-W02-6T10:00:00Z",
    "0.00", "0", "-0", "-0.00", "1.", ".5", "1.234", "1,00", "1e3", "+1", "-1.00", " 1", "1\n",
    "１", "٣", "0x1", "1_0",
    "NaN", "Infinity", "--1", "00012.50", "99999999999999999999999999.99", "\u0000",
]  # fmt: skip
RAW_FAULTS = [
    b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"nonsense", b"{'id': 1}", b'{"id": NaN}', b"\xff",
    b'{"id": "\xc3"}',
    b"\xef\xbb\xbf{}", b'{"id": "E"} {}', b'{"id": "E",}', b'\x00', b'{"id": "\x01"}', b'{"id": "\\ud800"}',
    b'{"id": "\\ud83d\\ude00"}', b"[" * 100_000, b'{"id": Infinity}', b'{"id": -Infinity}', b"// {}", b"\x0c",
    b"\xa0", b'{"id": 01}', b'{"id": "\xed\xa0\x80"}', b'{"id": "E" "x": 1}', b"tru",
]  # fmt: skip


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside, outermost first."""
    places = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            places += places_of(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            places += places_of(item, (*path, index))
    return places


def holder_of(placement: Facts, path: tuple[Any, ...]) -> Any:
    holder: Any = placement
    for step in path[:-1]:
        holder = holder[step]
    return holder


def break_some_field(random: Random, placement: Facts) -> None:
    """Drop, replace or double something anywhere."""
    places = places_of(placement)
    # Each name of a field as often as any other, not each place: repayments would have nearly all.
    name = random.choice(sorted({str(path[-1]) for path in places}))
    path = random.choice([path for path in places if str(path[-1]) == name])
    holder, key = holder_of(placement, path), path[-1]
    action = random.choice(["drop", "replace", "replace", "replace", "replace", "double"])
    if action == "drop":
        del holder[key]
    elif action == "double" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[key] = copy.deepcopy(random.choice(VALUES))


def break_some_rule(random: Random, placement: Facts) -> None:
    """Break a rule across fields, where the line has what it takes."""
    repayments, visits = placement["repayments"], placement["visits"]
    kind = random.choice(
        ["reverses", "amount", "more", "id", "present", "names", "paid_at", "visit", "phone"]
    )
    if repayments and kind in ("reverses", "amount", "more", "id", "paid_at"):
        chosen, other = random.choice(repayments), random.choice(repayments)
        if kind == "reverses":
            chosen["reverses"] = random.choice([other["id"], other["id"], chosen["id"], None, "nobody", ""])
        elif kind == "amount":
            written = chosen["amount"]
            chosen["amount"] = written[1:] if written.startswith("-") else "-" + written
        elif kind == "more":
            chosen["amount"] = "-" + "9" * random.choice([1, 2, 9]) if chosen["reverses"] else "0.01"
        elif kind == "id":
            chosen["id"] = other["id"]
        else:
            chosen["paid_on"] = other["paid_on"]
    elif visits:
        seen, other = random.choice(visits), random.choice(visits)
        if kind == "present":
            seen["present"] = [*seen["present"], random.choice(["nobody", *other["agents"]])]
        elif kind == "names" and seen["agents"]:
            seen["agents"] = [*seen["agents"], random.choice(seen["agents"])]
        elif kind == "phone" and seen["phones"]:
            seen["phones"].append(copy.deepcopy(random.choice(seen["phones"] + other["phones"])))
        else:
            seen["id"] = other["id"]


def random_broken_line(random: Random, name: str) -> bytes:
    """A line without its end, mostly bad."""
    if random.random() < 0.05:
        return random.choice(RAW_FAULTS)
    placement = random_placement(random, name)
    if random.random() < 0.3:
        break_some_rule(random, placement)
        if random.random() < 0.3:
            break_some_rule(random, placement)
    else:
        break_some_field(random, placement)
    if random.random() < 0.1:
        break_some_field(random, placement)
    raw = json.dumps(placement, ensure_ascii=random.random() < 0.5).encode("utf-8")
    if random.random() < 0.03:
        cut = random.randrange(len(raw))
        raw = random.choice([raw[:cut], raw + b"}", raw[:cut] + b"\xff" + raw[cut:], b"[" + raw + b"]"])
    return raw


# Documents that `--policy` must refuse (exit 2), each with one fault.
BROKEN_POLICIES = [
    "relay_days = true", 'relay_days = "7"', "relay_days = 7.0", "half_ratio = 0.5", 'half_ratio = "half"',
    'half_ratio = ""', 'month_end = "never"', "month_end = 1", 'c4_needs = "message"',
    "letter_opens_month = 1",
    'letter_opens_month = "true"', "relais_days = 7", "nearest_must_cover = []", 'visit_hours = "08:00"',
    "commission_tiers = [[0, 0.01]]", "effective_from = 2026-01-01", "relay_days",
    "relay_days = 1\nrelay_days = 2",
    "relay_days = 7\n[[edition]]\neffective_from = 2026-01-01",
    "[[edition]]\nrelay_days = 7",
    '[[edition]]\neffective_from = "2026-01-01"',
    "[[edition]]\neffective_from = 2026-01-01T00:00:00",
    "[[edition]]\neffective_from = 2026-01-01T00:00:00Z",
    "[[edition]]\neffective_from = 2026-02-30",
    "[[edition]]\neffective_from = 2026-01-01\n[[edition]]\neffective_from = 2026-01-01",
    "[[edition]]\neffective_from = 2026-01-01\nunknown = 1",
    "[edition]\neffective_from = 2026-01-01", "edition = 1", "edition = []", "[relay_days]\nx = 1",
    "address_error_fine = 20", 'collector_when_visit_credited = 1', "daily_calls_reached = 3.0",
]  # fmt: skip
