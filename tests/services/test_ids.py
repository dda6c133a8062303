"""Ids: what RFC 9562 asks of version 7, and the order of making where a whole import falls into one millisecond."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from server.services.ids import UUID_PATTERN, new_id
from tests.conftest import NOON


def test_an_id_is_of_version_7_and_tells_its_millisecond() -> None:
    made = new_id(NOON)
    read = uuid.UUID(made)
    assert (read.version, read.variant, str(read)) == (7, uuid.RFC_4122, made)
    assert read.int >> 80 == int(NOON.timestamp() * 1000)
    assert UUID_PATTERN.fullmatch(made)


def test_ids_of_one_millisecond_grow_and_threads_share_none() -> None:
    made = [new_id(NOON) for _ in range(5_000)]
    assert made == sorted(set(made))
    with ThreadPoolExecutor(8) as threads:
        shared = list(threads.map(lambda _: new_id(NOON), range(5_000)))
    assert len(set(shared)) == 5_000


def test_a_new_millisecond_and_an_earlier_one_begin_anew() -> None:
    later, earlier = new_id(NOON + timedelta(milliseconds=1)), new_id(NOON)
    assert earlier < later
    assert later[14:] != earlier[14:] != new_id(NOON - timedelta(milliseconds=1))[14:]
