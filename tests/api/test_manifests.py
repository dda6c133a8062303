"""Manifests come in: kept whatever they are, judged anew whenever something arrives, and what does not fit is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.domain.capture_manifests import nonce_after
from server.domain.visits import Visit, VisitState
from tests.conftest import Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.captures import NONCE, Chain, Phone, Signer, code_for
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    OTHER_AGENT,
    OUTSIDE_DISPATCHER,
    PARTNER,
    QA,
    Member,
)
from tests.support.evidence import STARTED

RUN_MS = 2040  # two seconds in whole packets of sixty milliseconds


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return files.make_visited(desk, capture_nonce=NONCE)


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk, AGENT)


class Sent:
    """A photo and a run of an honest phone: their ids, their bytes, and the chain."""

    def __init__(self, visit: Visit) -> None:
        self.photo, self.run = files.fresh_id(), files.fresh_id()
        self.sound = files.recording()
        self.chain = Chain(visit.id)
        self.chain.add(files.photo(), self.photo, STARTED)
        self.chain.run(self.sound, self.run, STARTED + timedelta(seconds=1), RUN_MS)

    def upload(self, desk: Desk, visit: Visit, sound: bytes | None = None) -> None:
        desk.ok(files.send(desk, AGENT, visit, files.photo(), id=self.photo), 201)
        desk.ok(files.send(desk, AGENT, visit, sound or self.sound, "recording", id=self.run), 201)


@pytest.fixture
def captured(visit: Visit) -> Sent:
    return Sent(visit)


def chain_of(desk: Desk, visit: Visit, member: Member = QA) -> Any:
    return desk.ok(desk.get(member, f"/api/v1/visits/{visit.id}/chain"))


def codes(told: Any) -> list[str]:
    return [finding["code"] for finding in told["findings"]]


def kept_findings(desk: Desk) -> list[str]:
    with desk.installation.house.units.read() as uow:
        return [one["code"] for manifest in uow.capture_manifests.having() for one in manifest.findings]


# who


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (COLLECTOR, 403, "forbidden"),
        (DISPATCHER, 403, "forbidden"),
        (OTHER_AGENT, 404, "not_found"),
    ],
    ids=lambda one: getattr(one, "username", None),
)
def test_a_manifest_comes_from_the_visits_own_team(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent, member: Member, status: int, code: str
) -> None:
    body = phone.body(captured.chain.text())
    desk.refused(desk.post(member, f"/api/v1/visits/{visit.id}/manifests", body), status, code)
    assert chain_of(desk, visit)["manifests"] == []


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (COLLECTOR, 403, "forbidden"),
        (IT, 403, "forbidden"),
        (OTHER_AGENT, 404, "not_found"),
        (OUTSIDE_DISPATCHER, 404, "not_found"),
    ],
    ids=lambda one: getattr(one, "username", None),
)
def test_the_chain_is_read_by_who_reads_the_evidence(
    desk: Desk, visit: Visit, member: Member, status: int, code: str
) -> None:
    desk.refused(desk.get(member, f"/api/v1/visits/{visit.id}/chain"), status, code)


# an honest phone


@pytest.mark.parametrize("manifest_first", [True, False])
def test_an_honest_phone_has_no_finding_in_any_order(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent, manifest_first: bool
) -> None:
    if not manifest_first:
        captured.upload(desk, visit)
        desk.work()
    receipt = phone.send(visit, captured.chain.text())
    assert receipt["findings"] == []
    assert set(receipt["awaited"]) == ({captured.photo, captured.run} if manifest_first else set())
    if manifest_first:
        captured.upload(desk, visit)
    desk.work()
    seen = chain_of(desk, visit)
    assert (seen["findings"], seen["awaited"]) == ([], [])
    (manifest,) = seen["manifests"]
    assert (manifest["device_id"], manifest["signature_fits"]) == (phone.device_id, True)
    assert kept_findings(desk) == []


def test_a_receipt_names_what_was_kept_and_a_repeat_is_answered_with_it(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    captured.chain.gap(STARTED, STARTED + timedelta(seconds=1), "lock")
    text = f" {captured.chain.text()}\n"
    body = phone.body(text)
    path = f"/api/v1/visits/{visit.id}/manifests"
    receipt = desk.ok(desk.post(AGENT, path, body), 201)
    assert receipt["sha256"] == files.sha256(text.encode())
    assert (receipt["captures"], receipt["gaps"], receipt["findings"]) == (5, 1, [])
    again = desk.post(AGENT, path, body)
    assert (desk.ok(again, 201), again.headers["X-Repeated"]) == (receipt, "true")
    other = body | {"signed": text.strip()}
    desk.refused(desk.post(AGENT, path, other), 409, "id_reused")
    with desk.installation.house.units.read() as uow:
        (manifest,) = uow.capture_manifests.having()
        assert len(uow.captures.having()) == 5
    assert (manifest.signed, manifest.account_id) == (text, AGENT.id)
    assert "evidence.manifest_kept" in files.actions(desk)


def test_the_stored_bytes_of_each_segment_are_read_by_the_job(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    captured.upload(desk, visit)
    phone.send(visit, captured.chain.text())
    desk.work()
    with desk.installation.house.units.read() as uow:
        segments = [one for one in uow.captures.having() if one.kind == "segment"]
    assert [one.stored_sha256 for one in segments] == [one.sha256 for one in segments]


# what does not fit is kept


NO_MANIFEST = ["{", "no JSON", "[]", '{"visit": 1, "visit": 2}', "9" * 5000, "[" * 50_000]


@pytest.mark.parametrize("text", NO_MANIFEST, ids=range(len(NO_MANIFEST)))
def test_what_is_no_manifest_is_kept_and_told(desk: Desk, visit: Visit, phone: Phone, text: str) -> None:
    receipt = phone.send(visit, text)
    assert codes(receipt) == ["manifest_unreadable"]
    assert codes(chain_of(desk, visit)) == ["manifest_unreadable"]


@pytest.mark.parametrize("signed", ["签", "\x00", "", "a" * 900_001])
def test_what_cannot_be_a_manifest_is_refused(desk: Desk, visit: Visit, phone: Phone, signed: str) -> None:
    body = phone.body("{}") | {"signed": signed}
    answer = desk.post(AGENT, f"/api/v1/visits/{visit.id}/manifests", body)
    desk.refused(answer, 422, "invalid_input")


@pytest.mark.parametrize("signature", ["A", "签名", "!" * 86, "A" * 86, "_" * 86, "A" * 200])
def test_a_signature_that_does_not_fit_is_told_and_its_times_do_not_count(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent, signature: str
) -> None:
    captured.upload(desk, visit)
    receipt = phone.send(visit, captured.chain.text(), signature=signature)
    (finding,) = receipt["findings"]
    assert finding["code"] == "bad_signature"
    assert finding["message"]["zh"] == "清单的签名不符"
    desk.work()
    seen = desk.ok(desk.get(QA, f"/api/v1/visits/{visit.id}/evidence/coverage"))
    assert (seen["recorded_ms"], seen["unplaced_ms"]) == (0, RUN_MS)


def test_one_changed_letter_is_found(desk: Desk, visit: Visit, phone: Phone, captured: Sent) -> None:
    body = phone.body(captured.chain.text())
    signed = body["signed"].replace('"accuracy_m":8.0', '"accuracy_m":9.0', 1)
    answer = desk.post(AGENT, f"/api/v1/visits/{visit.id}/manifests", body | {"signed": signed})
    assert codes(desk.ok(answer, 201)) == ["bad_signature"]


def test_an_unknown_key_is_told_until_it_is_enrolled(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    signer, key_id, text = Signer(), files.fresh_id(), captured.chain.text()
    receipt = phone.send(visit, text, key_id=key_id, signature=signer.sign(text))
    assert codes(receipt) == ["unknown_key"]
    body = {"id": key_id, "jwk": signer.jwk, "code": code_for(desk, phone.device_id)}
    desk.ok(desk.post(AGENT, f"/api/v1/devices/{phone.device_id}/keys", body), 201)
    assert codes(chain_of(desk, visit)) == []


def test_a_key_of_somebody_else_is_told(desk: Desk, visit: Visit, phone: Phone, captured: Sent) -> None:
    partners = Phone(desk, PARTNER)
    text = captured.chain.text()
    receipt = phone.send(visit, text, key_id=partners.key_id, signature=partners.signer.sign(text))
    assert codes(receipt) == ["key_of_another"]


def test_what_comes_after_a_key_was_revoked_is_told(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent, later: Callable[..., None]
) -> None:
    phone.send(visit, captured.chain.text())
    later(seconds=1)
    path = f"/api/v1/devices/{phone.device_id}/keys/{phone.key_id}/revoke"
    desk.ok(desk.post(IT, path, {"reason": "遗失"}))
    assert codes(phone.send(visit, captured.chain.text())) == ["revoked_key"]
    assert codes(chain_of(desk, visit)) == ["revoked_key"], "what came before it was revoked stands"


def test_a_manifest_of_another_visit_does_not_fit_here(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    other = files.make_visited(desk, capture_nonce=nonce_after(NONCE, visit.id))
    assert codes(phone.send(other, captured.chain.text())) == ["wrong_visit", "wrong_nonce", "broken_link"]


# the bytes


def test_an_exchanged_middle_of_a_recording_is_found_and_named(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    """The run was altered on its way: its own digest is right, a segment's is not."""
    other = files.recording(seed=2)
    size = -(-len(captured.sound) // 4)
    altered = bytearray(captured.sound)
    place = 2 * size + size // 2
    altered[place] ^= 0xFF
    assert bytes(altered) != captured.sound != other
    captured.upload(desk, visit, bytes(altered))
    receipt = phone.send(visit, captured.chain.text())
    assert receipt["findings"] == []
    desk.work()
    (finding,) = chain_of(desk, visit)["findings"]
    assert (finding["code"], finding["item_id"]) == ("digest_differs", captured.run)
    assert f"bytes {2 * size} to {3 * size - 1}" in finding["message"]["en"]
    assert kept_findings(desk) == ["digest_differs"]
    assert len(files.kept(desk)) == 2, "nothing is dropped"


def test_bytes_that_are_read_once_are_not_read_again(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    captured.upload(desk, visit)
    phone.send(visit, captured.chain.text())
    desk.work()
    (run,) = [item for item in files.kept(desk) if item.id == captured.run]
    desk.installation.house.objects.delete(run.object_key)
    desk.installation.house.objects.write(run.object_key, io.BytesIO(b"gone"), limit=4)
    phone.send(visit, Chain(visit.id).text())
    desk.work()
    assert kept_findings(desk) == []


def test_a_photo_that_is_not_the_one_signed_is_named(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    phone.send(visit, captured.chain.text())
    desk.ok(files.send(desk, AGENT, visit, files.photo(2), id=captured.photo), 201)
    desk.work()
    (finding,) = chain_of(desk, visit)["findings"]
    assert (finding["code"], finding["item_id"], finding["seq"]) == ("digest_differs", captured.photo, 1)


def test_what_does_not_come_is_awaited_and_then_missing(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent, clock: Any
) -> None:
    phone.send(visit, captured.chain.text())
    stray = desk.ok(files.send(desk, AGENT, visit, files.photo(3)), 201)["id"]
    desk.work()
    assert kept_findings(desk) == []
    overdue_at = files.ENDED + timedelta(hours=24)
    clock.advance(overdue_at - clock.now() - timedelta(microseconds=1))
    desk.work()
    assert sorted(chain_of(desk, visit)["awaited"]) == sorted([captured.photo, captured.run, stray])
    assert kept_findings(desk) == []
    clock.advance(timedelta(microseconds=1))
    desk.work()
    assert kept_findings(desk) == ["item_missing", "item_missing", "item_not_listed"]
    captured.upload(desk, visit)
    desk.work()
    assert kept_findings(desk) == ["item_not_listed"]


# V2: the number on the visit


def test_the_visit_shows_what_was_recorded_of_it_and_why_not_the_rest(
    desk: Desk, visit: Visit, phone: Phone, captured: Sent
) -> None:
    captured.upload(desk, visit)
    end = STARTED + timedelta(milliseconds=1000 + RUN_MS)
    captured.chain.gap(end, files.ENDED, "microphone_lost")
    phone.send(visit, captured.chain.text())
    desk.work()
    seen = desk.ok(desk.get(QA, f"/api/v1/visits/{visit.id}"))["recorded"]
    assert (seen["visit_ms"], seen["recorded_ms"], seen["unplaced_ms"]) == (2_400_000, RUN_MS, 0)
    assert seen["per_mille"] == RUN_MS * 1000 // 2_400_000
    (gap,) = seen["gaps"]
    assert (gap["begins_at"], gap["cause"]) == ("2026-03-10T02:00:03.040000Z", "microphone_lost")
    assert seen == desk.ok(desk.get(QA, f"/api/v1/visits/{visit.id}/evidence/coverage"))


@pytest.mark.parametrize("spelling", ["0", "1002", "1_0", "-1", "１００", "1.0", "many", ""])
def test_a_share_is_a_number_of_a_thousand(desk: Desk, spelling: str) -> None:
    answer = desk.get(QA, "/api/v1/visits", query_string={"recorded_below": spelling})
    desk.refused(answer, 422, "invalid_input")


def test_visits_are_found_by_how_little_was_recorded(desk: Desk, visit: Visit, captured: Sent) -> None:
    """850 thousandths: 2,040 ms of 2,400."""
    ended = STARTED + timedelta(milliseconds=2400)
    builders.change(desk, "visits", visit.id, ended_at=ended)
    at = STARTED.isoformat()
    desk.ok(files.send(desk, AGENT, visit, captured.sound, "recording", captured_at=at), 201)
    files.make_visited(desk, state=VisitState.IN_PROGRESS, ended_at=None)
    desk.work()
    for below, found in ((849, []), (850, []), (851, [visit.id]), (1001, [visit.id])):
        page = desk.ok(desk.get(QA, "/api/v1/visits", query_string={"recorded_below": below}))
        assert [brief["id"] for brief in page["items"]] == found, below


# the nonce


def test_the_nonce_is_for_the_team_alone(desk: Desk, visit: Visit) -> None:
    path = f"/api/v1/visits/{visit.id}"
    for member, shown in (
        (AGENT, NONCE),
        (PARTNER, NONCE),
        (QA, None),
        (COLLECTOR, None),
        (DISPATCHER, None),
    ):
        answer = desk.get(member, path)
        assert desk.ok(answer)["capture_nonce"] == shown, member.username
        assert (NONCE in answer.text) is (shown is not None)
