"""Plans at the desk: refusals first, a day put together and published, two dispatchers at one team."""

from __future__ import annotations

import re

import pytest

from server.domain.visits import Visit, VisitState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, OUTSIDE_DISPATCHER, PARTNER, TRAINEE
from tests.support.rows import fresh_id

DAY = "2026-03-11"


def waiting(desk: Desk) -> Visit:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement, county="河南省郑州市金水区")
    return builders.make_visit(desk, placement, address, VisitState.ACCEPTED)


def opened(browser: Browser, day: str = DAY) -> str:
    answer = browser.post("/desk/plans", {"id": fresh_id(), "day": day})
    assert answer.status_code == 303, seen(answer.text)
    return answer.headers["Location"]


def team(**changes: str) -> dict[str, str]:
    plain = {
        "id": fresh_id(), "lead_id": AGENT.id, "partner_id": PARTNER.id, "starts_at": "09:00", "ends_at": "18:00",
    }  # fmt: skip
    return plain | changes


@pytest.mark.parametrize("day", ["2026-03-09", "2026-02-30", "tomorrow", ""])
def test_no_plan_for_a_day_that_is_past_or_none(dispatcher: Browser, day: str) -> None:
    assert dispatcher.post("/desk/plans", {"id": fresh_id(), "day": day}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [{"partner_id": AGENT.id}, {"starts_at": "18:00", "ends_at": "09:00"}, {"starts_at": "25:00"}, {"ends_at": ""},
     {"partner_id": TRAINEE.id}],
)  # fmt: skip
def test_a_team_is_two_with_certificates_in_the_hours(
    desk: Desk, dispatcher: Browser, wrong: dict[str, str]
) -> None:
    plan = opened(dispatcher)
    answer = dispatcher.post(f"{plan}/teams", team(**wrong))
    assert answer.status_code in (422, 303)
    page = seen(dispatcher.page(plan))
    assert "还没有小组" in page or "不能发布" in page


def test_a_day_is_put_together_and_published(desk: Desk, dispatcher: Browser) -> None:
    first, second = waiting(desk), waiting(desk)
    plan = opened(dispatcher)
    assert dispatcher.post("/desk/plans", {"id": fresh_id(), "day": DAY}).status_code == 409
    assert Browser(desk, OUTSIDE_DISPATCHER).get(plan).status_code == 404
    assert Browser(desk, COLLECTOR).post(f"{plan}/teams", team()).status_code == 403
    dispatcher.done(f"{plan}/teams", team(), part=False)
    page = dispatcher.page(plan)
    path = re.search(r'action="(/desk/teams/[0-9a-f-]{36}/visits)"', page)
    assert path is not None
    for number, visit in enumerate((first, second)):
        version = re.findall(
            r'action="/desk/teams/.*?name="version" value="(\d+)"', dispatcher.page(plan), re.S
        )[-1]
        fields = {"visit_id": visit.id, "act": "add", "version": version}
        dispatcher.done(path[1], fields, part=False)
        if number == 0:
            assert dispatcher.post(path[1], fields).status_code == 412  # somebody else came between
    page = dispatcher.page(plan)
    version = re.search(r'/publish".*?name="version" value="(\d+)"', page, re.S)
    assert version is not None
    dispatcher.done(f"{plan}/publish", {"version": version[1]}, part=False)
    with desk.installation.house.units.read() as uow:
        states = {uow.visits.need(visit.id).state for visit in (first, second)}
    assert states == {VisitState.PUBLISHED}
    agent = Browser(desk, AGENT)
    assert agent.get(plan).status_code == 200
    assert DISPATCHER.name not in seen(agent.page("/desk/plans"))
