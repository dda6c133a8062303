"""Access tokens that were verified a moment ago: a phone shows the same one with every piece that it sends.

Owns how long a verdict holds: as long as its token, and no longer. Refuses to keep a token, which would let in whoever
reads it here, and to know whether its session still stands: the rows say that anew each time.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

_MOST = 1024


class Bearer(NamedTuple):
    """Whose token it is, of which session, and until when (seconds of the machine's clock)."""

    account_id: str
    session_id: str
    expires_at: float


class KnownTokens:
    """By the digest of the header; the one used longest ago gives way."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Bearer] = OrderedDict()
        self._lock = Lock()

    def find(self, header: str) -> Bearer | None:
        digest = _digest(header)
        with self._lock:
            found = self._known.get(digest)
            if found is None:
                return None
            if found.expires_at <= time.time():  # noqa: TID251 - what PyJWT asks
                del self._known[digest]
                return None
            self._known.move_to_end(digest)
            return found

    def keep(self, header: str, claims: Mapping[str, Any]) -> None:
        """Remember what the claims of a verified token say; one that says no end is verified anew each time."""
        bearer = Bearer(str(claims["sub"]), str(claims["sid"]), float(claims.get("exp", 0)))
        with self._lock:
            self._known[_digest(header)] = bearer
            while len(self._known) > _MOST:
                self._known.popitem(last=False)


def _digest(header: str) -> bytes:
    return hashlib.sha256(header.encode("utf-8", "surrogateescape")).digest()
