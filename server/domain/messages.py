"""Messages: the inbox in the product and the outbox to group robots (R9, R10, V5, V13, S15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class RobotFlavour(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """A message to one person. `kind` names its words; `params` hold ids, days and districts, never a debtor's data.

    `confidential` is what only the reader may see and the database does not (S6): the agents' telephones of R9.
    """

    id: str
    account_id: str
    kind: str
    params: Mapping[str, Any]
    link: str | None
    created_at: datetime
    read_at: datetime | None
    confidential: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A group robot of a branch: flavour, address, signing secret (both sealed)."""

    id: str
    branch_id: str
    flavour: RobotFlavour
    name: str
    url: str
    secret: str | None
    enabled: bool
    version: int


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that leaves the house: written with its cause, sent by a job, kept with what became of it.

    `link` is a path of the product; the firm's own address is put before it when it is sent.
    """

    id: str
    webhook_id: str
    kind: str
    text: str
    state: OutboxState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str | None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class TextMessageBatch:
    """Text messages handed to the firm's channel as one file; the file is taken once, for it holds numbers (S5)."""

    id: str
    branch_id: str
    made_at: datetime
    made_by: str
    taken_at: datetime | None
    taken_by: str | None
    cancelled_at: datetime | None
    cancelled_by: str | None
    cancel_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text message as the channel needs it: `id` comes back in its report, `number` is in clear (S6)."""

    id: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """What the channel says of one message: when it was sent, or why not. `row` is where it says so, from 1."""

    message_id: str
    sent_at: datetime | None
    failure: str | None
    row: int
