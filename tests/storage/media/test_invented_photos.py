"""Invented photographs: what is refused, what a reader finds in them, and that no two are alike."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageOps

from storage.media.invented_photos import PHOTO_KINDS, draw_photo

TAKEN_AT = datetime(2026, 3, 4, 2, 30, 5, 120_000, tzinfo=UTC)
LATITUDE, LONGITUDE = 34.7466, 113.6254


def photo(seed: int = 1, kind: str = "photo_door", taken_at: datetime = TAKEN_AT) -> bytes:
    return draw_photo(seed, kind, taken_at, LATITUDE, LONGITUDE)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def difference_hash(content: bytes) -> int:
    """Which of 8 x 8 patches of the upright picture is lighter than its neighbour, as 64 bits."""
    small = ImageOps.exif_transpose(opened(content)).convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    pixels = small.tobytes()
    bits = [
        pixels[row * 9 + column] > pixels[row * 9 + column + 1] for row in range(8) for column in range(8)
    ]
    return sum(bit << place for place, bit in enumerate(bits))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        photo(kind="selfie")


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        photo(taken_at=datetime(2026, 3, 4, 10, 30))


@pytest.mark.parametrize(("latitude", "longitude"), [(90.001, 0), (-90.001, 0), (0, 180.001), (0, -180.001)])
def test_a_place_off_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="place"):
        draw_photo(1, "photo_door", TAKEN_AT, latitude, longitude)


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_every_kind_is_a_jpeg_of_the_stored_size(kind: str) -> None:
    for seed in range(6):
        content = photo(seed, kind)
        picture = opened(content)
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (1280, 960), "RGB")
        assert 30_000 < len(content) < 125_000


def test_another_size_is_drawn_as_asked() -> None:
    sizes = {opened(draw_photo(seed, "photo_far", TAKEN_AT, 0, 0, (640, 361))).size for seed in range(8)}
    assert sizes == {(640, 361)}


def test_exif_tells_time_place_and_phone() -> None:
    exif = opened(photo()).getexif()
    assert exif[ExifTags.Base.Make]
    assert exif[ExifTags.Base.Model].endswith("Demo")
    details = exif.get_ifd(ExifTags.IFD.Exif)
    assert details[ExifTags.Base.DateTimeOriginal] == "2026:03:04 10:30:05"
    assert details[ExifTags.Base.OffsetTimeOriginal] == "+08:00"
    assert details[ExifTags.Base.SubsecTimeOriginal] == "120"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert (gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef]) == ("N", "E")
    assert _degrees(gps[ExifTags.GPS.GPSLatitude]) == pytest.approx(LATITUDE, abs=1e-7)
    assert _degrees(gps[ExifTags.GPS.GPSLongitude]) == pytest.approx(LONGITUDE, abs=1e-7)
    assert 3 <= float(gps[ExifTags.GPS.GPSHPositioningError]) < 35
    assert [int(part) for part in gps[ExifTags.GPS.GPSTimeStamp]] == [2, 30, 5]
    assert gps[ExifTags.GPS.GPSDateStamp] == "2026:03:04"


def test_south_and_west_are_told_by_the_references() -> None:
    gps = (
        opened(draw_photo(1, "photo_far", TAKEN_AT, -0.5, -179.999999999))
        .getexif()
        .get_ifd(ExifTags.IFD.GPSInfo)
    )
    assert (gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef]) == ("S", "W")
    assert _degrees(gps[ExifTags.GPS.GPSLatitude]) == 0.5
    # Rounding carries into minutes and degrees: 59.99999 seconds never become 60.
    assert [float(part) for part in gps[ExifTags.GPS.GPSLongitude]] == [180, 0, 0]


def test_phones_are_held_in_every_way() -> None:
    held = {opened(photo(seed)).getexif()[ExifTags.Base.Orientation] for seed in range(40)}
    assert held == {1, 3, 6, 8}


def test_evening_photos_are_darker() -> None:
    def brightness(content: bytes) -> float:
        histogram = opened(content).convert("L").histogram()
        return sum(level * count for level, count in enumerate(histogram)) / sum(histogram)

    at_noon, at_night = (datetime(2026, 3, 4, hour, tzinfo=UTC) for hour in (4, 12))
    assert brightness(photo(taken_at=at_night)) < 0.9 * brightness(photo(taken_at=at_noon))


@pytest.mark.parametrize("kind", PHOTO_KINDS)
def test_nothing_but_the_arguments_decides(kind: str) -> None:
    assert photo(7, kind) == photo(7, kind)


def test_no_two_photos_look_alike() -> None:
    hashes = [difference_hash(photo(seed, kind)) for kind in PHOTO_KINDS for seed in range(12)]
    nearest = min((one ^ other).bit_count() for place, one in enumerate(hashes) for other in hashes[:place])
    assert nearest > 4


def _degrees(parts: tuple[float, float, float]) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
