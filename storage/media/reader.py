"""The media port, answered by the readers of this room. It owns nothing but the names.

Pillow and PyAV take a quarter of a second to import, so they come in when the first file is looked at: a server that
starts, and a command that never sees a file, do not wait for them.
"""

from pathlib import Path
from typing import BinaryIO

from server.services.ports.media import MediaSource, PhotoFacts, PhotoWork, RecordingFacts, SoundWork
from storage.media.documents import read_document
from storage.media.sniff import sniff


class FileMediaReader:
    """Reads files wherever they lie."""

    def sniff(self, head: bytes) -> str | None:
        return sniff(head)

    def photo(self, source: MediaSource, declared_type: str | None = None) -> PhotoFacts:
        from storage.media.photos import read_photo

        return read_photo(source, declared_type)

    def recording(self, source: MediaSource, declared_type: str | None = None) -> RecordingFacts:
        from storage.media.recordings import read_recording

        return read_recording(source, declared_type)

    def document(self, source: MediaSource, declared_type: str | None = None) -> str:
        return read_document(source, declared_type)

    def playable(self, source: Path, media_type: str, target: Path) -> str:
        from storage.media.playable import make_playable

        return make_playable(source, media_type, target)

    def peaks(self, source: Path, media_type: str) -> bytes:
        from storage.media.playable import make_peaks

        return make_peaks(source, media_type)

    def photo_work(self, source: BinaryIO) -> PhotoWork:
        from storage.media.photo_work import work_photo

        return work_photo(source)

    def recording_work(self, path: Path, media_type: str) -> SoundWork:
        from storage.media.sound_prints import work_recording

        return work_recording(path, media_type)
