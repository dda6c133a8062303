"""The form of a sealed object: where its frames lie, and how one of them is sealed and opened.

    header   magic and version, 8 bytes
    frame    nonce (12) · up to 256 KiB of the object, sealed · tag (16); every frame but the last is full
    trailer  nonce (12) · size and number of frames, sealed · tag (16)

Owns the arithmetic between what was written and what is stored, and what each frame is bound to: the version, the
object's key and its place. So a frame that is damaged, moved, or taken from another object does not open, and the
trailer says when some are missing or too many. Refuses to know keys but the one it is given.
"""

from __future__ import annotations

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.services.ports.objects import ObjectDamaged

MAGIC = b"FVSEAL\x00\x02"
FRAME = 1 << 18  # sealed in one call each: smaller ones cost more in being called than in being sealed
NONCE, TAG = 12, 16
OVERHEAD = NONCE + TAG
STORED_FRAME = FRAME + OVERHEAD
_END = struct.Struct(">QQ")
TRAILER = OVERHEAD + _END.size
_NONCES_AT_ONCE = 16
# No frame has this place.
_TRAILER_PLACE = 2**64 - 1


def plain_size(stored: int) -> int | None:
    """The size of the object from the size of its sealed form; None for a size that no sealed object has."""
    body = stored - len(MAGIC) - TRAILER
    full, rest = divmod(body, STORED_FRAME)
    if body < 0 or 0 < rest <= OVERHEAD:
        return None
    return body - OVERHEAD * (full + (rest > 0))


def frames_in(size: int) -> int:
    return -(-size // FRAME)


def place_of(start: int, size: int) -> int:
    """The frame that holds the byte `start` of an object of `size` bytes; beyond its end, the place of the trailer."""
    return start // FRAME if start < size else frames_in(size)


def offset_of(place: int, size: int) -> int:
    """Where that place begins in the sealed form; the first one with the header before it."""
    return 0 if place == 0 else len(MAGIC) + min(place * FRAME, size) + place * OVERHEAD


class Seal:
    """Seals and opens the frames of one object with its data key (32 bytes)."""

    def __init__(self, object_key: str, data_key: bytes) -> None:
        self._object_key = object_key
        self._aead = AESGCM(data_key)
        self._bound = MAGIC + object_key.encode()
        self._nonces: list[bytes] = []

    def frame(self, place: int, plain: bytes | memoryview, out: memoryview) -> int:
        """Seal into `out`, nonce first; how many bytes that took. Nonces are random: a data key sees few frames."""
        taken = len(plain) + OVERHEAD
        out[:NONCE] = nonce = self._nonce()
        self._aead.encrypt_into(nonce, plain, self._binding(place), out[NONCE:taken])
        return taken

    def _nonce(self) -> bytes:
        """One that was never used; several are drawn at once, for each drawing lets another thread go first."""
        if not self._nonces:
            drawn = os.urandom(NONCE * _NONCES_AT_ONCE)
            self._nonces = [drawn[start : start + NONCE] for start in range(0, len(drawn), NONCE)]
        return self._nonces.pop()

    def trailer(self, size: int, frames: int, out: memoryview) -> int:
        return self.frame(_TRAILER_PLACE, _END.pack(size, frames), out)

    def open_frame(self, place: int, sealed: bytes | memoryview, out: memoryview) -> int:
        """Open into `out`; how many bytes that gave. Raises ObjectDamaged."""
        return self._open(place, sealed, out, f"frame {place}")

    def check_trailer(self, sealed: bytes | memoryview, size: int) -> None:
        """Raises ObjectDamaged when the object does not end where its writer ended it."""
        found = bytearray(_END.size)
        if len(sealed) != TRAILER:
            raise ObjectDamaged(self._object_key, "trailer")
        self._open(_TRAILER_PLACE, sealed, memoryview(found), "trailer")
        if _END.unpack(found) != (size, frames_in(size)):
            raise ObjectDamaged(self._object_key, "trailer")

    def _open(self, place: int, sealed: bytes | memoryview, out: memoryview, part: str) -> int:
        length = len(sealed) - OVERHEAD
        if length <= 0:
            raise ObjectDamaged(self._object_key, part)
        nonce = bytes(sealed[:NONCE])
        try:
            self._aead.decrypt_into(nonce, memoryview(sealed)[NONCE:], self._binding(place), out[:length])
        except InvalidTag as error:
            raise ObjectDamaged(self._object_key, part) from error
        return length

    def _binding(self, place: int) -> bytes:
        return self._bound + b"\x00" + place.to_bytes(8, "big")
