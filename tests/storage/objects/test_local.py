"""What the folder alone can get wrong: kills in mid-write, links put into it, leftovers, rights."""

import hashlib
import io
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.services.ports.objects import ObjectExists
from storage.objects.local import LocalObjectStore
from tests.storage.objects.crashing_writer import content_of

ROOT = Path(__file__).parents[3]


def killed_while_writing(folder: Path, seed: int, acknowledged: int, delay: float) -> list[str]:
    """The keys that a writer had acknowledged when it was killed, somewhere in its next writes."""
    command = [sys.executable, "-m", "tests.storage.objects.crashing_writer", str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        keys = [process.stdout.readline().strip() for _ in range(acknowledged)]
        threading.Event().wait(delay)
        process.send_signal(signal.SIGKILL)
        keys += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return keys


def test_writer_killed_at_any_point_leaves_whole_objects_alone(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    folder = tmp_path / "evidence"
    acknowledged: set[str] = set()
    for seed in range(15):
        acknowledged |= set(killed_while_writing(folder, seed, dice.randrange(1, 4), dice.uniform(0, 0.03)))
    store = LocalObjectStore(folder)
    found = set(store.keys())
    assert acknowledged <= found
    for key in found:
        with store.open(key) as reader:
            assert hashlib.sha256(reader.read()).digest() == hashlib.sha256(content_of(key)).digest(), key
    leftovers = len(list((folder / "incoming").iterdir()))
    assert leftovers > 0, "no kill hit a write: the delays no longer fit this machine"
    assert store.discard_unfinished(datetime.max.replace(tzinfo=UTC)) == leftovers
    assert set(store.keys()) == found


def test_leftovers_younger_than_asked_stay_for_they_may_still_be_written(tmp_path: Path) -> None:
    store = LocalObjectStore(tmp_path)
    leftover = tmp_path / "incoming" / "0123.part"
    leftover.write_bytes(b"half")
    written_at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    os.utime(leftover, (written_at.timestamp(), written_at.timestamp()))
    assert store.discard_unfinished(written_at) == 0
    assert leftover.exists()
    assert store.discard_unfinished(written_at + timedelta(seconds=1)) == 1
    assert not leftover.exists()


def test_symbolic_link_in_the_folder_is_neither_followed_nor_replaced(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not yours")
    store = LocalObjectStore(tmp_path / "evidence")
    shard = tmp_path / "evidence" / "objects" / hashlib.sha256(b"photo").hexdigest()[:2]
    shard.mkdir()
    (shard / "photo").symlink_to(secret)
    with pytest.raises(OSError, match="symbolic links"):
        store.open("photo")
    with pytest.raises(ObjectExists):
        store.write("photo", io.BytesIO(b"x"), limit=1)
    assert secret.read_bytes() == b"not yours"


def test_nobody_else_on_the_machine_reads_evidence(tmp_path: Path) -> None:
    store = LocalObjectStore(tmp_path / "evidence")
    store.write("photo", io.BytesIO(b"x"), limit=1)
    for path in (tmp_path / "evidence").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_memory_stays_bounded_while_a_long_recording_is_written(tmp_path: Path) -> None:
    """Its own process, so that the peak is this write's and not that of an earlier test."""
    program = (
        "import sys, resource; from pathlib import Path; from storage.objects.local import LocalObjectStore\n"
        "store = LocalObjectStore(Path(sys.argv[1]))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "source = open(sys.argv[2], 'rb')\n"
        "store.write('long', source, limit=1 << 40)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    source = tmp_path / "long.bin"
    with source.open("wb") as file:
        file.truncate(150 << 20)
    command = [sys.executable, "-c", program, str(tmp_path / "evidence"), str(source)]
    grown_kib = int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    assert grown_kib < 16 << 10
