"""Queries on placements: lists within reach, searched by sealed numbers too; those whose mandate is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.placements import Address, Placement
from server.services.ports.paging import Page, PageRequest
from server.services.ports.placements import PlacementFilter
from storage.rows.column_cipher import TAIL, ColumnCipher
from storage.rows.mapping import Rows, a_thousand_at_a_time, among, sought
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.reach import placements_within
from storage.rows.tables.placements import addresses, debtors, phones, placements


@cache
def _of_same_debtors(dialect: str) -> Prepared:
    others = placements.alias()
    joined = sa.select(others.c.id).join(placements, placements.c.debtor_id == others.c.debtor_id)
    return Prepared(joined.where(among(placements.c.id, dialect), others.c.undone_at.is_(None)))


class AddressQueries(Rows[Address]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, addresses, Address, cipher)

    def behind(self, id: str, limit: int) -> list[Address]:
        standing = addresses.c.undone_at.is_(None)
        return self.fetch(
            sa.select(addresses).where(addresses.c.id > id, standing).order_by(addresses.c.id).limit(limit)
        )


class PlacementQueries(Rows[Placement]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, placements, Placement, cipher)

    def page(self, request: PageRequest, reach: Reach, narrowed: PlacementFilter) -> Page[Placement]:
        standing = placements.c.undone_at.is_(None)
        statement = sa.select(placements).where(placements_within(reach), standing, *self._narrowed(narrowed))
        return keyset_page(self, statement, [placements.c.id], request)

    def taken_back(self, id: str) -> Placement | None:
        found = self.fetch(
            sa.select(placements).where(placements.c.id == id, placements.c.undone_at.is_not(None))
        )
        return found[0] if found else None

    def of_same_debtors(self, placement_ids: Iterable[str]) -> set[str]:
        dialect = self.connection.dialect.name
        found: set[str] = set()
        for some in a_thousand_at_a_time(placement_ids):
            asked = {"among": sought(some, dialect)}
            found.update(id_ for (id_,) in _of_same_debtors(dialect).rows(self.connection, asked))
        return found

    def over(self, today: date, limit: int) -> list[Placement]:
        retained = sa.or_(placements.c.retained_until.is_(None), placements.c.retained_until < today)
        statement = (
            sa.select(placements)
            .where(placements.c.ended_on.is_(None), placements.c.recall_on < today, retained)
            .where(placements.c.undone_at.is_(None))
            .order_by(placements.c.recall_on, placements.c.id)
            .limit(limit)
        )
        return self.fetch(statement)

    def _narrowed(self, narrowed: PlacementFilter) -> list[sa.ColumnElement[bool]]:
        where: list[sa.ColumnElement[bool]] = []
        for name in ("collector_id", "client_id", "debtor_id", "case_number"):
            value = getattr(narrowed, name)
            if value is not None:
                where.append(placements.c[name] == value)
        if narrowed.open is not None:
            ended = placements.c.ended_on
            where.append(ended.is_(None) if narrowed.open else ended.is_not(None))
        if narrowed.debtor_name is not None:
            named = sa.select(debtors.c.id).where(
                debtors.c.name.contains(narrowed.debtor_name, autoescape=True), debtors.c.undone_at.is_(None)
            )
            where.append(placements.c.debtor_id.in_(named))
        if narrowed.number is not None:
            where.append(self._with_number(narrowed.number))
        return where

    def _with_number(self, number: str) -> sa.ColumnElement[bool]:
        """S6: sealed numbers are found by the keyed hash of the whole, or of the last four characters."""
        part, key = ("tail_key", self.cipher.tail_key) if len(number) == TAIL else ("key", self.cipher.key)
        wanted = key(number)
        return sa.or_(
            placements.c[f"card_number_{part}"] == wanted,
            placements.c.debtor_id.in_(
                sa.select(debtors.c.id).where(
                    debtors.c[f"id_number_{part}"] == wanted, debtors.c.undone_at.is_(None)
                )
            ),
            placements.c.debtor_id.in_(
                sa.select(phones.c.debtor_id).where(
                    phones.c[f"number_{part}"] == wanted, phones.c.undone_at.is_(None)
                )
            ),
        )
