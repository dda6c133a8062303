"""Tables of the phones themselves: codes to enrol them, what lies unsent, checks before an outing, consents."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import METADATA, flag, id_column, instant, integer, reference, sealed, text, version

# What each phone last told of what lies on it alone (S19); `id` is the device's.
device_unsent = sa.Table(
    "device_unsent",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    integer("items"),
    integer("bytes"),
    integer("set_aside"),
    instant("oldest_at", nullable=True),
    instant("told_at"),
    instant("lost_at", nullable=True),
    text("lost_by", nullable=True),
    text("lost_reason", nullable=True),
    version(),
)

# Codes by which phones are enrolled, each good once and for minutes (V20); sealed, for who reads the row could use it.
enrolment_codes = sa.Table(
    "enrolment_codes",
    METADATA,
    id_column(),
    reference("device_id", "devices.id"),
    reference("account_id", "accounts.id", index=False),
    *sealed("code"),
    instant("made_at"),
    text("made_by"),
    instant("expires_at"),
    instant("superseded_at", nullable=True),
    instant("used_at", nullable=True),
    text("key_id", nullable=True),
    version(),
)

consents = sa.Table(
    "consents",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    integer("consent_version"),
    instant("given_at"),
    text("device_id", nullable=True),
    instant("withdrawn_at", nullable=True),
    version(),
)

preflights = sa.Table(
    "preflights",
    METADATA,
    id_column(),
    reference("visit_id", "visits.id"),
    reference("account_id", "accounts.id"),
    text("device_id", nullable=True),
    instant("at"),
    integer("free_mib", nullable=True),
    flag("persistent"),
    flag("camera"),
    flag("microphone"),
    flag("place"),
    flag("wake_lock"),
    flag("installed"),
    flag("messenger"),
    instant("received_at"),
)
