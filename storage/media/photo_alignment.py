"""Two photos laid over each other: whether one is the other, cut, turned, mirrored or encoded anew.

Owns the fit: the frame of one photo is moved over the other, from coarse to fine, until their edges agree best, and the
agreement is the score. Two photographs of one door differ in angle, and their edges never agree all over; a copy's do.
It refuses to search: `photo_hashes` says which photos and which frame to begin with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storage.media.photo_hashes import Box, turned

_LEVELS = ((40, 0.05), (80, 0.02), (160, 0.008))  # pixels a side, first step as a share of the side
_HALVINGS = 3
_HOPELESS = 0.45  # of a copy the edges agree further than this even when coarse
_EDGE = 0.3  # the frame is never narrower than this


@dataclass(frozen=True, slots=True)
class Fit:
    """`score` from 0 to 1: how far the edges agree; `box` is the frame within the wider photo."""

    score: float
    box: Box


def fit(part: Image.Image, whole: Image.Image, turn: int, box: Box) -> Fit:
    """Lay `part`, turned, into the frame `box` of `whole` (both grey) and move the frame until it fits best."""
    best = Fit(0.0, box)
    for side, step in _LEVELS:
        wanted = _edges(turned(_pixels(part, (0.0, 0.0, 1.0, 1.0), side), turn))
        best = Fit(_agreement(wanted, whole, best.box, side), best.box)
        for _ in range(_HALVINGS):
            best = _moved(wanted, whole, best, side, step)
            step /= 2
        if best.score < _HOPELESS:
            break
    return best


def _moved(wanted: NDArray[np.float32], whole: Image.Image, best: Fit, side: int, step: float) -> Fit:
    """The best of the frames around: shifted, then each edge by itself; again while something is gained."""
    moves = ((1, 0, 1, 0), (0, 1, 0, 1), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    for _ in range(4):
        before = best.score
        for move in moves:
            for by in (-step, step):
                box = tuple(edge + by * way for edge, way in zip(best.box, move, strict=True))
                left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in box)
                if right - left < _EDGE or bottom - top < _EDGE:
                    continue
                score = _agreement(wanted, whole, (left, top, right, bottom), side)
                if score > best.score:
                    best = Fit(score, (left, top, right, bottom))
        if best.score <= before:
            break
    return best


def _agreement(wanted: NDArray[np.float32], whole: Image.Image, box: Box, side: int) -> float:
    return max(0.0, float((wanted * _edges(_pixels(whole, box, side))).sum()))


def _pixels(grey: Image.Image, box: Box, side: int) -> NDArray[np.float32]:
    width, height = grey.size
    place = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    return np.asarray(grey.resize((side, side), Image.Resampling.BILINEAR, box=place), dtype=np.float32)


def _edges(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """What stands out from its surroundings, weighed evenly: light that changed slowly is taken away."""
    edges = np.empty((2, pixels.shape[0] - 2, pixels.shape[1] - 2), dtype=np.float32)
    edges[0] = pixels[1:-1, 2:] - pixels[1:-1, :-2]
    edges[1] = pixels[2:, 1:-1] - pixels[:-2, 1:-1]
    edges = np.sign(edges) * np.sqrt(np.abs(edges))
    length = float(np.sqrt((edges * edges).sum()))
    return (edges / length).astype(np.float32) if length > 0 else edges
