"""The simulator at the desk: choose a policy, readings and days, see what it would have credited (section 9).

Owns how a policy is put together from the form, and where a simulation stands while it runs. Refuses to credit
anything: an answer is shown and nothing is kept but the line of the trail. How far it has come is known to the process
that runs it; in a second process the page only says that it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response

from admin_ui import plots
from admin_ui.forms import is_part, see_other
from admin_ui.page import page
from admin_ui.telling import language, rendered
from api_schemas.desk_simulator import READINGS, SimulatorAnswer, SimulatorForm
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.policy.edition_words import NAMES, say_value
from server.domain.policy.editions import PolicyBook
from server.domain.policy.policy_documents import PARAMETERS, PolicyError, parse_policy
from server.domain.policy.policy_texts import with_readings, written
from server.domain.policy_proposals import ProposalState
from server.domain.problems import NOT_FOUND, Problem, problem
from server.domain.simulations import unusable
from server.services import simulations
from server.services.policy import proposals
from server.services.ports.simulation import Fate
from server.services.simulations import Simulated, Step
from server.web.endpoint import Call

LIST = "/desk/simulator"
_NEEDS = [Permission.POLICY_SIMULATE]
_CLAUSES = ("M5", "M6")
_A_YEAR = timedelta(days=364)
_at: dict[str, Step] = {}  # by account, while a simulation runs in this process


@page("GET", LIST, needs=_NEEDS, template="simulator.html", clauses=_CLAUSES)
def simulator(call: Call) -> dict[str, Any]:
    """The form, with the facts that there are."""
    return _form(call)


@page("GET", f"{LIST}/facts", needs=_NEEDS, template=None)
def simulator_facts(call: Call) -> Response:
    """How old the facts are and how far newer ones have come; a piece, asked again while some are gathered."""
    return rendered("simulator_facts.html", None, {"facts": simulations.read_snapshot(call.uow)})


@page("POST", f"{LIST}/facts", needs=_NEEDS, template=None)
def gather_facts(call: Call) -> Response:
    """Have the facts gathered anew."""
    facts = simulations.ask_for_snapshot(call.uow, call.actor)
    if is_part():
        return rendered("simulator_facts.html", None, {"facts": facts})
    return see_other(LIST)


@page(
    "POST",
    LIST,
    needs=_NEEDS,
    template="simulator_answer.html",
    fields=SimulatorForm,
    own_turn=True,
    clauses=_CLAUSES,
)
def begin_simulation(call: Call) -> Any:
    """Put the policy together and refuse what cannot be compared; the page then asks for the answer, and how far it is.
    Without scripts the answer comes at once."""
    body = call.body
    policy = _policy(call)
    simulations.check(call.uow, policy, body["first"], body["last"])
    asked = {"policy": policy, "first": body["first"], "last": body["last"]}
    if not is_part():
        return _answered(call, policy, body["first"], body["last"], 0)
    _at[call.actor.account_id] = Step.WAITING
    return rendered(
        "simulator_running.html", None, {"asked": asked, "steps": list(Step), "step": Step.WAITING}
    )


@page("GET", f"{LIST}/progress", needs=_NEEDS, template=None)
def simulation_progress(call: Call) -> Response:
    """Where it stands; an answer of 286 tells the page to ask no more."""
    step = _at.get(call.actor.account_id)
    told = {"steps": list(Step), "step": step}
    return rendered("simulator_progress.html", None, told, 200 if step is not None else 286)


@page(
    "POST",
    f"{LIST}/answer",
    needs=_NEEDS,
    template="simulator_answer.html",
    fields=SimulatorAnswer,
    own_turn=True,
    clauses=_CLAUSES,
)
def simulation_answer(call: Call) -> dict[str, Any]:
    """Compare, and tell what differs."""
    body = call.body
    return _answered(call, body["policy"], body["first"], body["last"], body["after"])


def _answered(call: Call, policy: str, first: date, last: date, after: int) -> dict[str, Any]:
    account_id = call.actor.account_id

    def tell(step: Step) -> None:
        _at[account_id] = step

    try:
        told = simulations.simulate(call.house, call.actor, policy, first, last, after, tell)
    finally:
        _at.pop(account_id, None)
    return _shown(told, policy)


def _form(call: Call) -> dict[str, Any]:
    today = local_day(call.uow.now)
    offered = (
        [one for one in proposals(call.uow) if _may_try(one)]
        if call.actor.may(Permission.POLICY_PROPOSE) or call.actor.may(Permission.POLICY_APPROVE)
        else []
    )
    return {
        "facts": simulations.read_snapshot(call.uow),
        "editions": [one.effective_from for one in call.uow.policy.editions],
        "proposals": offered,
        "readings": [_reading(name, call.uow.policy.in_force_on(today)) for name in READINGS],
        "first": today - _A_YEAR,
        "last": today,
    }


def _may_try(shown: Any) -> bool:
    return shown.proposal.client_id is None and shown.proposal.state is ProposalState.PROPOSED


def _reading(name: str, edition: Any) -> dict[str, Any]:
    """A parameter as the form offers it: its name, what holds, and its choices, which a number has none of."""
    place = 0 if language() == "zh" else 1
    metadata, tongue = PARAMETERS[name].metadata, language()
    given = {"flag": (True, False), "choice": metadata.get("choices", ())}.get(metadata["kind"], ())
    return {
        "name": name,
        "label": NAMES[name][place],
        "clause": metadata["clause"],
        "held": say_value(name, getattr(edition, name), tongue),
        "choices": [(str(one).lower(), say_value(name, one, tongue)) for one in given],
    }


def _policy(call: Call) -> str:
    """The text of the policy that was chosen, with the readings that were chosen."""
    body = call.body
    readings = {name: body[name] for name in READINGS if body[name] is not None}
    try:
        base = _base(call, body["document"])
    except PolicyError as error:
        raise Problem([unusable(error, body["document"], "document")]) from error
    try:
        return written(with_readings(base, readings))
    except PolicyError as error:
        raise Problem([unusable(error, "", error.key)]) from error


def _base(call: Call, text: str) -> PolicyBook:
    base: str = call.body["base"]
    if base == "own":
        return parse_policy(text)
    if base == "held":
        return call.uow.policy
    for edition in call.uow.policy.editions:
        if base == edition.effective_from.isoformat():
            return PolicyBook([edition])
    for one in proposals(call.uow):
        if base == f"proposal:{one.proposal.id}" and _may_try(one):
            return parse_policy(one.proposal.document)
    raise problem(NOT_FOUND, "base", what=f"policy {base}")


def _shown(told: Simulated, policy: str) -> dict[str, Any]:
    compared = told.compared
    return {
        "told": told,
        "policy": policy,
        "clauses": plots.bars(compared.by_clause, str),
        "agents": plots.bars(compared.by_agent, _named(told.agents), by_size=True),
        "clients": plots.bars(compared.by_client, _named(told.clients), by_size=True),
        "days": plots.days(compared.by_day),
        "who": lambda fate: _who(fate, told.agents),
    }


def _named(names: Mapping[str, str]) -> Any:
    return lambda key: names.get(key, key)


def _who(fate: Fate, names: Mapping[str, str]) -> list[str]:
    return [names.get(agent, agent) for agent in fate.agents]
