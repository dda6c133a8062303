"""The archive of a pack, byte by byte: entries, their directory, and their bytes opened with the password.

Owns the one form that packs have: stored entries behind one another, sealed as WinZip's AE-2 with AES-256, nothing
between, before or behind them, dates and attributes the same in all. So each byte is either bound by an entry's own
authentication or has one right value, and none can change unseen. It refuses to guess: another form is an alteration.

The form is that of the ZIP application note (4.3.7, 4.3.12, 4.3.16) and of WinZip's "AES encryption information".
"""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from server.verify.faults import Fault, PackUnreadable

END = "(压缩包末尾 / end of the archive)"
_PIECE = 1 << 20
_SALT, _VERIFIER, _TAG = 16, 2, 10
_SEALING = _SALT + _VERIFIER + _TAG
_ROUNDS = 1000
_LOCAL, _CENTRAL, _LAST = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
# version 2.0 · encrypted · method 99 · midnight of 1 January 1980 · no CRC, as AE-2 has none
_COMMON = struct.pack("<HHHHHI", 20, 1, 99, 0, 0x21, 0)
_SEALED_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 0)
_LONGEST_NAME = 200
_NAME = re.compile(r"[a-z0-9_]+(?:[./-][a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the pack: where its header lies, how many bytes it has sealed and opened."""

    name: str
    offset: int
    size: int

    @property
    def sealed_size(self) -> int:
        return self.size + _SEALING

    @property
    def begins(self) -> int:
        return self.offset + 30 + len(self.name.encode()) + len(_SEALED_EXTRA)

    @property
    def ends(self) -> int:
        return self.begins + self.sealed_size

    def local_header(self) -> bytes:
        name = self.name.encode()
        sizes = struct.pack("<IIHH", self.sealed_size, self.size, len(name), len(_SEALED_EXTRA))
        return _LOCAL + _COMMON + sizes + name + _SEALED_EXTRA

    def central_header(self) -> bytes:
        name = self.name.encode()
        sizes = struct.pack("<IIHH", self.sealed_size, self.size, len(name), len(_SEALED_EXTRA))
        attributes = struct.pack("<HHHII", 0, 0, 0, 0o100600 << 16, self.offset)
        return _CENTRAL + b"\x14\x03" + _COMMON + sizes + attributes + name + _SEALED_EXTRA


class Archive:
    """An opened pack. `faults` are those of its form; `entries` are the items that could be found all the same."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._size = source.seek(0, 2)
        if self._at(0, 4) != _LOCAL and self._at(self._size - 22, 4) != _LAST:
            raise PackUnreadable("这不是证据包", "this is no evidence pack")
        walked = self._walked()
        whole = bool(walked) and self._at(walked[-1].ends, 4) == _CENTRAL
        found = walked if whole else max(self._by_directory(), self._searched(), key=len)
        self.faults = list(self._faults(found))
        self.entries = {entry.name: entry for entry in found}

    def _at(self, place: int, count: int) -> bytes:
        self._source.seek(max(0, place))
        return self._source.read(count)

    def _walked(self) -> list[Entry]:
        """From header to header, up to the first that has not the one form."""
        entries: list[Entry] = []
        place = 0
        while entry := self._entry_at(place):
            entries.append(entry)
            place = entry.ends
        return entries

    def _entry_at(self, place: int) -> Entry | None:
        """The entry whose header lies here, where it has the one form."""
        head = self._at(place, 30)
        if len(head) < 30 or head[:4] != _LOCAL:
            return None
        size, name_size = struct.unpack("<IH", head[22:28])
        entry = _entry(self._at(place + 30, min(name_size, _LONGEST_NAME)), place, size)
        if entry is None or self._at(place, entry.begins - place) != entry.local_header():
            return None
        return entry

    def _searched(self) -> list[Entry]:
        """By their headers wherever they lie: a byte taken out shifts everything behind it, and the directory too."""
        entries: list[Entry] = []
        wanted = _LOCAL + _COMMON
        for begin in range(0, self._size, _PIECE):
            held = self._at(begin, _PIECE + len(wanted) - 1)
            places = [begin + one.start() for one in re.finditer(re.escape(wanted), held)]
            entries += [entry for place in places if (entry := self._entry_at(place))]
        return entries

    def _by_directory(self) -> list[Entry]:
        """By the directory, up to its first line that has not the one form."""
        last = self._at(self._size - 22, 22)
        if last[:4] != _LAST:
            return []
        count, _, place = struct.unpack("<HII", last[10:20])
        entries: list[Entry] = []
        for _ in range(count):
            head = self._at(place, 46)
            if len(head) < 46 or head[:4] != _CENTRAL:
                break
            size, name_size = struct.unpack("<IH", head[24:30])
            (offset,) = struct.unpack("<I", head[42:46])
            entry = _entry(self._at(place + 46, min(name_size, _LONGEST_NAME)), offset, size)
            if entry is None:
                break
            entries.append(entry)
            place += len(entry.central_header())
        return entries

    def _faults(self, entries: list[Entry]) -> Iterator[Fault]:
        place, seen = 0, set[str]()
        for entry in entries:
            if entry.name in seen:
                yield Fault(entry.name, "twice")
            seen.add(entry.name)
            if not _NAME.fullmatch(entry.name):
                yield Fault(entry.name, "name_refused")
            if entry.offset != place or self._at(place, entry.begins - entry.offset) != entry.local_header():
                yield Fault(entry.name, "header_altered")
            if entry.ends > self._size:
                yield Fault(entry.name, "cut_off")
            place = entry.ends
        yield from self._directory_faults(entries, place)

    def _directory_faults(self, entries: list[Entry], begins: int) -> Iterator[Fault]:
        place = begins
        for entry in entries:
            wanted = entry.central_header()
            if self._at(place, len(wanted)) != wanted:
                yield Fault(entry.name, "directory_altered")
            place += len(wanted)
        counts = struct.pack("<HHHH", 0, 0, len(entries) & 0xFFFF, len(entries) & 0xFFFF)
        wanted = _LAST + counts + struct.pack("<IIH", place - begins, begins, 0)
        if self._at(place, len(wanted) + 1) != wanted:
            yield Fault(END, "end_altered")

    def opened_by(self, password: bytes) -> bool:
        """Whether it is the password, by two bytes in each entry: by chance one in 65,536 fits, altered ones do not."""
        fitting = sum(self._keys(entry, password) is not None for entry in self.entries.values())
        return fitting > 0 and 4 * fitting >= len(self.entries)

    def read(self, entry: Entry, password: bytes) -> Iterator[bytes]:
        """The bytes of an entry, opened piece by piece; raises Altered where they are not those that were sealed."""
        keys = self._keys(entry, password)
        if keys is None:
            raise Altered("password_other")
        cipher = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()  # noqa: S305 (of counters, made below)
        tag = hmac.new(keys[32:64], digestmod="sha1")
        place, left, counter = entry.begins + _SALT + _VERIFIER, entry.size, 1
        while left:
            sealed = self._at(place, min(_PIECE, left))
            if not sealed:
                raise Altered("cut_off")
            tag.update(sealed)
            blocks = -(-len(sealed) // 16)
            stream = cipher.update(_counters(counter, blocks))[: len(sealed)]
            yield _xor(sealed, stream)
            place, left, counter = place + len(sealed), left - len(sealed), counter + blocks
        if not hmac.compare_digest(tag.digest()[:_TAG], self._at(place, _TAG)):
            raise Altered("bytes_altered")

    def _keys(self, entry: Entry, password: bytes) -> bytes | None:
        head = self._at(entry.begins, _SALT + _VERIFIER)
        keys = hashlib.pbkdf2_hmac("sha1", password, head[:_SALT], _ROUNDS, 66)
        return keys[:64] if hmac.compare_digest(keys[64:], head[_SALT:]) else None


class Altered(Exception):
    """The bytes of an entry are not those that were sealed; `code` says how that shows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _entry(name: bytes, offset: int, size: int) -> Entry | None:
    try:
        return Entry(name.decode(), offset, size)
    except UnicodeDecodeError:
        return None


def _counters(first: int, count: int) -> bytes:
    """WinZip counts blocks in little-endian, from 1; the ciphers of libraries count the other way round."""
    halves = array("Q", bytes(16 * count))
    halves[0::2] = array("Q", range(first, first + count))
    if struct.pack("=H", 1) != struct.pack("<H", 1):
        halves.byteswap()
    return halves.tobytes()


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).to_bytes(len(one), "little")
