"""Rows of pay: fines, and decisions on incidents."""

from __future__ import annotations

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


class IncidentDecisionRows(EntityRows[IncidentDecision], Protocol):
    def page(self, request: PageRequest, reach: Reach) -> Page[IncidentDecision]:
        """Those about the people within reach, the newest first."""
