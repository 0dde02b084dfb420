"""What Cabbie remembers: the tables of the first day, and a ledger that nobody can edit."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_memory"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cabbie_findings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_findings")),
        sa.UniqueConstraint("once", name=op.f("uq_cabbie_findings_once")),
    )
    with op.batch_alter_table("cabbie_findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cabbie_findings_change_id"), ["change_id"], unique=False)

    op.create_table(
        "cabbie_ledger",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body_fingerprint", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_cabbie_ledger")),
    )
    with op.batch_alter_table("cabbie_ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cabbie_ledger_change_id"), ["change_id"], unique=False)

    op.create_table(
        "cabbie_ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_ledger_head")),
    )
    op.create_table(
        "cabbie_occasions",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", "audience", "slot", name=op.f("pk_cabbie_occasions")),
    )
    op.create_table(
        "cabbie_people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slack_team", sa.Text(), nullable=True),
        sa.Column("slack_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("sys_user", sa.Text(), nullable=True),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_people")),
        sa.UniqueConstraint("slack_team", "slack_id", name=op.f("uq_cabbie_people_slack_team")),
    )
    with op.batch_alter_table("cabbie_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cabbie_people_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_cabbie_people_sys_user"), ["sys_user"], unique=False)

    op.create_table(
        "cabbie_replicas",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.Double(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_replicas")),
    )
    op.create_table(
        "cabbie_watermarks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cabbie_watermarks")),
    )
    op.create_table(
        "cabbie_changes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("announced_sha", sa.Text(), nullable=False),
        sa.Column("announced_commits", sa.JSON(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("sys_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("want", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("stopped_because", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("release", sa.JSON(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_by", sa.Text(), nullable=True),
        sa.Column("outcome_source", sa.Text(), nullable=False),
        sa.Column("outcome_why", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hands", sa.JSON(), nullable=True),
        sa.Column("troubles", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("alias_of", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outcome_by"], ["cabbie_people.id"], name=op.f("fk_cabbie_changes_outcome_by")),
        sa.ForeignKeyConstraint(["requested_by"], ["cabbie_people.id"], name=op.f("fk_cabbie_changes_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_changes")),
        sa.UniqueConstraint("key", name=op.f("uq_cabbie_changes_key")),
    )
    with op.batch_alter_table("cabbie_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cabbie_changes_last_good", ["service", "environment", "outcome", "finished_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_cabbie_changes_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_cabbie_changes_progress"), ["progress"], unique=False)
        batch_op.create_index(batch_op.f("ix_cabbie_changes_wake_at"), ["wake_at"], unique=False)

    op.create_table(
        "cabbie_heard",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("is_refusal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["cabbie_people.id"], name=op.f("fk_cabbie_heard_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_heard")),
        sa.UniqueConstraint("once", name=op.f("uq_cabbie_heard_once")),
    )
    with op.batch_alter_table("cabbie_heard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cabbie_heard_change_id"), ["change_id"], unique=False)

    op.create_table(
        "cabbie_ledger_bodies",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["cabbie_ledger.seq"], name=op.f("fk_cabbie_ledger_bodies_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_cabbie_ledger_bodies")),
    )
    op.create_table(
        "cabbie_aliases",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_aliases_change_id")),
        sa.PrimaryKeyConstraint("service", "environment", "kind", "alias", name=op.f("pk_cabbie_aliases")),
    )
    op.create_table(
        "cabbie_claims",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_ts", sa.Text(), nullable=False),
        sa.Column("action_ts", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("response_url", sa.Text(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_claims_change_id")),
        sa.ForeignKeyConstraint(["person"], ["cabbie_people.id"], name=op.f("fk_cabbie_claims_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_claims")),
    )
    with op.batch_alter_table("cabbie_claims", schema=None) as batch_op:
        batch_op.create_index("ix_cabbie_claims_open", ["change_id", "progress"], unique=False)

    op.create_table(
        "cabbie_projections",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_projections_change_id")),
        sa.PrimaryKeyConstraint("change_id", "kind", "target", name=op.f("pk_cabbie_projections")),
    )
    op.create_table(
        "cabbie_stories",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_stories_change_id")),
        sa.PrimaryKeyConstraint("change_id", "place", name=op.f("pk_cabbie_stories")),
    )
    op.create_table(
        "cabbie_verdicts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("mod_count", sa.Integer(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["cabbie_changes.id"], name=op.f("fk_cabbie_verdicts_change_id")),
        sa.ForeignKeyConstraint(["claim"], ["cabbie_claims.id"], name=op.f("fk_cabbie_verdicts_claim")),
        sa.ForeignKeyConstraint(["person"], ["cabbie_people.id"], name=op.f("fk_cabbie_verdicts_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabbie_verdicts")),
    )
    with op.batch_alter_table("cabbie_verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cabbie_verdicts_change_id"), ["change_id"], unique=False)
    op.execute("INSERT INTO cabbie_ledger_head (id, seq, fingerprint) VALUES (1, 0, '%s')" % ("0" * 64))
    _refuse_edits(op.get_bind().dialect.name)


def _refuse_edits(dialect: str) -> None:
    """The chain would show an edit; the triggers keep it from happening by mistake."""
    if dialect == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER cabbie_ledger_no_{verb.lower()} BEFORE {verb} ON cabbie_ledger "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION cabbie_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER cabbie_ledger_no_edit BEFORE UPDATE OR DELETE OR TRUNCATE ON cabbie_ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION cabbie_refuse()"
    )
