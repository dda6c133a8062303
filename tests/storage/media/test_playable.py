"""Copies to hear, of every kind of recording: as long, with an index, playable; and the peaks of a waveform."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest

from server.services.ports.media import PEAKS_A_SECOND, MediaRefused
from storage.media.invented_recordings import Container, mux_recording
from storage.media.playable import make_peaks, make_playable
from storage.media.recordings import read_recording
from tests.support.recordings import KINDS, make_recording

MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TYPES = {
    "webm": "audio/webm",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "mp4-opus": "audio/mp4",
    "3gp": "audio/3gpp",
    "amr": "audio/amr",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "aac": "audio/aac",
}
OPUS = {"webm", "ogg", "mp4-opus"}


def invented(folder: Path, container: Container, seconds: int) -> Path:
    path = folder / f"source.{container}"
    path.write_bytes(mux_recording(1, seconds, container, MORNING))
    return path


def copied(source: Path, kind: str, target: Path) -> str:
    """The copy's type; the original is as it was, and the copy is itself a recording as long as it."""
    before = source.read_bytes()
    media_type = make_playable(source, TYPES[kind], target)
    assert source.read_bytes() == before
    was, now = read_recording(source), read_recording(target)
    assert now.media_type == media_type
    assert now.duration_ms == pytest.approx(was.duration_ms, abs=200)
    return media_type


def duration_of(path: Path) -> float:
    """What the header says, in seconds: a player shows it before it has read to the end."""
    with av.open(str(path)) as opened:
        return (opened.duration or 0) / 1_000_000


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_recording_has_a_copy_to_hear(tmp_path: Path, kind: str) -> None:
    source = make_recording(tmp_path / "source", kind)
    media_type = copied(source, kind, tmp_path / "copy")
    assert media_type == ("audio/webm" if kind in OPUS else "audio/mp4")
    assert duration_of(tmp_path / "copy") == pytest.approx(2.0, abs=0.2)


def test_a_live_recording_gains_a_length_and_an_index(tmp_path: Path) -> None:
    """As a browser writes it there is neither, so a player can only begin at the beginning."""
    source, copy = invented(tmp_path, "webm", 60), tmp_path / "copy"
    assert b"\x1c\x53\xbb\x6b" not in source.read_bytes()  # the id of Cues
    assert copied(source, "webm", copy) == "audio/webm"
    assert b"\x1c\x53\xbb\x6b" in copy.read_bytes()[:4096]
    assert duration_of(copy) == pytest.approx(60, abs=0.1)


def test_an_mp4_has_its_index_in_front(tmp_path: Path) -> None:
    source, copy = invented(tmp_path, "m4a", 60), tmp_path / "copy"
    assert source.read_bytes().index(b"moov") > source.read_bytes().index(b"mdat")
    assert copied(source, "m4a", copy) == "audio/mp4"
    assert copy.read_bytes().index(b"moov") < copy.read_bytes().index(b"mdat")


@pytest.mark.parametrize("container", ["webm", "m4a", "amr"])
def test_a_copy_can_be_sought_in(tmp_path: Path, container: Container) -> None:
    source, copy = invented(tmp_path, container, 60), tmp_path / "copy"
    copied(source, container, copy)
    with av.open(str(copy)) as opened:
        voice = opened.streams.audio[0]
        for second in (45, 3, 30):
            opened.seek(second * 1_000_000)
            packet = next(packet for packet in opened.demux(voice) if packet.pts is not None)
            assert float(packet.pts * packet.time_base) == pytest.approx(second, abs=6)


def test_the_packets_of_a_copy_are_those_of_the_original(tmp_path: Path) -> None:
    source, copy = invented(tmp_path, "webm", 10), tmp_path / "copy"
    copied(source, "webm", copy)
    packets = []
    for path in (source, copy):
        with av.open(str(path)) as opened:
            packets.append([bytes(packet) for packet in opened.demux(audio=0) if packet.size])
    assert packets[0] == packets[1]


def half_loud(path: Path) -> Path:
    """A second of silence, then a second of a square wave at half of what is possible."""
    with av.open(str(path), "w", format="wav") as output:
        stream = output.add_stream("pcm_s16le", rate=8_000, layout="mono")
        samples = array("h", [0] * 8_000 + [16_384, -16_384] * 4_000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 8_000, 0, Fraction(1, 8_000)
        output.mux(stream.encode(frame))
    return path


def test_peaks_are_the_least_and_the_greatest_of_each_tenth(tmp_path: Path) -> None:
    drawn = array("b", make_peaks(half_loud(tmp_path / "loud.wav"), "audio/wav"))
    assert len(drawn) == 2 * 2 * PEAKS_A_SECOND
    assert list(drawn[:20]) == [0] * 20
    assert list(drawn[20:]) == [-64, 64] * 10


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_recording_has_peaks(tmp_path: Path, kind: str) -> None:
    drawn = array("b", make_peaks(make_recording(tmp_path / "source", kind), TYPES[kind]))
    assert len(drawn) / 2 == pytest.approx(2 * PEAKS_A_SECOND, abs=2)
    assert min(drawn[::2]) < -30 < 30 < max(drawn[1::2])


@pytest.mark.parametrize(
    "content", [b"", b"no sound", bytes(5000), b"#!AMR\n", b"\x1aE\xdf\xa3" + bytes(100)]
)
@pytest.mark.parametrize("media_type", ["audio/webm", "audio/amr", "audio/mpeg", "audio/mp4"])
def test_what_cannot_be_decoded_has_neither(tmp_path: Path, content: bytes, media_type: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with pytest.raises(MediaRefused):
        make_playable(source, media_type, tmp_path / "copy")
    with pytest.raises(MediaRefused):
        make_peaks(source, media_type)


def test_a_damaged_middle_is_left_out(tmp_path: Path) -> None:
    source = invented(tmp_path, "amr", 20)
    content = bytearray(source.read_bytes())
    content[10_000:10_400] = b"\x3c" * 400
    source.write_bytes(bytes(content))
    assert make_playable(source, "audio/amr", tmp_path / "copy") == "audio/mp4"
    assert len(make_peaks(source, "audio/amr")) > 2 * PEAKS_A_SECOND * 18
