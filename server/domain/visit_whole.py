"""A visit as it is shown: a line of a list, and one visit with everything on it. Values alone; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.domain.calls import CallDay
from server.domain.disclosure import TalkRules
from server.domain.missing import Missing
from server.domain.placements import Address, CallNote, Debtor, Hold, Phone, Placement
from server.domain.places import KnownPoint, VisitPlace
from server.domain.presence import Presence
from server.domain.problems import Finding as Refusal
from server.domain.recordings import Coverage
from server.domain.visits import (
    CheckIn,
    Finding,
    Letter,
    TextMessage,
    Visit,
    VisitAnswers,
    VisitContact,
)


@dataclass(frozen=True, slots=True)
class VisitBrief:
    """A line of a list of visits. `day` is the plan's; of a follow-up without a plan, that of its lease.

    `point` is where the address lies, as far as that is known.
    """

    visit: Visit
    placement: Placement
    debtor: Debtor
    address: Address
    day: date | None
    point: KnownPoint | None


@dataclass(frozen=True, slots=True)
class VisitPhone:
    """A number on file with whether it may be called now (V9, V13) and what to talk about (V14)."""

    phone: Phone
    against: list[Refusal]
    rules: TalkRules


@dataclass(frozen=True, slots=True)
class VisitWhole:
    """Everything on one visit. `total_debt_fen` is None as long as V10 hides it; `place` where nothing says where.

    `recorded` is V2's number; `capture_nonce` is what the team's manifests carry, None for everybody else.
    `not_enrolled` are accounts whose phones sent files and had no key to sign them with.
    """

    brief: VisitBrief
    hold: Hold | None
    presence: Presence
    place: VisitPlace | None
    check_ins: list[CheckIn]
    contacts: list[VisitContact]
    calls: list[CallNote]
    messages: list[TextMessage]
    letter: Letter | None
    answers: VisitAnswers | None
    findings: list[Finding]
    phones: list[VisitPhone]
    calls_today: CallDay
    missing: list[Missing]
    total_debt_fen: int | None
    recorded: Coverage
    capture_nonce: str | None
    not_enrolled: list[str]

    @property
    def version(self) -> int:
        return self.brief.visit.version
