"""A walk over the blocks of a WebM file with one track of Opus, as browsers record it.

Owns the plain form: one segment, its track named before its clusters, a clock of milliseconds, nothing laced, nothing
encoded. Refuses to guess: of any other form it knows nothing (None), and the demuxer walks that.
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.media.packets import LARGEST_PACKET, OPUS_RATE, Sounded, opus
from storage.media.places import Places, unreadable

_PIECE = 1 << 20
_HEADER = 32  # more than what stands before the sound of a block
_LARGEST_HEAD = 1 << 20
_MS = OPUS_RATE // 1000

_EBML, _SEGMENT, _CLUSTER, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B
_TRACK, _NUMBER, _TYPE, _CODEC, _ENCODINGS, _SCALE = 0xAE, 0xD7, 0x83, 0x86, 0x6D80, 0x2AD7B1
_STAMP, _SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
_SOUND, _ONE_MS_NS, _LACED = 2, 1_000_000, 0x06

# By the first byte of a packet: its samples, and of a code 3, whose second byte counts its frames, those of a frame.
_SOUNDS = [0 if first & 3 == 3 else opus(memoryview(bytes([first]))).samples for first in range(256)]
_OF_A_FRAME = [opus(memoryview(bytes([first & ~3]))).samples for first in range(256)]
_LONGEST = 5760

Element = tuple[int, int | None, int]


def walk_webm(places: Places) -> Sounded | None:
    """What its packets sound; None where it is not of the plain form. Raises MediaRefused for one without sense."""
    try:
        head = _clusters(places)
        return None if head is None else _blocks(places, *head)
    except IndexError:
        return None  # cut, or not what it seemed: the demuxer tells which


def _blocks(places: Places, base: int, track: int) -> Sounded | None:
    """From the first cluster at `base` on, flat: clusters and groups are entered, all else is stepped over."""
    data, at, stamp = b"", 0, 0
    samples, first, last = 0, -1, 0
    while True:
        if at + _HEADER > len(data):
            base, at = base + at, 0
            data = places.upto(base, _PIECE)
            if not data:
                break
        size = data[at + 1]
        if data[at] == _SIMPLE_BLOCK and size & 0xC0:  # what nearly all are, without a call
            content = at + 2 if size & 0x80 else at + 3
            size = size & 0x7F if size & 0x80 else (size & 0x3F) << 8 | data[at + 2]
        else:
            identity, known, content = _element(data, at)
            if identity in (_CLUSTER, _BLOCK_GROUP):
                at = content
                continue
            if known is None or identity in (_SEGMENT, _TRACKS, _EBML):
                return None
            if identity not in (_SIMPLE_BLOCK, _BLOCK):
                stamp = int.from_bytes(data[content : content + known]) if identity == _STAMP else stamp
                at = content + known
                continue
            size = known
        if data[content] != track or data[content + 3] & _LACED or size < 5:
            return None
        if size > LARGEST_PACKET:
            raise unreadable("a packet is larger than any of sound")
        sound = _SOUNDS[data[content + 4]]
        if not sound:
            sound = _OF_A_FRAME[data[content + 4]] * (data[content + 5] & 0x3F) if size > 5 else 0
            if not 0 < sound <= _LONGEST:
                raise unreadable("an Opus packet sounds longer than 120 ms, or not at all")
        since = data[content + 1] << 8 | data[content + 2]
        begins = (stamp + since - (since >> 15 << 16)) * _MS
        first = begins if first < 0 else first
        if begins + sound > last:
            last = begins + sound
        samples += sound
        at = content + size
    return None if base != places.size else Sounded(samples, OPUS_RATE, last - first)


def _clusters(places: Places) -> tuple[int, int] | None:
    """Where the first cluster begins, and the one byte that names the track in its blocks."""
    place, track, scale = 0, None, _ONE_MS_NS
    for _ in range(100):
        head = places.upto(place, _HEADER)
        identity, size, content = _element(head, 0)
        content += place
        if identity == _CLUSTER:
            return (place, track) if track is not None and scale == _ONE_MS_NS else None
        if identity == _SEGMENT:
            place = content
            continue
        if size is None or size > _LARGEST_HEAD:
            return None
        if identity == _TRACKS:
            track = _only_opus(places.at(content, size))
        elif identity == _INFO:
            told = dict(_children(places.at(content, size)))
            scale = int.from_bytes(told[_SCALE]) if _SCALE in told else _ONE_MS_NS
        place = content + size
    return None


def _only_opus(tracks: bytes) -> int | None:
    """The track as its blocks name it, if it is the only one, of Opus, and not encoded once more."""
    entries = [content for identity, content in _children(tracks) if identity == _TRACK]
    if len(entries) != 1:
        return None
    of = dict(_children(entries[0]))
    number = int.from_bytes(of.get(_NUMBER, b""))
    plain = of.get(_CODEC) == b"A_OPUS" and int.from_bytes(of.get(_TYPE, b"")) == _SOUND
    return 0x80 | number if plain and _ENCODINGS not in of and 0 < number < 0x7F else None


def _children(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content):
        identity, size, begins = _element(content, at)
        if size is None:
            raise IndexError
        yield identity, content[begins : begins + size]
        at = begins + size


def _element(data: bytes, at: int) -> Element:
    """Its identity, its size (None: open) and where its content begins. IndexError where there is none."""
    length = 9 - data[at].bit_length()
    width = 9 - data[at + length].bit_length()
    if length > 4 or width > 8:
        raise IndexError
    begins = at + length + width
    ones = (1 << 7 * width) - 1
    size = int.from_bytes(data[at + length : begins]) & ones
    return int.from_bytes(data[at : at + length]), None if size == ones else size, begins
