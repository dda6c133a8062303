"""Signatures of phones, checked: ECDSA over P-256 with SHA-256 (FIPS 186-5), keys as in RFC 7518, section 6.2.

It owns the way from the bare numbers of WebCrypto to the library. It refuses to raise for what somebody sent: whatever
is malformed does not fit.
"""

from __future__ import annotations

import base64
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_HALF = 32  # bytes of a number of P-256
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class P256Signatures:
    """Answers the port `SignatureCheck`."""

    def is_key(self, x: str, y: str) -> bool:
        return _public_key(x, y) is not None

    def fits(self, x: str, y: str, signed: bytes, signature: str) -> bool:
        key, raw = _public_key(x, y), _decoded(signature, 2 * _HALF)
        if key is None or raw is None:
            return False
        r, s = int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:])
        try:
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def key_as_pem(self, x: str, y: str) -> bytes | None:
        key = _public_key(x, y)
        if key is None:
            return None
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def signature_as_der(self, signature: str) -> bytes | None:
        raw = _decoded(signature, 2 * _HALF)
        if raw is None:
            return None
        return encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))


def _public_key(x: str, y: str) -> ec.EllipticCurvePublicKey | None:
    raw_x, raw_y = _decoded(x, _HALF), _decoded(y, _HALF)
    if raw_x is None or raw_y is None:
        return None
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(raw_x), int.from_bytes(raw_y), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:  # no point of the curve
        return None


def _decoded(text: str, size: int) -> bytes | None:
    """The bytes, if they are so many and written in the one way: a second spelling would be a second signature."""
    if not _BASE64URL.fullmatch(text) or len(text) != -(-size * 4 // 3):
        return None
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return raw if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text else None
