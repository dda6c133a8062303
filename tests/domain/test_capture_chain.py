"""What does not fit in a chain of captures: each alteration is found, named with its file, and an honest one is not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.capture_chain import ChainFinding, Judged, Sent, judged, told_from, trusted
from server.domain.capture_manifests import (
    CaptureManifest,
    DeviceKey,
    GapCause,
    ListedCapture,
    RecordingGap,
    read_manifest,
)
from server.domain.capture_words import CHAIN_WORDS
from server.domain.evidence import CLOCKS_AGREE, EvidenceItem, EvidenceKind, EvidenceSource
from tests.conftest import NOON
from tests.support import visit_values as values
from tests.support.captures import NONCE, Chain
from tests.support.cast import AGENT, PARTNER
from tests.support.evidence import STARTED, fresh_id, sha256

SOUND = bytes(range(200)) * 5
PHOTO = b"a photo"


def second(number: float) -> datetime:
    return STARTED + timedelta(seconds=number)


class Case:
    """A visit with a photo and a run of four segments, signed by the lead's phone, everything received."""

    def __init__(self) -> None:
        placement = values.placement(values.debtor())
        self.visit = values.visit(placement, values.address(placement), STARTED, capture_nonce=NONCE)
        self.photo, self.run = fresh_id(), fresh_id()
        self.chain = Chain(self.visit.id)
        self.chain.add(PHOTO, self.photo, STARTED)
        self.chain.run(SOUND, self.run, second(10), 400_000)
        self.items = {
            self.photo: self.item(self.photo, EvidenceKind.PHOTO_DOOR, PHOTO),
            self.run: self.item(self.run, EvidenceKind.RECORDING, SOUND),
        }
        self.key = DeviceKey(fresh_id(), fresh_id(), AGENT.id, "x", "y", STARTED, "", None, None, None, 1)
        self.stored: dict[int, str] = {}
        self.overdue = True

    def item(self, id_: str, kind: EvidenceKind, content: bytes, **changes: Any) -> EvidenceItem:
        facts = {"id": id_, "size": len(content), "sha256": sha256(content)}
        return values.evidence(self.visit, kind, **facts | changes)

    def sent(self, chain: Chain | None = None, **changes: Any) -> Sent:
        said = read_manifest((chain or self.chain).text())
        manifest = CaptureManifest(
            fresh_id(), self.visit.id, AGENT.id, self.key.id, "", "", "", NOON, [], None, 1
        )
        of = {"manifest_id": manifest.id, "visit_id": self.visit.id}
        captures: list[ListedCapture] = [
            ListedCapture(id=fresh_id(), stored_sha256=self.stored.get(entry["seq"]), **of, **entry)
            for entry in said.entries
        ]
        gaps = [RecordingGap(id=fresh_id(), **of, **gap) for gap in said.gaps]
        sent = Sent(manifest, said, self.key, True, captures, gaps)
        return dataclasses.replace(sent, **changes)

    def judge(self, *sent: Sent) -> Judged:
        return judged(self.visit, sent or (self.sent(),), self.items, overdue=self.overdue)

    def codes(self, *sent: Sent) -> list[tuple[str, int | None]]:
        return [(finding.code, finding.seq) for finding in self.judge(*sent).findings]


@pytest.fixture
def case() -> Case:
    return Case()


# an honest phone


def test_an_honest_chain_has_no_finding(case: Case) -> None:
    assert case.judge() == Judged((), ())
    case.stored = {entry["seq"]: entry["sha256"] for entry in case.chain.entries}
    assert case.judge() == Judged((), ())
    assert trusted(case.visit, case.sent())


def test_without_a_manifest_there_is_nothing_to_find(case: Case) -> None:
    assert judged(case.visit, [], case.items, overdue=True) == Judged((), ())


def test_a_chain_told_in_parts_or_again_is_one_chain(case: Case) -> None:
    first = dataclasses.replace(case.chain, entries=case.chain.entries[:3])
    rest = dataclasses.replace(case.chain, entries=case.chain.entries[3:])
    assert case.codes(case.sent(first), case.sent(rest)) == []
    assert case.codes(case.sent(first), case.sent(), case.sent()) == []


def test_two_phones_have_a_chain_each(case: Case) -> None:
    partners = Chain(case.visit.id)
    item = fresh_id()
    partners.run(SOUND, item, second(5), 400_000)
    case.items[item] = case.item(item, EvidenceKind.RECORDING, SOUND, account_id=PARTNER.id)
    sent = case.sent(partners, key=dataclasses.replace(case.key, account_id=PARTNER.id))
    manifest = dataclasses.replace(sent.manifest, key_id=fresh_id(), account_id=PARTNER.id)
    assert case.codes(case.sent(), dataclasses.replace(sent, manifest=manifest)) == []


# of a whole manifest


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("unknown_key", lambda case: {"key": None, "fits": False}),
        ("bad_signature", lambda case: {"fits": False}),
        ("key_of_another", lambda case: {"key": dataclasses.replace(case.key, account_id=PARTNER.id)}),
        ("revoked_key", lambda case: {"key": dataclasses.replace(case.key, revoked_at=NOON)}),
        ("wrong_visit", lambda case: {"said": read_manifest(case.chain.text(visit=fresh_id()))}),
        ("wrong_visit", lambda case: {"said": read_manifest(case.chain.text(visit=None))}),
        ("wrong_nonce", lambda case: {"said": read_manifest(case.chain.text(nonce="another"))}),
        ("manifest_unreadable", lambda case: {"said": read_manifest(case.chain.text(gaps=7))}),
    ],
)
def test_a_manifest_that_is_not_the_phones_own_word_is_named(
    case: Case, code: str, change: Callable[[Case], dict[str, Any]]
) -> None:
    sent = case.sent(**change(case))
    assert case.codes(sent) == [(code, None)]
    assert not trusted(case.visit, sent)


@pytest.mark.parametrize(("after", "found"), [(-1, True), (0, True), (1, False)])
def test_a_key_counts_until_the_moment_it_is_revoked(case: Case, after: int, found: bool) -> None:
    revoked_at = NOON + timedelta(microseconds=after)
    sent = case.sent(key=dataclasses.replace(case.key, revoked_at=revoked_at))
    assert case.codes(sent) == ([("revoked_key", None)] if found else [])


def test_a_visit_without_a_nonce_has_no_chain_of_its_own(case: Case) -> None:
    case.visit = dataclasses.replace(case.visit, capture_nonce=None)
    assert case.codes() == [("wrong_nonce", None), ("broken_link", 1)]


def test_what_another_signed_does_not_mend_or_break_the_phones_chain(case: Case) -> None:
    forged = Chain(case.visit.id)
    forged.add(b"another", case.photo, STARTED)
    codes = case.codes(case.sent(), case.sent(forged, fits=False))
    assert codes == [("bad_signature", None), ("digest_differs", 1)]


# order and links


def entry_gone(case: Case, place: int) -> None:
    del case.chain.entries[place]


def test_an_entry_that_is_taken_out_is_missed(case: Case) -> None:
    entry_gone(case, 2)
    (missing, gap) = case.judge().findings
    assert (missing.code, missing.seq, missing.params) == ("seq_missing", 4, {"first": 2 + 1, "last": 3})
    assert (gap.code, gap.item_id, gap.params) == ("segment_gap", case.run, {"first": 250, "last": 499})


def test_the_first_entry_is_missed_too(case: Case) -> None:
    entry_gone(case, 0)
    assert case.codes()[0] == ("seq_missing", 2)


def test_entries_renumbered_over_a_hole_break_the_link(case: Case) -> None:
    entry_gone(case, 2)
    for number, entry in enumerate(case.chain.entries, 1):
        entry["seq"] = number
    assert ("broken_link", 3) in case.codes()


@pytest.mark.parametrize("place", range(5))
def test_every_link_is_checked(case: Case, place: int) -> None:
    case.chain.entries[place]["previous"] = "0" * 64
    assert case.codes() == [("broken_link", place + 1)]


def test_entries_out_of_their_order_are_named(case: Case) -> None:
    entries = case.chain.entries
    entries[1], entries[2] = entries[2], entries[1]
    assert case.codes() == [("out_of_order", 2)]


def test_a_number_used_twice_is_named(case: Case) -> None:
    again = dataclasses.replace(case.chain, entries=[dict(entry) for entry in case.chain.entries])
    again.entries[0]["sha256"] = sha256(b"another photo")
    assert ("repeated_seq", 1) in case.codes(case.sent(), case.sent(again))


# clocks


@pytest.mark.parametrize(("milliseconds", "found"), [(-1, True), (0, False), (1, False)])
def test_neither_clock_runs_backwards(case: Case, milliseconds: int, found: bool) -> None:
    case.chain.entries[1:] = []
    case.chain.add(PHOTO, case.photo, STARTED)
    first, then = case.chain.entries
    then["at"] = (STARTED + timedelta(milliseconds=milliseconds)).isoformat()
    then["monotonic_ms"] = first["monotonic_ms"] + max(0, milliseconds)
    assert (("clock_backwards", 2) in case.codes()) is found
    then["at"] = second(1).isoformat()
    then["monotonic_ms"] = first["monotonic_ms"] + milliseconds
    assert (("clock_backwards", 2) in case.codes()) is found


def test_a_timer_begins_anew_after_a_crash_that_was_told(case: Case) -> None:
    for entry in case.chain.entries[1:]:
        entry["monotonic_ms"] -= 114_000
    assert case.codes() == [("clock_backwards", 2)]
    case.chain.gap(second(1), second(9), "lock")
    assert case.codes() == [("clock_backwards", 2)]
    case.chain.gap(second(1), second(9), "crash")
    assert case.codes() == []


@pytest.mark.parametrize(("seconds", "found"), [(29.999, False), (30, False), (30.001, True)])
def test_a_clock_that_was_set_is_told_from_one_that_was_corrected(
    case: Case, seconds: float, found: bool
) -> None:
    for entry in case.chain.entries[3:]:
        entry["at"] = (datetime.fromisoformat(entry["at"]) + timedelta(seconds=seconds)).isoformat()
    assert case.codes() == ([("clock_jumped", 4)] if found else [])
    for entry in case.chain.entries[3:]:
        entry["at"] = (datetime.fromisoformat(entry["at"]) - timedelta(seconds=2 * seconds)).isoformat()
    assert case.codes() == ([("clock_jumped", 4)] if found else [])


def test_a_phone_may_sleep_between_a_photo_and_a_run(case: Case) -> None:
    for entry in case.chain.entries[1:]:
        entry["at"] = (datetime.fromisoformat(entry["at"]) + timedelta(minutes=10)).isoformat()
    assert case.codes() == []


def test_a_photo_may_be_taken_while_a_segment_runs(case: Case) -> None:
    """The segment began before it and is full after it: it stands behind it."""
    chain = Chain(case.visit.id)
    chain.add(PHOTO, case.photo, second(15))
    chain.run(SOUND, case.run, second(10), 400_000)
    assert case.codes(case.sent(chain)) == []


@pytest.mark.parametrize(("milliseconds", "found"), [(-1, False), (0, False), (1, True)])
def test_a_clock_ahead_of_the_server_is_told(case: Case, milliseconds: int, found: bool) -> None:
    case.chain.entries[1:] = []
    at = NOON + CLOCKS_AGREE + timedelta(milliseconds=milliseconds)
    case.chain.entries[0]["at"] = at.isoformat()
    case.items.pop(case.run)
    assert case.codes() == ([("clock_ahead", 1)] if found else [])


# files


def test_a_photo_that_was_exchanged_is_named(case: Case) -> None:
    case.items[case.photo] = case.item(case.photo, EvidenceKind.PHOTO_DOOR, b"another")
    (finding,) = case.judge().findings
    assert (finding.code, finding.item_id, finding.params) == (
        "digest_differs",
        case.photo,
        {"first": 0, "last": 6},
    )


def test_an_exchanged_middle_of_a_run_is_named_by_its_bytes(case: Case) -> None:
    case.stored = {entry["seq"]: entry["sha256"] for entry in case.chain.entries} | {4: "0" * 64}
    (finding,) = case.judge().findings
    assert (finding.code, finding.item_id, finding.params) == (
        "digest_differs",
        case.run,
        {"first": 500, "last": 749},
    )


@pytest.mark.parametrize(
    ("change", "code", "first", "last"),
    [
        ({"offset": 251}, "segment_gap", 250, 250),
        ({"offset": 249}, "segment_overlap", 249, 249),
        ({"size": 249}, "segment_gap", 499, 499),
        ({"size": 251}, "segment_overlap", 500, 500),
    ],
)
def test_segments_lie_one_behind_the_other(
    case: Case, change: dict[str, int], code: str, first: int, last: int
) -> None:
    case.chain.entries[2] |= change
    finding = case.judge().findings[0]
    assert (finding.code, finding.item_id, finding.params) == (code, case.run, {"first": first, "last": last})


@pytest.mark.parametrize(("longer", "code"), [(-1, "segment_cut"), (0, None), (1, "segment_gap")])
def test_a_run_ends_with_its_last_segment(case: Case, longer: int, code: str | None) -> None:
    case.items[case.run] = dataclasses.replace(case.items[case.run], size=len(SOUND) + longer)
    found = [finding.code for finding in case.judge().findings]
    assert found == ([] if code is None else [code])


@pytest.mark.parametrize("of", ["photo", "run"])
def test_a_file_of_another_kind_or_another_visit_is_named(case: Case, of: str) -> None:
    id_ = getattr(case, of)
    other = EvidenceKind.RECORDING if of == "photo" else EvidenceKind.PHOTO_FAR
    kept = case.items[id_]
    case.items[id_] = dataclasses.replace(kept, kind=other)
    assert {finding.code for finding in case.judge().findings} == {"kind_differs"}
    case.items[id_] = dataclasses.replace(kept, visit_id=fresh_id())
    assert {finding.code for finding in case.judge().findings} == {"item_elsewhere"}


def test_what_is_listed_and_not_here_is_awaited_and_then_missing(case: Case) -> None:
    case.items.pop(case.run)
    case.overdue = False
    assert case.judge() == Judged((), (case.run,))
    case.overdue = True
    assert [(f.code, f.item_id) for f in case.judge().findings] == [("item_missing", case.run)]


def test_what_is_here_and_not_listed_is_named_once_it_is_late(case: Case) -> None:
    strays = {
        "phone": case.item(fresh_id(), EvidenceKind.PHOTO_FAR, PHOTO),
        "desk": case.item(fresh_id(), EvidenceKind.PHOTO_FAR, PHOTO, source=EvidenceSource.DESK),
        "paper": case.item(fresh_id(), EvidenceKind.ATTACHMENT, PHOTO),
        "of a phone that signs nothing": case.item(
            fresh_id(), EvidenceKind.PHOTO_FAR, PHOTO, account_id=PARTNER.id
        ),
    }
    case.items |= {item.id: item for item in strays.values()}
    case.overdue = False
    assert case.judge().awaited == (strays["phone"].id,)
    case.overdue = True
    assert [(f.code, f.item_id) for f in case.judge().findings] == [("item_not_listed", strays["phone"].id)]


# words


def test_every_code_has_its_words_and_they_name_what_is_known() -> None:
    facts = {
        "places": "$", "key": "k", "revoked_at": "t", "first": 1, "last": 2, "seconds": 3,
        "clock_zh": "时钟", "clock_en": "wall",
    }  # fmt: skip
    for code in CHAIN_WORDS:
        finding = ChainFinding(code, "m", "i", 1, facts)
        assert re.search("[\u4e00-\u9fff]", finding.zh()), code
        assert finding.en().isascii(), code
        assert "{" not in finding.zh() + finding.en()
        assert told_from("m", finding.stored()) == finding


def test_a_cause_is_one_that_the_phone_knows() -> None:
    assert {str(cause) for cause in GapCause} == {
        "call", "lock", "other_app", "microphone_lost", "silence", "crash", "storage", "unknown",
    }  # fmt: skip
