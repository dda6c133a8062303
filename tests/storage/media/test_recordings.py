"""Recordings: what is refused, and how long they really sound."""

import random
import re
import struct
import zlib
from pathlib import Path

import av
import pytest

from server.services.ports.media import MediaRefusal, MediaRefused, RecordingFacts
from storage.media import recordings
from storage.media.reader import FileMediaReader
from storage.media.recordings import read_recording
from tests.support.photos import make_jpeg
from tests.support.recordings import KINDS, make_recording, write_tone

# kind: media type, codec, rate, and one frame of its codec in ms, by which encoders pad.
EXPECTED = {
    "webm": ("audio/webm", "opus", 48_000, 20),
    "ogg": ("audio/ogg", "opus", 48_000, 20),
    "m4a": ("audio/mp4", "aac", 44_100, 47),
    "mp4-opus": ("audio/mp4", "opus", 48_000, 20),
    "3gp": ("audio/3gpp", "amr_nb", 8_000, 20),
    "amr": ("audio/amr", "amr_nb", 8_000, 20),
    "mp3": ("audio/mpeg", "mp3", 44_100, 53),
    "wav": ("audio/wav", "pcm_s16le", 8_000, 0),
    "aac": ("audio/aac", "aac", 44_100, 47),
}


def refusal(path: Path, declared: str | None = None) -> str:
    with pytest.raises(MediaRefused) as caught:
        read_recording(path, declared)
    return str(caught.value.code)


def with_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_recording_cut_anywhere_is_refused_or_shorter(tmp_path: Path, kind: str) -> None:
    """A live recording may end between two of its parts; then it is whole, and as long as what is there."""
    content = make_recording(tmp_path / "recording", kind, 1.0).read_bytes()
    whole = read_recording(tmp_path / "recording").duration_ms
    dice = random.Random(kind)
    codes = set()
    for cut in [0, 1, 4, 16, 40, len(content) - 1, *dice.sample(range(50, len(content)), 60)]:
        try:
            facts = read_recording(with_bytes(tmp_path / "cut", content[:cut]))
        except MediaRefused as refused:
            codes.add(str(refused.code))
        else:
            assert facts.duration_ms < whole
    assert "truncated" in codes
    assert codes <= {"truncated", "unreadable", "type_not_accepted", "empty", "no_audio"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_last_byte_missing_is_found(tmp_path: Path, kind: str) -> None:
    content = make_recording(tmp_path / "recording", kind, 1.0).read_bytes()
    assert refusal(with_bytes(tmp_path / "cut", content[:-1])) == "truncated"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_recording_cut_in_half_is_truncated(tmp_path: Path, kind: str) -> None:
    content = make_recording(tmp_path / "recording", kind, 1.0).read_bytes()
    assert refusal(with_bytes(tmp_path / "cut", content[: len(content) // 2 + 3])) == "truncated"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_flipped_bytes_never_end_in_another_error(tmp_path: Path, kind: str) -> None:
    content = make_recording(tmp_path / "recording", kind, 0.5).read_bytes()
    dice = random.Random(kind)
    outcomes = set()
    for _ in range(60):
        damaged = bytearray(content)
        for place in dice.sample(range(8, min(len(content), 1500)), 4):
            damaged[place] = dice.randrange(256)
        try:
            outcomes.add(read_recording(with_bytes(tmp_path / "damaged", bytes(damaged))).media_type)
        except MediaRefused as refused:
            outcomes.add(str(refused.code))
    assert outcomes <= {str(code) for code in MediaRefusal} | {EXPECTED[kind][0], "audio/mp4"}


@pytest.mark.parametrize(
    "beginning", [b"\xff\xfb\x90\x00", b"\xff\xf1\x50\x80", b"#!AMR\n", b"OggS\0", b"ID3\x04\0\0\0\0\0\0"]
)
def test_noise_with_the_right_beginning_is_refused(tmp_path: Path, beginning: bytes) -> None:
    dice = random.Random(5)
    for _ in range(10):
        path = with_bytes(tmp_path / "noise", beginning + dice.randbytes(20_000))
        assert refusal(path) in {"truncated", "unreadable", "no_audio"}


def test_photo_is_no_recording(tmp_path: Path) -> None:
    assert refusal(with_bytes(tmp_path / "photo", make_jpeg()), "image/jpeg") == "type_not_accepted"
    assert refusal(with_bytes(tmp_path / "photo", make_jpeg()), "audio/webm") == "mislabelled"


def test_playlist_opens_nothing(tmp_path: Path) -> None:
    secret = make_recording(tmp_path / "other.wav", "wav", 0.2)
    for text in (f"#EXTM3U\n#EXTINF:1,\n{secret}\n", f"ffconcat version 1.0\nfile {secret}\n"):
        assert refusal(with_bytes(tmp_path / "list", text.encode())) == "type_not_accepted"
        hidden = b"ID3\x04\0\0\0\0\0\0" + text.encode()
        assert refusal(with_bytes(tmp_path / "list", hidden)) == "unreadable"


@pytest.mark.parametrize(
    ("table", "at", "value"),
    [
        (b"stsz", 8, struct.pack(">II", 13, 2_000_000_000)),
        (b"stsz", 8, struct.pack(">II", 0, 2_000_000_000)),
        (b"stsc", 16, struct.pack(">I", 2_000_000_000)),
        (b"stts", 8, struct.pack(">I", 2_000_000_000)),
        (b"stts", 12, struct.pack(">I", 2_000_000_000)),
        (b"stco", 8, struct.pack(">I", 2_000_000_000)),
        (b"stts", 0, b"trun\0\0\0\0" + struct.pack(">I", 2_000_000_000)),
        (b"stts", 0, b"cmov"),
    ],
)
def test_table_that_would_fill_the_memory_is_refused(
    tmp_path: Path, table: bytes, at: int, value: bytes
) -> None:
    """Without the guard a file of 2 KB takes gigabytes before the first packet."""
    content = bytearray(make_recording(tmp_path / "recording", "3gp", 1.0).read_bytes())
    place = content.index(table) + at
    content[place : place + len(value)] = value
    with pytest.raises(MediaRefused, match=r"unreadable: the index (names|times|counts|is compressed)"):
        read_recording(with_bytes(tmp_path / "bomb", bytes(content)))


@pytest.mark.parametrize("container", ["mp4", "matroska", "webm"])
def test_film_is_no_recording(tmp_path: Path, container: str) -> None:
    path = tmp_path / "film"
    codec = "libvpx" if container == "webm" else "mpeg4"
    with av.open(str(path), "w", format=container) as output:
        film = output.add_stream(codec, rate=10)
        film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
        sound = output.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.pts = number
            output.mux(film.encode(frame))
        output.mux(film.encode(None))
        write_tone(output, sound, 48_000, 0.3)
    assert refusal(path) == ("type_not_accepted" if container == "matroska" else "video_present")


def test_two_streams_of_sound_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "two"
    with av.open(str(path), "w", format="mp4") as output:
        first = output.add_stream("aac", rate=44_100, layout="mono")
        second = output.add_stream("aac", rate=44_100, layout="mono")
        write_tone(output, first, 44_100, 0.2)
        write_tone(output, second, 44_100, 0.2)
    assert refusal(path) == "several_streams"


@pytest.mark.parametrize(
    ("container", "codec"), [("webm", "vorbis"), ("ogg", "flac"), ("mp4", "libmp3lame"), ("mp4", "alac")]
)
def test_codec_that_no_recorder_of_ours_writes_is_refused(tmp_path: Path, container: str, codec: str) -> None:
    path = tmp_path / "other"
    with av.open(str(path), "w", format=container) as output:
        layout = "stereo" if codec == "vorbis" else "mono"
        options = {"strict": "experimental"} if codec == "vorbis" else {}
        stream = output.add_stream(codec, rate=44_100, layout=layout, options=options)
        frame = av.AudioFrame(format=stream.codec_context.format.name, layout=layout, samples=4096)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 44_100
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    assert refusal(path) == "codec_not_accepted"


def test_container_without_a_packet_has_no_sound(tmp_path: Path) -> None:
    assert refusal(with_bytes(tmp_path / "empty", b"#!AMR\n")) in {"no_audio", "unreadable"}
    header = make_recording(tmp_path / "recording", "wav", 0.1).read_bytes()[:78]
    place = header.index(b"data")
    assert refusal(with_bytes(tmp_path / "empty", header[: place + 4] + bytes(4))) in {
        "no_audio",
        "unreadable",
    }


def test_longer_than_a_shift_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_recording(tmp_path / "recording", "amr", 2.0)
    duration_ms = read_recording(path).duration_ms
    monkeypatch.setattr(recordings, "LONGEST_S", duration_ms / 1000)
    assert read_recording(path).duration_ms == duration_ms
    monkeypatch.setattr(recordings, "LONGEST_S", (duration_ms - 20) / 1000)
    assert refusal(path) == "too_long"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("seconds", [0.3, 3.0])
def test_duration_is_that_of_the_sound(tmp_path: Path, kind: str, seconds: float) -> None:
    media_type, codec, rate, frame_ms = EXPECTED[kind]
    path = make_recording(tmp_path / "recording", kind, seconds)
    facts = FileMediaReader().recording(path, media_type)
    assert facts == RecordingFacts(media_type, codec, facts.duration_ms, facts.span_ms, 1, rate)
    assert seconds * 1000 <= facts.duration_ms <= seconds * 1000 + 2 * frame_ms
    assert abs(facts.span_ms - facts.duration_ms) <= 2


@pytest.mark.parametrize("kind", ["webm", "ogg", "amr", "mp3", "m4a"])
def test_duration_is_what_decoding_all_of_it_gives(tmp_path: Path, kind: str) -> None:
    path = make_recording(tmp_path / "recording", kind, 3.0)
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    decoded_ms = sum(frame.samples for frame in frames) * 1000 / frames[0].sample_rate
    assert read_recording(path).duration_ms == pytest.approx(
        decoded_ms, abs=70
    )  # encoders say how much to skip


def test_headers_that_lie_change_nothing(tmp_path: Path) -> None:
    """The index of an MP4 claims ten hours; the sound is there for two seconds."""
    content = bytearray(make_recording(tmp_path / "recording", "m4a", 2.0).read_bytes())
    honest = read_recording(tmp_path / "recording")
    for box in (b"mvhd", b"mdhd"):
        place = content.index(box) + 4
        scale = struct.unpack(">I", content[place + 12 : place + 16])[0]
        content[place + 16 : place + 20] = struct.pack(">I", scale * 36_000)
    assert read_recording(with_bytes(tmp_path / "lie", bytes(content))).duration_ms == honest.duration_ms


def test_stretched_sample_table_changes_the_span_and_not_the_duration(tmp_path: Path) -> None:
    content = bytearray(make_recording(tmp_path / "recording", "m4a", 2.0).read_bytes())
    honest = read_recording(tmp_path / "recording")
    place = content.index(b"stts") + 8
    content[place + 8 : place + 12] = struct.pack(">I", 10_240)
    stretched = read_recording(with_bytes(tmp_path / "stretched", bytes(content)))
    assert stretched.duration_ms == honest.duration_ms
    assert stretched.span_ms > 5 * honest.span_ms


def test_gap_shows_in_the_span(tmp_path: Path) -> None:
    """Sound, ten seconds of nothing, sound: as when a recorder was paused and its clock went on."""
    source = make_recording(tmp_path / "recording", "webm", 2.0)
    path = tmp_path / "gap"
    with av.open(str(source)) as read, av.open(str(path), "w", format="webm") as output:
        stream = output.add_stream_from_template(read.streams.audio[0])
        for packet in read.demux(read.streams.audio[0]):
            if packet.pts is None:
                continue
            if packet.pts >= 1000:
                packet.pts += 10_000
                packet.dts = packet.pts
            packet.stream = stream
            output.mux(packet)
    facts = read_recording(path)
    assert facts.duration_ms == read_recording(source).duration_ms
    assert facts.span_ms == pytest.approx(facts.duration_ms + 10_000, abs=2)


def open_clusters(content: bytes) -> bytes:
    """The recording with clusters whose sizes were left open, as browsers write them; FFmpeg goes back and fills in."""

    def without_size(found: re.Match[bytes]) -> bytes:
        width = 9 - found[1][0].bit_length()
        return found[0][:4] + bytes([(1 << (9 - width)) - 1]) + b"\xff" * (width - 1) + found[0][4 + width :]

    return re.sub(rb"\x1f\x43\xb6\x75([\x01-\xff].{7})", without_size, content, flags=re.DOTALL)


@pytest.mark.parametrize(("more", "is_whole"), [(0, True), (1, True), (2, True), (3, False), (4, False)])
def test_a_live_webm_may_end_in_the_head_of_its_next_block(tmp_path: Path, more: int, is_whole: bool) -> None:
    """Chromium's pieces do: a head of three bytes (what, and how long in two) without a byte of sound is no cut."""
    content = open_clusters(
        make_recording(tmp_path / "live", "webm", 3.0, options={"live": "1"}).read_bytes()
    )
    block = re.compile(rb"\xa3[\x40-\x7f].\x81", re.DOTALL)
    last = [found.start() for found in block.finditer(content)][-1]
    path = with_bytes(tmp_path / "piece", content[: last + more])
    if is_whole:
        assert read_recording(path).duration_ms == pytest.approx(3000, abs=80)
    else:
        assert refusal(path) == "truncated"


def test_live_webm_without_sizes_is_whole(tmp_path: Path) -> None:
    """Browsers write it so: neither the segment nor its clusters say how long they are."""
    path = make_recording(tmp_path / "live", "webm", 3.0, options={"live": "1"})
    assert read_recording(path).duration_ms == pytest.approx(3000, abs=40)
    content = path.read_bytes()
    assert refusal(with_bytes(tmp_path / "cut", content[:-1])) == "truncated"


def test_fragmented_mp4_is_whole(tmp_path: Path) -> None:
    """Browsers write it so: an empty index first, and then pieces with one each."""
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "500000"}
    path = make_recording(tmp_path / "live", "mp4-opus", 3.0, options=options)
    assert read_recording(path).duration_ms == pytest.approx(3000, abs=40)
    assert refusal(with_bytes(tmp_path / "cut", path.read_bytes()[:-1])) == "truncated"


def test_music_file_with_a_cover_is_a_recording(tmp_path: Path) -> None:
    """Some recorders attach their logo."""
    cover = make_jpeg()
    frame = b"\0image/jpeg\0\x03\0" + cover
    tag = b"APIC" + struct.pack(">I", len(frame)) + b"\0\0" + frame
    size = len(tag)
    header = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    bare = make_recording(tmp_path / "recording", "mp3", 1.0)
    covered = with_bytes(tmp_path / "covered", header + tag + bare.read_bytes().partition(b"ID3")[0])
    sound = bare.read_bytes()
    if sound.startswith(b"ID3"):
        sound = sound[10 + int.from_bytes(sound[6:10]) :]
    covered.write_bytes(header + tag + sound)
    assert read_recording(covered).duration_ms == read_recording(bare).duration_ms


def packed_tag(unpacked: int) -> bytes:
    """An ID3 tag of one compressed frame."""

    def size(number: int) -> bytes:
        return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))

    frame = size(unpacked) + zlib.compress(bytes(unpacked), 9)
    frame = b"TXXX" + size(len(frame)) + b"\0\x09" + frame
    return b"ID3\x04\0\0" + size(len(frame)) + frame


def test_tag_that_would_fill_the_memory_is_passed_over(tmp_path: Path) -> None:
    bare = make_recording(tmp_path / "recording", "mp3", 1.0)
    tagged = with_bytes(tmp_path / "tagged", packed_tag(1000) * 3 + bare.read_bytes())
    assert read_recording(tagged) == read_recording(bare)
    sound = make_recording(tmp_path / "recording", "wav", 1.0).read_bytes()
    tag = packed_tag(50_000_000)
    chunk = b"id3 " + len(tag).to_bytes(4, "little") + tag
    assert refusal(with_bytes(tmp_path / "tagged", sound + chunk)) == "unreadable"
    assert refusal(with_bytes(tmp_path / "tagged", sound[:12] + chunk + sound[12:])) == "unreadable"


def test_tag_alone_is_no_recording(tmp_path: Path) -> None:
    for tags in (1, 8, 9):
        path = with_bytes(tmp_path / "tag", packed_tag(1000) * tags)
        assert refusal(path) in {"truncated", "unreadable"}


def test_streamed_wav_whose_size_was_never_filled_in(tmp_path: Path) -> None:
    content = bytearray(make_recording(tmp_path / "recording", "wav", 1.0).read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = b"\xff\xff\xff\xff"
    assert read_recording(with_bytes(tmp_path / "streamed", bytes(content))).duration_ms == 1000
