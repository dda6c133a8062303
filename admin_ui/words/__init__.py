"""The words of the desk, one catalogue: a key, its Chinese, its English; Chinese first.

Owns every text of the pages that is no problem, no notice, no sentence of the handbook and no name of a value: those
have catalogues of their own. Refuses a key that is missing: a page that shows a key instead of words must not be seen
by anybody.
"""

from __future__ import annotations

import string
from enum import Enum

from admin_ui.words import (
    account,
    board,
    case_records,
    cases,
    clauses,
    common,
    complaints,
    daily_checks,
    device_support,
    devices,
    drafts,
    figures,
    fines,
    flags,
    frame,
    imports,
    jobs,
    leave,
    lists,
    live,
    lock,
    months,
    packs,
    papers,
    pay,
    people,
    permissions,
    plans,
    policy,
    quality,
    requests,
    search,
    simulator,
    texts,
    visits,
    webhooks,
)
from server.domain import jobs as job_words
from server.domain import permission_words, value_words

Catalogue = dict[str, tuple[str, str]]

PARTS: tuple[Catalogue, ...] = (
    common.WORDS,
    frame.WORDS,
    lists.WORDS,
    value_words.WORDS,
    permission_words.WORDS,
    texts.WORDS,
    complaints.WORDS,
    account.WORDS,
    requests.WORDS,
    cases.WORDS,
    clauses.WORDS,
    visits.WORDS,
    plans.WORDS,
    months.WORDS,
    search.WORDS,
    board.WORDS,
    live.WORDS,
    simulator.WORDS,
    pay.WORDS,
    figures.WORDS,
    lock.WORDS,
    fines.WORDS,
    policy.WORDS,
    flags.WORDS,
    packs.WORDS,
    quality.WORDS,
    imports.WORDS,
    jobs.WORDS,
    job_words.WORDS,
    devices.WORDS,
    device_support.WORDS,
    daily_checks.WORDS,
    leave.WORDS,
    papers.WORDS,
    people.WORDS,
    permissions.WORDS,
    drafts.WORDS,
    case_records.WORDS,
    webhooks.WORDS,
)
WORDS: Catalogue = {key: words for part in PARTS for key, words in part.items()}


class _Counted(string.Formatter):
    """English has two forms of a counted noun: `{count:line|lines}` is the first of them at 1, else the second."""

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return str(super().format_field(value, format_spec))
        one, more = format_spec.split("|")
        return one if str(value) == "1" else more


_COUNTED = _Counted()


class Words:
    """The catalogue in one language; called with a key, it gives the text with its facts filled in."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.zh = language == "zh"

    @property
    def chinese(self) -> Words:
        """The catalogue of what is printed for eyes outside the house, whatever the reader's language is."""
        return self if self.zh else Words("zh")

    def __call__(self, key: str, **facts: object) -> str:
        text = WORDS[key][0 if self.zh else 1]
        if not facts:
            return text
        return _COUNTED.vformat(text, (), facts) if "|" in text else text.format(**facts)

    def of(self, value: Enum) -> str:
        """The name of a state, a kind, a post: every value that a page shows has one."""
        return self(f"{type(value).__name__}.{value.value}")

    def either(self, zh: str, en: str) -> str:
        """Of two texts that another catalogue keeps side by side, the reader's."""
        return zh if self.zh else en
