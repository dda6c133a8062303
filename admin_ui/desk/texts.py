"""Texts of messages and letters at the desk: drafted by one, checked word by word, approved by another; letters (V15).

Owns how texts and letters are shown. Refuses what the use cases refuse, beside the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from admin_ui.forms import led_to, once
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.desk_texts import LetterForm, LetterQuery, TextForm, TextList, TypedText
from server.domain.access import Permission
from server.domain.visits import Visit
from server.domain.wording import (
    DEBT_PLACEHOLDERS,
    LETTER_PLACEHOLDERS,
    OPEN_PLACEHOLDERS,
    body_findings,
    by_name,
    is_letter,
    tells_debt,
)
from server.services import letter_printing, message_templates, plan_views
from server.services.ports.paging import PageRequest
from server.services.scopes import visit_within
from server.services.text_history import history_of
from server.web.endpoint import Call

LIST = "/desk/texts"
ONE = f"{LIST}/<uuid:template_id>"
LETTERS = "/desk/plans/<uuid:plan_id>/letters"
LETTERS_OF_VISIT = "/desk/visits/<uuid:visit_id>/letters"
_READS = [Permission.MESSAGES_SEND, Permission.TEMPLATES_WRITE, Permission.TEMPLATES_APPROVE]
_CLAUSES = ("V10", "V12", "V14", "V15")


@page("GET", LIST, needs=_READS, template="texts.html", query=TextList, clauses=_CLAUSES)
def text_list(call: Call) -> dict[str, Any]:
    """The texts that may be used, or those that wait for approval and the retired ones."""
    which, uow = call.query["which"], call.uow
    request = PageRequest(call.query["limit"], call.query.get("after"))
    found = uow.message_templates.page(request, usable=which == "usable")
    drafted = message_templates.drafters(uow, [one.id for one in found.items])
    people = {one.approved_by for one in found.items} | set(drafted.values())
    on = None if call.query["on"] is None else uow.message_templates.need(call.query["on"])
    return {
        "items": [(one, is_letter(one.body), tells_debt(one.body)) for one in found.items],
        "drafted": drafted,
        "people": uow.accounts.by_ids(id_ for id_ in people if id_ is not None),
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab("text_tab.usable", LIST, None, which == "usable"),
            Tab("text_tab.others", href(LIST, {"which": "others"}), None, which == "others"),
        ],
        "which": which,
        "on": on,
        "writes": call.actor.may(Permission.TEMPLATES_WRITE),
        "approves": call.actor.may(Permission.TEMPLATES_APPROVE),
        "placeholders": sorted(OPEN_PLACEHOLDERS | DEBT_PLACEHOLDERS),
        "of_letters": sorted(LETTER_PLACEHOLDERS),
        "form_id": uow.new_id(),
        **_said("" if on is None else on.body),
    }


@page(
    "POST",
    f"{LIST}/check",
    needs=[Permission.TEMPLATES_WRITE],
    template="text_said.html",
    fields=TypedText,
    own_turn=True,
)
def check_text(call: Call) -> dict[str, Any]:
    """V15: what the word list and the list of what a letter states say of a text while it is typed."""
    return _said(call.body["body"])


@page("POST", LIST, needs=[Permission.TEMPLATES_WRITE], template=None, fields=TextForm)
def draft_text(call: Call) -> Response:
    """A new text, or a new version of one; what was sent keeps the one that it was sent from."""
    given = call.body
    once(
        call.uow.message_templates,
        given["id"],
        lambda: message_templates.draft(
            call.uow, given["id"], given["name"], given["body"], given["replaces_id"]
        ),
    )
    return led_to(href(LIST, {"which": "others"}))


@page("GET", f"{ONE}/history", needs=_READS, template="text_history.html", clauses=("V15",))
def text_history(call: Call) -> dict[str, Any]:
    """V15: the versions of a text, what changed in words, who wrote and approved each, when it was in force."""
    template = call.uow.message_templates.need(call.path["template_id"])
    return {"name": template.name, "versions": history_of(call.uow, template)}


@page("POST", f"{ONE}/approve", needs=[Permission.TEMPLATES_APPROVE], template=None)
def approve_text(call: Call) -> Response:
    """V15: approve what somebody else drafted."""
    template = call.uow.message_templates.need(call.path["template_id"])
    message_templates.approve(call.uow, call.actor, template)
    return led_to(LIST)


@page("POST", f"{ONE}/retire", needs=[Permission.TEMPLATES_APPROVE], template=None)
def retire_text(call: Call) -> Response:
    """Use it no more; what was sent from it keeps naming it."""
    message_templates.retire(call.uow, call.uow.message_templates.need(call.path["template_id"]))
    return led_to(LIST)


@page(
    "GET",
    LETTERS,
    needs=[Permission.LETTERS_RECEIVE],
    template="letters.html",
    query=LetterQuery,
    reads_personal=True,
    clauses=("V6", "V13", "V15", "V21"),
)
def plan_letters(call: Call) -> dict[str, Any]:
    """V15: the letters of a plan's visits, one a page, from an approved text."""
    plan, visits = planned_visits(call)
    return {"plan": plan, "back": f"/desk/plans/{plan.id}", **_printed(call, visits)}


def _printed(call: Call, visits: Sequence[Visit]) -> dict[str, Any]:
    text = letter_printing.letter_text(call.uow, call.query["template"])
    return {
        "text": text,
        "texts": letter_printing.letter_texts(call.uow),
        "letters": [] if text is None else letter_printing.letters_for(call.uow, visits, text),
        "left_out": len(visits) - len(letter_printing.printable(visits)),
    }


@page("POST", LETTERS, needs=[Permission.LETTERS_RECEIVE], template=None, fields=LetterForm)
def issue_plan_letters(call: Call) -> Response:
    """V21: the printed letters are listed as issued, for release and for their counterfoils."""
    plan, visits = planned_visits(call)
    text = letter_printing.letter_text(call.uow, call.body["template"])
    assert text is not None, "the form names it"
    letter_printing.issue_letters(call.uow, call.actor, visits, text)
    return led_to(href(f"/desk/plans/{plan.id}/letters", {"template": text.id}))


@page(
    "GET",
    LETTERS_OF_VISIT,
    needs=[Permission.LETTERS_RECEIVE],
    template="letters.html",
    query=LetterQuery,
    reads_personal=True,
    clauses=("V6", "V13", "V15", "V21"),
)
def visit_letters(call: Call) -> dict[str, Any]:
    """V15: the letter of one visit, for one that was added late or whose letter was spoilt."""
    visit, placement = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.LETTERS_RECEIVE)
    given = {"plan": None, "back": f"/desk/visits/{visit.id}", "case_number": placement.case_number}
    return {**given, **_printed(call, [visit])}


@page("POST", LETTERS_OF_VISIT, needs=[Permission.LETTERS_RECEIVE], template=None, fields=LetterForm)
def issue_visit_letters(call: Call) -> Response:
    """V21: the printed letter is listed as issued, once."""
    visit, _ = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.LETTERS_RECEIVE)
    text = letter_printing.letter_text(call.uow, call.body["template"])
    assert text is not None, "the form names it"
    letter_printing.issue_letters(call.uow, call.actor, [visit], text)
    return led_to(href(f"/desk/visits/{visit.id}/letters", {"template": text.id}))


def planned_visits(call: Call) -> tuple[Any, Sequence[Visit]]:
    """The plan with its visits in the order of the day."""
    plan = plan_views.read_plan(call.uow, call.actor, call.path["plan_id"])
    ids = [stop.id for team in plan.teams for stop in team.visits]
    found = call.uow.visits.by_ids(ids)
    return plan, [found[id_] for id_ in ids]


def _said(typed: str) -> dict[str, Any]:
    body = by_name(typed)
    return {
        "body": typed,
        "findings": body_findings(body) if body else [],
        "letter": is_letter(body),
        "debt": tells_debt(body),
    }
