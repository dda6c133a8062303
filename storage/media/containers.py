"""Whether the file of a recording is whole, by the structure of its container.

It owns this because the demuxer does not say: it plays a cut file to where it was cut and reports a normal
end. It refuses to read what the structure holds. A live recording has no sizes at the top (browsers write
WebM so), and one that ends between two blocks is whole: a recorder that was stopped by an empty battery
leaves just that.
"""

from collections.abc import Callable

from storage.media.boxes import check_boxes
from storage.media.places import Places, truncated, unreadable

# Far above the blocks of a day, far below what would keep a worker busy for minutes.
MOST_PARTS = 5_000_000
MOST_CHUNKS = 1000
LARGEST_TAG = 4096  # FFmpeg unpacks what is compressed in it, up to a thousandfold

_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675
_STREAMED = {0, 0xFFFFFFFF}
_LONGEST_HEAD = 12  # four bytes of identity, eight of size


def check_whole(media_type: str, places: Places) -> None:
    """Raises MediaRefused: truncated, or unreadable where the structure makes no sense."""
    check = _CHECKS.get(media_type)
    if check is not None:
        check(places)


def _check_webm(places: Places) -> None:
    """Elements one after the other, into the segment and into clusters without a size."""
    place, end, live = 0, places.size, False
    for _ in range(MOST_PARTS):
        if place >= end or (live and _only_begun(places, place)):
            return
        identity, place = _element_id(places, place)
        size, place = _element_size(places, place)
        if size is not None and place + size > places.size:
            raise truncated()
        if identity == _SEGMENT:
            end = places.size if size is None else place + size
        elif size is not None:
            place += size
        elif identity == _CLUSTER:
            live = True
        else:
            raise unreadable("an element has no size")
    raise unreadable("too many elements")


def _only_begun(places: Places, place: int) -> bool:
    """Whether the file ends within the head of an element, of which nothing is told yet.

    Chromium gives a piece of a recording out with the first byte of the block that comes next, so the pieces that a
    phone kept before its battery was empty end so: no sound is missing.
    """
    rest = places.upto(place, _LONGEST_HEAD)
    if len(rest) == _LONGEST_HEAD:
        return False
    identity = 9 - rest[0].bit_length()
    if identity > 4 or len(rest) <= identity:
        return identity <= 4
    return len(rest) < identity + 9 - rest[identity].bit_length()


def _element_id(places: Places, place: int) -> tuple[int, int]:
    first = places.at(place, 1)[0]
    length = 9 - first.bit_length()
    if length > 4:
        raise unreadable("no element where one should begin")
    return int.from_bytes(places.at(place, length)), place + length


def _element_size(places: Places, place: int) -> tuple[int | None, int]:
    """The size, None when the writer left it open, and where the content begins."""
    first = places.at(place, 1)[0]
    length = 9 - first.bit_length()
    if length > 8:
        raise unreadable("an element has a malformed size")
    ones = (1 << 7 * length) - 1
    value = int.from_bytes(places.at(place, length)) & ones
    return (None if value == ones else value), place + length


def _check_ogg(places: Places) -> None:
    place = 0
    for _ in range(MOST_PARTS):
        if place == places.size:
            return
        header = places.at(place, 27)
        if header[:4] != b"OggS":
            raise unreadable("no page where one should begin")
        place += 27 + header[26] + sum(places.at(place + 27, header[26]))
        if place > places.size:
            raise truncated()
    raise unreadable("too many pages")


def _check_wav(places: Places) -> None:
    """Chunks to the end. Recorders stop writing in the middle of one that comes behind the sound."""
    place, sound_found = 12, False
    for _ in range(MOST_CHUNKS):
        header = places.upto(place, 8)
        if len(header) < 8:
            break
        size = int.from_bytes(header[4:], "little")
        if header[:4] == b"data":
            sound_found = True
            if size in _STREAMED:
                return
            if place + 8 + size > places.size:
                raise truncated()
        elif header[:3].lower() == b"id3" and size > LARGEST_TAG:
            raise unreadable("a tag larger than any of a recorder")
        place += 8 + size + size % 2
    else:
        raise unreadable("too many chunks")
    if not sound_found:
        raise truncated()


_CHECKS: dict[str, Callable[[Places], None]] = {
    "audio/webm": _check_webm,
    "audio/mp4": check_boxes,
    "audio/3gpp": check_boxes,
    "audio/ogg": _check_ogg,
    "audio/wav": _check_wav,
}
