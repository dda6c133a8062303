"""The port to signatures of phones: ECDSA over P-256 with SHA-256, as WebCrypto makes them."""

from __future__ import annotations

from typing import Protocol


class SignatureCheck(Protocol):
    """Coordinates and signatures in base64url without padding; malformed ones are answered, never raised."""

    def is_key(self, x: str, y: str) -> bool:
        """Whether the coordinates are a point of the curve."""
        ...

    def fits(self, x: str, y: str, signed: bytes, signature: str) -> bool:
        """Whether the signature (r and s, 64 bytes: the P1363 form) over the bytes is that of the key."""
        ...

    def key_as_pem(self, x: str, y: str) -> bytes | None:
        """The key as stock tools read it (SubjectPublicKeyInfo in PEM); None for what is no key."""
        ...

    def signature_as_der(self, signature: str) -> bytes | None:
        """The signature as stock tools read it (DER); None for what is no signature."""
        ...
