"""What is asked at every tick is found by an index, however much history there is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_past"
down_revision: str | None = "20261123_own_accounts"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNTOLD = {"sqlite_where": sa.text("told_at IS NULL"), "postgresql_where": sa.text("told_at IS NULL")}


def upgrade() -> None:
    with op.batch_alter_table("cabbie_findings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    # The code before this one notes only the occasion; so does its replica that runs on for a while, and whoever finds
    # such a finding untold finds the occasion taken.
    op.execute(
        "UPDATE cabbie_findings SET told_at = at WHERE id IN (SELECT slot FROM cabbie_occasions WHERE job = 'alarm')"
    )
    op.create_index("ix_cabbie_findings_untold", "cabbie_findings", ["kind", "at"], unique=False, **UNTOLD)
    op.create_index("ix_cabbie_changes_left", "cabbie_changes", ["progress", "state"], unique=False)
