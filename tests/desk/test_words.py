"""The catalogue of words: both languages, the same facts, nothing missing and nothing left over."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import admin_ui
from admin_ui.frame import PLACES
from admin_ui.handbook import quoted
from admin_ui.page import PAGES
from admin_ui.words import PARTS, WORDS, Words
from server.app import create_app
from server.bootstrap import Installation
from server.domain.access import Permission, Post, Scope
from server.domain.capture_manifests import GapCause
from server.domain.case_steps import NextStep
from server.domain.credit import StatementState
from server.domain.daily_checks import Deviation
from server.domain.disputes import RulingOutcome
from server.domain.evidence import EvidenceKind
from server.domain.evidence_flags import FlagDecision, FlagState
from server.domain.evidence_packs import PackRecipient, PackState
from server.domain.fines import FineState
from server.domain.imports import ImportKind, ImportState
from server.domain.incident_matrix import Consequence, FoundHow
from server.domain.jobs import FailureReason, JobKind, JobState
from server.domain.leave import LeaveKind
from server.domain.live import Alarm
from server.domain.messages import OutboxState, RobotFlavour
from server.domain.months import EvidenceLabel, MonthPhase
from server.domain.placements import AddressKind, AddressStanding, HoldReason, PhoneOwner
from server.domain.places import PlaceVerdict
from server.domain.plans import PlanState, TravelKind
from server.domain.policy.registry import CLAUSES
from server.domain.policy_proposals import ProposalState
from server.domain.problems import CATALOGUE
from server.domain.quality import BreachConsequence, DrawnBy, Verdict
from server.domain.registers import PaperState
from server.domain.request_rules import CHECKS
from server.domain.requests import DemolitionAnswer, RequestState, WaiverKind
from server.domain.searching import Sought
from server.domain.visits import (
    AddressOutcome,
    CheckInWay,
    ContactChannel,
    ContactWho,
    LetterPlace,
    MessageState,
    PaperKind,
    VisitState,
)
from server.services.simulations import Step

ROOM = Path(admin_ui.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
# Names that both languages write alike.
SAME = {"Post.it"}
SHOWN = (
    Post, RequestState, VisitState, AddressKind, AddressStanding, WaiverKind, DemolitionAnswer, AddressOutcome,
    ContactWho, ContactChannel, CheckInWay, MessageState, EvidenceKind, GapCause, FlagState, FlagDecision, HoldReason,
    PhoneOwner, PlaceVerdict, MonthPhase, PlanState, RulingOutcome, StatementState, EvidenceLabel, Sought,
    TravelKind, Alarm, NextStep, Deviation, LeaveKind, LetterPlace, PaperKind, PaperState,
    TravelKind,
    Step, FineState, FoundHow, Consequence, ProposalState,
    ImportKind, ImportState, Permission, Scope, PackState, PackRecipient, Verdict, DrawnBy, BreachConsequence,
    JobKind, FailureReason, JobState, OutboxState, RobotFlavour,
)  # fmt: skip
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder in (ROOM / "templates" / "desk", ROOM / "desk")
    for path in sorted(folder.glob("*.*"))
    if path.suffix in (".html", ".py")
} | {path: path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))}
# The facts of a text that are a number of something.
COUNTS = {
    "count", "days", "times", "lines", "visits", "items", "cases", "people", "rows", "phones", "hours", "minutes",
    "size", "total", "placements",
}  # fmt: skip
_WHOLE = re.compile(r"""words\(\s*["']([A-Za-z_0-9.]+)["']\s*[,)]""")
_BEGUN = re.compile(r"""words\(\s*["']([A-Za-z_0-9.]+\.)["']\s*~""")


def test_no_key_is_written_twice() -> None:
    assert sum(len(part) for part in PARTS) == len(WORDS)


@pytest.mark.parametrize("key", sorted(WORDS))
def test_each_key_has_both_languages_and_the_same_facts(key: str) -> None:
    zh, en = WORDS[key]
    bare = re.sub(r"{[^}]*}", "", zh)
    assert key in SAME or CHINESE.search(bare) or not re.search("[A-Za-z]", bare), key
    assert en.strip(), key
    assert not CHINESE.search(en), key

    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    if key != "day.long":
        assert facts(zh) == facts(en)


@pytest.mark.parametrize(("count", "told"), [(0, "0 lines"), (1, "1 line"), ("1", "1 line"), (2, "2 lines")])
def test_a_counted_noun_is_plural_but_for_one(count: object, told: str) -> None:
    assert Words("en")("month.count", count=count) == told


def test_no_counted_noun_has_one_form_alone() -> None:
    single = {
        key
        for key, (_, en) in WORDS.items()
        for fact, noun in re.findall(r"{(\w+)} (?:\w+ )?([a-z]{3,}s)\b", en)
        if fact in COUNTS
    }
    assert single == {"pack.packed"}  # no pack has one byte


def test_what_the_pages_ask_for_is_there() -> None:
    for path, text in SOURCES.items():
        missing = set(_WHOLE.findall(text)) - WORDS.keys()
        assert missing == set(), path.name


def test_nothing_in_the_catalogue_is_asked_for_by_nobody() -> None:
    everything = "\n".join(SOURCES.values())
    begun = {prefix for text in SOURCES.values() for prefix in _BEGUN.findall(text)}
    begun |= {f"{kind.__name__}." for kind in SHOWN}
    begun |= {
        "field.",
        "day.",
        "weekday.",
        "request_tab.",
        "month_tab.",
        "chip.",
        "quality_tab.",
        "device_tab.",
        "case_tab.",
        "text_tab.",
        "complaint_tab.",
        "leave_tab.",
        "paper_tab.",
        "pin.",
    }  # put together in Python, in the places beside
    unused = [
        key
        for key in WORDS
        if f'"{key}"' not in everything
        and f"'{key}'" not in everything
        and not any(key.startswith(prefix) for prefix in begun)
    ]
    assert unused == []


@pytest.mark.parametrize("kind", SHOWN)
def test_every_value_that_a_page_shows_has_a_name(kind: type[Post]) -> None:
    for language in ("zh", "en"):
        assert all(Words(language).of(value) for value in kind)


def test_every_clause_that_anything_names_opens_with_words(installation: Installation) -> None:
    create_app(installation)
    named = set(CLAUSES) | {kind.clause for kind in CATALOGUE.values() if kind.clause}
    named |= {clause for page in PAGES.values() for clause in page.clauses}
    named |= set(re.findall(r"""clause\(["']([A-Z][0-9]+)["']\)""", "\n".join(SOURCES.values())))
    for clause in sorted(named):
        found = quoted(clause)
        assert CHINESE.search(found.sentence or WORDS[f"clause.{clause}"][0]), clause


def test_every_check_and_every_place_has_its_words() -> None:
    for clause, _ in CHECKS:
        assert f"check.{clause}" in WORDS
    for heading, places in PLACES:
        assert heading == "start" or f"place_group.{heading}" in WORDS
        for place in places:
            assert f"place.{place.key}" in WORDS
            assert place.counts is None or f"home.card.{place.key}" in WORDS
