"""The firm's frame: branches with their own city, teams of collectors, clients and their projects.

Owns what a name may be. It refuses a name that is taken, for imports know everything of the frame by its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.problems import Category, Finding, kind

ORGANISATION_NAME_TAKEN = kind(
    "organisation_name_taken",
    Category.CONFLICT,
    "名称“{name}”已存在",
    "The name {name} is taken",
    remedy=("请使用已有的一项，或另取名称。", "Use the one that exists, or choose another name."),
)


@dataclass(frozen=True, slots=True)
class Client:
    """A client (甲方, 委托方): the bank."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    """A product of one client that the firm works."""

    id: str
    client_id: str
    name: str


def name_findings(name: str, taken: Iterable[str]) -> list[Finding]:
    """A name stands once among its like: imports find branches, teams, clients and projects by it."""
    return [Finding(ORGANISATION_NAME_TAKEN, "name", {"name": name})] if name in set(taken) else []
