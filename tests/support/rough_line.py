"""A bad network: a TCP proxy on 127.0.0.1 that is slow, delays, cuts either way, and falls silent without a word.

Each connection has a fate of its own. Where the servers behind it are down, it is refused like at a machine that is.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
_PIECE = 1 << 12
_LONGEST_DELAY_SECONDS = 0.2
_MOST_SENT = 150_000
_MOST_ANSWERED = 300
# Of a hundred connections: cut on the way up, cut on the way down, fallen silent; the others go through.
_FATES = {"cut_up": 8, "cut_down": 8, "silent": 3, "whole": 81}


@dataclass(slots=True)
class _Fate:
    kind: str
    left: int


class RoughLine:
    """`met` counts what connections met; `url` is where phones connect."""

    def __init__(self, ports: Sequence[int], dice: random.Random, bytes_a_second: int) -> None:
        self._ports = list(ports)
        self._dice = dice
        self._rate = bytes_a_second
        self.met: Counter[str] = Counter()
        self._alive: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_PIECE))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _end(self) -> None:
        self._server.close()
        ending = list(self._alive)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._alive.add(task)  # the loop itself forgets who waits for nothing
        lines = [writer]
        with contextlib.suppress(asyncio.CancelledError):
            try:
                source, target = await self._reached()
                lines.append(target)
                await self._both_ways(reader, writer, source, target)
            except OSError:
                self.met["refused"] += 1
            finally:
                await _reset(lines)
        self._alive.discard(task)

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
    ) -> None:
        """Until one of them ends; then both have."""
        fate = self._fate()
        down = fate if fate.kind == "cut_down" else None
        ways = [
            asyncio.create_task(self._carry(reader, target, None if down else fate)),
            asyncio.create_task(self._carry(source, writer, down)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    def _fate(self) -> _Fate:
        (kind,) = self._dice.choices(list(_FATES), weights=list(_FATES.values()))
        if kind == "cut_down":
            return _Fate(kind, self._dice.randrange(_MOST_ANSWERED))
        return _Fate(kind, round(math.exp(self._dice.uniform(0, math.log(_MOST_SENT)))))

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to any of the servers, as a balancer would find one that is up."""
        first, *others = self._dice.sample(self._ports, len(self._ports))
        for port in (first, *others):
            try:
                return await asyncio.open_connection("127.0.0.1", port, limit=_PIECE)
            except OSError:
                continue
        raise ConnectionRefusedError(str(first))

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, fate: _Fate | None
    ) -> None:
        """Pass on what comes, at the line's speed, until an end or the fate."""
        left = math.inf if fate is None or fate.kind == "whole" else fate.left
        await asyncio.sleep(self._dice.random() * _LONGEST_DELAY_SECONDS)
        while piece := await source.read(_PIECE):
            if fate is not None and left < len(piece):
                self.met[fate.kind] += 1
                if fate.kind == "silent":
                    await self._loop.create_future()  # nothing passes any more and nobody is told
                target.write(piece[: int(left)])
                await target.drain()
                return
            left -= len(piece)
            await asyncio.sleep(len(piece) / self._rate)
            target.write(piece)
            await target.drain()


async def _reset(lines: list[asyncio.StreamWriter]) -> None:
    """As when a telephone changes its network; what was not read yet is lost with it."""
    for line in lines:
        with contextlib.suppress(OSError):
            line.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        line.close()
    for line in lines:
        with contextlib.suppress(OSError):
            await line.wait_closed()
