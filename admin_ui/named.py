"""What the ids in a sentence of a trace are called: a visit by its day, a telephone by its number, masked (S5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from server.domain.masking import masked_telephone
from server.services.ports.unit_of_work import UnitOfWork

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named(text: str, names: Mapping[str, str]) -> str:
    """The text with names for the ids that have one."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), text)


def telephones(uow: UnitOfWork, texts: Iterable[str]) -> dict[str, str]:
    """The telephones that texts name by their id; one query for all of them."""
    ids = {id_ for text in texts for id_ in _ID.findall(text)}
    return {id_: masked_telephone(phone.number) or "" for id_, phone in uow.phones.by_ids(ids).items()}
