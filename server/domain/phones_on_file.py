"""Owns what was on file of telephones at a visit: reachable, called, messaged (C4, X8, V9, V13).

Refuses to judge C4: `server.domain.policy.bases` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.calendar import local_day
from server.domain.calls import call_day, concerns, counts_as_called
from server.domain.making import quickly
from server.domain.placements import CallNote, ContactBlock, Phone, PhoneOwner
from server.domain.policy.editions import Edition
from server.domain.policy.facts import PhoneFacts
from server.domain.visits import MessageState, TextMessage, Visit

# Python asks an enumeration for a member a good deal longer than a module for a name.
_DEBTOR = PhoneOwner.DEBTOR


@quickly
@dataclass(frozen=True, slots=True)
class PhoneFile:
    """The debtor's phones with their calls and blocks, whichever placement of the debtor those came with."""

    phones: Sequence[Phone]
    calls: Sequence[CallNote]
    blocks: Sequence[ContactBlock]


def phones_at(
    file: PhoneFile,
    visit: Visit,
    messages: Sequence[TextMessage],
    started_at: datetime,
    edition: Edition,
) -> tuple[PhoneFacts, ...]:
    """The numbers that were on file when the visit ended, those found on it included (V19); a duplicate is none.

    Without a check-out the visit ends with its day. Reachable (X8): answered, whoever rang, in the last
    `reachable_days` before the end of the visit, and neither blocked (V13) nor, uncalled, over the day's limit (V9).
    Called: a call out from that visit, through a recorded line or device (V12). Messaged: a message of that visit,
    sent, that was put on its way on `D`; a channel that delivers it overnight takes nothing from the agents.
    """
    moment = _Moment(visit, started_at)
    original = {phone.id: phone.duplicate_of_id or phone.id for phone in file.phones}
    calls: dict[str, list[CallNote]] = {}
    for call in file.calls:
        if moment.is_before_the_end(call.at):
            calls.setdefault(original.get(call.phone_id, call.phone_id), []).append(call)
    messaged = {original.get(one.phone_id, one.phone_id) for one in messages if _is_sent(one, moment)}
    return tuple(
        _phone_facts(phone, calls.get(phone.id, ()), file, moment, edition, messaged)
        for phone in sorted(file.phones, key=lambda phone: phone.id)
        if phone.duplicate_of_id is None and moment.is_before_the_end(phone.added_at)
    )


class _Moment:
    """When a visit was: its day, and until when something counts as of that visit."""

    def __init__(self, visit: Visit, started_at: datetime) -> None:
        self.visit_id = visit.id
        self.started_at = started_at
        self.day = local_day(started_at)
        self._ended_at = visit.ended_at

    def is_before_the_end(self, instant: datetime) -> bool:
        if self._ended_at is None:
            return local_day(instant) <= self.day
        return instant <= self._ended_at


def _phone_facts(
    phone: Phone,
    calls: Sequence[CallNote],
    file: PhoneFile,
    moment: _Moment,
    edition: Edition,
    messaged: set[str],
) -> PhoneFacts:
    first_day = moment.day - timedelta(days=edition.reachable_days)
    answered = any(call.answered and local_day(call.at) >= first_day for call in calls)
    called = any(counts_as_called(call, moment.visit_id) for call in calls)
    reachable = answered and not (
        _is_blocked(phone, file.blocks, moment)
        or (not called and phone.owner is _DEBTOR and _limit_is_reached(file, moment, edition))
    )
    return PhoneFacts(phone.id, phone.owner.value, reachable, called, phone.id in messaged)


def _is_blocked(phone: Phone, blocks: Sequence[ContactBlock], moment: _Moment) -> bool:
    """V13: the number, or the debtor for numbers of the debtor's own, was blocked at some time of the visit."""
    return any(
        concerns(block, phone)
        and moment.is_before_the_end(block.placed_at)
        and not (block.lifted_at is not None and block.lifted_at <= moment.started_at)
        for block in blocks
    )


def _limit_is_reached(file: PhoneFile, moment: _Moment, edition: Edition) -> bool:
    """V9: the day's calls out to the debtor's own numbers have used up the limit."""
    owners = {phone.id: phone.owner for phone in file.phones}
    today = [
        call for call in file.calls if local_day(call.at) == moment.day and moment.is_before_the_end(call.at)
    ]
    return call_day(today, owners, edition).left == 0


def _is_sent(message: TextMessage, moment: _Moment) -> bool:
    if message.state is not MessageState.SENT or message.visit_id != moment.visit_id:
        return False
    sent_at = message.sent_at or message.queued_at
    return moment.day in (local_day(message.queued_at), local_day(sent_at))
