"""Recordings made on the fly, in every container and codec that phones and desk recorders give us."""

import math
from array import array
from fractions import Fraction
from pathlib import Path

import av

# container, codec, rate: what writes it in the field
KINDS = {
    "webm": ("webm", "libopus", 48_000),
    "ogg": ("ogg", "libopus", 48_000),
    "m4a": ("ipod", "aac", 44_100),
    "mp4-opus": ("mp4", "libopus", 48_000),
    "3gp": ("3gp", "amr_nb", 8_000),
    "amr": ("amr", "amr_nb", 8_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "wav": ("wav", "pcm_s16le", 8_000),
    "aac": ("adts", "aac", 44_100),
}


def tone(samples: int, rate: int, start: int = 0) -> "array[int]":
    """16-bit mono samples of a sound that changes, so that no encoder takes it for silence."""
    return array(
        "h", (int(9000 * math.sin(n * (300 + n % 977) / rate)) for n in range(start, start + samples))
    )


def make_recording(
    path: Path, kind: str, seconds: float = 2.0, *, options: dict[str, str] | None = None
) -> Path:
    """A mono recording of the kind at the path, of the given length but for the codec's own padding."""
    container, codec, rate = KINDS[kind]
    with av.open(str(path), "w", format=container, options=options or {}) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        write_tone(output, stream, rate, seconds)
    return path


def write_tone(
    output: av.container.OutputContainer, stream: av.audio.stream.AudioStream, rate: int, seconds: float
) -> None:
    """Encode the tone into a stream of an open container."""
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
    total = round(seconds * rate)
    for start in range(0, total, 8_000):
        count = min(8_000, total - start)
        frame = av.AudioFrame(format="s16", layout="mono", samples=count)
        frame.planes[0].update(tone(count, rate, start).tobytes())
        frame.sample_rate = rate
        frame.pts = start
        frame.time_base = Fraction(1, rate)
        for ready in resampler.resample(frame):
            output.mux(stream.encode(ready))
    output.mux(stream.encode(None))
