"""What the text of a manifest says, and what of it has no sense: nothing is refused, everything is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain.capture_manifests import CaptureKind, GapCause, nonce_after, read_manifest, root_of
from tests.support.captures import Chain
from tests.support.evidence import STARTED, fresh_id

VISIT = fresh_id()
UNREADABLE = [
    "",
    "{",
    "[]",
    '"text"',
    "7",
    "null",
    '{"visit": "a", "visit": "b"}',
    '{"entries": [{"seq": 1, "seq": 2}]}',
    '{"entries": NaN}',
    "[" * 100_000,
    '{"a": ' + "9" * 5000 + "}",
]


def chain_of_two() -> Chain:
    chain = Chain(VISIT)
    chain.add(b"photo", fresh_id(), STARTED)
    chain.run(b"sound", fresh_id(), STARTED, 1000, pieces=1)
    return chain


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_manifest_is_named_as_a_whole(text: str) -> None:
    said = read_manifest(text)
    assert (said.unread, said.entries, said.gaps) == (("$",), (), ())


WRONG: list[tuple[str, Any]] = [
    ("seq", 0.5),
    ("seq", -1),
    ("seq", True),
    ("seq", "1"),
    ("seq", 2**53),
    ("seq", None),
    ("item", "no id"),
    ("item", 7),
    ("kind", "film"),
    ("kind", []),
    ("sha256", "0" * 63),
    ("sha256", "G" * 64),
    ("previous", None),
    ("monotonic_ms", 1.5),
    ("at", "2026-03-10T10:00:00"),
    ("at", "1989-12-31T00:00:00Z"),
    ("at", 7),
    ("latitude", 90.1),
    ("latitude", "35"),
    ("longitude", -180.1),
    ("accuracy_m", -0.1),
    ("latitude", 10**400),
    ("datum", "mars"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda one: str(one)[:20])
def test_an_entry_with_a_wrong_field_is_named_and_the_others_are_read(name: str, value: Any) -> None:
    chain = chain_of_two()
    chain.entries[0][name] = value
    said = read_manifest(chain.text())
    assert said.unread == (f"entries[0].{name}",)
    assert [entry["position"] for entry in said.entries] == [1]


@pytest.mark.parametrize("name", ["run", "offset", "size", "duration_ms"])
def test_a_segment_says_where_it_lies_and_how_long_it_is(name: str) -> None:
    chain = chain_of_two()
    del chain.entries[1][name]
    assert read_manifest(chain.text()).unread == (f"entries[1].{name}",)


@pytest.mark.parametrize(
    ("gap", "wrong"),
    [
        ({"cause": "sleep"}, "cause"),
        ({"begins_at": None}, "begins_at"),
        ({"ends_at": "2026-03-10T01:59:59.999Z"}, "ends_at"),
    ],
    ids=["cause", "begins", "ends before"],
)
def test_a_gap_has_a_begin_an_end_and_a_known_cause(gap: dict[str, Any], wrong: str) -> None:
    chain = chain_of_two()
    chain.gap(STARTED, STARTED, "call")
    chain.gap(STARTED, STARTED, "lock")
    chain.gaps[0] |= gap
    said = read_manifest(chain.text())
    assert said.unread == (f"gaps[0].{wrong}",)
    assert [gap["cause"] for gap in said.gaps] == [GapCause.LOCK]


@pytest.mark.parametrize("name", ["entries", "gaps"])
def test_what_is_no_list_is_named(name: str) -> None:
    assert read_manifest(chain_of_two().text(**{name: {}})).unread == (name,)


def test_edges_are_read() -> None:
    chain = chain_of_two()
    chain.entries[0] |= {"seq": 2**53 - 1, "latitude": -90, "longitude": 180, "accuracy_m": 0}
    said = read_manifest(chain.text())
    assert said.unread == ()
    assert (said.visit_id, said.nonce) == (VISIT, chain.nonce)
    photo, segment = said.entries
    assert (photo["seq"], photo["latitude"], photo["longitude"]) == (2**53 - 1, -90.0, 180.0)
    assert (photo["run"], photo["offset"]) == (None, None)
    assert (segment["kind"], segment["size"], segment["duration_ms"]) == (CaptureKind.SEGMENT, 5, 1000)


def test_a_place_is_converted_and_half_a_place_is_none() -> None:
    chain = chain_of_two()
    chain.entries[0]["datum"] = "gcj02"
    del chain.entries[1]["longitude"]
    photo, segment = read_manifest(chain.text()).entries
    assert 0.0005 < abs(photo["latitude"] - chain.entries[0]["latitude"]) < 0.01
    assert (segment["latitude"], segment["longitude"]) == (None, None)


def test_what_a_manifest_says_besides_is_passed_over() -> None:
    said = read_manifest(chain_of_two().text(app="1.4.0"))
    assert (said.unread, len(said.entries)) == ((), 2)


def test_no_two_follow_ups_share_a_nonce_nor_has_one_its_parents() -> None:
    nonces = {"a", nonce_after("a", "1"), nonce_after("a", "2"), nonce_after(nonce_after("a", "1"), "2")}
    assert len(nonces) == 4
    assert root_of("a") != root_of("b")


def test_a_text_that_is_read_is_not_written_anew() -> None:
    text = chain_of_two().text()
    assert json.loads(text)["entries"][0]["seq"] == 1
    assert read_manifest(f"  {text}\n") == read_manifest(text)
