"""How many forgeries are flagged and how many honest visits are: `dev` seeds chose the limits, `test` seeds tell.

    python -m tests.bench.bench_forgeries [dev|test] [scale]

Photos are searched among all originals and so many strangers; recordings among all recordings. Besides invented photos,
those of the folder FIELDVISIT_PICTURES are forged likewise. A table, then one JSON object as the last line.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from server.domain.evidence import Capture, EvidenceKind, settled
from server.domain.evidence_flags import Raised
from server.domain.flag_rules import (
    TimedPlace,
    capture_flags,
    frozen_flags,
    level_flags,
    photo_flag,
    sound_flag,
    speed_flags,
)
from server.services.ports.likeness import KnownPrint, PhotoCandidate
from server.services.ports.media import PhotoWork
from storage.media.invented_photos import PHOTO_KINDS
from storage.media.invented_recordings import mux_recording
from storage.media.likeness import Likenesses
from storage.media.photo_work import work_photo
from storage.media.sound_prints import work_recording
from tests.bench.forged_media import (
    CODECS,
    LATER,
    SOUND_RATE,
    TAKEN,
    WAYS,
    encoded,
    forged,
    heard,
    invented,
    opened,
    saved,
    worsened,
)
from tests.support import visit_values

SEEDS = {"dev": 1_000_000, "test": 7_000_000}
METRE = 1 / 111_195.08
Rates = dict[str, float]


class History:
    """Kept photos in an index; `flagged` asks as the job does."""

    def __init__(self) -> None:
        self.port = Likenesses()
        self.works: dict[str, PhotoWork] = {}

    def keep(self, id_: str, content: bytes) -> None:
        self.works[id_] = work = work_photo(io.BytesIO(content))
        self.port.photos.add([KnownPrint(id_, work.print)])

    def flagged(self, content: bytes, without: Iterable[str] = ()) -> set[str]:
        work = work_photo(io.BytesIO(content))
        tries: dict[str, list[PhotoCandidate]] = {}
        for each in self.port.photos.near(work.print, list(without)):
            tries.setdefault(each.id, []).append(each)
        return {id_ for id_, frames in tries.items() if self._agrees(work, id_, frames[:3])}

    def _agrees(self, work: PhotoWork, id_: str, frames: list[PhotoCandidate]) -> bool:
        known = self.works[id_].thumbnail
        return any(
            photo_flag("i", id_, "w", self.port.agreement(work.thumbnail, known, frame)) for frame in frames
        )


def photos(base: int, count: int) -> Rates:
    dice, history = Random(base), History()
    originals = {f"own {base + at}": invented(base + at) for at in range(count)}
    for id_, content in originals.items():
        history.keep(id_, content)
    rates = {f"photo: {way}": _found(history, originals, way, dice) for way in WAYS}
    rates["photo: same bytes"] = _rate(id_ in history.flagged(content) for id_, content in originals.items())
    revisits = [invented(base + at, again) for at in range(count) for again in (1, 2)]
    strangers = [invented(base + 10_000_000 + at) for at in range(count)]
    rates["honest photo: revisit"] = _rate(bool(history.flagged(each)) for each in revisits)
    rates["honest photo: stranger"] = _rate(bool(history.flagged(each)) for each in strangers)
    rates["honest visit of five photos"] = _rate(_visits(history, base, count))
    return rates


def _visits(history: History, base: int, count: int) -> Iterator[bool]:
    """Visits of five photos each, one in four to a place that was photographed before: whether any is flagged."""
    for first in range(0, count, len(PHOTO_KINDS)):
        for again, apart in ((3, 0), (0, 20_000_000), (0, 30_000_000), (0, 40_000_000)):
            seeds = (base + apart + first + at for at in range(len(PHOTO_KINDS)))
            yield any(history.flagged(invented(seed, again)) for seed in seeds)


def pictures(folder: Path, base: int) -> Rates:
    """Real pictures of a folder, where one is given."""
    dice, history, originals = Random(base), History(), {}
    for path in sorted(each for each in folder.iterdir() if each.suffix in (".png", ".jpg", ".jpeg")):
        image = opened(path.read_bytes())
        if min(image.size) >= 200 and len(image.resize((32, 32)).getcolors(1024) or []) > 200:
            originals[path.name] = saved(image, 90)
    for id_, content in originals.items():
        history.keep(id_, content)
    rates = {f"real picture: {way}": _found(history, originals, way, dice) for way in WAYS}
    alone = [bool(history.flagged(content, [id_])) for id_, content in originals.items()]
    return rates | {"honest real picture": _rate(alone), "real pictures": float(len(originals))}


def _found(history: History, originals: dict[str, bytes], way: str, dice: Random) -> float:
    return _rate(id_ in history.flagged(forged(each, way, dice)) for id_, each in originals.items())


def sounds(base: int, count: int, folder: Path) -> Rates:
    """Pieces of 10 seconds and more of old recordings, in every codec; others share the bank's phrases."""
    dice, port, path = Random(base), Likenesses(), folder / "sound"
    known, raw = [], []
    for at in range(count):
        path.write_bytes(mux_recording(base + at, 90, "webm", TAKEN))
        known.append(KnownPrint(str(at), work_recording(path, "audio/webm").prints[0]))
        raw.append(heard(path))
    outcomes: dict[str, list[bool]] = {"sound: 10 s": [], "sound: 10 to 60 s, fainter, noise": []}
    honest = []
    for at, sound in enumerate(raw):
        for name, length in (
            ("sound: 10 s", 10.0),
            ("sound: 10 to 60 s, fainter, noise", dice.uniform(10, 60)),
        ):
            begin = int(dice.uniform(0, 89 - length) * SOUND_RATE)
            piece = sound[begin : begin + int(length * SOUND_RATE)]
            piece = piece if length == 10.0 else worsened(piece, dice)
            media_type = dice.choice(sorted(CODECS))
            work = work_recording(encoded(path, piece, media_type), media_type)
            found = _sound_flags(port, work.prints, known)
            outcomes[name].append(str(at) in found)
        path.write_bytes(
            mux_recording(base + 10_000_000 + at, 60, dice.choice(("webm", "m4a", "amr")), LATER)
        )
        fresh = work_recording(path, _type_of(path))
        levels = level_flags("i", fresh.silent_share, fresh.clipped_share)
        honest.append(bool(_sound_flags(port, fresh.prints, known) or levels))
    return {name: _rate(each) for name, each in outcomes.items()} | {"honest recording": _rate(honest)}


def _type_of(path: Path) -> str:
    head = path.read_bytes()[:16]
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    return "audio/webm" if head.startswith(b"\x1a\x45") else "audio/mp4"


def _sound_flags(port: Likenesses, prints: tuple[bytes, ...], known: list[KnownPrint]) -> set[str]:
    likes = port.sounds(prints, known)
    return {
        like.id
        for like in likes
        if sound_flag("i", like.id, "w", (like.seconds, like.share, like.at, like.known_at))
    }


def teleports(base: int, count: int) -> Rates:
    """A day of an agent: five visits an hour apart at the speed of a town; forged: the last one is impossibly far."""
    dice = Random(base)
    found, honest = [], []
    for _ in range(count * 10):
        day = _day(dice)
        honest.append(bool(_course_flags(day)))
        last = day[-1]
        minutes, km = dice.uniform(1, 15), dice.uniform(10, 800)
        while km / (minutes / 60) < (200 if km < 100 else 450 if km < 300 else 1000):
            minutes, km = dice.uniform(1, 15), dice.uniform(10, 800)
        away = dataclasses.replace(
            last, id="away", visit_id="far", at=last.at + timedelta(minutes=minutes),
            latitude=last.latitude + km * 1000 * METRE,
        )  # fmt: skip
        found.append(bool(speed_flags("far", [*day, away])))
    frozen = [bool(frozen_flags("v0", _frozen(dice))) for _ in range(count * 10)]
    return {
        "place: teleport": _rate(found),
        "place: frozen": _rate(frozen),
        "honest day of places": _rate(honest),
    }


def _day(dice: Random) -> list[TimedPlace]:
    places, at, north = [], TAKEN, 34.7
    for visit in range(5):
        for _ in range(6):  # check-in, photos, check-out; the receiver trembles and jumps now and then
            error = abs(dice.gauss(0, 8)) + (dice.uniform(100, 600) if dice.random() < 0.03 else 0)
            accuracy = dice.uniform(5, 40)
            north_too = north + error * METRE
            id_ = f"{visit}/{len(places)}"
            places.append(TimedPlace(id_, None, "chen", f"v{visit}", at, north_too, 113.6, accuracy))
            at += timedelta(minutes=dice.uniform(0.2, 8))
        km = dice.uniform(1, 60)
        at += timedelta(hours=km / dice.uniform(25, 100))
        north += km * 1000 * METRE
    return places


def _course_flags(day: list[TimedPlace]) -> list[Raised]:
    visits = {place.visit_id for place in day}
    return [flag for visit in visits for flag in (*speed_flags(visit, day), *frozen_flags(visit, day))]


def _frozen(dice: Random) -> list[TimedPlace]:
    day = [place for place in _day(dice) if place.visit_id == "v0"]
    times = sorted(dice.uniform(0, 40) for _ in day)
    times[0], times[-1] = 0, dice.uniform(12, 40)
    return [
        dataclasses.replace(place, at=TAKEN + timedelta(minutes=minutes), latitude=34.7)
        for place, minutes in zip(day, times, strict=True)
    ]


def clocks(base: int, count: int) -> Rates:
    """Files of another hour, clocks that go ahead, EXIF that says another time; against honest drifts of minutes."""
    dice, of = Random(base), visit_values.placement(visit_values.debtor())
    to = visit_values.address(of)
    ended = TAKEN + timedelta(minutes=40)
    visit = dataclasses.replace(visit_values.visit(of, to), started_at=TAKEN, ended_at=ended)
    photo = visit_values.evidence(visit, EvidenceKind.PHOTO_DOOR)

    def flagged(shown: timedelta, said: timedelta, received: timedelta) -> bool:
        now = TAKEN + received
        capture, notes = settled(Capture(TAKEN + shown), Capture(TAKEN + said), now)
        return bool(capture_flags(visit, dataclasses.replace(photo, captured_at=capture.at, notes=notes)))

    def minutes(low: float, high: float) -> timedelta:
        return timedelta(minutes=dice.uniform(low, high))

    old, ahead, other, honest = [], [], [], []
    for _ in range(count * 20):
        said = minutes(0, 40)
        old.append(flagged(-minutes(120, 100_000), -minutes(120, 100_000), ended - TAKEN))
        late = minutes(60, 3000)
        ahead.append(flagged(late, late, late - minutes(11, 50)))
        other.append(flagged(said + minutes(11, 600) * dice.choice((-1, 1)), said, minutes(41, 600)))
        honest.append(flagged(said + minutes(-4, 4), said, minutes(41, 3000)))
    return {
        "clock: file of another day": _rate(old),
        "clock: ahead of the server": _rate(ahead),
        "clock: EXIF says another time": _rate(other),
        "honest clock": _rate(honest),
    }


def _rate(outcomes: Iterable[bool]) -> float:
    all_ = list(outcomes)
    return round(sum(all_) / len(all_), 4) if all_ else 0.0


def main(seeds: str = "test", scale: str = "1") -> int:
    base, count = SEEDS[seeds], int(40 * float(scale))
    with tempfile.TemporaryDirectory() as name:
        parts: list[Callable[[], Rates]] = [
            lambda: photos(base, count),
            lambda: sounds(base, count // 2, Path(name)),
            lambda: teleports(base, count),
            lambda: clocks(base, count),
        ]
        if folder := os.environ.get("FIELDVISIT_PICTURES"):
            parts.append(lambda: pictures(Path(folder), base))
        rates: Rates = {}
        for part in parts:
            rates |= part()
    for key, value in rates.items():
        print(f"{key:40} {value:8.4f}")
    print(json.dumps({"seeds": seeds, "photos": count} | rates))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
