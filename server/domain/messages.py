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
    """A message to one person. `kind` names its words; `params` hold ids, days and districts, never a debtor's data."""

    id: str
    account_id: str
    kind: str
    params: Mapping[str, Any]
    link: str | None
    created_at: datetime
    read_at: datetime | None


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
    """A message that leaves the house: written with its cause, sent by a job, kept with what became of it."""

    id: str
    webhook_id: str
    kind: str
    text: str
    state: OutboxState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str | None
