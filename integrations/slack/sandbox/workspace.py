"""The workspace: everything the stand-in holds, and the few questions every part asks it."""

from typing import Any

from integrations.slack.sandbox import seed
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.courier import Courier
from integrations.slack.sandbox.ephemerals import Ephemerals
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.events import Events
from integrations.slack.sandbox.files import Files
from integrations.slack.sandbox.modals import Modals
from integrations.slack.sandbox.people import App
from integrations.slack.sandbox.rates import Rates
from integrations.slack.sandbox.response_urls import ResponseUrls
from integrations.slack.sandbox.revision import Revision
from integrations.slack.sandbox.scheduled import Schedule
from integrations.slack.sandbox.sockets import Sockets
from integrations.slack.sandbox.stamps import Stamps, new_id
from integrations.slack.sandbox.switches import default_switches
from integrations.slack.sandbox.timeline import Timeline
from integrations.slack.sandbox.triggers import Triggers
from integrations.slack.sandbox.unfurls import Unfurls
from integrations.slack.sandbox.webhooks import Webhooks
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets
from integrations.standin.wire import Standin
from integrations.standin.world import World


class Workspace:
    """One Slack workspace with our app installed in it."""

    standin: Standin

    def __init__(self, world: World, secrets: Secrets, clock: Clock | None = None) -> None:
        self.secrets = secrets
        self.team = seed.team_of(world)
        self.other_team = seed.other_team_of(world)
        self.apps = seed.apps_of(world)
        self.us: App = next(iter(self.apps.values()))
        self.users = seed.users_of(world, self.apps)
        self.channels = seed.channels_of(world, self.apps)
        self._dms: dict[tuple[str, str], Channel] = {}
        self.usergroups = seed.usergroups_of(world)
        self.switches: Json = default_switches(world)
        self.address = ""
        """Where this server is reached; known from the first request on."""
        self.stamps = Stamps(clock or Clock())
        self.revision = Revision()
        self.timeline = Timeline()
        self.ephemerals = Ephemerals()
        self.modals = Modals(self)
        self.homes: dict[str, Json] = {}
        self.files = Files()
        self.rates = Rates(self.switches)
        self.triggers = Triggers(self.switches)
        self.response_urls = ResponseUrls(self)
        self.webhooks = Webhooks(self)
        self.sockets = Sockets(self)
        self.courier = Courier(self)
        self.events = Events(self)
        self.unfurls = Unfurls(self)
        self.schedule = Schedule(self)

    @property
    def scopes(self) -> list[str]:
        return list(self.switches["scopes"])

    def require_scope(self, *needed: str) -> None:
        _require(needed, self.scopes)

    def require_app_scope(self, *needed: str) -> None:
        """The same of the app-level token."""
        _require(needed, self.switches["app_scopes"])

    def require_one_of(self, *kinds: str) -> None:
        """At least one of these scopes; none named, none needed."""
        if kinds and not set(kinds) & set(self.scopes):
            raise SlackError("missing_scope", needed=kinds[0], provided=",".join(self.scopes))

    def channel(self, channel_id: str) -> Channel:
        """A conversation our bot may know of: private ones only from the inside."""
        found = self.channels.get(channel_id)
        if not found or (found.is_private and self.us.id not in found.members):
            raise SlackError("channel_not_found")
        if found.is_im and found.im_app != self.us.key:
            raise SlackError("channel_not_found")
        return found

    def has_dm(self, user_id: str) -> bool:
        """Whether our app and this person have one already."""
        return (user_id, self.us.key) in self._dms

    def dm(self, user_id: str, app: App | None = None) -> Channel:
        """The direct message between a person and an app; opened when it is not there yet."""
        app = app or self.us
        if found := self._dms.get((user_id, app.key)):
            return found
        # Ours is told by the person's id, so that two starts of the sandbox name it alike.
        channel_id = f"D{user_id[1:]}" if app is self.us else new_id("D")
        channel = Channel(channel_id, "", [user_id, app.id], im_user=user_id, im_app=app.key)
        self.channels[channel_id] = self._dms[user_id, app.key] = channel
        return channel

    def may_see(self, user_id: str, channel: Channel) -> bool:
        return user_id in channel.members

    def state(self) -> Json:
        """The whole workspace, for comparing end states."""
        channels = sorted((c for c in self.channels.values() if not c.is_im), key=lambda c: c.id)
        dms = sorted((c for c in self.channels.values() if c.is_im), key=lambda c: (c.im_user, c.im_app))
        return {
            "channels": [self._told(channel) for channel in channels],
            "dms": [self._told(c) | {"user": c.im_user, "app": c.im_app} for c in dms if self.timeline.of(c.id)],
            "ephemerals": [e.as_state() for e in self.ephemerals],
            "homes": {user: _content(view) for user, view in sorted(self.homes.items())},
            "modals": {user: [_content(view) for view in stack] for user, stack in self.modals.open_stacks()},
            "files": self.files.as_state(),
        }

    def _told(self, channel: Channel) -> Json:
        messages: list[dict[str, Any]] = []
        for message in self.timeline.of(channel.id):
            wire = self.timeline.as_wire(message, metadata="all")
            who = {"user": message.user} if not message.app else {"app": message.app.key}
            keep = ("ts", "thread_ts", "text", "blocks", "attachments", "metadata", "edited", "reactions", "subtype")
            messages.append(who | {name: wire[name] for name in keep if name in wire})
        return {"id": channel.id, "name": channel.name, "members": channel.members, "messages": messages}


def _require(needed: tuple[str, ...], granted: list[str]) -> None:
    if missing := [scope for scope in needed if scope not in granted]:
        raise SlackError("missing_scope", needed=missing[0], provided=",".join(granted))


def _content(view: Json) -> Json:
    """A view without the ids that differ from run to run."""
    return {name: view[name] for name in ("title", "callback_id", "private_metadata", "blocks", "state")}
