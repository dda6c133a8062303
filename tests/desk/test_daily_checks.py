"""S17 over HTTP and at the desk: refusals first; what deviates stands first, is ticked by name, and stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.builders import make_device
from tests.support.cast import AGENT, COLLECTOR, GENERAL_MANAGER, IT, MANAGER, PARTNER, Member
from tests.support.rows import fresh_id
from tests.support.statements import statements_of

LIST, PAGE = "/api/v1/daily-checks", "/desk/daily-checks"
TODAY = "2026-03-10"
Later = Callable[..., None]


def tick(member: Member, *deviations: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": fresh_id(), "on": TODAY, "account_id": member.id, "deviations": list(deviations), "note": "",
    } | changes  # fmt: skip


def shown(desk: Desk, member: Member, on: str = TODAY) -> dict[str, Any]:
    items = desk.ok(desk.get(IT, f"{LIST}?on={on}"))["items"]
    (found,) = [one for one in items if one["account_id"] == member.id]
    return dict(found)


def form(body: dict[str, Any]) -> dict[str, str]:
    return body | {"deviations": ",".join(body["deviations"])}


def test_it_alone_ticks_and_the_general_manager_reads(desk: Desk) -> None:
    for member in (COLLECTOR, AGENT, MANAGER):
        assert desk.get(member, LIST).status_code == 403
        assert Browser(desk, member).get(PAGE).status_code == 403
    desk.ok(desk.get(GENERAL_MANAGER, LIST))
    desk.refused(desk.post(GENERAL_MANAGER, LIST, tick(AGENT)), 403, "forbidden")
    reader = Browser(desk, GENERAL_MANAGER)
    assert "csrf_token" not in reader.page(PAGE).partition("<tbody>")[2].partition("</tbody>")[0]
    assert reader.post(PAGE, form(tick(AGENT))).status_code == 403


def test_what_is_not_so_is_not_ticked(desk: Desk, later: Later) -> None:
    desk.token(AGENT)
    make_device(desk, PARTNER)
    for body, status, code in (
        (tick(AGENT, on="2026-03-11"), 422, "daily_check_to_come"),
        (tick(AGENT, "device_overdue"), 409, "daily_check_changed"),
        (tick(MANAGER), 404, "not_found"),
        (tick(AGENT, on="2026-03-09"), 404, "not_found"),
        (tick(AGENT, "colour"), 422, "invalid_input"),
        (tick(AGENT, note=7), 422, "invalid_input"),
    ):
        desk.refused(desk.post(IT, LIST, body), status, code)
    later(hours=9)
    desk.refused(desk.post(IT, LIST, tick(PARTNER)), 409, "daily_check_changed")
    told = desk.refused(desk.post(IT, LIST, tick(PARTNER, "device_overdue")), 422, "daily_check_unexplained")
    assert told["errors"][0]["clause"] == "S17"
    assert shown(desk, PARTNER)["check"] is None


def test_a_tick_has_a_name_a_time_and_its_note_and_does_not_change(desk: Desk, later: Later) -> None:
    desk.token(AGENT)
    body = tick(AGENT)
    first = desk.ok(desk.post(IT, LIST, body), 201)
    assert (first["checked_by"], first["on"], first["deviations"]) == (IT.id, TODAY, [])
    assert desk.ok(desk.post(IT, LIST, body), 201) == first, "sent twice it is one tick"
    desk.refused(desk.post(IT, LIST, tick(AGENT)), 409, "daily_check_done")
    make_device(desk, AGENT)
    assert shown(desk, AGENT)["checked"], "a device that is due later changes nothing"
    later(hours=9)
    changed = shown(desk, AGENT)
    assert (changed["checked"], changed["deviations"]) == (False, ["device_overdue"])
    desk.ok(desk.post(IT, LIST, tick(AGENT, "device_overdue", note="明早归还")), 201)
    again = shown(desk, AGENT)
    assert (again["checked"], again["check"]["note"]) == (True, "明早归还")
    for change in ("UPDATE daily_checks SET note = 'x'", "DELETE FROM daily_checks"):
        with pytest.raises(sa.exc.DBAPIError, match="a tick"), desk.installation.engine.begin() as connection:
            connection.exec_driver_sql(change)


def test_the_page_has_what_deviates_first_and_yesterday_beside_it(desk: Desk, later: Later) -> None:
    for member in (COLLECTOR, AGENT):
        desk.token(member)
    make_device(desk, PARTNER)
    later(hours=9)
    it = Browser(desk, IT)
    rows = seen(it.page(PAGE).partition("<tbody>")[2])
    assert rows.startswith(PARTNER.name)
    assert "设备逾期未还" in rows
    body = form(tick(PARTNER, "device_overdue", note="路上<b>堵车"))
    assert it.post(PAGE, body | {"note": ""}).status_code == 422
    for _ in range(2):
        assert it.post(PAGE, body).headers["Location"] == f"{PAGE}?on={TODAY}"
    assert it.post(PAGE, form(tick(COLLECTOR))).status_code == 303
    page = seen(it.page(PAGE))
    assert f"{IT.name} 21:00 已核对" in page
    assert "路上<b>堵车" in page
    later(days=1)
    page = seen(it.page(PAGE))
    assert "昨天还有 2 人未核对" in page, "the agent and IT"
    yesterday = seen(it.page(f"{PAGE}?on={TODAY}"))
    assert f"{IT.name} 21:00 已核对" in yesterday
    assert it.get(f"{PAGE}?on=gestern").status_code == 422
    assert "这一天没有人登录" in seen(it.page(f"{PAGE}?on=2026-03-08"))


def test_more_people_ask_no_more(desk: Desk) -> None:
    it = Browser(desk, IT)
    make_device(desk, PARTNER)
    it.page(PAGE)
    with statements_of(desk) as few:
        it.page(PAGE)
    for member in (COLLECTOR, AGENT, MANAGER):
        desk.token(member)
        make_device(desk, member)
    with statements_of(desk) as many:
        it.page(PAGE)
    assert len(many) == len(few)


def test_what_waits_today_is_counted_and_the_number_leads_to_just_those(desk: Desk, later: Later) -> None:
    for member in (COLLECTOR, AGENT):
        desk.token(member)
    make_device(desk, PARTNER)
    it, waiting = Browser(desk, IT), f"{PAGE}?checked=false"

    def told() -> tuple[int, set[str]]:
        """The number at the start, and who is on the list that it leads to; both as the API has them."""
        card = re.search(r'href="([^"]+)"><b class="figure">(\d+)</b><span>今日待核对', it.page("/desk"))
        assert card is not None
        assert card[1] == waiting
        listed = desk.ok(desk.get(IT, f"{LIST}?checked=false"))["items"]
        assert not any(one["checked"] for one in listed)
        names = {one["display_name"] for one in listed}
        page = it.page(card[1])
        assert page.count("<tr data-row ") == int(card[2]) == len(names)
        assert all(name in page for name in names)
        return int(card[2]), names

    assert told() == (4, {COLLECTOR.name, AGENT.name, PARTNER.name, IT.name})
    sent = it.post(PAGE, form(tick(PARTNER)) | {"checked": "false"})
    assert sent.headers["Location"] == f"{PAGE}?on={TODAY}&checked=false"
    assert told() == (3, {COLLECTOR.name, AGENT.name, IT.name})
    later(hours=9)
    assert told()[0] == 4, "the device was due since: the tick holds no longer (S17)"
    assert "今日待核对" not in Browser(desk, GENERAL_MANAGER).page("/desk"), "who reads has nothing to tick"
    for member in (COLLECTOR, AGENT, IT, GENERAL_MANAGER):
        desk.ok(desk.post(IT, LIST, tick(member)), 201)
    desk.ok(desk.post(IT, LIST, tick(PARTNER, "device_overdue", note="明早归还")), 201)
    assert told() == (0, set())
    assert "没有待核对的人" in seen(it.page(waiting))
    assert it.page(f"{PAGE}?checked=true").count("<tr data-row ") == 5
    desk.refused(desk.get(IT, f"{LIST}?checked=perhaps"), 422, "invalid_input")
