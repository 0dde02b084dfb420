"""Messages that wait for their hour."""

import time
from typing import Any

from tests.integrations.slack.conftest import Slack, section, until
from tests.integrations.slack.test_sandbox_chat import refused

PAYMENTS = "C0PAYMENTS"


def soon(seconds: float = 3600) -> int:
    return int(time.time() + seconds)


def waiting(slack: Slack, **more: Any) -> list[str]:
    return [m["text"] for m in slack.client.chat_scheduledMessages_list(**more)["scheduled_messages"]]


def test_a_message_waits_in_the_list_and_goes_out_by_itself(slack: Slack) -> None:
    answer = slack.client.chat_scheduleMessage(channel=PAYMENTS, text="now", post_at=soon(2), blocks=[section("x")])
    slack.client.chat_scheduleMessage(channel="C0CHECKOUT", text="later", post_at=soon())

    assert answer["scheduled_message_id"].startswith("Q")
    assert (answer["message"]["type"], answer["message"]["bot_id"]) == ("delayed_message", "B0CABBIE")
    assert waiting(slack, channel="C0CHECKOUT") == ["later"]
    (message,) = until(lambda: slack.seen("U0ADA", PAYMENTS), 20)
    assert (message["text"], message["blocks"][0]["type"]) == ("now", "section")
    assert waiting(slack) == ["later"]


def test_the_hour_has_limits(slack: Slack) -> None:
    schedule = slack.client.chat_scheduleMessage

    assert refused(schedule, channel=PAYMENTS, text="x", post_at=soon(-5)) == "time_in_past"
    assert refused(schedule, channel=PAYMENTS, text="x", post_at=soon(121 * 86_400)) == "time_too_far"
    assert refused(schedule, channel=PAYMENTS, text="x", post_at="tomorrow") == "invalid_time"
    assert refused(schedule, channel="C0LONELY", text="x", post_at=soon()) == "not_in_channel"
    assert refused(schedule, channel=PAYMENTS, text="x", post_at=soon(), thread_ts="1.000001") == "thread_not_found"
    assert refused(schedule, channel=PAYMENTS, text="x" * 10, post_at=soon(), blocks=[section("")]) == "invalid_blocks"


def test_thirty_in_five_minutes_are_enough(slack: Slack) -> None:
    at = soon()
    for _ in range(30):
        slack.client.chat_scheduleMessage(channel=PAYMENTS, text="x", post_at=at)

    assert refused(slack.client.chat_scheduleMessage, channel=PAYMENTS, text="x", post_at=at) == "restricted_too_many"
    assert slack.client.chat_scheduleMessage(channel=PAYMENTS, text="x", post_at=at + 301)["ok"]
    assert len(waiting(slack, limit=10)) == 10


def test_it_can_be_taken_back_until_a_minute_before(slack: Slack) -> None:
    far = slack.client.chat_scheduleMessage(channel=PAYMENTS, text="far", post_at=soon())["scheduled_message_id"]
    near = slack.client.chat_scheduleMessage(channel=PAYMENTS, text="near", post_at=soon(40))["scheduled_message_id"]
    take_back = slack.client.chat_deleteScheduledMessage

    assert take_back(channel=PAYMENTS, scheduled_message_id=far)["ok"]
    for gone in (far, near, "Q1"):
        error = refused(take_back, channel=PAYMENTS, scheduled_message_id=gone)
        assert error == "invalid_scheduled_message_id"
    assert waiting(slack) == ["near"]


def test_with_metadata_it_never_comes(slack: Slack) -> None:
    metadata = {"event_type": "card", "event_payload": {}}
    slack.switch(tiers={})  # for looking so often

    slack.client.chat_scheduleMessage(channel=PAYMENTS, text="lost", post_at=soon(2.5), metadata=metadata)

    until(lambda: waiting(slack) == [], 20)
    assert slack.seen("U0ADA", PAYMENTS) == []
