"""The outbox on a line that breaks: nothing is there twice, what is refused holds up nothing (V2, S10, R12)."""

from __future__ import annotations

import dataclasses
import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from server.cli import main
from tests.phone.conftest import Field
from tests.phone.test_visit import begin, check_out, evidence_of, photograph, wait_until_sent
from tests.support.cast import AGENT, IT, QA
from tests.support.phone_app import Phone

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]


def visited_offline(phone: Phone) -> None:
    """A short visit without a network: photos, a recording, a result."""
    phone.enter(AGENT)
    phone.wait_until_installed()
    phone.offline()
    begin(phone)
    photograph(phone)
    phone.tap("next")
    phone.tap("step-result")
    conclude_here(phone)
    check_out(phone)


def conclude_here(phone: Phone) -> None:
    phone.tap("outcome-nobody")
    phone.tap("keep")
    expect(phone.at("step-check_out")).to_be_enabled()


def test_answers_that_are_lost_on_the_way_make_nothing_twice(field: Field) -> None:
    """Every second request reaches the server and its answer does not reach the phone."""
    phone = field.take()
    visited_offline(phone)
    lost: list[str] = []
    turn = threading.Lock()
    seen: set[str] = set()

    def lose(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]
        key = f"{request.method} {request.url} {request.headers.get('upload-offset', '')}"
        with turn:
            first = key not in seen
            seen.add(key)
        if request.method in ("POST", "PATCH") and first and "/auth/" not in request.url:
            route.fetch()  # type: ignore[attr-defined]
            lost.append(key)
            route.abort("connectionreset")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    phone.page.route("**/api/v1/**", lose)
    phone.offline(False)
    wait_until_sent(phone)
    assert len(lost) >= 5, "the line did break"
    kinds = sorted(item["kind"] for item in evidence_of(field))
    assert kinds == ["photo_door", "photo_far", "photo_number", "recording"]
    told = field.site.shown(AGENT)
    assert [check["direction"] for check in told["check_ins"]] == ["in", "out"]
    assert all(check["refusal"] is None for check in told["check_ins"])
    chain = field.desk.ok(field.desk.get(QA, f"{field.site.path}/chain"))
    assert (chain["findings"], chain["awaited"]) == ([], [])


def handed_over(phone: Phone, folder: Path) -> Path:
    """The sealed file that the phone gives out of what was set aside."""
    with phone.page.expect_download() as given:
        phone.tap("export")
    phone.sees_at("export", "已导出")
    given.value.save_as(folder / "handed.sealed")
    return folder / "handed.sealed"


def assert_opens_for_it_alone(field: Field, file: Path) -> None:
    """S19: the file tells nothing by itself; IT opens it, and it is what the phone would have sent."""
    assert b"identity_shown_at" not in file.read_bytes()
    folder = file.with_suffix("")
    command = ["phone-file", str(file), str(folder), "--reason", "问答未被接受", "--opened-by", IT.username]
    opened = CliRunner(env=field.environment).invoke(main, command)
    assert opened.exit_code == 0, opened.output
    (told,) = (json.loads(path.read_text("utf-8")) for path in folder.iterdir())
    assert told["path"] == f"{field.site.path}/answers"
    assert told["told"]["entered"] is False


def test_what_the_server_refuses_is_set_aside_with_its_words_and_holds_up_nothing(
    field: Field, tmp_path: Path
) -> None:
    """Somebody of the team answered the questions at another phone: the second answers are refused, all else goes."""
    phone = field.take()
    visited_offline(phone)
    field.desk.ok(field.site.check(AGENT, device_id=field.site.devices[AGENT.username].id), 201)
    answers = {"identity_shown_at": None, "entered": False, "vulnerable_person": False}
    answers |= {"asked_to_leave": False, "benefits_offered": False, "cash_offered": False}
    field.site.write(AGENT, "answers", **answers)
    phone.offline(False)
    phone.page.goto(f"{phone.url}/app/#/outbox")
    expect(phone.page.locator("[data-test=item] p.refused")).to_have_count(1, timeout=60_000)
    expect(phone.at("item")).to_have_count(1, timeout=60_000)
    phone.sees_at("item", "问答")
    phone.picture("outbox-refused")
    assert phone.violations() == []
    assert_opens_for_it_alone(field, handed_over(phone, tmp_path))
    kinds = sorted(item["kind"] for item in evidence_of(field))
    assert kinds == ["photo_door", "photo_far", "photo_number", "recording"]
    phone.page.goto(f"{phone.url}/app/#/settings")
    assert phone.at("sign-out").is_disabled(), "S19: what is unsent keeps the phone from being erased"
    assert_it_can_help(field, phone)


def assert_it_can_help(field: Field, phone: Phone) -> None:
    """IT reads what was refused by which code, under the number that the agent was told."""
    phone.tap("support")
    phone.sees_at("support-number", "请告知 IT")
    phone.picture("support")
    assert phone.violations() == []
    device = field.site.devices[AGENT.username].id
    (sent,) = field.desk.ok(field.desk.get(IT, f"/api/v1/devices/{device}/support-bundles"))["items"]
    told = sent["told"]
    assert told["id"][-8:].upper() in phone.at("support-number").inner_text()
    assert (told["unsent"], told["set_aside"], told["room"]) == (1, 1, "enough")
    assert [(item["what"], item["state"]) for item in told["items"]] == [("answers", "set_aside")]
    assert ("set_aside", told["items"][0]["why"]) in {(one["what"], one["code"]) for one in told["errors"]}


def test_a_visit_that_began_without_a_network_after_its_lease_was_cut_is_kept_with_what_stood_against_it(
    field: Field,
) -> None:
    phone = field.take()
    visited_offline(phone)
    with field.desk.installation.house.units.write() as uow:
        visit = uow.visits.need(field.site.visit.id)
        uow.visits.save(dataclasses.replace(visit, valid_until=visit.valid_from))
        uow.commit()
    phone.offline(False)
    wait_until_sent(phone)
    told = field.site.shown(AGENT)
    assert [finding["code"] for finding in told["findings"]] == ["lease_expired"]
    assert told["moment"]["ended_at"] is not None


def test_what_is_held_back_waits_be_it_all_sound_or_one_file_and_everything_else_goes(field: Field) -> None:
    phone = field.take()
    visited_offline(phone)
    phone.page.goto(f"{phone.url}/app/#/outbox")
    phone.unlock()
    phone.tap("sound-paused")
    phone.sees("24 小时内")
    items = phone.at("item")
    far, sound = items.filter(has_text="远景"), items.filter(has_text="录音")
    far.locator("[data-test=pause]").click()
    expect(far).to_contain_text("已暂停")
    phone.offline(False)
    expect(items).to_have_count(2, timeout=60_000)
    expect(far).to_contain_text("已暂停")
    phone.picture("outbox-paused")
    assert phone.violations() == []
    assert sorted(item["kind"] for item in evidence_of(field)) == ["photo_door", "photo_number"]
    phone.page.reload()
    phone.unlock()
    sound.locator("[data-test=pause]").click()
    expect(sound).to_contain_text("已暂停")
    phone.tap("sound-always")
    phone.tap("send")
    far.locator("[data-test=resume]").click()
    expect(far).to_have_count(0, timeout=60_000)
    assert sorted(item["kind"] for item in evidence_of(field)) == ["photo_door", "photo_far", "photo_number"]
    expect(sound).to_contain_text("已暂停")
    sound.locator("[data-test=resume]").click()
    expect(phone.at("safe")).to_be_visible(timeout=60_000)
    assert "recording" in {item["kind"] for item in evidence_of(field)}


def test_signing_out_leaves_nothing_on_the_phone(field: Field) -> None:
    phone = field.take()
    phone.enter(AGENT)
    phone.tap("settings")
    phone.tap("sign-out")
    phone.sees("登录")
    shelves = {name: phone.on_disk(name) for name in ("meta", "sealed", "outbox", "pieces", "entries")}
    assert {name: rows for name, rows in shelves.items() if rows} == {}
