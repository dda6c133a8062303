"""What the capture chain finds becomes a flag once, when it is certain; a phone that signs nothing is flagged too."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.chain_flags import SCORES
from server.domain.evidence_flags import EvidenceFlag, FlagCode
from server.domain.visits import Visit
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support.captures import NONCE, Chain, Phone
from tests.support.cast import AGENT, DISPATCHER, IT, PARTNER, QA, Member
from tests.support.evidence import ENDED, STARTED

HOURS = timedelta(hours=24)  # V2's upload hours of the first edition
RUN_MS = 2040


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return files.make_visited(desk, capture_nonce=NONCE)


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk, AGENT)


def raised(desk: Desk) -> list[EvidenceFlag]:
    with desk.installation.house.units.read() as uow:
        return [flag for flag in uow.evidence_flags.having() if flag.code in SCORES]


def codes(desk: Desk) -> Counter[FlagCode]:
    return Counter(flag.code for flag in raised(desk))


def send(desk: Desk, visit: Visit, content: bytes, kind: str = "photo_door", **changes: Any) -> str:
    return str(desk.ok(files.send(desk, AGENT, visit, content, kind, **changes), 201)["id"])


def pass_by(desk: Desk, by: timedelta) -> None:
    """Until so long after the check-out; work is done then."""
    desk.clock.move_to(ENDED + by)
    desk.work()


# what is honest


def test_an_honest_phone_is_not_flagged_after_the_hours_either(
    desk: Desk, visit: Visit, phone: Phone
) -> None:
    chain, sound = Chain(visit.id), files.recording()
    chain.add(files.photo(), send(desk, visit, files.photo()), STARTED)
    chain.run(sound, send(desk, visit, sound, "recording"), STARTED + timedelta(seconds=1), RUN_MS)
    phone.send(visit, chain.text())
    desk.work()
    pass_by(desk, HOURS + timedelta(seconds=1))
    assert raised(desk) == []


def test_what_comes_out_of_order_is_not_flagged(desk: Desk, visit: Visit, phone: Phone) -> None:
    """The second manifest first, then the first one, the files last: all of it within the hours."""
    chain, ids = Chain(visit.id), [files.fresh_id(), files.fresh_id()]
    contents = [files.photo(seed) for seed in (1, 2)]
    for seconds, (content, id_) in enumerate(zip(contents, ids, strict=True)):
        chain.add(content, id_, STARTED + timedelta(seconds=seconds))
    first, second = chain.entries
    for entries in ([second], [first]):
        phone.send(visit, chain.text(entries=entries))
        desk.work()
    for content, id_ in zip(contents, ids, strict=True):
        send(desk, visit, content, id=id_)
    desk.work()
    pass_by(desk, HOURS + timedelta(seconds=1))
    assert raised(desk) == []


def test_what_a_dispatcher_brings_needs_no_manifest(desk: Desk, visit: Visit) -> None:
    answer = files.send(
        desk, DISPATCHER, visit, files.photo(), desk_import=True, brought_by=AGENT.id, reason="手机损坏"
    )
    desk.ok(answer, 201)
    desk.work()
    pass_by(desk, HOURS + timedelta(days=1))
    assert raised(desk) == []


# phones that sign nothing


def enrolled(desk: Desk, member: Member, at: datetime = STARTED) -> Phone:
    """A phone whose key was enrolled then."""
    desk.clock.move_to(at)
    phone = Phone(desk, member)
    desk.clock.move_to(NOON)
    desk.forget(member)
    return phone


def note(desk: Desk, visit: Visit) -> Any:
    desk.forget(AGENT)
    return desk.ok(desk.get(AGENT, f"/api/v1/visits/{visit.id}"))["phone_not_enrolled"]


def test_a_phone_without_a_manifest_is_flagged_when_the_hours_are_over(desk: Desk, visit: Visit) -> None:
    enrolled(desk, AGENT)
    for seed in (1, 2):
        send(desk, visit, files.photo(seed))
    desk.work()
    pass_by(desk, HOURS - timedelta(seconds=1))
    assert raised(desk) == []
    pass_by(desk, HOURS)
    (flag,) = raised(desk)
    assert (flag.code, flag.visit_id, flag.evidence) == (FlagCode.MANIFEST_MISSING, visit.id, {"files": 2})
    pass_by(desk, HOURS + timedelta(days=2))
    assert len(raised(desk)) == 1
    assert note(desk, visit) is None


def test_a_phone_that_no_key_was_enrolled_on_is_noted_on_the_visit_and_not_flagged(
    desk: Desk, visit: Visit
) -> None:
    assert note(desk, visit) is None
    send(desk, visit, files.photo())
    desk.ok(files.send(desk, PARTNER, visit, files.photo(2)), 201)
    pass_by(desk, HOURS)
    assert raised(desk) == []
    told = note(desk, visit)
    assert told["account_ids"] == sorted([AGENT.id, PARTNER.id])
    assert (told["message"]["zh"][:7], told["message"]["en"][:9]) == ("手机未登记签名", "The phone")


@pytest.mark.parametrize(("seconds", "flags"), [(-1, 1), (0, 1), (1, 0)])
def test_a_key_counts_that_was_enrolled_when_the_visit_began(
    desk: Desk, visit: Visit, seconds: int, flags: int
) -> None:
    enrolled(desk, AGENT, STARTED + timedelta(seconds=seconds))
    send(desk, visit, files.photo())
    pass_by(desk, HOURS)
    assert len(raised(desk)) == flags
    assert (note(desk, visit) is None) == bool(flags)


@pytest.mark.parametrize(("seconds", "flags"), [(-1, 0), (0, 0), (1, 1)])
def test_a_key_that_was_revoked_when_the_visit_began_counts_no_more(
    desk: Desk, visit: Visit, seconds: int, flags: int
) -> None:
    phone = enrolled(desk, AGENT, STARTED - timedelta(hours=1))
    desk.clock.move_to(STARTED + timedelta(seconds=seconds))
    path = f"/api/v1/devices/{phone.device_id}/keys/{phone.key_id}/revoke"
    desk.ok(desk.post(IT, path, {"reason": "手机遗失"}))
    desk.clock.move_to(NOON)
    send(desk, visit, files.photo())
    pass_by(desk, HOURS)
    assert len(raised(desk)) == flags


def test_a_key_on_a_phone_that_was_given_back_counts_no_more(desk: Desk, visit: Visit) -> None:
    phone = enrolled(desk, AGENT, STARTED - timedelta(hours=1))
    with desk.installation.house.units.write() as uow:
        (out,) = uow.device_handouts.having(device_id=phone.device_id)
        uow.device_handouts.save(replace(out, returned_at=STARTED))
        uow.commit()
    send(desk, visit, files.photo())
    pass_by(desk, HOURS)
    assert raised(desk) == []
    assert note(desk, visit)["account_ids"] == [AGENT.id]


def test_the_manifest_of_the_one_does_not_answer_for_the_other(desk: Desk, visit: Visit) -> None:
    phone = enrolled(desk, AGENT)
    enrolled(desk, PARTNER)
    chain = Chain(visit.id)
    chain.add(files.photo(), send(desk, visit, files.photo()), STARTED)
    phone.send(visit, chain.text())
    desk.ok(files.send(desk, PARTNER, visit, files.photo(2)), 201)
    desk.work()
    pass_by(desk, HOURS)
    (flag,) = raised(desk)
    assert (flag.code, flag.other_item_id) == (FlagCode.MANIFEST_MISSING, PARTNER.id)


def test_a_file_that_comes_when_the_hours_are_over_is_flagged_at_once(desk: Desk, visit: Visit) -> None:
    enrolled(desk, AGENT)
    desk.clock.move_to(ENDED + HOURS)
    desk.forget(AGENT)
    send(desk, visit, files.photo())
    desk.work()
    assert codes(desk) == {FlagCode.MANIFEST_MISSING: 1}


def test_a_visit_that_has_not_ended_has_all_its_hours(desk: Desk) -> None:
    enrolled(desk, AGENT)
    visit = files.make_visited(desk, capture_nonce=NONCE, ended_at=None)
    send(desk, visit, files.photo())
    desk.work()
    pass_by(desk, HOURS * 3)
    assert raised(desk) == []


# what does not fit


def test_a_listed_file_that_never_came_is_flagged_after_the_hours(
    desk: Desk, visit: Visit, phone: Phone
) -> None:
    chain, missing = Chain(visit.id), files.fresh_id()
    chain.add(files.photo(), missing, STARTED)
    phone.send(visit, chain.text())
    desk.work()
    assert raised(desk) == []
    pass_by(desk, HOURS)
    (flag,) = raised(desk)
    assert (flag.code, flag.item_id, flag.other_item_id) == (FlagCode.ITEM_MISSING, None, missing)


def test_a_photo_that_was_changed_behind_its_manifest_is_flagged_at_once(
    desk: Desk, visit: Visit, phone: Phone
) -> None:
    chain = Chain(visit.id)
    changed = send(desk, visit, files.photo(2))
    chain.add(files.photo(1), changed, STARTED)
    phone.send(visit, chain.text())
    for _ in range(2):
        desk.work()
    (flag,) = raised(desk)
    assert (flag.code, flag.item_id, flag.score) == (FlagCode.DIGEST_DIFFERS, changed, 1.0)
    answer = desk.ok(desk.get(QA, "/api/v1/evidence-flags", query_string={"code": "digest_differs"}))
    (shown,) = answer["items"]
    assert changed in shown["sentence_zh"]
    assert changed in shown["sentence_en"]


def test_a_manifest_signed_by_nobody_is_flagged_with_the_key_it_names(
    desk: Desk, visit: Visit, phone: Phone
) -> None:
    chain = Chain(visit.id)
    chain.add(files.photo(), send(desk, visit, files.photo()), STARTED)
    receipt = phone.send(visit, chain.text(), signature="A" * 86)
    desk.work()
    (flag,) = raised(desk)
    assert (flag.code, flag.other_item_id) == (FlagCode.BAD_SIGNATURE, receipt["id"])


def test_a_file_of_another_visit_is_not_this_visits_own(desk: Desk, visit: Visit, phone: Phone) -> None:
    other = files.make_visited(desk)
    elsewhere = send(desk, other, files.photo())
    chain = Chain(visit.id)
    chain.add(files.photo(), elsewhere, STARTED)
    phone.send(visit, chain.text())
    desk.work()
    (flag,) = raised(desk)
    assert (flag.code, flag.visit_id) == (FlagCode.ITEM_ELSEWHERE, visit.id)
    assert (flag.item_id, flag.other_item_id, flag.other_visit_id) == (None, elsewhere, other.id)
