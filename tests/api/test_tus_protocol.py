"""The MUSTs of tus 1.0 (core, creation, creation-with-upload, creation-defer-length, checksum), refusals first."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from server.services.upload_receivers import ReceiverPool
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT, COLLECTOR, DISPATCHER, OTHER_AGENT, OUTSIDE_AGENT, PARTNER, Member
from tests.support.tus import PDF, UPLOADS

# versions, methods, who


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0", "1.0.0 ", "2.0.0"])
def test_another_version_is_refused_before_anything_is_done(desk: Desk, version: str | None) -> None:
    visit = files.make_visited(desk)
    said = {"Tus-Resumable": version}
    answer = tus.create(desk, tus.metadata(visit), 10, headers=said)
    desk.refused(answer, 412, "upload_protocol_version")
    assert answer.headers["Tus-Version"] == "1.0.0"
    path = tus.begun(desk, tus.metadata(visit), 10)
    assert tus.patch(desk, path, 0, b"x" * 10, headers=said).status_code == 412
    assert tus.ask(desk, "HEAD", path, headers=said).status_code == 412
    assert tus.offset_of(desk, path) == 0


def test_what_the_server_can_do_is_told_to_anybody(desk: Desk) -> None:
    for path in (UPLOADS, f"{UPLOADS}/{files.fresh_id()}"):
        answer = desk.request("OPTIONS", None, path)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers["Tus-Max-Size"] == str(500 << 20)
        assert answer.headers["Tus-Checksum-Algorithm"].split(",")[0] == "sha1"
        told = answer.headers["Tus-Extension"].split(",")
        assert told == ["creation", "creation-with-upload", "creation-defer-length", "checksum"]


def test_every_answer_says_the_version(desk: Desk) -> None:
    visit = files.make_visited(desk)
    path = tus.begun(desk, tus.metadata(visit), 10)
    for answer in (
        tus.create(desk, tus.metadata(visit), 10),
        tus.create(desk, {}, 10),
        tus.ask(desk, "HEAD", path),
        tus.patch(desk, path, 0, b"x" * 5),
        tus.patch(desk, path, 0, b"x" * 5),
        tus.ask(desk, "HEAD", f"{UPLOADS}/{files.fresh_id()}"),
        tus.ask(desk, "POST", member=None),
    ):
        assert answer.headers["Tus-Resumable"] == "1.0.0", answer.status


def test_a_method_in_disguise_is_taken_for_what_it_means(desk: Desk) -> None:
    visit = files.make_visited(desk)
    path = tus.begun(desk, tus.metadata(visit), len(PDF))
    said = {"Upload-Offset": 0, "X-HTTP-Method-Override": "PATCH"}
    answer = tus.ask(desk, "POST", path, headers=said, data=PDF[:9], content_type=tus.OFFSET_TYPE)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "9")
    head = tus.ask(desk, "GET", path, headers={"X-HTTP-Method-Override": "HEAD"})
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, "9")
    # No other route is disguised, and no termination hides behind it.
    assert desk.request("POST", AGENT, "/api/v1/auth/me", headers=said).status_code == 405
    for method in ("DELETE", "GET"):
        assert tus.ask(desk, method, path).status_code == 405


@pytest.mark.parametrize("member", [COLLECTOR, DISPATCHER], ids=lambda one: one.username)
def test_only_agents_upload(desk: Desk, member: Member) -> None:
    visit = files.make_visited(desk)
    desk.refused(tus.create(desk, tus.metadata(visit), 10, member=member), 403, "forbidden")


@pytest.mark.parametrize("member", [OTHER_AGENT, OUTSIDE_AGENT], ids=lambda one: one.username)
def test_somebody_elses_visit_takes_no_upload(desk: Desk, member: Member) -> None:
    visit = files.make_visited(desk)
    desk.refused(tus.create(desk, tus.metadata(visit), 10, member=member), 404, "not_found")


def test_an_upload_is_found_by_nobody_but_who_began_it(desk: Desk) -> None:
    visit = files.make_visited(desk)
    path = tus.begun(desk, tus.metadata(visit), 10)
    for member in (PARTNER, OTHER_AGENT, OUTSIDE_AGENT):
        head = tus.ask(desk, "HEAD", path, member=member)
        assert head.status_code == 404
        assert "Upload-Offset" not in head.headers
        desk.refused(tus.patch(desk, path, 0, b"x", member=member), 404, "not_found")
    desk.refused(tus.patch(desk, path, 0, b"x", member=None), 401, "unauthenticated")
    assert tus.row_of(desk, path).offset == 0


# creation


@pytest.mark.parametrize(
    "said",
    [
        {"Upload-Length": None},
        {"Upload-Length": ""},
        {"Upload-Length": "-1"},
        {"Upload-Length": "+1"},
        {"Upload-Length": "1_000"},
        {"Upload-Length": "0x10"},
        {"Upload-Length": "1.0"},
        {"Upload-Length": "１０"},
        {"Upload-Length": "10,10"},
        {"Upload-Length": "9" * 16},
        {"Upload-Length": "10", "Upload-Defer-Length": "1"},
        {"Upload-Length": None, "Upload-Defer-Length": "0"},
        {"Upload-Length": None, "Upload-Defer-Length": "2"},
        {"Upload-Length": None, "Upload-Defer-Length": "true"},
        {"Upload-Length": None, "Upload-Defer-Length": "1,1"},
    ],
    ids=str,
)
def test_a_length_that_is_none_is_refused(desk: Desk, said: dict[str, Any]) -> None:
    visit = files.make_visited(desk)
    headers = {name: value for name, value in said.items() if value is None or value.isascii()}
    if not headers:
        environ = {"HTTP_UPLOAD_LENGTH": said["Upload-Length"].encode().decode("latin-1")}
        answer = tus.create(desk, tus.metadata(visit), 10, environ_overrides=environ)
    else:
        answer = tus.create(desk, tus.metadata(visit), 10, headers=headers)
    desk.refused(answer, 400, "upload_header_invalid")


@pytest.mark.parametrize(
    "given",
    ["item", "item ===", "item YQ", "item Y Q==", "item YQ==,item YQ==", "it\u00e9m YQ==", ",", "item /w==", " YQ==",
     "item YQ==,,kind YQ=="],
)  # fmt: skip
def test_malformed_metadata_are_refused(desk: Desk, given: str) -> None:
    environ = {"HTTP_UPLOAD_METADATA": given}
    answer = tus.ask(desk, "POST", headers={"Upload-Length": 10}, environ_overrides=environ)
    assert answer.status_code in (400, 422), answer.text
    body = answer.get_json()
    assert body["errors"][0]["field"].startswith("Upload-Metadata")


@pytest.mark.parametrize(
    ("key", "value"),
    [("item", None), ("item", "7"), ("visit", None), ("visit", "x"), ("kind", None), ("kind", "film"),
     ("filename", None), ("filename", "a/b"), ("filename", ""), ("sha256", "abc"), ("run", "-1"), ("run", "1_0"),
     ("latitude", "91"), ("surprise", "1")],
)  # fmt: skip
def test_metadata_are_refused_by_the_name_of_their_key(desk: Desk, key: str, value: str | None) -> None:
    visit = files.make_visited(desk)
    body = desk.refused(tus.create(desk, tus.metadata(visit, **{key: value}), 10), 422, "invalid_input")
    assert f"Upload-Metadata.{key}" in [error["field"] for error in body["errors"]]


def test_an_upload_is_created_at_nothing(desk: Desk) -> None:
    visit = files.make_visited(desk)
    values = tus.metadata(visit, run=3)
    answer = tus.create(desk, values, 10)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{UPLOADS}/{values['item']}"
    head = tus.ask(desk, "HEAD", answer.headers["Location"])
    assert head.status_code == 200
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("0", "10")
    assert head.headers["Upload-Metadata"] == tus.packed(values)
    assert head.headers["Cache-Control"] == "no-store"
    assert "Upload-Defer-Length" not in head.headers


def test_a_repeated_creation_is_answered_with_the_first(desk: Desk) -> None:
    visit = files.make_visited(desk)
    values = tus.metadata(visit)
    path = tus.begun(desk, values, 10)
    tus.patch(desk, path, 0, b"12345")
    again = tus.create(desk, values, 10)
    assert (again.status_code, again.headers["Location"]) == (201, path)
    assert (again.headers["X-Repeated"], again.headers["Upload-Offset"]) == ("true", "5")
    desk.refused(tus.create(desk, values, 11), 409, "id_reused")
    desk.refused(tus.create(desk, values | {"kind": "recording"}, 10), 409, "id_reused")
    desk.refused(tus.create(desk, values, 10, member=PARTNER), 409, "id_reused")
    assert tus.offset_of(desk, path) == 5


# core


@pytest.mark.parametrize("given", [None, "", "-1", "+0", "0x0", "0,0", "1_0", "a", "0.0"])
def test_an_offset_that_is_none_is_refused(desk: Desk, given: str | None) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), 10)
    desk.refused(tus.patch(desk, path, given, b"x"), 400, "upload_header_invalid")


@pytest.mark.parametrize("given", ["", "application/octet-stream", "application/json", "text/plain"])
def test_another_content_type_is_refused(desk: Desk, given: str) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), 10)
    desk.refused(tus.patch(desk, path, 0, b"x", content_type=given), 415, "unsupported_type")
    assert tus.offset_of(desk, path) == 0


@pytest.mark.parametrize("asked", [4, 6, 10])
def test_another_offset_is_a_conflict(desk: Desk, asked: int) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), 10)
    tus.patch(desk, path, 0, b"12345")
    body = desk.refused(tus.patch(desk, path, asked, b"x"), 409, "upload_offset_differs")
    assert body["errors"][0]["facts"] == {"asked": asked, "current": 5}
    assert tus.offset_of(desk, path) == 5


def test_more_than_was_announced_is_refused(desk: Desk) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), 10)
    desk.refused(tus.patch(desk, path, 0, b"x" * 11), 413, "upload_too_long")
    assert (tus.offset_of(desk, path), files.stored_keys(desk)) == (0, [])


def test_bytes_are_added_until_the_file_is_whole(desk: Desk) -> None:
    visit = files.make_visited(desk)
    values = tus.metadata(visit, sha256=files.sha256(PDF), captured_at="2026-03-10T02:01:00Z")
    path = tus.begun(desk, values, len(PDF))
    cuts = (0, 1, 1000, len(PDF) - 1, len(PDF))
    for start, stop in pairwise(cuts):
        answer = tus.patch(desk, path, start, PDF[start:stop])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(stop)), answer.text
        assert ("Fieldvisit-Receipt" in answer.headers) is (stop == len(PDF))
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    receipt = desk.ok(desk.get(AGENT, answer.headers["Fieldvisit-Receipt"]))
    assert (receipt["id"], receipt["sha256"], receipt["size"]) == (
        values["item"],
        files.sha256(PDF),
        len(PDF),
    )
    (item,) = files.kept(desk)
    assert (item.id, item.visit_id, item.kind, item.filename) == (
        values["item"],
        visit.id,
        "attachment",
        "a.pdf",
    )
    assert (item.account_id, item.captured_at.isoformat()) == (AGENT.id, "2026-03-10T02:01:00+00:00")
    assert files.stored_keys(desk) == [item.object_key]
    with desk.installation.house.objects.open(item.object_key) as stored:
        assert stored.read() == PDF
    assert list(desk.installation.house.receiving.iterdir()) == []
    assert tus.pieces_of(desk, path) == []


def test_a_whole_upload_answers_like_one(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    path = tus.begun(desk, values, len(PDF))
    tus.patch(desk, path, 0, PDF)
    for answer in (
        tus.ask(desk, "HEAD", path),
        tus.patch(desk, path, len(PDF), b""),
        tus.create(desk, values, len(PDF)),
    ):
        assert answer.status_code in (200, 201, 204)
        assert answer.headers["Upload-Offset"] == str(len(PDF))
        assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    desk.refused(tus.patch(desk, path, len(PDF), b"x"), 413, "upload_too_long")
    desk.refused(tus.patch(desk, path, 0, PDF), 409, "upload_offset_differs")
    assert len(files.kept(desk)) == 1


def test_an_unknown_upload_is_not_found_and_has_no_offset(desk: Desk) -> None:
    path = f"{UPLOADS}/{files.fresh_id()}"
    head = tus.ask(desk, "HEAD", path)
    assert head.status_code == 404
    assert "Upload-Offset" not in head.headers
    desk.refused(tus.patch(desk, path, 0, b"x"), 404, "not_found")


# creation-with-upload


def test_the_first_bytes_come_with_the_creation(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    answer = tus.create(desk, values, len(PDF), data=PDF[:100], content_type=tus.OFFSET_TYPE)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100")
    last = tus.patch(desk, answer.headers["Location"], 100, PDF[100:])
    assert last.headers["Fieldvisit-Sha256"] == files.sha256(PDF)


def test_the_whole_file_comes_with_the_creation(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    answer = tus.create(desk, values, len(PDF), data=PDF, content_type=tus.OFFSET_TYPE)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PDF)))
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
    again = tus.create(desk, values, len(PDF), data=PDF, content_type=tus.OFFSET_TYPE)
    assert (again.status_code, again.headers["X-Repeated"]) == (201, "true")
    assert len(files.kept(desk)) == 1


def test_a_creation_with_more_than_its_length_makes_nothing(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    answer = tus.create(desk, values, 99, data=PDF[:100], content_type=tus.OFFSET_TYPE)
    desk.refused(answer, 413, "upload_too_long")
    assert tus.ask(desk, "HEAD", f"{UPLOADS}/{values['item']}").status_code == 404
    assert tus.create(desk, values, len(PDF), data=PDF, content_type=tus.OFFSET_TYPE).status_code == 201


def test_a_creation_whose_bytes_find_no_place_is_gone_on_with_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = tus.metadata(files.make_visited(desk))
    with monkeypatch.context() as full:
        full.setattr(ReceiverPool, "enter", lambda *_: False)
        answer = tus.create(desk, values, len(PDF), data=PDF, content_type=tus.OFFSET_TYPE)
        desk.refused(answer, 503, "uploads_busy")
    again = tus.create(desk, values, len(PDF), data=PDF, content_type=tus.OFFSET_TYPE)
    assert (again.headers["X-Repeated"], again.headers["Upload-Offset"]) == ("true", "0")
    last = tus.patch(desk, again.headers["Location"], 0, PDF)
    assert (last.status_code, last.headers["Fieldvisit-Sha256"]) == (204, files.sha256(PDF))


def test_a_body_of_another_type_is_no_first_piece(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    answer = tus.create(desk, values, len(PDF), data=PDF[:100], content_type="application/octet-stream")
    desk.refused(answer, 415, "unsupported_type")
    assert tus.ask(desk, "HEAD", f"{UPLOADS}/{values['item']}").status_code == 404


# creation-defer-length


def test_a_length_comes_later_and_once(desk: Desk) -> None:
    values = tus.metadata(files.make_visited(desk))
    path = tus.begun(desk, values, None)
    head = tus.ask(desk, "HEAD", path)
    assert (head.headers["Upload-Defer-Length"], "Upload-Length" in head.headers) == ("1", False)
    tus.patch(desk, path, 0, PDF[:100])
    late = {"Upload-Length": len(PDF)}
    desk.refused(tus.patch(desk, path, 100, b"", headers={"Upload-Length": 99}), 409, "upload_length_fixed")
    desk.refused(
        tus.patch(desk, path, 100, b"", headers={"Upload-Length": "9,9"}), 400, "upload_header_invalid"
    )
    assert tus.patch(desk, path, 100, PDF[100:200], headers=late).status_code == 204
    head = tus.ask(desk, "HEAD", path)
    assert (head.headers["Upload-Length"], "Upload-Defer-Length" in head.headers) == (str(len(PDF)), False)
    for length in (len(PDF) - 1, len(PDF) + 1):
        answer = tus.patch(desk, path, 200, PDF[200:], headers={"Upload-Length": length})
        desk.refused(answer, 409, "upload_length_fixed")
    last = tus.patch(desk, path, 200, PDF[200:], headers=late)
    assert last.headers["Fieldvisit-Sha256"] == files.sha256(PDF)


def test_a_growing_file_ends_with_no_more_than_its_length(desk: Desk) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), None)
    for start in range(0, len(PDF), 500):
        assert tus.patch(desk, path, start, PDF[start : start + 500]).status_code == 204
    last = tus.patch(desk, path, len(PDF), b"", headers={"Upload-Length": len(PDF)})
    assert (last.status_code, last.headers["Fieldvisit-Sha256"]) == (204, files.sha256(PDF))


# checksum


@pytest.mark.parametrize(
    "given",
    ["", "sha256", "sha256 ", "md4 YQ==", "SHA1 YQ==", "sha256 YQ==", "sha1 ???", "sha1  YQ==", "crc32 YQ=="],
)
def test_a_checksum_that_is_none_is_refused(desk: Desk, given: str) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), 10)
    answer = tus.patch(desk, path, 0, b"x" * 10, headers={"Upload-Checksum": given})
    desk.refused(answer, 400, "upload_header_invalid")
    assert tus.offset_of(desk, path) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_differs_is_discarded(desk: Desk, algorithm: str) -> None:
    path = tus.begun(desk, tus.metadata(files.make_visited(desk)), len(PDF))
    said = {"Upload-Checksum": tus.checksum(PDF, algorithm)}
    damaged = PDF[:-1] + b"?"
    body = desk.refused(tus.patch(desk, path, 0, damaged, headers=said), 460, "upload_checksum_differs")
    assert body["clause"] == "S10"
    assert (tus.offset_of(desk, path), files.stored_keys(desk)) == (0, [])
    answer = tus.patch(desk, path, 0, PDF, headers=said)
    assert answer.headers["Fieldvisit-Sha256"] == files.sha256(PDF)
