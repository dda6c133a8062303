"""Group robots at the desk: refusals first; tried out against a receiver that checks signatures; keys never shown."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.messages import OutboxState
from server.domain.robots import failure_in_chinese
from server.services.outbox import DISABLED
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.cast import BRANCH, DISPATCHER, IT, MANAGER
from tests.support.receiver import ROBOT_SECRET, Receiver
from tests.support.rows import fresh_id

LIST = "/desk/webhooks"
TICKED = "true"
KEY = "7b1d-key-of-the-group"


def fields(receiver: Receiver, **changes: str) -> dict[str, str]:
    return {
        "id": fresh_id(), "branch_id": BRANCH.id, "flavour": "dingtalk", "name": "郑州外访群",
        "url": receiver.url("dingtalk"), "secret": ROBOT_SECRET,
    } | changes  # fmt: skip


def added(desk: Desk, receiver: Receiver, **changes: str) -> tuple[Browser, str]:
    browser, given = Browser(desk, IT), fields(receiver, **changes)
    browser.done(LIST, given)
    return browser, f"{LIST}/{given['id']}"


def kept(desk: Desk) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        (robot,) = uow.webhooks.having()
        return list(uow.outbox_messages.having(webhook_id=robot.id))


def test_nobody_else_sees_or_sends(desk: Desk, receiver: Receiver) -> None:
    _, path = added(desk, receiver)
    for member in (DISPATCHER, MANAGER):
        browser = Browser(desk, member)
        assert [browser.get(at).status_code for at in (LIST, path)] == [403, 403]
        assert [browser.post(at).status_code for at in (LIST, path, f"{path}/switch", f"{path}/try")] == [
            403
        ] * 4
        desk.refused(desk.post(member, f"/api/v1/webhooks/{path.rpartition('/')[2]}/try"), 403, "forbidden")
    assert receiver.got == []


@pytest.mark.parametrize(
    "url", ["https://evil.example.com/robot/send", "https://10.0.0.7/robot/send", "file:///etc"]
)
def test_an_address_that_is_not_allowed_is_refused_with_the_form_kept(
    desk: Desk, receiver: Receiver, url: str
) -> None:
    browser = Browser(desk, IT)
    answer = browser.post(LIST, fields(receiver, url=url))
    assert answer.status_code == 422
    assert "S15" in answer.text
    assert "FIELDVISIT_WEBHOOK_HOSTS" in answer.text or "https" in answer.text
    assert browser.post(LIST, fields(receiver, flavour="telegram")).status_code == 422
    assert browser.post(LIST, fields(receiver, colour="red")).status_code == 422
    with desk.installation.house.units.read() as uow:
        assert uow.webhooks.having() == []


def test_a_host_that_left_the_list_is_sent_nothing(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    desk.installation.house.robots._allowed = ("oapi.dingtalk.com",)  # type: ignore[attr-defined]
    answer = browser.post(f"{path}/try")
    assert answer.status_code == 422
    assert "外发白名单" in answer.text
    assert (receiver.got, kept(desk)) == ([], [])


def test_it_is_tried_out_now_and_what_it_answered_is_shown(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    text = seen(browser.done(f"{path}/try", part=False))
    assert receiver.texts == ["【测试】外访系统群消息测试，请忽略。"]
    assert "机器人已接收 状态码 200 用时 " in text
    assert re.search(r"用时 [0-9]+ 毫秒", text)
    assert '应答开头 {"errcode": 0, "errmsg": "ok"}' in text
    (message,) = kept(desk)
    assert (message.state, message.attempts, message.last_error) == (OutboxState.SENT, 1, None)
    assert "已发送" in text.partition("最近的消息")[2], "it stands among its messages at once"
    desk.work()
    assert len(receiver.got) == 1, "no job sends it once more"


@pytest.mark.parametrize(
    ("status", "content", "refusal", "shown"),
    [
        (500, b"out of order", "answered with status 500", "应答状态码 500"),
        (302, b"", "answered with status 302", "应答状态码 302"),
        (200, b"<html>a page</html>", "not an answer of a robot", "不是群机器人的应答"),
        (
            200,
            b'{"errcode": 310000, "errmsg": "sign not match"}',
            "errcode 310000: sign not match",
            "机器人拒收（errcode 310000: sign not match）",
        ),
    ],
)
def test_what_was_not_taken_says_why(
    desk: Desk, receiver: Receiver, status: int, content: bytes, refusal: str, shown: str
) -> None:
    browser, path = added(desk, receiver)
    receiver.answers.append((status, content))
    text = seen(browser.done(f"{path}/try", part=False))
    assert f"机器人没有接收 状态码 {status}" in text
    assert f"原因 {shown}" in text
    (message,) = kept(desk)
    assert (message.state, message.last_error) == (OutboxState.FAILED, refusal)
    assert receiver.paths == receiver.paths[:1], "no redirect is followed"


def test_no_answer_is_told_as_none(desk: Desk, receiver: Receiver) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    browser, path = added(desk, receiver)
    receiver.answers.append(hang_up)
    assert "机器人没有接收 状态码 没有应答" in seen(browser.done(f"{path}/try", part=False))
    assert kept(desk)[0].last_error == "not reached: ConnectionError"


def test_keys_are_shown_nowhere_even_where_the_answer_tells_them(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    receiver.answers.append((200, f'{{"errcode": 0, "asked": "{receiver.url("dingtalk")}"}}'.encode()))
    for page in (browser.done(f"{path}/try", part=False), browser.page(path), browser.page(LIST)):
        assert KEY not in page
        assert ROBOT_SECRET not in page
    with desk.installation.engine.connect() as connection:
        lines = connection.execute(sa.text("SELECT detail FROM audit_lines WHERE subject_kind = 'webhook'"))
        assert all(KEY not in str(line) for line in lines)


def test_a_paused_one_is_not_tried_out_and_goes_on_when_told(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    browser.done(f"{path}/switch", {"version": "1", "enabled": "false"})
    assert browser.post(f"{path}/try").status_code == 409
    assert f"{path}/try" not in browser.page(path)
    stale = browser.post(f"{path}/switch", {"version": "1", "enabled": "true"})
    assert stale.status_code == 412
    browser.done(f"{path}/switch", {"version": "2", "enabled": "true"})
    browser.done(f"{path}/try", part=False)
    assert len(receiver.got) == 1


def test_what_is_left_empty_stays_and_a_secret_goes_by_its_tick(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    browser.done(path, {"version": "1", "name": "新群名", "url": "", "secret": ""})
    browser.done(f"{path}/try", part=False)
    assert len(receiver.got) == 1
    browser.done(path, {"version": "2", "name": "新群名", "without_secret": TICKED})
    text = seen(browser.done(f"{path}/try", part=False))
    assert "新群名" in text
    assert "errcode 310000" in text, "the robot wants a signature that it no longer gets"


def test_a_message_that_failed_is_sent_again_from_its_robot(desk: Desk, receiver: Receiver) -> None:
    browser, path = added(desk, receiver)
    receiver.answers.append((500, b""))
    browser.done(f"{path}/try", part=False)
    (message,) = kept(desk)
    again = f"{path}/messages/{message.id}/again"
    assert again in browser.page(path)
    browser.done(again)
    assert browser.post(again).status_code == 409
    desk.work()
    assert kept(desk)[0].state is OutboxState.SENT
    assert len(receiver.got) == 2


def test_every_failure_that_is_kept_has_chinese_words() -> None:
    kept_ = (
        "the robot is switched off",
        "not reached: ReadTimeout",
        "an answer too long for a robot",
        "code 9: no",
    )
    assert [failure_in_chinese(words) for words in kept_] == [
        "机器人已暂停", "连接不上（ReadTimeout）", "应答过长，不是群机器人", "机器人拒收（code 9: no）",
    ]  # fmt: skip
    assert failure_in_chinese("something later") == "something later"
    assert kept_[0] == DISABLED


def test_the_api_tells_the_same(desk: Desk, receiver: Receiver) -> None:
    _, path = added(desk, receiver)
    told = desk.ok(desk.post(IT, f"/api/v1/webhooks/{path.rpartition('/')[2]}/try"))
    assert (told["status"], told["refusal"]) == (200, None)
    assert told["beginning"].startswith('{"errcode": 0')
