"""The lists that a published plan sends: to collectors, to groups, to the gate (R9, V5, R15, S6)."""

from __future__ import annotations

from collections.abc import Callable

from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.cast import (
    ADMINISTRATION,
    AGENT,
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    OTHER_AGENT,
    OTHER_BRANCH,
    OTHER_COLLECTOR,
    OUTSIDE_COLLECTOR,
    OUTSIDE_DISPATCHER,
    PARTNER,
    TEAM_LEAD,
    TRAINEE,
)
from tests.support.planning import (
    TODAY,
    TOMORROW,
    add_team,
    assign,
    inbox,
    make_robot,
    open_plan,
    publish,
    published_plan,
    waiting_visit,
)


def sent_to_groups(desk: Desk) -> list[str]:
    with desk.installation.house.units.read() as uow:
        return [message.text for message in uow.outbox_messages.having()]


def test_r9_the_list_and_the_agents_telephones_go_to_all_collectors(desk: Desk) -> None:
    make_robot(desk)
    make_robot(desk, enabled=False)
    make_robot(desk, OTHER_BRANCH)
    visit = waiting_visit(desk)
    published_plan(desk, visit)
    with desk.installation.house.units.read() as uow:
        case_number = uow.placements.need(visit.placement_id).case_number
    for member in (COLLECTOR, COLLEAGUE, OTHER_COLLECTOR, TEAM_LEAD, AGENT, PARTNER):
        (message,) = inbox(desk, member, "plan_published")
        assert message.params["list"] == f"09:00–12:00 陈磊、王强\n1. {case_number} 金水区"
        assert message.confidential == "陈磊 13800005678\n王强 13800005678"
    for member in (OUTSIDE_COLLECTOR, OTHER_AGENT):
        assert inbox(desk, member, "plan_published") == []
    (text,) = sent_to_groups(desk)
    assert case_number in text
    assert "13800005678" not in text
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(visit.placement_id).debtor_id)
        address = uow.addresses.need(visit.address_id)
    assert debtor.name not in text
    assert address.detail not in text


def test_s6_the_telephones_of_a_message_are_sealed_in_the_database(desk: Desk) -> None:
    published_plan(desk, waiting_visit(desk))
    with desk.installation.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM inbox_messages").all()
    assert rows
    assert all(b"13800005678" not in str(row).encode() for row in rows)


def test_v5_a_list_is_sent_by_one_call(desk: Desk, later: Callable[..., None]) -> None:
    path = "/api/v1/visit-plans/lists/group"
    desk.refused(desk.post(COLLECTOR, path), 403, "forbidden")
    refused = desk.refused(desk.post(DISPATCHER, path), 422, "nothing_to_send")
    assert refused["clause"] == "V5"
    plan = open_plan(desk)
    desk.ok(assign(desk, add_team(desk, plan), waiting_visit(desk), waiting_visit(desk)))
    second = add_team(
        desk, plan, lead=OTHER_AGENT, start=f"{TOMORROW}T13:00:00+08:00", end=f"{TOMORROW}T15:00:00+08:00"
    )
    desk.ok(assign(desk, second, waiting_visit(desk)))
    desk.refused(desk.post(DISPATCHER, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    desk.ok(publish(desk, plan))
    desk.refused(desk.post(DISPATCHER, f"{path}?day=tomorrow"), 422, "no_group")
    make_robot(desk)
    desk.refused(desk.post(DISPATCHER, f"{path}?day=yesterday"), 422, "invalid_input")
    desk.refused(desk.post(OUTSIDE_DISPATCHER, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    assert desk.ok(desk.post(DISPATCHER, f"{path}?day=tomorrow")) == {"visits": 3, "robots": 1}
    assert desk.ok(desk.post(OTHER_AGENT, f"{path}?day=tomorrow")) == {"visits": 1, "robots": 1}
    desk.refused(desk.post(TRAINEE, f"{path}?day=tomorrow"), 422, "nothing_to_send")
    later(days=1)
    assert desk.ok(desk.post(AGENT, path))["visits"] == 2
    assert all("13800005678" not in text for text in sent_to_groups(desk))


def test_r15_the_published_plan_is_the_list_for_the_gate(desk: Desk) -> None:
    path = f"/api/v1/attendance?day={TOMORROW}"
    plan = open_plan(desk)
    team = add_team(desk, plan, trainee=TRAINEE)
    desk.ok(assign(desk, team, waiting_visit(desk), waiting_visit(desk)))
    assert desk.ok(desk.get(ADMINISTRATION, path))["items"] == []
    desk.ok(publish(desk, plan))
    desk.refused(desk.get(ADMINISTRATION, f"/api/v1/visit-plans/{plan['id']}"), 403, "forbidden")
    lines = desk.ok(desk.get(ADMINISTRATION, path))["items"]
    assert [(line["name"], line["role"]) for line in lines] == [
        ("陈磊", "lead"),
        ("王强", "partner"),
        ("徐彤", "trainee"),
    ]
    assert {line["districts"] for line in lines} == {"金水区"}
    assert {line["starts_at"] for line in lines} == {f"{TOMORROW}T01:00:00Z"}
    assert [line["name"] for line in desk.ok(desk.get(AGENT, path))["items"]] == ["陈磊"]
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, path))["items"] == []
    assert desk.ok(desk.get(ADMINISTRATION, f"/api/v1/attendance?day={TODAY}"))["items"] == []
    assert len(inbox(desk, ADMINISTRATION, "attendance_list")) == 1


def test_r15_the_list_is_exported_and_the_export_is_on_record(desk: Desk) -> None:
    published_plan(desk, waiting_visit(desk))
    path = f"/api/v1/attendance.csv?day={TOMORROW}"
    desk.refused(desk.get(ADMINISTRATION, "/api/v1/attendance.csv"), 422, "invalid_input")
    answer = desk.get(ADMINISTRATION, path)
    assert (answer.status_code, answer.content_type.split(";")[0]) == (200, "text/csv")
    heading, first, second = answer.get_data().decode("utf-8-sig").splitlines()
    assert heading == "工号,姓名,岗位,外出时间,返回时间,前往区县"
    assert first.startswith(f"N-chenlei,陈磊,组长,{TOMORROW} 09:00:00")
    assert second.split(",")[2] == "搭档"
    outside = desk.get(OUTSIDE_DISPATCHER, f"{path}&language=en").get_data().decode("utf-8-sig")
    assert outside.splitlines() == ["employee number,name,role,out from,out until,districts"]
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=None, actor_id=ADMINISTRATION.id).items
    assert "attendance.exported" in {line.action for line in lines}
