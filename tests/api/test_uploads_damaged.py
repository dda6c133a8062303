"""Pieces that were damaged before the last byte came: the phone is told what to do, IT is told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.jobs.integrity import verify_evidence
from server.jobs.uploads import close_abandoned
from tests.conftest import Desk
from tests.support import builders, tus
from tests.support import evidence as files
from tests.support.cast import IT, QA, Member
from tests.support.tus import PDF

DAMAGE = ["bytes_missing", "key_gone", "frame_damaged"]


def quiet(_done: int, _total: int) -> None:
    """Nobody follows the progress."""


def damage(desk: Desk, key: str, how: str) -> None:
    if how == "bytes_missing":
        desk.installation.house.objects.delete(key)
    elif how == "key_gone":
        desk.installation.keys.destroy(key)
    else:
        folder = desk.installation.settings.data_dir / "objects" / "objects"
        (path,) = folder.glob(f"*/{key.replace('/', '!')}")
        sealed = bytearray(path.read_bytes())
        sealed[100] ^= 1
        path.write_bytes(sealed)


def alarms(desk: Desk, member: Member) -> list[str]:
    with desk.installation.house.units.read() as uow:
        return [message.kind for message in uow.inbox_messages.having(account_id=member.id)]


@pytest.fixture
def values(desk: Desk) -> dict[str, str]:
    return tus.metadata(files.make_visited(desk))


def with_a_damaged_piece(desk: Desk, values: dict[str, str], how: str) -> str:
    """An upload of which 1,000 bytes came, which are not what was written any more."""
    path = tus.begun(desk, values, len(PDF))
    assert tus.patch(desk, path, 0, PDF[:1000]).status_code == 204
    (piece,) = tus.pieces_of(desk, path)
    damage(desk, piece.object_key, how)
    return path


def refused_for_damage(desk: Desk, path: str, how: str) -> None:
    assert (tus.row_of(desk, path).state, tus.row_of(desk, path).problem_code) == (
        "refused",
        "upload_damaged",
    )
    assert files.kept(desk) == []
    assert alarms(desk, IT) == alarms(desk, QA) == ["evidence_damaged"]
    with desk.installation.house.units.read() as uow:
        (found,) = uow.evidence_differences.having()
    assert (found.evidence_id, found.difference) == (path.rpartition("/")[2], how)
    assert list(desk.installation.house.receiving.iterdir()) == []


@pytest.mark.parametrize("how", DAMAGE)
def test_the_last_byte_after_a_damaged_piece_is_answered_with_what_to_do(
    desk: Desk, values: dict[str, str], how: str
) -> None:
    path = with_a_damaged_piece(desk, values, how)
    body = desk.refused(tus.patch(desk, path, 1000, PDF[1000:]), 410, "upload_damaged")
    assert body["clause"] == "S10"
    assert "同一编号" in str(body)
    refused_for_damage(desk, path, how)
    assert tus.ask(desk, "HEAD", path).status_code == 410
    assert len(tus.pieces_of(desk, path)) == 2, "what is left of it stays, for IT"


@pytest.mark.parametrize("how", DAMAGE)
def test_a_look_at_an_upload_that_was_left_whole_is_answered_likewise(
    desk: Desk, values: dict[str, str], how: str
) -> None:
    path = with_a_damaged_piece(desk, values, how)
    builders.change(desk, "uploads", path.rpartition("/")[2], length=1000)
    assert tus.ask(desk, "HEAD", path).status_code == 410
    refused_for_damage(desk, path, how)


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("whole", [True, False])
def test_the_job_that_closes_uploads_goes_on_to_the_next(
    desk: Desk, values: dict[str, str], how: str, whole: bool, later: Callable[..., None]
) -> None:
    path = with_a_damaged_piece(desk, values, how)
    if whole:
        builders.change(desk, "uploads", path.rpartition("/")[2], length=1000)
    later(days=2)
    close_abandoned(desk.installation.house, {}, quiet)
    refused_for_damage(desk, path, how)


def test_the_whole_file_comes_again_under_its_id_and_the_difference_is_closed(
    desk: Desk, values: dict[str, str]
) -> None:
    path = with_a_damaged_piece(desk, values, "frame_damaged")
    assert tus.patch(desk, path, 1000, PDF[1000:]).status_code == 410
    again = tus.begun(desk, values, len(PDF))
    assert (again, tus.offset_of(desk, again), tus.pieces_of(desk, again)) == (path, 0, [])
    assert tus.patch(desk, again, 0, PDF).status_code == 204
    (item,) = files.kept(desk)
    assert (item.id, item.sha256) == (values["item"], files.sha256(PDF))
    verify_evidence(desk.installation.house, {}, quiet)
    with desk.installation.house.units.read() as uow:
        assert [one.mended_at is not None for one in uow.evidence_differences.having()] == [True]
