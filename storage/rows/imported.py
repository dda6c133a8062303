"""Queries on what imports brought: how many rows stand, what stands on them, and their taking back as a whole (S20).

Owns which rows lean on others: every foreign key to a row that may come by file is asked, so that a table that is added
later keeps a file from being taken back without anybody thinking of it. Refuses to judge: what it finds is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from server.domain.import_undoing import Leaning, Leanings
from server.domain.imports import ChangedRow, ImportState
from server.domain.placements import HoldReason
from storage.rows import tables
from storage.rows.columns import METADATA, Instant
from storage.rows.tables.credit import monthly_statements
from storage.rows.tables.imports import import_changes, import_files
from storage.rows.tables.ledger import statement_lines
from storage.rows.tables.placements import (
    address_confirmations,
    addresses,
    call_notes,
    contact_blocks,
    debtors,
    holds,
    phones,
    placements,
    police_referrals,
    promises,
    repayments,
)
from storage.rows.tables.requests import request_addresses, visit_requests
from storage.rows.tables.visits import visits

BROUGHT = (
    debtors,
    placements,
    addresses,
    address_confirmations,
    phones,
    promises,
    police_referrals,
    call_notes,
    repayments,
)
"""The tables whose rows name their import."""
LEANED_ON = (placements, debtors, addresses, phones)
# What the house worked out by itself goes with what it was worked out from; statements are asked for by themselves.
DERIVED = frozenset({"credit_runs", "credit_lines", "statement_lines"})

_Where = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Link:
    """How rows of `child` (of the table `what`) lean on rows of `parent`."""

    what: str
    child: Any
    parent: sa.Table
    leans: sa.ColumnElement[bool]


@cache
def links() -> tuple[Link, ...]:
    """Every foreign key to what may come by file and be leaned on; what is hidden behind an earlier one (V19), and
    blocks, which name a number and not its row (V13)."""
    assert tables, "all tables are known"
    found = []
    for table in METADATA.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            parent = key.column.table
            if parent in LEANED_ON and table.name not in DERIVED:
                child = table.alias() if table is parent else table
                found.append(Link(table.name, child, parent, child.c[key.parent.name] == parent.c.id))
    for table in (addresses, phones):
        hidden = table.alias()
        # By the person first: no index leads from an address to those that are hidden behind it.
        leans = sa.and_(hidden.c.debtor_id == table.c.debtor_id, hidden.c.duplicate_of_id == table.c.id)
        found.append(Link(table.name, hidden, table, leans))
    blocks = sa.and_(
        contact_blocks.c.number_key == phones.c.number_key, contact_blocks.c.placed_at >= phones.c.added_at
    )
    return (*found, Link(contact_blocks.name, contact_blocks, phones, blocks))


class ImportedRowQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def counts(self, import_id: str) -> dict[str, int]:
        found = {}
        for table in BROUGHT:
            count = sa.select(sa.func.count()).select_from(table).where(*_of(table, import_id))
            found[table.name] = int(self._connection.execute(count).scalar_one())
        return {name: count for name, count in found.items() if count}

    def placement_ids(self, import_id: str) -> list[str]:
        found = sa.select(placements.c.id).where(*_of(placements, import_id))
        return list(self._connection.execute(found).scalars())

    def cases(self, import_id: str) -> int:
        named = [
            sa.select(table.c.placement_id).where(*_of(table, import_id))
            for table in (promises, police_referrals, call_notes, repayments)
        ]
        brought = sa.select(placements.c.id).where(*_of(placements, import_id))
        people = sa.union(
            sa.select(phones.c.debtor_id).where(*_of(phones, import_id)),
            sa.select(addresses.c.debtor_id).where(*_of(addresses, import_id)),
            sa.select(addresses.c.debtor_id)
            .join(address_confirmations, address_confirmations.c.address_id == addresses.c.id)
            .where(*_of(address_confirmations, import_id)),
        ).subquery()
        known = sa.select(placements.c.id).join(people, people.c.debtor_id == placements.c.debtor_id)
        standing = known.where(placements.c.undone_at.is_(None))
        every = sa.union(brought, _changes(import_id, ChangedRow.PLACEMENT), *named, standing).subquery()
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(every)).scalar_one())

    def touched(self, import_id: str) -> set[str]:
        return set(self._connection.execute(sa.union(*_touched(import_id))).scalars())

    def leaning(self, import_id: str, since: datetime, most: int) -> Leanings:
        found, total = list[Leaning](), 0
        asked = [(link, _of(link.parent, import_id)) for link in links()]
        for link, where in (*asked, *_since(import_id, since)):
            for some, all_ in self._asked(link, where, import_id, most):
                found, total = found + some, total + all_
        some, all_ = self._told_by_import(
            "import_changes", placements, import_changes.c.import_id, _kept_changes(import_id), most
        )
        return Leanings(found + some, total + all_)

    def changed(self, import_id: str, most: int) -> Leanings:
        found, total = list[Leaning](), 0
        for table in (placements, addresses, phones, police_referrals):
            grouped = _grouped(table, (*_of(table, import_id), _changed(table)), most)
            some, all_ = self._told(grouped, table.name, table)
            found, total = found + some, total + all_
        return Leanings(found, total)

    def published(self, import_id: str, since: datetime, most: int) -> tuple[list[tuple[str, str]], int]:
        concerned = sa.union(
            sa.select(placements.c.id).where(*_of(placements, import_id)), *_touched(import_id)
        ).subquery()
        lines = (
            sa.select(
                statement_lines.c.placement_id, sa.func.max(statement_lines.c.month), sa.func.count().over()
            )
            .join(concerned, concerned.c.id == statement_lines.c.placement_id)
            .join(monthly_statements, monthly_statements.c.id == statement_lines.c.statement_id)
            .where(monthly_statements.c.published_at >= since)
            .group_by(statement_lines.c.placement_id)
            .order_by(statement_lines.c.placement_id)
            .limit(most)
        )
        rows = self._connection.execute(lines).all()
        return [(row[0], row[1]) for row in rows], rows[0][2] if rows else 0

    def take_back(self, import_id: str, moment: datetime) -> dict[str, int]:
        taken = {}
        for table in BROUGHT:
            marked = sa.update(table).where(*_of(table, import_id)).values(undone_at=moment)
            taken[table.name] = self._connection.execute(marked).rowcount
        return {name: count for name, count in taken.items() if count}

    def _asked(
        self, link: Link, where: _Where, import_id: str, most: int
    ) -> Iterator[tuple[list[Leaning], int]]:
        """What leans by itself, by case or person; and what other imports brought, by import."""
        child = link.child
        leans = [link.leans, *where, *_others(child, import_id)]
        if child is holds:
            leans.append(~_by_itself(import_id))
        if link.parent is not placements:
            leans += _not_told_by_case(child, import_id)
        if "import_id" not in child.c:
            yield self._told(_grouped(link.parent, leans, most), link.what, link.parent)
            return
        by_itself, by_import = child.c.import_id.is_(None), child.c.import_id
        yield self._told(_grouped(link.parent, (*leans, by_itself), most), link.what, link.parent)
        brought = (*leans, by_import.is_not(None))
        yield self._told_by_import(link.what, link.parent, by_import, brought, most)

    def _told_by_import(
        self, what: str, on: sa.Table, by: Any, where: _Where, most: int
    ) -> tuple[list[Leaning], int]:
        rows = self._connection.execute(_counted(by, where, most)).all()
        told = [Leaning(what, on.name, None, None, count, id_) for id_, count, _ in rows]
        return told, rows[0][2] if rows else 0

    def _told(self, grouped: sa.Select[Any], what: str, on: sa.Table) -> tuple[list[Leaning], int]:
        rows = self._connection.execute(grouped).all()
        by_case = on is placements or "placement_id" in on.c
        told = [
            Leaning(what, on.name, owner if by_case else None, None if by_case else owner, count, None)
            for owner, count, _ in rows
        ]
        return told, rows[0][2] if rows else 0


def _of(table: sa.Table, import_id: str) -> _Where:
    return table.c.import_id == import_id, table.c.undone_at.is_(None)


def _owner(table: sa.Table) -> sa.Column[Any]:
    """Whose a row is: of a case, or of a person who has cases."""
    if table in (placements, debtors):
        return table.c.id
    return table.c.placement_id if "placement_id" in table.c else table.c.debtor_id


def _grouped(table: sa.Table, where: _Where, most: int) -> sa.Select[Any]:
    return _counted(_owner(table), where, most)


def _counted(by: Any, where: _Where, most: int) -> sa.Select[Any]:
    """The first of the groups with how many rows each has, and how many groups there are."""
    told = sa.select(by, sa.func.count(), sa.func.count().over())
    return told.where(*where).group_by(by).order_by(by).limit(most)


def _others(child: Any, import_id: str) -> _Where:
    """What came with the same file goes with it; what was taken back leans on nothing."""
    if "undone_at" not in child.c:
        return ()
    other = sa.or_(child.c.import_id.is_(None), child.c.import_id != import_id)
    return child.c.undone_at.is_(None), other


def _not_told_by_case(child: Any, import_id: str) -> _Where:
    """A visit to an address of the file is told once: of its case, where that is the file's as well."""
    mine = sa.select(placements.c.id).where(*_of(placements, import_id))
    if "placement_id" in child.c:
        return (sa.or_(child.c.placement_id.is_(None), child.c.placement_id.not_in(mine)),)
    if child is request_addresses:
        asked = sa.select(visit_requests.c.id).where(visit_requests.c.placement_id.in_(mine))
        return (child.c.request_id.not_in(asked),)
    return ()


def _by_itself(import_id: str) -> sa.ColumnElement[bool]:
    """A hold that came with repayments and goes with them, and nobody's hand in it; or that the file released."""
    of_repayments = sa.and_(holds.c.reason == HoldReason.REPAID, holds.c.placed_by.is_(None))
    return sa.or_(of_repayments, holds.c.id.in_(_changes(import_id, ChangedRow.HOLD)))


def _changed(table: sa.Table) -> sa.ColumnElement[bool]:
    """Not as it was brought. Its last day, and a newer table of divisions, change a row without anybody's hand."""
    expected: Any = sa.literal(1)
    if table is placements:
        expected = 1 + sa.case((table.c.ended_on.is_not(None), 1), else_=0) + _by_files(table)
    if table is addresses:
        expected = 1 + sa.case((table.c.recheck_since.is_not(None), 1), else_=0)
    return sa.and_(table.c.version > 1, table.c.version != expected)


def _by_files(table: sa.Table) -> sa.ScalarSelect[Any]:
    """How often later files changed the row: once, and once more where the file was undone itself. One that was not is
    told by its name."""
    times = sa.case((import_files.c.state == ImportState.UNDONE, 2), else_=1)
    return (
        sa.select(sa.func.coalesce(sa.func.sum(times), 0))
        .select_from(import_changes.join(import_files, import_files.c.id == import_changes.c.import_id))
        .where(import_changes.c.row_id == table.c.id)
        .correlate(table)
        .scalar_subquery()
    )


def _kept_changes(import_id: str) -> _Where:
    """What other files changed of placements of this one, and that stands."""
    return (
        import_changes.c.row_id == placements.c.id,
        *_of(placements, import_id),
        import_files.c.id == import_changes.c.import_id,
        import_files.c.state == ImportState.APPLIED,
    )


def _since(import_id: str, since: datetime) -> Iterator[tuple[Link, _Where]]:
    """What leans on a row that was on file before: all that was done there since."""
    kept = _changes(import_id, ChangedRow.PLACEMENT)
    confirmed = sa.select(address_confirmations.c.address_id).where(*_of(address_confirmations, import_id))
    earlier = sa.or_(addresses.c.import_id.is_(None), addresses.c.import_id != import_id)
    for link in links():
        if link.parent is placements:
            yield link, (placements.c.id.in_(kept), _done_since(link, since))
        if link.parent is addresses and link.child in (request_addresses, visits):
            yield link, (addresses.c.id.in_(confirmed), earlier, _done_since(link, since))


def _done_since(link: Link, since: datetime) -> sa.ColumnElement[bool]:
    """Made since by its id, which begins with the time in milliseconds, or worked on since by any of its instants."""
    milliseconds = f"{int(since.timestamp() * 1000):012x}"
    child = link.child
    instants = [column >= since for column in child.c if isinstance(column.type, Instant)]
    return sa.or_(child.c.id >= f"{milliseconds[:8]}-{milliseconds[8:]}", *instants)


def _touched(import_id: str) -> Sequence[sa.Select[Any]]:
    """Cases on file whose scoring sees what the file brought: a call and a confirmation by all cases of the person."""
    called, other = placements.alias(), placements.alias()
    return (
        sa.select(police_referrals.c.placement_id.label("id")).where(*_of(police_referrals, import_id)),
        sa.select(other.c.id)
        .join(called, called.c.debtor_id == other.c.debtor_id)
        .join(call_notes, call_notes.c.placement_id == called.c.id)
        .where(*_of(call_notes, import_id)),
        sa.select(placements.c.id)
        .join(addresses, addresses.c.debtor_id == placements.c.debtor_id)
        .join(address_confirmations, address_confirmations.c.address_id == addresses.c.id)
        .where(*_of(address_confirmations, import_id)),
        _changes(import_id, ChangedRow.PLACEMENT),
    )


def _changes(import_id: str, subject: ChangedRow) -> sa.Select[Any]:
    return sa.select(import_changes.c.row_id).where(
        import_changes.c.import_id == import_id, import_changes.c.subject == subject
    )
