"""What another policy would have credited: facts of all cases as tables, and two policies over them (docs/adr/0012).

Owns the snapshots and who may compare over whose cases. It refuses to write credit: a simulation leaves a line in the
trail and nothing else.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from server.domain.access import Actor, Permission, Scope, reach
from server.domain.audit import AuditEntry
from server.domain.placements import Placement
from server.domain.policy.attribute import explain
from server.domain.policy.editions import PolicyBook
from server.domain.policy.explanations import say
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.policy_documents import PolicyError, parse_policy
from server.domain.policy.wire import read_placement
from server.domain.problems import Problem, problem, refuse_if
from server.domain.simulations import (
    NO_SNAPSHOT,
    SIMULATION_RUNNING,
    FactSnapshot,
    period_findings,
    shaping_findings,
    unusable,
)
from server.services.house import House
from server.services.ports.simulation import Asked, CaseOf, Compared, FactTablesError, Moved
from server.services.ports.unit_of_work import UnitOfWork

SNAPSHOT_JOB = "facts.snapshot"
MOST_MOVED = 100
LARGEST_TABLE = 1 << 34
_TELL_EVERY = 500
_one_at_a_time = threading.Lock()

Progress = Callable[[int, int], None]


class Step(StrEnum):
    """What a simulation is at, in the order of its course."""

    WAITING = "waiting"
    FACTS = "facts"
    HELD = "held"
    ASKED = "asked"
    COMPARED = "compared"


Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class SnapshotShown:
    """The newest snapshot, if there is one, and how far the next one is: steps done of all, None when none is due."""

    snapshot: FactSnapshot | None
    done: int | None
    all: int | None


@dataclass(frozen=True, slots=True)
class MovedShown:
    """A line that moves, with its case and why it is credited as it is under either policy, in both languages."""

    moved: Moved
    case_number: str
    reference: str
    before_why: Mapping[str, str] | None
    after_why: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """The comparison with names beside the ids; `agents` and `clients` give the name of each id that is named."""

    snapshot: FactSnapshot
    first: date
    last: date
    compared: Compared
    agents: Mapping[str, str]
    clients: Mapping[str, str]
    moved: Sequence[MovedShown]
    skipped: int

    @property
    def next(self) -> int | None:
        """Where the lines that move go on after these; None with the last."""
        shown = self.skipped + len(self.compared.moved)
        return shown if shown < self.compared.moved_lines else None


def take_snapshot(house: House, progress: Progress) -> None:
    """Write the facts of all current runs as tables, store them, name them, remove what they take the place of.

    They are scored under the policy that holds as well, so that the first who asks does not wait for it.
    """
    with TemporaryDirectory(prefix="facts-", dir=house.cache) as scratch:
        folder = Path(scratch)
        with house.units.read() as uow:
            total = uow.fact_snapshots.cases()
            house.fact_tables.write(_facts(uow, total, progress), folder)
        with house.units.write() as uow:
            id_ = uow.new_id()
        objects = {
            name: _stored(house, id_, name, folder / f"{name}.parquet") for name in house.fact_tables.names
        }
    with house.units.write() as uow:
        former = uow.fact_snapshots.having()
        uow.fact_snapshots.remove(one.id for one in former)
        uow.fact_snapshots.add(FactSnapshot(id_, uow.now, total, objects))
        uow.audit(AuditEntry("facts.snapshot_taken", "fact_snapshot", id_, {"placements": total}))
        uow.commit()
    for one in former:
        for key in one.objects.values():
            house.objects.delete(key)
    make_ready(house)
    progress(total, total)


def make_ready(house: House) -> None:
    """Have the newest facts in the cache, and scored under the policy that holds."""
    with house.units.read() as uow:
        holds, newest = uow.policy, uow.fact_snapshots.newest()
    if newest is not None:
        house.fact_tables.prepare(_fetched(house, newest), holds)


def _facts(uow: UnitOfWork, total: int, progress: Progress) -> Iterator[tuple[PlacementFacts, CaseOf]]:
    for done, (facts, case) in enumerate(uow.fact_snapshots.facts()):
        if done % _TELL_EVERY == 0:
            progress(done, total)
        yield read_placement(facts), case


def _stored(house: House, id_: str, name: str, path: Path) -> str:
    with path.open("rb") as source:
        return house.objects.write(f"snapshots/{id_}/{name}.parquet", source, limit=LARGEST_TABLE).key


def policy_changed(uow: UnitOfWork) -> None:
    """What is kept in readiness was scored under the policy that held: the next who asked waited for twice the time."""
    if uow.fact_snapshots.newest() is not None:
        uow.enqueue(SNAPSHOT_JOB, {}, once_key=SNAPSHOT_JOB)


def ask_for_snapshot(uow: UnitOfWork, actor: Actor) -> SnapshotShown:
    """Have one taken; whoever asks while one is due waits for the same."""
    uow.enqueue(SNAPSHOT_JOB, {}, once_key=SNAPSHOT_JOB)
    uow.audit(AuditEntry("facts.snapshot_asked", "fact_snapshot", None, {"by": actor.account_id}))
    shown = read_snapshot(uow)  # what was just asked for is a row once this transaction is over
    return dataclasses.replace(shown, done=shown.done or 0, all=shown.all or 0)


def read_snapshot(uow: UnitOfWork) -> SnapshotShown:
    due = uow.jobs.unfinished(SNAPSHOT_JOB)
    return SnapshotShown(
        uow.fact_snapshots.newest(),
        None if due is None else due.done_steps,
        None if due is None else due.all_steps,
    )


def _nobody(_step: Step) -> None:
    """For whoever waits without being told."""


def simulate(
    house: House, actor: Actor, document: str, first: date, last: date, skipped: int = 0, tell: Tell = _nobody
) -> Simulated:
    """What a policy document would have credited of the repayments of these days, beside the policy that holds, within
    the actor's reach; of the lines that move, those after so many."""
    whose = reach(actor, Permission.POLICY_SIMULATE)
    asked = Asked(
        first,
        last,
        branch_id=(whose.branch_id or "") if whose.scope is Scope.BRANCH else None,
        project_id=(whose.project_id or "") if whose.scope is Scope.PROJECT else None,
        skipped=skipped,
    )
    return simulate_over(house, document, asked, actor.account_id, tell)


def simulate_over(
    house: House, document: str, asked: Asked, account_id: str | None = None, tell: Tell = _nobody
) -> Simulated:
    """The same over the cases that are named, for whoever runs the house."""
    with house.units.read(account_id) as uow:
        holds, book, snapshot = _comparable(uow, document, asked)
    tell(Step.WAITING)
    with _alone():
        compared = _compared(house, snapshot, (holds, book), asked, tell)
    with house.units.read(account_id) as uow:
        told = _told(uow, snapshot, asked, compared, (holds, book))
    with house.units.write(account_id) as uow:
        period = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
        detail = period | {"moved": compared.moved_lines, "policy": document}
        uow.audit(AuditEntry("policy.simulated", "fact_snapshot", snapshot.id, detail))
        uow.commit()
    return told


def check(uow: UnitOfWork, document: str, first: date, last: date) -> None:
    """Refuses what could not be simulated, before anything is computed."""
    _comparable(uow, document, Asked(first, last))


def _comparable(uow: UnitOfWork, document: str, asked: Asked) -> tuple[PolicyBook, PolicyBook, FactSnapshot]:
    refuse_if(period_findings(asked.first, asked.last))
    book, holds = _read(document), uow.policy
    refuse_if(shaping_findings(holds, book))
    snapshot = uow.fact_snapshots.newest()
    if snapshot is None:
        raise problem(NO_SNAPSHOT)
    return holds, book, snapshot


def _compared(
    house: House, snapshot: FactSnapshot, books: tuple[PolicyBook, PolicyBook], asked: Asked, tell: Tell
) -> Compared:
    tell(Step.FACTS)
    folder = _fetched(house, snapshot)
    try:
        for step, book in zip((Step.HELD, Step.ASKED), books, strict=True):
            tell(step)
            house.fact_tables.prepare(folder, book)
        tell(Step.COMPARED)
        return house.fact_tables.compare(folder, *books, asked, MOST_MOVED)
    except FactTablesError as error:
        raise Problem([unusable(PolicyError("", str(error)), "", "policy")]) from error


def _read(document: str) -> PolicyBook:
    try:
        return parse_policy(document)
    except PolicyError as error:
        raise Problem([unusable(error, document, "policy")]) from error


@contextmanager
def _alone() -> Iterator[None]:
    """Two at once would take the memory of both and be no sooner ready."""
    if not _one_at_a_time.acquire(timeout=10):
        raise problem(SIMULATION_RUNNING)
    try:
        yield
    finally:
        _one_at_a_time.release()


def _fetched(house: House, snapshot: FactSnapshot) -> Path:
    """The folder of a snapshot in the cache, fetched whole or not at all."""
    folder = house.cache / "facts" / snapshot.id
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="facts-", dir=house.cache) as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()
        for name, key in snapshot.objects.items():
            with house.objects.open(key) as stored, (whole / f"{name}.parquet").open("wb") as file:
                shutil.copyfileobj(stored, file, 1 << 20)
        os.replace(whole, folder)
    others = (one for one in folder.parent.iterdir() if one != folder)
    # The one before may still be read by another process.
    for old in sorted(others, key=lambda one: one.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _told(
    uow: UnitOfWork,
    snapshot: FactSnapshot,
    asked: Asked,
    compared: Compared,
    books: tuple[PolicyBook, PolicyBook],
) -> Simulated:
    agents = {change.key for change in compared.by_agent}
    agents |= {agent for one in compared.moved for fate in (one.before, one.after) for agent in fate.agents}
    placements = uow.placements.by_ids(one.placement_id for one in compared.moved)
    repayments = uow.repayments.by_ids(one.repayment_id for one in compared.moved)
    why = _why(uow, placements, books)
    return Simulated(
        snapshot,
        asked.first,
        asked.last,
        compared,
        {id_: account.display_name for id_, account in uow.accounts.by_ids(agents).items()},
        {client.id: client.name for client in uow.organisation.clients()},
        [
            MovedShown(
                one,
                placements[one.placement_id].case_number,
                repayments[one.repayment_id].reference,
                *why.get(one.repayment_id, (None, None)),
            )
            for one in compared.moved
            if one.placement_id in placements and one.repayment_id in repayments  # else destroyed since (S7)
        ],
        asked.skipped,
    )


def _why(
    uow: UnitOfWork, placements: Mapping[str, Placement], books: tuple[PolicyBook, PolicyBook]
) -> dict[str, tuple[Mapping[str, str], Mapping[str, str]]]:
    """For each repayment of these cases the outcome in words, under the one policy and under the other."""
    runs = uow.credit_runs.by_ids(run.run_id for run in uow.credit_runs.current_of(placements).values())
    found: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {}
    for run in runs.values():
        facts = read_placement(dict(run.facts))
        for before, after in zip(*(explain(facts, book) for book in books), strict=True):
            found[before.line.repayment] = (_outcome(before.trace), _outcome(after.trace))
    return found


def _outcome(trace: Mapping[str, Any]) -> Mapping[str, str]:
    return {"zh": say(trace["outcome"], "zh-CN"), "en": say(trace["outcome"], "en")}
