"""A migration works with the code before it: it only adds, gives way to who is at work, and is no hindrance later."""

import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot.ledger.database import connect
from bot.ledger.migrate import MIGRATIONS, VERSION_TABLE, configuration, is_behind, migrate
from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture
from tests.stories.processes import eventually

ADDITIONS = (
    r"CREATE TABLE \w+ .*",
    r"CREATE INDEX \w+ ON \w+ .*",
    r"ALTER TABLE \w+ ADD COLUMN \w+ (?!.*NOT NULL).*",
    r"ALTER TABLE \w+ ADD COLUMN \w+ .*DEFAULT .*NOT NULL.*",
)
BEFORE_TWO_TABLES = "20261123_card"
"""The next migration changes two tables that people's presses read."""


def later_migrations() -> list[Script]:
    return [script for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if script.down_revision]


@pytest.mark.parametrize("script", later_migrations(), ids=lambda script: script.revision)
def test_every_migration_after_the_first_only_adds(script: Script) -> None:
    statements = statements_of(script)

    assert statements
    for place, statement in enumerate(statements):
        assert is_addition(statement, after=statements[:place]), statement


def is_addition(statement: str, after: list[str]) -> bool:
    """Code that knows nothing of it does not notice. after: what the same migration did before."""
    if any(re.fullmatch(addition, statement) for addition in ADDITIONS):
        return True
    if index := re.match(r"CREATE UNIQUE INDEX \w+ ON (\w+)", statement):
        return any(before.startswith(f"CREATE TABLE {index[1]} ") for before in after)
    if filled := re.match(r"UPDATE (\w+) SET (\w+) = [^,]+( WHERE .*)?$", statement):
        return any(before.startswith(f"ALTER TABLE {filled[1]} ADD COLUMN {filled[2]} ") for before in after)
    return False


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c TEXT NOT NULL", "ALTER TABLE t RENAME c TO d",
     "DROP TABLE t", "ALTER TABLE t ALTER COLUMN c TYPE TEXT", "CREATE UNIQUE INDEX i ON t (c)",
     "UPDATE t SET c = 1", "DELETE FROM t"],
)  # fmt: skip
def test_what_breaks_the_code_before_is_no_addition(statement: str) -> None:
    assert not is_addition(statement, after=["CREATE TABLE other (c TEXT)", "ALTER TABLE t ADD COLUMN d TEXT"])


def statements_of(script: Script) -> list[str]:
    """In PostgreSQL's words."""
    said = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    with Operations.context(context):
        script.module.upgrade()
    return [" ".join(statement.split()) for statement in said.getvalue().split(";") if statement.strip()]


def test_code_that_is_older_than_the_database_leaves_it_as_it_is(tmp_path: Path) -> None:
    """An old replica that starts again amid a release, and a release that is taken back."""
    database = connect(f"sqlite:///{tmp_path}/cabbie.db")
    migrate(database, further=lambda: None)
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '29991231_of_the_next_release'"))
    done = []

    migrate(database, further=lambda: done.append("further"))

    assert done == ["further"] and not is_behind(database)


@pytest.fixture
def behind(postgres: Postgres) -> Iterator[Engine]:  # noqa: F811
    url = postgres.database()
    database = connect(url)
    with database.connect() as connection:
        command.upgrade(configuration(connection), BEFORE_TWO_TABLES)
        connection.commit()
    yield database
    database.dispose()
    postgres.drop(url)


def test_a_migration_gives_way_to_who_is_at_work(behind: Engine, postgres: Postgres) -> None:  # noqa: F811
    """Somebody reads one of its tables for long; everybody else wants that one, and the one that it has already."""
    migration = threading.Thread(target=lambda: migrate(behind, further=lambda: None), daemon=True)
    with behind.connect() as for_long, behind.connect() as others:
        for_long.execute(text("SELECT count(*) FROM cabbie_claims"))
        migration.start()
        eventually(lambda: is_waiting(postgres, behind), what="a migration that waits for a table")

        others.execute(text("SET statement_timeout = '20s'"))
        for _ in range(5):
            others.execute(text("SELECT count(*) FROM cabbie_claims JOIN cabbie_people ON true"))
        for_long.execute(text("SELECT count(*) FROM cabbie_people"))

    migration.join(timeout=60)
    assert not is_behind(behind)
    assert "recorded" in {column["name"] for column in inspect(behind).get_columns("cabbie_claims")}


def is_waiting(postgres: Postgres, database: Engine) -> bool:  # noqa: F811
    question = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'"
    with postgres.connect(str(database.url.database)) as connection:
        return bool(connection.execute(question).fetchone()[0])  # type: ignore[index]
