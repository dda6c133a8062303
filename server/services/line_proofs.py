"""The evidence labels of a month's lines: provisional, held with what is missing and until when, confirmed (M1, M2).

Reads any number of lines with the same few queries. It refuses to change a line: a label only says what it is worth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.calendar import local_day
from server.domain.credit import StatementState
from server.domain.evidence import EvidenceCount, EvidenceSource
from server.domain.months import EvidenceLabel, MissingItem, VisitProof, label_of, missing_of
from server.services.ports.credit import StatementLine
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class LineProof:
    """A label; what is missing, and the last day for it where the month has been published."""

    label: EvidenceLabel
    missing: Sequence[MissingItem]
    due_on: date | None


def line_proofs(
    uow: UnitOfWork, lines: Sequence[StatementLine], counts: Mapping[str, EvidenceCount]
) -> dict[str, LineProof]:
    """By the id of the line. A line that speaks of no visit has nothing that could be missing.

    `counts` are those of the evidence of every visit that a line speaks of.
    """
    proofs = _visit_proofs(uow, counts)
    by_id = uow.monthly_statements.by_ids(
        line.statement_id for line in lines if line.statement_id is not None
    )
    told = {}
    for line in lines:
        missing: tuple[MissingItem, ...] = ()
        if line.nearest_visit_id is not None and line.visited_at is not None:
            edition = uow.policy.in_force_on(local_day(line.visited_at))
            missing = missing_of(proofs[line.nearest_visit_id], edition)
        statement = by_id.get(line.statement_id or "")
        state = StatementState.DRAFT if statement is None else statement.state
        due_on = statement.evidence_until if statement is not None and missing else None
        told[line.id] = LineProof(label_of(missing, state), missing, due_on)
    return told


def _visit_proofs(uow: UnitOfWork, counts: Mapping[str, EvidenceCount]) -> Mapping[str, VisitProof]:
    wanted = sorted(counts)
    items = uow.evidence_items.having_any("visit_id", wanted)
    of_item = {item.id: item.visit_id for item in items}
    unsigned, damaged, letters = defaultdict(list), defaultdict(list), defaultdict(list)
    for item in items:
        if item.source is EvidenceSource.DESK and item.countersigned_at is None:
            unsigned[item.visit_id].append(item.id)
    for difference in uow.evidence_differences.having_any("evidence_id", of_item):
        if difference.mended_at is None and difference.evidence_id is not None:
            damaged[of_item[difference.evidence_id]].append(difference.evidence_id)
    for letter in uow.letters.having_any("visit_id", wanted):
        if letter.counterfoil_returned_at is None:
            letters[letter.visit_id].append(letter.id)
    return {
        id_: VisitProof(
            counts[id_].photos,
            counts[id_].recordings,
            unsigned[id_],
            sorted(set(damaged[id_])),
            letters[id_],
        )
        for id_ in wanted
    }
