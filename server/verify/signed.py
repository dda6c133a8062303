"""One manifest of a phone as it lies in a pack: its text, its signature, its key, and the reading of all three.

Owns the form of what is signed. Refuses a second spelling of anything: a signature, a key or a text that can be read in
two ways would mean two things.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z_]{1,40}")
_HALF = 32  # bytes of a number of P-256
_MOST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that did not fit when the pack was made."""

    code: str
    item_id: str | None
    seq: int | None


@dataclass(frozen=True, slots=True)
class Signed:
    """One manifest of a phone: where its files lie in the pack, and what was known of it when it was packed."""

    id: str
    visit_id: str
    account_id: str
    path: str
    signature: str
    signature_path: str | None
    key_id: str
    key: tuple[str, str] | None
    key_path: str | None
    nonce: str | None
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> set[str]:
        return {one.code for one in self.findings}

    @property
    def root(self) -> str:
        """What the first entry of a chain names as the one before it."""
        return hashlib.sha256((self.nonce or "").encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A photo, or a segment with its place in the file of its run; `size` None for a photo."""

    seq: int
    item_id: str
    sha256: str
    previous: str
    monotonic_ms: int
    at: datetime
    run: int | None
    offset: int
    size: int | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Text:
    """What a phone's text says; `readable`: it is a manifest, `whole`: each of its entries is one."""

    visit_id: object
    nonce: object
    entries: tuple[Entry, ...]
    readable: bool
    whole: bool


def read_signed(told: Any) -> Signed:
    """A line of the pack's manifest; KeyError, TypeError, ValueError or OverflowError where it has another form."""
    key = told["key"]
    return Signed(
        id=str(told["id"]),
        visit_id=str(told["visit_id"]),
        account_id=str(told["account_id"]),
        path=str(told["path"]),
        signature=str(told["signature"]),
        signature_path=_maybe(told["signature_path"]),
        key_id=str(told["key_id"]),
        key=None if key is None else (str(key["x"]), str(key["y"])),
        key_path=_maybe(told["key_path"]),
        nonce=_maybe(told["nonce"]),
        findings=tuple(_finding(one) for one in told["findings"]),
    )


def _maybe(value: Any) -> str | None:
    return None if value is None else str(value)


def _finding(told: Mapping[str, Any]) -> Finding:
    code, seq = str(told["code"]), told["seq"]
    if _CODE.fullmatch(code) is None:
        raise ValueError(code)
    return Finding(code, _maybe(told["item_id"]), None if seq is None else int(seq))


def read_text(text: bytes) -> Text:
    """The text as far as it can be read."""
    try:
        told = json.loads(text.decode(), object_pairs_hook=_each_name_once, parse_constant=_no_number)
        if not isinstance(told, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError):
        return Text(None, None, (), readable=False, whole=False)
    given = told.get("entries", [])
    entries = [_entry(one) for one in given] if isinstance(given, list) else [None]
    readable = tuple(one for one in entries if one is not None)
    return Text(told.get("visit"), told.get("nonce"), readable, True, len(readable) == len(entries))


def _entry(told: Any) -> Entry | None:
    try:
        segment = {"photo": False, "segment": True}[told["kind"]]
        digests = (told["sha256"], told["previous"])
        if not (isinstance(told["item"], str) and all(_DIGEST.fullmatch(one) for one in digests)):
            return None
        at = datetime.fromisoformat(told["at"])
        return Entry(
            seq=_whole(told["seq"]),
            item_id=told["item"],
            sha256=digests[0],
            previous=digests[1],
            monotonic_ms=_whole(told["monotonic_ms"]),
            at=at.astimezone(UTC),
            run=_whole(told["run"]) if segment else None,
            offset=_whole(told["offset"]) if segment else 0,
            size=_whole(told["size"]) if segment else None,
            duration_ms=_whole(told["duration_ms"]) if segment else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(value)
    return value


def _each_name_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(name)
        found[name] = value
    return found


def _no_number(word: str) -> None:
    raise ValueError(word)


def fits(signed: Signed, text: bytes) -> bool:
    """ECDSA over P-256 and SHA-256; the signature is `r` and `s` of 32 bytes each."""
    key, signature = _public_key(signed), stock_signature(signed)
    if key is None or signature is None:
        return False
    try:
        key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def stock_signature(signed: Signed) -> bytes | None:
    """As stock tools read it: DER."""
    raw = _base64url(signed.signature, 2 * _HALF)
    if raw is None:
        return None
    return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))


def stock_key(signed: Signed) -> bytes | None:
    """As stock tools read it: SubjectPublicKeyInfo in PEM."""
    key = _public_key(signed)
    if key is None:
        return None
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form)


def _public_key(signed: Signed) -> ec.EllipticCurvePublicKey | None:
    if signed.key is None:
        return None
    x, y = (_base64url(number, _HALF) for number in signed.key)
    if x is None or y is None:
        return None
    numbers = (int.from_bytes(x, "big"), int.from_bytes(y, "big"))
    try:
        return ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    except ValueError:  # no point of the curve
        return None


def _base64url(text: str, size: int) -> bytes | None:
    """The bytes, if they are so many and written in the one way."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    written = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return raw if len(raw) == size and written == text else None
