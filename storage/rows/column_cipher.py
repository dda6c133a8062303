"""Sealing of single column values (S6): AES-256-GCM for the value, HMAC-SHA-256 for finding it.

The one module outside `storage.objects` that imports `cryptography`. The column's name is bound to the value, so a
sealed value moved to another column does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
TAIL = 4


class ColumnCipher:
    """`seal_key` and `hash_key` are 32 bytes each and come from the secrets file."""

    def __init__(self, seal_key: bytes, hash_key: bytes) -> None:
        self._aead = AESGCM(seal_key)
        self._hash_key = hash_key

    def seal(self, column: str, value: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, value.encode(), column.encode())

    def open(self, column: str, sealed: bytes) -> str:
        return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], column.encode()).decode()

    def key(self, value: str) -> str:
        """The keyed hash by which a whole value is found; the same for every column, so that a number is one number."""
        return hmac.new(self._hash_key, b"whole:" + value.encode(), hashlib.sha256).hexdigest()

    def tail_key(self, value: str) -> str:
        """The keyed hash of the last four characters."""
        return hmac.new(self._hash_key, b"tail:" + value[-TAIL:].encode(), hashlib.sha256).hexdigest()
