"""Queries of the search: by the beginning of a case number, a name, a visit's id; by sealed numbers; inside addresses.

A beginning is a range of an index. The inside of an address is a scan of that one column (ADR 0011 argues it).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from storage.rows.column_cipher import TAIL, ColumnCipher
from storage.rows.reach import placements_within, visits_within
from storage.rows.tables.placements import addresses, debtors, phones, placements
from storage.rows.tables.visits import visits

_LAST = "\U0010ffff"
# Of the people and the addresses that fit, so many are looked at for whose they are; typing more finds the others.
_NAMES, _ADDRESSES, _BATCH = 2000, 200, 500
# Of one person at several clients; more than these show fewer addresses, not wrong ones.
_PLACEMENTS_A_DEBTOR = 4


class SearchQueries:
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        self.connection = connection
        self.cipher = cipher

    def cases(self, number: str, reach: Reach, limit: int) -> list[str]:
        statement = (
            sa.select(placements.c.id)
            .where(_case_number(number), placements_within(reach), _standing(placements))
            .order_by(placements.c.case_number, placements.c.id)
            .limit(limit)
        )
        return self._ids(statement)

    def named(self, name: str, reach: Reach, limit: int) -> list[str]:
        """People first, then their cases: in one statement the planner began with the cases of the branch."""
        people = (
            sa.select(debtors.c.id)
            .where(_begins(debtors.c.name, name), _standing(debtors))
            .order_by(debtors.c.name)
            .limit(_NAMES)
        )
        ids = self._ids(people)
        found: list[str] = []
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            statement = sa.select(placements.c.id, placements.c.debtor_id).where(
                placements.c.debtor_id.in_(some), placements_within(reach), _standing(placements)
            )
            rows = sorted(
                self.connection.execute(statement), key=lambda row: (some.index(row.debtor_id), row.id)
            )
            found += [row.id for row in rows]
            if len(found) >= limit:
                break
        return found[:limit]

    def numbered(self, number: str, reach: Reach, limit: int) -> list[str]:
        """Each kind of number by its own index: joined by OR, they were looked for in every row."""
        part, key = ("tail_key", self.cipher.tail_key) if len(number) == TAIL else ("key", self.cipher.key)
        wanted = key(number)
        of_debtors = sa.union(
            sa.select(debtors.c.id).where(debtors.c[f"id_number_{part}"] == wanted, _standing(debtors)),
            sa.select(phones.c.debtor_id).where(phones.c[f"number_{part}"] == wanted, _standing(phones)),
        ).subquery()
        found = sa.union(
            sa.select(placements.c.id).join(of_debtors, placements.c.debtor_id == of_debtors.c.id),
            sa.select(placements.c.id).where(placements.c[f"card_number_{part}"] == wanted),
        ).subquery()
        statement = (
            sa.select(placements.c.id)
            .join(found, placements.c.id == found.c.id)
            .where(placements_within(reach), _standing(placements))
            .order_by(placements.c.id.desc())
            .limit(limit)
        )
        return self._ids(statement)

    def at_address(self, part: str, reach: Reach, limit: int) -> list[tuple[str, str]]:
        """Who reaches much: addresses first, the first met; who reaches little: the own cases first. Left to choose,
        the planner looked up the addresses of every case. `instr`, for LIKE folds case and takes thrice the time."""
        inside = sa.func.instr if self.connection.dialect.name == "sqlite" else sa.func.strpos
        here = sa.and_(
            inside(addresses.c.text, part) > 0, addresses.c.duplicate_of_id.is_(None), _standing(addresses)
        )
        pairs = (
            sa.select(addresses.c.id, placements.c.id)
            .join(placements, placements.c.debtor_id == addresses.c.debtor_id)
            .where(placements_within(reach), _standing(placements))
        )
        if reach.scope in (Scope.ALL, Scope.BRANCH):
            met = self._ids(sa.select(addresses.c.id).where(here).limit(_ADDRESSES))
            pairs = pairs.where(addresses.c.id.in_(met))
        else:
            pairs = pairs.where(here).limit(limit * _PLACEMENTS_A_DEBTOR)
        newest: dict[str, str] = {}
        for address_id, placement_id in self.connection.execute(pairs):
            newest[address_id] = max(placement_id, newest.get(address_id, ""))
        return sorted(newest.items())[:limit]

    def visits(self, begins: str, reach: Reach, limit: int) -> list[str]:
        return self._ids(
            _visits(reach).where(_begins(visits.c.id, begins)).order_by(visits.c.id).limit(limit)
        )

    def visits_of_cases(self, number: str, reach: Reach, limit: int) -> list[str]:
        statement = _visits(reach).where(_case_number(number)).order_by(visits.c.id.desc()).limit(limit)
        return self._ids(statement)

    def _ids(self, statement: sa.Select[Any]) -> list[str]:
        return list(self.connection.execute(statement).scalars())


def _visits(reach: Reach) -> sa.Select[Any]:
    return (
        sa.select(visits.c.id)
        .join(placements, visits.c.placement_id == placements.c.id)
        .where(visits_within(reach))
    )


def _standing(table: sa.Table) -> sa.ColumnElement[bool]:
    """S20: what was taken back with its import is not found."""
    return table.c.undone_at.is_(None)


def _case_number(number: str) -> sa.ColumnElement[bool]:
    """As it was typed, and in capitals as clients write it."""
    spellings = dict.fromkeys((number, number.upper()))
    return sa.or_(*(_begins(placements.c.case_number, spelling) for spelling in spellings))


def _begins(column: sa.Column[Any], text: str) -> sa.ColumnElement[bool]:
    return sa.and_(column >= text, column < text + _LAST)
