"""Forged pictures and sounds for the bench: every way in which an old file is passed off as a new one.

Owns the forging. Refuses to look at what finds it: nothing here imports the hashes, the prints or the rules.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from storage.media.invented_photos import PHOTO_KINDS, draw_photo

TAKEN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
SIZE = (960, 720)
SOUND_RATE = 16_000
Turn = Image.Transpose
Sound = NDArray[np.int16]
Forge = Callable[[Image.Image, Random], Image.Image]

# media type -> muxer, encoder, rate, bits a second
CODECS: Mapping[str, tuple[str, str, int, int]] = {
    "audio/amr": ("amr", "amr_nb", 8_000, 12_200),
    "audio/webm": ("webm", "libopus", 48_000, 16_000),
    "audio/mpeg": ("mp3", "libmp3lame", 16_000, 32_000),
    "audio/mp4": ("ipod", "aac", 16_000, 24_000),
}


def invented(seed: int, again: int = 0) -> bytes:
    """A photo of one of the five kinds; `again` is another visit to the same place."""
    kind = PHOTO_KINDS[seed % len(PHOTO_KINDS)]
    return draw_photo(seed, kind, LATER if again else TAKEN, 35.0, 113.9, size=SIZE, again=again)


def opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def saved(image: Image.Image, quality: int = 70) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _cut(image: Image.Image, dice: Random, most: float) -> Image.Image:
    """Up to so much of the width and of the height cut away, on any sides."""
    width, height = image.size
    across, down = dice.uniform(0.05, most), dice.uniform(0.05, most)
    left, top = dice.uniform(0, across), dice.uniform(0, down)
    box = (left, top, left + 1 - across, top + 1 - down)
    return image.crop((int(box[0] * width), int(box[1] * height), int(box[2] * width), int(box[3] * height)))


def _resized(image: Image.Image, dice: Random) -> Image.Image:
    scale = dice.uniform(0.4, 0.8)
    return image.resize((round(image.width * scale), round(image.height * scale)))


def _turned(image: Image.Image, dice: Random) -> Image.Image:
    return image.transpose(dice.choice((Turn.ROTATE_90, Turn.ROTATE_180, Turn.ROTATE_270)))


def _brightened(image: Image.Image, dice: Random) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(dice.uniform(0.7, 1.3))).enhance(0.9)


WAYS: Mapping[str, Forge] = {
    "re-encoded": lambda image, _: image,
    "resized": _resized,
    "rotated": _turned,
    "mirrored": lambda image, _: ImageOps.mirror(image),
    "brightened": _brightened,
    "cropped": lambda image, dice: _cut(image, dice, 0.2),
    "cropped and rotated": lambda image, dice: _turned(_cut(image, dice, 0.2), dice),
}


def forged(content: bytes, way: str, dice: Random) -> bytes:
    return saved(WAYS[way](opened(content), dice), dice.randrange(40, 90))


def heard(path: Path) -> Sound:
    """The sound of a recording at SOUND_RATE."""
    resampler = av.AudioResampler("s16", "mono", SOUND_RATE)
    with av.open(str(path)) as source:
        frames = [one for frame in source.decode(audio=0) for one in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def encoded(path: Path, sound: Sound, media_type: str) -> Path:
    container, codec, rate, bits = CODECS[media_type]
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, 0, Fraction(1, SOUND_RATE)
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", rate, frame_size=context.frame_size or None)
        for one in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(one))
        output.mux(stream.encode(None))
    return path


def worsened(sound: Sound, dice: Random) -> Sound:
    """Fainter and with noise, as one that was played and recorded again."""
    noise = np.random.default_rng(dice.randrange(2**32)).normal(0, 120, len(sound))
    return np.clip(sound * dice.uniform(0.4, 0.9) + noise, -32768, 32767).astype(np.int16)
