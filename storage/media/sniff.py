"""What a file is, by its bytes, and whether it is that alone.

It owns the list of accepted types. It refuses what is declared where the bytes say otherwise, and files
that are a second format as well (a photo that is also an archive or a page), for somebody opens them as
that one day. HEIC is refused: Pillow does not read it without a plugin, and what is not decoded is not
checked.
"""

import re

from server.services.ports.media import MediaRefusal, MediaRefused, MediaSource
from storage.media.places import Places, opened_places

HEAD = 4096
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
RECORDING_TYPES = frozenset(
    {
        "audio/webm",
        "audio/ogg",
        "audio/mp4",
        "audio/3gpp",
        "audio/amr",
        "audio/amr-wb",
        "audio/mpeg",
        "audio/aac",
        "audio/wav",
    }
)

# The names under which phones, browsers and desks declare the same thing. MP4 and 3GP are one family:
# recorders
# name either after the other, and the boxes inside are the same.
_FAMILIES = (
    {"image/jpeg", "image/jpg", "image/pjpeg"},
    {"image/png", "image/x-png"},
    {"image/webp"},
    {"audio/webm", "video/webm"},
    {"audio/ogg", "application/ogg", "video/ogg", "audio/opus"},
    {
        "audio/mp4",
        "audio/m4a",
        "audio/x-m4a",
        "audio/mp4a-latm",
        "video/mp4",
        "audio/3gpp",
        "video/3gpp",
        "audio/3gpp2",
        "video/3gpp2",
    },
    {"audio/amr", "audio/amr-wb", "audio/amr-nb", "audio/3gpp"},
    {"audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3"},
    {"audio/aac", "audio/aacp", "audio/x-aac", "audio/vnd.dlna.adts", "audio/x-hx-aac-adts"},
    {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"},
)
_UNDECLARED = {"", "application/octet-stream", "binary/octet-stream"}

_PICTURE_BRANDS = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"crx ",
}
_EBML_DOCTYPE = re.compile(rb"\x42\x82[\x80-\xff]webm", re.DOTALL)
_MARKUP = re.compile(rb"<html|<script|<!doctype|<iframe|<\?php", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"
# The end record of an archive is 22 bytes and a comment of at most 65,535; bytes after it are not allowed.
_ZIP_TAIL = 22 + 65535
_WINDOW = 1 << 16


def sniff(head: bytes) -> str | None:
    """The accepted media type that the first bytes show, or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm" if _EBML_DOCTYPE.search(head[:128]) else None
    if head.startswith(b"OggS\0"):
        return "audio/ogg"
    if head.startswith(b"#!AMR-WB\n"):
        return "audio/amr-wb"
    if head.startswith(b"#!AMR\n"):
        return "audio/amr"
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    return _by_sync_word(head)


def _by_brand(brand: bytes) -> str | None:
    if brand in _PICTURE_BRANDS:
        return None
    return "audio/3gpp" if brand.startswith((b"3gp", b"3g2")) else "audio/mp4"


def _by_sync_word(head: bytes) -> str | None:
    """MPEG frames carry no magic, only 11 set bits and then a layer: none is ADTS, III is MP3."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 0b11
    if layer == 0 and head[1] & 0xF0 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if layer == 0b01 else None


def checked_type(source: MediaSource, declared_type: str | None, accepted: frozenset[str]) -> str:
    """The media type by the bytes. Raises MediaRefused when it is none of the accepted ones, contradicts
    the declared one, or the file is a second format too."""
    with opened_places(source) as places:
        if places.size == 0:
            raise MediaRefused(MediaRefusal.EMPTY, "the file has no bytes")
        found = sniff(places.upto(0, HEAD))
        if found is None:
            raise _unknown(declared_type, accepted)
        if not _agrees(declared_type, found):
            raise MediaRefused(MediaRefusal.MISLABELLED, f"the bytes are {found} and were declared otherwise")
        if found not in accepted:
            raise MediaRefused(MediaRefusal.TYPE_NOT_ACCEPTED, f"{found} is not accepted here")
        _refuse_second_format(places)
    return found


def _unknown(declared_type: str | None, accepted: frozenset[str]) -> MediaRefused:
    """A page that was declared a photo is mislabelled; one that was declared a page is a page."""
    if any(_agrees(declared_type, each) for each in accepted) and _declared(declared_type) not in _UNDECLARED:
        return MediaRefused(MediaRefusal.MISLABELLED, "the bytes are not what was declared")
    return MediaRefused(MediaRefusal.TYPE_NOT_ACCEPTED, f"none of {', '.join(sorted(accepted))}")


def _declared(declared_type: str | None) -> str:
    """Parameters are left out: browsers declare codecs that the file does not hold."""
    return (declared_type or "").partition(";")[0].strip().lower()


def _agrees(declared_type: str | None, found: str) -> bool:
    declared = _declared(declared_type)
    return (
        declared in _UNDECLARED
        or declared == found
        or any(declared in family and found in family for family in _FAMILIES)
    )


def _refuse_second_format(places: Places) -> None:
    head = places.upto(0, _WINDOW)
    tail_at = max(0, places.size - _ZIP_TAIL)
    tail = places.upto(tail_at, _ZIP_TAIL)
    if b"%PDF-" in head[:1024] or _MARKUP.search(head) or _MARKUP.search(tail) or _ends_as_zip(tail):
        raise MediaRefused(MediaRefusal.TWO_FORMATS, "the file is a page, a document or an archive as well")


def _ends_as_zip(tail: bytes) -> bool:
    place = tail.rfind(_ZIP_END)
    while place >= 0:
        record = tail[place : place + 22]
        if len(record) == 22 and place + 22 + int.from_bytes(record[20:22], "little") == len(tail):
            return True
        place = tail.rfind(_ZIP_END, 0, place)
    return False
