"""What is written down on a case at the desk: each form refused in words first, then kept once."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.placements import Placement
from server.domain.visits import VisitState
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import builders, case_builders, visit_builders
from tests.support.cast import (
    COLLEAGUE,
    COLLECTOR,
    DISPATCHER,
    MANAGER,
    OTHER_COLLECTOR,
    OUTSIDE_DISPATCHER,
)
from tests.support.requests import fresh
from tests.support.statements import statements_of

# Path, rows where it is kept, what is sent, and what is wrong in a field of it.
FORMS: tuple[tuple[str, str, dict[str, str], tuple[dict[str, str], ...]], ...] = (
    (
        "promises",
        "promises",
        {"made_on": "2026-03-10", "due_on": "2026-03-10", "amount": "500", "by_phone": "true"},
        (
            {"made_on": "2026-03-11"},
            {"due_on": "2026-03-09"},
            {"amount": "0"},
            {"amount": "五百"},
            {"due_on": ""},
        ),
    ),
    (
        "police-referrals",
        "police_referrals",
        {"referred_on": "2026-03-10", "early_explanation": "准备出境"},
        ({"referred_on": "2026-03-11"}, {"referred_on": "昨天"}, {"early_explanation": "长" * 1001}),
    ),
    (
        "phones",
        "phones",
        {"number": "138 0000 1234", "owner": "relative", "relation": "母亲", "emergency_contact": "true"},
        ({"number": "12"}, {"owner": "dog"}, {"relation": "长" * 61}, {"emergency_contact": "maybe"}),
    ),
    (
        "addresses",
        "addresses",
        {"kind": "home", "text": "河南省新乡市原阳县人民路8号"},
        ({"kind": "cave"}, {"text": ""}, {"text": "长" * 301}),
    ),
    (
        "contact-restorations",
        "contact_restorations",
        {"restored_on": "2026-03-10", "how": "工商查询"},
        ({"restored_on": "2026-03-11"}, {"how": ""}),
    ),
)


@pytest.fixture
def placement(desk: Desk) -> Placement:
    return builders.make_placement(desk)


@pytest.fixture
def collector(desk: Desk) -> Browser:
    return Browser(desk, COLLECTOR)


def held(desk: Desk, rows: str, **equal: Any) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return list(getattr(uow, rows).having(**equal))


def test_each_form_is_refused_in_words_and_then_kept_once(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    stranger, dispatcher = Browser(desk, OTHER_COLLECTOR), Browser(desk, DISPATCHER)
    for path, rows, fields, wrongs in FORMS:
        where, sent = f"/desk/cases/{placement.id}/{path}", {"id": fresh()} | fields
        assert stranger.post(where, sent, part=True).status_code == 404, path
        assert dispatcher.post(where, sent, part=True).status_code == 403, path
        for wrong in (*wrongs, {"id": "1"}, {"colour": "red"}):
            answer = collector.post(where, sent | wrong, part=True)
            assert (answer.status_code, answer.headers.get("HX-Retarget")) == (422, "#note-body"), wrong
        before = len(held(desk, rows))
        for _ in range(2):
            answer = collector.post(where, sent, part=True)
            assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/desk/cases/{placement.id}")
        assert len(held(desk, rows)) == before + 1, path
    page = seen(collector.page(f"/desk/cases/{placement.id}"))
    for words in ("¥500.00", "准备出境", "工商查询", "138****1234", "人民路8号"):
        assert words in page


def test_a_call_is_one_record_and_a_forbidden_one_is_looked_into(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    phone = builders.make_phone(desk, placement)
    foreign = builders.make_phone(desk, builders.make_placement(desk, COLLEAGUE))
    where = f"/desk/cases/{placement.id}/calls"
    sent = {
        "id": fresh(), "phone_id": phone.id, "at": "2026-03-10T11:59", "direction": "out", "answered": "true",
        "seconds": "65",
    }  # fmt: skip
    assert collector.post(where, sent | {"phone_id": foreign.id}, part=True).status_code == 404
    for wrong in (
        {"at": "2026-03-10T13:01"},
        {"at": "2026-02-30T11:00"},
        {"seconds": "-1"},
        {"answered": "x"},
    ):
        assert collector.post(where, sent | wrong, part=True).status_code == 422, wrong
    for _ in range(2):
        collector.done(where, sent)
    (note,) = held(desk, "call_notes", placement_id=placement.id)
    assert (note.seconds, note.at.isoformat()) == (65, "2026-03-10T03:59:00+00:00")
    collector.done(where, sent | {"id": fresh(), "at": "2026-03-10T07:59"})  # V9: before eight
    (incident,) = held(desk, "incidents", placement_id=placement.id)
    assert incident.clause == "V9"
    assert "65" in seen(collector.page(f"/desk/cases/{placement.id}"))


def test_a_dispatcher_accepts_why_a_referral_came_early_once(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    referral = case_builders.make_referral(desk, placement)
    path = f"/desk/police-referrals/{referral.id}/accept"
    assert collector.post(path).status_code == 403
    assert Browser(desk, OUTSIDE_DISPATCHER).post(path).status_code == 404
    dispatcher = Browser(desk, DISPATCHER)
    assert path in dispatcher.page(f"/desk/cases/{placement.id}")
    dispatcher.done(path)
    assert dispatcher.post(path, part=True).status_code == 409
    assert "说明已接受" in seen(dispatcher.page(f"/desk/cases/{placement.id}"))
    assert dispatcher.post(f"/desk/police-referrals/{fresh()}/accept").status_code == 404


def test_a_number_and_a_person_are_blocked_and_who_may_lifts_it(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    phone = builders.make_phone(desk, placement)
    where = f"/desk/cases/{placement.id}/blocks"
    assert Browser(desk, OTHER_COLLECTOR).post(where, {"id": fresh(), "reason": "投诉"}).status_code == 404
    assert collector.post(where, {"id": fresh(), "phone_id": phone.id}, part=True).status_code == 422
    collector.done(where, {"id": fresh(), "phone_id": phone.id, "reason": "机主要求"})
    assert held(desk, "holds", placement_id=placement.id) == []
    collector.done(where, {"id": fresh(), "reason": "律师函"})
    assert len(held(desk, "holds", placement_id=placement.id)) == 1
    blocks = held(desk, "contact_blocks")
    lift = f"{where}/{blocks[0].id}/lift"
    assert collector.post(lift, {"reason": "误记"}).status_code == 403
    manager = Browser(desk, MANAGER)
    assert manager.post(lift, {}, part=True).status_code == 422
    manager.done(lift, {"reason": "误记"})
    assert manager.post(lift, {"reason": "误记"}, part=True).status_code == 409
    page = seen(manager.page(f"/desk/cases/{placement.id}"))
    assert "律师函" in page
    assert "机主要求" not in page


def test_relay_and_acknowledgement_are_written_down_after_the_visit(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    visit = builders.make_visit(
        desk, placement, builders.make_address(desk, placement), VisitState.COMPLETED,
        started_at=desk.clock.now(), ended_at=desk.clock.now(),
    )  # fmt: skip
    contact, letter = visit_builders.make_contact(desk, visit), visit_builders.make_letter(desk, visit)
    page = seen(collector.page(f"/desk/visits/{visit.id}"))
    assert "2026-03-17" in page  # C3: seven days from the day after
    relay = f"/desk/visit-contacts/{contact.id}/relay"
    called = f"/desk/letters/{letter.id}/acknowledgement"
    assert Browser(desk, OTHER_COLLECTOR).post(relay, {"on": "2026-03-10"}).status_code == 404
    assert Browser(desk, DISPATCHER).post(called, {"on": "2026-03-10", "by": "本人"}).status_code == 403
    for day in ("2026-03-09", "2026-03-11", ""):
        assert collector.post(relay, {"on": day}, part=True).status_code == 422
        assert collector.post(called, {"on": day, "by": "本人"}, part=True).status_code == 422
    assert collector.post(called, {"on": "2026-03-10"}, part=True).status_code == 422
    collector.done(relay, {"on": "2026-03-10"})
    collector.done(called, {"on": "2026-03-10", "by": "本人"})
    assert collector.post(relay, {"on": "2026-03-10"}, part=True).status_code == 409
    page = seen(collector.page(f"/desk/visits/{visit.id}"))
    assert "2026-03-10 已确认转告" in page
    assert "2026-03-10 本人 回电确认收函" in page
    assert relay not in page


def test_a_dispatcher_keeps_gives_and_returns_a_case(
    desk: Desk, collector: Browser, placement: Placement
) -> None:
    where, dispatcher = f"/desk/cases/{placement.id}", Browser(desk, DISPATCHER)
    for path in ("retention", "recall", "collector"):
        assert collector.post(f"{where}/{path}", {"reason": "不"}).status_code == 403, path
    assert dispatcher.post(f"{where}/retention", {"until": "2026-06-30"}, part=True).status_code == 422
    dispatcher.done(f"{where}/retention", {"until": "2026-07-31"})
    moved = {"collector_id": COLLEAGUE.id, "reason": "轮岗"}
    assert (
        dispatcher.post(f"{where}/collector", moved | {"collector_id": DISPATCHER.id}, part=True).status_code
        == 404
    )
    dispatcher.done(f"{where}/collector", moved)
    assert collector.get(where).status_code == 404
    past = {"recall_on": "2026-03-09", "reason": "甲方要求"}
    assert dispatcher.post(f"{where}/recall", past, part=True).status_code == 422
    dispatcher.done(f"{where}/recall", past | {"recall_on": "2026-03-10"})
    (now,) = held(desk, "placements", id=placement.id)
    assert (now.collector_id, str(now.ended_on)) == (COLLEAGUE.id, "2026-03-10")
    page = dispatcher.page(where)
    assert "/retention" in page
    assert "/recall" not in page


def test_more_records_ask_no_more_queries(desk: Desk, collector: Browser, placement: Placement) -> None:
    path = f"/desk/cases/{placement.id}"

    def some(count: int) -> None:
        for _ in range(count):
            builders.make_phone(desk, placement)
            case_builders.make_referral(desk, placement)
            case_builders.make_block(desk, placement, debtor_id=None, number=f"139{fresh()[:8]}")

    some(1)
    collector.page(path)
    with statements_of(desk) as few:
        collector.page(path)
    some(6)
    with statements_of(desk) as many:
        collector.page(path)
    assert len(many) == len(few)
