"""Ids: UUID version 7 (RFC 9562), made by whoever creates the thing, the phone included.

Text order is order of making; of those that one process makes, within a millisecond too.
"""

from __future__ import annotations

import os
import re
import threading
from datetime import datetime

UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LAST_62 = (1 << 62) - 1
# A bit short of the 74, so that no millisecond runs out of them.
_SEED = (1 << 73) - 1
_turn = threading.Lock()
_last = (0, 0)


def new_id(now: datetime) -> str:
    """A new id: 48 bits of milliseconds since 1970, then 74 that are random, or grow by chance within a millisecond
    (RFC 9562, 6.2, method 2)."""
    return new_ids(now, 1)[0]


def new_ids(now: datetime, count: int) -> list[str]:
    """So many of them, in their order: a run of the credit takes one for itself, each line and each share."""
    moment = int(now.timestamp() * 1000)
    made_at = f"{moment:012x}"
    head = f"{made_at[:8]}-{made_at[8:]}-7"
    return [_written(head, rest) for rest in _rests(moment, count)]


def _written(head: str, rest: int) -> str:
    """The version is 7, and the variant the two bits 10 before the last 62."""
    tail = f"{rest >> 62 << 64 | 1 << 63 | rest & _LAST_62:019x}"
    return f"{head}{tail[:3]}-{tail[3:7]}-{tail[7:]}"


def _rests(moment: int, count: int) -> list[int]:
    global _last
    rests = []
    with _turn:
        earlier, rest = _last
        if earlier != moment:
            rest = int.from_bytes(os.urandom(10)) & _SEED
        chance = os.urandom(4 * count)
        for at in range(0, 4 * count, 4):
            if at or earlier == moment:
                rest += 1 + int.from_bytes(chance[at : at + 4])
            rests.append(rest)
        _last = moment, rest
    return rests
