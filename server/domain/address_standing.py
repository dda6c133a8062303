"""What the records say of an address: valid, invalid or nothing (有效地址; R5, R6). The newest evidence decides.

Owns who counts as direct relative in a confirmation. Refuses to read records: visits and confirmations are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from server.domain.placements import Address, AddressConfirmation, AddressStanding
from server.domain.visit_rules import standing_after
from server.domain.visits import AddressOutcome, Visit

WITHDRAWN = "withdrawn: "  # before the reason that a dispatcher wrote
DEBTOR_WORDS = frozenset({"本人", "债务人", "借款人", "debtor"})
# 直系亲属: spouse, parents, children, grandparents, grandchildren; a former spouse is none (C3).
DIRECT_RELATIVE_WORDS = frozenset(
    (
        "直系亲属", "配偶", "丈夫", "妻子", "爱人", "父母", "父亲", "母亲", "爸爸", "妈妈", "子女", "儿子", "女儿",
        "祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母", "外公", "外婆", "姥爷", "姥姥", "孙子", "孙女", "外孙",
        "外孙女", "spouse", "husband", "wife", "father", "mother", "son", "daughter", "grandfather", "grandmother",
        "grandson", "granddaughter",
    )
)  # fmt: skip
_BETWEEN = re.compile(r"[\s,，、;；:：/／·()（）-]+")

_WHOSE = re.compile(r"^(?:债务人|借款人|本人|其)的?")  # 债务人母亲 is written as often as 母亲


def confirmed_themselves(confirmation: AddressConfirmation, debtor_name: str) -> bool:
    """Whether the debtor or a direct relative confirmed it; whoever else did makes it confirmed, not valid."""
    words = {_WHOSE.sub("", word) or word for word in _BETWEEN.split(confirmation.confirmed_by.lower())}
    return bool(words & (DEBTOR_WORDS | DIRECT_RELATIVE_WORDS)) or debtor_name in words


def told_reason(reason: str | None) -> AddressOutcome | str | None:
    """Why an address is valid or invalid, as its record has it: what a visit found, or what somebody wrote."""
    if reason in [outcome.value for outcome in AddressOutcome]:
        return AddressOutcome(reason)
    return None if reason is None else reason.removeprefix(WITHDRAWN)


def standing_on_file(
    address: Address, debtor_name: str, confirmations: Iterable[AddressConfirmation], visits: Iterable[Visit]
) -> AddressStanding:
    """The standing by the newest evidence: outcomes of visits, confirmations, and what a dispatcher recorded.

    A confirmation by somebody else lifts what was recorded as invalid before it, and no more.
    """
    evidence: list[tuple[datetime, AddressStanding]] = []
    for visit in visits:
        found = None if visit.outcome is None else standing_after(visit.outcome)
        if found is not None and visit.ended_at is not None and visit.voided_at is None:
            evidence.append((visit.ended_at, found))
    for confirmation in confirmations:
        own = confirmed_themselves(confirmation, debtor_name)
        evidence.append((confirmation.recorded_at, AddressStanding.VALID if own else AddressStanding.UNKNOWN))
    standing = address.standing
    if address.standing_since is not None:
        evidence.append((address.standing_since, address.standing))
        standing = AddressStanding.UNKNOWN
    for _, found in sorted(evidence, key=lambda one: one[0]):
        if found is not AddressStanding.UNKNOWN or standing is AddressStanding.INVALID:
            standing = found
    return standing
