"""What is wrong with a field is told in Chinese too, whoever says it: a schema, a use case or the schema library."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import marshmallow
import pytest
from marshmallow import ValidationError, fields, validate

from server.domain.input_words import in_chinese
from tests.conftest import Desk
from tests.support.cast import DISPATCHER

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
_USED_FIELDS = {
    "Boolean", "Date", "DateTime", "Decimal", "Dict", "Enum", "Field", "Float", "Integer", "List", "Nested", "Number",
    "String", "UUID",
}  # fmt: skip
# What these raise of a text, schemas hand on.
_READERS = ("server/domain/calendar.py", "server/domain/money.py", "server/domain/telephones.py")
_HELPERS = {"ValidationError": 0, "_not_this": -1, "_wrong": -1, "_invalid": -1, "wrong": -1}
# Lines of `fieldvisit score` are told in English alone, to programs (SCORING_FORMAT.md).
_NOT_FOR_PEOPLE = ("server/domain/policy/",)


def literals(node: ast.AST) -> Iterator[str]:
    """The texts in a node, with 7 for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)
    elif isinstance(node, ast.List | ast.Tuple | ast.Dict):
        for inner in node.values if isinstance(node, ast.Dict) else node.elts:
            yield from literals(inner)


def said_in_code() -> Iterator[str]:
    for folder in ("api_schemas", "server"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if place.startswith(_NOT_FOR_PEOPLE):
                continue
            helpers = _HELPERS | ({"ValueError": 0} if place in _READERS else {})
            for call in (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if name in helpers and call.args:
                    yield from literals(call.args[helpers[name]])
                for keyword in call.keywords:
                    if keyword.arg == "error" or (keyword.arg == "detail" and name in ("problem", "Finding")):
                        yield from literals(keyword.value)


def said_by_the_library() -> Iterator[str]:
    yield from marshmallow.Schema()._default_error_messages.values()
    for name in _USED_FIELDS:
        for key, text in getattr(fields, name).default_error_messages.items():
            if key != "format":  # of writing, never of what was sent
                yield text.format(obj_type="datetime", choices="a, b", awareness="aware")
    for checker, value in (
        (validate.Length(1, 2), ""),
        (validate.Length(min=1), ""),
        (validate.Length(max=1), "ab"),
        (validate.Length(equal=1), "ab"),
        (validate.Range(1, 2), 0),
        (validate.Range(min=1), 0),
        (validate.Range(max=1), 2),
        (validate.Range(min=1, min_inclusive=False), 1),
        (validate.Range(max=1, max_inclusive=False), 1),
        (validate.OneOf(["a"]), "b"),
        (validate.Equal("a"), "b"),
        (validate.Regexp("a"), "b"),
    ):
        with pytest.raises(ValidationError) as caught:
            checker(value)  # type: ignore[operator]
        yield str(caught.value.messages[0])


def test_every_sentence_has_words_in_chinese() -> None:
    said = {*said_in_code(), *said_by_the_library()}
    assert len(said) > 80, "the sentences are found"
    assert sorted(text for text in said if CHINESE.search(in_chinese(text)) is None) == []


def test_every_kind_of_field_that_schemas_use_is_looked_at() -> None:
    used = set[str]()
    for path in (ROOT / "api_schemas").glob("*.py"):
        used |= set(re.findall(r"fields\.([A-Z]\w+)", path.read_text("utf-8")))
    known = {name for name, found in inspect.getmembers(fields, inspect.isclass)}
    assert used & known <= _USED_FIELDS | {"Function"}, "Function only shows"


def test_what_there_are_no_words_for_stays_as_it_was_said() -> None:
    assert in_chinese("something new") == "something new"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("colour=red", "colour填写有误：没有这个字段"),
        ("limit=0", "limit填写有误：应在 1 到 200 之间"),
        ("state=nope", "state填写有误：只能是：draft, filed"),
    ],
)
def test_the_answer_says_it_in_both_languages(desk: Desk, query: str, words: str) -> None:
    answer: Any = desk.get(DISPATCHER, f"/api/v1/visit-requests?{query}")
    desk.refused(answer, 422, "invalid_input")
    (error,) = answer.json["errors"]
    assert error["message"]["zh"].startswith(words)
    assert CHINESE.search(error["message"]["en"]) is None
