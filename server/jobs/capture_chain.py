"""The job of the chain: stored bytes of each segment read and digested, everything judged anew and flagged (V2, V8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import JobFailed, Progress
from server.services import capture_chain, evidence_flags
from server.services.capture_segments import read_segments
from server.services.house import House
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing


def check_chain(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Read what no run has read yet, and keep what was found with the manifests."""
    visit_id = str(payload["visit_id"])
    try:
        read_segments(house, visit_id, progress)
    except (ObjectMissing, ObjectKeyDestroyed, ObjectDamaged) as error:
        raise JobFailed(f"bytes of visit {visit_id} cannot be read: {error}") from error
    with house.units.write() as uow:
        visit = uow.visits.need(visit_id)
        evidence_flags.raise_flags(uow, visit, capture_chain.settle(uow, house.signatures, visit))
        uow.commit()
