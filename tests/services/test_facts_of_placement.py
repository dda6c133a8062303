"""What the records of a case say to the scoring: assembled from the rows and compared with facts written by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.domain.evidence import EvidenceKind
from server.domain.placements import (
    AddressKind,
    ContactBlock,
    ContactRestoration,
    Direction,
    PhoneOwner,
    PoliceReferral,
    Source,
)
from server.domain.policy.facts import ContactFacts, LetterFacts, PhoneFacts, PlacementFacts
from server.domain.requests import RequestState
from server.domain.visits import CheckDirection, ContactChannel, ContactWho, LetterPlace, VisitState
from server.services.facts_of_placement import facts_of_placements
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.builders import make_request
from tests.support.cases import TEN, Case
from tests.support.cast import AGENT, COLLECTOR, OTHER_AGENT, PARTNER, TRAINEE
from tests.support.rows import at, change, fresh_id, keep
from tests.support.statements import statements_of


@pytest.fixture
def case(desk: Desk) -> Case:
    return Case(desk)


def test_unknown_placements_have_no_facts(desk: Desk) -> None:
    with desk.installation.house.units.read() as uow:
        assert facts_of_placements(uow, ["nothing"]) == {}


def test_a_case_that_nobody_visited(case: Case) -> None:
    assert case.facts() == PlacementFacts(
        case.placement.id, 1_000_000, date(2026, 1, 5), date(2026, 6, 30), None, None, (), (), ()
    )


def test_a_visit_that_met_the_debtor(case: Case) -> None:
    visit = case.visit()
    keep(case.desk, values.contact(visit))
    seen = case.seen()
    assert (seen.id, seen.started_at, seen.started_at.isoformat()) == (
        visit.id,
        TEN,
        "2026-03-10T10:00:00+08:00",
    )
    assert (seen.agents, seen.present) == ((AGENT.id, PARTNER.id), (AGENT.id, PARTNER.id))
    assert (seen.photos, seen.recordings, seen.voided, seen.debtor_gone) == (1, 1, False, False)
    assert (seen.address.kind, seen.address.confirmed) == ("home", True)
    assert seen.contacts == (ContactFacts("debtor", "in_person", True, False, False, None),)
    assert (seen.letter, seen.phones, seen.superseded_by, seen.contact_restored_on) == (None, (), None, None)


@pytest.mark.parametrize("state", [VisitState.ACCEPTED, VisitState.PUBLISHED, VisitState.CANCELLED])
def test_a_visit_that_did_not_take_place_is_none(case: Case, state: VisitState) -> None:
    case.visit(started_at=None, state=state)
    case.visit(state=VisitState.CANCELLED)
    assert case.facts().visits == ()


@pytest.mark.parametrize("state", [VisitState.IN_PROGRESS, VisitState.COMPLETED, VisitState.FAILED])
def test_a_visit_that_began_is_one(case: Case, state: VisitState) -> None:
    case.visit(state=state)
    assert len(case.facts().visits) == 1


def test_only_verified_check_ins_of_the_team_make_present(case: Case) -> None:
    visit = case.visit(proven=False, trainee_id=TRAINEE.id)
    keep(
        case.desk,
        values.check_in(visit, AGENT.id, TEN, provisional=True),
        values.check_in(visit, PARTNER.id, TEN, refusal="presence_code_wrong"),
        values.check_in(visit, TRAINEE.id, TEN),
    )
    assert case.seen().present == ()
    assert case.seen().started_at == TEN


def test_leaving_is_no_coming(case: Case) -> None:
    visit = case.visit(proven=False)
    keep(
        case.desk,
        values.check_in(visit, AGENT.id, TEN),
        values.check_in(visit, PARTNER.id, TEN, direction=CheckDirection.OUT),
    )
    assert case.seen().present == (AGENT.id,)


def test_a_visit_starts_with_the_earliest_check_in_of_those_present(case: Case) -> None:
    visit = case.visit(proven=False, started_at=TEN - timedelta(minutes=9))
    keep(
        case.desk,
        values.check_in(visit, PARTNER.id, TEN),
        values.check_in(visit, AGENT.id, TEN + timedelta(minutes=2)),
    )
    assert case.seen().started_at == TEN
    assert case.seen().present == (AGENT.id, PARTNER.id)


def test_an_empty_recording_is_none_and_letter_photos_are_photos(case: Case) -> None:
    visit = case.visit(proven=False)
    empty = values.evidence(visit, EvidenceKind.RECORDING, duration_ms=0)
    attached = values.evidence(visit, EvidenceKind.ATTACHMENT)
    keep(case.desk, empty, attached, values.evidence(visit, EvidenceKind.LETTER_ADDRESS))
    assert (case.seen().photos, case.seen().recordings) == (1, 0)


@pytest.mark.parametrize(("day", "confirmed"), [(9, True), (10, True), (11, False)])
def test_an_address_is_confirmed_by_what_was_on_file_that_day(case: Case, day: int, confirmed: bool) -> None:
    work = values.address(case.placement, AddressKind.WORK)
    keep(case.desk, work, values.confirmation(work, date(2026, 3, day)))
    case.visit(to=work)
    assert (case.seen().address.kind, case.seen().address.confirmed) == ("work", confirmed)


def test_what_a_visit_found_is_confirmed_for_its_follow_up_alone(case: Case) -> None:
    parent = case.visit(started_at=at("2026-03-10", "09:00:00"))
    found = values.address(case.placement, AddressKind.OTHER, source=Source.VISIT, source_visit_id=parent.id)
    keep(case.desk, found)
    follow_up = case.visit(to=found, parent_id=parent.id)
    other = case.visit(to=found, started_at=at("2026-03-11"))
    confirmed = {seen.id: seen.address.confirmed for seen in case.facts().visits}
    assert confirmed == {parent.id: True, follow_up.id: True, other.id: False}


def test_contacts_stand_in_the_order_of_the_day(case: Case) -> None:
    visit = case.visit()
    later = values.contact(
        visit,
        ContactWho.OTHER_CONTACT,
        will_relay=True,
        can_relay=True,
        relayed_on=date(2026, 3, 14),
        at=TEN + timedelta(minutes=20),
    )
    phoned = values.contact(
        visit, ContactWho.DIRECT_RELATIVE, ContactChannel.PHONE_ON_SITE, communicated=False
    )
    keep(case.desk, later, phoned)
    assert case.seen().contacts == (
        ContactFacts("direct_relative", "phone_on_site", False, False, False, None),
        ContactFacts("other_contact", "in_person", True, True, True, date(2026, 3, 14)),
    )


def test_a_letter_is_photographed_with_both_photos_and_proven_with_its_counterfoil(case: Case) -> None:
    visit = case.visit()
    letter = values.letter(visit, LetterPlace.VILLAGE_COMMITTEE)
    keep(case.desk, letter, values.evidence(visit, EvidenceKind.LETTER_ADDRESS))
    assert case.seen().letter == LetterFacts("village_committee", False, False, None)
    keep(case.desk, values.evidence(visit, EvidenceKind.LETTER_MANNER))
    change(case.desk, letter, counterfoil_returned_at=TEN, acknowledged_on=date(2026, 3, 20))
    assert case.seen().letter == LetterFacts("village_committee", True, True, date(2026, 3, 20))


def test_phones_are_those_on_file_when_the_visit_ended(case: Case) -> None:
    case.visit()
    before = case.phone(added_at=TEN + timedelta(hours=1))
    case.phone(added_at=TEN + timedelta(hours=1, seconds=1))
    case.phone(PhoneOwner.OTHER, duplicate_of_id=before.id)
    assert case.seen_phone() == PhoneFacts(before.id, "debtor", False, False, False)


def test_without_a_check_out_the_visit_ends_with_its_day(case: Case) -> None:
    case.visit(ended_at=None, state=VisitState.IN_PROGRESS)
    phone = case.phone(PhoneOwner.RELATIVE, added_at=at("2026-03-10", "23:59:59"))
    case.phone(added_at=at("2026-03-11", "00:00:00"))
    assert case.seen_phone() == PhoneFacts(phone.id, "relative", False, False, False)


@pytest.mark.parametrize(
    ("answered_on", "reachable"),
    [("2026-02-07", False), ("2026-02-08", True), ("2026-03-10", True), ("2026-03-11", False)],
)
def test_a_phone_is_reachable_when_it_was_answered_in_the_thirty_days_before(
    case: Case, answered_on: str, reachable: bool
) -> None:
    case.visit()
    keep(case.desk, values.call_note(case.placement, case.phone(), at(answered_on, "00:30:00")))
    assert case.seen_phone().reachable is reachable


def test_an_incoming_call_shows_reachable_and_is_no_call_made(case: Case) -> None:
    visit = case.visit()
    note = values.call_note(case.placement, case.phone(), TEN, direction=Direction.IN, visit_id=visit.id)
    keep(case.desk, note)
    assert (case.seen_phone().reachable, case.seen_phone().called) == (True, False)


def test_a_call_that_nobody_answered_is_made_and_shows_nothing(case: Case) -> None:
    visit = case.visit()
    keep(case.desk, values.call_note(case.placement, case.phone(), TEN, False, visit_id=visit.id))
    assert (case.seen_phone().reachable, case.seen_phone().called) == (False, True)


def test_a_call_of_the_desk_on_the_day_is_not_the_visits(case: Case) -> None:
    case.visit()
    keep(case.desk, values.call_note(case.placement, case.phone(), TEN))
    assert (case.seen_phone().reachable, case.seen_phone().called) == (True, False)


@pytest.mark.parametrize(("calls", "answered", "reachable"), [(2, True, True), (3, True, False)])
def test_a_debtor_reached_three_times_today_may_not_be_called(
    case: Case, calls: int, answered: bool, reachable: bool
) -> None:
    case.visit()
    used, rest = case.phone(), case.phone()
    keep(
        case.desk,
        values.call_note(case.placement, rest, at("2026-03-01")),
        *(values.call_note(case.placement, used, TEN - timedelta(hours=1), answered) for _ in range(calls)),
    )
    assert {phone.id: phone.reachable for phone in case.seen().phones}[rest.id] is reachable


@pytest.mark.parametrize(("calls", "reachable"), [(4, True), (5, False)])
def test_a_debtor_not_reached_may_be_called_five_times(case: Case, calls: int, reachable: bool) -> None:
    case.visit()
    used, rest, relative = case.phone(), case.phone(), case.phone(PhoneOwner.RELATIVE)
    keep(
        case.desk,
        values.call_note(case.placement, rest, at("2026-03-01")),
        values.call_note(case.placement, relative, at("2026-03-01")),
        *(values.call_note(case.placement, used, TEN - timedelta(hours=1), False) for _ in range(calls)),
    )
    seen = {phone.id: phone.reachable for phone in case.seen().phones}
    assert (seen[rest.id], seen[relative.id]) == (reachable, True)


def test_a_blocked_number_is_not_reachable_while_the_block_holds(case: Case) -> None:
    case.visit()
    phone = case.phone()
    block = ContactBlock(fresh_id(), phone.number, None, "要求", at("2026-03-01"), None, None, 1)
    keep(case.desk, values.call_note(case.placement, phone, at("2026-03-01")), block)
    assert case.seen_phone().reachable is False
    change(case.desk, block, lifted_at=at("2026-03-09"))
    assert case.seen_phone().reachable is True


def test_a_blocked_person_is_blocked_on_the_own_numbers(case: Case) -> None:
    case.visit()
    own, relative = case.phone(), case.phone(PhoneOwner.RELATIVE)
    keep(
        case.desk,
        values.call_note(case.placement, own, at("2026-03-01")),
        values.call_note(case.placement, relative, at("2026-03-01")),
        ContactBlock(fresh_id(), None, case.debtor.id, "要求", at("2026-03-01"), None, None, 1),
    )
    assert {p.id: p.reachable for p in case.seen().phones} == {own.id: False, relative.id: True}


def test_a_message_counts_when_it_was_sent_and_put_on_its_way_that_day(case: Case) -> None:
    visit = case.visit()
    queued, late, sent, overnight = (case.phone() for _ in range(4))
    keep(
        case.desk,
        values.TEMPLATE,
        values.text_message(visit, queued, None),
        values.text_message(visit, late, at("2026-03-11")),
        values.text_message(visit, sent, at("2026-03-10", "18:00:00")),
        values.text_message(visit, overnight, at("2026-03-11"), queued_at=TEN),
    )
    messaged = {phone.id for phone in case.seen().phones if phone.messaged}
    assert messaged == {sent.id, overnight.id}


def test_a_call_to_a_duplicate_is_a_call_to_its_original(case: Case) -> None:
    visit = case.visit()
    phone = case.phone()
    double = case.phone(duplicate_of_id=phone.id)
    keep(
        case.desk,
        values.TEMPLATE,
        values.call_note(case.placement, double, TEN, visit_id=visit.id),
        values.text_message(visit, double, TEN),
    )
    assert case.seen_phone() == PhoneFacts(phone.id, "debtor", True, True, True)


def test_calls_of_another_placement_of_the_debtor_are_known(case: Case) -> None:
    case.visit()
    phone = case.phone()
    other = values.placement(case.debtor, opened_on=date(2025, 1, 5))
    keep(case.desk, other, values.call_note(other, phone, at("2026-03-01")))
    assert case.seen_phone().reachable is True


@pytest.mark.parametrize(("days", "seen"), [((9,), None), ((10,), 10), ((9, 15, 12), 12)])
def test_contact_restored_is_the_earliest_day_from_the_visit_on(
    case: Case, days: tuple[int, ...], seen: int | None
) -> None:
    case.visit()
    keep(
        case.desk,
        *(
            ContactRestoration(fresh_id(), case.placement.id, date(2026, 3, day), "查询", TEN, COLLECTOR.id)
            for day in days
        ),
    )
    assert case.seen().contact_restored_on == (None if seen is None else date(2026, 3, seen))


def test_what_stands_on_the_visit_itself(case: Case) -> None:
    follow_up = case.visit(started_at=at("2026-03-10", "15:00:00"))
    visit = case.visit(
        promise_due_on=date(2026, 3, 12),
        promise_explained=True,
        debtor_gone=True,
        superseded_by=follow_up.id,
        voided_at=TEN,
        partner=OTHER_AGENT,
    )
    seen = next(seen for seen in case.facts().visits if seen.id == visit.id)
    assert (seen.promise_due_on, seen.promise_explained) == (date(2026, 3, 12), True)
    assert (seen.debtor_gone, seen.superseded_by, seen.voided) == (True, follow_up.id, True)
    assert seen.agents == (AGENT.id, OTHER_AGENT.id)


def test_referrals_and_repayments(case: Case) -> None:
    paid = values.repayment(case.placement, date(2026, 3, 12), paid_at=at("2026-03-12", "09:30:00"))
    recalled = values.repayment(case.placement, date(2026, 3, 14), -20_000, reverses_id=paid.id)
    late = PoliceReferral(
        fresh_id(), case.placement.id, date(2026, 4, 2), "说明", "王丹", TEN, COLLECTOR.id, 1
    )
    early = PoliceReferral(fresh_id(), case.placement.id, date(2026, 3, 2), None, None, TEN, COLLECTOR.id, 1)
    keep(case.desk, paid, recalled, late, early)
    facts = case.facts()
    assert [(r.referred_on.day, r.early_explained) for r in facts.police_referrals] == [(2, False), (2, True)]
    assert [(r.amount, r.reverses) for r in facts.repayments] == [(50_000, None), (-20_000, paid.id)]
    assert facts.repayments[0].paid_at == at("2026-03-12", "09:30:00")


def test_promising_from_is_the_day_of_the_earliest_marked_request(case: Case) -> None:
    make_request(case.desk, case.placement, [], requested_on=date(2026, 3, 1))
    for day in (8, 6):
        make_request(
            case.desk,
            case.placement,
            [],
            RequestState.REFUSED,
            requested_on=date(2026, 3, day),
            promising_marked_at=TEN,
        )
    assert case.facts().promising_from == date(2026, 3, 6)


def test_an_end_on_record_takes_the_place_of_recall_and_retention(desk: Desk) -> None:
    kept = Case(desk, retained_until=date(2026, 7, 31)).facts()
    ended = Case(desk, retained_until=date(2026, 7, 31), ended_on=date(2026, 4, 2)).facts()
    assert (kept.recall_on, kept.retained_until) == (date(2026, 6, 30), date(2026, 7, 31))
    assert (ended.recall_on, ended.retained_until) == (date(2026, 4, 2), None)


def test_fifty_placements_cost_as_many_queries_as_one(desk: Desk) -> None:
    cases = []
    for _ in range(50):
        case = Case(desk)
        visit = case.visit()
        phone = case.phone()
        keep(desk, values.contact(visit), values.call_note(case.placement, phone, TEN))
        cases.append(case.placement.id)
    with statements_of(desk) as for_one, desk.installation.house.units.read() as uow:
        facts_of_placements(uow, cases[:1])
    with statements_of(desk) as for_all, desk.installation.house.units.read() as uow:
        found = facts_of_placements(uow, cases)
    assert len(found) == 50
    assert all(len(facts.visits) == 1 and len(facts.visits[0].phones) == 1 for facts in found.values())
    assert len(for_all) == len(for_one) <= 20
