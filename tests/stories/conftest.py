"""Towns for stories: a fresh one for each module, for what is asked of a full one takes longer than starting anew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.telling import let_slack_be_quick, policy_file, service
from tests.stories.town import Town, town

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-switch", action="store_true", help="tell the story with each point turned, not a sample")


@pytest.fixture(scope="module")
def town_of_people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Where people are asked and decide."""

    def rules(policy: dict[str, Any]) -> None:
        service(policy, "bulk")["approval"] = {**policy["approval"], "not_asked": "open"}

    directory = Path(tmp_path_factory.mktemp("people"))
    with town(directory, CABBIE_POLICY=policy_file(directory, rules)) as place:
        yield let_slack_be_quick(place)


@pytest.fixture(scope="module")
def town_of_deploys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Where deploys go and end. Beside payments the same with less time; a digest that is due since a minute."""

    def rules(policy: dict[str, Any]) -> None:
        like, expiring = service(policy, "payments"), {**policy["approval"], "expires_after": "PT12S"}
        policy["services"] += [
            {**like, "service": "later", "window": {"starts_after": "PT5S", "lasts": "PT2H"}},
            {**like, "service": "much-later", "window": {"starts_after": "PT2H", "lasts": "PT2H"}},
            {**like, "service": "brief", "window": {"starts_after": "PT20S", "lasts": "PT1S"}},
            {**like, "service": "hasty", "approval": expiring},
        ]
        at = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%H:%M")
        policy["digests"] = [{"channel": "C0CHANGES", "at": at, "time_zone": "UTC", "working_days": EVERY_DAY}]

    directory = Path(tmp_path_factory.mktemp("deploys"))
    with town(directory, CABBIE_POLICY=policy_file(directory, rules)) as place:
        yield let_slack_be_quick(place)
