"""What a pack says of its items, read out of its own lists: digests, receipts, the trail, what phones signed.

Owns reading these lists without trusting them: each is data of an unknown hand until it is held against the bytes. It
refuses to go on over what it cannot read: that is a fault of the list, and the rest is checked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.verify.faults import Fault, Noted
from server.verify.signed import Signed, read_signed

MANIFEST, SUMS, RECEIPTS, TRAIL = "manifest.json", "sha256sums.txt", "receipts.json", "trail.json"
FORMAT = "fieldvisit-pack-1"
FORM = "(证据包格式 / the form of packs)"
LARGEST_LIST = 64 << 20
_SUM = re.compile(r"([0-9a-f]{64})  (\S+)")
_KEPT, _SIGNED_KEPT = "evidence.kept", "evidence.manifest_kept"


class ListUnreadable(Exception):
    """A list that is not of the form that packs have."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it. `id` is that of the evidence, None for what the packer wrote itself, as are the
    fields after it."""

    path: str
    size: int
    sha256: str
    id: str | None
    visit_id: str | None = None
    kind: str | None = None
    source: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The pack's manifest: the files that it lists, the phones' manifests among them, and by visit the ids of files
    that were awaited when it was made."""

    listed: list[Listed]
    signed: list[Signed]
    awaited: Mapping[str, frozenset[str]]


def read_sums(text: bytes) -> dict[str, str]:
    """By path, as `sha256sum` writes them."""
    sums: dict[str, str] = {}
    for line in _decoded(text).splitlines():
        found = _SUM.fullmatch(line)
        if found is None or found[2] in sums:
            raise ListUnreadable
        sums[found[2]] = found[1]
    return sums


def read_json(text: bytes) -> Any:
    try:
        return json.loads(_decoded(text))
    except (ValueError, RecursionError) as error:
        raise ListUnreadable from error


def read_manifest(text: bytes) -> Told:
    """The pack's manifest, of the one form."""
    told = read_json(text)
    try:
        if told["format"] != FORMAT:
            raise ListUnreadable
        listed = [_item(one) for one in told["items"]] + [_file(one) for one in told["files"]]
        signed = [read_signed(one) for one in told["capture_manifests"]]
        awaited = {str(one["id"]): frozenset(str(id_) for id_ in one["awaited"]) for one in told["visits"]}
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ListUnreadable from error
    return Told(listed, signed, awaited)


def _file(told: Any) -> Listed:
    path, size, sha256 = told["path"], told["size"], told["sha256"]
    if not (isinstance(path, str) and isinstance(size, int) and isinstance(sha256, str)):
        raise ListUnreadable
    return Listed(path, size, sha256, None)


def _item(told: Any) -> Listed:
    file = _file(told)
    names = ("id", "visit_id", "kind", "source", "account_id")
    return Listed(file.path, file.size, file.sha256, *(str(told[name]) for name in names))


def noted_of(manifest: Told) -> Iterator[Noted]:
    """What was known when the pack was made: findings of the phones' manifests, and files that had not come."""
    for signed in manifest.signed:
        for one in signed.findings:
            yield Noted(signed.path, "finding", {"code": one.code, "seq": one.seq or ""})
    for visit_id, awaited in manifest.awaited.items():
        for item_id in sorted(awaited):
            yield Noted(f"chain/{visit_id}", "awaited", {"file": item_id})


def receipt_faults(text: bytes, listed: list[Listed]) -> Iterator[Fault]:
    """The receipts are those of the manifest's items, one each."""
    try:
        receipts = {str(one["id"]): (one["size"], one["sha256"]) for one in read_json(text)}
    except (ListUnreadable, KeyError, TypeError):
        yield Fault(RECEIPTS, "manifest_unreadable")
        return
    for one in listed:
        if one.id is not None and one.id not in receipts:
            yield Fault(one.path, "no_receipt")
        elif one.id is not None and receipts[one.id] != (one.size, one.sha256):
            yield Fault(one.path, "receipt_differs")


def trail_faults(text: bytes, manifest: Told) -> Iterator[Fault]:
    """Each line has the digest of its words; each item, and each manifest of a phone, a line that it was received as it
    lies here."""
    try:
        lines = read_json(text)["lines"]
        broken = [line["seq"] for line in lines if _line_digest(line) != line["digest"]]
        kept = {
            (line["subject_id"], line["detail"]["sha256"], line["detail"]["size"])
            for line in lines
            if line["action"] == _KEPT
        }
        signed = {
            (str(line["detail"]["manifest_id"]), line["detail"]["sha256"])
            for line in lines
            if line["action"] == _SIGNED_KEPT
        }
    except (ListUnreadable, KeyError, TypeError):
        yield Fault(TRAIL, "manifest_unreadable")
        return
    for seq in broken:
        yield Fault(TRAIL, "trail_broken", {"line": seq})
    for one in manifest.listed:
        if one.id is not None and (one.id, one.sha256, one.size) not in kept:
            yield Fault(one.path, "not_in_trail")
    digests = {one.path: one.sha256 for one in manifest.listed}
    for phone in manifest.signed:
        if (phone.id, digests.get(phone.path)) not in signed:
            yield Fault(phone.path, "not_in_trail")
    for id_ in sorted({id_ for id_, _ in signed} - {phone.id for phone in manifest.signed}):
        yield Fault(TRAIL, "chain_dropped", {"manifest": id_})


def _line_digest(line: Mapping[str, Any]) -> str:
    """SHA-256 over the line before it and its own words, in the form that docs/packs.md gives."""
    names = ("previous", "seq", "at", "actor_id", "action", "subject_kind", "subject_id", "detail", "purpose")
    words = json.dumps(
        [line[name] for name in names], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ListUnreadable from error
