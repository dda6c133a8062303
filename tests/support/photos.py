"""Photos made on the fly, with what a phone writes beside the picture."""

import io
import random
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

ZHENGZHOU = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (34.0, 44.0, 48.5),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (113.0, 37.0, 30.0),
    GPS.GPSAltitudeRef: b"\0",
    GPS.GPSAltitude: 104.5,
    GPS.GPSHPositioningError: 12.0,
}
AT_NINE = {
    Base.DateTimeOriginal: "2026:11:14 09:03:27",
    Base.OffsetTimeOriginal: "+08:00",
    Base.SubsecTimeOriginal: "25",
}
PHONE = {Base.Make: "Invented", Base.Model: "Feldtelefon 7", Base.Software: "Camera 1.2"}


def picture(width: int = 320, height: int = 240, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """Noise over a gradient: it compresses like a photo and not like a drawing."""
    small = Image.frombytes("L", (32, 24), random.Random(seed).randbytes(32 * 24))
    return small.resize((width, height)).convert(mode)


def make_jpeg(
    image: Image.Image | None = None,
    *,
    top: dict[int, Any] | None = None,
    inner: dict[int, Any] | None = None,
    place: dict[int, Any] | None = None,
    **options: Any,
) -> bytes:
    """A JPEG with the given EXIF: `top` of the first directory, `inner` of Exif, `place` of GPS."""
    exif = Image.Exif()
    exif.update(top or {})
    exif.get_ifd(IFD.Exif).update(inner or {})
    exif.get_ifd(IFD.GPSInfo).update(place or {})
    output = io.BytesIO()
    (image or picture()).save(output, "JPEG", exif=exif, **options)
    return output.getvalue()


def make_picture(format_name: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A picture in another format."""
    output = io.BytesIO()
    (image or picture()).save(output, format_name, **options)
    return output.getvalue()
