"""What others write between the judging of a file and its turn: noticed where the file rests on it, and only there."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.domain.imports import ImportFile, ImportKind, ImportState
from server.domain.placements import Debtor
from server.services.house import House
from server.services.importing.applying import TRIES
from server.services.importing.runs import run
from server.services.imports import ReceivedFile, confirm_beforehand, open_import
from server.services.ports.unit_of_work import UnitOfWork
from tests.conftest import Desk
from tests.support.builders import identity_number
from tests.support.cast import COLLECTOR, DISPATCHER, QA
from tests.support.sheets import csv_bytes, placement_row

Act = Callable[[UnitOfWork], Any]


class MovingUnits:
    """Units of work in which others are faster: before each turn the next of `acts` is done, and committed."""

    def __init__(self, house: House, acts: list[Act]) -> None:
        self._units = house.units
        self._acts = acts
        self.judgements = 0

    def read(self, actor_id: str | None = None) -> AbstractContextManager[UnitOfWork]:
        self.judgements += 1
        return self._units.read(actor_id)

    @contextmanager
    def write(self, actor_id: str | None = None, *, durable: bool = True) -> Iterator[UnitOfWork]:
        if self._acts:
            act = self._acts.pop(0)
            with self._units.write() as others:
                act(others)
                others.commit()
        with self._units.write(actor_id, durable=durable) as uow:
            yield uow


@dataclasses.dataclass
class Brought:
    """A confirmed file that is run while others write."""

    desk: Desk
    folder: Path

    def run(self, rows: list[dict[str, object]], *acts: Act) -> tuple[ImportFile, int]:
        """The file at its end, and how often it was judged outside the turn."""
        path = self.folder / "rows.csv"
        path.write_bytes(csv_bytes(rows))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        received = ReceivedFile(ImportKind.PLACEMENTS, path.name, sha256, path.stat().st_size, False, None)
        house = self.desk.installation.house
        with house.units.write(DISPATCHER.id) as uow:
            branch_id = uow.accounts.need(DISPATCHER.id).branch_id
            file = open_import(uow, received, uploaded_by=DISPATCHER.id, branch_id=branch_id)
            file = confirm_beforehand(uow, file, confirmed_by=QA.id)
            uow.commit()
        units = MovingUnits(house, list(acts))
        return run(dataclasses.replace(house, units=units), file, path), units.judgements

    def held(self, rows: str) -> list[Any]:
        with self.desk.installation.house.units.read() as uow:
            return list(getattr(uow, rows).having())


@pytest.fixture
def brought(desk: Desk, tmp_path: Path) -> Brought:
    return Brought(desk, tmp_path)


def debtor_of(number: int) -> Act:
    """Another way in brings a debtor whom row `number` names."""
    return lambda uow: uow.debtors.add(
        Debtor(uow.new_id(), identity_number(number), "张三", uow.now, version=1)
    )


def test_what_the_file_does_not_rest_on_may_move(brought: Brought) -> None:
    file, judgements = brought.run([placement_row(1)], debtor_of(2))
    assert (file.state, judgements) == (ImportState.APPLIED, 1)


def test_a_case_that_came_another_way_meanwhile_is_asked_for(brought: Brought) -> None:
    brought.run([placement_row(2)])

    def place_it_too(uow: UnitOfWork) -> None:
        (placement,) = uow.placements.having(case_number="WA000002")
        uow.placements.add(dataclasses.replace(placement, id=uow.new_id(), case_number="WA000001"))

    file, judgements = brought.run([placement_row(1), placement_row(3)], place_it_too)
    assert (file.state, judgements) == (ImportState.REFUSED, 2)
    assert [(told["row"], told["column"]) for told in file.problems["items"]] == [(2, "再次委案")]
    assert sorted(placement.case_number for placement in brought.held("placements")) == [
        "WA000001",
        "WA000002",
    ]
    assert len(brought.held("debtors")) == 1


def test_a_debtor_who_came_another_way_meanwhile_is_not_made_twice(brought: Brought) -> None:
    file, judgements = brought.run([placement_row(1), placement_row(2)], debtor_of(2))
    assert (file.state, judgements) == (ImportState.APPLIED, 2)
    assert file.result["created"] == {"debtors": 1, "placements": 2}
    assert sorted(debtor.id_number for debtor in brought.held("debtors")) == sorted(
        [identity_number(1), identity_number(2)]
    )


def test_a_collector_who_left_meanwhile_gets_no_case(brought: Brought) -> None:
    def leaves(uow: UnitOfWork) -> None:
        uow.accounts.save(dataclasses.replace(uow.accounts.need(COLLECTOR.id), left_on=date(2026, 3, 9)))

    file, _ = brought.run([placement_row(1)], leaves)
    assert file.state is ImportState.REFUSED
    assert brought.held("placements") == []


def test_an_uploader_who_was_moved_meanwhile_reaches_another_branch(brought: Brought) -> None:
    def moves(uow: UnitOfWork) -> None:
        other = next(b.id for b in uow.organisation.branches() if b.name != COLLECTOR.branch.name)
        uow.accounts.save(dataclasses.replace(uow.accounts.need(DISPATCHER.id), branch_id=other))

    file, judgements = brought.run([placement_row(1)], moves)
    assert (file.state, judgements) == (ImportState.REFUSED, 2)
    assert brought.held("placements") == []


@pytest.mark.parametrize(("moves", "judged"), [(TRIES - 1, TRIES), (TRIES, TRIES)])
def test_where_the_world_never_stands_still_the_last_judgement_is_made_in_the_turn(
    brought: Brought, moves: int, judged: int
) -> None:
    rows = [placement_row(number) for number in range(1, 6)]
    file, judgements = brought.run(rows, *(debtor_of(number) for number in range(1, 1 + moves)))
    assert (file.state, judgements) == (ImportState.APPLIED, judged)
    assert file.result["created"] == {"debtors": 5 - moves, "placements": 5}
    assert len(brought.held("debtors")) == 5


def test_the_last_judgement_may_refuse_as_well(brought: Brought) -> None:
    def leaves(uow: UnitOfWork) -> None:
        uow.accounts.save(dataclasses.replace(uow.accounts.need(COLLECTOR.id), left_on=date(2026, 3, 9)))

    acts = [debtor_of(number) for number in range(1, TRIES)]
    file, judgements = brought.run([placement_row(number) for number in range(1, 6)], *acts, leaves)
    assert (file.state, judgements) == (ImportState.REFUSED, TRIES)
    assert brought.held("placements") == []


def test_rows_say_the_moment_of_their_turn_not_of_their_judging(desk: Desk, brought: Brought) -> None:
    judged_at = desk.clock.now()
    row = placement_row(1, 户籍地址="河南省新乡市原阳县福宁集镇建设路1号", 债务人电话="13800000001")
    file, judgements = brought.run([row], lambda _uow: desk.clock.advance(timedelta(seconds=7)))
    assert (file.state, judgements) == (ImportState.APPLIED, 1)
    moments = [
        *(debtor.created_at for debtor in brought.held("debtors")),
        *(placement.created_at for placement in brought.held("placements")),
        *(phone.added_at for phone in brought.held("phones")),
        *(address.added_at for address in brought.held("addresses")),
    ]
    assert moments == [judged_at + timedelta(seconds=7)] * 4
