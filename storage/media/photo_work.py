"""The work on a photo after it was kept: digest, EXIF, two sizes and hashes, in one pass over its bytes.

Owns the order: the bytes are read once and decoded once, no larger than the larger size needs. It refuses to hand on
metadata: a position or a name in a small picture would travel to where only the picture is meant to be seen.
"""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO

from PIL import Image

from server.services.ports.media import PhotoWork
from storage.media.exif import read_exif
from storage.media.photo_hashes import hashes_of
from storage.media.photos import decoded, on_white, opened_photo

SCREEN = 1280
THUMBNAIL = 320
_QUALITY = 80
_TURN = Image.Transpose
# Orientation of EXIF -> what makes the picture upright.
_UPRIGHT = {
    2: _TURN.FLIP_LEFT_RIGHT,
    3: _TURN.ROTATE_180,
    4: _TURN.FLIP_TOP_BOTTOM,
    5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270,
    7: _TURN.TRANSVERSE,
    8: _TURN.ROTATE_90,
}


def work_photo(source: BinaryIO, screen: int = SCREEN, thumbnail: int = THUMBNAIL) -> PhotoWork:
    """Everything that is derived of a photo. Raises MediaRefused."""
    content = source.read()
    with opened_photo(io.BytesIO(content)) as image:
        width, height = image.size
        exif = read_exif(image)
        # A JPEG is decoded at half or a quarter of its size, and stays in the colours it is written in.
        image.draft("YCbCr", (screen, screen))
        decoded(image)
        plain = image if image.mode == "YCbCr" else on_white(image)
        large = _within(plain, screen)
        if exif.orientation in _UPRIGHT:
            large = large.transpose(_UPRIGHT[exif.orientation])
    small = _within(large, thumbnail)
    return PhotoWork(
        sha256=hashlib.sha256(content).hexdigest(),
        screen=_jpeg(large),
        thumbnail=_jpeg(small),
        print=hashes_of(_grey(small)).astype("<u8").tobytes(),
        width=width,
        height=height,
        make=exif.make,
        model=exif.model,
        software=exif.software,
    )


def grey_thumbnail(content: bytes) -> Image.Image:
    """The light and dark of a small picture that `work_photo` made, to lay it over another one."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        return _grey(image)


def _within(image: Image.Image, longest: int) -> Image.Image:
    """The picture with its longer side at most so long; a small one stays as it is."""
    scale = longest / max(image.size)
    if scale >= 1:
        return image.copy()
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def _grey(image: Image.Image) -> Image.Image:
    return image.getchannel(0) if image.mode == "YCbCr" else image.convert("L")


def _jpeg(image: Image.Image) -> bytes:
    output = io.BytesIO()
    bare = image.copy()
    bare.info = {}
    bare.save(output, "JPEG", quality=_QUALITY)
    return output.getvalue()
