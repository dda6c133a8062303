"""`fieldvisit address check`: a JSON line an address, and the lines it cannot read named."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.address import address
from server.cli.address_lines import as_json
from server.domain.addresses import check_address
from server.geo.gazetteer import Gazetteer


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


@pytest.mark.parametrize(
    "text",
    [
        '"金水区\\花园路"\t39号\x01\u2028😀',
        "鼓楼区中山路1号",
        "河南省郑州市金水区柳林村3号",
        "",
    ],
)
def test_a_line_is_what_json_writes(divisions: Gazetteer, text: str) -> None:
    answer = check_address(text, divisions)
    assert as_json(answer) == json.dumps(asdict(answer), ensure_ascii=False)


def test_a_long_file_comes_back_line_for_line(tmp_path: Path) -> None:
    path = tmp_path / "addresses.txt"
    texts = [f"郑州市金水区花园路{number}号" for number in range(1001)]
    path.write_text("\n".join(texts), encoding="utf-8-sig")
    result = CliRunner().invoke(address, ["check", str(path)])
    assert [json.loads(line)["address"] for line in result.stdout.splitlines()] == texts
