"""The screens of a visit: fit for one thumb and for eyes in the sun, in both languages; few taps; nothing too early."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from server.domain.placements import PhoneOwner
from tests.phone.conftest import Field
from tests.support.builders import make_phone
from tests.support.cast import AGENT
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

MOST_TAPS = 25
STREAK = ("photo_far", "photo_number", "photo_door")


def shoot(phone: Phone, times: int) -> None:
    for _ in range(times):
        expect(phone.at("shoot")).to_be_enabled()
        words = phone.at("shoot").inner_text()
        phone.tap("shoot")
        phone.page.wait_for_function(
            "words => document.querySelector('[data-test=shoot]')?.innerText !== words", arg=words
        )


@pytest.mark.parametrize(("scheme", "english"), [("light", False), ("dark", True)])
def test_the_screens_of_a_visit_with_a_letter(field: Field, scheme: str, english: bool) -> None:
    make_phone(field.desk, field.site.placement, PhoneOwner.DEBTOR, number="13912345678")
    phone = field.take(color_scheme=scheme)
    phone.enter(AGENT)
    if english:
        phone.tap("settings")
        phone.tap("english")
        phone.page.go_back()
    phone.wait_until_installed()
    phone.count_taps()
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        phone.picture(name)
        wrong[name] = phone.violations()

    phone.tap("visit")
    expect(phone.at("next")).to_be_enabled()
    look("visit-before")
    phone.tap("next")
    expect(phone.page.locator(".red-bar")).to_be_visible()
    look("visit-begun")
    phone.tap("next")
    expect(phone.at("shoot")).to_be_enabled()
    look("camera")
    shoot(phone, len(STREAK))
    expect(phone.at("next")).to_be_visible()
    phone.tap("next")
    phone.tap("next")
    look("meet")
    assert phone.at("debt").count() == 0, "V10: before the debtor is met nobody asks for the total debt"
    phone.tap("who-other_contact")
    look("meet-other")
    phone.tap("relays-yes")
    phone.tap("keep")
    phone.tap("step-letter")
    look("letter")
    phone.tap("keep")
    shoot(phone, 2)
    expect(phone.at("next")).to_be_visible()
    phone.tap("next")
    phone.tap("outcome-nobody")
    look("result")
    phone.tap("keep")
    phone.tap("next")
    look("check-out")
    assert phone.at("lack-second_agent").count() == 1, "V1: the partner never came, and it is said"
    phone.tap("check-out")
    expect(phone.page.locator(".red-bar")).to_have_count(0)
    phone.sees("Checked out" if english else "已签退")
    look("visit-after")
    taps = phone.taps()
    phone.page.goto(f"{phone.url}/app/#/outbox")
    expect(phone.at("safe")).to_be_visible()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert taps <= MOST_TAPS, taps
    kinds = sorted(item["kind"] for item in phone_evidence(field))
    assert kinds == ["letter_address", "letter_manner", *sorted(STREAK), "recording"]


def phone_evidence(field: Field) -> list[dict[str, str]]:
    items: list[dict[str, str]] = field.desk.ok(field.desk.get(AGENT, f"{field.site.path}/evidence"))["items"]
    return items


def test_the_total_debt_shows_after_the_debtor_was_met_and_stays_nowhere(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    phone.tap("visit")
    phone.tap("next")
    expect(phone.page.locator(".red-bar")).to_be_visible()
    phone.tap("step-meet")
    phone.tap("who-debtor")
    assert phone.at("debt").count() == 0
    phone.tap("keep")
    expect(phone.at("debt")).to_be_visible()
    expect(phone.page.locator("body")).not_to_contain_text("10000.00")
    phone.tap_until("debt", "¥10000.00")
    shelves = [
        row for name in ("meta", "sealed", "outbox", "pieces", "entries") for row in phone.on_disk(name)
    ]
    assert [row for row in shelves if "10000.00" in row] == []
    phone.page.go_back()
    phone.tap("step-meet")
    expect(phone.page.locator("body")).not_to_contain_text("10000.00")
