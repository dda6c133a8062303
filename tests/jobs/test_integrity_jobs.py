"""Jobs of integrity: what differs is found, told once, listed, and closed when it is mended."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest

from server.domain.evidence import EvidenceItem
from server.domain.integrity import EvidenceDifference
from server.jobs import integrity as jobs
from server.jobs.integrity import glance_at_evidence, verify_evidence
from server.services import evidence_integrity as integrity
from server.services.house import House
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, DISPATCHER, IT, MANAGER, QA, Member

LIST = "/api/v1/evidence-integrity"


def quiet(_done: int, _total: int) -> None:
    """Nobody follows the progress."""


def house_of(desk: Desk) -> House:
    return desk.installation.house


def one_kept(desk: Desk, content: bytes | None = None) -> EvidenceItem:
    visit = files.make_visited(desk)
    id_ = desk.ok(files.send(desk, AGENT, visit, content or files.photo()), 201)["id"]
    return next(item for item in files.kept(desk) if item.id == id_)


def overwrite(desk: Desk, item: EvidenceItem, content: bytes) -> None:
    house_of(desk).objects.delete(item.object_key)
    house_of(desk).objects.write(item.object_key, io.BytesIO(content), limit=len(content))


def ticking(desk: Desk) -> Callable[[], datetime]:
    """The time of a clock that goes on by a millisecond each time somebody looks."""
    times = count(1)
    began = desk.clock.now()
    return lambda: began + timedelta(milliseconds=next(times))


def inbox(desk: Desk, member: Member = IT) -> list[str]:
    with house_of(desk).units.read() as uow:
        return [message.kind for message in uow.inbox_messages.having(account_id=member.id)]


def on_record(desk: Desk) -> list[EvidenceDifference]:
    with house_of(desk).units.read() as uow:
        return uow.evidence_differences.having()


def damage(desk: Desk, item: EvidenceItem, how: str) -> None:
    content = files.photo()
    match how:
        case "bytes_missing":
            house_of(desk).objects.delete(item.object_key)
        case "size_differs":
            overwrite(desk, item, content[:-1])
        case "digest_differs":
            overwrite(desk, item, content[:-1] + b"\0")
        case "key_gone":
            desk.installation.keys.destroy(item.object_key)
        case "frame_damaged":
            folder = desk.installation.settings.data_dir / "objects" / "objects"
            (path,) = folder.glob(f"*/{item.object_key.replace('/', '!')}")
            sealed = bytearray(path.read_bytes())
            sealed[100] ^= 1
            path.write_bytes(sealed)
        case _:
            raise AssertionError(how)


DAMAGE = ["bytes_missing", "size_differs", "digest_differs", "key_gone", "frame_damaged"]


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_becomes_one_incident_and_it_and_qa_are_told_once(desk: Desk, how: str) -> None:
    whole, item = one_kept(desk), one_kept(desk)
    damage(desk, item, how)
    for _ in range(3):
        verify_evidence(house_of(desk), {}, quiet)
    with house_of(desk).units.read() as uow:
        (incident,) = uow.incidents.having(visit_id=item.visit_id)
        assert uow.incidents.having(visit_id=whole.visit_id) == []
    assert (incident.kind, incident.clause) == ("evidence_damaged", "S22")
    assert incident.note == f"{item.id}: {how}"
    assert (inbox(desk), inbox(desk, QA)) == (["evidence_damaged"], ["evidence_damaged"])
    (found,) = on_record(desk)
    assert (found.evidence_id, found.object_key, found.difference) == (item.id, item.object_key, how)
    assert found.detail == ("frame 0" if how == "frame_damaged" else None)


@pytest.mark.parametrize(("how", "seen"), list(zip(DAMAGE, [True, True, False, False, False], strict=True)))
def test_a_glance_sees_what_is_missing_or_of_another_size_and_reads_nothing(
    desk: Desk, how: str, seen: bool
) -> None:
    damage(desk, one_kept(desk), how)
    for _ in range(2):
        glance_at_evidence(house_of(desk), {}, quiet)
    assert [one.difference for one in on_record(desk)] == ([how] if seen else [])
    assert inbox(desk) == (["evidence_damaged"] if seen else [])


def test_a_damaged_thumbnail_is_found_and_no_matter_of_the_visit(desk: Desk) -> None:
    one_kept(desk)
    desk.work()
    (item,) = files.kept(desk)
    assert item.thumbnail_key is not None
    desk.installation.keys.destroy(item.thumbnail_key)
    verify_evidence(house_of(desk), {}, quiet)
    (found,) = on_record(desk)
    assert (found.object_key, found.difference) == (item.thumbnail_key, "key_gone")
    desk.refused(desk.get(AGENT, f"/api/v1/evidence/{item.id}/thumbnail"), 404, "evidence_bytes_unreadable")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("bytes_missing", "evidence_bytes_missing"),
        ("key_gone", "evidence_bytes_unreadable"),
        ("frame_damaged", "evidence_bytes_unreadable"),
    ],
)
def test_whoever_asks_for_damaged_bytes_is_told(desk: Desk, how: str, code: str) -> None:
    item = one_kept(desk)
    damage(desk, item, how)
    body = desk.refused(desk.get(AGENT, f"/api/v1/evidence/{item.id}/content"), 404, code)
    assert item.id in str(body)


def test_what_was_brought_back_is_closed_the_next_day(desk: Desk) -> None:
    item = one_kept(desk)
    damage(desk, item, "bytes_missing")
    verify_evidence(house_of(desk), {}, quiet)
    overwrite(desk, item, files.photo())
    desk.clock.advance(timedelta(days=1))
    verify_evidence(house_of(desk), {}, quiet)
    (found,) = on_record(desk)
    assert found.mended_at == desk.clock.now()
    assert files.actions(desk).count("evidence.mended") == 1
    damage(desk, item, "bytes_missing")
    glance_at_evidence(house_of(desk), {}, quiet)
    assert [one.mended_at is None for one in on_record(desk)] == [False, True]
    assert inbox(desk) == ["evidence_damaged"] * 2


def test_whole_evidence_is_read_once_in_thirty_days_and_nobody_is_told(desk: Desk) -> None:
    item = one_kept(desk)
    for day, at in ((0, 0), (29, 0), (30, 0), (31, 31)):
        desk.clock.move_to(NOON + timedelta(days=day))
        verify_evidence(house_of(desk), {}, quiet)
        assert files.kept(desk)[0].verified_at == NOON + timedelta(days=at)
    assert inbox(desk) == []
    assert on_record(desk) == []
    assert files.kept(desk)[0].version == item.version


def test_a_run_reads_so_many_bytes_and_the_next_goes_on_with_the_longest_unseen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = sorted((one_kept(desk) for _ in range(5)), key=lambda item: item.id)
    monkeypatch.setattr(jobs, "_BYTES_A_RUN", 2 * items[0].size)
    desk.work()  # thumbnails
    verify_evidence(house_of(desk), {}, quiet)
    seen = {item.id for item in files.kept(desk) if item.verified_at is not None}
    assert seen == {item.id for item in items[:2]}
    assert desk.work() == 2
    assert all(item.verified_at is not None for item in files.kept(desk))
    assert desk.work() == 0
    monkeypatch.setattr(jobs, "_BYTES_A_RUN", 1)
    desk.clock.advance(timedelta(days=31))
    verify_evidence(house_of(desk), {}, quiet)
    assert sum(item.verified_at == desk.clock.now() for item in files.kept(desk)) == 1


def test_a_run_reads_each_file_once_though_time_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [one_kept(desk) for _ in range(3)]
    monkeypatch.setattr(desk.clock, "now", ticking(desk))
    read: list[str] = []
    look = integrity.differences
    monkeypatch.setattr(
        integrity,
        "differences",
        lambda house, item, whole: read.append(item.id) or look(house, item, whole=whole),
    )
    verify_evidence(house_of(desk), {}, quiet)
    assert sorted(read) == sorted(item.id for item in items)


def test_what_comes_in_while_a_run_reads_is_left_to_the_next_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [one_kept(desk) for _ in range(2)]
    desk.work()
    monkeypatch.setattr(jobs, "_BYTES_A_RUN", first[0].size)
    came: list[EvidenceItem] = []

    def sent_meanwhile(_done: int, _total: int) -> None:
        desk.clock.advance(timedelta(milliseconds=1))
        came.append(one_kept(desk))

    verify_evidence(house_of(desk), {}, sent_meanwhile)
    desk.work()  # goes on with the second
    verified = {item.id: item.verified_at is not None for item in files.kept(desk)}
    assert verified == {item.id: True for item in first} | {item.id: False for item in came}
    monkeypatch.setattr(jobs, "_BYTES_A_RUN", 1 << 30)
    verify_evidence(house_of(desk), {}, quiet)
    assert all(item.verified_at is not None for item in files.kept(desk))


def test_a_time_of_coming_in_that_is_to_come_does_not_hide_a_file(desk: Desk) -> None:
    item = one_kept(desk)
    damage(desk, item, "key_gone")
    desk.clock.advance(timedelta(seconds=-1))
    verify_evidence(house_of(desk), {}, quiet)
    assert [one.evidence_id for one in on_record(desk)] == [item.id]


def test_a_glance_goes_on_where_the_run_before_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        one_kept(desk)
    desk.work()
    monkeypatch.setattr(jobs, "_BATCH", 1)
    monkeypatch.setattr(jobs, "_GLANCES_A_RUN", 2)
    glance_at_evidence(house_of(desk), {}, quiet)
    assert desk.work() == 1
    assert files.actions(desk).count("evidence.glanced") == 2


def test_a_time_of_verification_to_come_does_not_hide_a_file(desk: Desk) -> None:
    item = one_kept(desk)
    with house_of(desk).units.write() as uow:
        uow.evidence_items.verified([item.id], NOON + timedelta(seconds=1))
        uow.commit()
    damage(desk, item, "key_gone")
    verify_evidence(house_of(desk), {}, quiet)
    assert [one.evidence_id for one in on_record(desk)] == [item.id]


def test_the_list_is_for_it_and_qa(desk: Desk) -> None:
    item, other = one_kept(desk), one_kept(desk)
    damage(desk, item, "frame_damaged")
    damage(desk, other, "key_gone")
    verify_evidence(house_of(desk), {}, quiet)
    overwrite(desk, other, files.photo())
    verify_evidence(house_of(desk), {}, quiet)
    for member in (AGENT, DISPATCHER, MANAGER):
        desk.refused(desk.get(member, LIST), 403, "forbidden")
    desk.refused(desk.get(IT, LIST, query_string={"open": "perhaps"}), 422, "invalid_input")
    for member in (IT, QA):
        assert len(desk.ok(desk.get(member, LIST))["items"]) == 2
    (opened,) = desk.ok(desk.get(IT, LIST, query_string={"open": "true"}))["items"]
    assert opened["evidence_id"] == item.id
    assert (opened["difference"], opened["detail"], opened["mended_at"]) == ("frame_damaged", "frame 0", None)
    (mended,) = desk.ok(desk.get(IT, LIST, query_string={"open": "false"}))["items"]
    assert mended["evidence_id"] == other.id
    first = desk.ok(desk.get(IT, LIST, query_string={"limit": 1}))
    rest = desk.ok(desk.get(IT, LIST, query_string={"limit": 1, "after": first["next"]}))
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {opened["id"], mended["id"]}
