"""What the firm was given: placements (委案) with their debtors, addresses, phones, promises, referrals, repayments.

Frozen values as they lie in the rows; the rules over them stand in `requests`, `plans`, `visits` and `policy`.
What came by file names its import; a row that was taken back with it has `undone_at` and is found by nothing (S20).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.making import quickly


class AddressKind(StrEnum):
    """Where an address comes from (户籍, 家庭, 单位, 其他)."""

    HOUSEHOLD = "household"
    HOME = "home"
    WORK = "work"
    OTHER = "other"


class AddressStanding(StrEnum):
    """What is known of an address: nothing yet, found valid (有效地址), or found invalid (moved, demolished, wrong)."""

    UNKNOWN = "unknown"
    VALID = "valid"
    INVALID = "invalid"


class PhoneOwner(StrEnum):
    DEBTOR = "debtor"
    RELATIVE = "relative"
    OTHER = "other"


class Source(StrEnum):
    """How a record came in."""

    IMPORT = "import"
    FORM = "form"
    VISIT = "visit"


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class CallLine(StrEnum):
    """V12: what a call went through. Only a recorded line, or a company device under a running recording, counts."""

    RECORDED_LINE = "recorded_line"
    COMPANY_DEVICE = "company_device"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why planned visits of a placement stop (V13, R14, FIELD 2.6)."""

    COMPLAINT = "complaint"
    DO_NOT_CONTACT = "do_not_contact"
    REPAID = "repaid"
    ENDED = "ended"
    ADDRESS_WITHDRAWN = "address_withdrawn"


@dataclass(frozen=True, slots=True)
class Debtor:
    """One person across clients, known by the ID number (sealed)."""

    id: str
    id_number: str
    name: str
    created_at: datetime
    version: int
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """One case as placed with the firm once. `repeat_of_id` names the placement that this one repeats (重复委案)."""

    id: str
    case_number: str
    client_id: str
    project_id: str
    branch_id: str
    batch: str
    debtor_id: str
    collector_id: str
    placed_fen: int
    card_number: str | None
    opened_on: date
    recall_on: date
    retained_until: date | None
    ended_on: date | None
    repeat_of_id: str | None
    created_at: datetime
    version: int
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a debtor. `text` as it was given; the divisions as they were validated (R2, R3).

    `standing_since` says when the standing was recorded by hand; newer evidence overrides it (`address_standing`).
    `recheck_since`: a newer table of divisions reads it otherwise, and nobody has looked at it since.
    """

    id: str
    debtor_id: str
    kind: AddressKind
    text: str
    normalized: str
    province: str
    city: str
    county: str
    county_code: str
    town: str
    detail: str
    urban_village: bool
    standing: AddressStanding
    standing_reason: str | None
    source: Source
    source_visit_id: str | None
    duplicate_of_id: str | None
    added_at: datetime
    added_by: str | None
    version: int
    standing_since: datetime | None = None
    recheck_since: datetime | None = None
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressConfirmation:
    """R6: who confirmed the address, when, how."""

    id: str
    address_id: str
    confirmed_by: str
    confirmed_on: date
    how: str
    recorded_at: datetime
    recorded_by: str | None
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A number on file. `owner` as scoring reads it; `relation` and `emergency_contact` say what may be asked (V14)."""

    id: str
    debtor_id: str
    number: str
    owner: PhoneOwner
    owner_name: str
    relation: str
    emergency_contact: bool
    source: Source
    source_visit_id: str | None
    duplicate_of_id: str | None
    added_at: datetime
    added_by: str | None
    version: int
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to repay (承诺还款). It counts for R11 when made by phone and judged able."""

    id: str
    placement_id: str
    made_on: date
    due_on: date
    amount_fen: int
    by_phone: bool
    judged_able: bool
    recorded_at: datetime
    recorded_by: str | None
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PoliceReferral:
    """W6: a referral to the economic-crime police (经侦); who accepted the explanation of an early one."""

    id: str
    placement_id: str
    referred_on: date
    early_explanation: str | None
    early_accepted_by: str | None
    recorded_at: datetime
    recorded_by: str | None
    version: int
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallNote:
    """A call (催记), one record each (V18). `recording_offset_ms` is its place in the visit's recording.

    `line` is known of on-site calls (V12); those of the desk came through its recorded line.
    """

    id: str
    placement_id: str
    phone_id: str
    at: datetime
    answered: bool
    direction: Direction
    seconds: int
    account_id: str | None
    visit_id: str | None
    recording_offset_ms: int | None
    source: Source
    recorded_at: datetime
    line: CallLine | None = None
    import_id: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactRestoration:
    """X7: the collector, by own search, made a lost debtor reachable on a day."""

    id: str
    placement_id: str
    restored_on: date
    how: str
    recorded_at: datetime
    recorded_by: str | None


@quickly
@dataclass(frozen=True, slots=True)
class Repayment:
    """A repayment (回款) as the client reports it; negative with `reverses_id` for a bank recall (A5)."""

    id: str
    placement_id: str
    client_id: str
    reference: str
    paid_on: date
    paid_at: datetime | None
    amount_fen: int
    reverses_id: str | None
    recorded_at: datetime
    import_id: str | None
    undone_at: datetime | None = (
        None  # S20: its file was taken back; it stays on record and counts for nothing
    )


@dataclass(frozen=True, slots=True)
class Hold:
    """V13: why a placement's visits stand still; the lead assigned and the timed report to the client.

    With `address_id` it stops only the visits to that address.
    """

    id: str
    placement_id: str
    reason: HoldReason
    note: str
    placed_at: datetime
    placed_by: str | None
    lead_id: str | None
    reported_to_client_at: datetime | None
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None
    version: int
    address_id: str | None = None


@dataclass(frozen=True, slots=True)
class ContactBlock:
    """V13: do not contact this number, or this person at all. One of `number` and `debtor_id` is set."""

    id: str
    number: str | None
    debtor_id: str | None
    reason: str
    placed_at: datetime
    placed_by: str | None
    lifted_at: datetime | None
    version: int


def placement_end(placement: Placement) -> date:
    """W4: the later of recall and retention; an end on record comes before both."""
    if placement.ended_on is not None:
        return placement.ended_on
    if placement.retained_until is None:
        return placement.recall_on
    return max(placement.recall_on, placement.retained_until)
