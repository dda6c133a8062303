"""A file that was received: whole, on the local disk, measured while it came in. What it is, others look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """`size` in bytes, `sha256` in lower-case hex; the file lives until its receiver has answered."""

    path: Path
    size: int
    sha256: str
