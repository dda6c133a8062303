"""The worked examples of the policy, read and written as `fieldvisit score` does."""

import json
from pathlib import Path

from server.domain.policy.attribute import explain, score_placement
from server.domain.policy.credit_lines import line_to_json, line_to_text
from server.domain.policy.editions import HANDBOOK_BOOK
from server.domain.policy.wire import placement_to_json, read_line, read_placement

EXAMPLES = Path(__file__).parents[2] / "docs" / "policy" / "examples"


def _cases() -> list[bytes]:
    return (EXAMPLES / "cases.jsonl").read_bytes().splitlines()


def _expected() -> list[dict[str, object]]:
    return [
        json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def test_the_examples_are_scored_json_for_json() -> None:
    scored = [line for case in _cases() for line in score_placement(read_line(case), HANDBOOK_BOOK)]
    assert [line_to_json(line) for line in scored] == _expected()


def test_the_hand_written_text_of_a_line_is_its_json() -> None:
    scored = [line for case in _cases() for line in score_placement(read_line(case), HANDBOOK_BOOK)]
    assert [line_to_text(line) for line in scored] == [
        json.dumps(line_to_json(line), ensure_ascii=False) for line in scored
    ]


def test_a_decision_carries_the_line_of_the_example() -> None:
    decided = [decision.line for case in _cases() for decision in explain(read_line(case), HANDBOOK_BOOK)]
    assert [line_to_json(line) for line in decided] == _expected()


def test_the_snapshot_of_the_facts_gives_them_back() -> None:
    for case in _cases():
        placement = read_line(case)
        snapshot = json.loads(json.dumps(placement_to_json(placement)))
        assert read_placement(snapshot) == placement
