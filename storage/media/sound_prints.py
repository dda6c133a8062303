"""Prints of recordings: 32 bits for every 93 milliseconds, by which a piece of sound is known again.

Owns the print after Haitsma and Kalker (ISMIR 2002): between 300 and 2000 hertz the differences of neighbouring bands
rise or fall from one frame to the next, and that outlives codecs, noise and loudness. No package carries chromaprint as
a library, and a print of our own needs nothing that is not installed. It refuses silence: a silent frame has no word,
for all silence is alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from numpy.typing import NDArray

from server.services.ports.media import SoundWork
from storage.media.places import unreadable
from storage.media.recordings import opened_recording

RATE = 5512
HOP = 512
WINDOW = 2048
PHASES = 2  # the frames of another recording begin anywhere: what is asked for is printed at two of them
WORDS_A_SECOND = RATE / HOP
SILENT = np.uint32(0)

_BANDS = 33
_BLOCK = 20 * RATE  # the spectra of more lie in memory at once, and are no faster
# Below -60 decibels of full scale there is no microphone: the hush of a stairwell lies above it.
_SILENCE = 10 ** (-60 / 20)
_CLIPPED = 32_700
_SHIFTS = np.uint32(1) << np.arange(_BANDS - 1, dtype=np.uint32)

Words = NDArray[np.uint32]
Samples = NDArray[np.int16]


def _band_edges() -> NDArray[np.int64]:
    hertz = np.geomspace(300, 2000, _BANDS + 1)
    return np.round(hertz * WINDOW / RATE).astype(np.int64)


_EDGES = _band_edges()
_HANN = np.hanning(WINDOW).astype(np.float32)


def work_recording(path: Path, media_type: str) -> SoundWork:
    """One decoding of the recording: its print at each beginning, and how much of it is silent or overdriven.

    Raises MediaRefused when it cannot be decoded to its end.
    """
    levels = _Levels()
    printers = [_Printer(HOP * phase // PHASES) for phase in range(PHASES)]
    for samples in _blocks(path, media_type, levels):
        for printer in printers:
            printer.add(samples)
    words = [printer.words() for printer in printers]
    silent = words[0] == SILENT
    return SoundWork(
        prints=tuple(each.astype("<u4").tobytes() for each in words),
        seconds=levels.samples / RATE,
        silent_share=float(silent.mean()) if len(silent) else 1.0,
        clipped_share=levels.clipped / levels.decoded if levels.decoded else 0.0,
    )


@dataclass
class _Levels:
    decoded: int = 0
    clipped: int = 0
    samples: int = 0

    def add(self, samples: Samples) -> None:
        self.decoded += samples.size
        self.clipped += int((np.abs(samples.astype(np.int32)) >= _CLIPPED).sum())


@dataclass
class _Printer:
    """Prints blocks as they come; what does not fill a window waits for the next block."""

    skip: int
    rest: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    last: NDArray[np.float32] | None = None
    found: list[Words] = field(default_factory=list)

    def add(self, samples: Samples) -> None:
        if self.skip:
            samples, self.skip = samples[self.skip :], max(0, self.skip - len(samples))
        sound = np.concatenate([self.rest, samples.astype(np.float32) / 32768])
        frames = (len(sound) - WINDOW) // HOP + 1
        if frames < 1:
            self.rest = sound
            return
        windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP][:frames]
        self.rest = sound[frames * HOP :]
        lines = np.fft.rfft(windows * _HANN, axis=1)[:, : _EDGES[-1]]
        power = lines.real**2 + lines.imag**2
        bands = np.log10(np.add.reduceat(power, _EDGES[:-1], axis=1) + 1e-12)
        loud = np.sqrt((windows * windows).mean(axis=1)) > _SILENCE
        self.found.append(self._words(bands.astype(np.float32), loud))

    def _words(self, bands: NDArray[np.float32], loud: NDArray[np.bool_]) -> Words:
        before = bands[:1] if self.last is None else self.last
        self.last = bands[-1:]
        slope = np.diff(np.concatenate([before, bands]), axis=1)
        rises = np.diff(slope, axis=0) > 0
        words: Words = (rises * _SHIFTS).sum(axis=1, dtype=np.uint32)
        words[words == SILENT] = 1
        words[~loud] = SILENT
        return words

    def words(self) -> Words:
        return np.concatenate(self.found) if self.found else np.empty(0, np.uint32)


def _blocks(path: Path, media_type: str, levels: _Levels) -> Iterator[Samples]:
    """The sound in one channel at RATE, a block at a time."""
    waiting: list[Samples] = []
    for samples in _resampled(path, media_type, levels):
        waiting.append(samples)
        levels.samples += len(samples)
        if sum(map(len, waiting)) >= _BLOCK:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)


def _resampled(path: Path, media_type: str, levels: _Levels) -> Iterator[Samples]:
    plain = av.AudioResampler(format="s16", layout="mono")
    slower = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    try:
        with opened_recording(path, media_type) as container:
            for frame in _frames(container):
                for one in plain.resample(frame):
                    levels.add(_samples(one))
                    one.pts = None
                    yield from (_samples(each) for each in slower.resample(one))
            yield from (_samples(each) for each in slower.resample(None))
    except FFmpegError as error:
        raise unreadable(f"the decoder gave up: {type(error).__name__}") from error


def _frames(container: av.container.InputContainer) -> Iterator[AudioFrame]:
    for frame in container.decode(audio=0):
        frame.pts = None  # stamps with gaps would be filled with silence that nobody recorded
        yield frame


def _samples(frame: AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray().reshape(-1), dtype=np.int16)
