"""Visits (外访): one stop at one address by one team, and what happens there. Clauses V1 to V19, X1 to X6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.coordinates import Datum


class VisitState(StrEnum):
    ACCEPTED = "accepted"  # 待排程
    PLANNED = "planned"  # on a draft plan
    PUBLISHED = "published"  # 已排程: the lease runs
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"  # could not be done; may be planned again
    CANCELLED = "cancelled"


class CheckInWay(StrEnum):
    """V1's three ways of being present."""

    OWN_DEVICE = "own_device"
    PARTNER_CODE = "partner_code"
    DESK = "desk"


class CheckDirection(StrEnum):
    IN = "in"
    OUT = "out"


class ContactWho(StrEnum):
    DEBTOR = "debtor"
    DIRECT_RELATIVE = "direct_relative"
    OTHER_CONTACT = "other_contact"
    VILLAGE_COMMITTEE = "village_committee"
    STRANGER = "stranger"


class ContactChannel(StrEnum):
    IN_PERSON = "in_person"
    PHONE_ON_SITE = "phone_on_site"


class LetterPlace(StrEnum):
    VISITED_ADDRESS = "visited_address"
    VILLAGE_COMMITTEE = "village_committee"


class AddressOutcome(StrEnum):
    """What the visit says of the address; it feeds the address's standing."""

    FOUND = "found"  # debtor or direct relative found there
    NOBODY = "nobody"
    MOVED = "moved"
    DEMOLISHED = "demolished"
    WRONG = "wrong"
    REFUSED = "refused"


class MessageState(StrEnum):
    QUEUED = "queued"
    BATCHED = "batched"  # handed to the sender, not known as sent
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. From acceptance it is a lease: valid from, until, address version, team, hours, promises known.

    `capture_nonce` comes with the lease; the manifests of what is captured on the visit carry it (V2).
    """

    id: str
    placement_id: str
    address_id: str
    address_version: int
    request_id: str | None
    plan_id: str | None
    team_id: str | None
    parent_id: str | None
    position: int
    state: VisitState
    lead_id: str | None
    partner_id: str | None
    trainee_id: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    promise_due_on: date | None
    promise_explained: bool
    hold_id: str | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: AddressOutcome | None
    outcome_note: str
    debtor_gone: bool
    superseded_by: str | None
    voided_at: datetime | None
    voided_by: str | None
    void_reason: str | None
    desk_confirmed_by: str | None
    ended_reason: str | None
    version: int
    capture_nonce: str | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One person's check-in or check-out: time, place (WGS-84), accuracy in metres, device, way (V1).

    `provisional` until a code or a desk signature is verified; `verified_by` names who confirmed one at the desk.
    `datum` is what the phone gave the place in, before it was converted.
    """

    id: str
    visit_id: str
    account_id: str
    direction: CheckDirection
    way: CheckInWay
    at: datetime
    latitude: float | None
    longitude: float | None
    accuracy_m: float | None
    device_id: str | None
    provisional: bool
    verified_by: str | None
    refusal: str | None
    received_at: datetime
    datum: Datum = Datum.WGS84


@dataclass(frozen=True, slots=True)
class VisitContact:
    """Somebody met at the place or telephoned from it. A relay is confirmed later (C3). Third parties: V10."""

    id: str
    visit_id: str
    who: ContactWho
    channel: ContactChannel
    name: str
    relation: str
    communicated: bool
    knew_of_debt: bool
    offered_to_repay: bool
    will_relay: bool
    can_relay: bool
    relayed_on: date | None
    relay_recorded_by: str | None
    phone_id: str | None
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter left (留函): it counts with two photos and the counterfoil back (V6); acknowledged later (C5)."""

    id: str
    visit_id: str
    left_at: LetterPlace
    manner: str
    left_on: date
    counterfoil_returned_at: datetime | None
    counterfoil_received_by: str | None
    escalated_at: datetime | None
    acknowledged_on: date | None
    acknowledged_by: str | None
    acknowledgement_recorded_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A message from an approved template to a number on file, sent through the firm's channel (V12, C4)."""

    id: str
    placement_id: str
    visit_id: str | None
    phone_id: str
    template_id: str
    text: str
    state: MessageState
    batch_id: str | None
    queued_at: datetime
    queued_by: str
    sent_at: datetime | None
    failure: str | None
    version: int


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """V15: an approved text; placeholders are the fields that the product fills."""

    id: str
    name: str
    body: str
    approved_by: str | None
    approved_at: datetime | None
    retired_at: datetime | None
    version: int
    replaces_id: str | None = None  # the text that this one is a new version of


@dataclass(frozen=True, slots=True)
class VisitAnswers:
    """What the outcome asks (V15, V17, V4): given at check-out, adverse answers become findings.

    `relief_requested`: a reduction or instalments were asked for; V16 leaves no field for one that was agreed.
    """

    id: str
    visit_id: str
    identity_shown_at: datetime | None
    entered: bool
    entry_consent_by: str | None
    vulnerable_person: bool
    vulnerable_note: str | None
    asked_to_leave: bool
    unsafe: bool
    recording_refused: bool
    benefits_offered: bool
    cash_offered: bool
    relief_requested: bool
    note: str
    answered_at: datetime
    answered_by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something adverse about a visit; honest self-reports count as such (V17, F7)."""

    id: str
    visit_id: str
    code: str
    clause: str
    self_reported: bool
    note: str
    found_at: datetime
    found_by: str


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that a supervisor must look into (V4, V8, V9, V12, V13)."""

    id: str
    kind: str
    clause: str
    placement_id: str | None
    visit_id: str | None
    about_account_id: str | None
    note: str
    self_reported: bool
    opened_at: datetime
    opened_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    closing_note: str | None
    version: int


class PaperKind(StrEnum):
    """What is taken along in the firm's envelope (V6, V21)."""

    LETTER = "letter"  # 信函, with its counterfoil
    AUTHORISATION = "authorisation"  # 授权书, for one case and purpose
    CASE_SHEET = "case_sheet"  # 外访单
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Paper:
    """V6, V21: a paper taken along: issued, released, then left at the place or returned, then shredded."""

    id: str
    visit_id: str
    kind: PaperKind
    purpose: str
    issued_at: datetime
    issued_by: str
    released_at: datetime | None
    released_by: str | None
    left_at: datetime | None
    left_recorded_by: str | None
    returned_at: datetime | None
    received_by: str | None
    shredded_at: datetime | None
    shredded_by: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Device:
    """V20: a company device in the register of a branch; only registered devices can be enrolled."""

    id: str
    branch_id: str
    label: str
    serial: str
    kind: str
    enrolled_account_id: str | None
    retired_at: datetime | None
    last_maintained_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class DeviceHandout:
    """V20: a device issued for an outing and returned, with condition and names."""

    id: str
    device_id: str
    account_id: str
    issued_at: datetime
    issued_by: str
    condition_out: str
    due_at: datetime
    returned_at: datetime | None
    received_by: str | None
    condition_in: str | None
    version: int
