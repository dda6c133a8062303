"""A phone's side of sealing (S19), by WebCrypto's words: an ephemeral key, ECDH, HKDF, AES-GCM."""

from __future__ import annotations

import base64
import os
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.phone_keys import base64url


def sealed_key(public: dict[str, Any], device_id: str, account_id: str, key: bytes) -> dict[str, str]:
    """The key of a vault as the phone sends it, sealed to the server's public key."""
    mine = ec.generate_private_key(ec.SECP256R1())
    halves = [base64.urlsafe_b64decode(public[half] + "=") for half in ("x", "y")]
    theirs = b"\x04" + halves[0] + halves[1]
    point = mine.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    name = f"fieldvisit vault v1 {device_id} {account_id}".encode()
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    derived = HKDF(hashes.SHA256(), 32, point + theirs, name).derive(mine.exchange(ec.ECDH(), server))
    iv = os.urandom(12)
    return {
        "key_id": public["id"],
        "ephemeral": base64url(point),
        "iv": base64url(iv),
        "data": base64url(AESGCM(derived).encrypt(iv, key, name)),
    }
