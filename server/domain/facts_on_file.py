"""Owns what the records of a case say to the scoring: from a case file to the facts of SCORING_FORMAT.md.

Refuses to look anything up (`server.services.facts_of_placement` reads the file) and to judge (`server.domain.policy`
does). Which record yields which fact stands at each function, with its clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.calendar import SHANGHAI
from server.domain.evidence import EvidenceCount
from server.domain.making import quickly
from server.domain.phones_on_file import PhoneFile, phones_at
from server.domain.placements import (
    Address,
    AddressConfirmation,
    ContactRestoration,
    Placement,
    PoliceReferral,
    Repayment,
    placement_end,
)
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import (
    AddressFacts,
    ContactFacts,
    LetterFacts,
    PlacementFacts,
    PoliceReferralFacts,
    RepaymentFacts,
    VisitFacts,
)
from server.domain.presence import Presence, v1_present
from server.domain.requests import VisitRequest
from server.domain.visits import (
    CheckIn,
    Letter,
    TextMessage,
    Visit,
    VisitContact,
    VisitState,
)

BEGUN = (VisitState.IN_PROGRESS, VisitState.COMPLETED, VisitState.FAILED)


@quickly
@dataclass(frozen=True, slots=True)
class VisitFile:
    """A visit with everything that was recorded of it."""

    visit: Visit
    address: Address
    confirmations: Sequence[AddressConfirmation]
    check_ins: Sequence[CheckIn]
    contacts: Sequence[VisitContact]
    letter: Letter | None
    messages: Sequence[TextMessage]
    evidence: EvidenceCount


@quickly
@dataclass(frozen=True, slots=True)
class CaseFile:
    """A placement with everything on it that scoring may see; `visits` are those that took place."""

    placement: Placement
    requests: Sequence[VisitRequest]
    referrals: Sequence[PoliceReferral]
    restorations: Sequence[ContactRestoration]
    repayments: Sequence[Repayment]
    phones: PhoneFile
    visits: Sequence[VisitFile]


def took_place(visit: Visit) -> bool:
    """Whether the visit began: one that was only planned, held or cancelled is none for the scoring."""
    return visit.started_at is not None and visit.state in BEGUN


def placement_facts(case: CaseFile, book: PolicyBook) -> PlacementFacts:
    """The facts of a case.

    W4: an end on record before (or after) the days that were agreed takes the place of both. The order of what the
    facts hold is fixed, so that the same records always give the same snapshot.
    """
    placement = case.placement
    ended = placement.ended_on is not None
    visits = (_visit_facts(file, case, book) for file in case.visits)
    return PlacementFacts(
        id=placement.id,
        placed_amount=placement.placed_fen,
        opened_on=placement.opened_on,
        recall_on=placement_end(placement) if ended else placement.recall_on,
        retained_until=None if ended else placement.retained_until,
        promising_from=_promising_from(case.requests),
        police_referrals=tuple(
            PoliceReferralFacts(referral.referred_on, referral.early_accepted_by is not None)
            for referral in sorted(case.referrals, key=lambda referral: (referral.referred_on, referral.id))
        ),
        visits=tuple(sorted(visits, key=lambda visit: (visit.started_at, visit.id))),
        repayments=tuple(_repayment_facts(one) for one in sorted(case.repayments, key=lambda one: one.id)),
    )


def _promising_from(requests: Sequence[VisitRequest]) -> date | None:
    """A4: the day of the request that a manager or QA marked; of several, the earliest."""
    days = [
        request.requested_on
        for request in requests
        if request.promising_marked_at is not None and request.requested_on is not None
    ]
    return min(days, default=None)


def _repayment_facts(repayment: Repayment) -> RepaymentFacts:
    paid_at = None if repayment.paid_at is None else repayment.paid_at.astimezone(SHANGHAI)
    return RepaymentFacts(
        repayment.id, repayment.paid_on, paid_at, repayment.amount_fen, repayment.reverses_id
    )


def _visit_facts(file: VisitFile, case: CaseFile, book: PolicyBook) -> VisitFacts:
    visit = file.visit
    team = _team(visit)
    recorded_start = _recorded_start(visit).astimezone(SHANGHAI)
    presence = v1_present(file.check_ins, team, book.in_force_on(recorded_start.date()))
    started_at = _started_at(file, presence, recorded_start)
    day = started_at.date()
    return VisitFacts(
        id=visit.id,
        started_at=started_at,
        agents=team,
        present=presence.present,
        photos=file.evidence.photos,
        recordings=file.evidence.recordings,
        voided=visit.voided_at is not None,
        address=AddressFacts(file.address.kind.value, _confirmed(file, day)),
        contacts=_contact_facts(file.contacts),
        letter=_letter_facts(file),
        phones=phones_at(case.phones, visit, file.messages, started_at, book.in_force_on(day)),
        debtor_gone=visit.debtor_gone,
        promise_due_on=visit.promise_due_on,
        promise_explained=visit.promise_explained,
        superseded_by=visit.superseded_by,
        contact_restored_on=_restored_on(case.restorations, day),
    )


def _team(visit: Visit) -> tuple[str, ...]:
    """A2: lead and partner in this order; a trainee has no share and is in neither list."""
    return tuple(agent for agent in (visit.lead_id, visit.partner_id) if agent is not None)


def _recorded_start(visit: Visit) -> datetime:
    assert visit.started_at is not None, "only visits that took place are in a case file"
    return visit.started_at


def _started_at(file: VisitFile, presence: Presence, recorded_start: datetime) -> datetime:
    """W5: the earliest check-in of those present (V1); with nobody present, which X2 excludes, what the visit says.
    In the firm's time."""
    arrivals = [
        check.at
        for check in file.check_ins
        if check.id in presence.counted and check.account_id in presence.present
    ]
    return min(arrivals).astimezone(SHANGHAI) if arrivals else recorded_start


def _confirmed(file: VisitFile, day: date) -> bool:
    """R6, C4: a confirmation on file on `D`; or the address was found by the visit before this one or by this one (V7:
    the finding is the confirmation)."""
    if any(confirmation.confirmed_on <= day for confirmation in file.confirmations):
        return True
    source = file.address.source_visit_id
    return source is not None and source in (file.visit.id, file.visit.parent_id)


def _contact_facts(contacts: Sequence[VisitContact]) -> tuple[ContactFacts, ...]:
    """C1 to C3: those met or telephoned, in the order of the day; a relay has the day on which it was confirmed."""
    return tuple(
        ContactFacts(
            contact.who.value,
            contact.channel.value,
            contact.communicated,
            contact.will_relay,
            contact.can_relay,
            contact.relayed_on,
        )
        for contact in sorted(contacts, key=lambda contact: (contact.at, contact.id))
    )


def _letter_facts(file: VisitFile) -> LetterFacts | None:
    """V6: photographed with the photos of address and manner; the counterfoil as the dispatcher ticked it."""
    letter = file.letter
    if letter is None:
        return None
    return LetterFacts(
        letter.left_at.value,
        file.evidence.letter_photographed,
        letter.counterfoil_returned_at is not None,
        letter.acknowledged_on,
    )


def _restored_on(restorations: Sequence[ContactRestoration], day: date) -> date | None:
    """X7: the earliest day, from the visit's on, on which the collector made the lost debtor reachable."""
    return min((one.restored_on for one in restorations if one.restored_on >= day), default=None)
