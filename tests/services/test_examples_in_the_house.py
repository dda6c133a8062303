"""The worked examples of the policy, put into the rows: the house sees the same facts and keeps the expected lines."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from server.domain.credit import CreditRow, CreditShareRow
from server.domain.evidence import EvidenceKind
from server.domain.money import format_fen
from server.domain.placements import AddressKind, ContactRestoration, PhoneOwner, PoliceReferral
from server.domain.policy.facts import PhoneFacts, PlacementFacts, VisitFacts
from server.domain.policy.wire import read_placement
from server.domain.requests import RequestState
from server.domain.visits import ContactChannel, ContactWho, LetterPlace
from server.services.credit import score
from server.services.facts_of_placement import facts_of_placements
from server.services.ports.paging import PageRequest
from tests.conftest import NOON, Desk
from tests.support import visit_values as values
from tests.support.builders import make_request
from tests.support.cast import AGENT, PARTNER
from tests.support.rows import fresh_id, keep

EXAMPLES = Path(__file__).parents[2] / "docs" / "policy" / "examples"
AGENTS = {"A1": AGENT.id, "A2": PARTNER.id}


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines()]


def example(case: dict[str, Any]) -> PlacementFacts:
    """The facts of an example, with ids that are unique among all examples and agents of the cast."""
    mark = case["id"]
    for visit in case["visits"]:
        visit["id"] = f"{mark}/{visit['id']}"
        visit["superseded_by"] = visit["superseded_by"] and f"{mark}/{visit['superseded_by']}"
        if (visit["contact_restored_on"] or "9999") < visit["started_at"][:10]:
            visit["contact_restored_on"] = None  # no effect, says the format; the house leaves it out
        for key in ("agents", "present"):
            visit[key] = [AGENTS[agent] for agent in visit[key]]
        for phone in visit["phones"]:
            phone["id"] = f"{mark}/{phone['id']}"
    for repayment in case["repayments"]:
        repayment["id"] = f"{mark}/{repayment['id']}"
        repayment["reverses"] = repayment["reverses"] and f"{mark}/{repayment['reverses']}"
    facts = read_placement(case)
    return dataclasses.replace(
        facts,
        visits=tuple(sorted(facts.visits, key=lambda visit: visit.started_at)),
        repayments=tuple(sorted(facts.repayments, key=lambda repayment: repayment.id)),
    )


def records(facts: PlacementFacts) -> Iterator[Any]:
    """Records from which these facts follow."""
    debtor = values.debtor()
    placement = values.placement(
        debtor,
        id=facts.id,
        placed_fen=facts.placed_amount,
        opened_on=facts.opened_on,
        recall_on=facts.recall_on,
        retained_until=facts.retained_until,
    )
    yield from (debtor, placement)
    for referral in facts.police_referrals:
        accepted = "王丹" if referral.early_explained else None
        yield PoliceReferral(fresh_id(), facts.id, referral.referred_on, accepted, accepted, NOON, None, 1)
    on_file = {phone.id: phone for visit in facts.visits for phone in visit.phones}
    phones = {id_: values.phone(placement, PhoneOwner(phone.owner), id=id_) for id_, phone in on_file.items()}
    yield from phones.values()
    for visit in reversed(facts.visits):  # a follow-up before the visit that names it
        yield from visit_records(placement, phones, visit)
    originals_first = sorted(facts.repayments, key=lambda repayment: repayment.reverses is not None)
    for repayment in originals_first:
        made = values.repayment(placement, repayment.paid_on, repayment.amount, id=repayment.id)
        yield dataclasses.replace(made, paid_at=repayment.paid_at, reverses_id=repayment.reverses)


def visit_records(placement: Any, phones: dict[str, Any], facts: VisitFacts) -> Iterator[Any]:
    address = values.address(placement, AddressKind(facts.address.kind))
    visit = values.visit(
        placement,
        address,
        facts.started_at,
        id=facts.id,
        debtor_gone=facts.debtor_gone,
        promise_due_on=facts.promise_due_on,
        promise_explained=facts.promise_explained,
        superseded_by=facts.superseded_by,
        voided_at=NOON if facts.voided else None,
    )
    yield from (address, visit)
    yield from (values.check_in(visit, agent, facts.started_at) for agent in facts.present)
    if facts.address.confirmed:
        yield values.confirmation(address, facts.started_at.date())
    yield from evidence_records(visit, facts)
    for met in facts.contacts:
        told = dataclasses.asdict(met)
        who, channel = ContactWho(told.pop("who")), ContactChannel(told.pop("channel"))
        yield values.contact(visit, who, channel, **told)
    if facts.letter is not None:
        returned = NOON if facts.letter.counterfoil_returned else None
        left = values.letter(visit, LetterPlace(facts.letter.left_at), counterfoil_returned_at=returned)
        yield dataclasses.replace(left, acknowledged_on=facts.letter.acknowledged_on)
    for phone in facts.phones:
        yield from phone_records(placement, phones[phone.id], visit, phone)
    if facts.contact_restored_on is not None:
        yield ContactRestoration(fresh_id(), placement.id, facts.contact_restored_on, "查询", NOON, None)


def mark_promising(desk: Desk, facts: PlacementFacts) -> None:
    with desk.installation.house.units.read() as uow:
        placement = uow.placements.need(facts.id)
    marks = {"requested_on": facts.promising_from, "promising_marked_at": NOON}
    make_request(desk, placement, [], RequestState.ACCEPTED, **marks)


def evidence_records(visit: Any, facts: VisitFacts) -> Iterator[Any]:
    kinds = [EvidenceKind.PHOTO_DOOR] * facts.photos
    if facts.letter is not None and facts.letter.photographed:
        kinds[:2] = [EvidenceKind.LETTER_ADDRESS, EvidenceKind.LETTER_MANNER]
    for kind in [*kinds, *[EvidenceKind.RECORDING] * facts.recordings]:
        yield values.evidence(visit, kind)


def phone_records(placement: Any, phone: Any, visit: Any, facts: PhoneFacts) -> Iterator[Any]:
    if facts.reachable:
        yield values.call_note(placement, phone, visit.started_at - timedelta(days=1))
    if facts.called:
        yield values.call_note(placement, phone, visit.started_at, False, visit_id=visit.id)
    if facts.messaged:
        yield values.text_message(visit, phone, visit.started_at)


def plain(row: CreditRow, shares: list[CreditShareRow]) -> dict[str, Any]:
    """A kept line in the scoring format."""
    window = row.window
    return {
        "placement": row.placement_id,
        "repayment": row.repayment_id,
        "amount": format_fen(row.amount_fen),
        "visit": row.visit_id,
        "basis": row.basis,
        "clause": row.clause,
        "window": window
        and {
            "from": window.from_day.isoformat(),
            "to": window.to_day.isoformat(),
            "extended": window.extended,
        },
        "shares": [{"agent": share.account_id, "amount": format_fen(share.amount_fen)} for share in shares],
        "collector_commission": row.commission,
        "reason": row.reason,
    }


def expected() -> Iterator[dict[str, Any]]:
    for line in read("expected.jsonl"):
        mark = line["placement"]
        shares = [{**share, "agent": AGENTS[share["agent"]]} for share in line["shares"]]
        visit = line["visit"] and f"{mark}/{line['visit']}"
        yield {**line, "repayment": f"{mark}/{line['repayment']}", "visit": visit, "shares": shares}


def test_the_examples_of_the_policy_come_out_of_the_rows_as_they_stand_on_the_page(desk: Desk) -> None:
    examples = {facts.id: facts for facts in map(example, read("cases.jsonl"))}
    keep(desk, values.TEMPLATE, *(record for facts in examples.values() for record in records(facts)))
    for facts in examples.values():
        if facts.promising_from is not None:
            mark_promising(desk, facts)
    with desk.installation.house.units.read() as uow:
        found = facts_of_placements(uow, examples)
    for id_, facts in examples.items():
        assert found[id_] == facts
    with desk.installation.house.units.write() as uow:
        assert score(uow, examples, "examples") == len(examples)
        kept = []
        for run in uow.credit_runs.having(current=True):
            rows = uow.credit_lines.page_of_run(PageRequest(200), run.id).items
            shares = uow.credit_shares.of_lines(row.id for row in rows)
            kept += [plain(row, shares.get(row.id, [])) for row in rows]

    def by_repayment(line: dict[str, Any]) -> str:
        return str(line["repayment"])

    assert sorted(kept, key=by_repayment) == sorted(expected(), key=by_repayment)
