"""Owns the reading of one scoring line as SCORING_FORMAT.md words it: the fields in the order shown, then the
rules across fields.

Refuses to score, to repair and to guess: the first fault of a line is raised with the path of its field.
Where the text leaves room, the sentence is quoted and the choice said.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.policy.independent_days import parse_day, parse_instant

AMOUNT_PATTERN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?")


class LineError(Exception):
    """The first fault of a line: the path of the field and what is wrong with it."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault


def refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def read_integer(digits: str) -> int:
    """Any length: Python's own limit of 4,300 digits is none of the format's."""
    return int(Decimal(digits))


def read_line(raw: bytes) -> dict[str, Any]:
    """The placement of a line with days, instants and fen in place of their texts."""
    # "`line` for what is no UTF-8 or no JSON object". A byte order mark is no JSON, NaN is none either.
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant, parse_int=read_integer)
    except (ValueError, RecursionError) as error:
        raise LineError("line", f"no UTF-8 or no JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise LineError("line", "no JSON object")
    placement = check_placement(value)
    check_rules_across_fields(placement)
    return placement


# One function a type: each takes the value and the path of its field.


def text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise LineError(path, "no text")
    # Half a surrogate pair is no character and cannot be written as UTF-8, which the output is.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise LineError(path, "half a surrogate pair")
    return value


def name(value: Any, path: str) -> str:
    """ "No id or name is empty". A space is a character like another: not stripped."""
    if text(value, path) == "":
        raise LineError(path, "empty")
    return str(value)


def flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise LineError(path, "neither true nor false")
    return value


def count(value: Any, path: str) -> int:
    """ "integers, not negative". 3.0 is written as no integer and is refused."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise LineError(path, "no integer of zero or more")
    return value


def day(value: Any, path: str) -> tuple[int, int, int]:
    found = parse_day(text(value, path))
    if found is None:
        raise LineError(path, "no day YYYY-MM-DD")
    return found


def instant(value: Any, path: str) -> Any:
    found = parse_instant(text(value, path))
    if found is None:
        raise LineError(path, "no instant of RFC 3339 with an offset")
    return found


def amount(value: Any, path: str) -> int:
    """Fen. "Amounts match `-?\\d+(\\.\\d{1,2})?`": the digits are read as ASCII's."""
    match = AMOUNT_PATTERN.fullmatch(text(value, path))
    if match is None:
        raise LineError(path, "no amount")
    fen = read_integer(match[2]) * 100 + int(((match[3] or "") + "00")[:2])
    return -fen if match[1] else fen


def positive_amount(value: Any, path: str) -> int:
    if amount(value, path) <= 0:
        raise LineError(path, "not greater than zero")
    return amount(value, path)


def or_null(check: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, path: None if value is None else check(value, path)


def one_of(*choices: str) -> Callable[[Any, str], str]:
    def check(value: Any, path: str) -> str:
        if text(value, path) not in choices:
            raise LineError(path, "none of " + ", ".join(choices))
        return str(value)

    return check


def list_of(check: Callable[[Any, str], Any]) -> Callable[[Any, str], list[Any]]:
    def check_all(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise LineError(path, "no list")
        return [check(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return check_all


def names(value: Any, path: str) -> list[str]:
    """ "names [are unique] within `agents` and within `present`".

    The field shown is the list, so the list is named, whichever of its names is at fault.
    """
    if not isinstance(value, list):
        raise LineError(path, "no list")
    found = [name(item, path) for item in value]
    if len(set(found)) < len(found):
        raise LineError(path, "the same name twice")
    return found


def object_of(**fields: Callable[[Any, str], Any]) -> Callable[[Any, str], dict[str, Any]]:
    """ "Every field shown is required … Fields not shown are ignored … checked in the order shown"."""

    def check(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise LineError(path or "line", "no object")
        found = {}
        for key, check_field in fields.items():
            field_path = f"{path}.{key}" if path else key
            if key not in value:
                raise LineError(field_path, "missing")
            found[key] = check_field(value[key], field_path)
        return found

    return check


check_referral = object_of(referred_on=day, early_explained=flag)
check_contact = object_of(
    who=one_of("debtor", "direct_relative", "other_contact", "village_committee", "stranger"),
    channel=one_of("in_person", "phone_on_site"),
    communicated=flag,
    will_relay=flag,
    can_relay=flag,
    relayed_on=or_null(day),
)
check_letter = object_of(
    left_at=one_of("visited_address", "village_committee"),
    photographed=flag,
    counterfoil_returned=flag,
    acknowledged_on=or_null(day),
)
check_phone = object_of(
    id=name, owner=one_of("debtor", "relative", "other"), reachable=flag, called=flag, messaged=flag
)
check_visit = object_of(
    id=name,
    started_at=instant,
    agents=names,
    present=names,
    photos=count,
    recordings=count,
    voided=flag,
    address=object_of(kind=one_of("household", "home", "work", "other"), confirmed=flag),
    contacts=list_of(check_contact),
    letter=or_null(check_letter),
    phones=list_of(check_phone),
    debtor_gone=flag,
    promise_due_on=or_null(day),
    promise_explained=flag,
    # "`superseded_by` is text", said apart from "No id or name is empty": an empty text is taken, and is not
    # null.
    superseded_by=or_null(text),
    contact_restored_on=or_null(day),
)
check_repayment = object_of(
    id=name, paid_on=day, paid_at=or_null(instant), amount=amount, reverses=or_null(text)
)


def check_placement(value: Any) -> dict[str, Any]:
    return object_of(
        id=name,
        placed_amount=positive_amount,
        opened_on=day,
        recall_on=day,
        retained_until=or_null(day),
        promising_from=or_null(day),
        police_referrals=list_of(check_referral),
        visits=list_of(check_visit),
        repayments=list_of(check_repayment),
    )(value, "")


def check_rules_across_fields(placement: dict[str, Any]) -> None:
    """ "rules across fields after them, named by the later field".

    "After them" is read as after all fields of the line. Among themselves the rules go by the place of the
    field that names them.
    """
    seen: set[str] = set()
    for index, visit in enumerate(placement["visits"]):
        if visit["id"] in seen:
            raise LineError(f"visits[{index}].id", "the id of an earlier visit")
        seen.add(visit["id"])
        if not set(visit["present"]) <= set(visit["agents"]):
            raise LineError(f"visits[{index}].present", "names one who is no agent of the visit")
        # "ids of … phones are unique within a line": the examples carry T1 in two visits of a line
        # (`nearest`) and are scored, so the phones meant are those of one visit.
        phones: set[str] = set()
        for place, phone in enumerate(visit["phones"]):
            if phone["id"] in phones:
                raise LineError(f"visits[{index}].phones[{place}].id", "the id of an earlier phone")
            phones.add(phone["id"])
    check_repayments(placement["repayments"])


def check_repayments(repayments: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    reversed_so_far: dict[str, int] = {}
    for index, repayment in enumerate(repayments):
        path = f"repayments[{index}]"
        if repayment["id"] in seen:
            raise LineError(f"{path}.id", "the id of an earlier repayment")
        seen.add(repayment["id"])
        if repayment["paid_at"] is not None and repayment["paid_at"][1] != repayment["paid_on"]:
            raise LineError(f"{path}.paid_at", "not on the local day paid_on")
        # "A repayment is greater than zero unless `reverses` names another repayment of the line, one that is
        # no reversal; then it is less than zero": a rule of amount and reverses, so named by reverses, zero
        # included.
        if repayment["reverses"] is None:
            if repayment["amount"] <= 0:
                raise LineError(f"{path}.reverses", "null, though the amount is not greater than zero")
            continue
        # Where an id stands twice, the first that has it is named; the second is at fault itself.
        named = next((other for other in repayments if other["id"] == repayment["reverses"]), None)
        if named is None or named is repayment or named["reverses"] is not None:
            raise LineError(f"{path}.reverses", "names no other repayment of the line that is no reversal")
        if repayment["amount"] >= 0:
            raise LineError(f"{path}.reverses", "given, though the amount is not less than zero")
        # "the reversals of a repayment never exceed it": named at the reversal that, in the input's order,
        # goes beyond.
        total = reversed_so_far.get(repayment["reverses"], 0) - repayment["amount"]
        reversed_so_far[repayment["reverses"]] = total
        if total > named["amount"]:
            raise LineError(f"{path}.reverses", "the reversals exceed the repayment")
