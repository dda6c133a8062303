"""Values of a case with everything that scoring sees, to be written many at a time by `keep`.

Beside `builders`, whose functions write one thing each: these make values only, so that a test can put a thousand
visits into the rows with a handful of statements. What is not told is in order: a confirmed home, two agents, at ten.
"""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from server.domain.calendar import SHANGHAI
from server.domain.evidence import EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.placements import (
    Address,
    AddressConfirmation,
    AddressKind,
    AddressStanding,
    CallNote,
    Debtor,
    Direction,
    Phone,
    PhoneOwner,
    Placement,
    Repayment,
    Source,
)
from server.domain.visits import (
    CheckDirection,
    CheckIn,
    CheckInWay,
    ContactChannel,
    ContactWho,
    Letter,
    LetterPlace,
    MessageState,
    MessageTemplate,
    TextMessage,
    Visit,
    VisitContact,
    VisitState,
)
from tests.conftest import NOON
from tests.support.cast import AGENT, CLIENT_ID, COLLECTOR, PARTNER, PROJECT_ID, Member, known_id
from tests.support.rows import at, fresh_id

_numbers = itertools.count(1)
E = TypeVar("E")


def debtor(**changes: Any) -> Debtor:
    """张建国, invented, with an ID number of his own."""
    number = f"410101198001{next(_numbers):06d}"
    return _with(Debtor(fresh_id(), number, "张建国", NOON, 1), changes)


def placement(of: Debtor, collector: Member = COLLECTOR, **changes: Any) -> Placement:
    """A case of 10,000 yuan that runs from 5 January to 30 June 2026."""
    id_ = fresh_id()
    base = Placement(
        id=id_,
        case_number=f"C-{next(_numbers):06d}",
        client_id=CLIENT_ID,
        project_id=PROJECT_ID,
        branch_id=collector.branch.id,
        batch="2026-01",
        debtor_id=of.id,
        collector_id=collector.id,
        placed_fen=1_000_000,
        card_number="6222020200001234567",
        opened_on=date(2026, 1, 5),
        recall_on=date(2026, 6, 30),
        retained_until=None,
        ended_on=None,
        repeat_of_id=None,
        created_at=NOON,
        version=1,
    )
    return _with(base, changes)


def address(
    of: Placement, kind: AddressKind = AddressKind.HOME, county: str = "新乡市原阳县", **changes: Any
) -> Address:
    """An address in the county, which is named with its city."""
    city, _, rest = county.partition("市")
    base = Address(
        id=fresh_id(),
        debtor_id=of.debtor_id,
        kind=kind,
        text=f"河南省{county}黄河路12号",
        normalized=f"河南省{county}黄河路12号",
        province="河南省",
        city=f"{city}市",
        county=rest,
        county_code="410725",
        town="",
        detail="黄河路12号",
        urban_village=False,
        standing=AddressStanding.UNKNOWN,
        standing_reason=None,
        source=Source.IMPORT,
        source_visit_id=None,
        duplicate_of_id=None,
        added_at=NOON,
        added_by=None,
        version=1,
    )
    return _with(base, changes)


def confirmation(of: Address, confirmed_on: date, **changes: Any) -> AddressConfirmation:
    base = AddressConfirmation(fresh_id(), of.id, "债务人本人", confirmed_on, "电话", NOON, COLLECTOR.id)
    return _with(base, changes)


def phone(of: Placement, owner: PhoneOwner = PhoneOwner.DEBTOR, **changes: Any) -> Phone:
    """A number on file since the case was opened."""
    base = Phone(
        id=fresh_id(),
        debtor_id=of.debtor_id,
        number=f"139{next(_numbers):08d}",
        owner=owner,
        owner_name="张建国",
        relation="",
        emergency_contact=False,
        source=Source.IMPORT,
        source_visit_id=None,
        duplicate_of_id=None,
        added_at=at("2026-01-05"),
        added_by=None,
        version=1,
    )
    return _with(base, changes)


def call_note(of: Placement, to: Phone, when: datetime, answered: bool = True, **changes: Any) -> CallNote:
    """A call out by the collector, answered."""
    base = CallNote(
        fresh_id(),
        of.id,
        to.id,
        when,
        answered,
        Direction.OUT,
        40,
        of.collector_id,
        None,
        None,
        Source.IMPORT,
        NOON,
    )
    return _with(base, changes)


def visit(
    of: Placement,
    to: Address,
    started_at: datetime | None = None,
    *,
    lead: Member = AGENT,
    partner: Member = PARTNER,
    state: VisitState | None = None,
    **changes: Any,
) -> Visit:
    """A visit that is over when it has a start, and waits on a published plan when it has none."""
    base = Visit(
        id=fresh_id(),
        placement_id=of.id,
        address_id=to.id,
        address_version=1,
        request_id=None,
        plan_id=None,
        team_id=None,
        parent_id=None,
        position=1,
        state=state or (VisitState.COMPLETED if started_at is not None else VisitState.PUBLISHED),
        lead_id=lead.id,
        partner_id=partner.id,
        trainee_id=None,
        valid_from=None,
        valid_until=None,
        promise_due_on=None,
        promise_explained=False,
        hold_id=None,
        started_at=started_at,
        ended_at=started_at and started_at + timedelta(hours=1),
        outcome=None,
        outcome_note="",
        debtor_gone=False,
        superseded_by=None,
        voided_at=None,
        voided_by=None,
        void_reason=None,
        desk_confirmed_by=None,
        ended_reason=None,
        version=1,
    )
    return _with(base, changes)


def proof(of: Visit, started_at: datetime) -> list[Any]:
    """What shows that the team was there: both checked in, a photo before, a recording."""
    agents = [agent for agent in (of.lead_id, of.partner_id) if agent is not None]
    return [
        *(check_in(of, agent, started_at) for agent in agents),
        evidence(of, EvidenceKind.PHOTO_DOOR),
        evidence(of, EvidenceKind.RECORDING),
    ]


def check_in(of: Visit, account_id: str, when: datetime, **changes: Any) -> CheckIn:
    base = CheckIn(
        id=fresh_id(),
        visit_id=of.id,
        account_id=account_id,
        direction=CheckDirection.IN,
        way=CheckInWay.OWN_DEVICE,
        at=when,
        latitude=35.05,
        longitude=113.94,
        accuracy_m=12.0,
        device_id=None,
        provisional=False,
        verified_by=None,
        refusal=None,
        received_at=when,
    )
    return _with(base, changes)


def evidence(of: Visit, kind: EvidenceKind, **changes: Any) -> EvidenceItem:
    """A stored photo, or a recording of twenty minutes."""
    recorded = kind is EvidenceKind.RECORDING
    id_ = fresh_id()
    base = EvidenceItem(
        id=id_,
        visit_id=of.id,
        kind=kind,
        account_id=of.lead_id or AGENT.id,
        source=EvidenceSource.PHONE,
        brought_by=None,
        bring_reason=None,
        filename="recording.webm" if recorded else "photo.jpg",
        media_type="audio/webm" if recorded else "image/jpeg",
        size=1000,
        sha256="0" * 64,
        object_key=f"evidence/{id_}",
        thumbnail_key=None,
        captured_at=None,
        latitude=None,
        longitude=None,
        accuracy_m=None,
        width=None if recorded else 1280,
        height=None if recorded else 960,
        duration_ms=1_200_000 if recorded else None,
        run=1 if recorded else None,
        notes=(),
        received_at=NOON,
        late=False,
        version=1,
    )
    return _with(base, changes)


def contact(
    of: Visit,
    who: ContactWho = ContactWho.DEBTOR,
    channel: ContactChannel = ContactChannel.IN_PERSON,
    **changes: Any,
) -> VisitContact:
    """The debtor, met and spoken to."""
    base = VisitContact(
        id=fresh_id(),
        visit_id=of.id,
        who=who,
        channel=channel,
        name="张建国",
        relation="",
        communicated=True,
        knew_of_debt=False,
        offered_to_repay=False,
        will_relay=False,
        can_relay=False,
        relayed_on=None,
        relay_recorded_by=None,
        phone_id=None,
        at=of.started_at or NOON,
        version=1,
    )
    return _with(base, changes)


def letter(of: Visit, left_at: LetterPlace = LetterPlace.VISITED_ADDRESS, **changes: Any) -> Letter:
    """A letter whose counterfoil is not back yet."""
    started_at = of.started_at or NOON
    base = Letter(
        id=fresh_id(),
        visit_id=of.id,
        left_at=left_at,
        manner="投入信箱",
        left_on=started_at.astimezone(SHANGHAI).date(),
        counterfoil_returned_at=None,
        counterfoil_received_by=None,
        escalated_at=None,
        acknowledged_on=None,
        acknowledged_by=None,
        acknowledgement_recorded_by=None,
        version=1,
    )
    return _with(base, changes)


def letter_photos(of: Visit) -> list[EvidenceItem]:
    """V6: the address and how the letter was left."""
    return [evidence(of, EvidenceKind.LETTER_ADDRESS), evidence(of, EvidenceKind.LETTER_MANNER)]


TEMPLATE = MessageTemplate(known_id("template"), "外访通知", "您好，请回电。", "高峰", NOON, None, 1)


def text_message(of: Visit, to: Phone, sent_at: datetime | None, **changes: Any) -> TextMessage:
    """A message from `TEMPLATE` (which the test keeps), sent, or still queued without a time."""
    base = TextMessage(
        id=fresh_id(),
        placement_id=of.placement_id,
        visit_id=of.id,
        phone_id=to.id,
        template_id=TEMPLATE.id,
        text="您好，请回电。",
        state=MessageState.QUEUED if sent_at is None else MessageState.SENT,
        batch_id=None,
        queued_at=sent_at or of.started_at or NOON,
        queued_by=of.lead_id or AGENT.id,
        sent_at=sent_at,
        failure=None,
        version=1,
    )
    return _with(base, changes)


def repayment(of: Placement, paid_on: date, fen: int = 50_000, **changes: Any) -> Repayment:
    id_ = fresh_id()
    base = Repayment(id_, of.id, of.client_id, f"P-{id_}", paid_on, None, fen, None, NOON, None)
    return _with(base, changes)


def _with(entity: E, changes: dict[str, Any]) -> E:
    return dataclasses.replace(entity, **changes) if changes else entity  # type: ignore[type-var]
