"""New telephones and addresses of a debtor (V19): what is the same as one on file is kept but hidden."""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.placements import Address, Phone
from server.domain.policy.registry import clause


@clause("V19")
def v19_same_phone(number: str, phones: Iterable[Phone]) -> Phone | None:
    """The phone on file that a new one repeats; the new one is then stored hidden, with its source visit.

    「新查询到的电话、地址必须添加进系统;重复的电话、地址需隐藏」
    """
    return next((p for p in phones if p.duplicate_of_id is None and p.number == number), None)


def same_address(normalized: str, addresses: Iterable[Address]) -> Address | None:
    """V19: the address on file that a new one repeats, compared as normalized by the address check."""
    return next((a for a in addresses if a.duplicate_of_id is None and a.normalized == normalized), None)
