"""A client's overlay of the policy (S21): hours, caps and keeping that a client asks for, only stricter.

Owns which parameters a client may ask for, which way is stricter, and what holds where both speak. It refuses to
resolve a conflict with the policy in silence: whatever is looser is named.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from server.domain.policy.edition_words import NAMES, say_value
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.policy_documents import PolicyError, read_tables
from server.domain.policy.registry import kept_at
from server.domain.problems import Category, Finding, kind

Overlay = Mapping[date, Mapping[str, Any]]


def _later_and_earlier(one: Any, other: Any) -> Any:
    return max(one[0], other[0]), min(one[1], other[1])


# The stricter of two values.
STRICTER: Mapping[str, Callable[[Any, Any], Any]] = {
    "visit_hours": _later_and_earlier,
    "daily_calls_reached": min,
    "daily_calls_unreached": min,
    "recall_blackout_days": max,
    "retention_years": max,
}
# S7 keeps recordings so long; who asks for less is in conflict with it, and not only with an edition.
KEEPING = {"retention_years": "S7"}

OVERLAY_LOOSER = kind(
    "overlay_looser",
    Category.REFUSED,
    "{name_zh} {wanted_zh} 比本公司制度的 {held_zh} 宽松，自 {day} 起与 {against} 冲突",
    "{name_en}: {wanted_en} is looser than the firm's {held_en} and conflicts with {against} from {day} on",
    remedy=(
        "委托方的要求只能更严；请与委托方协商，不得径行放宽。",
        "A client's overlay may only be stricter: settle it with the client, and loosen nothing.",
    ),
    clause="S21",
)


def parse_overlay(text: str) -> Overlay:
    """The parameters by day of a TOML document with [[overlay]] tables; PolicyError names the key at fault."""
    overlay: dict[date, Mapping[str, Any]] = {}
    for place, effective_from, parameters in read_tables(text, "overlay"):
        for key in parameters:
            if key not in STRICTER:
                raise PolicyError(f"{place}{key}", "is no parameter that a client may ask for")
        overlay[effective_from] = parameters
    return overlay


def s21_overlay_findings(overlay: Overlay, book: PolicyBook) -> list[Finding]:
    """S21: nothing in an overlay is looser than any edition that is in force with it.

    「根据委托方对数据存储时间的要求」「甲方各项规章制度」
    """
    findings = []
    for index, (start, parameters) in enumerate(sorted(overlay.items())):
        days = [start, *(one.effective_from for one in book.editions if one.effective_from > start)]
        for name, wanted in parameters.items():
            for day in days:
                held = getattr(book.in_force_on(day), name)
                if STRICTER[name](wanted, held) != wanted:
                    findings.append(_looser(name, wanted, held, day, index))
                    break
    return findings


def _looser(name: str, wanted: Any, held: Any, day: date, index: int) -> Finding:
    told = {
        "name_zh": NAMES[name][0],
        "name_en": NAMES[name][1],
        "day": day.isoformat(),
        "against": KEEPING.get(name, "S21"),
    }
    for language in ("zh", "en"):
        told[f"wanted_{language}"] = say_value(name, wanted, language)
        told[f"held_{language}"] = say_value(name, held, language)
    return Finding(OVERLAY_LOOSER, f"document.overlay[{index}].{name}", told)


def overlaid(book: PolicyBook, overlay: Overlay) -> PolicyBook:
    """The policy as it holds for the client: of both the stricter, also where a later edition overtakes the overlay."""
    days = sorted({one.effective_from for one in book.editions} | overlay.keys())
    return PolicyBook(_overlaid(book.in_force_on(day), day, overlay) for day in days)


def _overlaid(edition: Edition, day: date, overlay: Overlay) -> Edition:
    started = [start for start in overlay if start <= day]
    parameters = overlay[max(started)] if started else {}
    stricter = {name: STRICTER[name](wanted, getattr(edition, name)) for name, wanted in parameters.items()}
    return dataclasses.replace(edition, effective_from=day, **stricter)


kept_at(
    "S21",
    "server/domain/policy/overlays.py: s21_overlay_findings, overlaid",
    "server/services/check_ins.py, follow_ups.py, visit_reading.py, request_facts.py: what a client's overlay asks",
)


def strictest(edition: Edition, others: Iterable[Edition]) -> Edition:
    """Of several editions the stricter of each parameter that clients may ask for: a debtor is one across clients."""
    for other in others:
        found = {
            name: stricter(getattr(edition, name), getattr(other, name))
            for name, stricter in STRICTER.items()
        }
        edition = dataclasses.replace(edition, **found)
    return edition
