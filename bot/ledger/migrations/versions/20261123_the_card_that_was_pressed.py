"""A claim names the very card that was pressed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_card"
down_revision: str | None = "20261123_memory"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("cabbie_claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("card", sa.Text(), nullable=False, server_default=""))
