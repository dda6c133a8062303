"""What one policy says otherwise than another, from which day; when a policy may be published (section 9, M5).

Owns the comparison of books of editions. It refuses to reach back: what was in force before the day of publication
stays as it was, so that old months keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.domain.policy.edition_words import NAMES, say_value
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.policy_documents import PARAMETERS
from server.domain.policy.registry import clause
from server.domain.problems import Category, Finding, kind


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that has another value from a day on."""

    name: str
    clause: str
    from_day: date
    before: Any
    after: Any

    def say(self, language: str) -> str:
        """In words, such as 自 2027-01-01 起，留函有效期（天）：5 → 6（W2）."""
        before, after = (say_value(self.name, value, language) for value in (self.before, self.after))
        name = NAMES[self.name][0 if language == "zh" else 1]
        day = self.from_day.isoformat()
        if language == "zh":
            return f"自 {day} 起，{name}：{before} → {after}（{self.clause}）"
        return f"from {day}: {name}: {before} → {after} ({self.clause})"

    @property
    def told(self) -> Mapping[str, Any]:
        """As plain data: the parameter, its clause, the day, and the sentence in both languages."""
        return {
            "parameter": self.name,
            "clause": self.clause,
            "from_day": self.from_day.isoformat(),
            "words": {"zh": self.say("zh"), "en": self.say("en")},
        }


EDITION_REACHES_BACK = kind(
    "edition_reaches_back",
    Category.REFUSED,
    "{day} 的版本早于公布日 {today}，不得新增、更改或删除",
    "The edition of {day} lies before the day of publication, {today}: it is not added, changed or removed",
    remedy=(
        "生效日期不得早于公布之日，以前的版本须原样保留。",
        "Leave former editions as they are; take effect today or later.",
    ),
    clause="M5",
)
EDITION_WITHOUT_CHANGE = kind(
    "edition_without_change",
    Category.REFUSED,
    "与现行制度没有差别",
    "It says the same as the policy that holds",
    remedy=("无需公布。", "There is nothing to publish."),
    clause="M5",
)


def differences(old: PolicyBook, new: PolicyBook) -> list[Change]:
    """What is otherwise and from which day, in the order of days and of section 9."""
    return [change for day, one, other in _stretches(old, new) for change in _changes(day, one, other)]


def _stretches(old: PolicyBook, new: PolicyBook) -> Iterator[tuple[date, Edition, Edition]]:
    """Each day on which either book changes, with what both say from it on; what was told is not told again."""
    days = sorted({edition.effective_from for book in (old, new) for edition in book.editions})
    told: Mapping[str, tuple[Any, Any]] = {}
    for day in days:
        one, other = old.in_force_on(day), new.in_force_on(day)
        now = {name: (getattr(one, name), getattr(other, name)) for name in PARAMETERS}
        now = {name: pair for name, pair in now.items() if pair[0] != pair[1]}
        if now != told:
            yield day, one, other
        told = now


def _changes(day: date, one: Edition, other: Edition) -> Iterator[Change]:
    for name, parameter in PARAMETERS.items():
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            yield Change(name, parameter.metadata["clause"], day, before, after)


def reaching_back(old: Mapping[date, Any], new: Mapping[date, Any], today: date) -> list[Finding]:
    """What took effect before today is neither added, changed nor removed; by day, of editions or of an overlay."""
    former = {day: one for day, one in old.items() if day < today}
    proposed = {day: one for day, one in new.items() if day < today}
    return [
        Finding(EDITION_REACHES_BACK, "document", {"day": day.isoformat(), "today": today.isoformat()})
        for day in sorted(former.keys() | proposed.keys())
        if former.get(day) != proposed.get(day)
    ]


@clause("M5", codes=("edition_reaches_back", "edition_without_change"))
def m5_publication_findings(old: PolicyBook, new: PolicyBook, today: date) -> list[Finding]:
    """An edition takes effect on the day of its publication or later; former ones stay as they were.

    「本制度一经公示，默认已知悉」
    """
    findings = reaching_back(_by_day(old), _by_day(new), today)
    if not findings and old.editions == new.editions:
        return [Finding(EDITION_WITHOUT_CHANGE, "document")]
    return findings


def _by_day(book: PolicyBook) -> Mapping[date, Edition]:
    return {edition.effective_from: edition for edition in book.editions}


def from_day_on(changes: Sequence[Change]) -> date | None:
    """The first day on which something is otherwise."""
    return min((change.from_day for change in changes), default=None)
