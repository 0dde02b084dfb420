"""Our Slack client over the wire: what it posts, finds and asks, and how each failure is sorted."""

import http.server
import socket
import threading
from datetime import timedelta

import pytest

from bot.change.model import Outcome
from bot.ports import BadCredentials, Declined, NotOurTurn, NotThere, Outage, Unknown
from bot.slack.cards import card
from integrations.slack.client import SlackMessenger
from integrations.slack.doctor import NEEDED_SCOPES
from integrations.slack.web import is_response_url
from tests.builders import NOW, at_authorize, change
from tests.integrations.slack.conftest import Slack
from tests.integrations.slack.rig import (
    CHANGES,
    LONELY,
    PARTNERS,
    PAYMENTS,
    TEAM,
    a_message,
    a_messenger,
    now,
)


@pytest.fixture
def messenger(slack: Slack) -> SlackMessenger:
    return a_messenger(slack)


def spoil(slack: Slack, call: str, action: str, **more) -> None:
    slack.control("faults", {"call": call, "action": action, **more})


def calls(slack: Slack, name: str) -> list[dict]:
    return [entry for entry in slack.control("diary") if entry["call"] == name]


# ------------------------------------------------------------------------------------------------------------ messages


def test_a_card_is_shown_as_it_is_and_found_again_by_its_marker(slack, messenger):
    message = card(change(), now=NOW, people=change().slack_ids)

    ref = messenger.post(PAYMENTS, message)

    [shown] = slack.seen("U0ADA", PAYMENTS)
    assert f"{PAYMENTS}/{shown['ts']}" == ref
    assert shown["text"].startswith("⏳ CHG0030042")
    assert messenger.find(PAYMENTS, "card:change-1") == ref
    assert messenger.find(PAYMENTS, "card:change-2") == ""


def test_an_edit_shows_the_new_blocks_and_keeps_the_marker(slack, messenger):
    ref = messenger.post(PAYMENTS, card(change(), now=NOW))

    messenger.edit(ref, card(change(outcome=Outcome.REJECTED), now=NOW))

    [shown] = slack.seen("U0ADA", PAYMENTS)
    assert "Rejected" in shown["text"]
    assert "Rejected" in str(shown["blocks"])
    assert messenger.find(PAYMENTS, "card:change-1") == ref


def test_a_reply_stands_below_its_card_and_is_broadcast_when_wanted(slack, messenger):
    ref = messenger.post(PAYMENTS, a_message("card"))

    quiet = messenger.post(PAYMENTS, a_message("quiet", "thread:1"), thread=ref)
    loud = messenger.post(PAYMENTS, a_message("loud", "thread:2"), thread=ref.partition("/")[2], broadcast=True)

    ts = ref.partition("/")[2]
    assert messenger.find(PAYMENTS, "thread:1", thread=ts) == quiet
    assert messenger.find(PAYMENTS, "thread:2", thread=ts) == loud
    assert messenger.find(PAYMENTS, "thread:1") == "", "a channel's history holds no replies"
    assert messenger.find(PAYMENTS, "thread:2") == loud, "but broadcast ones"


def test_a_dm_is_posted_edited_and_found_by_the_persons_id(slack, messenger):
    ref = messenger.post("U0LINUS", a_message("approved", "dm:approved:1"))

    messenger.edit(ref, a_message("approved indeed", "dm:approved:1"))

    assert ref.startswith("D")
    assert messenger.find("U0LINUS", "dm:approved:1") == ref
    assert slack.seen("U0LINUS", ref.partition("/")[0])[0]["text"] == "approved indeed"


def test_another_apps_message_with_our_marker_is_not_ours(slack, messenger):
    forged = {"event_type": "cabbie", "event_payload": {"marker": "card:1"}}
    slack.control("apps/rogue/message", {"channel": PAYMENTS, "text": "card", "metadata": forged})

    assert messenger.find(PAYMENTS, "card:1") == ""


def test_looking_back_is_bounded_by_when_it_was_sent(slack, messenger):
    messenger.post(PAYMENTS, a_message())

    assert messenger.find(PAYMENTS, "card:1", since=now() - timedelta(minutes=1))
    assert not messenger.find(PAYMENTS, "card:1", since=now() + timedelta(minutes=1))


def test_a_message_is_found_below_many_others_when_one_says_since_when(slack, messenger):
    slack.switch(message_rate_per_second=0)
    start = now() - timedelta(seconds=5)
    ref = messenger.post(PAYMENTS, a_message())
    for n in range(210):
        slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": f"noise {n}"})

    assert messenger.find(PAYMENTS, "card:1") == "", "the newest 200 alone"
    assert messenger.find(PAYMENTS, "card:1", since=start) == ref


def test_a_permalink_leads_to_it(messenger):
    ref = messenger.post(PAYMENTS, a_message())

    assert "/archives/C0PAYMENTS/p" in messenger.permalink(ref)


def test_nothing_is_posted_where_another_company_reads_along(slack, messenger):
    with pytest.raises(Declined, match="shared with another company"):
        messenger.post(PARTNERS, a_message())

    assert not calls(slack, "chat.postMessage")


def test_links_are_not_unfurled(slack, messenger):
    messenger.post(PAYMENTS, a_message("https://sn.example/x"))

    assert '"unfurl_links": false' in calls(slack, "chat.postMessage")[0]["body"]


# ------------------------------------------------------------------------------------------------------------ failures


def test_a_post_whose_answer_is_lost_is_unknown_and_was_sent_once(slack, messenger):
    spoil(slack, "chat.postMessage", "drop_after")

    with pytest.raises(Unknown):
        messenger.post(PAYMENTS, a_message())

    assert len(calls(slack, "chat.postMessage")) == 1
    assert messenger.find(PAYMENTS, "card:1", since=now() - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"action": "drop_before"}, Unknown),
        ({"action": "truncate"}, Unknown),
        ({"action": "answer", "status": 503, "body": "<html>busy</html>"}, Unknown),
        ({"action": "answer", "status": 200, "body": "<html>login</html>"}, Unknown),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "fatal_error"}}, Unknown),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "internal_error"}}, Unknown),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "invalid_auth"}}, BadCredentials),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "missing_scope"}}, BadCredentials),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "msg_too_long"}}, Declined),
        ({"action": "answer", "status": 200, "body": {"ok": False, "error": "is_archived"}}, NotThere),
    ],
)
def test_what_keeps_a_post_from_standing_is_sorted(slack, messenger, fault, failure):
    messenger.find(PAYMENTS, "nothing")
    spoil(slack, "chat.postMessage", **fault)

    with pytest.raises(failure) as raised:
        messenger.post(PAYMENTS, a_message())

    assert type(raised.value) is failure
    assert raised.value.__cause__ is None, "a vendor's exception may hold a token"
    assert all(isinstance(argument, str) for argument in raised.value.args)


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncate"])
def test_an_edit_or_a_read_that_is_lost_may_be_repeated(slack, messenger, action):
    ref = messenger.post(PAYMENTS, a_message())
    spoil(slack, "chat.update", action)
    spoil(slack, "users.info", action)

    with pytest.raises(Outage):
        messenger.edit(ref, a_message("again"))
    with pytest.raises(Outage):
        messenger.member("U0ADA")
    messenger.edit(ref, a_message("again"))

    assert slack.seen("U0ADA", PAYMENTS)[0]["text"] == "again"


def test_being_asked_to_wait_says_how_long(slack, messenger):
    body = {"ok": False, "error": "ratelimited"}
    spoil(slack, "chat.postMessage", "answer", status=429, headers={"Retry-After": "7"}, body=body)

    with pytest.raises(Outage) as raised:
        messenger.post(PAYMENTS, a_message())

    assert raised.value.retry_after == timedelta(seconds=7)


def test_nothing_is_sent_by_that_method_while_slack_wants_a_pause(slack, messenger):
    body = {"ok": False, "error": "ratelimited"}
    ref = messenger.post(PAYMENTS, a_message())
    spoil(slack, "chat.update", "answer", status=429, headers={"Retry-After": "600"}, body=body)
    with pytest.raises(Outage):
        messenger.edit(ref, a_message("first"))

    with pytest.raises(NotOurTurn) as early:
        messenger.edit(ref, a_message("second"))

    assert timedelta(seconds=590) < early.value.retry_after <= timedelta(seconds=600)
    assert [entry["status"] for entry in calls(slack, "chat.update")] == [429]
    assert messenger.post(PAYMENTS, a_message(marker="another"))  # other methods go on


def test_many_messages_in_a_channel_are_posted_at_slacks_pace(slack, messenger):
    for n in range(7):
        messenger.post(PAYMENTS, a_message(marker=f"m{n}"))

    assert [entry["status"] for entry in calls(slack, "chat.postMessage")] == [200] * 7


@pytest.mark.parametrize("said", ["soon", "1.5", "-3", ""])
def test_a_strange_retry_after_breaks_nothing(slack, messenger, said):
    body = {"ok": False, "error": "ratelimited"}
    spoil(slack, "users.info", "answer", status=429, headers={"Retry-After": said}, body=body)

    with pytest.raises(Outage):
        messenger.member("U0ADA")


def test_a_real_burst_is_an_outage_and_not_a_loss(slack, messenger):
    slack.switch(message_rate_per_second=0.5, message_burst=2)  # as if another replica posted there too

    with pytest.raises(Outage) as raised:
        for n in range(5):
            messenger.post(PAYMENTS, a_message(marker=f"m{n}"))

    assert raised.value.retry_after is not None


def test_nobody_at_the_other_end_is_an_outage_even_for_a_post():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api/"
    messenger = SlackMessenger(token="none", base_url=url, team=TEAM, clock=now)

    with pytest.raises(Outage, match="no connection"):
        messenger.post(PAYMENTS, a_message())


def test_an_answer_that_takes_too_long_is_unknown(slack, messenger):
    messenger.post(PAYMENTS, a_message(marker="before"))
    messenger.web.timeout = 1
    spoil(slack, "chat.postMessage", "delay_after", seconds=3.0)

    with pytest.raises(Unknown, match="in time"):
        messenger.post(PAYMENTS, a_message())


def test_a_channel_without_the_bot_says_how_to_mend_it(messenger):
    with pytest.raises(NotThere, match="/invite @Cabbie"):
        messenger.post(LONELY, a_message())


def test_blocks_slack_refuses_are_declined_with_where(messenger):
    broken = a_message("x" * 3001)

    with pytest.raises(Declined, match="invalid_blocks"):
        messenger.post(PAYMENTS, broken)


def test_a_message_somebody_deleted_is_not_there(messenger):
    with pytest.raises(NotThere):
        messenger.edit(f"{PAYMENTS}/1.000100", a_message())


def test_a_revoked_token_is_bad_credentials(slack, messenger):
    slack.switch(token_revoked=True)

    with pytest.raises(BadCredentials):
        messenger.member("U0ADA")


def test_a_missing_scope_is_named(slack, messenger):
    slack.switch(scopes=sorted(NEEDED_SCOPES - {"im:write"}))

    messenger.post("U0LINUS", a_message())
    with pytest.raises(BadCredentials, match="im:write"):
        messenger.find("U0LINUS", "card:1")


# -------------------------------------------------------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("slack_id", "objection"),
    [
        ("U0ADA", ""),
        ("U0GUS", "a guest"),
        ("U0OTTO", "deactivated"),
        ("U0EVE", "of another workspace"),
        ("U0PIPELINE", "a bot"),
        ("USLACKBOT", "a bot"),
    ],
)
def test_who_may_decide_as_far_as_slack_knows(messenger, slack_id, objection):
    assert messenger.member(slack_id).objection == objection


def test_a_member_is_shown_with_name_and_email(messenger):
    ada = messenger.member("U0ADA")

    assert (ada.name, ada.email, ada.team) == ("Ada Lovelace", "ada@acme.example", TEAM)


def test_a_member_is_asked_about_every_time(slack, messenger):
    messenger.member("U0ADA")
    messenger.member("U0ADA")

    assert len(calls(slack, "users.info")) == 2


def test_nobody_is_not_there(messenger):
    with pytest.raises(NotThere):
        messenger.member("U0NOBODY")


def test_people_are_found_by_email_and_remembered_for_a_minute(slack):
    times = [now()]
    messenger = a_messenger(slack, lambda: times[-1])

    assert messenger.member_by_email("ada@acme.example").slack_id == "U0ADA"
    assert messenger.member_by_email("ada@acme.example").slack_id == "U0ADA"
    assert messenger.member_by_email("nobody@acme.example") is None
    assert len(calls(slack, "users.lookupByEmail")) == 2
    times.append(times[0] + timedelta(seconds=61))
    messenger.member_by_email("ada@acme.example")

    assert len(calls(slack, "users.lookupByEmail")) == 3


# ------------------------------------------------------------------------------------------------------------ whispers


def test_without_a_response_url_one_person_is_told_in_the_channel(slack, messenger):
    messenger.whisper("", PAYMENTS, "U0ADA", "You are <not> asked; look in <#C0CHANGES>")

    [seen] = slack.seen("U0ADA", PAYMENTS)
    assert seen["is_ephemeral"]
    assert seen["text"] == "You are &lt;not&gt; asked; look in <#C0CHANGES>"
    assert slack.seen("U0LINUS", PAYMENTS) == []


def test_without_a_channel_one_person_is_told_in_their_dm(slack, messenger):
    messenger.whisper("", "", "U0ADA", "Checking…")

    assert slack.seen("U0ADA", "D0ADA")[0]["text"] == "Checking…"


def test_a_used_up_response_url_falls_back_to_the_channel(slack, messenger):
    messenger.whisper(f"{slack.url}/commands/T0ACME/1/gone", PAYMENTS, "U0ADA", "Checking…")

    assert slack.seen("U0ADA", PAYMENTS)[0]["text"] == "Checking…"


def test_nobody_elses_address_is_told_anything(slack, messenger):
    heard = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.path)

    with http.server.HTTPServer(("127.0.0.1", 0), Ear) as ear:
        threading.Thread(target=ear.handle_request, daemon=True).start()
        messenger.whisper(f"http://127.0.0.1:{ear.server_port}/commands/x", PAYMENTS, "U0ADA", "secret")

    assert heard == []
    assert slack.seen("U0ADA", PAYMENTS)[0]["text"] == "secret"


def test_a_whisper_that_slack_wants_a_pause_before_was_not_said(slack, messenger):
    body = {"ok": False, "error": "ratelimited"}
    spoil(slack, "chat.postEphemeral", "answer", status=429, headers={"Retry-After": "7"}, body=body)

    with pytest.raises(NotOurTurn) as early:
        messenger.whisper("", PAYMENTS, "U0ADA", "Checking…")

    assert early.value.retry_after == timedelta(seconds=7)
    assert slack.seen("U0ADA", PAYMENTS) == []


@pytest.mark.parametrize(
    ("url", "is_slacks"),
    [
        ("https://hooks.slack.com/commands/T/1/x", True),
        ("http://hooks.slack.com/commands/T/1/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://evil.example/hooks.slack.com", False),
        ("http://127.0.0.1:8081/commands/x", True),
        ("http://127.0.0.1:8082/commands/x", False),
        ("https://127.0.0.1:8081/commands/x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_a_response_url_is_slacks_own_or_the_configured_hosts(url, is_slacks):
    assert is_response_url(url, "http://127.0.0.1:8081/api/") is is_slacks


def test_a_whisper_nobody_can_take_breaks_nothing(messenger):
    messenger.whisper("", LONELY, "U0ADA", "anybody?")


# -------------------------------------------------------------------------------------------------------------- doctor


def found(checks):
    return {check.about: check for check in checks}


def test_the_doctor_finds_all_well(messenger):
    checks = messenger.check([PAYMENTS, CHANGES, PAYMENTS])

    assert [check.verdict for check in checks] == ["good"] * 4


def test_the_doctor_names_the_missing_scope_and_the_fix(slack, messenger):
    slack.switch(scopes=sorted(NEEDED_SCOPES - {"im:write"}))

    check = found(messenger.check([]))["Slack scopes"]
    assert check.verdict == "wrong"
    assert "im:write" in check.found
    assert "reinstall" in check.fix


def test_the_doctor_looks_at_every_channel(messenger):
    checks = found(messenger.check([LONELY, PARTNERS, "C0NOWHERE"]))

    assert checks[f"Slack channel {LONELY}"].verdict == "wrong"
    assert "/invite @Cabbie" in checks[f"Slack channel {LONELY}"].fix
    assert checks[f"Slack channel {PARTNERS}"].verdict == "warning"
    assert checks["Slack channel C0NOWHERE"].verdict == "wrong"


def test_the_doctor_sees_the_wrong_workspace(slack):
    slack.switch(scopes=sorted(NEEDED_SCOPES))
    messenger = SlackMessenger(
        token=slack.secrets.slack_bot_token, base_url=f"{slack.url}/api", team="T0OTHER", clock=now
    )

    assert found(messenger.check([]))["Slack token"].verdict == "wrong"


def test_the_doctor_never_raises(slack, messenger):
    slack.switch(token_revoked=True)

    [check] = messenger.check([PAYMENTS])
    assert check.verdict == "wrong"
    assert "SLACK_BOT_TOKEN" in check.fix


def test_the_stand_in_takes_every_card(slack, messenger):
    slack.switch(message_rate_per_second=0)
    for of in (change(), at_authorize(), change(outcome=Outcome.EXPIRED)):
        messenger.post(CHANGES, card(of, now=NOW, people=of.slack_ids))

    assert len(slack.seen("U0KATHERINE", CHANGES)) == 3
