"""`fieldvisit address check`: a JSON line an address, and the lines it cannot read named."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from server.cli.address import address


def test_a_missing_file_is_a_usage_error() -> None:
    result = CliRunner().invoke(address, ["check", "no-such-file.txt"])
    assert result.exit_code == 2


def test_a_line_that_is_not_utf8_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "addresses.txt"
    path.write_bytes("金水区花园路39号\n".encode() + "金水区".encode("gbk") + b"\n\n" + "花园路39号".encode())
    result = CliRunner().invoke(address, ["check", str(path)])
    assert result.exit_code == 1
    assert f"{path}:2: line: is not UTF-8" in result.stderr
    assert [json.loads(line)["verdict"] for line in result.stdout.splitlines()] == ["incomplete", "no_county"]


def test_standard_input() -> None:
    result = CliRunner().invoke(address, ["check", "-"], input="郑州市原阳县城关镇\n".encode())
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(answer) == [
        *("address", "verdict", "province", "city", "county", "county_code", "town", "detail", "normalized"),
        *("filled", "urban_village", "detail_missing", "suggestions", "clause", "message"),
    ]
    assert (answer["verdict"], answer["county_code"], answer["filled"]) == (
        "wrong_parent",
        "410725",
        ["province"],
    )
