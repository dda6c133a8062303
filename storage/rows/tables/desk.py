"""What the desk keeps for one person alone."""

import sqlalchemy as sa

from storage.rows.columns import METADATA, id_column, instant, reference, text, version

kept_lists = sa.Table(
    "kept_lists",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id", index=False),
    text("path"),
    text("name"),
    text("query"),
    text("hidden"),
    instant("kept_at"),
    version(),
    sa.UniqueConstraint("account_id", "path", "name"),
)
