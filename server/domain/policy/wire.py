"""Owns the scoring format (docs/policy/SCORING_FORMAT.md): JSON to facts, facts and credit lines to JSON.

Refuses what breaks the format with the first field at fault. Fields are checked in the order of the format
by hand: a schema library would cost more than reading, judging and writing a line together.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Never, TypeVar

from server.domain.calendar import parse_day, parse_instant
from server.domain.money import format_fen, parse_fen
from server.domain.policy.facts import (
    AddressFacts,
    ContactFacts,
    LetterFacts,
    PhoneFacts,
    PlacementFacts,
    PoliceReferralFacts,
    RepaymentFacts,
    VisitFacts,
)
from server.domain.policy.wire_rules import FactsError, check_rules_across_fields

Fact = TypeVar("Fact")
Record = dict[str, Any]

ADDRESS_KINDS = frozenset(("household", "home", "work", "other"))
WHO = frozenset(("debtor", "direct_relative", "other_contact", "village_committee", "stranger"))
CHANNELS = frozenset(("in_person", "phone_on_site"))
LEFT_AT = frozenset(("visited_address", "village_committee"))
PHONE_OWNERS = frozenset(("debtor", "relative", "other"))

_MISSING = object()


def read_line(line: bytes) -> PlacementFacts:
    """The placement of one line of a scoring file; FactsError with the field `line` for what is no JSON
    object."""
    try:
        record = _DECODE(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FactsError("line", "is no UTF-8") from error
    except RecursionError as error:
        raise FactsError("line", "is nested too deeply") from error
    except ValueError as error:
        raise FactsError("line", f"is no JSON: {error}") from error
    if type(record) is not dict:
        raise FactsError("line", "is no JSON object")
    return read_placement(record)


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON number")


_DECODE = json.JSONDecoder(parse_constant=_refuse_constant).decode


def read_placement(record: Record) -> PlacementFacts:
    """The placement of a decoded JSON object; FactsError with the path of the first field at fault."""
    placement = PlacementFacts(
        _text(record, "id"),
        _amount_above_zero(record, "placed_amount"),
        _day(record, "opened_on"),
        _day(record, "recall_on"),
        _day_or_null(record, "retained_until"),
        _day_or_null(record, "promising_from"),
        _each(record, "police_referrals", _police_referral),
        _each(record, "visits", _visit),
        _each(record, "repayments", _repayment),
    )
    check_rules_across_fields(placement)
    return placement


def _police_referral(record: Record) -> PoliceReferralFacts:
    return PoliceReferralFacts(_day(record, "referred_on"), _flag(record, "early_explained"))


def _visit(record: Record) -> VisitFacts:
    return VisitFacts(
        _text(record, "id"),
        _instant(record, "started_at"),
        _names(record, "agents"),
        _names(record, "present"),
        _number(record, "photos"),
        _number(record, "recordings"),
        _flag(record, "voided"),
        _inside(record, "address", _address),
        _each(record, "contacts", _contact),
        None if record.get("letter", _MISSING) is None else _inside(record, "letter", _letter),
        _each(record, "phones", _phone),
        _flag(record, "debtor_gone"),
        _day_or_null(record, "promise_due_on"),
        _flag(record, "promise_explained"),
        _text_or_null(record, "superseded_by"),
        _day_or_null(record, "contact_restored_on"),
    )


def _address(record: Record) -> AddressFacts:
    return AddressFacts(_one_of(record, "kind", ADDRESS_KINDS), _flag(record, "confirmed"))


def _contact(record: Record) -> ContactFacts:
    return ContactFacts(
        _one_of(record, "who", WHO),
        _one_of(record, "channel", CHANNELS),
        _flag(record, "communicated"),
        _flag(record, "will_relay"),
        _flag(record, "can_relay"),
        _day_or_null(record, "relayed_on"),
    )


def _letter(record: Record) -> LetterFacts:
    return LetterFacts(
        _one_of(record, "left_at", LEFT_AT),
        _flag(record, "photographed"),
        _flag(record, "counterfoil_returned"),
        _day_or_null(record, "acknowledged_on"),
    )


def _phone(record: Record) -> PhoneFacts:
    return PhoneFacts(
        _text(record, "id"),
        _one_of(record, "owner", PHONE_OWNERS),
        _flag(record, "reachable"),
        _flag(record, "called"),
        _flag(record, "messaged"),
    )


def _repayment(record: Record) -> RepaymentFacts:
    return RepaymentFacts(
        _text(record, "id"),
        _day(record, "paid_on"),
        _instant_or_null(record, "paid_at"),
        _amount(record, "amount"),
        _text_or_null(record, "reverses"),
    )


def _wrong(record: Record, key: str, words: str) -> FactsError:
    return FactsError(key, words if key in record else "is missing")


def _each(record: Record, key: str, read: Callable[[Record], Fact]) -> tuple[Fact, ...]:
    items = record.get(key)
    if type(items) is not list:
        raise _wrong(record, key, "must be a list")
    facts: list[Fact] = []
    try:
        for item in items:
            if type(item) is not dict:
                raise FactsError("", "must be an object")
            facts.append(read(item))
    except FactsError as error:
        raise error.inside(f"{key}[{len(facts)}]") from None
    return tuple(facts)


def _inside(record: Record, key: str, read: Callable[[Record], Fact]) -> Fact:
    item = record.get(key)
    if type(item) is not dict:
        raise _wrong(record, key, "must be an object")
    try:
        return read(item)
    except FactsError as error:
        raise error.inside(key) from None


def _is_writable(text: str) -> bool:
    """False for half a surrogate pair, which JSON can name and no UTF-8 output can carry."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text(record: Record, key: str) -> str:
    value = record.get(key)
    if type(value) is str and value and (value.isascii() or _is_writable(value)):
        return value
    raise _wrong(record, key, "must be text, not empty")


def _text_or_null(record: Record, key: str) -> str | None:
    value = record.get(key, _MISSING)
    if value is None:
        return None
    if type(value) is str and (value.isascii() or _is_writable(value)):
        return value
    raise _wrong(record, key, "must be text or null")


def _names(record: Record, key: str) -> tuple[str, ...]:
    values = record.get(key)
    if type(values) is not list:
        raise _wrong(record, key, "must be a list of names")
    for value in values:
        if type(value) is not str or not value or not _is_writable(value):
            raise FactsError(key, "must hold names, none of them empty")
    if len(set(values)) != len(values):
        raise FactsError(key, "names somebody twice")
    return tuple(values)


def _flag(record: Record, key: str) -> bool:
    value = record.get(key)
    if value is True or value is False:
        return value
    raise _wrong(record, key, "must be true or false")


def _number(record: Record, key: str) -> int:
    value = record.get(key)
    if type(value) is int and value >= 0:
        return value
    raise _wrong(record, key, "must be a whole number, not negative")


def _one_of(record: Record, key: str, known: frozenset[str]) -> Any:
    value = record.get(key)
    if type(value) is str and value in known:
        return value
    raise _wrong(record, key, "must be one of " + ", ".join(sorted(known)))


# The readers of days, times and amounts are written out: one reader that is given the parser was measured to
# cost a tenth of the time of reading a line.
def _day(record: Record, key: str) -> date:
    value = record.get(key)
    if type(value) is not str:
        raise _wrong(record, key, "must be a date YYYY-MM-DD")
    try:
        return parse_day(value)
    except ValueError as error:
        raise FactsError(key, str(error)) from None


def _day_or_null(record: Record, key: str) -> date | None:
    return None if record.get(key, _MISSING) is None else _day(record, key)


def _instant(record: Record, key: str) -> datetime:
    value = record.get(key)
    if type(value) is not str:
        raise _wrong(record, key, "must be a time with an offset")
    try:
        return parse_instant(value)
    except ValueError as error:
        raise FactsError(key, str(error)) from None


def _instant_or_null(record: Record, key: str) -> datetime | None:
    return None if record.get(key, _MISSING) is None else _instant(record, key)


def _amount(record: Record, key: str) -> int:
    value = record.get(key)
    if type(value) is not str:
        raise _wrong(record, key, "must be an amount in quotes such as 500.00")
    try:
        return parse_fen(value)
    except ValueError as error:
        raise FactsError(key, str(error)) from None


def _amount_above_zero(record: Record, key: str) -> int:
    fen = _amount(record, key)
    if fen <= 0:
        raise FactsError(key, "must be greater than zero")
    return fen


def placement_to_json(placement: PlacementFacts) -> Record:
    """The facts of a placement in the scoring format: the snapshot that a decision is stored with."""
    plain: Record = {
        "id": placement.id,
        "placed_amount": format_fen(placement.placed_amount),
        "opened_on": placement.opened_on.isoformat(),
        "recall_on": placement.recall_on.isoformat(),
        "retained_until": _day_text(placement.retained_until),
        "promising_from": _day_text(placement.promising_from),
        "police_referrals": [],
        "visits": [_visit_to_json(visit) for visit in placement.visits],
        "repayments": [],
    }
    for referral in placement.police_referrals:
        plain["police_referrals"].append(_plain(referral) | {"referred_on": referral.referred_on.isoformat()})
    for repayment in placement.repayments:
        plain["repayments"].append(
            {
                "id": repayment.id,
                "paid_on": repayment.paid_on.isoformat(),
                "paid_at": repayment.paid_at and repayment.paid_at.isoformat(),
                "amount": format_fen(repayment.amount),
                "reverses": repayment.reverses,
            }
        )
    return plain


def _visit_to_json(visit: VisitFacts) -> Record:
    letter = visit.letter
    return {
        "id": visit.id,
        "started_at": visit.started_at.isoformat(),
        "agents": list(visit.agents),
        "present": list(visit.present),
        "photos": visit.photos,
        "recordings": visit.recordings,
        "voided": visit.voided,
        "address": _plain(visit.address),
        "contacts": [contact_to_json(contact) for contact in visit.contacts],
        "letter": letter and _plain(letter) | {"acknowledged_on": _day_text(letter.acknowledged_on)},
        "phones": [_plain(phone) for phone in visit.phones],
        "debtor_gone": visit.debtor_gone,
        "promise_due_on": _day_text(visit.promise_due_on),
        "promise_explained": visit.promise_explained,
        "superseded_by": visit.superseded_by,
        "contact_restored_on": _day_text(visit.contact_restored_on),
    }


def contact_to_json(contact: ContactFacts) -> Record:
    return {
        "who": contact.who,
        "channel": contact.channel,
        "communicated": contact.communicated,
        "will_relay": contact.will_relay,
        "can_relay": contact.can_relay,
        "relayed_on": _day_text(contact.relayed_on),
    }


def _plain(facts: Any) -> Record:
    """The fields as they stand: `dataclasses.asdict` copies every value and took a fifth of a scoring."""
    kind = type(facts)
    return dict(zip(kind.__slots__, _FIELDS[kind](facts), strict=True))


_FIELDS = {
    kind: attrgetter(*kind.__slots__)
    for kind in (
        AddressFacts,
        LetterFacts,
        PhoneFacts,
        PoliceReferralFacts,
    )
}


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
