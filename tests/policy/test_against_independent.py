"""Owns the comparison of the product's scoring with the independent reading of the text, on random lines.

Refuses to know the answer: where the two differ, SCORING_FORMAT.md decides which is wrong. 3,000 placements
by default, 100,000 with FIELDVISIT_SCALE=full; FIELDVISIT_SEED repeats a run by the seed that it printed.
"""

import json
import os
import re
from datetime import date
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest
from click.testing import CliRunner

from server.cli import main as fieldvisit
from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_text
from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.policy_documents import parse_policy
from server.domain.policy.wire import read_line
from server.domain.policy.wire_rules import FactsError
from tests.policy import independent, independent_format
from tests.policy.independent_days import month_end, parse_day, write_day
from tests.policy.independent_editions import Policy, handbook_policy, read_policy
from tests.policy.random_broken_lines import BROKEN_POLICIES, random_broken_line
from tests.policy.random_placements import ANCHORS, random_anchors, random_placement, random_policy

EXAMPLES = Path(__file__).parents[2] / "docs" / "policy" / "examples"
LINES = 100_000 if os.environ.get("FIELDVISIT_SCALE") == "full" else 3_000
LINES_OF_ONE_POLICY = 20

Answer = list[dict[str, Any]] | str


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = int(os.environ.get("FIELDVISIT_SEED") or SystemRandom().getrandbits(32))
    # Past the capture: the seed of a run that passed belongs into its log too.
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print(f" FIELDVISIT_SEED={chosen} ", end="", flush=True)
    return chosen


def ask_independent(raw: bytes, policy: Policy) -> Answer:
    """The credit lines, or the field of the first fault."""
    try:
        placement = independent_format.read_line(raw)
    except independent_format.LineError as error:
        return error.field
    return independent.score(placement, policy)


def ask_product(raw: bytes, book: PolicyBook) -> Answer:
    try:
        placement = read_line(raw)
    except FactsError as error:
        return error.field
    return [json.loads(line_to_text(line)) for line in score_placement(placement, book)]


def compare(raw: bytes, document: str, seed: int) -> Answer:
    answer = ask_independent(raw, read_policy(document.encode()))
    found = ask_product(raw, parse_policy(document))
    shown = f"FIELDVISIT_SEED={seed}\npolicy:\n{document}\nline:\n{raw.decode('utf-8', 'replace')[:20_000]}"
    assert found == answer, shown
    return answer


def write_line(random: Random, name: str, anchors: list[date] = ANCHORS) -> bytes:
    return json.dumps(random_placement(random, name, anchors), ensure_ascii=random.random() < 0.5).encode()


def test_random_placements_are_credited_alike_under_random_policies(seed: int) -> None:
    random = Random(seed)
    credited = refused = 0
    for number in range(LINES):
        if number % LINES_OF_ONE_POLICY == 0:
            anchors = random_anchors(random)
            document = random_policy(random, anchors)
        answer = compare(write_line(random, f"E-{number}", anchors), document, seed)
        credited += sum(line["reason"] is None for line in answer if isinstance(line, dict))
        refused += sum(line["reason"] is not None for line in answer if isinstance(line, dict))
    # A generator that has lost its aim would agree on nothing but "no_visit".
    assert credited > LINES / 2
    assert refused > LINES / 2


def test_random_placements_are_credited_alike_under_the_handbook(seed: int) -> None:
    random = Random(seed)
    for number in range(LINES // 10):
        raw = write_line(random, f"E-{number}")
        assert ask_product(raw, HANDBOOK_BOOK) == ask_independent(raw, handbook_policy()), (seed, raw)


def test_broken_lines_are_refused_for_the_same_field(seed: int) -> None:
    random = Random(seed)
    fields = set()
    for number in range(LINES):
        answer = compare(random_broken_line(random, f"E-{number}"), "", seed)
        if isinstance(answer, str):
            fields.add(re.sub(r"[0-9]+", "0", answer))
    # Nearly every field of the format must have been the first at fault.
    assert len(fields) > 40, fields


def test_the_independent_reading_gives_the_worked_examples() -> None:
    lines = (EXAMPLES / "cases.jsonl").read_bytes().splitlines()
    expected = [json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    policy = handbook_policy()
    found = [line for raw in lines for line in independent.score(independent_format.read_line(raw), policy)]
    assert found == expected


@pytest.mark.parametrize(
    ("visit_on", "last_day"),
    [
        ("2026-03-10", "2026-04-09"),
        ("2026-01-28", "2026-02-27"),
        ("2026-01-29", "2026-02-28"),
        ("2024-01-29", "2024-02-28"),
        ("2026-01-30", "2026-02-28"),
        ("2026-01-31", "2026-02-28"),
        ("2024-01-30", "2024-02-29"),
        ("2024-01-31", "2024-02-29"),
        ("2026-03-31", "2026-04-30"),
        ("2025-12-01", "2025-12-31"),
    ],
)
def test_the_independent_month_ends_where_w1_says(visit_on: str, last_day: str) -> None:
    day = parse_day(visit_on)
    assert day is not None
    assert write_day(month_end(day, "day_before")) == last_day


def where(report: str) -> list[str]:
    """FILE:LINE: FIELD of each line of a report; the words after it are each implementation's own."""
    return [": ".join(line.split(": ", 2)[:2]) for line in report.splitlines()]


def test_the_commands_agree_on_a_file_of_good_broken_and_blank_lines(
    seed: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    random = Random(seed)
    makers = [write_line, random_broken_line, lambda *_: b"", lambda *_: b" \t"]
    lines = [random.choice(makers)(random, f"E-{number}") for number in range(300)]
    file, policy = tmp_path / "placements.jsonl", tmp_path / "policy.toml"
    # A line may end in CR LF, and the last line in nothing.
    file.write_bytes(b"".join(line + random.choice([b"\n", b"\r\n"]) for line in lines) + b"nonsense")
    policy.write_text(random_policy(random, ANCHORS), "utf-8")

    found = CliRunner().invoke(fieldvisit, ["score", str(file), "--policy", str(policy)])
    capfdbinary.readouterr()
    status = independent.main([str(file), "--policy", str(policy)])
    captured = capfdbinary.readouterr()

    assert found.exit_code == status == 1, seed
    product_lines = found.stdout_bytes.decode().split("\n")
    own_lines = captured.out.decode().split("\n")
    assert [json.loads(line) for line in product_lines if line] == [
        json.loads(line) for line in own_lines if line
    ], seed
    assert where(found.stderr) == where(captured.err.decode()), seed


@pytest.mark.parametrize("document", BROKEN_POLICIES)
def test_a_broken_policy_is_refused_by_both(document: str, tmp_path: Path) -> None:
    file, policy = tmp_path / "placements.jsonl", tmp_path / "policy.toml"
    file.write_bytes(b"")
    policy.write_text(document, "utf-8")
    arguments = [str(file), "--policy", str(policy)]
    assert CliRunner().invoke(fieldvisit, ["score", *arguments]).exit_code == 2
    assert independent.main(arguments) == 2
