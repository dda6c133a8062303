"""Routes of message templates: list, draft, approve, retire (V15)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.visit_answers import TemplateNew, TemplatePage, TemplateQuery, TemplateView
from api_schemas.visit_inputs import Once
from server.domain.access import Permission
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.domain.visits import MessageTemplate
from server.domain.wording import NAME_TAKEN, PLACEHOLDER_UNKNOWN, WORD_FORBIDDEN
from server.services import message_templates
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "message_templates", __name__, url_prefix="/api/v1", description="Templates of messages and letters (V15)"
)


@endpoint(
    blueprint,
    "GET",
    "/message-templates",
    needs=[
        Permission.VISITS_CONDUCT,
        Permission.MESSAGES_SEND,
        Permission.TEMPLATES_WRITE,
        Permission.TEMPLATES_APPROVE,
    ],
    query=TemplateQuery,
    answer=TemplatePage,
)
def list_templates(call: Call) -> Page[MessageTemplate]:
    """Templates, oldest first; `usable=true`: only those that may be sent."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return call.uow.message_templates.page(request, usable=call.query["usable"])


@endpoint(
    blueprint,
    "POST",
    "/message-templates",
    needs=[Permission.TEMPLATES_WRITE],
    body=TemplateNew,
    answer=TemplateView,
    status=201,
    once=True,
    problems=[WORD_FORBIDDEN, PLACEHOLDER_UNKNOWN, NAME_TAKEN, NOT_FOUND],
)
def draft_template(call: Call) -> MessageTemplate:
    """A new text, to be approved by somebody who may."""
    given = call.body
    return message_templates.draft(
        call.uow, given["id"], given["name"], given["body"], given.get("replaces_id")
    )


@endpoint(
    blueprint,
    "POST",
    "/message-templates/<uuid:template_id>/approve",
    needs=[Permission.TEMPLATES_APPROVE],
    body=Once,
    answer=TemplateView,
    once=True,
    problems=[WORD_FORBIDDEN, WRONG_STATE],
)
def approve_template(call: Call) -> MessageTemplate:
    """Approve a draft; only then it may be sent."""
    template = call.uow.message_templates.need(call.path["template_id"])
    return message_templates.approve(call.uow, call.actor, template)


@endpoint(
    blueprint,
    "POST",
    "/message-templates/<uuid:template_id>/retire",
    needs=[Permission.TEMPLATES_APPROVE],
    body=Once,
    answer=TemplateView,
    once=True,
    problems=[WRONG_STATE],
)
def retire_template(call: Call) -> MessageTemplate:
    """Send it no more."""
    return message_templates.retire(call.uow, call.uow.message_templates.need(call.path["template_id"]))
