"""What the camera wrote beside the picture: when, where, with what.

It owns the reading of EXIF into facts. It refuses to guess: a value that is malformed or out of range is
absent, and a note says that it was there. Tags and their forms: CIPA DC-008 (Exif 3.0).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_TIME = re.compile(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
_LONGEST_TEXT = 100
# What Pillow lets through when an EXIF block is damaged.
_DAMAGED = (SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Exif:
    """Facts as in PhotoFacts."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    accuracy_m: float | None = None
    orientation: int = 1
    make: str | None = None
    model: str | None = None
    software: str | None = None
    notes: tuple[str, ...] = ()


def read_exif(image: Image.Image) -> Exif:
    """The facts of an opened picture, all absent where its EXIF is damaged."""
    try:
        top = image.getexif()
        inner, place = top.get_ifd(IFD.Exif), top.get_ifd(IFD.GPSInfo)
    except _DAMAGED:
        return Exif(notes=("exif_unreadable",))
    notes = []
    taken_at = _taken_at(inner)
    if taken_at is None and Base.DateTimeOriginal in inner:
        notes.append("time_unusable")
    latitude, longitude = _position(place)
    if latitude is None and (GPS.GPSLatitude in place or GPS.GPSLongitude in place):
        notes.append("position_unusable")
    orientation = top.get(Base.Orientation)
    return Exif(
        taken_at=taken_at,
        latitude=latitude,
        longitude=longitude,
        altitude=_altitude(place),
        accuracy_m=_not_negative(_number(place.get(GPS.GPSHPositioningError))),
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
        make=_text(top.get(Base.Make)),
        model=_text(top.get(Base.Model)),
        software=_text(top.get(Base.Software)),
        notes=tuple(notes),
    )


def _taken_at(inner: Mapping[int, Any]) -> datetime | None:
    """When the shutter opened, or when the picture was digitised; naive where no offset stands beside it."""
    return _instant(
        inner.get(Base.DateTimeOriginal),
        inner.get(Base.OffsetTimeOriginal),
        inner.get(Base.SubsecTimeOriginal),
    ) or _instant(
        inner.get(Base.DateTimeDigitized),
        inner.get(Base.OffsetTimeDigitized),
        inner.get(Base.SubsecTimeDigitized),
    )


def _instant(written: object, offset: object, fraction: object) -> datetime | None:
    found = _TIME.fullmatch(_text(written) or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    digits = (_text(fraction) or "")[:6]
    microsecond = int(digits.ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_zone(offset))
    except ValueError:
        return None  # 0000:00:00 is how cameras say that their clock was never set


def _zone(written: object) -> timezone | None:
    found = _OFFSET.fullmatch(_text(written) or "")
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) > 59 or offset > timedelta(hours=14):
        return None
    return timezone(offset if sign == "+" else -offset)


def _position(place: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Both or none. The point 0, 0 lies in the sea and is what cameras write that have no fix."""
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "EW", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(parts: object, reference: object, signs: str, most: int) -> float | None:
    """Degrees, minutes and seconds as a signed number; some write 60.0 seconds for a full minute."""
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    numbers = [_not_negative(_number(part)) for part in parts]
    sign = (_text(reference) or "").upper()
    degrees, minutes, seconds = numbers
    if degrees is None or minutes is None or seconds is None or len(sign) != 1 or sign not in signs:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if minutes > 60 or seconds > 60 or value > most:
        return None
    return value if sign == signs[0] else -value


def _altitude(place: Mapping[int, Any]) -> float | None:
    """Metres, below the sea where the reference says so."""
    metres = _not_negative(_number(place.get(GPS.GPSAltitude)))
    if metres is None or metres > 20_000:
        return None
    return -metres if place.get(GPS.GPSAltitudeRef) in (1, b"\x01") else metres


def _number(value: Any) -> float | None:
    """A finite number; a fraction by zero is none."""
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _not_negative(number: float | None) -> float | None:
    return number if number is not None and number >= 0 else None


def _text(value: object) -> str | None:
    """One line without control characters, short enough for a column."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    line = "".join(each for each in value.partition("\0")[0] if each.isprintable()).strip()
    return line[:_LONGEST_TEXT] or None
