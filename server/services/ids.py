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
    moment = int(now.timestamp() * 1000)
    made_at, rest = f"{moment:012x}", _rest(moment)
    # The version is 7, and the variant the two bits 10 before the last 62.
    tail = f"{rest >> 62:03x}{1 << 63 | rest & _LAST_62:016x}"
    return f"{made_at[:8]}-{made_at[8:]}-7{tail[:3]}-{tail[3:7]}-{tail[7:]}"


def _rest(moment: int) -> int:
    global _last
    with _turn:
        earlier, rest = _last
        if earlier == moment:
            rest += 1 + int.from_bytes(os.urandom(4))
        else:
            rest = int.from_bytes(os.urandom(10)) & _SEED
        _last = moment, rest
    return rest
