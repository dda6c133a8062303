"""Routes of the simulator: the snapshot of facts, and what another policy would have credited (section 9)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from api_schemas.simulations import Simulation, SimulationAsked, SnapshotShown
from server.domain.access import Permission
from server.domain.simulations import (
    NO_SNAPSHOT,
    NOT_SIMULATED,
    PERIOD_UNUSABLE,
    POLICY_UNUSABLE,
    SIMULATION_RUNNING,
)
from server.services import simulations
from server.services.ports.simulation import Change, Fate
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "simulations",
    __name__,
    url_prefix="/api/v1",
    description="What another policy would have credited, before it is made one",
)


@endpoint(
    blueprint, "GET", "/fact-snapshots/newest", needs=[Permission.POLICY_SIMULATE], answer=SnapshotShown
)
def read_newest_snapshot(call: Call) -> simulations.SnapshotShown:
    """The facts that simulations are made over, and how far the next ones are."""
    return simulations.read_snapshot(call.uow)


@endpoint(
    blueprint,
    "POST",
    "/fact-snapshots",
    needs=[Permission.POLICY_SIMULATE],
    answer=SnapshotShown,
    status=202,
)
def ask_for_snapshot(call: Call) -> simulations.SnapshotShown:
    """Have the facts gathered anew, as is done once a day; whoever asks meanwhile waits for the same."""
    return simulations.ask_for_snapshot(call.uow, call.actor)


@endpoint(
    blueprint,
    "POST",
    "/simulations",
    needs=[Permission.POLICY_SIMULATE],
    body=SimulationAsked,
    answer=Simulation,
    own_turn=True,
    problems=[POLICY_UNUSABLE, NOT_SIMULATED, PERIOD_UNUSABLE, NO_SNAPSHOT, SIMULATION_RUNNING],
)
def simulate(call: Call) -> dict[str, Any]:
    """What a policy would have credited of a period's repayments, beside the one that holds; no credit is changed."""
    body = call.body
    told = simulations.simulate(
        call.house, call.actor, body["policy"], body["first"], body["last"], body["after"]
    )
    compared = told.compared
    return {
        "snapshot": told.snapshot,
        "first": told.first,
        "last": told.last,
        "total": compared.total,
        "by_clause": compared.by_clause,
        "by_day": compared.by_day,
        "by_agent": [_named(change, told.agents) for change in compared.by_agent],
        "by_client": [_named(change, told.clients) for change in compared.by_client],
        "moved_lines": compared.moved_lines,
        "moved_amount": compared.moved_fen,
        "moved": [_moved(one, told.agents) for one in told.moved],
        "next": told.next,
    }


def _named(change: Change, names: Mapping[str, str]) -> dict[str, Any]:
    return dataclasses.asdict(change) | {"name": names.get(change.key)}


def _moved(shown: simulations.MovedShown, names: Mapping[str, str]) -> dict[str, Any]:
    moved = shown.moved
    return {
        "placement_id": moved.placement_id,
        "case_number": shown.case_number,
        "repayment_id": moved.repayment_id,
        "reference": shown.reference,
        "paid_on": moved.paid_on,
        "amount": moved.amount_fen,
        "before": _fate(moved.before, names, shown.before_why),
        "after": _fate(moved.after, names, shown.after_why),
    }


def _fate(fate: Fate, names: Mapping[str, str], why: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "visit_id": fate.visit_id,
        "clause": fate.clause,
        "reason": fate.reason,
        "agents": [names.get(agent, agent) for agent in fate.agents],
        "why": why,
    }
