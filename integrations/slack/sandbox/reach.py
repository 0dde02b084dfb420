"""What a person can reach: themselves, the places they are in, and the messages, buttons and views they see there."""

from typing import TYPE_CHECKING

from starlette.requests import Request

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.form_state import find_element
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Cannot(Exception):
    """The person cannot do that; Slack's client would not offer it."""


class Reach:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def person(self, request: Request) -> User:
        user = self._workspace.users.get(request.path_params["user"])
        if not user or user.is_bot:
            raise Cannot("user_not_found")
        if user.deleted:
            raise Cannot("account_inactive")
        return user

    def place(self, user: User, sent: Json) -> Channel:
        """A channel the person is in; our app's direct message by its id or the bot's."""
        if sent["channel"] in (self._workspace.us.id, f"D{user.id[1:]}"):
            return self._workspace.dm(user.id)
        channel = self._workspace.channels.get(sent["channel"])
        if not channel:
            raise Cannot("channel_not_found")
        if user.id not in channel.members:
            raise Cannot("not_in_channel")
        return channel

    def open_place(self, user: User, sent: Json) -> Channel:
        """One where things can still be said and done."""
        channel = self.place(user, sent)
        if channel.is_archived:
            raise Cannot("is_archived")
        return channel

    def message(self, user: User, sent: Json) -> Message | Ephemeral:
        channel, workspace = self.place(user, sent), self._workspace
        ephemeral = workspace.ephemerals.find(sent["ts"])
        if ephemeral and ephemeral.to == user.id:
            return ephemeral
        message = workspace.timeline.find(channel.id, sent["ts"])
        if not message or message.is_tombstone:
            raise Cannot("message_not_found")
        return message

    def own_message(self, user: User, sent: Json) -> Message:
        found = self.message(user, sent)
        if not isinstance(found, Message) or found.user != user.id or found.app:
            raise Cannot("not_your_message")
        return found

    def element(self, message: Message | Ephemeral, sent: Json) -> tuple[Json, Json]:
        """A button of ours, in our own post or in what we said about a link in somebody else's.

        Raises: Cannot, NoSuchElement.
        """
        us = self._workspace.us
        is_ours = message.app is us
        attached = [a for a in message.attachments if is_ours or a.get("bot_id") == us.bot_id]
        if not is_ours and not attached:
            raise Cannot("not_our_app")  # the click goes to the app that posted
        blocks = [*(message.blocks if is_ours else []), *(b for a in attached for b in a.get("blocks", []))]
        return find_element(blocks, sent["action_id"], sent.get("block_id", ""))

    def view(self, user: User, view_id: str) -> Json:
        home = self._workspace.homes.get(user.id)
        if home and home["id"] == view_id:
            return home
        found = self._workspace.modals.find(view_id)
        if not found or found[0] != user.id:
            raise Cannot("view_not_found")
        if found[1] is not self._workspace.modals.stack(user.id)[-1]:
            raise Cannot("view_covered")  # by the one pushed on top of it
        return found[1]

    def our_app(self) -> None:
        """An app that is gone has its buttons left in the channel, and nobody behind them."""
        if not self._workspace.switches["installed"]:
            raise Cannot("app_not_installed")
