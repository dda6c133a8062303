"""What the demo's month has beside its lines: targets, a fine of each state, incidents, an edition that waits.

Owns which ones there are, so that no page of the month is empty. Refuses to write a row itself: each goes the way that
people go.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from server.demo.firm import Firm
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.credit import month_of
from server.domain.incident_matrix import FoundHow
from server.domain.pay_targets import PAID_POSTS
from server.domain.policy.editions import PolicyBook
from server.domain.policy.policy_texts import written
from server.services import fine_views, fines, incident_decisions, incidents, pay_targets, policy, simulations

_TARGETS = {"collector": 6_000_000, "field_agent": 1_200_000}  # fen a month
_STEP = 50_000  # from one person's target to the next one's


def begin(firm: Firm) -> None:
    """On the first day: a fine that was paid the same day, and one that nobody paid."""
    for place, (entry, note) in enumerate(
        (("sensitive_call_note", "催记写入债务人单位信息"), ("false_case_state", "标记为已结清，实际未还"))
    ):
        fine_id = _entered(firm, place, entry, note)
        with firm.acting("dispatcher1") as (uow, actor):
            verified = {"holds": True, "note": "听录音、看催记，属实"}
            due = fines.verify(uow, actor, fine_id, verified)
            if place == 0:
                fines.receive(uow, actor, fine_id, due.amount_fen)


def end(firm: Firm) -> None:
    """As the desk finds the day: what was found and not looked at, what was dropped, what is due today."""
    _entered(firm, 2, "sales_recording", "录音中推销其他产品")
    dropped = _entered(firm, 3, "false_case_state", "状态与回款不符")
    due = _entered(firm, 4, "sensitive_call_note", "催记写入第三方病情")
    with firm.acting("dispatcher1") as (uow, actor):
        fines.verify(uow, actor, dropped, {"holds": False, "note": "客户次日补报回款，状态无误"})
        fines.verify(uow, actor, due, {"holds": True, "note": "属实"})
    _set_targets(firm)
    _report_incidents(firm)
    _propose_edition(firm)


def gather_facts(firm: Firm) -> None:
    """For the simulator, once everything is scored."""
    with firm.acting("manager1") as (uow, actor):
        simulations.ask_for_snapshot(uow, actor)
    firm.run_jobs()


def _entered(firm: Firm, place: int, entry: str, note: str) -> str:
    fine_id = firm.new_id()
    with firm.acting("dispatcher1") as (uow, actor):
        people = [
            one
            for one in fine_views.people_within(uow, actor, Permission.FINES_WRITE)
            if "collector" in one.posts
        ]
        values = {
            "id": fine_id,
            "account_id": people[place % len(people)].id,
            "entry": entry,
            "count": 1,
            "found_on": local_day(uow.now),
            "note": note,
        }
        fines.enter(uow, actor, values)
    return fine_id


def _set_targets(firm: Firm) -> None:
    """This month's and the last one's, by post; each person's a little higher than the one's before."""
    this = month_of(firm.today)
    last = month_of(date(firm.today.year, firm.today.month, 1) - timedelta(days=1))
    with firm.acting("manager1") as (uow, actor):
        people = fine_views.people_within(uow, actor, Permission.PAY_TARGETS)
        given = [
            {"account_id": one.id, "amount": _TARGETS[post] + place * _STEP}
            for place, one in enumerate(people)
            for post in PAID_POSTS
            if post in one.posts
        ]
        pay_targets.set_targets(uow, actor, last, given)
        pay_targets.set_targets(uow, actor, this, given)


def _report_incidents(firm: Firm) -> None:
    """One that a manager decided by the matrix, and one that waits."""
    reported = []
    for username, kind, clause, note in (
        ("agent5", "complaint", "V13", "客户来电：外访时说话声音大，已当面致歉"),
        ("agent6", "complaint", "V10", "客户称外访员向邻居提到欠款，待核实"),
    ):
        with firm.acting("dispatcher1") as (uow, actor):
            values = {
                "id": firm.new_id(),
                "kind": kind,
                "clause": clause,
                "placement_id": None,
                "visit_id": None,
                "about_account_id": firm.actors[username].account_id,
                "note": note,
            }
            reported.append(incidents.report(uow, actor, values))
    with firm.acting("manager1") as (uow, actor):
        decided = {
            "id": firm.new_id(),
            "account_id": reported[0].about_account_id,
            "found": FoundHow.INSPECTION,
            "at_fault": False,
            "pacified": True,
            "consequence": None,
            "amount": None,
            "reasons": "录音核实：语气平稳，已安抚客户",
        }
        incident_decisions.decide(uow, actor, reported[0].id, decided)


def _propose_edition(firm: Firm) -> None:
    """A longer time for letters, from next month on; a director decides."""
    first = date(firm.today.year + firm.today.month // 12, firm.today.month % 12 + 1, 1)
    with firm.acting("manager1") as (uow, actor):
        editions = uow.policy.editions
        longer = dataclasses.replace(
            editions[-1], effective_from=first, letter_days=editions[-1].letter_days + 1
        )
        document = written(PolicyBook([*editions, longer]))
        values = {
            "id": firm.new_id(),
            "client_id": None,
            "document": document,
            "reason": "邮寄回款到账常晚一天，留函五天太短；已在规则模拟里试算",
        }
        policy.propose(uow, actor, values)
