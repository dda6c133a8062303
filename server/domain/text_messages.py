"""Text messages through the firm's channel: who may not be sent one any more, and what a report of them may say.

Pure. A message is queued by the rules of the visit (V12, V15); here it is asked once more on the way out, for in
between a number may be blocked (V13), a case ended (R14) or a template retired.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from server.domain.calls import v13_block_findings
from server.domain.messages import SentReport, TextMessageBatch
from server.domain.placements import ContactBlock, Phone, Placement, placement_end
from server.domain.problems import Category, Finding, kind
from server.domain.telephones import is_mobile
from server.domain.visits import MessageState, MessageTemplate, TextMessage

NOTHING_TO_BATCH = kind(
    "nothing_to_batch",
    Category.REFUSED,
    "没有待发送的短信",
    "No text message waits to be sent",
    remedy=("停催案件的短信在恢复后才会进入批次。", "Messages of cases on hold wait for their release."),
)
BATCH_TAKEN = kind(
    "batch_taken",
    Category.CONFLICT,
    "该批次的文件已被取走，含明文号码的文件只能下载一次",
    "The file of this batch was taken already; a file with clear numbers can be downloaded once",
    remedy=(
        "如文件遗失，请说明原因撤销该批次，再制作新批次。",
        "If the file is lost, cancel the batch with a reason and make a new one.",
    ),
    clause="S5",
)
BATCH_NOT_YOURS = kind(
    "batch_not_yours",
    Category.FORBIDDEN,
    "批次文件只能由制作人或 IT 下载",
    "The file of a batch is for who made it, or IT",
    remedy=("请由制作人或 IT 下载。", "Have its maker or IT download it."),
    clause="S5",
)
REPORT_REFUSED = kind(
    "text_message_report_refused",
    Category.INVALID,
    "第 {row} 行：{what_zh}",
    "Row {row}: {what_en}",
    remedy=(
        "请更正后重新上传整个文件；没有保存任何一行。",
        "Correct it and upload the whole file again; no row of it was kept.",
    ),
)

CLOCKS_MAY_DIFFER = timedelta(minutes=10)
MOST_TOLD = 100
_NUMBER = re.compile(r"[0-9]{5,}")


def unsendable(
    placement: Placement,
    phone: Phone,
    template: MessageTemplate,
    blocks: Sequence[ContactBlock],
    today: date,
) -> str | None:
    """Why a queued message must not go out any more, as a code; None when it may."""
    if v13_block_findings(phone, blocks):
        return "do_not_contact"
    if placement.ended_on is not None or placement_end(placement) < today:
        return "ended"
    if template.retired_at is not None:
        return "template_retired"
    return None if is_mobile(phone.number) else "not_mobile"


def report_findings(
    batch: TextMessageBatch,
    messages: Mapping[str, TextMessage],
    reports: Sequence[SentReport],
    now: datetime,
) -> list[Finding]:
    """What stands against a report of a batch, row by row. A repeat of what is known already is none."""
    found = []
    seen: set[str] = set()
    for report in reports:
        wrong = _wrong(batch, messages.get(report.message_id), report, now)
        if report.message_id in seen:
            wrong = ("该编号出现两次", "the id stands there twice")
        seen.add(report.message_id)
        if wrong is not None:
            params = {"row": report.row, "what_zh": wrong[0], "what_en": wrong[1]}
            found.append(Finding(REPORT_REFUSED, f"rows[{report.row}]", params))
    return found[:MOST_TOLD]


def reported(message: TextMessage, report: SentReport) -> bool:
    """Whether the message says already what the report says."""
    if report.sent_at is not None:
        return message.state is MessageState.SENT and message.sent_at == report.sent_at
    return message.state is MessageState.FAILED and message.failure == plain_failure(report.failure)


def plain_failure(words: str | None) -> str:
    """The channel's words without the numbers that they may repeat."""
    return _NUMBER.sub("****", words or "")[:200]


def _wrong(
    batch: TextMessageBatch, message: TextMessage | None, report: SentReport, now: datetime
) -> tuple[str, str] | None:
    if message is None:
        return "编号不属于该批次", "the id is none of this batch"
    if (report.sent_at is None) == (report.failure is None):
        return "须填写发送时间或失败原因之一", "give either when it was sent or why not"
    if report.sent_at is not None and not (
        batch.made_at - CLOCKS_MAY_DIFFER <= report.sent_at <= now + CLOCKS_MAY_DIFFER
    ):
        return "发送时间早于批次或在将来", "the time is before the batch or in the future"
    if message.state is not MessageState.BATCHED and not reported(message, report):
        return "该短信已有不同的结果", "the message has another result already"
    return None
