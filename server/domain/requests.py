"""Visit requests (报外访): what is asked for, what stands against it, who decided. Clauses R1 to R8, R11, R13."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RequestState(StrEnum):
    DRAFT = "draft"
    FILED = "filed"  # 待审批
    RETURNED = "returned"  # 退回修改
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"  # R14


OPEN_STATES = (RequestState.DRAFT, RequestState.FILED, RequestState.RETURNED, RequestState.ACCEPTED)


class WaiverKind(StrEnum):
    """What can be asked for before filing; each belongs to one clause."""

    RECALL_BLACKOUT = "recall_blackout"  # R4: an exception near the recall
    ADDRESS_ORDER = "address_order"  # R5: a lower-ranked address first
    DEMOLISHED = "demolished"  # R8: although the office says demolished
    NO_URBAN_VILLAGE = "no_urban_village"  # R8: the pattern is wrong here
    PROMISE = "promise"  # R11: before the promised day


# Asked for one address of the request; the others are for the request as a whole.
PER_ADDRESS = (WaiverKind.ADDRESS_ORDER, WaiverKind.DEMOLISHED, WaiverKind.NO_URBAN_VILLAGE)


class DemolitionAnswer(StrEnum):
    STANDING = "standing"
    DEMOLISHED = "demolished"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class VisitRequest:
    """One request. `requested_on` is the day of filing; the mark of A4 stands with who set it and why."""

    id: str
    placement_id: str
    state: RequestState
    author_id: str
    note: str
    created_at: datetime
    requested_on: date | None
    filed_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    promising_marked_at: datetime | None
    promising_marked_by: str | None
    promising_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class RequestedAddress:
    """An address in a request, in the order given, as it stood when it was put there.

    `accepted_text` is what the check filled in or renamed and the person accepted (R2, R3).
    """

    id: str
    request_id: str
    address_id: str
    address_version: int
    position: int
    accepted_text: str | None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception or explanation on a draft: asked by the collector, then granted or declined by a dispatcher."""

    id: str
    request_id: str
    kind: WaiverKind
    address_id: str | None
    asked_reason: str
    asked_by: str
    asked_at: datetime
    granted: bool | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class DemolitionCheck:
    """R8: the call to the office: which office, its telephone, when, who called, what they said."""

    id: str
    address_id: str
    office: str
    telephone: str
    called_at: datetime
    called_by: str
    answer: DemolitionAnswer
    note: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AddressError:
    """R13: an address of a letter or visit that was submitted and then found wrong by the dispatcher or at the door."""

    id: str
    account_id: str
    address_id: str
    request_id: str | None
    visit_id: str | None
    discovered_on: date
    found_by: str
    note: str
