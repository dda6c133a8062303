"""Invented recordings: what is refused, that a reader decodes them whole, and that no two are alike."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from importlib.resources import files
from io import BytesIO

import av
import pytest

from storage.media.invented_recordings import CONTAINERS, Container, mux_recording

STARTED_AT = datetime(2026, 3, 4, 10, 30, 5, tzinfo=timezone(timedelta(hours=8)))
BANK = files("storage.media") / "speech_bank"
FILES: dict[Container, str] = {"webm": "opus.webm", "m4a": "aac.m4a", "amr": "amr.amr"}
FORMATS = {"webm": ("webm", "opus", 48_000), "m4a": ("m4a", "aac", 16_000), "amr": ("amr", "amrnb", 8_000)}
PACKET_MS = {"webm": 60, "m4a": 64, "amr": 20}

each_container = pytest.mark.parametrize("container", CONTAINERS)


def recording(seed: int, seconds: int, container: Container) -> bytes:
    return mux_recording(seed, seconds, container, STARTED_AT)


def packets_of(content: bytes) -> tuple[list[bytes], Fraction]:
    """The packets of a recording, and how many seconds they say they last."""
    with av.open(BytesIO(content), "r") as source:
        packets = [packet for packet in source.demux(audio=0) if packet.size]
        seconds = sum((Fraction(packet.duration or 0) * packet.time_base for packet in packets), Fraction(0))
        return [bytes(packet) for packet in packets], seconds


def test_an_unknown_container_is_refused() -> None:
    with pytest.raises(ValueError, match="container"):
        mux_recording(1, 10, "mp3", STARTED_AT)  # type: ignore[arg-type]


def test_a_recording_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="second"):
        recording(1, 0, "webm")


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        mux_recording(1, 10, "webm", datetime(2026, 3, 4, 10, 30))


@each_container
@pytest.mark.parametrize("seconds", [1, 2, 59, 600])
def test_the_packets_last_as_long_as_asked(container: Container, seconds: int) -> None:
    packets, lasted = packets_of(recording(3, seconds, container))
    assert seconds <= lasted < seconds + Fraction(PACKET_MS[container], 1000)
    assert len(packets) == -(-seconds * 1000 // PACKET_MS[container])


@each_container
def test_all_of_it_decodes_and_is_heard(container: Container) -> None:
    muxer, codec, rate = FORMATS[container]
    with av.open(BytesIO(recording(5, 120, container)), "r") as source:
        assert muxer in source.format.name.split(",")
        assert [stream.type for stream in source.streams] == ["audio"]
        context = source.streams.audio[0].codec_context
        assert (context.name, context.sample_rate, context.layout.name) == (codec, rate, "mono")
        to_samples = av.AudioResampler("s16", "mono", rate)
        heard = bytearray()
        for frame in source.decode(audio=0):
            for piece in to_samples.resample(frame):
                heard += bytes(piece.planes[0])[: piece.samples * 2]
    samples = memoryview(heard).cast("h")
    assert len(samples) / rate == pytest.approx(120, abs=0.1)
    # Every ten seconds somebody speaks: a bank of silence would decode as well.
    for start in range(0, len(samples) - rate * 10, rate * 10):
        assert max(samples[start : start + rate * 10]) > 4_000


def test_the_time_it_began_is_in_the_containers_that_have_room_for_it() -> None:
    for container in ("webm", "m4a"):
        with av.open(BytesIO(recording(1, 2, container)), "r") as source:
            assert source.metadata["creation_time"].startswith("2026-03-04T02:30:05")


def test_webm_has_no_length_in_its_header_like_that_of_a_browser() -> None:
    with av.open(BytesIO(recording(1, 30, "webm")), "r") as source:
        assert source.duration is None


@each_container
def test_nothing_but_the_arguments_decides(container: Container) -> None:
    assert recording(7, 300, container) == recording(7, 300, container)


@each_container
def test_no_two_are_alike(container: Container) -> None:
    assert len({recording(seed, 20, container) for seed in range(60)}) == 60


@each_container
def test_every_phrase_is_said_before_any_is_said_again(container: Container) -> None:
    phrases = [clip for kind, clip in _clips(container) if kind == "speech"]
    said = b"".join(packets_of(recording(11, 600, container))[0])
    places = sorted((said.index(phrase), said.find(phrase, said.index(phrase) + 1)) for phrase in phrases)
    repeated = [again for _, again in places if again >= 0]
    assert repeated
    assert places[-1][0] < min(repeated)


@each_container
def test_the_list_of_clips_fits_the_file(container: Container) -> None:
    packets, _ = packets_of((BANK / FILES[container]).read_bytes())
    listed = sum(len(clip) for _, clip in _clip_packets(container))
    # The encoder's own delay leaves a packet behind the last clip.
    assert 0 <= len(packets) - listed <= 1


def test_every_phrase_has_a_clip_and_the_bank_stays_small() -> None:
    with (BANK / "phrases.tsv").open(encoding="utf-8", newline="") as file:
        speakers = [phrase["speaker"] for phrase in csv.DictReader(file, delimiter="\t")]
    listed = json.loads((BANK / "clips.json").read_text(encoding="utf-8"))["clips"]
    assert [clip["name"].split("-")[0] for clip in listed if clip["kind"] == "speech"] == speakers
    assert sum(len((BANK / name).read_bytes()) for name in FILES.values()) < 2_000_000


def test_the_same_instant_in_another_offset_is_the_same_recording() -> None:
    assert recording(1, 5, "m4a") == mux_recording(1, 5, "m4a", STARTED_AT.astimezone(UTC))


def _clip_packets(container: Container) -> list[tuple[str, list[bytes]]]:
    bank = json.loads((BANK / "clips.json").read_text(encoding="utf-8"))
    packets = iter(packets_of((BANK / FILES[container]).read_bytes())[0])
    return [
        (
            clip["kind"],
            [next(packets) for _ in range(clip["units"] * bank["unit_ms"] // PACKET_MS[container])],
        )
        for clip in bank["clips"]
    ]


def _clips(container: Container) -> list[tuple[str, bytes]]:
    return [(kind, b"".join(packets)) for kind, packets in _clip_packets(container)]
