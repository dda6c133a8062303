"""What two processes score together is what one scores, whatever becomes of the second."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.bootstrap import Installation, build
from server.domain.placements import Placement, Repayment
from server.jobs.second_scorer import NoSecondScorer, Opening, ProcessScorer
from server.services import credit
from server.services.credit import Scoring, fact_changed, facts_changed, score
from server.services.ports.second_scorer import AskedRuns, MadeRuns, ScoringShare
from server.settings import SettingsError, read_settings
from tests.bench.import_loop import PAID_ON, fill
from tests.conftest import NOON

CASES = 240


def repaid(installation: Installation, dice: random.Random) -> list[Placement]:
    """Cases of which some have all their proofs and some have none, repaid once or twice, some of it taken back."""
    with_proof = fill(installation, CASES * 2, CASES * 3 // 4)
    with installation.house.units.write() as uow:
        cases = list(uow.placements.having(batch=with_proof[0].batch))
        for number, case in enumerate(cases):
            paid = [
                Repayment(
                    uow.new_id(),
                    case.id,
                    case.client_id,
                    f"{number}-{turn}",
                    PAID_ON + timedelta(days=dice.randrange(60)),
                    None,
                    dice.randrange(1, 900_000),
                    None,
                    uow.now,
                    None,
                )
                for turn in range(dice.choice((1, 1, 2)))
            ]
            if dice.random() < 0.2:
                back = -dice.randrange(1, paid[0].amount_fen + 1)
                paid.append(
                    dataclasses.replace(
                        paid[0],
                        id=uow.new_id(),
                        reference=f"{number}-b",
                        amount_fen=back,
                        reverses_id=paid[0].id,
                    )
                )
            uow.repayments.add_all(paid)
        uow.commit()
    return cases


def on_record(installation: Installation, cases: list[Placement]) -> list[Any]:
    """The current runs with their lines and shares, without the ids that each scoring makes anew."""
    ids = [case.id for case in cases]
    with installation.house.units.read() as uow:
        assert uow.trail.first_break() is None
        runs = [run for run in uow.credit_runs.having_any("placement_id", ids) if run.current]
        lines = uow.credit_lines.having_any("run_id", [run.id for run in runs])
        shares = uow.credit_shares.of_lines(line.id for line in lines)
    told: list[Any] = [dataclasses.replace(run, id="", cause="") for run in runs]
    told += [dataclasses.replace(line, id="", run_id="") for line in lines]
    told += [
        (line.repayment_id, share.account_id, share.position, share.amount_fen)
        for line in lines
        for share in shares.get(line.id, [])
    ]
    return sorted(told, key=repr)


@pytest.fixture
def second(installation: Installation) -> Iterator[ProcessScorer]:
    """The installation's; a test waits for it where it needs its share."""
    settings = installation.settings
    seal_key, hash_key = (settings.secrets[f"column_{name}_key"] for name in ("seal", "hash"))
    scorer = ProcessScorer(Opening(settings.database_url, seal_key, hash_key))
    yield scorer
    scorer.end()


def wait_for(scorer: ProcessScorer) -> None:
    """A question about nobody is answered as soon as it is there; one that was killed is followed by the next."""
    until = time.monotonic() + 120
    answer = None
    while answer is None:
        assert time.monotonic() < until
        time.sleep(0.02)
        with scorer.share() as share:
            if share.ask(AskedRuns([], "test", NOON, False)):
                answer = share.answer()
    assert answer == MadeRuns(None, None, None, [], {})


class Overheard:
    """A second scorer with somebody between: `act` is told of each share that is asked for, and of each answer."""

    def __init__(self, scorer: Any, act: Callable[[str], None] = lambda what: None) -> None:
        self._scorer, self._act = scorer, act
        self.made: list[MadeRuns | None] = []

    def start(self) -> None:
        self._scorer.start()

    @contextmanager
    def share(self) -> Iterator[ScoringShare]:
        with self._scorer.share() as share:
            self._share = share
            yield self

    def ask(self, asked: AskedRuns) -> bool:
        taken: bool = self._share.ask(asked)
        if taken:
            self._act("asked")
        return taken

    def has_answered(self) -> bool:
        return self._share.has_answered()

    def answer(self) -> MadeRuns | None:
        self.made.append(self._share.answer())
        self._act("answered")
        return self.made[-1]


def scored_by(installation: Installation, cases: list[Placement], second: Any) -> None:
    with installation.house.units.write() as uow:
        assert score(uow, [case.id for case in cases], "test", anew=True, second=second) == CASES
        uow.commit()


def test_the_job_shares_and_what_both_make_is_what_one_makes(
    installation: Installation, second: ProcessScorer
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    cases = repaid(installation, random.Random(seed))
    wait_for(second)
    overheard = Overheard(second)
    house = dataclasses.replace(installation.house, second_scorer=overheard)
    with house.units.write() as uow:
        facts_changed(uow, [case.id for case in cases], "test")
        uow.commit()
    runner = installation.runner
    runner._house = house
    assert runner.run_due() == 1
    by_two = on_record(installation, cases)
    made = [len(one.run_ids) for one in overheard.made if one is not None]
    assert 0 < sum(made) < CASES, "each has a share"
    scored_by(installation, cases, None)
    assert on_record(installation, cases) == by_two
    assert len(by_two) > 2 * CASES
    with installation.house.units.read() as uow:
        runs = uow.trail.newest("credit.scored")
        assert runs is not None
        assert set(runs.detail["runs"]) == {case.id for case in cases}


def test_a_second_process_that_is_killed_takes_nothing_with_it(
    installation: Installation, second: ProcessScorer
) -> None:
    cases = repaid(installation, random.Random(7))
    scored_by(installation, cases, None)
    alone = on_record(installation, cases)
    wait_for(second)

    def kill(what: str) -> None:
        assert second._process is not None
        if what == "asked":
            second._process._process.kill()

    overheard = Overheard(second, kill)
    scored_by(installation, cases, overheard)
    assert on_record(installation, cases) == alone
    wait_for(second)  # another is started when it is needed again
    overheard = Overheard(second)
    scored_by(installation, cases, overheard)
    assert any(overheard.made)
    assert on_record(installation, cases) == alone


def test_a_turn_that_fails_leaves_nothing_and_no_answer_for_the_next(
    installation: Installation, second: ProcessScorer
) -> None:
    cases = repaid(installation, random.Random(8))
    wait_for(second)

    def fail(what: str) -> None:
        if what == "answered":
            raise RuntimeError("the turn is lost")

    with pytest.raises(RuntimeError, match="lost"):
        scored_by(installation, cases, Overheard(second, fail))
    assert on_record(installation, cases) == []
    wait_for(second)
    scored_by(installation, cases, second)
    by_two = on_record(installation, cases)
    scored_by(installation, cases, None)
    assert on_record(installation, cases) == by_two


def test_what_the_second_cannot_make_the_first_makes(
    installation: Installation, second: ProcessScorer
) -> None:
    """A share that raises is answered with nothing; so is a question of what is not there."""
    cases = repaid(installation, random.Random(9))
    wait_for(second)
    with second.share() as share:
        assert share.ask(AskedRuns([cases[0].id, 7], "test", NOON, True))  # type: ignore[list-item]
        assert share.answer() is None

    class Unable(Overheard):
        def answer(self) -> MadeRuns | None:
            self.made.append(self._share.answer())
            return None

    unable = Unable(second)
    scored_by(installation, cases, unable)
    by_one = on_record(installation, cases)
    scored_by(installation, cases, second)
    assert any(unable.made)
    assert on_record(installation, cases) == by_one


def test_what_comes_between_two_turns_is_never_lost(
    installation: Installation, second: ProcessScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has read already, and others write before the next turn begins: one case gets a repayment, whose job
    waits; of another a worker has taken that job too."""
    monkeypatch.setattr(credit, "AT_ONCE", 60)
    cases = {case.id: case for case in repaid(installation, random.Random(10))}
    wait_for(second)

    def paid(id_: str) -> Repayment:
        case = cases[id_]
        with installation.house.units.write() as uow:
            repayment = Repayment(
                uow.new_id(), id_, case.client_id, f"late {id_}", PAID_ON, None, 4_700, None, uow.now, None
            )
            uow.repayments.add(repayment)
            fact_changed(uow, id_, "late")
            uow.commit()
        return repayment

    turns = 0
    with second.share() as share:
        scoring = Scoring(cases, "test", share)
        while scoring.goes_on:
            with installation.house.units.write() as uow:
                scoring.take_turn(uow)
                uow.commit()
            turns += 1
            if turns == 1:
                waits, ran = (part[0] for part in scoring._asked)
                until = time.monotonic() + 60
                while not share.has_answered():
                    assert time.monotonic() < until
                time.sleep(0.5)  # it comes to the other too
                late = {id_: paid(id_) for id_ in (waits, ran)}
                with installation.house.units.write() as uow:
                    score(uow, [ran], "late")
                    uow.commit()
    assert turns > 2

    def seen(id_: str) -> bool:
        with installation.house.units.read() as uow:
            (run,) = uow.credit_runs.having(placement_id=id_, current=True)
        return late[id_].id in {one["id"] for one in run.facts["repayments"]}

    assert seen(ran), "its run came meanwhile, so that it was scored here anew"
    assert not seen(waits), "read before it came"
    installation.runner.run_due()
    assert seen(waits)
    by_two = on_record(installation, list(cases.values()))
    scored_by(installation, list(cases.values()), None)
    assert on_record(installation, list(cases.values())) == by_two


def test_two_turns_at_once_do_not_share_one_process(second: ProcessScorer) -> None:
    nobody = AskedRuns([], "test", NOON, False)
    wait_for(second)
    with second.share() as first, second.share() as other:
        assert first.ask(nobody)
        assert not other.ask(nobody)
        assert not other.has_answered()
        assert other.answer() is None
        assert first.answer() is not None


def test_what_cannot_start_is_not_started_for_ever(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start that fails takes a processor's time from those who work."""
    monkeypatch.setattr("server.jobs.second_scorer.MODULE", "server.cli.no_such_module")
    scorer = ProcessScorer(Opening(installation.settings.database_url, b"", b""))
    until = time.monotonic() + 120
    while scorer._in_vain < 3:
        assert time.monotonic() < until
        with scorer.share() as share:
            assert not share.ask(AskedRuns([], "test", NOON, False))
        time.sleep(0.02)
    with scorer.share() as share:
        assert not share.ask(AskedRuns([], "test", NOON, False))
    assert scorer._process is None


def test_a_single_processor_has_no_second(tmp_path: Path) -> None:
    given = {"FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_SCORING_PROCESSES": "1"}
    alone = build(read_settings(given), wake=lambda: None)
    scorer = alone.house.second_scorer
    assert isinstance(scorer, NoSecondScorer)
    scorer.start()
    with scorer.share() as share:
        assert not share.ask(AskedRuns([], "test", NOON, False))
    alone.engine.dispose()
    with pytest.raises(SettingsError, match="FIELDVISIT_SCORING_PROCESSES"):
        read_settings({**given, "FIELDVISIT_SCORING_PROCESSES": "0"})
