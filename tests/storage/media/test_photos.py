"""Photos: what is refused, what the camera wrote, the small picture."""

import io
import random
import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, Base
from PIL.TiffImagePlugin import IFDRational

from server.services.ports.media import MediaRefused, PhotoFacts
from storage.media.photo_work import work_photo
from storage.media.photos import MOST_PIXELS, read_photo
from tests.support.photos import AT_NINE, PHONE, ZHENGZHOU, make_jpeg, make_picture, picture


def read(path: Path, content: bytes) -> PhotoFacts:
    path.write_bytes(content)
    return read_photo(path)


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(MediaRefused) as caught:
        read(path, content)
    return str(caught.value.code)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG whose frame header claims another size than was encoded."""
    content = bytearray(make_jpeg())
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_photo_cut_anywhere_is_refused(tmp_path: Path, format_name: str) -> None:
    content = make_picture(format_name)
    dice = random.Random(format_name)
    cuts = [1, 2, 3, 12, 30, len(content) - 1, len(content) - 2, *dice.sample(range(30, len(content)), 40)]
    for cut in cuts:
        assert refusal(tmp_path / "photo", content[:cut]) in {
            "truncated",
            "unreadable",
            "type_not_accepted",
        }, cut
    assert refusal(tmp_path / "photo", content[: len(content) // 2]) == "truncated"


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
def test_cut_with_an_end_mark_in_its_preview_is_found(tmp_path: Path, options: dict[str, Any]) -> None:
    """The preview within the metadata has an end mark of its own, which must not be taken for the photo's."""
    preview = make_jpeg(picture(32, 24))
    content = make_jpeg(comment=preview, **options)
    assert read(tmp_path / "photo", content).width == 320
    for cut in range(content.rindex(b"\xff\xda") + 20, len(content), 97):
        assert refusal(tmp_path / "photo", content[:cut]) == "truncated", cut


@pytest.mark.parametrize(("width", "height"), [(8001, 8000), (30_000, 30_000), (65_000, 65_000)])
def test_more_pixels_than_allowed_are_refused_before_decoding(
    tmp_path: Path, width: int, height: int
) -> None:
    assert refusal(tmp_path / "photo", jpeg_of_size(width, height)) == "too_many_pixels"
    assert refusal(tmp_path / "photo", png_of_size(width, height)) == "too_many_pixels"
    with pytest.raises(MediaRefused, match="too_many_pixels"):
        work_photo(io.BytesIO(png_of_size(width, height)))


def test_as_many_pixels_as_allowed_are_read(tmp_path: Path) -> None:
    content = make_jpeg(Image.new("L", (8000, 8000), 200))
    assert MOST_PIXELS == 8000 * 8000
    assert read(tmp_path / "photo", content).width == 8000


def test_scan_bomb_is_refused(tmp_path: Path) -> None:
    """A progressive picture may be decoded once a scan, so scans multiply what a pixel costs."""
    content = make_jpeg(progressive=True)
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    assert refusal(tmp_path / "photo", content[:-2] + scan * 70 + content[-2:]) == "too_many_pixels"


@pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
def test_moving_picture_is_refused(tmp_path: Path, format_name: str) -> None:
    frames = [picture(seed=seed) for seed in (2, 3)]
    content = make_picture(format_name, picture(), save_all=True, append_images=frames)
    assert refusal(tmp_path / "photo", content) == "animated"
    with pytest.raises(MediaRefused, match="animated"):
        work_photo(io.BytesIO(content))


def test_noise_with_the_right_beginning_is_refused(tmp_path: Path) -> None:
    dice = random.Random(7)
    for beginning in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\x10\0\0WEBPVP8 "):
        for _ in range(20):
            code = refusal(tmp_path / "photo", beginning + dice.randbytes(5000))
            assert code in {"truncated", "unreadable"}


def test_flipped_bytes_never_end_in_another_error(tmp_path: Path) -> None:
    """Damage that a decoder cannot see is no refusal; damage that it stumbles over must be one."""
    dice = random.Random(11)
    contents = [
        make_jpeg(top=PHONE, inner=AT_NINE, place=ZHENGZHOU),
        make_picture("PNG"),
        make_picture("WEBP"),
    ]
    outcomes = set()
    for content in contents:
        for _ in range(150):
            damaged = bytearray(content)
            for place in dice.sample(range(12, min(len(content), 2000)), 3):
                damaged[place] = dice.randrange(256)
            try:
                outcomes.add(read(tmp_path / "photo", bytes(damaged)).media_type)
            except MediaRefused as refused:
                outcomes.add(str(refused.code))
    assert {"truncated", "image/jpeg"} <= outcomes


def test_everything_that_the_camera_wrote(tmp_path: Path) -> None:
    content = make_jpeg(top=PHONE | {Base.Orientation: 6}, inner=AT_NINE, place=ZHENGZHOU)
    facts = read(tmp_path / "photo", content)
    eight_hours = timezone(timedelta(hours=8))
    assert facts == PhotoFacts(
        media_type="image/jpeg",
        width=320,
        height=240,
        taken_at=datetime(2026, 11, 14, 9, 3, 27, 250_000, tzinfo=eight_hours),
        latitude=pytest.approx(34.746806, abs=1e-6),
        longitude=pytest.approx(113.625, abs=1e-6),
        altitude=104.5,
        accuracy_m=12.0,
        orientation=6,
        make="Invented",
        model="Feldtelefon 7",
        software="Camera 1.2",
    )


def test_photo_without_metadata_says_nothing(tmp_path: Path) -> None:
    for format_name in ("JPEG", "PNG", "WEBP"):
        facts = read(tmp_path / "photo", make_picture(format_name))
        assert (facts.taken_at, facts.latitude, facts.longitude, facts.make, facts.notes) == (None,) * 4 + (
            (),
        )
        assert facts.orientation == 1


def test_metadata_of_png_and_webp_is_read_too(tmp_path: Path) -> None:
    exif = Image.open(io.BytesIO(make_jpeg(inner=AT_NINE, place=ZHENGZHOU))).getexif()
    for format_name in ("PNG", "WEBP"):
        facts = read(tmp_path / "photo", make_picture(format_name, exif=exif))
        assert facts.latitude == pytest.approx(34.746806, abs=1e-6)
        assert facts.taken_at is not None


def test_time_without_offset_stays_naive(tmp_path: Path) -> None:
    for offset in (None, "CST", "+8", "+25:00", "+08:61"):
        inner = {Base.DateTimeOriginal: "2026:11:14 09:03:27", Base.OffsetTimeOriginal: offset}
        facts = read(
            tmp_path / "photo", make_jpeg(inner={tag: value for tag, value in inner.items() if value})
        )
        assert facts.taken_at == datetime(2026, 11, 14, 9, 3, 27)


def test_time_west_of_greenwich(tmp_path: Path) -> None:
    inner = AT_NINE | {Base.OffsetTimeOriginal: "-03:30"}
    taken_at = read(tmp_path / "photo", make_jpeg(inner=inner)).taken_at
    assert taken_at is not None
    assert taken_at.astimezone(UTC) == datetime(2026, 11, 14, 12, 33, 27, 250_000, tzinfo=UTC)


def test_time_of_digitising_stands_in(tmp_path: Path) -> None:
    inner = {Base.DateTimeDigitized: "2026:11:14 10:00:00", Base.OffsetTimeDigitized: "+08:00"}
    taken_at = read(tmp_path / "photo", make_jpeg(inner=inner)).taken_at
    assert taken_at == datetime(2026, 11, 14, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "0000:00:00 00:00:00",
        "2026:02:30 10:00:00",
        "2026:11:14 24:00:00",
        "2026-11-14T09:00:00",
        "soon",
        "    ",
    ],
)
def test_time_that_does_not_exist_is_absent_and_noted(tmp_path: Path, written: str) -> None:
    facts = read(tmp_path / "photo", make_jpeg(inner={Base.DateTimeOriginal: written}))
    assert facts.taken_at is None
    assert facts.notes == ("time_unusable",)


@pytest.mark.parametrize(
    "changed",
    [
        {GPS.GPSLatitude: (90.0, 0.0, 0.1)},
        {GPS.GPSLongitude: (180.0, 0.0, 0.1)},
        {GPS.GPSLatitude: (34.0, 61.0, 0.0)},
        {GPS.GPSLatitude: (34.0, 0.0, 61.0)},
        {GPS.GPSLatitude: (IFDRational(0, 0), 0.0, 0.0)},
        {GPS.GPSLatitude: (34.0, 44.0)},
        {GPS.GPSLatitudeRef: "X"},
        {GPS.GPSLatitudeRef: "NS"},
        {GPS.GPSLongitudeRef: ""},
        {GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)},
    ],
)
def test_position_that_cannot_be_is_absent_and_noted(tmp_path: Path, changed: dict[int, Any]) -> None:
    facts = read(tmp_path / "photo", make_jpeg(place=ZHENGZHOU | changed))
    assert (facts.latitude, facts.longitude) == (None, None)
    assert facts.notes == ("position_unusable",)


@pytest.mark.parametrize(
    "missing", [GPS.GPSLatitude, GPS.GPSLatitudeRef, GPS.GPSLongitude, GPS.GPSLongitudeRef]
)
def test_half_a_position_is_none(tmp_path: Path, missing: int) -> None:
    place = {tag: value for tag, value in ZHENGZHOU.items() if tag != missing}
    facts = read(tmp_path / "photo", make_jpeg(place=place))
    assert (facts.latitude, facts.longitude, facts.notes) == (None, None, ("position_unusable",))


@pytest.mark.parametrize(
    ("changed", "latitude", "longitude"),
    [
        ({GPS.GPSLatitude: (90.0, 0.0, 0.0), GPS.GPSLatitudeRef: "S"}, -90.0, 113.625),
        ({GPS.GPSLongitude: (180.0, 0.0, 0.0), GPS.GPSLongitudeRef: "W"}, 34.7468056, -180.0),
        ({GPS.GPSLatitude: (34.0, 59.0, 60.0)}, 35.0, 113.625),
        ({GPS.GPSLatitude: (34.5, 0.0, 0.0)}, 34.5, 113.625),
    ],
)
def test_position_at_the_edges(
    tmp_path: Path, changed: dict[int, Any], latitude: float, longitude: float
) -> None:
    facts = read(tmp_path / "photo", make_jpeg(place=ZHENGZHOU | changed))
    assert facts.latitude == pytest.approx(latitude, abs=1e-6)
    assert facts.longitude == pytest.approx(longitude, abs=1e-6)


def test_below_the_sea(tmp_path: Path) -> None:
    facts = read(tmp_path / "photo", make_jpeg(place=ZHENGZHOU | {GPS.GPSAltitudeRef: b"\1"}))
    assert facts.altitude == -104.5


def test_names_of_the_camera_are_one_short_line(tmp_path: Path) -> None:
    facts = read(tmp_path / "photo", make_jpeg(top={Base.Make: "In\nven\x1bted\0x", Base.Model: "x" * 300}))
    assert facts.make == "Invented"
    assert facts.model == "x" * 100


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientation_that_is_none_means_upright(tmp_path: Path, orientation: int) -> None:
    assert read(tmp_path / "photo", make_jpeg(top={Base.Orientation: orientation})).orientation == 1


def test_damaged_metadata_does_not_lose_the_photo(tmp_path: Path) -> None:
    content = bytearray(make_jpeg(inner=AT_NINE, place=ZHENGZHOU))
    place = content.index(b"Exif\0\0") + 6
    content[place : place + 2] = b"XX"
    facts = read(tmp_path / "photo", bytes(content))
    assert (facts.width, facts.taken_at, facts.latitude) == (320, None, None)


def test_thumbnail_is_small_upright_and_bare() -> None:
    tall = picture(640, 480)
    tall.paste((255, 0, 0), (0, 0, 640, 60))
    content = make_jpeg(tall, top=PHONE | {Base.Orientation: 6}, inner=AT_NINE, place=ZHENGZHOU, quality=95)
    thumbnail = Image.open(io.BytesIO(work_photo(io.BytesIO(content)).thumbnail))
    assert thumbnail.size == (240, 320)
    assert thumbnail.format == "JPEG"
    assert dict(thumbnail.getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(thumbnail.info)
    red, green, _ = thumbnail.getpixel((235, 160))  # what was the top edge is now the right one
    assert red > 200
    assert green < 60


@pytest.mark.parametrize(
    "content",
    [
        make_picture("PNG", picture(mode="RGBA")),
        make_picture("PNG", picture(mode="LA")),
        make_picture("PNG", picture(mode="P"), transparency=0),
        make_picture("PNG", picture(mode="L")),
        make_picture("WEBP", picture(mode="RGBA")),
        make_jpeg(picture(mode="CMYK")),
        make_jpeg(picture(mode="L")),
    ],
    ids=["rgba", "la", "palette", "grey-png", "webp-alpha", "cmyk", "grey"],
)
def test_thumbnail_of_every_kind_of_picture(content: bytes) -> None:
    thumbnail = Image.open(io.BytesIO(work_photo(io.BytesIO(content), thumbnail=100).thumbnail))
    assert (thumbnail.mode, thumbnail.size) == ("RGB", (100, 75))


def test_what_was_transparent_is_white_in_the_thumbnail() -> None:
    clear = make_picture("PNG", Image.new("RGBA", (50, 50), (0, 0, 0, 0)))
    assert Image.open(io.BytesIO(work_photo(io.BytesIO(clear)).thumbnail)).getpixel((25, 25)) == (
        255,
        255,
        255,
    )


def test_thumbnail_of_a_cut_photo_is_refused() -> None:
    content = make_jpeg()
    with pytest.raises(MediaRefused, match="truncated"):
        work_photo(io.BytesIO(content[: len(content) // 2]))


def test_small_photo_is_not_blown_up() -> None:
    thumbnail = work_photo(io.BytesIO(make_jpeg(picture(40, 30)))).thumbnail
    assert Image.open(io.BytesIO(thumbnail)).size == (40, 30)
