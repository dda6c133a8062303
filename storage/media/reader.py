"""The media port, answered by the readers of this room. It owns nothing but the names.

Pillow and PyAV take a quarter of a second to import, so they come in when the first file is looked at: a server that
starts, and a command that never sees a file, do not wait for them.
"""

from pathlib import Path
from typing import BinaryIO

from server.services.ports.media import PhotoFacts, RecordingFacts
from storage.media.documents import read_document
from storage.media.sniff import sniff


class FileMediaReader:
    """Reads files on the local disk."""

    def sniff(self, head: bytes) -> str | None:
        return sniff(head)

    def photo(self, path: Path, declared_type: str | None = None) -> PhotoFacts:
        from storage.media.photos import read_photo

        return read_photo(path, declared_type)

    def recording(self, path: Path, declared_type: str | None = None) -> RecordingFacts:
        from storage.media.recordings import read_recording

        return read_recording(path, declared_type)

    def document(self, path: Path, declared_type: str | None = None) -> str:
        return read_document(path, declared_type)

    def playable(self, source: Path, media_type: str, target: Path) -> str:
        from storage.media.playable import make_playable

        return make_playable(source, media_type, target)

    def peaks(self, source: Path, media_type: str) -> bytes:
        from storage.media.playable import make_peaks

        return make_peaks(source, media_type)

    def thumbnail(self, source: BinaryIO, longest: int = 320) -> bytes:
        from storage.media.photos import make_thumbnail

        return make_thumbnail(source, longest)
