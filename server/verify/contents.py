"""What a pack says of its items, read out of its own lists: digests, receipts, the trail, what phones signed.

Owns reading these lists without trusting them: each is data of an unknown hand until it is held against the bytes. It
refuses to go on over what it cannot read: that is a fault of the list, and the rest is checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server.verify.faults import Fault

MANIFEST, SUMS, RECEIPTS, TRAIL = "manifest.json", "sha256sums.txt", "receipts.json", "trail.json"
FORMAT = "fieldvisit-pack-1"
FORM = "(证据包格式 / the form of packs)"
LARGEST_LIST = 64 << 20
_SUM = re.compile(r"([0-9a-f]{64})  (\S+)")
_KEPT = "evidence.kept"


class ListUnreadable(Exception):
    """A list that is not of the form that packs have."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it. `id` is that of the evidence, None for what the packer wrote itself."""

    path: str
    size: int
    sha256: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """One manifest of a phone: where its files lie in the pack, and what was known of it when it was packed."""

    id: str
    path: str
    signature: str
    key: Mapping[str, str] | None
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of an item whose digest a phone signed; `size` None: all of it."""

    item_id: str
    offset: int
    size: int | None
    sha256: str
    manifest_id: str
    seq: int


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


def read_manifest(text: bytes) -> tuple[list[Listed], list[Signed]]:
    """The files that it lists, and the phones' manifests among them."""
    told = read_json(text)
    try:
        if told["format"] != FORMAT:
            raise ListUnreadable
        listed = [_listed(one, one["id"]) for one in told["items"]]
        listed += [_listed(one, None) for one in told["files"]]
        signed = [_signed(one) for one in told["capture_manifests"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ListUnreadable from error
    return listed, signed


def _listed(told: Any, id_: Any) -> Listed:
    path, size, sha256 = told["path"], told["size"], told["sha256"]
    if not (isinstance(path, str) and isinstance(size, int) and isinstance(sha256, str)):
        raise ListUnreadable
    return Listed(path, size, sha256, None if id_ is None else str(id_))


def _signed(told: Any) -> Signed:
    known = frozenset(str(one["code"]) for one in told["findings"])
    key = told["key"]
    return Signed(str(told["id"]), str(told["path"]), str(told["signature"]), key, known)


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


def trail_faults(text: bytes, listed: list[Listed]) -> Iterator[Fault]:
    """Each line has the digest of its words, and each item a line that it was received as it lies here."""
    try:
        lines = read_json(text)["lines"]
        broken = [line["seq"] for line in lines if _line_digest(line) != line["digest"]]
        kept = {
            (line["subject_id"], line["detail"]["sha256"], line["detail"]["size"])
            for line in lines
            if line["action"] == _KEPT
        }
    except (ListUnreadable, KeyError, TypeError):
        yield Fault(TRAIL, "manifest_unreadable")
        return
    for seq in broken:
        yield Fault(TRAIL, "trail_broken", {"line": seq})
    for one in listed:
        if one.id is not None and (one.id, one.sha256, one.size) not in kept:
            yield Fault(one.path, "not_in_trail")


def _line_digest(line: Mapping[str, Any]) -> str:
    """SHA-256 over the line before it and its own words, in the form that docs/packs.md gives."""
    names = ("previous", "seq", "at", "actor_id", "action", "subject_kind", "subject_id", "detail", "purpose")
    words = json.dumps(
        [line[name] for name in names], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def signed_pieces(signed: Signed, text: bytes, tell: Callable[[Fault], None]) -> list[Piece]:
    """What a phone signed, once its signature is that of its key; a bad one that was known when packing is no news."""
    if not _fits(signed, text) and not {"bad_signature", "unknown_key"} & signed.known:
        tell(Fault(signed.path, "signature_bad"))
    try:
        return [_piece(signed.id, entry) for entry in read_json(text)["entries"]]
    except (ListUnreadable, KeyError, TypeError, ValueError):
        if "manifest_unreadable" not in signed.known:
            tell(Fault(signed.path, "capture_unreadable"))
        return []


def _piece(manifest_id: str, entry: Any) -> Piece:
    whole = entry["kind"] == "photo"
    offset, size = (0, None) if whole else (int(entry["offset"]), int(entry["size"]))
    return Piece(str(entry["item"]), offset, size, str(entry["sha256"]), manifest_id, int(entry["seq"]))


def _fits(signed: Signed, text: bytes) -> bool:
    """ECDSA over P-256 and SHA-256; the signature is `r` and `s` of 32 bytes each."""
    if signed.key is None:
        return False
    try:
        x, y = (int.from_bytes(_base64url(str(signed.key[name])), "big") for name in ("x", "y"))
        raw = _base64url(signed.signature)
        if len(raw) != 64:
            return False
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        rs = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(rs, text, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def _base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise ListUnreadable from error
