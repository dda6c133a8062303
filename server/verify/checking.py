"""The check of a pack from its first byte to its last: form, password, digests, lists, signatures.

Owns the order: first the lists, then each item once, read in pieces, whatever its size. Refuses to stop at the first
fault: whoever checks wants to know all that is wrong, item by item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from server.verify.archive import Altered, Archive, Entry
from server.verify.captures import Piece, check_captures
from server.verify.contents import (
    FORM,
    LARGEST_LIST,
    MANIFEST,
    RECEIPTS,
    SUMS,
    TRAIL,
    Listed,
    ListUnreadable,
    Told,
    noted_of,
    read_manifest,
    read_sums,
    receipt_faults,
    trail_faults,
)
from server.verify.faults import Fault, Noted, PackUnreadable

_PIECE = 1 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: every fault, how many items there are, the digest of the whole file; and what was known to be
    wrong when it was packed, which is no fault of the pack."""

    faults: list[Fault]
    items: int
    sha256: str
    noted: list[Noted]


def check_pack(path: Path, password: str, expected_sha256: str | None = None) -> Checked:
    """Everything that can be found without a server. Raises PackUnreadable where nothing can be said."""
    try:
        with path.open("rb") as source:
            whole = _digest(source)
            check = _Check(Archive(source), password.encode())
            if expected_sha256 is not None and whole != expected_sha256.lower():
                facts: dict[str, object] = {"expected": expected_sha256.lower(), "found": whole}
                check.tell(Fault(path.name, "pack_differs", facts))
            check.run()
    except OSError as error:
        raise PackUnreadable(
            f"无法读取文件：{error.strerror}", f"cannot be read: {error.strerror}"
        ) from error
    return Checked(check.faults, len(check.archive.entries), whole, check.noted)


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


class _Check:
    """One check under way."""

    def __init__(self, archive: Archive, password: bytes) -> None:
        self.archive = archive
        self.faults = list(archive.faults)
        self.noted: list[Noted] = []
        self._password = password
        if not archive.opened_by(password):
            raise PackUnreadable("密码不对", "this is not its password")

    def tell(self, fault: Fault) -> None:
        """Each thing once: an item that two lists miss is missing once."""
        if fault not in self.faults:
            self.faults.append(fault)

    def run(self) -> None:
        sums = self._list(SUMS, read_sums, "sums_unreadable") or {}
        manifest = self._list(MANIFEST, read_manifest, "manifest_unreadable") or Told([], [], {})
        listed = manifest.listed
        self.noted += noted_of(manifest)
        receipts, trail = self._text(RECEIPTS), self._text(TRAIL)
        for fault in () if receipts is None else receipt_faults(receipts, listed):
            self.tell(fault)
        for fault in () if trail is None else trail_faults(trail, manifest):
            self.tell(fault)
        pieces = check_captures(manifest, self._text, self.tell)
        self._names(sums, listed)
        of_manifest = {one.path: one for one in listed}
        for entry in self.archive.entries.values():
            one = of_manifest.get(entry.name)
            found = self._digests(entry, pieces.get(one.id or "", []) if one else [])
            if found is not None:
                self._compare(entry, found, sums.get(entry.name), one)

    def _list(self, name: str, read: Callable[[bytes], T], code: str) -> T | None:
        text = self._text(name)
        try:
            return None if text is None else read(text)
        except ListUnreadable:
            self.tell(Fault(name, code))
            return None

    def _text(self, name: str) -> bytes | None:
        """A list whole; one that is altered is told, and not believed."""
        entry = self.archive.entries.get(name)
        if entry is None:
            self.tell(Fault(name, "missing", {"source": FORM}))
            return None
        if entry.size > LARGEST_LIST:
            self.tell(Fault(name, "manifest_unreadable"))
            return None
        try:
            return b"".join(self.archive.read(entry, self._password))
        except Altered as altered:
            self.tell(Fault(name, altered.code))
            return None

    def _names(self, sums: dict[str, str], listed: list[Listed]) -> None:
        """The same names in the archive and in both lists, the lists themselves apart."""
        there = self.archive.entries.keys()
        if sums:
            self._both(SUMS, there - {SUMS}, set(sums))
        if listed:
            self._both(MANIFEST, there - {SUMS, MANIFEST}, {one.path for one in listed})

    def _both(self, source: str, there: set[str], wanted: set[str]) -> None:
        for name in sorted(wanted - there):
            self.tell(Fault(name, "missing", {"source": source}))
        for name in sorted(there - wanted):
            self.tell(Fault(name, "unlisted", {"source": source}))

    def _digests(self, entry: Entry, pieces: list[Piece]) -> str | None:
        """The digest of an item, and on the way those of the pieces that a phone signed; None where it is altered."""
        whole, place = hashlib.sha256(), 0
        parts = [(piece, hashlib.sha256()) for piece in pieces]
        try:
            for content in self.archive.read(entry, self._password):
                whole.update(content)
                for piece, digest in parts:
                    digest.update(_overlap(content, place, piece))
                place += len(content)
        except Altered as altered:
            self.tell(Fault(entry.name, altered.code))
            return None
        for piece, digest in parts:
            if digest.hexdigest() != piece.sha256:
                facts: dict[str, object] = {"manifest": piece.manifest_id, "seq": piece.seq}
                self.tell(Fault(entry.name, "capture_differs", facts))
        return whole.hexdigest()

    def _compare(self, entry: Entry, found: str, by_sums: str | None, listed: Listed | None) -> None:
        told = [(SUMS, by_sums), (MANIFEST, listed.sha256 if listed else None)]
        for source, expected in told:
            if expected is not None and expected != found:
                facts: dict[str, object] = {"source": source, "expected": expected, "found": found}
                self.tell(Fault(entry.name, "digest_differs", facts))
        if listed is not None and listed.size != entry.size:
            sizes: dict[str, object] = {"expected": listed.size, "found": entry.size}
            self.tell(Fault(entry.name, "size_differs", sizes))


def _overlap(content: bytes, place: int, piece: Piece) -> bytes:
    """What of the bytes from `place` on belongs to the piece."""
    if piece.size is None:
        return content
    first = max(0, piece.offset - place)
    return content[first : max(first, piece.offset + piece.size - place)]


def told(checked: Checked) -> Iterator[str]:
    """The faults as people read them, one a line, the item first; then what was noted when it was packed."""
    for fault in checked.faults:
        yield _printable(f"{fault.item}: {fault.zh()} / {fault.en()}")
    for noted in checked.noted:
        yield _printable(f"{noted.item}: {noted.zh()} / {noted.en()}")


def _printable(line: str) -> str:
    """Names in a pack are words of an unknown hand: none may move a cursor or hide a line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
