"""Master keys and the keys under them: the file, what is bound to what, rotation and its kills, the look at all."""

from __future__ import annotations

import io
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server.services.ports.objects import ObjectDamaged, ObjectExists
from storage.objects import key_rotation
from storage.objects.key_store import KeyStore, name_of
from storage.objects.local import LocalObjectStore
from storage.objects.master_keys import MasterKeys, MasterKeysRefused, fresh_key
from storage.objects.sealed import SealedObjectStore
from tests.storage.objects.conftest import local_keys, masters_in

ROOT = Path(__file__).parents[3]
GOOD = "abcd0123:" + "0f" * 32


def put(keys: KeyStore, name: str, content: bytes) -> None:
    keys.store.delete(name)
    keys.store.write(name, io.BytesIO(content), limit=1000)


def taken(keys: KeyStore, name: str) -> bytes:
    with keys.store.open(name) as stream:
        return stream.read()


# the file of master keys


@pytest.mark.parametrize(
    "text",
    ["", "\n", "abcd0123", GOOD[:-1], GOOD + "0", GOOD.upper(), f" {GOOD}", f"{GOOD}\n{GOOD}", f"{GOOD}\nx"],
)
def test_a_file_that_is_not_of_the_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "master").touch(0o600)
    (tmp_path / "master").write_text(text)
    with pytest.raises(MasterKeysRefused, match="restore"):
        masters_in(tmp_path).all()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_file_that_others_can_use_is_refused_and_says_the_remedy(tmp_path: Path, mode: int) -> None:
    masters = masters_in(tmp_path)
    assert len(masters.all()) == 1
    (tmp_path / "master").chmod(mode)
    with pytest.raises(MasterKeysRefused, match="chmod 600"):
        masters.all()
    (tmp_path / "master").chmod(0o600)
    assert len(masters.all()) == 1


def test_a_file_that_is_gone_is_refused_and_not_made_anew(tmp_path: Path) -> None:
    masters = masters_in(tmp_path)
    (tmp_path / "master").unlink()
    with pytest.raises(MasterKeysRefused, match="restore"):
        masters.all()


def test_the_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    def start(_number: int) -> tuple[str, bytes]:
        masters = MasterKeys(tmp_path / "keys" / "master", tmp_path / "keys" / "lock")
        masters.make()
        (only,) = masters.all()
        return only.id, only.key

    (tmp_path / "keys").mkdir()
    assert len({start(number) for number in range(5)}) == 1
    assert stat.S_IMODE((tmp_path / "keys" / "master").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["master"]


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    (only,) = masters_in(tmp_path).all()
    assert only.key.hex() not in repr(only)
    assert repr(only.key) not in repr(only)


# keys under a master key


def test_a_key_is_bound_to_its_object_and_to_its_master_key(tmp_path: Path) -> None:
    keys = local_keys(tmp_path)
    keys.keep("one", os.urandom(32))
    keys.keep("other", os.urandom(32))
    (master,) = keys.masters.all()
    stranger = fresh_key()
    put(keys, name_of("one", master), taken(keys, name_of("other", master)))
    with pytest.raises(ObjectDamaged, match="key"):
        local_keys(tmp_path).find("one")
    keys.masters.replace([stranger])
    put(keys, name_of("other", stranger), taken(keys, name_of("other", master)))
    with pytest.raises(ObjectDamaged, match="key"):
        local_keys(tmp_path).find("other")


def test_every_byte_of_a_key_counts(tmp_path: Path) -> None:
    keys = local_keys(tmp_path)
    keys.keep("one", os.urandom(32))
    (master,) = keys.masters.all()
    name = name_of("one", master)
    whole = taken(keys, name)
    for place in range(len(whole)):
        for changed in (whole[:place], whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]):
            put(keys, name, changed)
            with pytest.raises(ObjectDamaged, match="key"):
                local_keys(tmp_path).find("one")
    put(keys, name, whole + b"x")
    with pytest.raises(ObjectDamaged, match="key"):
        local_keys(tmp_path).find("one")


def test_a_key_is_kept_once(tmp_path: Path) -> None:
    keys = local_keys(tmp_path)
    first = os.urandom(32)
    keys.keep("one", first)
    with pytest.raises(ObjectExists, match="one"):
        keys.keep("one", os.urandom(32))
    keys.masters.replace([fresh_key(), *keys.masters.all()])
    with pytest.raises(ObjectExists, match="one"):
        keys.keep("one", os.urandom(32))
    assert local_keys(tmp_path).find("one") == first


# rotation


def many(folder: Path, count: int) -> dict[str, bytes]:
    keys = local_keys(folder)
    made = {f"evidence/{number}": os.urandom(32) for number in range(count)}
    for name, data_key in made.items():
        keys.keep(name, data_key)
    return made


def test_rotation_wraps_every_key_anew_and_ends_with_one_master_key(tmp_path: Path) -> None:
    made = many(tmp_path, 40)
    (before,) = masters_in(tmp_path).all()
    running = local_keys(tmp_path)  # a process that started before and goes on
    assert running.masters.all() == (before,)
    told: list[tuple[int, int]] = []
    rotated = key_rotation.rotate(local_keys(tmp_path), lambda done, total: told.append((done, total)))
    assert (rotated.rewrapped, rotated.damaged, rotated.resumed) == (40, (), False)
    assert (told[0], told[-1]) == ((0, 40), (40, 40))
    (after,) = running.masters.all()
    assert after.id != before.id
    assert {name.partition("/")[2] for name in running.store.keys("")} == {after.id}
    assert {name: running.find(name) for name in made} == made
    assert stat.S_IMODE((tmp_path / "master").stat().st_mode) == 0o600


def test_keys_are_kept_found_and_destroyed_while_a_rotation_runs(tmp_path: Path) -> None:
    made = many(tmp_path, 120)
    gone = [name for number, name in enumerate(made) if number % 3 == 0]
    stop, failed = threading.Event(), []

    def live() -> None:
        try:
            keys, number = local_keys(tmp_path), 0
            while not stop.is_set() or number < 5:
                made[f"new/{number}"] = os.urandom(32)
                keys.keep(f"new/{number}", made[f"new/{number}"])
                number += 1
                if gone:
                    name = gone.pop()
                    del made[name]
                    keys.destroy(name)
                    assert keys.find(name) is None
        except BaseException as error:
            failed.append(error)

    living = threading.Thread(target=live)
    living.start()
    key_rotation.rotate(local_keys(tmp_path))
    stop.set()
    living.join()
    assert failed == []
    keys = local_keys(tmp_path)
    (master,) = keys.masters.all()
    assert set(keys.store.keys("")) == {name_of(name, master) for name in made}
    assert {name: keys.find(name) for name in made} == made


ROTATE = (
    "import sys; from pathlib import Path\n"
    "from storage.objects.key_rotation import rotate\n"
    "from tests.storage.objects.conftest import local_keys\n"
    "print('begins', flush=True); print(rotate(local_keys(Path(sys.argv[1]))).resumed)\n"
)


def test_a_rotation_killed_at_any_point_is_gone_on_with(tmp_path: Path) -> None:
    made = many(tmp_path, 250)
    (before,) = masters_in(tmp_path).all()
    dice, halves = random.Random(20261126), 0
    between = threading.Event()
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", ROTATE, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begins\n"
            between.wait(dice.uniform(0.005, 0.12))
            process.send_signal(signal.SIGKILL)
        halves += len(masters_in(tmp_path).all()) > 1
        keys = local_keys(tmp_path)
        assert {name: keys.find(name) for name in made} == made
    assert halves > 0, "no kill hit a rotation: the delays no longer fit this machine"
    assert key_rotation.rotate(local_keys(tmp_path)).damaged == ()
    keys = local_keys(tmp_path)
    (after,) = keys.masters.all()
    assert after.id != before.id
    assert len(list(keys.store.keys(""))) == len(made)
    assert {name: keys.find(name) for name in made} == made
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["master", "master.lock"]


def test_a_key_that_does_not_open_keeps_the_old_master_key_until_it_is_restored(tmp_path: Path) -> None:
    made = many(tmp_path, 5)
    keys = local_keys(tmp_path)
    (before,) = keys.masters.all()
    name = name_of("evidence/3", before)
    whole = taken(keys, name)
    put(keys, name, whole[:30] + bytes([whole[30] ^ 1]) + whole[31:])
    rotated = key_rotation.rotate(local_keys(tmp_path))
    assert (rotated.rewrapped, rotated.damaged) == (4, (name,))
    assert [master.id for master in masters_in(tmp_path).all()][1:] == [before.id]
    put(keys, name, whole)
    assert key_rotation.rotate(local_keys(tmp_path)) == key_rotation.Rotated(1, (), True)
    assert {each: local_keys(tmp_path).find(each) for each in made} == made


# the look at all keys


def test_a_look_at_all_keys_names_what_is_wrong(tmp_path: Path) -> None:
    keys = local_keys(tmp_path)
    store = SealedObjectStore(LocalObjectStore(tmp_path / "evidence"), keys)
    for name in ("whole", "damaged", "keyless", "foreign"):
        store.write(name, io.BytesIO(b"x"), limit=1)
    keys.keep("never", os.urandom(32))
    assert key_rotation.check(local_keys(tmp_path), store).whole
    (master,) = keys.masters.all()
    damaged, foreign = name_of("damaged", master), name_of("foreign", fresh_key())
    put(keys, damaged, taken(keys, damaged)[:-1])
    put(keys, foreign, taken(keys, name_of("foreign", master)))
    keys.store.delete(name_of("foreign", master))
    keys.destroy("keyless")
    found = key_rotation.check(local_keys(tmp_path), store)
    assert (found.keys, found.damaged, found.foreign) == (4, [damaged], [foreign])
    assert sorted(found.objects_without_key) == ["damaged", "foreign", "keyless"]
    assert (found.without_object, found.whole) == (1, False)
