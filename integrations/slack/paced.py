"""How often Slack lets us call: the documented promises, kept before it has to ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from integrations.pace import Limit, Pace
from integrations.slack.failures import SYSTEM, wait_of
from integrations.slack.wire import WebClient

PATIENCE = 5.0
"""Seconds in a worker's thread."""
POST = "chat.postMessage"
# "1 message per second per channel. Short bursts of >1 allowed", and several hundred a minute in a workspace:
# docs.slack.dev/apis/web-api/rate-limits
IN_ONE_CHANNEL = (Limit(3, 3.0),)
IN_ALL = (Limit(200, 60.0),)
# Tier 3 promises 50 calls a minute, tier 4 a hundred; per method and workspace. The same page, and each method's.
TIER_3, TIER_4 = (Limit(50, 60.0),), (Limit(100, 60.0),)
PROMISED: Mapping[str, Sequence[Limit]] = {
    POST: IN_ALL,
    "chat.update": TIER_3,
    "chat.postEphemeral": TIER_4,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "users.info": TIER_4,
    "users.lookupByEmail": TIER_3,
}
"""Not among them: what somebody waits for with a form open, and what is called once."""


class PacedClient(WebClient):
    """The Web API, at Slack's pace."""

    def __init__(self, times: float = 1.0, **settings: Any) -> None:
        """times: as ``Pace`` has it."""
        super().__init__(**settings)
        self.pace = Pace(SYSTEM, patience=PATIENCE, times=times)

    def api_call(self, api_method: str, **arguments: Any) -> SlackResponse:
        """Raises: NotOurTurn, beside what slack_sdk does."""
        wanted = limits_of(api_method, arguments)
        self.pace.turn(wanted)
        try:
            return super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if error.response.status_code == 429:  # meant for the method, in the whole workspace: the same page
                self.pace.hold(wanted, float(wait_of(error.response.headers) or 1))
            raise


def limits_of(method: str, arguments: Mapping[str, Any]) -> dict[str, Sequence[Limit]]:
    """The names a call counts under."""
    if method not in PROMISED:
        return {}
    if method == POST:
        given = arguments.get("json") or arguments.get("params") or arguments.get("data") or {}
        return {method: IN_ALL, f"{method} {given.get('channel', '')}": IN_ONE_CHANNEL}
    return {method: PROMISED[method]}
