"""What breaks the scoring format: the first field at fault, in the order of the format, rules across fields
last."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.domain.policy.wire import read_line, read_placement
from server.domain.policy.wire_rules import FactsError
from tests.policy.world import Facts, contact, letter, paid, phone, placement, referral, visit


def _good() -> Facts:
    return placement(
        [visit(letter=letter(), phones=[phone(), phone("T2", "other")]), visit("V2", "2026-03-20")],
        [paid("2026-03-12"), paid("2026-03-20", "-100.00", "P2", reverses="P1")],
        police_referrals=[referral("2026-05-01")],
    )


def _field(facts: Any) -> str:
    with pytest.raises(FactsError) as refused:
        read_placement(facts)
    assert refused.value.words
    return refused.value.field


def _changed(path: str, value: Any) -> Facts:
    facts = copy.deepcopy(_good())
    steps = path.replace("]", "").replace("[", ".").split(".")
    held: Any = facts
    for step in steps[:-1]:
        held = held[int(step) if step.isdigit() else step]
    held[steps[-1]] = value
    return facts


@pytest.mark.parametrize(
    "line", [b"\xff\xfe", b"{", b"[]", b"1", b'"text"', b"null", b'{"id": NaN}', b"[" * 100_000]
)
def test_what_is_no_object_is_named_line(line: bytes) -> None:
    with pytest.raises(FactsError) as refused:
        read_line(line)
    assert refused.value.field == "line"


def test_another_encoding_of_unicode_is_no_utf_8() -> None:
    with pytest.raises(FactsError) as refused:
        read_line(json.dumps(_good()).encode("utf-16"))
    assert refused.value.field == "line"


def _fields_of(facts: Any, place: str = "") -> list[str]:
    found: list[str] = []
    for key, value in facts.items():
        found.append(place + key)
        if isinstance(value, dict):
            found += _fields_of(value, f"{place}{key}.")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            found += _fields_of(value[0], f"{place}{key}[0].")
    return found


FIELDS = _fields_of(_good())
FORMAT = Path(__file__).parents[2] / "docs" / "policy" / "SCORING_FORMAT.md"
NULLABLE = {
    "retained_until",
    "promising_from",
    "letter",
    "relayed_on",
    "acknowledged_on",
    "promise_due_on",
    "superseded_by",
    "contact_restored_on",
    "paid_at",
    "reverses",
}


def _without(path: str) -> Facts:
    facts = copy.deepcopy(_good())
    steps = path.replace("]", "").replace("[", ".").split(".")
    held: Any = facts
    for step in steps[:-1]:
        held = held[int(step) if step.isdigit() else step]
    del held[steps[-1]]
    return facts


def test_the_fields_are_those_of_the_format_in_its_order() -> None:
    shown = FORMAT.read_text(encoding="utf-8").split("```json")[1].split("```")[0]
    assert _fields_of(json.loads(shown)) == FIELDS


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_is_required(path: str) -> None:
    assert _field(_without(path)) == path


@pytest.mark.parametrize("path", FIELDS)
def test_null_is_taken_where_the_format_says_so_and_nowhere_else(path: str) -> None:
    name = path.rsplit(".", 1)[-1]
    if name in NULLABLE:
        assert read_placement(_changed(path, None)).id == "E-1"
    else:
        assert _field(_changed(path, None)) == path


@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("value", [1.5, {"a": []}, [[]]])
def test_a_value_of_another_type_is_refused(path: str, value: Any) -> None:
    refused = _field(_changed(path, value))
    assert refused == path or refused.startswith((f"{path}[0]", f"{path}."))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", ""),
        ("placed_amount", "0.00"),
        ("placed_amount", "-1"),
        ("placed_amount", "1.005"),
        ("placed_amount", "1."),
        ("placed_amount", ".5"),
        ("placed_amount", "+1"),
        ("placed_amount", " 1"),
        ("placed_amount", "1\n"),
        ("placed_amount", "1e3"),
        ("placed_amount", "１０"),
        ("placed_amount", "9" * 5000),
        ("placed_amount", 10000),
        ("opened_on", "2026-02-29"),
        ("opened_on", "20260105"),
        ("opened_on", "2026-W01-1"),
        ("opened_on", "2026-1-5"),
        ("opened_on", "0000-01-01"),
        ("opened_on", "2026-01-05T00:00:00"),
        ("police_referrals[0].early_explained", 1),
        ("visits[0].started_at", "2026-03-10T10:00:00"),
        ("visits[0].started_at", "2026-03-10 10:00:00+08:00"),
        ("visits[0].started_at", "2026-03-10T10:00+08:00"),
        ("visits[0].started_at", "2026-03-10T24:00:00+08:00"),
        ("visits[0].started_at", "2026-03-10T10:00:00+0800"),
        ("visits[0].started_at", "2026-02-30T10:00:00+08:00"),
        ("visits[0].started_at", "0001-01-01T00:00:00+14:00"),
        ("visits[0].started_at", "9999-12-31T23:59:59Z"),
        ("visits[0].agents", ["Lin", ""]),
        ("visits[0].agents", ["Lin", "Lin", "Zhao"]),
        ("visits[0].present", ["Lin", "Lin"]),
        ("visits[0].present", ["Sun"]),
        ("visits[0].photos", -1),
        ("visits[0].photos", True),
        ("visits[0].photos", 2.0),
        ("visits[0].voided", "false"),
        ("visits[0].address.kind", "Home"),
        ("visits[0].contacts[0].who", "neighbour"),
        ("visits[0].contacts[0].channel", "phone"),
        ("visits[0].letter.left_at", "letterbox"),
        ("visits[0].letter", []),
        ("visits[0].phones[0].id", ""),
        ("visits[0].phones[1].id", "T1"),
        ("visits[0].phones[0].owner", "direct_relative"),
        ("visits[0].superseded_by", 2),
        ("visits[1].id", "V1"),
        ("repayments[0].paid_at", "2026-03-12T23:30:00Z"),
        ("repayments[0].amount", "-"),
        ("repayments[1].id", "P1"),
        ("repayments[1].reverses", "P2"),
        ("repayments[1].reverses", "P3"),
        ("repayments[1].reverses", ""),
        ("repayments[1].reverses", None),
        ("visits[0].id", "\ud800"),
        ("visits[0].agents", ["\udfff", "Zhao"]),
    ],
)
def test_a_value_out_of_its_range_is_refused(path: str, value: Any) -> None:
    assert _field(_changed(path, value)) == path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("placed_amount", "007.5"),
        ("visits[0].started_at", "2026-03-10t02:00:00z"),
        ("visits[0].started_at", "2026-03-10T02:00:00.1234567-00:00"),
        ("visits[0].superseded_by", ""),
        ("visits[0].phones", []),
        ("visits[0].present", []),
        ("visits[1].phones", [phone("T1")]),
        ("repayments[0].paid_at", "2026-03-11T16:00:00Z"),
        ("repayments[1].amount", "-500.00"),
        ("id", "委案一号"),
        ("why", {"any": ["thing"]}),
    ],
)
def test_what_the_format_allows_is_taken(path: str, value: Any) -> None:
    assert read_placement(_changed(path, value)).opened_on.isoformat() == "2026-01-05"


def _repaid(*repayments: Facts) -> Facts:
    return placement([visit()], repayments)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (_repaid(paid("2026-03-12", "0.00")), "repayments[0].reverses"),
        (_repaid(paid("2026-03-12", "-1.00")), "repayments[0].reverses"),
        (
            _repaid(paid("2026-03-12"), paid("2026-03-12", "1.00", "P2", reverses="P1")),
            "repayments[1].reverses",
        ),
        (
            _repaid(paid("2026-03-12"), paid("2026-03-12", "0.00", "P2", reverses="P1")),
            "repayments[1].reverses",
        ),
        (
            _repaid(paid("2026-03-12"), paid("2026-03-12", "-500.01", "P2", reverses="P1")),
            "repayments[1].reverses",
        ),
        (
            _repaid(
                paid("2026-03-12"),
                paid("2026-03-12", "-250.00", "P2", reverses="P1"),
                paid("2026-03-12", "-250.01", "P3", reverses="P1"),
            ),
            "repayments[2].reverses",
        ),
        (
            _repaid(
                paid("2026-03-12"),
                paid("2026-03-12", "-250.00", "P2", reverses="P1"),
                paid("2026-03-12", "-1.00", "P3", reverses="P2"),
            ),
            "repayments[2].reverses",
        ),
        (_repaid(paid("2026-03-12", "-1.00", reverses="P1")), "repayments[0].reverses"),
    ],
)
def test_a_reversal_takes_back_a_repayment_and_no_more(facts: Facts, field: str) -> None:
    assert _field(facts) == field


def test_a_reversal_may_stand_before_its_original() -> None:
    facts = _repaid(paid("2026-03-12", "-500.00", "P2", reverses="P1"), paid("2026-03-12"))
    assert len(read_placement(facts).repayments) == 2


def _break_all(facts: Facts) -> None:
    facts["recall_on"] = "soon"
    facts["placed_amount"] = 1
    facts["visits"][0]["photos"] = -1


def _break_order_of_rules(facts: Facts) -> None:
    facts["visits"][0]["present"] = ["Sun"]
    facts["visits"][1]["id"] = "V1"
    facts["repayments"][0]["paid_on"] = "never"


def _break_rules_alone(facts: Facts) -> None:
    facts["repayments"][0]["amount"] = "-1.00"
    facts["visits"][1]["present"] = ["Sun"]
    facts["visits"][1]["id"] = "V1"


@pytest.mark.parametrize(
    ("breaking", "first"),
    [
        (_break_all, "placed_amount"),
        (_break_order_of_rules, "repayments[0].paid_on"),
        (_break_rules_alone, "visits[1].id"),
    ],
)
def test_the_first_error_is_told(breaking: Callable[[Facts], None], first: str) -> None:
    facts = copy.deepcopy(_good())
    breaking(facts)
    assert _field(facts) == first


def test_an_item_that_is_no_object_is_named_by_its_place() -> None:
    assert _field(placement([visit(contacts=[contact(), "debtor"])])) == "visits[0].contacts[1]"
    assert _field(placement([visit(), 1])) == "visits[1]"  # type: ignore[list-item]
