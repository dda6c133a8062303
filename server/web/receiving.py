"""Receiving a body as a file: piece by piece onto the local disk, measured and limited on the way.

It refuses to hold more than a piece in memory, and to trust an announced length: a body that ends early is told apart
from one that is whole. The file is gone when the caller is done with it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flask import request
from werkzeug.exceptions import ClientDisconnected

from server.domain.problems import BODY_CUT, BODY_TOO_LARGE, problem
from server.services.received import ReceivedFile

PIECE = 1 << 16
SUFFIX = ".part"


@contextmanager
def received_body(folder: Path, limit: int) -> Iterator[ReceivedFile]:
    """The body of the request as a file in `folder`, of at most `limit` bytes."""
    announced = request.content_length
    if announced is not None and announced > limit:
        raise problem(BODY_TOO_LARGE, limit=limit)
    # The application's own limit is for JSON. One byte more than ours: that the limit is passed is seen, not guessed.
    request.max_content_length = limit + 1
    path = folder / f"{uuid.uuid4().hex}{SUFFIX}"
    try:
        with path.open("xb") as file:
            size, sha256 = _write_pieces(file, limit, announced)
        if announced is not None and size != announced:
            raise problem(BODY_CUT, expected=announced, received=size)
        yield ReceivedFile(path, size, sha256)
    finally:
        path.unlink(missing_ok=True)


def _write_pieces(file: BinaryIO, limit: int, announced: int | None) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    try:
        while piece := request.stream.read(PIECE):
            size += len(piece)
            if size > limit:
                raise problem(BODY_TOO_LARGE, limit=limit)
            digest.update(piece)
            file.write(piece)
    except ClientDisconnected as gone:
        raise problem(BODY_CUT, expected=announced, received=size) from gone
    return size, digest.hexdigest()
