"""What tools post in Slack is remembered by its place there, and each source of a change by its name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_posts"
down_revision: str | None = "20261123_past"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cabbie_posts",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_posts_change_id")),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_cabbie_posts")),
    )
    op.create_table(
        "cabbie_sources",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_sources_change_id")),
        sa.PrimaryKeyConstraint("change_id", "source", "status", "person", name=op.f("pk_cabbie_sources")),
    )
    op.create_index("ix_cabbie_changes_place", "cabbie_changes", ["service", "environment", "progress"], unique=False)
