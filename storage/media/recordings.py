"""What a recording says of itself: its type, its codec and how long it really sounds.

It owns the walk over every packet, in bounded memory: by the container alone where it is of a plain form, which takes
a tenth of the time, else by the demuxer. It refuses what headers claim of durations, files without exactly one stream
of sound, films, and codecs that nothing in the field records with. The demuxer is named, never guessed: FFmpeg's guess
may be a playlist, and a playlist opens other files.
"""

import errno
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition, Stream

from server.services.ports.media import MediaRefusal, MediaRefused, MediaSource, RecordingFacts
from storage.media.containers import check_whole
from storage.media.mp4_walk import walk_mp4
from storage.media.packets import LARGEST_PACKET, Measure, Sounded, measure_for, walk_amr
from storage.media.places import Places, opened_places, unreadable
from storage.media.sniff import RECORDING_TYPES, checked_type
from storage.media.tags import past_tags
from storage.media.webm_walk import walk_webm

LONGEST_S = 12 * 3600
# Decoding all would cost a hundred times the walk; a first second that decodes shows that sound is in there.
PACKETS_TO_DECODE = 50
_DEMUXERS = {
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/mp4": "mov",
    "audio/3gpp": "mov",
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/wav": "wav",
}


def read_recording(source: MediaSource, declared_type: str | None = None) -> RecordingFacts:
    """The facts of the recording. Raises MediaRefused."""
    media_type = checked_type(source, declared_type, RECORDING_TYPES)
    with opened_places(source) as places:
        check_whole(media_type, places)
        plain = sounded(media_type, places)
    try:
        with opened_recording(source, media_type) as container:
            return _facts(container, media_type, plain)
    except FFmpegError as error:
        raise unreadable(f"the demuxer gave up: {type(error).__name__}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise unreadable("its index points before the file") from error


def sounded(media_type: str, places: Places) -> Sounded | None:
    """How long all packets of a plain recording sound, by a walk over the container; None where it is not plain."""
    if media_type == "audio/webm":
        return walk_webm(places)
    if media_type in ("audio/mp4", "audio/3gpp"):
        return walk_mp4(places)
    if media_type in ("audio/amr", "audio/amr-wb"):
        return walk_amr(places, wide=media_type == "audio/amr-wb")
    return None


@contextmanager
def opened_recording(source: MediaSource, media_type: str) -> Iterator[InputContainer]:
    """A recording whose structure was checked, open for its packets or its sound."""
    # A file object and no path: nothing in the name or the content can make FFmpeg open something else.
    with source.open("rb") as file, open_demuxer(file, media_type) as container:
        yield container


def open_demuxer(file: BinaryIO, media_type: str) -> InputContainer:
    """An MP4 may carry a list of which of its sounds to play; all that is there counts, so the list is
    ignored."""
    return av.open(
        past_tags(file) if media_type == "audio/mpeg" else file,
        "r",
        format=_DEMUXERS[media_type],
        container_options={"ignore_editlist": "1"} if _DEMUXERS[media_type] == "mov" else None,
        metadata_errors="replace",
    )


def _facts(container: InputContainer, media_type: str, plain: Sounded | None) -> RecordingFacts:
    stream = _only_sound(container)
    context = _known_codec(stream)
    if context is None or context.channels < 1 or context.sample_rate < 1:
        raise unreadable("the stream of sound says nothing of itself")
    codec = context.codec.canonical_name
    measure = measure_for(media_type, codec, context.channels, context.sample_rate, context.extradata)
    # A WAV that was streamed claims four gigabytes, and its last packet then looks cut.
    walk = _Walk(measure, damage_matters=media_type != "audio/wav")
    for packet in container.demux(stream):
        if packet.size:  # the last one is empty: it flushes the decoder
            walk.add(packet)
        if plain is not None and (walk.decoded or walk.packets == PACKETS_TO_DECODE):
            break
    if walk.packets == 0:
        raise MediaRefused(MediaRefusal.NO_AUDIO, "the stream of sound is empty")
    if not walk.decoded:
        raise unreadable("nothing of it can be decoded")
    seconds = walk.seconds if plain is None else Fraction(plain.samples, plain.rate)
    span = walk.span if plain is None else Fraction(plain.span, plain.rate)
    if seconds > LONGEST_S:
        raise _too_long()
    return RecordingFacts(
        media_type=media_type,
        codec=codec,
        duration_ms=round(seconds * 1000),
        span_ms=round(span * 1000),
        channels=context.channels,
        sample_rate=context.sample_rate,
    )


def _known_codec(stream: AudioStream) -> AudioCodecContext | None:
    """None for a codec that FFmpeg has no decoder for, which PyAV's types do not say."""
    return stream.codec_context


def _only_sound(container: InputContainer) -> AudioStream:
    sounds = []
    for stream in container.streams:
        if isinstance(stream, AudioStream):
            sounds.append(stream)
        elif stream.type == "video" and not _is_cover(stream):
            raise MediaRefused(MediaRefusal.VIDEO_PRESENT, "a film is not kept as a recording")
        elif stream.type not in ("video", "data"):
            raise MediaRefused(MediaRefusal.SEVERAL_STREAMS, f"a stream of {stream.type}")
    if not sounds:
        raise MediaRefused(MediaRefusal.NO_AUDIO, "no stream of sound")
    if len(sounds) > 1:
        raise MediaRefused(MediaRefusal.SEVERAL_STREAMS, "several streams of sound")
    return sounds[0]


def _is_cover(stream: Stream) -> bool:
    """A picture attached to a music file, of one packet."""
    return bool(stream.disposition & Disposition.attached_pic)


@dataclass
class _Walk:
    """Adds up packets as they come; samples are counted by rate, so that nothing is rounded on the way."""

    measure: Measure
    damage_matters: bool
    packets: int = 0
    decoded: bool = False
    samples: Counter[int] = field(default_factory=Counter)
    first: Fraction | None = None
    clock: tuple[int, int] = (1, 1)  # a stream has one; its packets repeat it
    # By the rate, in whole numbers: fractions took most of the time of a walk.
    ends: Counter[int] = field(default_factory=Counter)

    def add(self, packet: "Packet[AudioStream]") -> None:
        """Measure a packet. Raises MediaRefused when it is cut, malformed, or too much in all."""
        if packet.size > LARGEST_PACKET:
            raise unreadable("a packet is larger than any of sound")
        sound = self.measure(memoryview(packet))
        self.packets += 1
        self.samples[sound.rate] += sound.samples
        if self.samples[sound.rate] > LONGEST_S * sound.rate:
            raise _too_long()
        if packet.is_corrupt and self.damage_matters:
            raise unreadable("a packet is damaged")
        if packet.pts is not None:
            if self.first is None:
                self.clock = packet.time_base.as_integer_ratio()
                self.first = packet.pts * packet.time_base
            end = packet.pts * self.clock[0] * sound.rate + sound.samples * self.clock[1]
            if end > self.ends[sound.rate]:
                self.ends[sound.rate] = end
        if not self.decoded and self.packets <= PACKETS_TO_DECODE:
            self.decoded = _decodes(packet)

    @property
    def last(self) -> Fraction:
        """When the last packet ends."""
        ends = (Fraction(end, self.clock[1] * rate) for rate, end in self.ends.items())
        return max(ends, default=Fraction(0))

    @property
    def seconds(self) -> Fraction:
        """The sound that is there."""
        return sum((Fraction(samples, rate) for rate, samples in self.samples.items()), Fraction(0))

    @property
    def span(self) -> Fraction:
        """From the first packet to the end of the last, by their timestamps; without any, the sound
        itself."""
        return self.seconds if self.first is None else self.last - self.first


def _too_long() -> MediaRefused:
    return MediaRefused(MediaRefusal.TOO_LONG, f"more than {LONGEST_S // 3600} hours")


def _decodes(packet: "Packet[AudioStream]") -> bool:
    try:
        return bool(packet.decode())
    except FFmpegError:
        return False  # the next packets may: the caller refuses when none of the first ones does
