"""Owns the dated numbers of the policy (section 9) and which of them are in force on a day. Refuses unknown
ones.

The defaults of `Edition` are the handbook's own edition; `policy_documents.py` reads others.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal

HANDBOOK_FROM = date(2019, 12, 20)
_HALF = Decimal("0.50")
_OPENING_HOURS = (time(8), time(22))
_TIERS = ((Decimal("0"), Decimal("0.01")), (Decimal("0.5"), Decimal("0.03")), (Decimal("1"), Decimal("0.04")))
_NO_FACTOR = ((Decimal("0"), Decimal("1")),)
# What, how many fen each, the clause, the posts that supervise.
_FINES = (
    ("false_case_state", 1000, "F4", ("dispatcher", "team_lead")),
    ("sensitive_call_note", 5000, "F4", ("dispatcher", "team_lead")),
    ("sales_recording", 5000, "F4", ("dispatcher", "team_lead")),
)
MATRIX_AXES = (
    ("self_reported", "inspection", "concealed"),
    ("no_fault", "at_fault"),
    ("pacified", "not_pacified"),
)
CONSEQUENCES = ("none", "exempt", "reward", "fine", "suspend_and_transfer", "dismissal")
# How it was found, at fault or not, pacified or not, the consequence, its fen.
_MATRIX = (
    ("self_reported", "no_fault", "pacified", "reward", 10_000),
    ("self_reported", "no_fault", "not_pacified", "exempt", 0),
    ("self_reported", "at_fault", "pacified", "exempt", 0),
    ("self_reported", "at_fault", "not_pacified", "suspend_and_transfer", 0),
    ("inspection", "no_fault", "pacified", "reward", 10_000),
    ("inspection", "no_fault", "not_pacified", "fine", 10_000),
    ("inspection", "at_fault", "pacified", "suspend_and_transfer", 0),
    ("inspection", "at_fault", "not_pacified", "dismissal", 0),
    ("concealed", "no_fault", "pacified", "none", 0),
    ("concealed", "no_fault", "not_pacified", "dismissal", 0),
    ("concealed", "at_fault", "pacified", "dismissal", 0),
    ("concealed", "at_fault", "not_pacified", "dismissal", 0),
)


def _count(default: int, clause: str) -> Any:
    return field(default=default, metadata={"kind": "count", "clause": clause})


def _flag(default: bool, clause: str) -> Any:
    return field(default=default, metadata={"kind": "flag", "clause": clause})


def _choice(default: str, clause: str, *others: str) -> Any:
    return field(
        default=default, metadata={"kind": "choice", "clause": clause, "choices": (default, *others)}
    )


def _parameter(kind: str, default: Any, clause: str) -> Any:
    return field(default=default, metadata={"kind": kind, "clause": clause})


def _table(kind: str, default: Any, clause: str) -> Any:
    """Left out of the text of an edition, by which runs are told apart: scoring asks for none of them."""
    return field(default=default, repr=False, metadata={"kind": kind, "clause": clause})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Every parameter of the policy from a day on; each field's metadata names its clause.

    Counts are whole numbers of days, persons, calls, metres, minutes, hours, seconds or years as their
    names say; `half_ratio` and the tiers are decimals, amounts are in fen.
    """

    effective_from: date = HANDBOOK_FROM

    relay_days: int = _count(7, "C3")
    letter_days: int = _count(5, "W2")
    half_ratio: Decimal = field(default=_HALF, metadata={"kind": "decimal", "clause": "W3"})
    police_referral_wait_days: int = _count(7, "W6")
    recall_blackout_days: int = _count(15, "R4")
    team_size: int = _count(2, "V1")
    reachable_days: int = _count(30, "X8")

    month_end: Literal["day_before", "same_day"] = _choice("day_before", "W1", "same_day")
    half_base: Literal["placed_amount", "outstanding_at_visit"] = _choice(
        "placed_amount", "W3", "outstanding_at_visit"
    )
    c4_needs: Literal["letter_and_message", "letter", "either"] = _choice(
        "letter_and_message", "C4", "letter", "either"
    )
    letter_opens_month: bool = _flag(False, "C4")
    nearest_must_cover: bool = _flag(True, "A1")
    window_stops_at_placement_end: bool = _flag(True, "W4")
    promise_excludes_visit: bool = _flag(True, "X4")
    relay_must_be_confirmed: bool = _flag(True, "C3")
    evidence_required: Literal["photo_and_recording", "either"] = _choice(
        "photo_and_recording", "X3", "either"
    )
    supersede_keeps_contact: bool = _flag(False, "X6")

    visit_hours: tuple[time, time] = _parameter("hours", _OPENING_HOURS, "V9")
    daily_calls_reached: int = _count(3, "V9")
    daily_calls_unreached: int = _count(5, "V9")
    presence_metres: int = _count(200, "V1")
    presence_minutes: int = _count(15, "V1")
    upload_hours: int = _count(24, "V2")
    counterfoil_days: int = _count(3, "V6")
    objection_days: int = _count(5, "M2")
    publish_days: int = _count(3, "M1")
    evidence_hold_days: int = _count(3, "M2")
    collector_may_object: bool = _flag(False, "M2")
    free_address_errors: int = _count(3, "R13")
    address_error_fine: int = _parameter("money", 2000, "R13")
    commission_tiers: tuple[tuple[Decimal, Decimal], ...] = _parameter("tiers", _TIERS, "F1")
    collector_when_visit_credited: Literal["full", "none"] = _choice("full", "F2", "none")
    base_pay: int = _parameter("money", 300_000, "F2")
    field_subsidy: int = _parameter("money", 50_000, "F2")
    compliance_factors: tuple[tuple[Decimal, Decimal], ...] = _parameter("tiers", _NO_FACTOR, "F6")
    compliance_veto: bool = _flag(False, "F6")
    fine_deduction: bool = _flag(False, "F5")
    fine_catalogue: tuple[tuple[str, int, str, tuple[str, ...]], ...] = _table("catalogue", _FINES, "F4")
    incident_matrix: tuple[tuple[str, str, str, str, int], ...] = _table("matrix", _MATRIX, "F7")
    password_min_length: int = _count(8, "S2")
    password_days: int = _count(30, "S2")
    password_history: int = _count(0, "S2")
    lock_after: int = _count(3, "S3")
    lock_minutes: int = _count(30, "S3")
    retention_years: int = _count(3, "S7")
    idle_lock_desk_seconds: int = _count(600, "S18")
    idle_lock_phone_seconds: int = _count(30, "S18")

    # The half as a fraction of whole numbers: comparing fen with it needs no decimals while lines are scored.
    half_numerator: int = field(init=False, repr=False, compare=False)
    half_denominator: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numerator, denominator = self.half_ratio.as_integer_ratio()
        object.__setattr__(self, "half_numerator", numerator)
        object.__setattr__(self, "half_denominator", denominator)


class PolicyBook:
    """The editions of the policy by date; of two on one day ValueError says so."""

    __slots__ = ("_days", "editions")

    def __init__(self, editions: Iterable[Edition]) -> None:
        self.editions: tuple[Edition, ...] = tuple(
            sorted(editions, key=lambda edition: edition.effective_from)
        )
        self._days = [edition.effective_from for edition in self.editions]
        if not self.editions:
            raise ValueError("a policy has at least one edition")
        if len(set(self._days)) != len(self._days):
            raise ValueError("two editions take effect on one day")

    def in_force_on(self, day: date) -> Edition:
        """The edition in force on a day; before all of them, the earliest."""
        return self.editions[max(bisect_right(self._days, day) - 1, 0)]


HANDBOOK = Edition()
HANDBOOK_BOOK = PolicyBook([HANDBOOK])
