"""S15: everything that a receiver got is crawled for a debtor's data; none of it may be there.

The case is seeded with a name, an ID, a card, telephones, an address and amounts that are found again wherever they
are. Each kind of notice that has words for a group is sent as it should be, and then with each seed in each param.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

import pytest

from server.domain.messages import RobotFlavour, Webhook
from server.domain.notices import NOTICES
from server.domain.placements import Address, PhoneOwner, Placement
from server.domain.problems import Problem
from server.services import notices
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import AGENT, BRANCH, COLLEAGUE, DISPATCHER, PARTNER, known_id
from tests.support.planning import ZHENGZHOU, published_plan
from tests.support.receiver import Receiver

GROUP_KINDS = sorted(kind for kind, notice in NOTICES.items() if notice.group is not None)


@dataclass
class Case:
    """A case with what must not leave, each beside what it is."""

    placement: Placement
    address: Address
    marks: dict[str, str]

    @property
    def case_number(self) -> str:
        return self.placement.case_number

    @property
    def county(self) -> str:
        return self.address.county


@pytest.fixture
def case(desk: Desk) -> Case:
    card = "6222021234567894"
    placement = builders.make_placement(desk, card_number=card, placed_fen=1_234_567)
    detail = "建设路88号秘密花园7号楼2单元301室"
    address = builders.make_address(desk, placement, county=ZHENGZHOU, detail=detail)
    phone = builders.make_phone(desk, placement)
    relative = builders.make_phone(desk, placement, PhoneOwner.RELATIVE, number="037166001234")
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(placement.debtor_id)
    marks = {
        "card": card,
        "card in groups": "6222 0212 3456 7894",
        "ID": debtor.id_number,
        "telephone": phone.number,
        "landline": relative.number,
        "landline with a dash": "0371-66001234",
        "address": address.text,
        "detail": address.detail,
        "amount": "12345.67",
        "amount in yuan": "12345元",
        "amount with a comma": "12,345",
        "name with an amount": f"{debtor.name} 12345元",
        "name with an ID": f"{debtor.name}{debtor.id_number}",
        "name with a telephone": f"{debtor.name} {phone.number}",
        "name with an address": f"{debtor.name} {address.text}",
    }
    return Case(placement, address, marks)


@pytest.fixture
def robots(desk: Desk, receiver: Receiver) -> Receiver:
    with desk.installation.house.units.write() as uow:
        for flavour in RobotFlavour:
            url = receiver.url(flavour)
            robot = Webhook(known_id(flavour), BRANCH.id, flavour, "群", url, None, True, 1)
            uow.webhooks.add(robot)
        uow.commit()
    receiver.answers = []
    return receiver


def params_of(kind: str, case: Case) -> dict[str, Any]:
    """What the kind's words for a group name, filled as the product fills them."""
    names = f"{AGENT.name}、{PARTNER.name}"
    known = {
        "case_number": case.case_number,
        "district": case.county,
        "agents": names,
        "day": "2026-03-11",
        "month": "2026-02",
        "until_on": "2026-03-11",
        "visits": 1,
        "list": f"08:30–17:00 {names}\n1. {case.case_number} {case.county}",
    }
    template = NOTICES[kind].group
    assert template is not None
    return {name: known[name] for _, name, _, _ in string.Formatter().parse(template) if name}


def send(desk: Desk, kind: str, params: dict[str, Any]) -> bool:
    """Whether it was written at all."""
    with desk.installation.house.units.write() as uow:
        try:
            notices.tell_group(uow, BRANCH.id, kind, params)
        except (Problem, ValueError):
            return False
        uow.commit()
    return True


def test_nothing_that_left_holds_a_debtors_data(desk: Desk, robots: Receiver, case: Case) -> None:
    for kind in GROUP_KINDS:
        assert send(desk, kind, params_of(kind, case)), kind
    for kind in GROUP_KINDS:
        for name, value in params_of(kind, case).items():
            for mark in case.marks.values():
                for spoilt in (
                    mark,
                    f"{value}{mark}",
                    f"{value} {mark}",
                    f"{value}\n1. {mark} {case.county}",
                ):
                    send(desk, kind, params_of(kind, case) | {name: spoilt})
    desk.work()
    assert len(robots.got) >= 3 * len(GROUP_KINDS)
    for text in robots.texts:
        leaked = [what for what, mark in case.marks.items() if mark in text]
        assert leaked == [], text


def test_a_list_of_visits_is_sent_as_it_should_be(desk: Desk, robots: Receiver, case: Case) -> None:
    kinds = [kind for kind in GROUP_KINDS if "list" in params_of(kind, case)]
    for kind in kinds:
        assert send(desk, kind, params_of(kind, case))
    desk.work()
    assert all(f"1. {case.case_number} {case.county}" in text for text in robots.texts)
    assert len(robots.texts) == 3 * len(kinds)


def test_a_published_plan_and_the_list_of_the_day_say_where_and_who_and_nothing_of_the_debtor(
    desk: Desk, robots: Receiver, case: Case
) -> None:
    by_card = builders.make_placement(
        desk, case_number=case.marks["card"], debtor_id=case.placement.debtor_id
    )
    visits = [
        builders.make_visit(desk, placement, case.address, lead=None, partner=None)
        for placement in (case.placement, by_card)
    ]
    published_plan(desk, *visits)
    desk.ok(desk.post(DISPATCHER, "/api/v1/visit-plans/lists/group?day=tomorrow"))
    desk.work()
    assert len(robots.texts) == 2 * len(RobotFlavour)
    for text in robots.texts:
        assert f"{AGENT.name}、{PARTNER.name}" in text
        assert f"{case.case_number} {case.county}" in text
        assert f"****{by_card.case_number[-4:]} {case.county}" in text
        leaked = [what for what, mark in case.marks.items() if mark in text]
        assert leaked == [], text
        assert "13800005678" not in text  # the agents' own number is for the inbox alone (R9)
    (told,) = desk.ok(desk.get(COLLEAGUE, "/api/v1/inbox"))["items"]
    assert told["kind"] == "plan_published"
    assert f"{AGENT.name} 13800005678" in told["confidential"]
    assert "13800005678" not in str(told["message"])
