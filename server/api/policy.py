"""Routes of the policy: what holds, proposals, their approval, who read it (section 9, M5, S21)."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from api_schemas.policy import (
    OfClient,
    PolicyReaders,
    PolicyView,
    ProposalDecision,
    ProposalDocument,
    ProposalList,
    ProposalNew,
    ReadingView,
)
from server.domain.access import Permission
from server.domain.policy.edition_changes import EDITION_REACHES_BACK, EDITION_WITHOUT_CHANGE
from server.domain.policy.overlays import OVERLAY_LOOSER
from server.domain.policy_proposals import PROPOSAL_DECIDED, PROPOSAL_OWN, PolicyReading
from server.domain.problems import NOT_FOUND
from server.domain.simulations import POLICY_UNUSABLE
from server.services import policy
from server.services.policy import PolicyShown, ProposalShown
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "policy", __name__, url_prefix="/api/v1", description="The policy as data (section 9, M5, S21)"
)

_UNFIT = [POLICY_UNUSABLE, EDITION_REACHES_BACK, EDITION_WITHOUT_CHANGE, OVERLAY_LOOSER]


@endpoint(
    blueprint,
    "GET",
    "/policy",
    needs=[Permission.SELF],
    query=OfClient,
    answer=PolicyView,
    problems=[NOT_FOUND],
)
def show_policy(call: Call) -> PolicyShown:
    """The editions of the policy, for everybody; of a client with its overlay."""
    return policy.current(call.uow, call.actor, call.query["client_id"])


@endpoint(
    blueprint,
    "POST",
    "/policy/documents/<uuid:document_id>/reading",
    needs=[Permission.SELF],
    answer=ReadingView,
    problems=[NOT_FOUND],
)
def read_policy(call: Call) -> PolicyReading:
    """M5: say that one has read it; the first time stands."""
    return policy.note_reading(call.uow, call.actor, call.path["document_id"])


@endpoint(
    blueprint,
    "GET",
    "/policy/documents/<uuid:document_id>/readers",
    needs=[Permission.POLICY_PROPOSE, Permission.POLICY_APPROVE],
    answer=PolicyReaders,
    problems=[NOT_FOUND],
)
def list_readers(call: Call) -> dict[str, Any]:
    """M5: who read it when."""
    found = policy.readers(call.uow, call.path["document_id"])
    return {"items": [{"name": name, "read_at": at} for name, at in found]}


@endpoint(
    blueprint,
    "POST",
    "/policy/proposals",
    needs=[Permission.POLICY_PROPOSE],
    body=ProposalNew,
    answer=ProposalDocument,
    status=201,
    once=True,
    problems=[NOT_FOUND, *_UNFIT],
)
def propose_policy(call: Call) -> ProposalShown:
    """Propose a whole document; what could not be published today is refused, with the key at fault."""
    return policy.propose(call.uow, call.actor, call.body)


@endpoint(
    blueprint,
    "GET",
    "/policy/proposals",
    needs=[Permission.POLICY_PROPOSE, Permission.POLICY_APPROVE],
    answer=ProposalList,
)
def list_proposals(call: Call) -> dict[str, Any]:
    """All proposals with their differences in words, the newest first."""
    return {"items": policy.proposals(call.uow)}


@endpoint(
    blueprint,
    "POST",
    "/policy/proposals/<uuid:proposal_id>/decision",
    needs=[Permission.POLICY_APPROVE],
    body=ProposalDecision,
    answer=ProposalDocument,
    once=True,
    problems=[NOT_FOUND, PROPOSAL_OWN, PROPOSAL_DECIDED, *_UNFIT],
)
def decide_policy(call: Call) -> ProposalShown:
    """M5: approve and publish it, or decline; by another person than who proposed it."""
    return policy.decide(call.uow, call.actor, call.path["proposal_id"], call.body)
