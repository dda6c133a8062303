"""Text messages as files: number, text and id out; id with the time of sending, or the failure, back in.

The columns of the file that went out may stand in the one that comes back, so that a clerk only adds two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from server.domain.calendar import SHANGHAI, parse_instant
from server.domain.import_problems import FILE_REFUSED, HEADER_MISSING, HEADER_UNKNOWN
from server.domain.messages import OutgoingText, SentReport
from server.domain.problems import Finding, problem, refuse_if
from server.domain.text_messages import MOST_TOLD, REPORT_REFUSED
from server.services.importing.table_words import WORDS
from server.services.ports.tables import Column, Language, TableFiles, TableRefused, TableRow

COLUMNS = (
    Column("number", "手机号", "number"),
    Column("text", "内容", "text"),
    Column("id", "编号", "id"),
)
RESULTS = (
    Column("sent_at", "发送时间", "sent_at"),
    Column("failure", "失败原因", "failure"),
)
_KNOWN: Mapping[str, str] = {
    heading: column.key for column in COLUMNS + RESULTS for heading in (column.zh, column.en)
}


class FileSmsSender:
    """The adapter of `SmsSender` over CSV and XLSX."""

    def __init__(self, tables: TableFiles) -> None:
        self._tables = tables

    def hand_over(self, messages: Sequence[OutgoingText], language: Language) -> Iterator[bytes]:
        rows = ((message.number, message.text, message.id) for message in messages)
        return self._tables.csv_pieces(COLUMNS, rows, language)

    def reports(self, path: Path, filename: str) -> list[SentReport]:
        try:
            rows = list(self._tables.read(path, filename))
        except TableRefused as refused:
            zh, en = WORDS[refused.code]
            raise problem(FILE_REFUSED, "file", words_zh=zh, words_en=en) from refused
        if not rows:
            raise problem(HEADER_MISSING, "file", header="id")
        places = _places(rows[0])
        read = [_report(row, places) for row in rows[1:]]
        refuse_if([one for one in read if isinstance(one, Finding)][:MOST_TOLD])
        return [one for one in read if isinstance(one, SentReport)]


def _places(heading: TableRow) -> dict[str, int]:
    unknown = [cell for cell in heading.cells if cell and cell not in _KNOWN]
    refuse_if([Finding(HEADER_UNKNOWN, "file", {"header": cell}) for cell in unknown])
    places = {_KNOWN[cell]: place for place, cell in enumerate(heading.cells) if cell}
    missing = [column.zh for column in (COLUMNS[-1], *RESULTS) if column.key not in places]
    refuse_if([Finding(HEADER_MISSING, "file", {"header": header}) for header in missing])
    return places


def _report(row: TableRow, places: Mapping[str, int]) -> SentReport | Finding:
    cells = {key: row.cells[place] if place < len(row.cells) else "" for key, place in places.items()}
    sent_at = None
    if cells["sent_at"]:
        try:
            sent_at = _instant(cells["sent_at"])
        except ValueError:
            params = {"row": row.number, "what_zh": "发送时间不能识别", "what_en": "no time of sending"}
            return Finding(REPORT_REFUSED, f"rows[{row.number}]", params)
    return SentReport(cells["id"], sent_at, cells["failure"] or None, row.number)


def _instant(text: str) -> datetime:
    """With an offset as RFC 3339 says, or without one in the firm's time, as spreadsheets show it."""
    if text[-1:] in "Zz" or "+" in text[10:] or "-" in text[10:]:
        return parse_instant(text.replace(" ", "T", 1))
    moment = datetime.fromisoformat(text.replace("/", "-").replace(" ", "T", 1))
    if moment.tzinfo is not None or "T" not in text.replace(" ", "T", 1):
        raise ValueError("a day is no time")
    return moment.replace(tzinfo=SHANGHAI)
