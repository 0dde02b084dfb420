"""The database's own words in an error: they tell nobody's name."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.ledger.database import connect


@pytest.mark.parametrize("url", ["sqlite:///{}/cabbie.db", "postgresql://nobody:nothing@127.0.0.1:1/cabbie"])
def test_an_error_says_no_parameters(url: str, tmp_path: Path) -> None:
    database: Engine = connect(url.format(tmp_path))

    assert database.hide_parameters


def test_what_was_to_be_written_is_not_in_the_error(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/cabbie.db")

    with pytest.raises(SQLAlchemyError) as failed, database.begin() as connection:
        connection.execute(text("INSERT INTO missing (name) VALUES (:name)"), {"name": "Ada Lovelace"})

    assert "missing" in str(failed.value) and "Ada" not in str(failed.value)
