"""Credentials stay where they belong: canaries through a story full of trouble, and requests that are not Slack's."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.settings import Settings
from tests.hostile.wanderers import Place, listening
from tests.stories.tools import github_says, github_status, jenkins_says
from tests.stories.town import Town, town

DEAD = "dead-and-never-to-be-seen-0123456789abcdef"
BESIDE = {name: secrets.token_hex(20) for name in ("SERVICENOW_PASSWORD", "SERVICENOW_APPROVAL_PASSWORD")}
"""Of accounts that have an OAuth client, too: read, and not used."""
INSTEAD = {name: secrets.token_hex(20) for name in ("JIRA_TOKEN", "SLACK_APP_TOKEN")}
"""Other ways in, which only the doctor is given: Data Center's, and Socket Mode's."""
ANCHOR = secrets.token_hex(20)


@pytest.fixture(scope="module")
def sink() -> Iterator[Place]:
    """Where the ledger's head is left."""
    with listening(Place()) as place:
        yield place


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory, sink: Place) -> Iterator[Town]:
    anchor = {"CABBIE_ANCHOR": f"{sink.url}/heads", "CABBIE_ANCHOR_TOKEN": ANCHOR, "CABBIE_ANCHOR_EVERY": "PT1S"}
    webhooks = {
        "CABBIE_WEBHOOK_SECRET": json.dumps({"github": [secrets.token_hex(20)], "jenkins": [secrets.token_hex(20)]})
    }
    given = {"LOG_LEVEL": "DEBUG", "JIRA_API_TOKEN": DEAD} | anchor | BESIDE | webhooks
    with town(Path(tmp_path_factory.mktemp("secrets")), **given) as place:
        place.standins.post("slack", "switches", message_rate_per_second=50.0, message_burst=50)
        yield place


def secret_settings() -> set[str]:
    """Every credential that Cabbie can be given, by the environment's name."""
    return {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}


def canaries(place: Town) -> dict[str, str]:
    """One for every credential there is, by name."""
    found = {name: (place.environment | INSTEAD)[name] for name in secret_settings()}
    tokens = json.loads(found.pop("CABBIE_API_TOKENS"))
    senders: dict[str, list[str]] = json.loads(found.pop("CABBIE_WEBHOOK_SECRET"))
    hooks = {f"{sender}'s webhook": secret for sender, known in senders.items() for secret in known}
    return found | hooks | {f"API token {number}": token for number, token in enumerate(tokens)}


def test_a_dead_jira_token_does_not_pass_for_a_release_without_stories(acme: Town) -> None:
    acme.type("linus", "/deploy payments 2.4.1")

    acme.until(lambda: [dm for dm in acme.dms("linus") if "Jira does not accept Cabbie's credentials" in dm], "a word")
    assert not acme.changes()


def test_after_a_story_full_of_trouble_no_credential_is_anywhere_it_does_not_belong(acme: Town, sink: Place) -> None:
    living = acme.standins.environment["JIRA_API_TOKEN"]
    acme.bot.stop()
    acme.bot.environment = acme.environment = {**acme.environment, "JIRA_API_TOKEN": living}
    acme.bot.start()
    acme.until_card("payments 2.4.1")  # what waited goes on by itself
    for system, call in (("servicenow", "*"), ("jira", "*"), ("slack", "chat.*")):
        acme.standins.fault(system, call, "answer", times=2, status=500, body="<h1>Internal error</h1>")
        acme.standins.fault(system, call, "drop_after", skip=2)
        acme.standins.fault(system, call, "answer", skip=4, status=401, body={"error": {"message": "no", "detail": ""}})
        acme.standins.fault(system, call, "truncate", skip=6)
    number = acme.change()["number"]
    acme.until_card("approve", number=number)
    acme.until(lambda: "row" in acme.approve_in_servicenow("ada", number), "ada being asked")
    acme.until(lambda: "row" in acme.approve_in_servicenow("grace", number), "grace being asked")
    acme.until_state("implement", number)
    acme.until_card("cleared until", number=number)
    acme.type("linus", f"/deploy done {number}")
    acme.until_state("closed", number)
    assert github_says(acme, github_status("in_progress", "0" * 40, deployment=1)).status_code == 202
    assert github_says(acme, {}, secret=DEAD).status_code == 401
    assert jenkins_says(acme, {"nothing": "of a deploy"}).status_code == 422
    acme.bot.environment = acme.environment | INSTEAD
    doctor = acme.bot.run("doctor")
    acme.bot.environment = acme.environment
    acme.until(lambda: sink.bodies, "a head at the anchor")

    assert set(sink.credentials) == {f"Bearer {ANCHOR}"}
    for name, secret in {**canaries(acme), "the dead token": DEAD}.items():
        assert len(secret) > 15, name
        assert where_it_is(acme, name, secret) == [], name
        assert secret not in doctor.stdout + doctor.stderr, name
        assert secret not in "".join(sink.bodies + sink.heard), name


def where_it_is(place: Town, name: str, secret: str) -> list[str]:
    """Everywhere this credential can be read and should not be."""
    found = [path.name for path in _kept(place) if secret.encode() in path.read_bytes()]
    for system in ("slack", "jira", "servicenow"):
        if secret in json.dumps(place.standins.state(system)) and not name.startswith(system.upper()):
            found.append(f"{system}'s state")
        if not name.startswith(system.upper()) and secret in json.dumps(place.standins.get(system, "diary")):
            found.append(f"{system}'s diary")
    seen = json.dumps([place.screen(who) for who in ("linus", "ada", "grace", "katherine")])
    return [*found, *(["a screen"] if secret in seen else [])]


def _kept(place: Town) -> list[Path]:
    """The log and every file of the database, with what SQLite keeps beside it."""
    files = [path for path in place.bot.log.parent.iterdir() if path.is_file()]
    assert {"cabbie.log", "cabbie.db", "cabbie.db-wal"} <= {path.name for path in files}
    return files


def test_nothing_is_asked_of_a_credential_but_by_its_own_system(acme: Town) -> None:
    for entry in acme.standins.diary("servicenow"):
        assert acme.environment["SERVICENOW_CLIENT_SECRET"] not in entry["query"] + entry["path"]
    for entry in acme.standins.diary("slack"):
        assert acme.environment["SLACK_BOT_TOKEN"] not in entry["query"] + entry["path"]


# ------------------------------------------------------------------------------------------------- is it Slack at all


@pytest.mark.parametrize(
    ("secret", "age", "status"),
    [("", 0, 401), ("wrong", 0, 401), ("right", 400, 401), ("right", -400, 401), ("right", 0, 200)],
)
def test_only_what_slack_signed_just_now_is_heard(acme: Town, secret: str, age: int, status: int) -> None:
    body = f"command=/deploy&text=help&team_id=T0ACME&user_id=U0LINUS&channel_id=C0PAYMENTS&trigger_id=1.{age}.{secret}"
    stamp = str(int(time.time()) - age)
    key = acme.environment["SLACK_SIGNING_SECRET"] if secret == "right" else "another"
    sign = "v0=" + hmac.new(key.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign} if secret else {}

    answer = requests.post(f"http://127.0.0.1:{acme.bot.port}/slack/events", data=body, headers=headers, timeout=5)

    assert answer.status_code == status
    assert ("form" in answer.text) == (status == 200)
