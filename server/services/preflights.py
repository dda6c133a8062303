"""The checks of phones before an outing, kept with the visits that they began (V2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.preflights import Preflight
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import visit_within
from server.services.visit_records import not_in_future, of_team


def keep(uow: UnitOfWork, actor: Actor, visit_id: str, values: Mapping[str, Any]) -> Preflight:
    """Keep what the phone found; a phone that is not fit is told of, never refused: the visit has begun."""
    visit, _ = of_team(uow, actor, visit_id)
    not_in_future(uow, values["at"])
    kept = uow.preflights.add(
        Preflight(
            **values,
            visit_id=visit.id,
            account_id=actor.account_id,
            device_id=actor.device_id,
            received_at=uow.now,
        )
    )
    uow.audit(AuditEntry("preflight.kept", "visit", visit.id, {"preflight_id": kept.id}))
    return kept


def of_visit(uow: UnitOfWork, actor: Actor, visit_id: str) -> list[Preflight]:
    """Those of the visit's phones, the earliest first."""
    visit, _ = visit_within(uow, actor, visit_id, Permission.VISITS_READ)
    return sorted(uow.preflights.having(visit_id=visit.id), key=lambda one: (one.at, one.id))
