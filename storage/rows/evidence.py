"""Queries on evidence: lists within reach, what counts, which bytes have a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from server.domain.access import Reach
from server.domain.calendar import SHANGHAI
from server.domain.evidence import PHOTO_KINDS, EvidenceCount, EvidenceItem, EvidenceKind, EvidenceSource
from server.domain.integrity import EvidenceDifference
from server.domain.recording_marks import RecordingMark
from server.domain.visits import Visit, VisitState
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows, among, sought
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.reach import visits_within
from storage.rows.tables.evidence import evidence_differences, evidence_items, recording_marks
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import visit_teams, visits

_BATCH = 1000
_KEYS = (
    evidence_items.c.object_key,
    evidence_items.c.thumbnail_key,
    evidence_items.c.screen_key,
    evidence_items.c.playable_key,
    evidence_items.c.peaks_key,
)
PHOTO = evidence_items.c.kind.in_(PHOTO_KINDS)
RECORDING = sa.and_(evidence_items.c.kind == EvidenceKind.RECORDING, evidence_items.c.duration_ms > 0)
_NOTHING = EvidenceCount(0, 0, False)


@cache
def _counted(dialect: str) -> Prepared:
    """A row a visit: its photos, its recordings, those of a letter's address and of its manner."""
    of = evidence_items.c
    # each kind by itself: a prepared statement has no list whose length is told when it is asked
    photo = sa.or_(*(of.kind == kind for kind in PHOTO_KINDS))
    told = (photo, RECORDING, of.kind == EvidenceKind.LETTER_ADDRESS, of.kind == EvidenceKind.LETTER_MANNER)
    counts = (sa.func.sum(sa.case((is_one, 1), else_=0)) for is_one in told)
    wanted = among(of.visit_id, dialect)
    return Prepared(sa.select(of.visit_id, *counts).where(wanted).group_by(of.visit_id))


class EvidenceQueries(Rows[EvidenceItem]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, evidence_items, EvidenceItem, cipher)
        self._visits = Rows(connection, visits, Visit, cipher)

    def page_of_visit(self, request: PageRequest, visit_id: str) -> Page[EvidenceItem]:
        statement = sa.select(evidence_items).where(evidence_items.c.visit_id == visit_id)
        return keyset_page(self, statement, [evidence_items.c.id], request)

    def late_page(self, request: PageRequest, reach: Reach) -> Page[EvidenceItem]:
        statement = _within(reach).where(evidence_items.c.late)
        return keyset_page(self, statement, [evidence_items.c.id], request, descending=True)

    def uncountersigned_page(self, request: PageRequest, reach: Reach) -> Page[EvidenceItem]:
        statement = _within(reach).where(
            evidence_items.c.source == EvidenceSource.DESK, evidence_items.c.countersigned_at.is_(None)
        )
        return keyset_page(self, statement, [evidence_items.c.id], request)

    def lacking_page(
        self, request: PageRequest, reach: Reach, ended_from: datetime | None, ended_before: datetime
    ) -> Page[Visit]:
        statement = _lacking(sa.select(visits), reach, ended_before)
        if ended_from is not None:
            statement = statement.where(visits.c.ended_at >= ended_from)
        # By the index of what ended: by id, every visit there ever was is looked at for one in the last weeks.
        key = [visits.c.ended_at, visits.c.id]
        return keyset_page(self._visits, statement, key, request, descending=True)

    def lacking_count(self, reach: Reach, ended_from: datetime, ended_before: datetime, most: int) -> int:
        # Where many lack something their number says no more, and each costs two looks into the evidence.
        found = _lacking(sa.select(visits.c.id), reach, ended_before).where(visits.c.ended_at >= ended_from)
        counted = sa.select(sa.func.count()).select_from(found.limit(most).subquery())
        return int(self.connection.execute(counted).scalar_one())

    def desk_visits(self, request: PageRequest, reach: Reach, day: date) -> Page[Visit]:
        begins = datetime.combine(day, time(), SHANGHAI)
        ends = begins + timedelta(days=1)
        began = sa.and_(visits.c.started_at >= begins, visits.c.started_at < ends)
        planned = sa.and_(
            visits.c.started_at.is_(None), visit_teams.c.starts_at >= begins, visit_teams.c.starts_at < ends
        )
        statement = (
            sa.select(visits)
            .join(placements, placements.c.id == visits.c.placement_id)
            .outerjoin(visit_teams, visit_teams.c.id == visits.c.team_id)
            .where(visits_within(reach), visits.c.lead_id.is_not(None), sa.or_(began, planned))
        )
        return keyset_page(self._visits, statement, [visits.c.id], request)

    def counts(self, visit_ids: Iterable[str]) -> dict[str, EvidenceCount]:
        found = dict.fromkeys(visit_ids, _NOTHING)
        dialect = self.connection.dialect.name
        for batch in _batches(found):
            asked = {"among": sought(batch, dialect)}
            for visit_id, photos, recordings, address, manner in _counted(dialect).rows(
                self.connection, asked
            ):
                found[visit_id] = EvidenceCount(photos, recordings, bool(address and manner))
        return found

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        known: set[str] = set()
        for batch in _batches(keys):
            for column in _KEYS:
                known.update(self.connection.execute(sa.select(column).where(column.in_(batch))).scalars())
        return known

    def following(self, after_id: str, limit: int) -> list[EvidenceItem]:
        rows = sa.select(evidence_items).where(evidence_items.c.id > after_id)
        return self.fetch(rows.order_by(evidence_items.c.id).limit(limit))

    def to_verify(self, since: datetime, came_by: datetime, now: datetime, limit: int) -> list[EvidenceItem]:
        verified_at, received_at = evidence_items.c.verified_at, evidence_items.c.received_at
        due = sa.select(evidence_items).where(
            sa.or_(verified_at.is_(None), verified_at < since, verified_at > now),
            sa.or_(received_at <= came_by, received_at > now),
        )
        return self.fetch(due.order_by(verified_at.nulls_first(), evidence_items.c.id).limit(limit))

    def verified(self, ids: Iterable[str], at: datetime) -> None:
        for batch in _batches(ids):
            rows = sa.update(evidence_items).where(evidence_items.c.id.in_(batch))
            self.connection.execute(rows.values(verified_at=at))


class DifferenceQueries(Rows[EvidenceDifference]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, evidence_differences, EvidenceDifference, cipher)

    def page(self, request: PageRequest, *, is_open: bool | None) -> Page[EvidenceDifference]:
        statement = sa.select(evidence_differences)
        if is_open is not None:
            mended = evidence_differences.c.mended_at
            statement = statement.where(mended.is_(None) if is_open else mended.is_not(None))
        return keyset_page(self, statement, [evidence_differences.c.id], request, descending=True)

    def opened(self, limit: int) -> list[EvidenceDifference]:
        rows = sa.select(evidence_differences).where(evidence_differences.c.mended_at.is_(None))
        return self.fetch(rows.order_by(evidence_differences.c.id).limit(limit))


class RecordingMarkQueries(Rows[RecordingMark]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, recording_marks, RecordingMark, cipher)

    def page_of_recording(self, request: PageRequest, evidence_id: str) -> Page[RecordingMark]:
        statement = sa.select(recording_marks).where(_standing(evidence_id))
        return keyset_page(self, statement, [recording_marks.c.at_ms, recording_marks.c.id], request)

    def count(self, evidence_id: str) -> int:
        counted = sa.select(sa.func.count()).where(_standing(evidence_id))
        return int(self.connection.execute(counted).scalar_one())


def _standing(evidence_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(recording_marks.c.evidence_id == evidence_id, recording_marks.c.removed_at.is_(None))


def _within(reach: Reach) -> sa.Select[Any]:
    return (
        sa.select(evidence_items)
        .join(visits, visits.c.id == evidence_items.c.visit_id)
        .join(placements, placements.c.id == visits.c.placement_id)
        .where(visits_within(reach))
    )


def _batches(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    wanted = sorted(values)
    for start in range(0, len(wanted), _BATCH):
        yield wanted[start : start + _BATCH]


def _lacking(statement: sa.Select[Any], reach: Reach, ended_before: datetime) -> sa.Select[Any]:
    """Visits that ended before and lack a photo or a recording.

    With a limit and not by EXISTS: of that PostgreSQL makes a set of all evidence there is.
    """
    of_visit = sa.select(evidence_items.c.id).where(evidence_items.c.visit_id == visits.c.id).limit(1)
    photo, recording = (of_visit.where(kind).scalar_subquery() for kind in (PHOTO, RECORDING))
    return statement.select_from(visits.join(placements, placements.c.id == visits.c.placement_id)).where(
        visits_within(reach),
        visits.c.state == VisitState.COMPLETED,
        visits.c.ended_at < ended_before,
        sa.or_(photo.is_(None), recording.is_(None)),
    )
