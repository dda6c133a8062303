"""The media port, answered by the readers of this room. It owns nothing but the names."""

from pathlib import Path
from typing import BinaryIO

from server.services.ports.media import PhotoFacts, RecordingFacts
from storage.media.photos import make_thumbnail, read_photo
from storage.media.recordings import read_recording
from storage.media.sniff import sniff


class FileMediaReader:
    """Reads files on the local disk."""

    def sniff(self, head: bytes) -> str | None:
        return sniff(head)

    def photo(self, path: Path, declared_type: str | None = None) -> PhotoFacts:
        return read_photo(path, declared_type)

    def recording(self, path: Path, declared_type: str | None = None) -> RecordingFacts:
        return read_recording(path, declared_type)

    def thumbnail(self, source: BinaryIO, longest: int = 320) -> bytes:
        return make_thumbnail(source, longest)
