"""What phones seal for the server, opened: ECDH over P-256, HKDF-SHA-256 (RFC 5869), AES-256-GCM.

Owns the private half. It is drawn out of the key of sealed columns, so it lives, is backed up and is lost with them,
and no further secret has to be kept. It refuses to raise for what somebody sent: whatever is malformed does not open.
"""

from __future__ import annotations

import base64
import hashlib
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.domain.phone_custody import SealedKey
from server.domain.phone_days import SealingKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4, D.1.2.3)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_POINT, _IV, _KEY = 65, 12, 32


class HeldPhoneSeals:
    """Answers the port `PhoneSeals`."""

    def __init__(self, secret: bytes) -> None:
        # 48 bytes for a number of 32: what a smaller draw would favour is then less than one in 2^128.
        drawn = int.from_bytes(_derived(secret, b"", b"fieldvisit phone seals v1", 48))
        self._key = ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())
        self._point = _raw(self._key.public_key())

    def public(self) -> SealingKey:
        half = (_POINT - 1) // 2
        x, y = self._point[1 : 1 + half], self._point[1 + half :]
        return SealingKey(hashlib.sha256(self._point).hexdigest()[:16], _base64url(x), _base64url(y))

    def open(self, sealed: SealedKey, device_id: str, account_id: str) -> bytes | None:
        point, iv = _decoded(sealed.ephemeral, _POINT), _decoded(sealed.iv, _IV)
        data = _decoded(sealed.data, _KEY + 16)
        if sealed.key_id != self.public().id or point is None or iv is None or data is None:
            return None
        named = sealing_name(device_id, account_id)
        try:
            shared = self._key.exchange(
                ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            )
            return AESGCM(_derived(shared, point + self._point, named, _KEY)).decrypt(iv, data, named)
        except (ValueError, InvalidTag):  # no point of the curve; sealed for another device, person or server
            return None

    def open_part(self, key: bytes, name: str, iv: str, data: bytes) -> bytes | None:
        nonce = _decoded(iv, _IV)
        if nonce is None:
            return None
        try:
            return AESGCM(key).decrypt(nonce, data, name.encode())
        except (ValueError, InvalidTag):  # too short; altered, exchanged or under another key
            return None


def sealing_name(device_id: str, account_id: str) -> bytes:
    """What a sealed key is bound to: a key of one person's phone is no use under another's name."""
    return f"fieldvisit vault v1 {device_id} {account_id}".encode()


def _derived(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=size, salt=salt, info=info).derive(secret)


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str, size: int) -> bytes | None:
    if not _BASE64URL.fullmatch(text) or len(text) != -(-size * 4 // 3):
        return None
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
