"""Text messages on their way out: batches for the firm's channel, and what became of them (V12, V13, C4).

queued → batched → sent or failed. A batch is a file with clear numbers: its maker or IT takes it once (S5). What must
not go out any more is never put into a batch, and is asked again when the file is taken.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.messages import OutgoingText, SentReport, TextMessageBatch
from server.domain.placements import Phone, Placement
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem, refuse_if
from server.domain.text_messages import (
    BATCH_NOT_YOURS,
    BATCH_TAKEN,
    NOTHING_TO_BATCH,
    plain_failure,
    report_findings,
    reported,
    unsendable,
)
from server.domain.value_words import Past
from server.domain.visits import MessageState, TextMessage
from server.services import credit, notices
from server.services.ports.unit_of_work import UnitOfWork


def make_batch(
    uow: UnitOfWork, actor: Actor, batch_id: str, branch_id: str | None, limit: int
) -> TextMessageBatch:
    """The oldest queued messages of a branch as a batch; what must not go out is failed with its reason."""
    branch = branch_id or actor.branch_id
    if branch is None or not _reached(actor, branch):
        raise problem(NOT_FOUND, "branch_id", what=f"branch {branch}")
    queued = uow.text_messages.queued_in(branch, limit)
    if not queued:
        raise problem(NOTHING_TO_BATCH)
    batch = uow.text_message_batches.add(
        TextMessageBatch(batch_id, branch, uow.now, actor.account_id, None, None, None, None, None, 1)
    )
    stopped = _why_not(uow, queued)
    for message in queued:
        if message.id in stopped:
            _fail(uow, dataclasses.replace(message, batch_id=batch.id), stopped[message.id])
        else:
            uow.text_messages.save(
                dataclasses.replace(message, state=MessageState.BATCHED, batch_id=batch.id)
            )
    detail = {"branch_id": branch, "messages": len(queued) - len(stopped), "left_out": len(stopped)}
    uow.audit(AuditEntry("text_message_batch.made", "text_message_batch", batch.id, detail))
    return batch


def take_file(uow: UnitOfWork, actor: Actor, batch: TextMessageBatch) -> list[OutgoingText]:
    """The messages with clear numbers, once, for the maker or IT.

    Who is blocked since then is left out; the messages of a case that was put on hold wait again (V13).
    """
    if actor.account_id != batch.made_by and Post.IT not in actor.posts:
        raise problem(BATCH_NOT_YOURS)
    _check_alive(batch, "下载", "downloaded")
    if batch.taken_at is not None:
        raise problem(BATCH_TAKEN)
    waiting = uow.text_messages.having(batch_id=batch.id, state=MessageState.BATCHED)
    stopped = _why_not(uow, waiting)
    for message in waiting:
        if message.id in stopped:
            _fail(uow, message, stopped[message.id])
    held = _on_hold(uow, waiting) - stopped.keys()
    for message in waiting:
        if message.id in held:
            uow.text_messages.save(dataclasses.replace(message, state=MessageState.QUEUED, batch_id=None))
    going = [message for message in waiting if message.id not in stopped.keys() | held]
    phones = uow.phones.by_ids(message.phone_id for message in going)
    uow.text_message_batches.save(dataclasses.replace(batch, taken_at=uow.now, taken_by=actor.account_id))
    detail = {"message_ids": [message.id for message in going]}
    uow.audit(AuditEntry("text_message_batch.taken", "text_message_batch", batch.id, detail))
    return [OutgoingText(m.id, phones[m.phone_id].number, m.text) for m in going]


def record_reports(
    uow: UnitOfWork, batch: TextMessageBatch, reports: Sequence[SentReport]
) -> TextMessageBatch:
    """What the channel says: all rows or none. The same report twice changes nothing."""
    _check_alive(batch, "登记结果", "reported on")
    if batch.taken_at is None:
        raise problem(WRONG_STATE, state=Past.NOT_TAKEN, verb_zh="登记结果", verb_en="reported on")
    messages = {message.id: message for message in uow.text_messages.having(batch_id=batch.id)}
    refuse_if(report_findings(batch, messages, reports, uow.now))
    fresh = [report for report in reports if not reported(messages[report.message_id], report)]
    touched = set()
    for report in fresh:
        message = messages[report.message_id]
        if report.sent_at is None:
            _fail(uow, message, plain_failure(report.failure))
            continue
        uow.text_messages.save(dataclasses.replace(message, state=MessageState.SENT, sent_at=report.sent_at))
        touched.add(message.placement_id)
    for placement_id in sorted(touched):
        credit.fact_changed(uow, placement_id, "message.sent")
    told = Counter("failed" if report.sent_at is None else "sent" for report in fresh)
    uow.audit(AuditEntry("text_message_batch.reported", "text_message_batch", batch.id, dict(told)))
    return batch


def cancel_batch(uow: UnitOfWork, actor: Actor, batch: TextMessageBatch, reason: str) -> TextMessageBatch:
    """The file was lost or never sent: what has no report waits for another batch."""
    _check_alive(batch, "撤销", "cancelled")
    waiting = uow.text_messages.having(batch_id=batch.id, state=MessageState.BATCHED)
    for message in waiting:
        uow.text_messages.save(dataclasses.replace(message, state=MessageState.QUEUED, batch_id=None))
    cancelled = uow.text_message_batches.save(
        dataclasses.replace(batch, cancelled_at=uow.now, cancelled_by=actor.account_id, cancel_reason=reason)
    )
    detail = {"reason": reason, "message_ids": [message.id for message in waiting]}
    uow.audit(AuditEntry("text_message_batch.cancelled", "text_message_batch", batch.id, detail))
    return cancelled


def batch_within(uow: UnitOfWork, actor: Actor, batch_id: str) -> TextMessageBatch:
    """The batch, if its branch is within reach (S13)."""
    batch = uow.text_message_batches.get(batch_id)
    if batch is None or not _reached(actor, batch.branch_id):
        raise problem(NOT_FOUND, what=f"text_message_batch {batch_id}")
    return batch


def counted(uow: UnitOfWork, batches: Sequence[TextMessageBatch]) -> list[dict[str, object]]:
    """Batches with how many of their messages stand in which state."""
    counts = uow.text_messages.counts([batch.id for batch in batches])
    return [
        {**dataclasses.asdict(batch), "counts": {s: counts[batch.id].get(s, 0) for s in MessageState}}
        for batch in batches
    ]


def _why_not(uow: UnitOfWork, messages: Iterable[TextMessage]) -> dict[str, str]:
    """Which of the messages must not go out, and why, in a constant number of queries."""
    asked = list(messages)
    placements = uow.placements.by_ids(message.placement_id for message in asked)
    phones = uow.phones.by_ids(message.phone_id for message in asked)
    templates = uow.message_templates.by_ids(message.template_id for message in asked)
    blocks = uow.contact_blocks.having_any("number", [phone.number for phone in phones.values()])
    blocks += uow.contact_blocks.having_any("debtor_id", [phone.debtor_id for phone in phones.values()])
    today = local_day(uow.now)
    found = {}
    for message in asked:
        placement: Placement = placements[message.placement_id]
        phone: Phone = phones[message.phone_id]
        why = unsendable(placement, phone, templates[message.template_id], blocks, today)
        if why is not None:
            found[message.id] = why
    return found


def _on_hold(uow: UnitOfWork, messages: Sequence[TextMessage]) -> set[str]:
    """Messages of placements that a hold stops as a whole."""
    holds = uow.holds.having_any("placement_id", [message.placement_id for message in messages])
    stopped = {h.placement_id for h in holds if h.released_at is None and h.address_id is None}
    return {message.id for message in messages if message.placement_id in stopped}


def _fail(uow: UnitOfWork, message: TextMessage, why: str) -> None:
    """Who queued it hears of it: what C4 asks for is not done."""
    uow.text_messages.save(dataclasses.replace(message, state=MessageState.FAILED, failure=why))
    placement = uow.placements.need(message.placement_id)
    params = {"case_number": placement.case_number, "reason": why}
    link = None if message.visit_id is None else f"/visits/{message.visit_id}"
    notices.tell(uow, [message.queued_by], "text_message_failed", params, link)


def _check_alive(batch: TextMessageBatch, verb_zh: str, verb_en: str) -> None:
    if batch.cancelled_at is not None:
        raise problem(WRONG_STATE, state=Past.CANCELLED, verb_zh=verb_zh, verb_en=verb_en)


def _reached(actor: Actor, branch_id: str) -> bool:
    return within(reach(actor, Permission.MESSAGES_BATCH), Owned(frozenset(), branch_id=branch_id))
