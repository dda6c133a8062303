"""A whole visit by two phones without a network, one of them killed while it records: nothing is lost (V1, V2, S10)."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from server.domain.capture_manifests import GapCause
from server.domain.visits import VisitState
from tests.phone.conftest import Field
from tests.support.cast import AGENT, PARTNER, QA
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

PHOTOS = ("photo_far", "photo_number", "photo_door")
_LONG_MS = 60_000


def begin(phone: Phone) -> None:
    """Open the visit and check in; the recording begins by itself."""
    phone.tap("visit")
    phone.tap("next")
    phone.sees("录音")
    phone.sees_at("next", "拍远景")


def photograph(phone: Phone) -> None:
    phone.tap("next")
    for words in ("拍远景", "拍门牌", "拍门口"):
        expect(phone.at("shoot")).to_contain_text(words)
        expect(phone.at("shoot")).to_be_enabled()
        phone.tap("shoot")
    phone.sees_at("next", "已出示证件")


def meet_debtor(phone: Phone) -> None:
    phone.tap("next")
    phone.tap("next")
    phone.tap("who-debtor")
    phone.sees("可以说")
    phone.tap("keep")
    phone.page.go_back()
    phone.sees_at("next", "结果")


def conclude(phone: Phone) -> None:
    phone.tap("next")
    phone.tap("outcome-found")
    phone.tap("keep")
    phone.sees_at("next", "签退")


def check_out(phone: Phone) -> None:
    phone.tap("step-check_out")
    phone.tap("check-out")
    phone.sees("已签退")


def wait_for_entries(phone: Phone, count: int) -> None:
    """So many photos and pieces of sound lie on the disk."""
    phone.page.evaluate(
        """async count => {
          const kept = () => new Promise(told => {
            const open = indexedDB.open('fieldvisit');
            open.onsuccess = () => {
              const all = open.result.transaction('entries').objectStore('entries').count();
              all.onsuccess = () => { open.result.close(); told(all.result); };
            };
          });
          while (await kept() < count) await new Promise(later => setTimeout(later, 200));
        }""",
        count,
    )


def wait_until_sent(phone: Phone) -> None:
    """Everything has its receipt and is erased (S10). A phone that nobody touches locks meanwhile, and goes on."""
    phone.page.goto(f"{phone.url}/app/#/outbox")
    safe, locked = phone.at("safe"), phone.at("pin-1")
    expect(safe.or_(locked)).to_be_visible(timeout=_LONG_MS)
    if locked.count():
        phone.unlock()
    expect(safe.or_(phone.page.locator("[data-test=item] .refused").first)).to_be_visible(timeout=_LONG_MS)
    assert safe.count() == 1, f"not sent: {phone.on_disk('outbox')}"
    assert phone.on_disk("pieces") == []


def evidence_of(field: Field) -> list[Any]:
    items: list[Any] = field.desk.ok(field.desk.get(QA, f"{field.site.path}/evidence"))["items"]
    return items


def test_a_visit_without_a_network_and_a_phone_that_dies_lose_nothing(field: Field) -> None:
    lead, partner = field.take(), field.take()
    for phone, member in ((lead, AGENT), (partner, PARTNER)):
        phone.enter(member)
        phone.wait_until_installed()
        phone.offline()
        begin(phone)
    photograph(lead)
    meet_debtor(lead)
    wait_for_entries(lead, len(PHOTOS) + 2)
    kept_before = len(lead.on_disk("entries"))
    lead.kill()

    lead.start(offline=True)
    lead.unlock()
    lead.sees("录音中断了")
    assert len(lead.on_disk("entries")) >= kept_before, "nothing that lay on the disk is gone"
    lead.tap("go-on")
    lead.page.goto(f"{lead.url}/app/#/visit/{field.site.visit.id}")
    conclude(lead)
    wait_for_entries(lead, kept_before + 1)
    check_out(lead)
    check_out(partner)
    assert evidence_of(field) == [], "nothing was sent without a network"

    for phone in (lead, partner):
        phone.offline(False)
    for phone in (lead, partner):
        wait_until_sent(phone)
    field.desk.work()
    verify(field)


def verify(field: Field) -> None:
    """The server has all of it, and it fits what the phones signed."""
    desk, visit = field.desk, field.site.shown(AGENT)
    assert sorted(visit["present"]) == sorted([AGENT.id, PARTNER.id])
    assert visit["moment"]["state"] == VisitState.COMPLETED
    assert [contact["who"] for contact in visit["contacts"]] == ["debtor"]
    assert visit["brief"]["outcome"] == "found"
    assert visit["missing"] == []
    items = evidence_of(field)
    assert sorted(item["kind"] for item in items if item["kind"] != "recording") == sorted(PHOTOS)
    runs = {item["account_id"]: [] for item in items if item["kind"] == "recording"}
    for item in items:
        if item["kind"] == "recording":
            runs[item["account_id"]].append(item["run"])
    assert {who: sorted(told) for who, told in runs.items()} == {AGENT.id: [1, 2], PARTNER.id: [1]}
    chain = desk.ok(desk.get(QA, f"{field.site.path}/chain"))
    assert len(chain["manifests"]) == 2
    assert all(manifest["signature_fits"] for manifest in chain["manifests"])
    assert (chain["findings"], chain["awaited"]) == ([], [])
    verify_bytes(field, items)
    coverage = desk.ok(desk.get(QA, f"{field.site.path}/evidence/coverage"))
    assert coverage["per_mille"] >= 800, coverage
    assert coverage["unplaced_ms"] == 0


def verify_bytes(field: Field, items: list[Any]) -> None:
    """Each stored file is, to the byte, what the phones signed; photos say when and where they were taken."""
    with field.desk.installation.house.units.read() as uow:
        manifests = uow.capture_manifests.having(visit_id=field.site.visit.id)
    entries = [entry for one in manifests for entry in json.loads(one.signed)["entries"]]
    gaps = [gap for one in manifests for gap in json.loads(one.signed)["gaps"]]
    assert [gap["cause"] for gap in gaps] == [GapCause.CRASH]
    for item in items:
        answer = field.desk.get(QA, f"/api/v1/evidence/{item['id']}/content?purpose=test")
        content = answer.data
        parts = sorted(
            (e for e in entries if e["item"] == item["id"]), key=lambda entry: entry.get("offset", 0)
        )
        for part in parts:
            begins = part.get("offset", 0)
            piece = content[begins : begins + part.get("size", len(content))]
            assert hashlib.sha256(piece).hexdigest() == part["sha256"]
        assert sum(part.get("size", len(content)) for part in parts) == len(content) == item["size"]
        if item["kind"] != "recording":
            verify_exif(content, item)


def verify_exif(content: bytes, item: Any) -> None:
    with Image.open(io.BytesIO(content)) as photo:
        told = photo.getexif()
        assert told.get_ifd(0x8769)[0x9011] == "+08:00"
        assert told.get_ifd(0x8825)[1] == "N"
    assert item["captured_at"] is not None
    assert item["latitude"] == pytest.approx(35.05, abs=1e-5)
    assert item["notes"] == []
