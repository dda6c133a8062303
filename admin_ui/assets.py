"""Where the browser finds the desk's own files: under a name that changes with their content, so that it may keep them.

Owns the address of every script and style. Refuses none that is missing: the page names it, and the browser says so.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@functools.cache
def asset(name: str) -> str:
    """The address of a file of `static`, with a digest of what is in it."""
    path = STATIC / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
    return f"/desk/static/{name}?v={digest}"
