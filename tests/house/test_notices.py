"""Notices: words that somebody is told, in both languages, and nothing about a person that a group must not see."""

from __future__ import annotations

import re
from pathlib import Path

import server
from server.domain.group_texts import group_params
from server.domain.notices import CODES, NOTICES

SOURCES = "".join(
    file.read_text(encoding="utf-8")
    for file in Path(server.__file__).parent.rglob("*.py")
    if file.name != "notices.py" or file.parent.name != "domain"
)


def _names(template: str) -> set[str]:
    return set(re.findall(r"{([a-z_]+)}", template))


def test_every_kind_is_told_by_somebody() -> None:
    composed = {kind for kind in NOTICES if kind.startswith(("import_", "request_"))}  # and their state
    kept = {"visit_outcome"}  # by its clause, R10
    silent = {kind for kind in NOTICES if f'"{kind}"' not in SOURCES} - composed - kept
    assert silent == set()


def test_every_kind_has_words_in_both_languages_that_name_the_same_params() -> None:
    for kind, notice in NOTICES.items():
        assert re.search("[\u4e00-\u9fff]", notice.zh), kind
        assert not re.search("[\u4e00-\u9fff]", notice.en), kind
        assert _names(notice.zh) == _names(notice.en), kind
    for zh, en in CODES.values():
        assert re.search("[\u4e00-\u9fff]", zh)
        assert en.isascii()


def test_every_text_for_a_group_names_typed_params_alone() -> None:
    typed = {"case_number": "AJ1", "district": "原阳县", "agents": "陈磊", "day": "2026-03-10", "visits": 1}
    typed |= {"month": "2026-03", "until_on": "2026-04-06"}
    typed["list"] = "1. AJ1 原阳县"
    for kind, notice in NOTICES.items():
        if notice.group is not None:
            assert group_params(typed, _names(notice.group)).keys() == _names(notice.group), kind
