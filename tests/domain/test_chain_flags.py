"""Findings of the capture chain as flags: what may be made good waits, each code has its words, whose file it is."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.capture_chain import ChainFinding
from server.domain.capture_words import CHAIN_WORDS
from server.domain.chain_flags import MAY_BE_MADE_GOOD, SCORES, chain_flags, unsigned_flags
from server.domain.evidence import EvidenceKind, EvidenceSource
from server.domain.evidence_flags import FlagCode, flag_of, sentences
from tests.domain.test_flag_rules import BEGAN, item, visit

# What each finding says of itself beyond the file and the place in the chain.
PARAMS: dict[str, dict[str, Any]] = {
    "manifest_unreadable": {"places": "entries[3].at"},
    "unknown_key": {"key": "k"},
    "revoked_key": {"revoked_at": "2026-03-10T02:00:00+00:00"},
    "seq_missing": {"first": 2, "last": 3},
    "clock_backwards": {"clock_zh": "时钟", "clock_en": "wall"},
    "clock_jumped": {"seconds": 3600},
    "clock_ahead": {"seconds": 3600},
    "digest_differs": {"first": 0, "last": 9},
    "segment_gap": {"first": 0, "last": 9},
    "segment_overlap": {"first": 0, "last": 9},
    "segment_cut": {"first": 0, "last": 9},
}
HERE = {"i": item(id="i", visit_id="v")}


def finding(code: str, item_id: str | None = "i", seq: int | None = 4, manifest: str = "m") -> ChainFinding:
    return ChainFinding(code, manifest, item_id, seq, PARAMS.get(code, {}))


# what is not flagged


@pytest.mark.parametrize("code", sorted(MAY_BE_MADE_GOOD))
def test_what_may_be_made_good_waits_until_the_hours_are_over(code: FlagCode) -> None:
    assert chain_flags(visit(), [finding(code)], HERE, overdue=False) == []
    (raised,) = chain_flags(visit(), [finding(code)], HERE, overdue=True)
    assert raised.code is code


def test_a_chain_that_fits_raises_nothing() -> None:
    assert chain_flags(visit(), [], HERE, overdue=True) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"source": EvidenceSource.DESK},
        {"kind": EvidenceKind.ATTACHMENT},
        {"visit_id": "another"},
        {"account_id": "signer"},
    ],
    ids=str,
)
def test_who_signs_what_is_no_capture_and_what_came_by_the_desk_are_not_missed(
    changes: dict[str, Any],
) -> None:
    sent = item(**({"visit_id": "v"} | changes))
    assert unsigned_flags(visit(), [sent], {"signer"}, {"chen"}, overdue=True) == []


def test_whose_phone_may_still_send_a_manifest_is_not_flagged_yet() -> None:
    sent = [item(id=name, visit_id="v", account_id="chen") for name in "ab"]
    assert unsigned_flags(visit(), sent, (), {"chen"}, overdue=False) == []
    (raised,) = unsigned_flags(visit(), sent, (), {"chen"}, overdue=True)
    assert (raised.code, raised.item_id, raised.other_item_id) == (FlagCode.MANIFEST_MISSING, None, "chen")
    assert raised.evidence == {"files": 2}


def test_each_phone_is_flagged_for_itself() -> None:
    sent = [item(id=name, visit_id="v", account_id=name) for name in ("chen", "wang")]
    raised = unsigned_flags(visit(), sent, {"wang"}, {"chen", "wang"}, overdue=True)
    assert [each.other_item_id for each in raised] == ["chen"]
    both = unsigned_flags(visit(), sent, (), {"chen", "wang"}, overdue=True)
    assert len({flag_of("v", each, BEGAN).id for each in both}) == 2


def test_a_phone_that_could_sign_nothing_is_not_flagged() -> None:
    sent = [item(id=name, visit_id="v", account_id=name) for name in ("chen", "wang")]
    assert unsigned_flags(visit(), sent, (), (), overdue=True) == []
    assert [one.other_item_id for one in unsigned_flags(visit(), sent, (), {"wang"}, overdue=True)] == [
        "wang"
    ]


# what is


@pytest.mark.parametrize("code", sorted(CHAIN_WORDS))
def test_every_finding_has_its_flag_with_the_same_words(code: str) -> None:
    found = finding(code)
    (raised,) = chain_flags(visit(), [found], HERE, overdue=True)
    assert (raised.code, raised.score) == (code, SCORES[FlagCode(code)])
    assert sentences(flag_of("v", raised, BEGAN)) == (found.zh(), found.en())


def test_findings_of_one_code_on_one_file_are_one_flag_that_counts_them() -> None:
    found = [finding("clock_jumped", seq=seq) for seq in (4, 5, 9)] + [finding("broken_link", seq=5)]
    raised = chain_flags(visit(), found, HERE, overdue=False)
    assert [(each.code, each.evidence["at"], each.evidence["count"]) for each in raised] == [
        ("clock_jumped", 4, 3),
        ("broken_link", 5, 1),
    ]


def test_each_manifest_that_is_not_signed_well_is_flagged_for_itself() -> None:
    found = [finding("bad_signature", None, None, manifest) for manifest in ("m", "n")]
    raised = chain_flags(visit(), found, HERE, overdue=False)
    assert [(each.item_id, each.other_item_id) for each in raised] == [(None, "m"), (None, "n")]
    assert len({flag_of("v", each, BEGAN).id for each in raised}) == 2


@pytest.mark.parametrize(
    ("items", "own", "other", "other_visit"),
    [
        (HERE, "i", None, None),
        ({"i": item(id="i", visit_id="w")}, None, "i", "w"),
        ({}, None, "i", None),
    ],
    ids=["of this visit", "of another visit", "never received"],
)
def test_the_file_is_named_as_its_own_only_where_it_is(
    items: dict[str, Any], own: str | None, other: str | None, other_visit: str | None
) -> None:
    (raised,) = chain_flags(visit(), [finding("item_elsewhere")], items, overdue=True)
    assert (raised.item_id, raised.other_item_id, raised.other_visit_id) == (own, other, other_visit)
