"""Handing out stored bytes: whole or a range, streamed, and never as something that a browser runs.

Owns ranges (RFC 9110, section 14) and the headers that keep a file a file. It refuses several ranges in one request:
the whole file is answered then, as the standard allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request

from server.domain.problems import RANGE_NOT_SATISFIABLE, problem

PIECE = 1 << 16
# What a browser only draws or plays; everything else, however harmless it looks, is saved.
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_SANDBOX = "sandbox; default-src 'none'"


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` up to, not including, `stop`; `asked` when a range was asked for and given."""

    start: int
    stop: int
    asked: bool


def asked_part(size: int, etag: str) -> Part:
    """The part of a file that the request asks for. A range of another version of it (If-Range) is the whole file."""
    whole = Part(0, size, asked=False)
    given = request.headers.get("Range")
    if given is None or request.headers.get("If-Range", f'"{etag}"') != f'"{etag}"':
        return whole
    found = _ONE_RANGE.fullmatch(given.strip())
    if found is None or found.groups() == ("", ""):
        return whole
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return whole
    # Werkzeug refuses a last part that is longer than the file and takes one of no bytes for all of them.
    start = int(first) if first else max(0, size - int(last))
    stop = size if not (first and last) else min(size, int(last) + 1)
    if start >= stop:
        raise problem(RANGE_NOT_SATISFIABLE, "Range", size=size)
    return Part(start, stop, asked=True)


def file_response(stream: BinaryIO, part: Part, size: int, media_type: str, name: str, etag: str) -> Response:
    """The bytes of a part, read from `stream` as they are sent."""
    response = Response(_pieces(stream), status=206 if part.asked else 200, content_type=media_type)
    response.call_on_close(stream.close)
    response.headers["Content-Length"] = str(part.stop - part.start)
    if part.asked:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Content-Disposition"] = _disposition(media_type, name)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _disposition(media_type: str, name: str) -> str:
    shown = media_type in _SHOWN or media_type.startswith("audio/")
    return f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece
