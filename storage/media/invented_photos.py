"""Owns invented photographs: JPEG files as a phone would have taken them, drawn anew for every seed.

Refuses real pictures, and refuses to be random: seed, kind, time, place and size decide every byte.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from random import Random
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageChops
from PIL.TiffImagePlugin import IFDRational

from storage.media.invented_scenes import SCENES
from storage.media.invented_things import Canvas

PHOTO_KINDS: tuple[str, ...] = tuple(SCENES)
SHANGHAI = ZoneInfo("Asia/Shanghai")

# Orientation of EXIF -> how the upright picture is turned before it is stored, as a phone's sensor stores it.
_STORED_TURN: dict[int, Image.Transpose | None] = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
_PHONES = (("Qingshan", "QS-7 Demo"), ("Qingshan", "QS-7 Lite Demo"), ("Baihe", "BH-2026 Demo"))
_QUALITY = 68


def draw_photo(
    seed: int,
    kind: str,
    taken_at: datetime,
    latitude: float,
    longitude: float,
    size: tuple[int, int] = (1280, 960),
    again: int = 0,
) -> bytes:
    """A JPEG of `size` stored pixels with the EXIF of an invented phone.

    `kind` is one of `PHOTO_KINDS`; `taken_at` is aware; degrees are WGS-84. ValueError for anything else. `again`
    counts the times that somebody came back: the same scene from another angle, in another light.
    """
    _refuse_nonsense(kind, taken_at, latitude, longitude)
    dice = Random(f"{kind}/{seed}")  # noqa: S311 - invented pictures, no secret
    orientation = dice.choices((1, 6, 8, 3), weights=(45, 35, 12, 8))[0]
    turned = orientation in (6, 8)
    width, height = (size[1], size[0]) if turned else size
    canvas = Canvas.blank(width, height, dice)
    SCENES[kind](canvas)
    if again:
        dice = Random(f"{kind}/{seed}/{again}")  # noqa: S311
    local = taken_at.astimezone(SHANGHAI)
    picture = _lit(_seen(canvas.image, dice), local, dice)
    turn = _STORED_TURN[orientation]
    if turn is not None:
        picture = picture.transpose(turn)
    target = BytesIO()
    picture.save(
        target, "JPEG", quality=_QUALITY, exif=_exif(local, latitude, longitude, size, orientation, dice)
    )
    return target.getvalue()


def _refuse_nonsense(kind: str, taken_at: datetime, latitude: float, longitude: float) -> None:
    if kind not in SCENES:
        raise ValueError(f"no such kind of photo: {kind!r}")
    if taken_at.tzinfo is None:
        raise ValueError("taken_at must carry its offset")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"no such place: {latitude}, {longitude}")


def _seen(scene: Image.Image, dice: Random) -> Image.Image:
    """The scene as a hand-held camera sees it: a little nearer, aslant and off the centre.

    Nearest pixels: smooth sampling took longer than all the rest of the photo, and the noise hides the steps.
    """
    width, height = scene.size
    nearer = dice.uniform(0.86, 0.93)
    slant_x = dice.uniform(-0.05, 0.05) * min(1.0, width / height)
    slant_y = dice.uniform(-0.05, 0.05) * min(1.0, height / width)
    # The window keeps inside the scene: what is left over of each side is shared out by the dice.
    seen_x, seen_y = width * nearer + height * abs(slant_x), height * nearer + width * abs(slant_y)
    left = dice.random() * (width - seen_x) + max(0.0, -slant_x * height)
    top = dice.random() * (height - seen_y) + max(0.0, -slant_y * width)
    window = (nearer, slant_x, left, slant_y, nearer, top)
    return scene.transform(scene.size, Image.Transform.AFFINE, window, Image.Resampling.NEAREST)


def _lit(picture: Image.Image, local: datetime, dice: Random) -> Image.Image:
    """Uneven light, darker in the evening, with the noise of the sensor in it.

    The light is coarse on purpose: perceptual hashes look at coarse light and dark, and honest photographs
    of a branch must not stand on the list of reused ones. The noise keeps a plain wall from repeating itself.
    Both are made at half the size: at the whole size they took a quarter of the time of a photo.
    """
    evening = 1.0 if 7 <= local.hour < 18 else 0.72
    darkest, lightest = int(165 * evening), int(255 * evening)
    columns, rows = 9, 7
    patches = bytes(dice.randrange(darkest, lightest) for _ in range(columns * rows))
    half = ((picture.width + 1) // 2, (picture.height + 1) // 2)
    light = Image.frombytes("L", (columns, rows), patches).resize(half, Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", half, dice.randbytes(half[0] * half[1]))
    film = Image.blend(light, grain, 0.03).resize(picture.size, Image.Resampling.NEAREST)
    return ImageChops.multiply(picture, Image.merge("RGB", (film, film, film)))


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = round(abs(value) * 3600 * 10_000)
    minutes, seconds = divmod(whole, 60 * 10_000)
    return (IFDRational(minutes // 60, 1), IFDRational(minutes % 60, 1), IFDRational(seconds, 10_000))


def _exif(
    local: datetime, latitude: float, longitude: float, size: tuple[int, int], orientation: int, dice: Random
) -> Image.Exif:
    base, gps = ExifTags.Base, ExifTags.GPS
    exif = Image.Exif()
    make, model = dice.choice(_PHONES)
    stamp = local.strftime("%Y:%m:%d %H:%M:%S")
    offset = local.strftime("%z")
    offset = f"{offset[:3]}:{offset[3:]}"
    exif[base.Make], exif[base.Model], exif[base.Software] = make, model, f"{model} 4.{dice.randrange(9)}"
    exif[base.Orientation], exif[base.DateTime] = orientation, stamp
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            base.DateTimeOriginal: stamp,
            base.DateTimeDigitized: stamp,
            base.OffsetTime: offset,
            base.OffsetTimeOriginal: offset,
            base.SubsecTimeOriginal: f"{local.microsecond // 1000:03d}",
            base.ExposureTime: IFDRational(1, dice.choice((30, 50, 100, 120, 250, 500))),
            base.FNumber: IFDRational(18, 10),
            base.ISOSpeedRatings: dice.choice((50, 100, 200, 400, 800)),
            base.ExifImageWidth: size[0],
            base.ExifImageHeight: size[1],
        }
    )
    instant = local.astimezone(UTC)
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            gps.GPSVersionID: b"\x02\x03\x00\x00",
            gps.GPSLatitudeRef: "N" if latitude >= 0 else "S",
            gps.GPSLatitude: _degrees(latitude),
            gps.GPSLongitudeRef: "E" if longitude >= 0 else "W",
            gps.GPSLongitude: _degrees(longitude),
            gps.GPSTimeStamp: tuple(
                IFDRational(part, 1) for part in (instant.hour, instant.minute, instant.second)
            ),
            gps.GPSDateStamp: instant.strftime("%Y:%m:%d"),
            gps.GPSMapDatum: "WGS-84",
            # Metres, the radius that the phone claims: GPSHPositioningError of EXIF 2.31.
            gps.GPSHPositioningError: IFDRational(dice.randrange(30, 350), 10),
        }
    )
    return exif
