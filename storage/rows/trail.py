"""Queries on the audit trail. Lines are only ever appended; the writer lock makes their order one chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from server.domain.audit import GENESIS, AuditEntry, AuditLine, chain, first_break
from server.services.ports.paging import Page, PageRequest, cursor
from storage.rows.prepared import Prepared
from storage.rows.tables.trail import audit_lines

_NEWEST = Prepared(
    sa.select(audit_lines.c.seq, audit_lines.c.digest).order_by(audit_lines.c.seq.desc()).limit(1)
)
_APPEND = Prepared(sa.insert(audit_lines))


class TrailQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(self, entries: Sequence[AuditEntry], *, at: datetime, actor_id: str | None) -> None:
        seq, previous = self.last()
        rows = []
        for entry in entries:
            line = chain(entry, seq=seq + 1, at=at, actor_id=actor_id, previous=previous)
            seq, previous = line.seq, line.digest
            rows.append(
                {name: getattr(line, name) for name in AuditLine.__slots__} | {"detail": dict(line.detail)}
            )
        if len(rows) == 1:
            _APPEND.write(self._connection, rows[0])
        else:
            self._connection.execute(sa.insert(audit_lines), rows)

    def page(self, request: PageRequest, *, subject_id: str | None, actor_id: str | None) -> Page[AuditLine]:
        """Newest first."""
        statement = sa.select(audit_lines).order_by(audit_lines.c.seq.desc()).limit(request.limit + 1)
        if subject_id is not None:
            statement = statement.where(audit_lines.c.subject_id == subject_id)
        if actor_id is not None:
            statement = statement.where(audit_lines.c.actor_id == actor_id)
        after = request.key(1)
        if after is not None:
            statement = statement.where(audit_lines.c.seq < int(after[0]))
        lines = [AuditLine(**row) for row in self._connection.execute(statement).mappings()]
        more = len(lines) > request.limit
        lines = lines[: request.limit]
        return Page(lines, cursor(lines[-1].seq) if more else None)

    def history(self, subject_id: str) -> list[AuditLine]:
        """What was done with one thing, oldest first; who only read it is left out."""
        reads = [audit_lines.c.action.like(f"%.{verb}") for verb in ("read", "listed")]
        statement = (
            sa.select(audit_lines)
            .where(audit_lines.c.subject_id == subject_id, ~sa.or_(*reads))
            .order_by(audit_lines.c.seq)
            .limit(500)
        )
        return [AuditLine(**row) for row in self._connection.execute(statement).mappings()]

    def done_to(self, actions: Sequence[str], subject_kind: str, ids: Iterable[str]) -> list[AuditLine]:
        wanted, found = sorted(set(ids)), list[AuditLine]()
        for start in range(0, len(wanted), 1000):
            lines = sa.select(audit_lines).where(
                audit_lines.c.subject_kind == subject_kind,
                audit_lines.c.subject_id.in_(wanted[start : start + 1000]),
                audit_lines.c.action.in_(actions),
            )
            found += [AuditLine(**row) for row in self._connection.execute(lines).mappings()]
        return found

    def newest(self, action: str) -> AuditLine | None:
        lines = sa.select(audit_lines).where(audit_lines.c.action == action)
        found = self._connection.execute(lines.order_by(audit_lines.c.seq.desc()).limit(1))
        return next((AuditLine(**row) for row in found.mappings()), None)

    def following(self, action: str, after: int, limit: int) -> list[AuditLine]:
        lines = sa.select(audit_lines).where(audit_lines.c.action == action, audit_lines.c.seq > after)
        found = self._connection.execute(lines.order_by(audit_lines.c.seq).limit(limit))
        return [AuditLine(**row) for row in found.mappings()]

    def first_break(self) -> int | None:
        """The first line that was altered, removed or inserted; None when the chain is whole."""
        return first_break(self._lines())

    def last(self) -> tuple[int, str]:
        for seq, digest in _NEWEST.rows(self._connection, {}):
            return seq, digest
        return 0, GENESIS

    def count(self) -> int:
        return self._connection.execute(sa.select(sa.func.count()).select_from(audit_lines)).scalar_one()

    def _lines(self) -> Iterator[AuditLine]:
        result = self._connection.execution_options(yield_per=1000).execute(
            sa.select(audit_lines).order_by(audit_lines.c.seq)
        )
        for row in result.mappings():
            yield AuditLine(**row)
