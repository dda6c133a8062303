"""People and the permission table at the desk: refusals first; opened, changed, unlocked, left (S1 to S4)."""

from __future__ import annotations

from server.domain.access import SHIPPED, Permission, Post, Scope
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.builders import make_device
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    GENERAL_MANAGER,
    IT,
    OUTSIDE_AGENT,
    PASSWORD,
    PERSONNEL,
    TRAINER,
)
from tests.support.statements import statements_of

LIST, TABLE = "/desk/people", "/desk/permissions"
NEXT = f"{PASSWORD}7"  # its first seven signs are letters, its last seven are one too few


def opened(**changes: str) -> dict[str, str]:
    return {
        "username": "wu.min", "display_name": "吴敏<i>", "employee_number": "N-900", "telephone": "13800138000",
        "agreement_signed_on": "2026-03-09", "password": PASSWORD, "post_qa": "true", "post_trainer": "true",
    } | changes  # fmt: skip


def certified(**changes: str) -> dict[str, str]:
    return {
        "score": "80", "approved_by": "江涛", "approved_on": "2026-03-01", "tested_on": "2026-03-02",
        "test_passed": "true", "valid_until": "2026-12-31",
    } | changes  # fmt: skip


def test_who_may_not_change_people_does_not(desk: Desk) -> None:
    one = f"{LIST}/{AGENT.id}"
    assert Browser(desk, COLLECTOR).get(LIST).status_code == 403
    assert Browser(desk, COLLECTOR).get(TABLE).status_code == 403
    dispatcher, trainer = Browser(desk, DISPATCHER), Browser(desk, TRAINER)
    assert dispatcher.get(f"{LIST}/{OUTSIDE_AGENT.id}").status_code == 404
    assert dispatcher.post(LIST, opened()).status_code == 403
    for act, fields in (
        ("edit", {"version": "1"}), ("leave", {"left_on": "2026-03-10", "reason": "x"}), ("unlock", {"reason": "x"}),
        ("password", {"password": NEXT, "reason": "x"}),
    ):  # fmt: skip
        assert trainer.post(f"{one}/{act}", fields).status_code == 403, act
    assert dispatcher.post(f"{one}/certificate", certified()).status_code == 403
    assert Browser(desk, GENERAL_MANAGER).post(f"{TABLE}/qa", {"grant_audit.read": "all"}).status_code == 403


def test_an_account_is_opened_once_and_only_with_an_agreement(desk: Desk) -> None:
    personnel = Browser(desk, PERSONNEL)
    for changes, status in (
        ({"agreement_signed_on": "2026-03-11"}, 422), ({"password": NEXT[-7:]}, 422), ({"username": "Wu Min"}, 422),
        ({"post_qa": "", "post_trainer": ""}, 422), ({"post_king": "true"}, 422), ({"username": AGENT.username}, 409),
        ({"branch_id": "01234567-89ab-7def-8123-456789abcdef"}, 404),
    ):  # fmt: skip
        assert personnel.post(LIST, opened(**changes)).status_code == status, changes
    path = personnel.post(LIST, opened()).headers["Location"]
    page = seen(personnel.page(path))
    assert "吴敏<i>" in page
    assert "品管、培训师" in page
    assert "138****8000" in page
    assert "尚未更换初始密码" in page
    assert personnel.post(LIST, opened()).status_code == 409


def test_posts_and_place_change_and_an_older_form_is_told(desk: Desk) -> None:
    personnel = Browser(desk, PERSONNEL)
    path = personnel.post(LIST, opened()).headers["Location"]
    fields = {"version": "1", "display_name": "吴敏", "post_qa": "true", "branch_id": AGENT.branch.id}
    personnel.done(f"{path}/edit", fields, part=False)
    assert personnel.post(f"{path}/edit", fields).status_code == 412
    page = seen(personnel.page(path))
    assert AGENT.branch.name in page
    assert "138****8000" in page, "a telephone that is left empty stays"
    assert "培训师" not in page.partition("保密协议签订日期")[0].rpartition("岗位")[2]


def test_it_unlocks_and_resets_with_a_reason(desk: Desk) -> None:
    path, it = f"{LIST}/{AGENT.id}", Browser(desk, IT)
    for _ in range(3):
        Browser(desk).sign_in(AGENT.username, "wrong2026")
    assert "已锁定至" in seen(it.page(path))
    assert "已锁定至" in seen(it.page(f"{LIST}?post=field_agent"))
    assert it.post(f"{path}/unlock", {"reason": ""}).status_code == 422
    it.done(f"{path}/unlock", {"reason": "本人到场"}, part=False)
    assert "已锁定至" not in seen(it.page(path))
    assert it.post(f"{path}/password", {"password": NEXT[:7], "reason": "忘记"}).status_code == 422
    it.done(f"{path}/password", {"password": NEXT, "reason": "忘记"}, part=False)
    assert "尚未更换初始密码" in seen(it.page(path))


def test_a_certificate_holds_from_its_pass_mark_on(desk: Desk) -> None:
    path, trainer = f"{LIST}/{AGENT.id}/certificate", Browser(desk, TRAINER)
    for changes in ({"score": "101"}, {"valid_until": ""}, {"tested_on": "gestern"}):
        assert trainer.post(path, certified(**changes)).status_code == 422, changes
    for changes, holds in (
        ({"score": "79"}, False), ({"score": "80"}, True), ({"test_passed": ""}, False), ({"score": "81"}, True),
    ):  # fmt: skip
        trainer.done(path, certified(**changes), part=False)
        page = seen(trainer.page(f"{LIST}/{AGENT.id}")).partition("上岗证 V11")[2]
        assert ("无有效上岗证" in page) is not holds, changes


def test_who_leaves_is_out_everywhere(desk: Desk) -> None:
    agent, personnel = Browser(desk, AGENT), Browser(desk, PERSONNEL)
    personnel.done(f"{LIST}/{AGENT.id}/leave", {"left_on": "2026-03-10", "reason": "离职"}, part=False)
    assert agent.get("/desk").status_code == 303
    assert AGENT.name not in seen(personnel.page(f"{LIST}?post=field_agent"))
    assert "2026-03-10 离职" in seen(personnel.page(f"{LIST}?post=field_agent&in_service=false"))


def test_the_table_shows_every_grant_and_changes_by_post(desk: Desk) -> None:
    it = Browser(desk, IT)
    table = it.page(TABLE)
    assert table.count('class="granted"') == sum(len(grants) for grants in SHIPPED.values())
    assert it.get(f"{TABLE}/king").status_code == 404
    for wrong in (
        {"grant_people.eat": "all"},
        {"grant_people.read": "world"},
        {"grant_self": "all"},
        {"x": "1"},
    ):
        assert it.post(f"{TABLE}/qa", wrong).status_code == 422, wrong
    it.done(f"{TABLE}/qa", {"grant_people.read": "branch", "grant_audit.read": ""}, part=False)
    with desk.installation.house.units.read() as uow:
        assert uow.grants.table()[Post.QA] == {Permission.PEOPLE_READ: Scope.BRANCH}


def test_longer_lists_ask_no_more(desk: Desk) -> None:
    it = Browser(desk, IT)
    for path in (LIST, f"{LIST}/{AGENT.id}"):
        make_device(desk, AGENT)
        it.page(path)
        with statements_of(desk) as few:
            it.page(path)
        it.post(
            LIST, opened(username=f"wu{len(path)}", employee_number=f"N-{len(path)}", post_field_agent="true")
        )
        make_device(desk, AGENT)
        with statements_of(desk) as many:
            it.page(path)
        assert len(many) == len(few), path
