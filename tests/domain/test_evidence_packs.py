"""Packs: passwords, names of files, halves; and the sketch without a map."""

from __future__ import annotations

import dataclasses
import math

import pytest

from server.domain.evidence import EvidenceItem, EvidenceKind
from server.domain.evidence_packs import SYMBOLS, password_is_strong, path_in_pack
from server.domain.pack_sketch import Mark, MarkKind, scale_bar_m, sketch
from server.services.evidence_packing import fresh_password

VISIT = "0195ed3c-0000-7000-8000-000000000001"
ITEM = "0195ed3c-0000-7000-8000-000000000002"


def item(**changes: object) -> EvidenceItem:
    values = dict.fromkeys(
        field.name for field in dataclasses.fields(EvidenceItem) if field.default is dataclasses.MISSING
    )
    values |= {"id": ITEM, "visit_id": VISIT, "kind": EvidenceKind.PHOTO_DOOR, "media_type": "image/jpeg"}
    return EvidenceItem(**values | {"filename": "a.jpg"} | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("password", "strong"),
    [
        ("Abc-234", False),
        ("Abc-2345", True),
        ("Abc-23456", True),
        ("abc-2345", False),
        ("ABC-2345", False),
        ("Abcd-efg", False),
        ("Abc23456", False),
    ],
)
def test_a_password_has_eight_characters_of_every_sort(password: str, strong: bool) -> None:
    assert password_is_strong(password) is strong


def test_passwords_are_strong_and_never_the_same() -> None:
    made = {fresh_password() for _ in range(300)}
    assert len(made) == 300
    for password in made:
        assert password_is_strong(password)
        assert len(password) == 20
        assert password.isascii()
        assert set(password) & set(SYMBOLS)


@pytest.mark.parametrize(
    "filename",
    ["../../etc/passwd", "..\\..\\autorun.inf", "a\x00b.jpg", "CON", "名.jpg", "/absolute/x", "-rf"],
)
def test_what_a_sender_called_a_file_never_becomes_a_path(filename: str) -> None:
    assert path_in_pack(item(filename=filename)) == f"originals/{VISIT}/photo_door-{ITEM}.jpg"


@pytest.mark.parametrize("media_type", ["../../x", "text/html", "", "image/svg+xml"])
def test_a_type_that_is_not_known_gives_no_suffix_of_its_own(media_type: str) -> None:
    assert path_in_pack(item(media_type=media_type)).endswith(f"{ITEM}.bin")


@pytest.mark.parametrize("id_", ["../x", f"{ITEM}/..", ITEM.upper(), "", ITEM + "\n"])
def test_an_id_that_is_none_is_no_part_of_a_path(id_: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        path_in_pack(item(id=id_))
    with pytest.raises(ValueError, match="not an id"):
        path_in_pack(item(visit_id=id_))


def mark(latitude: float, longitude: float, accuracy_m: float = 0.0) -> Mark:
    return Mark(MarkKind.PHOTO, "1", latitude, longitude, accuracy_m)


def test_nothing_with_a_place_makes_no_sketch() -> None:
    assert sketch([]) is None


def test_one_place_lies_in_the_middle_of_fifty_metres() -> None:
    made = sketch([mark(35.0, 114.0)])
    assert made is not None
    assert (made.drawn[0].east_m, made.drawn[0].north_m, made.half_m) == (0.0, 0.0, 25.0)
    assert made.bar_m == 20


def test_places_lie_as_far_apart_as_on_the_earth_north_up_east_right() -> None:
    made = sketch([mark(35.0, 114.0), mark(35.001, 114.001)])
    assert made is not None
    south_west, north_east = made.drawn
    assert north_east.north_m - south_west.north_m == pytest.approx(111.195, abs=0.01)
    east = 111.195 * math.cos(math.radians(35.0005))
    assert north_east.east_m - south_west.east_m == pytest.approx(east, abs=0.01)


@pytest.mark.parametrize(
    ("accuracy_m", "half_m"), [(299.0, 328.9), (300.0, 330.0), (301.0, 330.0), (9000.0, 330.0)]
)
def test_a_place_that_is_hardly_known_does_not_push_all_into_a_dot(accuracy_m: float, half_m: float) -> None:
    made = sketch([mark(35.0, 114.0, accuracy_m)])
    assert made is not None
    assert made.half_m == pytest.approx(half_m)


@pytest.mark.parametrize(
    ("most_m", "bar_m"),
    [(9.99, 5), (10, 10), (19.9, 10), (20, 20), (49, 20), (50, 50), (99, 50), (1000, 1000), (0.7, 0.5)],
)
def test_the_scale_bar_is_a_length_that_people_read(most_m: float, bar_m: float) -> None:
    assert scale_bar_m(most_m) == pytest.approx(bar_m)
