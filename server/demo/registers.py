"""What the desk keeps lists of: papers, leave, a complaint, packs, a text in a new version (R15, S16, V6, V13, V21).

Owns which ones there are, so that no list is empty at first sight. Refuses to write a row itself: each goes the way
that people go.
"""

from __future__ import annotations

from datetime import date, timedelta

from server.demo.firm import Firm
from server.demo.people import TEMPLATES
from server.demo.planning import Crew
from server.demo.requesting import Requested
from server.domain.evidence_packs import PackRecipient
from server.domain.leave import LeaveKind
from server.domain.placements import HoldReason
from server.domain.visits import PaperKind, VisitState
from server.services import evidence_packs, holds, leave, message_templates, papers

_PAPERS = {
    PaperKind.AUTHORISATION: "{case} 上门核实还款能力",
    PaperKind.CASE_SHEET: "外访单",
    PaperKind.LETTER: "还款告知函",
}
_ADDED = {  # what the second version of a text says besides
    "还款提醒": "请只存入您本人的原卡账户。{agent_name}",
    "来访留言": "，咨询请拨打卡片背面的客服电话",
}
_PACKS = (  # one that may be taken, one that was declined, one that waits for its second name
    (PackRecipient.CLIENT, "示例银行", "客户投诉外访时间，委托方调阅"),
    (PackRecipient.POLICE, "示例派出所", "案件协查"),
    (PackRecipient.POLICE, "示例派出所", "协查函，调取到访照片和录音"),
)


def take_papers(firm: Firm, crews: list[Crew], day: date) -> list[str]:
    """V21: papers of the day's visits are issued in the morning and released; today the last team's are not yet."""
    issued: list[str] = []
    waiting: list[str] = []
    with firm.acting("dispatcher1") as (uow, actor):
        for crew in crews:
            of_crew = waiting if day == firm.today and crew is crews[-1] else issued
            for requested in crew.requested:
                for visit in uow.visits.by_ids(one.id for one in requested.visits).values():
                    for kind, purpose in _PAPERS.items():
                        told = purpose.format(case=requested.case.case_number)
                        values = {"id": firm.new_id(), "kind": kind, "purpose": told}
                        of_crew.append(papers.issue(uow, actor, visit, values).id)
    with firm.acting("manager1") as (uow, actor):
        papers.release(uow, actor, issued)
    return issued


def bring_papers_back(firm: Firm, issued: list[str]) -> None:
    """V21: the next morning they are taken back, but one that nobody has; the first ones are shredded."""
    with firm.acting("dispatcher2") as (uow, actor):
        back = [papers.take_back(uow, actor, uow.papers.need(id_)) for id_ in issued[1:]]
    with firm.acting("admin1") as (uow, actor):
        for paper in back[: len(back) // 2]:
            papers.shred(uow, actor, uow.papers.need(paper.id))


def complain(firm: Firm, requested: Requested) -> None:
    """V13: a complaint of today that stops an accepted visit; somebody leads, the client was not told yet."""
    with firm.acting("dispatcher2") as (uow, actor):
        placement = uow.placements.need(requested.placement.id)
        words = "客户来电投诉上门时间，要求由主管回电"
        hold = holds.place_hold(uow, placement, HoldReason.COMPLAINT, words, by=actor)
    with firm.acting("manager1") as (uow, _):
        placement = uow.placements.need(requested.placement.id)
        lead = firm.actors["manager1"].account_id
        holds.assign_lead(uow, placement, uow.holds.need(hold.id), lead)


def end(firm: Firm) -> None:
    """As the desk finds the day."""
    _enter_leave(firm, "agent11", firm.today, 2, LeaveKind.TRAINING, "补考上岗证")
    _enter_leave(firm, "collector5", firm.today + timedelta(days=3), 5, LeaveKind.ANNUAL, "")
    _enter_leave(firm, "agent12", firm.today - timedelta(days=9), 3, LeaveKind.SICK, "已交假条")
    _renew_texts(firm)
    _ask_for_packs(firm)


def _enter_leave(firm: Firm, username: str, first: date, days: int, kind: LeaveKind, note: str) -> None:
    with firm.acting("personnel1") as (uow, actor):
        values = {
            "id": firm.new_id(),
            "account_id": firm.actors[username].account_id,
            "first_day": first,
            "last_day": first + timedelta(days=days - 1),
            "kind": kind,
            "note": note,
        }
        leave.enter(uow, actor, values)


def _renew_texts(firm: Firm) -> None:
    """V15: one text was replaced, the new version of another waits for a second name."""
    drafted = []
    for name, added in _ADDED.items():
        with firm.acting("dispatcher1") as (uow, _):
            (before,) = uow.message_templates.having(name=name)
            body = TEMPLATES[name].removesuffix("{agent_name}") + added
            drafted.append(message_templates.draft(uow, firm.new_id(), f"{name}（二）", body, before.id))
    with firm.acting("manager1") as (uow, actor):
        message_templates.approve(uow, actor, drafted[-1])
        message_templates.retire(uow, uow.message_templates.need(drafted[-1].replaces_id or ""))


def _ask_for_packs(firm: Firm) -> None:
    """S16: asked for by one post, confirmed by the other; the oldest visits have the shortest recordings."""
    with firm.acting("dispatcher1") as (uow, _):
        over = sorted(uow.visits.having(state=VisitState.COMPLETED), key=lambda visit: visit.id)
        kept = uow.evidence_items.counts([visit.id for visit in over])
        visits = [visit.id for visit in over if visit.id in kept][: len(_PACKS)]
    ids = []
    for visit_id, (recipient, name, purpose) in zip(visits, _PACKS, strict=True):
        ids.append(firm.new_id())
        with firm.acting("dispatcher1") as (uow, actor):
            values = {
                "id": ids[-1],
                "visit_id": visit_id,
                "placement_id": None,
                "recipient": recipient,
                "recipient_name": name,
                "purpose": purpose,
            }
            evidence_packs.propose(uow, actor, values)
    with firm.acting("it1") as (uow, actor):
        evidence_packs.confirm(uow, actor, ids[0])
        evidence_packs.decline(uow, actor, ids[1], "函件没有写明调取范围，请补充后再报")
