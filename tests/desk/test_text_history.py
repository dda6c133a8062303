"""Versions of a text: what changed in words, by whom, in force when; an unknown one to replace is refused (V15)."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from server.domain.text_changes import Change, changes
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support import evidence as files
from tests.support.cast import DISPATCHER, MANAGER, TRAINER, Member


def drafted(desk: Desk, member: Member, name: str, body: str, replaces: str | None = None) -> str:
    given = {"id": files.fresh_id(), "name": name, "body": body}
    if replaces is not None:
        given["replaces_id"] = replaces
    return str(desk.ok(desk.post(member, "/api/v1/message-templates", json=given), 201)["id"])


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("同", "同", [(Change.KEPT, "同")]),
        ("", "新", [(Change.ADDED, "新")]),
        ("旧", "", [(Change.REMOVED, "旧")]),
        (
            "请拨打 037112345678",
            "请致电 037187654321",
            [
                (Change.KEPT, "请"), (Change.REMOVED, "拨打"), (Change.ADDED, "致电"), (Change.KEPT, " "),
                (Change.REMOVED, "037112345678"), (Change.ADDED, "037187654321"),
            ],
        ),
        (
            "{client}您好",
            "{case_number}您好",
            [(Change.REMOVED, "{client}"), (Change.ADDED, "{case_number}"), (Change.KEPT, "您好")],
        ),
    ],
)  # fmt: skip
def test_what_changed_in_words(before: str, after: str, pieces: list[tuple[Change, str]]) -> None:
    assert [(one.change, one.text) for one in changes(before, after)] == pieces


def test_the_pieces_are_both_texts_again() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(200):
        before, after = ("".join(dice.choices("甲乙丙 a1{}\n", k=dice.randrange(20))) for _ in range(2))
        pieces = changes(before, after)
        assert "".join(one.text for one in pieces if one.change is not Change.ADDED) == before
        assert "".join(one.text for one in pieces if one.change is not Change.REMOVED) == after


def test_who_works_with_no_texts_sees_no_history_and_nothing_unknown_is_replaced(desk: Desk) -> None:
    first = drafted(desk, DISPATCHER, "回访", "您好，请回电。")
    assert Browser(desk, TRAINER).get(f"/desk/texts/{first}/history").status_code == 403
    assert Browser(desk, DISPATCHER).get(f"/desk/texts/{files.fresh_id()}/history").status_code == 404
    given = {"id": files.fresh_id(), "name": "回访 2", "body": "您好。", "replaces_id": files.fresh_id()}
    desk.refused(desk.post(DISPATCHER, "/api/v1/message-templates", json=given), 404, "not_found")


def test_each_version_says_what_changed_who_and_when(desk: Desk, dispatcher: Browser) -> None:
    first = drafted(desk, DISPATCHER, "回访", "您好，请回电。")
    other = drafted(desk, DISPATCHER, "别的", "您好，祝好。")
    desk.ok(desk.post(MANAGER, f"/api/v1/message-templates/{first}/approve", json={"id": files.fresh_id()}))
    desk.clock.advance(timedelta(minutes=30))
    form = dispatcher.page(f"/desk/texts?on={first}")
    assert f'name="replaces_id" value="{first}"' in form
    second = {"id": files.fresh_id(), "name": "回访 2", "body": "您好，请尽快回电<b>。", "replaces_id": first}
    dispatcher.done("/desk/texts", second)
    for id_ in (first, second["id"]):
        page = dispatcher.page(f"/desk/texts/{id_}/history")
        text = seen(page)
        assert re.findall(r'<li class="box"><h2>(.*?) <', page) == ["回访 2", "回访"], "the newest first"
        assert "（新增： 尽快 ）" in text
        assert len(re.findall("<ins>", page)) == 2
        assert "&lt;b&gt;" in page
        assert MANAGER.name in text
        assert "2026-03-10 今天 12:00 至 今" in text
        assert "未批准，没有使用过" in text
        assert text.count(f"{DISPATCHER.name} 起草") == 2
    alone = dispatcher.page(f"/desk/texts/{other}/history")
    assert re.findall(r'<li class="box"><h2>(.*?) <', alone) == ["别的"]
