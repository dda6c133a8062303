"""Templates to fill in: the headers of a kind in one language and one invented row."""

from __future__ import annotations

from typing import BinaryIO

from server.domain.imports import ImportKind
from server.services.importing.kinds import IMPORTERS
from server.services.ports.tables import Column, Language, TableFiles


def template_csv(tables: TableFiles, kind: ImportKind, language: Language) -> bytes:
    columns, example = _template(kind)
    return b"".join(tables.csv_pieces(columns, [example], language))


def template_xlsx(tables: TableFiles, output: BinaryIO, kind: ImportKind, language: Language) -> None:
    """Every cell is text, so that long numbers keep their digits when somebody types over the example."""
    columns, example = _template(kind)
    tables.write_xlsx(output, columns, [example], language, kind.value)


def _template(kind: ImportKind) -> tuple[list[Column], list[str]]:
    sheet = IMPORTERS[kind].sheet
    columns = [Column(column.key, column.zh, column.en) for column in sheet.columns]
    return columns, [column.example for column in sheet.columns]
