"""Rows of pay: fines, and decisions on incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from server.domain.access import Reach
from server.domain.fines import Fine, FineState
from server.domain.incident_matrix import IncidentDecision
from server.services.ports.paging import Page, PageRequest
from server.services.ports.rows import EntityRows


class FineRows(EntityRows[Fine], Protocol):
    def page(
        self, request: PageRequest, reach: Reach, *, month: str | None, state: FineState | None
    ) -> Page[Fine]:
        """Those of the people within reach, the newest first."""

    def due_between(self, account_ids: Iterable[str], first: date, last: date) -> list[Fine]:
        """Those of these people that fell due on one of these days."""


class IncidentDecisionRows(EntityRows[IncidentDecision], Protocol):
    def page(self, request: PageRequest, reach: Reach) -> Page[IncidentDecision]:
        """Those about the people within reach, the newest first."""

    def decided_between(self, account_ids: Iterable[str], first: date, last: date) -> list[IncidentDecision]:
        """Those about these people that were made on one of these days."""
