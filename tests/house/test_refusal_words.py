"""What a refusal names by a code is told by its name: every state in both languages, no code in a Chinese sentence."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from enum import Enum, StrEnum
from pathlib import Path

import pytest

import server.api
import server.domain
import storage.rows.tables as tables
from server.domain.access import SHIPPED, Permission, Post
from server.domain.address_verdicts import Verdict
from server.domain.evidence import EvidenceKind
from server.domain.object_words import object_in_chinese
from server.domain.placements import AddressStanding, HoldReason
from server.domain.plans import TravelKind
from server.domain.problems import CATALOGUE, FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, Finding, ProblemKind
from server.domain.value_words import NAMES, Past, Several
from server.domain.visits import VisitState
from tests.support.cast import known_id

assert server.api.blueprints()  # importing the API registers every kind
ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[A-Za-z]{2,}")
NO_CODES = {"IT"}  # a department's name in both languages


def _states() -> Iterator[type[StrEnum]]:
    """Every enumeration of the domain that is a state of something."""
    for module in pkgutil.walk_packages(server.domain.__path__, "server.domain."):
        for name, held in vars(importlib.import_module(module.name)).items():
            if name.endswith("State") and isinstance(held, type) and issubclass(held, StrEnum):
                yield held


STATES = sorted({*_states(), Past, AddressStanding, TravelKind}, key=lambda kind: kind.__name__)
CODES: dict[str, tuple[type[StrEnum], ...]] = {
    "state": tuple(STATES), "kind": (EvidenceKind,), "reason": (HoldReason,), "permission": (Permission,),
    "post": (Post,), "posts": (Post,), "verdict": (Verdict,),
}  # fmt: skip


def facts_of(kind: ProblemKind) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(kind.zh + kind.remedy_zh) if name}


def without_codes(text: str, name: str) -> list[str]:
    """The ASCII words of a Chinese text that are no placeholder and no name of ours."""
    return [word for word in WORD.findall(re.sub(r"{\w+}", "", text)) if word not in NO_CODES | {name}]


@pytest.mark.parametrize("fact", CODES)
def test_no_refusal_names_a_code_in_chinese(fact: str) -> None:
    kinds = [kind for kind in CATALOGUE.values() if fact in facts_of(kind)]
    assert kinds, f"nothing names {fact} any more"
    for kind in kinds:
        fixed = WORD.findall(re.sub(r"{\w+}", "", kind.zh))
        for value in (one for codes in CODES[fact] for one in codes):
            told = Finding(kind, None, {fact: value})
            left = [word for word in without_codes(told.zh(), "") if word not in fixed]
            assert left == [], f"{kind.code} says {told.zh()}"
            assert "_" not in re.sub(r"{\w+}", "", told.en()), told.en()
            assert not CHINESE.search(told.en()), told.en()


def test_no_refusal_tells_an_id_that_its_reader_never_saw() -> None:
    """An id stands among the facts, for programs."""
    said = [(kind, kind.zh + kind.remedy_zh + kind.en + kind.remedy_en) for kind in CATALOGUE.values()]
    assert [kind.code for kind, text in said if re.search(r"\{\w*_ids?\}", text)] == []


def test_every_state_has_a_name_of_its_own_in_both_languages() -> None:
    assert {VisitState, Past} <= set(STATES)
    for codes in STATES:
        names = [NAMES[f"{codes.__name__}.{one.value}"] for one in codes]
        for zh, en in names:
            assert CHINESE.search(zh), codes
            assert WORD.search(en), codes
            assert not CHINESE.search(en), codes


def test_a_state_in_a_refusal_is_never_a_text_of_ones_own() -> None:
    """A text would be told as it is, in both languages: it was „answered“ in Chinese sentences."""
    found = []
    for path in (*ROOT.glob("server/**/*.py"), *ROOT.glob("admin_ui/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "problem":
                found += [
                    f"{path.name}:{node.lineno}"
                    for given in node.keywords
                    if given.arg in CODES and isinstance(given.value, ast.Constant | ast.JoinedStr)
                ]
    assert found == []


def test_programs_read_the_code_that_people_do_not() -> None:
    several = Several((Permission.PLANS_READ, Permission.PLANS_WRITE))
    refused = Finding(FORBIDDEN, None, {"permission": several})
    assert refused.zh() == "您的岗位没有此权限：查看计划 / 排计划"
    assert refused.en() == "Your post does not have this permission: see plans / plan visits"
    assert str(several) == "plans.read / plans.write"
    assert all(
        f"Permission.{permission.value}" in NAMES for grants in SHIPPED.values() for permission in grants
    )


def test_what_is_not_there_is_named_in_chinese() -> None:
    id_ = known_id("nowhere")
    assert Finding(NOT_FOUND, None, {"what": f"visit {id_}"}).zh() == f"没有找到：外访 {id_}"
    assert Finding(NOT_FOUND, None, {"what": "certificate of limin"}).zh() == "没有找到：上岗证：limin"
    assert Finding(NOT_FOUND, None, {"what": f"visit {id_}"}).en() == f"Not found: visit {id_}"
    assert object_in_chinese("/desk/nowhere") == "/desk/nowhere"
    for name in {*_tables(), *_said()}:
        assert CHINESE.search(object_in_chinese(f"{name} {id_}")), name


def _tables() -> set[str]:
    return set(tables.METADATA.tables)


def _said() -> set[str]:
    """What use cases say is not there, by the beginning of the text."""
    said = set()
    for path in (*ROOT.glob("server/**/*.py"), *ROOT.glob("admin_ui/**/*.py")):
        said |= set(re.findall(r"""what["']?[=:] ?f["']([a-z_ ]+) \{""", path.read_text(encoding="utf-8")))
    assert "visit_request" in said
    return said


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("session_ended", "请先登录（登录已结束）"),
        ("ExpiredSignatureError", "请先登录（登录凭证已过期）"),
        ("DecodeError", "请先登录（登录凭证无效）"),
        ("CSRFError", "请先登录（登录凭证无效）"),
    ],
)
def test_why_nobody_is_let_in_is_told_in_chinese(why: str, told: str) -> None:
    refused = Finding(UNAUTHENTICATED, None, {"why": why})
    assert refused.zh() == told
    assert why in refused.en()


def test_names_are_of_values_that_there_are() -> None:
    classes: dict[str, list[type[Enum]]] = {}
    for module in pkgutil.walk_packages(server.domain.__path__, "server.domain."):
        for held in vars(importlib.import_module(module.name)).values():
            if isinstance(held, type) and issubclass(held, StrEnum) and held is not StrEnum:
                classes.setdefault(held.__name__, []).append(held)
    for key in NAMES:
        name, _, value = key.partition(".")
        assert any(value in {one.value for one in held} for held in classes[name]), key
