"""Marks beside the player: refused without a purpose, shown on the waveform and as a list, set by key in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.desk.windows import window
from tests.support import evidence as files
from tests.support.browser import chromium
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, QA
from tests.support.served import served


@pytest.fixture
def recording(desk: Desk) -> tuple[str, str]:
    """The visit and its recording of two seconds, with the copy to hear."""
    visit = files.make_visited(desk)
    sound = str(desk.ok(files.send(desk, AGENT, visit, files.recording(1), "recording"), 201)["id"])
    desk.work()
    return visit.id, sound


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": " "}, {"words": " "}, {"at": "1"}, {"at": "0:60"}, {"at": "0:02.9"}, {"at": "٠:01"}],
    ids=str,
)
def test_a_mark_that_cannot_be_is_refused_with_words(
    desk: Desk, recording: tuple[str, str], wrong: dict[str, str]
) -> None:
    fields = {"id": files.fresh_id(), "at": "0:01", "words": "词", "purpose": "抽查"} | wrong
    answer = Browser(desk, QA).post(f"/desk/evidence/{recording[1]}/marks", fields, part=True)
    assert answer.status_code == 422
    assert "invalid" not in seen(answer.text)


def test_marks_stand_on_the_waveform_and_in_a_list_and_ones_own_can_be_removed(
    desk: Desk, recording: tuple[str, str]
) -> None:
    path = f"/desk/evidence/{recording[1]}/marks"
    hostile = "<script>alert(1)</script> 说起还款"
    qa, dispatcher = Browser(desk, QA), Browser(desk, DISPATCHER)
    fields = {"id": files.fresh_id(), "at": "0:01.0", "words": hostile, "purpose": "抽查"}
    shown = qa.done(path, fields)
    assert "<script>" not in shown
    assert re.search(rf'id="lane-{recording[1]}"[^>]*hx-swap-oob="true"><path d="M[0-9]', shown)
    other = dispatcher.done(f"/desk/evidence/{recording[1]}/player", {"purpose": "核对"})
    assert hostile.partition(" ")[2] in seen(other)
    assert QA.name in seen(other)
    assert 'data-jump="1000"' in other
    assert "/remove" not in other, "it is not the dispatcher's own"
    gone = f"{path}/{fields['id']}/remove"
    assert dispatcher.post(gone, {"purpose": "核对"}, part=True).status_code == 403
    assert Browser(desk, COLLECTOR).post(gone, {"purpose": "核对"}, part=True).status_code == 403
    assert "还没有标记" in seen(qa.done(gone, {"purpose": "抽查"}))


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_moment_is_marked_by_key_and_jumped_to(desk: Desk, recording: tuple[str, str]) -> None:
    visit_id, sound = recording
    with served(desk) as url, chromium() as browser, window(browser, url, QA) as opened:
        page = opened.page
        opened.go(f"/desk/visits/{visit_id}")
        page.fill(f"#purpose-{sound}", "抽查")
        page.press(f"#purpose-{sound}", "Enter")
        expect(page.locator("audio")).to_have_js_property("readyState", 4)
        page.evaluate("document.querySelector('audio').currentTime = 1.26")
        page.locator("audio").focus()
        page.keyboard.press("m")
        expect(page.locator(f"#mark-at-{sound}")).to_have_value("0:01.2")
        page.keyboard.type("说起还款 m")
        page.keyboard.press("Enter")
        expect(page.locator(".marks")).to_contain_text("说起还款 m")
        expect(page.locator(f"#lane-{sound} path")).to_have_count(1)
        expect(page.locator("[data-mark-now]")).to_be_focused()
        assert opened.violations() == []
        page.evaluate("document.querySelector('audio').currentTime = 0")
        page.click("[data-jump='1200']")
        expect(page.locator("audio")).to_have_js_property("currentTime", 1.2)
        page.get_by_role("button", name="删除标记「说起还款 m」").click()
        expect(page.locator(".marks")).to_have_count(0)
        expect(page.locator(f"#lane-{sound} path")).to_have_count(0)
