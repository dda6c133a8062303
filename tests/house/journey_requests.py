"""The journey's second part: requests, each refused by its clause and then let through; the day's plan, published."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from server.domain.calendar import SHANGHAI
from tests.house.journey_people import YUANYANG
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OTHER_COLLECTOR,
    PARTNER,
    TRAINEE,
    Member,
)
from tests.support.over_http import Firm, fresh
from tests.support.receiver import Receiver

PLANNED = ("J-RELAYED", "J-FOLLOWED", "J-R6")


def refusals(firm: Firm, today: date) -> None:
    """R1 to R7 and R11 at filing, each with its clause; then what opens the way where something can."""
    for name, clause, code in (
        ("J-R1", "R1", "request_before_opening"),
        ("J-R2", "R2", "address_incomplete"),
        ("J-R3", "R3", "address_divisions_wrong"),
        ("J-R7", "R7", "counties_differ"),
    ):
        error = firm.refused(_file(firm, _draft(firm, name)), 422, code, clause)
        if clause == "R3":
            assert "新乡市" in error["message"]["zh"] + error["remedy"]["zh"]
    for name, clause, code, waiver in (
        ("J-R4", "R4", "recall_too_near", "recall_blackout"),
        ("J-R5", "R5", "higher_address_open", "address_order"),
        ("J-R11", "R11", "promise_not_due", "promise"),
    ):
        _let_through(firm, name, clause, code, waiver)
    _confirm_and_file(firm, today)


def _let_through(firm: Firm, name: str, clause: str, code: str, waiver: str) -> None:
    """Refused, asked for in writing, granted by the dispatcher before filing, filed and accepted."""
    kind = "home" if clause == "R5" else None
    draft = _draft(firm, name, kind=kind)
    firm.refused(_file(firm, draft), 422, code, clause)
    address = draft["addresses"][0]["address_id"] if clause == "R5" else None
    asked = firm.create(
        COLLECTOR,
        f"/visit-requests/{draft['id']}/waivers",
        kind=waiver,
        address_id=address,
        reason="甲方要求尽快上门",
    )
    firm.refused(_file(firm, draft), 422, code, clause)
    firm.post(DISPATCHER, f"/waivers/{asked['id']}/decide", {"granted": True, "reason": "已核实"})
    _accept(firm, firm.ok(_file(firm, draft)))


def _confirm_and_file(firm: Firm, today: date) -> None:
    """R6: a home without a confirmation is refused, and let through once one is on file."""
    draft = _draft(firm, "J-R6")
    firm.refused(_file(firm, draft), 422, "address_not_confirmed", "R6")
    row = {
        "案件编号": "J-R6", "地址类型": "家庭", "地址": f"{YUANYANG}福宁集镇建设路9号", "确认人": "本人",
        "确认日期": today.isoformat(), "确认方式": "电话",
    }  # fmt: skip
    firm.bring(DISPATCHER, "addresses", [row])
    _accept(firm, firm.ok(_file(firm, draft)))


def accepted(firm: Firm) -> None:
    """The two cases whose visits are told below; a second request of a debtor elsewhere is R7's too."""
    for name in ("J-RELAYED", "J-FOLLOWED"):
        draft = _draft(firm, name)
        checks = firm.post(COLLECTOR, f"/visit-requests/{draft['id']}/check")
        assert checks["may_be_filed"], checks
        _accept(firm, firm.ok(_file(firm, draft)))
    waiting = firm.get(DISPATCHER, "/visits", state="accepted")["items"]
    for visit in waiting:
        firm.ids[f"visit {visit['case_number']}"] = visit["id"]
    assert {visit["case_number"] for visit in waiting} == {*PLANNED, "J-R4", "J-R5", "J-R11"}


def _draft(firm: Firm, name: str, kind: str | None = None) -> Any:
    placement = firm.get(COLLECTOR, f"/placements/{firm.ids[name]}")
    on_file = [held["address"] for held in placement["addresses"]]
    chosen = [{"address_id": held["id"]} for held in on_file if kind in (None, held["kind"])]
    if kind is None and name != "J-R7":
        chosen = chosen[:1]
    return firm.create(COLLECTOR, "/visit-requests", placement_id=firm.ids[name], addresses=chosen)


def _file(firm: Firm, draft: Any) -> Any:
    return firm.change(COLLECTOR, f"/visit-requests/{draft['id']}/file", draft)


def _accept(firm: Firm, request: Any) -> None:
    answered = firm.ok(firm.change(DISPATCHER, f"/visit-requests/{request['id']}/accept", request))
    assert answered["state"] == "accepted"


# the plan
def robot(firm: Firm, receiver: Receiver) -> None:
    """IT saves the branch group's robot; a host that is not on the list is refused (S15)."""
    values = {"branch_id": firm.ids["branch"], "flavour": "wecom", "name": "外访群"}
    elsewhere = firm.ask(
        "POST",
        IT,
        "/webhooks",
        json={"id": fresh(), **values, "url": "https://robots.example/send?key=1"},
    )
    firm.refused(elsewhere, 422, "webhook_host_not_listed", "S15")
    firm.create(IT, "/webhooks", **values, url=receiver.url("wecom"))


def plan(firm: Firm, today: date, receiver: Receiver) -> None:
    """Two teams that share a person are refused, a trainee as lead too; travel asks the manager; then R9, R15, V5."""
    opened = firm.create(DISPATCHER, "/visit-plans", day=today.isoformat())
    path = f"/visit-plans/{opened['id']}"
    team = _team(firm, path, today, AGENT, PARTNER)
    _assign(firm, team, *PLANNED[:2])
    second = _team(firm, path, today, OTHER_AGENT, PARTNER)
    second = _assign(firm, second, PLANNED[2])
    firm.refused(_publish(firm, path), 422, "agent_booked_twice", "V1")
    swapped = firm.change(
        DISPATCHER, f"/visit-teams/{second['id']}", second, {"partner_id": firm.id_of(TRAINEE)}, "PATCH"
    )
    firm.ok(swapped)
    firm.refused(_publish(firm, path), 422, "certificate_missing", "V11")
    conflicts = firm.get(DISPATCHER, f"{path}/conflicts")["forbidding"]
    assert {conflict["code"] for conflict in conflicts} == {"certificate_missing", "travel_not_approved"}
    firm.ok(firm.change(DISPATCHER, f"/visit-teams/{second['id']}", swapped.json(), method="DELETE"), 204)
    _assign(firm, _of_plan(firm, path, team["id"]), *PLANNED)
    firm.refused(_publish(firm, path), 422, "travel_not_approved", "R16")
    travel = firm.create(DISPATCHER, f"{path}/travel-approvals", kind="approval", reason="原阳县外访")
    granted = {"granted": True, "reason": "同意"}
    firm.ok(firm.change(MANAGER, f"/travel-approvals/{travel['id']}/decide", travel, granted))
    published = firm.ok(_publish(firm, path))
    assert published["state"] == "published"
    _told(firm, receiver, today)


def _team(firm: Firm, path: str, today: date, lead: Member, partner: Member) -> Any:
    hours = [datetime.combine(today, time(hour), SHANGHAI).isoformat() for hour in (8, 21)]
    return firm.create(
        DISPATCHER,
        f"{path}/teams",
        lead_id=firm.id_of(lead),
        partner_id=firm.id_of(partner),
        starts_at=hours[0],
        ends_at=hours[1],
    )


def _assign(firm: Firm, team: Any, *names: str) -> Any:
    body = {"visit_ids": [firm.ids[f"visit {name}"] for name in names]}
    return firm.ok(firm.change(DISPATCHER, f"/visit-teams/{team['id']}/visits", team, body, "PUT"))


def _of_plan(firm: Firm, path: str, team_id: str) -> Any:
    (team,) = [team for team in firm.get(DISPATCHER, path)["teams"] if team["id"] == team_id]
    return team


def _publish(firm: Firm, path: str) -> Any:
    return firm.change(DISPATCHER, f"{path}/publish", firm.get(DISPATCHER, path))


def _told(firm: Firm, receiver: Receiver, today: date) -> None:
    """R9: every collector with the agents' telephones, in the product; the group by case, district and time alone."""
    for collector in (COLLECTOR, OTHER_COLLECTOR):
        messages = firm.get(collector, "/inbox")["items"]
        (told,) = [message for message in messages if message["kind"] == "plan_published"]
        assert "13800005678" in told["confidential"]
    text = firm.until(lambda: "\n".join(receiver.texts), lambda seen: "J-FOLLOWED" in seen)
    assert AGENT.name in text
    for secret in ("张三", "花园路", "13800005678", "10000", "1390000"):
        assert secret not in text
    lines = firm.get(DISPATCHER, "/attendance", day=today.isoformat())["items"]
    assert {(line["name"], line["role"]) for line in lines} == {
        (AGENT.name, "lead"),
        (PARTNER.name, "partner"),
    }
    before = len(receiver.got)
    sent = firm.post(AGENT, "/visit-plans/lists/group?day=today")
    assert sent == {"visits": len(PLANNED), "robots": 1}
    firm.until(lambda: len(receiver.got), lambda seen: seen > before)


def due_back(today: date) -> str:
    return (datetime.combine(today, time(21), SHANGHAI) + timedelta(hours=1)).isoformat()
