"""The main story over the wire: from ``/deploy`` to a recorded approval and a recorded outcome."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.processes import OwnBot
from tests.stories.town import Town, number_in, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """As operators have it: ``python -m bot serve``, on a database that does not exist yet."""
    directory = Path(tmp_path_factory.mktemp("acme"))
    with town(directory, database_url=f"sqlite:///{directory}/cabbie.db", cabbie=OwnBot) as place:
        yield place


def test_a_deploy_is_asked_for_approved_by_two_and_closed(acme: Town) -> None:
    answer = acme.type("linus", "/deploy payments 2.4.1")

    assert answer["ok"], answer
    card = acme.until_card("approve")
    number = number_in(card["text"])
    change = acme.change(number)
    assert change["state"].lower() == "assess"
    assert "<@U0ADA>" in json.dumps(card["blocks"])
    assert "<@U0LINUS>" not in json.dumps(card["blocks"][:1])

    acme.press("ada", "change.approve")
    acme.until_state("authorize", number)
    acme.until(lambda: any("<@U0GRACE>" in json.dumps(m) for m in acme.messages()), "the CAB is pinged")
    acme.press("grace", "change.approve")
    acme.until_state("implement", number)
    acme.until_card("cleared until", number=number)

    acme.press("linus", "deploy.succeeded")
    acme.until_state("closed", number)
    for key in ("PAY-101", "PAY-102", "PAY-103", "OPS-7"):
        links = acme.until(
            lambda key=key: [x for x in acme.issue(key)["remote_links"] if x["object"]["status"]["resolved"]], key
        )
        assert len(links) == 1
        comments = acme.until(lambda key=key: acme.issue(key).get("comments"), f"a comment on {key}")
        assert len(comments) == 1
    assert not acme.issue("PAY-104").get("remote_links")
    assert len(acme.cards()) == 1
