"""Bytes, keys and rows altered at random behind the house's back: all are found and named, and nothing else is.

FIELDVISIT_SCALE=full makes 1,000 alterations instead of 100.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.bootstrap import Installation, build
from server.clock import SystemClock
from server.domain.evidence import EvidenceItem
from server.jobs.evidence import sweep_objects
from server.jobs.integrity import glance_at_evidence, verify_evidence
from server.jobs.kept_rows import check_rows
from server.settings import read_settings
from storage.media.invented_photos import draw_photo
from storage.objects.frames import MAGIC, STORED_FRAME
from storage.objects.key_store import name_of
from storage.rows.tables.evidence import evidence_items
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, IT, QA

ALTERATIONS = 1000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 100
UNTOUCHED = 20
SEED = int(os.environ.get("FIELDVISIT_SEED", random.randrange(2**32)))


@dataclass
class Vandal:
    """Somebody with the disk and the database in his hands, but without the master key."""

    installation: Installation
    dice: random.Random

    def bytes_of(self, key: str) -> Path:
        return self._file(self.installation.settings.data_dir / "objects", key)

    def key_of(self, key: str) -> Path:
        (master,) = self.installation.keys.masters.all()
        return self._file(self.installation.settings.data_dir / "keys" / "objects", name_of(key, master))

    def row(self, item: EvidenceItem, **values: Any) -> None:
        rows = sa.update(evidence_items).where(evidence_items.c.id == item.id).values(**values)
        with self.installation.engine.begin() as connection:
            connection.execute(rows)

    def no_row(self, item: EvidenceItem) -> None:
        with self.installation.engine.begin() as connection:
            connection.execute(sa.delete(evidence_items).where(evidence_items.c.id == item.id))

    def flip(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[self.dice.randrange(len(content))] ^= 1 << self.dice.randrange(8)
        path.write_bytes(content)

    def cut(self, path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: self.dice.randrange(len(content))])

    def lengthen(self, path: Path) -> None:
        path.write_bytes(path.read_bytes() + self.dice.randbytes(self.dice.choice((1, 44, STORED_FRAME))))

    def replace(self, path: Path) -> None:
        path.write_bytes(self.dice.randbytes(path.stat().st_size))

    def swap(self, one: Path, other: Path) -> None:
        mine, others = one.read_bytes(), other.read_bytes()
        one.write_bytes(others)
        other.write_bytes(mine)

    def graft(self, one: Path, other: Path) -> None:
        """The other's first frame in the place of the own."""
        frame = slice(len(MAGIC), len(MAGIC) + STORED_FRAME)
        mine, others = bytearray(one.read_bytes()), other.read_bytes()
        mine[frame] = others[frame]
        one.write_bytes(mine)

    def _file(self, folder: Path, name: str) -> Path:
        (path,) = (folder / "objects").glob(f"*/{name.replace('/', '!')}")
        return path


def screen(item: EvidenceItem) -> str:
    assert item.screen_key is not None
    return item.screen_key


def thumbnail(item: EvidenceItem) -> str:
    assert item.thumbnail_key is not None
    return item.thumbnail_key


Alteration = Callable[[Vandal, EvidenceItem, EvidenceItem], None]
ONE: dict[str, Alteration] = {
    "a bit of the bytes": lambda v, item, _: v.flip(v.bytes_of(item.object_key)),
    "the bytes cut": lambda v, item, _: v.cut(v.bytes_of(item.object_key)),
    "the bytes lengthened": lambda v, item, _: v.lengthen(v.bytes_of(item.object_key)),
    "the bytes replaced": lambda v, item, _: v.replace(v.bytes_of(item.object_key)),
    "the bytes removed": lambda v, item, _: v.bytes_of(item.object_key).unlink(),
    "a frame of another": lambda v, item, other: v.graft(
        v.bytes_of(item.object_key), v.bytes_of(other.object_key)
    ),
    "a bit of the key": lambda v, item, _: v.flip(v.key_of(item.object_key)),
    "the key cut": lambda v, item, _: v.cut(v.key_of(item.object_key)),
    "the key removed": lambda v, item, _: v.key_of(item.object_key).unlink(),
    "a bit of the thumbnail": lambda v, item, _: v.flip(v.bytes_of(thumbnail(item))),
    "the thumbnail removed": lambda v, item, _: v.bytes_of(thumbnail(item)).unlink(),
    "the thumbnail's key removed": lambda v, item, _: v.key_of(thumbnail(item)).unlink(),
    "a bit of the screen": lambda v, item, _: v.flip(v.bytes_of(screen(item))),
    "the screen's key removed": lambda v, item, _: v.key_of(screen(item)).unlink(),
    "the row's screen another's": lambda v, item, other: v.row(item, screen_key=screen(other)),
    "the row's digest": lambda v, item, _: v.row(item, sha256=v.dice.randbytes(32).hex()),
    "the row's size": lambda v, item, _: v.row(item, size=item.size + v.dice.choice((-1, 1))),
    "the row's object": lambda v, item, _: v.row(item, object_key=f"evidence/v/e/{v.dice.getrandbits(64)}"),
    "the row's thumbnail": lambda v, item, _: v.row(item, thumbnail_key="evidence/v/e/none"),
    "the row's thumbnail another's": lambda v, item, other: v.row(item, thumbnail_key=thumbnail(other)),
    "the row removed": lambda v, item, _: v.no_row(item),
}
BOTH: dict[str, Alteration] = {
    "bytes swapped": lambda v, item, other: v.swap(v.bytes_of(item.object_key), v.bytes_of(other.object_key)),
    "keys swapped": lambda v, item, other: v.swap(v.key_of(item.object_key), v.key_of(other.object_key)),
}


def with_comments(jpeg: bytes) -> bytes:
    """The photo with comments, so that it fills more than a frame; one drawn so large would take long to look at."""
    tables = jpeg.index(b"\xff\xdb")
    comment = b"\xff\xfe\xff\xff" + b" " * 0xFFFD
    return jpeg[:tables] + comment * 3 + jpeg[tables:]


def keep_many(desk: Desk, count: int) -> list[EvidenceItem]:
    """Photos of one visit, of one frame and of several, each with its thumbnail."""
    visit = files.make_visited(desk)
    contents = [
        files.photo(1),
        files.photo(2),
        with_comments(draw_photo(3, "photo_door", files.STARTED, *files.PLACE, size=(1400, 1050))),
    ]
    assert len(contents[2]) > STORED_FRAME > len(contents[0])
    for number in range(count):
        desk.ok(files.send(desk, AGENT, visit, contents[number % 3]), 201)
    while desk.work():
        pass
    return files.kept(desk)


def look(installation: Installation) -> set[str]:
    """Everything that looks at evidence, once; the ids of what stands on record as different."""
    for job in (glance_at_evidence, verify_evidence, check_rows, sweep_objects):
        job(installation.house, {}, lambda *_: None)
    with installation.house.units.read() as uow:
        return {one.evidence_id or one.object_key for one in uow.evidence_differences.opened(10**6)}


@pytest.mark.slow
def test_every_alteration_is_found_and_nothing_else(desk: Desk, environment: dict[str, str]) -> None:
    print(f"seed {SEED}, {ALTERATIONS} alterations")
    dice = random.Random(SEED)
    items = keep_many(desk, ALTERATIONS + 2 * len(BOTH) + UNTOUCHED + ALTERATIONS // 8)
    desk.clock.move_to(SystemClock().now() + timedelta(days=2))
    assert look(desk.installation) == set()
    # Another process, which remembers no key.
    other = build(read_settings(environment), clock=desk.clock, wake=lambda: None)
    desk.clock.advance(timedelta(days=31))
    assert look(other) == set()

    vandal = Vandal(desk.installation, dice)
    touched, made = set[str](), Counter[str]()
    spare = items[:]
    dice.shuffle(spare)
    names = [*ONE, *BOTH]
    for number in range(ALTERATIONS):
        name = names[number] if number < len(names) else dice.choice(names)
        item = spare.pop()
        touched.add(item.id)
        if name in BOTH:
            partner = spare.pop()
            touched.add(partner.id)
            BOTH[name](vandal, item, partner)
        else:
            ONE[name](vandal, item, spare[0])
        made[name] += 1
    assert set(made) == set(names)
    assert len(spare) >= UNTOUCHED // 2

    desk.clock.advance(timedelta(days=31))
    third = build(read_settings(environment), clock=desk.clock, wake=lambda: None)
    found = look(third)
    assert {item.id for item in items} & found == touched, made
    assert found - touched == set()
    for member in (IT, QA):
        with third.house.units.read() as uow:
            told = uow.inbox_messages.having(account_id=member.id)
        # Once by each look that found something new, not once a file.
        assert {message.kind for message in told} == {"evidence_damaged"}
        assert len(told) <= 3 + len(items) // 200 + 1
    for each in (other, third):
        each.engine.dispose()
