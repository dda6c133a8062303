"""How long a packet sounds, by its bytes: each codec's table, with its limits."""

import pytest

from server.services.ports.media import MediaRefused
from storage.media import packets
from storage.media.packets import Sound


def view(*values: int, pad: int = 0) -> memoryview:
    return memoryview(bytes(values) + bytes(pad))


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (view(0 << 3, pad=9), 480),  # SILK 10 ms
        (view(3 << 3, pad=9), 2880),  # SILK 60 ms
        (view(13 << 3, pad=9), 960),  # hybrid 20 ms
        (view(16 << 3, pad=9), 120),  # CELT 2.5 ms
        (view(31 << 3, pad=9), 960),  # CELT 20 ms
        (view(31 << 3 | 1, pad=9), 1920),
        (view(31 << 3 | 2, pad=9), 1920),
        (view(31 << 3 | 3, 6, pad=9), 5760),
        (view(16 << 3 | 3, 48, pad=9), 5760),
    ],
)
def test_opus(packet: memoryview, samples: int) -> None:
    assert packets.opus(packet) == Sound(samples, 48_000)


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (view(31 << 3 | 3, 7, pad=9), "unreadable"),
        (view(31 << 3 | 3, 0, pad=9), "unreadable"),
        (view(31 << 3 | 3), "truncated"),
    ],
)
def test_opus_that_cannot_be(packet: memoryview, code: str) -> None:
    with pytest.raises(MediaRefused, match=code):
        packets.opus(packet)


def test_amr_frames_in_one_packet() -> None:
    assert packets.amr_narrow(view(0x3C, pad=31)) == Sound(160, 8_000)
    assert packets.amr_narrow(memoryview((b"\x3c" + bytes(31)) * 3 + b"\x7c\x44" + bytes(5))) == Sound(
        800, 8_000
    )
    assert packets.amr_wide(view(0x44, pad=60)) == Sound(320, 16_000)


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (view(0x3C, pad=30), "truncated"),
        (view(0x4C, pad=30), "unreadable"),
        (view(0x6C, pad=30), "unreadable"),
    ],
)
def test_amr_that_cannot_be(packet: memoryview, code: str) -> None:
    with pytest.raises(MediaRefused, match=code):
        packets.amr_narrow(packet)


@pytest.mark.parametrize(
    ("header", "length", "sound"),
    [
        ((0xFF, 0xFB, 0x90, 0x00), 417, Sound(1152, 44_100)),
        ((0xFF, 0xFB, 0x92, 0x00), 418, Sound(1152, 44_100)),
        ((0xFF, 0xF3, 0x80, 0x00), 208, Sound(576, 22_050)),
        ((0xFF, 0xE3, 0x18, 0x00), 72, Sound(576, 8_000)),
    ],
)
def test_mp3(header: tuple[int, ...], length: int, sound: Sound) -> None:
    assert packets.mp3(view(*header, pad=length - 4)) == sound
    with pytest.raises(MediaRefused, match="truncated"):
        packets.mp3(view(*header, pad=length - 5))


@pytest.mark.parametrize(
    "header",
    [
        (0xFF, 0xFB, 0x00, 0),
        (0xFF, 0xFB, 0xF0, 0),
        (0xFF, 0xFB, 0x9C, 0),
        (0xFF, 0xEB, 0x90, 0),
        (1, 2, 3, 4),
    ],
)
def test_mp3_that_cannot_be(header: tuple[int, ...]) -> None:
    with pytest.raises(MediaRefused, match="unreadable"):
        packets.mp3(view(*header, pad=2000))


@pytest.mark.parametrize(
    ("configuration", "sound"),
    [
        (b"\x12\x08", Sound(1024, 44_100)),  # LC
        (b"\x12\x0c", Sound(960, 44_100)),  # LC with the short frame
        (b"\x2b\x11\x88\x00", Sound(1024, 24_000)),  # HE-AAC: 24 kHz core, played at 48 kHz
        (b"\xf8\xe8\x40\x00", Sound(512, 44_100)),  # ELD
        (b"\xf8\xe8\x50\x00", Sound(480, 44_100)),  # ELD with the short frame
    ],
)
def test_aac_by_its_configuration(configuration: bytes, sound: Sound) -> None:
    assert packets.aac(configuration)(view(1)) == sound


@pytest.mark.parametrize("configuration", [None, b"", b"\x0a\x08", b"\x17\x08", b"\xff" * 8])
def test_aac_of_another_kind_is_refused(configuration: bytes | None) -> None:
    with pytest.raises(MediaRefused, match="codec_not_accepted"):
        packets.aac(configuration)


def test_pcm() -> None:
    assert packets.pcm("pcm_s16le", 2, 8_000)(view(pad=3200)) == Sound(800, 8_000)
    assert packets.pcm("pcm_alaw", 1, 8_000)(view(pad=8000)) == Sound(8000, 8_000)
