"""Three hours of sound in a minute: recorded chunks given to the app's recorder port, and what its page then holds.

The app asks its browser for a recorder; it gets one whose chunks come from the test, five seconds at a time, while both
clocks go on by as much. Everything behind the port is the app's own: chain, encryption, disk, upload.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.phone_app import Phone

SEGMENT_MS = 5_000  # as in phone_app/src/ports/recorder.ts

_RECORDER = """milliseconds => {
  let ahead = 0;
  const wall = Date.now.bind(Date), timer = performance.now.bind(performance);
  Date.now = () => wall() + ahead;
  performance.now = () => timer() + ahead;
  window.MediaRecorder = class {
    static isTypeSupported(kind) { return kind.startsWith('audio/webm'); }
    constructor(stream, options) { this.mimeType = options.mimeType; this.state = 'inactive'; }
    start() { this.state = 'recording'; window.recorder = this; this.onstart(); }
    stop() { this.state = 'inactive'; this.onstop(); }
  };
  const disk = new Promise(told => {
    const open = indexedDB.open('fieldvisit');
    open.onsuccess = () => told(open.result);
  });
  const asked = async (shelf, what) => {
    const request = (await disk).transaction(shelf).objectStore(shelf)[what]();
    return new Promise(told => { request.onsuccess = () => told(request.result); });
  };
  const until = async isSo => {
    while (!(await isSo())) await new Promise(later => setTimeout(later, 1));
  };
  window.feed = async chunks => {
    let there = await asked('entries', 'count');
    for (const chunk of chunks) {
      await window.fiveSecondsLater();
      ahead += milliseconds;
      const bytes = Uint8Array.from(atob(chunk), letter => letter.charCodeAt(0));
      window.recorder.ondataavailable({ data: new Blob([bytes]) });
      there += 1;
      await until(async () => await asked('entries', 'count') >= there);
    }
    const sent = item => item.evidence !== 'recording' || item.sent >= item.size;
    await until(async () => (await asked('outbox', 'getAll')).every(sent));
  };
}"""


@dataclass(frozen=True)
class Held:
    """What a page holds once its garbage is gone, in bytes: the engine's heap, the DOM's and the buffers behind both;
    and the memory of its process, garbage and all."""

    chunks: int
    page: int
    process: int


class Feeding:
    """Chunks for a phone that is about to record; `later` moves the house's clock on by a chunk."""

    def __init__(self, phone: Phone, later: Callable[[], None]) -> None:
        self.phone = phone
        self.fed = 0
        self._debugger = phone.page.context.new_cdp_session(phone.page)
        phone.page.expose_function("fiveSecondsLater", later)
        phone.page.evaluate(_RECORDER, SEGMENT_MS)

    def feed(self, chunks: list[bytes]) -> Held:
        """Give them as fast as the phone keeps them; what its page holds once the server has them too."""
        self.phone.page.evaluate(
            "chunks => window.feed(chunks)", [base64.b64encode(chunk).decode() for chunk in chunks]
        )
        self.fed += len(chunks)
        return self.held()

    def held(self) -> Held:
        self._debugger.send("HeapProfiler.collectGarbage")
        told: dict[str, Any] = self._debugger.send("Runtime.getHeapUsage")
        page = sum(int(told[part]) for part in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))
        return Held(self.fed, page, _status(_renderer(self.phone.folder), "RssAnon"))

    def peak(self) -> int:
        """The most that the page's process ever had, in bytes."""
        return _status(_renderer(self.phone.folder), "VmHWM")


def _renderer(folder: Path) -> int:
    """The process that shows the app: of the phone's that show pages the biggest (the others show nothing)."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                commands[int(process.name)] = (process / "cmdline").read_text(errors="replace")
                stat = (process / "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            parents[int(process.name)] = int(stat.rpartition(")")[2].split()[1])
    ours = {pid for pid, told in commands.items() if f"--user-data-dir={folder}" in told}
    while grown := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= grown
    pages = [pid for pid in ours if "--type=renderer" in commands[pid]]
    return max(pages, key=lambda pid: _status(pid, "RssAnon"))


def _status(pid: int, name: str) -> int:
    told = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in told.splitlines() if line.startswith(f"{name}:"))
