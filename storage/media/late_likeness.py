"""The likeness port, answered when the first photo is compared. It owns nothing but the moment of import.

numpy and Pillow take a third of a second to import; a server that starts does not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from server.services.ports.likeness import KnownPrint, PhotoCandidate, SoundLikeness

if TYPE_CHECKING:
    from storage.media.likeness import Likenesses, PhotoIndex


class LateLikenesses:
    @cached_property
    def _likenesses(self) -> Likenesses:
        from storage.media.likeness import Likenesses

        return Likenesses()

    @property
    def photos(self) -> PhotoIndex:
        return self._likenesses.photos

    def agreement(self, asked: bytes, known: bytes, candidate: PhotoCandidate) -> float:
        return self._likenesses.agreement(asked, known, candidate)

    def sounds(self, prints: Sequence[bytes], known: Iterable[KnownPrint]) -> list[SoundLikeness]:
        return self._likenesses.sounds(prints, known)
