"""The second scorer as a process of its own: Python runs one thread at a time, and a machine has more processors.

Owns its life and the two pipes to it: it is started when many placements come, ends by itself when nothing was asked
for a minute or this process is gone, and is started anew when it is needed again. Refuses to let anything depend on it:
where it fails or falls silent, whoever asked does the work. `server.cli.second_scorer` is its other end.
"""

from __future__ import annotations

import fcntl
import logging
import multiprocessing
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from server.services.ports.second_scorer import AskedRuns, MadeRuns, NoShare, ScoringShare

MODULE = "server.cli.second_scorer"
# Looking for what nobody needs any more takes a sixth of a start that makes only what stays.
_BEGIN = "import gc; gc.disable(); from {module} import begin; begin{pipes}"
_AT_ONCE = 2  # asked for while the first is being worked on, so that it never waits for the next
_PATIENCE = 10  # seconds for an answer that takes a tenth of one; the writer's turn is held meanwhile
_STARTS = 3  # of processes that end before they are ready, until no further one is started
# What a hundred and fifty placements come to fits in, so that neither end waits until the other has read.
_PIPE_BYTES = 1 << 20
_log = logging.getLogger("fieldvisit.jobs")


@dataclass(frozen=True, slots=True)
class Opening:
    """What it opens the database with; it goes through the pipe, where no list of processes shows it."""

    database_url: str
    seal_key: bytes
    hash_key: bytes


class _Process:
    """One process, from its start to its end."""

    def __init__(self, opening: Opening) -> None:
        asked, self._asking = multiprocessing.Pipe(duplex=False)
        self._answers, answering = multiprocessing.Pipe(duplex=False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(self._answers.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        theirs = (asked.fileno(), answering.fileno())
        self._process = subprocess.Popen(  # noqa: S603 - this Python and our own module
            [sys.executable, "-c", _BEGIN.format(module=MODULE, pipes=theirs)],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        asked.close()
        answering.close()
        self._end = weakref.finalize(self, _ended, self._process, self._asking, self._answers)
        self.was_ready = False
        self._waiting = 0
        self.gone = False
        self._send(opening)

    def ask(self, asked: AskedRuns) -> bool:
        if not self.was_ready and not self.gone and self._answers.poll():
            self.was_ready = self._receive() == "ready"
        if not self.was_ready or self.gone or self._waiting >= _AT_ONCE:
            return False
        self._waiting += self._send(asked)
        return not self.gone

    def has_answered(self) -> bool:
        return self.gone or self._answers.poll()

    def answer(self) -> MadeRuns | None:
        self._waiting -= 1
        made = self._receive()
        return made if isinstance(made, MadeRuns) else None

    @property
    def is_clear(self) -> bool:
        """Whether nothing that was asked of it is unanswered."""
        return not self.gone and self._waiting == 0

    def has_gone(self) -> bool:
        return self.gone or self._process.poll() is not None

    def left_by(self) -> int | None:
        """As `subprocess` tells it: below zero the signal."""
        return self._process.poll()

    def end(self) -> None:
        self.gone = True
        self._end()

    def _send(self, told: object) -> bool:
        try:
            self._asking.send_bytes(pickle.dumps(told, pickle.HIGHEST_PROTOCOL))
        except OSError:
            self.gone = True
        return not self.gone

    def _receive(self) -> object:
        """None when it is gone."""
        try:
            if not self.gone and self._answers.poll(_PATIENCE):
                return receive(self._answers)
        except (OSError, EOFError):
            pass
        self.gone = True
        return None


def _ended(process: subprocess.Popen[bytes], *pipes: Connection) -> None:
    for pipe in pipes:
        pipe.close()
    process.kill()
    process.wait()


def receive(answers: Connection) -> object:
    """What the other end of a pipe of our own wrote."""
    told: object = pickle.loads(answers.recv_bytes())  # noqa: S301 - nobody else holds an end of it
    return told


class ProcessScorer:
    """The process when it is needed. One turn at a time shares with it; another meanwhile works alone."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._process: _Process | None = None
        self._held = threading.Lock()
        self._in_vain = 0

    def start(self) -> None:
        if self._held.acquire(blocking=False):
            try:
                self._there()
            finally:
                self._held.release()

    @contextmanager
    def share(self) -> Iterator[ScoringShare]:
        if not self._held.acquire(blocking=False):
            yield NoShare()
            return
        try:
            process = self._there()
            try:
                yield NoShare() if process is None else process
            finally:
                if process is not None and not process.is_clear:
                    self._end()  # an answer that nobody waits for must not be taken for the next
        finally:
            self._held.release()

    def end(self) -> None:
        """For whoever cannot leave it to end by itself."""
        with self._held:
            self._end()

    def _there(self) -> _Process | None:
        """None where none can be started; a processor or memory may be short."""
        if self._process is not None and self._process.has_gone():
            self._in_vain = 0 if self._process.was_ready else self._in_vain + 1
            if self._in_vain:
                _log.warning("the second process ended before it was ready: %s", self._process.left_by())
            self._end()
        if self._process is None and self._in_vain < _STARTS:
            try:
                self._process = _Process(self._opening)
            except OSError as error:
                self._in_vain += 1
                _log.warning("scoring alone: no second process, %s", type(error).__name__)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


class NoSecondScorer:
    """A single processor: there is nobody to share with."""

    def start(self) -> None:
        """Nothing to start."""

    @contextmanager
    def share(self) -> Iterator[ScoringShare]:
        yield NoShare()
