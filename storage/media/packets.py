"""How long a packet sounds, by its own bytes.

It owns the arithmetic of the codecs that phones record with, so that nothing a header claims of durations
is trusted: a container may say what it likes. A packet that is shorter than it says is cut. Sources: RFC
6716 3.1 (Opus), RFC 4867 5.3 (AMR), ISO/IEC 14496-3 1.6.2 (AAC), ISO/IEC 11172-3 2.4.2.3 and 13818-3 (MP3).
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.services.ports.media import MediaRefusal, MediaRefused
from storage.media.places import Places, truncated, unreadable


@dataclass(frozen=True, slots=True)
class Sound:
    """`samples` at `rate` samples a second."""

    samples: int
    rate: int


@dataclass(frozen=True, slots=True)
class Sounded:
    """All packets of a recording: `samples` at `rate`; `span` from the first stamp to the end of the last packet."""

    samples: int
    rate: int
    span: int


Measure = Callable[[memoryview], Sound]

# A packet of speech has a few hundred bytes; a container may hold one compressed a thousandfold.
LARGEST_PACKET = 1 << 20
OPUS_RATE = 48_000
_PIECE = 1 << 20
# Configurations 0-11 are SILK of 10 to 60 ms, 12-15 hybrid, 16-31 CELT of 2.5 to 20 ms.
_OPUS_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
_AMR_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6)
_AMR_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6)
_AMR_NO_DATA = {14, 15}
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_MP3_RATES = (44100, 48000, 32000)
_MP3_KBPS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_PCM_BYTES = {
    "pcm_u8": 1,
    "pcm_alaw": 1,
    "pcm_mulaw": 1,
    "pcm_s16le": 2,
    "pcm_s24le": 3,
    "pcm_s32le": 4,
    "pcm_f32le": 4,
}


def opus(packet: memoryview) -> Sound:
    """A configuration, and one frame, two frames or a count of them."""
    code = packet[0] & 0b11
    if code == 3 and len(packet) < 2:
        raise truncated("an Opus packet lacks its count")
    frames = (1, 2, 2, packet[1] & 0x3F if code == 3 else 0)[code]
    samples = frames * _OPUS_SAMPLES[packet[0] >> 3]
    if not 0 < samples <= 5760:
        raise unreadable("an Opus packet sounds longer than 120 ms, or not at all")
    return Sound(samples, OPUS_RATE)


def amr_narrow(packet: memoryview) -> Sound:
    """Frames of 20 ms, one or several."""
    return Sound(160 * _amr_frames(packet, _AMR_NARROW), 8_000)


def amr_wide(packet: memoryview) -> Sound:
    """Frames of 20 ms, one or several."""
    return Sound(320 * _amr_frames(packet, _AMR_WIDE), 16_000)


def _amr_frames(packet: memoryview, sizes: tuple[int, ...]) -> int:
    place = frames = 0
    while place < len(packet):
        kind = packet[place] >> 3 & 0xF
        if kind >= len(sizes) and kind not in _AMR_NO_DATA:
            raise unreadable("a reserved kind of AMR frame")
        place += 1 if kind in _AMR_NO_DATA else sizes[kind]
        frames += 1
    if place > len(packet):
        raise truncated("the last AMR frame is cut")
    return frames


def walk_amr(places: Places, *, wide: bool) -> Sounded:
    """The frames of a file of AMR behind its magic, counted. Raises MediaRefused when one is reserved or cut."""
    sizes, rate, place = (_AMR_WIDE, 16_000, 9) if wide else (_AMR_NARROW, 8_000, 6)
    steps = [sizes[kind] if kind < len(sizes) else 1 if kind in _AMR_NO_DATA else 0 for kind in range(16)]
    by_byte = [steps[byte >> 3 & 0xF] for byte in range(256)]
    frames = 0
    while place < places.size:
        piece = places.upto(place, _PIECE)
        at, end = 0, len(piece)
        while at < end:
            step = by_byte[piece[at]]
            if not step:
                raise unreadable("a reserved kind of AMR frame")
            at += step
            frames += 1
        place += at
    if place > places.size:
        raise truncated("the last AMR frame is cut")
    samples = frames * rate // 50
    return Sounded(samples, rate, samples)


def mp3(packet: memoryview) -> Sound:
    """One frame, whose header gives its length."""
    if len(packet) < 4:
        raise truncated("the last MP3 frame is cut")
    version, kbps_index, rate_index = packet[1] >> 3 & 3, packet[2] >> 4, packet[2] >> 2 & 3
    if (
        packet[0] != 0xFF
        or packet[1] & 0xE6 != 0xE2
        or version == 1
        or kbps_index in (0, 15)
        or rate_index == 3
    ):
        raise unreadable("no MP3 frame where one should be")
    first = version == 3
    rate = _MP3_RATES[rate_index] >> (0 if first else 1 if version == 2 else 2)
    samples = 1152 if first else 576
    length = samples // 8 * _MP3_KBPS[3 if first else 2][kbps_index] * 1000 // rate + (packet[2] >> 1 & 1)
    if len(packet) < length:
        raise truncated("the last MP3 frame is cut")
    return Sound(samples, rate)


def adts(packet: memoryview) -> Sound:
    """AAC with a header on each frame, as in .aac files."""
    if len(packet) < 7:
        raise truncated("the last AAC frame is cut")
    rate_index = packet[2] >> 2 & 0xF
    if packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0 or rate_index >= len(_AAC_RATES):
        raise unreadable("no AAC frame where one should be")
    if len(packet) < ((packet[3] & 3) << 11 | packet[4] << 3 | packet[5] >> 5):
        raise truncated("the last AAC frame is cut")
    return Sound(1024 * ((packet[6] & 3) + 1), _AAC_RATES[rate_index])


def aac(configuration: bytes | None) -> Measure:
    """AAC in a container: the length of a frame stands in the configuration, at the rate of the core, which
    is half of what is played where the upper band is made up (HE-AAC)."""
    bits = int.from_bytes((configuration or b"")[:8].ljust(8, b"\0"))

    def take(count: int) -> int:
        nonlocal bits
        value = bits >> 64 - count
        bits = bits << count & (1 << 64) - 1
        return value

    def object_type() -> int:
        kind = take(5)
        return kind if kind != 31 else 32 + take(6)

    def rate_of_next() -> int:
        index = take(4)
        if index == 15:
            return take(24)
        return _AAC_RATES[index] if index < len(_AAC_RATES) else 0

    kind, rate = object_type(), rate_of_next()
    take(4)  # channels
    if kind in (5, 29):
        rate_of_next()
        kind = object_type()
    samples = {2: (1024, 960), 23: (512, 480), 39: (512, 480)}.get(kind)
    if samples is None or rate == 0:
        raise MediaRefused(MediaRefusal.CODEC_NOT_ACCEPTED, f"AAC of the kind {kind}")
    sound = Sound(samples[take(1)], rate)
    return lambda packet: sound


def pcm(codec: str, channels: int, rate: int) -> Measure:
    """Samples as they are."""
    width = _PCM_BYTES[codec] * channels
    return lambda packet: Sound(len(packet) // width, rate)


def measure_for(
    media_type: str, codec: str, channels: int, rate: int, configuration: bytes | None
) -> Measure:
    """How packets of the stream are measured. Raises MediaRefused for a codec that is not accepted in the
    type."""
    if codec in _PCM_BYTES and media_type == "audio/wav":
        return pcm(codec, channels, rate)
    if codec == "aac" and media_type in ("audio/mp4", "audio/3gpp"):
        return aac(configuration)
    measure = _ACCEPTED.get((media_type, codec))
    if measure is None:
        raise MediaRefused(MediaRefusal.CODEC_NOT_ACCEPTED, f"{codec} in {media_type}")
    return measure


_ACCEPTED: dict[tuple[str, str], Measure] = {
    ("audio/webm", "opus"): opus,
    ("audio/ogg", "opus"): opus,
    ("audio/mp4", "opus"): opus,
    ("audio/mp4", "amr_nb"): amr_narrow,
    ("audio/mp4", "amr_wb"): amr_wide,
    ("audio/3gpp", "amr_nb"): amr_narrow,
    ("audio/3gpp", "amr_wb"): amr_wide,
    ("audio/amr", "amr_nb"): amr_narrow,
    ("audio/amr-wb", "amr_wb"): amr_wide,
    ("audio/mpeg", "mp3"): mp3,
    ("audio/aac", "aac"): adts,
}
