"""People link their own ServiceNow accounts; a claim says how it is to be recorded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_own_accounts"
down_revision: str | None = "20261123_card"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LIVING = {"sqlite_where": sa.text("ended_at IS NULL"), "postgresql_where": sa.text("ended_at IS NULL")}


def upgrade() -> None:
    with op.batch_alter_table("cabbie_people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bound_by", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("cabbie_claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded", sa.Text(), nullable=True))
    _links()
    op.create_table(
        "cabbie_visits",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("slack_team", sa.Text(), nullable=False),
        sa.Column("slack_id", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_cabbie_visits")),
        sa.UniqueConstraint("state", name=op.f("uq_cabbie_visits_state")),
    )


def _links() -> None:
    op.create_table(
        "cabbie_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sys_user", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("refresh", sa.Text(), nullable=False),
        sa.Column("access_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewing_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["cabbie_people.id"], name=op.f("fk_cabbie_links_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_links")),
    )
    op.create_index("uq_cabbie_links_living_person", "cabbie_links", ["person"], unique=True, **LIVING)
    op.create_index("uq_cabbie_links_living_sys_user", "cabbie_links", ["sys_user"], unique=True, **LIVING)
