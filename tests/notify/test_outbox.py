"""Sending to group robots: the three formats, signatures as their makers check them, failures, back-off, no doubles."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from server.bootstrap import GIVEN_UP, HANDLERS
from server.domain.messages import OutboxState, RobotFlavour, Webhook
from server.jobs.outbox import send_outbox_message
from server.jobs.runner import LAST_ATTEMPT, JobRunner
from server.notify.sender import HttpRobots
from server.services import notices
from tests.conftest import Desk
from tests.support.cast import BRANCH, IT, OTHER_BRANCH, known_id
from tests.support.receiver import ROBOT_SECRET, Receiver


@pytest.fixture
def robot(desk: Desk, receiver: Receiver) -> Callable[..., Webhook]:
    """`robot("feishu")` is a saved robot of the branch at the receiver."""

    def make(flavour: str = "wecom", **changes: Any) -> Webhook:
        secret = None if flavour == "wecom" else ROBOT_SECRET
        values: dict[str, Any] = {
            "id": known_id(f"robot {flavour}"),
            "branch_id": BRANCH.id,
            "flavour": RobotFlavour(flavour),
            "name": f"群 {flavour}",
            "url": receiver.url(flavour),
            "secret": secret,
            "enabled": True,
            "version": 1,
        }
        with desk.installation.house.units.write() as uow:
            webhook = uow.webhooks.add(Webhook(**values | changes))
            uow.commit()
        return webhook

    return make


def tell(desk: Desk, link: str | None = None) -> None:
    with desk.installation.house.units.write() as uow:
        notices.tell_group(uow, BRANCH.id, "webhook_test", {}, link)
        uow.commit()


def outbox(desk: Desk, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.ok(desk.get(IT, "/api/v1/outbox-messages", query_string=query))[
        "items"
    ]
    return items


@pytest.mark.parametrize("flavour", ["wecom", "dingtalk", "feishu"])
def test_a_robot_takes_what_is_formed_and_signed_as_its_maker_says(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook], flavour: str
) -> None:
    robot(flavour)
    answer = desk.post(IT, f"/api/v1/webhooks/{known_id(f'robot {flavour}')}/test")
    queued = desk.ok(answer, 202)
    assert (queued["state"], queued["attempts"]) == ("waiting", 0)
    assert receiver.got == []
    assert desk.work() == 1
    assert receiver.texts == ["【测试】外访系统群消息测试，请忽略。"]
    sent = desk.ok(desk.get(IT, f"/api/v1/outbox-messages/{queued['id']}"))
    assert (sent["state"], sent["attempts"], sent["last_error"]) == ("sent", 1, None)


@pytest.mark.parametrize("flavour", ["dingtalk", "feishu"])
def test_a_wrong_secret_is_a_failure_with_the_robots_words(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook], flavour: str
) -> None:
    robot(flavour, secret="another secret")  # pragma: allowlist secret
    tell(desk)
    desk.work()
    (message,) = outbox(desk)
    assert (message["state"], message["attempts"]) == ("waiting", 1)
    assert message["last_error"] in ("errcode 310000: sign not match", "code 19021: sign not match")


def test_a_group_is_told_by_every_robot_of_its_branch_that_is_on(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]
) -> None:
    robot("wecom")
    robot("feishu")
    robot("dingtalk", enabled=False)
    robot("wecom", id=known_id("elsewhere"), branch_id=OTHER_BRANCH.id)
    tell(desk, "/visit-plans/7")
    assert desk.work() == 2
    text = "【测试】外访系统群消息测试，请忽略。\nhttps://visits.example.test/visit-plans/7"
    assert receiver.texts == [text, text]


def no_answer(handler: BaseHTTPRequestHandler) -> None:
    """The connection is closed without a word."""


FAILURES: list[tuple[Any, str]] = [
    ((500, b"oops"), "answered with status 500"),
    ((429, b"{}"), "answered with status 429"),
    ((302, b""), "answered with status 302"),
    ((200, b"<html>"), "not an answer of a robot"),
    ((200, b'{"page": 1}'), "not an answer of a robot"),
    ((200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}'), "errcode 45009: api freq out of limit"),
    ((200, b" " * 70_000), "an answer too long for a robot"),
    (no_answer, "not reached: ConnectionError"),
]


@pytest.mark.parametrize(("answer", "words"), FAILURES, ids=[words for _, words in FAILURES])
def test_a_failure_is_kept_in_words_without_the_address_and_tried_again_later(
    desk: Desk,
    receiver: Receiver,
    robot: Callable[..., Webhook],
    later: Callable[..., None],
    answer: Any,
    words: str,
) -> None:
    robot()
    receiver.answers = [answer]
    tell(desk)
    desk.work()
    (message,) = outbox(desk, state="waiting")
    assert (message["attempts"], message["last_error"]) == (1, words)
    later(seconds=14)
    assert desk.work() == 0
    later(seconds=1)
    assert desk.work() == 1
    (message,) = outbox(desk)
    assert (message["state"], message["attempts"], message["last_error"]) == ("sent", 2, None)
    assert "key" not in str(message)
    assert len(receiver.got) == 2
    assert "/elsewhere" not in receiver.paths


def test_a_robot_that_does_not_answer_is_left_after_its_time(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]
) -> None:
    robot()
    let_go = threading.Event()
    receiver.answers = [lambda _handler: (let_go.wait(10), None)[1]]
    house = dataclasses.replace(
        desk.installation.house, robots=HttpRobots([receiver.host], timeouts=(0.2, 0.2))
    )
    tell(desk)
    JobRunner(house, HANDLERS).run_due()
    let_go.set()
    assert outbox(desk)[0]["last_error"] == "not reached: ReadTimeout"


def test_after_the_last_attempt_it_is_told_and_a_repaired_robot_may_try_again(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook], later: Callable[..., None]
) -> None:
    robot()
    receiver.answers = [(500, b"")] * LAST_ATTEMPT
    tell(desk)
    waits = []
    for attempt in range(1, LAST_ATTEMPT + 1):
        assert desk.work() == 1
        (message,) = outbox(desk)
        assert message["attempts"] == attempt
        if message["state"] == "failed":
            break
        waits.append(5 * 3**attempt)
        later(seconds=waits[-1])
    assert (len(waits), message["state"]) == (LAST_ATTEMPT - 1, "failed")
    assert desk.work() == 0
    (told,) = desk.ok(desk.get(IT, "/api/v1/inbox"))["items"]
    assert (told["kind"], told["message"]["zh"]) == (
        "outbox_failed",
        "群机器人“群 wecom”的消息多次发送失败，已停止重试",
    )
    path = f"/api/v1/outbox-messages/{message['id']}/retry"
    assert desk.ok(desk.post(IT, path))["state"] == "waiting"
    desk.refused(desk.post(IT, path), 409, "wrong_state")
    desk.work()
    assert outbox(desk)[0]["state"] == "sent"


def test_a_host_that_left_the_list_gets_nothing_and_the_message_is_given_up_at_once(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]
) -> None:
    robot()
    tell(desk)
    house = dataclasses.replace(desk.installation.house, robots=HttpRobots(["oapi.dingtalk.com"]))
    JobRunner(house, HANDLERS, given_up=GIVEN_UP).run_due()
    (message,) = outbox(desk, state="failed")
    assert "not on the list" in message["last_error"]
    assert receiver.got == []


def test_a_robot_switched_off_meanwhile_gets_nothing(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]
) -> None:
    webhook = robot()
    tell(desk)
    with desk.installation.house.units.write() as uow:
        uow.webhooks.save(dataclasses.replace(webhook, enabled=False))
        uow.commit()
    desk.work()
    assert outbox(desk)[0]["last_error"] == "the robot is switched off"
    assert receiver.got == []


def test_sending_twice_is_harmless(desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]) -> None:
    robot()
    tell(desk)
    desk.work()
    (message,) = outbox(desk)
    for _ in range(2):
        send_outbox_message(
            desk.installation.house, {"outbox_message_id": message["id"]}, lambda done, total: None
        )
    assert len(receiver.got) == 1
    assert outbox(desk)[0] == message


def test_a_row_that_would_not_pass_the_guard_is_not_sent(
    desk: Desk, receiver: Receiver, robot: Callable[..., Webhook]
) -> None:
    webhook = robot()
    with desk.installation.house.units.write() as uow:
        notices.queue(uow, webhook, "webhook_test", "张晓明 13800001234", None)
        uow.commit()
    desk.work()
    assert receiver.got == []
    with desk.installation.house.units.read() as uow:
        (message,) = uow.outbox_messages.having(webhook_id=webhook.id)
    assert message.state is OutboxState.FAILED


def test_any_other_job_that_is_given_up_is_told_to_it(desk: Desk) -> None:
    with desk.installation.house.units.write() as uow:
        uow.enqueue("no.such_kind", {})
        uow.commit()
    desk.work()
    (told,) = desk.ok(desk.get(IT, "/api/v1/inbox"))["items"]
    assert told["message"]["en"] == "The background job no.such_kind failed and is given up"
