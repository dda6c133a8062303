"""From checked rows to rows on file: judged while others write, applied in a turn of its own, all rows or none.

A judgement rests on what was read for it. The turn asks for that once more and writes what was made ready; where
something moved meanwhile, the rows are judged anew, outside again. Everybody else's writes wait for the turn alone
(docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Scope, widest
from server.domain.import_sheets import ImportRow
from server.domain.imports import COMMAND_LINE, FINAL, ImportFile, ImportState
from server.services import geocoding
from server.services.house import House
from server.services.importing.endings import account_or_none, close, end, result_of
from server.services.importing.kinds import permission_for
from server.services.importing.outcome import Importer, Outcome, Task
from server.services.ports.unit_of_work import UnitOfWork

TRIES = 3  # judgements outside the turn; where the world moves faster, the last is made inside


@dataclass(frozen=True, slots=True)
class Judgement:
    """`outcome` is empty where `twin` says that the same file was applied before; `seen` is what it rests on."""

    outcome: Outcome
    seen: Any
    twin: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """One file's rows with what was prepared of them, to be judged and applied."""

    house: House
    file: ImportFile
    importer: Importer
    rows: Sequence[ImportRow]
    prepared: Mapping[str, Any]

    def judge(self, *, to_apply: bool) -> Judgement:
        with self.house.units.read() as uow:
            if uow.import_files.applied_twin(self.file.kind, self.file.sha256) is not None:
                return Judgement(Outcome(), None, twin=True)
            with uow.watch() as seen:
                outcome = self._resolve(uow)
            if to_apply and not outcome.problems:
                outcome.make_ready(uow)
        return Judgement(outcome, seen)

    def apply(self, judgement: Judgement) -> ImportFile:
        """The file at its end; as often as its rows were judged in vain, they are judged anew."""
        for left in reversed(range(TRIES)):
            ended = self._take_turn(judgement, insist=left == 0)
            if ended is not None:
                return ended
            judgement = self.judge(to_apply=True)
            if judgement.outcome.problems:
                return close(self.house, self.file, ImportState.REFUSED, len(self.rows), judgement.outcome)
        raise AssertionError("the last turn ends the import")

    def _take_turn(self, judgement: Judgement, *, insist: bool) -> ImportFile | None:
        """None, and nothing written, where what the judgement rests on has changed."""
        file, count = self.file, len(self.rows)
        with self.house.units.write(account_or_none(file.confirmed_by or file.uploaded_by)) as uow:
            current = uow.import_files.need(file.id)
            if current.state in FINAL:
                return current
            if uow.import_files.applied_twin(file.kind, file.sha256) is not None:
                return end(uow, current, ImportState.UNCHANGED, count)
            outcome = judgement.outcome
            if not uow.still(judgement.seen):
                if not insist:
                    return None
                outcome = self._resolve(uow)
                if outcome.problems:
                    told = dict(outcome.problems.told())
                    return end(uow, current, ImportState.REFUSED, count, problems=told)
                outcome.make_ready(uow)
            outcome.write(uow)
            geocoding.want(uow, self.house.geocoder, outcome.new.get("addresses", ()))
            return end(uow, current, ImportState.APPLIED, count, result=result_of(outcome))

    def _resolve(self, uow: UnitOfWork) -> Outcome:
        task = Task(
            self.file.id,
            self.rows,
            self.prepared,
            _branches_reached(uow, self.file),
            account_or_none(self.file.uploaded_by),
        )
        return self.importer.resolve(uow, task)


def _branches_reached(uow: UnitOfWork, file: ImportFile) -> frozenset[str] | None:
    """S13: the branches whose rows the uploader may bring in; None for all. The command line reaches all."""
    if file.uploaded_by == COMMAND_LINE:
        return None
    account = uow.accounts.need(file.uploaded_by)
    table = uow.grants.table()
    scope = widest(table[post] for post in account.posts).get(permission_for(file.kind))
    if scope is Scope.ALL:
        return None
    return frozenset({account.branch_id} if scope is Scope.BRANCH and account.branch_id else ())
