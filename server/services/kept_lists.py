"""Lists as somebody keeps them: filters by name and columns left out, each person's own.

Owns reading and writing of one's own rows. Refuses those of anybody else, which are not there for who asks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from server.domain.access import Actor
from server.domain.kept_lists import KeptList, keeping_findings
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services.ports.unit_of_work import UnitOfWork


def kept_of(uow: UnitOfWork, actor: Actor, path: str) -> list[KeptList]:
    """Everything that the actor keeps of the list, filters by their names; one query."""
    found = uow.kept_lists.having(account_id=actor.account_id, path=path)
    return sorted(found, key=lambda kept: kept.name)


def hidden_of(kept: Iterable[KeptList]) -> frozenset[str]:
    """The keys of the columns that are left out."""
    return next((one.hidden_columns for one in kept if not one.name), frozenset())


def keep_filter(uow: UnitOfWork, actor: Actor, path: str, name: str, query: str) -> KeptList:
    """Keep the list's filters under a name; the same name again stands for the new ones."""
    kept = kept_of(uow, actor, path)
    named = [one for one in kept if one.name]
    same = next((one for one in named if one.name == name), None)
    if same is None:
        refuse_if(keeping_findings(len(named)))
    return _kept(uow, actor, path, same, name=name, query=query)


def choose_columns(uow: UnitOfWork, actor: Actor, path: str, hidden: Iterable[str]) -> KeptList:
    """Leave columns out of the list from now on."""
    before = next((one for one in kept_of(uow, actor, path) if not one.name), None)
    return _kept(uow, actor, path, before, hidden=" ".join(sorted(hidden)))


def drop(uow: UnitOfWork, actor: Actor, kept_id: str) -> KeptList:
    """Keep a filter no longer."""
    kept = uow.kept_lists.get(kept_id)
    if kept is None or kept.account_id != actor.account_id or not kept.name:
        raise problem(NOT_FOUND, what=f"kept_list {kept_id}")
    uow.kept_lists.drop(kept)
    return kept


def _kept(uow: UnitOfWork, actor: Actor, path: str, before: KeptList | None, **values: Any) -> KeptList:
    if before is not None:
        return uow.kept_lists.save(dataclasses.replace(before, kept_at=uow.now, **values))
    fresh = KeptList(uow.new_id(), actor.account_id, path, "", "", "", uow.now, 1)
    return uow.kept_lists.add(dataclasses.replace(fresh, **values))
