"""Repayments and reversals in by file. A reference that is on file with the same content changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from server.domain.import_cells import DAY, INSTANT, MONEY, SHORT
from server.domain.import_problems import ROW_TWICE
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.placements import Placement, Repayment
from server.domain.problems import Finding
from server.domain.repayment_rules import (
    REPAYMENT_DIFFERS,
    amount_findings,
    reversed_findings,
    time_findings,
)
from server.services.importing.facts import not_ahead
from server.services.importing.outcome import Importer, Outcome, Task
from server.services.importing.references import CASE_COLUMNS, Cases
from server.services.ports.unit_of_work import UnitOfWork
from server.services.repayments import settle_holds, unsettled

REPAYMENTS = Sheet(
    *CASE_COLUMNS,
    ImportColumn("reference", "回款流水号", "reference", SHORT, True, "HK0000001", ("流水号",)),
    ImportColumn("paid_on", "回款日期", "paid on", DAY, True, "2026-03-05"),
    ImportColumn("paid_at", "回款时间", "paid at", INSTANT),
    ImportColumn("amount", "回款金额", "amount", MONEY, True, "500.00"),
    ImportColumn("reverses", "冲回原流水号", "reverses", SHORT),
)
_Key = tuple[str, str]
_OF_PLACEMENT = ("id", "case_number", "client_id", "branch_id", "opened_on", "placed_fen", "ended_on")


def _resolve(uow: UnitOfWork, task: Task) -> Outcome:
    reading = _Reading(uow, task)
    reading.take_rows()
    reading.judge()
    return reading.outcome


class _Reading:
    """One file against the repayments on file, both by client and reference."""

    def __init__(self, uow: UnitOfWork, task: Task) -> None:
        self._uow = uow
        self._task = task
        self.outcome = Outcome()
        self._cases = Cases(uow, task, REPAYMENTS, _OF_PLACEMENT)
        named = {row["reference"] for row in task.rows} | {
            row["reverses"] for row in task.rows if row["reverses"]
        }
        self._held: dict[_Key, Repayment] = {
            (repayment.client_id, repayment.reference): repayment
            for repayment in uow.repayments.having_any("reference", named)
        }
        self._days: dict[str | None, date] = {
            **{repayment.reference: repayment.paid_on for repayment in self._held.values()},
            **{row["reference"]: row["paid_on"] for row in task.rows},
        }
        self._taken: list[tuple[ImportRow, Placement]] = []
        self._first: dict[_Key, int] = {}
        self._made: dict[_Key, Repayment] = {}
        self._ids = iter(uow.new_ids(len(task.rows)))

    def take_rows(self) -> None:
        """The rows whose case is known. Ids first: a reversal may stand before its original."""
        for row in self._task.rows:
            placement = self._cases.find(row, self.outcome.problems, self._day_of_case(row))
            fits = not_ahead(self._uow, row, REPAYMENTS.column("paid_on"), self.outcome)
            if placement is None or not fits:
                continue
            key = (placement.client_id, row["reference"])
            first = self._first.setdefault(key, row.number)
            if first != row.number:
                column = REPAYMENTS.column("reference")
                self.outcome.problems.add(row.number, column.zh, ROW_TWICE, first=first)
                continue
            self._taken.append((row, placement))
            self._made[key] = self._held.get(key) or self._repayment(row, placement, None)

    def judge(self) -> None:
        reversals: dict[str, list[tuple[ImportRow, Repayment]]] = defaultdict(list)
        originals: dict[str, Repayment] = {}
        for row, placement in self._taken:
            key = (placement.client_id, row["reference"])
            original, held = self._original(row, placement), self._held.get(key)
            made = self._made[key] if original is None and held is None else None
            repayment = made or self._repayment(row, placement, original)
            if held is not None:
                self._compare(row, held, repayment)
                continue
            findings = amount_findings(repayment, original, row["reverses"]) + time_findings(repayment)
            self._refuse(row, findings)
            if findings:
                continue
            self.outcome.new["repayments"].append(repayment)
            self.outcome.touched.add(placement.id)
            if original is not None:
                originals[original.id] = original
                reversals[original.id].append((row, repayment))
        self._judge_reversals(originals, reversals)
        # An original must be there before its reversal names it.
        self.outcome.new["repayments"].sort(key=lambda repayment: repayment.reverses_id is not None)
        self._settle()

    def _settle(self) -> None:
        """Which holds change is found here, outside the writer's turn; there it is done for those few alone."""
        touched = {placement.id: placement for _, placement in self._taken}
        touched = {id_: touched[id_] for id_ in sorted(self.outcome.touched)}
        moving = unsettled(self._uow, touched.values(), self.outcome.new["repayments"])
        ids = [placement.id for placement, _ in moving]
        if ids:
            self.outcome.later.append(lambda uow: settle_holds(uow, ids))

    def _judge_reversals(
        self, originals: dict[str, Repayment], reversals: dict[str, list[tuple[ImportRow, Repayment]]]
    ) -> None:
        held: dict[str, list[Repayment]] = defaultdict(list)
        for repayment in self._uow.repayments.having_any("reverses_id", originals):
            held[repayment.reverses_id or ""].append(repayment)
        for id_, original in originals.items():
            mine = [repayment for _, repayment in reversals[id_]]
            self._refuse(reversals[id_][-1][0], reversed_findings(original, [*held[id_], *mine]))

    def _day_of_case(self, row: ImportRow) -> date:
        """A reversal belongs to the placement that its original belongs to, however late it comes."""
        day: date = self._days.get(row["reverses"], row["paid_on"])
        return day

    def _original(self, row: ImportRow, placement: Placement) -> Repayment | None:
        if row["reverses"] is None:
            return None
        key = (placement.client_id, row["reverses"])
        return self._made.get(key) or self._held.get(key)

    def _repayment(self, row: ImportRow, placement: Placement, original: Repayment | None) -> Repayment:
        reference = row["reference"]
        made = self._made.get((placement.client_id, reference))
        return Repayment(
            id=made.id if made is not None else next(self._ids),
            placement_id=placement.id,
            client_id=placement.client_id,
            reference=reference,
            paid_on=row["paid_on"],
            paid_at=row["paid_at"],
            amount_fen=row["amount"],
            reverses_id=None if original is None else original.id,
            recorded_at=self._uow.now,
            import_id=self._task.import_id,
        )

    def _compare(self, row: ImportRow, held: Repayment, repayment: Repayment) -> None:
        def content(one: Repayment) -> tuple[object, ...]:
            return (one.placement_id, one.paid_on, one.paid_at, one.amount_fen, one.reverses_id)

        if content(held) == content(repayment):
            self.outcome.unchanged += 1
            return
        column = REPAYMENTS.column("reference")
        self.outcome.problems.add(row.number, column.zh, REPAYMENT_DIFFERS, reference=row["reference"])

    def _refuse(self, row: ImportRow, findings: Sequence[Finding]) -> None:
        for finding in findings:
            column = REPAYMENTS.column(finding.field or "amount")
            self.outcome.problems.add(row.number, column.zh, finding.kind, **finding.params)


REPAYMENT_IMPORTER = Importer(REPAYMENTS, _resolve)
