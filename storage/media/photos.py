"""What a photo says of itself.

It owns the check that a photo is whole and safe to open. It refuses more than 64 million pixels before a
single one is decoded, moving pictures, and pictures that end early; Pillow's own tolerance for these stays
off.
"""

import warnings
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from server.services.ports.media import MediaRefusal, MediaRefused, MediaSource, PhotoFacts
from storage.media.exif import read_exif
from storage.media.places import Places, opened_places, truncated, unreadable
from storage.media.sniff import PHOTO_TYPES, checked_type

MOST_PIXELS = 64_000_000
# A progressive picture is decoded once a scan; cameras write about ten, a bomb of a few kilobytes hundreds.
MOST_SCANS = 64
_FORMATS = ("JPEG", "PNG", "WEBP")
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow lets through when a picture is damaged; OSError is how it says that one ends early.
_DAMAGED = (UnidentifiedImageError, SyntaxError, ValueError, TypeError, IndexError, OverflowError, EOFError)

# Pillow warns of damaged metadata and goes on. What it could not read is absent in the facts; a line in the
# log for
# each photo that some phone damaged would only hide the lines that matter.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def read_photo(source: MediaSource, declared_type: str | None = None) -> PhotoFacts:
    """The facts of the photo. Raises MediaRefused."""
    media_type = checked_type(source, declared_type, PHOTO_TYPES)
    with opened_places(source) as places:
        _check_end(media_type, places)
    with source.open("rb") as file, opened_photo(file) as image:
        width, height = image.size
        exif = read_exif(image)
        # A JPEG at an eighth of its size reads all of the data and holds a sixty-fourth of the pixels.
        image.draft(image.mode, (width // 8 or 1, height // 8 or 1))
        decoded(image)
    return PhotoFacts(
        media_type=media_type,
        width=width,
        height=height,
        taken_at=exif.taken_at,
        latitude=exif.latitude,
        longitude=exif.longitude,
        altitude=exif.altitude,
        accuracy_m=exif.accuracy_m,
        orientation=exif.orientation,
        make=exif.make,
        model=exif.model,
        software=exif.software,
        notes=exif.notes,
    )


def opened_photo(source: BinaryIO) -> Image.Image:
    """The header alone is read here; nothing is decoded. Raises MediaRefused."""
    try:
        image = Image.open(source, formats=_FORMATS)
    except _BOMBS as error:
        raise _too_many_pixels() from error
    except (*_DAMAGED, OSError) as error:
        raise unreadable(f"no picture can be opened: {type(error).__name__}") from error
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise _too_many_pixels()
    if getattr(image, "is_animated", False) and image.format != "MPO":
        image.close()
        raise MediaRefused(MediaRefusal.ANIMATED, "a moving picture is no photo")
    return image


def decoded(image: Image.Image) -> None:
    """Every pixel, so that damage is found. Raises MediaRefused."""
    try:
        image.load()
    except _BOMBS as error:
        raise _too_many_pixels() from error
    except OSError as error:
        raise truncated("the picture ends early") from error
    except _DAMAGED as error:
        raise unreadable(f"the picture is damaged: {type(error).__name__}") from error


def on_white(image: Image.Image) -> Image.Image:
    """What was transparent would turn black."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _check_end(media_type: str, places: Places) -> None:
    """The mark of the end must be there: decoders stop at the last pixel and miss a few cut bytes."""
    if media_type == "image/jpeg":
        _check_jpeg_end(places)
    elif media_type == "image/png":
        if not any(b"IEND\xaeB`\x82" in piece for _, piece in places.pieces(8)):
            raise truncated("the end mark is missing")
    elif 8 + int.from_bytes(places.at(4, 4), "little") > places.size:
        raise truncated()


def _check_jpeg_end(places: Places) -> None:
    """An end mark after the first scan. Within scans 0xFF is followed by zero, so the marks found are
    marks; those of a preview inside the metadata lie before. Phones put more pictures behind the end, so it
    need not be last."""
    scans, ended = 0, False
    for _, piece in places.pieces(_first_scan(places), overlap=1):
        picture, end, _ = piece.partition(b"\xff\xd9")
        scans += picture.count(b"\xff\xda")
        ended = bool(end)
        if ended or scans > MOST_SCANS:
            break
    if scans > MOST_SCANS:
        raise MediaRefused(MediaRefusal.TOO_MANY_PIXELS, f"more than {MOST_SCANS} scans")
    if not ended:
        raise truncated("the end mark is missing")


def _first_scan(places: Places) -> int:
    """Where the first scan begins, by the lengths of the segments before it."""
    place = 2
    while True:
        mark = places.at(place, 4)
        if mark[0] != 0xFF:
            raise unreadable("no segment where one should begin")
        if mark[1] == 0xFF:
            place += 1  # fill bytes are allowed before a mark
        elif mark[1] == 0xDA:
            return place
        else:
            place += 2 + int.from_bytes(mark[2:])


def _too_many_pixels() -> MediaRefused:
    return MediaRefused(MediaRefusal.TOO_MANY_PIXELS, f"more than {MOST_PIXELS} pixels")
