"""A key as a phone makes it at its enrolment, for phones that are invented: ECDSA P-256, forms of WebCrypto.

Owns the private half for as long as the process lives. Refuses to write it anywhere: no server has a phone's key.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

_HALF = 32


class PhoneKey:
    """`jwk` is its public half (RFC 7518); `sign` gives r and s behind each other, in base64url."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        self.jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(numbers.x.to_bytes(_HALF)),
            "y": base64url(numbers.y.to_bytes(_HALF)),
        }

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64url(r.to_bytes(_HALF) + s.to_bytes(_HALF))


def base64url(raw: bytes) -> str:
    """As WebCrypto and JWK write bytes: without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
