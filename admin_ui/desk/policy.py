"""The policy at the desk: its editions, what differs between two, proposals, who read it, clients' overlays (M5, S21).

Owns the forms and which two editions are set side by side. Refuses nothing of its own: what may be published, and by
whom, the use cases say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from admin_ui.forms import see_other
from admin_ui.page import page
from admin_ui.telling import language
from api_schemas.desk_policy import PolicyCompared, PolicyOf, ProposalDecisionForm, ProposalForm
from server.domain.access import Permission
from server.domain.policy.edition_changes import differences
from server.domain.policy.edition_words import NAMES, say_value
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.overlays import STRICTER
from server.domain.policy.policy_documents import PARAMETERS
from server.domain.policy.policy_texts import written
from server.domain.policy_proposals import ProposalState
from server.domain.problems import INVALID_INPUT, NOT_FOUND, problem
from server.services import policy
from server.web.endpoint import Call

LIST = "/desk/policy"
_PROPOSALS = [Permission.POLICY_PROPOSE, Permission.POLICY_APPROVE]
_CLAUSES = ("M5", "S21")


@page("GET", LIST, needs=[Permission.SELF], template="policy.html", query=PolicyOf, clauses=_CLAUSES)
def show_policy(call: Call) -> dict[str, Any]:
    """The editions, newest first, each with what it says otherwise than the one before; of a client, overlaid."""
    client_id = call.query["client"]
    shown = policy.current(call.uow, call.actor, client_id)
    book = call.uow.policy if client_id is None else call.uow.policy_of(client_id)
    in_force = book.in_force_on(shown.in_force)
    proposes, approves = (call.actor.may(one) for one in _PROPOSALS)
    told = policy.proposals(call.uow) if proposes or approves else []
    reads = shown.document_id is not None and (proposes or approves)
    return {
        "shown": shown,
        "client": client_id,
        "clients": call.uow.organisation.clients(),
        "editions": _editions(book),
        "values": _values(
            in_force, None if client_id is None else call.uow.policy.in_force_on(shown.in_force)
        ),
        "proposals": told,
        "waiting": [one for one in told if one.proposal.state is ProposalState.PROPOSED],
        "proposes": proposes,
        "approves": approves,
        "own": call.actor.account_id,
        "readers": policy.readers(call.uow, shown.document_id) if reads and shown.document_id else None,
        "text": shown.text or (written(book) if client_id is None else ""),
        "form_id": call.uow.new_id(),
        "decision_id": call.uow.new_id(),
    }


@page(
    "GET",
    f"{LIST}/compared",
    needs=[Permission.SELF],
    template="policy_compared.html",
    query=PolicyCompared,
    clauses=_CLAUSES,
)
def compare_editions(call: Call) -> dict[str, Any]:
    """What one edition says otherwise than another, in words."""
    days = [one.effective_from for one in call.uow.policy.editions]
    one, other = (call.query[name] or default for name, default in (("one", days[0]), ("other", days[-1])))
    for name, day in (("one", one), ("other", other)):
        if day not in days:
            raise problem(NOT_FOUND, name, what=f"edition of {day.isoformat()}")
    first, second = (call.uow.policy.in_force_on(day) for day in (one, other))
    tongue = language()
    changes = [
        (
            NAMES[change.name][0 if tongue == "zh" else 1],
            say_value(change.name, change.before, tongue),
            say_value(change.name, change.after, tongue),
            change.clause,
        )
        for change in differences(PolicyBook([first]), PolicyBook([_on(second, first)]))
    ]
    return {"days": days, "one": one, "other": other, "changes": changes}


@page("POST", f"{LIST}/proposals", needs=[Permission.POLICY_PROPOSE], template=None, fields=ProposalForm)
def propose_policy(call: Call) -> Response:
    """Propose a whole document, typed or as a file; the same form sent again is the same proposal."""
    body = call.body
    if call.uow.policy_proposals.get(body["id"]) is None:
        policy.propose(call.uow, call.actor, body | {"document": _document(body["document"])})
    return see_other(LIST)


@page(
    "POST",
    f"{LIST}/proposals/<uuid:proposal_id>/decision",
    needs=[Permission.POLICY_APPROVE],
    template=None,
    fields=ProposalDecisionForm,
)
def decide_policy(call: Call) -> Response:
    """M5: approve and publish it, or decline; by another person than who proposed it."""
    policy.decide(call.uow, call.actor, call.path["proposal_id"], call.body)
    return see_other(LIST)


@page("POST", f"{LIST}/documents/<uuid:document_id>/reading", needs=[Permission.SELF], template=None)
def read_policy(call: Call) -> Response:
    """M5: say that one has read it."""
    policy.note_reading(call.uow, call.actor, call.path["document_id"])
    return see_other(LIST)


def _document(typed: str) -> str:
    """A chosen file stands before what was typed."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return typed
    try:
        return str(file.read(), "utf-8-sig")
    except UnicodeDecodeError as error:
        raise problem(
            INVALID_INPUT, "file", field_zh="文件", field_en="file", detail="must be UTF-8"
        ) from error


def _editions(book: PolicyBook) -> list[tuple[Edition, Sequence[str]]]:
    """Each with its differences from the one before it, in words; the newest first."""
    told: list[tuple[Edition, Sequence[str]]] = []
    for number, edition in enumerate(book.editions):
        before = book.editions[number - 1] if number else edition
        changes = differences(PolicyBook([before]), PolicyBook([_on(edition, before)]))
        told.append((edition, [_said(change.name, change.before, change.after) for change in changes]))
    return told[::-1]


def _on(edition: Edition, other: Edition) -> Edition:
    """As if it had taken effect on the other's day: only what it says is compared."""
    values = {name: getattr(edition, name) for name in PARAMETERS}
    return Edition(effective_from=other.effective_from, **values)


def _said(name: str, before: Any, after: Any) -> str:
    tongue = language()
    colon = "：" if tongue == "zh" else ": "
    values = " → ".join(say_value(name, value, tongue) for value in (before, after))
    return f"{NAMES[name][0 if tongue == 'zh' else 1]}{colon}{values}"


def _values(edition: Edition, firm: Edition | None) -> list[tuple[str, str, str, bool]]:
    """Each parameter of the edition in force: name, clause, value, and whether the client's overlay made it stricter.
    Of a client only what it may ask for."""
    tongue = language()
    names = list(PARAMETERS) if firm is None else list(STRICTER)
    return [
        (
            NAMES[name][0 if tongue == "zh" else 1],
            PARAMETERS[name].metadata["clause"],
            say_value(name, getattr(edition, name), tongue),
            firm is not None and getattr(edition, name) != getattr(firm, name),
        )
        for name in names
    ]
