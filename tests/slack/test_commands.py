"""/deploy and /change: what is heard, and what the person reads."""

import pytest

from bot.change.announcement import Announcement, Report, ReportWord
from bot.change.errors import UnknownService
from bot.change.model import Outcome, Progress
from bot.ports import Message
from tests.builders import ADA, NOW, change, person, row
from tests.doubles.reads import Line
from tests.slack.front import OTHER_TEAM, Front
from tests.slack.reading import all_text, is_accepted, is_accepted_view

HISTORY = (
    Line(1, NOW, "asked", "Linus Torres", "Linus Torres asked for it"),
    Line(2, NOW, "opened", "Cabbie", "Opened"),
)


def test_a_request_is_heard_with_who_where_and_how():
    front = Front()

    said = front.deploy("payments 2.4.1 to staging why not")

    [heard] = front.desk.diary
    assert heard.body == Announcement("payments", "2.4.1", "staging", why="why not", channel="C0PAYMENTS")
    assert (heard.by.slack_id, heard.by.slack_team, heard.by.name) == ("U0LINUS", "T0ACME", "linus")
    assert said == "Heard."


def test_the_answer_is_for_the_person_alone():
    assert Front().command("/deploy", "payments 2.4.1")["response_type"] == "ephemeral"


def test_a_refusal_is_read_with_what_was_typed_made_harmless():
    front = Front()
    front.desk.refusal = UnknownService("<!channel>", "Did you mean “payments”?")

    assert (
        front.deploy("paymnets 2.4.1") == "I don't know a service called “&lt;!channel&gt;”. Did you mean “payments”?"
    )


def test_an_emergency_goes_to_the_desk_to_be_refused_and_written_down():
    front = Front()

    front.deploy("payments 2.4.1 emergency cards fail")

    assert front.desk.diary[0].body.is_emergency


def test_a_report_is_heard_with_its_response_url():
    front = Front()

    front.deploy("failed CHG0030042 smoke tests are red")

    [heard] = front.desk.diary
    assert isinstance(heard.body, Report)
    assert (heard.body.word, heard.body.why) == (ReportWord.FAILED, "smoke tests are red")
    assert heard.body.response_url.startswith("https://hooks.slack.com/")


def test_deploy_without_words_opens_the_form_and_says_nothing():
    front = Front()

    assert front.deploy("") == ""
    [view] = front.web.views("views.open")
    assert is_accepted_view(view)
    assert front.desk.diary == []


def test_a_service_alone_opens_the_form_with_the_service_chosen():
    front = Front()

    front.deploy("payments to staging")

    service, _, environment, _ = front.web.views("views.open")[0]["blocks"]
    assert service["element"]["initial_option"]["value"] == "payments"
    assert environment["element"]["initial_option"]["value"] == "staging"


def test_a_form_that_does_not_open_is_said():
    front = Front()
    front.web.error = "expired_trigger_id"

    assert "did not open" in front.deploy("")


def test_what_is_not_understood_is_answered_and_not_heard():
    front = Front()

    assert "`/deploy status`" in front.deploy("stauts")
    assert front.desk.diary == []


def test_status_shows_ones_own_deploys_and_the_services_queue():
    mine, other = change(), change(id="c2", number="CHG0030043", version="2.4.2", requested_by=person("margaret"))
    front = Front(mine, other, change(id="c3", number="CHG0030044", progress=Progress.DONE))

    own = front.command("/deploy", "status")
    both = front.command("/deploy", "status payments")

    assert "CHG0030042" in all_text(own)
    assert "CHG0030043" not in all_text(own)
    assert "Under way for payments: 2" in all_text(both)
    assert "CHG0030044" not in all_text(both)


def test_status_of_an_unknown_service_names_the_nearest():
    assert "Did you mean “payments”?" in Front().deploy("status paymnets")


def test_a_change_is_shown_with_its_history():
    front = Front(change(), history=HISTORY)

    answer = front.command("/change", "CHG0030042")

    text = all_text(answer)
    for fact in ("Waiting for the team's approval", "Linus Torres asked for it", "2026-03-02 14:00 UTC"):
        assert fact in text
    assert is_accepted(Message(answer["text"], tuple(answer["blocks"])))


def test_an_unknown_change_is_said():
    assert "I don't know a change CHG0099999" in Front().command("/change", "CHG0099999")["text"]


def test_the_queue_lists_what_is_under_way():
    changes = [change(id=f"c{n}", number=f"CHG00300{n}") for n in range(10, 40)]

    answer = Front(*changes).command("/change", "queue")

    assert "30 changes under way" in answer["text"]
    assert "and 15 more" in all_text(answer)
    assert is_accepted(Message(answer["text"], tuple(answer["blocks"])))


def test_an_empty_queue_is_one_line():
    assert Front().command("/change", "queue")["text"] == "Nothing is under way."


def test_the_digest_is_shown_on_demand():
    assert Front().command("/change", "digest")["text"] == "2 changes wait"


@pytest.mark.parametrize("command", ["/deploy", "/change"])
def test_help_is_short(command):
    answer = Front().command(command, "help")["text"]

    assert "/deploy payments 2.4.1" in answer
    assert len(answer.splitlines()) < 12


@pytest.mark.parametrize("text", ["CHG0030042", "queue", "digest"])
def test_people_of_another_workspace_are_shown_nothing(text):
    answer = Front(change(rows=(row(ADA),))).command("/change", text, team_id=OTHER_TEAM)

    assert "of another workspace" in answer["text"]
    assert "payments" not in answer["text"]


def test_what_people_of_another_workspace_ask_for_reaches_the_desk_as_theirs():
    front = Front()

    front.deploy("payments 2.4.1", team_id=OTHER_TEAM)

    assert front.desk.diary[0].by.slack_team == OTHER_TEAM


def test_a_command_delivered_twice_is_one():
    front = Front(change(outcome=Outcome.SUCCEEDED))

    front.deploy("payments 2.4.1", trigger_id="same")
    front.deploy("payments 2.4.1", trigger_id="same", api_app_id="changed so that the signature differs")

    assert len(front.desk.diary) == 1
