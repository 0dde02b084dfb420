"""Short stories of what others are told: the channel, the stories in Jira, the managers, the log, the ledger."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.clock import send_digests
from tests.mutants.village import Neighbour, village
from tests.stories.telling import ask_and_wait, at_one_moment, clear, findings, release
from tests.stories.town import Town

COMMENT = "POST /rest/api/2/issue/{key}/comment"
HOSTILE = "look <!channel> <@U0GRACE> <https://evil.example|here> *now*"
TITLE = "Acquirer contract terms"


def everything_in_slack(place: Town) -> str:
    seen = [place.screen(who) for who in ("linus", "ada", "grace", "katherine")]
    return json.dumps([(screen["channels"], screen["dms"]) for screen in seen], ensure_ascii=False)


def test_other_peoples_words_call_nobody(place: Town) -> None:
    place.standins.post("jira", "issues/PAY-101", summary=HOSTILE)

    number = ask_and_wait(place, "linus", f"payments {release(place)} because {HOSTILE}")

    shown = json.dumps(place.card(number=number), ensure_ascii=False)
    assert "<!channel>" not in shown and "<https://evil.example" not in shown and "<@U0GRACE>" not in shown
    assert "&lt;!channel&gt;" in shown


def test_a_restricted_story_shows_its_key_alone(place: Town) -> None:
    number = ask_and_wait(place, "linus", "payments 2.5.0")
    place.press("ada", "change.details", number=number)

    assert "PAY-150" in json.dumps(place.screen("ada")["views"])
    assert TITLE not in everything_in_slack(place) + json.dumps(place.screen("ada")["views"])
    assert TITLE not in json.dumps(place.change(number))


def test_a_comment_whose_answer_was_lost_stands_once(place: Town) -> None:
    place.standins.fault("jira", COMMENT, "drop_after")
    number = clear(place, ask_and_wait(place, "linus", f"payments {release(place)}"))

    place.until(lambda: len(place.standins.diary("jira", "POST .*/comment")) > 1 or _said(place, number), "a comment")
    place.until(lambda: _settled(place), "Jira is told all of it")
    assert len(_said(place, number)) == 1


def _said(place: Town, number: str) -> list[str]:
    return [comment["body"] for comment in place.issue("PAY-101").get("comments", []) if number in comment["body"]]


def _settled(place: Town) -> bool:
    """It was looked for, or written again, after the answer was lost."""
    calls = [entry for entry in place.standins.diary("jira") if "comment" in entry["call"]]
    lost = next((entry["seq"] for entry in calls if entry["fault"]), None)
    return lost is not None and any(entry["seq"] > lost and entry["status"] for entry in calls[-1:])


def test_a_wait_that_was_asked_for_is_kept(place: Town) -> None:
    """Jira says when it wants to be asked again; nobody knocks before."""
    seconds = 4
    place.standins.fault("jira", "POST *", "answer", status=429, headers={"Retry-After": str(seconds)}, body={})

    ask_and_wait(place, "linus", "payments 2.4.1")

    calls = [entry for entry in place.standins.diary("jira") if entry["method"] == "POST"]
    first, second = (datetime.fromisoformat(entry["at"]) for entry in calls[:2])
    assert second - first >= timedelta(seconds=seconds)


def test_the_digest_is_sent_once_by_two_clocks(tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    digest = {"channel": "C0CHANGES", "at": at.strftime("%H:%M"), "time_zone": "UTC", "working_days": every_day}

    with village(tmp_path, lambda policy: policy.update(digests=[digest])) as place:
        neighbour = place.bot
        assert isinstance(neighbour, Neighbour)
        at_one_moment(*4 * [lambda: send_digests(neighbour.parts.tools)])
        place.until(lambda: _digests(place), "a digest")
        at_one_moment(*4 * [lambda: send_digests(neighbour.parts.tools)])
        clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))  # time enough for a second one

        assert len(_digests(place)) == 1


def _digests(place: Town) -> list[str]:
    return [m["text"] for m in place.messages("changes", "katherine") if "digest:" in str(m.get("metadata"))]


def test_a_policy_that_is_not_valid_changes_nothing_and_is_said_aloud(place: Town) -> None:
    neighbour = place.bot
    assert isinstance(neighbour, Neighbour)
    path = Path(place.environment["CABBIE_POLICY"])
    policy: dict[str, Any] = yaml.safe_load(path.read_text())
    before = neighbour.parts.policy().fingerprint

    path.write_text(yaml.safe_dump({**policy, "approval": {**policy["approval"], "on_behalf_accepted_by": ""}}))
    neighbour.parts.policy.reload()

    assert neighbour.parts.policy().fingerprint == before
    assert neighbour.parts.policy().approval.on_behalf_accepted_by
    assert findings(place, "policy not valid")
    place.until(lambda: [m for m in place.messages("changes", "katherine") if "not valid" in m["text"]], "said aloud")


def test_no_credential_is_in_the_log(place: Town) -> None:
    for system in ("servicenow", "jira"):
        place.standins.fault(system, "*", "drop_before", skip=3)
        place.standins.fault(system, "*", "answer", skip=6, status=500, body="oh")
    clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    names = [name for name in place.environment if name.endswith(("TOKEN", "SECRET"))]
    secrets = [place.environment[name] for name in names] + list(json.loads(place.environment["CABBIE_API_TOKENS"]))
    log = place.bot.log.read_text()
    assert "change.moved" in log and len(secrets) > 5
    assert not [name for name, secret in zip(names, secrets, strict=False) if secret in log]
    assert not [secret for secret in secrets if secret in log]


def test_the_ledger_holds_and_a_touched_entry_is_found(place: Town) -> None:
    neighbour = place.bot
    assert isinstance(neighbour, Neighbour)
    ask_and_wait(place, "linus", "payments 2.4.1")

    count, broken = neighbour.parts.reads.verify()

    assert count > 5 and broken is None
    with sqlite3.connect(place.database_url.removeprefix("sqlite:///"), timeout=10) as memory:
        for (trigger,) in memory.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            memory.execute(f"DROP TRIGGER {trigger}")
        memory.execute("UPDATE cabbie_ledger SET actor = 'somebody else' WHERE seq = 3")
    found = neighbour.parts.reads.verify()[1]
    assert found is not None and found.seq == 3


def test_a_message_whose_answer_was_lost_stands_once(place: Town) -> None:
    place.standins.fault("slack", "chat.postMessage", "drop_after", containing="card:")

    number = ask_and_wait(place, "linus", "payments 2.4.1")

    clear(place, number)
    assert len([card for card in place.cards() if number in card["text"]]) == 1
