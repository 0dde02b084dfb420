"""A worker and a clock alone: each says how it is, on a port of its own, and is no door."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture
from tests.stories.processes import Bot, free_port

NOBODY_THERE = {
    "SLACK_BOT_TOKEN": "of-the-test",
    "SLACK_SIGNING_SECRET": "of-the-test",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "JIRA_URL": "http://127.0.0.1:9",
    "JIRA_TOKEN": "of-the-test",
    "SERVICENOW_URL": "http://127.0.0.1:9",
    "SERVICENOW_USER": "somebody",
    "SERVICENOW_PASSWORD": "of-the-test",
}
"""Whoever is well without asking them is well by himself."""
POLICY = """
team: T0ACME
services:
  - service: payments
    channel: C0PAYMENTS
    repository: payments.git
    configuration_item: Payments API
    assignment_group: Payments Engineering
    projects: [PAY]
"""


@pytest.fixture
def processes(postgres: Postgres, tmp_path: Path) -> Iterator[dict[str, Bot]]:  # noqa: F811
    url = postgres.migrated()
    running = {role: _bot(role, url, tmp_path) for role in ("worker", "clock")}
    for bot in running.values():
        bot.start()
    yield running
    for bot in running.values():
        bot.stop()
    postgres.drop(url)


def _bot(role: str, url: str, directory: Path) -> Bot:
    port = free_port()
    policy = directory / "policy.yaml"
    policy.write_text(POLICY)
    environment = {"PATH": os.environ["PATH"], **NOBODY_THERE, "DATABASE_URL": url, "PORT": str(port)}
    environment["CABBIE_POLICY"] = str(policy)
    return Bot(environment, directory / f"{role}.log", port, ("serve", "--role", role))


def test_each_says_how_it_is_and_serves_nothing_else(processes: dict[str, Bot]) -> None:
    pages = {}
    for role, bot in processes.items():
        url = f"http://127.0.0.1:{bot.port}"
        pages[role] = requests.get(f"{url}/metrics", timeout=15).text
        assert requests.get(f"{url}/runbook", timeout=15).ok
        assert requests.post(f"{url}/slack/events", timeout=15).status_code == 404
        assert requests.get(f"{url}/api/v1/gate", timeout=15).status_code == 404

    assert 'role="worker"' in pages["worker"] and "\ncabbie_lease_age_seconds" in pages["worker"]
    assert 'role="clock"' in pages["clock"] and "cabbie_lease_age_seconds" not in pages["clock"]
    assert "\ncabbie_database_up 1.0" in pages["worker"] and "\ncabbie_ready 1.0" in pages["clock"]
    assert [bot.stop() for bot in processes.values()] == [0, 0]
