"""What stands on an imported file, with the words and the place of each thing (S20).

Owns the looking. Refuses to change anything: `import_undoing` does, in the turn that has looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.credit import LedgerLine
from server.domain.import_undoing import (
    CASE_IN_STATEMENT,
    IN_STATEMENT,
    MOST_TOLD,
    NOTHING_LEFT,
    REVERSED_LATER,
    WOULD_HOLD,
    Leaning,
    Obstacle,
    StandsOn,
    Undoing,
    changed_finding,
    leaning_finding,
    unnamed_findings,
)
from server.domain.imports import ChangedRow, ImportChange, ImportFile, ImportState
from server.domain.placements import Placement, Repayment
from server.domain.problems import Finding
from server.services.importing.retaining import changed_since
from server.services.ports.unit_of_work import UnitOfWork
from server.services.repayments import unsettled


@dataclass(frozen=True, slots=True)
class Concerned:
    """Cases that a file brought, those on file whose scoring sees what it brought, those it brought repayments of, and
    what it changed of rows on file."""

    brought: frozenset[str]
    touched: frozenset[str]
    repayments: Sequence[Repayment]
    changes: Sequence[ImportChange]

    @property
    def repaid(self) -> frozenset[str]:
        return frozenset(repayment.placement_id for repayment in self.repayments)


def concerned_by(uow: UnitOfWork, file: ImportFile) -> Concerned:
    """Nothing, where the file is not applied, or no longer."""
    if file.state is not ImportState.APPLIED:
        return Concerned(frozenset(), frozenset(), (), ())
    return Concerned(
        frozenset(uow.imported_rows.placement_ids(file.id)),
        frozenset(uow.imported_rows.touched(file.id)),
        uow.repayments.having(import_id=file.id),
        uow.import_changes.having(import_id=file.id),
    )


def undoing_as_it_is(uow: UnitOfWork, file: ImportFile, concerned: Concerned) -> Undoing:
    """Of every kind of obstacle the first fifty are told; all are counted."""
    if file.state is not ImportState.APPLIED:
        return NOTHING_LEFT
    rows = dict(uow.imported_rows.counts(file.id))
    retained = [change for change in concerned.changes if change.subject is ChangedRow.PLACEMENT]
    released, of_repayments = _of_repayments(uow, concerned)
    found = [*_unnamed(file, rows, len(retained)), *of_repayments, *_moved(uow, concerned.changes)]
    told, count = _on_rows(uow, file)
    return Undoing(
        rows=rows,
        sum_fen=sum(repayment.amount_fen for repayment in concerned.repayments),
        cases=uow.imported_rows.cases(file.id),
        restored=len(retained),
        released=released,
        obstacles=_each_kind_first([*found, *told]),
        obstacle_count=len(found) + count,
    )


def _each_kind_first(obstacles: Sequence[Obstacle]) -> list[Obstacle]:
    """One of each kind and thing, then the next of each: fifty calls of fifty cases hid that there were visits too."""
    turns = Counter[tuple[object, ...]]()
    placed = []
    for obstacle in obstacles:
        params = obstacle.finding.params
        alike = (obstacle.finding.kind.code, params.get("what_en"), params.get("on_en"))
        placed.append((turns[alike], obstacle))
        turns[alike] += 1
    return [obstacle for _, obstacle in sorted(placed, key=lambda one: one[0])]


def _unnamed(file: ImportFile, rows: Mapping[str, int], retained: int) -> list[Obstacle]:
    findings = unnamed_findings(file.result.get("created", {}), rows)
    findings += unnamed_findings(file.result.get("changed", {}), {"placements": retained})
    return [Obstacle(finding, StandsOn.IMPORT, file.id) for finding in findings]


def _of_repayments(uow: UnitOfWork, concerned: Concerned) -> tuple[int, list[Obstacle]]:
    """How many holds would be released; M1 and A5 of the repayments that the file brought."""
    by_id = {repayment.id: repayment for repayment in concerned.repayments}
    if not by_id:
        return 0, []
    placements = uow.placements.by_ids(concerned.repaid)
    moving = unsettled(uow, placements.values(), without=by_id)
    held_again = [placement for placement, hold in moving if hold is None]
    return len(moving) - len(held_again), [
        *_in_statements(uow.ledger.standing_of(by_id), by_id),
        *_reversed(uow.repayments.having_any("reverses_id", by_id), by_id),
        *_held_again(held_again),
    ]


def _in_statements(lines: Mapping[str, LedgerLine], mine: Mapping[str, Repayment]) -> list[Obstacle]:
    """M1: what is published stays, whatever became of its line since."""
    return [
        Obstacle(
            Finding(IN_STATEMENT, params={"reference": mine[id_].reference, "month": line.month}),
            StandsOn.STATEMENT,
            line.month,
        )
        for id_, line in sorted(lines.items())
    ]


def _reversed(reversals: Sequence[Repayment], mine: Mapping[str, Repayment]) -> list[Obstacle]:
    """A5: a reversal that came by another way names its original; its file goes first."""
    return [
        Obstacle(
            Finding(
                REVERSED_LATER,
                params={
                    "reference": mine[reversal.reverses_id or ""].reference,
                    "reversal": reversal.reference,
                },
            ),
            StandsOn.PLACEMENT if reversal.import_id is None else StandsOn.IMPORT,
            reversal.import_id or reversal.placement_id,
        )
        for reversal in reversals
        if reversal.id not in mine
    ]


def _held_again(placements: Collection[Placement]) -> list[Obstacle]:
    return [
        Obstacle(
            Finding(WOULD_HOLD, params={"case_number": placement.case_number}),
            StandsOn.PLACEMENT,
            placement.id,
        )
        for placement in placements
    ]


def _moved(uow: UnitOfWork, changes: Sequence[ImportChange]) -> list[Obstacle]:
    """W4: a case that the file retained and somebody has changed since does not get its earlier end again."""
    moved = uow.placements.by_ids(changed_since(uow, changes))
    return [
        Obstacle(changed_finding("placements", one.case_number), StandsOn.PLACEMENT, one.id)
        for one in moved.values()
    ]


def _on_rows(uow: UnitOfWork, file: ImportFile) -> tuple[list[Obstacle], int]:
    """What leans on rows of the file, rows that are no longer as they came, and what was published since (M4)."""
    since = file.finished_at or uow.now
    leaning = uow.imported_rows.leaning(file.id, since, MOST_TOLD)
    changed = uow.imported_rows.changed(file.id, MOST_TOLD)
    published, count = uow.imported_rows.published(file.id, since, MOST_TOLD)
    cases = _cases(uow, [*leaning.told, *changed.told], [id_ for id_, _ in published])
    files = uow.import_files.by_ids(one.import_id for one in leaning.told if one.import_id is not None)
    told = [
        Obstacle(leaning_finding(one, files[one.import_id].filename), StandsOn.IMPORT, one.import_id)
        if one.import_id is not None
        else Obstacle(leaning_finding(one, cases.of(one).case_number), StandsOn.PLACEMENT, cases.of(one).id)
        for one in sorted(leaning.told, key=lambda one: one.import_id is None)
    ]
    told += [
        Obstacle(changed_finding(one.on, cases.of(one).case_number), StandsOn.PLACEMENT, cases.of(one).id)
        for one in changed.told
    ]
    told += [
        Obstacle(
            Finding(
                CASE_IN_STATEMENT,
                params={"case_number": cases.by_id[id_].case_number, "month": month},
            ),
            StandsOn.STATEMENT,
            month,
        )
        for id_, month in published
    ]
    return told, leaning.total + changed.total + count


@dataclass(frozen=True, slots=True)
class _Cases:
    by_id: Mapping[str, Placement]
    of_debtor: Mapping[str, Placement]

    def of(self, leaning: Leaning) -> Placement:
        if leaning.placement_id is not None:
            return self.by_id[leaning.placement_id]
        return self.of_debtor[leaning.debtor_id or ""]


def _cases(uow: UnitOfWork, leanings: Sequence[Leaning], ids: Iterable[str]) -> _Cases:
    """Of a person, the case that came last: what is on file of a person is seen on each case."""
    named = {one.placement_id for one in leanings if one.placement_id is not None}
    people = {one.debtor_id for one in leanings if one.debtor_id is not None}
    newest = {one.debtor_id: one for one in uow.placements.having_any("debtor_id", people)}
    return _Cases(uow.placements.by_ids(named | set(ids)), newest)
