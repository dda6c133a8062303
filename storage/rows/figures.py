"""Queries on a month's figures: counted anew from visits and lines, kept, read, and the visits behind each (M6).

Owns what a figure of visits means, once: the same condition counts it and lists its visits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from server.domain import month_figures as figures
from server.domain.access import Reach
from server.domain.calendar import SHANGHAI
from server.domain.evidence import EvidenceKind
from server.domain.month_figures import Counted, EvidenceReading, Place
from server.domain.visits import AddressOutcome, Visit, VisitState
from server.services.ids import new_id
from server.services.ports.figures import FigureSlice, KeptFigure
from server.services.ports.paging import Page, PageRequest
from storage.rows.column_cipher import ColumnCipher
from storage.rows.evidence import PHOTO, RECORDING
from storage.rows.mapping import Rows, a_thousand_at_a_time, among, sought
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.reach import visits_within
from storage.rows.statements import StatementQueries
from storage.rows.tables.credit import credit_lines, credit_shares
from storage.rows.tables.evidence import evidence_items
from storage.rows.tables.figures import month_countings, month_figures
from storage.rows.tables.ledger import statement_shares
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import letters, visits
from storage.rows.visits import MET, REACHED, present_count, spoken_to

_PLACE = (placements.c.branch_id, placements.c.client_id, placements.c.project_id)
_NOT_BEGUN = (figures.LEASE_EXPIRED, figures.CALLED_OFF)
_BY_AGENT = (figures.BEGUN, figures.MET, figures.REACHED)  # counted with the ways, of each agent too
_EXPIRED = "lease expired"  # the words of `server.services.publication`


@cache
def _began(dialect: str) -> Prepared:
    when = sa.func.coalesce(visits.c.started_at, visits.c.valid_from, type_=visits.c.started_at.type)
    return Prepared(sa.select(when).where(among(visits.c.placement_id, dialect), when.is_not(None)))


@cache
def _months_of_lines(dialect: str) -> Prepared:
    return Prepared(
        sa.select(credit_lines.c.month).where(among(credit_lines.c.placement_id, dialect)).distinct()
    )


class FigureQueries:
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        self._connection = connection
        self._visits = Rows(connection, visits, Visit, cipher)
        self._statements = StatementQueries(connection, cipher)

    # counting
    def of_visits(self, reach: Reach, readings: Sequence[EvidenceReading]) -> list[Counted]:
        counted = []
        for began in (True, False):
            wanted = {
                name: told
                for name, told in _conditions(readings).items()
                if (name not in _NOT_BEGUN) is began and name not in _BY_AGENT
            }
            sums = (sa.func.sum(sa.case((told, 1), else_=0)) for told in wanted.values())
            statement = _of_month(sa.select(*_PLACE, *sums), readings, began=began, reach=reach)
            for row in self._connection.execute(statement.group_by(*_PLACE)):
                place = Place(*row[:3])
                counted += [
                    Counted(place, None, name, int(count))
                    for name, count in zip(wanted, row[3:], strict=True)
                    if count
                ]
        return counted

    def of_lines(self, reach: Reach, month: str) -> list[Counted]:
        lines = self._statements.lines_of(reach, month).subquery("lines")
        by = (*_PLACE, lines.c.clause, lines.c.paid_on, lines.c.window_from)
        statement = (
            sa.select(*by, sa.func.count(), sa.func.sum(lines.c.amount_fen))
            .select_from(lines.join(placements, placements.c.id == lines.c.placement_id))
            .where(lines.c.visit_id.is_not(None))
            .group_by(*by)
        )
        counts, fen = Counter[tuple[Place, str]](), Counter[tuple[Place, str]]()
        for *place, clause, paid_on, visited_on, count, amount in self._connection.execute(statement):
            days = None if visited_on is None else (paid_on - visited_on).days
            for figure in (f"{figures.CREDITED}{clause or 'none'}", figures.days_figure(days)):
                counts[Place(*place), figure] += count
                fen[Place(*place), figure] += int(amount)
        return [Counted(at, None, figure, count, fen[at, figure]) for (at, figure), count in counts.items()]

    def of_shares(self, reach: Reach, month: str) -> list[Counted]:
        lines = self._statements.lines_of(reach, month).subquery("lines")
        frozen = lines.c.statement_id.is_not(None)
        counted = []
        for shares, of_kind in ((credit_shares, ~frozen), (statement_shares, frozen)):
            by = (*_PLACE, shares.c.account_id)
            statement = (
                sa.select(*by, sa.func.count(), sa.func.sum(shares.c.amount_fen))
                .select_from(
                    lines.join(placements, placements.c.id == lines.c.placement_id).join(
                        shares, shares.c.line_id == lines.c.id
                    )
                )
                .where(of_kind)
                .group_by(*by)
            )
            for *place, account_id, count, fen in self._connection.execute(statement):
                counted.append(Counted(Place(*place), account_id, figures.SHARE, count, int(fen)))
        return counted

    # what is kept
    def replace(self, month: str, counted: Iterable[Counted], counted_at: datetime) -> bool:
        known = self.counted_at(month)
        if known is not None and known > counted_at:
            return False
        self._connection.execute(sa.delete(month_figures).where(month_figures.c.month == month))
        self._connection.execute(sa.delete(month_countings).where(month_countings.c.month == month))
        rows = [_row(month, one, counted_at) for one in counted]
        if rows:
            self._connection.execute(sa.insert(month_figures), rows)
        self._connection.execute(sa.insert(month_countings), [{"month": month, "counted_at": counted_at}])
        return True

    def counted_at(self, month: str) -> datetime | None:
        of = month_countings.c
        return self._connection.execute(sa.select(of.counted_at).where(of.month == month)).scalar()

    def counted_months(self) -> set[str]:
        return set(self._connection.execute(sa.select(month_countings.c.month)).scalars())

    def kept(self, month: str, of: FigureSlice) -> list[KeptFigure]:
        row = month_figures.c
        by = (row.account_id, row.figure)
        given = (
            (row.branch_id, of.branch_id),
            (row.project_id, of.project_id),
            (row.client_id, of.client_id),
        )
        narrowed = [column == value for column, value in given if value is not None]
        statement = (
            sa.select(*by, sa.func.sum(row.count), sa.func.sum(row.amount))
            .where(row.month == month, *narrowed)
            .group_by(*by)
        )
        return [
            KeptFigure(account_id, figure, int(count), int(amount))
            for account_id, figure, count, amount in self._connection.execute(statement)
        ]

    def months_of(self, placement_ids: Iterable[str]) -> tuple[list[datetime], set[str]]:
        began, of_lines = list[datetime](), set[str]()
        dialect = self._connection.dialect.name
        for some in a_thousand_at_a_time(placement_ids):
            asked = {"among": sought(some, dialect)}
            for moments in _began(dialect).columns(self._connection, asked):
                began += moments
            of_lines.update(month for (month,) in _months_of_lines(dialect).rows(self._connection, asked))
        return began, of_lines

    # what is behind a figure
    def visits_behind(
        self,
        request: PageRequest,
        reach: Reach,
        figure: str,
        readings: Sequence[EvidenceReading],
        of: FigureSlice,
    ) -> Page[Visit]:
        began = figure not in _NOT_BEGUN
        statement = _of_month(sa.select(visits), readings, began=began, reach=reach)
        statement = statement.where(_conditions(readings)[figure])
        given = ((_PLACE[0], of.branch_id), (_PLACE[1], of.client_id), (_PLACE[2], of.project_id))
        statement = statement.where(*(column == value for column, value in given if value is not None))
        when = visits.c.started_at if began else visits.c.valid_from
        return keyset_page(self._visits, statement, [when, visits.c.id], request, descending=True)


def _row(month: str, one: Counted, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "month": month,
        "branch_id": one.place.branch_id,
        "client_id": one.place.client_id,
        "project_id": one.place.project_id,
        "account_id": one.account_id,
        "figure": one.figure,
        "count": one.count,
        "amount": one.amount,
    }


def _of_month(
    statement: sa.Select[Any], readings: Sequence[EvidenceReading], *, began: bool, reach: Reach
) -> sa.Select[Any]:
    """The visits of the month, without voided ones: those that began in it, or those that were to and never did."""
    begins, ends = _moments(readings[0].first, readings[-1].last)
    statement = statement.select_from(visits.join(placements, placements.c.id == visits.c.placement_id))
    statement = statement.where(visits_within(reach), visits.c.voided_at.is_(None))
    if began:
        return statement.where(visits.c.started_at >= begins, visits.c.started_at < ends)
    never = sa.and_(visits.c.state == VisitState.FAILED, visits.c.started_at.is_(None))
    return statement.where(never, visits.c.valid_from >= begins, visits.c.valid_from < ends)


def _conditions(readings: Sequence[EvidenceReading]) -> dict[str, sa.ColumnElement[bool]]:
    """What holds of a visit that is counted in a figure."""
    done = visits.c.state == VisitState.COMPLETED
    expired = visits.c.ended_reason == _EXPIRED
    lacking = _lacking(readings)
    held: dict[str, sa.ColumnElement[bool]] = {
        figures.BEGUN: sa.true(),
        figures.DONE: done,
        figures.RUNNING: visits.c.state == VisitState.IN_PROGRESS,
        figures.BROKEN_OFF: visits.c.state == VisitState.FAILED,
        figures.LEASE_EXPIRED: expired,
        figures.CALLED_OFF: sa.or_(visits.c.ended_reason.is_(None), ~expired),
        figures.MET: spoken_to(MET),
        figures.REACHED: spoken_to(REACHED),
        f"{figures.OUTCOME}none": sa.and_(done, visits.c.outcome.is_(None)),
        figures.PROVEN: sa.and_(done, *(~lacks for lacks in lacking.values())),
    }
    held |= {
        f"{figures.OUTCOME}{one.value}": sa.and_(done, visits.c.outcome == one) for one in AddressOutcome
    }
    return held | {name: sa.and_(done, lacks) for name, lacks in lacking.items()}


def _lacking(readings: Sequence[EvidenceReading]) -> dict[str, sa.ColumnElement[bool]]:
    """What `server.domain.missing` says of visits one by one (V1, X3, V6)."""
    item = sa.select(evidence_items.c.id).where(evidence_items.c.visit_id == visits.c.id)
    letter = sa.select(letters.c.id).where(letters.c.visit_id == visits.c.id)
    photo, recording = item.where(PHOTO).exists(), item.where(RECORDING).exists()
    either = sa.or_(*(_within(one) for one in readings if one.either), sa.false())
    neither = sa.and_(~photo, ~recording)
    second, no_photo, no_recording, address, manner, counterfoil = figures.LACKS

    def kept(kind: EvidenceKind) -> sa.ColumnElement[bool]:
        return item.where(evidence_items.c.kind == kind).exists()

    return {
        second: sa.or_(*(sa.and_(_within(one), present_count() < one.team_size) for one in readings)),
        no_photo: sa.case((either, neither), else_=~photo),
        no_recording: sa.case((either, neither), else_=~recording),
        address: sa.and_(letter.exists(), ~kept(EvidenceKind.LETTER_ADDRESS)),
        manner: sa.and_(letter.exists(), ~kept(EvidenceKind.LETTER_MANNER)),
        counterfoil: letter.where(letters.c.counterfoil_returned_at.is_(None)).exists(),
    }


def _within(reading: EvidenceReading) -> sa.ColumnElement[bool]:
    begins, ends = _moments(reading.first, reading.last)
    return sa.and_(visits.c.started_at >= begins, visits.c.started_at < ends)


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(first, time(), SHANGHAI)
    return begins, datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)
