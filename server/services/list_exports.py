"""A list as a file that leaves: an encrypted archive, its password by another channel, a line on the trail (S5, S11).

Owns the archive and the trail. What stands in the rows is what whoever asks saw on the page, masked as it was there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from server.domain.access import Actor, Permission, require
from server.domain.audit import AuditEntry
from server.domain.list_exports import LIST_EMPTY, Ending, file_name
from server.domain.problems import problem
from server.services import notices
from server.services.evidence_packing import fresh_password
from server.services.house import House
from server.services.ports.tables import Column, Language, Value
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list as it stood on the page: `path` with its `query`, headings, rows, the ids that the rows lead to."""

    path: str
    query: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExportedFile:
    name: str
    content: bytes


def export(
    house: House,
    uow: UnitOfWork,
    actor: Actor,
    asked: AskedList,
    ending: Ending,
    purpose: str,
    tongue: Language,
) -> ExportedFile:
    """S11: the archive; its password goes into the inbox of whoever asked, who passes it on by another channel."""
    require(actor, Permission.LISTS_EXPORT)
    if not asked.rows:
        raise problem(LIST_EMPTY)
    name = file_name(asked.path, uow.now)
    table, password, output = _table(house, asked, ending, tongue), fresh_password(), io.BytesIO()
    with house.packs.archive(output, password) as archive:
        archive.add(f"{name}.{ending.value}", table, table.getbuffer().nbytes)
    detail = {
        "path": asked.path, "query": asked.query, "rows": len(asked.rows), "ids": list(asked.ids),
        "columns": list(asked.headings), "file": f"{name}.zip",
    }  # fmt: skip
    uow.audit(AuditEntry("list.exported", "list", None, detail, purpose))
    told = {"file": f"{name}.zip", "rows": len(asked.rows)}
    notices.tell(uow, [actor.account_id], "list_exported", told, confidential=password)
    return ExportedFile(f"{name}.zip", output.getvalue())


def _table(house: House, asked: AskedList, ending: Ending, tongue: Language) -> io.BytesIO:
    columns = [Column(f"c{number}", heading, heading) for number, heading in enumerate(asked.headings)]
    if ending is Ending.CSV:
        return io.BytesIO(b"".join(house.tables.csv_pieces(columns, asked.rows, tongue)))
    output = io.BytesIO()
    sink: BinaryIO = output
    house.tables.write_xlsx(sink, columns, asked.rows, tongue)
    output.seek(0)
    return output
