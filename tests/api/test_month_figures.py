"""M6 over the API and at the desk: whose visits are counted, what is left out, and that a longer month asks no more."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.visits import ContactChannel, ContactWho
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import visit_values as values
from tests.support.cast import AGENT, IT, MANAGER, OTHER_AGENT, OUTSIDE_MANAGER, Member
from tests.support.paid import Paid
from tests.support.rows import at, change, keep
from tests.support.statements import statements_of

FIGURES, PAGE = "/api/v1/statements/2026-03/figures", "/desk/figures?month=2026-03"


@pytest.fixture
def paid(desk: Desk) -> Paid:
    """陈磊 and 王强 met the debtor on 10 March, who paid 500.01 yuan; 何伟 met nobody on the 11th."""
    case = Paid(desk)
    case.visit(started_at=at("2026-03-11"), lead=OTHER_AGENT)
    case.score()
    return case


def told(desk: Desk, member: Member = MANAGER, path: str = FIGURES) -> Any:
    return desk.ok(desk.get(member, path))


def test_who_reads_no_statement_reads_no_figures(desk: Desk, paid: Paid) -> None:
    desk.refused(desk.get(IT, FIGURES), 403, "forbidden")
    desk.refused(desk.get(MANAGER, "/api/v1/statements/2026-13/figures"), 422, "month_unreadable")
    assert Browser(desk, IT).get(PAGE).status_code == 403


def test_a_month_tells_its_shares_and_what_a_visit_brought(desk: Desk, paid: Paid) -> None:
    total = told(desk)["total"]
    assert (total["visits"], total["met"], total["met_share"]) == (2, 1, "0.5000")
    assert (total["credited"], total["per_visit"]) == ("500.01", "250.00")
    by_name = {one["name"]: one["figures"] for one in told(desk)["agents"]}
    assert (by_name["陈磊"]["met_share"], by_name["陈磊"]["credited"]) == ("1.0000", "250.01")
    assert (by_name["何伟"]["met_share"], by_name["何伟"]["credited"]) == ("0.0000", "0.00")


def test_a_visit_is_of_the_month_in_which_it_began_in_shanghai(desk: Desk, paid: Paid) -> None:
    for moment, visits in (
        (at("2026-03-31", "23:59:59"), 3), (at("2026-04-01", "00:00:00"), 2), (at("2026-03-01", "00:00:00"), 3),
        (at("2026-02-28", "23:59:59"), 2),
    ):  # fmt: skip
        visit = paid.visit(started_at=moment)
        assert told(desk)["total"]["visits"] == visits, moment
        change(desk, visit, voided_at=moment)
        assert told(desk)["total"]["visits"] == 2, "a voided visit was counted"


@pytest.mark.parametrize(("who", "channel", "communicated", "met", "reached"), [
    (ContactWho.DIRECT_RELATIVE, ContactChannel.IN_PERSON, True, 2, 2),
    (ContactWho.DIRECT_RELATIVE, ContactChannel.IN_PERSON, False, 1, 1),
    (ContactWho.DEBTOR, ContactChannel.PHONE_ON_SITE, True, 1, 2),
    (ContactWho.OTHER_CONTACT, ContactChannel.IN_PERSON, True, 1, 2),
    (ContactWho.VILLAGE_COMMITTEE, ContactChannel.IN_PERSON, True, 1, 1),
    (ContactWho.STRANGER, ContactChannel.IN_PERSON, True, 1, 1),
])  # fmt: skip
def test_met_is_c1_and_reached_is_c1_to_c3(
    desk: Desk,
    paid: Paid,
    who: ContactWho,
    channel: ContactChannel,
    communicated: bool,
    met: int,
    reached: int,
) -> None:
    visit = paid.visit(started_at=at("2026-03-12"))
    keep(desk, values.contact(visit, who=who, channel=channel, communicated=communicated))
    total = told(desk)["total"]
    assert (total["met"], total["reached"]) == (met, reached)


def test_an_agent_reads_the_own_ones_and_another_branch_none(desk: Desk, paid: Paid) -> None:
    own = told(desk, AGENT)
    assert (own["total"]["visits"], own["agents"]) == (1, [])
    assert told(desk, OUTSIDE_MANAGER)["total"]["visits"] == 0


def test_the_page_leads_from_each_agent_to_the_lines(desk: Desk, paid: Paid) -> None:
    page = Browser(desk, MANAGER).page(PAGE)
    text = seen(page)
    assert "50.00% 见到本人或直系亲属" in text
    assert "¥250.00 每次外访回款" in text
    assert f'href="/desk/months/2026-03?agent={AGENT.id}"' in page
    assert "本月没有外访" in seen(Browser(desk, MANAGER).page("/desk/figures?month=2026-01"))


def test_more_visits_ask_no_more_queries(desk: Desk, paid: Paid) -> None:
    manager = Browser(desk, MANAGER)
    manager.page(PAGE)
    with statements_of(desk) as few:
        manager.page(PAGE)
    Paid(desk)
    with statements_of(desk) as many:
        manager.page(PAGE)
    assert len(many) == len(few)
