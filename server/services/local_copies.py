"""Files on the local disk for as long as somebody looks at them.

Owns their names: who is killed leaves a `.part`, which the daily sweep removes. It refuses other users of the machine:
the bytes lie there unsealed (S6).
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.services.house import House

_PIECE = 1 << 20


@contextmanager
def local_copy(house: House, prefix: str = "") -> Iterator[Path]:
    """An empty file; gone afterwards."""
    path = house.receiving / f"{prefix}{uuid.uuid4().hex}.part"
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def fetched(house: House, key: str) -> Iterator[Path]:
    """The bytes of an object, for a job. What the store raises passes through."""
    with local_copy(house, "work-") as path:
        with house.objects.open(key) as stored, path.open("wb") as file:
            shutil.copyfileobj(stored, file, _PIECE)
        yield path
