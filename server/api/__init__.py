"""The HTTP API: parse, call one use case, dump. A module a noun, each with one blueprint."""

from __future__ import annotations

from flask_smorest import Blueprint

from server.api import (
    accounts,
    addresses,
    auth,
    captures,
    case_records,
    credit,
    devices,
    disputes,
    evidence,
    evidence_flags,
    evidence_integrity,
    evidence_packs,
    holds,
    imports,
    inbox,
    incidents,
    message_templates,
    months,
    organisation,
    papers,
    placements,
    plans,
    request_decisions,
    routes,
    text_messages,
    uploads,
    visit_endings,
    visit_facts,
    visit_lists,
    visit_requests,
    visits,
    webhooks,
)

_MODULES = (
    auth,
    accounts,
    organisation,
    visit_requests,
    request_decisions,
    plans,
    routes,
    visit_lists,
    devices,
    papers,
    visits,
    visit_facts,
    visit_endings,
    incidents,
    evidence,
    uploads,
    captures,
    evidence_integrity,
    evidence_packs,
    evidence_flags,
    imports,
    placements,
    case_records,
    addresses,
    holds,
    credit,
    months,
    disputes,
    message_templates,
    inbox,
    webhooks,
    text_messages,
)


def blueprints() -> list[Blueprint]:
    return [module.blueprint for module in _MODULES]
