"""Queries of the search: by the beginning of a case number, a name, a visit's id; by sealed numbers; inside addresses.

A beginning is a range of an index. The inside of an address is a scan of that one column (ADR 0011 argues it).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach
from storage.rows.column_cipher import TAIL, ColumnCipher
from storage.rows.reach import placements_within, visits_within
from storage.rows.tables.placements import addresses, debtors, phones, placements
from storage.rows.tables.visits import visits

_LAST = "\U0010ffff"
_PLACEMENTS_A_DEBTOR = (
    4  # of one person at several clients; more than these show fewer addresses, not wrong ones
)


class SearchQueries:
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        self.connection = connection
        self.cipher = cipher

    def cases(self, number: str, reach: Reach, limit: int) -> list[str]:
        statement = (
            sa.select(placements.c.id)
            .where(_case_number(number), placements_within(reach))
            .order_by(placements.c.case_number, placements.c.id)
            .limit(limit)
        )
        return self._ids(statement)

    def named(self, name: str, reach: Reach, limit: int) -> list[str]:
        statement = (
            sa.select(placements.c.id)
            .join(debtors, placements.c.debtor_id == debtors.c.id)
            .where(_begins(debtors.c.name, name), placements_within(reach))
            .order_by(debtors.c.name, placements.c.id)
            .limit(limit)
        )
        return self._ids(statement)

    def numbered(self, number: str, reach: Reach, limit: int) -> list[str]:
        """Each kind of number by its own index: joined by OR, they were looked for in every row."""
        part, key = ("tail_key", self.cipher.tail_key) if len(number) == TAIL else ("key", self.cipher.key)
        wanted = key(number)
        of_debtors = sa.union(
            sa.select(debtors.c.id).where(debtors.c[f"id_number_{part}"] == wanted),
            sa.select(phones.c.debtor_id).where(phones.c[f"number_{part}"] == wanted),
        ).subquery()
        found = sa.union(
            sa.select(placements.c.id).join(of_debtors, placements.c.debtor_id == of_debtors.c.id),
            sa.select(placements.c.id).where(placements.c[f"card_number_{part}"] == wanted),
        ).subquery()
        statement = (
            sa.select(placements.c.id)
            .join(found, placements.c.id == found.c.id)
            .where(placements_within(reach))
            .order_by(placements.c.id.desc())
            .limit(limit)
        )
        return self._ids(statement)

    def at_address(self, part: str, reach: Reach, limit: int) -> list[tuple[str, str]]:
        """As they are met: put in an order, all of them were found before the first was shown. `instr`, for LIKE
        folds case and takes three times as long."""
        inside = sa.func.instr if self.connection.dialect.name == "sqlite" else sa.func.strpos
        statement = (
            sa.select(addresses.c.id, placements.c.id)
            .join(placements, placements.c.debtor_id == addresses.c.debtor_id)
            .where(
                inside(addresses.c.text, part) > 0,
                addresses.c.duplicate_of_id.is_(None),
                placements_within(reach),
            )
            .limit(limit * _PLACEMENTS_A_DEBTOR)
        )
        newest: dict[str, str] = {}
        for address_id, placement_id in self.connection.execute(statement):
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


def _case_number(number: str) -> sa.ColumnElement[bool]:
    """As it was typed, and in capitals as clients write it."""
    spellings = dict.fromkeys((number, number.upper()))
    return sa.or_(*(_begins(placements.c.case_number, spelling) for spelling in spellings))


def _begins(column: sa.Column[Any], text: str) -> sa.ColumnElement[bool]:
    return sa.and_(column >= text, column < text + _LAST)
