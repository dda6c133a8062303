"""The catalogue of problems: words in both languages, remedies, params that the templates name."""

from __future__ import annotations

import re
import string

import server.api
from server.domain.problems import CATALOGUE, Category
from server.web.problems import STATUS

assert server.api.blueprints()  # importing the API registers every kind


def test_every_category_has_a_status() -> None:
    assert set(STATUS) == set(Category)


def test_every_kind_has_words_and_a_remedy_in_both_languages() -> None:
    for kind in CATALOGUE.values():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", kind.code)
        assert re.search(r"[\u4e00-\u9fff{]", kind.zh), kind.code
        assert re.search(r"[\u4e00-\u9fff{]", kind.remedy_zh), kind.code
        assert kind.en, kind.code
        assert not re.search(r"[\u4e00-\u9fff]", kind.en + kind.remedy_en), kind.code
        assert kind.remedy_en, kind.code


def test_both_languages_name_the_same_facts_but_for_the_words_of_a_language() -> None:
    def names(template: str) -> set[str]:
        found = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        return {name for name in found if not name.endswith(("_zh", "_en"))}

    for kind in CATALOGUE.values():
        assert names(kind.zh) == names(kind.en), kind.code
