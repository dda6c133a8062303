"""The second process of the scoring (`server.jobs.second_scorer`): not for people.

Reads what it is asked from one pipe and answers into another, by what is committed; it writes nothing to the database.
It ends when nobody asked for a minute, or when whoever started it is gone.
"""

from __future__ import annotations

import gc
import logging
import pickle
import signal
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from server.clock import FixedClock
from server.jobs.second_scorer import Opening, receive
from server.services.credit import made_runs
from server.services.ports.second_scorer import AskedRuns
from storage.rows.column_cipher import ColumnCipher
from storage.rows.database import open_engine
from storage.rows.unit_of_work import SqlUnitsOfWork

_IDLE_SECONDS = 60
_log = logging.getLogger("fieldvisit.jobs")


def begin(asked_from: int, answer_to: int) -> None:
    """By the numbers of the pipes' ends that it was given, until whoever started it is gone."""
    with suppress(EOFError, BrokenPipeError):
        _serve(asked_from, answer_to)


def _serve(asked_from: int, answer_to: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it, whose end it sees
    asking, answering = Connection(asked_from, writable=False), Connection(answer_to, readable=False)
    opening = receive(asking)
    assert isinstance(opening, Opening)
    clock = FixedClock(datetime.fromtimestamp(0, UTC))
    engine = open_engine(opening.database_url)
    units = SqlUnitsOfWork(engine, ColumnCipher(opening.seal_key, opening.hash_key), clock)
    gc.freeze()
    gc.set_threshold(50_000, 10, 50)  # as server.bootstrap
    gc.enable()
    answering.send_bytes(pickle.dumps("ready"))
    while asking.poll(_IDLE_SECONDS):
        asked = receive(asking)
        assert isinstance(asked, AskedRuns)
        clock.move_to(asked.moment)
        answering.send_bytes(_answer(units, asked))


def _answer(units: SqlUnitsOfWork, asked: AskedRuns) -> bytes:
    """Whatever one case raises, whoever asked meets again and tells."""
    try:
        with units.read() as uow:
            return pickle.dumps(made_runs(uow, asked), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        _log.warning("%d placements were not scored here: %s", len(asked.placement_ids), type(error).__name__)
        return pickle.dumps(None)
