"""Letters printed for visits from an approved text (V15), and ticked off as papers issued (V6, V21).

Owns what stands in a letter. Refuses a text that is not approved or no letter, and a visit that is held or over:
a letter for it would tell of a debt that nobody may speak of (V13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.money import format_fen
from server.domain.problems import NOT_FOUND, problem
from server.domain.visits import MessageTemplate, PaperKind, Visit
from server.domain.wording import SEAL, filled, is_letter
from server.services import papers, visit_reading
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_plans import OPEN_ON_PLAN


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter as it is printed: `parts` are what stands before, between and after the places for the seal."""

    visit: Visit
    case_number: str
    parts: tuple[str, ...]
    issued: bool


def letter_texts(uow: UnitOfWork) -> list[MessageTemplate]:
    """The approved texts of letters, oldest first."""
    usable = uow.message_templates.page(PageRequest(PAGE_LIMIT), usable=True).items
    return [template for template in usable if is_letter(template.body)]


def letter_text(uow: UnitOfWork, template_id: str | None) -> MessageTemplate | None:
    """The text that is asked for; without one the only one there is."""
    texts = letter_texts(uow)
    if template_id is None:
        return texts[0] if len(texts) == 1 else None
    found = next((text for text in texts if text.id == template_id), None)
    if found is None:
        raise problem(NOT_FOUND, "template", what=f"message_template {template_id}")
    return found


def printable(visits: Sequence[Visit]) -> list[Visit]:
    """Those for which a letter may be taken along: on the plan, not begun, not held."""
    return [visit for visit in visits if visit.state in OPEN_ON_PLAN and visit.hold_id is None]


def letters_for(uow: UnitOfWork, visits: Sequence[Visit], text: MessageTemplate) -> list[PrintedLetter]:
    """A letter a visit, in the order given; the debtor is named and the balance told, so it is on the trail (S5)."""
    wanted = printable(visits)
    repaid: dict[str, int] = {}
    for repayment in uow.repayments.having_any("placement_id", {visit.placement_id for visit in wanted}):
        repaid[repayment.placement_id] = repaid.get(repayment.placement_id, 0) + repayment.amount_fen
    leads = _leads(uow, wanted)
    briefs = visit_reading.briefs(uow, wanted)
    clients = {
        id_: uow.organisation.client_name(id_) for id_ in sorted({b.placement.client_id for b in briefs})
    }
    issued = _issued(uow, wanted)
    uow.audit(
        AuditEntry(
            "letter.printed",
            "message_template",
            text.id,
            {"ids": [visit.id for visit in wanted]},
            purpose="V15",
        )
    )
    printed = []
    for brief in briefs:
        values = {
            "debtor_name": brief.debtor.name,
            "agent_name": leads.get(brief.visit.id, ""),
            "client": clients[brief.placement.client_id],
            "balance": format_fen(brief.placement.placed_fen - repaid.get(brief.placement.id, 0)),
            "case_number": brief.placement.case_number,
            "address": brief.address.text,
            "date": _written(brief.day or local_day(uow.now)),
        }
        parts = tuple(filled(piece.strip("\n"), values) for piece in text.body.split(f"{{{SEAL}}}"))
        printed.append(
            PrintedLetter(brief.visit, brief.placement.case_number, parts, brief.visit.id in issued)
        )
    return printed


def issue_letters(uow: UnitOfWork, actor: Actor, visits: Sequence[Visit], text: MessageTemplate) -> int:
    """V21: what was printed is listed as issued, a letter a visit; how many are new."""
    wanted = printable(visits)
    issued = _issued(uow, wanted)
    new = [visit for visit in wanted if visit.id not in issued]
    for visit in new:
        papers.issue(uow, actor, visit, {"id": uow.new_id(), "kind": PaperKind.LETTER, "purpose": text.name})
    return len(new)


def _leads(uow: UnitOfWork, visits: Sequence[Visit]) -> dict[str, str]:
    """The name of each visit's lead; until the plan is published the team alone knows it."""
    teams = uow.visit_teams.by_ids(visit.team_id for visit in visits if visit.team_id is not None)
    leads = {
        visit.id: teams[visit.team_id].lead_id if visit.team_id in teams else visit.lead_id
        for visit in visits
    }
    people = uow.accounts.by_ids({lead for lead in leads.values() if lead is not None})
    return {id_: people[lead].display_name for id_, lead in leads.items() if lead is not None}


def _issued(uow: UnitOfWork, visits: Sequence[Visit]) -> set[str]:
    """The visits for which a letter is out already."""
    held = uow.papers.having_any("visit_id", [visit.id for visit in visits])
    return {paper.visit_id for paper in held if paper.kind is PaperKind.LETTER and paper.returned_at is None}


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
