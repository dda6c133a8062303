"""The policy at the desk: proposed by one, approved by another, read by everybody; refusals name the line."""

from __future__ import annotations

import io
import re

import pytest

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.cast import AGENT, DIRECTOR, DISPATCHER, GENERAL_MANAGER, MANAGER
from tests.support.rows import fresh_id
from tests.support.statements import statements_of

POLICY, PROPOSALS = "/desk/policy", "/desk/policy/proposals"
NEXT = (
    "[[edition]]\neffective_from = 2019-12-20\n\n[[edition]]\neffective_from = 2026-04-01\nletter_days = 6\n"
)


def proposal(document: str = NEXT, **changes: str) -> dict[str, str]:
    return {"id": fresh_id(), "document": document, "reason": "留函五天太短"} | changes


def waiting(desk: Desk) -> str:
    Browser(desk, MANAGER).done(PROPOSALS, proposal(), part=False)
    (found,) = set(
        re.findall(rf"{PROPOSALS}/([0-9a-f-]{{36}})/decision", Browser(desk, DIRECTOR).page(POLICY))
    )
    return found


def test_everybody_reads_and_few_propose(desk: Desk) -> None:
    agent = Browser(desk, AGENT)
    assert "尚未公布过文件，按手册执行" in seen(agent.page(POLICY))
    assert agent.post(PROPOSALS, proposal()).status_code == 403
    assert agent.post(f"{PROPOSALS}/{fresh_id()}/decision").status_code == 403
    assert agent.post(f"{POLICY}/documents/{fresh_id()}/reading").status_code == 404
    assert agent.get(f"{POLICY}?client={fresh_id()}").status_code == 404
    assert agent.get(f"{POLICY}/compared?one=2020-01-01").status_code == 404


@pytest.mark.parametrize(("document", "words"), [
    (NEXT.replace("letter_days", "letter_dayz"), "第 6 行"),
    (NEXT.replace("= 6", "= -6"), "第 6 行"),
    ("[[", "is no TOML"),
    (NEXT.replace("2026-04-01", "2026-03-09"), "早于公布日"),
    ("[[edition]]\neffective_from = 2019-12-20\n", "没有差别"),
])  # fmt: skip
def test_what_could_not_be_published_is_refused_by_its_line(desk: Desk, document: str, words: str) -> None:
    answer = Browser(desk, MANAGER).post(PROPOSALS, proposal(document))
    assert answer.status_code == 422, seen(answer.text)
    assert words in seen(answer.text)
    with desk.installation.house.units.read() as uow:
        assert uow.policy_proposals.having() == []


def test_a_file_stands_before_what_was_typed(desk: Desk) -> None:
    manager = Browser(desk, MANAGER)

    def sent(content: bytes) -> int:
        fields = {"csrf_token": manager.token, **proposal("typed"), "file": (io.BytesIO(content), "p.toml")}
        return manager.client.post(PROPOSALS, data=fields, content_type="multipart/form-data").status_code

    assert sent(b"\xff\xfe") == 422
    assert sent("\ufeff".encode() + NEXT.encode()) == 303
    assert "letter_days = 6" in manager.page(POLICY)


def test_nobody_approves_the_own_one_and_another_publishes_it_for_all(desk: Desk) -> None:
    found = waiting(desk)
    said = {"id": fresh_id(), "approve": "true", "note": "同意"}
    assert Browser(desk, MANAGER).post(f"{PROPOSALS}/{found}/decision", said).status_code == 403
    director = Browser(desk, DIRECTOR)
    text = seen(director.page(POLICY))
    assert "自 2026-04-01 起，留函有效期（天）：5 → 6（W2）" in text
    assert director.post(f"{PROPOSALS}/{found}/decision", said | {"note": ""}).status_code == 422
    director.done(f"{PROPOSALS}/{found}/decision", said, part=False)
    assert director.post(f"{PROPOSALS}/{found}/decision", said).status_code == 409
    agent = Browser(desk, AGENT)
    page = agent.page(POLICY)
    assert "留函有效期（天）：5 → 6" in seen(page)
    assert "2026-04-01 版 将生效" in seen(page)
    assert re.search(r"<details open><summary>现行取值", page), "what is to be read stands open"
    (document,) = set(re.findall(rf"{POLICY}/documents/([0-9a-f-]{{36}})/reading", page))
    agent.done(f"{POLICY}/documents/{document}/reading", part=False)
    assert "确认已阅读" in seen(agent.page(POLICY))
    assert re.search(r"<details><summary>现行取值", agent.page(POLICY))
    assert f"已阅读的人（1） 姓名 时间 {AGENT.name}" in seen(director.page(POLICY))
    assert "已阅读的人" not in seen(agent.page(POLICY))


def test_a_proposer_who_may_approve_waits_for_another(desk: Desk) -> None:
    director = Browser(desk, DIRECTOR)
    director.done(PROPOSALS, proposal(), part=False)
    assert "须由另一人批准" in seen(director.page(POLICY))
    (found,) = set(
        re.findall(rf"{PROPOSALS}/([0-9a-f-]{{36}})/decision", Browser(desk, GENERAL_MANAGER).page(POLICY))
    )
    said = {"id": fresh_id(), "approve": "false", "note": "再议"}
    answer = director.post(f"{PROPOSALS}/{found}/decision", said)
    assert answer.status_code == 422
    assert "提出人不能批准" in seen(answer.text)
    Browser(desk, GENERAL_MANAGER).done(f"{PROPOSALS}/{found}/decision", said, part=False)
    assert "未批准" in seen(director.page(POLICY))


def test_one_edition_alone_is_not_compared_with_itself(desk: Desk) -> None:
    alone = seen(Browser(desk, DISPATCHER).page(f"{POLICY}/compared"))
    assert "目前只有一个版本" in alone
    assert "没有差别" not in alone


def test_two_editions_stand_side_by_side(desk: Desk) -> None:
    said = {"id": fresh_id(), "approve": "true", "note": "同意"}
    Browser(desk, DIRECTOR).done(f"{PROPOSALS}/{waiting(desk)}/decision", said, part=False)
    dispatcher = Browser(desk, DISPATCHER)
    assert "留函有效期（天） 5 6 W2" in seen(dispatcher.page(f"{POLICY}/compared"))
    same = dispatcher.page(f"{POLICY}/compared?one=2026-04-01&other=2026-04-01")
    assert "两个版本没有差别" in seen(same)


def test_a_client_asks_only_for_what_is_stricter(desk: Desk) -> None:
    with desk.installation.house.units.read() as uow:
        client = uow.organisation.clients()[0]
    manager = Browser(desk, MANAGER)
    overlay = "[[overlay]]\neffective_from = 2026-04-01\ndaily_calls_reached = {}\n"
    answer = manager.post(PROPOSALS, proposal(overlay.format(4), client_id=client.id))
    assert answer.status_code == 422
    assert "宽松" in seen(answer.text)
    manager.done(PROPOSALS, proposal(overlay.format(2), client_id=client.id), part=False)
    page = seen(manager.page(f"{POLICY}?client={client.id}"))
    assert f"{client.name} 待批准" in page
    assert "此甲方没有另外的要求" in page


def test_more_proposals_ask_no_more_queries(desk: Desk) -> None:
    manager = Browser(desk, MANAGER)
    manager.done(PROPOSALS, proposal(), part=False)
    manager.page(POLICY)
    with statements_of(desk) as few:
        manager.page(POLICY)
    for _ in range(3):
        manager.done(PROPOSALS, proposal(), part=False)
    with statements_of(desk) as many:
        manager.page(POLICY)
    assert len(many) == len(few)
