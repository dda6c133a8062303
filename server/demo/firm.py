"""The demo firm at work: its clock, its people as actors, and their transactions. What a person does, the person's own
permissions allow: the demo goes through the same doors as everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from server.bootstrap import Installation
from server.clock import FixedClock
from server.demo.names import Inventor
from server.demo.phones import Phone
from server.domain.access import Actor, widest
from server.domain.calendar import SHANGHAI
from server.domain.people import Account
from server.geo.gazetteer import gazetteer
from server.services.capture_chain import CHAIN_JOB
from server.services.evidence import PLAYABLE_JOB
from server.services.evidence_work import FLAGS_JOB, WORK_JOB
from server.services.house import House
from server.services.ids import new_id
from server.services.ports.unit_of_work import UnitOfWork

DERIVED = (CHAIN_JOB, PLAYABLE_JOB, WORK_JOB, FLAGS_JOB)


class Work(NamedTuple):
    """A person's transaction: what they may touch and who they are."""

    uow: UnitOfWork
    actor: Actor


class Firm:
    """The installation with a clock that the course of the demo moves. Instants are aware, days are of Shanghai."""

    def __init__(
        self, installation: Installation, clock: FixedClock, inventor: Inventor, today: date
    ) -> None:
        self.installation = installation
        self.house: House = installation.house
        self.clock = clock
        self.inventor = inventor
        self.today = today
        self.actors: dict[str, Actor] = {}
        self.lapses_on = today  # the last day of the certificates that lapse (V11)
        self._places: dict[str, tuple[float, float]] = {}
        self.phones: dict[str, Phone] = {}  # by the user name of whoever it was handed out to

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Move the clock to a local time; it never goes back."""
        moment = datetime.combine(day, time(hour, minute), SHANGHAI)
        if moment > self.now:
            self.clock.move_to(moment)
        return self.now

    def until(self, moment: datetime) -> None:
        """Let the clock run to a moment that may be past already."""
        if moment > self.now:
            self.clock.move_to(moment)

    def place(self, address_id: str, county_code: str) -> tuple[float, float]:
        """Where an address lies (latitude, longitude, WGS-84): some kilometres around its county's point, and always
        at the same place."""
        longitude, latitude = gazetteer().point(county_code) or (113.62, 34.75)
        spread = self.inventor.dice.uniform
        drawn = latitude + spread(-0.02, 0.02), longitude + spread(-0.02, 0.02)
        return self._places.setdefault(address_id, drawn)

    def later(self, minutes: float) -> datetime:
        self.clock.advance(timedelta(minutes=minutes))
        return self.now

    def new_id(self) -> str:
        return new_id(self.now)

    def engage(self, uow: UnitOfWork, account: Account) -> None:
        """Remember an account as somebody who can act."""
        table = uow.grants.table()
        self.actors[account.username] = Actor(
            account_id=account.id,
            username=account.username,
            display_name=account.display_name,
            posts=frozenset(account.posts),
            grants=widest(table[post] for post in account.posts),
            branch_id=account.branch_id,
            team_id=account.team_id,
            project_id=account.project_id,
        )

    @contextmanager
    def acting(self, username: str) -> Iterator[Work]:
        """A transaction of that person; committed at its end, rolled back when something was refused."""
        actor = self.actors[username]
        with self.house.units.write(actor.account_id) as uow:
            yield Work(uow, actor)
            uow.commit()

    def run_jobs(self) -> None:
        """Let the workers work: imports, scoring, notices. What is derived of evidence is made once the server runs."""
        while self.installation.runner.run_due(but=DERIVED):
            continue
