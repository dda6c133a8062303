"""Likeness of photos: strangers and revisits apart, copies of every kind found, the index as it grows."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageOps

from server.domain.flag_rules import LIMITS
from server.services.ports.likeness import KnownPrint
from server.services.ports.media import MediaRefused, PhotoWork
from storage.media.invented_photos import PHOTO_KINDS, draw_photo
from storage.media.late_likeness import LateLikenesses
from storage.media.likeness import Likenesses, PhotoIndex
from storage.media.photo_hashes import TURNS, WINDOWS, hashes_of, turned, turned_hashes
from storage.media.photo_work import work_photo

TAKEN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
Turn = Image.Transpose


@cache
def photo(seed: int, kind: str = "photo_door", again: int = 0) -> bytes:
    taken = LATER if again else TAKEN
    return draw_photo(seed, kind, taken, 35.05, 113.94, size=(640, 480), again=again)


def upright(seed: int) -> Image.Image:
    with Image.open(io.BytesIO(photo(seed))) as image:
        return ImageOps.exif_transpose(image)


def jpeg(image: Image.Image, quality: int = 70) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def work(content: bytes) -> PhotoWork:
    return work_photo(io.BytesIO(content))


def agreement(known: bytes, asked: bytes) -> float:
    """The best of what the port says of two photos, as the job asks it."""
    port, one, other = Likenesses(), work(known), work(asked)
    port.photos.add([KnownPrint("known", one.print)])
    near = port.photos.near(other.print)[:3]
    return max((port.agreement(other.thumbnail, one.thumbnail, each) for each in near), default=0.0)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = image.size
    return image.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_somebody_who_comes_back_is_not_suspected(kind: str) -> None:
    assert agreement(photo(5, kind), photo(5, kind, again=1)) < LIMITS.photo_agreement


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_other_doors_are_other_doors(kind: str) -> None:
    assert agreement(photo(6, kind), photo(7, kind)) < LIMITS.photo_agreement


@pytest.mark.parametrize("turn", [None, *Turn], ids=str)
def test_a_copy_is_known_however_it_is_turned(turn: Image.Transpose | None) -> None:
    image = upright(8) if turn is None else upright(8).transpose(turn)
    assert agreement(photo(8), jpeg(image, 45)) >= LIMITS.photo_agreement


@pytest.mark.parametrize(
    "part",
    [(0, 0, 0.8, 1), (0.2, 0, 1, 0.8), (0.1, 0.1, 0.9, 0.9), (0.07, 0.13, 0.97, 0.93), (0, 0.05, 1, 0.95)],
)
def test_a_part_is_known_by_the_whole_and_the_whole_by_a_part(part: tuple[float, ...]) -> None:
    piece = jpeg(cut(upright(9), *part))
    assert agreement(photo(9), piece) >= LIMITS.photo_agreement
    assert agreement(piece, photo(9)) >= LIMITS.photo_agreement


def test_a_smaller_and_mirrored_part_is_known() -> None:
    image = ImageOps.mirror(cut(upright(10), 0.1, 0.05, 0.95, 0.9)).resize((300, 225))
    assert agreement(photo(10), jpeg(image)) >= LIMITS.photo_agreement


def test_turned_hashes_are_the_hashes_of_turned_pictures() -> None:
    grey = upright(11).convert("L").resize((64, 64))
    pixels = np.asarray(grey, dtype=np.float32)
    for turn in range(TURNS):
        image = Image.fromarray(turned(pixels, turn).astype(np.uint8))
        apart = np.bitwise_count(turned_hashes(hashes_of(grey))[turn, 0] ^ hashes_of(image)[0])
        assert apart <= 2, turn  # the first bit is always set, others may lie on the edge


def test_the_index_passes_over_what_it_knows_and_grows() -> None:
    index = PhotoIndex()
    assert index.near(work(photo(1)).print) == []
    noise = np.random.default_rng(3).integers(0, 2**63, (3000, len(WINDOWS)), dtype=np.uint64)
    index.add(KnownPrint(str(at), row.astype("<u8").tobytes()) for at, row in enumerate(noise))
    own = KnownPrint("own", work(photo(12)).print)
    for _ in range(2):
        index.add([own])
    assert len(index) == 3001
    assert index.near(own.print)[0].id == "own"
    assert index.near(own.print)[0].distance == 0
    assert all(each.id != "own" for each in index.near(own.print, ["own"]))


def test_the_late_port_answers_as_the_port() -> None:
    late, one = LateLikenesses(), work(photo(13))
    late.photos.add([KnownPrint("one", one.print)])
    (first, *_) = late.photos.near(one.print)
    assert late.agreement(one.thumbnail, one.thumbnail, first) == pytest.approx(1.0, abs=0.01)
    assert late.sounds([b""], []) == []


def test_the_larger_picture_is_upright_bare_and_of_its_size() -> None:
    content = draw_photo(6, "photo_far", TAKEN, 35.05, 113.94, size=(2000, 1500))
    made = work(content)
    with Image.open(io.BytesIO(content)) as stored, Image.open(io.BytesIO(made.screen)) as screen:
        assert max(screen.size) == 1280
        assert ImageOps.exif_transpose(stored).width < stored.width or screen.width > screen.height
        assert dict(screen.getexif()) == {}
    assert (made.width, made.height) == (2000, 1500)
    assert made.make is not None


def test_what_is_no_photo_has_no_likeness() -> None:
    with pytest.raises(MediaRefused, match="unreadable"):
        work(b"\xff\xd8\xff\xe0 no photo")
