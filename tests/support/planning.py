"""Plans as a dispatcher makes them over HTTP: days, teams, assignment, publication, and what then arrives where."""

from __future__ import annotations

import dataclasses
from typing import Any

from server.domain.messages import RobotFlavour, Webhook
from server.domain.placements import HoldReason
from server.domain.visits import Visit
from server.services import holds
from server.services.ids import new_id
from tests.conftest import NOON, Desk
from tests.support.builders import make_address, make_placement, make_visit
from tests.support.cast import AGENT, BRANCH, COLLECTOR, DISPATCHER, MANAGER, PARTNER, Branch, Member

TODAY = "2026-03-10"
TOMORROW = "2026-03-11"
ZHENGZHOU = "河南省郑州市金水区"
YUANYANG = "河南省新乡市原阳县"
LUOYANG = "河南省洛阳市西工区"


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def open_plan(desk: Desk, day: str = TOMORROW, by: Member = DISPATCHER) -> dict[str, Any]:
    return desk.ok(desk.post(by, "/api/v1/visit-plans", {"id": new_id(NOON), "day": day}), 201)


def team_body(
    lead: Member = AGENT,
    partner: Member = PARTNER,
    trainee: Member | None = None,
    start: str = f"{TOMORROW}T09:00:00+08:00",
    end: str = f"{TOMORROW}T12:00:00+08:00",
) -> dict[str, Any]:
    return {
        "id": new_id(NOON),
        "lead_id": lead.id,
        "partner_id": partner.id,
        "trainee_id": trainee.id if trainee else None,
        "starts_at": start,
        "ends_at": end,
    }


def add_team(desk: Desk, plan: dict[str, Any], **changes: Any) -> dict[str, Any]:
    path = f"/api/v1/visit-plans/{plan['id']}/teams"
    return desk.ok(desk.post(DISPATCHER, path, team_body(**changes)), 201)


def waiting_visit(desk: Desk, collector: Member = COLLECTOR, county: str = ZHENGZHOU) -> Visit:
    placement = make_placement(desk, collector)
    return make_visit(desk, placement, make_address(desk, placement, county=county))


def assign(desk: Desk, team: dict[str, Any], *visits: Visit, version: int | None = None) -> Any:
    return desk.request(
        "PUT",
        DISPATCHER,
        f"/api/v1/visit-teams/{team['id']}/visits",
        json={"visit_ids": [visit.id for visit in visits]},
        headers=if_match(team["version"] if version is None else version),
    )


def shown(desk: Desk, plan: dict[str, Any], by: Member = DISPATCHER) -> dict[str, Any]:
    return desk.ok(desk.get(by, f"/api/v1/visit-plans/{plan['id']}"))


def publish(desk: Desk, plan: dict[str, Any], version: int | None = None) -> Any:
    read = shown(desk, plan)["version"] if version is None else version
    return desk.post(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/publish", headers=if_match(read))


def conflicts(desk: Desk, plan: dict[str, Any]) -> list[str]:
    found = desk.ok(desk.get(DISPATCHER, f"/api/v1/visit-plans/{plan['id']}/conflicts"))
    return [conflict["code"] for conflict in found["forbidding"]]


def visit_now(desk: Desk, visit: Visit) -> Visit:
    with desk.installation.house.units.read() as uow:
        return uow.visits.need(visit.id)


def hold(desk: Desk, visit: Visit) -> str:
    with desk.installation.house.units.write() as uow:
        placement = uow.placements.need(visit.placement_id)
        placed = holds.place_hold(uow, placement, HoldReason.COMPLAINT, "来电投诉", by=None)
        uow.commit()
    return placed.id


def release(desk: Desk, visit: Visit, hold_id: str) -> None:
    with desk.installation.house.units.write() as uow:
        placement = uow.placements.need(visit.placement_id)
        actor: Any = dataclasses.make_dataclass("Actor", ["account_id"])(MANAGER.id)
        holds.release_hold(uow, placement, uow.holds.need(hold_id), "已处理", by=actor)
        uow.commit()


def published_plan(desk: Desk, *visits: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    plan = open_plan(desk)
    team = desk.ok(assign(desk, add_team(desk, plan), *visits))
    return desk.ok(publish(desk, plan)), team


def inbox(desk: Desk, member: Member, kind: str) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return uow.inbox_messages.having(account_id=member.id, kind=kind)


def make_robot(desk: Desk, branch: Branch = BRANCH, *, enabled: bool = True) -> None:
    with desk.installation.house.units.write() as uow:
        url = "https://robot.example/send"
        uow.webhooks.add(
            Webhook(uow.new_id(), branch.id, RobotFlavour.WECOM, "工作群", url, None, enabled, 1)
        )
        uow.commit()
