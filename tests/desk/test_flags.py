"""Flags at the desk: refusals first, an agent's answer, a manager's decision, voiding; the gallery and where it was."""

from __future__ import annotations

import re

from server.domain.evidence_flags import FlagCode, Raised
from server.services.evidence_flags import raise_flags
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import evidence as files
from tests.support.cast import AGENT, MANAGER, OTHER_AGENT, OUTSIDE_DISPATCHER, PARTNER, QA


def flagged(desk: Desk) -> tuple[str, str]:
    """A visit with a flag: their ids."""
    visit = files.make_visited(desk)
    with desk.installation.house.units.write() as uow:
        (flag,) = raise_flags(
            uow, visit, [Raised(FlagCode.OUTSIDE_FENCE, 0.9, evidence={"distance_m": 9000})]
        )
        uow.commit()
    return visit.id, flag.id


def test_only_the_team_answers_and_only_a_manager_decides(desk: Desk, dispatcher: Browser) -> None:
    visit_id, flag_id = flagged(desk)
    answer, decide = f"/desk/flags/{flag_id}/answer", f"/desk/flags/{flag_id}/decide"
    yes = {"decision": "upheld", "reason": "核对"}
    assert Browser(desk, OTHER_AGENT).post(answer, {"answer": "x"}).status_code == 404
    assert Browser(desk, OUTSIDE_DISPATCHER).post(decide, yes).status_code == 403
    assert dispatcher.post(decide, yes).status_code == 403
    assert dispatcher.post(f"/desk/visits/{visit_id}/void", {"reason": "伪造"}).status_code == 403
    agent, manager = Browser(desk, AGENT), Browser(desk, MANAGER)
    assert agent.post(answer, {"answer": "  "}).status_code == 422
    assert manager.post(decide, yes | {"reason": ""}).status_code == 422
    assert manager.post(decide, yes | {"decision": "maybe"}).status_code == 422
    assert manager.post(f"/desk/visits/{visit_id}/void", {"reason": ""}).status_code == 422
    page = Browser(desk, QA).page(f"/desk/visits/{visit_id}")
    assert f"/desk/flags/{flag_id}" not in page
    assert f"/desk/visits/{visit_id}/void" not in page


def test_a_flag_goes_from_raised_over_answered_to_decided_and_the_visit_is_void(desk: Desk) -> None:
    visit_id, flag_id = flagged(desk)
    agent, manager = Browser(desk, PARTNER), Browser(desk, MANAGER)
    assert visit_id in manager.page("/desk/flags")
    agent.done(f"/desk/flags/{flag_id}/answer", {"answer": "地下室没有信号 <b>"}, part=False)
    assert visit_id not in manager.page("/desk/flags")
    inbox = manager.page("/desk/flags?state=answered")
    assert "地下室没有信号 <b>" in seen(inbox)
    assert "信号 <b>" not in inbox
    decision = {"decision": "void", "reason": "录音来自另一次外访"}
    manager.done(f"/desk/flags/{flag_id}/decide", decision, part=False)
    page = seen(manager.page(f"/desk/visits/{visit_id}"))
    assert "证据已作废" in page
    assert "录音来自另一次外访" in page
    assert manager.post(f"/desk/flags/{flag_id}/decide", decision).status_code == 409
    assert manager.post(f"/desk/visits/{visit_id}/void", {"reason": "再次"}).status_code == 409
    assert agent.post(f"/desk/flags/{flag_id}/answer", {"answer": "晚了"}).status_code == 409


def test_photos_stand_in_a_gallery_with_their_place_for_those_who_may_see_them(desk: Desk) -> None:
    visit = files.make_visited(desk)
    photo = desk.ok(
        files.send(desk, AGENT, visit, files.photo(1), latitude="35.05", longitude="113.94"), 201
    )["id"]
    desk.work()
    page = Browser(desk, MANAGER).page(f"/desk/visits/{visit.id}")
    gallery = page.partition('<ol class="strip gallery">')[2].partition("</ol>")[0]
    assert f"/desk/evidence/{photo}/thumbnail" in gallery
    assert re.search(r'<div class="sketch places">.*?<text [^>]*>1</text>', page, re.S)
    assert "35.05" not in seen(page), "where it was is drawn, not told in degrees"
