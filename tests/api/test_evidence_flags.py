"""Flags on evidence: whose they are, who answers, who decides, and the voiding of V8."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.access import Permission, Post
from server.domain.evidence_flags import EvidenceFlag, FlagCode, Raised
from server.domain.visits import Visit
from server.services.evidence_flags import raise_flags
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OTHER_AGENT,
    OUTSIDE_MANAGER,
    PARTNER,
    QA,
    Member,
)
from tests.support.on_site import new_id
from tests.support.statements import statements_of

FENCE = Raised(FlagCode.OUTSIDE_FENCE, 0.9, evidence={"distance_m": 9000})


def flagged(desk: Desk, raised: Raised = FENCE, visit: Visit | None = None) -> EvidenceFlag:
    visit = visit or files.make_visited(desk)
    with desk.installation.house.units.write() as uow:
        (flag,) = raise_flags(uow, visit, [raised])
        uow.commit()
    return flag


def listed(desk: Desk, member: Member, **query: str) -> list[dict[str, Any]]:
    answer = desk.ok(desk.get(member, "/api/v1/evidence-flags", query_string=query))
    return list(answer["items"])


def answer(desk: Desk, member: Member, flag: EvidenceFlag, words: str = "手机定位漂移，照片可证") -> Any:
    return desk.post(member, f"/api/v1/evidence-flags/{flag.id}/answer", {"id": new_id(), "answer": words})


def decide(desk: Desk, member: Member, flag: EvidenceFlag, decision: str = "dismissed", **more: Any) -> Any:
    body = {"id": new_id(), "decision": decision, "reason": "与照片核对"} | more
    return desk.post(member, f"/api/v1/evidence-flags/{flag.id}/decide", body)


def test_only_the_visits_own_agents_answer(desk: Desk) -> None:
    flag = flagged(desk)
    desk.refused(answer(desk, OTHER_AGENT, flag), 404, "not_found")
    for member in (QA, MANAGER, COLLECTOR, IT):
        desk.refused(answer(desk, member, flag), 403, "forbidden")
    missing = f"/api/v1/evidence-flags/{new_id()}/answer"
    desk.refused(desk.post(AGENT, missing, {"id": new_id(), "answer": "?"}), 404, "not_found")


def test_only_a_manager_of_the_branch_decides_and_never_the_own_visit(desk: Desk) -> None:
    flag = flagged(desk)
    for member in (AGENT, QA, DISPATCHER, IT):
        desk.refused(decide(desk, member, flag), 403, "forbidden")
    desk.refused(decide(desk, OUTSIDE_MANAGER, flag), 404, "not_found")
    own = flagged(desk, visit=files.make_visited(desk, trainee_id=MANAGER.id))
    desk.refused(decide(desk, MANAGER, own), 403, "flag_of_own_visit")


def test_a_dismissed_flag_voids_nothing(desk: Desk) -> None:
    flag = flagged(desk)
    desk.refused(decide(desk, MANAGER, flag, void=True), 422, "flag_void_needs_upheld")
    assert desk.ok(decide(desk, MANAGER, flag))["state"] == "decided"
    assert "visit.voided" not in files.actions(desk)


def test_what_is_decided_stays_so(desk: Desk) -> None:
    flag = flagged(desk)
    desk.ok(decide(desk, MANAGER, flag))
    desk.refused(decide(desk, MANAGER, flag, "upheld"), 409, "flag_already_decided")
    desk.refused(answer(desk, AGENT, flag), 409, "flag_already_decided")


def test_from_raised_over_answered_to_decided(desk: Desk) -> None:
    flag = flagged(desk)
    (shown,) = listed(desk, AGENT)
    assert (shown["state"], shown["score"], shown["answer"]) == ("raised", 0.9, None)
    assert "9000" in shown["sentence_zh"]
    assert "9000" in shown["sentence_en"]
    answered = desk.ok(answer(desk, PARTNER, flag))
    assert (answered["state"], answered["answered_by"]) == ("answered", PARTNER.id)
    desk.ok(answer(desk, AGENT, flag, "更正：当时在车上"))
    decided = desk.ok(decide(desk, MANAGER, flag))
    assert decided["answer"] == "更正：当时在车上"
    assert (decided["decision"], decided["decided_by"]) == ("dismissed", MANAGER.id)
    assert [each for each in files.actions(desk) if each.startswith("evidence_flag.")] == [
        "evidence_flag.listed",
        "evidence_flag.answered",
        "evidence_flag.answered",
        "evidence_flag.decided",
    ]


def test_an_upheld_flag_voids_the_visit_once(desk: Desk) -> None:
    visit = files.make_visited(desk)
    flag = flagged(desk, visit=visit)
    desk.ok(decide(desk, MANAGER, flag, "upheld", void=True))
    with desk.installation.house.units.read() as uow:
        voided = uow.visits.need(visit.id)
        (incident,) = uow.incidents.having(visit_id=visit.id)
    assert voided.voided_by == MANAGER.id
    assert flag.id in (voided.void_reason or "")
    assert (incident.kind, incident.clause) == ("evidence_voided", "V8")
    other = flagged(desk, Raised(FlagCode.TEAM_APART, 0.8, evidence={"distance_m": 1, "limit_m": 0}), visit)
    desk.refused(decide(desk, MANAGER, other, "upheld", void=True), 409, "visit_already_voided")
    assert desk.ok(decide(desk, MANAGER, other, "upheld"))["decision"] == "upheld"


def test_each_sees_the_flags_within_reach(desk: Desk) -> None:
    flag = flagged(desk)
    for member in (AGENT, PARTNER, QA, MANAGER, DISPATCHER):
        assert [each["id"] for each in listed(desk, member)] == [flag.id]
    for member in (OTHER_AGENT, OUTSIDE_MANAGER):
        assert listed(desk, member) == []
    desk.refused(desk.get(COLLECTOR, "/api/v1/evidence-flags"), 403, "forbidden")


def test_an_agent_is_not_told_whose_the_other_visit_is(desk: Desk) -> None:
    theirs = files.make_visited(desk, lead_id=OTHER_AGENT.id, partner_id=None)
    found = Raised(FlagCode.SAME_BYTES, 1.0, None, new_id(), theirs.id)
    flagged(desk, found)
    (shown,) = listed(desk, AGENT)
    assert (shown["other_item_id"], shown["other_visit_id"]) == (None, None)
    (shown,) = listed(desk, QA)
    assert (shown["other_item_id"], shown["other_visit_id"]) == (found.other_item_id, theirs.id)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "raised"}, ["team_apart"]),
        ({"state": "answered"}, ["outside_fence"]),
        ({"code": "outside_fence"}, ["outside_fence"]),
        ({"state": "decided"}, []),
        ({}, ["team_apart", "outside_fence"]),
    ],
)
def test_the_list_is_filtered_newest_first(desk: Desk, query: dict[str, str], expected: list[str]) -> None:
    visit = files.make_visited(desk)
    first = flagged(desk, visit=visit)
    desk.ok(answer(desk, AGENT, first))
    desk.clock.advance(timedelta(seconds=1))
    flagged(desk, Raised(FlagCode.TEAM_APART, 0.8, evidence={"distance_m": 900, "limit_m": 200}), visit)
    assert [each["code"] for each in listed(desk, QA, **query)] == expected
    assert [each["code"] for each in listed(desk, QA, visit_id=visit.id, **query)] == expected
    assert listed(desk, QA, visit_id=new_id()) == []


def test_pages_of_flags_join(desk: Desk) -> None:
    visit = files.make_visited(desk)
    for number in range(3):
        desk.clock.advance(timedelta(seconds=1))
        flagged(desk, Raised(FlagCode.SAME_BYTES, 1.0, None, f"other {number}"), visit)
    first = desk.ok(desk.get(QA, "/api/v1/evidence-flags", query_string={"limit": "2"}))
    rest = desk.ok(
        desk.get(QA, "/api/v1/evidence-flags", query_string={"limit": "2", "after": first["next"]})
    )
    assert [each["other_item_id"] for each in [*first["items"], *rest["items"]]] == [
        "other 2",
        "other 1",
        "other 0",
    ]


def test_the_lead_is_told_once_and_a_repeat_raises_nothing(desk: Desk) -> None:
    visit = files.make_visited(desk)
    flagged(desk, visit=visit)
    with desk.installation.house.units.write() as uow:
        assert raise_flags(uow, visit, [FENCE]) == []
        uow.commit()
    with desk.installation.house.units.read() as uow:
        (message,) = uow.inbox_messages.having(account_id=AGENT.id)
    assert message.kind == "evidence_flagged"


def test_ten_flags_are_listed_with_as_many_statements_as_one(desk: Desk) -> None:
    def asked(member: Member) -> tuple[int, list[bool]]:
        desk.token(member)
        with statements_of(desk) as statements:
            shown = listed(desk, member)
        return len(statements), [each["other_visit_id"] is not None for each in shown]

    theirs, own = files.make_visited(desk, lead_id=OTHER_AGENT.id, partner_id=None), files.make_visited(desk)
    flagged(desk, Raised(FlagCode.SAME_BYTES, 1.0, None, new_id(), own.id))
    one = {member: asked(member)[0] for member in (AGENT, QA)}
    for number in range(9):
        desk.clock.advance(timedelta(seconds=1))
        flagged(desk, Raised(FlagCode.SAME_BYTES, 1.0, None, new_id(), (theirs if number % 2 else own).id))
    assert asked(QA) == (one[QA], [True] * 10)
    assert asked(AGENT) == (one[AGENT], [number % 2 == 0 for number in range(9)] + [True])


def test_who_may_answer_and_read_nothing_answers_all_the_same(desk: Desk) -> None:
    visit = files.make_visited(desk)
    flag = flagged(desk, Raised(FlagCode.SAME_BYTES, 1.0, None, new_id(), visit.id), visit)
    with desk.installation.house.units.write() as uow:
        held = dict(uow.grants.table()[Post.FIELD_AGENT])
        del held[Permission.EVIDENCE_READ]
        uow.grants.replace(Post.FIELD_AGENT, held)
        uow.commit()
    answered = desk.ok(answer(desk, AGENT, flag))
    assert (answered["state"], answered["other_visit_id"]) == ("answered", None)
