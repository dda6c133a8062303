"""A visit as its team and the desk see it: everything on it, masked, with what may be said and what is missing.

Reading is audited by the route; the total debt is shown by V10 alone, whoever asks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from server.domain.calendar import SHANGHAI, local_day
from server.domain.calls import CallDay, call_day, v9_call_findings, v13_block_findings
from server.domain.disclosure import v10_total_debt_visible, v14_talk_rules
from server.domain.evidence import PHOTO_KINDS, EvidenceItem, EvidenceKind
from server.domain.missing import LetterNeeds, Missing, VisitNeeds, missing_for_credit
from server.domain.phones_on_file import PhoneFile, phones_at
from server.domain.placements import Phone, PhoneOwner, Placement
from server.domain.plans import VisitPlan
from server.domain.policy.editions import Edition
from server.domain.policy.facts import PhoneFacts
from server.domain.policy.overlays import strictest
from server.domain.problems import Finding as Refusal
from server.domain.visit_whole import VisitBrief, VisitPhone, VisitWhole
from server.domain.visits import (
    ContactWho,
    Letter,
    MessageState,
    TextMessage,
    Visit,
)
from server.services import capture_chain
from server.services.check_ins import presence_of
from server.services.holds import hold_on
from server.services.house import House
from server.services.places import known_points, place_of
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import edition_at

_WHO = {
    PhoneOwner.DEBTOR: ContactWho.DEBTOR,
    PhoneOwner.RELATIVE: ContactWho.DIRECT_RELATIVE,
    PhoneOwner.OTHER: ContactWho.OTHER_CONTACT,
}


def briefs(uow: UnitOfWork, visits: Sequence[Visit]) -> list[VisitBrief]:
    """Lines of a list, with their cases, debtors, addresses and plans read at once."""
    placements = uow.placements.by_ids(visit.placement_id for visit in visits)
    debtors = uow.debtors.by_ids(placement.debtor_id for placement in placements.values())
    addresses = uow.addresses.by_ids(visit.address_id for visit in visits)
    plans = uow.visit_plans.by_ids(visit.plan_id for visit in visits if visit.plan_id is not None)
    points = known_points(uow, addresses.values())
    return [
        VisitBrief(
            visit,
            placements[visit.placement_id],
            debtors[placements[visit.placement_id].debtor_id],
            addresses[visit.address_id],
            _day(visit, plans.get(visit.plan_id or "")),
            points.get(visit.address_id),
        )
        for visit in visits
    ]


def whole(house: House, uow: UnitOfWork, visit: Visit, *, for_team: bool) -> VisitWhole:
    """Everything on a visit, as of now; the nonce that manifests carry is given to its team alone."""
    brief = briefs(uow, [visit])[0]
    contacts = uow.visit_contacts.having(visit_id=visit.id)
    file = phone_file(uow, brief.debtor.id)
    letters = uow.letters.having(visit_id=visit.id)
    answers = uow.visit_answers.having(visit_id=visit.id)
    return VisitWhole(
        brief=brief,
        hold=hold_on(uow, visit),
        presence=presence_of(uow, visit),
        place=place_of(uow, house.outlines, visit),
        check_ins=sorted(uow.check_ins.having(visit_id=visit.id), key=lambda c: (c.at, c.id)),
        contacts=contacts,
        calls=uow.call_notes.having(visit_id=visit.id),
        messages=uow.text_messages.having(visit_id=visit.id),
        letter=letters[0] if letters else None,
        answers=answers[0] if answers else None,
        findings=uow.findings.having(visit_id=visit.id),
        phones=phones_now(uow, file),
        calls_today=calls_of_day(uow, file, uow.now),
        missing=missing_of(uow, visit, brief.placement),
        total_debt_fen=total_debt(uow, brief.placement) if v10_total_debt_visible(contacts) else None,
        recorded=capture_chain.recorded(uow, house.signatures, visit),
        capture_nonce=visit.capture_nonce if for_team else None,
        not_enrolled=capture_chain.not_enrolled(uow, visit),
    )


def phone_file(uow: UnitOfWork, debtor_id: str) -> PhoneFile:
    """The debtor's phones with the calls to them and the blocks that touch them."""
    phones = uow.phones.having(debtor_id=debtor_id)
    blocks = uow.contact_blocks.having(debtor_id=debtor_id)
    blocks += uow.contact_blocks.having_any("number", (phone.number for phone in phones))
    return PhoneFile(phones, uow.call_notes.having_any("phone_id", (phone.id for phone in phones)), blocks)


def calls_of_day(uow: UnitOfWork, file: PhoneFile, at: datetime) -> CallDay:
    """V9: the debtor's calls of the local day of `at`, up to then."""
    begins = datetime.combine(local_day(at), time(), SHANGHAI)
    notes = [note for note in file.calls if begins <= note.at < min(at, begins + timedelta(days=1))]
    return call_day(notes, {phone.id: phone.owner for phone in file.phones}, _calling_edition(uow, file, at))


def _calling_edition(uow: UnitOfWork, file: PhoneFile, at: datetime) -> Edition:
    """V9 with the overlays of all clients of the debtor (S21): calls are counted over all of them."""
    overlaid = uow.policy_documents.clients()
    debtors = {phone.debtor_id for phone in file.phones} if overlaid else set()
    clients = {one.client_id for one in uow.placements.having_any("debtor_id", debtors)} & set(overlaid)
    day = local_day(at)
    return strictest(edition_at(uow, at), (uow.policy_of(id_).in_force_on(day) for id_ in sorted(clients)))


def against_calling(uow: UnitOfWork, file: PhoneFile, phone: Phone, at: datetime) -> list[Refusal]:
    """What forbids a call to this number at that moment: V13, V9."""
    day = calls_of_day(uow, file, at)
    blocked = v13_block_findings(phone, file.blocks)
    return blocked + v9_call_findings(at, phone.owner, day, _calling_edition(uow, file, at))


def phones_now(uow: UnitOfWork, file: PhoneFile) -> list[VisitPhone]:
    """The numbers on file, without hidden duplicates (V19)."""
    return [
        VisitPhone(phone, against_calling(uow, file, phone, uow.now), v14_talk_rules(_WHO[phone.owner]))
        for phone in file.phones
        if phone.duplicate_of_id is None
    ]


def total_debt(uow: UnitOfWork, placement: Placement) -> int:
    """What is still owed, in fen: what was placed less what came in."""
    return placement.placed_fen - sum(r.amount_fen for r in uow.repayments.having(placement_id=placement.id))


def missing_of(uow: UnitOfWork, visit: Visit, placement: Placement) -> list[Missing]:
    """What the visit still lacks to count; of one that has not begun nothing is asked yet."""
    if visit.started_at is None:
        return []
    edition = edition_at(uow, visit.started_at)
    evidence = uow.evidence_items.having(visit_id=visit.id)
    letters = uow.letters.having(visit_id=visit.id)
    return missing_for_credit(
        VisitNeeds(
            present=len(presence_of(uow, visit).present),
            team_size=edition.team_size,
            evidence_required=edition.evidence_required,
            photos=sum(item.kind in PHOTO_KINDS for item in evidence),
            recordings=sum(
                item.kind is EvidenceKind.RECORDING and bool(item.duration_ms) for item in evidence
            ),
            letter=_letter_needs(letters[0], evidence) if letters else None,
            phones=_phone_facts(uow, visit, placement, visit.started_at) if letters else (),
        )
    )


def _letter_needs(letter: Letter, evidence: Sequence[EvidenceItem]) -> LetterNeeds:
    kinds = {item.kind for item in evidence}
    return LetterNeeds(
        EvidenceKind.LETTER_ADDRESS in kinds,
        EvidenceKind.LETTER_MANNER in kinds,
        letter.counterfoil_returned_at is not None,
    )


def _phone_facts(
    uow: UnitOfWork, visit: Visit, placement: Placement, started_at: datetime
) -> Sequence[PhoneFacts]:
    """As scoring will see them, but that a message on its way is as good as sent: nobody can do more for it."""
    messages = [
        m if m.state is MessageState.FAILED else _as_sent(m)
        for m in uow.text_messages.having(visit_id=visit.id)
    ]
    edition = edition_at(uow, started_at)
    return phones_at(phone_file(uow, placement.debtor_id), visit, messages, started_at, edition)


def _as_sent(message: TextMessage) -> TextMessage:
    return dataclasses.replace(message, state=MessageState.SENT)


def _day(visit: Visit, plan: VisitPlan | None) -> date | None:
    if plan is not None:
        return plan.day
    return None if visit.valid_from is None else local_day(visit.valid_from)
