"""What happens to a month once it is over: published, objected to, sampled, ruled on and closed (M1 to M4, S12).

Owns the days on which it happens. The last month is left as a desk finds it: its objections wait for the manager, its
sample is checked by half.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from server.demo.firm import Firm
from server.domain.calendar import local_day
from server.domain.credit import LineKind, month_of
from server.domain.disputes import Ground, RulingOutcome
from server.domain.quality import Breach, Verdict
from server.services import closing, disputes, months, quality, rulings, statements
from server.services.ports.credit import StatementFilter, StatementLine
from server.services.ports.paging import PAGE_LIMIT, PageRequest

_OBJECT_AFTER, _CHECK_AFTER, _RULE_AFTER = 2, 4, 7  # days after the publication
_OBJECTIONS = {
    "relay_not_confirmed": (Ground.RELAY, "家属当晚已转告，客户次日来电提到"),
    "letter_not_proven": (Ground.LETTER, "留函回执已交客服，请核对"),
    "no_photo_or_recording": (Ground.EVIDENCE, "照片在外访机里，补传后请重新核对"),
    "message_not_sent": (Ground.CONTACT, "当天已与客户通话，见通话记录"),
}
_RULED = (
    (RulingOutcome.UPHELD, "核对来电记录，属实，按所主张的外访计入"),
    (RulingOutcome.DISMISSED, "所述无佐证，维持原核算结果"),
)
_FOUND: dict[int, tuple[Verdict, tuple[Breach, ...], str, bool]] = {
    1: (Verdict.MINOR, (Breach.COMPLAINT_IGNORED,), "客户情绪激动时未先安抚，已提醒", False),
    3: (Verdict.SERIOUS, (Breach.DEBT_TOLD,), "录音中向邻居提到欠款，建议作废", True),
}


class MonthCourse:
    """Follows the days; `on` puts on the calendar what comes later."""

    def __init__(self, firm: Firm, on: Callable[[date, int, Callable[[], None]], None]) -> None:
        self._firm, self._on = firm, on
        self._visited: set[str] = set()
        self._running = month_of(local_day(firm.now))

    def morning(self, day: date) -> None:
        """M1: on the first working day of a month the one before is published."""
        over, self._running = self._running, month_of(day)
        if over == self._running:
            return
        self._firm.run_jobs()  # to the fen: what is not scored is not published
        with self._firm.acting("dispatcher1") as (uow, actor):
            months.publish(uow, actor, over, None)
        self._on(day, _OBJECT_AFTER, partial(self._object, over))
        self._on(day, _RULE_AFTER, partial(self._end, over))
        if over in self._visited:
            with self._firm.acting("qa1") as (uow, actor):
                sample = quality.draw_sample(uow, actor, over)
            self._on(day, _CHECK_AFTER, partial(self._check, over, sample.id))

    def visited(self, day: date) -> None:
        """Somebody was out: there is something to draw from."""
        self._visited.add(month_of(day))

    def _is_last(self, month: str) -> bool:
        return month == month_of(self._firm.today.replace(day=1) - timedelta(days=1))

    def _object(self, month: str) -> None:
        """M2: agents, each to a line that they would have a share of."""
        with self._firm.acting("manager1") as (uow, actor):
            wanted = StatementFilter(month=month, credited=False)
            page = statements.read_statement(uow, actor, PageRequest(PAGE_LIMIT, None), wanted)
            lines = {told.line.reason: told.line for told in page.items if _may_be_objected_to(told.line)}
            leads = {
                visit.id: visit.lead_id
                for visit in uow.visits.by_ids(
                    line.nearest_visit_id or "" for line in lines.values()
                ).values()
            }
        names = {actor.account_id: name for name, actor in self._firm.actors.items()}
        for line in list(lines.values())[: len(_RULED)]:
            ground, words = _OBJECTIONS[line.reason or ""]
            values: dict[str, Any] = {
                "id": self._firm.new_id(),
                "ground": ground,
                "words": words,
                "claimed_visit_id": line.nearest_visit_id,
                "attachments": [],
            }
            with self._firm.acting(names[leads[line.nearest_visit_id or ""] or ""]) as (uow, actor):
                disputes.file_dispute(uow, actor, line.id, values)

    def _check(self, month: str, sample_id: str) -> None:
        """S12: visit by visit; two are not as they should be."""
        with self._firm.acting("qa1") as (uow, actor):
            found = quality.items_page(uow, actor, PageRequest(PAGE_LIMIT, None), sample_id, None).items
            half = len(found) // 2
            for place, one in enumerate(found[:half] if self._is_last(month) else found):
                verdict, breaches, note, void = _FOUND.get(place, (Verdict.COMPLIANT, (), "", False))
                values = {
                    "id": self._firm.new_id(),
                    "verdict": verdict,
                    "breaches": breaches,
                    "note": note,
                    "void_proposed": void and self._is_last(month),
                }
                quality.check_visit(uow, actor, one.item.id, values)

    def _end(self, month: str) -> None:
        """M3, M4: all objections in one sitting, then the month is closed; the last one's wait for the manager."""
        if self._is_last(month):
            return
        with self._firm.acting("manager1") as (uow, actor):
            (statement,) = uow.monthly_statements.having(month=month)
            given: list[dict[str, Any]] = [
                {"dispute_id": one.id, "outcome": outcome, "reasons": why, "visit_id": None, "shares": []}
                for one, (outcome, why) in zip(uow.disputes.waiting(statement.id), _RULED, strict=False)
            ]
            if given:
                rulings.rule(uow, actor, month, None, given)
        closing.close(self._firm.house, self._firm.actors["manager1"], month, None)


def _may_be_objected_to(line: StatementLine) -> bool:
    return (
        line.reason in _OBJECTIONS
        and line.nearest_visit_id is not None
        and line.kind in (LineKind.COMPUTED, LineKind.LATE)
        and line.amount_fen > 0
    )
