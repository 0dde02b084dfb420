"""One's own ServiceNow account on the Home tab: linked or not, since when, as whom, and until about when."""

from datetime import datetime
from typing import Protocol

from bot.change.linking import Link
from bot.slack import times
from bot.slack.blocks import Block, actions, button, confirm, context, header, section
from bot.slack.text import said

LINK = "account.link"
UNLINK = "account.unlink"
WHAT_FOR = "Sign in to ServiceNow once; what you decide here is then written there as you, where the policy says so."


class Offer(Protocol):
    """What links are offered; ``bot.accounts.Offer``."""

    def url_for(self, slack_id: str) -> str:
        """What the button opens, for this person alone and for some minutes."""
        ...

    def last_link(self, slack_id: str) -> Link | None: ...

    def unlink(self, slack_id: str) -> None: ...


def account(offer: Offer | None, slack_id: str, now: datetime) -> list[Block]:
    """Nothing where nobody can link anything."""
    if offer is None:
        return []
    link = offer.last_link(slack_id)
    if link is not None and link.ended_at is None:
        return [header("Your ServiceNow account"), *_linked(link, now)]
    how = f"The link with *{_whom(link)}* has ended: {said(link.ended_because)}." if link else "It is not linked."
    again = "Link it again" if link else "Link my ServiceNow account"
    start = button(again, action_id=LINK, url=offer.url_for(slack_id), style="primary")
    return [
        header("Your ServiceNow account"),
        section(f"{how}\n{WHAT_FOR}"),
        actions([start], block_id="account"),
        context(["The button is yours alone and good for 15 minutes; Refresh gives a new one."]),
    ]


def _linked(link: Link, now: datetime) -> list[Block]:
    ends = f"ServiceNow ends it by itself, about {times.moment(link.lasts_until)} unless its admin chose otherwise."
    if now >= link.lasts_until:
        ends = "It is so old that ServiceNow may have ended it; you are told when it does not hold any more."
    sure = confirm("Unlink it?", "What you decide here is not written as you any more.", yes="Unlink", style="danger")
    return [
        section(f"Linked since {times.moment(link.linked_at)} as *{_whom(link)}*\n{ends}"),
        actions([button("Unlink", action_id=UNLINK, confirm=sure)], block_id="account"),
    ]


def _whom(link: Link) -> str:
    return f"{said(link.account_name, 80)} ({said(link.user_name, 80)})"
