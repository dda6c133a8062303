"""The walk over plain containers tells what the demuxer tells, and knows nothing of other forms."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from random import Random

import av
import pytest

from server.services.ports.media import MediaRefused
from storage.media.invented_recordings import CONTAINERS, Container, mux_recording
from storage.media.mp4_walk import _lie_apart
from storage.media.packets import Sounded
from storage.media.places import opened_places
from storage.media.recordings import opened_recording, read_recording, sounded
from storage.media.sniff import HEAD, sniff
from tests.support.evidence import STARTED

TYPES: dict[Container, str] = {"webm": "audio/webm", "m4a": "audio/mp4", "amr": "audio/amr"}


def walked(path: Path, content: bytes) -> Sounded | None:
    path.write_bytes(content)
    with opened_places(path) as places:
        return sounded(sniff(places.upto(0, HEAD)) or "", places)


def copied(content: bytes, form: str, options: dict[str, str] | None = None, tracks: int = 1) -> bytes:
    """The same packets in another form of container."""
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(content)) as source,
        av.open(target, "w", format=form, options=options or {}) as output,
    ):
        streams = [output.add_stream_from_template(source.streams.audio[0]) for _ in range(tracks)]
        for packet in source.demux(source.streams.audio[0]):
            for stream in streams if packet.dts is not None else ():
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
                copy.stream = stream
                output.mux(copy)
    return target.getvalue()


# what it knows nothing of


def test_a_mp4_in_fragments_is_left_to_the_demuxer(tmp_path: Path) -> None:
    whole = mux_recording(1, 5, "m4a", STARTED)
    fragments = copied(whole, "mp4", {"movflags": "frag_keyframe+empty_moov+default_base_moof"})
    assert walked(tmp_path / "x", fragments) is None
    assert read_recording(tmp_path / "x").duration_ms == 5056


def test_two_tracks_are_left_to_the_demuxer(tmp_path: Path) -> None:
    for container, form in (("webm", "webm"), ("m4a", "mp4")):
        two = copied(mux_recording(1, 3, container, STARTED), form, tracks=2)  # type: ignore[arg-type]
        assert walked(tmp_path / "x", two) is None
        with pytest.raises(MediaRefused):
            read_recording(tmp_path / "x")


@pytest.mark.parametrize(
    ("chunks", "file_size", "apart"),
    [((100, 130), 160, True), ((100, 129), 160, False), ((100, 130), 159, False), ((100, 100), 160, False)],
)
def test_sounds_that_lie_over_one_another_or_past_the_file_are_not_plain(
    chunks: tuple[int, int], file_size: int, *, apart: bool
) -> None:
    """Three sounds of ten bytes in a chunk, five of six in the next."""
    tables = {
        b"stco": struct.pack(">II2I", 0, 2, *chunks),
        b"stsc": struct.pack(">II6I", 0, 2, 1, 3, 1, 2, 5, 1),
    }
    assert _lie_apart(tables, (10,) * 3 + (6,) * 5, file_size) is apart


@pytest.mark.parametrize("container", CONTAINERS)
def test_what_is_cut_is_refused_wherever_it_is_cut(tmp_path: Path, container: Container) -> None:
    content, path, dice = mux_recording(2, 3, container, STARTED), tmp_path / "x", Random(7)
    sound = walked(path, content)
    for _ in range(40):
        path.write_bytes(content[: dice.randrange(1, len(content))])
        try:
            facts = read_recording(path)
        except MediaRefused:
            continue
        assert sound is not None
        assert facts.duration_ms < 1000 * sound.samples / sound.rate


# what the demuxer tells too


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("seconds", [1, 61])
def test_it_counts_as_many_packets_as_the_demuxer_finds(
    tmp_path: Path, container: Container, seconds: int
) -> None:
    path = tmp_path / "x"
    sound = walked(path, mux_recording(3, seconds, container, STARTED))
    with opened_recording(path, TYPES[container]) as source:
        stamps = [(packet.pts, packet.time_base) for packet in source.demux(audio=0) if packet.size]
    assert sound is not None
    each = {"webm": 2880, "m4a": 1024, "amr": 160}[container]
    assert sound.samples == each * len(stamps)
    between = (stamps[-1][0] - stamps[0][0]) * stamps[0][1]  # type: ignore[operator]
    assert sound.span == pytest.approx(float(between) * sound.rate + each, abs=sound.rate / 500)


def test_a_webm_with_cues_and_known_sizes_counts_alike(tmp_path: Path) -> None:
    live = mux_recording(4, 20, "webm", STARTED)
    assert walked(tmp_path / "x", copied(live, "webm")) == walked(tmp_path / "y", live)


def test_what_the_index_claims_of_durations_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(mux_recording(5, 10, "m4a", STARTED))
    path = tmp_path / "x"
    before = walked(path, bytes(content))
    table = content.index(b"stts") + 4
    content[table + 12 : table + 16] = (1024 * 90).to_bytes(4)
    after = walked(path, bytes(content))
    assert before is not None
    assert after is not None
    assert after.samples == before.samples
    assert after.span > 80 * before.span


@pytest.mark.parametrize("container", CONTAINERS)
def test_altered_bytes_are_read_or_refused_and_nothing_else(tmp_path: Path, container: Container) -> None:
    content, path, dice = mux_recording(6, 2, container, STARTED), tmp_path / "x", Random(11)
    for _ in range(150):
        altered = bytearray(content)
        for _ in range(dice.randrange(1, 4)):
            altered[dice.randrange(min(len(altered), dice.choice((200, 2000, 10**6))))] = dice.randrange(256)
        path.write_bytes(altered)
        try:
            facts = read_recording(path)
        except MediaRefused:
            continue
        assert facts.duration_ms >= 0
