"""Queries on QA's samples: what a month is drawn from, the visits drawn, those that wait for a check (S12)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from server.domain.calendar import SHANGHAI
from server.domain.evidence import PHOTO_KINDS, EvidenceKind
from server.domain.quality import Candidate, QualityItem, QualitySample
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.reach import visits_within
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.flags import evidence_flags
from storage.rows.tables.placements import placements
from storage.rows.tables.quality import quality_checks, quality_items, quality_samples
from storage.rows.tables.visits import visits


class QualitySampleQueries(Rows[QualitySample]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, quality_samples, QualitySample, cipher)

    def frame(self, first: date, last: date, as_of: datetime) -> list[Candidate]:
        begins = datetime.combine(first, time(), SHANGHAI)
        ends = datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)
        came = (evidence_items.c.visit_id == visits.c.id, evidence_items.c.received_at <= as_of)
        statement = sa.select(
            visits.c.id,
            sa.select(sa.func.count())
            .where(evidence_flags.c.visit_id == visits.c.id, evidence_flags.c.raised_at <= as_of)
            .scalar_subquery()
            .label("flags"),
            sa.exists().where(*came, evidence_items.c.late).label("late"),
            sa.exists().where(*came, evidence_items.c.kind.in_(sorted(PHOTO_KINDS))).label("photo"),
            sa.exists().where(*came, evidence_items.c.kind == EvidenceKind.RECORDING).label("recording"),
        ).where(visits.c.started_at >= begins, visits.c.started_at < ends)
        return [
            Candidate(row.id, row.flags, bool(row.late), not (row.photo and row.recording))
            for row in self.connection.execute(statement)
        ]

    def newest_first(self) -> list[QualitySample]:
        return self.many(order=[quality_samples.c.month.desc()])


class QualityItemQueries(Rows[QualityItem]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, quality_items, QualityItem, cipher)

    def page(
        self, request: PageRequest, reach: Reach, sample_id: str, *, checked: bool | None
    ) -> Page[QualityItem]:
        statement = _within(sa.select(quality_items), reach).where(quality_items.c.sample_id == sample_id)
        if checked is not None:
            statement = statement.where(_CHECKED if checked else ~_CHECKED)
        return keyset_page(self, statement, [quality_items.c.position, quality_items.c.id], request)

    def waiting_count(self, reach: Reach) -> int:
        if (
            reach.scope is Scope.ALL
        ):  # by two indexes alone: to hold each visit against its checks took ten times as long
            drawn = sa.select(sa.func.count()).select_from(quality_items).scalar_subquery()
            checked = sa.select(sa.func.count(quality_checks.c.item_id.distinct())).scalar_subquery()
            return int(self.connection.execute(sa.select(drawn - checked)).scalar_one())
        counted = _within(sa.select(sa.func.count()).select_from(quality_items), reach).where(~_CHECKED)
        return int(self.connection.execute(counted).scalar_one())

    def samples_waiting(self) -> set[str]:
        waiting = sa.select(quality_items.c.sample_id).where(~_CHECKED).distinct()
        return set(self.connection.execute(waiting).scalars())

    def counts(self, sample_ids: list[str]) -> dict[str, tuple[int, int]]:
        """How many were drawn of each sample, and how many of these were checked."""
        of = quality_items.c.sample_id
        statement = (
            sa.select(of, sa.func.count(), sa.func.sum(sa.case((_CHECKED, 1), else_=0)))
            .where(of.in_(sample_ids))
            .group_by(of)
        )
        return {id_: (all_, int(checked or 0)) for id_, all_, checked in self.connection.execute(statement)}


_CHECKED = sa.exists().where(quality_checks.c.item_id == quality_items.c.id)


def _within(statement: sa.Select, reach: Reach) -> sa.Select:  # type: ignore[type-arg]
    return (
        statement.join(visits, visits.c.id == quality_items.c.visit_id)
        .join(placements, placements.c.id == visits.c.placement_id)
        .where(visits_within(reach))
    )
