"""A receiver for robots, at a host that the installation under test may send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def environment(environment: dict[str, str], receiver: Receiver) -> dict[str, str]:
    hosts = f"{receiver.host},oapi.dingtalk.com"
    return environment | {
        "FIELDVISIT_WEBHOOK_HOSTS": hosts,
        "FIELDVISIT_PUBLIC_URL": "https://visits.example.test/",
    }
