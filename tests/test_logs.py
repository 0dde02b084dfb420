"""The log: whatever still looks like a secret does not get out, whoever says it."""

import io
import logging
import secrets
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from bot import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log set up as in production writes."""
    before, out = logging.getLogger().handlers[:], io.StringIO()
    with redirect_stderr(out):
        logs.set_up("INFO", "json")
    yield out
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "form",
    ["xoxb-{}", "xapp-1-{}", "Authorization: Bearer {}", "https://hooks.slack.com/{}", "wss://x/link/?ticket={}"],
)
def test_what_a_library_says_of_a_secret_does_not_get_out(written: io.StringIO, form: str) -> None:
    secret = secrets.token_hex(12)

    logging.getLogger("somebody.else").error("cannot connect with %s", form.format(secret))
    structlog.get_logger("cabbie").warning("door.shut", why=form.format(secret))

    assert "cannot connect" in written.getvalue() and "door.shut" in written.getvalue()
    assert secret not in written.getvalue()
