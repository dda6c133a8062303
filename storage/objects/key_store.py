"""The keys of objects (S6, S9): one an object, wrapped under a master key, small objects of a store of their own.

A key lies under `SHA-256 of the object's key / id of the master key` and holds the object's key in clear, so that it
can be told whose it is; the wrapping is bound to both. Owns their life: kept once, durably, found, destroyed in every
copy, swept when their object never appeared. Refuses to lie where the bytes lie: whoever has both reads them.

Keys in use are remembered for a minute in this process. Another process forgets a destroyed one within that minute.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.services.ports.objects import (
    ObjectDamaged,
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    ObjectStoreUnavailable,
)
from storage.objects.keys import LONGEST_KEY
from storage.objects.master_keys import MasterKey, MasterKeys

MAGIC = b"FVKEY\x00\x01\n"
_NONCE, _DATA_KEY, _TAG = 12, 32, 16
_WRAPPED = len(MAGIC) + _NONCE + _DATA_KEY + _TAG
_LARGEST = _WRAPPED + LONGEST_KEY
_REMEMBERED, _SECONDS = 512, 60.0


class KeyStore:
    """The keys in `store`, wrapped under `masters`. It may be shared by threads."""

    def __init__(self, store: ObjectStore, masters: MasterKeys) -> None:
        self.store = store
        self.masters = masters
        self._recent = _Recent()

    def find(self, object_key: str) -> bytes | None:
        """The data key; None where there is none. Raises ObjectDamaged when what is there does not open."""
        remembered = self._recent.get(object_key)
        if remembered is not None:
            return remembered
        # A rotation moves a key between our looks: the new name is looked at before the old one, then once more.
        for _ in range(2):
            for master in self.masters.all():
                try:
                    wrapped = read_whole(self.store, name_of(object_key, master))
                except ObjectMissing:
                    continue
                data_key = unwrap(wrapped, object_key, master)
                self._recent.put(object_key, data_key)
                return data_key
        return None

    def keep(self, object_key: str, data_key: bytes) -> None:
        """Durable when it returns. Raises ObjectExists when another writer of the object was first."""
        with self.masters.using() as masters:
            if any(self.store.exists(name_of(object_key, older)) for older in masters[1:]):
                raise ObjectExists(object_key)
            write(self.store, object_key, data_key, masters[0])
        self._recent.put(object_key, data_key)

    def keep_again(self, object_key: str, data_key: bytes) -> None:
        """Make sure that a key is there. Raises ObjectStoreUnavailable when it is another one by now."""
        self._recent.drop(object_key)
        try:
            self.keep(object_key, data_key)
        except ObjectExists:
            if self.find(object_key) != data_key:
                raise ObjectStoreUnavailable(f"{object_key}: its key was changed meanwhile") from None

    def destroy(self, object_key: str) -> None:
        """S9: in every copy; the object is unreadable from then on. A key that is gone already is no error."""
        with self.masters.using() as masters:
            for master in masters:
                self.store.delete(name_of(object_key, master))
        self._recent.drop(object_key)

    def forget(self, object_key: str) -> None:
        """Look it up anew the next time."""
        self._recent.drop(object_key)

    def sweep(self, before: datetime, standing: Collection[bytes], stands: Callable[[str], bool]) -> int:
        """Remove keys kept before then whose object is neither among `standing` (digests of objects' keys) nor
        `stands` when looked at again; how many. What cannot be told whose it is stays: `keys check` names it."""
        swept = self.store.discard_unfinished(before)
        for name in self.store.keys(""):
            if digest_in(name) in standing or not _older(self.store, name, before):
                continue
            object_key = owner(self.store, name)
            if object_key is None or stands(object_key):
                continue
            self.store.delete(name)
            self._recent.drop(object_key)
            swept += 1
        return swept


def name_of(object_key: str, master: MasterKey) -> str:
    return f"{hashlib.sha256(object_key.encode()).hexdigest()}/{master.id}"


def digest_in(name: str) -> bytes:
    """The digest of the object's key from the name of its key; empty for a name that is none of ours."""
    try:
        return bytes.fromhex(name.partition("/")[0])
    except ValueError:
        return b""


def owner(store: ObjectStore, name: str) -> str | None:
    """The key of the object whose key lies under the name; None when that cannot be told."""
    try:
        object_key = read_whole(store, name)[_WRAPPED:].decode("ascii")
    except (ObjectMissing, UnicodeDecodeError):
        return None
    return object_key if hashlib.sha256(object_key.encode()).digest() == digest_in(name) else None


def read_whole(store: ObjectStore, name: str) -> bytes:
    with store.open(name, 0, _LARGEST + 1) as stream:
        return stream.read()


def write(store: ObjectStore, object_key: str, data_key: bytes, master: MasterKey) -> None:
    """Raises ObjectExists, which names the object and not its key's name."""
    nonce = os.urandom(_NONCE)
    wrapped = AESGCM(master.key).encrypt(nonce, data_key, _binding(object_key, master))
    content = MAGIC + nonce + wrapped + object_key.encode()
    try:
        store.write(name_of(object_key, master), io.BytesIO(content), limit=_LARGEST)
    except ObjectExists as error:
        raise ObjectExists(object_key) from error


def unwrap(content: bytes, object_key: str, master: MasterKey) -> bytes:
    """Raises ObjectDamaged, with `key` for its part."""
    nonce, wrapped = content[len(MAGIC) : len(MAGIC) + _NONCE], content[len(MAGIC) + _NONCE : _WRAPPED]
    if not content.startswith(MAGIC) or content[_WRAPPED:] != object_key.encode():
        raise ObjectDamaged(object_key, "key")
    try:
        return AESGCM(master.key).decrypt(nonce, wrapped, _binding(object_key, master))
    except (InvalidTag, ValueError) as error:
        raise ObjectDamaged(object_key, "key") from error


def _binding(object_key: str, master: MasterKey) -> bytes:
    return MAGIC + master.id.encode() + b"\x00" + object_key.encode()


def _older(store: ObjectStore, name: str, before: datetime) -> bool:
    try:
        return store.stat(name).stored_at < before
    except ObjectMissing:
        return False  # rewrapped or deleted between the two looks


class _Recent:
    """Keys by their objects, the latest used last; few, and each for a short time."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, object_key: str) -> bytes | None:
        with self._lock:
            until, data_key = self._held.get(object_key, (0.0, b""))
            if until < time.monotonic():
                return None
            self._held.move_to_end(object_key)
            return data_key

    def put(self, object_key: str, data_key: bytes) -> None:
        with self._lock:
            self._held[object_key] = (time.monotonic() + _SECONDS, data_key)
            self._held.move_to_end(object_key)
            while len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)

    def drop(self, object_key: str) -> None:
        with self._lock:
            self._held.pop(object_key, None)
