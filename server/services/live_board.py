"""The day as it runs: every visit of today's plans and every one that goes on, by team, with what must be heard now.

Owns the gathering: case number, district, agents and times, nothing of a debtor, so that a board that is read anew
every few seconds fills no trail. Refuses what is out of reach (S13). As many queries for one visit as for all of a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.evidence import EvidenceCount
from server.domain.live import Alarm, Running, alarms
from server.domain.pack_sketch import Mark, MarkKind
from server.domain.people import Account
from server.domain.phone_custody import DeviceUnsent, outstanding
from server.domain.placements import Address, Hold, Placement
from server.domain.presence import v1_present
from server.domain.uploads import UploadState
from server.domain.visits import CheckDirection, CheckIn, Visit, VisitState
from server.services.check_ins import team_of
from server.services.holds import stops
from server.services.places import known_points
from server.services.ports.unit_of_work import UnitOfWork

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody's check-in; `present` once two make a pair (V1)."""

    name: str
    at: datetime
    present: bool


@dataclass(frozen=True, slots=True)
class LiveStop:
    """A visit of the day. `sending` files are on their way, `awaited` are signed by a phone and not here yet."""

    visit: Visit
    case_number: str
    county: str
    came: list[Came]
    alarms: list[Alarm]
    evidence: EvidenceCount
    sending: int
    awaited: int


@dataclass(frozen=True, slots=True)
class OnPhone:
    """What somebody's phone last told lies on it alone (S19)."""

    name: str
    items: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class LiveTeam:
    """A team with its visits in their order, when it is to be back, and what its phones have not sent."""

    names: list[str]
    until: datetime | None
    stops: list[LiveStop]
    unsent: list[OnPhone]

    @property
    def alarmed(self) -> bool:
        return any(set(stop.alarms) - {Alarm.PARTNER_AWAITED} for stop in self.stops)


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """Teams with something to be heard come first. `counts`: visits of the day by state."""

    teams: list[LiveTeam]
    counts: Mapping[VisitState, int]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class LivePlace:
    """Where a stop of the day is: where somebody of its team last checked in (`came`), else where its address lies."""

    stop: LiveStop
    names: list[str]
    mark: Mark
    came: Came | None


def places(uow: UnitOfWork, board: LiveBoard) -> list[LivePlace]:
    """The stops whose place is known, by team and order (2.3 is the third stop of the second team). That they were
    read stands on the trail, once for all of them (S5): unlike the board, this says where debtors live."""
    stops_ = [stop for team in board.teams for stop in team.stops]
    addresses = uow.addresses.by_ids(stop.visit.address_id for stop in stops_)
    points = known_points(uow, addresses.values())
    check_ins = _by_visit(uow.check_ins.having_any("visit_id", [stop.visit.id for stop in stops_]))
    people = uow.accounts.by_ids(one.account_id for of_visit in check_ins.values() for one in of_visit)
    found = []
    for number, team in enumerate(board.teams, start=1):
        for order, stop in enumerate(team.stops, start=1):
            label, point = f"{number}.{order}", points.get(stop.visit.address_id)
            last = _last_placed(check_ins.get(stop.visit.id, []))
            if last is not None:
                latitude, longitude, one = last
                mark = Mark(MarkKind.CHECK_IN, label, latitude, longitude, one.accuracy_m or 0.0)
                came = Came(people[one.account_id].display_name, one.at, present=False)
                found.append(LivePlace(stop, team.names, mark, came))
            elif point is not None:
                mark = Mark(MarkKind.ADDRESS, label, point.latitude, point.longitude, point.accuracy_m)
                found.append(LivePlace(stop, team.names, mark, None))
    detail = {"ids": [one.stop.visit.id for one in found]}
    uow.audit(AuditEntry("visit.places_shown", "visit", None, detail))
    return found


def _last_placed(check_ins: Iterable[CheckIn]) -> tuple[float, float, CheckIn] | None:
    """The last check-in that counts and says where it was."""
    placed = [
        (one.latitude, one.longitude, one)
        for one in sorted(check_ins, key=lambda one: (one.at, one.id))
        if one.direction is CheckDirection.IN
        and one.refusal is None
        and one.latitude is not None
        and one.longitude is not None
    ]
    return placed[-1] if placed else None


def live(uow: UnitOfWork, actor: Actor) -> LiveBoard:
    """The board of today, as far as the actor reaches."""
    visits = uow.visits.on_the_road(local_day(uow.now), reach(actor, Permission.VISITS_READ))
    stops_ = _stops(uow, visits)
    people = uow.accounts.by_ids(id_ for visit in visits for id_ in _team(visit))
    teams: dict[tuple[str, ...], list[LiveStop]] = defaultdict(list)
    for stop in sorted(stops_, key=lambda one: (one.visit.position, one.visit.id)):
        teams[(stop.visit.team_id or "", *_team(stop.visit))].append(stop)
    unsent = _unsent(uow, people)
    shown = [_live_team(of_team, people, unsent) for of_team in teams.values()]
    counts: dict[VisitState, int] = defaultdict(int)
    for visit in visits:
        counts[visit.state] += 1
    return LiveBoard(sorted(shown, key=lambda team: (not team.alarmed, team.names)), counts, uow.now)


def _live_team(
    stops_: list[LiveStop], people: Mapping[str, Account], unsent: Mapping[str, DeviceUnsent]
) -> LiveTeam:
    until = max(
        (stop.visit.valid_until for stop in stops_ if stop.visit.valid_until is not None), default=None
    )
    members = _team(stops_[0].visit)
    told = [
        OnPhone(people[id_].display_name, unsent[id_].items, unsent[id_].told_at)
        for id_ in members
        if id_ in unsent
    ]
    return LiveTeam([people[id_].display_name for id_ in members], until, stops_, told)


def _unsent(uow: UnitOfWork, people: Iterable[str]) -> dict[str, DeviceUnsent]:
    """By person what their phone has told of and no loss is recorded for; of several phones the one with most."""
    told = [one for one in uow.device_unsent.having_any("account_id", people) if outstanding(one)]
    return {one.account_id: one for one in sorted(told, key=lambda one: (one.items, one.id))}


def _stops(uow: UnitOfWork, visits: Sequence[Visit]) -> list[LiveStop]:
    ids = [visit.id for visit in visits]
    placements = uow.placements.by_ids(visit.placement_id for visit in visits)
    addresses = uow.addresses.by_ids(visit.address_id for visit in visits)
    check_ins = _by_visit(uow.check_ins.having_any("visit_id", ids))
    holds: dict[str, list[Hold]] = defaultdict(list)
    for hold in uow.holds.having_any("placement_id", placements):
        holds[hold.placement_id].append(hold)
    evidence = uow.evidence_items.counts(ids)
    sending = _sending(uow, ids)
    awaited = _awaited(uow, ids)
    names = {
        id_: account.display_name
        for id_, account in uow.accounts.by_ids(
            check_in.account_id for of_visit in check_ins.values() for check_in in of_visit
        ).items()
    }
    return [
        _stop(
            uow,
            visit,
            placements[visit.placement_id],
            addresses[visit.address_id],
            check_ins.get(visit.id, []),
            next((hold for hold in holds[visit.placement_id] if stops(hold, visit)), None),
            names,
            (evidence[visit.id], sending.get(visit.id, 0), awaited.get(visit.id, 0)),
        )
        for visit in visits
    ]


def _stop(
    uow: UnitOfWork,
    visit: Visit,
    placement: Placement,
    address: Address,
    check_ins: Sequence[CheckIn],
    hold: Hold | None,
    names: Mapping[str, str],
    files: tuple[EvidenceCount, int, int],
) -> LiveStop:
    edition = uow.policy.in_force_on(local_day(uow.now))
    present = v1_present(check_ins, team_of(visit), edition).present
    came = [one for one in check_ins if one.direction is CheckDirection.IN and one.refusal is None]
    return LiveStop(
        visit,
        placement.case_number,
        address.county or address.city,
        [
            Came(names[one.account_id], one.at, one.account_id in present)
            for one in sorted(came, key=lambda one: (one.at, one.id))
        ],
        alarms(Running(visit, len(present), check_ins, hold), edition, uow.now),
        *files,
    )


def _sending(uow: UnitOfWork, visit_ids: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for upload in uow.uploads.having_any("visit_id", visit_ids):
        counted[upload.visit_id] += upload.state is UploadState.OPEN
    return counted


def _awaited(uow: UnitOfWork, visit_ids: Iterable[str]) -> dict[str, int]:
    """Captures that a phone has signed for and whose bytes nobody has here (V2)."""
    listed = uow.captures.having_any("visit_id", visit_ids)
    here = uow.evidence_items.by_ids(capture.item_id for capture in listed)
    items = {(capture.visit_id, capture.item_id) for capture in listed if capture.item_id not in here}
    counted: dict[str, int] = defaultdict(int)
    for visit_id, _ in items:
        counted[visit_id] += 1
    return counted


def _by_visit(check_ins: Iterable[CheckIn]) -> dict[str, list[CheckIn]]:
    found: dict[str, list[CheckIn]] = defaultdict(list)
    for check_in in check_ins:
        found[check_in.visit_id].append(check_in)
    return found


def _team(visit: Visit) -> list[str]:
    return [id_ for id_ in (visit.lead_id, visit.partner_id, visit.trainee_id) if id_ is not None]
