"""The body of a request, straight from its line.

Owns the way past gunicorn's own reading, which copies each byte twice more and gives none before it has as many as
were asked for: of a slow line nobody could tell whether it lives. Refuses to read past the end of the body: what comes
behind it is the next request.
"""

from __future__ import annotations

from typing import Any

from flask import request
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import ParseException

from server.services.upload_bodies import Line


def body_reader() -> Line:
    """Reads some of the body, as it comes; nothing at its end, or where the line ends before it.

    The request's own stream has the limit of JSON; an upload has limits of its own.
    """
    given = request.environ["wsgi.input"]
    reader = getattr(given, "reader", None)
    if isinstance(reader, LengthReader):
        return _Measured(request.environ["gunicorn.socket"], reader)
    if isinstance(reader, ChunkedReader):
        return _Chunks(given, reader)
    line: Line = given  # not gunicorn's: a test's client
    return line


class _Measured:
    """A body whose length was told. Gunicorn is told of each byte that is taken, or it would wait for it."""

    def __init__(self, line: Any, reader: LengthReader) -> None:
        self._line = line
        self._reader = reader
        self._came = True  # some bytes may have come with the head

    def read(self, size: int) -> bytes:
        wanted = min(size, self._reader.length)
        chunk = self._beside_the_head(wanted) if self._came else b""
        if not chunk and wanted:
            chunk = self._line.recv(wanted)
        self._reader.length -= len(chunk)
        return chunk

    def readinto(self, buffer: memoryview) -> int:
        room = buffer[: self._reader.length]
        if self._came:
            came = self.read(len(room))
            room[: len(came)] = came
            return len(came)
        taken: int = self._line.recv_into(room) if room else 0
        self._reader.length -= taken
        return taken

    def _beside_the_head(self, wanted: int) -> bytes:
        unreader = self._reader.unreader
        came: bytes = unreader.take_buffered()
        if len(came) > wanted:
            unreader.unread(came[wanted:])
        else:
            self._came = False
        return came[:wanted]


class _Chunks:
    """A body in chunks, whose end alone tells how long it was."""

    def __init__(self, body: Any, reader: ChunkedReader) -> None:
        self._body = body
        self._reader = reader
        self._came = b""

    def read(self, size: int) -> bytes:
        while not self._came and self._reader.parser is not None:
            try:
                self._came = next(self._reader.parser)
            except StopIteration:
                self._reader.parser = None
            except (OSError, ParseException) as error:
                self._body.failed = True  # where the next request would begin is not known
                raise OSError(f"no chunk: {error}") from error
        chunk, self._came = self._came[:size], self._came[size:]
        return chunk

    def readinto(self, buffer: memoryview) -> int:
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
