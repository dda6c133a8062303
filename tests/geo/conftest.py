"""The one gazetteer of these tests, and the folder of real addresses beside the repository."""

from __future__ import annotations

import pytest

from server.geo.gazetteer import Gazetteer, gazetteer
from tests.bench.bench_addresses import FOLDER


@pytest.fixture(scope="session")
def divisions() -> Gazetteer:
    return gazetteer()


@pytest.fixture(scope="session")
def real_addresses() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the folder of real addresses is missing; FIELDVISIT_SHARED names where it stands")
