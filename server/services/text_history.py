"""The versions of a text: who wrote each, who approved it, when it was in force, what changed (V15).

Owns the way from version to version. Refuses nothing: texts are the firm's and name no debtor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.people import Account
from server.domain.text_changes import Piece, changes
from server.domain.visits import MessageTemplate
from server.services.ports.unit_of_work import UnitOfWork

MOST_VERSIONS = 50  # further back a text is followed from its oldest version here


@dataclass(frozen=True, slots=True)
class Version:
    """`changed` is None for a text that replaces none; in force from `approved_at` to `retired_at`."""

    text: MessageTemplate
    drafted_by: Account | None
    drafted_at: datetime | None
    approved_by: Account | None
    changed: Sequence[Piece] | None


def history_of(uow: UnitOfWork, template: MessageTemplate) -> list[Version]:
    """The text with every version before it and after it, the newest first; a branch of several is shown whole."""
    found = _related(uow, template)
    lines = uow.trail.done_to(("template.drafted",), "message_template", found)
    drafted = {line.subject_id: line for line in lines}
    ids = {line.actor_id for line in lines} | {one.approved_by for one in found.values()}
    people = uow.accounts.by_ids(id_ for id_ in ids if id_ is not None)
    versions = []
    for one in sorted(found.values(), key=lambda text: (_depth(found, text), text.id), reverse=True):
        line = drafted.get(one.id)
        before = found.get(one.replaces_id or "")
        versions.append(
            Version(
                one,
                None if line is None else people.get(line.actor_id or ""),
                None if line is None else line.at,
                people.get(one.approved_by or ""),
                None if before is None else changes(before.body, one.body),
            )
        )
    return versions


def _depth(found: Mapping[str, MessageTemplate], text: MessageTemplate) -> int:
    """How many versions stand before it: ids are made by whoever drafts and say nothing of the order."""
    depth, before = 0, found.get(text.replaces_id or "")
    while before is not None:
        depth, before = depth + 1, found.get(before.replaces_id or "")
    return depth


def _related(uow: UnitOfWork, template: MessageTemplate) -> dict[str, MessageTemplate]:
    found = {template.id: template}
    first = template
    while first.replaces_id is not None and len(found) < MOST_VERSIONS:
        first = uow.message_templates.need(first.replaces_id)
        found[first.id] = first
    newest = [first.id, *found]
    while newest and len(found) < MOST_VERSIONS:
        later = uow.message_templates.having_any("replaces_id", set(newest))
        newest = [one.id for one in later if one.id not in found]
        found |= {one.id: one for one in later}
    return found
