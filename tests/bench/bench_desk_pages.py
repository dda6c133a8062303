"""Lighthouse's marks for the desk's pages, on its desktop profile: python -m tests.bench.bench_desk_pages [CASES]

A started server with ten visits a case (200 cases by default), as a dispatcher works with it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests

from server.bootstrap import build
from server.clock import SystemClock
from server.settings import read_settings
from tests.bench.bench_desk import _Filling
from tests.bench.lighthouse import audited
from tests.conftest import prepare
from tests.support import cast
from tests.support.server import Server, renew_passwords

PAGES = (
    "/desk/sign-in",
    "/desk",
    "/desk/requests",
    "/desk/visits",
    "/desk/plans",
    "/desk/live",
)
LEAST = {"performance": 90, "accessibility": 95, "best_practices": 95}  # issue 7
Figures = dict[str, Any]


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        pages = _pages(Path(folder), cases)
    missed = [
        f"{path} {mark}"
        for path, told in pages.items()
        for mark, least in LEAST.items()
        if told[mark] < least
    ]
    load = [round(one, 1) for one in os.getloadavg()]
    print(json.dumps({"cases": cases, "pages": pages, "load": load, "missed": missed}))


def _pages(folder: Path, cases: int) -> dict[str, Figures]:
    environment = {"FIELDVISIT_DATA_DIR": str(folder / "data")}
    prepare(environment)
    installation = build(read_settings(environment), clock=SystemClock())
    renew_passwords(installation)
    _Filling(installation, cases).fill()
    installation.engine.dispose()
    server = Server(environment, folder / "log")
    server.start()
    try:
        cookies = _signed_in(server.url)
        return {
            path: audited(
                server.url + path,
                mobile=False,
                cookies={} if path == "/desk/sign-in" else cookies,
                rounds=1,
            )
            for path in PAGES
        }
    finally:
        server.stop()


def _signed_in(url: str) -> dict[str, str]:
    who = {"username": cast.DISPATCHER.username, "password": cast.PASSWORD}
    answer = requests.post(f"{url}/desk/sign-in", data=who, allow_redirects=False, timeout=30)
    assert answer.status_code == 303, answer.text
    return {str(cookie.name): str(cookie.value) for cookie in answer.cookies}


if __name__ == "__main__":
    main()
