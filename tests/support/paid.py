"""A case that was visited, paid and scored, and the statement of its month."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.domain.visits import Visit
from tests.conftest import Desk
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import COLLECTOR, Member
from tests.support.rows import changed, keep

MARCH = "/api/v1/statements/2026-03"


class Paid(Case):
    """A case whose debtor was met by 陈磊 and 王强 on 10 March and paid 500.01 yuan on the 12th; scored."""

    def __init__(self, desk: Desk, collector: Member = COLLECTOR, **visit: Any) -> None:
        super().__init__(desk, collector=collector)
        self.met: Visit = self.visit(**visit)
        self.paid = values.repayment(self.placement, date(2026, 3, 12), 50_001)
        keep(desk, values.contact(self.met), self.paid)
        self.score()

    def pay(self, day: date, fen: int, **more: Any) -> Any:
        paid = values.repayment(self.placement, day, fen, **more)
        keep(self.desk, paid)
        self.score()
        return paid

    def score(self) -> None:
        changed(self.desk, [self.placement])
        self.desk.work()

    @property
    def path(self) -> str:
        return f"/api/v1/placements/{self.placement.id}/credit"
