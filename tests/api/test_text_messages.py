"""Text messages on their way out: batches, the file that is taken once, what comes back (V12, V13, S5, C4)."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.domain.calendar import local_day
from server.domain.placements import ContactBlock, HoldReason, Phone, PhoneOwner, Placement
from server.domain.visits import MessageState, TextMessage, Visit, VisitState
from server.services.holds import place_hold, release_hold
from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support import builders, visit_builders
from tests.support.cast import (
    AGENT,
    COLLECTOR,
    DISPATCHER,
    IT,
    OTHER_BRANCH,
    OUTSIDE_DISPATCHER,
    Member,
    known_id,
)

BATCHES = "/api/v1/text-message-batches"


@dataclass
class Case:
    """A case with a visit and messages that wait to be sent."""

    desk: Desk
    placement: Placement
    visit: Visit
    messages: list[TextMessage] = field(default_factory=list)

    def queue(self, **phone: Any) -> tuple[TextMessage, Phone]:
        held = builders.make_phone(self.desk, self.placement, phone.pop("owner", PhoneOwner.DEBTOR), **phone)
        message = visit_builders.make_text_message(self.desk, self.visit, held)
        self.messages.append(message)
        return message, held

    def state_of(self, message: TextMessage) -> TextMessage:
        with self.desk.installation.house.units.read() as uow:
            return uow.text_messages.need(message.id)

    def block(self, **of: Any) -> None:
        with self.desk.installation.house.units.write() as uow:
            values = {"number": None, "debtor_id": None} | of
            block = ContactBlock(
                uow.new_id(), values["number"], values["debtor_id"], "本人要求", uow.now, None, None, 1
            )
            uow.contact_blocks.add(block)
            uow.commit()


@pytest.fixture
def case(desk: Desk) -> Case:
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    visit = builders.make_visit(desk, placement, address, VisitState.COMPLETED, started_at=desk.clock.now())
    return Case(desk, placement, visit)


def make(desk: Desk, member: Member = DISPATCHER, name: str = "batch", **changes: Any) -> Any:
    return desk.post(member, BATCHES, {"id": known_id(name)} | changes)


def take(desk: Desk, member: Member = DISPATCHER, name: str = "batch") -> Any:
    return desk.get(member, f"{BATCHES}/{known_id(name)}/file")


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def report(desk: Desk, rows: list[list[str]], name: str = "batch", filename: str = "back.csv") -> Any:
    text = io.StringIO()
    csv.writer(text).writerows([["编号", "发送时间", "失败原因"], *rows])
    return desk.request(
        "POST",
        DISPATCHER,
        f"{BATCHES}/{known_id(name)}/results",
        query_string={"filename": filename},
        data=text.getvalue().encode(),
        headers={"Content-Type": "application/octet-stream"},
    )


def test_only_who_may_makes_a_batch_and_only_of_a_branch_within_reach(desk: Desk, case: Case) -> None:
    case.queue()
    for member in (AGENT, COLLECTOR):
        desk.refused(make(desk, member), 403, "forbidden")
    desk.refused(make(desk, branch_id=OTHER_BRANCH.id), 404, "not_found")
    desk.refused(make(desk, OUTSIDE_DISPATCHER), 422, "nothing_to_batch")
    desk.ok(make(desk), 201)
    for path in ("", "/file"):
        desk.refused(desk.get(OUTSIDE_DISPATCHER, f"{BATCHES}/{known_id('batch')}{path}"), 404, "not_found")
    assert desk.ok(desk.get(OUTSIDE_DISPATCHER, BATCHES)) == {"items": [], "next": None, "waiting": 0}


def test_a_batch_goes_out_as_a_file_and_comes_back_as_sent(
    desk: Desk, case: Case, later: Callable[..., None]
) -> None:
    first, phone = case.queue()
    second, _ = case.queue(owner=PhoneOwner.RELATIVE)
    assert desk.ok(desk.get(DISPATCHER, BATCHES))["waiting"] == 2
    made = desk.ok(make(desk), 201)
    assert made["counts"] == {"queued": 0, "batched": 2, "sent": 0, "failed": 0}
    heading, *rows = rows_of(take(desk))
    assert heading == ["手机号", "内容", "编号"]
    assert [phone.number, "您好，请回电。", first.id] in rows
    assert len(rows) == 2
    later(minutes=30)
    desk.work()
    done = desk.ok(
        report(desk, [[first.id, "2026-03-10 12:20:00", ""], [second.id, "", f"空号 {phone.number}"]])
    )
    assert done["counts"] == {"queued": 0, "batched": 0, "sent": 1, "failed": 1}
    sent = case.state_of(first)
    assert (sent.state, sent.sent_at and sent.sent_at.isoformat()) == (
        MessageState.SENT,
        "2026-03-10T04:20:00+00:00",
    )
    assert case.state_of(second).failure == "空号 ****"
    told = desk.ok(desk.get(AGENT, "/api/v1/inbox"))["items"]
    assert [message["kind"] for message in told] == ["text_message_failed"]
    assert told[0]["message"]["zh"].endswith("未能发出（空号 ****）")


def test_what_was_sent_has_the_case_scored_again(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    desk.ok(make(desk), 201)
    take(desk)
    desk.work()
    desk.ok(report(desk, [[message.id, "2026-03-10T12:00:00+08:00", ""]]))
    with desk.installation.house.units.read() as uow:
        waiting = [job for job in uow.jobs.page(PageRequest()).items if job.kind == "credit.placement"]
    assert [job.payload["placement_id"] for job in waiting][:1] == [case.placement.id]


def test_the_file_is_taken_once_by_its_maker_or_it(desk: Desk, case: Case) -> None:
    case.queue()
    desk.ok(make(desk, IT), 201)
    assert desk.refused(take(desk), 403, "batch_not_yours")["clause"] == "S5"
    rows_of(take(desk, IT))
    assert desk.refused(take(desk, IT), 409, "batch_taken")["clause"] == "S5"
    case.queue()
    desk.ok(make(desk, name="second"), 201)
    rows_of(take(desk, IT, "second"))
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(), subject_id=known_id("second"), actor_id=None).items
        page = uow.text_message_batches.need(known_id("second"))
    assert page.taken_by == IT.id
    assert "text_message_batch.taken" in [line.action for line in lines]
    assert "139" not in str([line.detail for line in lines])


def test_blocked_numbers_and_persons_are_never_batched(desk: Desk, case: Case) -> None:
    blocked, phone = case.queue()
    case.block(number=phone.number)
    fine, _ = case.queue()
    made = desk.ok(make(desk), 201)
    assert made["counts"] == {"queued": 0, "batched": 1, "sent": 0, "failed": 1}
    assert (case.state_of(blocked).state, case.state_of(blocked).failure) == ("failed", "do_not_contact")
    case.block(debtor_id=case.placement.debtor_id)
    assert rows_of(take(desk))[1:] == []
    assert case.state_of(fine).failure == "do_not_contact"


def test_an_ended_case_a_retired_template_and_a_landline_are_failed_with_their_reason(
    desk: Desk, case: Case, later: Callable[..., None]
) -> None:
    landline, _ = case.queue(number="037166001234")
    retired, _ = case.queue()
    builders.change(desk, "message_templates", retired.template_id, retired_at=desk.clock.now())
    desk.ok(make(desk), 201)
    assert case.state_of(landline).failure == "not_mobile"
    assert case.state_of(retired).failure == "template_retired"
    ended, _ = case.queue()
    builders.change(desk, "placements", case.placement.id, recall_on=local_day(desk.clock.now()))
    assert desk.ok(make(desk, IT, "last day"), 201)["counts"]["batched"] == 1
    desk.ok(desk.post(IT, f"{BATCHES}/{known_id('last day')}/cancel", {"reason": "明天再发"}))
    later(days=1)
    desk.ok(make(desk, name="after"), 201)
    assert case.state_of(ended).failure == "ended"


def test_a_case_on_hold_waits_and_one_held_meanwhile_waits_again(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    house = desk.installation.house
    with house.units.write() as uow:
        hold = place_hold(uow, case.placement, HoldReason.COMPLAINT, "来电投诉", by=None)
        uow.commit()
    desk.refused(make(desk), 422, "nothing_to_batch")
    with house.units.write() as uow:
        release_hold(uow, case.placement, hold, "已安抚", by=None)
        uow.commit()
    desk.ok(make(desk), 201)
    with house.units.write() as uow:
        place_hold(uow, case.placement, HoldReason.COMPLAINT, "又投诉", by=None)
        uow.commit()
    assert rows_of(take(desk))[1:] == []
    assert case.state_of(message).state is MessageState.QUEUED


def test_a_report_with_one_bad_row_changes_nothing(
    desk: Desk, case: Case, later: Callable[..., None]
) -> None:
    first, _ = case.queue()
    second, _ = case.queue()
    desk.ok(make(desk), 201)
    desk.refused(report(desk, [[first.id, "2026-03-10T12:00:00+08:00", ""]]), 409, "wrong_state")
    take(desk)
    good = [first.id, "2026-03-10T12:00:00+08:00", ""]
    later(hours=1)
    for bad in (
        [known_id("none"), "2026-03-10 12:10", ""],
        [second.id, "", ""],
        [second.id, "2026-03-10 12:10", "空号"],
        [second.id, "2026-03-10", ""],
        [second.id, "yesterday", ""],
        [second.id, "2026-03-10 11:49:59", ""],
        [second.id, "2026-03-10 13:10:01", ""],
        good,
    ):
        refused = desk.refused(report(desk, [good, bad]), 422, "text_message_report_refused")
        assert refused["errors"][0]["field"] == "rows[3]", bad
    assert case.state_of(first).state is MessageState.BATCHED
    for edge in ("2026-03-10 11:50:00", "2026-03-10 13:10:00"):
        desk.ok(report(desk, [[second.id if "13" in edge else first.id, edge, ""]]))


def test_a_file_that_is_no_report_is_refused(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    desk.ok(make(desk), 201)
    take(desk)
    desk.refused(report(desk, [], filename="back.pdf"), 422, "import_file_refused")
    desk.refused(report(desk, [], filename="back.xlsx"), 422, "import_file_refused")
    path = f"{BATCHES}/{known_id('batch')}/results"
    for heading, code in (("编号,发送时间", "import_header_missing"), ("编号,谁", "import_header_unknown")):
        data = f"{heading}\n{message.id},x".encode()
        answer = desk.request("POST", DISPATCHER, path, query_string={"filename": "b.csv"}, data=data)
        desk.refused(answer, 422, code)
    too_large = desk.request(
        "POST", DISPATCHER, path, query_string={"filename": "b.csv"}, data=b"x" * ((2 << 20) + 1)
    )
    desk.refused(too_large, 413, "body_too_large")


def test_the_same_report_twice_changes_nothing_and_another_one_is_refused(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    desk.ok(make(desk), 201)
    take(desk)
    rows = [[message.id, "2026-03-10T12:00:00+08:00", ""]]
    first = desk.ok(report(desk, rows))
    before = case.state_of(message)
    assert desk.ok(report(desk, rows)) == first
    assert case.state_of(message) == before
    desk.refused(report(desk, [[message.id, "", "空号"]]), 422, "text_message_report_refused")


def test_the_file_that_went_out_comes_back_with_two_columns_more(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    desk.ok(make(desk), 201)
    heading, row = rows_of(take(desk))
    text = io.StringIO()
    csv.writer(text).writerows([[*heading, "sent_at", "failure"], [*row, "2026/03/10 12:05", ""]])
    path = f"{BATCHES}/{known_id('batch')}/results"
    answer = desk.request(
        "POST", DISPATCHER, path, query_string={"filename": "b.csv"}, data=text.getvalue().encode("gb18030")
    )
    assert desk.ok(answer)["counts"]["sent"] == 1
    assert case.state_of(message).state is MessageState.SENT


def test_a_cancelled_batch_lets_its_messages_wait_again(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    desk.ok(make(desk), 201)
    path = f"{BATCHES}/{known_id('batch')}"
    desk.refused(desk.post(DISPATCHER, f"{path}/cancel", {}), 422, "invalid_input")
    cancelled = desk.ok(desk.post(DISPATCHER, f"{path}/cancel", {"reason": "文件遗失"}))
    assert (cancelled["cancel_reason"], cancelled["counts"]["batched"]) == ("文件遗失", 0)
    desk.refused(take(desk), 409, "wrong_state")
    desk.refused(desk.post(DISPATCHER, f"{path}/cancel", {"reason": "再次"}), 409, "wrong_state")
    desk.ok(make(desk, name="second"), 201)
    assert rows_of(take(desk, name="second"))[1][2] == message.id
    listed = desk.ok(desk.get(DISPATCHER, BATCHES))
    assert len(listed["items"]) == 2
    assert desk.ok(desk.get(DISPATCHER, path)) in listed["items"]


def test_a_batch_made_twice_with_one_id_is_one_batch_and_takes_at_most_its_limit(
    desk: Desk, case: Case
) -> None:
    for _ in range(3):
        case.queue()
    first = desk.ok(make(desk, limit=2), 201)
    again = make(desk, limit=2)
    assert (again.status_code, again.get_json(), again.headers["X-Repeated"]) == (201, first, "true")
    assert desk.ok(desk.get(DISPATCHER, BATCHES))["waiting"] == 1
    desk.refused(make(desk, name="none", limit=0), 422, "invalid_input")


def test_a_formula_in_a_text_is_not_run_by_a_spreadsheet(desk: Desk, case: Case) -> None:
    message, _ = case.queue()
    with desk.installation.house.units.write() as uow:
        uow.text_messages.save(dataclasses.replace(message, text="=1+1"))
        uow.commit()
    desk.ok(make(desk), 201)
    assert rows_of(take(desk))[1][1] == "'=1+1"
