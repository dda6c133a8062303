"""Tables of messages: the inbox, group robots, the outbox, batches of text messages."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.messages import OutboxState, RobotFlavour
from storage.rows.columns import (
    METADATA,
    choice,
    flag,
    id_column,
    instant,
    integer,
    json,
    reference,
    sealed,
    text,
    version,
)

inbox_messages = sa.Table(
    "inbox_messages",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id", index=False),
    text("kind"),
    json("params"),
    text("link", nullable=True),
    instant("created_at"),
    instant("read_at", nullable=True),
    *sealed("confidential", nullable=True),
    sa.Index("ix_inbox_messages_account_id_id", "account_id", "id"),
)

webhooks = sa.Table(
    "webhooks",
    METADATA,
    id_column(),
    reference("branch_id", "branches.id"),
    choice("flavour", RobotFlavour),
    text("name"),
    *sealed("url"),
    *sealed("secret", nullable=True),
    flag("enabled"),
    version(),
)

outbox_messages = sa.Table(
    "outbox_messages",
    METADATA,
    id_column(),
    reference("webhook_id", "webhooks.id"),
    text("kind"),
    text("text"),
    choice("state", OutboxState, index=True),
    integer("attempts"),
    instant("created_at"),
    instant("sent_at", nullable=True),
    text("last_error", nullable=True),
    text("link", nullable=True),
)

text_message_batches = sa.Table(
    "text_message_batches",
    METADATA,
    id_column(),
    reference("branch_id", "branches.id"),
    instant("made_at"),
    reference("made_by", "accounts.id", index=False),
    instant("taken_at", nullable=True),
    text("taken_by", nullable=True),
    instant("cancelled_at", nullable=True),
    text("cancelled_by", nullable=True),
    text("cancel_reason", nullable=True),
    version(),
)
