"""The work on kept files: twice over without harm, given up without its bytes, and what it finds in other visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import EvidenceFlag, FlagCode
from server.domain.fingerprints import PrintKind
from server.jobs.evidence_work import flag_visit, work_evidence
from server.jobs.runner import JobFailed
from server.services.evidence_upkeep import without_row
from server.services.house import House
from server.services.local_copies import fetched
from server.services.ports.objects import ObjectMissing
from storage.media.invented_photos import draw_photo
from tests.bench.forged_media import SOUND_RATE, encoded, heard
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, OTHER_AGENT, PARTNER
from tests.support.on_site import local, on_site


def quiet(_done: int, _total: int) -> None:
    """Nobody follows the progress."""


def house_of(desk: Desk) -> House:
    return desk.installation.house


def sent(desk: Desk, content: bytes, kind: str = "photo_door", **changes: object) -> EvidenceItem:
    """A file of a visit of its own, after all work."""
    visit = files.make_visited(desk)
    id_ = desk.ok(files.send(desk, AGENT, visit, content, kind, **changes), 201)["id"]
    desk.work()
    return next(item for item in files.kept(desk) if item.id == id_)


def raised(desk: Desk, *codes: FlagCode) -> list[EvidenceFlag]:
    """The flags of these codes; visits of the tests are all at one place and one time, which has its own flags."""
    with house_of(desk).units.read() as uow:
        return [flag for flag in uow.evidence_flags.having() if flag.code in codes]


ALIKE = (FlagCode.SAME_BYTES, FlagCode.PHOTO_ALIKE, FlagCode.SOUND_ALIKE)


def large(seed: int, again: int = 0) -> bytes:
    return draw_photo(seed, "photo_door", files.STARTED, *files.PLACE, size=(640, 480), again=again)


# the work itself


def test_the_work_may_be_done_twice(desk: Desk) -> None:
    item = sent(desk, files.photo())
    with house_of(desk).units.write() as uow:
        uow.evidence_items.save(replace(uow.evidence_items.need(item.id), thumbnail_key=None))
        uow.commit()
    for _ in range(2):
        work_evidence(house_of(desk), {"evidence_id": item.id}, quiet)
    (after,) = files.kept(desk)
    beside = f"evidence/{item.visit_id}/{item.id}"
    assert after.copy_keys == (f"{beside}/thumbnail", f"{beside}/screen")
    with house_of(desk).units.read() as uow:
        (made,) = uow.fingerprints.having()
    assert (made.id, made.kind) == (item.id, PrintKind.PHOTO)
    assert files.actions(desk).count("evidence.flagged") == len({flag.id for flag in raised(desk, *FlagCode)})


def test_bytes_that_are_gone_are_given_up(desk: Desk) -> None:
    item = sent(desk, files.photo())
    house_of(desk).objects.delete(item.object_key)
    with pytest.raises(JobFailed):
        work_evidence(house_of(desk), {"evidence_id": item.id}, quiet)


def test_what_a_job_fetches_is_read_by_nobody_else_and_gone_afterwards(desk: Desk) -> None:
    item = sent(desk, files.recording(), "recording")
    with fetched(house_of(desk), item.object_key) as copy:
        assert files.sha256(copy.read_bytes()) == item.sha256
        assert copy.stat().st_mode & 0o077 == 0
        assert copy.suffix == ".part", "the sweep knows what a killed worker left by it"
    house_of(desk).objects.delete(item.object_key)
    with pytest.raises(ObjectMissing), fetched(house_of(desk), item.object_key):
        pass
    assert list(house_of(desk).receiving.iterdir()) == []


def test_the_two_pictures_have_a_row_that_names_them(desk: Desk) -> None:
    sent(desk, files.photo())
    with house_of(desk).units.read() as uow:
        assert without_row(uow, [*files.stored_keys(desk), "evidence/v/e/screen"]) == ["evidence/v/e/screen"]


# likenesses


def test_two_photos_of_one_visit_are_not_held_against_each_other(desk: Desk) -> None:
    visit = files.make_visited(desk)
    for _ in range(2):
        desk.ok(files.send(desk, AGENT, visit, large(3)), 201)
    desk.work()
    assert raised(desk, *ALIKE) == []


def test_somebody_who_comes_back_takes_another_photo(desk: Desk) -> None:
    sent(desk, large(4))
    sent(desk, large(4, again=1))
    assert raised(desk, *ALIKE) == []


def test_the_same_bytes_and_the_same_picture_in_another_visit(desk: Desk) -> None:
    first = sent(desk, large(5))
    desk.clock.advance(files.ENDED - files.STARTED)
    again = sent(desk, large(5))
    found = {flag.code: flag for flag in raised(desk, *ALIKE)}
    assert set(found) == {FlagCode.SAME_BYTES, FlagCode.PHOTO_ALIKE}
    for flag in found.values():
        assert (flag.item_id, flag.other_item_id) == (again.id, first.id)
        assert (flag.visit_id, flag.other_visit_id) == (again.visit_id, first.visit_id)
        assert flag.score > 0.9


def test_a_paper_is_looked_at_when_its_bytes_were_there_before(desk: Desk) -> None:
    paper = b"%PDF-1.7\n" + b"x" * 400 + b"\n%%EOF\n"
    visits = [files.make_visited(desk), files.make_visited(desk)]
    desk.work()
    ids = []
    for visit, jobs in zip(visits, (0, 1), strict=True):
        ids.append(desk.ok(files.send(desk, AGENT, visit, paper, "attachment"), 201)["id"])
        assert desk.work() == jobs
        desk.clock.advance(files.ENDED - files.STARTED)
    (flag,) = raised(desk, *ALIKE)
    assert (flag.code, flag.item_id, flag.other_item_id) == (FlagCode.SAME_BYTES, ids[1], ids[0])


def test_the_same_sound_in_another_visit(desk: Desk) -> None:
    first = sent(desk, files.recording(7, 30), "recording")
    other = sent(desk, files.recording(8, 30, "amr"), "recording")
    assert raised(desk, *ALIKE) == []
    desk.clock.advance(timedelta(seconds=1))
    copy = sent(desk, files.recording(7, 12, "amr"), "recording")
    (flag,) = raised(desk, FlagCode.SOUND_ALIKE)
    assert (flag.item_id, flag.other_item_id) == (copy.id, first.id)
    assert flag.other_item_id != other.id
    assert flag.evidence["seconds"] > 10


def piece_of(folder: Path, content: bytes) -> bytes:
    """Ten seconds from the middle of a recording, encoded anew."""
    (folder / "whole").write_bytes(content)
    sound = heard(folder / "whole")[5 * SOUND_RATE : 15 * SOUND_RATE]
    return encoded(folder / "piece", sound, "audio/amr").read_bytes()


@pytest.mark.parametrize("kind", ["photo_door", "recording"])
def test_the_first_is_not_suspected_whichever_is_worked_on_first(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    """Workers take files as they get to them, and do again what one of them died over."""
    whole = large(6) if kind == "photo_door" else files.recording(6, 20)
    items = []
    for content in (whole, whole if kind == "photo_door" else piece_of(tmp_path, whole)):
        answer = files.send(desk, AGENT, files.make_visited(desk), content, kind)
        items.append(desk.ok(answer, 201)["id"])
        desk.clock.advance(timedelta(seconds=1))
    for id_ in (items[1], items[0], items[1], items[0]):
        work_evidence(house_of(desk), {"evidence_id": id_}, quiet)
    first, copy = (next(item for item in files.kept(desk) if item.id == id_) for id_ in items)
    (flag,) = raised(desk, FlagCode.PHOTO_ALIKE, FlagCode.SOUND_ALIKE)
    assert (flag.item_id, flag.other_item_id) == (copy.id, first.id)
    assert (flag.visit_id, flag.other_visit_id) == (copy.visit_id, first.visit_id)
    if kind == "recording":
        assert flag.evidence["known_at"] - flag.evidence["at"] == pytest.approx(5, abs=0.3)


def test_the_partners_phone_records_the_same_and_is_not_suspected(desk: Desk) -> None:
    visit = files.make_visited(desk)
    for container in ("webm", "amr"):
        desk.ok(files.send(desk, AGENT, visit, files.recording(9, 20, container), "recording"), 201)  # type: ignore[arg-type]
    desk.work()
    assert raised(desk, *ALIKE) == []


# places and times


def test_an_honest_visit_raises_nothing(desk: Desk) -> None:
    site = on_site(desk)
    site.begin()
    site.end()
    desk.work()
    assert raised(desk, *FlagCode) == []


def test_two_phones_apart_are_flagged_when_they_check_in(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    desk.work()
    assert raised(desk, FlagCode.TEAM_APART) == []
    other = {"latitude": 35.15, "at": local(11, 52).isoformat()}
    desk.ok(site.check(PARTNER, **other), 201)
    for _ in range(2):
        flag_visit(house_of(desk), {"visit_id": site.visit.id}, quiet)
    (flag,) = raised(desk, FlagCode.TEAM_APART)
    assert flag.visit_id == site.visit.id
    assert flag.evidence["distance_m"] > 10_000


def test_a_photo_from_another_province_a_minute_later(desk: Desk) -> None:
    visit = files.make_visited(desk)
    for seed, latitude in ((1, 35.0), (2, 30.0)):
        photo = draw_photo(seed, "photo_door", files.STARTED, latitude, 113.9, size=(160, 120))
        desk.ok(files.send(desk, AGENT, visit, photo), 201)
    desk.work()
    (flag,) = raised(desk, FlagCode.SPEED_IMPOSSIBLE)
    assert flag.evidence["km"] > 500


def test_somebody_elses_course_is_not_mixed_in(desk: Desk) -> None:
    for member, latitude, seed in ((AGENT, 35.0, 1), (OTHER_AGENT, 30.0, 2)):
        visit = files.make_visited(desk, lead_id=member.id, partner_id=None)
        photo = draw_photo(seed, "photo_door", files.STARTED, latitude, 113.9, size=(160, 120))
        desk.ok(files.send(desk, member, visit, photo), 201)
    desk.work()
    assert raised(desk, FlagCode.SPEED_IMPOSSIBLE) == []
