"""Port: what a month's lines count for whom, added up anew or as they were last (F1 to F3)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from server.domain.pay_sums import MonthSums


class PaySumRows(Protocol):
    def of_month(self, month: str) -> MonthSums:
        """The month as it is now, of everybody."""

    def replace(self, month: str, counted: MonthSums, counted_at: datetime) -> None:
        """Keep these sums of the month."""

    def kept(self, month: str) -> MonthSums: ...
