"""A recording looked for in others by their prints.

Owns the two steps: words that two prints have in common vote for a shift, and along the best shifts the bits are
compared. It refuses to vote by silence, and to call a match what is shorter than a few seconds: phrases of a telephone
exchange are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.media.sound_prints import SILENT, WORDS_A_SECOND, Words

LEAST_SECONDS = 4.0
_MOST_WRONG = 0.33  # of the bits; prints of different sound differ in half of them
_SMOOTH = round(2 * WORDS_A_SECOND)
_TRIED = 3
_LEAST_VOTES = 4  # chance gives a shift of two recordings of twenty minutes no more
_KEYS = 1 << 16


@dataclass(frozen=True, slots=True)
class SoundMatch:
    """The longest piece in common: `seconds` from second `at` of the one asked for and `known_at` of the known one.

    `share` is all that is in common along the shift, of the shorter of the two, silence left out.
    """

    seconds: float
    share: float
    at: float
    known_at: float


class SoundQuery:
    """A recording that is looked for, by its prints at several beginnings; its words are sorted once."""

    def __init__(self, prints: Iterable[bytes]) -> None:
        self._prints = [np.frombuffer(each, "<u4").astype(np.uint32) for each in prints]
        self._sorted = [[_by_key(keys, words) for keys in _keys(words)] for words in self._prints]

    def within(self, known: bytes) -> SoundMatch | None:
        """What a known print has in common with it along one shift, or None."""
        words = np.frombuffer(known, "<u4").astype(np.uint32)
        voted = [
            (votes, shift, print_)
            for print_, keyed in zip(self._prints, self._sorted, strict=True)
            for votes, shift in _votes(keyed, print_, words)
        ]
        voted.sort(key=lambda each: each[0], reverse=True)
        matches = [_compared(print_, words, shift) for _, shift, print_ in voted[:_TRIED]]
        return max((each for each in matches if each), key=lambda match: match.seconds, default=None)


_Keyed = tuple[NDArray[np.int64], NDArray[np.int64]]


def _keys(words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both halves of each word: after a codec half of the bits are whole far oftener than all of them."""
    return (words & 0xFFFF).astype(np.int64), (words >> 16).astype(np.int64)


def _by_key(keys: NDArray[np.int64], words: Words) -> _Keyed:
    """Where each key stands: places in order of their key, and where each key begins among them."""
    places = np.flatnonzero(words != SILENT)
    places = places[np.argsort(keys[places], kind="stable")]
    begins = np.searchsorted(keys[places], np.arange(_KEYS + 1))
    return places, begins


def _votes(keyed: list[_Keyed], print_: Words, known: Words) -> list[tuple[int, int]]:
    """The shifts (known minus asked) that most words vote for, with their votes."""
    voted = []
    heard = np.flatnonzero(known != SILENT)
    for (places, begins), keys in zip(keyed, _keys(known), strict=True):
        of = keys[heard]
        first = begins[of]
        counts = begins[of + 1] - first
        shared = np.flatnonzero(counts)
        heard_too, first, counts = heard[shared], first[shared], counts[shared]
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        voted.append(np.repeat(heard_too, counts) - places[np.repeat(first, counts) + steps])
    shifts = np.concatenate(voted) + len(print_)
    if not len(shifts):
        return []
    votes = np.bincount(shifts)
    few = min(_TRIED, len(votes))
    best = np.argpartition(votes, -few)[-few:]
    return [(int(votes[each]), int(each) - len(print_)) for each in best if votes[each] >= _LEAST_VOTES]


def _compared(print_: Words, known: Words, shift: int) -> SoundMatch | None:
    """How much of the sound along one shift is the same: the seconds around which few bits differ."""
    begin, end = max(0, -shift), min(len(print_), len(known) - shift)
    asked, held = print_[begin:end], known[begin + shift : end + shift]
    heard = (asked != SILENT) & (held != SILENT)
    wrong = np.where(heard, np.bitwise_count(asked ^ held) / 32, 0.0)
    same = heard & (_smooth(wrong) <= _MOST_WRONG * _smooth(heard.astype(np.float64)))
    if not same.any():
        return None
    longest_at, longest = _longest(same)
    seconds = longest / WORDS_A_SECOND
    if seconds < LEAST_SECONDS:
        return None
    shorter = min((print_ != SILENT).sum(), (known != SILENT).sum())
    at = (begin + longest_at) / WORDS_A_SECOND
    return SoundMatch(
        seconds=seconds,
        share=float(same.sum() / shorter),
        at=at,
        known_at=at + shift / WORDS_A_SECOND,
    )


def _longest(same: NDArray[np.bool_]) -> tuple[int, int]:
    """Where the longest piece begins and how long it is; pauses of two seconds do not part it."""
    places = np.flatnonzero(same)
    parted = np.flatnonzero(np.diff(places) > _SMOOTH)
    begins, ends = places[np.r_[0, parted + 1]], places[np.r_[parted, len(places) - 1]]
    lengths = ends - begins + 1
    longest = int(np.argmax(lengths))
    return int(begins[longest]), int(lengths[longest])


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum over the two seconds around each word."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    low, high = np.maximum(0, places - _SMOOTH // 2), np.minimum(len(values), places + _SMOOTH // 2 + 1)
    smoothed: NDArray[np.float64] = total[high] - total[low]
    return smoothed
