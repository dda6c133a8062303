"""The port to what a photo or a recording says of itself.

It owns the facts that are read out of bytes and the codes of what is refused. It refuses to judge them:
whether a position is near the address, or a time within the visit, is for the domain. Nothing that a client
declares counts as a fact; a declared type only serves to find that it contradicts the bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

PEAKS_A_SECOND = 10


class MediaRefusal(StrEnum):
    """Stable codes; the texts people read are keyed by them."""

    EMPTY = "empty"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    MISLABELLED = "mislabelled"
    TWO_FORMATS = "two_formats"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    NO_AUDIO = "no_audio"
    VIDEO_PRESENT = "video_present"
    SEVERAL_STREAMS = "several_streams"
    CODEC_NOT_ACCEPTED = "codec_not_accepted"
    TOO_LONG = "too_long"


class MediaRefused(Exception):
    """The bytes are no evidence that we keep: `code` for programs and texts, `words` in English for the
    log."""

    def __init__(self, code: MediaRefusal, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """`width` and `height` in pixels as stored, before `orientation` (EXIF 1 to 8) is applied.

    `taken_at` is naive when the camera wrote no offset: which zone it meant is not ours to guess. Position in
    WGS-84 degrees, altitude and `accuracy_m` in metres. A fact that is absent, malformed or out of range is
    None; `notes` then name what was there and unusable: `exif_unreadable`, `time_unusable`,
    `position_unusable`.
    """

    media_type: str
    width: int
    height: int
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    altitude: float | None
    accuracy_m: float | None
    orientation: int
    make: str | None
    model: str | None
    software: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """`duration_ms` is the sound that is there, packet by packet; `span_ms` runs from the first to the last
    packet by their timestamps, so that a longer span shows gaps. What headers claim of a duration is not
    looked at."""

    media_type: str
    codec: str
    duration_ms: int
    span_ms: int
    channels: int
    sample_rate: int


@dataclass(frozen=True, slots=True)
class PhotoWork:
    """What one pass over the bytes of a photo gives: its digest, its EXIF, two upright JPEGs without metadata, of at
    most 1280 and 320 pixels, and `print`, by which likenesses are found."""

    sha256: str
    screen: bytes
    thumbnail: bytes
    print: bytes
    width: int
    height: int
    make: str | None
    model: str | None
    software: str | None


@dataclass(frozen=True, slots=True)
class SoundWork:
    """What one decoding of a recording gives: its prints, the first of which is kept, and how it sounds.

    `silent_share` is of its frames, `clipped_share` of its samples; both from 0 to 1.
    """

    prints: tuple[bytes, ...]
    seconds: float
    silent_share: float
    clipped_share: float


class MediaSource(Protocol):
    """A whole file that can be opened, again and at once, and read at places: a path of the local disk is one."""

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """From its beginning; it can be told to seek."""
        ...


class MediaReader(Protocol):
    """Reads whole files; an upload is looked at before it becomes evidence."""

    def sniff(self, head: bytes) -> str | None:
        """The media type by the first bytes (give 4096 or the whole file), None for what is not accepted."""
        ...

    def photo(self, source: MediaSource, declared_type: str | None = None) -> PhotoFacts:
        """Decodes the whole picture, so that a cut one is found. Raises MediaRefused."""
        ...

    def recording(self, source: MediaSource, declared_type: str | None = None) -> RecordingFacts:
        """Walks every packet in bounded memory. Raises MediaRefused."""
        ...

    def document(self, source: MediaSource, declared_type: str | None = None) -> str:
        """The media type of a written attachment (PDF): whole and nothing besides. Raises MediaRefused."""
        ...

    def playable(self, source: Path, media_type: str, target: Path) -> str:
        """Write to `target` a copy of a recording that browsers play and seek in; the copy's media type. Raises
        MediaRefused."""
        ...

    def peaks(self, source: Path, media_type: str) -> bytes:
        """The least and the greatest sample of each tenth of a second, as signed bytes. Raises MediaRefused."""
        ...

    def photo_work(self, source: BinaryIO) -> PhotoWork:
        """Everything that is derived of a photo, in one pass over its bytes. Raises MediaRefused."""
        ...

    def recording_work(self, path: Path, media_type: str) -> SoundWork:
        """The prints and the levels of a recording, in one decoding. Raises MediaRefused."""
        ...
