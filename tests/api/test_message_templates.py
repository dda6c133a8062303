"""V15: templates are checked word by word, approved by who may, and retired."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Desk
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, IT, MANAGER, Member
from tests.support.on_site import new_id

PATH = "/api/v1/message-templates"


def draft(desk: Desk, body: str = "{debtor_name}您好，请回电。", name: str = "回电") -> Any:
    return desk.post(DISPATCHER, PATH, {"id": new_id(), "name": name, "body": body})


def act(desk: Desk, member: Member, template: dict[str, Any], verb: str) -> Any:
    return desk.post(member, f"{PATH}/{template['id']}/{verb}", {"id": new_id()})


@pytest.mark.parametrize(
    ("body", "code"), [("公 安机关已介入", "word_forbidden"), ("请还{amount}", "placeholder_unknown")]
)
def test_forbidden_words_and_unknown_placeholders_are_refused(desk: Desk, body: str, code: str) -> None:
    desk.refused(draft(desk, body), 422, code)


def test_a_name_is_used_once(desk: Desk) -> None:
    desk.ok(draft(desk), 201)
    desk.refused(draft(desk), 409, "template_name_taken")


def test_who_drafts_does_not_approve_and_a_retired_one_is_usable_no_more(desk: Desk) -> None:
    template = desk.ok(draft(desk), 201)
    desk.refused(act(desk, DISPATCHER, template, "approve"), 403, "forbidden")
    assert desk.ok(act(desk, MANAGER, template, "approve"))["approved_by"] == MANAGER.id
    desk.refused(act(desk, MANAGER, template, "approve"), 409, "wrong_state")
    assert [t["id"] for t in desk.ok(desk.get(AGENT, f"{PATH}?usable=true"))["items"]] == [template["id"]]
    desk.ok(act(desk, MANAGER, template, "retire"))
    desk.refused(act(desk, MANAGER, template, "retire"), 409, "wrong_state")
    assert desk.ok(desk.get(COLLECTOR, f"{PATH}?usable=true"))["items"] == []
    assert len(desk.ok(desk.get(COLLECTOR, f"{PATH}?usable=false"))["items"]) == 1
    desk.refused(desk.get(IT, PATH), 403, "forbidden")
