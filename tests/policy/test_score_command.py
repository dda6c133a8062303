"""`fieldvisit score`: what goes to standard output, what to standard error, and the exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.policy.world import paid, placement, visit

EXAMPLES = Path(__file__).parents[2] / "docs" / "policy" / "examples"


def _score(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["score", *arguments], input=stdin)


def _line(**changes: object) -> bytes:
    return (
        json.dumps(placement([visit()], [paid("2026-03-12")], **changes), ensure_ascii=False).encode() + b"\n"
    )


def test_the_examples_come_out_as_expected_byte_for_byte() -> None:
    result = _score(str(EXAMPLES / "cases.jsonl"))
    assert result.exit_code == 0
    assert result.stdout_bytes == (EXAMPLES / "expected.jsonl").read_bytes()
    assert result.stderr == ""


def test_a_dash_is_standard_input_and_blank_lines_are_skipped() -> None:
    result = _score("-", stdin=b"\n" + _line() + b"  \t\r\n" + _line(id="E-2"))
    assert result.exit_code == 0
    assert [json.loads(line)["placement"] for line in result.stdout.splitlines()] == ["E-1", "E-2"]


def test_a_last_line_without_its_break_and_windows_breaks_are_read() -> None:
    result = _score("-", stdin=_line().replace(b"\n", b"\r\n") + _line().rstrip())
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)


def test_an_empty_file_is_good() -> None:
    assert (_score("-").exit_code, _score("-").stdout) == (0, "")


def test_bad_lines_stop_nothing_else_and_are_named_by_file_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "march.jsonl"
    file.write_bytes(b"\xff\n" + _line() + b"\n" + _line(recall_on=None) + b"[]\n" + _line(id="E-2"))
    result = _score(str(file))
    assert result.exit_code == 1
    assert [json.loads(line)["placement"] for line in result.stdout.splitlines()] == ["E-1", "E-2"]
    told = [line.removeprefix(f"{file}:").split(": ")[:2] for line in result.stderr.splitlines()]
    assert told == [["1", "line"], ["4", "recall_on"], ["5", "line"]]


def test_the_output_is_utf_8_and_not_escaped() -> None:
    result = _score("-", stdin=_line(id='委案"一\n号\u2028'))
    assert '"委案\\"一\\n号\u2028"'.encode() in result.stdout_bytes
    assert json.loads(result.stdout_bytes.rstrip(b"\n"))["placement"] == '委案"一\n号\u2028'


def test_a_name_that_no_output_can_carry_is_refused() -> None:
    result = _score("-", stdin=json.dumps(placement([visit()], [], id="\ud800")).encode())
    assert (result.exit_code, result.stderr.split(": ")[1]) == (1, "id")


def test_a_policy_document_is_used(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('month_end = "same_day"\n', encoding="utf-8")
    result = _score("--policy", str(policy), "-", stdin=_line())
    assert json.loads(result.stdout)["window"]["to"] == "2026-04-10"


@pytest.mark.parametrize("document", [b"month_end = 1", b"= broken", b"\xff\xfe", b"letter = 5"])
def test_a_policy_that_cannot_be_used_ends_with_2(tmp_path: Path, document: bytes) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_bytes(document)
    result = _score("--policy", str(policy), "-", stdin=_line())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{policy}: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["absent.jsonl"],
        ["."],
        ["--policy", "absent.toml", "-"],
        [],
        ["-", "-"],
        ["--unknown", "-"],
    ],
)
def test_what_cannot_be_read_or_is_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    result = _score(*arguments, stdin=_line())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
