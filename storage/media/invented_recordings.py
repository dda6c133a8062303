"""Owns invented recordings: clips of the speech bank, shuffled by a seed and put into a container.

Refuses to encode: packets are copied, so that twenty minutes take milliseconds. Refuses to be random:
the seed, the length, the container and the time decide every byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from random import Random
from typing import Literal

import av

Container = Literal["webm", "m4a", "amr"]
CONTAINERS: tuple[Container, ...] = ("webm", "m4a", "amr")

_AMR_MAGIC = b"#!AMR\n"
# After this share of the phrases something else than speech is heard.
_PLACE_SHARE = 0.45


@dataclass(frozen=True)
class _Codec:
    """One codec of the bank: its file, its muxer, and how long a packet is on the stream's clock."""

    file: str
    muxer: str
    options: tuple[tuple[str, str], ...]
    packet_ticks: int
    packet_ms: int


_CODECS: dict[Container, _Codec] = {
    # live: no duration in the header and no cues, as browsers write what they record.
    "webm": _Codec("opus.webm", "webm", (("live", "1"), ("fflags", "+bitexact")), 60, 60),
    "m4a": _Codec("aac.m4a", "ipod", (("fflags", "+bitexact"),), 1024, 64),
    "amr": _Codec("amr.amr", "amr", (), 160, 20),
}


@dataclass(frozen=True)
class _Bank:
    """The clips of one codec as packets, apart by what is heard."""

    content: bytes
    speech: tuple[tuple[bytes, ...], ...]
    place: tuple[tuple[bytes, ...], ...]


def mux_recording(seed: int, seconds: int, container: Container, started_at: datetime) -> bytes:
    """A recording of `seconds`, to the packet, that began at `started_at` (aware).

    webm carries Opus, m4a AAC, amr AMR-NB, which has no room for a time; all mono. ValueError for another
    container, for no length, for a time without offset.
    """
    if container not in _CODECS:
        raise ValueError(f"no such container: {container!r}")
    if seconds < 1:
        raise ValueError("a recording lasts at least a second")
    if started_at.tzinfo is None:
        raise ValueError("started_at must carry its offset")
    codec = _CODECS[container]
    packets = _shuffled(_bank(container), Random(seed), -(-seconds * 1000 // codec.packet_ms))  # noqa: S311
    if container == "amr":
        return b"".join([_AMR_MAGIC, *packets])
    return _muxed(codec, _bank(container).content, packets, started_at)


@cache
def _bank(container: Container) -> _Bank:
    codec = _CODECS[container]
    folder = files("storage.media") / "speech_bank"
    content = (folder / codec.file).read_bytes()
    with av.open(BytesIO(content), "r") as source:
        packets = iter([bytes(packet) for packet in source.demux(audio=0) if packet.size])
    listed = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    heard: dict[str, list[tuple[bytes, ...]]] = {"speech": [], "place": []}
    for clip in listed["clips"]:
        count = clip["units"] * listed["unit_ms"] // codec.packet_ms
        heard[clip["kind"]].append(tuple(next(packets) for _ in range(count)))
    return _Bank(content, tuple(heard["speech"]), tuple(heard["place"]))


def _shuffled(bank: _Bank, dice: Random, count: int) -> list[bytes]:
    """So many packets: every phrase once in a new order, other sounds between, then all of them again."""
    packets: list[bytes] = []
    for clip in _clips(bank, dice):
        packets.extend(clip)
        if len(packets) >= count:
            break
    return packets[:count]


def _clips(bank: _Bank, dice: Random) -> Iterator[tuple[bytes, ...]]:
    yield dice.choice(bank.place)
    while True:
        for phrase in dice.sample(bank.speech, len(bank.speech)):
            yield phrase
            if dice.random() < _PLACE_SHARE:
                yield dice.choice(bank.place)


def _muxed(codec: _Codec, template: bytes, packets: list[bytes], started_at: datetime) -> bytes:
    target = BytesIO()
    with (
        av.open(BytesIO(template), "r") as source,
        av.open(target, "w", format=codec.muxer, options=dict(codec.options)) as container,
    ):
        voice = source.streams.audio[0]
        assert voice.time_base is not None
        stream = container.add_stream_from_template(voice)
        container.metadata["creation_time"] = started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for place, content in enumerate(packets):
            packet = av.Packet(content)
            packet.stream = stream
            packet.time_base = voice.time_base
            packet.pts = packet.dts = place * codec.packet_ticks
            packet.duration = codec.packet_ticks
            packet.is_keyframe = True
            container.mux_one(packet)
    return target.getvalue()
