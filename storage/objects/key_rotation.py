"""A new master key, and every key of an object wrapped anew under it; no object is rewritten. And a look at all keys.

Owns the order: the new master key is in the file before anything is wrapped with it, and the old one leaves it only
when no key is wrapped under it any more. So a rotation that is killed at any point is gone on with by the next one.
Refuses to drop an old master key while a key under it cannot be opened: a copy from a backup may still mend it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from server.services.ports.objects import ObjectDamaged, ObjectExists, ObjectMissing, ObjectStore
from storage.objects.key_store import KeyStore, digest_in, name_of, owner, read_whole, unwrap, write
from storage.objects.master_keys import MasterKey, fresh_key

Progress = Callable[[int, int], None]
_TELL_EVERY = 500


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many keys were wrapped anew, and the names of those that did not open; with any, the old master key stays."""

    rewrapped: int
    damaged: tuple[str, ...]
    resumed: bool


def rotate(keys: KeyStore, progress: Progress = lambda _done, _total: None) -> Rotated:
    """Begin a rotation, or go on with the one that was begun, and bring it to its end."""
    with keys.masters.changing() as masters:
        resumed = len(masters) > 1
        if not resumed:
            keys.masters.replace([fresh_key(), *masters])
    # Whoever wraps a key from here on has seen the new file: nothing comes under an old master key any more.
    current, *olds = keys.masters.all()
    total = sum(1 for name in keys.store.keys("") if _under(name, olds) is not None)
    done, damaged = 0, set[str]()
    progress(0, total)
    # A folder that changes while it is listed may hide names from the listing: the last one must find none.
    while outstanding := _outstanding(keys.store, olds, damaged):
        for name, old in outstanding:
            if _rewrap(keys, name, old, current):
                done += 1
            else:
                damaged.add(name)
            if done % _TELL_EVERY == 0:
                progress(done, max(total, done))
    progress(done, max(total, done))
    if not damaged:
        with keys.masters.changing():
            keys.masters.replace([current])
    return Rotated(done, tuple(sorted(damaged)), resumed)


@dataclass(slots=True)
class Checked:
    """What a look at every key found. Keys are named as they lie in their store, objects by their keys."""

    keys: int = 0
    damaged: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # wrapped under a master key that the file does not hold
    without_object: int = 0
    objects_without_key: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not (self.damaged or self.foreign or self.objects_without_key)


def check(keys: KeyStore, objects: ObjectStore) -> Checked:
    """Open every key, and compare keys with objects. A key without an object is no harm: it is swept after a day."""
    found, opened = Checked(), set[bytes]()
    masters = keys.masters.all()
    for name in keys.store.keys(""):
        found.keys += 1
        master = _under(name, masters)
        if master is None:
            found.foreign.append(name)
        elif _opens(keys.store, name, master):
            opened.add(digest_in(name))
        else:
            found.damaged.append(name)
    without = set(opened)
    for object_key in objects.keys(""):
        digest = hashlib.sha256(object_key.encode()).digest()
        without.discard(digest)
        # One that was written since the keys were listed is looked up by itself.
        if digest not in opened and not _has_key(keys, object_key):
            found.objects_without_key.append(object_key)
    found.without_object = len(without)
    return found


def _outstanding(store: ObjectStore, olds: list[MasterKey], damaged: set[str]) -> list[tuple[str, MasterKey]]:
    """Some thousands of the names that are still under an old master key."""
    found: list[tuple[str, MasterKey]] = []
    for name in store.keys(""):
        old = _under(name, olds)
        if old is not None and name not in damaged:
            found.append((name, old))
            if len(found) == 10_000:
                break
    return found


def _under(name: str, masters: Iterable[MasterKey]) -> MasterKey | None:
    id_ = name.rpartition("/")[2]
    return next((master for master in masters if master.id == id_), None)


def _rewrap(keys: KeyStore, name: str, old: MasterKey, current: MasterKey) -> bool:
    """False when it does not open. Alone, so that a key which is destroyed meanwhile is not brought back."""
    with keys.masters.changing():
        object_key = owner(keys.store, name)
        try:
            if object_key is None:
                return not keys.store.exists(name)
            data_key = unwrap(read_whole(keys.store, name), object_key, old)
            write(keys.store, object_key, data_key, current)
        except ObjectMissing:
            return True  # destroyed
        except ObjectDamaged:
            return False
        except ObjectExists:
            # We were killed after this write the last time; it is believed only when it opens.
            if not _opens(keys.store, name_of(object_key or "", current), current):
                return False
        keys.store.delete(name)
    return True


def _opens(store: ObjectStore, name: str, master: MasterKey) -> bool:
    object_key = owner(store, name)
    try:
        if object_key is None:
            return not store.exists(name)
        unwrap(read_whole(store, name), object_key, master)
    except ObjectMissing:
        return True  # destroyed or rewrapped since it was listed
    except ObjectDamaged:
        return False
    return True


def _has_key(keys: KeyStore, object_key: str) -> bool:
    try:
        return keys.find(object_key) is not None
    except ObjectDamaged:
        return False
