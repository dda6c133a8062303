"""The port to the rows of resumable uploads: the lease, the offset and what no equality finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from server.domain.uploads import Upload, UploadPiece, Used
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class UploadRows(EntityRows[Upload], Protocol):
    def change(self, upload: Upload, token: str | None, **values: object) -> bool:
        """Set these fields if the upload still stands at this offset under this lease (None: whatever its lease);
        False when somebody else has it by now."""
        ...

    def pieces(self, upload_id: str) -> list[UploadPiece]:
        """What there is of it, from its beginning."""
        ...

    def add_piece(self, piece: UploadPiece) -> None: ...
    def remove_pieces(self, upload_id: str) -> None: ...
    def known_keys(self, keys: Iterable[str]) -> set[str]:
        """Which of the keys of objects a piece names."""
        ...

    def used(self, account_id: str, device_id: str | None, since: datetime, leaving_out: str) -> Used:
        """What the account and the device sent or announced since then, one upload left out."""
        ...

    def page_of_visit(self, request: PageRequest, visit_id: str) -> Page[Upload]:
        """A visit's uploads, oldest first."""
        ...

    def idle(self, before: datetime, whole_before: datetime, limit: int) -> list[Upload]:
        """Open ones that have got no byte since then, whole ones since the later time; the longest idle first."""
        ...
