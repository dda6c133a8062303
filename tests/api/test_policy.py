"""The policy on its way: proposed, approved by another person, published, read; overlays (section 9, M5, S21)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import (
    AGENT,
    CLIENT_ID,
    COLLECTOR,
    DIRECTOR,
    DISPATCHER,
    GENERAL_MANAGER,
    MANAGER,
    OTHER_CLIENT_ID,
    QA,
    Member,
)
from tests.support.months import turn_to
from tests.support.rows import at, changed, fresh_id, keep

PROPOSALS = "/api/v1/policy/proposals"
FIRST = "[[edition]]\neffective_from = 2019-12-20\n"


def edition(day: str, parameters: str) -> str:
    return f"{FIRST}[[edition]]\neffective_from = {day}\n{parameters}\n"


def proposed(desk: Desk, document: str, member: Member = MANAGER, **changes: Any) -> Any:
    body = {"id": fresh_id(), "document": document, "reason": "年度修订"} | changes
    return desk.post(member, PROPOSALS, body)


def decided(desk: Desk, proposal: Any, member: Member = GENERAL_MANAGER, approve: bool = True) -> Any:
    body = {"id": fresh_id(), "approve": approve, "note": "同意"}
    return desk.post(member, f"{PROPOSALS}/{proposal['id']}/decision", body)


def published(desk: Desk, document: str, **changes: Any) -> Any:
    return desk.ok(decided(desk, desk.ok(proposed(desk, document, **changes), 201)))


def policy(desk: Desk, member: Member = AGENT, **query: str) -> Any:
    return desk.ok(desk.get(member, "/api/v1/policy", query_string=query))


@pytest.mark.parametrize("member", [AGENT, COLLECTOR, DISPATCHER, QA])
def test_who_may_not_propose(desk: Desk, member: Member) -> None:
    desk.refused(proposed(desk, edition("2026-04-01", "letter_days = 6"), member), 403, "forbidden")
    desk.refused(desk.get(member, PROPOSALS), 403, "forbidden")


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        (edition("2026-04-01", "leter_days = 6"), "policy_unusable", "document.edition[1].leter_days"),
        (edition("2026-04-01", 'letter_days = "6"'), "policy_unusable", "document.edition[1].letter_days"),
        ("x = ", "policy_unusable", "document"),
        (edition("2026-03-09", "letter_days = 6"), "edition_reaches_back", "document"),
        ("letter_days = 6", "edition_reaches_back", "document"),
        (FIRST, "edition_without_change", "document"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_place(
    desk: Desk, document: str, code: str, field: str
) -> None:
    body = desk.refused(proposed(desk, document), 422, code)
    assert body["errors"][0]["field"] == field


def test_nobody_approves_the_own_proposal(desk: Desk) -> None:
    proposal = desk.ok(proposed(desk, edition("2026-04-01", "letter_days = 6"), DIRECTOR), 201)
    desk.refused(decided(desk, proposal, MANAGER), 403, "forbidden")
    desk.refused(decided(desk, proposal, DIRECTOR), 422, "policy_proposal_own")
    desk.ok(decided(desk, proposal))
    desk.refused(decided(desk, proposal, DIRECTOR), 409, "policy_proposal_decided")


def test_it_holds_from_its_day_on_and_old_days_keep_theirs(desk: Desk) -> None:
    assert policy(desk) | {"editions": []} == {
        "document_id": None, "document": None, "published_at": None, "in_force": "2019-12-20", "editions": [],
        "read_at": None,
    }  # fmt: skip
    document = edition("2026-04-01", "letter_days = 6")
    waiting = desk.ok(proposed(desk, document), 201)
    sentence = "自 2026-04-01 起，留函有效期（天）：5 → 6（W2）"
    assert [one["words"]["zh"] for one in waiting["changes"]] == [sentence]
    assert policy(desk)["document"] is None
    told = desk.ok(desk.get(GENERAL_MANAGER, "/api/v1/inbox"))["items"]
    assert any("制度文件待批准（年度修订" in one["message"]["zh"] for one in told)
    done = desk.ok(decided(desk, waiting))
    assert (done["state"], done["proposed_by"], done["decided_by"]) == (
        "published",
        MANAGER.name,
        GENERAL_MANAGER.name,
    )
    shown = policy(desk)
    assert (shown["document"], shown["in_force"]) == (document, "2019-12-20")
    assert [one["letter_days"] for one in shown["editions"]] == [5, 6]
    told = desk.ok(desk.get(AGENT, "/api/v1/inbox"))["items"]
    assert any("自 2026年4月1日 起有差别" in one["message"]["zh"] for one in told)
    turn_to(desk, "2026-04-01")
    assert policy(desk)["in_force"] == "2026-04-01"
    (listed,) = desk.ok(desk.get(MANAGER, PROPOSALS))["items"]
    assert [one["words"]["zh"] for one in listed["changes"]] == [sentence]  # of the day of the decision


def test_what_waited_too_long_is_asked_anew(desk: Desk) -> None:
    proposal = desk.ok(proposed(desk, edition("2026-03-10", "letter_days = 6")), 201)
    turn_to(desk, "2026-03-11")
    desk.refused(decided(desk, proposal), 422, "edition_reaches_back")
    assert desk.ok(decided(desk, proposal, approve=False))["state"] == "declined"
    assert policy(desk)["document"] is None


def test_who_read_it_when_is_on_record(desk: Desk) -> None:
    published(desk, edition("2026-04-01", "letter_days = 6"))
    document_id = policy(desk)["document_id"]
    first = desk.ok(desk.post(AGENT, f"/api/v1/policy/documents/{document_id}/reading"))
    turn_to(desk, "2026-03-12")
    assert desk.ok(desk.post(AGENT, f"/api/v1/policy/documents/{document_id}/reading")) == first
    assert policy(desk)["read_at"] == first["read_at"]
    readers = desk.ok(desk.get(MANAGER, f"/api/v1/policy/documents/{document_id}/readers"))["items"]
    assert readers == [{"name": AGENT.name, "read_at": first["read_at"]}]
    desk.refused(desk.post(AGENT, f"/api/v1/policy/documents/{fresh_id()}/reading"), 404, "not_found")
    desk.refused(desk.get(AGENT, f"/api/v1/policy/documents/{document_id}/readers"), 403, "forbidden")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_documents SET document = ''",
        "DELETE FROM policy_documents",
        "DELETE FROM policy_readings",
    ],
)
def test_the_database_itself_keeps_what_was_published(desk: Desk, statement: str) -> None:
    published(desk, edition("2026-04-01", "letter_days = 6"))
    desk.ok(desk.post(AGENT, f"/api/v1/policy/documents/{policy(desk)['document_id']}/reading"))
    with desk.installation.engine.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match=r"does not change|stays"):
            connection.exec_driver_sql(statement)
        connection.rollback()


def test_an_edition_of_mid_month_judges_the_visits_of_its_days(desk: Desk) -> None:
    """By the new edition the month of a visit ends with the same day of the next, by the old a day before."""
    published(desk, edition("2026-03-15", 'month_end = "same_day"'))
    turn_to(desk, "2026-04-30")
    told = {}
    for day in ("2026-03-14", "2026-03-15"):
        case = Case(desk)
        visit = case.visit(started_at=at(day))
        keep(desk, values.contact(visit), values.repayment(case.placement, date(2026, 4, int(day[-2:])), 301))
        changed(desk, [case.placement])
        desk.work()
        path = f"/api/v1/placements/{case.placement.id}/credit"
        (told[day],) = desk.ok(desk.get(DISPATCHER, path))["items"]
    assert told["2026-03-14"]["reason"] == "window_passed"
    assert told["2026-03-15"]["window"]["to"] == "2026-04-15"


def test_an_edition_of_today_scores_the_visits_of_today_again(desk: Desk) -> None:
    case = Case(desk)
    visit = case.visit(started_at=at("2026-03-10", "10:00:00"))
    keep(desk, values.contact(visit), values.repayment(case.placement, at("2026-03-10").date(), 301))
    changed(desk, [case.placement])
    desk.work()
    path = f"/api/v1/placements/{case.placement.id}/credit"
    assert desk.ok(desk.get(DISPATCHER, path))["run"]["editions"] == ["2019-12-20"]
    published(desk, edition("2026-03-10", "team_size = 3"))
    desk.work()
    told = desk.ok(desk.get(DISPATCHER, path))
    assert told["run"]["editions"] == ["2026-03-10"]
    assert told["items"][0]["reason"] == "not_two_present"


# S21


def overlay(parameters: str, day: str = "2026-03-10") -> str:
    return f"[[overlay]]\neffective_from = {day}\n{parameters}\n"


def test_a_client_asks_only_for_what_is_stricter(desk: Desk) -> None:
    refused = desk.refused(
        proposed(desk, overlay("retention_years = 2"), client_id=CLIENT_ID), 422, "overlay_looser"
    )
    assert refused["errors"][0]["field"] == "document.overlay[0].retention_years"
    assert "S7" in refused["errors"][0]["message"]["zh"]
    desk.refused(proposed(desk, overlay("letter_days = 4"), client_id=CLIENT_ID), 422, "policy_unusable")
    back = overlay("daily_calls_reached = 2", "2026-03-09")
    desk.refused(proposed(desk, back, client_id=CLIENT_ID), 422, "edition_reaches_back")
    desk.refused(proposed(desk, back, client_id=fresh_id()), 404, "not_found")


def test_an_overlay_holds_for_its_client_alone(desk: Desk) -> None:
    done = published(desk, overlay('visit_hours = ["09:00", "21:00"]'), client_id=CLIENT_ID)
    assert done["client"] == "示例银行"
    assert [one["words"]["zh"] for one in done["changes"]] == [
        "自 2026-03-10 起，外访和电话时段：08:00–22:00 → 09:00–21:00（V9）"
    ]
    assert policy(desk, client_id=CLIENT_ID)["editions"][-1]["visit_hours"] == ["09:00", "21:00"]
    assert policy(desk, client_id=OTHER_CLIENT_ID)["editions"][-1]["visit_hours"] == ["08:00", "22:00"]
    assert policy(desk)["document"] is None
    with desk.installation.house.units.read() as uow:
        assert uow.policy_of(CLIENT_ID).in_force_on(at("2026-03-09").date()).visit_hours[0].hour == 8
