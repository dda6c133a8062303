"""Routes of text messages on their way out: batches for the firm's channel (V12, V13, S5)."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.text_messages import (
    TextMessageBatchNew,
    TextMessageBatchPage,
    TextMessageBatchQuery,
    TextMessageBatchView,
    TextMessageFileQuery,
    TextMessageReportQuery,
)
from server.domain.access import Actor, Permission, reach
from server.domain.import_problems import FILE_REFUSED, HEADER_MISSING, HEADER_UNKNOWN
from server.domain.messages import SentReport, TextMessageBatch
from server.domain.problems import BODY_CUT, BODY_TOO_LARGE, NOT_FOUND, WRONG_STATE
from server.domain.text_messages import BATCH_NOT_YOURS, BATCH_TAKEN, NOTHING_TO_BATCH, REPORT_REFUSED
from server.services import text_messages
from server.services.house import House
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call, endpoint, query_of
from server.web.receiving import received_body

blueprint = Blueprint(
    "text_messages",
    __name__,
    url_prefix="/api/v1",
    description="Text messages to the firm's channel (V12, C4)",
)

LARGEST_REPORT = 2 << 20
CSV = "text/csv"
_NEEDS = [Permission.MESSAGES_BATCH]
_REPORT = TextMessageReportQuery()


def _one(call: Call, batch: TextMessageBatch) -> dict[str, object]:
    (shown,) = text_messages.counted(call.uow, [batch])
    return shown


def _batch(call: Call) -> TextMessageBatch:
    return text_messages.batch_within(call.uow, call.actor, call.path["batch_id"])


def _receive(house: House, _actor: Actor) -> list[SentReport]:
    query: dict[str, Any] = query_of(_REPORT)
    with received_body(house.receiving, LARGEST_REPORT) as file:
        return house.sms.reports(file.path, query["filename"])


@endpoint(
    blueprint,
    "GET",
    "/text-message-batches",
    needs=_NEEDS,
    query=TextMessageBatchQuery,
    answer=TextMessageBatchPage,
)
def list_batches(call: Call) -> dict[str, object]:
    """Batches, newest first, with how many messages wait for one."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    page = call.uow.text_message_batches.page(request, reach(call.actor, *_NEEDS))
    branch_id = call.actor.branch_id
    return {
        "items": text_messages.counted(call.uow, page.items),
        "next": page.next,
        "waiting": 0 if branch_id is None else call.uow.text_messages.waiting_in(branch_id),
    }


@endpoint(
    blueprint,
    "POST",
    "/text-message-batches",
    needs=_NEEDS,
    body=TextMessageBatchNew,
    answer=TextMessageBatchView,
    status=201,
    once=True,
    problems=[NOTHING_TO_BATCH, NOT_FOUND],
)
def make_batch(call: Call) -> dict[str, object]:
    """Put the oldest queued messages of a branch into a batch; blocked numbers are never in one (V13)."""
    body = call.body
    batch = text_messages.make_batch(call.uow, call.actor, body["id"], body["branch_id"], body["limit"])
    return _one(call, batch)


@endpoint(
    blueprint, "GET", "/text-message-batches/<uuid:batch_id>", needs=_NEEDS, answer=TextMessageBatchView
)
def show_batch(call: Call) -> dict[str, object]:
    """One batch, with what became of its messages."""
    return _one(call, _batch(call))


@endpoint(
    blueprint,
    "GET",
    "/text-message-batches/<uuid:batch_id>/file",
    needs=_NEEDS,
    query=TextMessageFileQuery,
    answer=None,
    produces=CSV,
    reads_personal=True,
    problems=[BATCH_TAKEN, BATCH_NOT_YOURS, WRONG_STATE],
)
def take_file(call: Call) -> Response:
    """The file for the channel: number, text, id. It holds clear numbers, so its maker or IT gets it once (S5)."""
    batch = _batch(call)
    messages = text_messages.take_file(call.uow, call.actor, batch)
    content = b"".join(call.house.sms.hand_over(messages, call.query["language"]))
    response = Response(content, content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="text-messages-{batch.id}.csv"'
    return response


@endpoint(
    blueprint,
    "POST",
    "/text-message-batches/<uuid:batch_id>/results",
    needs=_NEEDS,
    query=TextMessageReportQuery,
    answer=TextMessageBatchView,
    receive=_receive,
    takes="application/octet-stream",
    problems=[
        REPORT_REFUSED,
        FILE_REFUSED,
        HEADER_MISSING,
        HEADER_UNKNOWN,
        BODY_CUT,
        BODY_TOO_LARGE,
        WRONG_STATE,
    ],
)
def record_results(call: Call) -> dict[str, object]:
    """What the channel says of the messages: the body is a CSV or XLSX with id and sent_at or failure. All or nothing.

    A repeat changes nothing. What was sent counts for C4, so that the case is scored again.
    """
    return _one(call, text_messages.record_reports(call.uow, _batch(call), call.received))


@endpoint(
    blueprint,
    "POST",
    "/text-message-batches/<uuid:batch_id>/cancel",
    needs=_NEEDS,
    body=Reason,
    answer=TextMessageBatchView,
    problems=[WRONG_STATE],
)
def cancel_batch(call: Call) -> dict[str, object]:
    """The file was lost or not sent: messages without a result wait for another batch."""
    return _one(call, text_messages.cancel_batch(call.uow, call.actor, _batch(call), call.body["reason"]))
