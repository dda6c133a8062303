"""When evidence is flagged: what stays unflagged first, and each limit a step before, on and behind it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.evidence import EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.evidence_flags import (
    SENTENCES,
    FlagCode,
    FlagDecision,
    FlagState,
    Raised,
    flag_of,
    sentences,
    v8_answer_findings,
    v8_decision_findings,
)
from server.domain.flag_rules import (
    LIMITS,
    PictureFacts,
    TimedPlace,
    bytes_flags,
    capture_flags,
    copy_and_first,
    frozen_flags,
    level_flags,
    own_place,
    photo_flag,
    picture_flags,
    repeated_flags,
    sound_flag,
    speed_flags,
    team_flags,
    weighs,
)
from server.domain.visits import CheckDirection, CheckIn, CheckInWay, Visit
from tests.support import visit_values

BEGAN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=40)
HERE = (34.75, 113.62)
METRE = 1 / 111_195.08  # degrees of latitude


def visit(**changes: Any) -> Visit:
    of = visit_values.placement(visit_values.debtor())
    made = visit_values.visit(of, visit_values.address(of))
    known = {"id": "v", "started_at": BEGAN, "ended_at": ENDED, "address_id": "a"}
    return dataclasses.replace(made, **(known | changes))


def item(**changes: Any) -> EvidenceItem:
    made = visit_values.evidence(visit(), EvidenceKind.PHOTO_DOOR)
    return dataclasses.replace(made, **({"captured_at": BEGAN} | changes))


def place(metres: float = 0.0, minutes: float = 0.0, **changes: Any) -> TimedPlace:
    values = {"id": f"{metres}/{minutes}", "item_id": None, "account_id": "chen", "visit_id": "v"}
    at = BEGAN + timedelta(minutes=minutes)
    return TimedPlace(**(values | changes), at=at, latitude=HERE[0] + metres * METRE, longitude=HERE[1],
                      accuracy_m=0.0)  # fmt: skip


def codes(found: list[Raised]) -> list[FlagCode]:
    return [each.code for each in found]


def test_every_code_has_both_sentences_and_they_can_be_said() -> None:
    shown = dict.fromkeys(
        ("agreement", "seconds", "at", "known_at", "percent", "width", "height", "sign", "minutes", "km", "kmh",
         "distance_m", "limit_m", "count", "files", "places", "key", "revoked_at", "first", "last", "clock_zh",
             "clock_en", "item", "note"), 7
    )  # fmt: skip
    assert set(SENTENCES) == set(FlagCode)
    for code in FlagCode:
        zh, en = sentences(flag_of("v", Raised(code, 0.5, evidence=shown), BEGAN))
        assert "{" not in zh + en
        assert any("一" <= each <= "鿿" for each in zh)


def test_a_flag_is_the_same_flag_whenever_it_is_found() -> None:
    one = flag_of("v", Raised(FlagCode.PHOTO_ALIKE, 0.9, "i", "o", "w"), BEGAN)
    again = flag_of("v", Raised(FlagCode.PHOTO_ALIKE, 0.8, "i", "o", "w"), ENDED)
    other = flag_of("v", Raised(FlagCode.PHOTO_ALIKE, 0.9, "i", "p", "w"), BEGAN)
    assert one.id == again.id != other.id
    assert one.state is FlagState.RAISED


def test_who_was_not_there_answers_nothing_and_who_was_decides_nothing() -> None:
    flag = flag_of("v", Raised(FlagCode.TEAM_APART, 0.9), BEGAN)
    over = dataclasses.replace(flag, state=FlagState.DECIDED)
    refused = [
        v8_answer_findings(flag, of_team=False),
        v8_answer_findings(over, of_team=True),
        v8_decision_findings(flag, FlagDecision.UPHELD, of_team=True, void=False),
        v8_decision_findings(over, FlagDecision.UPHELD, of_team=False, void=False),
        v8_decision_findings(flag, FlagDecision.DISMISSED, of_team=False, void=True),
    ]
    assert [found.kind.code for (found,) in refused] == [
        "flag_not_of_team",
        "flag_already_decided",
        "flag_of_own_visit",
        "flag_already_decided",
        "flag_void_needs_upheld",
    ]
    assert v8_answer_findings(flag, of_team=True) == []
    for decision, void in ((FlagDecision.UPHELD, True), (FlagDecision.DISMISSED, False)):
        assert v8_decision_findings(flag, decision, of_team=False, void=void) == []


@pytest.mark.parametrize(("agreement", "raised"), [(0.749, False), (0.75, True), (0.751, True)])
def test_photos_alike(agreement: float, raised: bool) -> None:
    assert (photo_flag("i", "o", "w", agreement) is not None) is raised


@pytest.mark.parametrize(
    ("seconds", "share", "raised"),
    [
        (29.9, 0.49, False),  # a long prompt of a telephone exchange
        (19.9, 0.6, False),
        (20.0, 0.49, False),
        (20.0, 0.5, True),
        (20.1, 0.51, True),
        (30.0, 0.01, True),
        (8.4, 1.0, False),
        (8.5, 0.69, False),
        (8.5, 0.7, True),
        (8.6, 0.71, True),
    ],
)
def test_sounds_alike(seconds: float, share: float, raised: bool) -> None:
    assert (sound_flag("i", "o", "w", (seconds, share, 1.0, 2.0)) is not None) is raised


@pytest.mark.parametrize(
    ("silent", "clipped", "expected"),
    [
        (0.899, 0.0099, []),
        (0.9, 0.0, [FlagCode.RECORDING_SILENT]),
        (0.0, 0.01, [FlagCode.RECORDING_CLIPPED]),
        (0.901, 0.011, [FlagCode.RECORDING_SILENT, FlagCode.RECORDING_CLIPPED]),
    ],
)
def test_levels(silent: float, clipped: float, expected: list[FlagCode]) -> None:
    assert codes(level_flags("i", silent, clipped)) == expected


BARE = PictureFacts(1280, 960, None, None, None)


@pytest.mark.parametrize(
    ("changes", "facts", "expected"),
    [
        ({"filename": "photo-1.jpg"}, BARE, []),  # the field app's own photos have no EXIF
        ({"media_type": "image/png"}, PictureFacts(1600, 900, None, None, None), []),
        ({"filename": "mmexport17.jpg"}, PictureFacts(1280, 960, "Baihe", "B", None), []),
        ({"filename": "mmexport17.jpg"}, BARE, [FlagCode.PHOTO_RESAVED]),
        ({"filename": "微信图片_2026.jpg"}, BARE, [FlagCode.PHOTO_RESAVED]),
        ({"filename": "Screenshot_1.jpg"}, BARE, [FlagCode.PHOTO_SCREENSHOT]),
        (
            {"media_type": "image/png"},
            PictureFacts(1080, 2400, None, None, None),
            [FlagCode.PHOTO_SCREENSHOT],
        ),
        (
            {},
            PictureFacts(4000, 3000, "Baihe", "B", "Adobe Photoshop 26"),
            [FlagCode.PHOTO_EDITED],
        ),
        ({}, PictureFacts(4000, 3000, "Baihe", "B", "Baihe Camera 4.1"), []),
    ],
)
def test_how_a_photo_was_made(changes: dict[str, Any], facts: PictureFacts, expected: list[FlagCode]) -> None:
    assert codes(picture_flags(item(**changes), facts)) == expected


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("zone_assumed", []),
        ("same_bytes_here", []),
        ("time_differs", [FlagCode.CAPTURE_TIME_DIFFERS]),
        ("place_differs", [FlagCode.CAPTURE_PLACE_DIFFERS]),
        ("time_in_future", [FlagCode.CAPTURE_IN_FUTURE]),
    ],
)
def test_contradictions(note: str, expected: list[FlagCode]) -> None:
    assert codes(capture_flags(visit(), item(notes=(note,)))) == expected


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "raised"),
    [
        (BEGAN - LIMITS.before_visit - SECOND, True),
        (BEGAN - LIMITS.before_visit, False),
        (BEGAN - LIMITS.before_visit + SECOND, False),
        (ENDED + LIMITS.after_visit - SECOND, False),
        (ENDED + LIMITS.after_visit, False),
        (ENDED + LIMITS.after_visit + SECOND, True),
    ],
)
def test_outside_the_hours_of_the_visit(at: datetime, raised: bool) -> None:
    expected = [FlagCode.CAPTURE_OUTSIDE_VISIT] if raised else []
    assert codes(capture_flags(visit(), item(captured_at=at))) == expected


def test_hours_that_are_not_known_say_nothing() -> None:
    long_ago = BEGAN - timedelta(days=3)
    assert capture_flags(visit(started_at=None, ended_at=None), item(captured_at=long_ago)) == []
    assert capture_flags(visit(), item(captured_at=None)) == []
    attachment = item(captured_at=long_ago, kind=EvidenceKind.ATTACHMENT)
    assert capture_flags(visit(), attachment) == []
    began_early = item(captured_at=long_ago, duration_ms=3 * 86_400_000, kind=EvidenceKind.RECORDING)
    assert capture_flags(visit(), began_early) == []


def test_the_same_bytes_count_in_another_visit_alone() -> None:
    one = item(id="one")
    here, there = item(id="here"), item(id="elsewhere", visit_id="w")
    (found,) = bytes_flags(one, [one, here, there])
    assert (found.code, found.other_item_id, found.other_visit_id) == (FlagCode.SAME_BYTES, "elsewhere", "w")


@pytest.mark.parametrize(
    ("microseconds", "copy"), [(-1, "two"), (0, "two"), (1, "one")], ids=["before", "at once", "after"]
)
def test_of_two_files_that_are_one_the_later_is_the_copy(microseconds: int, copy: str) -> None:
    two = item(id="two", visit_id="w")
    one = item(id="one", received_at=two.received_at + timedelta(microseconds=microseconds))
    assert [each.id for each in copy_and_first(one, two)] == [copy, "two" if copy == "one" else "one"]
    assert copy_and_first(two, one) == copy_and_first(one, two)
    assert len(bytes_flags(one, [two])) == (copy == "one")
    assert len(bytes_flags(two, [one])) == (copy == "two")


@pytest.mark.parametrize(
    ("metres", "minutes", "raised"),
    [
        (1_999, 0.1, False),  # a fix that jumps
        (2_499, 1, False),  # 150 km/h and no more
        (2_501, 1, True),
        (99_999, 40, False),
        (99_999, 39.9, True),
        (200_000, 35, False),  # a fast train
        (200_000, 34, True),
        (1_000_000, 67, False),  # an aeroplane
        (1_000_000, 66, True),
    ],
)
def test_nobody_is_as_fast_as_that(metres: float, minutes: float, raised: bool) -> None:
    found = speed_flags("v", [place(), place(metres, minutes, visit_id="w", id="there")])
    assert codes(found) == ([FlagCode.SPEED_IMPOSSIBLE] if raised else [])


def test_speed_is_of_one_person_and_of_this_visit() -> None:
    far = place(90_000, 2, account_id="wang")
    assert speed_flags("v", [place(), far]) == []
    assert speed_flags("x", [place(), place(90_000, 2)]) == []
    vague = dataclasses.replace(place(90_000, 2), accuracy_m=89_000.0)
    assert speed_flags("v", [place(), vague]) == []
    (found,) = speed_flags("v", [place(90_000, 2, item_id="photo", id="photo"), place(visit_id="w", id="in")])
    assert (found.item_id, found.other_item_id, found.other_visit_id) == ("photo", "in", "w")


@pytest.mark.parametrize(
    ("count", "minutes", "raised"),
    [(4, 12, False), (5, 9.9, False), (5, 10, True), (6, 20, True)],
)
def test_coordinates_that_never_tremble(count: int, minutes: float, raised: bool) -> None:
    places = [place(0, minutes * at / (count - 1)) for at in range(count)]
    assert codes(frozen_flags("v", places)) == ([FlagCode.COORDINATES_FROZEN] if raised else [])
    trembling = [place(at / 10, minutes * at / (count - 1)) for at in range(count)]
    assert frozen_flags("v", trembling) == []
    assert frozen_flags("other", places) == []


@pytest.mark.parametrize(
    ("minutes", "address", "visit_id", "raised"),
    [
        (29, "b", "w", False),  # two cases of one house, one after the other
        (30, "b", "w", True),
        (31, "b", "w", True),
        (600, "a", "w", False),
        (600, "b", "v", False),
    ],
)
def test_coordinates_of_another_address(minutes: float, address: str, visit_id: str, raised: bool) -> None:
    other = place(0, minutes, visit_id=visit_id, id="other")
    found = repeated_flags(visit(), [place()], [(other, address)])
    assert codes(found) == ([FlagCode.COORDINATES_REPEATED] if raised else [])
    near = place(0.1, minutes, visit_id=visit_id)
    assert repeated_flags(visit(), [place()], [(near, address)]) == []


def check_in(account_id: str, metres: float, minutes: float = 0.0, **changes: Any) -> CheckIn:
    row = CheckIn(
        f"{account_id}{minutes}", "v", account_id, CheckDirection.IN, CheckInWay.OWN_DEVICE,
        BEGAN + timedelta(minutes=minutes), HERE[0] + metres * METRE, HERE[1], 0.0, None, False, None, None, BEGAN,
    )  # fmt: skip
    return dataclasses.replace(row, **changes)


@pytest.mark.parametrize(
    ("metres", "minutes", "raised"),
    [(199, 0, False), (200, 0, False), (201, 0, True), (5000, 15, True), (5000, 15.1, False)],
)
def test_two_who_are_apart(metres: float, minutes: float, raised: bool) -> None:
    both = [check_in("chen", 0), check_in("wang", metres, minutes)]
    assert codes(team_flags(both, 200, timedelta(minutes=15))) == ([FlagCode.TEAM_APART] if raised else [])


def test_apart_is_asked_of_two_in_one_direction() -> None:
    out = check_in("wang", 9000, direction=CheckDirection.OUT)
    assert team_flags([check_in("chen", 0), out], 200, timedelta(minutes=15)) == []
    same = [check_in("chen", 0), check_in("chen", 9000)]
    assert team_flags(same, 200, timedelta(minutes=15)) == []


def test_where_the_desk_was_says_nothing() -> None:
    shown = {"latitude": 34.0, "longitude": 113.0}
    assert own_place(item(**shown, source=EvidenceSource.DESK)) is None
    assert own_place(item()) is None
    assert own_place(item(**shown)) is not None


@pytest.mark.parametrize("note", ["same_bytes_elsewhere", "time_differs", "cut_off"])
def test_of_a_paper_only_a_note_or_its_place_weighs(note: str) -> None:
    paper = item(kind=EvidenceKind.ATTACHMENT, media_type="application/pdf")
    assert not weighs(paper)
    assert not weighs(dataclasses.replace(paper, latitude=34.0, longitude=113.0, captured_at=None))
    assert weighs(dataclasses.replace(paper, notes=(note,)))
    assert weighs(dataclasses.replace(paper, latitude=34.0, longitude=113.0))
