"""Letters left at a visit (V6): when the counterfoil is overdue, and that there is one letter a visit."""

from __future__ import annotations

from datetime import date, datetime, time

from server.domain.calendar import SHANGHAI, days_after
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind
from server.domain.visits import Letter

LETTER_EXISTS = kind(
    "letter_exists",
    Category.CONFLICT,
    "本次外访已登记过留函",
    "A letter of this visit is on record already",
    remedy=("如需更正请联系外访客服。", "Ask the dispatcher to correct it."),
    clause="V6",
)
COUNTERFOIL_RECEIVED = kind(
    "counterfoil_received",
    Category.CONFLICT,
    "该留函的留存联已经交回",
    "The counterfoil of this letter is back already",
    remedy=("无需再次操作。", "Nothing more is needed."),
    clause="V6",
)


@clause("V6", codes=("letter_exists", "counterfoil_received"))
def v6_letter_counts(*, address_photographed: bool, manner_photographed: bool, letter: Letter) -> bool:
    """A letter counts as left with a photo of the address, one of how it was left, and its counterfoil handed back.

    「如留函，则留存联必须带回」「留下材料后请对材料所留地进行拍照(外访地址+信函所留方式)」
    """
    return address_photographed and manner_photographed and letter.counterfoil_returned_at is not None


def letter_findings(letters: list[Letter]) -> list[Finding]:
    return [Finding(LETTER_EXISTS)] if letters else []


def counterfoil_findings(letter: Letter) -> list[Finding]:
    return [] if letter.counterfoil_returned_at is None else [Finding(COUNTERFOIL_RECEIVED)]


def counterfoil_escalates_at(left_on: date, edition: Edition) -> datetime:
    """Ours: unticked for `counterfoil_days` whole days after the visit's, it goes to the manager the next morning.

    Left on the 10th with 3 days: the 11th, 12th and 13th pass, the manager hears of it as the 14th begins.
    """
    return datetime.combine(days_after(left_on, edition.counterfoil_days + 1), time(), SHANGHAI)
