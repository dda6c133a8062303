"""Likeness of recordings: silence and strangers have none, copies in other codecs and pieces of ten seconds have."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from server.services.ports.likeness import KnownPrint
from server.services.ports.media import MediaRefused, SoundWork
from storage.media.invented_recordings import mux_recording
from storage.media.likeness import Likenesses
from storage.media.sound_prints import RATE, work_recording

BEGAN = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
_WRITERS = {
    "audio/amr": ("amr", "amr_nb", 8_000),
    "audio/webm": ("webm", "libopus", 48_000),
    "audio/mpeg": ("mp3", "libmp3lame", 16_000),
    "audio/wav": ("wav", "pcm_s16le", 16_000),
}
Sound = NDArray[np.int16]


def bank(folder: Path, seed: int, seconds: int) -> Path:
    path = folder / f"bank-{seed}"
    path.write_bytes(mux_recording(seed, seconds, "webm", BEGAN))
    return path


def heard(path: Path) -> Sound:
    """The sound at 16 kHz."""
    resampler = av.AudioResampler("s16", "mono", 16_000)
    with av.open(str(path)) as source:
        frames = [one for frame in source.decode(audio=0) for one in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def written(folder: Path, sound: Sound, media_type: str) -> Path:
    container, codec, rate = _WRITERS[media_type]
    path = folder / "written"
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", rate, frame_size=context.frame_size or None)
        for one in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(one))
        output.mux(stream.encode(None))
    return path


def work(path: Path, media_type: str = "audio/webm") -> SoundWork:
    return work_recording(path, media_type)


def test_silence_is_like_nothing(tmp_path: Path) -> None:
    silent = work(written(tmp_path, np.zeros(16_000 * 20, np.int16), "audio/wav"), "audio/wav")
    assert silent.silent_share == 1.0
    assert silent.seconds == pytest.approx(20, abs=0.1)
    assert Likenesses().sounds(silent.prints, [KnownPrint("same", silent.prints[0])]) == []


def test_speech_is_neither_silent_nor_overdriven(tmp_path: Path) -> None:
    made = work(bank(tmp_path, 1, 30))
    assert made.silent_share < 0.1
    assert made.clipped_share < 0.001


def test_what_is_at_full_scale_is_overdriven(tmp_path: Path) -> None:
    sound = heard(bank(tmp_path, 1, 20)).astype(np.int32) * 40
    loud = written(tmp_path, np.clip(sound, -32768, 32767).astype(np.int16), "audio/wav")
    assert work(loud, "audio/wav").clipped_share > 0.02


@pytest.mark.parametrize("media_type", _WRITERS)
def test_ten_seconds_of_it_are_known_in_every_codec(tmp_path: Path, media_type: str) -> None:
    known = bank(tmp_path, 2, 60)
    piece = heard(known)[16_000 * 23 + 777 : 16_000 * 33 + 777]
    asked = work(written(tmp_path, piece, media_type), media_type)
    (like,) = Likenesses().sounds(asked.prints, [KnownPrint("known", work(known).prints[0])])
    assert like.share > 0.9
    assert like.seconds > 9
    assert like.known_at - like.at == pytest.approx(23, abs=0.3)


def test_other_recordings_have_a_phrase_in_common_at_most(tmp_path: Path) -> None:
    """The bank says the same phrases in another order; no two recordings of the field do."""
    asked = work(bank(tmp_path, 3, 60))
    others = [KnownPrint(str(seed), work(bank(tmp_path, seed, 60)).prints[0]) for seed in (4, 5)]
    assert all(like.share < 0.4 for like in Likenesses().sounds(asked.prints, others))


def test_a_recording_shorter_than_a_window_has_no_print(tmp_path: Path) -> None:
    short = work(written(tmp_path, np.full(3_000, 900, np.int16), "audio/wav"), "audio/wav")
    assert short.prints[0] == b""
    assert short.silent_share == 1.0


def test_the_print_does_not_depend_on_how_the_sound_is_cut_into_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bank(tmp_path, 6, 40)
    whole = work(path).prints
    monkeypatch.setattr("storage.media.sound_prints._BLOCK", 7 * RATE)
    apart = [
        np.bitwise_count(np.frombuffer(one, "<u4") ^ np.frombuffer(other, "<u4")).mean()
        for one, other in zip(whole, work(path).prints, strict=True)
    ]
    assert max(apart) < 0.01


def test_what_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(b"RIFF" + bytes(40))
    with pytest.raises(MediaRefused):
        work(path, "audio/wav")
