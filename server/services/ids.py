"""Ids: UUID version 7 (RFC 9562), made by whoever creates the thing, the phone included.

Text order is order of making.
"""

from __future__ import annotations

import os
import re
from datetime import datetime

UUID_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(now: datetime) -> str:
    """A new id: 48 bits of milliseconds since 1970, then 74 random bits."""
    made_at, dice = f"{int(now.timestamp() * 1000):012x}", os.urandom(10).hex()
    # The version is 7, and the variant takes two bits of its four: text is cut and joined, for an import makes 50,000.
    variant = "89ab"[int(dice[3], 16) & 3]
    return f"{made_at[:8]}-{made_at[8:]}-7{dice[:3]}-{variant}{dice[4:7]}-{dice[7:19]}"
