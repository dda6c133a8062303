"""The ledger of fines (F4, F5): found, verified and due the same day, paid or double; the catalogue is the edition's.

Owns who may enter, verify and receive what, and what is owed on a day. It refuses to deduct: that is
proposed to finance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.access import Actor, Post
from server.domain.money import format_fen
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause, part_of
from server.domain.problems import Category, Finding, kind
from server.domain.value_words import Several

ADDRESS_ERRORS = "address_errors"  # R13 has numbers of its own
INCIDENT = "incident"  # F7: the matrix says how much


class FineState(StrEnum):
    FOUND = "found"
    DROPPED = "dropped"  # looked at, and not so
    DUE = "due"  # verified and notified
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Fine:
    """What somebody is fined for; `count` pieces make `amount_fen`. It is due on the day on which it was verified."""

    id: str
    account_id: str
    entry: str
    clause: str
    month: str
    found_on: date
    count: int
    amount_fen: int
    note: str
    state: FineState
    found_by: str
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    due_on: date | None
    paid_on: date | None
    received_by: str | None
    received_fen: int | None
    version: int


@dataclass(frozen=True, slots=True)
class FineEntry:
    """An entry of the catalogue: how much one piece costs, and the posts that supervise it."""

    code: str
    fen: int
    clause: str
    supervisors: tuple[Post, ...]


FINE_UNKNOWN = kind(
    "fine_unknown",
    Category.REFUSED,
    "现行制度没有此项罚款：{entry}",
    "The policy in force has no such fine: {entry}",
    remedy=("可用的项目：{known}", "Entries: {known}"),
    clause="F4",
)
FINE_NOT_SUPERVISED = kind(
    "fine_not_supervised",
    Category.REFUSED,
    "该项罚款由 {posts} 监督，且不能办理本人的罚款",
    "This fine is supervised by {posts}, and nobody handles an own one",
    remedy=("请由监督责任人办理。", "Let who supervises it do so."),
    clause="F5",
)
FINE_STATE = kind(
    "fine_state",
    Category.CONFLICT,
    "该罚款当前为“{state}”",
    "This fine is {state} now",
    remedy=("请刷新后查看。", "Load it again."),
    clause="F5",
)
FINE_AMOUNT = kind(
    "fine_amount",
    Category.REFUSED,
    "应收 {owed} 元（逾期加倍）",
    "{owed} yuan is owed, double when overdue",
    remedy=("请按应收金额登记。", "Record what is owed."),
    clause="F5",
)


@clause("F4", codes=("fine_unknown",))
def f4_entry_findings(entry: str, edition: Edition) -> list[Finding]:
    """A fine is for something that the catalogue of the edition names.

    「标记虚假案件状态 … 1条10元」「敏感催记罚款50元」「推销性质的录音一次罚款50元」
    """
    known = [row[0] for row in edition.fine_catalogue]
    return (
        []
        if entry in known
        else [Finding(FINE_UNKNOWN, "entry", {"entry": entry, "known": ", ".join(known)})]
    )


def entry_of(code: str, edition: Edition) -> FineEntry:
    """The entry by which somebody is fined: one of the catalogue, R13's or F7's."""
    if code == ADDRESS_ERRORS:
        return FineEntry(code, edition.address_error_fine, "R13", (Post.DISPATCHER,))
    for known, fen, of_clause, posts in edition.fine_catalogue:
        if known == code:
            return FineEntry(code, fen, of_clause, tuple(Post(post) for post in posts))
    return FineEntry(code, 0, "F7" if code == INCIDENT else "F4", (Post.MANAGER,))


@part_of("F5", codes=("fine_not_supervised",))
def supervisor_findings(actor: Actor, account_id: str, entry: FineEntry) -> list[Finding]:
    """Whoever supervises the entry, or a manager; never for oneself."""
    allowed = actor.posts & {*entry.supervisors, Post.MANAGER}
    if allowed and actor.account_id != account_id:
        return []
    return [Finding(FINE_NOT_SUPERVISED, None, {"posts": Several(entry.supervisors)})]


@part_of("F5", codes=("fine_state",))
def state_findings(fine: Fine, *allowed: FineState) -> list[Finding]:
    return [] if fine.state in allowed else [Finding(FINE_STATE, None, {"state": fine.state})]


@clause("F5", codes=("fine_amount",))
def f5_owed(fine: Fine, on: date) -> int:
    """What is owed on a day: due on the day of verification, double after it; nothing before it and once it is paid.

    「罚款在统计出核对无误后，当天交给监督责任人(客服/组长)，逾期加倍从工资中扣除」
    """
    if (
        fine.due_on is None
        or fine.state is FineState.DROPPED
        or (fine.paid_on is not None and fine.paid_on <= on)
    ):
        return 0
    return fine.amount_fen if on <= fine.due_on else 2 * fine.amount_fen


def payment_findings(fine: Fine, received_fen: int, on: date) -> list[Finding]:
    """What is received is what is owed on that day."""
    owed = f5_owed(fine, on)
    return [] if received_fen == owed else [Finding(FINE_AMOUNT, "amount", {"owed": format_fen(owed)})]


def overdue_fen(fines: Iterable[Fine], month: str, last: date) -> int:
    """What fines that fell due in a month and were unpaid at its end come to: F5 would have it deducted."""
    of_month = (one for one in fines if one.due_on is not None and f"{one.due_on:%Y-%m}" == month)
    return sum(f5_owed(one, last) for one in of_month if one.due_on is not None and one.due_on < last)
