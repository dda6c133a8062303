"""Perceptual hashes of photos: 64 bits of coarse light and dark that outlive encoding and size.

Owns the hash (signs of the low frequencies of a DCT), its eight turned and mirrored forms, which are the same
frequencies with other signs, and the windows by which a crop is found again. It refuses to judge: that two hashes are
near only says which two photos `photo_alignment` shall lay over each other.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Hashes = NDArray[np.uint64]
Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the sides

_SIDE = 32
_KEPT = 8
_INTERVALS = ((0.0, 1.0), (0.0, 0.9), (0.1, 1.0), (0.0, 0.8), (0.1, 0.9), (0.2, 1.0))
# The whole photo first, then every part that is left when up to a fifth of a side is cut away.
WINDOWS: tuple[Box, ...] = tuple(
    (left, top, right, bottom) for (left, right), (top, bottom) in product(_INTERVALS, _INTERVALS)
)
TURNS = 8  # mirrored or not, times four quarter turns
_BITS = np.uint64(1) << np.arange(_KEPT * _KEPT, dtype=np.uint64)


def _cosines() -> NDArray[np.float32]:
    places = np.arange(_SIDE) + 0.5
    rows = [np.cos(np.pi * frequency * places / _SIDE) for frequency in range(_KEPT)]
    return np.array(rows, dtype=np.float32)


_COSINES = _cosines()
_ODD = np.where(np.arange(_KEPT) % 2, -1, 1).astype(np.int8)


def hashes_of(grey: Image.Image) -> Hashes:
    """The hashes of all windows of an upright grey picture, in the order of WINDOWS."""
    return _packed(np.stack([_frequencies(grey, box) for box in WINDOWS]))


def turned_hashes(hashes: Hashes) -> Hashes:
    """The hashes as the turned pictures would have them, one row for each of the eight turns.

    A mirrored picture has its odd frequencies with the other sign, one on its side has rows for columns.
    """
    signs = np.where((hashes[:, None] & _BITS) > 0, np.int8(1), np.int8(-1)).reshape(-1, _KEPT, _KEPT)
    return np.stack([_packed(_turned(signs, turn)) for turn in range(TURNS)])


def turned(pixels: NDArray[np.float32], turn: int) -> NDArray[np.float32]:
    """A picture (rows, columns) mirrored where the turn is odd, then turned by so many quarters."""
    if turn & 1:
        pixels = pixels[:, ::-1]
    if turn & 2:
        pixels = pixels[::-1, ::-1]
    return pixels.T if turn & 4 else pixels


def _turned(signs: NDArray[np.int8], turn: int) -> NDArray[np.int8]:
    if turn & 1:
        signs = signs * _ODD
    if turn & 2:
        signs = signs * _ODD * _ODD[:, None]
    return signs.transpose(0, 2, 1) if turn & 4 else signs


def _frequencies(grey: Image.Image, box: Box) -> NDArray[np.float32]:
    width, height = grey.size
    place = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    small = grey.resize((_SIDE, _SIDE), Image.Resampling.BOX, box=place)
    pixels = np.asarray(small, dtype=np.float32)
    return np.asarray(_COSINES @ pixels @ _COSINES.T, dtype=np.float32)


def _packed(frequencies: NDArray[np.float32] | NDArray[np.int8]) -> Hashes:
    bits = frequencies.reshape(len(frequencies), -1) > 0
    packed: Hashes = (bits * _BITS).sum(axis=1, dtype=np.uint64)
    return packed
