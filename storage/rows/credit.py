"""Queries on credit runs, their lines and shares, and on call notes as scoring reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from operator import attrgetter

import sqlalchemy as sa

from server.domain.credit import CreditRow, CreditRun, CreditShareRow
from server.domain.making import maker
from server.domain.placements import CallNote
from server.services.ports.credit import CurrentRun
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows, a_thousand_at_a_time, among, sought
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.tables.credit import credit_lines, credit_runs, credit_shares
from storage.rows.tables.placements import call_notes, repayments


@cache
def _current(dialect: str) -> Prepared:
    columns = (credit_runs.c.placement_id, credit_runs.c.id, credit_runs.c.digest)
    wanted = among(credit_runs.c.placement_id, dialect)
    return Prepared(sa.select(*columns).where(credit_runs.c.current, wanted))


_OF_CALL = ("id", "phone_id", "at", "direction", "answered", "line", "visit_id")
_call = maker(CallNote, _OF_CALL)


@cache
def _calls(dialect: str) -> Prepared:
    columns = (call_notes.c[name] for name in _OF_CALL)
    at = call_notes.c.at.between(sa.bindparam("first"), sa.bindparam("last"))
    standing = call_notes.c.undone_at.is_(None)
    return Prepared(sa.select(*columns).where(among(call_notes.c.phone_id, dialect), at, standing))


class CreditRunQueries(Rows[CreditRun]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, credit_runs, CreditRun, cipher)

    def current_of(self, placement_ids: Iterable[str]) -> Mapping[str, CurrentRun]:
        dialect = self.connection.dialect.name
        found = {}
        for some in a_thousand_at_a_time(placement_ids):
            asked = {"among": sought(some, dialect)}
            for placement_id, id_, digest in _current(dialect).rows(self.connection, asked):
                found[placement_id] = CurrentRun(id_, digest)
        return found

    def retire(self, run_ids: Iterable[str]) -> None:
        for some in a_thousand_at_a_time(run_ids):
            self.connection.execute(
                sa.update(credit_runs).where(credit_runs.c.id.in_(some)).values(current=False)
            )

    def paid_between(self, first: date, last: date) -> list[str]:
        placement = repayments.c.placement_id
        standing = (repayments.c.paid_on.between(first, last), repayments.c.undone_at.is_(None))
        found = sa.select(placement).where(*standing).distinct()
        return list(self.connection.execute(found.order_by(placement)).scalars())


class CreditLineQueries(Rows[CreditRow]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, credit_lines, CreditRow, cipher)

    def page_of_run(self, request: PageRequest, run_id: str) -> Page[CreditRow]:
        statement = sa.select(credit_lines).where(credit_lines.c.run_id == run_id)
        return keyset_page(self, statement, [credit_lines.c.paid_on, credit_lines.c.id], request)


class CreditShareQueries(Rows[CreditShareRow]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, credit_shares, CreditShareRow, cipher)

    def of_lines(self, line_ids: Iterable[str]) -> Mapping[str, list[CreditShareRow]]:
        found: dict[str, list[CreditShareRow]] = {}
        for share in sorted(self.having_any("line_id", line_ids), key=attrgetter("position")):
            found.setdefault(share.line_id, []).append(share)
        return found


class CallNoteQueries(Rows[CallNote]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, call_notes, CallNote, cipher)

    def of_phones(self, phone_ids: Iterable[str], first: datetime, last: datetime) -> list[CallNote]:
        dialect = self.connection.dialect.name
        found: list[CallNote] = []
        for some in a_thousand_at_a_time(phone_ids):
            asked = {"among": sought(some, dialect), "first": first, "last": last}
            if columns := _calls(dialect).columns(self.connection, asked):
                found += map(_call, *columns)
        return sorted(found, key=attrgetter("id"))

    def newest_of(self, placement_ids: Iterable[str]) -> dict[str, datetime]:
        newest = sa.select(
            call_notes.c.placement_id, sa.func.max(call_notes.c.at, type_=call_notes.c.at.type)
        ).where(call_notes.c.undone_at.is_(None))
        grouped = newest.group_by(call_notes.c.placement_id)
        found: dict[str, datetime] = {}
        for some in a_thousand_at_a_time(placement_ids):
            rows = self.connection.execute(grouped.where(call_notes.c.placement_id.in_(some)))
            found |= {row[0]: row[1] for row in rows}
        return found
