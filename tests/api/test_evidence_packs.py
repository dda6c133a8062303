"""Evidence packs by their routes: two names, two halves, thirty days, the register (S8, S11, S13, S16, S22)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from server.domain import evidence_packs as rules
from server.domain.access import Permission, Post, Scope
from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import builders, packs
from tests.support import evidence as files
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    MANAGER,
    OUTSIDE_DISPATCHER,
    QA,
    Member,
)
from tests.support.packs import PACKS


@pytest.fixture
def visit(desk: Desk) -> Visit:
    """A visit with a photo, a recording, and a photo that the desk took in under a hostile name."""
    made = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, made, files.photo()), 201)
    desk.ok(files.send(desk, AGENT, made, files.recording(), "recording", run=1), 201)
    brought = {"brought_by": AGENT.id, "reason": "手机送修"}
    sent = files.send(desk, DISPATCHER, made, files.photo(2), "photo_far", desk_import=True, **brought)
    builders.change(desk, "evidence_items", desk.ok(sent, 201)["id"], filename="../../etc/门.jpg")
    return made


def give(desk: Desk, post: Post, scope: Scope, *permissions: Permission) -> None:
    with desk.installation.house.units.write() as uow:
        held = dict(uow.grants.table()[post])
        uow.grants.replace(post, held | dict.fromkeys(permissions, scope))
        uow.commit()


@pytest.mark.parametrize("member", [AGENT, COLLECTOR, MANAGER, QA], ids=lambda one: one.username)
def test_only_the_two_posts_ask_for_a_pack(desk: Desk, visit: Visit, member: Member) -> None:
    desk.refused(desk.post(member, PACKS, packs.asked(visit)), 403, "forbidden")


def test_a_manager_who_was_granted_it_is_still_neither_post(desk: Desk, visit: Visit) -> None:
    give(desk, Post.MANAGER, Scope.BRANCH, Permission.PACKS_MAKE)
    assert desk.refused(desk.post(MANAGER, PACKS, packs.asked(visit)), 422, "pack_post")["clause"] == "S16"
    id_ = packs.proposed(desk, visit)
    desk.refused(desk.post(MANAGER, f"{PACKS}/{id_}/confirm"), 422, "pack_post")
    desk.refused(desk.post(MANAGER, f"{PACKS}/{id_}/decline", {"reason": "x"}), 422, "pack_post")
    desk.ok(desk.post(IT, f"{PACKS}/{id_}/confirm"), 202)
    desk.work()
    desk.refused(desk.get(MANAGER, f"{PACKS}/{id_}/content"), 422, "pack_post")
    desk.refused(desk.post(MANAGER, f"{PACKS}/{id_}/password"), 422, "pack_post")


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "lawyer"},  # S22: the police or the client
        {"recipient": None},
        {"recipient_name": ""},
        {"purpose": ""},
        {"visit_id": None},
        {"placement_id": "0195ed3c-0000-7000-8000-000000000002"},  # one of the two, not both
    ],
    ids=str,
)
def test_a_pack_is_of_one_thing_for_the_police_or_the_client_and_for_a_purpose(
    desk: Desk, visit: Visit, changes: dict[str, Any]
) -> None:
    desk.refused(desk.post(DISPATCHER, PACKS, packs.asked(visit, **changes)), 422, "invalid_input")


def test_another_branchs_visit_is_not_found(desk: Desk, visit: Visit) -> None:
    desk.refused(desk.post(OUTSIDE_DISPATCHER, PACKS, packs.asked(visit)), 404, "not_found")
    id_ = packs.proposed(desk, visit)
    for path in ("", "/content"):
        desk.refused(desk.get(OUTSIDE_DISPATCHER, f"{PACKS}/{id_}{path}"), 404, "not_found")
    for path in ("/confirm", "/password"):
        desk.refused(desk.post(OUTSIDE_DISPATCHER, f"{PACKS}/{id_}{path}"), 404, "not_found")
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, PACKS))["items"] == []
    assert id_ not in desk.get(OUTSIDE_DISPATCHER, f"{PACKS}/register.csv").text


def test_nothing_to_pack_and_too_much_of_it_are_refused(
    desk: Desk, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.refused(desk.post(DISPATCHER, PACKS, packs.asked(files.make_visited(desk))), 422, "pack_empty")
    size = sum(item.size for item in files.kept(desk))
    for limit, status in ((size - 1, 422), (size, 201), (size + 1, 201)):
        monkeypatch.setattr("server.services.evidence_packs.LARGEST_PACK", limit)
        answer = desk.post(DISPATCHER, PACKS, packs.asked(visit))
        assert answer.status_code == status
        if status == 422:
            assert desk.refused(answer, 422, "pack_too_large")["clause"] == "S16"


@pytest.mark.parametrize(("first", "second"), [(DISPATCHER, IT), (IT, DISPATCHER)], ids=["desk", "it"])
def test_the_second_name_is_another_persons_of_the_other_post(
    desk: Desk, visit: Visit, first: Member, second: Member
) -> None:
    id_ = packs.proposed(desk, visit, first)
    refused = desk.refused(desk.post(first, f"{PACKS}/{id_}/confirm"), 422, "pack_second_name")
    assert refused["clause"] == "S16"
    waiting = desk.ok(desk.get(second, "/api/v1/inbox"))["items"]
    assert f"/evidence-packs/{id_}" in [message["link"] for message in waiting]
    shown = desk.ok(desk.post(second, f"{PACKS}/{id_}/confirm"), 202)
    assert (shown["state"], shown["proposed_by"], shown["decided_by"]) == ("packing", first.id, second.id)
    assert {shown["proposed_post"], shown["decided_post"]} == {"dispatcher", "it"}
    desk.refused(desk.post(second, f"{PACKS}/{id_}/confirm"), 409, "wrong_state")


def test_whoever_holds_both_posts_is_still_one_person(desk: Desk, visit: Visit) -> None:
    builders.change(desk, "accounts", DISPATCHER.id, posts=(Post.DISPATCHER, Post.IT))
    id_ = packs.proposed(desk, visit)
    desk.refused(desk.post(DISPATCHER, f"{PACKS}/{id_}/confirm"), 422, "pack_second_name")


def test_a_pack_that_is_declined_is_never_made(desk: Desk, visit: Visit) -> None:
    id_ = packs.proposed(desk, visit)
    declined = desk.ok(desk.post(IT, f"{PACKS}/{id_}/decline", {"reason": "用途不明"}))
    assert (declined["state"], declined["reason"]) == ("declined", "用途不明")
    desk.refused(desk.post(IT, f"{PACKS}/{id_}/confirm"), 409, "wrong_state")
    desk.refused(desk.get(DISPATCHER, f"{PACKS}/{id_}/content"), 409, "wrong_state")
    own = packs.proposed(desk, visit)
    assert desk.ok(desk.post(DISPATCHER, f"{PACKS}/{own}/decline", {"reason": "重复"}))["state"] == "declined"
    desk.work()
    assert [key for key in files.stored_keys(desk) if key.startswith("packs/")] == []


def test_nothing_is_handed_out_before_it_is_packed(desk: Desk, visit: Visit) -> None:
    id_ = packs.proposed(desk, visit)
    desk.refused(desk.get(DISPATCHER, f"{PACKS}/{id_}/content"), 409, "wrong_state")
    desk.ok(desk.post(IT, f"{PACKS}/{id_}/confirm"), 202)
    desk.refused(desk.post(IT, f"{PACKS}/{id_}/password"), 409, "wrong_state")


def test_file_and_password_go_to_different_people(desk: Desk, visit: Visit) -> None:
    first, second = packs.made(desk, visit), packs.made(desk, visit)
    desk.ok(desk.post(IT, f"{PACKS}/{first}/password"))
    assert desk.refused(desk.get(IT, f"{PACKS}/{first}/content"), 422, "pack_halves")["clause"] == "S11"
    assert desk.get(DISPATCHER, f"{PACKS}/{first}/content").status_code == 200
    desk.refused(desk.post(DISPATCHER, f"{PACKS}/{first}/password"), 422, "pack_halves")
    assert desk.get(IT, f"{PACKS}/{second}/content").status_code == 200
    desk.refused(desk.post(IT, f"{PACKS}/{second}/password"), 422, "pack_halves")
    shown = desk.ok(desk.get(QA, f"{PACKS}/{first}"))
    assert (shown["downloaded_by"], shown["password_seen_by"]) == ([DISPATCHER.id], [IT.id])
    assert "password" not in shown


def test_each_taking_of_a_half_is_in_the_trail_and_the_password_nowhere(desk: Desk, visit: Visit) -> None:
    id_ = packs.made(desk, visit)
    content, password = packs.taken(desk, id_)
    part = desk.get(DISPATCHER, f"{PACKS}/{id_}/content", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.get_data()) == (206, content[10:20])
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.history(id_)
        assert uow.evidence_packs.need(id_).password == password
    assert [line.action for line in lines] == [
        "pack.proposed", "pack.confirmed", "pack.made", "pack.downloaded", "pack.password_shown", "pack.downloaded",
    ]  # fmt: skip
    assert [line.actor_id for line in lines[3:5]] == [DISPATCHER.id, IT.id]
    assert lines[5].detail["bytes"] == f"10-19/{len(content)}"
    assert password not in json.dumps([dict(line.detail) for line in lines])
    with desk.installation.engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM evidence_packs").all()
    assert password not in repr(row)


def test_after_thirty_days_neither_half_is_given_and_then_both_are_gone(
    desk: Desk, visit: Visit, later: Callable[..., None]
) -> None:
    id_ = packs.made(desk, visit)
    later(days=30, seconds=-1)
    for member in (DISPATCHER, IT):
        desk.forget(member)
    assert desk.get(DISPATCHER, f"{PACKS}/{id_}/content").status_code == 200
    desk.ok(desk.post(IT, f"{PACKS}/{id_}/password"))
    later(seconds=1)
    assert (
        desk.refused(desk.get(DISPATCHER, f"{PACKS}/{id_}/content"), 422, "pack_expired")["clause"] == "S11"
    )
    desk.refused(desk.post(IT, f"{PACKS}/{id_}/password"), 422, "pack_expired")
    desk.installation.runner.work()
    with desk.installation.house.units.read() as uow:
        pack = uow.evidence_packs.need(id_)
    assert (pack.state, pack.password, pack.object_key) == (rules.PackState.EXPIRED, None, None)
    assert [key for key in files.stored_keys(desk) if key.startswith("packs/")] == []
    desk.refused(desk.post(IT, f"{PACKS}/{id_}/password"), 422, "pack_expired")


def test_a_pack_holds_originals_lists_report_and_guide(desk: Desk, visit: Visit) -> None:
    content, password = packs.taken(desk, packs.made(desk, visit))
    inside = packs.opened(content, password)
    kept = {item.id: item for item in files.kept(desk)}
    names = {f"originals/{visit.id}/{item.kind}-{item.id}" for item in kept.values()}
    assert {name.rpartition(".")[0] for name in inside if name.startswith("originals/")} == names
    others = {"report.pdf", "guide.txt", "receipts.json", "trail.json", "manifest.json", "sha256sums.txt"}
    assert {name for name in inside if not name.startswith("originals/")} == others
    sums = dict(reversed(line.split("  ")) for line in inside["sha256sums.txt"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(held).hexdigest() for name, held in inside.items() if name != "sha256sums.txt"
    }
    manifest = json.loads(inside["manifest.json"])
    assert {(one["id"], one["sha256"], one["size"]) for one in manifest["items"]} == {
        (item.id, item.sha256, item.size) for item in kept.values()
    }
    assert manifest["pack"]["proposed"]["name"] == DISPATCHER.name
    assert manifest["pack"]["confirmed"]["name"] == IT.name
    assert inside["report.pdf"].startswith(b"%PDF-")
    assert "etc" not in "".join(inside)


def test_without_the_password_only_names_of_ids_are_seen(desk: Desk, visit: Visit) -> None:
    content, _ = packs.taken(desk, packs.made(desk, visit))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert all(entry.flag_bits & 1 for entry in archive.infolist())
    assert files.photo()[200:260] not in content
    assert "立案材料".encode() not in content


def test_a_case_is_packed_whole(desk: Desk, visit: Visit) -> None:
    with desk.installation.house.units.read() as uow:
        placement = uow.placements.need(visit.placement_id)
        address = uow.addresses.need(visit.address_id)
    second = builders.make_visit(desk, placement, address, started_at=files.STARTED, ended_at=files.ENDED)
    desk.ok(files.send(desk, AGENT, second, files.photo(3)), 201)
    elsewhere = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, elsewhere, files.photo(4)), 201)
    content, password = packs.taken(desk, packs.made(desk, placement_id=placement.id, visit_id=None))
    folders = {name.split("/")[1] for name in packs.opened(content, password) if "/" in name}
    assert folders == {visit.id, second.id}


def test_bytes_that_are_not_those_of_the_receipt_are_not_packed(desk: Desk, visit: Visit) -> None:
    item = files.kept(desk)[0]
    id_ = packs.proposed(desk, visit)
    desk.ok(desk.post(IT, f"{PACKS}/{id_}/confirm"), 202)
    builders.change(desk, "evidence_items", item.id, sha256="0" * 64)
    desk.work()
    shown = desk.ok(desk.get(IT, f"{PACKS}/{id_}"))
    assert (shown["state"], shown["reason"]) == ("failed", f"{item.id}: digest_differs")
    with desk.installation.house.units.read() as uow:
        (incident,) = uow.incidents.having(kind="evidence_damaged")
    assert incident.note == f"{item.id}: digest_differs"
    assert [key for key in files.stored_keys(desk) if key.startswith("packs/")] == []
    desk.refused(desk.get(DISPATCHER, f"{PACKS}/{id_}/content"), 409, "wrong_state")


def test_the_register_is_printed_with_all_names(desk: Desk, visit: Visit) -> None:
    id_ = packs.made(desk, visit)
    packs.taken(desk, id_)
    table = desk.get(MANAGER, f"{PACKS}/register.csv").text
    for told in (id_, DISPATCHER.name, IT.name, "郑州市公安局", "立案材料", "可取用", "公安机关"):
        assert told in table
    assert "police" in desk.get(QA, f"{PACKS}/register.csv?language=en").text
    book = desk.get(IT, f"{PACKS}/register.xlsx").get_data()
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert "xl/worksheets/sheet1.xml" in archive.namelist()
    desk.refused(desk.get(AGENT, f"{PACKS}/register.csv"), 403, "forbidden")
    assert [one["id"] for one in desk.ok(desk.get(QA, f"{PACKS}?state=ready"))["items"]] == [id_]
    assert desk.ok(desk.get(QA, f"{PACKS}?state=failed"))["items"] == []
