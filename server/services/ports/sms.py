"""The port to the firm's channel for text messages (V12). Its first adapter hands over files and reads files back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from server.domain.messages import OutgoingText, SentReport
from server.services.ports.tables import Language


class SmsSender(Protocol):
    """Hands messages to the channel and learns what became of them."""

    def hand_over(self, messages: Sequence[OutgoingText], language: Language) -> Iterator[bytes]:
        """The messages as the channel takes them: a file, piece by piece."""

    def reports(self, path: Path, filename: str) -> list[SentReport]:
        """What a file of the channel says, row by row. Raises a Problem for a file that cannot be read."""
