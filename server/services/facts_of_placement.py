"""Owns the reading of case files: placements with everything that scoring sees, many at a time (docs/adr/0004).

Refuses to read row by row: any number of placements costs the same few queries, one a kind of record. What a record
says to the scoring stands in `server.domain.facts_on_file`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import TypeVar

from server.domain.facts_on_file import CaseFile, VisitFile, placement_facts, took_place
from server.domain.phones_on_file import PhoneFile
from server.domain.placements import CallNote, Phone
from server.domain.policy.facts import PlacementFacts
from server.domain.visits import Visit
from server.services.ports.unit_of_work import UnitOfWork

# What the scoring looks at. The facts of ten thousand cases are a hundred thousand rows, of thirty columns some.
_OF_PLACEMENT = (
    "id", "debtor_id", "placed_fen", "opened_on", "recall_on", "retained_until", "ended_on",
)  # fmt: skip
_OF_VISIT = (
    "id", "placement_id", "address_id", "parent_id", "state", "lead_id", "partner_id", "started_at", "ended_at",
    "debtor_gone", "promise_due_on", "promise_explained", "superseded_by", "voided_at",
)  # fmt: skip
_OF_CHECK_IN = (
    "id", "visit_id", "account_id", "direction", "way", "at", "latitude", "longitude", "accuracy_m", "provisional",
    "refusal",
)  # fmt: skip
_OF_CONTACT = (
    "id", "visit_id", "at", "who", "channel", "communicated", "will_relay", "can_relay", "relayed_on",
)  # fmt: skip
_OF_REPAYMENT = ("id", "placement_id", "paid_on", "paid_at", "amount_fen", "reverses_id")
_OF_ADDRESS = ("id", "kind", "source_visit_id")
_OF_PHONE = ("id", "debtor_id", "number", "owner", "duplicate_of_id", "added_at")

E = TypeVar("E")
K = TypeVar("K")


def facts_of_placements(uow: UnitOfWork, placement_ids: Iterable[str]) -> dict[str, PlacementFacts]:
    """The facts of each placement, by its id, under the policy as it stands; unknown ids are left out."""
    book = uow.policy
    return {id_: placement_facts(case, book) for id_, case in read_case_files(uow, placement_ids).items()}


def read_case_files(uow: UnitOfWork, placement_ids: Iterable[str]) -> dict[str, CaseFile]:
    """The case files, by placement id; of each record the fields that scoring looks at (`_OF_PLACEMENT` and others)."""
    placements = uow.placements.by_ids(placement_ids, _OF_PLACEMENT)
    ids = list(placements)
    visits = [visit for visit in uow.visits.having_any("placement_id", ids, _OF_VISIT) if took_place(visit)]
    visit_files = _grouped(_visit_files(uow, visits), lambda file: file.visit.placement_id)
    visited = {visit.placement_id for visit in visits}
    phones = _phone_files(uow, {placements[id_].debtor_id for id_ in visited}, visits)
    requests = _grouped(uow.visit_requests.having_any("placement_id", ids), attrgetter("placement_id"))
    referrals = _grouped(uow.police_referrals.having_any("placement_id", ids), attrgetter("placement_id"))
    restored = _grouped(
        uow.contact_restorations.having_any("placement_id", visited), attrgetter("placement_id")
    )
    repayments = _grouped(
        uow.repayments.having_any("placement_id", ids, _OF_REPAYMENT), attrgetter("placement_id")
    )
    nothing = PhoneFile((), (), ())
    return {
        id_: CaseFile(
            placement=placement,
            requests=requests[id_],
            referrals=referrals[id_],
            restorations=restored[id_],
            repayments=repayments[id_],
            phones=phones.get(placement.debtor_id, nothing),
            visits=visit_files[id_],
        )
        for id_, placement in placements.items()
    }


def _visit_files(uow: UnitOfWork, visits: Sequence[Visit]) -> list[VisitFile]:
    ids = [visit.id for visit in visits]
    addresses = uow.addresses.by_ids((visit.address_id for visit in visits), _OF_ADDRESS)
    confirmations = _grouped(
        uow.address_confirmations.having_any("address_id", addresses), attrgetter("address_id")
    )
    check_ins = _grouped(uow.check_ins.having_any("visit_id", ids, _OF_CHECK_IN), attrgetter("visit_id"))
    contacts = _grouped(uow.visit_contacts.having_any("visit_id", ids, _OF_CONTACT), attrgetter("visit_id"))
    letters = {letter.visit_id: letter for letter in uow.letters.having_any("visit_id", ids)}
    messages = _grouped(uow.text_messages.having_any("visit_id", ids), attrgetter("visit_id"))
    evidence = uow.evidence_items.counts(ids)
    return [
        VisitFile(
            visit=visit,
            address=addresses[visit.address_id],
            confirmations=confirmations[visit.address_id],
            check_ins=check_ins[visit.id],
            contacts=contacts[visit.id],
            letter=letters.get(visit.id),
            messages=messages[visit.id],
            evidence=evidence[visit.id],
        )
        for visit in visits
    ]


def _phone_files(uow: UnitOfWork, debtor_ids: Iterable[str], visits: Sequence[Visit]) -> dict[str, PhoneFile]:
    wanted = sorted(debtor_ids)
    of_debtor = _grouped(uow.phones.having_any("debtor_id", wanted, _OF_PHONE), attrgetter("debtor_id"))
    every = [phone for phones in of_debtor.values() for phone in phones]
    calls = _grouped(_calls(uow, every, visits), attrgetter("phone_id"))
    on_numbers = _grouped(
        uow.contact_blocks.having_any("number", {phone.number for phone in every}), attrgetter("number")
    )
    on_persons = _grouped(uow.contact_blocks.having_any("debtor_id", wanted), attrgetter("debtor_id"))
    return {
        debtor_id: PhoneFile(
            phones=phones,
            calls=[call for phone in phones for call in calls[phone.id]],
            blocks=[
                *on_persons[debtor_id],
                *(block for phone in phones for block in on_numbers[phone.number]),
            ],
        )
        for debtor_id, phones in of_debtor.items()
    }


def _calls(uow: UnitOfWork, phones: Sequence[Phone], visits: Sequence[Visit]) -> list[CallNote]:
    """The calls that a visit can look back on: X8 asks no further than `reachable_days` before it.

    Days are local and the bounds are instants: a day more at either end holds every day whole.
    """
    starts = [visit.started_at for visit in visits if visit.started_at is not None]
    ends = [visit.ended_at for visit in visits if visit.ended_at is not None]
    if not starts:
        return []
    back = timedelta(days=1 + max(edition.reachable_days for edition in uow.policy.editions))
    return uow.call_notes.of_phones(
        [phone.id for phone in phones], min(starts) - back, max(starts + ends) + timedelta(days=1)
    )


def _grouped(entities: Iterable[E], key: Callable[[E], K]) -> Mapping[K, list[E]]:
    groups: defaultdict[K, list[E]] = defaultdict(list)
    for entity in entities:
        groups[key(entity)].append(entity)
    return groups
