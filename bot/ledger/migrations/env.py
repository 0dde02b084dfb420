"""Alembic's entry: runs on the connection it is given."""

from alembic import context

from bot.ledger.migrate import VERSION_TABLE
from bot.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transaction_per_migration=True,  # the fewer tables are held at one time, the better
)
with context.begin_transaction():
    context.run_migrations()
