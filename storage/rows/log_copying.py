"""SQLite's log is copied into the database by a thread of its own, as PostgreSQL has its checkpointer.

Owns when that is done, and that nobody's turn of the writer waits for it: within a commit it took the writer, and all
who wait for the turn, a twentieth of a second and more for the disk. Refuses to lose anything by it: the copying waits
for the disk before it gives the log free, and a process that ends in the midst of it leaves the log as it was.

The index of the log would tell how much waits, but to open and close that file gives up the locks that SQLite holds on
it in this process.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

LOG_BYTES = 16 << 20  # what is longer is copied, and cut to this when it is begun anew
# Where the thread does not keep up, or somebody reads at every moment, a commit copies: 128 MiB.
COPIED_AT_LAST = 32_000
_GATHERED = 0.5  # seconds; a page that is written several times meanwhile is copied once
_log = logging.getLogger("fieldvisit.rows")
_copiers: dict[tuple[int, str], _Copier] = {}


def tend_log(engine: sa.Engine) -> None:
    """After a commit, outside its turn: have the log copied where it is long."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database:
        return
    try:
        if os.stat(f"{database}-wal").st_size <= LOG_BYTES:
            return
    except FileNotFoundError:
        return
    # A process that was forked has none of the threads of its parent.
    _copiers.setdefault((os.getpid(), database), _Copier(database)).wake()


class _Copier:
    def __init__(self, database: str) -> None:
        self._database = database
        self._address = f"{Path(database).absolute().as_uri()}?mode=rw"  # never a new one
        self._wanted = threading.Event()
        self._held = threading.Lock()
        self._works = False

    def wake(self) -> None:
        self._wanted.set()
        with self._held:
            if not self._works:
                self._works = True
                threading.Thread(target=self._work, name="copying of the log", daemon=True).start()

    def _work(self) -> None:
        """Until nobody has asked for a while: a thread that waits for ever would outlive the database's last user."""
        while self._wanted.wait(10 * _GATHERED) or not self._ends():
            threading.Event().wait(_GATHERED)
            self._wanted.clear()
            if not Path(self._database).exists():
                continue
            try:
                with closing(sqlite3.connect(self._address, isolation_level=None, uri=True)) as connection:
                    connection.execute("PRAGMA synchronous=NORMAL")
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            except sqlite3.Error as error:  # a later commit asks for it again
                _log.warning("the log was not copied: %s", error)

    def _ends(self) -> bool:
        with self._held:
            self._works = self._wanted.is_set()
            return not self._works
