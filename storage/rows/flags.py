"""Queries on fingerprints and flags: histories to search in, lists within reach, where the agents were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.evidence import PHOTO_KINDS, EvidenceItem
from server.domain.evidence_flags import EvidenceFlag, FlagCode, FlagState
from server.domain.fingerprints import Fingerprint, PrintKind
from server.domain.visits import CheckIn
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import visits_within
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.flags import evidence_flags, fingerprints
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import check_ins, visits

_SOME = 50  # of check-ins at one pair of coordinates: more say no more


class FingerprintQueries(Rows[Fingerprint]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, fingerprints, Fingerprint, cipher)

    def since(self, kind: PrintKind, made_at: datetime | None) -> list[tuple[str, bytes, datetime]]:
        of = fingerprints.c
        statement = sa.select(of.id, of.print, of.made_at).where(of.kind == kind)
        if made_at is not None:
            statement = statement.where(of.made_at >= made_at)
        rows = self.connection.execute(statement.order_by(of.made_at, of.id))
        return [(id_, print_, at) for id_, print_, at in rows]

    def following(self, kind: PrintKind, after_id: str, limit: int) -> list[tuple[str, str, bytes]]:
        of = fingerprints.c
        statement = sa.select(of.id, of.visit_id, of.print).where(of.kind == kind, of.id > after_id)
        rows = self.connection.execute(statement.order_by(of.id).limit(limit))
        return [(id_, visit_id, print_) for id_, visit_id, print_ in rows]


class EvidenceFlagQueries(Rows[EvidenceFlag]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, evidence_flags, EvidenceFlag, cipher)
        self._check_ins = Rows(connection, check_ins, CheckIn, cipher)
        self._items = Rows(connection, evidence_items, EvidenceItem, cipher)

    def page(
        self,
        request: PageRequest,
        reach: Reach,
        *,
        state: FlagState | None,
        code: FlagCode | None,
        visit_id: str | None,
    ) -> Page[EvidenceFlag]:
        asked = {"state": state, "code": code, "visit_id": visit_id}
        statement = (
            sa.select(evidence_flags)
            .join(visits, visits.c.id == evidence_flags.c.visit_id)
            .join(placements, placements.c.id == visits.c.placement_id)
            .where(
                visits_within(reach),
                *(evidence_flags.c[name] == value for name, value in asked.items() if value is not None),
            )
        )
        key = [evidence_flags.c.raised_at, evidence_flags.c.id]
        return keyset_page(self, statement, key, request, descending=True)

    def check_ins_of(self, account_ids: Iterable[str], begins: datetime, ends: datetime) -> list[CheckIn]:
        of = check_ins.c
        return self._check_ins.many(of.account_id.in_(sorted(account_ids)), of.at.between(begins, ends))

    def photos_of(self, account_ids: Iterable[str], begins: datetime, ends: datetime) -> list[EvidenceItem]:
        of = evidence_items.c
        return self._items.many(
            of.account_id.in_(sorted(account_ids)),
            of.kind.in_(PHOTO_KINDS),
            of.latitude.is_not(None),
            of.captured_at.between(begins, ends),
        )

    def check_ins_at(self, latitude: float, longitude: float) -> list[tuple[CheckIn, str]]:
        statement = (
            sa.select(check_ins, visits.c.address_id.label("of_address"))
            .join(visits, visits.c.id == check_ins.c.visit_id)
            .where(check_ins.c.latitude == latitude, check_ins.c.longitude == longitude)
            .order_by(check_ins.c.at.desc(), check_ins.c.id)
            .limit(_SOME)
        )
        rows = self.connection.execute(statement).mappings()
        return [(self._check_ins.load(row), str(row["of_address"])) for row in rows]
