"""Every MUST of tus 1.0 that touches what we offer, over real HTTP, at our started server and at two of others.

Ours breaks none. What a peer breaks is listed by name: the test fails when it breaks more, and when it was mended.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.bench.upload_servers import Ours, Peer
from tests.peers import musts_core, musts_extensions
from tests.peers.musts import MUSTS, Must
from tests.peers.speaker import Speaker
from tests.support.tus import packed

pytestmark = pytest.mark.slow
# @tus/server 2.4.5, tuspyserver 4.4.3
OURS, TUS_SERVER, TUSPYSERVER = "fieldvisit", "tus_server", "tuspyserver"
PARTS = (
    musts_core.CORE,
    musts_extensions.CREATION,
    musts_extensions.WITH_UPLOAD,
    musts_extensions.DEFERRED,
    musts_extensions.CHECKSUM,
)
NOT_OFFERED = {(TUS_SERVER, "checksum"), (TUSPYSERVER, "checksum")}
# MUSTs that bind a server and that the peer breaks.
BREAKS: dict[str, set[str]] = {
    OURS: set(),
    TUS_SERVER: {
        "another_version_is_412",  # 400
        "another_version_is_told_ours",
        "a_method_in_disguise_counts",
        "the_method_under_a_disguise_is_ignored",
    },
    TUSPYSERVER: {
        "every_answer_says_its_version",  # refusals do not
        "another_version_changes_nothing",  # it answers 412 and keeps the bytes
        "the_method_under_a_disguise_is_ignored",  # a GET that means HEAD breaks its connection
        "options_hear_no_version",  # 412
        "metadata_come_back",  # with spaces between the pairs
        "a_length_over_the_largest_is_413",  # 201
    },
}
# MUSTs that bind clients: the peer lets a client break them, which the specification leaves to it.
TOLERATES: dict[str, set[str]] = {
    OURS: set(),
    TUS_SERVER: {"a_key_and_its_value_are_parted_by_a_space", "bytes_of_a_creation_have_their_type"},
    TUSPYSERVER: {
        "offset_asked_is_a_number",
        "length_asked_is_a_number",
        "every_request_says_its_version",
        "a_patch_has_its_type",
        "metadata_are_pairs",
        "a_key_and_its_value_are_parted_by_a_space",
        "a_key_is_a_word",
        "a_value_is_base64",
        "keys_are_unique",
        "a_creation_tells_a_length",
        "bytes_of_a_creation_have_their_type",
        "a_length_is_not_told_and_deferred",
    },
}


@pytest.fixture(scope="module", params=[OURS, TUS_SERVER, TUSPYSERVER])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speaker]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == OURS:
        ours = Ours(folder)
        yield Speaker(ours.target())
        ours.server.stop()
        return
    peer = Peer(request.param, folder)
    if request.param == TUSPYSERVER:  # it knows OPTIONS at the folder alone, and HEAD of what has a type
        peer.target.path = "/files/"
        peer.target.metadata = lambda: {"Upload-Metadata": packed({"filename": "a.pdf", "filetype": "x"})}
    yield Speaker(peer.target)
    peer.stop()


@pytest.mark.parametrize("one", MUSTS, ids=lambda one: f"{one.part}-{one.name}")
def test_a_must(server: Speaker, one: Must) -> None:
    if one.part != musts_core.CORE and one.part not in server.offered:
        assert (server.name, one.part) in NOT_OFFERED
        return
    assert (server.name, one.part) not in NOT_OFFERED
    known = (BREAKS if one.binds == "server" else TOLERATES)[server.name]
    broken = how_broken(server, one)
    assert (broken is not None) is (one.name in known), f"{one.sentence} — {broken!r}"


def how_broken(server: Speaker, one: Must) -> Exception | None:
    try:
        one.case(server)
    except (AssertionError, KeyError, IndexError, requests.RequestException) as broken:
        return broken
    return None


def test_the_lists_name_cases_and_ours_breaks_none() -> None:
    names = {one.name: one.binds for one in MUSTS}
    assert len(names) == len(MUSTS)
    assert {one.part for one in MUSTS} == set(PARTS)
    assert {names[name] for listed in BREAKS.values() for name in listed} <= {"server"}
    assert {names[name] for listed in TOLERATES.values() for name in listed} <= {"client"}
    assert BREAKS[OURS] == TOLERATES[OURS] == set()
    assert {name for name, _ in NOT_OFFERED} <= {TUS_SERVER, TUSPYSERVER}
