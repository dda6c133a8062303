"""Owns the making of the speech bank of the demo: says the phrases, adds the sounds of a place, encodes.

Refuses to run where the product runs: it needs espeak-ng and is for whoever changes the phrases. What it
writes into storage/media/speech_bank (opus.webm, aac.m4a, amr.amr, clips.json) is committed.

    .venv/bin/python scripts/build_speech_bank.py
"""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import wave
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import av

BANK = Path(__file__).resolve().parent.parent / "storage" / "media" / "speech_bank"
RATE = 22_050
# Every clip lasts a whole number of units, and a unit a whole number of packets of each codec: 16 of opus
# (60 ms, as browsers send them), 15 of AAC (1024 samples of 16 kHz), 48 of AMR (20 ms). So one list of clips
# serves all three.
UNIT_MS = 960

# speaker -> variant of the voice, pitch (0 to 99), words a minute
VOICES = {
    "lead": ("m3", 42, 165),
    "partner": ("f2", 52, 158),
    "host": ("m7", 34, 150),
    "relative": ("f4", 60, 172),
    "neighbour": ("grandpa", 40, 145),
}

Wave = list[float]


@dataclass(frozen=True)
class Clip:
    """Sound of a whole number of units, as samples from -1 to 1."""

    name: str
    kind: str
    samples: Wave

    @property
    def units(self) -> int:
        return round(len(self.samples) * 1000 / RATE / UNIT_MS)


def say(speaker: str, pinyin: str) -> Wave:
    """The phrase in the speaker's voice, by espeak-ng."""
    variant, pitch, speed = VOICES[speaker]
    speaker_voice = ["-v", f"cmn-latn-pinyin+{variant}", "-p", str(pitch), "-s", str(speed)]
    command = ["espeak-ng", *speaker_voice, "--stdout", pinyin]
    said = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - our own phrases, no shell
    with wave.open(io.BytesIO(said)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise SystemExit("espeak-ng speaks in another format than expected")
        # The header of a piped WAV claims more frames than follow.
        samples = array("h", file.readframes(file.getnframes()))
    loudest = max(1, *(abs(sample) for sample in samples))
    return [sample * 0.6 / loudest for sample in samples]


def room(length: int, level: float, dice: Random) -> Wave:
    """The hush of a place: noise without its heights."""
    held, result = 0.0, []
    for _ in range(length):
        held += 0.12 * (dice.uniform(-1, 1) - held)
        result.append(held * level)
    return result


def strokes(length: int, times: list[float], pitch: float, fade: float, level: float, dice: Random) -> Wave:
    """Dull strokes at these seconds: knuckles on a door, steps, a lock."""
    result = [0.0] * length
    for second in times:
        start = int(second * RATE)
        for place in range(min(length - start, int(RATE * fade * 6))):
            passed = place / RATE
            tone = math.sin(2 * math.pi * pitch * passed) + 0.5 * dice.uniform(-1, 1)
            result[start + place] += level * tone * math.exp(-passed / fade)
    return result


def ringing(length: int) -> Wave:
    """The tone that a caller hears: 450 Hz, one second on."""
    return [
        0.12 * math.sin(2 * math.pi * 450 * place / RATE) if 0.4 < place / RATE < 1.4 else 0.0
        for place in range(length)
    ]


def passing_car(length: int, dice: Random) -> Wave:
    """A car that comes and goes."""
    hush = room(length, 2.2, dice)
    return [sample * math.sin(math.pi * place / length) ** 2 for place, sample in enumerate(hush)]


def units_for(samples: int) -> int:
    return math.ceil(samples * 1000 / RATE / UNIT_MS)


def samples_of(units: int) -> int:
    return round(units * UNIT_MS * RATE / 1000)


def mixed(sound: Wave, units: int, lead_in: int, dice: Random) -> Wave:
    """The sound over the hush of a place, filled to whole units."""
    result = room(samples_of(units), dice.uniform(0.02, 0.06), dice)
    for place, sample in enumerate(sound):
        if lead_in + place < len(result):
            result[lead_in + place] += sample
    return result


def spoken_clips(dice: Random) -> Iterator[Clip]:
    with (BANK / "phrases.tsv").open(encoding="utf-8", newline="") as file:
        phrases = list(csv.DictReader(file, delimiter="\t"))
    for number, phrase in enumerate(phrases, start=1):
        said = say(phrase["speaker"], phrase["pinyin"])
        lead_in = int(RATE * dice.uniform(0.08, 0.2))
        units = units_for(len(said) + lead_in + int(RATE * 0.1))
        yield Clip(f"{phrase['speaker']}-{number:02d}", "speech", mixed(said, units, lead_in, dice))


def place_clips(dice: Random) -> Iterator[Clip]:
    length = samples_of(2)
    sounds: dict[str, Callable[[], Wave]] = {
        "quiet-1": list,
        "quiet-2": list,
        "knock-1": lambda: strokes(length, [0.3, 0.55, 0.8], 180, 0.03, 0.5, dice),
        "knock-2": lambda: strokes(length, [0.4, 0.62, 1.3, 1.5], 150, 0.035, 0.45, dice),
        "steps-1": lambda: strokes(length, [0.2, 0.75, 1.3, 1.8], 80, 0.05, 0.25, dice),
        "steps-2": lambda: strokes(length, [0.1, 0.5, 0.95, 1.4, 1.8], 95, 0.04, 0.2, dice),
        "lock": lambda: strokes(length, [0.5, 0.62, 0.9], 1400, 0.012, 0.3, dice),
        "ring": lambda: ringing(length),
        "car-1": lambda: passing_car(length, dice),
        "car-2": lambda: passing_car(length, dice),
    }
    for name, sound in sounds.items():
        yield Clip(name, "place", mixed(sound(), 2, 0, dice))


def encode(
    clips: list[Clip], target: Path, codec: str, rate: int, bit_rate: int, options: dict[str, str]
) -> None:
    """All clips after one another as one file, which can be listened to."""
    samples = array(
        "h", (int(max(-1.0, min(1.0, sample)) * 32_000) for clip in clips for sample in clip.samples)
    )
    flags = {"fflags": "+bitexact"}
    with av.open(str(target), "w", options=flags) as container:
        stream = container.add_stream(codec, rate=rate, options=options, layout="mono", bit_rate=bit_rate)
        assert isinstance(stream, av.AudioStream)
        context = stream.codec_context
        context.open()
        resampler = av.AudioResampler(context.format, "mono", rate, context.frame_size)
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        frame.planes[0].update(samples.tobytes())
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def main() -> None:
    dice = Random(20_191_220)  # noqa: S311 - noise, no secret
    clips = [*spoken_clips(dice), *place_clips(dice)]
    encode(
        clips, BANK / "opus.webm", "libopus", 48_000, 16_000, {"application": "voip", "frame_duration": "60"}
    )
    encode(clips, BANK / "aac.m4a", "aac", 16_000, 24_000, {})
    encode(clips, BANK / "amr.amr", "libopencore_amrnb", 8_000, 12_200, {})
    listed = [{"name": clip.name, "kind": clip.kind, "units": clip.units} for clip in clips]
    text = json.dumps({"unit_ms": UNIT_MS, "clips": listed}, indent=1)
    (BANK / "clips.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(clips)} clips, {sum(clip.units for clip in clips) * UNIT_MS / 1000:.0f} seconds")


if __name__ == "__main__":
    main()
