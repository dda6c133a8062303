"""${message}"""

import sqlalchemy as sa
from alembic import op

from storage.rows import columns

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("a database is taken back by restoring its backup")
