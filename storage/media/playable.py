"""Copies of recordings that a browser plays and seeks in, and the peaks of a waveform (S8).

It owns what becomes of each kind: Opus is put into a WebM with a length and an index, AAC into an MP4 with its index
in front, and everything else is encoded anew as AAC, which Chromium and Safari play. It refuses to touch the original:
a copy is made to be heard, and proves nothing. Peaks are made from the original.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet

from server.services.ports.media import PEAKS_A_SECOND, MediaRefusal, MediaRefused
from storage.media.places import unreadable
from storage.media.recordings import LONGEST_S, open_demuxer

# What speech needs; a telephone's 8 kHz are played as they are.
_KBPS = 48
_PEAK_RATE = 8_000
_TO_PEAK = 256  # 16-bit samples become 8-bit peaks
_WEBM = ("webm", "audio/webm", {"cues_to_front": "1"})
_MP4 = ("mp4", "audio/mp4", {"movflags": "+faststart"})


def make_playable(source: Path, media_type: str, target: Path) -> str:
    """Write a copy of the recording at `source` to `target`; returns the copy's media type. Raises MediaRefused."""
    with _given_up_as_unreadable():
        with _opened(source, media_type) as recording:
            codec = recording.streams.audio[0].codec_context.codec.canonical_name
        muxer = _WEBM if codec == "opus" else _MP4 if (codec, media_type) in _AS_THEY_ARE else None
        if muxer is not None:
            try:
                _copy(source, media_type, target, muxer[0], muxer[2])
                return muxer[1]
            except FFmpegError:
                pass  # timestamps that no container takes: what can be decoded can be written anew
        _encode(source, media_type, target)
        return _MP4[1]


_AS_THEY_ARE = {("aac", "audio/mp4"), ("aac", "audio/3gpp")}


def make_peaks(source: Path, media_type: str) -> bytes:
    """Of each tenth of a second the least and the greatest sample, as signed bytes. Raises MediaRefused."""
    peaks = bytearray()
    with _given_up_as_unreadable(), _opened(source, media_type) as recording:
        resampler = AudioResampler(format="s16", layout="mono", rate=_PEAK_RATE)
        each, place = _PEAK_RATE // PEAKS_A_SECOND, 0
        low = high = 0
        for frame in _frames(recording):
            for ready in resampler.resample(frame):
                samples = memoryview(ready.planes[0])[: 2 * ready.samples].cast("h")
                start = 0
                while start < len(samples):
                    part = samples[start : start + each - place]
                    low, high = min(low, min(part)), max(high, max(part))
                    place, start = place + len(part), start + len(part)
                    if place == each:
                        _add_peak(peaks, low, high)
                        low = high = place = 0
        if place:
            _add_peak(peaks, low, high)
    if not peaks:
        raise MediaRefused(MediaRefusal.NO_AUDIO, "nothing of it can be decoded")
    return bytes(peaks)


def _add_peak(peaks: bytearray, low: int, high: int) -> None:
    if len(peaks) >= 2 * PEAKS_A_SECOND * LONGEST_S:
        raise MediaRefused(MediaRefusal.TOO_LONG, f"more than {LONGEST_S // 3600} hours")
    peaks += bytes((low // _TO_PEAK & 0xFF, high // _TO_PEAK & 0xFF))


def _copy(source: Path, media_type: str, target: Path, muxer: str, options: dict[str, str]) -> None:
    """Packet by packet into another container; nothing is decoded."""
    with _opened(source, media_type) as recording, _writing(target, muxer, options) as copy:
        voice = recording.streams.audio[0]
        stream = copy.add_stream_from_template(voice)
        for packet in recording.demux(voice):
            if packet.size:  # the last one is empty: it flushes the decoder
                packet.stream = stream
                copy.mux_one(packet)


def _encode(source: Path, media_type: str, target: Path) -> None:
    with _opened(source, media_type) as recording, _writing(target, _MP4[0], _MP4[2]) as copy:
        rate = min(48_000, max(16_000, recording.streams.audio[0].codec_context.sample_rate))
        stream = copy.add_stream("aac", rate=rate, layout="mono", bit_rate=_KBPS * 1000)
        resampler = AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        written = 0
        for frame in _frames(recording):
            for ready in resampler.resample(frame):
                ready.pts, ready.time_base = written, Fraction(1, rate)
                written += ready.samples
                copy.mux(stream.encode(ready))
        copy.mux(stream.encode(None))
    if not written:
        raise MediaRefused(MediaRefusal.NO_AUDIO, "nothing of it can be decoded")


def _frames(recording: InputContainer) -> Iterator[av.AudioFrame]:
    """Whatever decodes; a damaged packet is left out, as a player leaves it out."""
    for packet in recording.demux(recording.streams.audio[0]):
        yield from _decoded(packet)


def _decoded(packet: Packet[AudioStream]) -> list[av.AudioFrame]:
    try:
        return list(packet.decode())
    except FFmpegError:
        return []


@contextmanager
def _opened(source: Path, media_type: str) -> Iterator[InputContainer]:
    with source.open("rb") as file, open_demuxer(file, media_type) as recording:
        yield recording


@contextmanager
def _writing(target: Path, muxer: str, options: dict[str, str]) -> Iterator[OutputContainer]:
    with target.open("w+b") as file, _muxer(file, muxer, options) as copy:
        yield copy


def _muxer(file: BinaryIO, muxer: str, options: dict[str, str]) -> OutputContainer:
    return av.open(file, "w", format=muxer, options={"fflags": "+bitexact"} | options)


@contextmanager
def _given_up_as_unreadable() -> Iterator[None]:
    try:
        yield
    except FFmpegError as error:
        raise unreadable(f"no copy can be made: {type(error).__name__}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise unreadable("its index points before the file") from error
