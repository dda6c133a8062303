"""Credit: which visit a repayment belongs to, kept up to date while a month is open."""

from __future__ import annotations

from server.services.ports.unit_of_work import UnitOfWork

PLACEMENT_JOB = "credit.placement"


def fact_changed(uow: UnitOfWork, placement_id: str, cause: str) -> None:
    """Whatever writes a fact that scoring may see calls this: the placement is scored again after the commit."""
    uow.enqueue(
        PLACEMENT_JOB,
        {"placement_id": placement_id, "cause": cause},
        once_key=f"{PLACEMENT_JOB}:{placement_id}",
    )
