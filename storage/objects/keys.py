"""The one form of key that means the same in a folder, a bucket and a dictionary.

It refuses upper case (folders that ignore case would mix two objects up), dot segments, empty segments,
backslashes, control characters and anything that is long enough to hit a file system's limit of 255 bytes a
name.
"""

import re

from server.services.ports.objects import ObjectKeyRefused

LONGEST_KEY = 200
_SEGMENT = r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


def checked_key(key: str) -> str:
    """The key itself. Raises ObjectKeyRefused; the key is not repeated in it, for it may be an attack on a
    log."""
    if len(key) > LONGEST_KEY:
        raise ObjectKeyRefused(f"a key has at most {LONGEST_KEY} characters, this one has {len(key)}")
    if not _KEY.fullmatch(key):
        raise ObjectKeyRefused("a key is lower-case segments of a-z 0-9 . _ - joined by /")
    return key


def checked_range(start: int, length: int | None) -> None:
    """Raises ValueError for a range that no object can have."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError("a range starts at 0 or later and is not shorter than nothing")
